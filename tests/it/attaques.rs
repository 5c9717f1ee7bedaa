//! Files written to deceive the proofs. Each says on its first line what it deserves:
//! `# attendu : VERDICT [CODE]`, then why.

use crate::montre::{depuis, travaille};
use chrono::NaiveDate;
use entente::app::preuve;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// More than enough for a small file, even without optimisation on a busy machine.
const TIME_MAX: Duration = Duration::from_secs(5);

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/preuves/attaques");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files
}

/// The verdict and, when the file names one, the code that must be among the problems.
fn expected(text: &str) -> (String, Option<String>) {
    let first = text.lines().next().unwrap();
    let words = first.strip_prefix("# attendu : ").expect(first);
    let mut words = words.split_whitespace().map(str::to_owned);
    (words.next().unwrap(), words.next())
}

/// What is wrong with the answer, if anything.
fn defect(path: &Path) -> Option<String> {
    let (text, library) = preuve::open(path).unwrap();
    let (verdict, code) = expected(std::str::from_utf8(&text).unwrap());
    let on = NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
    let started = travaille();
    let judged = preuve::prove("essai.yaml", &text, &library, on);
    let lasted = depuis(started);
    let answer = serde_json::to_value(&judged).unwrap();
    let found = answer["verdict"].as_str().unwrap();
    let problems = answer["problems"].as_array().unwrap();
    let codes: Vec<&str> = problems.iter().filter_map(|p| p["code"].as_str()).collect();
    let name = path.file_stem().unwrap().to_string_lossy();
    if found != verdict || code.as_ref().is_some_and(|c| !codes.contains(&c.as_str())) {
        let code = code.unwrap_or_default();
        return Some(format!(
            "{name}: {verdict} {code} expected, {found} {codes:?} found"
        ));
    }
    let placed = |p: &Value| p["line"].as_u64() > Some(0) && p["column"].as_u64() > Some(0);
    if !problems.iter().all(placed) {
        return Some(format!("{name}: a problem has no place"));
    }
    (lasted > TIME_MAX).then(|| format!("{name}: {lasted:?}"))
}

#[test]
fn no_attack_deceives_the_proofs() {
    // Given files that look right and are not, or look wrong and are right
    let files = files();
    assert!(files.len() > 50, "{} files", files.len());
    // When they are proven
    let defects: Vec<String> = files.iter().filter_map(|path| defect(path)).collect();
    // Then each gets what it deserves
    assert!(defects.is_empty(), "{}", defects.join("\n"));
}
