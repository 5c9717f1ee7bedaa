//! Deadlines: armed, set again when their facts change, fired when their day has ended.

use super::configuration::TimerState;
use super::decide::Run;
use super::event::{Armed, Event, Freezes, LapseCause, ResumeCause};
use super::refusal::Refusal;
use super::spot::Spot;
use super::view::{Env, Scope, View};
use crate::regles::delai::Delai;
use crate::regles::value::Value;
use crate::workflow::condition::Truth;
use crate::workflow::definition::model::{Delay, Moment, Node, Silence, Target, Timer};
use chrono::{Datelike, NaiveDate};

/// The deadlines of a state in file order: `after`, then what expires with its acts.
pub(super) fn timers(node: &Node) -> impl Iterator<Item = &Timer> {
    let expiries = node.acts.iter().filter_map(|act| act.expired.as_ref());
    node.after.iter().chain(expiries)
}

/// What fires next.
enum Due {
    /// The end of a suspension.
    Limit(NaiveDate),
    Timer {
        spot: Spot,
        name: String,
        armed: Armed,
    },
}

impl Run<'_> {
    /// Fires what is over, by échéance then file order; settles after each.
    pub fn catch_up(&mut self) -> Result<(), Refusal> {
        while self.configuration.ended.is_none()
            && let Some(due) = self.view().next_due()
        {
            self.step()?;
            match due {
                Due::Limit(echeance) => {
                    self.turn_to(echeance);
                    self.reopen(ResumeCause::Limit);
                }
                Due::Timer { spot, name, armed } => {
                    // A date already past when its state was entered takes effect on the entry.
                    let entered = self.configuration.visit(&spot).map(|v| v.entered);
                    self.turn_to(entered.map_or(armed.echeance, |d| d.max(armed.echeance)));
                    self.fire(&spot, &name, armed)?;
                }
            }
            self.settle()?;
        }
        self.date = self.today;
        Ok(())
    }

    /// The échéance is over: the timer takes effect on it, or lapses.
    fn fire(&mut self, spot: &Spot, name: &str, armed: Armed) -> Result<(), Refusal> {
        let view = self.view();
        let node = view.node(spot).map(|n| n.id);
        let found = node.and_then(|id| {
            let node = self.machine.workflow.node(id);
            timers(node).find(|t| t.name == name).map(|t| (node, t))
        });
        let Some((node, timer)) = found else {
            // The definition no longer holds it.
            self.emit(Event::TimerSet {
                spot: spot.clone(),
                timer: name.to_owned(),
                armed: None,
            });
            return Ok(());
        };
        let scope = Scope::new(node, spot);
        if let Some(cause) = view.lapses(timer, node, &scope, armed.echeance) {
            self.emit(Event::TimerLapsed {
                spot: spot.clone(),
                timer: name.to_owned(),
                armed,
                cause,
            });
            return Ok(());
        }
        let echeance = armed.echeance;
        self.emit(Event::TimerFired {
            spot: spot.clone(),
            timer: name.to_owned(),
            armed,
        });
        if let Some(starts) = &timer.starts {
            self.launch(starts, &scope);
        }
        if let Some(to) = timer.to {
            return self.travel(spot, node.id, to, None);
        }
        if let Moment::Every { .. } = timer.moment {
            let next = self.view().arm(timer, &scope, echeance);
            self.set(spot, name, next);
        }
        Ok(())
    }

    fn set(&mut self, spot: &Spot, timer: &str, armed: Option<Armed>) {
        self.emit(Event::TimerSet {
            spot: spot.clone(),
            timer: timer.to_owned(),
            armed,
        });
    }

    /// Arms the deadlines of a state just entered; one whose date is not known waits.
    pub fn arm_all(&mut self, spot: &Spot, node: &Node) {
        let node = self.machine.workflow.node(node.id);
        if timers(node).next().is_none() {
            return;
        }
        let scope = Scope::new(node, spot);
        for timer in timers(node) {
            if let Some(armed) = self.view().arm(timer, &scope, self.date) {
                self.set(spot, &timer.name, Some(armed));
            }
        }
    }

    /// Sets again the deadlines of an active state whose facts changed.
    pub fn rearm(&mut self, spot: &Spot, node: &Node) {
        let node = self.machine.workflow.node(node.id);
        if timers(node).next().is_none() {
            return;
        }
        let scope = Scope::new(node, spot);
        let mut changed = Vec::new();
        let view = self.view();
        if let Some(visit) = view.configuration.visit(spot) {
            for timer in timers(node) {
                let state = visit.timers.get(&timer.name);
                if matches!(timer.moment, Moment::Every { .. }) && state.is_some() {
                    continue;
                }
                let now = view.arm(timer, &scope, visit.entered);
                if differs(timer, state, now.as_ref()) {
                    changed.push((timer.name.clone(), now));
                }
            }
        }
        for (name, armed) in changed {
            self.set(spot, &name, armed);
        }
    }

    /// Ends the suspension: what it stopped resumes with what was left.
    pub fn reopen(&mut self, cause: ResumeCause) {
        let Some(open) = self.configuration.interruption.clone() else {
            return;
        };
        let territoire = self.world().territoire();
        let mut resumed = Vec::new();
        for (spot, visit) in &self.configuration.visits {
            for (name, state) in &visit.timers {
                let TimerState::Running(armed) = state else {
                    continue;
                };
                if !frozen(armed.freezes, open.national) || armed.echeance < open.since {
                    continue;
                }
                let stopped = armed
                    .start
                    .map_or(open.since, |start| start.max(open.since));
                let echeance = super::interruption::resumed(armed, stopped, self.date, territoire);
                let armed = Armed {
                    echeance,
                    ..armed.clone()
                };
                resumed.push((spot.clone(), name.clone(), armed));
            }
        }
        self.emit(Event::Resumed {
            name: open.name,
            cause,
        });
        for (spot, name, armed) in resumed {
            self.set(&spot, &name, Some(armed));
        }
    }
}

/// Whether a deadline must be set again: its start or its date changed, not the rule that counts
/// it. What lapsed stays so for this visit; what fired without moving is set again for a later
/// date only.
fn differs(timer: &Timer, state: Option<&TimerState>, now: Option<&Armed>) -> bool {
    match (state, now) {
        (None, now) => now.is_some(),
        (Some(TimerState::Lapsed), _) | (Some(TimerState::Fired(_)), None) => false,
        (Some(TimerState::Running(_)), None) => true,
        (Some(TimerState::Fired(old)), Some(new)) => match timer.moment {
            Moment::At(_) => new.echeance > old.echeance,
            _ => new.start > old.start,
        },
        (Some(TimerState::Running(old)), Some(new)) => match timer.moment {
            Moment::At(_) => new.echeance != old.echeance,
            _ => new.start != old.start,
        },
    }
}

pub(super) fn frozen(freezes: Freezes, national: bool) -> bool {
    match freezes {
        Freezes::Any => true,
        Freezes::National => national,
        Freezes::Never => false,
    }
}

impl View<'_> {
    fn next_due(&self) -> Option<Due> {
        let interruption = self.configuration.interruption.as_ref();
        let mut best: Option<(NaiveDate, usize, usize, &Spot, &str, &Armed)> = None;
        for (spot, visit) in &self.configuration.visits {
            for (name, state) in &visit.timers {
                let TimerState::Running(armed) = state else {
                    continue;
                };
                let stopped = interruption.is_some_and(|i| {
                    frozen(armed.freezes, i.national) && armed.echeance >= i.since
                });
                if armed.echeance >= self.today || stopped {
                    continue;
                }
                let (node, rank) = self.rank(spot, name);
                let candidate = (armed.echeance, node, rank, spot, name.as_str(), armed);
                if best.as_ref().is_none_or(|b| {
                    (candidate.0, candidate.1, candidate.2, candidate.3) < (b.0, b.1, b.2, b.3)
                }) {
                    best = Some(candidate);
                }
            }
        }
        let limit = interruption
            .and_then(|i| i.until.as_ref())
            .map(|until| until.echeance)
            .filter(|echeance| *echeance < self.today);
        match (best, limit) {
            (Some((echeance, ..)), Some(limit)) if limit <= echeance => Some(Due::Limit(limit)),
            (None, Some(limit)) => Some(Due::Limit(limit)),
            (Some((_, _, _, spot, name, armed)), _) => Some(Due::Timer {
                spot: spot.clone(),
                name: name.to_owned(),
                armed: armed.clone(),
            }),
            (None, None) => None,
        }
    }

    /// The place of a timer in the file.
    fn rank(&self, spot: &Spot, name: &str) -> (usize, usize) {
        let Some(node) = self.node(spot) else {
            return (usize::MAX, 0);
        };
        let rank = timers(node).position(|t| t.name == name);
        (node.id.0 as usize, rank.unwrap_or(usize::MAX))
    }

    /// Why a timer whose échéance is over has no effect.
    fn lapses(
        &self,
        timer: &Timer,
        node: &Node,
        scope: &Scope<'_>,
        echeance: NaiveDate,
    ) -> Option<LapseCause> {
        let env = Env {
            view: *self,
            scope,
            on: echeance,
        };
        // Unknown counts as false: no legal effect is drawn from what is not known.
        let holds = |c| Truth::True == crate::workflow::condition::Condition::holds(c, &env);
        if timer.when.as_ref().is_some_and(|when| !holds(when)) {
            return Some(LapseCause::Condition);
        }
        let Some(Target::Node(to)) = timer.to else {
            return None;
        };
        self.sibling_problem(&scope.spot, node, self.by_id(to))
            .map(|_| LapseCause::Blocked)
    }

    /// Why a state of the same block cannot be entered.
    pub fn sibling_problem(&self, from: &Spot, node: &Node, to: &Node) -> Option<Refusal> {
        let workflow = self.machine.workflow;
        let (parent, key) = from.parent(workflow, node);
        let owner = workflow.block(node.block).owner.map(|id| self.by_id(id));
        self.entry_problem(&parent.child(owner, &key, to), to)
    }

    /// A deadline as it runs from now. `since`: the day the state was entered, whose rules apply,
    /// or the last occurrence of a yearly one. `None`: its date is not known.
    pub fn arm(&self, timer: &Timer, scope: &Scope<'_>, since: NaiveDate) -> Option<Armed> {
        let (moment, effect) = (&timer.moment, timer.silence);
        let mut armed = self.moment(moment, scope, since)?;
        armed.silence = effect;
        armed.source.clone_from(&timer.source);
        if let (Moment::In { .. }, Some(Silence::Approved | Silence::Rejected)) = (moment, effect) {
            armed.freezes = Freezes::National;
            // The date it counts from belongs to an earlier visit: nobody had this delay, so
            // silence says nothing until the date is stated again.
            if armed.echeance < since {
                return None;
            }
        }
        // A note about a day already past when the state is entered again tells nobody anything.
        let note = timer.to.is_none() && timer.starts.is_none();
        (!note || armed.echeance >= since).then_some(armed)
    }

    /// The day whose rules govern the delays of a state entered on `entered`: a migration adopts
    /// the rules of its own day.
    fn law(&self, entered: NaiveDate) -> NaiveDate {
        let pinned = self.configuration.pinned_on;
        pinned.map_or(entered, |pinned| pinned.max(entered))
    }

    /// The same deadline once the past suspensions have stopped it.
    pub fn stretched(&self, mut armed: Armed) -> Armed {
        let territoire = self.world.territoire();
        let Some(start) = armed.start.filter(|_| armed.freezes == Freezes::Any) else {
            return armed;
        };
        for past in &self.configuration.suspensions {
            if past.since <= armed.echeance && past.resumed > start {
                let stopped = start.max(past.since);
                armed.echeance =
                    super::interruption::resumed(&armed, stopped, past.resumed, territoire);
            }
        }
        armed
    }

    pub fn moment(&self, moment: &Moment, scope: &Scope<'_>, since: NaiveDate) -> Option<Armed> {
        let env = Env {
            view: *self,
            scope,
            on: self.law(since),
        };
        let date = |condition: &crate::workflow::condition::Condition| match condition.eval(&env) {
            Ok(Value::Date(date)) => Some(date),
            _ => None,
        };
        let at = |echeance| Armed {
            echeance,
            start: None,
            delai: None,
            rule: None,
            pack: self.machine.pack.id.clone(),
            silence: None,
            source: None,
            freezes: Freezes::Never,
        };
        match moment {
            Moment::At(condition) => date(condition).map(at),
            Moment::Every { month, day } => {
                let this = NaiveDate::from_ymd_opt(since.year(), *month, *day);
                let next = NaiveDate::from_ymd_opt(since.year() + 1, *month, *day);
                this.filter(|d| *d > since).or(next).map(at)
            }
            Moment::In { delay, from } => {
                let start = match from {
                    Some(from) => date(from)?,
                    None => since,
                };
                self.delayed(delay, start, self.law(since))
            }
        }
    }

    /// A delay from `start`, under the rules in force on `on`.
    pub fn delayed(&self, delay: &Delay, start: NaiveDate, on: NaiveDate) -> Option<Armed> {
        let (delai, rule) = self.delay(delay, on)?;
        Some(Armed {
            echeance: delai.terme(start, self.world.territoire()).ok()?,
            start: Some(start),
            delai: Some(delai),
            rule,
            pack: self.machine.pack.id.clone(),
            silence: None,
            source: None,
            freezes: Freezes::Any,
        })
    }

    fn delay(&self, delay: &Delay, on: NaiveDate) -> Option<(Delai, Option<String>)> {
        match delay {
            Delay::Fixed(delai) => Some((*delai, None)),
            Delay::Rule(id) => match self.machine.pack.value(id, on)?.value {
                Value::Duration(delai) => Some((delai, Some(id.clone()))),
                _ => None,
            },
        }
    }
}
