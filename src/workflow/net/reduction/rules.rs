//! The conditions of each rule and what it does; see the parent module for why it is right.

use super::super::Arcs;
use super::system::{System, fits, single};

/// An agglomeration may copy at most this many arcs, so that a net never grows much.
const COPIED_ARCS: usize = 64;

impl System {
    /// `Rule::SeriesPlaces` around `t`.
    pub fn series_places(&mut self, t: usize) -> bool {
        let (Some(p), Some(q)) = (single(&self.inputs[t]), single(&self.outputs[t])) else {
            return false;
        };
        if p == q || self.takers[p].len() != 1 || self.givers[p].is_empty() {
            return false;
        }
        let tokens = self.tokens[p].checked_add(self.tokens[q]);
        let sums = self.givers[p].iter().all(|(u, w)| {
            self.givers[q]
                .get(u)
                .is_none_or(|v| v.checked_add(*w).is_some())
        });
        let (Some(tokens), true) = (tokens, sums) else {
            return false;
        };
        let run = self.runs[t];
        for (&u, &w) in &self.givers[p] {
            self.runs[u] = self.trail.then(self.runs[u], run, w);
        }
        if self.tokens[p] > 0 {
            self.trail.prelude.push((run, self.tokens[p]));
        }
        self.remove_transition(t);
        let arcs = |x: usize| self.takers[x].len() + self.givers[x].len();
        let (kept, gone) = if arcs(p) > arcs(q) { (p, q) } else { (q, p) };
        let (takers, givers) = self.remove_place(gone);
        for (u, w) in takers {
            self.add_input(kept, u, w);
        }
        for (u, w) in givers {
            self.add_output(u, kept, w);
        }
        self.tokens[kept] = tokens;
        true
    }

    /// `Rule::AfterPlace` on `p`, when one side of it is a single transition.
    pub fn after_place(&mut self, p: usize) -> bool {
        let (takers, givers) = (&self.takers[p], &self.givers[p]);
        let alone = takers.len() == 1 || givers.len() == 1;
        let apart = !takers.keys().any(|g| givers.contains_key(g));
        let ones = takers.values().chain(givers.values()).all(|&w| w == 1);
        if self.tokens[p] > 0 || takers.is_empty() || !alone || !apart || !ones {
            return false;
        }
        let free = takers.keys().all(|&g| self.inputs[g].len() == 1);
        let puts = takers.keys().any(|&g| !self.outputs[g].is_empty());
        let sums = takers.keys().all(|&g| {
            givers
                .keys()
                .all(|&h| fits(&self.outputs[h], &self.outputs[g]))
        });
        if givers.is_empty() || !free || !puts || !sums {
            return false;
        }
        let of_takers: usize = takers.keys().map(|&g| self.outputs[g].len()).sum();
        let around = |h: usize| self.inputs[h].len() + self.outputs[h].len();
        let of_givers: usize = givers.keys().map(|&h| around(h)).sum();
        let (takers_cost, givers_cost) = (of_takers * givers.len(), of_givers * takers.len());
        match (single(takers), single(givers)) {
            (Some(g), Some(_)) if takers_cost <= givers_cost => self.fuse_into_givers(p, g),
            (_, Some(h)) if takers.len() == 1 || givers_cost <= COPIED_ARCS => {
                self.fuse_into_takers(p, h);
            }
            (Some(g), _) if takers_cost <= COPIED_ARCS => self.fuse_into_givers(p, g),
            _ => return false,
        }
        true
    }

    fn fuse_into_givers(&mut self, p: usize, g: usize) {
        let (_, givers) = self.remove_place(p);
        let (_, outputs) = self.remove_transition(g);
        for &h in givers.keys() {
            self.add_outputs(h, &outputs);
            self.runs[h] = self.trail.then(self.runs[h], self.runs[g], 1);
        }
    }

    fn fuse_into_takers(&mut self, p: usize, h: usize) {
        let (takers, _) = self.remove_place(p);
        let (inputs, outputs) = self.remove_transition(h);
        for &g in takers.keys() {
            self.add_inputs(g, &inputs);
            self.add_outputs(g, &outputs);
            self.runs[g] = self.trail.then(self.runs[h], self.runs[g], 1);
            self.stands_for[g] = self.stands_for[h];
        }
    }

    /// `Rule::BeforePlace` on `p`.
    pub fn before_place(&mut self, p: usize) -> bool {
        let Some(h) = single(&self.givers[p]) else {
            return false;
        };
        let takers = &self.takers[p];
        let inputs = &self.inputs[h];
        let alone = |q: &usize| self.takers[*q].len() == 1;
        let copied = takers.len() * inputs.len();
        if self.tokens[p] > 0
            || single(&self.outputs[h]) != Some(p)
            || inputs.is_empty()
            || inputs.contains_key(&p)
            || !inputs.keys().all(alone)
            || takers.is_empty()
            || !takers.values().all(|&w| w == 1)
            || (takers.len() > 1 && copied > COPIED_ARCS)
        {
            return false;
        }
        let (takers, _) = self.remove_place(p);
        let (inputs, _) = self.remove_transition(h);
        for &g in takers.keys() {
            self.add_inputs(g, &inputs);
            self.runs[g] = self.trail.then(self.runs[h], self.runs[g], 1);
        }
        true
    }

    /// `Rule::LoopPlace` on `p`.
    pub fn loop_place(&mut self, p: usize) -> bool {
        let takers = &self.takers[p];
        let needed = takers.values().max().copied().unwrap_or(0);
        let others = takers.keys().all(|&t| self.inputs[t].len() > 1);
        if takers.is_empty() || *takers != self.givers[p] || self.tokens[p] < needed || !others {
            return false;
        }
        self.remove_place(p);
        true
    }

    /// `Rule::LoopTransition` on `t`.
    pub fn loop_transition(&mut self, t: usize) -> bool {
        let needed = &self.inputs[t];
        if *needed != self.outputs[t] {
            return false;
        }
        let arcs = |p: &usize| self.takers[*p].len() + self.givers[*p].len();
        let Some(p) = needed.keys().copied().min_by_key(arcs) else {
            return false;
        };
        let covers = |arcs: &Arcs| needed.iter().all(|(p, w)| arcs.get(p) >= Some(w));
        let mut takers = self.takers[p].keys().filter(|&&u| u != t);
        let mut givers = self.givers[p].keys().filter(|&&u| u != t);
        if !takers.any(|&u| covers(&self.inputs[u])) && !givers.any(|&u| covers(&self.outputs[u])) {
            return false;
        }
        self.remove_transition(t);
        true
    }

    fn add_inputs(&mut self, t: usize, arcs: &Arcs) {
        for (&p, &w) in arcs {
            self.add_input(p, t, w);
        }
    }

    fn add_outputs(&mut self, t: usize, arcs: &Arcs) {
        for (&p, &w) in arcs {
            self.add_output(t, p, w);
        }
    }
}
