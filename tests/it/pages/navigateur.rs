//! Every page in a real browser, light and dark, wide and narrow: nothing axe finds, no console
//! error, no sideways scrolling. The pictures stay in `target/captures/pages`.

use super::salle::{Salle, runtime};
use crate::navigateur::{faults, folder};
use std::net::SocketAddr;
use std::sync::Arc;

const RUBAN: &str = "Données fictives : association, autorités et personnes inventées.";

/// Serves pages on a free port, until the tests end.
pub(super) fn sert(salle: &Salle) -> SocketAddr {
    let application = salle.sert(Some(RUBAN));
    runtime().block_on(async {
        let ecoute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let adresse = ecoute.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(ecoute, application).await.unwrap() });
        adresse
    })
}

/// What is served, with the pages to look at there: a name, a path, the code it answers.
type Servi = (Salle, Vec<(&'static str, &'static str, u16)>);

fn de_l_histoire() -> Vec<Servi> {
    let diagnostic = Salle::au("diagnostic", "2024-03-15");
    let negociation = Salle::au("negociation", "2024-09-12");
    let vigueur = Salle::au("en-vigueur", "2026-10-15");
    let eprd = "/contrats/en-vigueur/graphe?flux=cpom/eprd-annuel-2026";
    let journal = "/contrats/en-vigueur/journal?flux=cpom/eprd-annuel-2026";
    vec![
        (
            diagnostic,
            vec![("contrat-diagnostic", "/contrats/diagnostic", 200)],
        ),
        (
            negociation,
            vec![
                ("contrat-negociation", "/contrats/negociation", 200),
                ("graphe", "/contrats/negociation/graphe", 200),
                ("accueil", "/", 200),
                ("connexion", "/connexion", 200),
                ("second-facteur", "/second-facteur", 200),
                ("invitation-passee", "/invitation?jeton=x", 410),
                ("introuvable", "/contrats/inconnu", 404),
            ],
        ),
        (
            vigueur,
            vec![
                ("contrat-en-vigueur", "/contrats/en-vigueur", 200),
                (
                    "journal",
                    "/contrats/en-vigueur/journal?flux=cpom&page=2",
                    200,
                ),
                ("journal-eprd", journal, 200),
                ("graphe-eprd", eprd, 200),
            ],
        ),
    ]
}

fn autres() -> Vec<Servi> {
    let vide = || Salle::vide("2026-11-20T09:00:00Z");
    let plusieurs = Salle::au("negociation", "2024-07-01");
    for rang in 0..58 {
        let agence = format!("ARS Val-Médian, délégation n° {rang}");
        plusieurs.ouvre(&format!("autre-{rang}"), &agence);
    }
    let affolee = Salle {
        horloge: Arc::new(|| panic!("the test asks for a panic")),
        ..vide()
    };
    vec![
        (
            vide(),
            vec![("liste-vide", "/contrats", 200), ("accueil-vide", "/", 200)],
        ),
        (
            plusieurs,
            vec![
                ("liste", "/contrats", 200),
                ("liste-rien", "/contrats?q=zzz", 200),
            ],
        ),
        (
            super::vues::hostile(),
            vec![
                ("hostile", "/contrats/hostile", 200),
                ("liste-hostile", "/contrats", 200),
            ],
        ),
        (vide().coupe(), vec![("panne", "/contrats", 503)]),
        (affolee, vec![("erreur", "/contrats", 500)]),
    ]
}

#[test]
fn every_page_is_clean_in_a_real_browser() {
    let dossier = folder("pages");
    let mut pages = Vec::new();
    for (salle, vues) in de_l_histoire().into_iter().chain(autres()) {
        let (adresse, cookie) = (sert(&salle), salle.gens.cookie("karim"));
        for (nom, chemin, code) in vues {
            let adresse = format!("http://{adresse}{chemin}");
            let page = serde_json::json!({
                "nom": nom, "adresse": adresse, "code": code, "cookie": cookie
            });
            pages.push(page);
        }
    }
    pages.extend(super::contour::pages());
    std::fs::write(
        dossier.join("pages.json"),
        serde_json::json!(pages).to_string(),
    )
    .unwrap();
    assert_eq!(faults("pages.mjs", &dossier), "");
}

#[test]
fn the_page_of_a_contract_prints_clean() {
    let dossier = folder("impression");
    let salle = Salle::au("negociation", "2024-09-12");
    let page = serde_json::json!({
        "adresse": format!("http://{}/contrats/negociation", sert(&salle)),
        "cookie": salle.gens.cookie("karim"),
    });
    std::fs::write(dossier.join("page.json"), page.to_string()).unwrap();
    assert_eq!(faults("impression.mjs", &dossier), "");
}
