//! What may happen in one combination, seen from the worst side.
//!
//! Proof 2 asks whether a path exists at all, so everything that may happen counts: one value of a
//! rule is enough to open an act; a condition over an unknown fact neither holds nor fails, so one
//! waits even where every case seems covered; a collection may be empty at one visit and not at the
//! next, and its items may all leave while it is walked. Nothing here is lost if a path cannot
//! really be taken, except a file that is refused and need not be.

use super::super::reach::Exit;
use super::super::view::{Cause, Move, View, declared};
use crate::workflow::condition::Condition;
use crate::workflow::definition::model::{Auto, Block, BlockId, Body, Node, NodeId, Target};
use crate::workflow::definition::party::PartyExpr;
use std::collections::BTreeSet;

/// The party that no expression names.
const NOBODY: &str = "";

/// The ways through a workflow in one combination.
pub(super) struct Paths<'v, 'a> {
    pub(super) view: &'v View<'a>,
    /// By state.
    moves: Vec<Vec<Move<'a>>>,
    /// By state: left at once for certain, by an automatic move.
    instant: Vec<bool>,
    /// By state: the inside may end.
    through: Vec<bool>,
    reached: BTreeSet<NodeId>,
    /// By block.
    ends: Vec<bool>,
}

impl<'v, 'a> Paths<'v, 'a> {
    /// With the states an instance may be opened in as starts.
    pub(super) fn new(view: &'v View<'a>) -> Self {
        Self::build(view, true, &BTreeSet::new())
    }

    /// Whether the state can be reached from the start of the file without any of these.
    pub(super) fn avoids(view: &'v View<'a>, id: NodeId, without: &BTreeSet<NodeId>) -> bool {
        Self::build(view, false, without).reaches(id)
    }

    fn build(view: &'v View<'a>, entries: bool, without: &BTreeSet<NodeId>) -> Self {
        let workflow = view.workflow;
        let known = known(view);
        let sure = |node: &Node| {
            let certain = |auto: &Auto| holds_for_sure(view, &known, auto.when.as_ref());
            node.auto.iter().position(certain)
        };
        let first: Vec<Option<usize>> = workflow.nodes.iter().map(sure).collect();
        let all = workflow.nodes.iter().zip(&first);
        let mut paths = Self {
            view,
            moves: all.map(|(n, sure)| possible(view, n, *sure)).collect(),
            instant: first.iter().map(Option::is_some).collect(),
            through: vec![false; workflow.nodes.len()],
            reached: BTreeSet::new(),
            ends: vec![false; workflow.blocks.len()],
        };
        let mut starts: Vec<NodeId> = workflow.blocks.iter().map(|b| b.start).collect();
        for entry in workflow.nodes.iter().filter(|n| n.entry && entries) {
            starts.push(entry.id);
            starts.extend(workflow.ancestors(entry.id).map(|n| n.id));
        }
        // An inner block always comes after the one that holds it.
        for block in workflow.blocks.iter().rev() {
            paths.judge(block, &starts, without);
        }
        paths
    }

    fn judge(&mut self, block: &Block, starts: &[NodeId], without: &BTreeSet<NodeId>) {
        for id in &block.nodes {
            self.through[id.0 as usize] = self.ends_inside(*id);
        }
        let here = |id: &&NodeId| self.view.node(**id).block == block.id;
        let mut queue: Vec<NodeId> = starts.iter().filter(here).copied().collect();
        while let Some(id) = queue.pop() {
            if without.contains(&id) || !self.reached.insert(id) {
                continue;
            }
            let mut ends = self.view.node(id).ending.is_some();
            for (_, to) in self.exits(id) {
                match to {
                    Target::End => ends = true,
                    Target::Node(next) => queue.push(next),
                }
            }
            self.ends[block.id.0 as usize] |= ends;
        }
    }

    /// Whether everything inside may have ended.
    fn ends_inside(&self, id: NodeId) -> bool {
        let inside = self.view.inside(id);
        let emptied = match &self.view.node(id).body {
            Body::Each { over, .. } => self.view.casting.certain_members(over).is_empty(),
            _ => false,
        };
        emptied || inside.iter().all(|b| self.ends[b.0 as usize])
    }

    /// The ways out of a state.
    pub(super) fn exits(&self, id: NodeId) -> Vec<(Exit<'a>, Target)> {
        let done = self.view.node(id).body.done();
        let done = done.filter(|_| self.through[id.0 as usize]);
        let mut exits = Vec::new();
        if !(self.view.hollow(id) && done.is_some()) {
            let own = self.moves[id.0 as usize].iter();
            exits.extend(own.filter_map(|m| m.to.map(|to| (Exit::Move(*m), to))));
        }
        exits.extend(done.map(|to| (Exit::Done, to)));
        exits
    }

    /// What may happen in the state itself.
    pub(super) fn moves(&self, id: NodeId) -> &[Move<'a>] {
        &self.moves[id.0 as usize]
    }

    /// Whether no time passes in the state.
    pub(super) fn instant(&self, id: NodeId) -> bool {
        self.instant[id.0 as usize]
    }

    /// Whether the block may end.
    pub(super) fn ends(&self, block: BlockId) -> bool {
        self.ends[block.0 as usize]
    }

    /// Whether the state is reached from the start of its block.
    pub(super) fn reached(&self, id: NodeId) -> bool {
        self.reached.contains(&id)
    }

    fn reaches(&self, id: NodeId) -> bool {
        let workflow = self.view.workflow;
        let closed = &self.view.combination().closed;
        let mut around = std::iter::once(workflow.node(id)).chain(workflow.ancestors(id));
        around.all(|n| self.reached(n.id) && !closed.contains(&n.block))
    }
}

/// The facts a combination gives a value to: they are known, true or false.
fn known<'a>(view: &View<'a>) -> BTreeSet<&'a str> {
    let literals = view.combination().literals.iter();
    literals.flat_map(|l| l.facts()).collect()
}

/// Whether the condition holds here whatever is still free or unknown.
fn holds_for_sure(view: &View<'_>, known: &BTreeSet<&str>, when: Option<&Condition>) -> bool {
    let Some(when) = when else { return true };
    let valued = when.facts().iter().all(|f| known.contains(f));
    let machine = !(when.dones().is_empty() && when.counts().is_empty());
    valued && !machine && !view.may(&[&when.negated()])
}

/// What may happen in a state whose automatic move number `sure` holds for certain.
fn possible<'a>(view: &View<'a>, node: &'a Node, sure: Option<usize>) -> Vec<Move<'a>> {
    let mut moves = declared(node);
    moves.retain(|m| {
        let in_time = match (m.cause, sure) {
            (Cause::Auto(_, position), Some(sure)) => position <= sure,
            (_, Some(_)) => false,
            (_, None) => true,
        };
        in_time && may_happen(view, m)
    });
    moves
}

fn may_happen(view: &View<'_>, a_move: &Move<'_>) -> bool {
    let somebody = |by: &PartyExpr| view.casting.may_hold_without(by, NOBODY);
    match a_move.cause {
        Cause::Act(act) => {
            let waived = |by: &Option<PartyExpr>| by.as_ref().is_some_and(somebody);
            let kept = act.requires.iter().filter(|r| !waived(&r.waive));
            let needed: Vec<&Condition> = kept.map(|r| &r.condition).collect();
            somebody(&act.by) && view.may(&needed)
        }
        Cause::Refusal(act) => somebody(&act.by),
        Cause::Expiry(_, timer) | Cause::Timer(timer) => {
            view.may(&timer.when.iter().collect::<Vec<_>>())
        }
        Cause::Auto(auto, _) => view.may(&auto.when.iter().collect::<Vec<_>>()),
    }
}
