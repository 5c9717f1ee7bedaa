//! What a page costs of processor, beside the list of contracts in the same run: the same door, the
//! same template of a page, a row for each contract.
//!
//! `cargo bench --bench pages` (`-- --court`: a tenth)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a bench fails by panic, as a test does, and prints ratios"
)]

#[path = "../tests/it/pages/gens.rs"]
#[allow(dead_code, reason = "shared with the tests, which ask more of it")]
mod gens;
#[path = "../tests/it/pages/grand.rs"]
mod grand;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, Utc};
use entente::app::abords::Abords;
use entente::app::consult::Consultation;
use entente::app::demo::{self, Enregistree};
use entente::app::execute::Entente;
use entente::app::ouvrir::atelier;
use entente::store::{Adresse, Base};
use entente::web::{Options, application};
use gens::{Gens, politique};
use grand::{ESMS, grand};
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// As the program has.
#[global_allocator]
static ALLOCATEUR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REFERENCE: &str = "/contrats";
/// Facts of the journal of the large contract.
const FAITS: usize = 5_000;

fn main() {
    let court = std::env::args().any(|a| a == "--court");
    let n = if court { 40 } else { 400 };
    let runtime = Runtime::new().unwrap();
    let dossier = std::env::temp_dir().join(format!("entente-pages-{}", std::process::id()));
    std::fs::create_dir_all(&dossier).unwrap();
    let recits = [
        ("demonstration", demo::RIVES_CLAIRES.to_owned()),
        ("60 ESMS, 5 000 faits", grand((FAITS - 150) / ESMS)),
    ];
    for (rang, (nom, recit)) in recits.iter().enumerate() {
        let adresse = Adresse::Fichier(dossier.join(format!("{rang}.db")));
        let (routeur, gens) = joue(&runtime, &adresse, recit);
        let cookie = gens.cookie("karim");
        let lu = |chemin: &str| runtime.block_on(mesure(&routeur, &cookie, chemin, n));
        let (reference, _) = lu(REFERENCE);
        println!("{nom} : référence {REFERENCE} {reference:.2} ms de processeur");
        for chemin in ["/", "/contrats/c", "/contrats/c/journal"] {
            let (cpu, octets) = lu(chemin);
            let fois = cpu / reference;
            println!(
                "  {chemin:<22} {cpu:>6.2} ms, {fois:>4.1} fois la référence, {octets} octets"
            );
        }
    }
    std::fs::remove_dir_all(&dossier).unwrap();
}

/// The story is played, and served to its people.
fn joue(runtime: &Runtime, adresse: &Adresse, recit: &str) -> (Router, Gens) {
    let base = runtime.block_on(Base::ouvrir(adresse)).unwrap();
    let entente = Entente::nouvelle(base, atelier().unwrap());
    let histoire = demo::lire(recit).unwrap_or_else(|p| panic!("{p:?}"));
    let mut porte = Enregistree::new(&entente, "c", runtime.handle().clone());
    let partie = demo::jouer(&mut porte, atelier().unwrap(), &histoire);
    let maintenant: DateTime<Utc> = partie.unwrap_or_else(|e| panic!("{e}")).instant;
    let gens = runtime.block_on(Gens::de(entente.comptes(politique()), maintenant));
    let options = Options {
        ruban: None,
        tls: false,
        demo: None,
        metriques: Arc::new(String::new),
        abords: Abords::default(),
        editeur: entente::app::reglages::Editeur::default(),
    };
    let consultation = Consultation {
        entente,
        horloge: Arc::new(move || maintenant),
    };
    let routeur = application(consultation, gens.comptes.clone(), options).unwrap();
    (routeur, gens)
}

/// Milliseconds of processor that one page takes, all threads together, and its bytes.
async fn mesure(routeur: &Router, cookie: &str, chemin: &str, n: usize) -> (f64, usize) {
    let mut octets = 0;
    let mut debut = (0.0, Instant::now());
    for rang in 0..n + 10 {
        if rang == 10 {
            debut = (cpu(), Instant::now());
        }
        let requete = Request::get(chemin).header(header::COOKIE, cookie);
        let requete = requete.body(Body::empty()).unwrap();
        let reponse = routeur.clone().oneshot(requete).await.unwrap();
        assert_eq!(reponse.status(), StatusCode::OK, "{chemin}");
        octets = to_bytes(reponse.into_body(), usize::MAX)
            .await
            .unwrap()
            .len();
    }
    ((cpu() - debut.0) * 1_000.0 / n as f64, octets)
}

/// Processor time of this program, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let champs: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let tics: f64 = champs[11].parse::<f64>().unwrap() + champs[12].parse::<f64>().unwrap();
    tics / 100.0
}
