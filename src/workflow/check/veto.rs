//! Proof 4: vetoes are known.
//!
//! Take a party away: its acts, its consents, and the data only it may write. What remains is a
//! smaller graph. A state is a veto of the party when it lies in a terminal strongly connected set
//! of that graph that holds no end: once there, nothing the others do leads anywhere. Someone
//! above must then be told (`due` with `escalate`, on the state or around it), or the file says
//! `veto: intended`.
//!
//! **Blocks.** Each block has its own graph; a composite stands in it as up to three vertices: as
//! entered, with something inside trapped for good (only its own moves lead out), and, without
//! `done`, with everything inside ended (only its own moves lead out as well). An inner state is a
//! veto when it is trapped in its block and so are all that hold it; or when a composite that
//! holds it is entered again and again without end.

use super::attain::Attain;
use super::reach::Space;
use super::tell::{self, Step};
use super::view::{Cause, Move};
use super::{Case, Findings, Veto};
use crate::workflow::condition::{Condition, Coverage};
use crate::workflow::definition::model::{Block, BlockId, Body, NodeId, Target, Timer, Workflow};
use crate::workflow::problem::{Code, Problem};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};

/// The party that no expression names.
const NOBODY: &str = "";

/// Vetoes by party (as declared) and state, with the combinations that show each.
type Known = BTreeMap<(String, NodeId), BTreeSet<usize>>;

pub fn prove(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) -> Vec<Veto> {
    let mut known = Known::new();
    for (number, case) in cases.iter().enumerate() {
        let with = Attain::new(case.view, None);
        let nobody = Attain::new(case.view, Some(NOBODY));
        // Where nothing moves even with everyone, nobody's veto is the cause.
        let anyway = |space| Alone::new(space, &with, &nobody).vetoes();
        let anyway: Vec<BTreeSet<NodeId>> = case.spaces.iter().map(anyway).collect();
        for party in &case.combination().present {
            let without = Attain::new(case.view, Some(&party.id));
            for (space, anyway) in case.spaces.iter().zip(&anyway) {
                let alone = Alone::new(space, &with, &without);
                for id in alone.vetoes().difference(anyway).copied() {
                    let seen = known.entry((party.declared.clone(), id)).or_default();
                    if !told(workflow, &without, id) {
                        let path = space.path(id);
                        refuse(workflow, case, &party.declared, &path, findings);
                    }
                    seen.insert(number);
                }
            }
        }
    }
    needless(workflow, &known, findings);
    list(workflow, cases, &known)
}

fn list(workflow: &Workflow, cases: &[Case<'_, '_>], known: &Known) -> Vec<Veto> {
    known
        .iter()
        .map(|((party, id), seen)| {
            let labels: Vec<&str> = seen
                .iter()
                .map(|i| cases[*i].combination().label.as_str())
                .collect();
            Veto {
                party: party.clone(),
                state: workflow.node(*id).path.clone(),
                combination: if seen.len() == cases.len() {
                    "toutes".into()
                } else {
                    labels.join(" ; ")
                },
                intended: intended(workflow, *id),
            }
        })
        .collect()
}

/// The state and what encloses it.
fn around(workflow: &Workflow, id: NodeId) -> impl Iterator<Item = NodeId> {
    std::iter::once(id).chain(workflow.ancestors(id).map(|n| n.id))
}

fn intended(workflow: &Workflow, id: NodeId) -> bool {
    around(workflow, id).any(|n| workflow.node(n).veto_intended)
}

/// Whether someone above is told, on a date that falls whatever the party does, or the veto is
/// meant.
fn told(workflow: &Workflow, without: &Attain<'_, '_>, id: NodeId) -> bool {
    let escalates = |n: NodeId| {
        let due = workflow.node(n).due.as_ref();
        due.is_some_and(|d| d.escalate.is_some() && without.falls(id, &d.moment))
    };
    intended(workflow, id) || around(workflow, id).any(escalates)
}

fn refuse(
    workflow: &Workflow,
    case: &Case<'_, '_>,
    party: &str,
    path: &[Step],
    findings: &mut Findings,
) {
    let Some(last) = path.last() else {
        return;
    };
    let message = format!(
        "{}, où « {party} » peut tout arrêter sans que personne en soit averti{}. Ajoutez une \
         échéance avec escalade (« due: {{ in, escalate }} »), ou dites que c'est voulu \
         (« veto: intended »).",
        tell::journey(workflow, path),
        case.told()
    );
    let problem = Problem::new(Code::Veto, workflow.node(last.node).place, message);
    findings.refuse(problem.with_path(tell::ids(workflow, path)));
}

/// `veto: intended` where nobody alone can block.
fn needless(workflow: &Workflow, known: &Known, findings: &mut Findings) {
    for node in workflow.nodes.iter().filter(|n| n.veto_intended) {
        let within = |id: NodeId| around(workflow, id).any(|n| n == node.id);
        if !known.keys().any(|(_, id)| within(*id)) {
            let message = format!(
                "« veto: intended » est inutile sur « {} » : aucune partie ne peut y bloquer \
                 seule.",
                node.path
            );
            findings.notice(Code::Veto, node.place, message);
        }
    }
}

/// A vertex of a block's graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Vertex {
    /// The state, as entered.
    State(NodeId),
    /// A composite in which something is trapped for good.
    Trapped(NodeId),
    /// A composite without `done` in which all has ended.
    Waiting(NodeId),
    End,
}

/// What remains of one block.
#[derive(Debug, Clone, Default)]
struct Rest {
    ends: bool,
    /// Vertices of terminal sets that hold no end.
    stuck: BTreeSet<Vertex>,
}

/// A combination without one party.
struct Alone<'s, 'v, 'a> {
    space: &'s Space<'v, 'a>,
    with: &'s Attain<'v, 'a>,
    without: &'s Attain<'v, 'a>,
    rests: Vec<Rest>,
}

impl<'s, 'v, 'a> Alone<'s, 'v, 'a> {
    fn new(
        space: &'s Space<'v, 'a>,
        with: &'s Attain<'v, 'a>,
        without: &'s Attain<'v, 'a>,
    ) -> Self {
        let blocks = &space.view.workflow.blocks;
        let mut alone = Self {
            space,
            with,
            without,
            rests: vec![Rest::default(); blocks.len()],
        };
        for block in blocks.iter().rev() {
            alone.rests[block.id.0 as usize] = alone.rest(block);
        }
        alone
    }

    fn rest_of(&self, block: BlockId) -> &Rest {
        &self.rests[block.0 as usize]
    }

    /// The moves the others can still make, by what they lead to.
    fn remaining(&self, id: NodeId) -> Vec<Vertex> {
        let moves = self.space.view.moves(id);
        let instant = self.space.view.instant(id);
        // Complementary deadlines of one day, or on what only the party writes: whatever it wrote,
        // one of them moves.
        let fixed = |timer: &Timer| timer.when.as_ref().is_some_and(|c| self.without.still(c));
        let covered = |timer: &Timer| {
            let timers = moves.iter().filter_map(Move::timer);
            let together = timers.filter(|t| {
                let together = t.moment.same(&timer.moment) || (fixed(t) && fixed(timer));
                t.to.is_some() && together && self.without.falls(id, &t.moment)
            });
            let whens: Vec<&Condition> = together.filter_map(|t| t.when.as_ref()).collect();
            whens.len() > 1 && self.space.view.covers(&whens) == Coverage::Whole
        };
        let left = |m: &&Move<'a>| match m.cause {
            Cause::Auto(..) if instant => true,
            Cause::Timer(timer) | Cause::Expiry(_, timer) => {
                self.without.falls(id, &timer.moment)
                    && timer.when.as_ref().is_none_or(|when| {
                        self.without.movable(id, when)
                            || !self.with.movable(id, when)
                            || covered(timer)
                    })
            }
            _ => self.stays(id, m),
        };
        moves
            .iter()
            .filter(left)
            .filter_map(|m| m.to)
            .map(vertex)
            .collect()
    }

    /// Whether the move can be made by the others: what nobody at all could bring about is left
    /// free, what only the party can is not brought about.
    fn stays(&self, id: NodeId, m: &Move<'a>) -> bool {
        let Some(left) = self.without.residue(id, m) else {
            return false;
        };
        let free = self.with.residue(id, m).unwrap_or_default();
        left.iter().all(|c| free.contains(c))
    }

    fn rest(&self, block: &Block) -> Rest {
        let mut graph: DiGraph<Vertex, ()> = DiGraph::new();
        let mut index: BTreeMap<Vertex, NodeIndex> = BTreeMap::new();
        let end = graph.add_node(Vertex::End);
        index.insert(Vertex::End, end);
        let mut edges = Vec::new();
        for id in &self.space.fate(block.id).reached {
            for (from, to) in self.edges(*id) {
                edges.push((from, to));
            }
            index
                .entry(Vertex::State(*id))
                .or_insert_with(|| graph.add_node(Vertex::State(*id)));
        }
        for (from, to) in edges {
            let mut at = |v: Vertex| *index.entry(v).or_insert_with(|| graph.add_node(v));
            let (from, to) = (at(from), at(to));
            graph.update_edge(from, to, ());
        }
        let mut rest = Rest::default();
        for set in tarjan_scc(&graph) {
            let inside: BTreeSet<NodeIndex> = set.iter().copied().collect();
            let leaves = set
                .iter()
                .any(|v| graph.neighbors(*v).any(|next| !inside.contains(&next)));
            if !leaves && !inside.contains(&end) {
                rest.stuck.extend(set.iter().map(|v| graph[*v]));
            }
        }
        let start = Vertex::State(block.start);
        rest.ends = index
            .get(&start)
            .is_some_and(|v| petgraph::algo::has_path_connecting(&graph, *v, end, None));
        rest
    }

    fn edges(&self, id: NodeId) -> Vec<(Vertex, Vertex)> {
        let node = self.space.view.node(id);
        let state = Vertex::State(id);
        if node.ending.is_some() {
            return vec![(state, Vertex::End)];
        }
        let own = self.remaining(id);
        let mut edges: Vec<_> = own.iter().map(|to| (state, *to)).collect();
        if matches!(node.body, Body::Leaf) {
            return edges;
        }
        let inside = self.space.view.inside(id);
        let hollow = self.space.hollow(id);
        let passes = hollow || inside.iter().all(|b| self.rest_of(*b).ends);
        let traps = !hollow && inside.iter().any(|b| !self.rest_of(*b).stuck.is_empty());
        match self.space.view.done(id) {
            Some(done) if passes => edges.push((state, vertex(done))),
            None if passes && node.body.done().is_none() => {
                let waiting = Vertex::Waiting(id);
                edges.push((state, waiting));
                edges.extend(own.iter().map(|to| (waiting, *to)));
            }
            _ => {}
        }
        if traps {
            let trapped = Vertex::Trapped(id);
            edges.push((state, trapped));
            edges.extend(own.iter().map(|to| (trapped, *to)));
        }
        edges
    }

    /// The states where the party can stop everything.
    fn vetoes(&self) -> BTreeSet<NodeId> {
        let mut vetoes = BTreeSet::new();
        self.collect(self.space.view.workflow.root().id, &mut vetoes);
        vetoes.retain(|id| !self.space.view.instant(*id) && self.space.reaches(*id));
        vetoes
    }

    fn collect(&self, block: BlockId, vetoes: &mut BTreeSet<NodeId>) {
        for vertex in &self.rest_of(block).stuck {
            match vertex {
                Vertex::State(id) => {
                    let inside = self.space.view.inside(*id);
                    if matches!(self.space.view.node(*id).body, Body::Leaf) {
                        vetoes.insert(*id);
                    }
                    for b in inside {
                        self.everything(b, vetoes);
                    }
                }
                Vertex::Trapped(id) => {
                    let inside = self.space.view.inside(*id);
                    for b in inside {
                        self.collect(b, vetoes);
                    }
                }
                Vertex::Waiting(id) => {
                    vetoes.insert(*id);
                }
                Vertex::End => {}
            }
        }
    }

    /// Every state people wait in, inside a composite that is entered again and again.
    fn everything(&self, block: BlockId, vetoes: &mut BTreeSet<NodeId>) {
        for id in &self.space.fate(block).reached {
            let node = self.space.view.node(*id);
            if matches!(node.body, Body::Leaf) && node.ending.is_none() {
                vetoes.insert(*id);
            }
            let inside = self.space.view.inside(*id);
            for b in inside {
                self.everything(b, vetoes);
            }
        }
    }
}

fn vertex(to: Target) -> Vertex {
    match to {
        Target::Node(id) => Vertex::State(id),
        Target::End => Vertex::End,
    }
}
