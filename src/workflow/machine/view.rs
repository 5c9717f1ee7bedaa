//! What a decision looks at: the definition, the trade, and where things stand.

use super::Machine;
use super::configuration::{Configuration, Visit};
use super::digest::{self, Digest};
use super::party::Present;
use super::spot::{Key, Name, Spot};
use super::world::World;
use crate::regles::delai::Delai;
use crate::regles::value::Value;
use crate::workflow::catalogue::{Object, Total};
use crate::workflow::condition::{Environment, Sign};
use crate::workflow::definition::model::{Act, Body, Node, NodeId, ObjectRef};
use chrono::{Datelike, NaiveDate};

/// Everything that is read and never written while one question is answered.
#[derive(Clone, Copy)]
pub(super) struct View<'v> {
    pub machine: &'v Machine<'v>,
    pub world: &'v dyn World,
    pub configuration: &'v Configuration,
    /// The parties that are there now.
    pub present: &'v [Present],
    /// The civil date in France.
    pub today: NaiveDate,
}

impl<'v> View<'v> {
    /// The state of an active or past spot.
    pub fn node(&self, spot: &Spot) -> Option<&'v Node> {
        self.machine.locate(spot).map(|id| self.by_id(id))
    }

    pub fn by_id(&self, id: NodeId) -> &'v Node {
        self.machine.workflow.node(id)
    }

    /// The spot and those that enclose it, innermost first.
    pub fn chain(&self, node: &'v Node, spot: &Spot) -> Vec<(&'v Node, Spot)> {
        let mut chain = vec![(node, spot.clone())];
        let mut at = (node, spot.clone());
        while let Some(owner) = self.machine.workflow.block(at.0.block).owner {
            let (parent, _) = at.1.parent(self.machine.workflow, at.0);
            at = (self.by_id(owner), parent);
            chain.push(at.clone());
        }
        chain
    }

    /// The active spots of a state.
    pub fn active(&self, node: &Node) -> Vec<Spot> {
        let mut found = Vec::new();
        let block = self.machine.workflow.block(node.block);
        let Some(owner) = block.owner.map(|id| self.by_id(id)) else {
            if self.configuration.visits.contains_key(node.path.as_str()) {
                found.push(Spot::new(&node.path));
            }
            return found;
        };
        for place in self.active(owner) {
            let Some(visit) = self.configuration.visit(&place) else {
                continue;
            };
            if let Body::Each { .. } = owner.body {
                for (key, branch) in &visit.branches {
                    if branch.end.is_none()
                        && branch.at.as_ref().map(Name::as_str) == Some(&node.name)
                    {
                        found.push(place.child(Some(owner), key, node));
                    }
                }
            } else {
                found.push(place.child(Some(owner), &Key::Inner, node));
            }
        }
        found.retain(|spot| self.configuration.visits.contains_key(spot));
        found
    }

    /// The content of an object: of one item, of a whole, of what contains others.
    pub fn content(&self, name: &str, item: Option<&str>) -> Option<Digest> {
        let object = self.machine.catalogue.object(name)?;
        self.content_of(object, item, 0)
    }

    fn content_of(&self, object: &Object, item: Option<&str>, depth: usize) -> Option<Digest> {
        let own = self.world.content(object.name, item);
        let collection = object.of.filter(|_| item.is_none());
        if collection.is_none() && object.contains.is_empty() {
            return own;
        }
        let mut parts: Vec<(&str, &str, Digest)> = Vec::new();
        parts.extend(own.map(|own| (object.name, "", own)));
        let items = collection.map_or(&[][..], |of| self.world.items(of));
        for key in items {
            parts.push((
                object.name,
                key,
                self.world.content(object.name, Some(key))?,
            ));
        }
        // A catalogue that contains itself would never end; its own tests forbid it.
        for inner in object.contains.iter().filter(|_| depth < 8) {
            let inner = self.machine.catalogue.object(inner)?;
            // One that does not exist yet is not part of the text.
            if let Some(content) = self.content_of(inner, None, depth + 1) {
                parts.push((inner.name, "", content));
            }
        }
        (!parts.is_empty() || collection.is_some()).then(|| digest::whole(object.name, &parts))
    }

    /// What a consent given now to this act would be bound to. `None`: nothing, or the object does
    /// not exist yet.
    pub fn digest(&self, act: &Act, scope: &Scope<'v>) -> Option<Digest> {
        let over = act.over.as_ref()?;
        let asked = self.resolve(&act.by, scope).ok()?;
        let item = scope.item(over);
        let content = self.content(&over.name, item)?;
        let parties = self.candidates(&asked);
        Some(digest::agreement(&over.name, item, content, &parties))
    }
}

/// Where an expression stands: the state, and the items that enclose it.
pub(super) struct Scope<'v> {
    pub node: Option<&'v Node>,
    pub spot: Spot,
    keys: Vec<String>,
}

impl<'v> Scope<'v> {
    pub fn new(node: &'v Node, spot: &Spot) -> Self {
        Self {
            node: Some(node),
            spot: spot.clone(),
            keys: spot.keys().collect(),
        }
    }

    /// The instance itself.
    pub fn root() -> Self {
        Self {
            node: None,
            spot: Spot::root(),
            keys: Vec::new(),
        }
    }

    /// The key of the item an object reference means here.
    pub fn item(&self, object: &ObjectRef) -> Option<&str> {
        self.key(object.item.as_deref()?)
    }

    /// The key of the current item of a collection.
    pub fn key(&self, collection: &str) -> Option<&str> {
        let within = &self.node?.within;
        let at = within.iter().position(|c| c == collection)?;
        self.keys.get(at).map(String::as_str)
    }
}

/// What names are worth in a scope.
pub(super) struct Env<'e, 'v> {
    pub view: View<'v>,
    pub scope: &'e Scope<'v>,
    /// The day whose rules are read.
    pub on: NaiveDate,
}

impl Env<'_, '_> {
    /// The nearest `for_each`, the state itself included.
    fn each(&self) -> Option<&Visit> {
        let node = self.scope.node?;
        let chain = self.view.chain(node, &self.scope.spot);
        let each = chain
            .iter()
            .find(|(node, _)| matches!(node.body, Body::Each { .. }))?;
        let visit = self.view.configuration.visits.get(&each.1)?;
        Some(visit)
    }

    fn branches(&self, counted: impl Fn(&super::configuration::Branch) -> bool) -> i64 {
        let each = self.each();
        let count = each.map_or(0, |v| v.branches.values().filter(|b| counted(b)).count());
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    fn total(&self, name: &str, collection: &str, total: Total) -> Option<Value> {
        let items = self.view.world.items(collection);
        let values: Vec<Option<Value>> = items
            .iter()
            .map(|item| self.view.world.fact(name, Some(item)))
            .collect();
        let kind = self.view.machine.catalogue.fact(name)?.kind;
        totalled(&values, total, kind)
    }
}

/// The values of all items as one; `None` when a missing one could change it.
fn totalled(
    values: &[Option<Value>],
    total: Total,
    kind: crate::workflow::catalogue::Kind,
) -> Option<Value> {
    use crate::workflow::catalogue::Kind;
    let decided = |value: bool| values.contains(&Some(Value::Boolean(value)));
    let complete = values.iter().all(Option::is_some);
    match total {
        Total::All if decided(false) => Some(Value::Boolean(false)),
        Total::All => complete.then_some(Value::Boolean(true)),
        Total::Any if decided(true) => Some(Value::Boolean(true)),
        Total::Any => complete.then_some(Value::Boolean(false)),
        Total::Max if complete => values.iter().flatten().max().cloned(),
        Total::Min if complete => values.iter().flatten().min().cloned(),
        Total::Max | Total::Min => None,
        Total::Sum => {
            let mut sum = 0_i64;
            for value in values {
                match value.as_ref()? {
                    Value::Integer(n) | Value::Cents(n) | Value::Percent(n) => {
                        sum = sum.checked_add(*n)?;
                    }
                    _ => return None,
                }
            }
            match kind {
                Kind::Cents => Some(Value::Cents(sum)),
                Kind::Percent => Some(Value::Percent(sum)),
                _ => Some(Value::Integer(sum)),
            }
        }
    }
}

impl Environment for Env<'_, '_> {
    fn fact(&self, name: &str) -> Option<Value> {
        match name {
            "branches.open" => {
                return Some(Value::Integer(self.branches(|b| b.end.is_none())));
            }
            "branches.total" => return Some(Value::Integer(self.branches(|_| true))),
            "year" => return Some(Value::Integer(self.on.year().into())),
            _ => {}
        }
        let fact = self.view.machine.catalogue.fact(name)?;
        match fact.of {
            None => self.view.world.fact(name, None),
            Some(of) => match self.scope.key(of) {
                Some(key) => self.view.world.fact(name, Some(key)),
                None => self.total(name, of, fact.total?),
            },
        }
    }

    fn rule(&self, id: &str) -> Option<Value> {
        let value = self.view.machine.pack.value(id, self.on)?;
        Some(value.value.clone())
    }

    fn done(&self, act: &str) -> bool {
        let Some(node) = self.scope.node else {
            return false;
        };
        let chain = self.view.chain(node, &self.scope.spot);
        let place = chain
            .iter()
            .find(|(node, _)| node.acts.iter().any(|a| a.name == act));
        let visit = place.and_then(|(_, spot)| self.view.configuration.visit(spot));
        visit.is_some_and(|v| v.done.contains_key(act))
    }

    fn count(&self, state: &str) -> i64 {
        self.branches(|b| b.at.as_ref().map(Name::as_str) == Some(state))
    }

    fn add(&self, date: NaiveDate, delai: Delai, sign: Sign) -> Option<NaiveDate> {
        let territoire = self.view.world.territoire();
        match sign {
            Sign::Plus => delai.terme(date, territoire).ok(),
            Sign::Minus => delai.avant(date, territoire).ok(),
        }
    }
}
