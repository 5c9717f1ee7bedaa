//! What can be moved where one stands.
//!
//! A requirement is *attainable* when each of its facts can be moved in the active configuration:
//! by a present party that holds a right there (`allow` on the state, on what encloses it, or at
//! the root), by a declaration, a child, an import, the clock, or an act that the catalogue names,
//! that can be done there and that leaves one there. It can then be made true, whatever its value
//! is now.
//!
//! **Acts that need acts.** The acts that can be done in a configuration are a least fixpoint:
//! first those that need no other act, then those that need these, until nothing more comes. So an
//! act that needs itself, or two that need each other, cannot be done.
//!
//! **Without a party.** A fact that each states for itself (`each`) is not moved by the others in
//! its place. Of a set that may hold some parties only, the worst part is taken.
//!
//! **Dates.** An unknown date leaves a timer unarmed. A date counts as known when someone can give
//! it where one stands, beside, or in a state one may have come from: that it was indeed given
//! there is a guard's matter, and is not proven.

use super::view::{Cause, Move, View};
use crate::workflow::catalogue::{Fact, Mover};
use crate::workflow::condition::Condition;
use crate::workflow::definition::model::{
    Act, Allow, Body, Moment, Node, NodeId, Policy, Requirement, Target,
};
use crate::workflow::definition::party::PartyExpr;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The machine's own facts about branches: they move as branches do, so as long as none is trapped
/// ([`Attain::counts_in_vain`]).
const BRANCHES: &str = "branches.";

/// The conditions of a move that nobody can bring about; `None`: the move cannot be made.
pub type Left<'a> = Option<Vec<&'a Condition>>;

/// What is left of a move, by the places people may go to.
type Asked<'a> = Vec<(BTreeSet<NodeId>, Left<'a>)>;

/// An act that can be done, and the state that declares it.
type Doable<'a> = (&'a Node, Move<'a>, &'a Act);

/// What can be moved, with everyone or without one party.
pub struct Attain<'v, 'a> {
    view: &'v View<'a>,
    /// A party that does nothing at all.
    without: Option<&'v str>,
    /// A composite without `done` is asked about once all it holds has ended.
    waiting: bool,
    /// By state, the acts that can be done when one stands there.
    doable: RefCell<BTreeMap<NodeId, Rc<Vec<Doable<'a>>>>>,
    /// By state and position of the move.
    left: RefCell<BTreeMap<(NodeId, usize), Asked<'a>>>,
    /// By state, those one may have met.
    past: RefCell<BTreeMap<NodeId, Rc<BTreeSet<NodeId>>>>,
}

impl<'v, 'a> Attain<'v, 'a> {
    pub fn new(view: &'v View<'a>, without: Option<&'v str>) -> Self {
        Self {
            view,
            without,
            waiting: false,
            doable: RefCell::default(),
            left: RefCell::default(),
            past: RefCell::default(),
        }
    }

    /// With everyone, and nobody left inside the composites that wait.
    pub fn waiting(view: &'v View<'a>) -> Self {
        Self {
            waiting: true,
            ..Self::new(view, None)
        }
    }

    /// Whether the expression holds in the end, whatever the sets and the rules are.
    pub fn able(&self, by: &PartyExpr) -> bool {
        match self.without {
            None => self.view.casting.always_available(by),
            Some(party) => self.view.casting.always_holds_without(by, party),
        }
    }

    /// What is left of a move for people who stand at `at`.
    pub fn residue(&self, at: NodeId, m: &Move<'a>) -> Left<'a> {
        match m.cause {
            Cause::Act(act) => {
                let held = act.requires.iter().filter(|r| !self.attainable(at, r));
                self.able(&act.by)
                    .then(|| held.map(|r| &r.condition).collect())
            }
            Cause::Refusal(act) => self.refusable(act).then(Vec::new),
            Cause::Expiry(_, timer) | Cause::Timer(timer) => {
                // Read once, on the day: if it does not hold then, the timer lapses, whatever one
                // may do later. A yearly one comes again.
                let again = matches!(timer.moment, Moment::Every { .. });
                let when = timer.when.as_ref();
                let when = when.filter(|c| !(again && self.movable(at, c)));
                self.falls(at, &timer.moment)
                    .then(|| when.into_iter().collect())
            }
            Cause::Auto(auto, _) => {
                let when = auto.when.as_ref().filter(|c| !self.movable(at, c));
                Some(when.into_iter().collect())
            }
        }
    }

    /// The same for a move of the state `id`, and people who may go from one of these places to any
    /// other.
    pub fn left(&self, id: NodeId, places: &BTreeSet<NodeId>, m: &Move<'a>) -> Left<'a> {
        let mut known = self.left.borrow_mut();
        let asked = known.entry((id, m.index)).or_default();
        if let Some((_, left)) = asked.iter().find(|(other, _)| other == places) {
            return left.clone();
        }
        let left = self.left_among(places, m);
        asked.push((places.clone(), left.clone()));
        left
    }

    fn left_among(&self, places: &BTreeSet<NodeId>, m: &Move<'a>) -> Left<'a> {
        let mut found: Left<'a> = None;
        for here in places.iter().filter_map(|at| self.residue(*at, m)) {
            let left = match found {
                None => here,
                Some(before) => before.into_iter().filter(|c| here.contains(c)).collect(),
            };
            if left.is_empty() {
                return Some(left);
            }
            found = Some(left);
        }
        found
    }

    /// Whether the move waits in vain for branches that it counts, without anybody to waive that:
    /// one of them is trapped for good (nobody stands in the composite itself), or the move is made
    /// inside one of them, which then waits for itself or for its likes.
    pub fn counts_in_vain(&self, id: NodeId, standing: &BTreeSet<NodeId>, m: &Move<'_>) -> bool {
        let all = matches!(self.view.node(id).body, Body::Each { .. });
        if all && standing.contains(&id) {
            return false;
        }
        let counts = |c: &Condition| {
            let open = c.facts().iter().any(|f| f.starts_with(BRANCHES));
            open || !c.counts().is_empty()
        };
        match m.cause {
            Cause::Act(act) => act.requires.iter().any(|r| {
                let waived = r.waive.as_ref().is_some_and(|by| self.able(by));
                !waived && counts(&r.condition)
            }),
            Cause::Auto(auto, _) => auto.when.as_ref().is_some_and(counts),
            Cause::Timer(timer) | Cause::Expiry(_, timer) => {
                timer.when.as_ref().is_some_and(counts)
            }
            Cause::Refusal(_) => false,
        }
    }

    /// Whether an agreement can be refused: by someone else than the party, whatever the sets are;
    /// and, when every answer is waited for, by people among whom it is not.
    fn refusable(&self, act: &Act) -> bool {
        let casting = self.view.casting;
        let Some(party) = self.without else {
            return casting.always_available(&act.by);
        };
        let refused = act.refused.as_ref();
        let waited = refused.is_some_and(|r| r.policy == Policy::Collect);
        casting.always_someone_but(&act.by, party)
            && !(waited && casting.named(&act.by).contains(party))
    }

    fn attainable(&self, at: NodeId, requirement: &Requirement) -> bool {
        let waived = requirement.waive.as_ref().is_some_and(|by| self.able(by));
        waived || self.movable(at, &requirement.condition)
    }

    /// Whether each fact of the condition can be moved at `at`.
    pub fn movable(&self, at: NodeId, condition: &Condition) -> bool {
        if self.asks_acts(condition) {
            self.moved(at, condition, &self.doable(at))
        } else {
            self.moved(at, condition, &[])
        }
    }

    /// Whether someone who is not left out may be meant.
    fn may(&self, by: &PartyExpr) -> bool {
        let named = self.view.casting.named(by);
        named.iter().any(|p| Some(*p) != self.without)
    }

    /// Whether nothing in the file moves any of the condition's facts.
    pub fn still(&self, condition: &Condition) -> bool {
        let catalogue = self.view.casting.catalogue;
        let moves = |fact: &Fact, mover: &Mover| match mover {
            Mover::Act(names) => {
                let mut acts = self.view.workflow.nodes.iter().flat_map(|n| &n.acts);
                acts.any(|act| names.contains(&act.name.as_str()) && self.may(&act.by))
            }
            Mover::Capability(name) => {
                let root = self.view.workflow.allow.iter();
                let nodes = self.view.workflow.nodes.iter();
                let mut rights = root.chain(nodes.flat_map(|n| &n.allow));
                rights.any(|a| a.capabilities.iter().any(|c| c == name) && self.may(&a.who))
            }
            other => self.mover(self.view.workflow.root().start, fact, other),
        };
        let still = |name: &&str| {
            let fact = catalogue.fact(name);
            fact.is_some_and(|f| !f.moved_by.iter().any(|m| moves(f, m)))
        };
        condition.dones().is_empty()
            && condition.counts().is_empty()
            && condition.facts().iter().all(still)
    }

    fn asks_acts(&self, condition: &Condition) -> bool {
        let catalogue = self.view.casting.catalogue;
        let acts = |f: &&str| {
            let fact = catalogue.fact(f);
            fact.is_some_and(|f| f.moved_by.iter().any(|m| matches!(m, Mover::Act(_))))
        };
        !condition.dones().is_empty() || condition.facts().iter().any(acts)
    }

    fn moved(&self, at: NodeId, condition: &Condition, acts: &[Doable<'a>]) -> bool {
        let facts = condition.facts();
        let dones = condition.dones();
        let counts = condition.counts();
        let something = !(facts.is_empty() && dones.is_empty() && counts.is_empty());
        something
            && facts.iter().all(|f| self.fact(at, f, acts))
            && dones
                .iter()
                .all(|name| acts.iter().any(|(_, _, act)| act.name == *name))
    }

    fn fact(&self, at: NodeId, name: &str, acts: &[Doable<'a>]) -> bool {
        if name.starts_with(BRANCHES) {
            return true;
        }
        let Some(fact) = self.view.casting.catalogue.fact(name) else {
            return false;
        };
        let back = |(node, m, act): &&Doable<'a>, names: &[&str]| {
            names.contains(&act.name.as_str()) && self.comes_back(node, m)
        };
        fact.moved_by.iter().any(|mover| match mover {
            Mover::Act(names) => {
                let mut found = acts.iter().filter(|d| back(d, names));
                found.any(|(_, _, act)| self.in_place_of(fact, &act.by))
            }
            other => self.mover(at, fact, other),
        })
    }

    /// Whether those meant may move the fact for the party that is left out: not when each of them
    /// does it for itself, and the party is one of them.
    fn in_place_of(&self, fact: &Fact, by: &PartyExpr) -> bool {
        let own = |party| fact.each && self.view.casting.named(by).contains(party);
        !self.without.is_some_and(own)
    }

    /// Whether something else than an act moves the fact at `at`.
    fn mover(&self, at: NodeId, fact: &Fact, mover: &Mover) -> bool {
        match mover {
            Mover::Capability(name) => {
                let root = self.view.workflow.allow.iter();
                let open = self.open(at);
                let open = open.iter().flat_map(|n| &n.allow);
                let rights: Vec<&Allow> = root
                    .chain(open)
                    .filter(|a| a.capabilities.iter().any(|c| c == name))
                    .collect();
                rights.iter().all(|a| self.in_place_of(fact, &a.who))
                    && rights.iter().any(|a| self.grants(a))
            }
            Mover::Declaration(kind) => {
                let present = self.view.combination().present.iter();
                let mut able = present.filter(|p| p.kind == *kind);
                able.any(|p| Some(p.id.as_str()) != self.without)
                    && !(fact.each && self.declares(fact))
            }
            Mover::Child(name) => self.starts(name),
            Mover::Import | Mover::Clock => true,
            Mover::Act(_) => false,
        }
    }

    /// Whether the party left out is one of those that state the fact.
    fn declares(&self, fact: &Fact) -> bool {
        let mut present = self.view.combination().present.iter();
        let party = present.find(|p| Some(p.id.as_str()) == self.without);
        party.is_some_and(|p| fact.moved_by.contains(&Mover::Declaration(p.kind)))
    }

    fn grants(&self, allow: &Allow) -> bool {
        // One of them is enough to write.
        self.able(&PartyExpr::Any(vec![allow.who.clone()]))
    }

    /// A child of this name may run: this workflow starts it, or its root may.
    fn starts(&self, name: &str) -> bool {
        let workflow = self.view.workflow;
        let here = |n: &Node| {
            let acts = n.acts.iter().filter_map(|a| a.starts.as_ref());
            let timers = n.after.iter().filter_map(|t| t.starts.as_ref());
            acts.chain(timers).any(|s| s.workflow == name)
        };
        !workflow.parent.is_empty() || workflow.nodes.iter().any(here)
    }

    /// An act after which one is still here, or may be here again.
    fn comes_back(&self, node: &Node, m: &Move<'_>) -> bool {
        match m.to {
            None => true,
            Some(Target::Node(to)) => to == node.id || self.before(node.id).contains(&to),
            Some(Target::End) => false,
        }
    }

    /// The states of its block that lead to `to`; itself, when it can be left and entered again.
    fn before(&self, to: NodeId) -> BTreeSet<NodeId> {
        let block = self.view.workflow.block(self.view.workflow.node(to).block);
        let mut into: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for id in &block.nodes {
            let moves = self.view.moves(*id).iter().filter_map(|m| m.to);
            for next in moves.chain(self.view.node(*id).body.done()) {
                if let Target::Node(next) = next {
                    into.entry(next).or_default().push(*id);
                }
            }
        }
        let mut seen = BTreeSet::new();
        let mut queue = vec![to];
        while let Some(id) = queue.pop() {
            for from in into.get(&id).into_iter().flatten() {
                if seen.insert(*from) {
                    queue.push(*from);
                }
            }
        }
        seen
    }

    /// The acts that can be done when one stands at `at`.
    fn doable(&self, at: NodeId) -> Rc<Vec<Doable<'a>>> {
        if let Some(known) = self.doable.borrow().get(&at) {
            return Rc::clone(known);
        }
        let mut waiting: Vec<Doable<'a>> = Vec::new();
        for node in self.open(at) {
            for m in self.view.moves(node.id) {
                if let Cause::Act(act) = m.cause
                    && self.able(&act.by)
                {
                    waiting.push((node, *m, act));
                }
            }
        }
        let mut found: Vec<Doable<'a>> = Vec::new();
        loop {
            let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, _, act)| {
                act.requires.iter().all(|r| {
                    let waived = r.waive.as_ref().is_some_and(|by| self.able(by));
                    waived || self.moved(at, &r.condition, &found)
                })
            });
            if now.is_empty() {
                break;
            }
            found.extend(now);
            waiting = later;
        }
        let found = Rc::new(found);
        self.doable.borrow_mut().insert(at, Rc::clone(&found));
        found
    }

    /// The states open for certain when one stands at `at`: itself and what encloses it; and what
    /// a composite holds, when it is the composite that is asked about.
    fn open(&self, at: NodeId) -> Vec<&'a Node> {
        let workflow = self.view.workflow;
        let mut open = vec![workflow.node(at)];
        open.extend(workflow.ancestors(at));
        let body = &workflow.node(at).body;
        let ended = self.waiting && body.done().is_none();
        if !(ended || matches!(body, Body::Leaf)) {
            open.extend(self.held(at));
        }
        open
    }

    /// Everything a composite holds and that one may enter.
    fn held(&self, at: NodeId) -> impl Iterator<Item = &'a Node> {
        let workflow = self.view.workflow;
        let inside = move |n: &&Node| workflow.ancestors(n.id).any(|holder| holder.id == at);
        let nodes = workflow.nodes.iter().filter(inside);
        nodes.filter(|n| self.view.entered(n.id))
    }

    /// Whether the date of a timer can be known at `at`.
    pub fn falls(&self, at: NodeId, moment: &Moment) -> bool {
        let date = match moment {
            Moment::In { from, .. } => from.as_ref(),
            Moment::At(date) => Some(date),
            Moment::Every { .. } => None,
        };
        date.is_none_or(|d| d.facts().iter().all(|f| self.known(at, f)))
    }

    fn known(&self, at: NodeId, name: &str) -> bool {
        let Some(fact) = self.view.casting.catalogue.fact(name) else {
            return true;
        };
        if fact.moved_by.is_empty() || !self.view.workflow.parent.is_empty() {
            return true;
        }
        let given = |id: &NodeId, mover: &Mover| match mover {
            Mover::Act(names) => {
                let doable = self.doable(*id);
                let mut acts = doable.iter().filter(|(node, _, _)| node.id == *id);
                acts.any(|(_, _, act)| names.contains(&act.name.as_str()))
            }
            other => self.mover(*id, fact, other),
        };
        let past = self.past(at);
        past.iter()
            .any(|id| fact.moved_by.iter().any(|m| given(id, m)))
    }

    /// The states that are open at `at`, may be open beside, or may have been open before.
    fn past(&self, at: NodeId) -> Rc<BTreeSet<NodeId>> {
        if let Some(known) = self.past.borrow().get(&at) {
            return Rc::clone(known);
        }
        let past = Rc::new(self.met(at));
        self.past.borrow_mut().insert(at, Rc::clone(&past));
        past
    }

    fn met(&self, at: NodeId) -> BTreeSet<NodeId> {
        let workflow = self.view.workflow;
        let mut past: BTreeSet<NodeId> = self.open(at).iter().map(|n| n.id).collect();
        let mut left: BTreeSet<NodeId> = BTreeSet::new();
        for id in std::iter::once(at).chain(workflow.ancestors(at).map(|n| n.id)) {
            left.extend(self.before(id));
            let block = workflow.node(id).block;
            if let Some(owner) = workflow.block(block).owner {
                let beside = self.view.inside(owner).into_iter().filter(|b| *b != block);
                left.extend(beside.flat_map(|b| &workflow.block(b).nodes));
            }
        }
        for id in left {
            past.insert(id);
            past.extend(self.held(id).map(|n| n.id));
        }
        past
    }
}
