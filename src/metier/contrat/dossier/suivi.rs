//! What the journal tells by itself: acts counted, submissions, agreements, children.

use crate::metier::evenement::Etape;
use crate::regles::value::Value;
use crate::workflow::catalogue::PartyKind;
use crate::workflow::definition::model::Silence;
use crate::workflow::machine::event::{Agreed, CloseCause, Event, Inputs, Stamped};
use crate::workflow::machine::spot::{Key, Spot};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The acts and states whose names the trade reads. `tests/it/histoires.rs` checks that the
/// workflow files have each of them.
pub mod noms {
    /// Hands a diagnostic over to the authorities.
    pub const SOUMETTRE: &[&str] = &["soumettre", "repondre"];
    /// One more turn of a negotiation.
    pub const TOURS: &[&str] = &["amender", "proposer", "discuter"];
    /// Sets an item of a negotiation aside.
    pub const REJETER: &str = "rejeter";
    pub const RELANCER: &str = "relancer";
    pub const MISE_EN_DEMEURE: &str = "mettre_en_demeure";
    pub const NOTIFIER_RESERVES: &str = "notifier_reserves";
    pub const RENDRE_AVIS: &str = "rendre_avis";
    pub const REDUIRE: &str = "reduire_perimetre";
    /// Says that a financer's decision came.
    pub const NOTIFIER: &[&str] = &["notifier", "enregistrer_notification"];
    /// Says that the platform received an EPRD or an amending decision.
    pub const DEPOSER: &[&str] = &["deposer", "representer"];
    pub const APPROUVER: &str = "approuver";
    /// A party, not the operator, asks for an amending decision.
    pub const DEMANDER_DM: &str = "demander_dm";
    /// Where the shared diagnostic of each establishment is held.
    pub const DIAGNOSTIC: &str = "diagnostic_partage";
    pub const FIN: &str = "fin_de_contrat";
    /// Where a rejected EPRD, or amending decision, waits for a new version.
    pub const A_REPRESENTER: &str = "a_representer";
    /// Gives the contract's assessment, on which its renewal is agreed.
    pub const BILAN: &str = "deposer_bilan_final";
    /// States in which reminders are counted afresh.
    pub const REFUS: &[&str] = &["refus_lancement", "refus_signature"];
}

/// Who asked for a child, and with what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demande {
    pub acte: String,
    pub partie: String,
    pub saisies: Inputs,
}

/// A workflow started from this stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enfant {
    pub workflow: String,
    pub cle: String,
    /// The following contract, not a child.
    pub racine: bool,
    /// `None`: the clock started it.
    pub demande: Option<Demande>,
    pub issue: Option<String>,
}

/// Folded from the machine's events of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suivi {
    /// The parties that are there.
    pub parties: Vec<String>,
    pub autorites: Vec<String>,
    /// Establishments whose diagnostic was handed over as it stands.
    pub soumis: BTreeSet<String>,
    /// Establishments whose diagnostic is closed.
    pub clos: BTreeSet<String>,
    /// Turns of negotiation, by item.
    pub tours: BTreeMap<String, i64>,
    /// Items rejected, until they are reopened.
    pub rejets: BTreeSet<String>,
    /// The last agreement on each item, by object and item.
    pub accords: BTreeMap<(String, String), Agreed>,
    /// Reminders sent since the refusal.
    pub relances: i64,
    /// The last party that refused an agreement.
    pub refusant: Option<String>,
    /// The échéance given by the last formal notice.
    pub mise_en_demeure: Option<NaiveDate>,
    /// The last day given to answer on the reserves.
    pub limite_reserves: Option<NaiveDate>,
    /// By `workflow#key`.
    pub enfants: BTreeMap<String, Enfant>,
    pub successeur: Option<Etape>,
    /// Prorogations in effect, and how many were when the end of the contract was opened.
    pub prorogations: i64,
    pub prorogations_a_la_fin: i64,
    /// Opinions given on a review.
    pub avis: i64,
    pub derniere_notification: Option<NaiveDate>,
    /// The platform's receipt.
    pub date_recu: Option<NaiveDate>,
    pub date_ria: Option<NaiveDate>,
    /// When a new version began to be waited for.
    pub a_representer: Option<NaiveDate>,
    /// The échéance of the last approval or rejection that silence gave.
    pub tacite: Option<NaiveDate>,
    /// The date of the document produced against that silence, typed by who consented first.
    pub date_piece: Option<NaiveDate>,
    /// The last act, until the clock moves something.
    dernier_acte: Option<Demande>,
}

impl Suivi {
    /// Folds one event. `kind`: what a party is.
    pub fn fold(&mut self, stamped: &Stamped, kind: impl Fn(&str) -> PartyKind) {
        match &stamped.event {
            Event::PartyJoined { party } => {
                self.parties.push(party.clone());
                if kind(party) == PartyKind::Authority {
                    self.autorites.push(party.clone());
                }
            }
            Event::PartyLeft { party } => {
                self.parties.retain(|p| p != party);
                self.autorites.retain(|p| p != party);
            }
            Event::Entered { spot, .. } => self.entre(spot, stamped.effective),
            Event::BranchOpened { spot, branch } => {
                if spot.as_str() == noms::DIAGNOSTIC
                    && let Key::Item(cle) = branch
                {
                    self.clos.remove(cle.as_str());
                }
            }
            Event::BranchClosed {
                spot,
                branch: Key::Item(cle),
                cause,
                ..
            } if spot.as_str() == noms::DIAGNOSTIC => match cause {
                CloseCause::Ended | CloseCause::Kept => {
                    self.clos.insert(cle.to_string());
                }
                CloseCause::NotConcerned
                | CloseCause::ItemLeft
                | CloseCause::Left
                | CloseCause::Reopened => {
                    self.clos.remove(cle.as_str());
                }
            },
            Event::Consented { inputs, own, .. } => {
                self.piece(inputs);
                self.piece(own);
            }
            Event::Refused { actor, .. } => self.refusant = Some(actor.party.clone()),
            Event::TimerFired { armed, .. } => {
                self.dernier_acte = None;
                if matches!(armed.silence, Some(Silence::Approved | Silence::Rejected)) {
                    self.tacite = Some(armed.echeance);
                    self.date_piece = None;
                }
            }
            Event::ActDone { .. } => self.acte(&stamped.event, stamped.effective),
            other => self.enfant_suivi(other),
        }
    }

    fn enfant_suivi(&mut self, event: &Event) {
        match event {
            Event::ChildStarted {
                workflow,
                key,
                root,
            } => {
                let enfant = Enfant {
                    workflow: workflow.clone(),
                    cle: key.clone(),
                    racine: *root,
                    demande: self.dernier_acte.clone(),
                    issue: None,
                };
                self.enfants.insert(cle_enfant(workflow, key), enfant);
            }
            Event::ChildEnded {
                workflow,
                key,
                outcome,
            } => {
                if let Some(enfant) = self.enfants.get_mut(&cle_enfant(workflow, key)) {
                    enfant.issue = Some(outcome.clone());
                }
            }
            _ => {}
        }
    }

    fn entre(&mut self, spot: &Spot, date: NaiveDate) {
        let nom = spot.as_str();
        if noms::REFUS.contains(&nom) {
            self.relances = 0;
        }
        if nom == noms::FIN {
            self.prorogations_a_la_fin = self.prorogations;
        }
        if nom == noms::A_REPRESENTER {
            self.a_representer = Some(date);
        }
    }

    fn acte(&mut self, event: &Event, date: NaiveDate) {
        let Event::ActDone {
            spot,
            act,
            actor,
            inputs,
            agreed,
            ..
        } = event
        else {
            return;
        };
        let act = act.as_str();
        let cle = spot.keys().next();
        if let Some(cle) = &cle {
            if noms::SOUMETTRE.contains(&act) {
                self.soumis.insert(cle.clone());
            }
            if act == noms::REJETER {
                self.rejets.insert(cle.clone());
            }
            if noms::TOURS.contains(&act) {
                *self.tours.entry(cle.clone()).or_default() += 1;
            }
        }
        self.rouvre(act, inputs);
        match act {
            noms::RELANCER => self.relances += 1,
            noms::MISE_EN_DEMEURE => self.mise_en_demeure = jour(inputs, "echeance"),
            noms::NOTIFIER_RESERVES => self.limite_reserves = jour(inputs, "limite"),
            noms::RENDRE_AVIS => self.avis += 1,
            noms::APPROUVER => self.date_ria = jour(inputs, "ria").or(self.date_ria),
            _ => {}
        }
        if noms::NOTIFIER.contains(&act) {
            let notification = jour(inputs, "date_notification").or(Some(date));
            self.derniere_notification = self.derniere_notification.max(notification);
        }
        if noms::DEPOSER.contains(&act) {
            self.date_recu = jour(inputs, "date_recu");
        }
        if let Some(agreed) = agreed
            && let Some(item) = &agreed.item
        {
            let cle = (agreed.object.clone(), item.clone());
            self.accords.insert(cle, agreed.clone());
        }
        self.piece(inputs);
        self.dernier_acte = Some(Demande {
            acte: act.to_owned(),
            partie: actor.party.clone(),
            saisies: inputs.clone(),
        });
    }

    /// Reopening undoes what was handed over or agreed on: the new version starts afresh.
    fn rouvre(&mut self, act: &str, inputs: &Inputs) {
        if act == noms::REDUIRE {
            return;
        }
        for cle in cles(inputs.get("esms")) {
            self.soumis.remove(&cle);
            self.clos.remove(&cle);
        }
        for cle in cles(inputs.get("objectifs")) {
            self.accords.remove(&("objectif".to_owned(), cle.clone()));
            self.tours.remove(&cle);
            self.rejets.remove(&cle);
        }
    }

    fn piece(&mut self, inputs: &Inputs) {
        self.date_piece = jour(inputs, "date_piece").or(self.date_piece);
    }

    /// The child of this key.
    pub fn enfant(&self, workflow: &str, cle: &str) -> Option<&Enfant> {
        self.enfants.get(&cle_enfant(workflow, cle))
    }
}

fn cle_enfant(workflow: &str, cle: &str) -> String {
    format!("{workflow}#{cle}")
}

fn jour(inputs: &Inputs, name: &str) -> Option<NaiveDate> {
    match inputs.get(name) {
        Some(Value::Date(date)) => Some(*date),
        _ => None,
    }
}

/// The items an input names.
pub fn cles(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Text(cle)) => vec![cle.clone()],
        Some(Value::List(liste)) => liste.iter().flat_map(|v| cles(Some(v))).collect(),
        _ => Vec::new(),
    }
}
