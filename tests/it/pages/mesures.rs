//! What a page costs: how many statements it sends, how many bytes it weighs. Counted on
//! PostgreSQL, whose statements run in the thread that asks; the text of each is the same on both.

use super::crawl::pages;
use super::echanges::lit;
use super::grand::{ESMS, finess, grand};
use super::salle::Salle;
use axum::http::StatusCode;
use entente::app::demo;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Counts the statements of the thread that it listens to.
#[derive(Clone, Default)]
struct Compteur(Arc<AtomicU64>);

impl Subscriber for Compteur {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A page read by someone: its statements, and its bytes.
fn coute(salle: &Salle, qui: &str, chemin: &str) -> (u64, usize) {
    let compteur = Compteur::default();
    let lue = tracing::subscriber::with_default(compteur.clone(), || lit(salle, qui, chemin));
    assert_eq!(lue.code, StatusCode::OK, "{chemin}");
    (compteur.0.load(Ordering::SeqCst), lue.octets.len())
}

/// Pages of 60 KB at most, pictures apart.
const OCTETS: usize = 60 * 1024;

const PAGES: [&str; 22] = [
    "/",
    "/contrats",
    "/contrats?q=rives&plume=moi",
    "/recherche?q=rives",
    "/contrats/rives-claires",
    "/contrats/rives-claires/ecrire",
    "/contrats/rives-claires/accords",
    "/contrats/rives-claires/documents",
    "/contrats/rives-claires/echanges",
    "/contrats/rives-claires/reunions",
    "/contrats/rives-claires/notes",
    "/contrats/rives-claires/journal",
    "/contrats/rives-claires/graphe",
    "/contrats/rives-claires/esms/990002024",
    "/contrats/rives-claires/export",
    "/contrats/nouveau",
    "/compte",
    "/compte/securite",
    "/compte/cles",
    "/compte/avis",
    "/glossaire",
    "/mentions",
];

#[test]
fn each_page_sends_the_approved_number_of_statements() {
    let salle = Salle::sur(true, "rives-claires", "2026-11-20");
    let mut table = String::new();
    for chemin in PAGES {
        // The state of the contract is in the cache, as it is for whoever comes second.
        coute(&salle, "karim", chemin);
        let (requetes, octets) = coute(&salle, "karim", chemin);
        writeln!(table, "{requetes:>2}  {chemin}").unwrap();
        assert!(octets <= OCTETS, "{chemin} : {octets} octets");
    }
    insta::assert_snapshot!(table);
}

/// Every page that someone comes to fits, before it is compressed. Answers how many there are.
fn tiennent(salle: &Salle, qui: &str) -> usize {
    let pages = pages(salle, qui);
    let lourdes: Vec<_> = pages
        .iter()
        .filter(|(_, octets)| **octets > OCTETS)
        .collect();
    assert!(lourdes.is_empty(), "{qui} : {lourdes:?}");
    pages.len()
}

#[test]
fn every_page_weighs_sixty_kilobytes_at_most() {
    let demonstration = Salle::au("rives-claires", "2024-09-12");
    for qui in ["karim", "claire", "sophie"] {
        let vues = tiennent(&demonstration, qui);
        assert!(vues > 30, "{qui} : {vues}");
    }
    // Written twice: as the bench's, with fewer digits in the journal.
    let histoire = demo::lire(&grand(2)).unwrap_or_else(|p| panic!("{p:?}"));
    let fin = "2024-01-12T16:00:00Z".parse().unwrap();
    let grande = Salle::vide("2022-01-01T08:00:00Z").joue("grand", &histoire, fin);
    for qui in ["karim", "claire", "sophie"] {
        let vues = tiennent(&grande, qui);
        assert!(vues > 30, "{qui} : {vues}");
    }
    // What the page of the contract does not link to, that of the establishment does.
    let contrat = lit(&grande, "claire", "/contrats/grand").texte;
    let dernier = finess(ESMS - 1);
    let sienne = format!("pour&#x3D;{dernier}\"");
    assert!(contrat.contains("depuis la page de chaque établissement"));
    assert!(!contrat.contains(&sienne));
    let esms = lit(
        &grande,
        "claire",
        &format!("/contrats/grand/esms/{dernier}"),
    )
    .texte;
    assert!(esms.contains(&sienne), "{esms}");
}

#[test]
fn a_list_costs_the_same_however_long_it_is() {
    let salle = Salle::sur(true, "rives-claires", "2026-11-20");
    let listes = ["/", "/contrats", "/recherche?q=contrat"];
    let compte = || {
        listes.map(|chemin| {
            coute(&salle, "karim", chemin);
            coute(&salle, "karim", chemin).0
        })
    };
    let un = compte();
    for rang in 0..30 {
        salle.ouvre(&format!("autre-{rang}"), "ARS Val-Médian");
    }
    assert_eq!(compte(), un);
}
