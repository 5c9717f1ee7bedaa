//! The budget of an exercise, through pages: a workbook read beside the contract and what was
//! notified, of which nothing is kept.

use super::besoins::televerse;
use super::echanges::{Lue, lit};
use super::gens::droit;
use super::salle::{Salle, runtime};
use axum::http::StatusCode;
use entente::app::comptes::{Fonction, Portee};
use entente::echanges::eprd::lire;
use entente::metier::budget::lignes::{Bloc, Valeur};
use std::collections::BTreeSet;

const C: &str = "/contrats/rives-claires";
const PAGE: &str = "/contrats/rives-claires/eprd";
/// The authorities have notified, the EPRD is being prepared.
const JOUR: &str = "2026-05-04";
const EQUILIBRE: &str = include_str!("../eprd/equilibre.csv");
/// The establishments of the worked example, as those of the story.
const ESMS: [(&str, &str); 5] = [
    ("990002057", "990002065"),
    ("990002040", "990002057"),
    ("990002016", "990002040"),
    ("990002024", "990002024"),
    ("990002032", "990002032"),
];

/// The worked example, of the managing body of the story.
pub fn classeur() -> String {
    let lignes = EQUILIBRE.lines().map(|ligne| {
        let mut champs: Vec<String> = ligne.split(';').map(str::to_owned).collect();
        if champs[1] == "990001026" {
            "990001018".clone_into(&mut champs[1]);
        }
        if let Some((_, sien)) = ESMS.iter().find(|(ancien, _)| *ancien == champs[2]) {
            (*sien).clone_into(&mut champs[2]);
        }
        champs.join(";")
    });
    lignes.collect::<Vec<String>>().join("\n")
}

fn envoie(salle: &Salle, qui: &str, classeur: &str) -> Lue {
    televerse(salle, qui, (PAGE, &[]), classeur.as_bytes())
}

/// As it is read: without the blanks that do not break.
pub fn dite(lue: &Lue) -> String {
    lue.texte.replace(['\u{a0}', '\u{202f}'], " ")
}

fn partout(eprouve: impl Fn(Salle)) {
    for postgres in [false, true] {
        eprouve(Salle::sur(postgres, "rives-claires", JOUR));
    }
}

#[test]
fn a_workbook_is_checked_beside_the_contract_and_nothing_is_kept() {
    partout(|salle| {
        let avant = lit(&salle, "claire", &format!("{C}/journal")).texte;
        // when each party reads a workbook
        for qui in ["claire", "karim", "sophie"] {
            let lue = envoie(&salle, qui, &classeur());
            assert_eq!(lue.code, StatusCode::OK, "{}", lue.texte);
            let dite = dite(&lue);
            // then what it writes is compared with what was notified
            for dit in [
                "rien n’en est gardé",
                "Lecture vérifiée sur cadres reconstitués",
                "SESSAD Les Passerelles inscrit 900 000 € de produits de la tarification pour \
                 789 000 € notifiés (écart 111 000 €).",
                "ligne ",
                "notification ARS du 10/04/2026",
                "Ce que disent le contrat et les notifications reçues vaut.",
                "rejet proposé",
                "52 contrôles",
            ] {
                assert!(dite.contains(dit), "{qui} {dit}\n{dite}");
            }
            // and its sums are those of its lines
            assert!(dite.contains(">7 180 000<"), "{dite}");
        }
        // and nothing is written
        assert_eq!(lit(&salle, "claire", &format!("{C}/journal")).texte, avant);
        let page = lit(&salle, "claire", PAGE);
        assert!(dite(&page).contains("Aucun classeur n’est lu"));
    });
}

#[test]
fn the_frame_to_be_filled_in_says_what_was_notified_and_comes_back() {
    partout(|salle| {
        for extension in ["xlsx", "ods"] {
            // when a frame is taken
            let adresse = format!("{PAGE}/cadre.{extension}?exercice=2026");
            let cadre = lit(&salle, "karim", &adresse);
            assert_eq!(cadre.code, StatusCode::OK, "{}", cadre.texte);
            // then it holds what was notified, in the tab of each establishment
            let mut lu = lire(&cadre.octets).unwrap_or_else(|r| panic!("{:?}", r.phrases()));
            assert_eq!(
                (lu.lignes.ej.as_str(), lu.lignes.exercice),
                ("990001018", 2026)
            );
            for (finess, notifie) in [("990002024", 78_900_000), ("990002065", 21_200_000)] {
                let lieu = lu.lignes.esms(finess, "");
                let ligne = lu.lignes.trouve(Bloc::Notif, lieu, 2026, "PRODUITS_TARIF");
                let valeur = ligne.map(|ligne| &ligne.valeur);
                assert_eq!(
                    valeur,
                    Some(&Valeur::Montant(notifie)),
                    "{extension} {finess}"
                );
            }
            // and all its labels, over cells that nothing fills in yet
            assert_eq!(lu.absents, Vec::<String>::new());
            assert_eq!(lu.lignes.comptes().count(), 0);
            // and it comes back: there is no budget to be judged
            let champs = [("exercice", "2026")];
            let lue = televerse(&salle, "claire", (PAGE, &champs), &cadre.octets);
            assert_eq!(lue.code, StatusCode::OK, "{}", lue.texte);
            assert!(dite(&lue).contains("absent"), "{}", lue.texte);
        }
    });
}

#[test]
fn a_workbook_of_others_or_that_is_none_is_refused_with_a_sentence() {
    let salle = Salle::au("rives-claires", JOUR);
    let bon = classeur();
    for (classeur, dit) in [
        (
            EQUILIBRE.to_owned(),
            "Ce classeur est celui du gestionnaire 990001026",
        ),
        (
            bon.replace("2026;990001018", "2025;990001018"),
            "Ce classeur est celui de l’exercice 2025",
        ),
        (String::new(), "choisissez un fichier qui a un contenu"),
        ("%PDF-1.7".to_owned(), "n’est pas un tableau"),
        ("a;b\n1;2\n".to_owned(), "ces titres ne sont pas ceux"),
        (
            bon.replace(";3300000;EUR", ";beaucoup;EUR"),
            "attendu un nombre",
        ),
    ] {
        let lue = envoie(&salle, "claire", &classeur);
        assert_eq!(lue.code, StatusCode::UNPROCESSABLE_ENTITY, "{dit}");
        assert!(dite(&lue).contains(dit), "{dit}\n{}", lue.texte);
        assert!(!lue.texte.contains("Contrôles en échec"));
    }
}

#[test]
fn who_sees_some_establishments_only_sees_no_budget() {
    let mut salle = Salle::au("rives-claires", JOUR);
    let portee = Portee::Esms(BTreeSet::from(["990002024".to_owned()]));
    let droits = [droit("gestionnaire", Fonction::Validation, portee)];
    let maintenant = salle.maintenant();
    runtime().block_on(salle.gens.inscrit("paule", &droits, maintenant));
    for qui in ["paule", "lea"] {
        assert_eq!(lit(&salle, qui, PAGE).code, StatusCode::NOT_FOUND);
        let lue = envoie(&salle, qui, &classeur());
        assert_eq!(lue.code, StatusCode::NOT_FOUND, "{qui}");
    }
    let menu = lit(&salle, "paule", C).texte;
    assert!(!menu.contains("Budget EPRD"), "{menu}");
    assert!(lit(&salle, "claire", C).texte.contains("Budget EPRD"));
}

#[test]
fn before_the_contract_is_in_force_no_exercise_is_open() {
    let salle = Salle::au("rives-claires", "2024-03-08");
    let page = lit(&salle, "claire", PAGE);
    assert_eq!(page.code, StatusCode::OK);
    assert!(dite(&page).contains("Aucun exercice n’est ouvert"));
    let lue = envoie(&salle, "claire", &classeur());
    assert_eq!(lue.code, StatusCode::UNPROCESSABLE_ENTITY);
}
