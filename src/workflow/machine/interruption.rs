//! Suspension, its prolongation, its end; abandonment.

use super::agreement::Answering;
use super::decide::Run;
use super::event::{Actor, Armed, Event, Inputs, ResumeCause};
use super::party::Asked;
use super::refusal::{Refusal, RefusalCode, day, listed};
use super::spot::Spot;
use super::view::{Env, Scope, View};
use crate::regles::calendrier::{self, Territoire};
use crate::regles::delai::{Mode, Unit};
use crate::workflow::condition::Truth;
use crate::workflow::definition::model::{Interruption, Role};
use chrono::{Days, Months, NaiveDate};

/// The agreement to resume: `resume:NAME`, at the instance's own spot.
pub(super) const RESUME: &str = "resume:";
/// The agreement to prolong: `prolong:NAME`.
pub(super) const PROLONG: &str = "prolong:";

impl Run<'_> {
    pub fn interrupt(
        &mut self,
        actor: &Actor,
        name: &str,
        inputs: &Inputs,
        id: &str,
    ) -> Result<(), Refusal> {
        let known = &self.machine.workflow.interruptions;
        let Some(found) = known.iter().find(|i| i.name == name) else {
            return Err(Refusal::new(
                RefusalCode::UnknownInterruption,
                format!(
                    "« {name} » n'existe pas. Interruptions possibles : {}.",
                    listed(known.iter().map(|i| i.name.as_str()))
                ),
            ));
        };
        let open = self.configuration.interruption.as_ref();
        let prolongs = open.is_some_and(|open| open.name == name);
        self.view().interruptible(found, prolongs)?;
        let (asked, act) = if prolongs {
            let everyone = (0..self.present.len()).map(Asked::One).collect();
            (Asked::All(everyone), format!("{PROLONG}{name}"))
        } else {
            let asked = self.view().asked(&found.by, &Scope::root())?;
            (asked, name.to_owned())
        };
        self.view().inputs(&found.inputs, inputs)?;
        if !self.rally(actor, &act, &asked, inputs, id)? {
            return Ok(());
        }
        if found.resume.is_none() {
            self.leave_inside(&Spot::root());
            self.end(Some(name.to_owned()));
            return Ok(());
        }
        let limit = found.limit.as_ref();
        let until = limit.and_then(|l| self.view().delayed(l, self.today, self.today));
        self.emit(Event::Interrupted {
            name: name.to_owned(),
            national: found.when.is_some(),
            until,
        });
        Ok(())
    }

    pub fn resume(&mut self, actor: &Actor, id: &str) -> Result<(), Refusal> {
        let Some(open) = self.configuration.interruption.clone() else {
            return Err(Refusal::new(
                RefusalCode::NotSuspended,
                "Le contrat n'est pas suspendu : il n'y a rien à reprendre.",
            ));
        };
        let found = self.machine.workflow.interruptions.iter();
        let mut found = found.filter(|i| i.name == open.name);
        let resume = found.find_map(|i| i.resume.as_ref());
        let Some(resume) = resume else {
            // A migration removed it: nothing holds the contract back.
            self.reopen(ResumeCause::Act);
            return Ok(());
        };
        let asked = self.view().asked(resume, &Scope::root())?;
        let act = format!("{RESUME}{}", open.name);
        if self.rally(actor, &act, &asked, &Inputs::new(), id)? {
            self.reopen(ResumeCause::Act);
        }
        Ok(())
    }

    /// Records a consent at the instance's own spot; true when the agreement is complete.
    fn rally(
        &mut self,
        actor: &Actor,
        act: &str,
        asked: &Asked,
        inputs: &Inputs,
        id: &str,
    ) -> Result<bool, Refusal> {
        let root = Spot::root();
        let view = self.view();
        view.entitled(actor, asked, Role::Contribution, self.today)?;
        if asked.is_agreement() {
            view.may_consent(&Answering {
                spot: &root,
                act,
                actor,
                asked,
                digest: None,
                shared: inputs,
                collect: false,
            })?;
            self.emit(Event::Consented {
                spot: root.clone(),
                act: act.to_owned(),
                actor: actor.clone(),
                digest: None,
                inputs: inputs.clone(),
                own: Inputs::new(),
                id: id.to_owned(),
            });
            let tally = self.view().tally(&root, act);
            if self.view().outcome(asked, &tally, false) != Some(true) {
                return Ok(false);
            }
        }
        self.emit(Event::ActDone {
            spot: root,
            act: act.to_owned(),
            actor: actor.clone(),
            inputs: inputs.clone(),
            agreed: None,
            produces: Vec::new(),
            id: id.to_owned(),
        });
        Ok(true)
    }
}

impl View<'_> {
    /// Whether an interruption may be opened, or prolonged, now.
    pub fn interruptible(&self, found: &Interruption, prolongs: bool) -> Result<(), Refusal> {
        let closed = |why: String| Err(Refusal::new(RefusalCode::InterruptionClosed, why));
        if let Some(open) = &self.configuration.interruption
            && found.resume.is_some()
            && !prolongs
        {
            return closed(format!(
                "Le contrat est déjà suspendu depuis le {} : reprenez-le d'abord.",
                day(open.since)
            ));
        }
        if prolongs {
            return match found.limit {
                Some(_) => Ok(()),
                None => closed("Cette suspension n'a pas de terme : rien à prolonger.".into()),
            };
        }
        if found.until_binding && !self.configuration.bound.is_empty() {
            return closed("Les parties sont engagées : l'abandon n'est plus possible.".into());
        }
        let here = |id: &_| {
            let path = self.by_id(*id).path.as_str();
            self.configuration.visits.contains_key(path)
        };
        if !found.from.is_empty() && !found.from.iter().any(here) {
            let states = found.from.iter().map(|id| self.by_id(*id));
            let states = states.map(|n| n.title.as_deref().unwrap_or(&n.name));
            return closed(format!("Possible seulement depuis : {}.", listed(states)));
        }
        if let Some(when) = &found.when {
            let scope = Scope::root();
            let env = Env {
                view: *self,
                scope: &scope,
                on: self.today,
            };
            if when.holds(&env) != Truth::True {
                return closed("Les règles en vigueur n'ouvrent pas cette suspension.".into());
            }
        }
        Ok(())
    }
}

/// The échéance of a deadline that was stopped on `stopped` and runs again from `again`: what was
/// left, in the delay's own unit.
pub(super) fn resumed(
    armed: &Armed,
    stopped: NaiveDate,
    again: NaiveDate,
    territoire: Territoire,
) -> NaiveDate {
    let Some(delai) = armed.delai else {
        return armed.echeance;
    };
    let counted = |day: NaiveDate| match delai.mode {
        Mode::Ouvres => calendrier::ouvre(day, territoire),
        Mode::Ouvrables => calendrier::ouvrable(day, territoire),
        Mode::Calendaires | Mode::Francs => true,
    };
    let months = match delai.unit {
        Unit::Days => 0,
        Unit::Months | Unit::Years => whole_months(stopped, armed.echeance),
    };
    let shifted = |date: NaiveDate| date.checked_add_months(Months::new(months));
    let (Some(from), Some(mut end)) = (shifted(stopped), shifted(again)) else {
        return armed.echeance;
    };
    let days = from.iter_days().skip(1);
    let mut left = days
        .take_while(|day| *day <= armed.echeance)
        .filter(|day| counted(*day))
        .count();
    while left > 0 {
        let Some(next) = end.checked_add_days(Days::new(1)) else {
            return end;
        };
        end = next;
        left -= usize::from(counted(end));
    }
    if delai.report {
        calendrier::prochain_ouvre(end, territoire).unwrap_or(end)
    } else {
        end
    }
}

/// The most months from `from` that do not pass `to`.
fn whole_months(from: NaiveDate, to: NaiveDate) -> u32 {
    let fits = |n: &u32| {
        from.checked_add_months(Months::new(*n))
            .is_some_and(|d| d <= to)
    };
    (1..=1_200).take_while(fits).last().unwrap_or(0)
}
