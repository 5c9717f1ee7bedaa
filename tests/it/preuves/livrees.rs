use super::{LIBRARY, prove};
use entente::workflow::check::Verdict;

#[test]
fn every_shipped_workflow_is_proven() {
    for name in LIBRARY.names() {
        let text = LIBRARY.text(name).expect("a text");
        let workflow = LIBRARY.load(text).expect("a readable file");
        let started = std::time::Instant::now();
        let report = prove(&workflow);
        println!(
            "{name}: {:?} {:?} combos {} vetoes {} critical {} shortest {} {:?}",
            started.elapsed(),
            report.verdict,
            report.combinations,
            report.vetoes.len(),
            report.critical_path_days,
            report.shortest_days,
            report.by_party
        );
        for p in &report.problems {
            println!(
                "  {:?} {}:{} {}",
                p.code, p.place.line, p.place.column, p.message
            );
        }
        if std::env::var("NOTICES").is_ok() {
            for p in &report.notices {
                println!(
                    "  N {:?} {}:{} {}",
                    p.code, p.place.line, p.place.column, p.message
                );
            }
            for v in &report.vetoes {
                println!("  V {v:?}");
            }
        }
    }
    let _ = Verdict::Sound;
}
