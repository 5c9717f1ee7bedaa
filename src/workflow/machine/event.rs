//! What the journal stores of a running workflow. Each event says all that its fold needs: neither
//! the definition, nor a calculation, nor a clock is asked again.

use super::digest::Digest;
use super::spot::{Key, Spot};
use crate::regles::delai::Delai;
use crate::regles::value::Value;
use crate::workflow::definition::model::{Role, Silence};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a person typed, by input.
pub type Inputs = BTreeMap<String, Value>;

/// An event with its two dates. Order comes from the journal's sequence only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped {
    /// The civil date it takes effect.
    pub effective: NaiveDate,
    /// When it was recorded.
    pub recorded: DateTime<Utc>,
    #[serde(flatten)]
    pub event: Event,
}

/// What happened: the closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    Entered {
        spot: Spot,
        /// On the instance's first event: what it runs under.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pinned: Option<Pinned>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        binds: Option<Binds>,
    },
    Left {
        spot: Spot,
    },
    ActDone {
        spot: Spot,
        act: String,
        actor: Actor,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        inputs: Inputs,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreed: Option<Agreed>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        produces: Vec<String>,
        id: String,
    },
    Consented {
        spot: Spot,
        act: String,
        actor: Actor,
        /// What the consent is bound to, when the act says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
        /// Typed once, part of what is agreed.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        inputs: Inputs,
        /// Typed by each party.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        own: Inputs,
        id: String,
    },
    Refused {
        spot: Spot,
        act: String,
        actor: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
        reason: String,
        id: String,
    },
    Withdrawn {
        spot: Spot,
        act: String,
        actor: Actor,
        id: String,
    },
    ConsentVoided {
        spot: Spot,
        act: String,
        party: String,
        cause: VoidCause,
    },
    BranchOpened {
        spot: Spot,
        branch: Key,
    },
    BranchClosed {
        spot: Spot,
        branch: Key,
        /// The last state it stood in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
        cause: CloseCause,
    },
    TimerSet {
        spot: Spot,
        timer: String,
        /// `None`: the date is no longer known, or the timer no longer exists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        armed: Option<Armed>,
    },
    TimerFired {
        spot: Spot,
        timer: String,
        armed: Armed,
    },
    TimerLapsed {
        spot: Spot,
        timer: String,
        armed: Armed,
        cause: LapseCause,
    },
    Waived {
        spot: Spot,
        act: String,
        /// The condition's position among the act's requirements, from 0.
        requirement: usize,
        actor: Actor,
        reason: String,
        id: String,
    },
    PartyJoined {
        party: String,
    },
    PartyLeft {
        party: String,
    },
    Interrupted {
        name: String,
        /// Opened by the rule pack for everyone: freezes silence delays too.
        national: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Armed>,
    },
    Resumed {
        name: String,
        cause: ResumeCause,
    },
    ChildStarted {
        workflow: String,
        key: String,
        /// A new contract that names this one, not a child.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        root: bool,
    },
    ChildEnded {
        workflow: String,
        key: String,
        outcome: String,
    },
    Migrated {
        from: Pinned,
        to: Pinned,
        /// Every active spot: where it was → where it is now.
        moves: BTreeMap<Spot, Spot>,
    },
    Ended {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
}

impl Event {
    /// The id of the request of a person that it answers, when there is one.
    pub fn request(&self) -> Option<&str> {
        match self {
            Event::ActDone { id, .. }
            | Event::Consented { id, .. }
            | Event::Refused { id, .. }
            | Event::Withdrawn { id, .. }
            | Event::Waived { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The person who did it, when there is one.
    pub fn actor(&self) -> Option<&Actor> {
        match self {
            Event::ActDone { actor, .. }
            | Event::Consented { actor, .. }
            | Event::Refused { actor, .. }
            | Event::Withdrawn { actor, .. }
            | Event::Waived { actor, .. } => Some(actor),
            _ => None,
        }
    }
}

/// What an instance runs under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    pub workflow: String,
    pub version: u32,
    pub pack: String,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// `gestionnaire`, `departement:75`.
    pub party: String,
    /// An identifier: no name stands in the journal.
    pub person: String,
    pub role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Delegation>,
}

/// The deed by which a person holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// First day.
    pub from: NaiveDate,
    /// Last day; `None`: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

impl Delegation {
    pub fn valid(&self, on: NaiveDate) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// A completed agreement on an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    pub object: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    pub digest: Digest,
    /// The parties whose consent was required.
    pub parties: BTreeSet<String>,
    /// Those who gave it.
    pub consents: BTreeSet<String>,
}

/// Whom entering a state binds, and to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binds {
    pub parties: BTreeSet<String>,
    pub object: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    pub digest: Digest,
}

/// Why a consent no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidCause {
    /// The text, or the set of parties asked, changed.
    Changed,
    /// The party is no longer among those asked.
    PartyLeft,
    /// Another version of the workflow asks otherwise.
    Migrated,
}

/// Why a branch closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseCause {
    /// It reached its end.
    Ended,
    /// The region's condition is false.
    NotConcerned,
    /// Its item left the collection.
    ItemLeft,
    /// What holds it was left.
    Left,
    /// It had ended before and was not reopened.
    Kept,
    /// It starts again.
    Reopened,
}

/// Why a timer passed without effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapseCause {
    /// Its condition was false at the échéance.
    Condition,
    /// It led where the contract could not go (an agreement is missing, too few items).
    Blocked,
}

/// Why a suspension ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeCause {
    Act,
    Limit,
}

/// A running deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Armed {
    /// The last day, wholly available.
    pub echeance: NaiveDate,
    /// The day from which the delay counts; it is not counted itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delai: Option<Delai>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    pub pack: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// A suspension stops it.
    pub freezes: Freezes,
}

/// Which suspensions stop a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freezes {
    /// A delay of usage: any.
    Any,
    /// A delay whose silence has a legal effect: national ones.
    National,
    /// A date: none.
    Never,
}
