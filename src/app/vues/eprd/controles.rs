//! The checks, as a page tells them: what fails, the gravest first; what cannot be told; how many
//! of each family hold.

use super::typographie;
use crate::metier::budget::controles::Verdict;
use crate::metier::budget::releve::{Dit, VerdictDit};
use crate::metier::referentiels::controles::{Fiche, Severite, fiches};
use serde::Serialize;

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

/// The checks that are known still, with their sheets.
fn connus(verdicts: &[VerdictDit]) -> Vec<(&'static Fiche, &VerdictDit)> {
    let fiche = |code: &str| fiches().iter().find(|fiche| fiche.code == code);
    let connus = verdicts.iter();
    connus
        .filter_map(|dit| Some((fiche(&dit.code)?, dit)))
        .collect()
}

pub(super) fn echecs(verdicts: &[VerdictDit]) -> Vec<ControleVue> {
    let mut siens = connus(verdicts);
    siens.retain(|(_, dit)| dit.verdict == Verdict::Ko);
    siens.sort_by_key(|(fiche, _)| (fiche.severite, fiche.code));
    siens.into_iter().map(ControleVue::de).collect()
}

pub(super) fn muets(verdicts: &[VerdictDit]) -> Vec<ControleVue> {
    let mut siens = connus(verdicts);
    siens.retain(|(_, dit)| dit.verdict == Verdict::Ne);
    siens.into_iter().map(ControleVue::de).collect()
}

impl ControleVue {
    fn de((fiche, dit): (&'static Fiche, &VerdictDit)) -> Self {
        let (classe, pastille, icone) = match fiche.severite {
            Severite::Bloquant => ("bloquant", "p-ko", "icones/bloque"),
            Severite::Majeur => ("majeur", "p-att", "icones/alerte"),
            Severite::Mineur => ("mineur", "p-att", "icones/alerte"),
            Severite::Information => ("info", "p-info", "icones/info"),
        };
        let dit_vu = |dit: &Dit| DitVue {
            phrase: typographie(&dit.phrase),
            lieux: typographie(&dit.lieux),
        };
        Self {
            code: fiche.code,
            libelle: fiche.libelle,
            severite: fiche.severite.mot(),
            classe,
            pastille,
            icone,
            dits: dit.dits.iter().map(dit_vu).collect(),
            source: fiche.source,
            formule: fiche.formule,
            tolerance: fiche.tolerance,
        }
    }
}

pub(super) fn familles(verdicts: &[VerdictDit]) -> Vec<FamilleVue> {
    let connus = connus(verdicts);
    let famille = |(debut, titre): (&str, &'static str)| {
        let siens = connus
            .iter()
            .filter(|(fiche, _)| fiche.code.starts_with(debut));
        let dits = siens.clone().map(|(fiche, dit)| {
            let verdict = if dit.sans_objet {
                "sans objet"
            } else {
                dit.verdict.mot()
            };
            (fiche.code, format!("{} : {verdict}", fiche.libelle))
        });
        FamilleVue {
            titre,
            ok: siens
                .clone()
                .filter(|(_, dit)| dit.verdict == Verdict::Ok)
                .count(),
            en_tout: siens.clone().count(),
            lignes: dits.collect(),
        }
    };
    FAMILLES.into_iter().map(famille).collect()
}
