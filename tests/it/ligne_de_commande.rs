//! The built binary, as a script calls it.

use serde_json::{Value, json};
use std::process::{Command, Output};

fn entente(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Standard output of a call that must end with this exit code and say nothing on standard error.
fn answer(code: i32, arguments: &[&str]) -> String {
    let output = entente(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn document(code: i32, arguments: &[&str]) -> Value {
    serde_json::from_str(&answer(code, arguments)).unwrap()
}

/// The sentence of a call that must be refused as bad usage.
fn refusal(arguments: &[&str]) -> String {
    let output = entente(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
    assert!(sentence.starts_with("entente : "), "{sentence}");
    sentence
}

const CALCULATE: [&str; 2] = ["delais", "calculer"];

fn calculate(rest: &[&'static str]) -> Vec<&'static str> {
    CALCULATE.iter().chain(rest).copied().collect()
}

#[test]
fn a_delay_is_calculated_for_scripts() {
    let found = document(
        0,
        &calculate(&["--depart", "2026-04-01", "--delai", "P30D", "--json"]),
    );
    assert_eq!(found["echeance"], "2026-05-01");
    assert_eq!(found["echeance_reportee"], "2026-05-04");
    assert_eq!(found["jours_feries"], json!(["2026-04-06", "2026-05-01"]));
}

#[test]
fn mode_and_zone_change_the_answer() {
    let echeance = |mode, zone| {
        let rest = [
            "--depart",
            "2026-04-02",
            "--delai",
            "P1D",
            "--mode",
            mode,
            "--zone",
            zone,
            "--json",
        ];
        let found = document(0, &calculate(&rest));
        assert_eq!(
            (&found["mode"], &found["zone"]),
            (&json!(mode), &json!(zone))
        );
        found["echeance"].as_str().unwrap().to_owned()
    };
    assert_eq!(echeance("calendaires", "metropole"), "2026-04-03");
    assert_eq!(echeance("francs", "metropole"), "2026-04-04");
    assert_eq!(echeance("ouvres", "metropole"), "2026-04-03");
    assert_eq!(echeance("ouvres", "alsace-moselle"), "2026-04-07");
    assert_eq!(echeance("ouvrables", "alsace-moselle"), "2026-04-04");
}

#[test]
fn a_delay_is_told_to_people() {
    let text = answer(0, &calculate(&["--depart", "2026-03-15", "--delai", "P2M"]));
    assert_eq!(
        text,
        "Départ : dimanche 15 mars 2026\nDélai : 2 mois\nÉchéance : vendredi 15 mai 2026\n\
         Report : jour ouvré, sans report\nJours fériés : lundi 6 avril 2026 (lundi de Pâques), \
         vendredi 1er mai 2026 (fête du Travail), vendredi 8 mai 2026 (victoire de 1945), \
         jeudi 14 mai 2026 (Ascension)\n"
    );
}

#[test]
fn numbers_are_verified_one_by_one() {
    let good = document(
        0,
        &["finess", "verifier", "990001018", "2A0000014", "--json"],
    );
    assert_eq!(
        good,
        json!([
            { "numero": "990001018", "valide": true, "motif": null },
            { "numero": "2A0000014", "valide": true, "motif": null },
        ])
    );
    let mixed = document(
        1,
        &["finess", "verifier", "--json", "990001018", "990001019"],
    );
    assert_eq!(
        (&mixed[0]["valide"], &mixed[1]["valide"]),
        (&json!(true), &json!(false))
    );
    assert!(
        mixed[1]["motif"]
            .as_str()
            .unwrap()
            .contains("devrait être 8")
    );
    let told = answer(1, &["finess", "verifier", "123"]);
    assert!(
        told.starts_with("123 : refusé. Un numéro FINESS compte 9 caractères"),
        "{told}"
    );
}

#[test]
fn bad_usage_is_one_french_sentence() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "Il manque une commande"),
        (&["delais"], "Il manque une commande"),
        (&["deais"], "Vouliez-vous écrire « delais » ?"),
        (&["finess", "verifier"], "Il manque <NUMERO>"),
        (
            &["finess", "verifier", "990001018", "--jsn"],
            "Vouliez-vous écrire « --json » ?",
        ),
        (
            &["finess", "verifier", "--json", "--json", "1"],
            "--json est écrit deux fois",
        ),
        (
            &["delais", "calculer", "--delai", "P1D"],
            "Il manque --depart <DATE>",
        ),
        (
            &["delais", "calculer", "--depart"],
            "Il manque une valeur à --depart <DATE>",
        ),
        (&["--json"], "n'est pas connu"),
    ];
    for (arguments, sentence) in cases {
        let said = refusal(arguments);
        assert!(said.contains(sentence), "{arguments:?} {said}");
    }
}

#[test]
fn a_value_that_cannot_be_read_is_told() {
    let cases: &[(&str, &str, &[&str], &str)] = &[
        ("01/04/2026", "P1D", &[], "attendu AAAA-MM-JJ"),
        ("2026-02-30", "P1D", &[], "n'existe pas"),
        ("2026-04-01", "30", &[], "illisible"),
        ("2026-04-01", "P0D", &[], "au moins 1"),
        ("2026-04-01", "P99999D", &[], "trop long"),
        (
            "2026-04-01",
            "P2M",
            &["--mode", "ouvres"],
            "ne comptent que des jours",
        ),
        (
            "2026-04-01",
            "P2D",
            &["--mode", "ouvre"],
            "Vouliez-vous écrire « ouvres » ?",
        ),
        (
            "2026-04-01",
            "P2D",
            &["--zone", "corse"],
            "attendu metropole, alsace-moselle",
        ),
        ("9999-12-31", "P1D", &[], "sort du calendrier"),
    ];
    for (depart, delai, rest, sentence) in cases {
        let mut arguments = vec!["delais", "calculer", "--depart", depart, "--delai", delai];
        arguments.extend(*rest);
        let said = refusal(&arguments);
        assert!(said.contains(sentence), "{arguments:?} {said}");
    }
}

#[test]
fn help_is_french_and_succeeds() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["delais", "--help"],
        &["delais", "calculer", "--help"],
        &["finess", "verifier", "--help"],
    ] {
        let help = answer(0, arguments);
        assert!(help.contains("Usage : entente"), "{help}");
        for english in [
            "Options:",
            "Commands",
            "Arguments:",
            "Print",
            "default:",
            "possible",
        ] {
            assert!(!help.contains(english), "{english} {help}");
        }
    }
    assert_eq!(
        answer(0, &["--version"]),
        format!("entente {}\n", env!("CARGO_PKG_VERSION"))
    );
}
