//! What pages ask for, and what they get.

use super::resume::ResumeContrat;
use crate::app::acces::Place;
use crate::app::contrat::Contrat;
use crate::metier::evenement::Evenement;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which lines of a journal: of all streams, or of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fenetre {
    pub flux: Option<String>,
    /// How many of the newest to leave out.
    pub apres: u64,
    /// How many at most.
    pub nombre: u64,
}

/// A contract, read.
#[derive(Debug)]
pub struct ContratLu {
    /// In hand, without its lines.
    pub contrat: Contrat<'static>,
    pub identite: Identite,
    /// Who reads it.
    pub place: Place,
    pub resume: ResumeContrat,
    /// The lines of the window, oldest first.
    pub lignes: Vec<LigneLue>,
    /// How many lines the window's stream holds in all.
    pub total: u64,
}

/// What a contract is called, and its parties.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identite {
    /// In addresses: letters, digits, hyphens.
    pub id: String,
    pub titre: String,
    /// The parties' names, by party: `gestionnaire`, `departement:99`.
    pub parties: BTreeMap<String, String>,
}

/// A line of a journal, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LigneLue {
    /// Its place in the contract, from 1.
    pub ordre: u64,
    pub flux: String,
    /// Its place in its stream, from 1.
    pub rang: u64,
    /// The head of the chain after it, in hexadecimal.
    pub empreinte: String,
    pub evenement: Evenement,
}

impl Fenetre {
    /// Whether a line of this stream is in the window's streams.
    pub fn voit(&self, flux: &str) -> bool {
        self.flux.as_deref().is_none_or(|voulu| voulu == flux)
    }

    /// The window over lines in order, for whoever holds them all.
    pub fn choisit<'l>(
        &self,
        lignes: impl DoubleEndedIterator<Item = &'l LigneLue>,
    ) -> Vec<LigneLue> {
        let vues = lignes.rev().filter(|ligne| self.voit(&ligne.flux));
        let taille = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let choisies = vues.skip(taille(self.apres)).take(taille(self.nombre));
        let mut choisies: Vec<LigneLue> = choisies.cloned().collect();
        choisies.reverse();
        choisies
    }
}
