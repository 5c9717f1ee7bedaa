//! Needs of people, from a cohort to what leaves the managing body: through the command line.

mod bancs;
mod depots;
mod lectures;
mod masques;
mod refus;

use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// A fictitious cohort of 122 accompaniments, and its sums worked out apart.
pub const COHORTE: &str = include_str!("besoins/cohorte.csv");
const ATTENDUS: &str = include_str!("besoins/attendus.csv");

/// What the command answers of a file: exit code, standard output, standard error.
fn agrege(nom: &str, octets: &[u8], options: &[&str]) -> (Option<i32>, String, String) {
    let dossier = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("besoins");
    std::fs::create_dir_all(&dossier).unwrap();
    let chemin = dossier.join(nom);
    std::fs::write(&chemin, octets).unwrap();
    let fait = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["besoins", "agreger"])
        .arg(&chemin)
        .args(options)
        .output()
        .unwrap();
    std::fs::remove_file(&chemin).unwrap();
    let dit = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (fait.status.code(), dit(fait.stdout), dit(fait.stderr))
}

/// The document that it answers of a good file.
#[track_caller]
fn document(nom: &str, octets: &[u8], options: &[&str]) -> Value {
    let (code, dit, erreur) = agrege(nom, octets, options);
    assert_eq!((code, erreur.as_str()), (Some(0), ""), "{nom}");
    serde_json::from_str(&dit).unwrap()
}

/// The fields of each line after the titles.
fn lignes(csv: &str) -> impl Iterator<Item = Vec<&str>> {
    csv.lines().skip(1).map(|l| l.split(';').collect())
}

/// The cohort with each line changed.
fn change(mut ligne: impl FnMut(&mut Vec<String>)) -> String {
    let titres = COHORTE.lines().next().unwrap();
    let mut texte = format!("{titres}\n");
    for champs in lignes(COHORTE) {
        let mut champs: Vec<String> = champs.into_iter().map(str::to_owned).collect();
        ligne(&mut champs);
        texte.push_str(&champs.join(";"));
        texte.push('\n');
    }
    texte
}

/// Where a column of the cohort stands.
fn colonne(nom: &str) -> usize {
    let titres = COHORTE.lines().next().unwrap();
    titres.split(';').position(|t| t == nom).unwrap()
}
