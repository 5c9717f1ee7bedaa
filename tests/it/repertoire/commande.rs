//! The command line, as a script calls it.

use super::EXTRAIT;
use crate::bases::dossier;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Output};

struct Essai(PathBuf);

impl Essai {
    fn lance(&self, genre: &str, texte: &str, options: &[&str]) -> Output {
        let fichier = self.0.join("fichier.csv");
        std::fs::write(&fichier, texte).unwrap();
        let base = format!("sqlite:{}", self.0.join("entente.db").display());
        Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["import", genre])
            .arg(&fichier)
            .args(["--database", &base])
            .args(options)
            .output()
            .unwrap()
    }

    /// What it answers in JSON.
    #[track_caller]
    fn json(&self, genre: &str, texte: &str, code: i32, options: &[&str]) -> Value {
        let options: Vec<&str> = options.iter().copied().chain(["--json"]).collect();
        let sortie = self.lance(genre, texte, &options);
        let erreur = String::from_utf8_lossy(&sortie.stderr);
        assert_eq!((sortie.status.code(), &*erreur), (Some(code), ""));
        serde_json::from_slice(&sortie.stdout).unwrap()
    }
}

fn comptes(dit: &Value) -> Value {
    let cles = ["lus", "ajoutes", "modifies", "inchanges", "ecrit"];
    cles.iter().map(|cle| dit[cle].clone()).collect()
}

#[test]
fn scripts_are_told_what_was_read_added_changed_and_refused() {
    let essai = Essai(dossier("repertoire-commande"));
    let dit = essai.json("finess", EXTRAIT, 0, &["--dry-run"]);
    assert_eq!(comptes(&dit), json!([10, 8, 0, 0, false]));
    let dit = essai.json("finess", EXTRAIT, 0, &[]);
    assert_eq!(comptes(&dit), json!([10, 8, 0, 0, true]));
    let dit = essai.json("finess", EXTRAIT, 0, &[]);
    assert_eq!(comptes(&dit), json!([10, 0, 0, 8, false]));
    let comptes_lus = "Finess;Année;MS Résultat net comptable ERRD;Dépenses Groupe I ERRD\n\
                       990001018;2024;-1500.5;10\n";
    let dit = essai.json("comptes", comptes_lus, 0, &[]);
    assert_eq!(comptes(&dit), json!([1, 1, 0, 0, true]));
    assert_eq!(dit["ignores"], json!(["Dépenses Groupe I ERRD"]));
    let faux = "Finess;Année;Nombre de CDD de remplacement\n990001019;2024;1\n";
    let dit = essai.json("tdb", faux, 1, &[]);
    assert_eq!(comptes(&dit), json!([1, 0, 0, 0, false]));
    let refus = &dit["refuses"][0];
    assert_eq!((&refus["ligne"], &refus["colonne"]), (&json!(2), &json!(1)));
    assert!(refus["motif"].as_str().unwrap().contains("devrait être 8"));
}

#[test]
fn people_are_told_in_french() {
    let essai = Essai(dossier("repertoire-phrases"));
    let dit = |sortie: Output| String::from_utf8(sortie.stdout).unwrap();
    let page = dit(essai.lance("finess", EXTRAIT, &["--dry-run"]));
    assert!(
        page.contains("Lignes lues : 10. Fiches : ajouts 8"),
        "{page}"
    );
    assert!(page.contains("rien n'est écrit"), "{page}");
    assert!(
        page.contains("à savoir  620 (Pharmacie d'Officine)"),
        "{page}"
    );
    let tdb = "Finess;Année;Nombre de CDD de remplacement;Autre\n990001018;2024;1;\n";
    dit(essai.lance("tdb", tdb, &[]));
    let page = dit(essai.lance("tdb", &tdb.replace(";1;", ";2;"), &[]));
    assert!(
        page.contains("modifié   TDB-2.12 de 990001018 en 2024, valeur : « 1 » devient « 2 »"),
        "{page}"
    );
    assert!(page.contains("colonnes non lues : Autre"), "{page}");
    let faux = essai.lance("tdb", &tdb.replace(";1;", ";un;"), &[]);
    assert_eq!(faux.status.code(), Some(1));
    let page = dit(faux);
    assert!(
        page.contains("refusé    ligne 2, colonne 3 : attendu un nombre"),
        "{page}"
    );
    assert!(page.contains("--partiel"), "{page}");
    let vide = essai.lance("has", "", &[]);
    assert_eq!((vide.status.code(), vide.stdout.len()), (Some(2), 0));
    assert!(
        String::from_utf8(vide.stderr)
            .unwrap()
            .contains("Ce fichier est vide")
    );
}
