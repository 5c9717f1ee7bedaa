//! Who someone is on a contract: the party its organisation holds there, what it may do in that
//! party's name, and on which establishments. Decided here and nowhere else; what that role may do
//! now is the workflow's to say.

use crate::app::comptes::{Droit, Ensemble, Fonction, Genre, Habilite, Nature, Portee};
use crate::app::contrat::{Contrat, RACINE};
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::finess::{debut, du_departement};
use crate::metier::organisation::Organisation;
use crate::store::projections::{NUMEROS, Vus};
use crate::workflow::definition::model::Role;
use crate::workflow::machine::Spot;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Someone who signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visiteur {
    /// The id by which the journal knows the person.
    pub personne: String,
    pub nom: String,
    pub titres: Vec<Titre>,
}

/// What an organisation lets a person do in its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Titre {
    /// The id by which accounts know the organisation.
    pub compte: String,
    pub organisation: String,
    /// What it is, when that is known.
    pub nature: Option<Nature>,
    /// Of a Département, its number.
    pub territoire: Option<String>,
    /// The numbers by which contracts know the organisation.
    pub siren: Option<String>,
    pub ej: Option<String>,
    /// The highest it holds; none: it reads only.
    pub role: Option<Role>,
    /// FINESS numbers; none: all establishments.
    pub esms: Option<BTreeSet<String>>,
    /// Codes of the départements whose contracts it sees, whole; none: wherever they are.
    pub departements: Option<BTreeSet<String>>,
}

/// A person's place on a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub partie: String,
    /// In the name of which organisations, by the ids of their accounts.
    pub organisations: BTreeSet<String>,
    /// The highest the person holds there; none: it reads only.
    pub role: Option<Role>,
    /// The establishments it sees; none: all.
    pub esms: Option<BTreeSet<String>>,
}

impl Titre {
    /// Whether an organisation of a contract is this one: by its SIREN, or else its EJ.
    fn est(&self, autre: &Organisation) -> bool {
        let meme = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        meme(&self.siren, &autre.siren) || meme(&self.ej, &autre.ej)
    }

    /// Whether a contract is of its territory: a département of it is a party, or one of the
    /// establishments is there.
    fn couvre(&self, contrat: &Contrat<'_>) -> bool {
        let Some(codes) = &self.departements else {
            return true;
        };
        let Some(racine) = contrat.flux(RACINE) else {
            return false;
        };
        let mut parties = racine.dossier.registre().organisations();
        let collections = racine.dossier.collections();
        let ici = |finess: &str| codes.iter().any(|code| du_departement(finess, code));
        parties.any(|(partie, _)| codes.iter().any(|code| *partie == departement(code)))
            || collections.elements(ESMS).any(|(finess, _)| ici(finess))
    }

    /// Whether one of its establishments is in a contract.
    fn voit(&self, contrat: &Contrat<'_>) -> bool {
        let Some(vus) = &self.esms else {
            return true;
        };
        let racine = contrat.flux(RACINE);
        let collections = racine.map(|r| r.dossier.collections());
        collections.is_some_and(|c| c.elements(ESMS).any(|(finess, _)| vus.contains(finess)))
    }

    /// What lists know of a restricted title: its establishments, its territory, each with the
    /// number of its organisation, since another title of the person says nothing of this one.
    fn signes(&self) -> Vec<String> {
        let esms = self.esms.iter().flatten().cloned();
        let territoire = self.departements.iter().flatten().flat_map(|code| {
            let debut = debut(code).map(|debut| format!("debut:{debut}"));
            [Some(departement(code)), debut].into_iter().flatten()
        });
        let signes: Vec<String> = esms.chain(territoire).collect();
        let numeros = self.siren.iter().chain(&self.ej);
        let avec = |numero: &String| -> Vec<String> {
            signes.iter().map(|s| format!("{numero} {s}")).collect()
        };
        numeros.flat_map(avec).collect()
    }

    fn restreint(&self) -> bool {
        self.esms.is_some() || self.departements.is_some()
    }
}

impl Visiteur {
    /// What it sees, as lists ask for it: by the first numbers of its organisations, which is all
    /// of them but for someone of more than three organisations.
    pub fn vus(&self) -> Vus {
        let numeros = |restreints: bool| -> [String; NUMEROS] {
            let titres = self.titres.iter().filter(|t| t.restreint() == restreints);
            let numeros = titres.flat_map(|t| t.siren.iter().chain(&t.ej));
            let distincts: BTreeSet<&String> = numeros.collect();
            let mut distincts = distincts.into_iter().cloned();
            std::array::from_fn(|_| distincts.next().unwrap_or_default())
        };
        let restreints = self.titres.iter().filter(|t| t.restreint());
        let signes = restreints.flat_map(Titre::signes);
        let signes: BTreeSet<String> = signes.collect();
        let signes: Vec<String> = signes.into_iter().collect();
        Vus {
            entiers: numeros(false),
            restreints: numeros(true),
            signes: format!(",{},", signes.join(",")),
        }
    }

    /// Whether some title shows it some establishments only.
    pub fn limite(&self) -> bool {
        self.titres.iter().any(|titre| titre.esms.is_some())
    }

    /// Whether some title bears on a place: those of establishments bear on what is theirs alone.
    pub fn porte(&self, lieu: &Spot) -> bool {
        let porte = |titre: &Titre| match &titre.esms {
            None => true,
            Some(vus) => lieu.keys().any(|cle| vus.contains(&cle)),
        };
        self.titres.iter().any(porte)
    }

    /// The person's place on a contract. None: the contract does not exist for that person.
    pub fn place(&self, contrat: &Contrat<'_>) -> Option<Place> {
        let racine = contrat.flux(RACINE)?;
        let registre = racine.dossier.registre();
        let mut place: Option<Place> = None;
        for titre in &self.titres {
            for (partie, organisation) in registre.organisations() {
                // What shows nothing here gives no place.
                let la = titre.couvre(contrat) && titre.voit(contrat);
                if !titre.est(organisation) || !la {
                    continue;
                }
                match &mut place {
                    // Several titles in one party add up; a second party would be a conflict of
                    // interests: the first named stays.
                    Some(place) if place.partie == *partie => place.ajoute(titre),
                    Some(_) => {}
                    None => place = Some(Place::de(partie, titre)),
                }
            }
        }
        place
    }
}

impl Visiteur {
    /// What someone may see, on a day.
    pub fn de(habilite: &Habilite, jour: NaiveDate) -> Self {
        let en_vigueur =
            |d: &&Droit| d.du.is_none_or(|du| du <= jour) && d.au.is_none_or(|au| jour <= au);
        Self {
            personne: habilite.personne.id.clone(),
            nom: habilite.personne.nom.clone(),
            titres: habilite
                .droits
                .iter()
                .filter(en_vigueur)
                .map(|droit| titre(droit, &habilite.ensembles))
                .collect(),
        }
    }
}

/// The name of a département as a party.
fn departement(code: &str) -> String {
    format!("departement:{code}")
}

fn titre(droit: &Droit, ensembles: &[Ensemble]) -> Titre {
    let role = match droit.fonction {
        Fonction::Lecture | Fonction::Administration => None,
        Fonction::Contribution => Some(Role::Contribution),
        Fonction::Validation => Some(Role::Validation),
        Fonction::Signature => Some(Role::Signature),
    };
    // A name that its organisation does not keep holds nothing.
    let membres = |genre: Genre, nom: &str| {
        let trouve = ensembles
            .iter()
            .find(|e| e.organisation == droit.organisation.id && e.genre == genre && e.nom == nom);
        trouve.map_or_else(BTreeSet::new, |e| e.membres.clone())
    };
    let (esms, departements) = match (&droit.portee, droit.portee.nommee()) {
        (Portee::Esms(finess), _) => (Some(finess.clone()), None),
        (_, Some((Genre::Delegation, nom))) => (None, Some(membres(Genre::Delegation, nom))),
        (_, Some((genre, nom))) => (Some(membres(genre, nom)), None),
        (_, None) => (None, None),
    };
    Titre {
        compte: droit.organisation.id.clone(),
        organisation: droit.organisation.nom.clone(),
        nature: Some(droit.organisation.nature),
        territoire: droit.organisation.territoire.clone(),
        siren: droit.organisation.siren.clone(),
        ej: droit.organisation.ej.clone(),
        role,
        esms,
        departements,
    }
}

impl Place {
    /// Whether the person may act there in a role, or a lower one: a scope of establishments bears
    /// on what is theirs alone.
    pub fn peut(&self, role: Role, lieu: &Spot) -> bool {
        self.porte(lieu) && self.role >= Some(role)
    }

    /// Whether the person may write there, in a role: on establishments alone, of these alone.
    pub fn peut_ecrire(&self, role: Role, esms: Option<&str>) -> bool {
        let porte = match (&self.esms, esms) {
            (None, _) => true,
            (Some(_), Some(cle)) => self.voit(cle),
            (Some(_), None) => false,
        };
        porte && self.ecrit(role)
    }

    /// Whether the person holds a role there.
    pub fn ecrit(&self, role: Role) -> bool {
        self.role >= Some(role)
    }

    fn de(partie: &str, titre: &Titre) -> Self {
        Self {
            partie: partie.to_owned(),
            organisations: BTreeSet::from([titre.compte.clone()]),
            role: titre.role,
            esms: titre.esms.clone(),
        }
    }

    fn ajoute(&mut self, titre: &Titre) {
        self.organisations.insert(titre.compte.clone());
        self.role = self.role.max(titre.role);
        self.esms = match (self.esms.take(), &titre.esms) {
            (Some(miens), Some(autres)) => Some(miens.union(autres).cloned().collect()),
            _ => None,
        };
    }

    /// Whether something that happens at a place is for the person: those of establishments hear
    /// of what is theirs alone.
    pub fn porte(&self, lieu: &Spot) -> bool {
        self.esms.is_none() || lieu.keys().any(|cle| self.voit(&cle))
    }

    /// Whether the person sees an establishment.
    pub fn voit(&self, finess: &str) -> bool {
        self.esms.as_ref().is_none_or(|vus| vus.contains(finess))
    }

    /// Whether the person sees what stands at a place: not that of an establishment out of its
    /// scope, nor of what bears on such ones only.
    pub fn voit_lieu(&self, contrat: &Contrat<'_>, lieu: &Spot) -> bool {
        if self.esms.is_none() {
            return true;
        }
        let Some(racine) = contrat.flux(RACINE) else {
            return false;
        };
        let collections = racine.dossier.collections();
        lieu.keys().all(|cle| {
            // One that left is still known there.
            let esms = collections.element(ESMS, &cle);
            let esms = esms.or_else(|| collections.parti(ESMS, &cle));
            let element = esms.or_else(|| collections.element("objectifs", &cle));
            element.is_none_or(|element| self.voit_element(&cle, element))
        })
    }

    /// Whether the person sees an item: not an establishment out of its scope, nor what bears on
    /// such ones only.
    pub fn voit_element(&self, cle: &str, element: &Element) -> bool {
        match element {
            Element::Esms { .. } => self.voit(cle),
            Element::Objectif { esms, .. } => {
                esms.is_empty() || esms.iter().any(|finess| self.voit(finess))
            }
            Element::Modification { .. } | Element::Reconnaissance { .. } => true,
        }
    }
}
