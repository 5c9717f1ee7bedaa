//! What the machine is asked to do.

use super::digest::Digest;
use super::event::{Actor, Inputs};
use super::spot::Spot;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A request. Those of parties carry an id made before sending, kept in the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Opens the instance in its first state. `effective`: today when absent (a child started by a
    /// timer begins on the échéance).
    Open {
        effective: Option<NaiveDate>,
    },
    /// Agrees to open in a state marked `entry`, over the digest of the document signed elsewhere;
    /// opens when every party has agreed to the same.
    OpenAt {
        actor: Actor,
        state: String,
        document: Digest,
        /// The date the signed document took effect.
        effective: NaiveDate,
        id: String,
    },
    /// Does an act, or consents to it.
    Act {
        actor: Actor,
        spot: Spot,
        act: String,
        #[serde(default)]
        inputs: Inputs,
        /// The digest of what was shown, when the act has `over`.
        #[serde(default)]
        shown: Option<Digest>,
        id: String,
    },
    /// Refuses an agreement.
    Refuse {
        actor: Actor,
        spot: Spot,
        act: String,
        #[serde(default)]
        shown: Option<Digest>,
        reason: String,
        id: String,
    },
    /// Takes back an answer to an agreement that is not complete.
    Withdraw {
        actor: Actor,
        spot: Spot,
        act: String,
        id: String,
    },
    /// Waives a condition of an act, for this visit.
    Waive {
        actor: Actor,
        spot: Spot,
        act: String,
        /// Its position among the act's requirements, from 0.
        requirement: usize,
        reason: String,
        id: String,
    },
    /// Suspends or abandons; repeated while the suspension is open, prolongs it.
    Interrupt {
        actor: Actor,
        name: String,
        inputs: Inputs,
        id: String,
    },
    Resume {
        actor: Actor,
        id: String,
    },
    /// The clock: échéances that have passed take effect.
    Tick,
    /// The trade republished its facts, contents or sets.
    WorldChanged,
    /// A child reached its end.
    ChildEnded {
        workflow: String,
        key: String,
        outcome: String,
    },
    /// The parent reached its end, and this child does not survive it.
    ParentEnded,
}

impl Command {
    /// Who asks, and the request's id; `None`: the clock, the trade, or another instance.
    pub fn request(&self) -> Option<(&Actor, &str)> {
        match self {
            Command::OpenAt { actor, id, .. }
            | Command::Act { actor, id, .. }
            | Command::Refuse { actor, id, .. }
            | Command::Withdraw { actor, id, .. }
            | Command::Waive { actor, id, .. }
            | Command::Interrupt { actor, id, .. }
            | Command::Resume { actor, id } => Some((actor, id)),
            Command::Open { .. }
            | Command::Tick
            | Command::WorldChanged
            | Command::ChildEnded { .. }
            | Command::ParentEnded => None,
        }
    }

    /// Where it stands, when it is an act of a party at a place.
    pub fn spot(&self) -> Option<&Spot> {
        match self {
            Command::Act { spot, .. }
            | Command::Refuse { spot, .. }
            | Command::Withdraw { spot, .. }
            | Command::Waive { spot, .. } => Some(spot),
            _ => None,
        }
    }
}
