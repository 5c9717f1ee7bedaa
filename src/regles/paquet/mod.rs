//! Rule packs: what the law and usage fix, as dated values, each with its source. A pack is a list
//! of dated values; it has no dates of its own.

mod kind;
mod reader;
#[cfg(test)]
mod tests;

use super::problem::{Place, Problem};
use super::value::{Type, Value};
use super::yaml;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use kind::Kind;

/// A rule pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paquet {
    /// Its name, that of its file: `cpom-ph-2026`.
    pub id: String,
    pub title: String,
    /// By identifier: `T_EPRD_APPROB`.
    pub rules: BTreeMap<String, Rule>,
}

/// A question that a pack answers at each date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub title: String,
    pub kind: Kind,
    /// What the law makes of silence once the delay is over, when it says so.
    pub silence: Option<Silence>,
    /// By first day in force; no two cover the same day. Never empty.
    pub values: Vec<DatedValue>,
    /// Where the rule stands in its file.
    pub place: Place,
}

/// The legal effect of silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    Approved,
    Rejected,
    /// The delay passes without legal effect.
    None,
}

/// A value, while it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedValue {
    /// First day in force.
    pub from: NaiveDate,
    /// Last day in force; `None`: still in force.
    pub to: Option<NaiveDate>,
    pub value: Value,
    /// The article, or « usage ».
    pub source: String,
    pub link: Option<String>,
    /// False: shown to users as still to be confirmed.
    pub confirmed: bool,
    pub note: Option<String>,
    pub place: Place,
}

impl DatedValue {
    fn in_force(&self, on: NaiveDate) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

impl Paquet {
    /// Reads a pack; says all that is wrong with it, in the order of the file.
    pub fn parse(text: &[u8]) -> Result<Self, Vec<Problem>> {
        let root = yaml::parse(text).map_err(|problem| vec![problem])?;
        reader::read(&root)
    }

    /// The value of a rule in force on a day. `None`: no such rule, or no value on that day.
    pub fn value(&self, id: &str, on: NaiveDate) -> Option<&DatedValue> {
        self.rules
            .get(id)?
            .values
            .iter()
            .find(|value| value.in_force(on))
    }

    /// Every value of a rule, by first day in force; `None`: no such rule.
    pub fn values(&self, id: &str) -> Option<&[DatedValue]> {
        self.rules.get(id).map(|rule| rule.values.as_slice())
    }

    /// The type of a rule's values.
    pub fn rule_type(&self, id: &str) -> Option<Type> {
        self.rules.get(id).map(|rule| rule.kind.value_type())
    }

    /// The identifiers, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// The values that still need a lawyer's eye, with the rule of each.
    pub fn unconfirmed(&self) -> impl Iterator<Item = (&str, &DatedValue)> {
        self.rules.iter().flat_map(|(id, rule)| {
            let values = rule.values.iter().filter(|value| !value.confirmed);
            values.map(move |value| (id.as_str(), value))
        })
    }

    /// The first day on which every rule has begun: the proofs about deadlines start there.
    pub fn debut(&self) -> Option<NaiveDate> {
        self.rules
            .values()
            .filter_map(|rule| rule.values.first().map(|value| value.from))
            .max()
    }
}
