//! Who may act now: party expressions resolved against the parties that are there.

use super::view::{Env, Scope, View};
use crate::regles::value::Value;
use crate::workflow::catalogue::{PartyKind, Who};
use crate::workflow::condition::Truth;
use crate::workflow::definition::model::Presence;
use crate::workflow::definition::party::PartyExpr;
use std::collections::BTreeSet;

/// A party that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Present {
    /// `gestionnaire`, `departement:75`.
    pub id: String,
    /// The declared party: `departement`.
    pub declared: String,
    pub kind: PartyKind,
}

/// An expression resolved: parties by position among those present. No list is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    One(usize),
    Any(Vec<Asked>),
    All(Vec<Asked>),
}

impl Asked {
    /// Whether it is satisfied when these answered.
    pub fn satisfied(&self, by: &dyn Fn(usize) -> bool) -> bool {
        match self {
            Asked::One(party) => by(*party),
            Asked::Any(list) => list.iter().any(|e| e.satisfied(by)),
            Asked::All(list) => list.iter().all(|e| e.satisfied(by)),
        }
    }

    fn each(&self, found: &mut dyn FnMut(usize)) {
        match self {
            Asked::One(party) => found(*party),
            Asked::Any(list) | Asked::All(list) => list.iter().for_each(|e| e.each(found)),
        }
    }

    /// Those whose answer is still needed, all of them or one, given who answered.
    pub fn wanting(&self, by: &dyn Fn(usize) -> bool, found: &mut dyn FnMut(usize)) {
        match self {
            _ if self.satisfied(by) => {}
            Asked::One(party) => found(*party),
            Asked::Any(list) | Asked::All(list) => {
                for e in list {
                    e.wanting(by, found);
                }
            }
        }
    }
}

/// The part of an expression that means nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Nobody(pub String);

impl View<'_> {
    /// Who is asked. Never true by emptiness: a set that resolves to nobody makes the whole
    /// unavailable; a party that is not there is dropped.
    pub fn resolve(&self, expr: &PartyExpr, scope: &Scope<'_>) -> Result<Asked, Nobody> {
        let mut found = self.members(expr, scope, false)?;
        match found.len() {
            0 => Err(Nobody(expr.to_string())),
            1 => Ok(found.swap_remove(0)),
            // A bare set: the loader asks for any(…) or all(…); one is enough elsewhere (`allow`).
            _ => Ok(Asked::Any(found)),
        }
    }

    fn members(
        &self,
        expr: &PartyExpr,
        scope: &Scope<'_>,
        nested: bool,
    ) -> Result<Vec<Asked>, Nobody> {
        let nobody = || Nobody(expr.to_string());
        let found = match expr {
            PartyExpr::Party(id) => self.positions(|p| p.declared == *id),
            PartyExpr::Item(collection) => {
                let key = scope.key(collection).ok_or_else(nobody)?;
                self.positions(|p| {
                    p.id == key || (p.id != p.declared && p.id.ends_with(&format!(":{key}")))
                })
            }
            PartyExpr::Set { name, over } => {
                let members = self.set(name, over.as_deref(), scope);
                if members.is_empty() {
                    return Err(nobody());
                }
                members
            }
            PartyExpr::Any(list) | PartyExpr::All(list) => {
                let mut inner = Vec::new();
                for e in list {
                    inner.extend(self.members(e, scope, true)?);
                }
                match (inner.is_empty(), expr) {
                    (true, _) if nested => Vec::new(),
                    (true, _) => return Err(nobody()),
                    (false, PartyExpr::Any(_)) => vec![Asked::Any(inner)],
                    (false, _) => vec![Asked::All(inner)],
                }
            }
            PartyExpr::Rule { id, choices } => {
                let value = self.machine.pack.value(id, self.today);
                let chosen = value.and_then(|dated| match &dated.value {
                    Value::Text(text) => choices.iter().find(|(written, _)| written == text),
                    _ => None,
                });
                let (_, chosen) = chosen.ok_or_else(nobody)?;
                return self.members(chosen, scope, nested);
            }
        };
        Ok(found)
    }

    fn positions(&self, wanted: impl Fn(&Present) -> bool) -> Vec<Asked> {
        let parties = self.present.iter().enumerate();
        parties
            .filter(|(_, p)| wanted(p))
            .map(|(i, _)| Asked::One(i))
            .collect()
    }

    fn set(&self, name: &str, over: Option<&str>, scope: &Scope<'_>) -> Vec<Asked> {
        let Some(set) = self.machine.catalogue.set(name, over) else {
            return Vec::new();
        };
        let certain = |p: &Present| {
            let is = |who: &Who| match who {
                Who::Everyone => true,
                Who::Kind(kind) => p.kind == *kind,
            };
            set.always.iter().any(is)
        };
        if over.is_none() && set.some.is_none() {
            return self.positions(certain);
        }
        let item = over.map(|collection| scope.key(collection));
        if item == Some(None) {
            return Vec::new();
        }
        let members = self.world.members(name, item.flatten());
        self.positions(|p| certain(p) || members.contains(&p.id))
    }

    /// Every party an expression speaks of.
    pub fn candidates(&self, asked: &Asked) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        asked.each(&mut |i| {
            found.extend(self.present.get(i).map(|p| p.id.clone()));
        });
        found
    }

    /// Those whose answer is still needed.
    pub fn wanting(&self, asked: &Asked, answered: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let by = |i: usize| self.present.get(i).is_some_and(|p| answered(&p.id));
        asked.wanting(&by, &mut |i| {
            found.extend(self.present.get(i).map(|p| p.id.clone()));
        });
        found
    }

    pub fn satisfied(&self, asked: &Asked, answered: &dyn Fn(&str) -> bool) -> bool {
        asked.satisfied(&|i| self.present.get(i).is_some_and(|p| answered(&p.id)))
    }

    /// The parties that are there: declared ones whose condition holds, one per item for the
    /// others.
    pub fn presence(&self) -> Vec<Present> {
        let mut present = Vec::new();
        let scope = Scope::root();
        for party in &self.machine.workflow.parties {
            let mut add = |id: String| {
                present.push(Present {
                    id,
                    declared: party.id.clone(),
                    kind: party.kind,
                });
            };
            match &party.presence {
                Presence::Always => add(party.id.clone()),
                Presence::When(condition) => {
                    let env = Env {
                        view: *self,
                        scope: &scope,
                        on: self.today,
                    };
                    if condition.holds(&env) == Truth::True {
                        add(party.id.clone());
                    }
                }
                Presence::Each(collection) => {
                    for key in self.world.items(collection) {
                        add(format!("{}:{key}", party.id));
                    }
                }
            }
        }
        present
    }
}
