//! Rules that make a marked net smaller. Each keeps it live and bounded if it was, and not if it
//! was not; the proofs below go both ways, so that no rule can hide a defect.
//!
//! `•x` is what `x` takes or is filled by, `x•` what it puts or is taken by; weights are 1 unless
//! said. `M0` is the marking at the start. In the agglomerations, `f` maps a marking of the net to
//! one of the smaller net; every step of the net maps to a step, or to nothing, of the smaller one,
//! and `f(M0)` is its start. Two facts serve each time: a transition enabled at `M` stays enabled
//! when tokens are added, and a place that no other transition takes from cannot be emptied by
//! surprise.
//!
//! - [`Rule::SeriesPlaces`]: `•t = {p}`, `t• = {q}`, `p• = {t}`, `p ≠ q`, `•p` not empty. `p` and
//!   `q` become one place with the tokens of both. `t` needs nothing but `p` and nobody else takes
//!   from `p`, so it can be fired at once. *Kept*: `f(M)(q) = M(p) + M(q)`. A step of the smaller
//!   net is played by firing `t` as often as `p` allows, then the step; a step of the net maps to
//!   itself, `t` to nothing. So each other transition is live in one if in the other, and `t` is
//!   live if what fills `p` is: hence `•p` not empty. Bounds add up.
//! - [`Rule::AfterPlace`] (post-agglomeration): `p` empty at the start, each `h` of `•p` puts 1,
//!   each `g` of `p•` takes 1 from `p` and nothing else, no transition does both, some `g` puts a
//!   token somewhere. Each `h` is fused with each `g`. Nothing prevents or favours any `g` once `p`
//!   is marked, so choosing and firing it at once loses nothing. *Kept*: from `M`, fire any `g`
//!   for each token of `p`: a marking of the smaller net, at least `M` elsewhere; moving each
//!   `g` right after the `h` that fed it turns a run of the net into one of the smaller. So `h·g`
//!   is live for every `g` if `h` is, and `g` if some `h` is. Bounded: `M(p)` tokens can become as
//!   many tokens in a place after the `g` that puts some.
//! - [`Rule::BeforePlace`] (pre-agglomeration): `p` empty at the start, `•p = {h}`, `h• = {p}`,
//!   `•h` not empty, nobody but `h` takes from `•h`. `h` is fused with each `g` of `p•`, which
//!   takes 1 from `p`. Nobody competes with `h`, so it can wait for the `g` that needs it. *Kept*:
//!   `f(M)` gives back to `•h` what the tokens of `p` cost. A step `h·g` is played by `g` if `p` is
//!   marked, by `h` then `g` if not. `h` is live: `h·g` can be fired once more than `p` has tokens.
//!   Bounded: each token in `p` is one in each place of `•h`.
//! - [`Rule::ParallelPlaces`]: two places with the same arcs differ by a constant; the one with
//!   more tokens at the start never forbids what the other allows. It goes. Same runs.
//! - [`Rule::ParallelTransitions`]: two transitions with the same arcs; one goes. Same markings,
//!   and each is live if the other is.
//! - [`Rule::LoopPlace`]: each transition puts back what it takes from `p`, `M0(p)` is enough for
//!   all, and each has another input. `p` never changes and never forbids. It goes. Same runs.
//! - [`Rule::LoopTransition`]: `t` puts back all it takes, *and another transition needs at least
//!   as much or puts at least as much*. Then `t` is enabled just before or just after that one: it
//!   is live if that one is, and firing it changes nothing. Without the second condition the rule
//!   would hide a step that can never happen; a dead `t` here always leaves behind another
//!   transition that is not live.
//!
//! Each application removes at least one node and the agglomerations may add a bounded number of
//! arcs, so the whole is near linear: nodes whose arcs changed are looked at again, by worklist.

mod rules;
mod system;

use std::collections::HashMap;

use super::{Arcs, Net};
use system::{System, Trail, single};

/// One rule; see the module for its conditions and why it keeps the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    SeriesPlaces,
    AfterPlace,
    BeforePlace,
    ParallelPlaces,
    ParallelTransitions,
    LoopPlace,
    LoopTransition,
}

impl Rule {
    pub const ALL: [Rule; 7] = [
        Rule::SeriesPlaces,
        Rule::AfterPlace,
        Rule::BeforePlace,
        Rule::ParallelPlaces,
        Rule::ParallelTransitions,
        Rule::LoopPlace,
        Rule::LoopTransition,
    ];
}

/// The smaller net, live and bounded if and only if `net` is: `rules` are applied from its initial
/// marking until none applies.
pub fn reduce(net: &Net, rules: &[Rule]) -> Net {
    Reduced::of(net, rules).net
}

/// A smaller net, and how to play its transitions in the net it comes from.
pub(super) struct Reduced {
    pub net: Net,
    /// For each transition, one of the original net that is dead if and only if it is.
    pub stands_for: Vec<usize>,
    trail: Trail,
    /// For each transition, its run in the trail.
    runs: Vec<usize>,
}

impl Reduced {
    pub fn of(net: &Net, rules: &[Rule]) -> Self {
        let mut reducer = Reducer::new(net, rules);
        reducer.exhaust();
        reducer.system.finish(net)
    }

    /// The original transitions that play these, from the original start; `None` past `limit`.
    /// The second value counts the original steps played before each of them.
    pub fn expand(&self, steps: &[usize], limit: usize) -> Option<(Vec<usize>, Vec<usize>)> {
        let mut played = Vec::new();
        for &(run, times) in &self.trail.prelude {
            for _ in 0..times {
                self.trail.play(run, &mut played, limit)?;
            }
        }
        let mut before = Vec::with_capacity(steps.len());
        for &step in steps {
            before.push(played.len());
            self.trail.play(self.runs[step], &mut played, limit)?;
        }
        Some((played, before))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Place(usize),
    Transition(usize),
}

type Signature = (Arcs, Arcs);

/// Applies rules until none does.
struct Reducer {
    system: System,
    allowed: [bool; Rule::ALL.len()],
    /// Nodes last seen with these arcs; looked up only, and checked again before use.
    same_places: HashMap<Signature, usize>,
    same_transitions: HashMap<Signature, usize>,
}

impl Reducer {
    fn new(net: &Net, rules: &[Rule]) -> Self {
        let mut allowed = [false; Rule::ALL.len()];
        for &rule in rules {
            allowed[rule as usize] = true;
        }
        Self {
            system: System::of(net),
            allowed,
            same_places: HashMap::new(),
            same_transitions: HashMap::new(),
        }
    }

    fn allows(&self, rule: Rule) -> bool {
        self.allowed[rule as usize]
    }

    /// A condition may come true far from the arcs that changed, so full passes end the work.
    fn exhaust(&mut self) {
        loop {
            let size = self.system.size();
            self.system.touch_all();
            while let Some(item) = self.system.next_changed() {
                match item {
                    Item::Place(p) => self.try_place(p),
                    Item::Transition(t) => self.try_transition(t),
                };
            }
            if self.system.size() == size {
                return;
            }
        }
    }

    fn try_place(&mut self, p: usize) -> bool {
        (self.allows(Rule::LoopPlace) && self.system.loop_place(p))
            || (self.allows(Rule::ParallelPlaces) && self.parallel_place(p))
            || self.agglomerate(p)
    }

    fn try_transition(&mut self, t: usize) -> bool {
        (self.allows(Rule::SeriesPlaces) && self.system.series_places(t))
            || (self.allows(Rule::LoopTransition) && self.system.loop_transition(t))
            || (self.allows(Rule::ParallelTransitions) && self.parallel_transition(t))
            || single(&self.system.inputs[t]).is_some_and(|p| self.agglomerate(p))
            || single(&self.system.outputs[t]).is_some_and(|p| self.agglomerate(p))
    }

    fn agglomerate(&mut self, p: usize) -> bool {
        (self.allows(Rule::AfterPlace) && self.system.after_place(p))
            || (self.allows(Rule::BeforePlace) && self.system.before_place(p))
    }

    fn parallel_place(&mut self, p: usize) -> bool {
        let signature = self.system.arcs_of_place(p);
        let twin = self.same_places.insert(signature.clone(), p);
        let Some(twin) = twin.filter(|&q| q != p && self.system.has_place(q)) else {
            return false;
        };
        if self.system.arcs_of_place(twin) != signature {
            return false;
        }
        let (kept, gone) = if self.system.tokens[p] >= self.system.tokens[twin] {
            (twin, p)
        } else {
            (p, twin)
        };
        self.same_places.insert(signature, kept);
        self.system.remove_place(gone);
        true
    }

    fn parallel_transition(&mut self, t: usize) -> bool {
        let signature = self.system.arcs_of_transition(t);
        let twin = self.same_transitions.insert(signature.clone(), t);
        let Some(twin) = twin.filter(|&u| u != t && self.system.has_transition(u)) else {
            return false;
        };
        if self.system.arcs_of_transition(twin) != signature {
            return false;
        }
        self.same_transitions.insert(signature, twin);
        self.system.remove_transition(t);
        true
    }
}
