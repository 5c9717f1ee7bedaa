//! Petri nets: PNML in, soundness out. Judges anyone's place/transition workflow net.
//!
//! **Workflow net**: one source place `i` (nothing puts a token in it), one sink place `o` (nothing
//! takes a token from it), every node on a path from `i` to `o`. It starts with one token in `i`.
//!
//! **Sound** (van der Aalst): from every reachable marking the marking `[o]` can be reached; when
//! `o` is marked nothing else is; no transition is dead. The same thing, said of the net `N*` in
//! which one more transition leads from `o` back to `i`: `N*` is live and bounded.
//!
//! **Refused or unsound?** Without one source and one sink the question has no meaning: *refused*.
//! With them, a node off every path from source to sink does prove the net unsound, so the verdict
//! is *unsound*: what cannot be reached from `i` holds a transition that never gets a token, or one
//! that needs none and fires for ever; a token in a place that does not lead to `o` is never taken
//! away, unless by a transition that puts nothing back, and then the tokens it took could have
//! been left behind beside `o`. (A transition without any arc does no harm, but it is no step of
//! the workflow either: it is named with the others.)
//!
//! The judge reduces `N*` ([`reduction`]), explores what remains within [`Limits`], and when the
//! answer is no looks in the original net for the shortest way to show it.

mod diagnosis;
/// PNML, read and written.
pub mod pnml;
/// Rules that make a net smaller and keep it live and bounded, or not, as it was.
pub mod reduction;
mod space;
mod structure;
mod tell;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::workflow::problem::{self, Code, Problem};

/// A place or a transition, as its author knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub id: String,
    /// Shown to people; the identifier when the file gives no name.
    pub name: String,
    /// Where the file declares it; the default when it comes from no file.
    pub at: problem::Place,
}

/// Arcs of one transition: place index to weight (≥ 1).
pub type Arcs = BTreeMap<usize, u32>;

/// A place/transition net with its initial marking. Indices count from 0 in order of addition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Net {
    pub name: String,
    places: Vec<Node>,
    transitions: Vec<Node>,
    inputs: Vec<Arcs>,
    outputs: Vec<Arcs>,
    /// Tokens at the start, by place; empty: the file says nothing.
    initial: BTreeMap<usize, u32>,
    /// Tokens at the end, by place; empty: the file says nothing.
    last: BTreeMap<usize, u32>,
}

impl Net {
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Adds a place and gives its index.
    pub fn add_place(&mut self, id: impl Into<String>, name: impl Into<String>) -> usize {
        self.push_place(Node::new(id, name, problem::Place::default()))
    }

    /// Adds a transition without arcs and gives its index.
    pub fn add_transition(&mut self, id: impl Into<String>, name: impl Into<String>) -> usize {
        self.push_transition(Node::new(id, name, problem::Place::default()))
    }

    fn push_place(&mut self, node: Node) -> usize {
        self.places.push(node);
        self.places.len() - 1
    }

    fn push_transition(&mut self, node: Node) -> usize {
        self.transitions.push(node);
        self.inputs.push(Arcs::new());
        self.outputs.push(Arcs::new());
        self.transitions.len() - 1
    }

    /// The transition takes `weight` more tokens from the place; 0 changes nothing.
    pub fn take(&mut self, place: usize, transition: usize, weight: u32) {
        add(&mut self.inputs[transition], place, weight);
    }

    /// The transition puts `weight` more tokens in the place; 0 changes nothing.
    pub fn give(&mut self, transition: usize, place: usize, weight: u32) {
        add(&mut self.outputs[transition], place, weight);
    }

    /// Puts `tokens` more in the place at the start.
    pub fn mark(&mut self, place: usize, tokens: u32) {
        add(&mut self.initial, place, tokens);
    }

    /// Declares `tokens` more in the place at the end.
    pub fn mark_last(&mut self, place: usize, tokens: u32) {
        add(&mut self.last, place, tokens);
    }

    pub fn places(&self) -> &[Node] {
        &self.places
    }

    pub fn transitions(&self) -> &[Node] {
        &self.transitions
    }

    /// What a transition takes.
    pub fn inputs(&self, transition: usize) -> &Arcs {
        &self.inputs[transition]
    }

    /// What a transition puts.
    pub fn outputs(&self, transition: usize) -> &Arcs {
        &self.outputs[transition]
    }

    pub fn initial(&self) -> &BTreeMap<usize, u32> {
        &self.initial
    }

    pub fn last(&self) -> &BTreeMap<usize, u32> {
        &self.last
    }
}

impl Node {
    fn new(id: impl Into<String>, name: impl Into<String>, at: problem::Place) -> Self {
        let id = id.into();
        let name = Some(name.into()).filter(|n| !n.is_empty());
        Self {
            name: name.unwrap_or_else(|| id.clone()),
            id,
            at,
        }
    }
}

fn add(arcs: &mut Arcs, key: usize, weight: u32) {
    if weight > 0 {
        let sum = arcs.entry(key).or_default();
        *sum = sum.saturating_add(weight);
    }
}

/// The answer; names are part of the command line's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Sound,
    Unsound,
    /// A bound was hit before an answer.
    Undecided,
    /// Unreadable, or no workflow net.
    Refused,
}

/// The answer and what shows it; no problem if and only if sound. The path of a problem holds
/// identifiers: the source place, then the transitions fired, in order; for a dead transition, the
/// shortest chain of nodes that leads to it; for nodes off every path, these nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    pub verdict: Verdict,
    pub problems: Vec<Problem>,
}

/// What an exploration may use before it gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub markings: usize,
    /// For markings and steps together, about.
    pub bytes: usize,
    /// Marked places copied while firing, in all: what the time goes to.
    pub work: u64,
}

impl Limits {
    /// A tenth: finding the words for an answer must not cost more than the answer.
    fn tenth(self) -> Self {
        Self {
            markings: self.markings / 10,
            bytes: self.bytes / 10,
            work: self.work / 10,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            markings: 200_000,
            bytes: 128 << 20,
            work: 100_000_000,
        }
    }
}

impl Judgement {
    fn one(verdict: Verdict, problem: Problem) -> Self {
        Self {
            verdict,
            problems: vec![problem],
        }
    }
}

/// Reads a PNML file and judges its net.
pub fn check(bytes: &[u8]) -> Judgement {
    match pnml::read(bytes) {
        Ok(net) => judge(&net, Limits::default()),
        Err(problem) => Judgement::one(Verdict::Refused, problem),
    }
}

/// Judges a net. The time it takes is near linear for nets made of sequences, choices, loops and
/// parallel blocks, and bounded by `limits` for the others.
pub fn judge(net: &Net, limits: Limits) -> Judgement {
    let ends = match structure::ends(net) {
        Ok(ends) => ends,
        Err(problem) => return Judgement::one(Verdict::Refused, problem),
    };
    let stray = structure::stray(net, ends);
    if !stray.is_empty() {
        return Judgement {
            verdict: Verdict::Unsound,
            problems: stray,
        };
    }
    let closed = structure::close(net, ends);
    let reduced = reduction::Reduced::of(&closed, &reduction::Rule::ALL);
    let evidence = match space::judge(&reduced.net, limits) {
        space::Answer::Good => {
            return Judgement {
                verdict: Verdict::Sound,
                problems: Vec::new(),
            };
        }
        space::Answer::Unknown(bound) => {
            return Judgement::one(Verdict::Undecided, tell::undecided(bound, limits));
        }
        space::Answer::Bad(evidence) => evidence,
    };
    let problems = diagnosis::shortest(net, ends, limits.tenth())
        .unwrap_or_else(|| diagnosis::expanded(net, ends, &reduced, &evidence));
    Judgement {
        verdict: Verdict::Unsound,
        problems,
    }
}

fn refused(at: problem::Place, message: impl Into<String>) -> Problem {
    Problem::new(Code::Syntaxe, at, message)
}
