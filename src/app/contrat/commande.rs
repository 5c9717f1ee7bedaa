//! What people ask of a contract, and why it is refused.

use crate::metier::contrat::dossier::{self, Ecriture};
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::Actor;
use crate::workflow::machine::refusal::RefusalCode;
use crate::workflow::machine::{Command, Refusal};
use chrono::NaiveDate;
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

/// A contract signed elsewhere, to be taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reprise {
    pub workflow: String,
    /// The signed document.
    pub document: Digest,
    pub signe_le: NaiveDate,
}

/// The person who asks.
pub(super) fn acteur_de(command: &mut Command) -> Option<&mut Actor> {
    match command {
        Command::OpenAt { actor, .. }
        | Command::Act { actor, .. }
        | Command::Refuse { actor, .. }
        | Command::Withdraw { actor, .. }
        | Command::Waive { actor, .. }
        | Command::Interrupt { actor, .. }
        | Command::Resume { actor, .. } => Some(actor),
        Command::Open { .. }
        | Command::Tick
        | Command::WorldChanged
        | Command::ChildEnded { .. }
        | Command::ParentEnded => None,
    }
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

/// What to do about a refusal of the machine.
fn remede(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::Stale => "Relisez le texte actuel, puis répondez de nouveau.",
        RefusalCode::WrongParty | RefusalCode::WrongRole | RefusalCode::Nobody => {
            "Demandez à qui peut le faire."
        }
        RefusalCode::Delegation => "Faites enregistrer une délégation valable ce jour.",
        RefusalCode::Inputs | RefusalCode::EffectiveDate => "Corrigez la saisie.",
        RefusalCode::NoObject => "Écrivez d'abord ce sur quoi l'on s'accorde.",
        RefusalCode::Requirements | RefusalCode::TooFew => "Levez d'abord ce qui manque.",
        RefusalCode::Suspended => "Attendez la reprise, ou demandez-la.",
        RefusalCode::Closed | RefusalCode::Ended => "Regardez ce qui est ouvert à ce stade.",
        RefusalCode::TooManySteps => "Signalez-le : rien n'est enregistré.",
        _ => "Reprenez depuis la page du contrat.",
    }
}

/// The rules that a condition names: `contrat.terme >= rule(RESERVES_DEPUIS)`.
fn regles(condition: &str) -> impl Iterator<Item = &str> {
    let citees = condition.split("rule(").skip(1);
    citees.filter_map(|suite| suite.split_once(')').map(|(regle, _)| regle))
}

impl Refus {
    /// The rule it rests on, when there is one.
    pub fn regle(&self) -> Option<String> {
        match self {
            Self::Machine(refusal) => {
                let manquent = refusal.missing.iter();
                let mut citees = manquent.flat_map(|m| regles(&m.condition));
                citees.next().map(str::to_owned)
            }
            Self::Ecriture(refus) => refus.regle.clone(),
            Self::Horloge(_) | Self::Flux(_) | Self::Journal(_) => None,
        }
    }

    /// What to do about it.
    pub fn remede(&self) -> &'static str {
        match self {
            Self::Machine(refusal) => remede(refusal.code),
            Self::Ecriture(refus) => refus.code.remede(),
            Self::Horloge(_) => "Remettez l'horloge à l'heure.",
            Self::Flux(_) => "Vérifiez le contrat et la procédure demandés.",
            Self::Journal(_) => "Signalez-le : rien n'est enregistré.",
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
