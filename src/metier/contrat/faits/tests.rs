//! The catalogue holds together.

use super::CATALOGUE;
use crate::workflow::catalogue::{Kind, Mover};
use std::collections::BTreeSet;

/// The names that appear more than once.
fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(*name)).collect()
}

#[test]
fn every_name_is_declared_once() {
    assert_eq!(twice(CATALOGUE.facts.iter().map(|f| f.name)), [""; 0]);
    assert_eq!(twice(CATALOGUE.collections.iter().map(|c| c.name)), [""; 0]);
    assert_eq!(twice(CATALOGUE.objects.iter().map(|o| o.name)), [""; 0]);
    assert_eq!(
        twice(CATALOGUE.capabilities.iter().map(|c| c.name)),
        [""; 0]
    );
    assert_eq!(twice(CATALOGUE.documents.iter().map(|d| d.name)), [""; 0]);
    let sets: BTreeSet<_> = CATALOGUE.sets.iter().map(|s| (s.name, s.over)).collect();
    assert_eq!(sets.len(), CATALOGUE.sets.len());
}

#[test]
fn no_party_bears_the_name_of_a_set() {
    for (party, _) in CATALOGUE.parties {
        assert!(CATALOGUE.sets.iter().all(|s| s.name != *party), "{party}");
    }
}

#[test]
fn facts_and_capabilities_are_written_family_dot_name() {
    let facts = CATALOGUE.facts.iter().map(|f| f.name);
    for name in facts.chain(CATALOGUE.capabilities.iter().map(|c| c.name)) {
        let (family, rest) = name.split_once('.').expect(name);
        let ascii = |s: &str| s.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(ascii(family) && ascii(rest) && !rest.is_empty(), "{name}");
    }
}

#[test]
fn what_says_that_a_collection_has_an_item_is_a_boolean_fact() {
    let said = CATALOGUE.collections.iter().filter_map(|c| c.filled);
    let kinds: Vec<_> = said
        .map(|name| CATALOGUE.fact(name).map(|f| f.kind))
        .collect();
    assert!(!kinds.is_empty());
    assert!(kinds.iter().all(|kind| *kind == Some(Kind::Boolean)));
}

#[test]
fn what_moves_a_fact_exists() {
    for fact in CATALOGUE.facts {
        // The year a review or a budget is about is known when it opens.
        let opening = fact.name.ends_with(".exercice");
        assert_eq!(fact.moved_by.is_empty(), opening, "{}", fact.name);
        for mover in fact.moved_by {
            if let Mover::Capability(name) = mover {
                assert!(
                    CATALOGUE.capability(name).is_some(),
                    "{}: {name}",
                    fact.name
                );
            }
        }
    }
}

#[test]
fn facts_objects_and_sets_speak_of_declared_collections() {
    let facts = CATALOGUE.facts.iter().filter_map(|f| f.of);
    let objects = CATALOGUE.objects.iter().filter_map(|o| o.of);
    let sets = CATALOGUE.sets.iter().filter_map(|s| s.over);
    for name in facts.chain(objects).chain(sets) {
        assert!(CATALOGUE.collection(name).is_some(), "{name}");
    }
}

#[test]
fn a_fact_of_an_item_has_a_total_and_no_other_has() {
    for fact in CATALOGUE.facts {
        assert_eq!(fact.of.is_some(), fact.total.is_some(), "{}", fact.name);
    }
}

#[test]
fn a_set_always_may_hold_someone() {
    for set in CATALOGUE.sets {
        assert!(!set.always.is_empty() || set.some.is_some(), "{}", set.name);
    }
}

#[test]
fn rights_change_objects_that_exist() {
    for capability in CATALOGUE.capabilities {
        for object in capability.changes {
            assert!(
                CATALOGUE.object(object).is_some(),
                "{}: {object}",
                capability.name
            );
        }
    }
}

#[test]
fn an_object_never_contains_itself() {
    for object in CATALOGUE.objects {
        let mut inside = BTreeSet::new();
        let mut open = object.contains.to_vec();
        while let Some(name) = open.pop() {
            assert_ne!(name, object.name);
            let part = CATALOGUE.object(name).expect(name);
            if inside.insert(name) {
                open.extend(part.contains);
            }
        }
    }
}

#[test]
fn a_fact_only_the_journal_moves_is_not_declared() {
    let declared = |name| CATALOGUE.fact(name).unwrap().declared;
    assert!(!declared("contrat.relances"));
    assert!(declared("diagnostic.themes_obligatoires_vides"));
    assert!(declared("eprd.date_recu_plateforme"));
}
