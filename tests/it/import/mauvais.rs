//! Bad workbooks: each is told by its cell, what was expected, what was found, what to do.

use super::classeurs::{Livre, V, esms, livre, t};
use entente::app::importer::lire;
use entente::echanges::contrats::{ContratLu, Lecture};
use entente::regles::value::Value;

fn lu(livre: &Livre) -> Lecture {
    lire(&livre.octets()).unwrap()
}

/// A workbook of two contracts, the second good: what is said of the first.
fn dit(livre: &Livre) -> Vec<(String, String)> {
    let lecture = lu(livre);
    let restes: Vec<&str> = lecture
        .contrats
        .iter()
        .map(|c| c.reference.as_str())
        .collect();
    assert_eq!(restes, ["CPOM-02"], "{:?}", lecture.refuses);
    let refuses = lecture.refuses.into_iter();
    refuses.map(|r| (r.lieu.to_string(), r.motif)).collect()
}

/// Cells typed otherwise, one at a time: it alone is refused, with these words.
fn refusent(frappes: &[(&str, V, &str)]) {
    for (cellule, valeur, mots) in frappes {
        let dits = dit(&livre(2).tape(cellule, valeur.clone()));
        let [(lieu, motif)] = dits.as_slice() else {
            panic!("{cellule} {valeur:?} : {dits:?}");
        };
        assert_eq!(lieu, cellule, "{motif}");
        assert!(motif.contains(mots), "{cellule} {valeur:?} : {motif}");
    }
}

#[test]
fn each_bad_cell_of_contracts_refuses_its_contract_only() {
    let date = "Attendu : une date : 16/12/2024 ; trouvé";
    refusent(&[
        (
            "Contrats!B2",
            t("cpom-lune"),
            "un de ces modèles : cpom-ehpad,",
        ),
        ("Contrats!B2", V::Vide, "La cellule « Modèle » est vide"),
        (
            "Contrats!C2",
            V::Oui(true),
            "Attendu : un texte ; trouvé VRAI.",
        ),
        ("Contrats!C2", t("\u{1}a"), "caractère de contrôle"),
        (
            "Contrats!C2",
            t("a".repeat(2_001)),
            "2000 caractères au plus",
        ),
        ("Contrats!D2", t("99000"), "compte 9 caractères ; trouvé 5."),
        ("Contrats!D2", V::N(1.5), "un numéro FINESS de 9 caractères"),
        ("Contrats!E2", t("le 99"), "le code d'un Département"),
        (
            "Contrats!E2",
            t("98"),
            "(98) ne sont pas ceux des ESMS (99)",
        ),
        (
            "Contrats!E2",
            V::Vide,
            "(aucun) ne sont pas ceux des ESMS (99)",
        ),
        ("Contrats!F2", V::N(45_642.0), date),
        ("Contrats!F2", t("31/02/2024"), date),
        ("Contrats!F2", t("16/12/24"), date),
        (
            "Contrats!F2",
            V::Formule("=1/0", "#DIV/0!"),
            "l'erreur de formule #DIV/0!",
        ),
        (
            "Contrats!H2",
            t("31/12/2024"),
            "précède la date d'effet (01/01/2025)",
        ),
        (
            "Contrats!I2",
            t("abc"),
            "64 chiffres hexadécimaux ; trouvé « abc ».",
        ),
    ]);
}

#[test]
fn each_bad_cell_of_establishments_refuses_its_contract_only() {
    refusent(&[
        (
            "ESMS!B2",
            t("990001019"),
            "La clé (dernier chiffre) devrait être 8",
        ),
        (
            "ESMS!D2",
            t("18"),
            "un code de catégorie FINESS : 3 chiffres",
        ),
        ("ESMS!E2", t("quarante"), "un nombre entier de places"),
        (
            "ESMS!E2",
            V::N(-1.0),
            "un nombre entier de places ; trouvé le nombre -1",
        ),
        (
            "ESMS!F2",
            t("Région"),
            "« ARS », « Département 99 » ou « Conjointe 99 »",
        ),
        ("ESMS!F3", t("Département"), "le code d'un Département"),
        (
            "ESMS!G2",
            t("au doigt mouillé"),
            "un choix parmi : Dotation globale, Prix",
        ),
    ]);
}

#[test]
fn each_bad_cell_of_objectives_refuses_its_contract_only() {
    refusent(&[
        ("Objectifs!B2", t("objectif n° 1"), "lettres sans accent"),
        (
            "Objectifs!D2",
            t(esms(2)[0].clone()),
            "n'est pas dans ce contrat",
        ),
        (
            "Objectifs!E2",
            t("Département 98"),
            "n'est l'autorité d'aucun ESMS",
        ),
        (
            "Objectifs!E2",
            t("Conjointe 99"),
            "« ARS » ou « Département 99 »",
        ),
        ("Objectifs!G2", V::Vide, "La cellule « Unité » est vide"),
        (
            "Objectifs!H2",
            V::N(0.45),
            "est-ce un taux ou une fraction ?",
        ),
        (
            "Objectifs!I2",
            t("50,125 %"),
            "un pourcentage à deux décimales au plus",
        ),
    ]);
}

#[test]
fn each_bad_cell_of_means_refuses_its_contract_only() {
    refusent(&[
        (
            "Moyens!E2",
            t("2035"),
            "L'année 2035 est hors du contrat, qui va de 2025 à 2029",
        ),
        (
            "Moyens!F2",
            t("ponctuel"),
            "un choix parmi : Reconductible, Non reconductible",
        ),
        (
            "Moyens!G2",
            V::N(12.345),
            "à deux décimales au plus ; trouvé le nombre 12,345.",
        ),
        ("Moyens!G2", t("1.234,50"), "un montant positif en euros"),
        ("Moyens!G2", V::N(-1.0), "un montant positif en euros"),
        ("Moyens!G2", V::N(1e300), "un montant positif en euros"),
        (
            "Moyens!H2",
            t("OS-9"),
            "L'objectif « OS-9 » n'est pas dans ce contrat",
        ),
    ]);
}

/// A title is everyone's: both contracts are told, each at its own cell.
#[test]
fn a_year_out_of_the_contract_is_told_at_the_cell_that_it_heads() {
    let lecture = lu(&livre(2).tape("Objectifs!I1", t("Cible 2031")));
    let lieux: Vec<String> = lecture.refuses.iter().map(|r| r.lieu.to_string()).collect();
    assert_eq!(lieux, ["Objectifs!I2", "Objectifs!I3"]);
    let mots = "L'année 2031 est hors du contrat, qui va de 2025 à 2029";
    assert!(lecture.refuses[0].motif.contains(mots));
}

#[test]
fn means_go_to_who_pays_for_the_establishment() {
    let dits = dit(&livre(2).tape("Moyens!B2", t("Département 99")));
    assert_eq!(dits[0].0, "Moyens!D2");
    let mots = "ne relève pas de « departement:99 »";
    assert!(dits[0].1.contains(mots), "{dits:?}");
}

#[test]
fn lines_that_do_not_hold_together_are_told() {
    let double = livre(2).tape("ESMS!B3", t(esms(1)[0].clone()));
    assert!(
        dit(&double)[0]
            .1
            .contains("est là deux fois dans ce contrat")
    );
    let seul = livre(2)
        .tape("ESMS!A2", V::Vide)
        .tape("ESMS!A3", t("CPOM-09"));
    let dits = dit(&seul);
    let lieux: Vec<&str> = dits.iter().map(|(lieu, _)| lieu.as_str()).collect();
    assert_eq!(lieux, ["Contrats!A2", "ESMS!A2", "ESMS!A3"]);
    assert!(dits[0].1.contains("n'a aucun ESMS lisible"), "{dits:?}");
    assert!(dits[1].1.contains("« Référence » est vide"), "{dits:?}");
    assert!(
        dits[2].1.contains("n'est pas dans la feuille « Contrats »"),
        "{dits:?}"
    );
    let lecture = lu(&livre(3).tape("Contrats!A4", t("CPOM-01")));
    let restes: Vec<&str> = lecture
        .contrats
        .iter()
        .map(|c| c.reference.as_str())
        .collect();
    assert_eq!(
        restes,
        ["CPOM-02"],
        "neither of two contracts of one name enters"
    );
    assert_eq!(lecture.refuses[0].lieu.to_string(), "Contrats!A4");
    assert!(
        lecture.refuses[0]
            .motif
            .contains("est déjà prise plus haut")
    );
}

fn premier(livre: &Livre) -> ContratLu {
    let lecture = lu(livre);
    assert_eq!(lecture.refuses, []);
    lecture.contrats[0].clone()
}

#[test]
fn the_same_contract_is_read_however_it_is_typed() {
    let attendu = premier(&livre(1));
    assert_eq!(attendu.moyens[0].moyen.montant, 78_000_005);
    let indicateur = attendu.objectifs[0].indicateur.as_ref().unwrap();
    assert_eq!(indicateur.depart, Value::Percent(4_500));
    assert_eq!(indicateur.cibles[&2029], Value::Percent(7_000));
    for (cellule, valeur) in [
        ("Moyens!G2", V::N(780_000.05)),
        ("Moyens!G2", t("780\u{202f}000.05 €")),
        ("Objectifs!H2", V::N(45.0)),
        ("Objectifs!H2", V::F(0.45, "0.00%")),
        ("Objectifs!D2", V::N(esms(1)[0].parse().unwrap())),
        ("Contrats!E2", V::N(99.0)),
        ("Contrats!F2", t("2024-12-16")),
        ("ESMS!F3", t("departement 99")),
        ("ESMS!F3", t("CD 99")),
        ("ESMS!G2", t("DOTATION GLOBALE")),
        ("Contrats!H1", t("  TERME ")),
        ("Contrats!F1", t("Date de signature")),
        ("Objectifs!I1", V::N(2025.0)),
    ] {
        let autre = premier(&livre(1).tape(cellule, valeur.clone()));
        assert_eq!(autre, attendu, "{cellule} {valeur:?}");
    }
}

#[test]
fn columns_are_found_by_their_title_wherever_they_stand() {
    let attendu = premier(&livre(1));
    let mut retourne = livre(1);
    for (_, lignes) in &mut retourne.0 {
        let largeur = lignes.iter().map(Vec::len).max().unwrap();
        for ligne in lignes {
            ligne.resize(largeur, V::Vide);
            ligne.reverse();
        }
    }
    let lu = premier(&retourne);
    assert_eq!(lu.esms.len(), 2);
    assert_eq!(lu.objectifs[0].indicateur, attendu.objectifs[0].indicateur);
    assert_eq!((lu.document, lu.terme), (attendu.document, attendu.terme));
    assert_eq!(lu.moyens[0].moyen, attendu.moyens[0].moyen);
}

#[test]
fn what_is_read_otherwise_than_it_is_written_is_told() {
    let corse = "010000016";
    let livre = livre(1)
        .tape("Contrats!J1", t("Notes"))
        .tape("Contrats!D2", V::N(corse.parse().unwrap()));
    let lecture = lu(&livre);
    let dits: Vec<String> = lecture
        .signalements
        .iter()
        .map(|s| s.lieu.to_string())
        .collect();
    assert_eq!(
        dits,
        ["Contrats!J1", "Contrats!D2"],
        "{:?}",
        lecture.refuses
    );
    assert!(
        lecture.signalements[0]
            .phrase
            .contains("« Notes » n'est pas connue")
    );
    assert!(lecture.signalements[1].phrase.contains(corse));
    assert_eq!(lecture.contrats[0].gestionnaire.ej.as_deref(), Some(corse));
}

#[test]
fn what_is_missing_or_doubled_in_the_workbook_is_told_before_any_line() {
    let sans = |nom: &str| {
        let mut livre = livre(1);
        livre.0.retain(|(n, _)| n != nom);
        lire(&livre.octets())
    };
    let refus = sans("ESMS").unwrap_err();
    assert!(refus.starts_with("La feuille « ESMS » est attendue ; trouvé : « Contrats »"));
    assert_eq!(sans("Moyens").unwrap().contrats[0].moyens, []);
    let refus = lire(&livre(1).tape("Contrats!H1", V::Vide).octets()).unwrap_err();
    assert!(refus.contains("il manque « Terme »"), "{refus}");
    let refus = lire(&livre(1).tape("Contrats!J1", t("terme")).octets()).unwrap_err();
    assert!(
        refus.contains("Contrats!J1 : la colonne « terme » est là deux fois"),
        "{refus}"
    );
    let mut deux = livre(1);
    let copie = deux.0[0].1.clone();
    deux.0.push(("CONTRATS ".to_owned(), copie));
    let refus = lire(&deux.octets()).unwrap_err();
    assert!(
        refus.contains("Deux feuilles s'appellent « Contrats »"),
        "{refus}"
    );
}
