//! The checks, as a page tells them: what fails, the gravest first; what cannot be told; how many
//! of each family hold.

use super::typographie;
use crate::metier::budget::controles::{Constat, Resultat, Sujet, Verdict};
use crate::metier::budget::lignes::{Bloc, Cle, Lignes, Origine};
use crate::metier::referentiels::controles::Severite;
use serde::Serialize;
use std::collections::BTreeSet;

/// Findings that a check tells, at most: more are counted.
const DITS: usize = 60;
/// Lines that a finding names, at most: more are counted.
const LIEUX: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControleVue {
    pub code: &'static str,
    pub libelle: &'static str,
    pub severite: &'static str,
    /// Of its style: `bloquant`, `majeur`, `mineur`, `info`.
    pub classe: &'static str,
    /// The mark of its gravity.
    pub pastille: &'static str,
    pub icone: &'static str,
    pub dits: Vec<DitVue>,
    pub source: &'static str,
    pub formule: &'static str,
    pub tolerance: &'static str,
}

/// A sentence, and the lines it rests on or lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DitVue {
    pub phrase: String,
    pub lieux: String,
}

/// A family of checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FamilleVue {
    pub titre: &'static str,
    pub ok: usize,
    pub en_tout: usize,
    /// Those that fail, that cannot be told, that nothing is asked of.
    pub lignes: Vec<(&'static str, String)>,
}

/// By the beginning of their codes.
const FAMILLES: [(&str, &str); 4] = [
    ("RE", "Recevabilité"),
    ("EQ", "Équilibre"),
    ("CO", "Cohérence"),
    ("AL", "Alignement sur le contrat"),
];

pub(super) fn echecs(lignes: &Lignes, resultats: &[Resultat]) -> Vec<ControleVue> {
    let mut siens: Vec<&Resultat> = resultats
        .iter()
        .filter(|r| r.verdict == Verdict::Ko)
        .collect();
    siens.sort_by_key(|r| (r.fiche.severite, r.fiche.code));
    let vue = |resultat: &&Resultat| ControleVue {
        dits: dits(lignes, resultat, Verdict::Ko),
        ..ControleVue::de(resultat)
    };
    siens.iter().map(vue).collect()
}

pub(super) fn muets(lignes: &Lignes, resultats: &[Resultat]) -> Vec<ControleVue> {
    let siens = resultats.iter().filter(|r| r.verdict == Verdict::Ne);
    let vue = |resultat: &Resultat| ControleVue {
        dits: dits(lignes, resultat, Verdict::Ne),
        ..ControleVue::de(resultat)
    };
    siens.map(vue).collect()
}

impl ControleVue {
    fn de(resultat: &Resultat) -> Self {
        let fiche = resultat.fiche;
        let (classe, pastille, icone) = match fiche.severite {
            Severite::Bloquant => ("bloquant", "p-ko", "icones/bloque"),
            Severite::Majeur => ("majeur", "p-att", "icones/alerte"),
            Severite::Mineur => ("mineur", "p-att", "icones/alerte"),
            Severite::Information => ("info", "p-info", "icones/info"),
        };
        Self {
            code: fiche.code,
            libelle: fiche.libelle,
            severite: fiche.severite.mot(),
            classe,
            pastille,
            icone,
            dits: Vec::new(),
            source: fiche.source,
            formule: fiche.formule,
            tolerance: fiche.tolerance,
        }
    }
}

fn dits(lignes: &Lignes, resultat: &Resultat, verdict: Verdict) -> Vec<DitVue> {
    let constats = resultat.constats.iter().filter(|c| c.verdict == verdict);
    if verdict == Verdict::Ne {
        return manques(lignes, constats);
    }
    let dit = |constat: &Constat| DitVue {
        phrase: typographie(&constat.message),
        lieux: typographie(&lieux(lignes, &constat.lus)),
    };
    let mut dits: Vec<DitVue> = constats.clone().take(DITS).map(dit).collect();
    let tus = constats.count().saturating_sub(DITS);
    if tus > 0 {
        dits.push(DitVue {
            phrase: typographie(&format!("Et d'autres : {tus}.")),
            lieux: String::new(),
        });
    }
    dits
}

/// What is missing, once for all the establishments that lack it.
fn manques<'c>(lignes: &Lignes, constats: impl Iterator<Item = &'c Constat>) -> Vec<DitVue> {
    let mut qui: BTreeSet<String> = BTreeSet::new();
    let mut quoi: BTreeSet<String> = BTreeSet::new();
    for constat in constats {
        if let Sujet::Esms(lieu) = constat.sujet
            && let Some(esms) = lignes.esms_de(lieu)
        {
            qui.insert(esms.nom.clone());
        }
        quoi.extend(constat.manque.iter().map(|cle| match cle.bloc {
            Bloc::Regle => format!("règle {}", cle.code),
            bloc => format!("{bloc} {}", cle.code),
        }));
    }
    let quoi: Vec<String> = quoi.into_iter().collect();
    let qui: Vec<String> = qui.into_iter().collect();
    let phrase = format!("Il manque : {}.", quoi.join(", "));
    vec![DitVue {
        phrase: typographie(&phrase),
        lieux: qui.join(", "),
    }]
}

/// The places of the lines that a finding rests on.
fn lieux(lignes: &Lignes, cles: &[Cle]) -> String {
    let origine = |cle: &Cle| {
        let ligne = lignes.trouve(cle.bloc, cle.lieu, cle.annee, &cle.code)?;
        Some(match &ligne.origine {
            Origine::Cellule { feuille, cellule } => {
                format!("onglet « {feuille} », cellule {cellule}")
            }
            autre => autre.to_string(),
        })
    };
    let dites: BTreeSet<String> = cles.iter().filter_map(origine).collect();
    let trop = dites.len().saturating_sub(LIEUX);
    let mut dites: Vec<String> = dites.into_iter().take(LIEUX).collect();
    if trop > 0 {
        dites.push(format!("et {trop} de plus"));
    }
    dites.join(" ; ")
}

pub(super) fn familles(resultats: &[Resultat]) -> Vec<FamilleVue> {
    let famille = |(debut, titre): (&str, &'static str)| {
        let siens: Vec<&Resultat> = resultats
            .iter()
            .filter(|r| r.fiche.code.starts_with(debut))
            .collect();
        let dits = siens.iter().map(|r| {
            let dit = if r.constats.is_empty() {
                "sans objet"
            } else {
                r.verdict.mot()
            };
            (r.fiche.code, format!("{} : {dit}", r.fiche.libelle))
        });
        FamilleVue {
            titre,
            ok: siens.iter().filter(|r| r.verdict == Verdict::Ok).count(),
            en_tout: siens.len(),
            lignes: dits.collect(),
        }
    };
    FAMILLES.into_iter().map(famille).collect()
}
