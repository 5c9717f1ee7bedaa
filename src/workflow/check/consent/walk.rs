//! The bit carried along the paths of a workflow, for one party, one object and one combination.

use super::super::reach::{Exit, Space};
use super::super::tell::Step;
use super::super::view::{self, Cause};
use super::super::who::Casting;
use super::unsigned;
use crate::workflow::catalogue::Catalogue;
use crate::workflow::definition::model::{
    Act, Allow, Binding, BlockId, Body, InputKind, Node, NodeId, ObjectRef, Role, Target, Workflow,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One party, one object, one combination.
pub(super) struct Walk<'s, 'v, 'a> {
    space: &'s Space<'v, 'a>,
    workflow: &'a Workflow,
    party: &'s str,
    object: &'s ObjectRef,
    /// By state: someone may write the object while it is active (its own rights only).
    dirty: Vec<bool>,
    /// The root's rights, always on.
    root_dirty: bool,
    /// By block: someone may write the object somewhere inside.
    inside_dirty: Vec<bool>,
    /// Entry states after which the agreement of all signatories is known.
    entries: BTreeMap<NodeId, bool>,
    /// Lowest bit at the end of a block, by block, bit at its start, and whether the party's own
    /// branch is walked.
    ends: std::cell::RefCell<BTreeMap<(BlockId, bool, bool), Option<bool>>>,
}

/// How a block is walked.
#[derive(Clone, Copy)]
struct Tour<'a> {
    casting: Casting<'a>,
    /// Something beside the block may write the object.
    ambient: bool,
}

/// A state of a block, with the bit on entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    id: NodeId,
    bit: bool,
    /// Entered by an act that opens the named branches only: the others stay ended, on what they
    /// agreed to.
    reopened: bool,
}

impl Spot {
    fn new(id: NodeId, bit: bool) -> Self {
        Self {
            id,
            bit,
            reopened: false,
        }
    }
}

/// Shortest ways to states of a block: what was before, and what led there.
type Found = BTreeMap<Spot, Option<(Spot, String)>>;

/// A way out of a state.
struct Way {
    name: String,
    to: Target,
    /// The lowest bit it leaves.
    bit: bool,
    reopens: bool,
}

impl<'s, 'v, 'a> Walk<'s, 'v, 'a> {
    pub(super) fn new(
        space: &'s Space<'v, 'a>,
        party: &'s str,
        object: &'s ObjectRef,
        goal: &Binding,
        writing: bool,
    ) -> Self {
        let workflow = space.view.workflow;
        let casting = space.view.casting;
        let held = held(casting.catalogue, &object.name);
        let writes = |allow: &[Allow]| writing && allow.iter().any(|a| writes(casting, a, &held));
        let mut walk = Self {
            space,
            workflow,
            party,
            object,
            dirty: workflow.nodes.iter().map(|n| writes(&n.allow)).collect(),
            root_dirty: writes(&workflow.allow),
            inside_dirty: vec![false; workflow.blocks.len()],
            entries: entries(casting.catalogue, workflow, object, goal),
            ends: std::cell::RefCell::default(),
        };
        for block in workflow.blocks.iter().rev() {
            let reached = &space.fate(block.id).reached;
            let dirty = reached.iter().any(|id| {
                let inner = space.view.inside(*id);
                let mut moves = space.view.moves(*id).iter();
                let reopens = writing
                    && moves.any(|m| matches!(m.cause, Cause::Act(act) if walk.reopens(act)));
                walk.dirty[id.0 as usize]
                    || reopens
                    || inner.iter().any(|b| walk.inside_dirty[b.0 as usize])
            });
            walk.inside_dirty[block.id.0 as usize] = dirty;
        }
        walk
    }

    /// A shortest path that enters the state while the bit is down.
    pub(super) fn unagreed(&self, goal: NodeId) -> Option<Vec<Step>> {
        let mut chain: Vec<NodeId> = self.workflow.ancestors(goal).map(|n| n.id).collect();
        chain.reverse();
        chain.push(goal);
        let mut path = Vec::new();
        let mut bit = false;
        let mut tour = Tour {
            casting: self.space.view.casting,
            ambient: false,
        };
        for (depth, id) in chain.iter().enumerate() {
            let node = self.workflow.node(*id);
            let found = self.walk(node.block, bit, tour);
            let lowest = found.keys().find(|spot| spot.id == *id)?;
            bit = lowest.bit;
            path.extend(steps(&found, *lowest));
            if depth + 1 < chain.len() {
                let inner = self.workflow.node(chain[depth + 1]).block;
                tour.ambient |= self.beside(node, inner);
            }
        }
        (!bit).then_some(path)
    }

    /// Whether something beside the block, in the same composite, may write the object.
    fn beside(&self, owner: &Node, inner: BlockId) -> bool {
        match &owner.body {
            // Another item's branch writes another item's object.
            Body::Each { over, .. } => {
                self.object.item.as_ref() != Some(over) && self.inside_dirty[inner.0 as usize]
            }
            _ => self
                .space
                .view
                .inside(owner.id)
                .iter()
                .any(|b| *b != inner && self.inside_dirty[b.0 as usize]),
        }
    }

    /// Every state of the block that can be entered, with each value of the bit.
    fn walk(&self, block: BlockId, bit: bool, tour: Tour<'a>) -> Found {
        let mut found: Found = BTreeMap::new();
        let mut queue = VecDeque::new();
        let mut first = vec![Spot::new(self.workflow.block(block).start, bit)];
        for (entry, known) in &self.entries {
            if self.workflow.node(*entry).block == block {
                first.push(Spot::new(*entry, *known));
            }
        }
        for state in first {
            found.insert(state, None);
            queue.push_back(state);
        }
        while let Some(state) = queue.pop_front() {
            for way in self.leave(state, tour) {
                let Target::Node(id) = way.to else { continue };
                let next = Spot {
                    id,
                    bit: way.bit,
                    reopened: way.reopens,
                };
                if let std::collections::btree_map::Entry::Vacant(slot) = found.entry(next) {
                    slot.insert(Some((state, way.name)));
                    queue.push_back(next);
                }
            }
        }
        found
    }

    /// The ways out of a state.
    fn leave(&self, spot: Spot, tour: Tour<'a>) -> Vec<Way> {
        let Spot { id, bit, .. } = spot;
        let mut ways = Vec::new();
        for (exit, to) in self.space.exits(id) {
            let reopens = matches!(&exit, Exit::Move(m)
                if matches!(m.cause, Cause::Act(act) if act.reopens.is_some()));
            let bit = match exit {
                Exit::Done => match self.through(spot, tour) {
                    Some(after) => after,
                    None => continue,
                },
                Exit::Move(m) => {
                    let stayed = bit && !self.may_change(id, tour);
                    match m.cause {
                        Cause::Act(act) if self.agrees(id, act, tour) => true,
                        Cause::Act(act) => stayed && !self.reopens(act),
                        _ => stayed,
                    }
                }
            };
            ways.push(Way {
                name: exit.name(),
                to,
                bit,
                reopens,
            });
        }
        ways
    }

    /// Whether the object may change while the state is active.
    fn may_change(&self, id: NodeId, tour: Tour<'a>) -> bool {
        if self.space.view.never_waits(id) {
            return false;
        }
        let inner = self.space.view.inside(id);
        tour.ambient || self.around(id) || inner.iter().any(|b| self.inside_dirty[b.0 as usize])
    }

    /// The rights open in the state and around it.
    fn around(&self, id: NodeId) -> bool {
        self.root_dirty
            || self.dirty[id.0 as usize]
            || self
                .workflow
                .ancestors(id)
                .any(|n| self.dirty[n.id.0 as usize])
    }

    fn agrees(&self, id: NodeId, act: &Act, tour: Tour<'a>) -> bool {
        let node = self.workflow.node(id);
        let signed = act.role == Role::Signature || unsigned(self.workflow, node, act).is_some();
        signed
            && act.over.as_ref() == Some(self.object)
            && !tour.casting.may_hold_without(&act.by, self.party)
    }

    /// Whether the act makes a new version of something the object holds.
    fn reopens(&self, act: &Act) -> bool {
        let catalogue = self.space.view.casting.catalogue;
        let input = act
            .inputs
            .iter()
            .find(|i| Some(&i.name) == act.reopens.as_ref());
        let Some(InputKind::Item(collection)) = input.map(|i| &i.kind) else {
            return false;
        };
        held(catalogue, &self.object.name).iter().any(|name| {
            catalogue
                .object(name)
                .is_some_and(|o| o.of == Some(collection.as_str()))
        })
    }

    /// The lowest bit when the inside of a composite has ended; `None`: it cannot.
    fn through(&self, spot: Spot, tour: Tour<'a>) -> Option<bool> {
        let Spot { id, bit, .. } = spot;
        let inside = self.space.view.inside(id);
        if self.space.hollow(id) || inside.is_empty() {
            return Some(bit);
        }
        if let Body::Each { over, .. } = &self.workflow.node(id).body {
            return Some(self.branches(spot, over, inside[0], tour));
        }
        let around = tour.ambient || self.around(id);
        let ends: Option<Vec<bool>> = inside.iter().map(|b| self.end(*b, bit, tour)).collect();
        let ends = ends?;
        let dirty: Vec<bool> = inside
            .iter()
            .map(|b| around || self.inside_dirty[b.0 as usize])
            .collect();
        let writers = dirty.iter().filter(|d| **d).count();
        Some(match (writers, dirty.iter().position(|d| *d)) {
            (0, _) => bit || ends.iter().any(|e| *e),
            (1, Some(i)) => ends[i],
            _ => false,
        })
    }

    fn branches(&self, spot: Spot, over: &'a str, inner: BlockId, tour: Tour<'a>) -> bool {
        let Spot { id, bit, reopened } = spot;
        let dirty = tour.ambient || self.around(id) || self.inside_dirty[inner.0 as usize];
        let members = tour.casting.certain_members(over);
        let own = members.iter().find(|m| **m == self.party);
        // Where only some branches run again, the party's own may not be one of them.
        let (Some(own), false) = (own, reopened) else {
            return bit && !dirty;
        };
        let casting = Casting {
            item: Some((over, own)),
            ..tour.casting
        };
        let agreed = self.end(inner, bit, Tour { casting, ..tour });
        let alone = tour.casting.members(over).len() == 1;
        if dirty && !alone {
            return false;
        }
        agreed.unwrap_or(bit) || (bit && !dirty)
    }

    /// The lowest bit at the end of a block.
    fn end(&self, block: BlockId, bit: bool, tour: Tour<'a>) -> Option<bool> {
        let key = (block, bit, tour.casting.item.is_some());
        if !tour.ambient
            && let Some(known) = self.ends.borrow().get(&key)
        {
            return *known;
        }
        let found = self.walk(block, bit, tour);
        let mut lowest: Option<bool> = None;
        let mut meet = |b: bool| lowest = Some(lowest.is_none_or(|l| l) && b);
        for state in found.keys() {
            if self.workflow.node(state.id).ending.is_some() {
                meet(state.bit);
            }
            for way in self.leave(*state, tour) {
                if way.to == Target::End {
                    meet(way.bit);
                }
            }
        }
        if !tour.ambient {
            self.ends.borrow_mut().insert(key, lowest);
        }
        lowest
    }

    /// The states of the path, and around it, that leave the object open to writing.
    pub(super) fn writers(&self, path: &[Step]) -> String {
        let mut names = Vec::new();
        for step in path.iter().rev() {
            let around = self.workflow.ancestors(step.node).map(|n| n.id);
            for id in std::iter::once(step.node).chain(around) {
                let name = self.workflow.node(id).path.clone();
                if self.dirty[id.0 as usize] && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        match (names.first(), self.root_dirty) {
            (Some(name), _) => format!("« {name} »"),
            (None, true) => "« allow », en tête du fichier,".into(),
            (None, false) => "un état ouvert en même temps".into(),
        }
    }
}

/// The object and all it holds.
fn held<'n>(catalogue: &Catalogue, name: &'n str) -> BTreeSet<&'n str>
where
    'static: 'n,
{
    let mut names = BTreeSet::new();
    let mut queue = vec![name];
    while let Some(name) = queue.pop() {
        if names.insert(name)
            && let Some(object) = catalogue.object(name)
        {
            queue.extend(object.contains);
        }
    }
    names
}

fn writes(casting: Casting<'_>, allow: &Allow, held: &BTreeSet<&str>) -> bool {
    let changes = |name: &String| {
        let capability = casting.catalogue.capability(name);
        capability.is_some_and(|c| c.changes.iter().any(|o| held.contains(o)))
    };
    allow.capabilities.iter().any(changes) && !casting.named(&allow.who).is_empty()
}

/// Entry states, and the composites that hold them, with whether opening an instance there counts
/// as an agreement on the object: it does in a state that binds by it, and in a state that is
/// reached only through one.
fn entries(
    catalogue: &Catalogue,
    workflow: &Workflow,
    object: &ObjectRef,
    goal: &Binding,
) -> BTreeMap<NodeId, bool> {
    let binds = |binding: &Binding| match &binding.over {
        Some(over) => {
            over == object
                || over.item.is_none() && held(catalogue, &over.name).contains(object.name.as_str())
        }
        // What it binds by is what the goal does, when that is not said either.
        None => goal.over.is_none(),
    };
    let binding = |n: &Node| n.binding.as_ref().is_some_and(binds);
    let mut entries = BTreeMap::new();
    for entry in workflow.nodes.iter().filter(|n| n.entry) {
        let mut chain = vec![entry.id];
        chain.extend(workflow.ancestors(entry.id).map(|n| n.id));
        let top = chain.last().copied().unwrap_or(entry.id);
        let agreed = binding(entry) || after_binding(workflow, top, &binding);
        entries.extend(chain.into_iter().map(|id| (id, agreed)));
    }
    entries
}

/// Whether a top-level state is reached from one that binds, and never without one.
fn after_binding(workflow: &Workflow, top: NodeId, binds: &dyn Fn(&Node) -> bool) -> bool {
    let binding = |id: NodeId| {
        workflow.nodes.iter().any(|n| {
            binds(n) && (n.id == id || workflow.ancestors(n.id).any(|holder| holder.id == id))
        })
    };
    let walk = |from: Vec<NodeId>, stop: bool| {
        let mut seen = BTreeSet::new();
        let mut queue = from;
        while let Some(id) = queue.pop() {
            if (stop && binding(id)) || !seen.insert(id) {
                continue;
            }
            let node = workflow.node(id);
            let moves = view::declared(node).into_iter().filter_map(|m| m.to);
            for to in moves.chain(node.body.done()) {
                if let Target::Node(next) = to {
                    queue.push(next);
                }
            }
        }
        seen
    };
    let root = workflow.root();
    let bound: Vec<NodeId> = root
        .nodes
        .iter()
        .copied()
        .filter(|id| binding(*id))
        .collect();
    walk(bound, false).contains(&top) && !walk(vec![root.start], true).contains(&top)
}

/// The path that leads to a state of a block.
fn steps(found: &Found, goal: Spot) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = goal;
    while let Some(Some((before, via))) = found.get(&at) {
        steps.push(Step {
            node: at.id,
            via: Some(via.clone()),
        });
        at = *before;
    }
    steps.push(Step {
        node: at.id,
        via: None,
    });
    steps.reverse();
    steps
}
