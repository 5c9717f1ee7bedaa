//! Entering and leaving states.

use super::configuration::object_key;
use super::decide::Run;
use super::digest;
use super::event::{Binds, CloseCause, Event};
use super::fold::child_key;
use super::refusal::{Refusal, RefusalCode, listed};
use super::spot::{Key, Spot};
use super::view::{Env, Scope, View};
use crate::regles::value::Value;
use crate::workflow::condition::Truth;
use crate::workflow::definition::model::{
    BlockId, Body, Key as ChildKey, Node, NodeId, Order, Starts, Target,
};
use std::collections::BTreeSet;

/// The items that restart when a `for_each` is entered again; the others stay ended.
pub(super) type Reopened<'a> = Option<&'a BTreeSet<String>>;

impl Run<'_> {
    /// Leaves a state for another, or for the end of what encloses it.
    pub fn travel(
        &mut self,
        from: &Spot,
        node: NodeId,
        to: Target,
        reopened: Reopened<'_>,
    ) -> Result<(), Refusal> {
        self.step()?;
        let node = self.machine.workflow.node(node);
        let (parent, key) = from.parent(self.machine.workflow, node);
        self.leave(from);
        match to {
            Target::Node(target) => {
                let owner = self.machine.workflow.block(node.block).owner;
                let owner = owner.map(|id| self.machine.workflow.node(id));
                let target = self.machine.workflow.node(target);
                self.enter(&parent.child(owner, &key, target), target, reopened, None)
            }
            Target::End => {
                self.emit(Event::BranchClosed {
                    spot: parent,
                    branch: key,
                    state: Some(node.name.clone()),
                    outcome: None,
                    cause: CloseCause::Ended,
                });
                Ok(())
            }
        }
    }

    /// Enters a state and what starts inside it. `signed`: what binds at a mid-life opening.
    pub fn enter(
        &mut self,
        spot: &Spot,
        node: &Node,
        reopened: Reopened<'_>,
        signed: Option<Binds>,
    ) -> Result<(), Refusal> {
        let binds = match signed {
            Some(signed) => Some(signed),
            None => self.view().binds(node, spot)?,
        };
        self.emit(Event::Entered {
            spot: spot.clone(),
            pinned: None,
            binds,
        });
        self.arm_all(spot, node);
        if let Some(ending) = &node.ending {
            self.finish(spot, node, ending.outcome.clone());
            return Ok(());
        }
        match &node.body {
            Body::Leaf => Ok(()),
            Body::Compound { inner, .. } => self.start(spot, node, &Key::Inner, *inner),
            Body::Parallel { regions, .. } => self.enter_regions(spot, node, regions),
            Body::Each { .. } => self.enter_each(spot, node, reopened),
        }
    }

    fn start(
        &mut self,
        spot: &Spot,
        owner: &Node,
        key: &Key,
        block: BlockId,
    ) -> Result<(), Refusal> {
        let first = self.machine.workflow.block(block).start;
        let first = self.machine.workflow.node(first);
        self.enter(&spot.child(Some(owner), key, first), first, None, None)
    }

    fn finish(&mut self, spot: &Spot, node: &Node, outcome: Option<String>) {
        if self.machine.workflow.block(node.block).owner.is_none() {
            return self.end(outcome);
        }
        let (parent, key) = spot.parent(self.machine.workflow, node);
        self.emit(Event::BranchClosed {
            spot: parent,
            branch: key,
            state: Some(node.name.clone()),
            outcome,
            cause: CloseCause::Ended,
        });
    }

    fn enter_regions(
        &mut self,
        spot: &Spot,
        node: &Node,
        regions: &[BlockId],
    ) -> Result<(), Refusal> {
        for id in regions {
            let block = self.machine.workflow.block(*id);
            let key = Key::Region(block.region.as_deref().unwrap_or_default().into());
            self.emit(Event::BranchOpened {
                spot: spot.clone(),
                branch: key.clone(),
            });
            if self.view().concerned(*id, node, spot) {
                self.start(spot, node, &key, *id)?;
            } else {
                self.emit(Event::BranchClosed {
                    spot: spot.clone(),
                    branch: key,
                    state: None,
                    outcome: None,
                    cause: CloseCause::NotConcerned,
                });
            }
        }
        Ok(())
    }

    fn enter_each(
        &mut self,
        spot: &Spot,
        node: &Node,
        reopened: Reopened<'_>,
    ) -> Result<(), Refusal> {
        let Body::Each { over, .. } = &node.body else {
            return Ok(());
        };
        if let Some(named) = reopened
            && let Some(past) = self.configuration.past.get(spot).cloned()
        {
            for item in self.world().items(over).to_vec() {
                let key = Key::Item(item.as_str().into());
                let before = past.get(&key).filter(|b| b.end.is_some());
                let Some(branch) = before.filter(|_| !named.contains(&item)) else {
                    continue;
                };
                self.emit(Event::BranchClosed {
                    spot: spot.clone(),
                    branch: key,
                    state: branch.at.as_ref().map(ToString::to_string),
                    outcome: branch.end.as_ref().and_then(|end| end.outcome.clone()),
                    cause: CloseCause::Kept,
                });
            }
        }
        self.open_branches(spot, node)
    }

    /// Opens the branches of the items that have none; in sequence, the next one only.
    pub fn open_branches(&mut self, spot: &Spot, node: &Node) -> Result<(), Refusal> {
        let Body::Each {
            over, order, inner, ..
        } = &node.body
        else {
            return Ok(());
        };
        let Some(visit) = self.configuration.visit(spot) else {
            return Ok(());
        };
        let open = visit.branches.values().any(|b| b.end.is_none());
        if *order == Order::Sequence && open {
            return Ok(());
        }
        let absent = |item: &&String| {
            !visit
                .branches
                .contains_key(&Key::Item(item.as_str().into()))
        };
        let mut new: Vec<String> = self
            .world()
            .items(over)
            .iter()
            .filter(absent)
            .cloned()
            .collect();
        if *order == Order::Sequence {
            new.truncate(1);
        }
        for item in new {
            self.open_branch(spot, node, &Key::Item(item.as_str().into()), *inner)?;
        }
        Ok(())
    }

    pub fn open_branch(
        &mut self,
        spot: &Spot,
        node: &Node,
        key: &Key,
        inner: BlockId,
    ) -> Result<(), Refusal> {
        self.emit(Event::BranchOpened {
            spot: spot.clone(),
            branch: key.clone(),
        });
        self.start(spot, node, key, inner)
    }

    /// Leaves a state and all that is inside, the innermost first.
    pub fn leave(&mut self, spot: &Spot) {
        self.leave_inside(spot);
        self.leave_one(spot.clone());
    }

    pub fn leave_inside(&mut self, spot: &Spot) {
        let inside: Vec<Spot> = self.configuration.inside(spot).rev().cloned().collect();
        for spot in inside {
            self.leave_one(spot);
        }
    }

    pub fn leave_branch(&mut self, spot: &Spot, branch: &Key) {
        let inside: Vec<Spot> = self.configuration.inside(spot).rev().cloned().collect();
        for inner in inside {
            if spot.holds_branch(branch, &inner) {
                self.leave_one(inner);
            }
        }
    }

    fn leave_one(&mut self, spot: Spot) {
        let Some(visit) = self.configuration.visit(&spot) else {
            return;
        };
        let open = visit.branches.iter().filter(|(_, b)| b.end.is_none());
        let open: Vec<Key> = open.map(|(key, _)| key.clone()).collect();
        for branch in open {
            self.emit(Event::BranchClosed {
                spot: spot.clone(),
                branch,
                state: None,
                outcome: None,
                cause: CloseCause::Left,
            });
        }
        self.emit(Event::Left { spot });
    }

    /// Starts a child, unless one with this key exists. Answers whether it was started.
    pub fn launch(&mut self, starts: &Starts, scope: &Scope<'_>) -> bool {
        let key = self.view().child_key(starts, scope, self.date);
        let Some(key) = key else { return false };
        let known = child_key(&starts.workflow, &key);
        if self.configuration.children.contains_key(&known) {
            return false;
        }
        self.emit(Event::ChildStarted {
            workflow: starts.workflow.clone(),
            key,
            root: starts.root,
        });
        true
    }
}

impl View<'_> {
    /// Whether a region applies.
    fn concerned(&self, block: BlockId, node: &Node, spot: &Spot) -> bool {
        let Some(when) = &self.machine.workflow.block(block).when else {
            return true;
        };
        let scope = Scope::new(self.by_id(node.id), spot);
        let env = Env {
            view: *self,
            scope: &scope,
            on: self.today,
        };
        // Unknown: the region stays open until its condition is known to be false.
        when.holds(&env) != Truth::False
    }

    /// The key of a child started on this day; `None` when a fact it needs is not known.
    fn child_key(
        &self,
        starts: &Starts,
        scope: &Scope<'_>,
        on: chrono::NaiveDate,
    ) -> Option<String> {
        match &starts.key {
            ChildKey::Word(word) => Some(word.clone()),
            ChildKey::Next => {
                let children = self.configuration.children.values();
                let before = children.filter(|c| c.workflow == starts.workflow).count();
                Some((before + 1).to_string())
            }
            ChildKey::Year(condition) => {
                let env = Env {
                    view: *self,
                    scope,
                    on,
                };
                match condition.eval(&env) {
                    Ok(Value::Integer(year)) => Some(year.to_string()),
                    _ => None,
                }
            }
        }
    }

    /// Why a state cannot be entered: too few items, or someone bound without agreeing.
    pub fn entry_problem(&self, spot: &Spot, node: &Node) -> Option<Refusal> {
        if let Err(refusal) = self.binds(node, spot) {
            return Some(refusal);
        }
        let workflow = self.machine.workflow;
        let start = |key: &Key, block: BlockId| {
            let first = self.by_id(workflow.block(block).start);
            self.entry_problem(&spot.child(Some(node), key, first), first)
        };
        match &node.body {
            Body::Leaf => None,
            Body::Compound { inner, .. } => start(&Key::Inner, *inner),
            Body::Parallel { regions, .. } => regions
                .iter()
                .filter(|id| self.concerned(**id, node, spot))
                .find_map(|id| start(&Key::Inner, *id)),
            Body::Each {
                over,
                at_least,
                inner,
                ..
            } => {
                let items = self.world.items(over);
                if items.len() < *at_least as usize {
                    let collection = self.machine.catalogue.collection(over);
                    let title = collection.map_or(over.as_str(), |c| c.title);
                    return Some(Refusal::new(
                        RefusalCode::TooFew,
                        format!(
                            "{title} : {at_least} au moins sont attendus, {} trouvé(s). \
                             Complétez la liste d'abord.",
                            items.len()
                        ),
                    ));
                }
                items
                    .iter()
                    .find_map(|item| start(&Key::Item(item.as_str().into()), *inner))
            }
        }
    }

    /// Whom entering a state binds, checked against the agreement it rests on.
    pub fn binds(&self, node: &Node, spot: &Spot) -> Result<Option<Binds>, Refusal> {
        let Some(binding) = &node.binding else {
            return Ok(None);
        };
        let title = node.title.as_deref().unwrap_or(&node.name);
        let refused = |code, why: String| {
            let sentence = format!("« {title} » engage les parties. {why}");
            Err(Refusal::new(code, sentence))
        };
        let scope = Scope::new(self.by_id(node.id), spot);
        let key = match &binding.over {
            Some(over) => Some(object_key(&over.name, scope.item(over))),
            None => self.configuration.last_agreed.clone(),
        };
        let agreement = key.and_then(|key| self.configuration.agreed.get(&key));
        let Some(agreed) = agreement.map(|a| &a.agreed) else {
            let why = "Aucun accord complet n'existe : recueillez-le d'abord.".to_owned();
            return refused(RefusalCode::Unbound, why);
        };
        let content = self.content(&agreed.object, agreed.item.as_deref());
        let stands = content.is_some_and(|content| {
            let item = agreed.item.as_deref();
            digest::agreement(&agreed.object, item, content, &agreed.parties) == agreed.digest
        });
        if !stands {
            let why = "Le texte a changé depuis l'accord : recueillez-le de nouveau.".to_owned();
            return refused(RefusalCode::Stale, why);
        }
        let bound = |p: &&super::party::Present| {
            let named = |ids: &Vec<String>| ids.contains(&p.id) || ids.contains(&p.declared);
            binding.binds.as_ref().is_none_or(named)
        };
        let parties: BTreeSet<String> = self
            .present
            .iter()
            .filter(bound)
            .map(|p| p.id.clone())
            .collect();
        let silent: Vec<&str> = parties
            .difference(&agreed.consents)
            .map(String::as_str)
            .collect();
        if !silent.is_empty() {
            let why = format!("{} n'a pas donné son accord à ce texte.", listed(silent));
            return refused(RefusalCode::Unbound, why);
        }
        Ok(Some(Binds {
            parties,
            object: agreed.object.clone(),
            item: agreed.item.clone(),
            digest: agreed.digest,
        }))
    }
}
