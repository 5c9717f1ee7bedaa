//! Parties as pages show them: a form, a colour, a name.

use super::francais::court;
use crate::metier::contrat::perimetre::{ARS, GESTIONNAIRE};
use serde::Serialize;
use std::collections::BTreeMap;

/// A party: its form and its name, in that order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voix {
    /// `og` (circle), `ars` (square), `cd` (triangle), `autre` (diamond).
    pub forme: &'static str,
    /// The partial that draws it.
    pub icone: &'static str,
    pub nom: String,
}

/// The parties' names, by party.
#[derive(Debug, Clone, Copy)]
pub struct Noms<'a>(pub &'a BTreeMap<String, String>);

impl Noms<'_> {
    /// Its own name; its role when nobody gave one.
    pub fn nom(self, partie: &str) -> String {
        self.0.get(partie).cloned().unwrap_or_else(|| role(partie))
    }

    pub fn voix(self, partie: &str) -> Voix {
        let (forme, icone) = match famille(partie) {
            GESTIONNAIRE => ("og", "icones/voix-og"),
            ARS => ("ars", "icones/voix-ars"),
            DEPARTEMENT => ("cd", "icones/voix-cd"),
            _ => ("autre", "icones/voix-autre"),
        };
        Voix {
            forme,
            icone,
            nom: court(&self.nom(partie)),
        }
    }

    pub fn voix_de<'p>(self, parties: impl IntoIterator<Item = &'p str>) -> Vec<Voix> {
        ordonnees(parties)
            .into_iter()
            .map(|p| self.voix(p))
            .collect()
    }

    /// « au gestionnaire », « à l’ARS », « au Département ».
    pub fn a(self, partie: &str) -> String {
        match famille(partie) {
            GESTIONNAIRE => "au gestionnaire".to_owned(),
            ARS => "à l’ARS".to_owned(),
            DEPARTEMENT if self.seul(DEPARTEMENT) => "au Département".to_owned(),
            _ => format!("à {}", self.nom(partie)),
        }
    }

    fn seul(self, wanted: &str) -> bool {
        self.0.keys().filter(|p| famille(p) == wanted).count() < 2
    }
}

const DEPARTEMENT: &str = "departement";

/// Parties in the order of a contract: the operator, the ARS, the Départements, the others.
pub fn ordonnees<'p>(parties: impl IntoIterator<Item = &'p str>) -> Vec<&'p str> {
    let rang = |partie: &str| match famille(partie) {
        GESTIONNAIRE => 0,
        ARS => 1,
        DEPARTEMENT => 2,
        _ => 3,
    };
    let mut parties: Vec<&str> = parties.into_iter().collect();
    parties.sort_by_key(|partie| (rang(partie), *partie));
    parties.dedup();
    parties
}

/// The declared party: `departement` for `departement:99`.
fn famille(partie: &str) -> &str {
    partie
        .split_once(':')
        .map_or(partie, |(famille, _)| famille)
}

fn role(partie: &str) -> String {
    match (famille(partie), partie.split_once(':')) {
        (GESTIONNAIRE, _) => "Gestionnaire".to_owned(),
        (ARS, _) => "ARS".to_owned(),
        (DEPARTEMENT, Some((_, numero))) => format!("Département {numero}"),
        _ => partie.to_owned(),
    }
}
