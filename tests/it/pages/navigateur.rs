//! Every page in a real browser, light and dark, wide and narrow: nothing axe finds, no console
//! error, no sideways scrolling. The pictures stay in `target/captures/pages`.

use super::gens::Gens;
use super::memoire::{Memoire, Tenu, rives_claires};
use crate::navigateur::{faults, folder};
use chrono::{DateTime, Utc};
use entente::web::{Options, application};
use std::net::SocketAddr;
use std::sync::Arc;

const RUBAN: &str = "Données fictives : association, autorités et personnes inventées.";

/// Serves pages on a free port, on a thread that ends with the tests.
fn sert(memoire: Memoire) -> (SocketAddr, String) {
    let (tx, rx) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        runtime.block_on(async move {
            let gens = Gens::inscrits(memoire.maintenant).await;
            let options = Options {
                ruban: Some(RUBAN.to_owned()),
                tls: false,
                demo: None,
                metriques: Arc::new(String::new),
            };
            let application = application(memoire, gens.comptes.clone(), options).unwrap();
            let ecoute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let adresse = ecoute.local_addr().unwrap();
            tx.send((adresse, gens.cookie("karim"))).unwrap();
            axum::serve(ecoute, application).await.unwrap();
        });
    });
    rx.recv().unwrap()
}

/// A contract at a day, under another id.
fn moment(id: &str, jour: &str) -> (Tenu, DateTime<Utc>) {
    let (mut tenu, maintenant) = rives_claires(jour);
    id.clone_into(&mut tenu.identite.id);
    id.clone_into(&mut tenu.resume.id);
    (tenu, maintenant)
}

/// What is served, with the pages to look at there: a name, a path, the code it answers.
type Servi = (Memoire, Vec<(&'static str, &'static str, u16)>);

fn de_l_histoire() -> Vec<Servi> {
    let (diagnostic, le) = moment("diagnostic", "2024-03-15");
    let diagnostic = Memoire::une(diagnostic, le);
    let (negociation, le) = moment("negociation", "2024-09-12");
    let negociation = Memoire::une(negociation, le);
    let (vigueur, le) = moment("en-vigueur", "2026-10-15");
    let vigueur = Memoire::une(vigueur, le);
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
                ("erreur", "/contrats/panique", 500),
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
    let (deux, le) = moment("deux", "2024-07-01");
    let mut plusieurs = Memoire::une(moment("negociation", "2024-09-12").0, le);
    for rang in 0..58 {
        let mut autre = deux.clone();
        autre.resume.id = format!("autre-{rang}");
        autre.resume.titre = format!("CPOM 2025-2029, Association n° {rang}");
        plusieurs.tenus.push(autre);
    }
    let panne = Memoire {
        panne: true,
        ..Memoire::vide()
    };
    vec![
        (Memoire::vide(), vec![("liste-vide", "/contrats", 200)]),
        (
            plusieurs,
            vec![
                ("liste", "/contrats", 200),
                ("liste-rien", "/contrats?q=zzz", 200),
            ],
        ),
        (
            super::vues::hostile().0,
            vec![
                ("hostile", "/contrats/hostile", 200),
                ("liste-hostile", "/contrats", 200),
            ],
        ),
        (panne, vec![("panne", "/contrats", 503)]),
    ]
}

#[test]
fn every_page_is_clean_in_a_real_browser() {
    let dossier = folder("pages");
    let mut pages = Vec::new();
    for (memoire, vues) in de_l_histoire().into_iter().chain(autres()) {
        let (adresse, cookie) = sert(memoire);
        for (nom, chemin, code) in vues {
            let adresse = format!("http://{adresse}{chemin}");
            let page = serde_json::json!({
                "nom": nom, "adresse": adresse, "code": code, "cookie": cookie
            });
            pages.push(page);
        }
    }
    std::fs::write(
        dossier.join("pages.json"),
        serde_json::json!(pages).to_string(),
    )
    .unwrap();
    assert_eq!(faults("pages.mjs", &dossier), "");
}
