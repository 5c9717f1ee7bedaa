//! The states that were used last. An entry is true of one head only, so it may be posed before
//! the commit that makes it so, and any number of programs may write the same database.

use crate::app::contrat::Etat;
use crate::app::vues::ResumeContrat;
use crate::metier::chaine::Tetes;
use crate::store::journal::Tete;
use crate::store::projections::Projection;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A contract at one head.
#[derive(Debug, Default)]
pub struct Entree {
    pub etat: Etat,
    /// The head it is true of; the clock may have looked since.
    pub tete: Tete,
    pub tetes: Tetes,
    /// Its row in the list.
    pub resume: ResumeContrat,
    pub(super) projection: Projection,
    /// Whether the projection is what the tables hold.
    pub(super) projetee: bool,
}

/// At most so many entries; the least recently used goes first.
#[derive(Debug)]
pub struct Cache {
    entrees: Mutex<Entrees>,
    taille: usize,
}

#[derive(Debug, Default)]
struct Entrees {
    par_contrat: HashMap<String, (Arc<Entree>, u64)>,
    usages: u64,
}

impl Cache {
    pub fn de(taille: usize) -> Self {
        Self {
            entrees: Mutex::default(),
            taille,
        }
    }

    pub(super) fn prend(&self, contrat: &str) -> Option<Arc<Entree>> {
        let mut entrees = self.entrees.lock().unwrap_or_else(PoisonError::into_inner);
        entrees.usages += 1;
        let usages = entrees.usages;
        let (entree, usage) = entrees.par_contrat.get_mut(contrat)?;
        *usage = usages;
        Some(Arc::clone(entree))
    }

    /// The next reading folds the lines again.
    pub(super) fn oublie(&self, contrat: &str) {
        let mut entrees = self.entrees.lock().unwrap_or_else(PoisonError::into_inner);
        entrees.par_contrat.remove(contrat);
    }

    pub(super) fn pose(&self, contrat: &str, entree: Arc<Entree>) {
        let mut entrees = self.entrees.lock().unwrap_or_else(PoisonError::into_inner);
        entrees.usages += 1;
        let usage = entrees.usages;
        entrees
            .par_contrat
            .insert(contrat.to_owned(), (entree, usage));
        if entrees.par_contrat.len() > self.taille {
            entrees.allege(self.taille);
        }
    }
}

impl Entrees {
    /// Lets one entry in eight go, so that this is rarely done.
    fn allege(&mut self, taille: usize) {
        let mut usages: Vec<u64> = self.par_contrat.values().map(|(_, usage)| *usage).collect();
        usages.sort_unstable();
        let seuil = usages.get(taille / 8).copied().unwrap_or_default();
        self.par_contrat.retain(|_, (_, usage)| *usage > seuil);
    }
}
