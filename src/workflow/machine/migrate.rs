//! A running instance passes to another version of its definition, or to another rule pack: one
//! checked event.

use super::Machine;
use super::clock::timers;
use super::configuration::{Configuration, TimerState};
use super::decide::Run;
use super::event::{Armed, Event, Pinned, Stamped, VoidCause};
use super::refusal::{Refusal, RefusalCode, listed};
use super::spot::Spot;
use super::view::{Scope, View};
use super::world::World;
use crate::workflow::definition::model::{
    Act, Body, Migration, Moment, Node, NodeId, Target, Timer, Workflow,
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

impl Machine<'_> {
    /// Moves an instance that runs under `old` to this definition and its pack.
    ///
    /// # Errors
    /// A suspension is open; an active state has no image, or one of another shape; the new graph
    /// asks, before where the instance stands, for a binding agreement that was not given.
    pub fn migrate(
        &self,
        configuration: &Configuration,
        old: &Workflow,
        world: &dyn World,
        now: DateTime<Utc>,
    ) -> Result<Vec<Stamped>, Refusal> {
        let mut run = Run::new(self, configuration, world, now);
        let from = run.view().migratable(old)?;
        let moves = run.view().images(old)?;
        run.view().twins(moves.values())?;
        run.emit(Event::Migrated {
            from,
            to: Pinned {
                workflow: self.workflow.name.clone(),
                version: self.workflow.version,
                pack: self.pack.id.clone(),
            },
            moves: moves.clone(),
        });
        let back: BTreeMap<&Spot, &Spot> = moves.iter().map(|(old, new)| (new, old)).collect();
        for (spot, act, party) in run.view().outdated(old, &back) {
            run.emit(Event::ConsentVoided {
                spot,
                act,
                party,
                cause: VoidCause::Migrated,
            });
        }
        for (spot, timer, armed) in run.view().reset() {
            run.emit(Event::TimerSet { spot, timer, armed });
        }
        run.arm_missing();
        run.refresh();
        run.settle()?;
        run.catch_up()?;
        Ok(run.events)
    }
}

fn refused(sentence: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::Migration, sentence)
}

impl Run<'_> {
    /// Arms the deadlines that the new definition adds to the active states.
    fn arm_missing(&mut self) {
        let spots: Vec<Spot> = self.configuration.visits.keys().cloned().collect();
        for spot in spots {
            let node = self.view().node(&spot).map(|n| n.id);
            if let Some(id) = node {
                let node = self.machine.workflow.node(id);
                self.rearm(&spot, node);
            }
        }
    }
}

impl<'v> View<'v> {
    fn migratable(&self, old: &Workflow) -> Result<Pinned, Refusal> {
        let new = self.machine.workflow;
        let Some(pinned) = self.configuration.pinned.clone() else {
            return Err(refused(
                "Ce contrat n'est pas ouvert : ouvrez-le dans la version voulue.",
            ));
        };
        if self.configuration.ended.is_some() {
            return Err(refused(
                "Ce contrat est terminé : il garde la version de sa fin.",
            ));
        }
        if self.configuration.interruption.is_some() {
            return Err(refused(
                "Une suspension est ouverte : reprenez le contrat avant de changer de version.",
            ));
        }
        if pinned.workflow != new.name || pinned.workflow != old.name {
            return Err(refused(format!(
                "Le contrat suit « {} » ; « {} » est un autre workflow.",
                pinned.workflow, new.name
            )));
        }
        if pinned.version != old.version {
            return Err(refused(format!(
                "Le contrat suit la version {} ; la version {} a été fournie comme ancienne.",
                pinned.version, old.version
            )));
        }
        if pinned.version == new.version && pinned.pack == self.machine.pack.id {
            return Err(refused(
                "Le contrat suit déjà cette version et ce paquet de règles.",
            ));
        }
        Ok(pinned)
    }

    /// Every active spot with its image.
    fn images(&self, old: &Workflow) -> Result<BTreeMap<Spot, Spot>, Refusal> {
        let new = self.machine.workflow;
        let rules = new.migrations.iter().find(|m| m.from == old.version);
        let mut moves = BTreeMap::from([(Spot::root(), Spot::root())]);
        let mut lost = Vec::new();
        for spot in self.configuration.visits.keys().filter(|s| !s.is_root()) {
            let Some(before) = old.find(&spot.path()) else {
                lost.push(spot.as_str().to_owned());
                continue;
            };
            let path = image(&before.path, rules);
            let Some(after) = new.find(&path) else {
                lost.push(before.title.clone().unwrap_or_else(|| before.path.clone()));
                continue;
            };
            let to = placed(new, after, &spot.keys().collect::<Vec<_>>());
            let (held, held_by) = (spot.parent(old, before), to.parent(new, after));
            let carried = moves.get(&held.0) == Some(&held_by.0) && held.1 == held_by.1;
            if !carried || !alike(old, before, new, after) {
                return Err(refused(format!(
                    "L'état « {} » a changé de forme ou d'enveloppe dans la version {} : \
                     attendez que le contrat l'ait quitté.",
                    before.title.as_deref().unwrap_or(&before.path),
                    new.version
                )));
            }
            moves.insert(spot.clone(), to);
        }
        if lost.is_empty() {
            return Ok(moves);
        }
        Err(refused(format!(
            "La version {} ne dit pas où vont : {}. Complétez « migrations », ou attendez que le \
             contrat ait quitté ces états.",
            new.version,
            listed(lost.iter().map(String::as_str))
        )))
    }

    /// A binding state without which the new graph does not lead to where the instance stands must
    /// have its twin in the journal.
    fn twins<'s>(&self, spots: impl Iterator<Item = &'s Spot>) -> Result<(), Refusal> {
        let workflow = self.machine.workflow;
        let root = &workflow.root().nodes;
        let here: BTreeSet<NodeId> = spots
            .filter_map(|spot| workflow.find(&spot.path()))
            .map(|node| node.id)
            .filter(|id| root.contains(id))
            .collect();
        for id in root {
            let Some(binding) = &workflow.node(*id).binding else {
                continue;
            };
            let needed = here
                .iter()
                .any(|at| at == id || !reached(workflow, *id, *at));
            let object = binding.over.as_ref().map(|over| over.name.as_str());
            let mut bound = self.configuration.bound.values();
            let given = bound.any(|binds| {
                let entered = binds.object.starts_with(super::opening::ENTRY);
                entered || object.is_none_or(|object| binds.object == object)
            });
            if needed && !given {
                let node = workflow.node(*id);
                return Err(refused(format!(
                    "La version {} demande, avant l'état actuel, l'accord qui mène à « {} » : il \
                     n'a pas été donné.",
                    workflow.version,
                    node.title.as_deref().unwrap_or(&node.name)
                )));
            }
        }
        Ok(())
    }

    /// The answers to acts whose expression or object changed.
    fn outdated(
        &self,
        old: &Workflow,
        back: &BTreeMap<&Spot, &Spot>,
    ) -> Vec<(Spot, String, String)> {
        let mut found = Vec::new();
        for (spot, visit) in &self.configuration.visits {
            for (name, tally) in visit.answers.iter().filter(|_| !spot.is_root()) {
                let act = |node: Option<&Node>| -> Option<Act> {
                    let acts = &node?.acts;
                    acts.iter().find(|a| a.name == *name).cloned()
                };
                let before = back.get(spot).and_then(|spot| old.find(&spot.path()));
                let (before, after) = (act(before), act(self.node(spot)));
                let same = match (before, after) {
                    (Some(before), Some(after)) => {
                        before.by == after.by && before.over == after.over
                    }
                    _ => false,
                };
                if !same {
                    let answers = tally.answers.keys();
                    found.extend(answers.map(|p| (spot.clone(), name.clone(), p.clone())));
                }
            }
        }
        found
    }

    /// Running deadlines under the new rule: they keep their start.
    fn reset(&self) -> Vec<(Spot, String, Option<Armed>)> {
        let mut found = Vec::new();
        for (spot, visit) in &self.configuration.visits {
            let Some(node) = self.node(spot) else {
                continue;
            };
            let scope = Scope::new(node, spot);
            for (name, state) in &visit.timers {
                let TimerState::Running(armed) = state else {
                    continue;
                };
                let timer = timers(node).find(|t| t.name == *name);
                let now = timer.and_then(|t| self.again(t, &scope, visit.entered, armed));
                if now.as_ref() != Some(armed) {
                    found.push((spot.clone(), name.clone(), now));
                }
            }
        }
        found
    }

    fn again(
        &self,
        timer: &Timer,
        scope: &Scope<'v>,
        entered: chrono::NaiveDate,
        armed: &Armed,
    ) -> Option<Armed> {
        if let Moment::Every { .. } = timer.moment {
            return Some(armed.clone());
        }
        self.arm(timer, scope, entered)
            .map(|now| self.stretched(now))
    }
}

/// The new path of a state: the longest prefix that the file maps, else the same.
fn image(path: &str, rules: Option<&Migration>) -> String {
    let inside = |old: &str| {
        let rest = path.strip_prefix(old)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
    };
    let mapped = rules.into_iter().flat_map(|rules| &rules.map);
    let best = mapped
        .filter_map(|(old, new)| inside(old).map(|rest| (old.len(), format!("{new}{rest}"))))
        .max_by_key(|(length, _)| *length);
    best.map_or_else(|| path.to_owned(), |(_, image)| image)
}

/// The spot of a state with these items, outermost first.
fn placed(workflow: &Workflow, node: &Node, keys: &[String]) -> Spot {
    let mut chain: Vec<&Node> = workflow.ancestors(node.id).collect();
    chain.reverse();
    chain.push(node);
    let mut spot = Spot::root();
    let mut keys = keys.iter();
    let mut owner: Option<&Node> = None;
    for node in chain {
        let key = match owner.map(|o| &o.body) {
            Some(Body::Each { .. }) => keys
                .next()
                .map(|key| super::spot::Key::Item(key.as_str().into())),
            _ => None,
        };
        spot = spot.child(owner, &key.unwrap_or(super::spot::Key::Inner), node);
        owner = Some(node);
    }
    spot
}

/// Whether a visit of one can go on as a visit of the other.
fn alike(old: &Workflow, before: &Node, new: &Workflow, after: &Node) -> bool {
    if before.within != after.within || before.ending.is_some() != after.ending.is_some() {
        return false;
    }
    match (&before.body, &after.body) {
        (Body::Leaf, Body::Leaf) | (Body::Compound { .. }, Body::Compound { .. }) => true,
        (Body::Each { over: a, .. }, Body::Each { over: b, .. }) => a == b,
        (Body::Parallel { regions: a, .. }, Body::Parallel { regions: b, .. }) => {
            let names = |workflow: &Workflow, regions: &[_]| -> BTreeSet<Option<String>> {
                let name = |id: &_| workflow.block(*id).region.clone();
                regions.iter().map(name).collect()
            };
            names(old, a) == names(new, b)
        }
        _ => false,
    }
}

/// Whether the top-level state `to` can be reached from the start without `avoided`.
fn reached(workflow: &Workflow, avoided: NodeId, to: NodeId) -> bool {
    let root = workflow.root();
    let mut todo = vec![root.start];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if id == avoided || !seen.insert(id) {
            continue;
        }
        todo.extend(exits(workflow.node(id)).filter_map(|target| match target {
            Target::Node(id) => Some(id),
            Target::End => None,
        }));
    }
    seen.contains(&to)
}

fn exits(node: &Node) -> impl Iterator<Item = Target> {
    let acts = node.acts.iter().flat_map(|act| {
        let refused = act.refused.as_ref().map(|r| r.to);
        [act.to, refused].into_iter().flatten()
    });
    let timed = timers(node).filter_map(|t| t.to);
    let automatic = node.auto.iter().map(|a| a.to);
    acts.chain(timed).chain(automatic).chain(node.body.done())
}
