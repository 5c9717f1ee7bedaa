//! Where a running workflow stands: the fold of its journal.

use super::digest::Digest;
use super::event::{Actor, Agreed, Armed, Binds, CloseCause, Inputs, Pinned};
use super::spot::{Key, Name, Spot};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Deref};
use std::sync::Arc;

/// Everything a decision needs to know of the past.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// `None`: not opened.
    pub pinned: Option<Pinned>,
    /// The effective date of the opening, or of the last migration.
    pub pinned_on: Option<NaiveDate>,
    /// How many events were folded.
    pub events: u64,
    /// The active states, by place; the instance itself stands at the empty spot.
    pub visits: BTreeMap<Spot, Shared<Visit>>,
    /// The parties that are there.
    pub parties: BTreeSet<String>,
    /// The last completed agreement on each object, by [`object_key`].
    pub agreed: BTreeMap<String, Shared<Agreement>>,
    /// The object of the last one.
    pub last_agreed: Option<String>,
    /// By party: what it is bound to.
    pub bound: BTreeMap<String, Binds>,
    /// By `workflow#key`.
    pub children: BTreeMap<String, Child>,
    pub interruption: Option<Interruption>,
    /// The suspensions that ended, in order.
    pub suspensions: Vec<Suspension>,
    /// The branches of the composites that were left, as they stood then.
    pub past: BTreeMap<Spot, Shared<BTreeMap<Key, Branch>>>,
    pub ended: Option<Ended>,
}

/// `diagnostic`, or `diagnostic(750000001)`.
pub fn object_key(object: &str, item: Option<&str>) -> String {
    item.map_or_else(|| object.to_owned(), |item| format!("{object}({item})"))
}

/// One stay in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The effective date it was entered.
    pub entered: NaiveDate,
    /// The rank of the event that entered it: no two visits share it.
    pub number: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub timers: BTreeMap<String, TimerState>,
    /// What each party answered, by act.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, Tally>,
    /// The acts done during this visit, with their last effective date.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub done: BTreeMap<String, NaiveDate>,
    /// The parties that waived a condition, by act and position.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waived: BTreeMap<String, BTreeMap<usize, BTreeSet<String>>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub branches: BTreeMap<Key, Branch>,
}

/// A deadline during a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerState {
    Running(Armed),
    Fired(Armed),
    Lapsed,
}

/// The answers to one act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Typed by the first who consented, part of what is agreed.
    pub inputs: Inputs,
    pub answers: BTreeMap<String, Answer>,
}

/// What a party answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// False: a refusal.
    pub consents: bool,
    pub actor: Actor,
    pub date: NaiveDate,
    pub digest: Option<Digest>,
}

impl Tally {
    /// Whether this party consented.
    pub fn consents(&self, party: &str) -> bool {
        self.answers.get(party).is_some_and(|a| a.consents)
    }
}

/// A branch of a composite.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// The state it stands in, or stood in when it ended.
    pub at: Option<Name>,
    pub end: Option<End>,
}

/// How a branch ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub cause: CloseCause,
    pub outcome: Option<String>,
}

/// A completed agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    pub agreed: Agreed,
    pub spot: Spot,
    pub act: String,
    pub date: NaiveDate,
}

/// A workflow started from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    pub workflow: String,
    pub key: String,
    /// A new contract, not a child.
    pub root: bool,
    pub started: NaiveDate,
    pub outcome: Option<String>,
}

/// An open suspension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interruption {
    pub name: String,
    pub national: bool,
    pub since: NaiveDate,
    pub until: Option<Armed>,
}

/// A suspension that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    pub since: NaiveDate,
    pub resumed: NaiveDate,
}

/// The end of the instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub outcome: Option<String>,
    pub date: NaiveDate,
}

impl Configuration {
    pub fn visit(&self, spot: &Spot) -> Option<&Visit> {
        self.visits.get(spot).map(Deref::deref)
    }

    pub fn opened(&self) -> bool {
        self.pinned.is_some()
    }

    /// The active states strictly inside `spot`, in text order.
    pub fn inside<'a>(&'a self, spot: &'a Spot) -> impl DoubleEndedIterator<Item = &'a Spot> {
        let from: Bound<&Spot> = Bound::Excluded(spot);
        self.visits
            .range::<Spot, _>((from, Bound::Unbounded))
            .map(|(s, _)| s)
            .take_while(move |s| s.as_str().starts_with(spot.as_str()))
            .filter(move |s| spot.holds(s))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// A part shared between a configuration and the one a decision works on: copied when written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shared<T>(Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Shared<T> {
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T: Clone> Shared<T> {
    pub fn edit(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}
