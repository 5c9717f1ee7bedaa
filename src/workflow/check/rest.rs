//! What remains of a workflow when only some moves can be made.
//!
//! **Blocks.** Each block has its own graph; a composite stands in it as up to three kinds of
//! vertices: as entered, with something inside trapped for good (only its own moves lead out), and,
//! without `done`, with everything inside ended (only its own moves lead out as well). A terminal
//! strongly connected set that holds no end is a trap: once there, nothing leads anywhere. An inner
//! state is trapped when it is so in its block and so are all that hold it; or when a composite
//! that holds it is entered again and again without end.

use super::reach::Space;
use crate::workflow::definition::model::{Block, BlockId, Body, NodeId, Target};
use petgraph::algo::{has_path_connecting, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};

/// Where the moves of a state that can be made lead, when people stand in these states: itself, or
/// some of those it holds.
pub type Leads<'l> = dyn Fn(NodeId, &BTreeSet<NodeId>) -> Vec<Target> + 'l;

/// A vertex of a block's graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Vertex {
    /// The state, as entered.
    State(NodeId),
    /// A composite in which something is trapped for good: which trap, of which block.
    Trapped(NodeId, BlockId, usize),
    /// A composite without `done` in which all has ended.
    Waiting(NodeId),
    End,
}

/// What remains of one block.
#[derive(Debug, Clone, Default)]
struct Rest {
    ends: bool,
    /// Terminal sets that hold no end.
    traps: Vec<BTreeSet<Vertex>>,
}

/// What remains of each block.
pub struct Rests<'s, 'v, 'a> {
    space: &'s Space<'v, 'a>,
    leads: &'s Leads<'s>,
    blocks: Vec<Rest>,
}

impl<'s, 'v, 'a> Rests<'s, 'v, 'a> {
    pub fn new(space: &'s Space<'v, 'a>, leads: &'s Leads<'s>) -> Self {
        let blocks = &space.view.workflow.blocks;
        let mut rests = Self {
            space,
            leads,
            blocks: vec![Rest::default(); blocks.len()],
        };
        for block in blocks.iter().rev() {
            rests.blocks[block.id.0 as usize] = rests.rest(block);
        }
        rests
    }

    /// The sets of states one never gets out of; those one cannot stand in are there too.
    pub fn traps(&self) -> Vec<BTreeSet<NodeId>> {
        let root = self.rest_of(self.space.view.workflow.root().id);
        root.traps.iter().map(|trap| self.states(trap)).collect()
    }

    fn rest_of(&self, block: BlockId) -> &Rest {
        &self.blocks[block.0 as usize]
    }

    fn rest(&self, block: &Block) -> Rest {
        let mut graph: DiGraph<Vertex, ()> = DiGraph::new();
        let mut index: BTreeMap<Vertex, NodeIndex> = BTreeMap::new();
        let end = graph.add_node(Vertex::End);
        index.insert(Vertex::End, end);
        let mut edges = Vec::new();
        for id in &self.space.fate(block.id).reached {
            edges.extend(self.edges(*id));
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
                rest.traps.push(set.iter().map(|v| graph[*v]).collect());
            }
        }
        let start = index.get(&Vertex::State(block.start));
        rest.ends = start.is_some_and(|v| has_path_connecting(&graph, *v, end, None));
        rest
    }

    fn edges(&self, id: NodeId) -> Vec<(Vertex, Vertex)> {
        let node = self.space.view.node(id);
        let state = Vertex::State(id);
        if node.ending.is_some() {
            return vec![(state, Vertex::End)];
        }
        let mut standing = self.states(&BTreeSet::from([state]));
        standing.insert(id);
        let own = (self.leads)(id, &standing);
        let mut edges: Vec<_> = own.iter().map(|to| (state, vertex(*to))).collect();
        if matches!(node.body, Body::Leaf) {
            return edges;
        }
        let inside = self.space.view.inside(id);
        let hollow = self.space.hollow(id);
        let passes = hollow || inside.iter().all(|b| self.rest_of(*b).ends);
        match self.space.view.done(id) {
            Some(done) if passes => edges.push((state, vertex(done))),
            None if passes && node.body.done().is_none() => {
                let waiting = Vertex::Waiting(id);
                edges.push((state, waiting));
                let left = (self.leads)(id, &BTreeSet::from([id]));
                edges.extend(left.iter().map(|to| (waiting, vertex(*to))));
            }
            _ => {}
        }
        for block in inside.iter().filter(|_| !hollow) {
            for (number, trap) in self.rest_of(*block).traps.iter().enumerate() {
                let trapped = Vertex::Trapped(id, *block, number);
                edges.push((state, trapped));
                let left = (self.leads)(id, &self.states(trap));
                edges.extend(left.iter().map(|to| (trapped, vertex(*to))));
            }
        }
        edges
    }

    /// The states people stand in at these vertices.
    fn states(&self, vertices: &BTreeSet<Vertex>) -> BTreeSet<NodeId> {
        let mut states = BTreeSet::new();
        for vertex in vertices {
            match vertex {
                Vertex::State(id) => {
                    let leaf = matches!(self.space.view.node(*id).body, Body::Leaf);
                    if leaf || self.space.hollow(*id) {
                        states.insert(*id);
                        continue;
                    }
                    for block in self.space.view.inside(*id) {
                        self.everything(block, &mut states);
                    }
                }
                Vertex::Trapped(_, block, number) => {
                    let trap = &self.rest_of(*block).traps[*number];
                    states.extend(self.states(trap));
                }
                Vertex::Waiting(id) => {
                    states.insert(*id);
                }
                Vertex::End => {}
            }
        }
        states
    }

    /// Every state people wait in, inside a composite that is entered again and again.
    fn everything(&self, block: BlockId, states: &mut BTreeSet<NodeId>) {
        for id in &self.space.fate(block).reached {
            let node = self.space.view.node(*id);
            if matches!(node.body, Body::Leaf) && node.ending.is_none() {
                states.insert(*id);
            }
            for inner in self.space.view.inside(*id) {
                self.everything(inner, states);
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
