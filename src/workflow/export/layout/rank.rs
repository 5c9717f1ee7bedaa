//! Which arrows come back, and which layer each node stands in.

use super::Graph;
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

/// The outcome of ranking.
pub struct Ranks {
    /// By node.
    pub layer: Vec<usize>,
    /// By edge; false for an arrow from a box to itself.
    pub back: Vec<bool>,
}

impl Ranks {
    pub fn layers(&self) -> usize {
        self.layer.iter().max().map_or(0, |last| last + 1)
    }
}

/// Breaks cycles, then takes longest paths.
pub fn rank(graph: &Graph) -> Ranks {
    let part = parts(graph);
    let back: Vec<bool> = graph
        .edges
        .iter()
        .map(|e| part[e.from] == part[e.to] && e.to < e.from)
        .collect();
    // Every arrow, taken forward, with how many layers it spans at least.
    let spans: Vec<(usize, usize, usize)> = graph
        .edges
        .iter()
        .zip(&back)
        .filter(|(e, _)| e.from != e.to)
        .map(|(e, back)| {
            let span = if e.label.is_some() { 2 } else { 1 };
            if *back {
                (e.to, e.from, span)
            } else {
                (e.from, e.to, span)
            }
        })
        .collect();
    Ranks {
        layer: layers(graph.nodes.len(), &spans),
        back,
    }
}

/// The strongly connected part of each node.
fn parts(graph: &Graph) -> Vec<usize> {
    let mut arrows = DiGraph::<(), ()>::new();
    let ids: Vec<_> = graph.nodes.iter().map(|_| arrows.add_node(())).collect();
    for edge in &graph.edges {
        arrows.add_edge(ids[edge.from], ids[edge.to], ());
    }
    let mut part = vec![0; graph.nodes.len()];
    for (number, members) in tarjan_scc(&arrows).iter().enumerate() {
        for member in members {
            part[member.index()] = number;
        }
    }
    part
}

fn layers(nodes: usize, spans: &[(usize, usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; nodes];
    // No path is longer than the number of nodes: the loop ends.
    for _ in 0..=nodes {
        let mut changed = false;
        for &(from, to, span) in spans {
            if layer[to] < layer[from] + span {
                layer[to] = layer[from] + span;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    // What the first node does not lead to stands just before what it leads to.
    let mut reached = vec![false; nodes];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    let mut rising: Vec<usize> = (0..nodes).collect();
    rising.sort_by_key(|node| layer[*node]);
    for &node in rising.iter().filter(|node| layer[**node] > 0) {
        reached[node] = spans
            .iter()
            .any(|(from, to, _)| *to == node && reached[*from]);
    }
    for &node in rising.iter().rev().filter(|node| !reached[**node]) {
        let next = spans.iter().filter(|(from, _, _)| *from == node);
        if let Some(near) = next.map(|&(_, to, span)| layer[to] - span).min() {
            layer[node] = near;
        }
    }
    layer
}
