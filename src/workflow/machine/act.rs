//! Acts of parties: done at once by one, or consented to by several.

use super::agreement::Answering;
use super::configuration::Tally;
use super::decide::Run;
use super::digest::Digest;
use super::event::{Actor, Agreed, CloseCause, Event, Inputs};
use super::judge::{Place, refusal_of};
use super::party::Asked;
use super::refusal::{Refusal, RefusalCode};
use super::spot::{Key, Spot};
use super::view::View;
use crate::regles::value::Value;
use crate::workflow::definition::model::{Act, Node, Policy, Target};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// An act that may be done.
struct Judged<'r> {
    node: &'r Node,
    act: &'r Act,
    asked: Asked,
    date: NaiveDate,
    digest: Option<Digest>,
    item: Option<String>,
}

impl<'r> Run<'r> {
    pub fn act(
        &mut self,
        actor: &Actor,
        at: (&Spot, &str),
        inputs: &Inputs,
        shown: Option<Digest>,
        id: &str,
    ) -> Result<(), Refusal> {
        let judged = self.judge_act(actor, at, inputs, shown)?;
        self.date = judged.date;
        let agreement = judged.asked.is_agreement() || judged.act.over.is_some();
        if agreement {
            self.consent(&judged, actor, at, inputs, id)
        } else {
            self.complete(&judged, actor, at.0, inputs, None, id)
        }
    }

    fn judge_act(
        &self,
        actor: &Actor,
        (spot, name): (&Spot, &str),
        inputs: &Inputs,
        shown: Option<Digest>,
    ) -> Result<Judged<'r>, Refusal> {
        let view = self.view();
        let place = view.place(spot, name)?;
        view.suspended(&place)?;
        let asked = view.asked(&place.act.by, &place.scope)?;
        view.inputs(&place.act.inputs, inputs)?;
        let date = view.effective(&place, inputs)?;
        view.entitled(actor, &asked, place.act.role, date)?;
        let digest = view.agreed_to(&place, shown)?;
        let missing = view.unmet(&place);
        if !missing.is_empty() {
            return Err(refusal_of(missing));
        }
        let over = place.act.over.as_ref();
        let item = over.and_then(|over| place.scope.item(over));
        let item = item.map(str::to_owned);
        let (node, act) = (place.node.id, name);
        let node = self.machine.workflow.node(node);
        let act = node.acts.iter().find(|a| a.name == act);
        let act = act.ok_or_else(|| Refusal::new(RefusalCode::UnknownAct, name))?;
        Ok(Judged {
            node,
            act,
            asked,
            date,
            digest,
            item,
        })
    }

    fn consent(
        &mut self,
        judged: &Judged<'r>,
        actor: &Actor,
        (spot, name): (&Spot, &str),
        inputs: &Inputs,
        id: &str,
    ) -> Result<(), Refusal> {
        let per_party = |name: &String| {
            let input = judged.act.inputs.iter().find(|i| i.name == *name);
            input.is_some_and(|i| i.per_party)
        };
        let (own, shared): (Inputs, Inputs) = inputs
            .clone()
            .into_iter()
            .partition(|(name, _)| per_party(name));
        let collect = judged.act.refused.as_ref().map(|r| r.policy) == Some(Policy::Collect);
        self.view().may_consent(&Answering {
            spot,
            act: name,
            actor,
            asked: &judged.asked,
            digest: judged.digest,
            shared: &shared,
            collect,
        })?;
        self.emit(Event::Consented {
            spot: spot.clone(),
            act: name.to_owned(),
            actor: actor.clone(),
            digest: judged.digest,
            inputs: shared,
            own,
            id: id.to_owned(),
        });
        let tally = self.view().tally(spot, name);
        match self.view().outcome(&judged.asked, &tally, collect) {
            None => Ok(()),
            Some(false) => self.refused_exit(judged, spot),
            Some(true) => {
                let agreed = self.agreed(judged, &tally);
                let last = tally.answers.values().map(|a| a.date).max();
                self.date = last.unwrap_or(judged.date);
                self.complete(judged, actor, spot, &tally.inputs, agreed, id)
            }
        }
    }

    fn agreed(&self, judged: &Judged<'r>, tally: &Tally) -> Option<Agreed> {
        let over = judged.act.over.as_ref()?;
        let consenting = tally.answers.iter().filter(|(_, a)| a.consents);
        Some(Agreed {
            object: over.name.clone(),
            item: judged.item.clone(),
            digest: judged.digest?,
            parties: self.view().candidates(&judged.asked),
            consents: consenting.map(|(party, _)| party.clone()).collect(),
        })
    }

    fn complete(
        &mut self,
        judged: &Judged<'r>,
        actor: &Actor,
        spot: &Spot,
        inputs: &Inputs,
        agreed: Option<Agreed>,
        id: &str,
    ) -> Result<(), Refusal> {
        let Judged { node, act, .. } = *judged;
        self.emit(Event::ActDone {
            spot: spot.clone(),
            act: act.name.clone(),
            actor: actor.clone(),
            inputs: inputs.clone(),
            agreed,
            produces: act.produces.clone(),
            id: id.to_owned(),
        });
        if let Some(starts) = &act.starts {
            let scope = super::view::Scope::new(node, spot);
            if !self.launch(starts, &scope) {
                return Err(Refusal::new(
                    RefusalCode::Child,
                    format!(
                        "Un workflow « {} » de cette clé existe déjà, ou sa clé n'est pas connue : \
                         poursuivez celui qui existe.",
                        starts.workflow
                    ),
                ));
            }
        }
        let Some(to) = act.to else { return Ok(()) };
        let named = act.reopens.as_ref().and_then(|input| inputs.get(input));
        let named = named.map(items);
        match (to, &named) {
            (Target::Node(target), Some(named)) if target == node.id => {
                self.restart(spot, node, named)
            }
            (Target::Node(target), _) => {
                let target = self.machine.workflow.node(target);
                if let Some(refusal) = self.view().sibling_problem(spot, node, target) {
                    return Err(refusal);
                }
                self.travel(spot, node.id, to, named.as_ref())
            }
            (Target::End, _) => self.travel(spot, node.id, to, None),
        }
    }

    /// Restarts the named branches of a `for_each` that is not left; the others go on.
    fn restart(
        &mut self,
        spot: &Spot,
        node: &Node,
        named: &BTreeSet<String>,
    ) -> Result<(), Refusal> {
        for item in named {
            let key = Key::Item(item.as_str().into());
            let visit = self.configuration.visit(spot);
            if visit.is_some_and(|v| v.branches.contains_key(&key)) {
                self.close(spot, key, CloseCause::Reopened);
            }
        }
        self.open_branches(spot, node)
    }

    pub fn refuse(
        &mut self,
        actor: &Actor,
        at: (&Spot, &str),
        shown: Option<Digest>,
        reason: &str,
        id: &str,
    ) -> Result<(), Refusal> {
        let judged = self.judge_refusal(actor, at, shown)?;
        let policy = judged.act.refused.as_ref().map(|r| r.policy);
        self.emit(Event::Refused {
            spot: at.0.clone(),
            act: at.1.to_owned(),
            actor: actor.clone(),
            digest: judged.digest,
            reason: reason.to_owned(),
            id: id.to_owned(),
        });
        let tally = self.view().tally(at.0, at.1);
        let collect = policy == Some(Policy::Collect);
        let complete = self.view().outcome(&judged.asked, &tally, collect) == Some(false);
        if complete || !collect {
            self.refused_exit(&judged, at.0)?;
        }
        Ok(())
    }

    fn judge_refusal(
        &self,
        actor: &Actor,
        (spot, name): (&Spot, &str),
        shown: Option<Digest>,
    ) -> Result<Judged<'r>, Refusal> {
        let view = self.view();
        let place = view.place(spot, name)?;
        view.suspended(&place)?;
        if place.act.refused.is_none() {
            return Err(Refusal::new(
                RefusalCode::NoRefusal,
                "Cet acte ne prévoit pas de refus : vous pouvez seulement ne pas donner votre \
                 accord, ou le retirer.",
            ));
        }
        let asked = view.asked(&place.act.by, &place.scope)?;
        view.entitled(actor, &asked, place.act.role, self.today)?;
        let digest = view.agreed_to(&place, shown)?;
        let known = view.tally(spot, name);
        if known.answers.get(&actor.party).is_some_and(|a| !a.consents) {
            return Err(Refusal::new(
                RefusalCode::AlreadyAnswered,
                "Votre refus est déjà enregistré.",
            ));
        }
        let node = self.machine.workflow.node(place.node.id);
        let act = node.acts.iter().find(|a| a.name == name);
        Ok(Judged {
            node,
            act: act.ok_or_else(|| Refusal::new(RefusalCode::UnknownAct, name))?,
            asked,
            date: self.today,
            digest,
            item: None,
        })
    }

    fn refused_exit(&mut self, judged: &Judged<'r>, spot: &Spot) -> Result<(), Refusal> {
        let Some(refused) = &judged.act.refused else {
            return Ok(());
        };
        if let Target::Node(to) = refused.to {
            let to = self.machine.workflow.node(to);
            if let Some(refusal) = self.view().sibling_problem(spot, judged.node, to) {
                return Err(refusal);
            }
        }
        self.travel(spot, judged.node.id, refused.to, None)
    }
}

impl<'v> View<'v> {
    /// What an answer given now is bound to: the object as it stands must be what was shown.
    fn agreed_to(
        &self,
        place: &Place<'v>,
        shown: Option<Digest>,
    ) -> Result<Option<Digest>, Refusal> {
        let Some(over) = &place.act.over else {
            return Ok(None);
        };
        let Some(digest) = self.digest(place.act, &place.scope) else {
            return Err(Refusal::new(
                RefusalCode::NoObject,
                format!("« {over} » n'existe pas encore : rédigez-le avant de l'approuver."),
            ));
        };
        if shown == Some(digest) {
            return Ok(Some(digest));
        }
        Err(Refusal {
            digest: Some(digest),
            ..Refusal::new(
                RefusalCode::Stale,
                format!(
                    "« {over} » a changé depuis que vous l'avez affiché, ou les parties à \
                     l'accord ont changé. Relisez-le avant de répondre."
                ),
            )
        })
    }
}

/// The items an input names.
fn items(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Text(item) => BTreeSet::from([item.clone()]),
        Value::List(list) => list.iter().flat_map(items).collect(),
        _ => BTreeSet::new(),
    }
}
