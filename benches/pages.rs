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
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// As the program has.
#[global_allocator]
static ALLOCATEUR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REFERENCE: &str = "/contrats";
/// Establishments of the large contract, and facts of its journal.
const ESMS: usize = 60;
const FAITS: usize = 5_000;
const THEMES: [&str; 9] = ["D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10"];

fn main() {
    let court = std::env::args().any(|a| a == "--court");
    let n = if court { 40 } else { 400 };
    let runtime = Runtime::new().unwrap();
    let dossier = std::env::temp_dir().join(format!("entente-pages-{}", std::process::id()));
    std::fs::create_dir_all(&dossier).unwrap();
    let recits = [
        ("demonstration", demo::RIVES_CLAIRES.to_owned()),
        ("60 ESMS, 5 000 faits", grand()),
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

/// A FINESS number: its last digit is the key of the others.
fn finess(rang: usize) -> String {
    let debut = format!("9900{:04}", 3_000 + rang);
    let somme: u32 = debut
        .chars()
        .rev()
        .enumerate()
        .map(|(place, c)| {
            let chiffre = c.to_digit(10).unwrap() * if place % 2 == 0 { 2 } else { 1 };
            chiffre / 10 + chiffre % 10
        })
        .sum();
    format!("{debut}{}", (10 - somme % 10) % 10)
}

/// The diagnosis of many establishments, written again and again.
fn grand() -> String {
    let mut recit = String::from(
        r#"titre: CPOM de soixante établissements
workflow: cpom-ph
alias: { cd: "departement:99" }
personnes:
  claire: { nom: Claire Moreau, partie: gestionnaire, role: validation }
  karim: { nom: Karim Belhadj, partie: ars, role: validation }
  sophie: { nom: Sophie Lambert, partie: "@cd", role: validation }
etapes:
  - { le: 2022-07-21, par: karim, saisit: { quoi: organisation, partie: ars, organisation:
      { nom: ARS Val-Médian, siren: "999000003" } } }
  - { par: karim, saisit: { quoi: organisation, partie: gestionnaire, organisation:
      { nom: Les Rives Claires, ej: "990001018" } } }
"#,
    );
    for rang in 0..ESMS {
        let (numero, autorite) = (
            finess(rang),
            if rang % 2 == 0 {
                "ars: oui"
            } else {
                r#"departement: "99""#
            },
        );
        writeln!(
            recit,
            "  - {{ par: karim, pour: \"{numero}\", entre: {{ esms: Établissement {rang}, \
             categorie: \"182\", places: 45, tarif: dotation_globale, ej: \"990001018\", \
             {autorite} }} }}"
        )
        .unwrap();
    }
    recit.push_str(
        r#"  - { par: sophie, saisit: { quoi: organisation, partie: "@cd", organisation:
      { nom: Département de la Haute-Vesle, siren: "999000011" } } }
  - { par: karim, fait: contrat.annee_programmee, vaut: 2024, preuve: Arrêté conjoint }
  - { le: 2024-01-10, par: karim, saisit: { quoi: referent, personne: karim } }
  - { par: claire, saisit: { quoi: referent, personne: claire } }
  - { par: sophie, saisit: { quoi: referent, personne: sophie } }
  - { par: karim, acte: lancer, ou: programme, avec: { lettre: Lettre, calendrier: Calendrier } }
  - { par: claire, acte: accepter_calendrier, ou: lance, avec: { mandat: Délibération } }
"#,
    );
    let tous: Vec<String> = (0..ESMS)
        .map(|rang| format!("\"{}\"", finess(rang)))
        .collect();
    let tous = tous.join(", ");
    for tour in 0..(FAITS - 150) / ESMS {
        let theme = THEMES[tour % THEMES.len()];
        writeln!(
            recit,
            "  - {{ par: claire, pour: [{tous}], saisit: {{ quoi: theme, esms: \"{{}}\", \
             theme: {theme}, texte: \"Ce qui se voit, version {tour}.\" }} }}"
        )
        .unwrap();
    }
    recit
}
