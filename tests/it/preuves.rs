//! The proofs, judged from outside: shipped files, broken files, mutations, a brute-force oracle.

/// Broken files, one defect each.
mod cassees;
/// Proof 2 against brute force.
#[path = "preuves/consentement_force_brute.rs"]
mod consentement_force_brute;
/// Generated files against brute force.
mod force_brute;
/// Random files.
mod hasard;
/// Files that ship.
mod livrees;
/// A small world for generated files.
mod monde;
/// Shipped files, changed in one place.
mod mutations;
/// Brute force.
mod oracle;

use chrono::NaiveDate;
use entente::app::fichiers::Library;
use entente::metier::contrat::faits::CATALOGUE;
use entente::workflow::check::{self, Report, Surroundings};
use entente::workflow::definition::model::Workflow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is shipped, read once.
static LIBRARY: LazyLock<Library> = LazyLock::new(Library::shipped);
static PARENTS: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| LIBRARY.parents().clone());

/// A day on which every rule of the shipped packs has a value.
fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 1).expect("a date")
}

fn prove(workflow: &Workflow) -> Report {
    let pack = LIBRARY.pack(&workflow.rules).expect("a shipped pack");
    let surroundings = Surroundings {
        catalogue: &CATALOGUE,
        pack,
        parents: &PARENTS,
        on: day(),
    };
    check::check(workflow, surroundings)
}
