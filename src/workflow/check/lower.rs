//! From a workflow to a workflow net, in one combination, for a number of items.
//!
//! The net says the same as the blocks, for tools that know nothing of them. One place per state;
//! one more per branch for its end, where its final states are; a composite has `alive`, that the
//! join takes together with the ends of all it holds. Every place holds at most one token.
//!
//! **Leaving a composite** by a move of its own must empty it, and an ordinary net has no arc that
//! empties whatever it finds. So each branch that may be left from outside has one place more,
//! `arrêt`, where it may go from any of its states, its end included; the moves of the composite
//! take `alive` and the `arrêt` of every branch. Branches stop one by one and the move is chosen
//! once all have: what can be reached and what can end is the same as if they had stopped at once.
//! For a branch that has stopped too early forbids nothing that the composite's moves, which never
//! go away, do not still allow; and one that has not stopped yet always can. Nobody has to tell the
//! branches to stop, so none remembers that it was told: fewer markings, simpler reductions.
//!
//! Conditions are free, as in the proofs; what cannot happen in the combination is left out, so
//! that a sound workflow gives a sound net. Branches in sequence are lowered side by side: they
//! share nothing, so what can be reached and what can end is the same.

use super::combination::Combination;
use super::reach::{Exit, Space};
use super::view::View;
use crate::workflow::catalogue::Catalogue;
use crate::workflow::definition::model::{Block, BlockId, Body, NodeId, Target, Workflow};
use crate::workflow::net::Net;
use std::collections::BTreeMap;

/// How many items each collection holds; one for those not named.
pub type Items = BTreeMap<String, u32>;

/// The net of a workflow in one combination.
pub fn lower(
    workflow: &Workflow,
    catalogue: &Catalogue,
    combination: &Combination,
    items: &Items,
) -> Net {
    let view = View::new(workflow, catalogue, combination);
    let none = items.iter().filter(|(_, n)| **n == 0);
    let empty = none.map(|(name, _)| name.clone()).collect();
    let space = Space::new(&view, empty);
    let mut lowering = Lowering {
        space: &space,
        items,
        net: Net::new(workflow.name.clone()),
    };
    let source = lowering.net.add_place("i", "ouverture");
    lowering.net.mark(source, 1);
    let root = lowering.block(workflow.root(), "", false);
    if let Some(sink) = root.ended {
        lowering.net.mark_last(sink, 1);
    }
    lowering.moves(&root);
    lowering.openings(source, &root);
    lowering.net
}

/// One copy of a block: a branch, a region, the root.
struct Instance {
    /// Reached states, in file order.
    states: BTreeMap<NodeId, State>,
    start: NodeId,
    /// None when nothing inside ends.
    ended: Option<usize>,
    /// Where it may go from anywhere inside, when something around can be left.
    stopped: Option<usize>,
}

/// One state of a copy.
struct State {
    name: String,
    /// The state itself, or the composite's `alive`.
    place: usize,
    inside: Vec<Instance>,
}

struct Lowering<'s, 'v, 'a> {
    space: &'s Space<'v, 'a>,
    items: &'s Items,
    net: Net,
}

impl State {
    /// The state's place, and one of each copy it holds.
    fn with(&self, of: impl Fn(&Instance) -> Option<usize>) -> Vec<usize> {
        let inner = self.inside.iter().filter_map(of);
        std::iter::once(self.place).chain(inner).collect()
    }
}

impl Lowering<'_, '_, '_> {
    fn place(&mut self, name: &str) -> usize {
        let id = format!("p{}", self.net.places().len());
        self.net.add_place(id, name)
    }

    fn transition(&mut self, name: &str, takes: &[usize], gives: &[usize]) {
        let id = format!("t{}", self.net.transitions().len());
        let transition = self.net.add_transition(id, name);
        for place in takes {
            self.net.take(*place, transition, 1);
        }
        for place in gives {
            self.net.give(transition, *place, 1);
        }
    }

    /// Makes the places of a copy of a block. `stoppable`: something around it can be left.
    fn block(&mut self, block: &Block, suffix: &str, stoppable: bool) -> Instance {
        let workflow = self.space.view.workflow;
        let title = match block.owner {
            Some(owner) => workflow.node(owner).path.clone(),
            None => workflow.name.clone(),
        };
        let title = match &block.region {
            Some(region) => format!("{title}/{region}{suffix}"),
            None => format!("{title}{suffix}"),
        };
        // The sink is the last place of the root, named alike everywhere.
        let ended = if block.owner.is_none() {
            Some(self.net.add_place("o", "fin"))
        } else {
            let ends = self.space.fate(block.id).ends;
            ends.then(|| self.place(&format!("fin de {title}")))
        };
        // The root's final states tell outcomes apart; elsewhere nothing does.
        let shared = ended.filter(|_| block.owner.is_some());
        let mut reached = self.space.fate(block.id).reached.clone();
        reached.sort_unstable();
        let mut states = BTreeMap::new();
        for id in reached {
            let state = self.state(id, suffix, stoppable, shared);
            states.insert(id, state);
        }
        let stopped = stoppable.then(|| self.place(&format!("arrêt de {title}")));
        Instance {
            states,
            start: block.start,
            ended,
            stopped,
        }
    }

    /// `shared`: the end of the copy, where its final states are.
    fn state(&mut self, id: NodeId, suffix: &str, stoppable: bool, shared: Option<usize>) -> State {
        let view = self.space.view;
        let node = view.node(id);
        let name = format!("{}{suffix}", node.path);
        let shared = shared.filter(|_| node.ending.is_some());
        let place = shared.unwrap_or_else(|| self.place(&name));
        let left = view.moves(id).iter().any(|m| m.to.is_some());
        let mut inside = Vec::new();
        if !self.space.hollow(id) {
            for block in view.inside(id) {
                let block = view.workflow.block(block);
                for branch in 1..=self.branches(id) {
                    let suffix = match node.body {
                        Body::Each { .. } => format!("{suffix}#{branch}"),
                        _ => suffix.to_owned(),
                    };
                    inside.push(self.block(block, &suffix, stoppable || left));
                }
            }
        }
        State {
            name,
            place,
            inside,
        }
    }

    fn branches(&self, id: NodeId) -> u32 {
        match &self.space.view.node(id).body {
            Body::Each { over, at_least, .. } => {
                let items = self.items.get(over).copied().unwrap_or(1);
                items.max(*at_least).max(1)
            }
            _ => 1,
        }
    }

    /// Makes the transitions of a copy, and of all it holds.
    fn moves(&mut self, copy: &Instance) {
        for (id, state) in &copy.states {
            if copy.ended == Some(state.place) {
                continue;
            }
            if self.space.view.node(*id).ending.is_some() {
                let name = format!("{} : fin", state.name);
                self.transition(&name, &[state.place], &entering(copy, Target::End));
            }
            self.stays(*id, state);
            for (exit, to) in self.space.exits(*id) {
                let name = format!("{} : {}", state.name, exit.name());
                let takes = match exit {
                    Exit::Done => state.with(|inner| inner.ended),
                    Exit::Move(_) => state.with(|inner| inner.stopped),
                };
                self.transition(&name, &takes, &entering(copy, to));
            }
            if let Some(stopped) = copy.stopped {
                let name = format!("{} : arrêt", state.name);
                let takes = state.with(|inner| inner.stopped);
                self.transition(&name, &takes, &[stopped]);
            }
            for inner in &state.inside {
                self.moves(inner);
            }
        }
        if let (Some(ended), Some(stopped)) = (copy.ended, copy.stopped) {
            self.transition("fin : arrêt", &[ended], &[stopped]);
        }
    }

    /// Acts and deadlines that lead nowhere else.
    fn stays(&mut self, id: NodeId, state: &State) {
        let hollow = self.space.hollow(id) && self.space.view.node(id).body.done().is_some();
        if hollow {
            return;
        }
        for m in self.space.view.moves(id) {
            if m.to.is_none() {
                let name = format!("{} : {}", state.name, m.name());
                self.transition(&name, &[state.place], &[state.place]);
            }
        }
    }

    /// From the source to the start, and to each state an instance may be opened in.
    fn openings(&mut self, source: usize, root: &Instance) {
        let workflow = self.space.view.workflow;
        let start = entering(root, Target::Node(root.start));
        self.transition("ouverture", &[source], &start);
        for entry in workflow.nodes.iter().filter(|n| n.entry) {
            let mut chain: Vec<NodeId> = workflow.ancestors(entry.id).map(|n| n.id).collect();
            chain.reverse();
            chain.push(entry.id);
            let mut target = Vec::new();
            opening(root, &chain, &mut target, &|id| workflow.node(id).block);
            if !target.is_empty() {
                let name = format!("reprise dans {}", entry.path);
                self.transition(&name, &[source], &target);
            }
        }
    }
}

/// The places that a move fills.
fn entering(copy: &Instance, to: Target) -> Vec<usize> {
    let mut places = Vec::new();
    match to {
        Target::End => places.extend(copy.ended),
        Target::Node(id) => enter(copy, id, &mut places),
    }
    places
}

fn enter(copy: &Instance, id: NodeId, places: &mut Vec<usize>) {
    if let Some(state) = copy.states.get(&id) {
        places.push(state.place);
        for inner in &state.inside {
            enter(inner, inner.start, places);
        }
    }
}

/// The same along a chain of states, the last of which is entered: in each copy on the way the
/// chain's state is entered rather than the start; everything beside starts as usual.
fn opening(
    copy: &Instance,
    chain: &[NodeId],
    places: &mut Vec<usize>,
    block_of: &dyn Fn(NodeId) -> BlockId,
) {
    let Some((id, rest)) = chain.split_first() else {
        return;
    };
    let Some(state) = copy.states.get(id) else {
        return;
    };
    if rest.is_empty() {
        return enter(copy, *id, places);
    }
    places.push(state.place);
    let mut entered = false;
    for inner in &state.inside {
        let holds = rest
            .first()
            .is_some_and(|next| inner.states.contains_key(next));
        if holds && !entered && block_of(rest[0]) == block_of(inner.start) {
            opening(inner, rest, places, block_of);
            entered = true;
        } else {
            enter(inner, inner.start, places);
        }
    }
}
