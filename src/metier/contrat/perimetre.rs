//! What a contract bears on: establishments, objectives, changes; and who is competent for each.

use super::saisie::CibleRevisee;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The ARS, as a party.
pub const ARS: &str = "ars";
/// The collection of establishments.
pub const ESMS: &str = "esms";
/// The operator, as a party.
pub const GESTIONNAIRE: &str = "gestionnaire";

/// The authority, or authorities, that allowed and pay for an establishment (CASF L.313-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "autorite", rename_all = "snake_case")]
pub enum Competence {
    /// The ARS alone.
    Ars,
    /// One Département alone.
    Departement { departement: String },
    /// Both.
    Conjointe { departement: String },
}

impl Competence {
    /// The parties: `ars`, `departement:99`.
    pub fn autorites(&self) -> Vec<String> {
        match self {
            Self::Ars => vec![ARS.to_owned()],
            Self::Departement { departement } => vec![partie(departement)],
            Self::Conjointe { departement } => vec![ARS.to_owned(), partie(departement)],
        }
    }

    pub fn departement(&self) -> Option<&str> {
        match self {
            Self::Ars => None,
            Self::Departement { departement } | Self::Conjointe { departement } => {
                Some(departement)
            }
        }
    }
}

/// A Département as a party.
fn partie(departement: &str) -> String {
    format!("departement:{departement}")
}

/// An item of a collection, with what tells whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "nature", rename_all = "snake_case")]
pub enum Element {
    /// By FINESS number of the establishment.
    Esms {
        nom: String,
        /// FINESS category, by its code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        categorie: Option<String>,
        /// Places, as authorised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capacite: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tarification: Option<Tarification>,
        /// FINESS number of the entité juridique that runs it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ej: Option<String>,
        competence: Competence,
    },
    Objectif {
        intitule: String,
        /// The establishments it bears on.
        esms: BTreeSet<String>,
        /// The authorities that put money in it.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        financeurs: BTreeSet<String>,
        /// The findings of the diagnostic that it answers, by code.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        constats: BTreeSet<String>,
    },
    Modification {
        intitule: String,
        /// The article of the contract it rewrites or adds.
        article: String,
        /// The authorities it touches.
        autorites: BTreeSet<String>,
        /// The target it changes, when it changes one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cible: Option<CibleRevisee>,
    },
    Reconnaissance {
        intitule: String,
    },
}

/// How an establishment is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tarification {
    DotationGlobale,
    PrixDeJournee,
    PrixDeJourneeGlobalise,
    Forfaits,
    TarifHoraire,
    SerafinPh,
}

/// The FINESS category of an EHPAD.
pub const EHPAD: &str = "500";

impl Element {
    /// An establishment of which only the name and the authorities are known yet.
    pub fn esms(nom: &str, competence: Competence) -> Self {
        Self::Esms {
            nom: nom.to_owned(),
            categorie: None,
            capacite: None,
            tarification: None,
            ej: None,
            competence,
        }
    }

    /// What people agree on about it.
    pub fn objet(&self) -> Option<&'static str> {
        match self {
            Self::Esms { .. } => None,
            Self::Objectif { .. } => Some("objectif"),
            Self::Modification { .. } => Some("modification"),
            Self::Reconnaissance { .. } => Some("reconnaissance"),
        }
    }

    pub fn collection(&self) -> &'static str {
        match self {
            Self::Esms { .. } => "esms",
            Self::Objectif { .. } => "objectifs",
            Self::Modification { .. } => "modifications",
            Self::Reconnaissance { .. } => "reconnaissances",
        }
    }

    /// Its name for people.
    pub fn nom(&self) -> &str {
        match self {
            Self::Esms { nom, .. } => nom,
            Self::Objectif { intitule, .. }
            | Self::Modification { intitule, .. }
            | Self::Reconnaissance { intitule } => intitule,
        }
    }
}

/// The living collections, with what is computed from them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collections {
    elements: BTreeMap<String, BTreeMap<String, Element>>,
    /// In order of entry.
    ordre: BTreeMap<String, Vec<String>>,
    /// When each establishment entered, and when those that are gone left.
    entrees: BTreeMap<String, NaiveDate>,
    sorties: BTreeMap<String, NaiveDate>,
    /// Those that are gone, as they were: history still names them.
    partis: BTreeMap<String, BTreeMap<String, Element>>,
    /// The authorities each item concerns, by collection; those of all its items under no key.
    autorites: BTreeMap<&'static str, BTreeMap<String, Vec<String>>>,
}

impl Collections {
    /// An item enters on a day.
    pub fn entre(&mut self, cle: &str, element: &Element, le: NaiveDate) {
        let collection = element.collection();
        if collection == ESMS {
            self.entrees.insert(cle.to_owned(), le);
            self.sorties.remove(cle);
        }
        let nouveau = self
            .elements
            .entry(collection.to_owned())
            .or_default()
            .insert(cle.to_owned(), element.clone())
            .is_none();
        if nouveau {
            let ordre = self.ordre.entry(collection.to_owned()).or_default();
            ordre.push(cle.to_owned());
        }
        self.calcule();
    }

    /// An item leaves on a day.
    pub fn sort(&mut self, collection: &str, cle: &str, le: NaiveDate) {
        if collection == ESMS {
            self.sorties.insert(cle.to_owned(), le);
        }
        let elements = self.elements.get_mut(collection);
        if let Some(parti) = elements.and_then(|elements| elements.remove(cle)) {
            let partis = self.partis.entry(collection.to_owned()).or_default();
            partis.insert(cle.to_owned(), parti);
        }
        if let Some(ordre) = self.ordre.get_mut(collection) {
            ordre.retain(|c| c != cle);
        }
        self.calcule();
    }

    /// The day an establishment entered.
    pub fn entree(&self, esms: &str) -> Option<NaiveDate> {
        self.entrees.get(esms).copied()
    }

    /// The establishments that left, and when.
    pub fn sorties(&self) -> &BTreeMap<String, NaiveDate> {
        &self.sorties
    }

    /// The keys of a collection, in order of entry.
    pub fn cles(&self, collection: &str) -> &[String] {
        self.ordre.get(collection).map_or(&[], Vec::as_slice)
    }

    pub fn element(&self, collection: &str, cle: &str) -> Option<&Element> {
        self.elements.get(collection)?.get(cle)
    }

    /// An item that is gone, as it was.
    pub fn parti(&self, collection: &str, cle: &str) -> Option<&Element> {
        self.partis.get(collection)?.get(cle)
    }

    pub fn elements(&self, collection: &str) -> impl Iterator<Item = (&String, &Element)> {
        self.elements.get(collection).into_iter().flatten()
    }

    /// The authorities an item concerns: those of an establishment, those of an objective's
    /// establishments and who funds it, those a change touches. Without an item: of any.
    pub fn autorites(&self, collection: &str, cle: Option<&str>) -> &[String] {
        let items = self.autorites.get(collection);
        let found = items.and_then(|items| items.get(cle.unwrap_or_default()));
        found.map_or(&[], Vec::as_slice)
    }

    /// Who pays: the authorities of at least one establishment.
    pub fn financeurs(&self) -> &[String] {
        self.cles("financeurs")
    }

    fn concernees(&self, element: &Element) -> BTreeSet<String> {
        match element {
            Element::Esms { competence, .. } => competence.autorites().into_iter().collect(),
            Element::Objectif {
                esms, financeurs, ..
            } => {
                let vises = esms.iter().filter_map(|cle| self.element("esms", cle));
                let autorites = vises.flat_map(|e| self.concernees(e));
                autorites.chain(financeurs.iter().cloned()).collect()
            }
            Element::Modification { autorites, .. } => autorites.clone(),
            Element::Reconnaissance { .. } => BTreeSet::new(),
        }
    }

    fn calcule_autorites(&self) -> BTreeMap<&'static str, BTreeMap<String, Vec<String>>> {
        let mut autorites: BTreeMap<_, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (cle, element) in self.elements.values().flatten() {
            let concernees = self.concernees(element);
            let items = autorites.entry(element.collection()).or_default();
            let toutes = items.entry(String::new()).or_default();
            toutes.extend(concernees.iter().cloned());
            items.insert(cle.clone(), concernees);
        }
        let sorted = |items: BTreeMap<String, BTreeSet<String>>| {
            let items = items.into_iter();
            items
                .map(|(cle, a)| (cle, a.into_iter().collect()))
                .collect()
        };
        let collections = autorites.into_iter();
        collections.map(|(c, items)| (c, sorted(items))).collect()
    }

    /// What follows from the establishments: EHPAD, Départements, authorities that pay.
    fn calcule(&mut self) {
        let mut ehpad = Vec::new();
        let mut departements = BTreeSet::new();
        let mut financeurs = BTreeSet::new();
        for cle in self.cles("esms") {
            let Some(Element::Esms {
                categorie,
                competence,
                ..
            }) = self.element(ESMS, cle)
            else {
                continue;
            };
            if categorie.as_deref() == Some(EHPAD) {
                ehpad.push(cle.clone());
            }
            departements.extend(competence.departement().map(str::to_owned));
            financeurs.extend(competence.autorites());
        }
        self.autorites = self.calcule_autorites();
        let departements: Vec<String> = departements.into_iter().collect();
        let financeurs: Vec<String> = financeurs.into_iter().collect();
        self.ordre.insert("ehpad".to_owned(), ehpad);
        self.ordre
            .insert("perimetre.departements".to_owned(), departements);
        self.ordre.insert("financeurs".to_owned(), financeurs);
    }
}
