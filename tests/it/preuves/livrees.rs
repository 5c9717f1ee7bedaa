//! Files that ship: proven, fast, and found sound by the judge of nets too.

use super::{LIBRARY, prove};
use entente::metier::contrat::faits::CATALOGUE;
use entente::workflow::check::Verdict;
use entente::workflow::check::combination::combinations;
use entente::workflow::check::lower::{Items, lower};
use entente::workflow::definition::model::{Body, Workflow};
use entente::workflow::net;
use std::fmt::Write as _;

fn shipped() -> Vec<Workflow> {
    let read = |name: &str| {
        let text = LIBRARY.text(name).expect("a text");
        LIBRARY.load(text).expect("a readable file")
    };
    LIBRARY.names().map(read).collect()
}

#[test]
fn every_shipped_workflow_is_proven() {
    let mut refused = String::new();
    for workflow in shipped() {
        let report = prove(&workflow);
        for problem in &report.problems {
            let _ = writeln!(
                refused,
                "{} {}:{} {:?} {}",
                workflow.name,
                problem.place.line,
                problem.place.column,
                problem.code,
                problem.message
            );
        }
        assert_eq!(report.verdict == Verdict::Sound, report.problems.is_empty());
    }
    assert!(refused.is_empty(), "{refused}");
}

/// Nets of the shipped workflows are explored up to this many markings once reduced; a contract
/// whose negotiation holds six regions goes beyond, and says so.
const MARKINGS: usize = 2_000;

#[test]
fn the_judge_of_nets_agrees_on_every_shipped_workflow() {
    let mut decided = 0;
    for workflow in shipped() {
        let over = workflow.nodes.iter().filter_map(|n| match &n.body {
            Body::Each { over, .. } => Some(over.clone()),
            _ => None,
        });
        let over: Vec<String> = over.collect();
        for combination in combinations(&workflow, &CATALOGUE).expect("few combinations") {
            for count in 0..=2 {
                let items: Items = over.iter().map(|o| (o.clone(), count)).collect();
                let net = lower(&workflow, &CATALOGUE, &combination, &items);
                let limits = net::Limits {
                    markings: MARKINGS,
                    ..net::Limits::default()
                };
                let judgement = net::judge(&net, limits);
                let told = format!(
                    "{} ({}), {count} item(s): {:#?}",
                    workflow.name, combination.label, judgement.problems
                );
                assert_ne!(judgement.verdict, net::Verdict::Unsound, "{told}");
                assert_ne!(judgement.verdict, net::Verdict::Refused, "{told}");
                if judgement.verdict == net::Verdict::Sound {
                    decided += 1;
                }
            }
        }
    }
    assert!(decided >= 50, "{decided}");
}

/// ANAP's calendar: nine to ten months from launch to signature; a contract that took more than
/// eleven with everyone on time would be badly written.
const DAYS: std::ops::RangeInclusive<i64> = 274..=335;

#[test]
fn a_contract_in_the_field_of_disability_is_signed_within_nine_to_eleven_months() {
    let workflow = shipped().into_iter().find(|w| w.name == "cpom-ph");
    let report = prove(&workflow.expect("shipped"));
    assert!(
        DAYS.contains(&report.critical_path_days),
        "{}",
        report.critical_path_days
    );
    // Nobody alone takes more than everyone together, and each party has its own time.
    let parties: Vec<&str> = report.by_party.keys().map(String::as_str).collect();
    assert_eq!(parties, ["ars", "departement", "gestionnaire"]);
    for days in report.by_party.values() {
        assert!(days.critical_path_days > 0);
        assert!(days.critical_path_days <= report.critical_path_days);
    }
}
