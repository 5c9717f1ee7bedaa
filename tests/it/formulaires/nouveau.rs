//! Opening a contract: visible to its opener at once, to those it names, to nobody else; done once.

use super::histoire::envoie;
use crate::pages::gens::droit;
use crate::pages::salle::{Salle, runtime};
use axum::http::StatusCode;
use entente::app::comptes::{Fonction, Portee};
use entente::app::formulaires::Envoi;

const CHEMIN: &str = "/contrats/nouveau";

fn envoi(champs: &[(&str, &str)]) -> Envoi {
    let champs = champs.iter();
    champs
        .map(|(nom, valeur)| ((*nom).to_owned(), vec![(*valeur).to_owned()]))
        .collect()
}

fn demande(
    routeur: &axum::Router,
    (chemin, cookie): (&str, &str),
    envoi: Option<&Envoi>,
) -> (StatusCode, String, String) {
    runtime().block_on(envoie(routeur, (chemin, cookie), envoi))
}

fn salle() -> (Salle, axum::Router) {
    let salle = Salle::vide("2026-11-20T09:00:00Z");
    let routeur = salle.sert(None);
    (salle, routeur)
}

const GESTIONNAIRE: [(&str, &str); 2] = [
    ("gestionnaire.nom", "Les Rives Claires"),
    ("gestionnaire.ej", "990001018"),
];

#[test]
fn an_agency_opens_a_contract_that_both_see_and_nobody_else() {
    let (salle, routeur) = salle();
    let karim = salle.gens.cookie("karim");
    let (_, _, page) = demande(&routeur, (CHEMIN, &karim), None);
    assert!(
        page.contains("cpom-ehpad") && page.contains("ARS Val-Médian"),
        "{page}"
    );
    assert!(
        !page.contains("value=\"eprd-annuel\""),
        "a child is not a contract"
    );
    // Refused first, with a sentence, and what was typed kept.
    let sans = envoi(&[
        ("id", "n1"),
        ("gestionnaire.nom", "Les Rives"),
        ("gestionnaire.ej", "1"),
    ]);
    let (code, _, page) = demande(&routeur, (CHEMIN, &karim), Some(&sans));
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("href=\"#workflow\"") && page.contains("href=\"#gestionnaire.ej\""));
    assert!(page.contains("value=\"Les Rives\""), "{page}");

    let mut champs = vec![("id", "n1"), ("workflow", "cpom-ph")];
    champs.extend(GESTIONNAIRE);
    let ouvre = envoi(&champs);
    let (code, vers, page) = demande(&routeur, (CHEMIN, &karim), Some(&ouvre));
    assert_eq!(code, StatusCode::SEE_OTHER, "{page}");
    let adresse = vers.split('?').next().unwrap().to_owned();
    // The same form sent twice opens one contract.
    let (_, encore, _) = demande(&routeur, (CHEMIN, &karim), Some(&ouvre));
    assert_eq!(encore, vers);
    for (qui, attendu) in [
        ("karim", StatusCode::OK),
        ("claire", StatusCode::OK),
        ("sophie", StatusCode::NOT_FOUND),
        ("lea", StatusCode::NOT_FOUND),
    ] {
        let cookie = salle.gens.cookie(qui);
        let (code, ..) = demande(&routeur, (&adresse, &cookie), None);
        assert_eq!(code, attendu, "{qui}");
    }
    // Someone else's form with the same id leads nowhere near it.
    let lea = salle.gens.cookie("lea");
    let (_, autre, _) = demande(&routeur, (CHEMIN, &lea), Some(&ouvre));
    assert_ne!(autre, vers);
}

#[test]
fn a_manager_and_a_departement_open_one_too() {
    let (salle, routeur) = salle();
    let ars = [("ars.nom", "ARS Val-Médian"), ("ars.siren", "999 000 003")];
    let mut champs = vec![("id", "n2"), ("workflow", "cpom-ph")];
    champs.extend(ars);
    let claire = salle.gens.cookie("claire");
    let (code, vers, page) = demande(&routeur, (CHEMIN, &claire), Some(&envoi(&champs)));
    assert_eq!(code, StatusCode::SEE_OTHER, "{page}");
    let adresse = vers.split('?').next().unwrap();
    let (code, ..) = demande(&routeur, (adresse, &salle.gens.cookie("karim")), None);
    assert_eq!(code, StatusCode::OK);

    champs.extend(GESTIONNAIRE);
    champs.extend([
        ("cle", "990002040"),
        ("element.nom", "Foyer Le Colombier"),
        ("element.competence.autorite", "departement"),
        ("element.competence.departement", "99"),
    ]);
    let sophie = salle.gens.cookie("sophie");
    let (code, vers, page) = demande(&routeur, (CHEMIN, &sophie), Some(&envoi(&champs)));
    assert_eq!(code, StatusCode::SEE_OTHER, "{page}");
    let adresse = vers.split('?').next().unwrap();
    for qui in ["sophie", "claire", "karim"] {
        let (code, ..) = demande(&routeur, (adresse, &salle.gens.cookie(qui)), None);
        assert_eq!(code, StatusCode::OK, "{qui}");
    }
}

#[test]
fn whoever_may_not_is_told_why() {
    let (mut salle, _) = salle();
    let lecture = [droit("ars", Fonction::Lecture, Portee::Tout)];
    let quand = salle.maintenant();
    runtime().block_on(salle.gens.inscrit("lecteur", &lecture, quand));
    let routeur = salle.sert(None);
    let cookie = salle.gens.cookie("lecteur");
    let (code, _, page) = demande(&routeur, (CHEMIN, &cookie), None);
    assert_eq!(code, StatusCode::OK);
    assert!(page.contains("demande la fonction") && !page.contains("Ouvrir le contrat</button>"));
    let ouvre = envoi(&[("id", "n3"), ("workflow", "cpom-ph")]);
    let (code, ..) = demande(&routeur, (CHEMIN, &cookie), Some(&ouvre));
    assert_eq!(code, StatusCode::FORBIDDEN);
}
