//! What was done of a file, for people and programs.

use super::{Lecture, Lu, Prise};
use crate::metier::repertoire::{Difference, Fiche, changements};
use serde::Serialize;

/// Changes told one by one.
const DITS_MAX: usize = 200;

/// What was done of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bilan {
    /// `finess`, `tdb`, `has`, `comptes`.
    pub genre: &'static str,
    /// Lines of the file, titles and what is not read apart.
    pub lus: u64,
    /// Rows of the register, or figures: new, said otherwise, the same.
    pub ajoutes: u64,
    pub modifies: u64,
    pub inchanges: u64,
    /// The first ones.
    pub refuses: Vec<Refusee>,
    pub refuses_en_tout: usize,
    /// Whether the rows that are new or said otherwise were written.
    pub ecrit: bool,
    pub a_blanc: bool,
    /// The first ones.
    pub changements: Vec<Changement>,
    /// Titles that are not read: we have no code for what they hold.
    pub ignores: Vec<String>,
    pub signalements: Vec<String>,
}

/// What is wrong, by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusee {
    pub ligne: u64,
    /// From 1; none: the whole line.
    pub colonne: Option<usize>,
    pub motif: String,
}

/// What a row says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changement {
    /// « TDB-2.01 de 990001018 en 2024 »
    pub quoi: String,
    pub champ: &'static str,
    pub avant: String,
    pub apres: String,
}

impl Bilan {
    pub(super) fn de(lecture: &Lecture, prise: Prise) -> Self {
        let fautes = lecture.fautes();
        let refuses = fautes.dites.iter().map(|faute| Refusee {
            ligne: faute.ligne,
            colonne: faute.colonne,
            motif: faute.motif.clone(),
        });
        let (lus, ignores, signalements) = match &lecture.lu {
            Lu::Fiches(extrait) => (extrait.lus, Vec::new(), extrait.signalements.clone()),
            Lu::Chiffres(export) => {
                let (ignores, dits) = (export.ignores.clone(), export.signalements.clone());
                (export.lus, ignores, dits)
            }
        };
        Self {
            genre: lecture.genre.mot(),
            lus,
            ajoutes: 0,
            modifies: 0,
            inchanges: 0,
            refuses: refuses.collect(),
            refuses_en_tout: fautes.en_tout,
            ecrit: false,
            a_blanc: prise.a_blanc,
            changements: Vec::new(),
            ignores,
            signalements,
        }
    }

    pub(super) fn compte<F: Fiche>(&mut self, difference: &Difference<F>) {
        self.ajoutes += difference.ajoutes.len() as u64;
        self.modifies += difference.modifies.len() as u64;
        self.inchanges += difference.inchanges as u64;
        for (avant, apres) in &difference.modifies {
            for (champ, ancien, nouveau) in changements(avant, apres) {
                if self.changements.len() == DITS_MAX {
                    return;
                }
                self.changements.push(Changement {
                    quoi: apres.nom(),
                    champ,
                    avant: ancien,
                    apres: nouveau,
                });
            }
        }
    }

    /// Whether something is new or said otherwise.
    pub fn change(&self) -> bool {
        self.ajoutes + self.modifies > 0
    }
}
