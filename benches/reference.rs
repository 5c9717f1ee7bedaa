//! Our judge of nets beside pm4py's soundness check, on the same PNML files, in one run: families
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
/// Seconds given to the reference for one net.
const PATIENCE: &str = "10";

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/pnml");
    fs::create_dir_all(&folder).expect("a folder");
    let files: Vec<PathBuf> = nets()
        .into_iter()
        .map(|net| {
            let file = folder.join(format!("{}.pnml", net.name));
            fs::write(&file, pnml::write(&net)).expect("a file");
            file
        })
        .collect();
    let reference = reference(&files);
    println!("| réseau | transitions | verdict | Entente (ms) | pm4py (ms) | rapport |");
    println!("|---|---|---|---|---|---|");
    for file in &files {
        let bytes = fs::read(file).expect("just written");
        let size = pnml::read(&bytes)
            .expect("just written")
            .transitions()
            .len();
        let judgement = net::check(&bytes);
        let ours = median(&bytes);
        let theirs = &reference[file.to_str().expect("a path in UTF-8")];
        let seconds = theirs["seconds"].as_f64().expect("a duration");
        println!(
            "| {} | {size} | {:?} / {} | {:.3} | {:.1} | {:.0} |",
            file.file_stem().expect("a name").display(),
            judgement.verdict,
            theirs["verdict"].as_str().expect("a verdict"),
            ours * 1_000.0,
            seconds * 1_000.0,
            seconds / ours
        );
    }
}

fn nets() -> Vec<Net> {
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
    let library = Library::shipped();
    for name in library.names() {
        let text = library.text(name).expect("shipped");
        let workflow = library.load(text).expect("proven");
        let source = library.source(&workflow);
        let text = export::pnml::write(source).expect("few combinations");
        nets.push(pnml::read(text.as_bytes()).expect("just written"));
    }
    nets
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

fn reference(files: &[PathBuf]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/outils/venv/bin/python");
    assert!(
        python.exists(),
        "pm4py est absent : lancez « make outils »."
    );
    let answer = Command::new(python)
        .arg(root.join("tests/outils/pm4py_solidite.py"))
        .args(["--delai", PATIENCE])
        .args(files)
        .output()
        .expect("python runs");
    serde_json::from_slice(&answer.stdout).expect("the script answers in JSON")
}
