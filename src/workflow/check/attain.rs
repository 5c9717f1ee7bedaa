//! What can be moved where one stands.
//!
//! A requirement is *attainable* when each of its facts can be moved in the active configuration:
//! by a present party that holds a right there (`allow` on the state, on what encloses it, or at
//! the root), by a declaration, a child, an import, the clock, or an act that leaves one there. It
//! can then be made true, whatever its value is now.

use super::view::{Cause, Move, View};
use crate::workflow::catalogue::Mover;
use crate::workflow::condition::Condition;
use crate::workflow::definition::model::{Allow, Body, Moment, Node, NodeId, Requirement, Target};
use crate::workflow::definition::party::PartyExpr;
use std::collections::BTreeSet;

/// The machine's own facts about branches: they move as branches do.
const BRANCHES: &str = "branches.";

/// What can be moved, with everyone or without one party.
#[derive(Clone, Copy)]
pub struct Attain<'v, 'a> {
    pub view: &'v View<'a>,
    /// A party that does nothing at all.
    pub without: Option<&'v str>,
}

impl<'a> Attain<'_, 'a> {
    /// Whether the expression can hold, whatever the sets and the rules are.
    pub fn able(self, by: &PartyExpr) -> bool {
        match self.without {
            None => self.view.casting.available(by),
            Some(party) => self.view.casting.always_holds_without(by, party),
        }
    }

    /// The conditions of a move that nobody can bring about at `at`; `None`: the move itself
    /// cannot be made.
    pub fn residue(self, at: NodeId, m: &Move<'a>) -> Option<Vec<&'a Condition>> {
        match m.cause {
            Cause::Act(act) => {
                let held = act.requires.iter().filter(|r| !self.attainable(at, r));
                self.able(&act.by)
                    .then(|| held.map(|r| &r.condition).collect())
            }
            // Someone else can refuse as soon as two must agree.
            Cause::Refusal(act) => {
                let named = self.view.casting.named(&act.by);
                let other = named.iter().any(|p| Some(*p) != self.without);
                other.then(Vec::new)
            }
            Cause::Expiry(_, timer) | Cause::Timer(timer) => {
                let when = timer.when.as_ref().filter(|c| !self.movable(at, c));
                self.falls(&timer.moment)
                    .then(|| when.into_iter().collect())
            }
            Cause::Auto(auto, _) => {
                let when = auto.when.as_ref().filter(|c| !self.movable(at, c));
                Some(when.into_iter().collect())
            }
        }
    }

    fn attainable(self, at: NodeId, requirement: &Requirement) -> bool {
        let waived = requirement.waive.as_ref().is_some_and(|by| self.able(by));
        waived || self.movable(at, &requirement.condition)
    }

    /// Whether each fact of the condition can be moved at `at`.
    pub fn movable(self, at: NodeId, condition: &Condition) -> bool {
        self.moved(at, condition, &mut BTreeSet::new())
    }

    fn moved(self, at: NodeId, condition: &Condition, asked: &mut BTreeSet<String>) -> bool {
        let facts = condition.facts();
        let dones = condition.dones();
        let counts = condition.counts();
        let something = !(facts.is_empty() && dones.is_empty() && counts.is_empty());
        something
            && facts.iter().all(|f| self.fact(at, f))
            && dones.iter().all(|act| self.doable(at, act, asked))
    }

    fn fact(self, at: NodeId, name: &str) -> bool {
        if name.starts_with(BRANCHES) {
            return true;
        }
        let fact = self.view.casting.catalogue.fact(name);
        fact.is_some_and(|f| f.moved_by.iter().any(|m| self.mover(at, m)))
    }

    fn mover(self, at: NodeId, mover: &Mover) -> bool {
        match mover {
            Mover::Capability(name) => {
                let root = self.view.workflow.allow.iter();
                let open = self.open(at);
                let open = open.iter().flat_map(|n| &n.allow);
                root.chain(open).any(|a| self.grants(a, name))
            }
            Mover::Declaration(kind) => {
                let present = &self.view.combination().present;
                present
                    .iter()
                    .any(|p| p.kind == *kind && Some(p.id.as_str()) != self.without)
            }
            Mover::Child(name) => self.starts(name),
            Mover::Import | Mover::Clock => true,
            Mover::Act => self.open(at).iter().any(|n| {
                let moves = self.view.moves(n.id).iter();
                moves.into_iter().any(|m| self.comes_back(n, m))
            }),
        }
    }

    fn grants(self, allow: &Allow, capability: &str) -> bool {
        // One of them is enough to write.
        let one = PartyExpr::Any(vec![allow.who.clone()]);
        allow.capabilities.iter().any(|c| c == capability) && self.able(&one)
    }

    /// A child of this name may run: this workflow starts it, or its root may.
    fn starts(self, name: &str) -> bool {
        let workflow = self.view.workflow;
        let here = |n: &Node| {
            let acts = n.acts.iter().filter_map(|a| a.starts.as_ref());
            let timers = n.after.iter().filter_map(|t| t.starts.as_ref());
            acts.chain(timers).any(|s| s.workflow == name)
        };
        !workflow.parent.is_empty() || workflow.nodes.iter().any(here)
    }

    /// An act one can do and still be here, or be here again.
    fn comes_back(self, node: &Node, m: &Move<'_>) -> bool {
        let Cause::Act(act) = m.cause else {
            return false;
        };
        self.able(&act.by)
            && match m.to {
                None => true,
                Some(Target::Node(to)) => to == node.id || self.leads(to, node.id),
                Some(Target::End) => false,
            }
    }

    /// Whether `from` leads to `to` inside their block.
    fn leads(self, from: NodeId, to: NodeId) -> bool {
        let mut seen = BTreeSet::new();
        let mut queue = vec![from];
        while let Some(id) = queue.pop() {
            if id == to {
                return true;
            }
            if !seen.insert(id) {
                continue;
            }
            let moves = self.view.moves(id).iter().filter_map(|m| m.to);
            for next in moves.chain(self.view.node(id).body.done()) {
                if let Target::Node(next) = next {
                    queue.push(next);
                }
            }
        }
        false
    }

    fn doable(self, at: NodeId, name: &str, asked: &mut BTreeSet<String>) -> bool {
        if !asked.insert(name.to_owned()) {
            return false;
        }
        let open = self.open(at);
        let found = open.iter().any(|n| {
            let moves = self.view.moves(n.id).iter();
            moves.into_iter().any(|m| match m.cause {
                Cause::Act(act) if act.name == name => {
                    self.able(&act.by)
                        && act.requires.iter().all(|r| {
                            let waived = r.waive.as_ref().is_some_and(|by| self.able(by));
                            waived || self.moved(at, &r.condition, asked)
                        })
                }
                _ => false,
            })
        });
        asked.remove(name);
        found
    }

    /// The states open for certain when one stands at `at`: itself and what encloses it; and what
    /// a composite holds, when it is the composite that is asked about.
    fn open(self, at: NodeId) -> Vec<&'a Node> {
        let workflow = self.view.workflow;
        let mut open = vec![workflow.node(at)];
        open.extend(workflow.ancestors(at));
        if !matches!(workflow.node(at).body, Body::Leaf) {
            let inside = |n: &&Node| workflow.ancestors(n.id).any(|holder| holder.id == at);
            open.extend(workflow.nodes.iter().filter(inside));
        }
        open
    }

    /// Whether the date of a timer can be known: each of its facts is given once and for all, or
    /// someone can move it somewhere in the workflow.
    pub fn falls(self, moment: &Moment) -> bool {
        let date = match moment {
            Moment::In { from, .. } => from.as_ref(),
            Moment::At(date) => Some(date),
            Moment::Every { .. } => None,
        };
        date.is_none_or(|d| d.facts().iter().all(|f| self.known(f)))
    }

    fn known(self, name: &str) -> bool {
        let workflow = self.view.workflow;
        let Some(fact) = self.view.casting.catalogue.fact(name) else {
            return true;
        };
        let all: Vec<NodeId> = workflow.nodes.iter().map(|n| n.id).collect();
        fact.moved_by.is_empty()
            || !workflow.parent.is_empty()
            || all
                .iter()
                .any(|id| fact.moved_by.iter().any(|m| self.mover(*id, m)))
    }
}
