//! The exported net of each shipped workflow: the proofs of the file, our judge of nets and pm4py
//! say the same; and so do both judges when a step is taken out of it.

use super::hasard::Hasard;
use super::outil::{Method, directory, pm4py};
use chrono::NaiveDate;
use entente::app::fichiers::Library;
use entente::app::preuve;
use entente::workflow::check;
use entente::workflow::export;
use entente::workflow::net::{self, Net, Verdict, pnml};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, thread};

/// Markings up to which pm4py's own soundness check is asked as well.
const SMALL: usize = 100;

/// Unsound variants of each net, up to eight seconds each for pm4py; more with ENTENTE_VARIANTES.
fn variants() -> usize {
    let asked = env::var("ENTENTE_VARIANTES").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(3)
}

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

/// The same net without one step, taken at random, until `count` are unsound; a third as many that
/// are still sound go with them. Nets that lost their source or their sink only fill up.
fn broken(net: &Net, count: usize) -> Vec<(usize, String)> {
    let mut hasard = Hasard::new(1);
    let mut steps: Vec<usize> = (0..net.transitions().len()).collect();
    let (mut unsound, mut refused, mut sound) = (Vec::new(), Vec::new(), Vec::new());
    while !steps.is_empty() && unsound.len() < count {
        let gone = steps.swap_remove(hasard.below(steps.len()));
        let text = pnml::write(&without(net, gone));
        match net::check(text.as_bytes()).verdict {
            Verdict::Unsound => unsound.push((gone, text)),
            Verdict::Refused => refused.push((gone, text)),
            Verdict::Sound => sound.push((gone, text)),
            Verdict::Undecided => panic!("{} sans {gone}", net.name),
        }
    }
    unsound.extend(refused);
    unsound.truncate(count);
    assert_eq!(unsound.len(), count, "{}", net.name);
    unsound.extend(sound.into_iter().take(count.div_ceil(3)));
    unsound
}

/// Our verdict, in pm4py's words: a net without one source and one sink is unsound to it.
fn verdict(text: &str) -> String {
    match net::check(text.as_bytes()).verdict {
        Verdict::Refused => "unsound".to_owned(),
        other => serde_json::to_value(other)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned(),
    }
}

/// The exported nets, by file.
#[derive(Default)]
struct Nets {
    ours: BTreeMap<String, String>,
    /// Within reach of pm4py's own check.
    small: Vec<PathBuf>,
    all: Vec<PathBuf>,
}

impl Nets {
    fn add(&mut self, file: PathBuf, text: &str, small: bool) {
        fs::write(&file, text).unwrap();
        self.ours.insert(file.display().to_string(), verdict(text));
        if small {
            self.small.push(file.clone());
        }
        self.all.push(file);
    }

    /// A net and some of its variants.
    fn export(&mut self, folder: &Path, name: &str, text: &str) {
        let net = pnml::read(text.as_bytes()).unwrap();
        let small = super::oracle::sound(&net, SMALL).is_some();
        self.add(folder.join(format!("{name}.pnml")), text, small);
        for (gone, less) in broken(&net, variants()) {
            let file = folder.join(format!("{name}-sans-{gone}.pnml"));
            self.add(file, &less, small);
        }
    }

    /// What pm4py says by its graph of markings of every net, and by its own check of small ones.
    fn pm4py(&self) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let half = |from: usize| self.all.iter().skip(from).step_by(2).cloned().collect();
        let halves: [Vec<PathBuf>; 2] = [half(0), half(1)];
        thread::scope(|scope| {
            let first = scope.spawn(|| pm4py(Method::Graph, &halves[0]));
            let second = scope.spawn(|| pm4py(Method::Graph, &halves[1]));
            let woflan = pm4py(Method::Woflan, &self.small);
            let mut graphs = first.join().unwrap();
            graphs.extend(second.join().unwrap());
            (graphs, woflan)
        })
    }
}

#[test]
fn pm4py_judges_the_exported_workflows_as_we_do() {
    // given the PNML of every shipped workflow, whole and without one of its steps
    let library = Library::shipped();
    let folder = directory("livres");
    let mut nets = Nets::default();
    let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    for name in library.names() {
        let workflow = library.load(library.text(name).unwrap()).unwrap();
        let text = export::pnml::write(library.source(&workflow)).unwrap();
        nets.export(&folder, name, &text);
        // then the proofs and our judge of nets agree
        let proven = preuve::proofs(&workflow, &library, day).verdict;
        assert_eq!(proven, check::Verdict::Sound, "{name}");
        assert_eq!(verdict(&text), "sound", "{name}");
    }
    // and pm4py finds what our judge finds, in each of its two ways
    let (graphs, woflan) = nets.pm4py();
    assert_eq!(nets.ours, graphs);
    assert!(woflan.len() > nets.ours.len() / 2, "{}", woflan.len());
    let ours = nets.ours.into_iter();
    let ours: BTreeMap<_, _> = ours.filter(|(file, _)| woflan.contains_key(file)).collect();
    assert_eq!(ours, woflan);
    fs::remove_dir_all(&folder).unwrap();
}
