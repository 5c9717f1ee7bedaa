//! Each requirement of ASVS 5.0.0 at levels 1 and 2 has one line in `docs/asvs.csv`; each proof it
//! names exists, and the page beside it counts what the table holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const HEADER: &str = "exigence;niveau;resume;applicable;preuve;note";
const STANDARD: &str = "v5.0.0-";
const DUE: &str = "à faire";

/// The lines of the table: what each requires, its level, a summary, whether it applies, its
/// proof, a note.
fn table() -> Vec<[&'static str; 6]> {
    let mut lines = include_str!("../../docs/asvs.csv").lines();
    assert_eq!(lines.next(), Some(HEADER));
    let cells = |line: &'static str| {
        let cells: Vec<&'static str> = line.split(';').collect();
        <[&'static str; 6]>::try_from(cells)
            .unwrap_or_else(|_| panic!("six cells are expected: {line}"))
    };
    lines.map(cells).collect()
}

/// Adds the sources of a folder, by the path of their module: `comptes::connexion`.
fn read(root: &Path, folder: &Path, modules: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, modules);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let inside = path.strip_prefix(root).unwrap().with_extension("");
            let name = inside.to_str().unwrap().replace('/', "::");
            let name = name.strip_suffix("::mod").unwrap_or(&name).to_owned();
            modules.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Whether a test has this name: a function under a test's attribute, in this module.
fn tested(modules: &BTreeMap<String, String>, name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else {
        return false;
    };
    let nested = || {
        let (outer, inner) = module.rsplit_once("::")?;
        let text = modules.get(outer)?;
        text.contains(&format!("\nmod {inner} {{")).then_some(text)
    };
    let Some(text) = modules.get(module).or_else(nested) else {
        return false;
    };
    let Some((before, _)) = text.split_once(&format!("fn {function}(")) else {
        return false;
    };
    let attribute = |line: &str| {
        let line = line.trim_start();
        line.starts_with("#[test]") || line.starts_with("#[tokio::test")
    };
    before.lines().rev().take(2).any(attribute)
}

/// Whether a proof exists: `essai MODULE::NAME`, `document FILE#HEADING` or `code FILE#TEXT`.
fn exists(root: &Path, modules: &BTreeMap<String, String>, proof: &str) -> bool {
    let Some((kind, what)) = proof.split_once(' ') else {
        return false;
    };
    if kind == "essai" {
        return tested(modules, what);
    }
    let Some((file, place)) = what.split_once('#').filter(|(_, place)| !place.is_empty()) else {
        return false;
    };
    let Ok(text) = fs::read_to_string(root.join(file)) else {
        return false;
    };
    let heading = |line: &str| line.starts_with('#') && line.trim_matches(['#', ' ']) == place;
    match kind {
        "document" => text.lines().any(heading),
        "code" => text.contains(place),
        _ => false,
    }
}

#[test]
fn each_requirement_has_one_line_and_each_proof_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut modules = BTreeMap::new();
    for folder in ["tests/it", "src"] {
        let folder = root.join(folder);
        read(&folder, &folder, &mut modules);
    }
    let mut ids = BTreeSet::new();
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for line in table() {
        let [id, level, _, applies, proof, note] = line;
        let holds = match (applies, proof) {
            ("non", "-") | ("oui", DUE) => note != "-",
            ("oui", proofs) => proofs
                .split(" + ")
                .all(|proof| exists(root, &modules, proof)),
            _ => false,
        };
        let whole = line.iter().all(|cell| !cell.trim().is_empty());
        let new = id.starts_with(STANDARD) && ids.insert(id);
        if !(holds && whole && new) {
            faults.push(line.join(";"));
        }
        *levels.entry(level).or_default() += 1;
    }
    assert!(faults.is_empty(), "{faults:#?}");
    // as many as the standard has
    assert_eq!(levels, BTreeMap::from([("1", 70), ("2", 183)]));
}

/// How many lines there are, set aside, applicable; then how many of these are proven by a test,
/// by a document, by the code, and how many are left.
fn counts<'a>(lines: impl Iterator<Item = &'a [&'static str; 6]>) -> [usize; 7] {
    let mut counts = [0; 7];
    for [_, _, _, applies, proof, _] in lines {
        counts[0] += 1;
        if *applies == "non" {
            counts[1] += 1;
            continue;
        }
        counts[2] += 1;
        let kinds = ["essai ", "document ", "code "];
        let strongest = kinds.iter().position(|kind| proof.contains(*kind));
        counts[3 + strongest.unwrap_or(kinds.len())] += 1;
    }
    counts
}

#[test]
fn the_page_counts_what_the_table_holds_and_lists_what_is_left() {
    let table = table();
    let page = include_str!("../../docs/asvs.md");
    let mut rows = 0;
    let counted = |line: &&str| line.starts_with("| V") || line.starts_with("| Total ");
    for line in page.lines().filter(counted) {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let told: Vec<usize> = cells[1..].iter().map(|c| c.parse().expect(line)).collect();
        let chapter = cells[0].split(' ').next().unwrap();
        let beginning = match chapter.strip_prefix('V') {
            Some(number) => format!("{STANDARD}{number}."),
            None => STANDARD.to_owned(),
        };
        let held = table
            .iter()
            .filter(|cells| cells[0].starts_with(&beginning));
        assert_eq!(told, counts(held), "{line}");
        rows += 1;
    }
    // seventeen chapters, and their total
    assert_eq!(rows, 18);
    let (_, left) = page.split_once("\n## What is left").unwrap();
    let (left, _) = left.split_once("\n## ").unwrap();
    let mut told: Vec<&str> = left
        .split('`')
        .filter(|word| word.starts_with(STANDARD))
        .collect();
    let due = table.iter().filter(|cells| cells[4] == DUE);
    let mut due: Vec<&str> = due.map(|cells| cells[0]).collect();
    told.sort_unstable();
    due.sort_unstable();
    assert_eq!(told, due);
}
