//! What each party may do now, and what it waits for.

use super::attentes::Suivi;
use super::francais::{distance, jour, typographie};
use super::voix::{Noms, Voix};
use crate::app::demo::Mots;
use crate::metier::contrat::faits::CATALOGUE;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartieVue {
    pub voix: Voix,
    /// Acts it can do now.
    pub actes: Vec<ActeVue>,
    pub attend: Vec<AttendVue>,
    /// What it may write.
    pub ecrit: Vec<String>,
}

/// Acts of the same kind, in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActeVue {
    pub dit: String,
    /// The items, or the child, it is about.
    pub detail: Option<String>,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
}

/// What is waited for from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttendVue {
    pub dit: String,
    pub detail: Option<String>,
    pub de: Vec<Voix>,
}

/// How many items are named before « et n autres ».
const NOMMES: usize = 3;

#[derive(Default)]
struct Groupe {
    elements: BTreeSet<String>,
    date: Option<NaiveDate>,
    de: BTreeSet<String>,
}

pub(super) fn parties(
    mots: &Mots<'_>,
    suivis: &[Suivi<'_>],
    noms: Noms<'_>,
    aujourdhui: NaiveDate,
) -> Vec<PartieVue> {
    let mut ordre: Vec<&str> = Vec::new();
    for suivi in suivis {
        for partie in &suivi.agenda.parties {
            if !ordre.contains(&partie.party.as_str()) {
                ordre.push(&partie.party);
            }
        }
    }
    ordre
        .into_iter()
        .map(|partie| PartieVue {
            voix: noms.voix(partie),
            actes: actes(mots, suivis, partie, aujourdhui),
            attend: attend(mots, suivis, noms, partie),
            ecrit: ecrit(suivis, partie),
        })
        .collect()
}

fn actes(
    mots: &Mots<'_>,
    suivis: &[Suivi<'_>],
    partie: &str,
    aujourdhui: NaiveDate,
) -> Vec<ActeVue> {
    let mut groupes: BTreeMap<(&str, &str), Groupe> = BTreeMap::new();
    for suivi in suivis {
        let sien = suivi.agenda.parties.iter().find(|p| p.party == partie);
        let faisables = sien.iter().flat_map(|p| &p.acts);
        for todo in faisables.filter(|t| t.missing.is_empty()) {
            let groupe = groupes.entry((suivi.nom, &todo.title)).or_default();
            let cles = todo.spot.keys().map(|cle| mots.element(suivi.nom, &cle));
            groupe.elements.extend(cles);
            let dates = suivi
                .agenda
                .dates
                .iter()
                .filter(|d| d.spot == todo.spot && d.soft);
            let date = dates.map(|d| d.echeance).min();
            groupe.date = match (groupe.date, date) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
    }
    let mut groupes: Vec<_> = groupes.into_iter().collect();
    groupes.sort_by_key(|(_, groupe)| groupe.date.unwrap_or(NaiveDate::MAX));
    groupes
        .into_iter()
        .map(|((flux, titre), groupe)| ActeVue {
            dit: typographie(titre),
            detail: detail(mots, flux, &groupe),
            date: groupe.date.map(jour),
            distance: groupe.date.map(|d| distance(d, aujourdhui)),
            retard: groupe.date.is_some_and(|d| d < aujourdhui),
        })
        .collect()
}

fn detail(mots: &Mots<'_>, flux: &str, groupe: &Groupe) -> Option<String> {
    let mut dits: Vec<String> = groupe.elements.iter().take(NOMMES).cloned().collect();
    match groupe.elements.len().saturating_sub(NOMMES) {
        0 => {}
        1 => dits.push("et 1 autre".to_owned()),
        n => dits.push(format!("et {n} autres")),
    }
    let nom = mots.flux(flux);
    let dits: Vec<String> = nom.into_iter().chain(dits).collect();
    (!dits.is_empty()).then(|| typographie(&dits.join(", ")))
}

fn attend(mots: &Mots<'_>, suivis: &[Suivi<'_>], noms: Noms<'_>, partie: &str) -> Vec<AttendVue> {
    let mut groupes: BTreeMap<(&str, &str), Groupe> = BTreeMap::new();
    for suivi in suivis {
        let sien = suivi.agenda.parties.iter().find(|p| p.party == partie);
        // What a state merely allows is not waited for: only what has a date, or was begun.
        for wait in sien.iter().flat_map(|p| &p.waits) {
            let date = suivi
                .agenda
                .dates
                .iter()
                .any(|d| d.spot == wait.spot && d.soft);
            if !date && !wait.answered {
                continue;
            }
            let groupe = groupes.entry((suivi.nom, &wait.title)).or_default();
            let cles = wait.spot.keys().map(|cle| mots.element(suivi.nom, &cle));
            groupe.elements.extend(cles);
            groupe.de.extend(wait.from.iter().cloned());
        }
    }
    groupes
        .into_iter()
        .map(|((flux, titre), groupe)| AttendVue {
            dit: typographie(titre),
            detail: detail(mots, flux, &groupe),
            de: groupe.de.iter().map(|p| noms.voix(p)).collect(),
        })
        .collect()
}

fn ecrit(suivis: &[Suivi<'_>], partie: &str) -> Vec<String> {
    let siens = suivis.iter().flat_map(|s| &s.agenda.parties);
    let plumes = siens.filter(|p| p.party == partie).flat_map(|p| &p.pen);
    let droits: BTreeSet<&str> = plumes.map(|p| p.capability.as_str()).collect();
    let titres = droits
        .into_iter()
        .filter_map(|droit| CATALOGUE.capability(droit));
    titres.map(|droit| typographie(droit.title)).collect()
}
