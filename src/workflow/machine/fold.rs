//! From events to where things stand. Total: an event that names a place that is not there (a
//! journal no machine wrote) changes nothing there.

use super::configuration::{
    Agreement, Answer, Branch, Child, Configuration, End, Ended, Interruption, Shared, Suspension,
    TimerState, Visit, object_key,
};
use super::event::{Actor, Agreed, CloseCause, Event, Inputs, Stamped};
use super::spot::{Key, Spot};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Folds one event.
pub fn fold(configuration: &mut Configuration, stamped: &Stamped) {
    configuration.events += 1;
    let date = stamped.effective;
    match &stamped.event {
        Event::Entered {
            spot,
            pinned,
            binds,
        } => {
            configuration.enter(spot, date);
            if let Some(pinned) = pinned {
                configuration.pinned = Some(pinned.clone());
                configuration.pinned_on = Some(date);
            }
            for party in binds.iter().flat_map(|b| &b.parties) {
                let binds = binds.clone();
                configuration
                    .bound
                    .extend(binds.map(|b| (party.clone(), b)));
            }
        }
        Event::Left { spot } => configuration.leave(spot),
        Event::BranchOpened { spot, branch } => {
            configuration.branch(spot, branch, Branch::default());
        }
        Event::BranchClosed {
            spot,
            branch,
            state,
            outcome,
            cause,
        } => configuration.close(spot, branch, state.as_ref(), outcome.as_ref(), *cause),
        Event::Migrated { to, moves, .. } => {
            configuration.pinned = Some(to.clone());
            configuration.pinned_on = Some(date);
            configuration.relocate(moves);
        }
        Event::Ended { outcome } => {
            let outcome = outcome.clone();
            configuration.ended = Some(Ended { outcome, date });
        }
        other => configuration.answered(other, date),
    }
}

impl Configuration {
    fn edit(&mut self, spot: &Spot, change: impl FnOnce(&mut Visit)) {
        if let Some(visit) = self.visits.get_mut(spot) {
            change(visit.edit());
        }
    }

    fn enter(&mut self, spot: &Spot, date: NaiveDate) {
        let visit = Visit {
            entered: date,
            number: self.events,
            timers: BTreeMap::new(),
            answers: BTreeMap::new(),
            done: BTreeMap::new(),
            waived: BTreeMap::new(),
            branches: BTreeMap::new(),
        };
        self.visits.insert(spot.clone(), Shared::new(visit));
        if let Some((composite, key, name)) = spot.branch()
            && let Some(visit) = self.visits.get_mut(composite)
        {
            let branch = visit
                .edit()
                .branches
                .entry(Key::Item(key.as_str().into()))
                .or_default();
            branch.at = Some(name.into());
        }
    }

    fn leave(&mut self, spot: &Spot) {
        if let Some(visit) = self.visits.remove(spot)
            && !visit.branches.is_empty()
        {
            let branches = Shared::new(visit.branches.clone());
            self.past.insert(spot.clone(), branches);
        }
    }

    fn branch(&mut self, spot: &Spot, key: &Key, branch: Branch) {
        self.edit(spot, |visit| {
            visit.branches.insert(key.clone(), branch);
        });
    }

    fn close(
        &mut self,
        spot: &Spot,
        key: &Key,
        state: Option<&String>,
        outcome: Option<&String>,
        cause: CloseCause,
    ) {
        let inside: Vec<Spot> = self.inside(spot).cloned().collect();
        for other in inside.iter().filter(|other| spot.holds_branch(key, other)) {
            self.visits.remove(other);
        }
        self.edit(spot, |visit| match cause {
            CloseCause::ItemLeft | CloseCause::Reopened => {
                visit.branches.remove(key);
            }
            CloseCause::Left => {}
            CloseCause::Ended | CloseCause::NotConcerned | CloseCause::Kept => {
                let end = End {
                    cause,
                    outcome: outcome.cloned(),
                };
                let branch = visit.branches.entry(key.clone()).or_default();
                branch.at = state.map(|s| s.as_str().into()).or(branch.at.take());
                branch.end = Some(end);
            }
        });
    }

    fn relocate(&mut self, moves: &BTreeMap<Spot, Spot>) {
        let moved = |spot: Spot| moves.get(&spot).cloned().unwrap_or(spot);
        let visits = std::mem::take(&mut self.visits);
        self.visits = visits.into_iter().map(|(s, v)| (moved(s), v)).collect();
        let past = std::mem::take(&mut self.past);
        self.past = past.into_iter().map(|(s, b)| (moved(s), b)).collect();
        for spot in moves.values() {
            if let Some((composite, key, name)) = spot.branch()
                && let Some(visit) = self.visits.get_mut(composite)
                && let Some(branch) = visit
                    .edit()
                    .branches
                    .get_mut(&Key::Item(key.as_str().into()))
            {
                branch.at = Some(name.into());
            }
        }
    }

    /// Answers, timers, parties, children, suspensions: what moves nothing by itself.
    fn answered(&mut self, event: &Event, date: NaiveDate) {
        match event {
            Event::Consented {
                spot,
                act,
                actor,
                digest,
                inputs,
                ..
            } => self.answer(spot, act, Some(inputs), answer(true, actor, date, *digest)),
            Event::Refused {
                spot,
                act,
                actor,
                digest,
                ..
            } => self.answer(spot, act, None, answer(false, actor, date, *digest)),
            Event::Withdrawn {
                spot, act, actor, ..
            } => self.unanswer(spot, act, &actor.party),
            Event::ConsentVoided {
                spot, act, party, ..
            } => self.unanswer(spot, act, party),
            Event::ActDone {
                spot, act, agreed, ..
            } => self.act_done(spot, act, agreed.as_ref(), date),
            Event::TimerSet { spot, timer, armed } => self.edit(spot, |visit| {
                match armed.clone().map(TimerState::Running) {
                    Some(state) => visit.timers.insert(timer.clone(), state),
                    None => visit.timers.remove(timer),
                };
            }),
            Event::TimerFired { spot, timer, armed } => self.edit(spot, |visit| {
                let fired = TimerState::Fired(armed.clone());
                visit.timers.insert(timer.clone(), fired);
            }),
            Event::TimerLapsed { spot, timer, .. } => self.edit(spot, |visit| {
                visit.timers.insert(timer.clone(), TimerState::Lapsed);
            }),
            Event::Waived {
                spot,
                act,
                requirement,
                actor,
                ..
            } => self.edit(spot, |visit| {
                let waived = visit.waived.entry(act.clone()).or_default();
                let parties = waived.entry(*requirement).or_default();
                parties.insert(actor.party.clone());
            }),
            other => self.surroundings(other, date),
        }
    }

    fn surroundings(&mut self, event: &Event, date: NaiveDate) {
        match event {
            Event::PartyJoined { party } => {
                self.parties.insert(party.clone());
            }
            Event::PartyLeft { party } => {
                self.parties.remove(party);
            }
            Event::Interrupted {
                name,
                national,
                until,
            } => {
                let open = self.interruption.take().filter(|open| open.name == *name);
                self.interruption = Some(Interruption {
                    name: name.clone(),
                    national: *national,
                    since: open.map_or(date, |open| open.since),
                    until: until.clone(),
                });
            }
            Event::Resumed { .. } => {
                let open = self.interruption.take();
                self.suspensions.extend(open.map(|open| Suspension {
                    since: open.since,
                    resumed: date,
                }));
            }
            Event::ChildStarted {
                workflow,
                key,
                root,
            } => {
                let child = Child {
                    workflow: workflow.clone(),
                    key: key.clone(),
                    root: *root,
                    started: date,
                    outcome: None,
                };
                self.children.insert(child_key(workflow, key), child);
            }
            Event::ChildEnded {
                workflow,
                key,
                outcome,
            } => {
                if let Some(child) = self.children.get_mut(&child_key(workflow, key)) {
                    child.outcome = Some(outcome.clone());
                }
            }
            _ => {}
        }
    }

    fn answer(&mut self, spot: &Spot, act: &str, inputs: Option<&Inputs>, answer: Answer) {
        self.edit(spot, |visit| {
            let tally = visit.answers.entry(act.to_owned()).or_default();
            if let Some(inputs) = inputs
                && !tally.answers.values().any(|a| a.consents)
            {
                tally.inputs.clone_from(inputs);
            }
            tally.answers.insert(answer.actor.party.clone(), answer);
        });
    }

    fn unanswer(&mut self, spot: &Spot, act: &str, party: &str) {
        self.edit(spot, |visit| {
            if let Some(tally) = visit.answers.get_mut(act) {
                tally.answers.remove(party);
                if tally.answers.is_empty() {
                    visit.answers.remove(act);
                }
            }
        });
    }

    fn act_done(&mut self, spot: &Spot, act: &str, agreed: Option<&Agreed>, date: NaiveDate) {
        self.edit(spot, |visit| {
            visit.answers.remove(act);
            visit.done.insert(act.to_owned(), date);
        });
        if let Some(agreed) = agreed {
            let key = object_key(&agreed.object, agreed.item.as_deref());
            let agreement = Agreement {
                agreed: agreed.clone(),
                spot: spot.clone(),
                act: act.to_owned(),
                date,
            };
            self.agreed.insert(key.clone(), Shared::new(agreement));
            self.last_agreed = Some(key);
        }
    }
}

fn answer(
    consents: bool,
    actor: &Actor,
    date: NaiveDate,
    digest: Option<super::digest::Digest>,
) -> Answer {
    Answer {
        consents,
        actor: actor.clone(),
        date,
        digest,
    }
}

pub fn child_key(workflow: &str, key: &str) -> String {
    format!("{workflow}#{key}")
}
