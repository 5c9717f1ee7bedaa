//! The exported nets of shipped workflows before pm4py, and the same with a step taken out.
//!
//! The three large contracts (`cpom-ph`, `cpom-ehpad`, `cpom-mixte`) are beyond pm4py, which gives
//! no answer on them within two minutes; their nets are judged by ours only.

use super::outil::{directory, pm4py};
use entente::app::fichiers::Library;
use entente::workflow::export;
use entente::workflow::net::{Net, check, pnml};
use std::collections::BTreeMap;
use std::fs;

const WITHIN_REACH: [&str; 4] = [
    "avenant",
    "decision-modificative",
    "eprd-annuel",
    "revue-annuelle",
];

/// The same net without one of its transitions.
fn without(net: &Net, gone: usize) -> Net {
    let mut less = Net::new(net.name.clone());
    for place in net.places() {
        less.add_place(place.id.clone(), place.name.clone());
    }
    for (t, transition) in net.transitions().iter().enumerate() {
        if t == gone {
            continue;
        }
        let kept = less.add_transition(transition.id.clone(), transition.name.clone());
        for (&place, &weight) in net.inputs(t) {
            less.take(place, kept, weight);
        }
        for (&place, &weight) in net.outputs(t) {
            less.give(kept, place, weight);
        }
    }
    for (&place, &tokens) in net.initial() {
        less.mark(place, tokens);
    }
    for (&place, &tokens) in net.last() {
        less.mark_last(place, tokens);
    }
    less
}

#[test]
fn pm4py_judges_the_exported_workflows_as_we_do() {
    // given the PNML of shipped workflows, whole and with one step in five taken out
    let library = Library::shipped();
    let folder = directory("livres");
    let mut ours = BTreeMap::new();
    let mut files = Vec::new();
    for name in WITHIN_REACH {
        let workflow = library.load(library.text(name).unwrap()).unwrap();
        let text = export::pnml::write(library.source(&workflow)).unwrap();
        let net = pnml::read(text.as_bytes()).unwrap();
        let mut texts = vec![(format!("{name}.pnml"), text)];
        for gone in (0..net.transitions().len()).step_by(5) {
            let less = pnml::write(&without(&net, gone));
            texts.push((format!("{name}-sans-{gone}.pnml"), less));
        }
        for (file, text) in texts {
            let file = folder.join(file);
            fs::write(&file, &text).unwrap();
            // when we judge it
            let verdict = serde_json::to_value(check(text.as_bytes()).verdict).unwrap();
            let word = verdict.as_str().unwrap().to_owned();
            // A net that lost its source or its sink is no workflow net: pm4py says unsound.
            let word = if word == "refused" { "unsound" } else { &word };
            ours.insert(file.display().to_string(), word.to_owned());
            files.push(file);
        }
    }
    // then pm4py finds the same
    let theirs = pm4py(&files);
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(ours, theirs);
    let count = |word: &str| ours.values().filter(|v| *v == word).count();
    assert!(count("sound") >= WITHIN_REACH.len());
    assert!(count("unsound") >= 10, "{ours:#?}");
}
