//! Our judge of nets beside pm4py's judgements, on the same PNML files, in one run: families
//! of nets, then the nets of the shipped workflows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench stops by panic"
)]

mod reseaux;

use entente::app::fichiers::Library;
use entente::workflow::export;
use entente::workflow::net::{self, Net, pnml};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Times each file is judged by us; the median is told.
const RUNS: usize = 21;
/// The two ways pm4py is asked, and the seconds it has for one net: its own check does not answer
/// in sixty what it does not in ten.
const WOFLAN: (&str, &str) = ("woflan", "10");
const GRAPH: (&str, &str) = ("graphe", "60");

fn main() {
    println!("| réseau | transitions | manière | verdict | Entente (ms) | pm4py (ms) | rapport |");
    println!("|---|---|---|---|---|---|---|");
    let shipped = written(shipped());
    compare(WOFLAN, &written(families()));
    compare(WOFLAN, &shipped);
    compare(GRAPH, &shipped);
}

/// The nets as PNML files.
fn written(nets: Vec<Net>) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/pnml");
    fs::create_dir_all(&folder).expect("a folder");
    nets.into_iter()
        .map(|net| {
            let file = folder.join(format!("{}.pnml", net.name));
            fs::write(&file, pnml::write(&net)).expect("a file");
            file
        })
        .collect()
}

/// One row for each file.
fn compare((method, patience): (&str, &str), files: &[PathBuf]) {
    let reference = reference(method, patience, files);
    for file in files {
        let bytes = fs::read(file).expect("just written");
        let net = pnml::read(&bytes).expect("just written");
        let judgement = net::check(&bytes);
        let ours = median(&bytes);
        let theirs = &reference[file.to_str().expect("a path in UTF-8")];
        let seconds = theirs["seconds"].as_f64().expect("a duration");
        println!(
            "| {} | {} | {method} | {:?} / {} | {:.3} | {:.1} | {:.0} |",
            net.name,
            net.transitions().len(),
            judgement.verdict,
            theirs["verdict"].as_str().expect("a verdict"),
            ours * 1_000.0,
            seconds * 1_000.0,
            seconds / ours
        );
    }
}

fn families() -> Vec<Net> {
    let mut nets = Vec::new();
    let families = [
        reseaux::sequence,
        reseaux::forks,
        reseaux::lanes,
        reseaux::wide,
        reseaux::leaking,
    ];
    for n in [102, 1_002] {
        for family in families {
            let mut net = family(n);
            net.name = format!("{}-{n}", net.name);
            // The reference wants both markings said.
            net.mark(0, 1);
            net.mark_last(net.places().len() - 1, 1);
            nets.push(net);
        }
    }
    nets
}

fn shipped() -> Vec<Net> {
    let library = Library::shipped();
    let net = |name| {
        let text = library.text(name).expect("shipped");
        let workflow = library.load(text).expect("proven");
        let source = library.source(&workflow);
        let text = export::pnml::write(source).expect("few combinations");
        pnml::read(text.as_bytes()).expect("just written")
    };
    library.names().map(net).collect()
}

/// Seconds to read and judge, once half of the runs are faster.
fn median(bytes: &[u8]) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(net::check(bytes));
            started.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

fn reference(method: &str, patience: &str, files: &[PathBuf]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/outils/venv/bin/python");
    assert!(
        python.exists(),
        "pm4py est absent : lancez « make outils »."
    );
    let answer = Command::new(python)
        .arg(root.join("tests/outils/pm4py_solidite.py"))
        .args(["--methode", method, "--delai", patience])
        .args(files)
        .output()
        .expect("python runs");
    serde_json::from_slice(&answer.stdout).expect("the script answers in JSON")
}
