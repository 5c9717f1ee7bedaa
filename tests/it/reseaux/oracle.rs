//! The same question answered naively, from its definition and nothing of the judge: every
//! marking, one after the other. Slow, and short enough to be believed.

use std::collections::BTreeMap;

use entente::workflow::net::Net;

type Marking = Vec<u32>;

/// Every marking reachable from one, and the steps between them.
pub struct Graph {
    pub markings: Vec<Marking>,
    pub steps: Vec<Vec<(usize, usize)>>,
}

/// What exploring gave.
pub enum Explored {
    Whole(Graph),
    /// Some marking grows for ever.
    Unbounded,
    /// Too many markings to say.
    TooMany,
}

pub fn fire(net: &Net, marking: &Marking, t: usize) -> Option<Marking> {
    let mut after = marking.clone();
    for (&p, &w) in net.inputs(t) {
        after[p] = after[p].checked_sub(w)?;
    }
    for (&p, &w) in net.outputs(t) {
        after[p] += w;
    }
    Some(after)
}

/// Depth first, so that the path to a marking is at hand: a marking above one of its path proves
/// the net unbounded.
pub fn explore(net: &Net, start: Marking, most: usize) -> Explored {
    let mut numbers = BTreeMap::from([(start.clone(), 0)]);
    let mut graph = Graph {
        markings: vec![start],
        steps: vec![Vec::new()],
    };
    let mut path = vec![(0, 0)];
    while let Some((node, t)) = path.pop() {
        if t == net.transitions().len() {
            continue;
        }
        path.push((node, t + 1));
        let Some(after) = fire(net, &graph.markings[node], t) else {
            continue;
        };
        if let Some(&seen) = numbers.get(&after) {
            graph.steps[node].push((t, seen));
            continue;
        }
        let below = |(n, _): &(usize, usize)| {
            graph.markings[*n]
                .iter()
                .zip(&after)
                .all(|(small, large)| small <= large)
        };
        if path.iter().any(below) {
            return Explored::Unbounded;
        }
        if graph.markings.len() == most {
            return Explored::TooMany;
        }
        let new = graph.markings.len();
        numbers.insert(after.clone(), new);
        graph.markings.push(after);
        graph.steps.push(Vec::new());
        graph.steps[node].push((t, new));
        path.push((new, 0));
    }
    Explored::Whole(graph)
}

impl Graph {
    /// What can follow each marking: markings, and transitions fired on the way.
    fn after(&self, node: usize, transitions: usize) -> (Vec<bool>, Vec<bool>) {
        let mut met = vec![false; self.markings.len()];
        let mut fired = vec![false; transitions];
        met[node] = true;
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            for &(t, next) in &self.steps[node] {
                fired[t] = true;
                if !met[next] {
                    met[next] = true;
                    todo.push(next);
                }
            }
        }
        (met, fired)
    }
}

impl Graph {
    /// Can every marking still lead to this one?
    fn all_lead_to(&self, goal: usize) -> bool {
        let mut leads = vec![false; self.markings.len()];
        leads[goal] = true;
        loop {
            let one_more = |node: &usize| {
                !leads[*node] && self.steps[*node].iter().any(|(_, next)| leads[*next])
            };
            let found: Vec<usize> = (0..leads.len()).filter(one_more).collect();
            if found.is_empty() {
                return leads.into_iter().all(|leads| leads);
            }
            for node in found {
                leads[node] = true;
            }
        }
    }
}

/// Is the workflow net from `p0` to `p1` sound? By the definition: option to complete, proper
/// completion, no dead transition. `None` when there are too many markings to say.
pub fn sound(net: &Net, most: usize) -> Option<bool> {
    let mut start = vec![0; net.places().len()];
    start[0] = 1;
    let mut end = vec![0; net.places().len()];
    end[1] = 1;
    let graph = match explore(net, start, most) {
        Explored::Whole(graph) => graph,
        Explored::Unbounded => return Some(false),
        Explored::TooMany => return None,
    };
    let transitions = net.transitions().len();
    let proper = graph.markings.iter().all(|m| m[1] == 0 || *m == end);
    let goal = graph.markings.iter().position(|m| *m == end);
    let complete = goal.is_some_and(|goal| graph.all_lead_to(goal));
    let alive = graph.after(0, transitions).1.into_iter().all(|fired| fired);
    Some(proper && complete && alive)
}

/// Is the marked net live and bounded? By the definition: after any marking, each transition can
/// still be fired; finitely many markings.
pub fn live_and_bounded(net: &Net, most: usize) -> Option<bool> {
    let mut start = vec![0; net.places().len()];
    for (&p, &n) in net.initial() {
        start[p] = n;
    }
    let graph = match explore(net, start, most) {
        Explored::Whole(graph) => graph,
        Explored::Unbounded => return Some(false),
        Explored::TooMany => return None,
    };
    let transitions = net.transitions().len();
    let live = |node| {
        graph
            .after(node, transitions)
            .1
            .into_iter()
            .all(|fired| fired)
    };
    Some((0..graph.markings.len()).all(live))
}
