//! Proof 7: everything exists.
//!
//! Facts, rules, capabilities, objects, documents and their types are looked up when the file is
//! read, each with its place. What remains: a child lists its parent, and each rule used has a
//! value on the day asked about; the unconfirmed ones are told.

use super::{Findings, Surroundings};
use crate::workflow::condition::Condition;
use crate::workflow::definition::model::{
    Delay, InputKind, Moment, Presence, Starts, Timer, Workflow,
};
use crate::workflow::definition::party::PartyExpr;
use crate::workflow::problem::{Code, Place, Problem};
use std::collections::BTreeMap;

pub fn prove(workflow: &Workflow, surroundings: Surroundings<'_>, findings: &mut Findings) {
    for node in &workflow.nodes {
        let acts = node.acts.iter().filter_map(|a| a.starts.as_ref());
        let timers = node.after.iter().filter_map(|t| t.starts.as_ref());
        for starts in acts.chain(timers) {
            child(workflow, starts, surroundings, findings);
        }
    }
    for (id, place) in Rules::of(workflow) {
        rule(&id, place, surroundings, findings);
    }
}

fn child(
    workflow: &Workflow,
    starts: &Starts,
    surroundings: Surroundings<'_>,
    findings: &mut Findings,
) {
    let name = &starts.workflow;
    let message = match surroundings.parents.get(name) {
        None => format!("Le workflow « {name} » n'existe pas. Créez-le, ou corrigez ce nom."),
        Some(parents) if starts.root && !parents.is_empty() => format!(
            "« {name} » est lancé comme un contrat nouveau (« root: true »), mais il ne peut \
             l'être que par {}. Retirez « root ».",
            parents.join(", ")
        ),
        Some(parents) if !starts.root && !parents.contains(&workflow.name) => format!(
            "« {name} » n'admet pas « {} » pour parent. Ajoutez-le à sa clé « parent ».",
            workflow.name
        ),
        Some(_) => return,
    };
    findings.refuse(Problem::new(Code::Inconnu, starts.place, message));
}

fn rule(id: &str, place: Place, surroundings: Surroundings<'_>, findings: &mut Findings) {
    let pack = surroundings.pack;
    match pack.value(id, surroundings.on) {
        None => {
            let message = format!(
                "La règle « {id} » n'a pas de valeur en vigueur le {}. Complétez le paquet « {} ».",
                surroundings.on.format("%d/%m/%Y"),
                pack.id
            );
            findings.refuse(Problem::new(Code::Inconnu, place, message));
        }
        Some(value) if !value.confirmed => {
            let message = format!("La règle « {id} » ({}) reste à confirmer.", value.source);
            findings.notice(Code::Source, place, message);
        }
        Some(_) => {}
    }
}

/// The rules a workflow uses, each with the first place that does.
#[derive(Default)]
struct Rules {
    found: BTreeMap<String, Place>,
}

impl Rules {
    fn of(workflow: &Workflow) -> BTreeMap<String, Place> {
        let mut rules = Self::default();
        for party in &workflow.parties {
            if let Presence::When(condition) = &party.presence {
                rules.condition(condition, party.place);
            }
        }
        for block in &workflow.blocks {
            if let Some(when) = &block.when {
                rules.condition(when, block.place);
            }
        }
        for interruption in &workflow.interruptions {
            let place = interruption.place;
            rules.parties(&interruption.by, place);
            if let Some(d) = &interruption.limit {
                rules.delay(d, place);
            }
            if let Some(c) = &interruption.when {
                rules.condition(c, place);
            }
        }
        for node in &workflow.nodes {
            rules.node(node);
        }
        rules.found
    }

    fn node(&mut self, node: &crate::workflow::definition::model::Node) {
        for act in &node.acts {
            self.parties(&act.by, act.place);
            for requirement in &act.requires {
                self.condition(&requirement.condition, requirement.place);
            }
            for input in &act.inputs {
                if let InputKind::Choice(id) = &input.kind {
                    self.add(id, input.place);
                }
            }
            if let Some(t) = &act.expired {
                self.timer(t);
            }
        }
        for t in &node.after {
            self.timer(t);
        }
        for auto in &node.auto {
            if let Some(c) = &auto.when {
                self.condition(c, auto.place);
            }
        }
        if let Some(due) = &node.due {
            self.moment(&due.moment, due.place);
            if let Some(escalate) = &due.escalate {
                self.delay(&escalate.delay, due.place);
            }
        }
    }

    fn add(&mut self, id: &str, place: Place) {
        self.found.entry(id.to_owned()).or_insert(place);
    }

    fn condition(&mut self, condition: &Condition, place: Place) {
        for id in condition.rules() {
            self.add(id, place);
        }
    }

    fn timer(&mut self, timer: &Timer) {
        self.moment(&timer.moment, timer.place);
        if let Some(c) = &timer.when {
            self.condition(c, timer.place);
        }
    }

    fn moment(&mut self, moment: &Moment, place: Place) {
        match moment {
            Moment::In { delay, from } => {
                self.delay(delay, place);
                if let Some(c) = from {
                    self.condition(c, place);
                }
            }
            Moment::At(date) => self.condition(date, place),
            Moment::Every { .. } => {}
        }
    }

    fn delay(&mut self, delay: &Delay, place: Place) {
        if let Delay::Rule(id) = delay {
            self.add(id, place);
        }
    }

    fn parties(&mut self, expr: &PartyExpr, place: Place) {
        match expr {
            PartyExpr::Rule { id, .. } => self.add(id, place),
            PartyExpr::Any(list) | PartyExpr::All(list) => {
                for e in list {
                    self.parties(e, place);
                }
            }
            PartyExpr::Party(_) | PartyExpr::Set { .. } | PartyExpr::Item(_) => {}
        }
    }
}
