//! A clause and a choice, tried on a page before anyone is bound.

use super::echanges::lit;
use super::eprd::dite;
use super::salle::Salle;
use axum::http::StatusCode;

const PAGE: &str = "/contrats/rives-claires/eprd/simuler";
const ESAT: &str = "990002032";

fn essaie(salle: &Salle, champs: &[(&str, &str)]) -> (StatusCode, String) {
    let mut code = form_urlencoded::Serializer::new(String::new());
    let adresse = format!("{PAGE}?{}", code.extend_pairs(champs).finish());
    let lue = lit(salle, "sophie", &adresse);
    (lue.code, dite(&lue))
}

#[test]
fn the_clause_is_tried_with_figures_of_ones_own_or_what_is_notified() {
    let salle = Salle::au("rives-claires", "2026-05-04");
    let annee = [
        ("esms", ESAT),
        ("cible", "96"),
        ("realise", "95"),
        ("notifie", "567 000"),
        ("retenue", "oui"),
    ];
    let dits = [
        (vec![], "2 835 € au plus"),
        // The contract of the story does not keep the clause.
        (
            vec![("retenue", "")],
            "Sans objet : le contrat ne retient pas la clause.",
        ),
        (vec![("cause", "oui")], "retirer 0 € au plus"),
        (vec![("realise", "96,5")], "retirer 0 € au plus"),
        // What does not last is not in the base.
        (vec![("cnr", "67000")], "2 500 € au plus"),
        // Nothing typed: what is notified to it.
        (vec![("notifie", "")], "2 820 € au plus"),
    ];
    for (change, dit) in dits {
        let gardes = annee
            .iter()
            .filter(|(nom, _)| change.iter().all(|c| c.0 != *nom));
        let champs: Vec<(&str, &str)> = gardes.chain(&change).copied().collect();
        let (code, page) = essaie(&salle, &champs);
        assert_eq!(code, StatusCode::OK, "{champs:?}");
        assert!(page.contains(dit), "{champs:?} {dit}\n{page}");
        assert!(page.contains("R. 314-43-2"));
    }
    // what is no number is said beside its field, and nothing is computed
    for (nom, faux) in [
        ("cible", ""),
        ("realise", "beaucoup"),
        ("notifie", "1e9"),
        ("cnr", "x"),
    ] {
        let gardes = annee.iter().filter(|c| c.0 != nom);
        let champs: Vec<(&str, &str)> = gardes.copied().chain([(nom, faux)]).collect();
        let (code, page) = essaie(&salle, &champs);
        assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY, "{nom}");
        assert!(page.contains("Attendu un"), "{nom}\n{page}");
        assert!(!page.contains("au plus de la dotation"), "{nom}");
    }
}

#[test]
fn an_affectation_is_tried_deficits_first() {
    let salle = Salle::au("rives-claires", "2026-05-04");
    let avant = [
        ("resultat", "30000"),
        ("debiteur", "12000"),
        ("bfr", "200000"),
        ("tresorerie", "195000"),
    ];
    let avec = |choix: &[(&'static str, &'static str)]| {
        let champs: Vec<(&str, &str)> = avant.iter().chain(choix).copied().collect();
        let (code, page) = essaie(&salle, &champs);
        assert_eq!(code, StatusCode::OK);
        page
    };
    // given a deficit to clear and a treasury almost full, then it says what is left to give
    let page = avec(&[("a_la_tresorerie", "5000"), ("a_l_investissement", "13000")]);
    for dit in [
        "Déficits à apurer d’abord : 12 000 €. À affecter ensuite : 18 000 €.",
        "peut encore recevoir 5 000 €",
        "report débiteur 0 €, réserve de trésorerie 200 000 €",
        "à confirmer",
    ] {
        assert!(page.contains(dit), "{dit}\n{page}");
    }
    // when the treasury is given more than the BFR asks, then it is refused with what to do
    let page = avec(&[("a_la_tresorerie", "6000"), ("a_l_investissement", "12000")]);
    assert!(page.contains("Affectez le reste ailleurs"), "{page}");
    assert!(!page.contains("Après cette affectation"));
    let page = avec(&[("a_la_tresorerie", "5000")]);
    assert!(page.contains("Répartissez tout, et rien de plus"), "{page}");
}

#[test]
fn a_contract_without_the_clause_says_so() {
    let salle = Salle::au("rives-claires", "2024-03-08");
    let page = dite(&lit(&salle, "claire", PAGE));
    assert!(page.contains("ne dit pas encore"), "{page}");
}
