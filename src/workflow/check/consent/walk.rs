//! The bit carried along the paths of a workflow, for one party, one object and one combination.

use super::super::reach::Exit;
use super::super::tell::Step;
use super::super::view::{Cause, View};
use super::super::who::Casting;
use super::paths::Paths;
use super::{agreed_objects, bound};
use crate::workflow::catalogue::Catalogue;
use crate::workflow::definition::model::{
    Act, Allow, BlockId, Body, InputKind, Node, NodeId, ObjectRef, Role, Target, Workflow,
};
use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One party, one object, one combination.
pub(super) struct Walk<'s, 'v, 'a> {
    paths: &'s Paths<'v, 'a>,
    workflow: &'a Workflow,
    party: &'s str,
    object: &'s ObjectRef,
    /// By state: someone may change the object while it stays active (what it opens itself only).
    dirty: Vec<bool>,
    /// The root's rights, always on.
    root_dirty: bool,
    /// By block: someone may change the object somewhere inside.
    inside_dirty: Vec<bool>,
    /// States an instance may be opened in, with whether that is an agreement to the object.
    entries: BTreeMap<NodeId, bool>,
    /// Lowest bit at the end of a block, by block and by how it is walked.
    ends: RefCell<BTreeMap<(BlockId, bool, bool, bool), Option<bool>>>,
}

/// How a block is walked.
#[derive(Clone, Copy)]
struct Tour<'a> {
    casting: Casting<'a>,
    /// Something beside the block may change the object.
    ambient: bool,
}

/// A state as it was entered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Vertex {
    id: NodeId,
    bit: bool,
    /// Entered by an act that restarts some of its branches only.
    partial: bool,
}

/// Shortest ways to states of a block: what came before, and what led there.
type Found = BTreeMap<Vertex, Option<(Vertex, String)>>;

impl<'s, 'v, 'a> Walk<'s, 'v, 'a> {
    /// `changing`: whether the object may change once agreed.
    pub(super) fn new(
        paths: &'s Paths<'v, 'a>,
        party: &'s str,
        object: &'s ObjectRef,
        changing: bool,
    ) -> Self {
        let workflow = paths.view.workflow;
        let casting = paths.view.casting;
        let held = held(casting.catalogue, &object.name);
        let writes = |allow: &[Allow]| changing && allow.iter().any(|a| writes(casting, a, &held));
        let mut walk = Self {
            paths,
            workflow,
            party,
            object,
            dirty: workflow.nodes.iter().map(|n| writes(&n.allow)).collect(),
            root_dirty: writes(&workflow.allow),
            inside_dirty: vec![false; workflow.blocks.len()],
            entries: entries(paths.view, party, object),
            ends: RefCell::default(),
        };
        if changing {
            walk.inside();
        }
        walk
    }

    /// What the states of each block let change, reopenings included.
    fn inside(&mut self) {
        for block in self.workflow.blocks.iter().rev() {
            let reached = block.nodes.iter().filter(|id| self.paths.reached(**id));
            let dirty = reached.into_iter().any(|id| {
                let inner = self.paths.view.inside(*id);
                let moves = self.paths.moves(*id).iter();
                self.dirty[id.0 as usize]
                    || moves.into_iter().any(|m| match m.cause {
                        Cause::Act(act) => self.reopens(act),
                        _ => false,
                    })
                    || inner.iter().any(|b| self.inside_dirty[b.0 as usize])
            });
            self.inside_dirty[block.id.0 as usize] = dirty;
        }
    }

    /// A shortest path that enters the state while the bit is down.
    pub(super) fn unagreed(&self, goal: NodeId) -> Option<Vec<Step>> {
        let mut chain: Vec<NodeId> = self.workflow.ancestors(goal).map(|n| n.id).collect();
        chain.reverse();
        chain.push(goal);
        let mut path = Vec::new();
        let mut bit = false;
        let mut tour = Tour {
            casting: self.paths.view.casting,
            ambient: false,
        };
        let closed = &self.paths.view.combination().closed;
        for (depth, id) in chain.iter().enumerate() {
            let node = self.workflow.node(*id);
            if closed.contains(&node.block) {
                return None;
            }
            let found = self.walk(node.block, bit, tour);
            // The lowest bit comes first.
            let vertex = *found.keys().find(|v| v.id == *id)?;
            bit = vertex.bit;
            path.extend(steps(&found, vertex));
            if depth + 1 < chain.len() {
                let inner = self.workflow.node(chain[depth + 1]).block;
                tour.ambient |= self.beside(node, inner);
                bit &= !self.own_object(node);
            }
        }
        (!bit).then_some(path)
    }

    /// Whether each branch of the state has an object of its own: an agreement to one says nothing
    /// of the next.
    fn own_object(&self, node: &Node) -> bool {
        match &node.body {
            Body::Each { over, .. } => self.object.item.as_ref() == Some(over),
            _ => false,
        }
    }

    /// Whether something beside the block, in the same composite, may change the object.
    fn beside(&self, owner: &Node, inner: BlockId) -> bool {
        match &owner.body {
            // Another item's branch changes another item's object.
            Body::Each { .. } => !self.own_object(owner) && self.inside_dirty[inner.0 as usize],
            _ => self
                .paths
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
        let mut first = vec![(self.workflow.block(block).start, bit)];
        for (entry, known) in &self.entries {
            if self.workflow.node(*entry).block == block {
                first.push((*entry, *known));
            }
        }
        for (id, bit) in first {
            let partial = false;
            let vertex = Vertex { id, bit, partial };
            found.insert(vertex, None);
            queue.push_back(vertex);
        }
        while let Some(vertex) = queue.pop_front() {
            for (exit, to, bit) in self.leave(vertex, tour) {
                let Target::Node(id) = to else { continue };
                let partial = match exit {
                    Exit::Move(m) => matches!(m.cause, Cause::Act(act) if act.reopens.is_some()),
                    Exit::Done => false,
                };
                let next = Vertex { id, bit, partial };
                if let Entry::Vacant(slot) = found.entry(next) {
                    slot.insert(Some((vertex, exit.name())));
                    queue.push_back(next);
                }
            }
        }
        found
    }

    /// The ways out of a state, with the lowest bit each leaves.
    fn leave(&self, vertex: Vertex, tour: Tour<'a>) -> Vec<(Exit<'a>, Target, bool)> {
        let mut ways = Vec::new();
        for (exit, to) in self.paths.exits(vertex.id) {
            let after = match exit {
                Exit::Done => match self.through(vertex, tour) {
                    Some(after) => after,
                    None => continue,
                },
                Exit::Move(m) => {
                    let stayed = vertex.bit && !self.may_change(vertex.id, tour);
                    match m.cause {
                        Cause::Act(act) if self.reopens(act) => false,
                        Cause::Act(act) => stayed || self.agrees(vertex.id, act, tour),
                        Cause::Refusal(act) => stayed && !self.disowns(act, tour),
                        Cause::Expiry(..) | Cause::Timer(_) | Cause::Auto(..) => stayed,
                    }
                }
            };
            ways.push((exit, to, after));
        }
        ways
    }

    /// Whether the object may change while the state is active.
    fn may_change(&self, id: NodeId, tour: Tour<'a>) -> bool {
        if self.paths.instant(id) {
            return false;
        }
        let inner = self.paths.view.inside(id);
        tour.ambient || self.around(id) || inner.iter().any(|b| self.inside_dirty[b.0 as usize])
    }

    /// What the state, and what holds it, let change.
    fn around(&self, id: NodeId) -> bool {
        self.root_dirty
            || self.dirty[id.0 as usize]
            || self
                .workflow
                .ancestors(id)
                .any(|n| self.dirty[n.id.0 as usize])
    }

    fn agrees(&self, id: NodeId, act: &Act, tour: Tour<'a>) -> bool {
        // An agreement that binds without being a signature is told for itself.
        let node = self.workflow.node(id);
        let signed = act.role == Role::Signature || bound(self.workflow, node, act).is_some();
        signed
            && act.over.as_ref() == Some(self.object)
            && !tour.casting.may_hold_without(&act.by, self.party)
    }

    /// Whether the party may be the one that refuses to sign the object.
    fn disowns(&self, act: &Act, tour: Tour<'a>) -> bool {
        let asked = tour.casting.named(&act.by).contains(self.party);
        asked && act.over.as_ref() == Some(self.object)
    }

    /// Whether the act makes a new version of something the object holds.
    fn reopens(&self, act: &Act) -> bool {
        let catalogue = self.paths.view.casting.catalogue;
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
    fn through(&self, vertex: Vertex, tour: Tour<'a>) -> Option<bool> {
        let Vertex { id, bit, .. } = vertex;
        let node = self.workflow.node(id);
        let inside = self.paths.view.inside(id);
        if self.own_object(node) {
            return Some(false);
        }
        if self.paths.view.hollow(id) || inside.is_empty() {
            return Some(bit);
        }
        if let Body::Each { over, .. } = &node.body {
            return Some(self.branches(vertex, over, inside[0], tour));
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

    /// The same for the branches of a `for_each`.
    fn branches(&self, vertex: Vertex, over: &'a str, inner: BlockId, tour: Tour<'a>) -> bool {
        let inside = self.inside_dirty[inner.0 as usize];
        let dirty = tour.ambient || self.around(vertex.id) || inside;
        let stayed = vertex.bit && !dirty;
        let members = tour.casting.certain_members(over);
        let own = members.iter().find(|m| **m == self.party);
        let (Some(own), false) = (own, vertex.partial) else {
            return stayed;
        };
        let casting = Casting {
            item: Some((over, own)),
            ..tour.casting
        };
        let agreed = self.end(inner, vertex.bit, Tour { casting, ..tour });
        let alone = tour.casting.members(over).len() == 1;
        stayed || ((alone || !dirty) && agreed == Some(true))
    }

    /// The lowest bit at the end of a block.
    fn end(&self, block: BlockId, bit: bool, tour: Tour<'a>) -> Option<bool> {
        if !self.paths.ends(block) {
            return None;
        }
        let key = (block, bit, tour.casting.item.is_some(), tour.ambient);
        if let Some(known) = self.ends.borrow().get(&key) {
            return *known;
        }
        let found = self.walk(block, bit, tour);
        let mut lowest: Option<bool> = None;
        let mut meet = |b: bool| lowest = Some(lowest.is_none_or(|l| l) && b);
        for vertex in found.keys() {
            if self.workflow.node(vertex.id).ending.is_some() {
                meet(vertex.bit);
            }
            for (_, to, after) in self.leave(*vertex, tour) {
                if to == Target::End {
                    meet(after);
                }
            }
        }
        self.ends.borrow_mut().insert(key, lowest);
        lowest
    }

    /// The states of the path, and around it, that let the object change.
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

/// Entry states, and the composites that hold them, with whether opening an instance there is an
/// agreement of the party to the object: it is in a state that binds it over that object, and in
/// one that is reached, and never without such a state.
fn entries(view: &View<'_>, party: &str, object: &ObjectRef) -> BTreeMap<NodeId, bool> {
    let workflow = view.workflow;
    let signed = binding(view, party, object);
    let nowhere = BTreeSet::new();
    let mut entries = BTreeMap::new();
    for entry in workflow.nodes.iter().filter(|n| n.entry) {
        let agreed = signed.contains(&entry.id)
            || (Paths::avoids(view, entry.id, &nowhere) && !Paths::avoids(view, entry.id, &signed));
        let holders = workflow.ancestors(entry.id).map(|n| n.id);
        for id in std::iter::once(entry.id).chain(holders) {
            let known = entries.entry(id).or_insert(true);
            *known &= agreed;
        }
    }
    entries
}

/// The states that bind the party over the object.
fn binding(view: &View<'_>, party: &str, object: &ObjectRef) -> BTreeSet<NodeId> {
    let workflow = view.workflow;
    let declared = view.combination().party(party).map(|p| &p.declared);
    let only = agreed_objects(workflow);
    let over = |bound: &Option<ObjectRef>| match bound {
        Some(bound) => bound == object,
        // Nothing else can have been signed.
        None => only.len() == 1 && only[0] == *object,
    };
    let states = workflow.nodes.iter().filter(|n| {
        n.binding.as_ref().is_some_and(|b| {
            let bound = b.binds.as_ref();
            over(&b.over) && bound.is_none_or(|l| declared.is_some_and(|d| l.contains(d)))
        })
    });
    states.map(|n| n.id).collect()
}

/// The path that leads to a state of a block.
fn steps(found: &Found, goal: Vertex) -> Vec<Step> {
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
