//! `entente eprd`, for scripts: what it prints, and how it ends.

use super::EQUILIBRE;
use crate::bases::dossier;
use chrono::NaiveDate;
use entente::echanges::eprd;
use entente::echanges::eprd::description::cadre;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn lance(ici: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["eprd"])
        .args(arguments)
        .current_dir(ici)
        .output()
        .unwrap()
}

/// One JSON document, and nothing else; and how it ended.
fn json(ici: &Path, arguments: &[&str]) -> (Value, i32) {
    let sortie = lance(ici, &[arguments, &["--json"]].concat());
    let dit = String::from_utf8(sortie.stderr).unwrap();
    assert_eq!(dit, "", "{arguments:?}");
    let lu = serde_json::from_slice(&sortie.stdout).unwrap();
    (lu, sortie.status.code().unwrap())
}

/// By code: the gravest verdict of its parts.
fn verdicts(document: &Value) -> BTreeMap<String, String> {
    let mut verdicts: BTreeMap<String, String> = BTreeMap::new();
    for controle in document["controles"].as_array().unwrap() {
        let texte = |cle: &str| controle[cle].as_str().unwrap().to_owned();
        let verdict = verdicts
            .entry(texte("code"))
            .or_insert_with(|| "OK".to_owned());
        let grave = |v: &str| ["OK", "NE", "KO"].iter().position(|g| *g == v);
        if grave(&texte("verdict")) > grave(verdict) {
            *verdict = texte("verdict");
        }
    }
    verdicts
}

fn combien(verdicts: &BTreeMap<String, String>) -> [usize; 3] {
    ["OK", "KO", "NE"].map(|v| verdicts.values().filter(|vu| *vu == v).count())
}

#[test]
fn scripts_are_told_each_verdict_and_whether_one_blocks() {
    let ici = dossier("eprd-commande");
    for (fichier, texte) in [("bon.csv", EQUILIBRE), ("mauvais.csv", super::REJETE)] {
        std::fs::write(ici.join(fichier), texte).unwrap();
    }
    // when the two worked examples are checked
    let (bon, code) = json(&ici, &["controler", "bon.csv"]);
    assert_eq!((combien(&verdicts(&bon)), code), ([42, 0, 10], 0));
    assert_eq!(bon["proposition"], "approbation possible");
    let (mauvais, code) = json(&ici, &["controler", "mauvais.csv"]);
    assert_eq!((combien(&verdicts(&mauvais)), code), ([15, 27, 10], 1));
    // then what fails says whose it is, why, and where
    let controles = mauvais["controles"].as_array().unwrap();
    let eq01 = controles
        .iter()
        .find(|c| c["code"] == "EQ-01" && c["verdict"] == "KO")
        .unwrap();
    assert_eq!(eq01["portee"], "990002016");
    assert_eq!(eq01["severite"], "bloquant");
    assert!(eq01["place"].as_str().unwrap().starts_with("ligne "));
    let ratio = mauvais["ratios"].as_array().unwrap().iter();
    let caf = ratio.clone().find(|r| r["code"] == "RF-01").unwrap();
    assert_eq!(
        (caf["valeur"].as_f64(), &caf["alerte"]),
        (Some(2.32), &"vigilance".into())
    );
    // and beside what was done, one more is told
    let (realise, _) = json(&ici, &["controler", "bon.csv", "--errd", "bon.csv"]);
    assert_eq!(verdicts(&realise)["AL-26"], "OK");
    assert_eq!(verdicts(&bon)["AL-26"], "NE");
}

#[test]
fn each_line_says_its_tab_and_its_cell() {
    let ici = dossier("eprd-cellules");
    let lignes = eprd::lire(EQUILIBRE.as_bytes()).unwrap().lignes;
    let jour = NaiveDate::from_ymd_opt(2026, 6, 5).unwrap();
    let cadre = cadre("eprd-complet-2026").unwrap();
    let classeur = eprd::xlsx(&lignes, cadre, jour).unwrap();
    std::fs::write(ici.join("eprd.xlsx"), classeur).unwrap();
    let (lu, code) = json(&ici, &["lire", "eprd.xlsx"]);
    assert_eq!(
        (&lu["cadre"], &lu["exercice"], code),
        (&"EPRD_COMPLET".into(), &2026.into(), 0)
    );
    let lues = lu["lignes"].as_array().unwrap();
    assert_eq!(lues.len(), lignes.combien());
    let de = |compte: &str| {
        let siennes = lues.iter().filter(|l| l["finess_et"] == "990002016");
        siennes.into_iter().find(|l| l["code"] == compte).unwrap()
    };
    assert_eq!(de("731")["valeur"], 3_300_000.0);
    for ligne in lues {
        assert!(!ligne["feuille"].as_str().unwrap().is_empty(), "{ligne}");
        assert!(!ligne["cellule"].as_str().unwrap().is_empty(), "{ligne}");
    }
}

#[test]
fn what_does_not_read_is_told_in_one_sentence() {
    let ici = dossier("eprd-illisible");
    std::fs::write(ici.join("a.csv"), "a;b\n1;2\n").unwrap();
    for (arguments, dit) in [
        (&["lire", "absent.xlsx"][..], "absent.xlsx"),
        (&["controler", "a.csv"], "titres ne sont pas ceux"),
        (
            &[
                "simuler",
                "--cible",
                "x",
                "--realise",
                "1",
                "--notifie",
                "1",
            ],
            "attendu un nombre",
        ),
    ] {
        let sortie = lance(&ici, arguments);
        assert_eq!(sortie.status.code(), Some(2), "{arguments:?}");
        assert!(sortie.stdout.is_empty());
        let stderr = String::from_utf8(sortie.stderr).unwrap();
        assert!(
            stderr.contains(dit) && !stderr.contains("panicked"),
            "{stderr}"
        );
    }
}

#[test]
fn the_activity_clause_is_tried_before_anyone_signs() {
    let ici = dossier("eprd-clause");
    let base = [
        "simuler",
        "--cible",
        "96",
        "--realise",
        "95",
        "--notifie",
        "567000",
    ];
    let abattement =
        |plus: &[&str]| json(&ici, &[&base, plus].concat()).0["abattement_max"].clone();
    assert_eq!(abattement(&[]), 2_835.0);
    assert_eq!(abattement(&["--cause-acceptee"]), 0.0);
    assert_eq!(abattement(&["--cnr", "67000"]), 2_500.0);
    for sans_objet in ["--ehpad", "--sans-clause"] {
        assert_eq!(abattement(&[sans_objet]), Value::Null);
    }
    let dit = String::from_utf8(lance(&ici, &base).stdout).unwrap();
    assert!(
        dit.replace('\u{202f}', " ").contains("2 835 € au plus"),
        "{dit}"
    );
}

#[test]
fn a_result_is_given_to_its_deficits_first_then_no_more_than_the_bfr_asks_for() {
    let ici = dossier("eprd-affectation");
    let base = [
        "affecter",
        "--resultat",
        "30000",
        "--debiteur",
        "12000",
        "--bfr",
        "200000",
        "--tresorerie",
        "195000",
    ];
    let choix = ["--a-la-tresorerie", "5000", "--a-l-investissement", "13000"];
    let (faite, code) = json(&ici, &[&base[..], &choix].concat());
    assert_eq!((&faite["apurement"], code), (&12_000.0.into(), 0));
    assert_eq!(faite["reserve_tresorerie"], 200_000.0);
    let trop = ["--a-la-tresorerie", "5001", "--a-l-investissement", "12999"];
    let (refusee, code) = json(&ici, &[&base[..], &trop].concat());
    assert_eq!(
        (&refusee["place_en_tresorerie"], code),
        (&5_000.0.into(), 1)
    );
    assert!(
        refusee["refus"]
            .as_str()
            .unwrap()
            .contains("Affectez le reste ailleurs")
    );
}
