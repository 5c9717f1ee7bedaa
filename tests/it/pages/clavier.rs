//! A contract carried through its forms in a real browser, by keyboard alone, sign-in included.
//! The pictures stay in `target/captures/clavier`.

use super::gens::MOT_DE_PASSE;
use super::navigateur::sert;
use super::salle::{Salle, runtime};
use crate::navigateur::{faults, folder};

#[test]
fn a_contract_is_carried_by_keyboard_alone() {
    let dossier = folder("clavier");
    let salle = Salle::vide("2026-11-20T09:00:00Z");
    let conduite = serde_json::json!({
        "adresse": format!("http://{}", sert(&salle)),
        "courriel": "karim@exemple.example",
        "passe": MOT_DE_PASSE,
    });
    std::fs::write(dossier.join("clavier.json"), conduite.to_string()).unwrap();
    assert_eq!(faults("clavier.mjs", &dossier), "");
    // What the pages showed is in the journal.
    let contrats = runtime().block_on(salle.entente.vide()).unwrap();
    assert!(!contrats);
}
