//! Brute force: the explicit expansion of a workflow, explored configuration by configuration.
//!
//! Nothing here uses the proofs: facts take values, one valuation after the other, and a guard
//! holds or not; parties are there or not; each `for_each` holds a number of items. An automatic
//! move that holds is taken before anything else.

use entente::workflow::catalogue::{Catalogue, PartyKind, Who};
use entente::workflow::condition::{Condition, Environment, Truth};
use entente::workflow::definition::model::{
    BlockId, Body, Node, NodeId, Presence, Target, Workflow,
};
use entente::workflow::definition::party::PartyExpr;
use entente::workflow::problem::Place;
use std::collections::{BTreeMap, BTreeSet};

/// What one knows: the value of each boolean fact.
pub type Facts = BTreeMap<String, bool>;

struct Known<'f>(&'f Facts);

impl Environment for Known<'_> {
    fn fact(&self, name: &str) -> Option<entente::regles::value::Value> {
        let value = self.0.get(name)?;
        Some(entente::regles::value::Value::Boolean(*value))
    }
    fn rule(&self, _: &str) -> Option<entente::regles::value::Value> {
        None
    }
    fn done(&self, _: &str) -> bool {
        false
    }
    fn count(&self, _: &str) -> i64 {
        0
    }
}

/// Whether people write the fact: the others never change.
fn changes(name: &str) -> bool {
    name.starts_with("libre.")
}

pub fn holds(condition: &Condition, facts: &Facts) -> bool {
    condition.holds(&Known(facts)) == Truth::True
}

/// A position: in each open block, a state and what it holds, or the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Ended,
    At(NodeId, Vec<(BlockId, Spot)>),
}

/// One world: who is there, what is fixed, how many items.
#[derive(Debug, Clone)]
pub struct World {
    pub present: Vec<(String, String, PartyKind)>,
    pub fixed: Facts,
    pub items: BTreeMap<String, usize>,
}

/// What an exploration saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub states: BTreeSet<NodeId>,
    /// Places of the moves that happened, and states whose `done` did.
    pub moves: BTreeSet<(NodeId, Place)>,
    pub dones: BTreeSet<NodeId>,
    /// Composites in which all has ended.
    pub ended: BTreeSet<NodeId>,
    /// A configuration from which no end can be reached.
    pub trapped: bool,
    /// How many configurations there were, and whether there were too many.
    pub configurations: usize,
    pub beyond: bool,
}

pub struct Oracle<'w> {
    pub workflow: &'w Workflow,
    pub catalogue: &'static Catalogue,
    /// Facts free to change, beyond those fixed by the world.
    pub free: Vec<String>,
    pub limit: usize,
    /// Take every condition as one that may hold or not, without giving facts values.
    pub unguarded: bool,
    /// Do not count on a deadline that may lapse, because what it asks may change before its day.
    pub lapses: bool,
}

impl Oracle<'_> {
    /// Every valuation of the free facts, with those the world fixes.
    fn valuations(&self, world: &World) -> Vec<Facts> {
        if self.unguarded {
            return vec![world.fixed.clone()];
        }
        let mut all = vec![world.fixed.clone()];
        for name in &self.free {
            if world.fixed.contains_key(name) {
                continue;
            }
            all = all
                .into_iter()
                .flat_map(|facts| {
                    [false, true].map(|value| {
                        let mut next = facts.clone();
                        next.insert(name.clone(), value);
                        next
                    })
                })
                .collect();
        }
        all
    }

    pub fn explore(&self, world: &World, seen: &mut Seen) {
        let valuations = self.valuations(world);
        let root = self.workflow.root();
        let entries = root
            .nodes
            .iter()
            .filter(|id| self.workflow.node(**id).entry);
        let mut queue: Vec<Spot> = Vec::new();
        for id in std::iter::once(&root.start).chain(entries) {
            queue.push(self.enter(world, *id, seen));
        }
        queue.sort();
        queue.dedup();
        let numbered = queue.iter().cloned().zip(0..);
        let mut known: BTreeMap<Spot, usize> = numbered.collect();
        let mut back: Vec<Vec<usize>> = vec![Vec::new(); queue.len()];
        let mut ends = Vec::new();
        let mut next = 0;
        while next < queue.len() {
            let spot = queue[next].clone();
            if spot == Spot::Ended {
                ends.push(next);
            }
            for after in self.after(world, &valuations, &spot, seen) {
                let index = *known.entry(after.clone()).or_insert_with(|| {
                    queue.push(after);
                    back.push(Vec::new());
                    queue.len() - 1
                });
                back[index].push(next);
            }
            next += 1;
            if queue.len() > self.limit {
                seen.beyond = true;
                return;
            }
        }
        let mut good = vec![false; queue.len()];
        while let Some(i) = ends.pop() {
            if !std::mem::replace(&mut good[i], true) {
                ends.extend(&back[i]);
            }
        }
        seen.configurations = queue.len();
        seen.trapped |= good.iter().any(|g| !g);
    }

    fn enter(&self, world: &World, id: NodeId, seen: &mut Seen) -> Spot {
        seen.states.insert(id);
        let node = self.workflow.node(id);
        if node.ending.is_some() {
            return Spot::Ended;
        }
        let mut inside = Vec::new();
        for block in self.blocks(world, node) {
            let start = self.workflow.block(block).start;
            inside.push((block, self.enter(world, start, seen)));
        }
        // Branches of one block are alike: their order says nothing.
        inside.sort();
        Spot::At(id, inside)
    }

    /// The blocks one finds inside on entering, one per branch.
    fn blocks(&self, world: &World, node: &Node) -> Vec<BlockId> {
        match &node.body {
            Body::Leaf => Vec::new(),
            Body::Compound { inner, .. } => vec![*inner],
            Body::Parallel { regions, .. } => {
                let open = |b: &&BlockId| {
                    let when = self.workflow.block(**b).when.as_ref();
                    when.is_none_or(|c| holds(c, &world.fixed))
                };
                regions.iter().filter(open).copied().collect()
            }
            Body::Each {
                over,
                at_least,
                inner,
                ..
            } => vec![*inner; world.items[over].max(*at_least as usize)],
        }
    }

    /// Every position one step further.
    fn after(
        &self,
        world: &World,
        valuations: &[Facts],
        spot: &Spot,
        seen: &mut Seen,
    ) -> Vec<Spot> {
        let Spot::At(id, inside) = spot else {
            return Vec::new();
        };
        let node = self.workflow.node(*id);
        let mut spots = Vec::new();
        let leaf = matches!(node.body, Body::Leaf);
        let all_ended = inside.iter().all(|(_, s)| *s == Spot::Ended);
        if !leaf && all_ended {
            seen.ended.insert(*id);
        }
        let to = |target: Target, seen: &mut Seen| match target {
            Target::End => Spot::Ended,
            Target::Node(next) => self.enter(world, next, seen),
        };
        if let (false, true, Some(done)) = (leaf, all_ended, node.body.done()) {
            seen.dones.insert(*id);
            spots.push(to(done, seen));
        }
        let hollow = !leaf && inside.is_empty() && node.body.done().is_some();
        if !hollow {
            for facts in valuations {
                for (place, target) in self.moves(world, node, facts) {
                    seen.moves.insert((*id, place));
                    if let Some(target) = target {
                        spots.push(to(target, seen));
                    }
                }
            }
        }
        for (i, (block, inner)) in inside.iter().enumerate() {
            for after in self.after(world, valuations, inner, seen) {
                let mut next = inside.clone();
                next[i] = (*block, after);
                next.sort();
                spots.push(Spot::At(*id, next));
            }
        }
        spots
    }

    /// What can be done in the state itself, with these facts.
    fn moves(&self, world: &World, node: &Node, facts: &Facts) -> Vec<(Place, Option<Target>)> {
        if self.unguarded {
            return self.all_moves(world, node);
        }
        let taken = node
            .auto
            .iter()
            .find(|a| a.when.as_ref().is_none_or(|c| holds(c, facts)));
        if let Some(auto) = taken {
            return vec![(auto.place, Some(auto.to))];
        }
        let mut moves = Vec::new();
        for act in &node.acts {
            if !self.somebody(world, &act.by) {
                continue;
            }
            if act.requires.iter().all(|r| holds(&r.condition, facts)) {
                moves.push((act.place, act.to));
            }
            moves.extend(act.refused.iter().map(|r| (r.place, Some(r.to))));
        }
        for timer in &node.after {
            let falls = timer.when.as_ref().is_none_or(|c| holds(c, facts));
            if falls && !(self.lapses && self.may_lapse(world, node, facts)) {
                moves.push((timer.place, timer.to));
            }
        }
        moves
    }

    /// What can be done in the state itself, whatever the conditions.
    fn all_moves(&self, world: &World, node: &Node) -> Vec<(Place, Option<Target>)> {
        let mut moves: Vec<_> = node.auto.iter().map(|a| (a.place, Some(a.to))).collect();
        if node.auto.iter().any(|a| a.when.is_none()) {
            return moves;
        }
        for act in node.acts.iter().filter(|a| self.somebody(world, &a.by)) {
            moves.push((act.place, act.to));
            moves.extend(act.refused.iter().map(|r| (r.place, Some(r.to))));
        }
        let expired = node.acts.iter().filter_map(|a| a.expired.as_ref());
        moves.extend(node.after.iter().chain(expired).map(|t| (t.place, t.to)));
        moves
    }

    /// Whether the expression leads to somebody.
    pub fn somebody(&self, world: &World, expr: &PartyExpr) -> bool {
        match expr {
            PartyExpr::Any(list) | PartyExpr::All(list) => {
                let sets = list
                    .iter()
                    .filter(|e| !matches!(e, PartyExpr::Party(_)))
                    .all(|e| self.somebody(world, e));
                sets && list.iter().any(|e| self.somebody(world, e))
            }
            PartyExpr::Party(id) => world.present.iter().any(|(_, p, _)| p == id),
            PartyExpr::Set { name, over } => {
                let set = self.catalogue.set(name, over.as_deref()).expect("a set");
                let is = |kind: PartyKind, who: &Who| match who {
                    Who::Everyone => true,
                    Who::Kind(k) => *k == kind,
                };
                world
                    .present
                    .iter()
                    .any(|(_, _, kind)| set.always.iter().chain(&set.some).any(|w| is(*kind, w)))
            }
            PartyExpr::Item(_) => !world.present.is_empty(),
            PartyExpr::Rule { choices, .. } => choices.iter().all(|(_, e)| self.somebody(world, e)),
        }
    }

    /// Proof 3 by valuations: the states in `reached` where some values of the facts that nobody
    /// can move there leave no way out, whatever is done with the others. All deadlines of a state
    /// fall on one day here: one of them must hold whatever is written by then.
    pub fn stuck(&self, world: &World, seen: &Seen) -> BTreeSet<NodeId> {
        let waits = |id: &&NodeId| {
            let node = self.workflow.node(**id);
            match node.body {
                Body::Leaf => node.ending.is_none(),
                _ => node.body.done().is_none() && seen.ended.contains(*id),
            }
        };
        let blocked = |id: &&NodeId| self.blocked(world, **id);
        seen.states
            .iter()
            .filter(waits)
            .filter(blocked)
            .copied()
            .collect()
    }

    fn blocked(&self, world: &World, id: NodeId) -> bool {
        let node = self.workflow.node(id);
        let mut around: Vec<&Node> = vec![node];
        around.extend(self.workflow.ancestors(id));
        let exists = around.iter().any(|n| {
            let all = self.valuations(world);
            all.iter()
                .any(|f| self.moves(world, n, f).iter().any(|m| m.1.is_some()))
        });
        if !exists {
            // Proof 1 tells it.
            return false;
        }
        let writable = around
            .iter()
            .flat_map(|n| &n.allow)
            .any(|a| self.somebody(world, &a.who));
        // On the day of a deadline, what is written anywhere may have any value.
        let rights = self.workflow.nodes.iter().flat_map(|n| &n.allow);
        let mut rights = rights.chain(&self.workflow.allow);
        let written = rights.any(|a| self.somebody(world, &a.who));
        let all = self.valuations(world);
        let timed = |n: &Node, place: &Place| n.after.iter().any(|t| t.place == *place);
        let leaves = |n: &Node, facts: &Facts, by_deadline: bool| {
            let moves = self.moves(world, n, facts);
            let mut moves = moves.iter().filter(|m| m.1.is_some());
            moves.any(|m| by_deadline || !timed(n, &m.0))
        };
        all.iter().any(|held| {
            let like = |other: &Facts, moving: bool| {
                let same = |(n, v): (&String, &bool)| (moving && changes(n)) || other[n] == *v;
                held.iter().all(same)
            };
            let mut here = all.iter().filter(|f| like(f, writable));
            let freely = here.any(|f| around.iter().any(|n| leaves(n, f, false)));
            let on_the_day = around.iter().any(|n| {
                let mut days = all.iter().filter(|f| like(f, written));
                days.all(|f| leaves(n, f, true))
            });
            !freely && !on_the_day
        })
    }

    /// Whether, on the day, what is written anywhere by then may leave the state without a move:
    /// none of its deadlines, none of what cannot change.
    fn may_lapse(&self, world: &World, node: &Node, facts: &Facts) -> bool {
        let rights = self.workflow.nodes.iter().flat_map(|n| &n.allow);
        let mut rights = rights.chain(&self.workflow.allow);
        let written = rights.any(|a| self.somebody(world, &a.who));
        let mut days = vec![facts.clone()];
        for name in self.free.iter().filter(|n| written && changes(n)) {
            let other = days.iter().cloned().map(|mut facts| {
                facts.entry(name.clone()).and_modify(|v| *v = !*v);
                facts
            });
            days.extend(other.collect::<Vec<_>>());
        }
        let plain = |c: &Condition| !c.facts().iter().any(|f| changes(f));
        !days.iter().all(|day| {
            let on = |c: &Option<Condition>| c.as_ref().is_none_or(|c| holds(c, day));
            let timers = node.after.iter().any(|t| t.to.is_some() && on(&t.when));
            let autos = node.auto.iter().any(|a| on(&a.when));
            let acts = node.acts.iter().any(|a| {
                let mut asked = a.requires.iter().map(|r| &r.condition);
                let goes = a.to.is_some() && asked.all(|c| plain(c) && holds(c, day));
                // A refusal that comes back sets the deadline again.
                self.somebody(world, &a.by) && (goes || a.refused.is_some())
            });
            timers || autos || acts
        })
    }

    /// Proof 3, where exits lead, position by position and value by value: whether from some
    /// position, with some values of the facts, no end can be reached by what is open then and by
    /// what can be written there. `None`: too many.
    pub fn endless(&self, world: &World) -> Option<bool> {
        let mut seen = Seen::default();
        let spots = self.positions(world, &mut seen)?;
        let valuations = self.valuations(world);
        let number = |i: usize, j: usize| i * valuations.len() + j;
        let mut back: Vec<Vec<usize>> = vec![Vec::new(); spots.len() * valuations.len()];
        let mut ends = Vec::new();
        for (spot, i) in &spots {
            if *spot == Spot::Ended {
                ends.extend((0..valuations.len()).map(|j| number(*i, j)));
            }
            let written = self.writes(world, spot);
            for (j, facts) in valuations.iter().enumerate() {
                let one = std::slice::from_ref(facts);
                for after in self.after(world, one, spot, &mut seen) {
                    // An automatic move may be met in a position that no free walk shows.
                    if let Some(to) = spots.get(&after) {
                        back[number(*to, j)].push(number(*i, j));
                    }
                }
                for (k, other) in valuations.iter().enumerate() {
                    let same = facts.iter().all(|(n, v)| changes(n) || other[n] == *v);
                    if written && same && k != j {
                        back[number(*i, k)].push(number(*i, j));
                    }
                }
            }
        }
        let mut good = vec![false; back.len()];
        while let Some(i) = ends.pop() {
            if !std::mem::replace(&mut good[i], true) {
                ends.extend(&back[i]);
            }
        }
        Some(good.iter().any(|g| !g))
    }

    /// Every position, numbered; `None`: too many.
    fn positions(&self, world: &World, seen: &mut Seen) -> Option<BTreeMap<Spot, usize>> {
        let valuations = self.valuations(world);
        let start = self.enter(world, self.workflow.root().start, seen);
        let mut known = BTreeMap::from([(start.clone(), 0)]);
        let mut queue = vec![start];
        while let Some(spot) = queue.pop() {
            for after in self.after(world, &valuations, &spot, seen) {
                if !known.contains_key(&after) {
                    known.insert(after.clone(), known.len());
                    queue.push(after);
                }
            }
            if known.len() > self.limit {
                return None;
            }
        }
        Some(known)
    }

    /// Whether someone may write at this position.
    fn writes(&self, world: &World, spot: &Spot) -> bool {
        let Spot::At(id, inside) = spot else {
            return false;
        };
        let rights = self.workflow.allow.iter();
        let mut rights = rights.chain(&self.workflow.node(*id).allow);
        rights.any(|a| self.somebody(world, &a.who))
            || inside.iter().any(|(_, inner)| self.writes(world, inner))
    }

    /// Every world with these numbers of items: facts of parties and regions, parties there.
    pub fn worlds(&self, items_max: usize, authority_items: &[&str]) -> Vec<World> {
        let mut names = BTreeSet::new();
        for party in &self.workflow.parties {
            if let Presence::When(c) = &party.presence {
                names.extend(c.facts().iter().map(ToString::to_string));
            }
        }
        for block in &self.workflow.blocks {
            if let Some(c) = &block.when {
                names.extend(c.facts().iter().map(ToString::to_string));
            }
        }
        let each = self
            .workflow
            .parties
            .iter()
            .any(|p| matches!(p.presence, Presence::Each(_)));
        let mut collections = BTreeSet::new();
        for node in &self.workflow.nodes {
            if let Body::Each { over, .. } = &node.body {
                collections.insert(over.clone());
            }
        }
        let mut fixed = vec![Facts::new()];
        for name in names {
            fixed = fixed
                .into_iter()
                .flat_map(|f| {
                    [false, true].map(|v| {
                        let mut next = f.clone();
                        next.insert(name.clone(), v);
                        next
                    })
                })
                .collect();
        }
        let mut worlds = Vec::new();
        for facts in fixed {
            for count in 0..=(if each { 2 } else { 0 }) {
                let present = self.present(&facts, count);
                if present.len() < 2 {
                    continue;
                }
                let authority = present.iter().any(|p| p.2 == PartyKind::Authority);
                let mut items = vec![BTreeMap::new()];
                for name in &collections {
                    let barren = !authority && authority_items.contains(&name.as_str());
                    let most = if barren { 0 } else { items_max };
                    items = items
                        .into_iter()
                        .flat_map(|m: BTreeMap<String, usize>| {
                            (0..=most).map(move |n| {
                                let mut next = m.clone();
                                next.insert(name.clone(), n);
                                next
                            })
                        })
                        .collect();
                }
                worlds.extend(items.into_iter().map(|items| World {
                    present: present.clone(),
                    fixed: facts.clone(),
                    items,
                }));
            }
        }
        worlds
    }

    fn present(&self, facts: &Facts, count: usize) -> Vec<(String, String, PartyKind)> {
        let mut present = Vec::new();
        for party in &self.workflow.parties {
            let times = match &party.presence {
                Presence::Always => 1,
                Presence::When(c) => usize::from(holds(c, facts)),
                Presence::Each(_) => count,
            };
            for i in 0..times {
                present.push((format!("{}:{i}", party.id), party.id.clone(), party.kind));
            }
        }
        present
    }
}
