//! Broken files, one defect each: `# attendu: code ligne colonne — extrait du message`.

use super::{LIBRARY, day};
use entente::app::preuve;
use entente::workflow::check::Verdict;
use entente::workflow::problem::Code;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What the second line of a broken file says.
struct Expected {
    code: String,
    line: u32,
    column: u32,
    extract: String,
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/preuves/cassees");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder")
        .map(|e| e.expect("an entry").path())
        .collect();
    files.sort();
    files
}

fn expected(text: &str) -> Expected {
    let header = text
        .lines()
        .find_map(|l| l.strip_prefix("# attendu: "))
        .expect("a header");
    let (place, extract) = header.split_once(" — ").expect("an extract");
    let words: Vec<&str> = place.split(' ').collect();
    Expected {
        code: words[0].to_owned(),
        line: words[1].parse().expect("a line"),
        column: words[2].parse().expect("a column"),
        extract: extract.to_owned(),
    }
}

fn word(code: Code) -> String {
    let json = serde_json::to_string(&code).expect("a code");
    json.trim_matches('"').to_owned()
}

#[test]
fn each_broken_file_is_refused_with_its_place_and_its_remedy() {
    let mut codes = BTreeSet::new();
    let files = files();
    assert!(files.len() >= 40, "{}", files.len());
    for path in &files {
        let text = fs::read_to_string(path).expect("a text");
        let expected = expected(&text);
        let judged = preuve::prove("essai", text.as_bytes(), &LIBRARY, day());
        let report = judged.report;
        let told = format!("{}: {:#?}", path.display(), report.problems);
        assert_ne!(report.verdict, Verdict::Sound, "{told}");
        let [problem] = &report.problems[..] else {
            panic!("one defect, one problem: {told}");
        };
        assert_eq!(word(problem.code), expected.code, "{told}");
        assert_eq!(problem.place.line, expected.line, "{told}");
        assert_eq!(problem.place.column, expected.column, "{told}");
        assert!(problem.message.contains(&expected.extract), "{told}");
        let shown = matches!(problem.code, Code::Blocage | Code::Veto | Code::Delai);
        assert!(!shown || !problem.path.is_empty(), "a path: {told}");
        codes.insert(expected.code);
    }
    let all = [
        "blocage",
        "consentement",
        "delai",
        "inconnu",
        "limite",
        "mort",
        "solidite",
        "source",
        "syntaxe",
        "type",
        "veto",
    ];
    assert!(codes.iter().map(String::as_str).eq(all), "{codes:?}");
}

#[test]
fn a_bound_that_is_met_leaves_the_file_undecided() {
    let path = files()
        .into_iter()
        .find(|p| p.ends_with("limite-condition.yaml"))
        .expect("the file");
    let text = fs::read(path).expect("a text");
    let report = preuve::prove("essai", &text, &LIBRARY, day()).report;
    assert_eq!(report.verdict, Verdict::Undecided);
}

#[test]
fn a_signature_reached_by_a_second_path_without_one_signatory_is_refused_with_that_path() {
    let path = files()
        .into_iter()
        .find(|p| p.ends_with("consentement-second-chemin.yaml"))
        .expect("the file");
    let text = fs::read_to_string(path).expect("a text");
    // Given the file, when it is proven, then the path told is the second one, not the signature.
    let report = preuve::prove("essai", text.as_bytes(), &LIBRARY, day()).report;
    let problem = &report.problems[0];
    assert_eq!(problem.code, Code::Consentement);
    assert_eq!(problem.path, ["a_signer", "reporte", "signe"]);
    assert!(
        problem.message.contains("« passer_outre »"),
        "{}",
        problem.message
    );
    assert!(
        problem.message.contains("« gestionnaire »"),
        "{}",
        problem.message
    );
    // And given the missing signatory on the second path too, then it is proven.
    let mended = text.replace(
        "passer_outre: { by: ars,",
        "passer_outre: { by: all(parties),",
    );
    assert_ne!(mended, text);
    let report = preuve::prove("essai", mended.as_bytes(), &LIBRARY, day()).report;
    assert_eq!(report.verdict, Verdict::Sound, "{:#?}", report.problems);
}
