//! What was done, for people and programs.

use super::Import;
use super::ecart::Stade;
use crate::app::contrat::{Contrat, RACINE, REPRIS};
use crate::echanges::classeur::{Lieu, colonne};
use crate::echanges::contrats::{ContratLu, Lecture, Refuse};
use crate::metier::contrat::perimetre::GESTIONNAIRE;
use crate::workflow::machine::Spot;
use serde::Serialize;
use std::collections::BTreeSet;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bilan {
    /// Lines of contracts; those that are neither added, changed nor unchanged are refused.
    pub lus: usize,
    pub ajoutes: usize,
    pub modifies: usize,
    pub inchanges: usize,
    pub refuses: Vec<Refusee>,
    pub signalements: Vec<Signalee>,
    /// Whom the contracts taken over wait for.
    pub attentes: Vec<Attente>,
    /// Nothing was written.
    pub a_blanc: bool,
}

/// What is wrong, by its cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusee {
    pub feuille: String,
    pub ligne: u32,
    /// « G »
    pub colonne: String,
    /// « Contrats!G7 »
    pub cellule: String,
    /// The contract that it refuses.
    pub reference: Option<String>,
    pub motif: String,
}

/// What was read otherwise than it was written, or not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signalee {
    pub cellule: String,
    pub phrase: String,
}

/// A contract that waits for parties to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attente {
    pub reference: String,
    /// What they are to confirm: `document`, the signed one; or `reprise`, what was entered of it.
    pub confirmer: &'static str,
    pub parties: BTreeSet<String>,
}

impl Bilan {
    pub(super) fn de(lecture: &Lecture, import: &Import) -> Self {
        let signalees = lecture.signalements.iter().map(|s| Signalee {
            cellule: s.lieu.to_string(),
            phrase: s.phrase.clone(),
        });
        let mut bilan = Self {
            lus: lecture.lus,
            ajoutes: 0,
            modifies: 0,
            inchanges: 0,
            refuses: Vec::new(),
            signalements: signalees.collect(),
            attentes: Vec::new(),
            a_blanc: import.a_blanc,
        };
        bilan.refuse(&lecture.refuses);
        bilan
    }

    pub(super) fn refuse(&mut self, refuses: &[Refuse]) {
        self.refuses.extend(refuses.iter().map(|r| {
            let Lieu {
                feuille,
                ligne,
                colonne: numero,
            } = &r.lieu;
            Refusee {
                feuille: feuille.clone(),
                ligne: *ligne,
                colonne: colonne(*numero),
                cellule: r.lieu.to_string(),
                reference: r.reference.clone(),
                motif: r.motif.clone(),
            }
        }));
    }

    /// Contracts that did not enter.
    pub fn contrats_refuses(&self) -> usize {
        let entres = self.ajoutes + self.modifies + self.inchanges;
        self.lus.saturating_sub(entres)
    }
}

impl Attente {
    /// Whom a contract waits for; nobody: it lives.
    pub(super) fn de(lu: &ContratLu, contrat: &Contrat<'_>, stade: Stade) -> Option<Self> {
        let configuration = &contrat.flux(RACINE)?.configuration;
        let (confirmer, spot, acte) = match stade {
            Stade::Perimetre => ("document", Spot::root(), format!("entry:{REPRIS}")),
            Stade::Contenu => ("reprise", Spot::new(REPRIS), "confirmer".to_owned()),
            Stade::Vie => return None,
        };
        let mut parties = configuration.parties.clone();
        if parties.is_empty() {
            let autorites = lu.esms.iter().flat_map(|e| e.competence.autorites());
            parties.extend(autorites);
            parties.insert(GESTIONNAIRE.to_owned());
        }
        if let Some(reponses) = configuration
            .visit(&spot)
            .and_then(|v| v.answers.get(&acte))
        {
            parties.retain(|partie| !reponses.consents(partie));
        }
        Some(Self {
            reference: lu.reference.clone(),
            confirmer,
            parties,
        })
    }
}
