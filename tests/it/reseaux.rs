//! The soundness of nets: against an oracle, rule by rule, through PNML, beside another tool.

#[path = "reseaux/hasard.rs"]
mod hasard;
#[path = "reseaux/oracle.rs"]
mod oracle;
#[path = "reseaux/outil.rs"]
mod outil;

use std::env;

use entente::workflow::net::reduction::{Rule, reduce};
use entente::workflow::net::{Judgement, Limits, Net, Verdict, check, judge, pnml};
use entente::workflow::problem::Code;
use hasard::plan;

/// Markings the oracle may count before it says nothing.
const MOST: usize = 300;

/// How many random nets a run judges; more with ENTENTE_RESEAUX.
fn nets() -> u64 {
    let asked = env::var("ENTENTE_RESEAUX").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(20_000)
}

/// What each verdict was worth, so that a run that proves nothing is seen.
#[derive(Debug, Default)]
struct Tally {
    sound: u64,
    unsound: u64,
    silent: u64,
}

#[test]
fn the_judge_agrees_with_the_oracle_on_random_nets() {
    let mut tally = Tally::default();
    for seed in 0..nets() {
        // given a random workflow net
        let net = plan(seed).net();
        // when both judge it
        let Some(sound) = oracle::sound(&net, MOST) else {
            tally.silent += 1;
            continue;
        };
        let found = judge(&net, Limits::default());
        // then they agree, and what is unsound is shown by a true path
        if sound {
            tally.sound += 1;
            assert_eq!(found.verdict, Verdict::Sound, "seed {seed}: {found:?}");
            assert!(found.problems.is_empty());
        } else {
            tally.unsound += 1;
            assert_eq!(found.verdict, Verdict::Unsound, "seed {seed}");
            shown(&net, &found, seed);
        }
    }
    println!("{tally:?}");
    assert!(tally.sound > nets() / 10, "{tally:?}");
    assert!(tally.unsound > nets() / 4, "{tally:?}");
    assert!(tally.silent < nets() / 50, "{tally:?}");
}

/// Each problem has a path that starts at the source, and a path of firings can be fired.
fn shown(net: &Net, found: &Judgement, seed: u64) {
    assert!(!found.problems.is_empty(), "seed {seed}");
    for problem in &found.problems {
        assert_eq!(problem.path[0], "p0", "seed {seed}: {problem:?}");
        if problem.code == Code::Mort {
            continue;
        }
        let mut marking = vec![0; net.places().len()];
        marking[0] = 1;
        for id in &problem.path[1..] {
            let t = net.transitions().iter().position(|t| t.id == *id).unwrap();
            let after = oracle::fire(net, &marking, t);
            marking = after.unwrap_or_else(|| panic!("seed {seed}: {id} of {problem:?}"));
        }
    }
}

#[test]
fn each_rule_alone_keeps_a_net_live_and_bounded_or_not() {
    for rule in Rule::ALL {
        kept_by(&[rule], nets() / 16);
    }
}

#[test]
fn all_rules_together_keep_a_net_live_and_bounded_or_not() {
    kept_by(&Rule::ALL, nets() / 8);
}

fn kept_by(rules: &[Rule], nets: u64) {
    let mut applied = Tally::default();
    for seed in 0..nets {
        // given a random closed net, not always started at its source, some with a shared
        // resource, some with a step that changes nothing
        let plan = plan(seed);
        let mut net = plan.net();
        if seed % 3 == 0 {
            let resource = net.add_place("ressource", "");
            net.mark(resource, 1);
            for t in (0..plan.transitions).step_by(2) {
                net.take(resource, t, 1 + u32::from(seed % 7 == 0));
                net.give(t, resource, 1 + u32::from(seed % 7 == 0));
            }
        }
        if seed % 4 == 1 {
            let reminder = net.add_transition("relance", "");
            let places = [seed % 7, seed % 11];
            for p in &places[..1 + usize::from(seed % 8 == 1)] {
                let place = usize::try_from(*p).unwrap() % plan.places;
                net.take(place, reminder, 1);
                net.give(reminder, place, 1);
            }
        }
        let back = net.add_transition("retour", "");
        net.take(1, back, 1);
        net.give(back, 0, 1);
        net.mark(0, 1);
        if seed % 5 == 0 {
            let place = usize::try_from(seed).unwrap() % plan.places;
            net.mark(place, 1 + u32::from(seed % 2 == 0));
        }
        // when it is reduced
        let small = reduce(&net, rules);
        let size = |net: &Net| net.places().len() + net.transitions().len();
        if size(&small) == size(&net) {
            continue;
        }
        // then it is live and bounded if it was, and only then
        let before = oracle::live_and_bounded(&net, MOST);
        let after = oracle::live_and_bounded(&small, MOST);
        match before {
            None => applied.silent += 1,
            Some(good) => {
                assert_eq!(
                    after,
                    Some(good),
                    "seed {seed}, {rules:?}: {net:?} {small:?}"
                );
                if good {
                    applied.sound += 1
                } else {
                    applied.unsound += 1
                }
            }
        }
    }
    assert!(
        applied.sound > 10 && applied.unsound > 20,
        "{rules:?}: {applied:?}"
    );
}
