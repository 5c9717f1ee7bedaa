//! Sums of the worked cohort, however its file is written.

use super::{ATTENDUS, COHORTE, agrege, change, colonne, document, lignes};
use crate::import::classeurs::{Livre, V, t};
use entente::echanges::tableaux::{Cellule, Colonne, Forme, Genre, Tableau, ods};
use serde_json::Value;
use std::collections::BTreeMap;

/// Sums by establishment, worked out apart; « actes » and « gens » of two services.
const ENSEMBLES: &str = include_str!("ensembles.csv");

#[test]
fn the_worked_cohort_gives_every_expected_figure() {
    // given the sums worked out apart, by need and establishment
    let document = document("cohorte.csv", COHORTE.as_bytes(), &["--json"]);
    let mut lues = BTreeMap::new();
    for ligne in document["lignes"].as_array().unwrap() {
        let cle = [&ligne["besoin"], &ligne["finess_et"]].map(|v| v.as_str().unwrap());
        lues.insert(cle, ligne);
    }
    let titres: Vec<&str> = ATTENDUS.lines().next().unwrap().split(';').collect();
    assert_eq!((lues.len(), lignes(ATTENDUS).count()), (150, 150));
    // when each is compared, then it is the same
    for attendue in lignes(ATTENDUS) {
        let lue = lues[&[attendue[0], attendue[1]]];
        for (titre, valeur) in titres.iter().zip(&attendue).skip(2).take(6) {
            let attendu = valeur.parse::<f64>().ok();
            assert_eq!(lue[titre].as_f64(), attendu, "{titre} {attendue:?}");
        }
        // and what is to be hidden whatever the recipe is
        for (k, masque) in [(11, "masque_k11"), (5, "masque_k5")] {
            let petit = (1..k).contains(&lue["n_besoin"].as_u64().unwrap());
            assert!(!petit || lue[masque] == "oui", "{attendue:?}");
        }
    }
}

/// A figure of an establishment, as the file of expected ones names it.
fn figure(lu: &Value, titre: &str) -> Value {
    let prestation = |code: &str, champ: &str| {
        let siennes = lu["prestations"].as_array().unwrap();
        siennes.iter().find(|p| p["code"] == code).unwrap()[champ].clone()
    };
    match titre.split_once(' ') {
        Some(("actes", code)) => prestation(code, "actes_an"),
        Some((_, code)) => prestation(code, "beneficiaires"),
        None if titre.starts_with("1.") => lu["moyennes"][titre].clone(),
        None => lu[titre].clone(),
    }
}

#[test]
fn each_establishment_and_the_contract_give_the_expected_figures() {
    let document = document("ensembles.csv", COHORTE.as_bytes(), &["--json"]);
    let titres: Vec<&str> = ENSEMBLES.lines().next().unwrap().split(';').collect();
    let lus = document["esms"].as_array().unwrap();
    assert_eq!((lus.len(), titres.len()), (6, 19));
    for (lu, attendus) in lus.iter().zip(lignes(ENSEMBLES)) {
        assert_eq!(lu["finess_et"], attendus[0]);
        for (titre, attendu) in titres.iter().zip(&attendus).skip(1) {
            let trouve = figure(lu, titre);
            assert_eq!(
                trouve.as_f64(),
                attendu.parse().ok(),
                "{} {titre}",
                attendus[0]
            );
        }
    }
    // and the only frequent needs that few services answer
    let dits = document["signalements"].as_array().unwrap().iter();
    let codes: Vec<&str> = dits
        .map(|d| d.as_str().unwrap().split(' ').next().unwrap())
        .collect();
    assert_eq!(codes, ["1.3.3.4", "1.3.4.2"]);
}

#[test]
fn needs_only_identified_give_the_same_counts_and_no_mean() {
    let niveau = colonne("niveau");
    let temoin = document("temoin.csv", COHORTE.as_bytes(), &["--json"]);
    let binaire = |oui: &str, non: &str| {
        change(|champs| {
            champs[niveau] = match champs[niveau].as_str() {
                "" => String::new(),
                "0" | "1" => non.to_owned(),
                _ => oui.to_owned(),
            };
        })
    };
    for (nom, texte, dits) in [
        ("01.csv", binaire("1", "0"), 3),
        ("oui.csv", binaire("oui", "non"), 2),
    ] {
        let lu = document(nom, texte.as_bytes(), &["--json"]);
        // the scale is guessed for figures, and it is said
        assert_eq!(
            lu["signalements"].as_array().unwrap().len(),
            dits,
            "{}",
            lu["signalements"]
        );
        let paires = lu["lignes"].as_array().unwrap().iter();
        for (ligne, avant) in paires.zip(temoin["lignes"].as_array().unwrap()) {
            for champ in [
                "besoin",
                "finess_et",
                "n_evalues",
                "n_besoin",
                "n_couverts",
                "masque_k11",
            ] {
                assert_eq!(ligne[champ], avant[champ], "{champ} {ligne}");
            }
            assert_eq!(
                (&ligne["niveau_moyen"], &ligne["somme_niveaux"]),
                (&Value::Null, &Value::Null)
            );
        }
        let partage = document(nom, texte.as_bytes(), &["--partage"]);
        assert_eq!(partage["seuil"], Value::Null);
    }
    // and levels that none exceeds 1 may be told to be levels
    let texte = binaire("1", "0");
    let lu = document(
        "niveaux.csv",
        texte.as_bytes(),
        &["--json", "--echelle", "niveaux"],
    );
    assert_eq!(lu["lignes"][0]["n_besoin"], 0);
}

/// The cohort as each program of the field writes it.
fn ecritures() -> Vec<(&'static str, Vec<u8>)> {
    let accents = change(|champs| champs[1] = champs[1].replace("(fictif)", "« é à »"));
    let latin = encode(&accents);
    let crlf = accents.replace('\n', "\r\n");
    let virgules = change(|champs| {
        champs[1] = format!("\"{}, « é à »\"", champs[1].replace(" (fictif)", ""));
    });
    let virgules = virgules.replace(';', ",");
    let decimales = change(|champs| {
        champs[1] = champs[1].replace("(fictif)", "« é à »");
        for place in ["niveau", "actes_an", "quantite"].map(colonne) {
            if !champs[place].is_empty() {
                champs[place].push_str(",0");
            }
        }
    });
    vec![
        ("bom.csv", [b"\xEF\xBB\xBF", accents.as_bytes()].concat()),
        ("crlf.csv", crlf.into_bytes()),
        ("latin.csv", latin),
        ("virgules.csv", virgules.into_bytes()),
        ("decimales.csv", decimales.into_bytes()),
        ("classeur.xlsx", classeur(&accents)),
        ("classeur.ods", classeur_libre(&accents)),
    ]
}

fn encode(texte: &str) -> Vec<u8> {
    texte
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

fn classeur(csv: &str) -> Vec<u8> {
    let ligne = |l: &str| {
        let champ = |c: &str| match c.parse::<f64>() {
            Ok(nombre) => V::N(nombre),
            Err(_) if c.is_empty() => V::Vide,
            Err(_) => t(c),
        };
        l.split(';').map(champ).collect()
    };
    Livre(vec![(
        "Cohorte".to_owned(),
        csv.lines().map(ligne).collect(),
    )])
    .octets()
}

fn classeur_libre(csv: &str) -> Vec<u8> {
    let titres: Vec<&'static str> = {
        let titres = COHORTE.lines().next().unwrap();
        titres.split(';').collect()
    };
    let colonnes: Vec<Colonne> = titres
        .into_iter()
        .map(|titre| Colonne {
            cle: titre,
            titre,
            genre: Genre::Texte,
        })
        .collect();
    let mut tableau = Tableau::nouveau(Forme {
        nom: "cohorte",
        titre: "Cohorte",
        colonnes: colonnes.leak(),
    });
    for champs in lignes(csv) {
        tableau
            .ajoute(champs.into_iter().map(Cellule::texte).collect())
            .unwrap();
    }
    ods(&[tableau]).unwrap()
}

#[test]
fn the_same_cohort_gives_the_same_sums_however_its_file_is_written() {
    let temoin = document("temoin2.csv", COHORTE.as_bytes(), &["--json"]);
    for (nom, octets) in ecritures() {
        let lu = document(nom, &octets, &["--json"]);
        assert_eq!(lu["lignes"], temoin["lignes"], "{nom}");
        assert_eq!(lu["signalements"], temoin["signalements"], "{nom}");
        let esms = lu["esms"][0]["esms"].as_str().unwrap();
        assert!(esms.contains("« é à »"), "{nom} {esms}");
    }
}

#[test]
fn both_numberings_give_the_same_sums_and_the_ambiguous_one_is_asked() {
    let code = colonne("code");
    let temoin = document("temoin3.csv", COHORTE.as_bytes(), &["--json"]);
    let ans = change(|champs| {
        if let Some(fin) = champs[code].strip_prefix("2.2.1.") {
            champs[code] = format!("2.2.{fin}");
        }
    });
    let lu = document("ans.csv", ans.as_bytes(), &["--json"]);
    assert_eq!(lu["lignes"], temoin["lignes"]);
    assert!(
        lu["signalements"][0].as_str().unwrap().contains("ANS"),
        "{}",
        lu["signalements"]
    );
    // given only the code that is a post in the one and a group in the other
    let seul = change(|champs| {
        if champs[code].starts_with("2.2.1.") {
            "2.2.1".clone_into(&mut champs[code]);
        }
    });
    let (refus, dit, erreur) = agrege("seul.csv", seul.as_bytes(), &["--json"]);
    assert_eq!((refus, dit.as_str()), (Some(2), ""));
    assert!(
        erreur.contains("--variante cnsa ou --variante ans"),
        "{erreur}"
    );
    let groupes = document(
        "cnsa.csv",
        seul.as_bytes(),
        &["--json", "--variante", "cnsa"],
    );
    assert!(
        groupes["signalements"][0]
            .as_str()
            .unwrap()
            .contains("ne sont pas comptées")
    );
    let postes = document(
        "poste.csv",
        seul.as_bytes(),
        &["--json", "--variante", "ans"],
    );
    assert_ne!(groupes["lignes"], postes["lignes"]);
}

#[test]
fn what_a_person_reads_is_the_approved_page() {
    let (code, dit, _) = agrege("page.csv", COHORTE.as_bytes(), &[]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(dit);
}
