//! For each party: what it may do now, what is missing and who can provide it, what it waits for,
//! which dates fall when. Computed, never stored: reminders and escalations are not events, the
//! clock's jobs read them here.

use super::Machine;
use super::clock::frozen;
use super::configuration::{Configuration, TimerState, Visit};
use super::decide::Run;
use super::digest::Digest;
use super::event::{Armed, Inputs};
use super::judge::Place;
use super::refusal::Missing;
use super::spot::Spot;
use super::view::{Scope, View};
use super::world::World;
use crate::workflow::definition::model::{Act, Due, Node, Role, Silence, Target};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where everyone stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agenda {
    /// In file order.
    pub parties: Vec<PartyAgenda>,
    /// By date.
    pub dates: Vec<Deadline>,
    /// The first day of the open suspension.
    pub suspended_since: Option<NaiveDate>,
}

/// What one party sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartyAgenda {
    pub party: String,
    pub title: String,
    pub acts: Vec<Todo>,
    pub waits: Vec<Wait>,
    /// The rights to write it holds now, with where.
    pub pen: Vec<Pen>,
    /// The suspensions and abandonments it may ask for.
    pub interruptions: Vec<String>,
}

/// An act that awaits this party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Todo {
    pub spot: Spot,
    pub act: String,
    pub title: String,
    pub role: Role,
    /// What stands in the way; none: it can be done.
    pub missing: Vec<Missing>,
    /// To be shown and sent back with the answer.
    pub digest: Option<Digest>,
    /// What the first party typed, to be agreed to.
    pub inputs: Inputs,
    pub may_refuse: bool,
}

/// Something this party waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wait {
    pub spot: Spot,
    pub act: String,
    pub title: String,
    /// The parties whose answer is needed: each, or one of them.
    pub from: BTreeSet<String>,
    /// This party has answered, and may still take it back.
    pub answered: bool,
}

/// A right to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pen {
    pub spot: Spot,
    pub capability: String,
}

/// A date that falls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deadline {
    pub spot: Spot,
    /// `after-1`, an act's name for what expires with it, `due`.
    pub name: String,
    /// The last day, wholly available.
    pub echeance: NaiveDate,
    /// Soft: people are told, nothing moves.
    pub soft: bool,
    pub silence: Option<Silence>,
    pub source: Option<String>,
    pub rule: Option<String>,
    /// The state it leads to; `end` for the end of a region or a branch.
    pub leads_to: Option<String>,
    /// A suspension stops it now.
    pub frozen: bool,
    pub reminders: Vec<NaiveDate>,
    pub escalation: Option<Escalation>,
}

/// Who is told once a soft deadline has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Escalation {
    pub on: NaiveDate,
    pub to: Role,
}

impl Machine<'_> {
    /// What each party may do, waits for, and must not forget.
    pub fn agenda(
        &self,
        configuration: &Configuration,
        world: &dyn World,
        now: DateTime<Utc>,
    ) -> Agenda {
        let run = Run::new(self, configuration, world, now);
        let view = run.view();
        let mut agenda = Agenda {
            parties: view.people(),
            dates: Vec::new(),
            suspended_since: configuration.interruption.as_ref().map(|i| i.since),
        };
        if configuration.ended.is_some() {
            return agenda;
        }
        view.offer_interruptions(&mut agenda.parties);
        view.root_rights(&mut agenda.parties);
        let mut concerned = BTreeMap::new();
        for (spot, visit) in &configuration.visits {
            let Some(node) = view.node(spot) else {
                continue;
            };
            view.dates(spot, node, visit, &mut agenda.dates);
            if node.acts.is_empty() && node.allow.is_empty() {
                continue;
            }
            let scope = Scope::new(node, spot);
            view.rights(&scope, node, &mut agenda.parties);
            for act in &node.acts {
                view.duties(spot, node, act, visit, &mut concerned, &mut agenda.parties);
            }
        }
        agenda
            .dates
            .sort_by(|a, b| (a.echeance, &a.spot, &a.name).cmp(&(b.echeance, &b.spot, &b.name)));
        agenda
    }
}

impl<'v> View<'v> {
    fn people(&self) -> Vec<PartyAgenda> {
        let party = |p: &super::party::Present| PartyAgenda {
            party: p.id.clone(),
            title: self.title(&p.id).to_owned(),
            ..PartyAgenda::default()
        };
        self.present.iter().map(party).collect()
    }

    fn duties(
        &self,
        spot: &Spot,
        node: &'v Node,
        act: &'v Act,
        visit: &Visit,
        concerned: &mut BTreeMap<Spot, BTreeSet<String>>,
        parties: &mut [PartyAgenda],
    ) {
        let place = Place {
            node,
            act,
            scope: Scope::new(node, spot),
            entered: visit.entered,
        };
        let Ok(asked) = self.resolve(&act.by, &place.scope) else {
            return;
        };
        if self.suspended(&place).is_err() {
            return;
        }
        let tally = visit.answers.get(&act.name);
        let answered = |party: &str| tally.is_some_and(|t| t.answers.contains_key(party));
        let mut wanting = self.wanting(&asked, &answered);
        if wanting.is_empty() {
            // Someone left: any of those who remain may say again what completes the agreement.
            wanting = self.candidates(&asked);
        }
        let todo = Todo {
            spot: spot.clone(),
            act: act.name.clone(),
            title: act.title.clone().unwrap_or_else(|| act.name.clone()),
            role: act.role,
            missing: self.unmet(&place),
            digest: self.digest(act, &place.scope),
            inputs: tally.map(|t| t.inputs.clone()).unwrap_or_default(),
            may_refuse: act.refused.is_some(),
        };
        let mine = self.concerned_at(&place, concerned);
        for agenda in parties {
            if wanting.contains(&agenda.party) {
                agenda.acts.push(todo.clone());
            } else if mine.is_none_or(|parties| parties.contains(&agenda.party)) {
                agenda.waits.push(Wait {
                    spot: spot.clone(),
                    act: act.name.clone(),
                    title: todo.title.clone(),
                    from: wanting.clone(),
                    answered: answered(&agenda.party),
                });
            }
        }
    }

    /// In a branch, the parties that some act of it asks: nobody is told about an item that is not
    /// theirs. Elsewhere, everyone: `None`.
    fn concerned_at<'c>(
        &self,
        place: &Place<'v>,
        known: &'c mut BTreeMap<Spot, BTreeSet<String>>,
    ) -> Option<&'c BTreeSet<String>> {
        let spot = &place.scope.spot;
        let text = spot.as_str();
        let branch = Spot::new(&text[..=text.rfind(']')?]);
        let found = known.entry(branch).or_insert_with(|| {
            let block = self.machine.workflow.block(place.node.block);
            let states = block.nodes.iter().map(|id| self.by_id(*id));
            let asked = states.flat_map(|node| &node.acts);
            asked
                .filter_map(|act| self.resolve(&act.by, &place.scope).ok())
                .flat_map(|asked| self.candidates(&asked))
                .collect()
        });
        Some(found)
    }

    fn rights(&self, scope: &Scope<'v>, node: &Node, parties: &mut [PartyAgenda]) {
        for allow in &node.allow {
            self.grant(allow, scope, parties);
        }
    }

    fn root_rights(&self, parties: &mut [PartyAgenda]) {
        for allow in &self.machine.workflow.allow {
            self.grant(allow, &Scope::root(), parties);
        }
    }

    fn grant(
        &self,
        allow: &crate::workflow::definition::model::Allow,
        scope: &Scope<'v>,
        parties: &mut [PartyAgenda],
    ) {
        let Ok(asked) = self.resolve(&allow.who, scope) else {
            return;
        };
        let holders = self.candidates(&asked);
        for agenda in parties {
            if holders.contains(&agenda.party) {
                agenda
                    .pen
                    .extend(allow.capabilities.iter().map(|capability| Pen {
                        spot: scope.spot.clone(),
                        capability: capability.clone(),
                    }));
            }
        }
    }

    fn offer_interruptions(&self, parties: &mut [PartyAgenda]) {
        let open = self.configuration.interruption.as_ref();
        for found in &self.machine.workflow.interruptions {
            let prolongs = open.is_some_and(|open| open.name == found.name);
            if self.interruptible(found, prolongs).is_err() {
                continue;
            }
            let asked = self.resolve(&found.by, &Scope::root());
            let may = asked
                .map(|asked| self.candidates(&asked))
                .unwrap_or_default();
            for agenda in parties.iter_mut() {
                if prolongs || may.contains(&agenda.party) {
                    agenda.interruptions.push(found.name.clone());
                }
            }
        }
    }

    fn dates(&self, spot: &Spot, node: &'v Node, visit: &Visit, dates: &mut Vec<Deadline>) {
        for (name, state) in &visit.timers {
            let TimerState::Running(armed) = state else {
                continue;
            };
            let timer = super::clock::timers(node).find(|t| t.name == *name);
            let leads_to = timer.and_then(|t| t.to).map(|to| match to {
                Target::Node(id) => self.by_id(id).name.clone(),
                Target::End => "end".to_owned(),
            });
            let mut deadline = self.deadline(spot, name, armed);
            deadline.leads_to = leads_to;
            dates.push(deadline);
        }
        if let Some(due) = &node.due {
            dates.extend(self.soft(spot, node, visit, due));
        }
    }

    fn deadline(&self, spot: &Spot, name: &str, armed: &Armed) -> Deadline {
        let open = self.configuration.interruption.as_ref();
        Deadline {
            spot: spot.clone(),
            name: name.to_owned(),
            echeance: armed.echeance,
            soft: false,
            silence: armed.silence,
            source: armed.source.clone(),
            rule: armed.rule.clone(),
            leads_to: None,
            frozen: open.is_some_and(|open| frozen(armed.freezes, open.national)),
            reminders: Vec::new(),
            escalation: None,
        }
    }

    fn soft(&self, spot: &Spot, node: &'v Node, visit: &Visit, due: &Due) -> Option<Deadline> {
        let scope = Scope::new(node, spot);
        let armed = self.stretched(self.moment(&due.moment, &scope, visit.entered)?);
        let territoire = self.world.territoire();
        let reminders = due.remind.iter();
        let mut reminders: Vec<NaiveDate> = reminders
            .filter_map(|before| before.avant(armed.echeance, territoire).ok())
            .collect();
        reminders.sort_unstable();
        let escalation = due.escalate.as_ref().and_then(|escalate| {
            let on = self.delayed(&escalate.delay, armed.echeance, visit.entered)?;
            Some(Escalation {
                on: on.echeance,
                to: escalate.to,
            })
        });
        Some(Deadline {
            soft: true,
            source: due.source.clone(),
            reminders,
            escalation,
            ..self.deadline(spot, "due", &armed)
        })
    }
}
