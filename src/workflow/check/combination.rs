//! Combinations: who is there, which regions are open.
//!
//! A combination is a valuation of the facts that decide which parties are present (`when`; 0, 1
//! or 2 parties for `each`) and which regions are open (`when`). Everything else is left free by
//! the proofs. Two parties of one `each` stand for any number of them: no expression tells the
//! second from the third.

use crate::workflow::catalogue::{Catalogue, PartyKind};
use crate::workflow::condition::{Condition, satisfiable};
use crate::workflow::definition::model::{BlockId, Presence, Workflow};
use std::collections::{BTreeMap, BTreeSet};

/// Past this many combinations, nothing is decided.
pub const COMBINATIONS_MAX: usize = 64;

/// A party that is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Present {
    /// `ars`, or `departement:1` when the file declares one party per item.
    pub id: String,
    /// The id the file declares: `departement`.
    pub declared: String,
    pub kind: PartyKind,
}

/// One way the world may be while a workflow runs.
#[derive(Debug, Clone)]
pub struct Combination {
    /// Conditions that hold in it; the negation of those that do not.
    pub literals: Vec<Condition>,
    pub present: Vec<Present>,
    /// Collections whose items are the parties declared one per item: collection → declared id.
    pub each: BTreeMap<String, String>,
    /// Regions that are done at once.
    pub closed: BTreeSet<BlockId>,
    /// In French, for people: « 2 departement, perimetre.a_usld faux ».
    pub label: String,
}

impl Combination {
    pub fn party(&self, id: &str) -> Option<&Present> {
        self.present.iter().find(|p| p.id == id)
    }
}

/// One choice to make: a condition true or not, or a number of parties.
enum Choice<'w> {
    Truth(&'w Condition),
    /// Of this party; and what says whether there is one.
    Count(&'w str, Option<Condition>),
}

/// Every combination of a workflow, in a fixed order; `None` past [`COMBINATIONS_MAX`].
///
/// With fewer than two parties there is nobody to contract with: such a combination is left out,
/// unless the file itself declares a single party.
pub fn combinations(workflow: &Workflow, catalogue: &Catalogue) -> Option<Vec<Combination>> {
    let choices = choices(workflow, catalogue);
    let mut rows: Vec<Vec<u32>> = vec![Vec::new()];
    for choice in &choices {
        let arity = match choice {
            Choice::Truth(_) => 2,
            Choice::Count(..) => 3,
        };
        rows = rows
            .iter()
            .flat_map(|row| {
                // True first, most parties first: the fullest combination is told first.
                (0..arity).rev().map(|value| {
                    let mut next = row.clone();
                    next.push(value);
                    next
                })
            })
            .filter(|row| possible(&choices, row))
            .collect();
        if rows.len() > COMBINATIONS_MAX {
            return None;
        }
    }
    let all: Vec<Combination> = rows
        .iter()
        .map(|row| combination(workflow, &choices, row))
        .collect();
    let several: Vec<Combination> = all
        .iter()
        .filter(|c| c.present.len() >= 2)
        .cloned()
        .collect();
    Some(if several.is_empty() { all } else { several })
}

fn choices<'w>(workflow: &'w Workflow, catalogue: &Catalogue) -> Vec<Choice<'w>> {
    let parties = workflow.parties.iter().filter_map(|p| match &p.presence {
        Presence::When(condition) => Some(condition),
        Presence::Always | Presence::Each(_) => None,
    });
    let regions = workflow.blocks.iter().filter_map(|b| b.when.as_ref());
    let mut conditions: Vec<&Condition> = Vec::new();
    for condition in parties.chain(regions) {
        let known = conditions.iter().any(|other| same(other, condition));
        if !known && condition.constant().is_none() {
            conditions.push(condition);
        }
    }
    let filled = |over: &str| catalogue.collection(over)?.filled.map(Condition::of_fact);
    let counts = workflow.parties.iter().filter_map(|p| match &p.presence {
        Presence::Each(over) => Some(Choice::Count(p.id.as_str(), filled(over))),
        Presence::Always | Presence::When(_) => None,
    });
    let truths = conditions.into_iter().map(Choice::Truth);
    truths.chain(counts).collect()
}

/// Same canonical text.
fn same(a: &Condition, b: &Condition) -> bool {
    a.to_string() == b.to_string()
}

fn literals(choices: &[Choice<'_>], row: &[u32]) -> Vec<Condition> {
    choices
        .iter()
        .zip(row)
        .filter_map(|(choice, value)| match choice {
            Choice::Truth(condition) if *value == 1 => Some((*condition).clone()),
            Choice::Truth(condition) => Some(condition.negated()),
            Choice::Count(..) => None,
        })
        .collect()
}

/// Whether the conditions may hold so together, with what the numbers of parties say.
fn possible(choices: &[Choice<'_>], row: &[u32]) -> bool {
    let mut literals = literals(choices, row);
    for (choice, count) in choices.iter().zip(row) {
        match choice {
            Choice::Count(_, Some(filled)) if *count == 0 => literals.push(filled.negated()),
            Choice::Count(_, Some(filled)) => literals.push(filled.clone()),
            Choice::Count(_, None) | Choice::Truth(_) => {}
        }
    }
    let all: Vec<&Condition> = literals.iter().collect();
    satisfiable(&all) != Some(false)
}

fn combination(workflow: &Workflow, choices: &[Choice<'_>], row: &[u32]) -> Combination {
    let holds = |condition: &Condition| {
        let chosen = choices.iter().zip(row).find_map(|(choice, value)| {
            matches!(choice, Choice::Truth(c) if same(c, condition)).then_some(*value == 1)
        });
        chosen.or_else(|| condition.constant()).unwrap_or(true)
    };
    let count = |party: &str| {
        choices.iter().zip(row).find_map(|(choice, value)| {
            matches!(choice, Choice::Count(id, _) if *id == party).then_some(*value)
        })
    };
    let mut present = Vec::new();
    let mut items: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for party in &workflow.parties {
        let mut push = |id: String| {
            present.push(Present {
                id,
                declared: party.id.clone(),
                kind: party.kind,
            });
        };
        match &party.presence {
            Presence::Always => push(party.id.clone()),
            Presence::When(condition) if holds(condition) => push(party.id.clone()),
            Presence::When(_) => {}
            Presence::Each(over) => {
                let ids = 1..=count(&party.id).unwrap_or(1);
                let ids: Vec<String> = ids.map(|i| format!("{}:{i}", party.id)).collect();
                ids.iter().cloned().for_each(&mut push);
                items.entry(over.clone()).or_default().extend(ids);
            }
        }
    }
    let closed = workflow
        .blocks
        .iter()
        .filter(|b| b.when.as_ref().is_some_and(|when| !holds(when)))
        .map(|b| b.id)
        .collect();
    Combination {
        literals: literals(choices, row),
        present,
        each: each(workflow),
        closed,
        label: label(choices, row),
    }
}

/// Where two parties are declared over the same collection, an item is not one of them.
fn each(workflow: &Workflow) -> BTreeMap<String, String> {
    let mut each = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for party in &workflow.parties {
        if let Presence::Each(collection) = &party.presence
            && each.insert(collection.clone(), party.id.clone()).is_some()
        {
            shared.insert(collection.clone());
        }
    }
    each.retain(|collection, _| !shared.contains(collection));
    each
}

fn label(choices: &[Choice<'_>], row: &[u32]) -> String {
    let parts: Vec<String> = choices
        .iter()
        .zip(row)
        .map(|(choice, value)| match choice {
            Choice::Truth(condition) if *value == 1 => condition.source.clone(),
            Choice::Truth(condition) => format!("non ({})", condition.source),
            Choice::Count(party, _) => format!("{party} : {value}"),
        })
        .collect();
    if parts.is_empty() {
        "toutes".into()
    } else {
        parts.join(", ")
    }
}
