//! Files that are refused whole: what may say who someone is, what does not read; no value is said
//! again.

use super::{COHORTE, agrege, change, colonne, lignes};
use crate::import::classeurs::{Livre, t};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What is said of a file that is refused; none of its values is in it.
#[track_caller]
fn refuse(nom: &str, octets: &[u8], secrets: &[&str], dits: &[&str]) {
    for options in [&[][..], &["--json"], &["--partage"]] {
        let (code, dit, erreur) = agrege(nom, octets, options);
        assert_eq!((code, dit.as_str()), (Some(2), ""), "{nom} {erreur}");
        for attendu in dits {
            assert!(erreur.contains(attendu), "{nom} : {attendu}\n{erreur}");
        }
        for secret in secrets.iter().chain(&["P-C4DC40"]) {
            assert!(!erreur.contains(secret), "{nom} : {secret}\n{erreur}");
        }
    }
}

/// The cohort with a column more.
fn avec(titre: &str, valeur: &str) -> String {
    let mut lignes = COHORTE.lines();
    let titres = lignes.next().unwrap();
    let suite: Vec<String> = lignes.map(|l| format!("{l};{valeur}")).collect();
    format!("{titres};{titre}\n{}\n", suite.join("\n"))
}

/// The cohort with a value of its tenth line changed.
fn tapee(titre: &str, valeur: &str) -> String {
    let (place, mut rang) = (colonne(titre), 1);
    change(|champs| {
        rang += 1;
        if rang == 10 {
            valeur.clone_into(&mut champs[place]);
        }
    })
}

#[test]
fn a_file_that_may_name_someone_is_refused_whole_and_says_which_column() {
    for (titre, valeur, quoi) in [
        ("nom", "Durand", "un nom"),
        ("Prénom", "Camille", "un prénom"),
        ("nom_naissance", "Martin", "un nom"),
        ("Date de naissance", "12/05/2009", "une date de naissance"),
        ("NIR", "209057512345678", "un numéro de sécurité sociale"),
        ("ins", "209057512345678", "une identité nationale de santé"),
        ("adresse", "3 rue des Lilas", "une adresse"),
        ("téléphone", "0612345678", "un numéro de téléphone"),
        ("commentaires", "vit chez sa tante", "un texte libre"),
        ("remarque", "vit chez sa tante", "n'est pas du format"),
        ("", "Durand", "n'est pas du format"),
    ] {
        let texte = avec(titre, valeur);
        refuse(
            "nominatif.csv",
            texte.as_bytes(),
            &[valeur],
            &["colonne 17", quoi, "refusé en entier"],
        );
    }
    // without titles, the first line is a person: nothing of it is said
    let sans = COHORTE.split_once('\n').unwrap().1;
    refuse(
        "sans.csv",
        sans.as_bytes(),
        &["Tilleuls"],
        &["« finess_et » est attendue"],
    );
}

#[test]
fn a_column_of_ours_that_holds_something_else_is_refused_by_its_place() {
    for (titre, valeur, dit) in [
        ("personne", "Camille Durand", "attend un pseudonyme"),
        ("personne", "209057512345678", "attend un pseudonyme"),
        ("personne", "2A9057512345678", "attend un pseudonyme"),
        ("personne", "Durand", "attend un pseudonyme"),
        ("personne", "12/05/2009", "attend un pseudonyme"),
        ("personne", "", "attend un pseudonyme"),
        ("tranche_age", "12/05/2009", "attend une tranche d'âge"),
        ("tranche_age", "né en mai", "attend une tranche d'âge"),
        ("sexe", "Camille", "F, H ou X"),
        ("mode_accueil", "chez sa tante", "internat, semi-internat"),
        (
            "frequence",
            "le mardi avec Paul",
            "quotidienne, hebdomadaire",
        ),
        ("quantite", "parfois", "un nombre"),
        ("categorie", "IME", "trois chiffres"),
        ("esms", "Camille Durand", "celui des autres lignes"),
        ("annee", "hier", "une année, comme 2025"),
        ("annee", "2024", "un fichier par année"),
        ("finess_et", "990001001", "clé comprise"),
        ("nature", "Durand", "besoin ou prestation"),
        ("code", "Durand", "n'est pas de la nomenclature"),
        ("code", "2.3.4.4", "Poste fermé au 31/03/2023"),
        ("code", "2.1.1.1", "n'est pas de la nature"),
        ("niveau", "5", "un entier de 0 à 4"),
        ("niveau", "-1", "un entier de 0 à 4"),
        ("niveau", "1,5", "un entier de 0 à 4"),
        ("niveau", "1e1", "un entier de 0 à 4"),
        ("niveau", "oui", "mêle des niveaux et des oui ou non"),
    ] {
        let texte = tapee(titre, valeur);
        let secret = if valeur.len() > 5 { valeur } else { "P-C4DC40" };
        let secret = if valeur.contains("2.3") || valeur == "2024" {
            "P-C4DC40"
        } else {
            secret
        };
        let lieu = if dit.contains("mêle") {
            "Ligne 1"
        } else {
            "Ligne 10"
        };
        refuse("valeur.csv", texte.as_bytes(), &[secret], &[dit, lieu]);
    }
    // the same person rated twice, differently
    let double = format!(
        "{COHORTE}{}\n",
        COHORTE.lines().nth(1).unwrap().replace(";4;", ";1;")
    );
    refuse(
        "double.csv",
        double.as_bytes(),
        &[],
        &["Ligne 4699", "coté deux fois"],
    );
}

#[test]
fn nothing_of_a_person_is_written_anywhere() {
    // given an empty folder, where everything that a program may write would go
    let dossier = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("besoins-vide");
    let _ = fs::remove_dir_all(&dossier);
    let ailleurs = dossier.join("ailleurs");
    fs::create_dir_all(&ailleurs).unwrap();
    let cohorte = dossier.join("cohorte.csv");
    fs::write(&cohorte, COHORTE).unwrap();
    let place = colonne("personne");
    let gens: BTreeSet<&str> = lignes(COHORTE).map(|l| l[place]).collect();
    assert_eq!(gens.len(), 120);
    for options in [&[][..], &["--json"], &["--partage"]] {
        let fait = Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["besoins", "agreger", "../cohorte.csv"])
            .args(options)
            .current_dir(&ailleurs)
            .env("HOME", &ailleurs)
            .env("TMPDIR", &ailleurs)
            .env("ENTENTE_LOG", "trace")
            .output()
            .unwrap();
        assert!(fait.status.success());
        // then it says nobody, and leaves nothing
        let dit = [fait.stdout, fait.stderr].concat();
        let dit = String::from_utf8(dit).unwrap();
        assert!(dit.contains("1.3.3.4"), "{dit}");
        assert_eq!(gens.iter().find(|g| dit.contains(**g)), None);
        assert_eq!(fs::read_dir(&ailleurs).unwrap().count(), 0);
    }
}

#[test]
fn a_large_cohort_is_summed_in_little_more_memory_than_its_file() {
    // given 12,000 people: the same lines a hundred times, each time of others
    let place = colonne("personne");
    let mut grande = COHORTE.lines().next().unwrap().to_owned() + "\n";
    for fois in 0..100 {
        let suite = change(|champs| write!(champs[place], "-{fois}").unwrap());
        grande.push_str(suite.split_once('\n').unwrap().1);
    }
    let fichier = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("grande-cohorte.csv");
    fs::write(&fichier, &grande).unwrap();
    // when what the program holds is bounded to 100 MB: the 53 of the file, and what it sums
    let limite = "ulimit -d 97656; exec \"$1\" besoins agreger --json \"$2\"; :";
    let fait = Command::new("sh")
        .args(["-c", limite, "sh", env!("CARGO_BIN_EXE_entente")])
        .arg(&fichier)
        .output()
        .unwrap();
    fs::remove_file(&fichier).unwrap();
    // then it is summed, a hundred times what one is
    assert!(
        fait.status.success(),
        "{}",
        String::from_utf8_lossy(&fait.stderr)
    );
    let lu: Value = serde_json::from_slice(&fait.stdout).unwrap();
    let contrat = lu["esms"].as_array().unwrap().last().unwrap();
    assert_eq!(contrat["accompagnements"], 12_200);
    assert_eq!(
        (&contrat["personnes"], &contrat["n_besoins"]),
        (&json!(12_000), &json!(141_000))
    );
}

#[test]
fn what_is_not_a_cohort_is_refused_with_a_sentence() {
    let trop = "finess_et;annee;personne;nature;code\n".to_owned() + &";".repeat(300);
    let deux = Livre(vec![
        ("A".to_owned(), vec![vec![t("finess_et")]]),
        ("B".to_owned(), vec![vec![t("finess_et")]]),
    ]);
    let titres = "finess_et;annee;personne;nature;code\n";
    let vide = Livre(vec![("A".to_owned(), vec![])]);
    for (nom, octets, dit) in [
        ("vide.csv", &b""[..], "vide"),
        ("blancs.csv", b"\n \n;;\n", "vide"),
        (
            "titres.csv",
            titres.as_bytes(),
            "aucune ligne après ses titres",
        ),
        ("pdf.csv", b"%PDF-1.7\n", "n'est pas un tableau"),
        ("nuls.csv", b"finess_et;\0\0", "n'est pas un tableau"),
        ("large.csv", trop.as_bytes(), "256 au plus"),
        ("coupe.xlsx", b"PK\x03\x04 et puis rien", "ne se lit pas"),
        ("vide.xlsx", &vide.octets(), "est vide"),
        ("deux.xlsx", &deux.octets(), "plusieurs feuilles"),
        (
            "ancien.xls",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "protégé par un mot de passe",
        ),
    ] {
        refuse(nom, octets, &[], &[dit]);
    }
    // a thousand faults: the first hundred are told
    let place = colonne("niveau");
    let faux = change(|champs| "9".clone_into(&mut champs[place]));
    let (_, _, erreur) = agrege("fautes.csv", faux.as_bytes(), &[]);
    assert_eq!(erreur.lines().count(), 101);
    // and k is never small enough to tell someone
    let (code, _, erreur) = agrege("k.csv", COHORTE.as_bytes(), &["--k", "4"]);
    assert_eq!(code, Some(2));
    assert!(erreur.contains("--k attend 5 au moins"), "{erreur}");
}
