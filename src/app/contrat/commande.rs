//! What people ask of a contract, and why it is refused.

use crate::metier::contrat::dossier::{self, Ecriture};
use crate::workflow::machine::event::Actor;
use crate::workflow::machine::{Command, Refusal};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A request, on one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commande {
    pub flux: String,
    pub demande: Demande,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demande {
    /// Of the machine, by a person.
    Acte(Command),
    /// To write a fact, a text, a position, an item.
    Ecriture {
        acteur: Actor,
        id: String,
        ecriture: Ecriture,
    },
}

impl Commande {
    /// The id made before sending.
    pub fn id(&self) -> Result<&str, Refus> {
        match &self.demande {
            Demande::Ecriture { id, .. } => Ok(id),
            Demande::Acte(command) => command.request().map(|(_, id)| id).ok_or_else(|| {
                Refus::Flux("Cette commande ne vient pas d'une personne.".to_owned())
            }),
        }
    }

    pub fn acteur(&self) -> Option<&Actor> {
        match &self.demande {
            Demande::Ecriture { acteur, .. } => Some(acteur),
            Demande::Acte(command) => command.request().map(|(acteur, _)| acteur),
        }
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refus {
    Machine(Refusal),
    Ecriture(dossier::Refus),
    /// Time went back.
    Horloge(String),
    /// The stream or the workflow does not exist, or is not open to this.
    Flux(String),
    /// A journal that cannot be read.
    Journal(String),
}

impl Refus {
    /// A stable code, for programs: `requirements`, `droit`…
    pub fn code(&self) -> String {
        let named = |code: serde_json::Value| code.as_str().unwrap_or_default().to_owned();
        match self {
            Self::Machine(refusal) => named(serde_json::json!(refusal.code)),
            Self::Ecriture(refus) => named(serde_json::json!(refus.code)),
            Self::Horloge(_) => "horloge".to_owned(),
            Self::Flux(_) => "flux".to_owned(),
            Self::Journal(_) => "journal".to_owned(),
        }
    }
}

impl From<Refusal> for Refus {
    fn from(refusal: Refusal) -> Self {
        Self::Machine(refusal)
    }
}

impl From<dossier::Refus> for Refus {
    fn from(refus: dossier::Refus) -> Self {
        Self::Ecriture(refus)
    }
}

impl fmt::Display for Refus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(refusal) => refusal.fmt(f),
            Self::Ecriture(refus) => refus.fmt(f),
            Self::Horloge(phrase) | Self::Flux(phrase) | Self::Journal(phrase) => {
                f.write_str(phrase)
            }
        }
    }
}

impl std::error::Error for Refus {}
