//! Reachable markings, explored one by one within bounds.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use super::{Limits, Net};

/// Marked places and their tokens, by place; no zero.
pub(super) type Marking = Rc<[(usize, u32)]>;

/// Looking for an ancestor that a marking covers costs a walk up its path: past this many steps in
/// all it is no longer done. A bounded net is still explored whole, an unbounded one ends
/// undecided.
const COVER_STEPS: usize = 50_000_000;

/// Which bound ended an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Markings,
    Bytes,
    Work,
    /// A place held more tokens than a number can.
    Tokens,
}

/// How an exploration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All markings were seen.
    Whole,
    /// `node` has all that its ancestor has, and more: the net is unbounded.
    Covers {
        node: usize,
        ancestor: usize,
    },
    /// Nothing can be fired at `node`; only where this was asked to stop.
    Stuck {
        node: usize,
    },
    Limit(Bound),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The path to each marking is a shortest one.
    Breadth,
    Depth,
}

/// The net in the form that fires fast.
struct Game<'a> {
    net: &'a Net,
    /// Transitions by their first input place, so that each is tried once per marking.
    led_by: Vec<Vec<usize>>,
}

/// Markings by order of discovery, the start first.
pub(super) struct Space {
    pub markings: Vec<Marking>,
    /// The marking each comes from and by which transition; the start's own is not meant.
    parents: Vec<(usize, usize)>,
    tokens: Vec<u64>,
    edges: Vec<(usize, usize)>,
    /// Which transitions were fired at least once.
    pub fired: Vec<bool>,
    known: HashMap<Marking, usize>,
    cover_steps: usize,
    bytes: usize,
    work: u64,
}

impl Space {
    /// Explores from the initial marking; stops at once when the net proves unbounded and, if
    /// asked, when nothing can be fired.
    pub fn explore(net: &Net, limits: Limits, order: Order, stop_when_stuck: bool) -> (Self, End) {
        let game = Game::of(net);
        let start: Marking = net.initial.iter().map(|(p, n)| (*p, *n)).collect();
        let mut space = Space {
            markings: Vec::new(),
            parents: Vec::new(),
            tokens: Vec::new(),
            edges: Vec::new(),
            fired: vec![false; net.transitions.len()],
            known: HashMap::new(),
            cover_steps: 0,
            bytes: 0,
            work: 0,
        };
        let mut todo = VecDeque::from([space.add(start, (0, 0))]);
        let next = |todo: &mut VecDeque<usize>| match order {
            Order::Breadth => todo.pop_front(),
            Order::Depth => todo.pop_back(),
        };
        while let Some(node) = next(&mut todo) {
            let enabled = game.enabled(&space.markings[node]);
            if enabled.is_empty() && stop_when_stuck {
                return (space, End::Stuck { node });
            }
            for t in enabled {
                match space.step(&game, node, t, limits) {
                    Ok(new) => todo.extend(new),
                    Err(end) => return (space, end),
                }
            }
        }
        (space, End::Whole)
    }

    /// Fires `t` at `node`; gives the marking's number when it is new.
    fn step(
        &mut self,
        game: &Game,
        node: usize,
        t: usize,
        limits: Limits,
    ) -> Result<Option<usize>, End> {
        self.fired[t] = true;
        let reached = fire(game.net, &self.markings[node], t).ok_or(End::Limit(Bound::Tokens))?;
        self.bytes += size_of::<(usize, usize)>();
        self.work += reached.len() as u64;
        if self.work > limits.work {
            return Err(End::Limit(Bound::Work));
        }
        if let Some(&seen) = self.known.get(&reached[..]) {
            self.edges.push((node, seen));
            return Ok(None);
        }
        if self.markings.len() >= limits.markings {
            return Err(End::Limit(Bound::Markings));
        }
        let new = self.add(reached.into(), (node, t));
        self.edges.push((node, new));
        if self.bytes > limits.bytes {
            return Err(End::Limit(Bound::Bytes));
        }
        match self.covered(new) {
            Some(ancestor) => Err(End::Covers {
                node: new,
                ancestor,
            }),
            None => Ok(Some(new)),
        }
    }

    fn add(&mut self, marking: Marking, parent: (usize, usize)) -> usize {
        let node = self.markings.len();
        self.bytes += 96 + marking.len() * size_of::<(usize, u32)>();
        self.tokens
            .push(marking.iter().map(|(_, n)| u64::from(*n)).sum());
        self.parents.push(parent);
        self.known.insert(marking.clone(), node);
        self.markings.push(marking);
        node
    }

    /// An ancestor with no more tokens anywhere and fewer somewhere, the nearest.
    fn covered(&mut self, node: usize) -> Option<usize> {
        let mut at = node;
        while at != 0 && self.cover_steps < COVER_STEPS {
            self.cover_steps += 1;
            at = self.parents[at].0;
            if self.tokens[at] < self.tokens[node]
                && within(&self.markings[at], &self.markings[node])
            {
                return Some(at);
            }
        }
        None
    }

    /// Transitions fired from the start to a marking.
    pub fn path(&self, node: usize) -> Vec<usize> {
        let mut steps = Vec::new();
        let mut at = node;
        while at != 0 {
            let (parent, transition) = self.parents[at];
            steps.push(transition);
            at = parent;
        }
        steps.reverse();
        steps
    }

    /// Which markings can still lead to `goal`.
    pub fn leads_to(&self, goal: usize) -> Vec<bool> {
        let mut first = vec![0_usize; self.markings.len() + 1];
        for &(_, to) in &self.edges {
            first[to + 1] += 1;
        }
        for node in 0..self.markings.len() {
            first[node + 1] += first[node];
        }
        let mut place = first.clone();
        let mut before = vec![0; self.edges.len()];
        for &(from, to) in &self.edges {
            before[place[to]] = from;
            place[to] += 1;
        }
        let mut leads = vec![false; self.markings.len()];
        leads[goal] = true;
        let mut todo = vec![goal];
        while let Some(node) = todo.pop() {
            for &from in &before[first[node]..first[node + 1]] {
                if !std::mem::replace(&mut leads[from], true) {
                    todo.push(from);
                }
            }
        }
        leads
    }
}

impl<'a> Game<'a> {
    fn of(net: &'a Net) -> Self {
        let mut led_by = vec![Vec::new(); net.places.len()];
        for (t, inputs) in net.inputs.iter().enumerate() {
            if let Some(&p) = inputs.keys().next() {
                led_by[p].push(t);
            }
        }
        Self { net, led_by }
    }

    /// Every transition has an input here: nets are judged once each node is on a path from the
    /// source, and no rule removes a last input.
    fn enabled(&self, marking: &Marking) -> Vec<usize> {
        let led = marking.iter().flat_map(|(p, _)| &self.led_by[*p]);
        led.copied()
            .filter(|&t| enables(self.net, marking, t))
            .collect()
    }
}

fn tokens_in(marking: &[(usize, u32)], place: usize) -> u32 {
    let found = marking.binary_search_by_key(&place, |(p, _)| *p);
    found.map_or(0, |i| marking[i].1)
}

fn enables(net: &Net, marking: &[(usize, u32)], t: usize) -> bool {
    net.inputs[t]
        .iter()
        .all(|(p, w)| tokens_in(marking, *p) >= *w)
}

/// The marking after an enabled transition; `None` when a place would overflow.
pub(super) fn fire(net: &Net, marking: &[(usize, u32)], t: usize) -> Option<Vec<(usize, u32)>> {
    let mut after = Vec::with_capacity(marking.len() + net.outputs[t].len());
    let mut outputs = net.outputs[t].iter().peekable();
    for &(p, n) in marking {
        while let Some((q, w)) = outputs.next_if(|(q, _)| **q < p) {
            after.push((*q, *w));
        }
        let put = outputs.next_if(|(q, _)| **q == p).map_or(0, |(_, w)| *w);
        let taken = net.inputs[t].get(&p).copied().unwrap_or(0);
        let left = n.checked_sub(taken)?.checked_add(put)?;
        if left > 0 {
            after.push((p, left));
        }
    }
    after.extend(outputs.map(|(q, w)| (*q, *w)));
    Some(after)
}

/// No place has more tokens in `small` than in `large`.
pub(super) fn within(small: &[(usize, u32)], large: &[(usize, u32)]) -> bool {
    small.len() <= large.len() && small.iter().all(|(p, n)| tokens_in(large, *p) >= *n)
}

/// What shows that a closed net is not live and bounded.
pub(super) enum Evidence {
    /// From the marking at the end of these steps the start is out of reach.
    NoReturn(Vec<usize>),
    /// These steps make more of everything than the first `ancestor` of them.
    Unbounded { steps: Vec<usize>, ancestor: usize },
    /// These transitions are never enabled.
    Dead(Vec<usize>),
}

pub(super) enum Answer {
    Good,
    Bad(Evidence),
    Unknown(Bound),
}

/// Is the reduced closed net live and bounded? The closed net of a sound workflow net can always
/// return to its start, and the maps of the reduction rules carry that over: so a bounded net is
/// live if and only if every marking leads back to the start and every transition is fired. Past
/// the bound, one search in depth may still meet a defect that the search in breadth is far from.
pub(super) fn judge(net: &Net, limits: Limits) -> Answer {
    let bound = match Space::explore(net, limits, Order::Breadth, true) {
        (space, End::Limit(bound)) => {
            drop(space);
            bound
        }
        (space, end) => return answer(&space, end),
    };
    match Space::explore(net, limits, Order::Depth, true) {
        (_, End::Limit(_)) => Answer::Unknown(bound),
        (space, end) => answer(&space, end),
    }
}

fn answer(space: &Space, end: End) -> Answer {
    match end {
        End::Limit(bound) => Answer::Unknown(bound),
        End::Stuck { node } => Answer::Bad(Evidence::NoReturn(space.path(node))),
        End::Covers { node, ancestor } => Answer::Bad(Evidence::Unbounded {
            steps: space.path(node),
            ancestor: space.path(ancestor).len(),
        }),
        End::Whole => {
            let returns = space.leads_to(0);
            if let Some(node) = returns.iter().position(|leads| !leads) {
                return Answer::Bad(Evidence::NoReturn(space.path(node)));
            }
            let fired = space.fired.iter().enumerate();
            let dead: Vec<usize> = fired.filter(|(_, f)| !**f).map(|(t, _)| t).collect();
            if dead.is_empty() {
                Answer::Good
            } else {
                Answer::Bad(Evidence::Dead(dead))
            }
        }
    }
}
