//! Proof 5: deadlines agree; and how long the road is.
//!
//! **Agree.** An inner deadline is at most the enclosing one on every start day of the six years
//! that begin when the rule pack does: the longest the inner one may last against the shortest the
//! enclosing one may. And the quickest way through what a composite holds fits its deadlines. Only
//! delays counted from the entry into the state can be compared: a date (`at`), a delay `from` a
//! fact and a yearly day fall when the contract says.
//!
//! **The road.** From the start to the first binding state, else to the end. Critical: everyone
//! takes all their time (the soft deadline, or the hard one when it comes first; a dated wait
//! counts zero, since it does not depend on when one starts). Shortest: everyone acts at once, so
//! that only waits nobody can shorten remain. Moves that go back are left out, so that loops are
//! taken zero times: a depth-first walk in file order tells them. Regions count by the longest,
//! a `for_each` as one branch.

use super::view::{Cause, declared};
use super::{Days, Findings, Surroundings};
use crate::regles::calendrier::Territoire;
use crate::regles::delai::{Delai, Etendue};
use crate::regles::paquet::Paquet;
use crate::regles::value::Value;
use crate::workflow::catalogue::{Catalogue, Who};
use crate::workflow::definition::model::{
    Act, Block, BlockId, Body, Delay, Moment, Node, NodeId, Target, Timer, Workflow,
};
use crate::workflow::definition::party::PartyExpr;
use crate::workflow::problem::{Code, Place, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// How long it takes.
#[derive(Debug, Clone, Default)]
pub struct Road {
    pub days: Days,
    pub by_party: BTreeMap<String, Days>,
}

pub fn prove(workflow: &Workflow, surroundings: Surroundings<'_>, findings: &mut Findings) -> Road {
    let spans = Spans::new(surroundings.pack);
    agree(workflow, &spans, findings);
    let walker = |party: Option<&str>, longest: bool| {
        Walker::new(workflow, surroundings.catalogue, &spans, party, longest).road()
    };
    let days = |party: Option<&str>| Days {
        critical_path_days: walker(party, true),
        shortest_days: walker(party, false),
    };
    Road {
        days: days(None),
        by_party: workflow
            .parties
            .iter()
            .map(|p| (p.id.clone(), days(Some(&p.id))))
            .collect(),
    }
}

/// How long each delay of a workflow lasts, shortest and longest.
struct Spans<'a> {
    pack: &'a Paquet,
    from: chrono::NaiveDate,
    known: std::cell::RefCell<BTreeMap<Delai, Option<Etendue>>>,
}

impl<'a> Spans<'a> {
    fn new(pack: &'a Paquet) -> Self {
        Self {
            pack,
            from: pack.debut().unwrap_or_default(),
            known: std::cell::RefCell::default(),
        }
    }

    /// The extent of a delay over every value its rule takes from the pack's date on.
    fn of(&self, delay: &Delay) -> Option<Etendue> {
        match delay {
            Delay::Fixed(delai) => self.of_fixed(*delai),
            Delay::Rule(id) => {
                let values = &self.pack.rules.get(id)?.values;
                let later = values
                    .iter()
                    .filter(|v| v.to.is_none_or(|to| to >= self.from));
                let extents = later.filter_map(|v| match v.value {
                    Value::Duration(delai) => self.of_fixed(delai),
                    _ => None,
                });
                extents.reduce(|a, b| Etendue {
                    courte: a.courte.min(b.courte),
                    longue: a.longue.max(b.longue),
                })
            }
        }
    }

    fn of_fixed(&self, delai: Delai) -> Option<Etendue> {
        if let Some(known) = self.known.borrow().get(&delai) {
            return *known;
        }
        let extent = delai.etendue(self.from, Territoire::default()).ok();
        self.known.borrow_mut().insert(delai, extent);
        extent
    }

    /// The extent of a moment counted from the entry into its state.
    fn of_moment(&self, moment: &Moment) -> Option<Etendue> {
        match moment {
            Moment::In { delay, from: None } => self.of(delay),
            Moment::In { .. } | Moment::At(_) | Moment::Every { .. } => None,
        }
    }
}

/// A deadline of a state, counted from its entry.
struct Deadline {
    what: &'static str,
    extent: Etendue,
    place: Place,
}

/// The deadlines of a state that end what it holds: the soft one, and those that move.
fn limits(node: &Node, spans: &Spans<'_>) -> Vec<Deadline> {
    deadlines(node, spans, false)
}

/// The deadlines of a state; with those that only leave a note: inside a composite, such a note
/// must come while it is still open.
fn deadlines(node: &Node, spans: &Spans<'_>, notes: bool) -> Vec<Deadline> {
    let soft = node.due.iter().map(|d| ("due", &d.moment, d.place));
    let after = node.after.iter().map(|t| ("after", t));
    let expired = node.acts.iter().filter_map(|a| a.expired.as_ref());
    let hard = after.chain(expired.map(|t| ("expired", t)));
    let hard = hard
        .filter(|(_, t)| notes || t.to.is_some())
        .map(|(what, t)| (what, &t.moment, t.place));
    soft.chain(hard)
        .filter_map(|(what, moment, place)| {
            let extent = spans.of_moment(moment)?;
            Some(Deadline {
                what,
                extent,
                place,
            })
        })
        .collect()
}

fn agree(workflow: &Workflow, spans: &Spans<'_>, findings: &mut Findings) {
    for outer in &workflow.nodes {
        if matches!(outer.body, Body::Leaf) {
            continue;
        }
        let Some(limit) = limits(outer, spans)
            .into_iter()
            .min_by_key(|d| d.extent.courte)
        else {
            continue;
        };
        let inside = |n: &&Node| workflow.ancestors(n.id).any(|a| a.id == outer.id);
        for inner in workflow.nodes.iter().filter(inside) {
            for deadline in deadlines(inner, spans, true) {
                if deadline.extent.longue > limit.extent.courte {
                    let message = format!(
                        "« {} » ({}) peut durer {} jours, mais « {} », qui le contient, arrive à \
                         échéance ({}) après {} jours. Raccourcissez le premier délai, ou \
                         allongez le second.",
                        inner.path,
                        deadline.what,
                        deadline.extent.longue,
                        outer.path,
                        limit.what,
                        limit.extent.courte
                    );
                    let problem = Problem::new(Code::Delai, deadline.place, message);
                    findings.refuse(problem.with_path(nested(workflow, inner.id)));
                }
            }
        }
        fits(workflow, spans, outer, &limit, findings);
    }
}

/// The quickest way through a composite fits its deadline.
fn fits(
    workflow: &Workflow,
    spans: &Spans<'_>,
    outer: &Node,
    limit: &Deadline,
    findings: &mut Findings,
) {
    let walker = Walker::new(workflow, &NOTHING, spans, None, false);
    let Some(quickest) = walker.inside(outer) else {
        return;
    };
    if quickest > limit.extent.courte {
        let message = format!(
            "Le chemin le plus court dans « {} » demande {quickest} jours, mais son échéance ({}) \
             tombe après {} jours. Raccourcissez ce qu'il contient, ou allongez l'échéance.",
            outer.path, limit.what, limit.extent.courte
        );
        let problem = Problem::new(Code::Delai, limit.place, message);
        findings.refuse(problem.with_path(nested(workflow, outer.id)));
    }
}

/// The composites that hold a state, outermost first, then the state.
fn nested(workflow: &Workflow, id: NodeId) -> Vec<String> {
    let mut path: Vec<String> = workflow.ancestors(id).map(|n| n.path.clone()).collect();
    path.reverse();
    path.push(workflow.node(id).path.clone());
    path
}

/// A catalogue for walks that wait for nobody in particular.
static NOTHING: Catalogue = Catalogue {
    parties: &[],
    facts: &[],
    collections: &[],
    sets: &[],
    objects: &[],
    capabilities: &[],
    documents: &[],
};

/// Walks the blocks, once each, for one measure.
struct Walker<'a> {
    workflow: &'a Workflow,
    catalogue: &'a Catalogue,
    spans: &'a Spans<'a>,
    /// Only the time this party takes counts.
    party: Option<&'a str>,
    /// Everyone takes all their time, or none.
    longest: bool,
    /// Days to the end of a block, and to the first binding state inside; by block.
    ends: std::cell::RefCell<BTreeMap<(BlockId, Goal), Option<i64>>>,
}

/// Where a walk leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Goal {
    Binding,
    End,
}

/// What is known of a state during a walk.
#[derive(Clone, Copy)]
enum Seen {
    /// On the way: a move that leads to it goes back.
    Open,
    Closed(Option<i64>),
}

impl<'a> Walker<'a> {
    fn new(
        workflow: &'a Workflow,
        catalogue: &'a Catalogue,
        spans: &'a Spans<'a>,
        party: Option<&'a str>,
        longest: bool,
    ) -> Self {
        Self {
            workflow,
            catalogue,
            spans,
            party,
            longest,
            ends: std::cell::RefCell::default(),
        }
    }

    fn road(&self) -> i64 {
        let root = self.workflow.root();
        let binding = self.block(root, Goal::Binding);
        binding
            .or_else(|| self.block(root, Goal::End))
            .unwrap_or_default()
    }

    fn better(&self, a: Option<i64>, b: Option<i64>) -> Option<i64> {
        match (a, b) {
            (Some(a), Some(b)) if self.longest => Some(a.max(b)),
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Days from the start of a block to the goal.
    fn block(&self, block: &Block, goal: Goal) -> Option<i64> {
        let key = (block.id, goal);
        if let Some(known) = self.ends.borrow().get(&key) {
            return *known;
        }
        let days = self.state(block.start, goal, &mut BTreeMap::new());
        self.ends.borrow_mut().insert(key, days);
        days
    }

    fn state(&self, id: NodeId, goal: Goal, seen: &mut BTreeMap<NodeId, Seen>) -> Option<i64> {
        match seen.get(&id) {
            Some(Seen::Open) => return None,
            Some(Seen::Closed(days)) => return *days,
            None => {}
        }
        let node = self.workflow.node(id);
        if goal == Goal::Binding && node.binding.is_some() {
            return Some(0);
        }
        if node.ending.is_some() {
            return (goal == Goal::End).then_some(0);
        }
        seen.insert(id, Seen::Open);
        let mut days = match goal {
            Goal::Binding => self.binding_inside(node),
            Goal::End => None,
        };
        for (cost, to) in self.ways(node) {
            let rest = match to {
                Target::End => (goal == Goal::End).then_some(0),
                Target::Node(next) => self.state(next, goal, seen),
            };
            days = self.better(days, rest.map(|r| r + cost));
        }
        seen.insert(id, Seen::Closed(days));
        days
    }

    /// Days to the first binding state inside a composite.
    fn binding_inside(&self, node: &Node) -> Option<i64> {
        let inner = node.body.inner().iter();
        inner
            .map(|b| self.block(self.workflow.block(*b), Goal::Binding))
            .fold(None, |a, b| self.better(a, b))
    }

    /// Days through everything a composite holds: the longest of its regions.
    fn inside(&self, node: &Node) -> Option<i64> {
        let mut longest = 0;
        for id in node.body.inner() {
            let block = self.workflow.block(*id);
            // A region that may be closed shortens nothing when everyone takes all their time.
            if block.when.is_some() && !self.longest {
                continue;
            }
            longest = longest.max(self.block(block, Goal::End)?);
        }
        Some(longest)
    }

    /// The ways out of a state, with the days each takes.
    fn ways(&self, node: &Node) -> Vec<(i64, Target)> {
        let leaf = matches!(node.body, Body::Leaf);
        let inside = if leaf { Some(0) } else { self.inside(node) };
        let mut ways = Vec::new();
        for m in declared(node) {
            let Some(to) = m.to else { continue };
            let cost = match m.cause {
                Cause::Act(act) | Cause::Refusal(act) => self.acting(node, Some(act), inside),
                Cause::Auto(..) if leaf => 0,
                Cause::Auto(..) => self.acting(node, None, inside),
                Cause::Expiry(_, timer) | Cause::Timer(timer) => self.waiting(node, timer),
            };
            ways.push((cost, to));
        }
        if let (Some(days), Some(to)) = (inside, node.body.done()) {
            let days = if days == 0 && self.longest {
                self.acting(node, None, inside)
            } else {
                days
            };
            ways.push((days, to));
        }
        ways
    }

    /// The time people take before an act.
    fn acting(&self, node: &Node, act: Option<&Act>, inside: Option<i64>) -> i64 {
        if !self.longest {
            return 0;
        }
        let waited = match act {
            Some(act) => self.waits_for(&[act]),
            None => self.waits_for(&node.acts.iter().collect::<Vec<_>>()),
        };
        let inside = inside.unwrap_or_default();
        if !waited {
            return inside;
        }
        let soft = node
            .due
            .as_ref()
            .and_then(|d| self.spans.of_moment(&d.moment))
            .map(|e| e.longue);
        let expired = node.acts.iter().filter_map(|a| a.expired.as_ref());
        let hard = node
            .after
            .iter()
            .chain(expired)
            .filter(|t| t.to.is_some() && t.when.is_none())
            .filter_map(|t| self.spans.of_moment(&t.moment))
            .map(|e| e.longue)
            .min();
        let own = match (soft, hard) {
            (Some(soft), Some(hard)) => soft.min(hard),
            (soft, hard) => soft.or(hard).unwrap_or_default(),
        };
        own.max(inside)
    }

    /// The time that passes before a deadline moves.
    fn waiting(&self, node: &Node, timer: &Timer) -> i64 {
        let acts: Vec<&Act> = node.acts.iter().collect();
        if !self.waits_for(&acts) {
            return 0;
        }
        let extent = self.spans.of_moment(&timer.moment);
        extent.map_or(0, |e| if self.longest { e.longue } else { e.courte })
    }

    /// Whether the measured party is among those waited for.
    fn waits_for(&self, acts: &[&Act]) -> bool {
        let Some(party) = self.party else { return true };
        acts.iter().any(|act| self.names(&act.by).contains(party))
    }

    /// The declared parties an expression may name.
    fn names(&self, expr: &PartyExpr) -> BTreeSet<&'a str> {
        let all = || self.workflow.parties.iter();
        match expr {
            PartyExpr::Any(list) | PartyExpr::All(list) => {
                list.iter().flat_map(|e| self.names(e)).collect()
            }
            PartyExpr::Rule { choices, .. } => {
                choices.iter().flat_map(|(_, e)| self.names(e)).collect()
            }
            PartyExpr::Party(id) => all().map(|p| p.id.as_str()).filter(|p| p == id).collect(),
            PartyExpr::Set { name, over } => self.members(name, over.as_deref()),
            PartyExpr::Item(collection) => {
                let members = self.members(collection, None);
                if members.is_empty() {
                    all().map(|p| p.id.as_str()).collect()
                } else {
                    members
                }
            }
        }
    }

    fn members(&self, name: &str, over: Option<&str>) -> BTreeSet<&'a str> {
        let Some(set) = self.catalogue.set(name, over) else {
            return BTreeSet::new();
        };
        let parties = self.workflow.parties.iter();
        let inside = parties.filter(|p| {
            set.always.iter().chain(set.some.as_ref()).any(|w| match w {
                Who::Everyone => true,
                Who::Kind(kind) => p.kind == *kind,
            })
        });
        inside.map(|p| p.id.as_str()).collect()
    }
}
