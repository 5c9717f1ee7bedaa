//! The page of a contract as a screen reader reads it; and two people who act at once on one
//! contract, each in a real browser.

use super::echanges::lit;
use super::navigateur::sert;
use super::salle::Salle;
use crate::navigateur::{faults, folder};

const C: &str = "/contrats/rives-claires";

#[test]
fn the_page_of_a_contract_is_read_in_the_order_in_which_one_asks() {
    let dossier = folder("arbre");
    let salle = Salle::au("rives-claires", "2024-09-12");
    let page = serde_json::json!({
        "adresse": format!("http://{}{C}", sert(&salle)),
        "cookie": salle.gens.cookie("claire"),
        "titre": "La plume est à vous",
        "plume": "La plume est à vous",
        "parties": ["Les Rives Claires", "ARS Val-Médian", "Département de la Haute-Vesle"],
    });
    std::fs::write(dossier.join("page.json"), page.to_string()).unwrap();
    assert_eq!(faults("arbre.mjs", &dossier), "");
}

/// The first form of an act that someone is offered, by the end of the act's name.
fn acte(salle: &Salle, qui: &str, acte: &str) -> String {
    let page = lit(salle, qui, C)
        .texte
        .replace("&#x3D;", "=")
        .replace("&amp;", "&");
    let mut liens = page
        .split("href=\"")
        .filter_map(|reste| reste.split('"').next());
    let trouve = liens.find(|lien| lien.ends_with(&format!("&acte={acte}")));
    trouve.expect("the act is offered").to_owned()
}

#[test]
fn two_people_who_act_at_once_lose_nothing_and_see_the_same() {
    let dossier = folder("ensemble");
    // given an establishment whose diagnostic either of two parties may dispute
    let salle = Salle::au("rives-claires", "2024-04-12");
    let site = format!("http://{}", sert(&salle));
    let chemin = acte(&salle, "claire", "ouvrir_contradictoire");
    assert_eq!(acte(&salle, "karim", "ouvrir_contradictoire"), chemin);
    let gens = ["claire", "karim"]
        .map(|qui| serde_json::json!({ "nom": qui, "cookie": salle.gens.cookie(qui) }));
    let conduite = serde_json::json!({
        "acte": format!("{site}{chemin}"), "contrat": format!("{site}{C}"), "gens": gens,
    });
    std::fs::write(dossier.join("ensemble.json"), conduite.to_string()).unwrap();
    // when both type and send at once, then one is done, and nobody loses a word
    assert_eq!(faults("ensemble.mjs", &dossier), "");
}
