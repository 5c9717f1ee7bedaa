//! Whether an act may be done: place, party, role, inputs, date, conditions.

use super::configuration::TimerState;
use super::event::{Actor, Freezes, Inputs};
use super::party::Asked;
use super::refusal::{Lift, Missing, Refusal, RefusalCode, day, listed};
use super::spot::Spot;
use super::view::{Env, Scope, View};
use crate::regles::value::Value;
use crate::workflow::catalogue::Mover;
use crate::workflow::condition::Truth;
use crate::workflow::definition::model::{Act, Allow, Input, InputKind, Node, Role};
use crate::workflow::definition::party::PartyExpr;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// An act where it stands.
pub(super) struct Place<'v> {
    pub node: &'v Node,
    pub act: &'v Act,
    pub scope: Scope<'v>,
    pub entered: NaiveDate,
}

impl<'v> View<'v> {
    /// The act named at an active spot.
    pub fn place(&self, spot: &Spot, act: &str) -> Result<Place<'v>, Refusal> {
        let Some(node) = self.node(spot) else {
            return Err(Refusal::new(
                RefusalCode::UnknownState,
                format!("L'état « {spot} » n'existe pas dans ce workflow."),
            ));
        };
        let title = node.title.as_deref().unwrap_or(&node.name);
        let Some(visit) = self.configuration.visit(spot) else {
            return Err(Refusal::new(
                RefusalCode::Closed,
                format!(
                    "« {title} » n'est pas en cours ici : le contrat a avancé, ou cette branche \
                     est terminée. Relisez où il en est."
                ),
            ));
        };
        let Some(act) = node.acts.iter().find(|a| a.name == act) else {
            let known = listed(node.acts.iter().map(|a| a.name.as_str()));
            let sentence = if known.is_empty() {
                format!("« {title} » n'offre aucun acte ; « {act} » est demandé.")
            } else {
                format!("« {title} » n'offre pas l'acte « {act} ». Actes possibles : {known}.")
            };
            return Err(Refusal::new(RefusalCode::UnknownAct, sentence));
        };
        Ok(Place {
            node,
            act,
            scope: Scope::new(node, spot),
            entered: visit.entered,
        })
    }

    /// A suspension stops acts, save where a deadline with a legal effect keeps running: silence
    /// must never speak for someone who could not.
    pub fn suspended(&self, place: &Place<'v>) -> Result<(), Refusal> {
        let Some(open) = &self.configuration.interruption else {
            return Ok(());
        };
        let chain = self.chain(place.node, &place.scope.spot);
        let running = chain.iter().any(|(_, spot)| {
            let visit = self.configuration.visit(spot);
            visit.is_some_and(|visit| {
                visit.timers.values().any(|state| match state {
                    TimerState::Running(armed) => {
                        armed.freezes == Freezes::National && !open.national
                    }
                    TimerState::Fired(_) | TimerState::Lapsed => false,
                })
            })
        });
        if running {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalCode::Suspended,
            format!(
                "Le contrat est suspendu depuis le {} : les actes reprendront avec lui.",
                day(open.since)
            ),
        ))
    }

    /// Who is asked, or why nobody can be.
    pub fn asked(&self, by: &PartyExpr, scope: &Scope<'v>) -> Result<Asked, Refusal> {
        self.resolve(by, scope).map_err(|nobody| {
            Refusal::new(
                RefusalCode::Nobody,
                format!(
                    "Personne ne peut faire cet acte : « {} » ne désigne aucune partie présente. \
                     Complétez le périmètre ou les compétences.",
                    nobody.0
                ),
            )
        })
    }

    /// Whether this person may answer for one of those asked.
    pub fn entitled(
        &self,
        actor: &Actor,
        asked: &Asked,
        role: Role,
        on: NaiveDate,
    ) -> Result<(), Refusal> {
        let candidates = self.candidates(asked);
        if !candidates.contains(&actor.party) {
            return Err(Refusal::new(
                RefusalCode::WrongParty,
                format!(
                    "Cet acte revient à {} ; vous agissez pour {}.",
                    listed(candidates.iter().map(|id| self.title(id))),
                    self.title(&actor.party)
                ),
            ));
        }
        if actor.role < role {
            return Err(Refusal::new(
                RefusalCode::WrongRole,
                format!(
                    "Cet acte demande le rôle « {} » ; vous avez le rôle « {} ».",
                    role_title(role),
                    role_title(actor.role)
                ),
            ));
        }
        match &actor.delegation {
            Some(delegation) if !delegation.valid(on) => Err(Refusal::new(
                RefusalCode::Delegation,
                format!(
                    "Votre délégation n'est pas valable le {} (elle court {}). Faites-la \
                     renouveler, ou faites agir son auteur.",
                    day(on),
                    match delegation.to {
                        Some(to) => format!("du {} au {}", day(delegation.from), day(to)),
                        None => format!("à partir du {}", day(delegation.from)),
                    }
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The party's title, or its id.
    pub fn title<'s>(&self, party: &'s str) -> &'s str
    where
        'v: 's,
    {
        let declared = party.split_once(':').map_or(party, |(id, _)| id);
        match self.machine.workflow.party(declared) {
            Some(found) if found.id == party => &found.title,
            _ => party,
        }
    }

    /// What is typed, against what is expected; every defect in one sentence.
    pub fn inputs(&self, expected: &[Input], typed: &Inputs) -> Result<(), Refusal> {
        let mut wrong = Vec::new();
        for input in expected {
            let title = input.title.as_deref().unwrap_or(&input.name);
            match typed.get(&input.name) {
                None if input.required => wrong.push(format!("« {title} » manque")),
                None => {}
                Some(value) => {
                    if let Some(what) = self.ill_typed(input, value) {
                        wrong.push(format!("« {title} » attend {what}"));
                    }
                }
            }
        }
        for name in typed.keys() {
            if !expected.iter().any(|i| i.name == *name) {
                wrong.push(format!("« {name} » n'est pas attendu"));
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let sentence = format!("Les saisies sont à reprendre : {}.", wrong.join(" ; "));
        Err(Refusal::new(RefusalCode::Inputs, sentence))
    }

    fn ill_typed(&self, input: &Input, value: &Value) -> Option<String> {
        if input.many {
            return match value {
                Value::List(values) if !(values.is_empty() && input.required) => values
                    .iter()
                    .find_map(|v| self.ill_typed_one(&input.kind, v)),
                _ => Some("une liste".into()),
            };
        }
        if matches!(value, Value::Text(text) if text.trim().is_empty() && input.required) {
            return Some("un texte non vide".into());
        }
        self.ill_typed_one(&input.kind, value)
    }

    /// What was expected, when it is not what was found.
    fn ill_typed_one(&self, kind: &InputKind, value: &Value) -> Option<String> {
        let (right, expected) = match (kind, value) {
            (InputKind::Integer, value) => (matches!(value, Value::Integer(_)), "un nombre entier"),
            (InputKind::Cents, value) => (matches!(value, Value::Cents(_)), "un montant"),
            (InputKind::Percent, value) => (matches!(value, Value::Percent(_)), "un pourcentage"),
            (InputKind::Date, value) => (matches!(value, Value::Date(_)), "une date"),
            (InputKind::Boolean, value) => (matches!(value, Value::Boolean(_)), "oui ou non"),
            (InputKind::Text, value) => (matches!(value, Value::Text(_)), "un texte"),
            (InputKind::Document, value) => (matches!(value, Value::Text(_)), "un document"),
            (InputKind::Person, value) => (matches!(value, Value::Text(_)), "une personne"),
            (InputKind::Choice(rule), value) => {
                let list = self.machine.pack.value(rule, self.today).map(|v| &v.value);
                let known = matches!(list, Some(Value::List(list)) if list.contains(value));
                (known, "un choix de la liste")
            }
            (InputKind::Item(of), Value::Text(key)) => {
                (self.world.items(of).contains(key), "un élément présent")
            }
            (InputKind::Item(_), _) => (false, "un élément présent"),
        };
        (!right).then(|| expected.to_owned())
    }

    /// The effective date: today, or the date typed for a paper act.
    pub fn effective(&self, place: &Place<'v>, inputs: &Inputs) -> Result<NaiveDate, Refusal> {
        let typed = place
            .act
            .effective
            .as_ref()
            .and_then(|name| inputs.get(name));
        let date = match typed {
            Some(Value::Date(date)) => *date,
            _ => return Ok(self.today),
        };
        if date <= self.today && date >= place.entered {
            return Ok(date);
        }
        Err(Refusal::new(
            RefusalCode::EffectiveDate,
            format!(
                "La date d'effet ({}) se tient entre l'entrée dans l'état ({}) et aujourd'hui \
                 ({}).",
                day(date),
                day(place.entered),
                day(self.today)
            ),
        ))
    }

    /// The conditions of an act that do not hold now, each with who can lift it.
    pub fn unmet(&self, place: &Place<'v>) -> Vec<Missing> {
        let env = Env {
            view: *self,
            scope: &place.scope,
            on: self.today,
        };
        let mut missing = Vec::new();
        for (i, requirement) in place.act.requires.iter().enumerate() {
            let unknown = match requirement.condition.holds(&env) {
                Truth::True => continue,
                Truth::False => Vec::new(),
                Truth::Unknown(names) => names,
            };
            let waive = requirement.waive.as_ref();
            let waive = waive.and_then(|by| self.resolve(by, &place.scope).ok());
            if let Some(asked) = &waive
                && self.waived(place, i, asked)
            {
                continue;
            }
            missing.push(Missing {
                requirement: i,
                sentence: requirement.sentence.render(&env),
                condition: requirement.condition.source.clone(),
                unknown,
                lift: self.lifts(&requirement.condition.facts(), place),
                waive: waive
                    .map(|asked| self.candidates(&asked).into_iter().collect())
                    .unwrap_or_default(),
            });
        }
        missing
    }

    fn waived(&self, place: &Place<'v>, requirement: usize, asked: &Asked) -> bool {
        let visit = self.configuration.visit(&place.scope.spot);
        let waived: Option<&BTreeMap<usize, BTreeSet<String>>> =
            visit.and_then(|v| v.waived.get(&place.act.name));
        let parties = waived.and_then(|w| w.get(&requirement));
        parties.is_some_and(|parties| self.satisfied(asked, &|p| parties.contains(p)))
    }

    fn lifts(&self, facts: &[&str], place: &Place<'v>) -> Vec<Lift> {
        let mut lifts = BTreeSet::new();
        for name in facts {
            let Some(fact) = self.machine.catalogue.fact(name) else {
                lifts.insert(Lift::Act);
                continue;
            };
            for mover in fact.moved_by {
                match mover {
                    Mover::Capability(capability) => {
                        lifts.extend(self.holders(capability, place));
                    }
                    Mover::Declaration(kind) => {
                        let parties = self.present.iter().filter(|p| p.kind == *kind);
                        lifts.extend(parties.map(|p| Lift::Declaration {
                            party: p.id.clone(),
                            fact: (*name).to_owned(),
                        }));
                    }
                    Mover::Child(workflow) => {
                        lifts.insert(Lift::Child {
                            workflow: (*workflow).to_owned(),
                        });
                    }
                    Mover::Import => {
                        lifts.insert(Lift::Import);
                    }
                    Mover::Clock => {
                        lifts.insert(Lift::Clock);
                    }
                    Mover::Act(_) => {
                        lifts.insert(Lift::Act);
                    }
                }
            }
        }
        lifts.into_iter().collect()
    }

    /// The parties that hold a right where the workflow stands: in this branch, around it, inside
    /// it, and always.
    fn holders(&self, capability: &str, place: &Place<'v>) -> BTreeSet<Lift> {
        let mut parties = BTreeSet::new();
        let mut add = |allow: &Allow, scope: &Scope<'v>| {
            if allow.capabilities.iter().any(|c| c == capability)
                && let Ok(asked) = self.resolve(&allow.who, scope)
            {
                parties.extend(self.candidates(&asked));
            }
        };
        for allow in &self.machine.workflow.allow {
            add(allow, &Scope::root());
        }
        let here = &place.scope.spot;
        for spot in self.configuration.visits.keys() {
            let near = spot == here || spot.holds(here) || here.holds(spot);
            if let Some(node) = self.node(spot).filter(|n| near && !n.allow.is_empty()) {
                let scope = Scope::new(node, spot);
                node.allow.iter().for_each(|allow| add(allow, &scope));
            }
        }
        let lift = |party| Lift::Party {
            party,
            capability: capability.to_owned(),
        };
        parties.into_iter().map(lift).collect()
    }
}

pub(super) fn role_title(role: Role) -> &'static str {
    match role {
        Role::Contribution => "contribution",
        Role::Validation => "validation",
        Role::Signature => "signature",
    }
}

/// One refusal for all that is missing.
pub(super) fn refusal_of(missing: Vec<Missing>) -> Refusal {
    let sentences: Vec<&str> = missing.iter().map(|m| m.sentence.as_str()).collect();
    let sentence = sentences.join(" ");
    Refusal {
        missing,
        ..Refusal::new(RefusalCode::Requirements, sentence)
    }
}
