//! Random workflow nets, from a seed: the same seed gives the same net everywhere.

use std::collections::BTreeSet;

use entente::workflow::net::Net;

/// A small generator of our own (SplitMix64), so that a failing seed can be played again.
pub struct Hasard(u64);

impl Hasard {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `n` − 1.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Arcs (place, transition, weight) in and out, over named nodes; easier to mutate than a `Net`.
#[derive(Default, Clone)]
pub struct Plan {
    pub places: usize,
    pub transitions: usize,
    pub takes: Vec<(usize, usize, u32)>,
    pub gives: Vec<(usize, usize, u32)>,
}

impl Plan {
    fn place(&mut self) -> usize {
        self.places += 1;
        self.places - 1
    }

    /// A transition between these places.
    fn step(&mut self, from: &[usize], to: &[usize]) {
        let t = self.transitions;
        self.transitions += 1;
        self.takes.extend(from.iter().map(|&p| (p, t, 1)));
        self.gives.extend(to.iter().map(|&p| (p, t, 1)));
    }

    pub fn net(&self) -> Net {
        let mut net = Net::new("au hasard");
        for p in 0..self.places {
            net.add_place(format!("p{p}"), "");
        }
        for t in 0..self.transitions {
            net.add_transition(format!("t{t}"), "");
        }
        self.takes.iter().for_each(|&(p, t, w)| net.take(p, t, w));
        self.gives.iter().for_each(|&(p, t, w)| net.give(t, p, w));
        net
    }

    /// Links every stray node so that place 0 is the source, place 1 the sink, and every node lies
    /// on a path between them.
    fn link(&mut self, hasard: &mut Hasard) {
        self.takes.retain(|&(p, _, _)| p != 1);
        self.gives.retain(|&(p, _, _)| p != 0);
        loop {
            let lost = (0..self.transitions).find(|&t| !self.reached(true).1.contains(&t));
            let Some(t) = lost else { break };
            let places: Vec<usize> = self
                .reached(true)
                .0
                .into_iter()
                .filter(|p| *p != 1)
                .collect();
            self.takes.push((places[hasard.below(places.len())], t, 1));
        }
        loop {
            let (places, transitions) = self.reached(false);
            let lost = (0..self.transitions).find(|t| !transitions.contains(t));
            let Some(t) = lost else { break };
            let places: Vec<usize> = places.into_iter().filter(|p| *p != 0).collect();
            self.gives.push((places[hasard.below(places.len())], t, 1));
        }
        for p in 0..self.places {
            if p != 0 && !self.gives.iter().any(|a| a.0 == p) {
                self.gives.push((p, hasard.below(self.transitions), 1));
            }
            if p != 1 && !self.takes.iter().any(|a| a.0 == p) {
                self.takes.push((p, hasard.below(self.transitions), 1));
            }
        }
    }

    fn reached(&self, forward: bool) -> (BTreeSet<usize>, BTreeSet<usize>) {
        let (enter, leave) = if forward {
            (&self.takes, &self.gives)
        } else {
            (&self.gives, &self.takes)
        };
        let mut places = BTreeSet::from([usize::from(!forward)]);
        let mut transitions = BTreeSet::new();
        loop {
            let size = places.len() + transitions.len();
            transitions.extend(enter.iter().filter(|a| places.contains(&a.0)).map(|a| a.1));
            places.extend(
                leave
                    .iter()
                    .filter(|a| transitions.contains(&a.1))
                    .map(|a| a.0),
            );
            if places.len() + transitions.len() == size {
                return (places, transitions);
            }
        }
    }
}

/// Arcs at random between few nodes.
fn arcs(hasard: &mut Hasard) -> Plan {
    let mut plan = Plan {
        places: 2 + hasard.below(5),
        transitions: 1 + hasard.below(5),
        ..Plan::default()
    };
    for _ in 0..plan.transitions + hasard.below(6) {
        let weight = if hasard.chance(12) { 2 } else { 1 };
        let (p, t) = (hasard.below(plan.places), hasard.below(plan.transitions));
        plan.takes.push((p, t, weight));
        let weight = if hasard.chance(12) { 2 } else { 1 };
        let (p, t) = (hasard.below(plan.places), hasard.below(plan.transitions));
        plan.gives.push((p, t, weight));
    }
    plan
}

/// Sequences, choices, loops and parallel parts within one another: sound.
pub fn blocks(hasard: &mut Hasard, depth: usize) -> Plan {
    let mut plan = Plan {
        places: 2,
        ..Plan::default()
    };
    let (first, last) = (plan.place(), plan.place());
    plan.step(&[0], &[first]);
    block(&mut plan, hasard, first, last, depth);
    plan.step(&[last], &[1]);
    plan
}

fn block(plan: &mut Plan, hasard: &mut Hasard, from: usize, to: usize, depth: usize) {
    if depth == 0 {
        return plan.step(&[from], &[to]);
    }
    match hasard.below(5) {
        0 | 1 => {
            let middle = plan.place();
            block(plan, hasard, from, middle, depth - 1);
            block(plan, hasard, middle, to, depth - 1);
        }
        2 => {
            block(plan, hasard, from, to, depth - 1);
            block(plan, hasard, from, to, depth - 1);
        }
        3 => {
            let starts: Vec<usize> = (0..2 + hasard.below(2)).map(|_| plan.place()).collect();
            let ends: Vec<usize> = starts.iter().map(|_| plan.place()).collect();
            plan.step(&[from], &starts);
            for (&start, &end) in starts.iter().zip(&ends) {
                block(plan, hasard, start, end, depth - 1);
            }
            plan.step(&ends, &[to]);
        }
        _ => {
            let (top, bottom) = (plan.place(), plan.place());
            plan.step(&[from], &[top]);
            block(plan, hasard, top, bottom, depth - 1);
            plan.step(&[bottom], &[top]);
            plan.step(&[bottom], &[to]);
        }
    }
}

/// Moves, adds, doubles or drops an arc, adds a self loop, a lane between lanes, a step.
pub fn mutate(plan: &mut Plan, hasard: &mut Hasard) {
    let (p, t) = (hasard.below(plan.places), hasard.below(plan.transitions));
    let (i, j) = (
        hasard.below(plan.takes.len()),
        hasard.below(plan.gives.len()),
    );
    match hasard.below(11) {
        0 => plan.takes[i].0 = p,
        1 => plan.gives[j].0 = p,
        2 => plan.takes.push((p, t, 1)),
        3 => plan.gives.push((p, t, 1)),
        4 => plan.takes[i].2 = 2,
        5 => plan.gives[j].2 = 2,
        6 => {
            plan.takes.push((p, t, 1));
            plan.gives.push((p, t, 1));
        }
        7 => {
            let middle = plan.place();
            plan.gives.push((middle, plan.gives[j].1, 1));
            plan.takes.push((middle, plan.takes[i].1, 1));
        }
        8 => {
            let twin = plan.place();
            plan.takes
                .extend(twins(&plan.takes, |a| a.0 == p, |a| a.0 = twin));
            plan.gives
                .extend(twins(&plan.gives, |a| a.0 == p, |a| a.0 = twin));
        }
        9 => {
            let twin = plan.transitions;
            plan.transitions += 1;
            plan.takes
                .extend(twins(&plan.takes, |a| a.1 == t, |a| a.1 = twin));
            plan.gives
                .extend(twins(&plan.gives, |a| a.1 == t, |a| a.1 = twin));
        }
        _ => {
            let other = hasard.below(plan.places);
            plan.step(&[p], &[other]);
            if hasard.chance(50) {
                plan.takes
                    .push((hasard.below(plan.places), plan.transitions - 1, 1));
            }
        }
    }
}

type Link = (usize, usize, u32);

/// Copies of the arcs of one node, for another that does the same.
fn twins(arcs: &[Link], of: impl Fn(&Link) -> bool, put: impl Fn(&mut Link)) -> Vec<Link> {
    let mut copies: Vec<Link> = arcs.iter().filter(|a| of(a)).copied().collect();
    copies.iter_mut().for_each(put);
    copies
}

/// A random workflow net: source `p0`, sink `p1`.
pub fn plan(seed: u64) -> Plan {
    let mut hasard = Hasard::new(seed);
    let mut plan = if hasard.below(3) == 0 {
        arcs(&mut hasard)
    } else {
        let depth = 1 + hasard.below(3);
        let mut plan = blocks(&mut hasard, depth);
        for _ in 0..hasard.below(4) {
            mutate(&mut plan, &mut hasard);
        }
        plan
    };
    plan.link(&mut hasard);
    plan
}
