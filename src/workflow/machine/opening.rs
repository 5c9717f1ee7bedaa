//! Opening an instance: in its first state, or mid-life by an agreement of all.

use super::agreement::Answering;
use super::decide::Run;
use super::digest::{self, Digest};
use super::event::{Actor, Agreed, Binds, Event, Inputs, Pinned};
use super::party::Asked;
use super::refusal::{Refusal, RefusalCode, day, listed};
use super::spot::Spot;
use crate::regles::value::Value;
use crate::workflow::definition::model::{Node, Role};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The agreement to open in a state: `entry:STATE`, at the instance's own spot.
pub(super) const ENTRY: &str = "entry:";

/// What consents to open in a state are bound to: the signed document, its date, the parties.
pub(super) fn digest(state: &str, inputs: &Inputs, parties: &BTreeSet<String>) -> Digest {
    let text = |name| match inputs.get(name) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Date(date)) => date.to_string(),
        _ => String::new(),
    };
    let content = format!("{} {}", text("document"), text("effective"));
    digest::agreement(ENTRY, Some(state), Digest::of(content.as_bytes()), parties)
}

impl<'r> Run<'r> {
    pub fn open(&mut self, effective: Option<NaiveDate>) -> Result<(), Refusal> {
        let date = effective.unwrap_or(self.today);
        self.not_in_the_future(date)?;
        self.date = date;
        self.found();
        let start = self.machine.workflow.root().start;
        let start = self.machine.workflow.node(start);
        let spot = Spot::new(&start.path);
        if let Some(refusal) = self.view().entry_problem(&spot, start) {
            return Err(refusal);
        }
        self.enter(&spot, start, None, None)
    }

    fn not_in_the_future(&self, date: NaiveDate) -> Result<(), Refusal> {
        if date <= self.today {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalCode::EffectiveDate,
            format!(
                "La date d'effet ({}) est dans le futur : attendez ce jour, ou corrigez-la.",
                day(date)
            ),
        ))
    }

    /// The instance's own visit, and what it runs under.
    fn found(&mut self) {
        if self.configuration.opened() {
            return;
        }
        let workflow = self.machine.workflow;
        self.emit(Event::Entered {
            spot: Spot::root(),
            pinned: Some(Pinned {
                workflow: workflow.name.clone(),
                version: workflow.version,
                pack: self.machine.pack.id.clone(),
            }),
            binds: None,
        });
        self.settle_parties();
    }

    pub fn open_at(
        &mut self,
        actor: &Actor,
        state: &str,
        document: Digest,
        effective: NaiveDate,
        id: &str,
    ) -> Result<(), Refusal> {
        let node = self.entry(state)?;
        self.not_in_the_future(effective)?;
        let everyone: Vec<Asked> = (0..self.present.len()).map(Asked::One).collect();
        if everyone.is_empty() {
            return Err(Refusal::new(
                RefusalCode::Nobody,
                "Aucune partie n'est présente : complétez le périmètre d'abord.",
            ));
        }
        let asked = Asked::All(everyone);
        self.view()
            .entitled(actor, &asked, Role::Signature, self.today)?;
        self.found();
        let inputs = Inputs::from([
            ("document".to_owned(), Value::Text(document.to_string())),
            ("effective".to_owned(), Value::Date(effective)),
        ]);
        let (root, act) = (Spot::root(), format!("{ENTRY}{state}"));
        let parties = self.view().candidates(&asked);
        let digest = digest(state, &inputs, &parties);
        self.view().may_consent(&Answering {
            spot: &root,
            act: &act,
            actor,
            asked: &asked,
            digest: Some(digest),
            shared: &inputs,
            collect: false,
        })?;
        self.emit(Event::Consented {
            spot: root.clone(),
            act: act.clone(),
            actor: actor.clone(),
            digest: Some(digest),
            inputs: inputs.clone(),
            own: Inputs::new(),
            id: id.to_owned(),
        });
        let tally = self.view().tally(&root, &act);
        if self.view().outcome(&asked, &tally, false) != Some(true) {
            return Ok(());
        }
        self.date = effective;
        self.signed(actor, act, inputs, (digest, parties), id);
        let signed = self.configuration.last_agreed.clone();
        let signed = signed.and_then(|key| self.configuration.agreed.get(&key).cloned());
        let binds = signed.map(|signed| Binds {
            parties: signed.agreed.parties.clone(),
            object: signed.agreed.object.clone(),
            item: None,
            digest,
        });
        self.enter(&Spot::new(&node.path), node, None, binds)
    }

    /// Everyone has agreed to the signed document.
    fn signed(
        &mut self,
        actor: &Actor,
        act: String,
        inputs: Inputs,
        (digest, parties): (Digest, BTreeSet<String>),
        id: &str,
    ) {
        let agreed = Agreed {
            object: act.clone(),
            item: None,
            digest,
            parties: parties.clone(),
            consents: parties,
        };
        self.emit(Event::ActDone {
            spot: Spot::root(),
            act,
            actor: actor.clone(),
            inputs,
            agreed: Some(agreed),
            produces: Vec::new(),
            id: id.to_owned(),
        });
    }

    /// A top-level state marked `entry`.
    fn entry(&self, state: &str) -> Result<&'r Node, Refusal> {
        let workflow = self.machine.workflow;
        let root = workflow.root().nodes.iter().map(|id| workflow.node(*id));
        let entries: Vec<&Node> = root.filter(|n| n.entry).collect();
        let found = entries.iter().find(|n| n.name == state);
        found.copied().ok_or_else(|| {
            let known = listed(entries.iter().map(|n| n.name.as_str()));
            let known = if known.is_empty() {
                "aucun".to_owned()
            } else {
                known
            };
            Refusal::new(
                RefusalCode::UnknownState,
                format!("On n'ouvre pas un contrat dans « {state} ». États d'entrée : {known}."),
            )
        })
    }
}
