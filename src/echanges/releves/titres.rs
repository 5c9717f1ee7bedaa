//! The line of titles: which column holds what.

use super::{Forme, Plan};
use crate::metier::contrat::diagnostic::Source;
use crate::metier::referentiels::indicateurs::{self, Indicateur};

/// Where the columns stand, from 0.
#[derive(Debug)]
pub(super) struct Colonnes {
    pub(super) finess: usize,
    pub(super) annee: usize,
    pub(super) lues: Vec<Place>,
    /// Columns that have a title.
    pub(super) largeur: usize,
}

/// A column that is read.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) rang: usize,
    pub(super) code: String,
    /// None: a code of a family, which is counted as it is written.
    pub(super) indicateur: Option<&'static Indicateur>,
    pub(super) forme: Forme,
    pub(super) compte: Option<Source>,
    /// Where the count that this one is over stands.
    pub(super) sur: Option<usize>,
}

/// A title as it is compared: exports write « de l'activité » in several ways.
pub(in crate::echanges) fn simple(titre: &str) -> String {
    let minuscules = titre.to_lowercase();
    minuscules.chars().filter(|c| c.is_alphanumeric()).collect()
}

type Titres = (Colonnes, Vec<String>);
type Manques = Vec<(Option<usize>, String)>;

/// Where titles stand, and those that stand twice.
struct Places {
    simples: Vec<String>,
    doubles: Manques,
}

impl Places {
    fn trouve(&mut self, titre: &str) -> Option<usize> {
        let cherche = simple(titre);
        let mut places = (0..self.simples.len()).filter(|rang| self.simples[*rang] == cherche);
        let premiere = places.next();
        if let Some(autre) = places.next() {
            let motif = format!("le titre « {titre} » est écrit deux fois : gardez une colonne.");
            self.doubles.push((Some(autre), motif));
        }
        premiere
    }
}

pub(super) fn titres(plan: &Plan, champs: &[&str]) -> Result<Titres, Manques> {
    let mut places = Places {
        simples: champs.iter().map(|titre| simple(titre)).collect(),
        doubles: Vec::new(),
    };
    let finess = places.trouve(plan.finess);
    let annee = places.trouve(plan.annee.titre());
    let mut lues = colonnes(plan, &mut places);
    lues.extend(familles(plan, &mut places));
    let mut fautes = places.doubles;
    for (lu, titre) in [(finess, plan.finess), (annee, plan.annee.titre())] {
        if lu.is_none() {
            let motif = format!(
                "la colonne « {titre} » manque. Les titres attendus sont ceux de {}, sur la \
                 première ligne.",
                plan.attendu
            );
            fautes.push((None, motif));
        }
    }
    if lues.is_empty() {
        let exemple = plan.colonnes.first().map_or("", |colonne| colonne.titre);
        let motif = format!(
            "aucun titre n'est celui d'un indicateur, comme « {exemple} ». Vérifiez qu'il s'agit \
             de {}.",
            plan.attendu
        );
        fautes.push((None, motif));
    }
    let (Some(finess), Some(annee), true) = (finess, annee, fautes.is_empty()) else {
        return Err(fautes);
    };
    let connu = |rang: usize| {
        let lue = |place: &Place| place.rang == rang || place.sur == Some(rang);
        rang == finess || rang == annee || lues.iter().any(lue)
    };
    let ignores = (0..champs.len())
        .filter(|rang| !connu(*rang) && !places.simples[*rang].is_empty())
        .map(|rang| champs[rang].trim().to_owned());
    let ignores = ignores.collect();
    let colonnes = Colonnes {
        finess,
        annee,
        lues,
        largeur: champs.len(),
    };
    Ok((colonnes, ignores))
}

fn colonnes(plan: &Plan, places: &mut Places) -> Vec<Place> {
    let mut lues = Vec::new();
    for colonne in plan.colonnes {
        let Some(rang) = places.trouve(colonne.titre) else {
            continue;
        };
        let sur = match colonne.forme {
            Forme::Sur(titre) => match places.trouve(titre) {
                Some(sur) => Some(sur),
                // Half a rate says nothing: it is told as ignored.
                None => continue,
            },
            Forme::Nombre | Forme::Mot(_) => None,
        };
        lues.push(Place {
            rang,
            code: colonne.code.to_owned(),
            indicateur: indicateurs::par_code(colonne.code),
            forme: colonne.forme,
            compte: colonne.compte,
            sur,
        });
    }
    lues
}

fn familles(plan: &Plan, places: &mut Places) -> Vec<Place> {
    let mut lues = Vec::new();
    for famille in plan.familles {
        for suite in (famille.suites)() {
            let titre = format!("{}{suite}", famille.titre);
            if let Some(rang) = places.trouve(&titre) {
                lues.push(Place {
                    rang,
                    code: format!("{}{suite}", famille.code),
                    indicateur: None,
                    forme: Forme::Nombre,
                    compte: None,
                    sur: None,
                });
            }
        }
    }
    lues
}
