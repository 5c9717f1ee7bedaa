//! What follows from a change, until nothing more.

use super::configuration::Visit;
use super::decide::Run;
use super::event::{CloseCause, Event, VoidCause};
use super::refusal::Refusal;
use super::spot::{Key, Spot};
use super::view::{Env, Scope, View};
use crate::workflow::condition::Truth;
use crate::workflow::definition::model::{Body, Node, NodeId, Target};
use std::collections::BTreeSet;

/// One move that follows from the facts.
struct Move {
    spot: Spot,
    node: NodeId,
    to: Target,
}

impl Run<'_> {
    pub fn settle(&mut self) -> Result<(), Refusal> {
        loop {
            if self.configuration.ended.is_some() {
                return Ok(());
            }
            for spot_node in self.view().watched() {
                let (spot, id) = spot_node;
                let node = self.machine.workflow.node(id);
                // An outer one may have closed it in this very pass.
                if self.configuration.visits.contains_key(&spot) {
                    self.settle_branches(&spot, node)?;
                    self.rearm(&spot, node);
                }
            }
            let Some(next) = self.view().next_move() else {
                return Ok(());
            };
            self.travel(&next.spot, next.node, next.to, None)?;
        }
    }

    pub fn settle_parties(&mut self) {
        let now: BTreeSet<&str> = self.present.iter().map(|p| p.id.as_str()).collect();
        let known = &self.configuration.parties;
        let joined: Vec<String> = now
            .iter()
            .filter(|p| !known.contains(**p))
            .map(|p| (*p).to_owned())
            .collect();
        let left: Vec<String> = known
            .iter()
            .filter(|p| !now.contains(p.as_str()))
            .cloned()
            .collect();
        for party in joined {
            self.emit(Event::PartyJoined { party });
        }
        for party in left {
            self.emit(Event::PartyLeft { party });
        }
    }

    /// Parties that came or went, consents given on what no longer stands. Once
    /// is enough, before anyone's answer is counted: what the decision itself changes in the trade
    /// is read again by the [`super::Command::WorldChanged`] that follows it.
    pub fn refresh(&mut self) {
        if self.configuration.ended.is_some() {
            return;
        }
        self.settle_parties();
        for (spot, act, party, cause) in self.view().stale(self.near.as_ref()) {
            self.emit(Event::ConsentVoided {
                spot,
                act,
                party,
                cause,
            });
        }
    }

    /// Branches follow the live collection; regions follow their condition.
    fn settle_branches(&mut self, spot: &Spot, node: &Node) -> Result<(), Refusal> {
        match &node.body {
            Body::Leaf | Body::Compound { .. } => Ok(()),
            Body::Parallel { regions, .. } => {
                for id in regions {
                    let name = self.machine.workflow.block(*id).region.as_deref();
                    let key = Key::Region(name.unwrap_or_default().into());
                    match self.view().region_drift(spot, node, *id, &key) {
                        Some(true) => self.open_branch(spot, node, &key, *id)?,
                        Some(false) => self.close(spot, key, CloseCause::NotConcerned),
                        None => {}
                    }
                }
                Ok(())
            }
            Body::Each { over, .. } => {
                let Some(visit) = self.configuration.visit(spot) else {
                    return Ok(());
                };
                let mut items: Vec<&str> = self
                    .world()
                    .items(over)
                    .iter()
                    .map(String::as_str)
                    .collect();
                items.sort_unstable();
                // Keys sort as their texts do: the usual case, nothing to do, is one walk.
                let alike = |(key, item): (&Key, &&str)| match key {
                    Key::Item(key) => key.as_str() == *item,
                    Key::Inner | Key::Region(_) => false,
                };
                if visit.branches.len() == items.len()
                    && visit.branches.keys().zip(&items).all(alike)
                {
                    return Ok(());
                }
                let gone = |key: &&Key| match key {
                    Key::Item(item) => items.binary_search(&item.as_str()).is_err(),
                    Key::Inner | Key::Region(_) => false,
                };
                let gone: Vec<Key> = visit.branches.keys().filter(gone).cloned().collect();
                for key in gone {
                    self.close(spot, key, CloseCause::ItemLeft);
                }
                self.open_branches(spot, node)
            }
        }
    }
}

impl View<'_> {
    /// The active spots that can change without an act, the innermost first.
    fn watched(&self) -> Vec<(Spot, NodeId)> {
        let mut found = Vec::new();
        for id in &self.machine.watched {
            let node = self.by_id(*id);
            found.extend(self.active(node).into_iter().map(|spot| (spot, *id)));
        }
        found
    }

    /// Only around `near`, when the command cannot have changed the rest.
    fn stale(&self, near: Option<&Spot>) -> Vec<(Spot, String, String, VoidCause)> {
        let mut found = Vec::new();
        for (spot, visit) in &self.configuration.visits {
            let far = near.is_some_and(|near| spot != near && !spot.holds(near));
            if far || visit.answers.is_empty() {
                continue;
            }
            for (name, tally) in &visit.answers {
                let Some((asked, digest)) = self.asked_now(spot, name, tally) else {
                    continue;
                };
                for (party, answer) in &tally.answers {
                    let cause = if !asked.contains(party) {
                        VoidCause::PartyLeft
                    } else if answer.digest.is_some() && answer.digest != digest {
                        VoidCause::Changed
                    } else {
                        continue;
                    };
                    found.push((spot.clone(), name.clone(), party.clone(), cause));
                }
            }
        }
        found
    }

    /// Whether a region must open (its condition became true) or close (false); `None`: neither.
    fn region_drift(
        &self,
        spot: &Spot,
        node: &Node,
        block: crate::workflow::definition::model::BlockId,
        key: &Key,
    ) -> Option<bool> {
        let when = self.machine.workflow.block(block).when.as_ref()?;
        let branch = self.configuration.visit(spot)?.branches.get(key)?;
        let scope = Scope::new(self.by_id(node.id), spot);
        let env = Env {
            view: *self,
            scope: &scope,
            on: self.today,
        };
        let asleep = branch.end.as_ref().map(|end| end.cause) == Some(CloseCause::NotConcerned);
        match when.holds(&env) {
            Truth::False if branch.end.is_none() => Some(false),
            Truth::True if asleep => Some(true),
            _ => None,
        }
    }

    /// The first move that is due: joins before automatic moves of the same state, the innermost
    /// first, then in file order.
    fn next_move(&self) -> Option<Move> {
        for (spot, id) in self.watched() {
            let node = self.by_id(id);
            let Some(visit) = self.configuration.visit(&spot) else {
                continue;
            };
            let join = node.body.done().filter(|_| self.joined(node, visit));
            let to = join.or_else(|| self.automatic(node, &spot));
            if let Some(to) = to
                && self.open_to(&spot, node, to)
            {
                return Some(Move { spot, node: id, to });
            }
        }
        None
    }

    fn open_to(&self, spot: &Spot, node: &Node, to: Target) -> bool {
        match to {
            Target::End => true,
            Target::Node(to) => self.sibling_problem(spot, node, self.by_id(to)).is_none(),
        }
    }

    fn joined(&self, node: &Node, visit: &Visit) -> bool {
        let ended = |key: &Key| visit.branches.get(key).is_some_and(|b| b.end.is_some());
        match &node.body {
            Body::Leaf => false,
            Body::Compound { .. } => ended(&Key::Inner),
            Body::Parallel { regions, .. } => regions.iter().all(|id| {
                let name = self.machine.workflow.block(*id).region.as_deref();
                ended(&Key::Region(name.unwrap_or_default().into()))
            }),
            Body::Each { over, .. } => {
                let items = self.world.items(over);
                visit.branches.len() == items.len()
                    && visit.branches.values().all(|b| b.end.is_some())
            }
        }
    }

    fn automatic(&self, node: &Node, spot: &Spot) -> Option<Target> {
        if node.auto.is_empty() {
            return None;
        }
        let scope = Scope::new(self.by_id(node.id), spot);
        let env = Env {
            view: *self,
            scope: &scope,
            on: self.today,
        };
        let taken = node.auto.iter().find(|auto| match &auto.when {
            Some(when) => when.holds(&env) == Truth::True,
            None => true,
        });
        taken.map(|auto| auto.to)
    }
}
