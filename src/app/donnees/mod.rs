//! What programs read of a contract: the same facts as pages, with codes instead of sentences
//! where a program decides, and sentences where it shows. Pure but for [`lecture`].
//!
//! The doc comments of these types are published: they are in French, as all that users read.

/// What each party may do, and what it sends to do it.
mod actes;
/// A contract.
mod contrat;
/// Lines of a journal.
mod journal;
/// Reads for programs.
mod lecture;
/// Who asks, the list, what awaits.
mod listes;

pub use actes::{ActeDonne, GesteNomme, actes};
pub use contrat::{ContratDonne, Manque, contrat, manques};
pub use journal::{LigneDonnee, lignes};
pub use lecture::{Rang, Suite};
pub use listes::{ContratListe, Moi, TacheDonnee, liste, moi, taches};

use crate::workflow::definition::model::Role;
use schemars::JsonSchema;
use serde::Serialize;

/// Une page d'une liste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PageDe{T}")]
pub struct Page<T> {
    pub elements: Vec<T>,
    /// À donner dans `curseur` pour la page suivante ; nul : il n'y en a plus.
    pub suite: Option<String>,
}

/// Ce qu'une personne peut faire au nom d'une partie ; chaque fonction contient les précédentes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Fonction")]
pub enum FonctionDonnee {
    Lecture,
    Contribution,
    Validation,
    Signature,
}

impl FonctionDonnee {
    fn de(role: Option<Role>) -> Self {
        match role {
            None => Self::Lecture,
            Some(Role::Contribution) => Self::Contribution,
            Some(Role::Validation) => Self::Validation,
            Some(Role::Signature) => Self::Signature,
        }
    }
}
