//! What a contract bears on: establishments, objectives, changes; and who is competent for each.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The ARS, as a party.
pub const ARS: &str = "ars";
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
        /// An EHPAD: it is also in the collection of that name.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ehpad: bool,
        competence: Competence,
    },
    Objectif {
        intitule: String,
        /// The establishments it bears on.
        esms: BTreeSet<String>,
        /// The authorities that put money in it.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        financeurs: BTreeSet<String>,
    },
    Modification {
        intitule: String,
        /// The article of the contract it rewrites or adds.
        article: String,
        /// The authorities it touches.
        autorites: BTreeSet<String>,
    },
    Reconnaissance {
        intitule: String,
    },
}

impl Element {
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
}

impl Collections {
    pub fn entre(&mut self, cle: &str, element: &Element) {
        let collection = element.collection();
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

    pub fn sort(&mut self, collection: &str, cle: &str) {
        if let Some(elements) = self.elements.get_mut(collection) {
            elements.remove(cle);
        }
        if let Some(ordre) = self.ordre.get_mut(collection) {
            ordre.retain(|c| c != cle);
        }
        self.calcule();
    }

    /// The keys of a collection, in order of entry.
    pub fn cles(&self, collection: &str) -> &[String] {
        self.ordre.get(collection).map_or(&[], Vec::as_slice)
    }

    pub fn element(&self, collection: &str, cle: &str) -> Option<&Element> {
        self.elements.get(collection)?.get(cle)
    }

    pub fn elements(&self, collection: &str) -> impl Iterator<Item = (&String, &Element)> {
        self.elements.get(collection).into_iter().flatten()
    }

    /// The authorities of an establishment.
    pub fn autorites(&self, esms: &str) -> Vec<String> {
        match self.element("esms", esms) {
            Some(Element::Esms { competence, .. }) => competence.autorites(),
            _ => Vec::new(),
        }
    }

    /// Who pays: the authorities of at least one establishment.
    pub fn financeurs(&self) -> &[String] {
        self.cles("financeurs")
    }

    /// The authorities an objective concerns: those of its establishments, and who funds it.
    pub fn concernees(&self, objectif: &str) -> BTreeSet<String> {
        match self.element("objectifs", objectif) {
            Some(Element::Objectif {
                esms, financeurs, ..
            }) => {
                let autorites = esms.iter().flat_map(|cle| self.autorites(cle));
                autorites.chain(financeurs.iter().cloned()).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// What follows from the establishments: EHPAD, Départements, authorities that pay.
    fn calcule(&mut self) {
        let mut ehpad = Vec::new();
        let mut departements = BTreeSet::new();
        let mut financeurs = BTreeSet::new();
        for cle in self.cles("esms") {
            let Some(Element::Esms {
                ehpad: est_ehpad,
                competence,
                ..
            }) = self.element("esms", cle)
            else {
                continue;
            };
            if *est_ehpad {
                ehpad.push(cle.clone());
            }
            departements.extend(competence.departement().map(str::to_owned));
            financeurs.extend(competence.autorites());
        }
        let departements: Vec<String> = departements.into_iter().collect();
        let financeurs: Vec<String> = financeurs.into_iter().collect();
        self.ordre.insert("ehpad".to_owned(), ehpad);
        self.ordre
            .insert("perimetre.departements".to_owned(), departements);
        self.ordre.insert("financeurs".to_owned(), financeurs);
    }
}
