//! The command line, as a script calls it.

use crate::bases::dossier;
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

struct Essai(PathBuf);

impl Essai {
    fn sortie(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap()
    }

    fn reponse(&self, arguments: &[&str]) -> String {
        let sortie = self.sortie(arguments);
        let dit = String::from_utf8_lossy(&sortie.stderr);
        assert_eq!(sortie.status.code(), Some(0), "{arguments:?} {dit}");
        assert_eq!(dit, "", "{arguments:?}");
        String::from_utf8(sortie.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.reponse(arguments)).unwrap()
    }

    fn refus(&self, arguments: &[&str]) -> String {
        let sortie = self.sortie(arguments);
        assert_eq!(sortie.status.code(), Some(2), "{arguments:?}");
        assert!(sortie.stdout.is_empty(), "{arguments:?}");
        let phrase = String::from_utf8(sortie.stderr).unwrap();
        assert_eq!(phrase.lines().count(), 1, "{phrase}");
        phrase
    }
}

const BASE: [&str; 2] = ["--database", "sqlite:histoire.db"];

fn avec(arguments: &[&'static str]) -> Vec<&'static str> {
    arguments.iter().chain(&BASE).copied().collect()
}

/// The story, played once for these tests.
fn histoire() -> Essai {
    static DOSSIER: OnceLock<PathBuf> = OnceLock::new();
    let dossier = DOSSIER.get_or_init(|| {
        let essai = Essai(dossier("export"));
        essai.reponse(&avec(&["demo", "--no-serve", "--json"]));
        essai.0
    });
    Essai(dossier.clone())
}

#[test]
fn tables_are_exported_for_scripts() {
    // given the story
    let essai = histoire();
    // when a table is asked, then it is written where and as it is asked
    let csv = essai.reponse(&avec(&["export", "tableau", "moyens"]));
    assert!(csv.starts_with("Contrat;Intitulé du contrat;"), "{csv}");
    assert!(csv.contains("Montant (€)") && csv.contains(",00;"), "{csv}");
    let bom = avec(&["export", "tableau", "moyens", "--bom"]);
    assert_eq!(essai.reponse(&bom), format!("\u{feff}{csv}"));
    let format = ["export", "tableau", "moyens", "--format", "json"];
    let json = essai.json(&avec(&format));
    assert_eq!(json["tableau"], "moyens");
    assert!(json["lignes"][0]["montant"].is_i64(), "{json}");
    let un = ["export", "tableau", "taches", "--contrat", "rives-claires"];
    let dit = essai.reponse(&avec(&[&un[..], &["-o", "taches.xlsx"]].concat()));
    assert!(dit.contains("taches.xlsx"), "{dit}");
    let octets = std::fs::read(essai.0.join("taches.xlsx")).unwrap();
    assert!(octets.starts_with(b"PK\x03\x04"));
    let tous = ["export", "tableaux", "-o", "tous.ods", "--json"];
    let tous = essai.json(&avec(&tous));
    assert_eq!(tous["tableaux"].as_array().unwrap().len(), 12);
    let ecrits = std::fs::metadata(essai.0.join("tous.ods")).unwrap().len();
    assert_eq!(tous["octets"], ecrits);
}

#[test]
fn an_instance_goes_out_and_comes_back_for_scripts() {
    // given the story
    let essai = histoire();
    // when all of it goes out, and into an empty base
    let tout = essai.json(&avec(&["export", "tout", "-o", "tout.zip", "--json"]));
    assert_eq!(tout["fichiers"].as_array().unwrap().len(), 27);
    let neuve = ["--database", "sqlite:neuve.db"];
    let rendu = essai.json(&[&["restaurer", "tout.zip", "--json"][..], &neuve].concat());
    // then its history is the same, to the last head, and verifies
    assert_eq!(rendu["evenements"], tout["evenements"]);
    let montre = |base: &[&str]| {
        let show = ["journal", "show", "rives-claires", "--json"];
        essai.json(&[&show[..], base].concat())
    };
    assert_eq!(montre(&BASE), montre(&neuve));
    let verifie = essai.json(&[&["journal", "verify", "--json"][..], &neuve].concat());
    assert_eq!(verifie["broken"], serde_json::json!([]));
    // and it does not go out twice under one name
    let phrase = essai.refus(&avec(&["export", "tout", "-o", "tout.zip"]));
    assert!(phrase.contains("existe déjà"), "{phrase}");
}

#[test]
fn what_cannot_be_exported_is_told() {
    let essai = histoire();
    std::fs::write(essai.0.join("la.xlsx"), "").unwrap();
    let moyens = ["export", "tableau", "moyens"];
    for (options, dit) in [
        (&["--contrat", "rien"][..], "« rien » n'existe pas"),
        (&["--format", "pdf"], "Donnez xlsx, ods, csv ou json"),
        (&["--format", "xlsx"], "-o FICHIER.xlsx"),
        (&["-o", "la.xlsx"], "il existe déjà"),
        (&["-o", "sans"], "ne dit pas son format"),
        (&["--format", "json", "--bom"], "--bom"),
    ] {
        let phrase = essai.refus(&avec(&[&moyens[..], options].concat()));
        assert!(phrase.contains(dit), "{options:?} {phrase}");
    }
    for (arguments, dit) in [
        (&["tableau", "rien"][..], "Les tableaux : contrats"),
        (&["tableaux", "-o", "t.csv"], "tiennent dans un classeur"),
        (&["tableaux", "-o", "absent/t.xlsx"], "rien à cet endroit"),
        (&["tout", "-o", "absent/t.zip"], "ne peut pas être écrit"),
    ] {
        let phrase = essai.refus(&avec(&[&["export"][..], arguments].concat()));
        assert!(phrase.contains(dit), "{arguments:?} {phrase}");
    }
    let absente = ["tableaux", "-o", "x.ods", "--database", "sqlite:non.db"];
    let phrase = essai.refus(&[&["export"][..], &absente].concat());
    assert!(phrase.contains("n'existe pas"), "{phrase}");
    assert!(!essai.0.join("x.ods").exists());
}
