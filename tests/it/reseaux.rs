//! The soundness of nets: against an oracle, rule by rule, through PNML, beside another tool.

#[path = "reseaux/hasard.rs"]
mod hasard;
#[path = "reseaux/lecture.rs"]
mod lecture;
#[path = "reseaux/livres.rs"]
mod livres;
#[path = "reseaux/oracle.rs"]
mod oracle;
#[path = "reseaux/outil.rs"]
mod outil;

use std::env;

use entente::workflow::net::reduction::{Rule, reduce};
use entente::workflow::net::{Judgement, Limits, Net, Verdict, judge};
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
    assert!(tally.sound > nets() / 10, "{tally:?}");
    assert!(tally.unsound > nets() / 4, "{tally:?}");
    assert!(tally.silent < nets() / 50, "{tally:?}");
}

#[test]
fn with_hardly_any_room_the_judge_still_says_nothing_false() {
    let limits = Limits {
        markings: 4,
        ..Limits::default()
    };
    let mut told = 0;
    for seed in 0..nets() / 4 {
        // given a random net, and room for four markings
        let net = plan(seed).net();
        let found = judge(&net, limits);
        // then what is claimed is true, and what is unsound is shown by a true path
        let Some(sound) = oracle::sound(&net, MOST) else {
            continue;
        };
        match found.verdict {
            Verdict::Undecided => continue,
            Verdict::Sound => assert!(sound, "seed {seed}"),
            Verdict::Unsound => assert!(!sound, "seed {seed}"),
            Verdict::Refused => panic!("seed {seed}: {found:?}"),
        }
        told += 1;
        if !sound {
            shown(&net, &found, seed);
        }
    }
    assert!(told > nets() / 20, "{told}");
}

/// Each problem has a path that starts at the source, and a path of firings can be fired.
fn shown(net: &Net, found: &Judgement, seed: u64) {
    assert!(!found.problems.is_empty(), "seed {seed}");
    for problem in &found.problems {
        assert_eq!(problem.path[0], "p0", "seed {seed}: {problem:?}");
        if problem.code != Code::Mort {
            played(net, &problem.path);
        }
    }
}

/// The marking after the transitions of a path, each of which can be fired.
fn played(net: &Net, path: &[String]) -> Vec<u32> {
    let place = net.places().iter().position(|p| p.id == path[0]).unwrap();
    let mut marking = vec![0; net.places().len()];
    marking[place] = 1;
    for id in &path[1..] {
        let t = net.transitions().iter().position(|t| t.id == *id).unwrap();
        let after = oracle::fire(net, &marking, t);
        marking = after.unwrap_or_else(|| panic!("{id} in {path:?}"));
    }
    marking
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
        // resource, some with a step that changes nothing, or only takes
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
            for p in &places[..=usize::from(seed % 8 == 1)] {
                let place = usize::try_from(*p).unwrap() % plan.places;
                net.take(place, reminder, 1);
                net.give(reminder, place, 1);
            }
        }
        if seed % 6 == 2 {
            let drain = net.add_transition("perte", "");
            let place = net.add_place("perdus", "");
            net.give(usize::try_from(seed).unwrap() % plan.transitions, place, 1);
            net.take(place, drain, 1);
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
                    applied.sound += 1;
                } else {
                    applied.unsound += 1;
                }
            }
        }
    }
    assert!(
        applied.sound > 10 && applied.unsound > 20,
        "{rules:?}: {applied:?}"
    );
}

/// A net told as `from > to`, places apart by spaces; `debut` and `fin` are its ends.
fn net(steps: &[(&str, &str)]) -> Net {
    let mut net = Net::new("essai");
    let mut known = std::collections::BTreeMap::new();
    for (i, (from, to)) in steps.iter().enumerate() {
        let t = net.add_transition(format!("t{}", i + 1), format!("étape {}", i + 1));
        for (names, give) in [(from, false), (to, true)] {
            for name in names.split_whitespace() {
                let p = *known
                    .entry(name)
                    .or_insert_with(|| net.add_place(name, name));
                if give {
                    net.give(t, p, 1);
                } else {
                    net.take(p, t, 1);
                }
            }
        }
    }
    net
}

fn found(steps: &[(&str, &str)]) -> Judgement {
    judge(&net(steps), Limits::default())
}

#[test]
fn a_defect_is_told_with_its_shortest_path() {
    // given a fork whose branches meet in a choice instead of a join
    let found = found(&[("debut", "a b"), ("a", "fin"), ("b", "fin")]);
    // then the end is reached too early, and nothing else was ever possible
    assert_eq!(found.verdict, Verdict::Unsound);
    let told: Vec<_> = found
        .problems
        .iter()
        .map(|p| (p.code, p.path.join(" ")))
        .collect();
    let expected = [(Code::Solidite, "debut t1 t2"), (Code::Solidite, "debut")];
    assert_eq!(told, expected.map(|(code, path)| (code, path.to_owned())));
    assert_eq!(
        found.problems[0].message,
        "Après « étape 1 », puis « étape 2 », la fin « fin » est atteinte alors que tout n’est pas \
         fini : il y a un jeton dans « b » et un dans « fin ». À la fin, un seul jeton est \
         attendu ; attendez les autres avant d’y entrer."
    );
}

#[test]
fn a_loop_that_makes_tokens_is_unbounded() {
    let found = found(&[
        ("debut", "a"),
        ("a", "a b"),
        ("a", "c"),
        ("b c", "c"),
        ("c", "fin"),
    ]);
    assert_eq!(found.verdict, Verdict::Unsound);
    let growing = found
        .problems
        .iter()
        .find(|p| p.message.contains("sans fin"))
        .unwrap();
    assert_eq!(growing.path, ["debut", "t1", "t2"]);
    assert!(growing.message.contains("« b »"), "{}", growing.message);
}

#[test]
fn a_dead_step_that_changes_nothing_is_not_hidden() {
    // given a step that needs both branches of a choice, and puts both back
    let found = found(&[
        ("debut", "a"),
        ("debut", "b"),
        ("a", "fin"),
        ("b", "fin"),
        ("a b", "a b"),
    ]);
    // then it is told dead, and nothing else is wrong
    assert_eq!(found.verdict, Verdict::Unsound);
    let [dead] = &found.problems[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        (dead.code, dead.path.join(" ")),
        (Code::Mort, "debut t1 a t5".to_owned())
    );
}

#[test]
fn without_one_source_and_one_sink_the_question_is_refused() {
    let cases: [&[(&str, &str)]; 3] = [
        &[("debut", "fin"), ("autre", "fin")],
        &[("debut", "fin"), ("debut", "autre")],
        &[("a", "b"), ("b", "a")],
    ];
    for case in cases {
        let found = found(case);
        assert_eq!(found.verdict, Verdict::Refused, "{case:?}");
        assert_eq!(found.problems[0].code, Code::Syntaxe);
    }
}

#[test]
fn a_node_off_every_path_makes_the_net_unsound_and_is_named() {
    let found = found(&[("debut", "fin"), ("debut", "a"), ("a", "b"), ("b", "a")]);
    assert_eq!(found.verdict, Verdict::Unsound);
    let [stuck] = &found.problems[..] else {
        panic!("{found:?}");
    };
    assert_eq!(stuck.path, ["t2", "t3", "t4", "a", "b"]);
}

/// Parallel lanes, each step of which needs two tools shared with its neighbours: little reduces.
/// With a leak, the first lane may end all by itself.
fn sharing(lanes: usize, rounds: usize, leak: bool) -> Net {
    let mut steps = Vec::new();
    let all = |kind: &str, round: usize| {
        let place = |lane: usize| format!("{kind}{lane}.{round}");
        (0..lanes).map(place).collect::<Vec<_>>().join(" ")
    };
    let tools = all("outil", 0);
    steps.push(("debut".to_owned(), format!("{} {tools}", all("p", 0))));
    for lane in 0..lanes {
        let held = format!("outil{lane}.0 outil{}.0", (lane + 1) % lanes);
        for round in 0..rounds {
            let from = format!("p{lane}.{round} {held}");
            steps.push((from, format!("p{lane}.{} {held}", round + 1)));
        }
    }
    steps.push((format!("{} {tools}", all("p", rounds)), "fin".to_owned()));
    if leak {
        steps.push((format!("p0.{rounds}"), "fin".to_owned()));
    }
    let steps: Vec<(&str, &str)> = steps.iter().map(|(a, b)| (&a[..], &b[..])).collect();
    net(&steps)
}

#[test]
fn past_a_bound_the_verdict_is_undecided() {
    // given a net that does not reduce and few markings to spend
    let net = sharing(4, 4, false);
    let limits = Limits {
        markings: 100,
        ..Limits::default()
    };
    // then nothing is claimed; and with enough of them it is sound
    let found = judge(&net, limits);
    assert_eq!(found.verdict, Verdict::Undecided);
    assert_eq!(found.problems[0].code, Code::Limite);
    assert_eq!(judge(&net, Limits::default()).verdict, Verdict::Sound);
}

#[test]
fn a_defect_too_far_for_a_search_in_breadth_is_still_shown_by_a_true_path() {
    // given a net with a leak at its very end and too few markings to explore it whole
    let net = sharing(4, 4, true);
    let limits = Limits {
        markings: 100,
        ..Limits::default()
    };
    // when it is judged
    let found = judge(&net, limits);
    // then the reduced net's evidence is told as a path of the net itself
    assert_eq!(found.verdict, Verdict::Unsound, "{found:?}");
    assert_eq!(
        judge(&sharing(4, 4, false), limits).verdict,
        Verdict::Undecided
    );
    let mut marking = vec![0; net.places().len()];
    marking[0] = 1;
    for id in &found.problems[0].path[1..] {
        let t = net.transitions().iter().position(|t| t.id == *id).unwrap();
        marking = oracle::fire(&net, &marking, t).unwrap();
    }
    assert!(
        marking[1] == 0 || marking.iter().sum::<u32>() > 1,
        "{found:?}"
    );
}
