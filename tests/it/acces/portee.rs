//! What someone who answers for one establishment reads of a contract: nothing that names the
//! others, at any address, at any moment of the story. The addresses are those of the routes, and
//! all those that the pages of people who see the whole contract lead to.

use crate::pages::crawl::liens;
use crate::pages::echanges::{envoie, lit};
use crate::pages::gens::droit;
use crate::pages::salle::{Salle, runtime};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use entente::app::comptes::{Fonction, Portee};
use entente::web::routes::routes;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tower::ServiceExt;

const C: &str = "/contrats/rives-claires";
/// The establishment of who looks, and the ones of the story: their numbers, and what tells them.
const SIEN: &str = "990002024";
const AUTRES: [(&str, &str); 5] = [
    ("990002032", "Ateliers du Val"),
    ("990002040", "Colombier"),
    ("990002057", "Clairière"),
    ("990002065", "Escale"),
    ("990002073", "Les Saules"),
];

/// Moments where establishments stand apart: diagnosed, negotiated, signed for, in force.
const JOURS: [&str; 5] = [
    "2024-03-20",
    "2024-01-31",
    "2024-05-16",
    "2024-09-12",
    "2026-11-20",
];

/// Someone of the managing body, the agency and the département, each for one establishment.
fn limites() -> [(&'static str, &'static str, &'static str); 3] {
    [
        ("paule", "gestionnaire", SIEN),
        ("anne", "ars", SIEN),
        ("luis", "departement", "990002065"),
    ]
}

fn inerte(adresse: &str) -> bool {
    let page = adresse.starts_with(C) || adresse.starts_with("/contrats?");
    !page || adresse.contains("/brouillon")
}

/// Every address that the pages of someone lead to, from the contract's.
fn crawle(ici: &Ici, qui: &str) -> BTreeSet<String> {
    let mut vues = BTreeSet::new();
    let mut a_lire = vec![C.to_owned()];
    while let Some(adresse) = a_lire.pop() {
        if vues.len() > 900 || !vues.insert(adresse.clone()) {
            continue;
        }
        // `pages::synthese` reads the files.
        if [".svg", ".pdf", "/export/"]
            .iter()
            .any(|autre| adresse.contains(autre))
        {
            continue;
        }
        let (_, lue) = ici.lit(qui, &adresse);
        let suite = liens(&lue).into_iter();
        a_lire.extend(suite.filter(|l| !inerte(l) && !vues.contains(l)));
    }
    vues
}

/// Every address that a route may be asked at.
fn adresses(ici: &Ici) -> BTreeSet<String> {
    let mut adresses = BTreeSet::new();
    let (_, lus) = ici.lit("karim", "/api/v1/tableaux");
    let lus: serde_json::Value = serde_json::from_str(&lus).unwrap();
    let lus = lus["tableaux"].as_array().or(lus["elements"].as_array());
    let noms = lus.unwrap().iter().map(|t| t["nom"].as_str().unwrap());
    let noms: Vec<&str> = noms.collect();
    for route in routes().iter().filter(|r| r.methode == "GET") {
        if route.chemin == "/metrics" || route.chemin.contains("{fichier}") {
            continue;
        }
        let chemin = route.chemin.replace("{id}", "rives-claires");
        let chemin = chemin.replace("{finess}", AUTRES[0].0);
        for nom in &noms {
            for forme in ["csv", "json"] {
                let chemin = chemin.replace("{tableau}", &format!("{nom}.{forme}"));
                adresses.insert(chemin.replace("{nom}", nom));
            }
        }
    }
    for quoi in ["Val", "990002032", "Colombier", "990002065", "Rives"] {
        adresses.insert(format!("/contrats?q={quoi}"));
        adresses.insert(format!("/recherche?q={quoi}"));
        adresses.insert(format!("/api/v1/contrats?q={quoi}"));
    }
    adresses.retain(|a| !a.contains('{'));
    adresses
}

/// The pages of a moment, and those who look at them.
struct Ici {
    salle: Salle,
    routeur: Router,
}

impl Ici {
    fn lit(&self, qui: &str, adresse: &str) -> (StatusCode, String) {
        let requete = Request::get(adresse);
        let requete = if adresse.starts_with("/api/") {
            requete.header(header::AUTHORIZATION, self.salle.gens.porteur(qui))
        } else {
            requete.header(header::COOKIE, self.salle.gens.cookie(qui))
        };
        runtime().block_on(async {
            let requete = requete.body(Body::empty()).unwrap();
            let reponse = self.routeur.clone().oneshot(requete).await.unwrap();
            let (tete, corps) = reponse.into_parts();
            let octets = to_bytes(corps, usize::MAX).await.unwrap();
            (tete.status, String::from_utf8_lossy(&octets).into_owned())
        })
    }
}

/// The calendar of someone, opened for it.
fn agenda(salle: &Salle, qui: &str) -> String {
    let ouverte = envoie(salle, qui, "/compte/calendrier", &[("id", "a")]);
    let page = match ouverte.vers.as_str() {
        "" => ouverte.texte,
        vers => lit(salle, qui, vers).texte,
    };
    let (_, suite) = page
        .split_once("/agenda.ics?")
        .unwrap_or_else(|| panic!("{page}"));
    let suite = suite.split(['"', '<', ' ']).next().unwrap();
    format!(
        "/agenda.ics?{}",
        suite.replace("&#x3D;", "=").replace("&amp;", "&")
    )
}

/// What of others an answer tells, around it: an address that was asked is not told.
fn dits<'a>(corps: &'a str, adresse: &str, autres: &[(&str, &str)]) -> Vec<&'a str> {
    let mut dits = Vec::new();
    for mot in autres.iter().flat_map(|(numero, nom)| [*numero, *nom]) {
        if adresse.contains(mot) {
            continue;
        }
        if let Some(ou) = corps.find(mot) {
            let debut = corps.floor_char_boundary(ou.saturating_sub(120));
            let fin = corps.ceil_char_boundary((ou + 60).min(corps.len()));
            dits.push(&corps[debut..fin]);
        }
    }
    dits
}

/// Everything of others that someone reads somewhere, and how many addresses were answered.
fn balaye(ici: &Ici, qui: &str, sien: &str, adresses: &BTreeSet<String>) -> (usize, String) {
    let autres = AUTRES.into_iter().chain([(SIEN, "Passerelles")]);
    let autres: Vec<_> = autres.filter(|(numero, _)| *numero != sien).collect();
    let (mut vues, mut fuites) = (0, String::new());
    for adresse in adresses {
        let (code, corps) = ici.lit(qui, adresse);
        assert!(!code.is_server_error(), "{qui} {adresse} : {corps}");
        vues += usize::from(code == StatusCode::OK);
        for dit in dits(&corps, adresse, &autres) {
            writeln!(fuites, "{qui} {adresse}\n    {dit}").unwrap();
        }
    }
    (vues, fuites)
}

fn eprouve(postgres: bool) {
    let mut fuites = String::new();
    // The same statements answer on PostgreSQL: one moment there.
    let moments = if postgres { 1 } else { JOURS.len() };
    for jour in &JOURS[..moments] {
        let mut salle = Salle::sur(postgres, "rives-claires", jour);
        let maintenant = salle.maintenant();
        for (qui, organisation, finess) in limites() {
            let portee = Portee::Esms(BTreeSet::from([finess.to_owned()]));
            let droit = droit(organisation, Fonction::Signature, portee);
            runtime().block_on(salle.gens.inscrit(qui, &[droit], maintenant));
        }
        let routeur = salle.sert(None);
        let ici = Ici { salle, routeur };
        let mut adresses = adresses(&ici);
        for qui in ["karim", "claire", "sophie"] {
            adresses.extend(crawle(&ici, qui));
        }
        assert!(adresses.len() > 100, "{jour} : {}", adresses.len());
        if *jour == "2024-05-16" {
            // The diagnostic of another was opened again: nothing of it stands in the drawing.
            let (_, entier) = ici.lit("claire", &format!("{C}/graphe"));
            let (_, sien) = ici.lit("paule", &format!("{C}/graphe"));
            assert!(entier.contains("<tr aria-current=\"true\">"), "{entier}");
            assert!(!sien.contains("<tr aria-current=\"true\">"), "{sien}");
            assert!(sien.contains("rien en cours pour ce que vous suivez"));
        }
        for (qui, _, finess) in limites() {
            let mut siennes = adresses.clone();
            siennes.insert(agenda(&ici.salle, qui));
            let (vues, lues) = balaye(&ici, qui, finess, &siennes);
            assert!(vues > 20, "{jour} {qui} : {vues}");
            if !lues.is_empty() {
                write!(fuites, "== {jour} {postgres}\n{lues}").unwrap();
            }
        }
    }
    assert!(fuites.is_empty(), "{fuites}");
}

#[test]
fn someone_of_one_establishment_reads_nothing_of_the_others() {
    eprouve(false);
    eprouve(true);
}

#[test]
fn a_list_shows_what_opens_to_someone_of_two_organisations() {
    const ABSENT: &str = "990009995";
    let un = |organisation, finess: &str| {
        let portee = Portee::Esms(BTreeSet::from([finess.to_owned()]));
        droit(organisation, Fonction::Validation, portee)
    };
    let tout = |organisation| droit(organisation, Fonction::Validation, Portee::Tout);
    // Each pair of rights, and whether the contract is there: one establishment of it, seen in the
    // name of an organisation that is no party, opens nothing.
    let personnes = [
        (
            "un",
            [un("ailleurs", SIEN), un("gestionnaire", ABSENT)],
            false,
        ),
        ("deux", [un("ars", ABSENT), un("gestionnaire", SIEN)], true),
        ("trois", [un("gestionnaire", SIEN), un("ars", ABSENT)], true),
        ("quatre", [un("ailleurs", SIEN), tout("gestionnaire")], true),
        ("cinq", [tout("ailleurs"), un("ars", ABSENT)], false),
    ];
    for postgres in [false, true] {
        let mut salle = Salle::sur(postgres, "rives-claires", "2024-03-20");
        let maintenant = salle.maintenant();
        for (qui, droits, _) in &personnes {
            runtime().block_on(salle.gens.inscrit(qui, droits, maintenant));
        }
        let routeur = salle.sert(None);
        let ici = Ici { salle, routeur };
        for (qui, _, ouvert) in &personnes {
            let code = ici.lit(qui, C).0;
            assert_eq!(code == StatusCode::OK, *ouvert, "{qui} {code}");
            let recherche = format!("/recherche?q={SIEN}");
            for liste in [
                "/",
                "/contrats",
                "/contrats/export/contrats.json",
                &recherche,
            ] {
                let montre = ici.lit(qui, liste).1.contains("rives-claires");
                assert_eq!(montre, *ouvert, "{qui} {liste}");
            }
        }
    }
}
