//! A marked net whose nodes come and go, with its arcs held from both ends.

use std::collections::VecDeque;

use super::super::{Arcs, Net};
use super::{Item, Reduced, Signature};

/// How fused transitions are played in the original net. Runs share their parts.
#[derive(Debug, Default)]
pub struct Trail {
    runs: Vec<Run>,
    /// Runs played before all else, and how many times.
    pub prelude: Vec<(usize, u32)>,
}

#[derive(Debug, Clone, Copy)]
enum Run {
    One(usize),
    /// The first run, then the second this many times.
    Then(usize, usize, u32),
}

impl Trail {
    /// The run that plays `first`, then `second` `times` times.
    pub fn then(&mut self, first: usize, second: usize, times: u32) -> usize {
        self.runs.push(Run::Then(first, second, times));
        self.runs.len() - 1
    }

    /// Adds the run's original transitions; `None` once more than `limit` are held.
    pub fn play(&self, run: usize, played: &mut Vec<usize>, limit: usize) -> Option<()> {
        let mut todo = vec![(run, 1)];
        while let Some((run, times)) = todo.pop() {
            if times > 1 {
                todo.push((run, times - 1));
            }
            match self.runs[run] {
                Run::One(transition) => played.push(transition),
                Run::Then(first, second, times) => {
                    todo.push((second, times));
                    todo.push((first, 1));
                }
            }
            if played.len() > limit {
                return None;
            }
        }
        Some(())
    }
}

#[derive(Debug)]
pub struct System {
    /// By transition, then place.
    pub inputs: Vec<Arcs>,
    pub outputs: Vec<Arcs>,
    /// By place, then transition.
    pub takers: Vec<Arcs>,
    pub givers: Vec<Arcs>,
    pub tokens: Vec<u32>,
    live_places: Vec<bool>,
    live_transitions: Vec<bool>,
    size: usize,
    /// Nodes whose arcs changed, each once.
    changed: VecDeque<Item>,
    waiting_places: Vec<bool>,
    waiting_transitions: Vec<bool>,
    pub trail: Trail,
    pub runs: Vec<usize>,
    pub stands_for: Vec<usize>,
}

impl System {
    pub fn of(net: &Net) -> Self {
        let (places, transitions) = (net.places.len(), net.transitions.len());
        let mut takers = vec![Arcs::new(); places];
        let mut givers = vec![Arcs::new(); places];
        for t in 0..transitions {
            for (&p, &w) in &net.inputs[t] {
                takers[p].insert(t, w);
            }
            for (&p, &w) in &net.outputs[t] {
                givers[p].insert(t, w);
            }
        }
        let mut tokens = vec![0; places];
        for (&p, &n) in &net.initial {
            tokens[p] = n;
        }
        Self {
            inputs: net.inputs.clone(),
            outputs: net.outputs.clone(),
            takers,
            givers,
            tokens,
            live_places: vec![true; places],
            live_transitions: vec![true; transitions],
            size: places + transitions,
            changed: VecDeque::new(),
            waiting_places: vec![false; places],
            waiting_transitions: vec![false; transitions],
            trail: Trail {
                runs: (0..transitions).map(Run::One).collect(),
                prelude: Vec::new(),
            },
            runs: (0..transitions).collect(),
            stands_for: (0..transitions).collect(),
        }
    }

    pub fn finish(self, net: &Net) -> Reduced {
        let mut small = Net::new(net.name.clone());
        let mut index = vec![0; self.takers.len()];
        for p in (0..self.takers.len()).filter(|&p| self.live_places[p]) {
            index[p] = small.push_place(net.places[p].clone());
            small.mark(index[p], self.tokens[p]);
        }
        let kept = (0..self.inputs.len()).filter(|&t| self.live_transitions[t]);
        let kept: Vec<usize> = kept.collect();
        for &t in &kept {
            let new = small.push_transition(net.transitions[t].clone());
            for (&p, &w) in &self.inputs[t] {
                small.take(index[p], new, w);
            }
            for (&p, &w) in &self.outputs[t] {
                small.give(new, index[p], w);
            }
        }
        Reduced {
            net: small,
            stands_for: kept.iter().map(|&t| self.stands_for[t]).collect(),
            runs: kept.iter().map(|&t| self.runs[t]).collect(),
            trail: self.trail,
        }
    }

    /// How many nodes are left.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Asks that every node be looked at.
    pub fn touch_all(&mut self) {
        (0..self.inputs.len()).for_each(|t| self.touch(Item::Transition(t)));
        (0..self.takers.len()).for_each(|p| self.touch(Item::Place(p)));
    }

    fn touch(&mut self, item: Item) {
        let (live, waiting) = match item {
            Item::Place(p) => (self.live_places[p], &mut self.waiting_places[p]),
            Item::Transition(t) => (self.live_transitions[t], &mut self.waiting_transitions[t]),
        };
        if live && !std::mem::replace(waiting, true) {
            self.changed.push_back(item);
        }
    }

    /// The next node to look at.
    pub fn next_changed(&mut self) -> Option<Item> {
        while let Some(item) = self.changed.pop_front() {
            let (live, waiting) = match item {
                Item::Place(p) => (self.live_places[p], &mut self.waiting_places[p]),
                Item::Transition(t) => (self.live_transitions[t], &mut self.waiting_transitions[t]),
            };
            *waiting = false;
            if live {
                return Some(item);
            }
        }
        None
    }

    pub fn has_place(&self, p: usize) -> bool {
        self.live_places[p]
    }

    pub fn has_transition(&self, t: usize) -> bool {
        self.live_transitions[t]
    }

    pub fn arcs_of_place(&self, p: usize) -> Signature {
        (self.takers[p].clone(), self.givers[p].clone())
    }

    pub fn arcs_of_transition(&self, t: usize) -> Signature {
        (self.inputs[t].clone(), self.outputs[t].clone())
    }

    fn touch_both(&mut self, p: usize, t: usize) {
        self.touch(Item::Place(p));
        self.touch(Item::Transition(t));
    }

    /// Adds to what `t` takes from `p`. The sum fits: callers checked it with [`fits`].
    pub fn add_input(&mut self, p: usize, t: usize, weight: u32) {
        let sum = self.inputs[t].entry(p).or_default();
        *sum += weight;
        self.takers[p].insert(t, *sum);
        self.touch_both(p, t);
    }

    /// Adds to what `t` puts in `p`. The sum fits: callers checked it with [`fits`].
    pub fn add_output(&mut self, t: usize, p: usize, weight: u32) {
        let sum = self.outputs[t].entry(p).or_default();
        *sum += weight;
        self.givers[p].insert(t, *sum);
        self.touch_both(p, t);
    }

    /// Removes a transition and gives back its arcs.
    pub fn remove_transition(&mut self, t: usize) -> (Arcs, Arcs) {
        let inputs = std::mem::take(&mut self.inputs[t]);
        let outputs = std::mem::take(&mut self.outputs[t]);
        for &p in inputs.keys() {
            self.takers[p].remove(&t);
            self.touch(Item::Place(p));
        }
        for &p in outputs.keys() {
            self.givers[p].remove(&t);
            self.touch(Item::Place(p));
        }
        self.live_transitions[t] = false;
        self.size -= 1;
        (inputs, outputs)
    }

    /// Removes a place and gives back its arcs: who takes from it, who puts in it.
    pub fn remove_place(&mut self, p: usize) -> (Arcs, Arcs) {
        let takers = std::mem::take(&mut self.takers[p]);
        let givers = std::mem::take(&mut self.givers[p]);
        for &t in takers.keys() {
            self.inputs[t].remove(&p);
            self.touch(Item::Transition(t));
        }
        for &t in givers.keys() {
            self.outputs[t].remove(&p);
            self.touch(Item::Transition(t));
        }
        self.live_places[p] = false;
        self.size -= 1;
        (takers, givers)
    }
}

/// The only arc of a node, when its weight is 1.
pub fn single(arcs: &Arcs) -> Option<usize> {
    match (arcs.len(), arcs.first_key_value()) {
        (1, Some((&key, 1))) => Some(key),
        _ => None,
    }
}

/// No sum of weights overflows when `extra` is added.
pub fn fits(arcs: &Arcs, extra: &Arcs) -> bool {
    let sum = |(key, w): (&usize, &u32)| arcs.get(key).is_none_or(|v| v.checked_add(*w).is_some());
    extra.iter().all(sum)
}
