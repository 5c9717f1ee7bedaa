//! Answers to an agreement: given, taken back, counted.

use super::configuration::Tally;
use super::decide::Run;
use super::digest::{self, Digest};
use super::event::{Actor, Event, Inputs};
use super::interruption::{PROLONG, RESUME};
use super::opening::{self, ENTRY};
use super::party::Asked;
use super::refusal::{Refusal, RefusalCode};
use super::spot::Spot;
use super::view::{Scope, View};
use crate::workflow::definition::model::Role;
use std::collections::BTreeSet;

/// A consent about to be recorded.
pub(super) struct Answering<'a> {
    pub spot: &'a Spot,
    pub act: &'a str,
    pub actor: &'a Actor,
    pub asked: &'a Asked,
    pub digest: Option<Digest>,
    /// What is typed once for everyone.
    pub shared: &'a Inputs,
    pub collect: bool,
}

impl Asked {
    /// Several must agree.
    pub fn is_agreement(&self) -> bool {
        match self {
            Asked::One(_) => false,
            Asked::All(_) => true,
            Asked::Any(list) => list.iter().any(Asked::is_agreement),
        }
    }
}

impl Run<'_> {
    pub fn withdraw(
        &mut self,
        actor: &Actor,
        (spot, act): (&Spot, &str),
        id: &str,
    ) -> Result<(), Refusal> {
        let tally = self.view().tally(spot, act);
        if !tally.answers.contains_key(&actor.party) {
            return Err(Refusal::new(
                RefusalCode::NotAnswered,
                "Aucune réponse de votre partie n'est en attente ici : l'accord est peut-être \
                 complet, ou votre réponse ne vaut plus.",
            ));
        }
        self.emit(Event::Withdrawn {
            spot: spot.clone(),
            act: act.to_owned(),
            actor: actor.clone(),
            id: id.to_owned(),
        });
        Ok(())
    }

    pub fn waive(
        &mut self,
        actor: &Actor,
        (spot, act): (&Spot, &str),
        requirement: usize,
        reason: &str,
        id: &str,
    ) -> Result<(), Refusal> {
        let view = self.view();
        let place = view.place(spot, act)?;
        view.suspended(&place)?;
        let found = place.act.requires.get(requirement);
        let Some(waive) = found.and_then(|r| r.waive.as_ref()) else {
            return Err(Refusal::new(
                RefusalCode::NotWaivable,
                "Cette condition ne peut pas être levée : elle doit être remplie.",
            ));
        };
        if reason.trim().is_empty() {
            return Err(Refusal::new(
                RefusalCode::Inputs,
                "Lever une condition demande un motif : écrivez-le.",
            ));
        }
        let asked = view.asked(waive, &place.scope)?;
        view.entitled(actor, &asked, Role::Contribution, self.today)?;
        self.emit(Event::Waived {
            spot: spot.clone(),
            act: act.to_owned(),
            requirement,
            actor: actor.clone(),
            reason: reason.to_owned(),
            id: id.to_owned(),
        });
        Ok(())
    }
}

impl View<'_> {
    /// The answers given so far.
    pub fn tally(&self, spot: &Spot, act: &str) -> Tally {
        let visit = self.configuration.visit(spot);
        let tally = visit.and_then(|v| v.answers.get(act));
        tally.cloned().unwrap_or_default()
    }

    /// Refuses a consent already given, or typed otherwise than the first one.
    pub fn may_consent(&self, answering: &Answering<'_>) -> Result<(), Refusal> {
        let tally = self.tally(answering.spot, answering.act);
        let party = &answering.actor.party;
        let same = tally
            .answers
            .get(party)
            .is_some_and(|a| a.consents && a.digest == answering.digest);
        // When someone left, those who remain may all have consented: one says so again.
        if same
            && self
                .outcome(answering.asked, &tally, answering.collect)
                .is_none()
        {
            return Err(Refusal::new(
                RefusalCode::AlreadyAnswered,
                "Votre accord est déjà enregistré ; il attend celui des autres parties.",
            ));
        }
        let others = tally.answers.iter().any(|(p, a)| a.consents && p != party);
        if others && tally.inputs != *answering.shared {
            return Err(Refusal::new(
                RefusalCode::Inputs,
                "Les saisies font partie de ce qui est approuvé : reprenez celles de la première \
                 partie, ou demandez-lui de retirer son accord.",
            ));
        }
        Ok(())
    }

    /// Whether the agreement is reached (true), refused (false), or still waiting.
    pub fn outcome(&self, asked: &Asked, tally: &Tally, collect: bool) -> Option<bool> {
        let refused = tally.answers.values().any(|a| !a.consents);
        if collect {
            let answered = |party: &str| tally.answers.contains_key(party);
            return self.satisfied(asked, &answered).then_some(!refused);
        }
        let consents = |party: &str| tally.consents(party);
        self.satisfied(asked, &consents).then_some(true)
    }

    /// Whom an act asks now, and what a consent to it would be bound to; `None` when the place
    /// holds no such act.
    pub fn asked_now(
        &self,
        spot: &Spot,
        act: &str,
        tally: &Tally,
    ) -> Option<(BTreeSet<String>, Option<Digest>)> {
        if spot.is_root() {
            return Some(self.asked_of_all(act, tally));
        }
        let node = self.node(spot)?;
        let act = node.acts.iter().find(|a| a.name == act)?;
        let scope = Scope::new(node, spot);
        let Ok(asked) = self.resolve(&act.by, &scope) else {
            return Some((BTreeSet::new(), None));
        };
        let candidates = self.candidates(&asked);
        let digest = act.over.as_ref().and_then(|over| {
            let item = scope.item(over);
            let content = self.content(&over.name, item)?;
            Some(digest::agreement(&over.name, item, content, &candidates))
        });
        Some((candidates, digest))
    }

    /// The agreements of the instance itself: to open, to suspend, to resume, to abandon.
    fn asked_of_all(&self, act: &str, tally: &Tally) -> (BTreeSet<String>, Option<Digest>) {
        let everyone = || self.present.iter().map(|p| p.id.clone()).collect();
        if let Some(state) = act.strip_prefix(ENTRY) {
            let everyone = everyone();
            let digest = opening::digest(state, &tally.inputs, &everyone);
            return (everyone, Some(digest));
        }
        if act.starts_with(PROLONG) {
            return (everyone(), None);
        }
        let (name, resumes) = match act.strip_prefix(RESUME) {
            Some(name) => (name, true),
            None => (act, false),
        };
        let found = self.machine.workflow.interruptions.iter();
        let found = found.filter(|i| i.name == name).find_map(|i| {
            let by = if resumes {
                i.resume.as_ref()
            } else {
                Some(&i.by)
            };
            self.resolve(by?, &Scope::root()).ok()
        });
        let asked = found.map(|asked| self.candidates(&asked));
        (asked.unwrap_or_default(), None)
    }
}
