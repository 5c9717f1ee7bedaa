//! Who someone is on a contract: the party its organisation holds there, what it may do in that
//! party's name, and on which establishments. Decided here and nowhere else; what that role may do
//! now is the workflow's to say.

use crate::app::comptes::{Connecte, Droit, Fonction, Portee};
use crate::app::contrat::{Contrat, RACINE};
use crate::metier::contrat::perimetre::ESMS;
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
    pub organisation: String,
    /// The numbers by which contracts know the organisation.
    pub siren: Option<String>,
    pub ej: Option<String>,
    /// The highest it holds; none: it reads only.
    pub role: Option<Role>,
    /// FINESS numbers; none: all establishments.
    pub esms: Option<BTreeSet<String>>,
}

/// A person's place on a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub partie: String,
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
}

impl Visiteur {
    /// What it sees, as lists ask for it: by the first numbers of its organisations, which is all
    /// of them but for someone of more than three organisations.
    pub fn vus(&self) -> Vus {
        let numeros = |restreints: bool| -> [String; NUMEROS] {
            let titres = self
                .titres
                .iter()
                .filter(|t| t.esms.is_some() == restreints);
            let numeros = titres.flat_map(|t| t.siren.iter().chain(&t.ej));
            let distincts: BTreeSet<&String> = numeros.collect();
            let mut distincts = distincts.into_iter().cloned();
            std::array::from_fn(|_| distincts.next().unwrap_or_default())
        };
        let signes = self.titres.iter().flat_map(|t| t.esms.iter().flatten());
        let signes: BTreeSet<&str> = signes.map(String::as_str).collect();
        let signes: Vec<&str> = signes.into_iter().collect();
        Vus {
            entiers: numeros(false),
            restreints: numeros(true),
            signes: format!(",{},", signes.join(",")),
        }
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
                if !titre.est(organisation) {
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
        place.filter(|place| place.voit_quelque_chose(contrat))
    }
}

impl Visiteur {
    /// What a session says of someone, on a day.
    pub fn de(connecte: &Connecte, jour: NaiveDate) -> Self {
        let en_vigueur =
            |d: &&Droit| d.du.is_none_or(|du| du <= jour) && d.au.is_none_or(|au| jour <= au);
        Self {
            personne: connecte.personne.id.clone(),
            nom: connecte.personne.nom.clone(),
            titres: connecte
                .droits
                .iter()
                .filter(en_vigueur)
                .map(titre)
                .collect(),
        }
    }
}

fn titre(droit: &Droit) -> Titre {
    let role = match droit.fonction {
        Fonction::Lecture | Fonction::Administration => None,
        Fonction::Contribution => Some(Role::Contribution),
        Fonction::Validation => Some(Role::Validation),
        Fonction::Signature => Some(Role::Signature),
    };
    Titre {
        organisation: droit.organisation.nom.clone(),
        siren: droit.organisation.siren.clone(),
        ej: droit.organisation.ej.clone(),
        role,
        esms: match &droit.portee {
            Portee::Esms(finess) => Some(finess.clone()),
            Portee::Tout | Portee::Pole(_) | Portee::Delegation(_) | Portee::Service(_) => None,
        },
    }
}

impl Place {
    /// Whether the person may act there in a role, or a lower one: a scope of establishments bears
    /// on what is theirs alone.
    pub fn peut(&self, role: Role, lieu: &Spot) -> bool {
        let porte = self.esms.is_none() || lieu.keys().any(|cle| self.voit(&cle));
        porte && self.role >= Some(role)
    }

    fn de(partie: &str, titre: &Titre) -> Self {
        Self {
            partie: partie.to_owned(),
            role: titre.role,
            esms: titre.esms.clone(),
        }
    }

    fn ajoute(&mut self, titre: &Titre) {
        self.role = self.role.max(titre.role);
        self.esms = match (self.esms.take(), &titre.esms) {
            (Some(miens), Some(autres)) => Some(miens.union(autres).cloned().collect()),
            _ => None,
        };
    }

    /// Whether the person sees an establishment.
    pub fn voit(&self, finess: &str) -> bool {
        self.esms.as_ref().is_none_or(|vus| vus.contains(finess))
    }

    /// A scope none of whose establishments is here leaves nothing to see.
    fn voit_quelque_chose(&self, contrat: &Contrat<'_>) -> bool {
        let Some(vus) = &self.esms else {
            return true;
        };
        let racine = contrat.flux(RACINE);
        let collections = racine.map(|r| r.dossier.collections());
        collections.is_some_and(|c| c.elements(ESMS).any(|(finess, _)| vus.contains(finess)))
    }
}
