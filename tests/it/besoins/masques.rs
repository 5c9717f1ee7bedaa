//! What leaves the managing body, judged from outside by linear programming.

use super::{ATTENDUS, COHORTE, bancs, document, lignes};
use crate::courriels::puits::lit;
use entente::metier::besoins::agregat::{Agregat, Lecture};
use entente::metier::besoins::cohorte::Echelle;
use entente::metier::besoins::masque::{Compte, Montre, rangee};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Hidden counts that were judged, and those that may be narrowed.
fn jugees(vues: &[Value]) -> (u64, Vec<Value>) {
    let dit = lit("bornes.py", &json!(vues).to_string());
    let resserrees = dit["resserrees"].as_array().unwrap().clone();
    (dit["jugees"].as_u64().unwrap(), resserrees)
}

#[test]
fn nothing_hidden_of_the_worked_cohort_is_narrowed_and_little_more_than_the_floor_is_hidden() {
    for (k, masque, cle) in [("11", 8, "masque_k11"), ("5", 9, "masque_k5")] {
        let options = ["--partage", "--k", k];
        let vue = document("partage.csv", COHORTE.as_bytes(), &options);
        let (juges, resserrees) = jugees(&[vue]);
        assert!(juges > 100, "{juges}");
        assert_eq!(resserrees, Vec::<Value>::new());
        // hidden: at most a quarter more than the simple recipe, which does not suffice
        let recette = lignes(ATTENDUS).filter(|l| l[masque] == "oui").count();
        let lu = document("masques.csv", COHORTE.as_bytes(), &["--json"]);
        let notres = lu["lignes"].as_array().unwrap().iter();
        let notres = notres.filter(|l| l[cle] == "oui").count();
        assert!(notres * 4 <= recette * 5, "{notres} {recette}");
    }
}

#[test]
fn nothing_hidden_of_two_hundred_cohorts_is_narrowed() {
    let mut hasard = bancs::Hasard::nouveau(20_261_123);
    let mut vues = Vec::new();
    for _ in 0..200 {
        let cohorte = bancs::cohorte(&mut hasard);
        let k = [11, 11, 5, 7][hasard.sous(4)];
        let echelle = [Echelle::Niveaux, Echelle::Identifie][hasard.sous(2)];
        let lecture = Lecture {
            echelle,
            seuil: 2,
            large: false,
        };
        vues.push(json!(Agregat::de(&cohorte, lecture).partage(k)));
    }
    let (juges, resserrees) = jugees(&vues);
    assert!(juges > 20_000, "{juges}");
    assert_eq!(resserrees, Vec::<Value>::new());
}

#[test]
fn the_judge_sees_what_a_simple_recipe_gives_away() {
    // given three establishments, two of which hide 1 and 1 behind a total
    let case = |besoin: Option<u32>| {
        json!({ "evalues": 30, "besoin": besoin, "presque_tous": false,
                "moyenne": null, "taux": null })
    };
    let presque = json!({ "evalues": 30, "besoin": null, "presque_tous": true,
                          "moyenne": null, "taux": null });
    let total = |n: u32| {
        let mut total = case(Some(n));
        total["evalues"] = json!(90);
        total
    };
    let vue = |cases: [Value; 4]| {
        let ensemble = json!({ "finess": "", "nom": "", "categorie": "", "accompagnements": 30 });
        json!({ "annee": 2025, "k": 11, "seuil": 2, "prestations": [],
                "ensembles": [ensemble, ensemble, ensemble, ensemble],
                "besoins": [{ "code": "1.1.1", "cases": cases }] })
    };
    let cachees = vue([case(None), case(None), case(Some(18)), total(20)]);
    let tous = vue([presque, case(Some(12)), case(Some(18)), total(59)]);
    let (juges, resserrees) = jugees(&[cachees, tous]);
    assert_eq!(juges, 3);
    let attendues = [
        json!([0, "1.1.1", 0, 1, 1]),
        json!([1, "1.1.1", 0, 29, 29]),
        json!([0, "1.1.1", 1, 1, 1]),
    ];
    assert_eq!(resserrees, attendues);
}

proptest! {
    /// A row, whatever its counts: small ones never show, zeros and large ones seldom hide.
    #[test]
    fn a_row_hides_small_counts_and_no_zero(
        comptes in prop::collection::vec((0_u32..40, 0_u32..40), 1..9),
        k in 5_u32..12,
    ) {
        let compte = |(nombre, autres): &(u32, u32)| Compte {
            nombre: *nombre,
            parmi: nombre + autres,
        };
        let comptes: Vec<Compte> = comptes.iter().map(compte).collect();
        let vue = rangee(&comptes, k);
        prop_assert_eq!(vue.cellules.len(), comptes.len());
        for (compte, montre) in comptes.iter().zip(&vue.cellules) {
            let petit = (1..k).contains(&compte.nombre);
            prop_assert!(!petit || montre.cache(), "{compte:?} {montre:?}");
            let presque = compte.parmi - compte.nombre <= 4 && compte.nombre > 0;
            prop_assert!(!presque || *montre != Montre::Exact, "{compte:?} {montre:?}");
            let nul = compte.nombre == 0 && compte.parmi >= k;
            prop_assert!(!nul || *montre == Montre::Exact, "{compte:?} {montre:?}");
        }
        // An order of the establishments tells nothing more.
        let mut envers = comptes.clone();
        envers.reverse();
        let cachees = |v: &[Montre]| v.iter().filter(|m| m.cache()).count();
        prop_assert_eq!(cachees(&vue.cellules), cachees(&rangee(&envers, k).cellules));
    }
}
