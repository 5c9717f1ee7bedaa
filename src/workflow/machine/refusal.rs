//! Why a command is refused: a value, told in French.

use super::digest::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A refusal: what was expected, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: RefusalCode,
    pub sentence: String,
    /// Every condition that does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// What the object is worth now, when what was shown is stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// Stable codes, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Not opened yet.
    NotOpened,
    AlreadyOpened,
    /// The instance has ended.
    Ended,
    /// No such state.
    UnknownState,
    /// The state exists and is not active here.
    Closed,
    UnknownAct,
    /// A suspension is open.
    Suspended,
    /// Nobody can do this act: the parties it needs are not there.
    Nobody,
    WrongParty,
    WrongRole,
    /// The delegation is not valid on the effective date.
    Delegation,
    Inputs,
    /// The effective date is in the future, or before the state was entered.
    EffectiveDate,
    /// The object does not exist yet.
    NoObject,
    /// What was shown is not what stands now.
    Stale,
    Requirements,
    AlreadyAnswered,
    NotAnswered,
    /// The act has no exit for a refusal.
    NoRefusal,
    /// The condition cannot be waived.
    NotWaivable,
    /// Too few items to enter.
    TooFew,
    /// Someone would be bound without having agreed to this text.
    Unbound,
    /// A child with this key exists, or none does.
    Child,
    UnknownInterruption,
    InterruptionClosed,
    NotSuspended,
    Migration,
    /// More steps than any contract needs: a bug of the file or of the machine.
    TooManySteps,
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Its position among the act's requirements, from 0.
    pub requirement: usize,
    pub sentence: String,
    /// As written.
    pub condition: String,
    /// The facts that are not known yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// Who can change that.
    pub lift: Vec<Lift>,
    /// The parties that may waive it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waive: Vec<String>,
}

/// Who, or what, can change a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Lift {
    /// A party that holds this right here.
    Party { party: String, capability: String },
    /// A party states it, with its proof.
    Declaration { party: String, fact: String },
    /// The end of a child.
    Child { workflow: String },
    /// Data from outside.
    Import,
    /// The passing of time.
    Clock,
    /// An act of the workflow.
    Act,
}

impl Refusal {
    pub fn new(code: RefusalCode, sentence: impl Into<String>) -> Self {
        Self {
            code,
            sentence: sentence.into(),
            missing: Vec::new(),
            digest: None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}

/// « A », « A et B », « A, B et C ».
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} et {last}", rest.join(", ")),
    }
}

/// « le 30 juin 2026 » is written 30/06/2026.
pub(super) fn day(date: chrono::NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}
