//! What the trade supplies to the machine at each decision.

use super::digest::Digest;
use super::event::Stamped;
use crate::regles::calendrier::Territoire;
use crate::regles::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The trade as it stands, seen from the machine.
pub trait World {
    /// A fact of the contract, or of one item of its collection. `None`: not known yet.
    fn fact(&self, name: &str, item: Option<&str>) -> Option<Value>;

    /// The keys of a collection, in the catalogue's order. Of a collection of parties: their ids.
    fn items(&self, collection: &str) -> &[String];

    /// The members of a set that kinds alone do not tell (`authorities(esms)`), for one item when
    /// the set has an argument.
    fn members(&self, set: &str, item: Option<&str>) -> &[String];

    /// The digest of an object's canonical content. `None`: it does not exist yet. The machine
    /// makes the wholes from the items, and the containers from what they contain.
    fn content(&self, object: &str, item: Option<&str>) -> Option<Digest>;

    /// Whether a child goes on when its parent ends.
    fn survives_parent(&self, workflow: &str) -> bool;

    /// A copy that follows one decision: each event goes to its [`World::fold`] before what
    /// follows is settled, so that a fact the act itself moves is read as it now is. `None`:
    /// nothing that is published here depends on the machine's events.
    fn following(&self) -> Option<Box<dyn World + '_>> {
        None
    }

    /// An event of the decision under way.
    fn fold(&mut self, _event: &Stamped) {}

    /// Where holidays are counted.
    fn territoire(&self) -> Territoire {
        Territoire::default()
    }
}

/// A world held in maps: for demonstrations and tests.
#[derive(Debug, Clone, Default)]
pub struct Plain {
    pub facts: BTreeMap<String, Value>,
    /// By item, then by name.
    pub item_facts: BTreeMap<String, BTreeMap<String, Value>>,
    pub collections: BTreeMap<String, Vec<String>>,
    pub sets: BTreeMap<String, Vec<String>>,
    /// By item, then by set.
    pub item_sets: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    pub contents: BTreeMap<String, Digest>,
    /// By item, then by object.
    pub item_contents: BTreeMap<String, BTreeMap<String, Digest>>,
    /// Children that outlive their parent.
    pub survivors: BTreeSet<String>,
}

impl World for Plain {
    fn fact(&self, name: &str, item: Option<&str>) -> Option<Value> {
        match item {
            None => self.facts.get(name),
            Some(item) => self.item_facts.get(item)?.get(name),
        }
        .cloned()
    }

    fn items(&self, collection: &str) -> &[String] {
        self.collections.get(collection).map_or(&[], Vec::as_slice)
    }

    fn members(&self, set: &str, item: Option<&str>) -> &[String] {
        let members = match item {
            None => self.sets.get(set),
            Some(item) => self.item_sets.get(item).and_then(|sets| sets.get(set)),
        };
        members.map_or(&[], Vec::as_slice)
    }

    fn content(&self, object: &str, item: Option<&str>) -> Option<Digest> {
        match item {
            None => self.contents.get(object),
            Some(item) => self.item_contents.get(item)?.get(object),
        }
        .copied()
    }

    fn survives_parent(&self, workflow: &str) -> bool {
        self.survivors.contains(workflow)
    }
}
