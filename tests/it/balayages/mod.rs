//! Attacks made from the list of routes and from the forms that pages show.

mod abords;
pub mod balisage;
mod champs;
mod journaux;
mod lents;
mod pieces;
mod sql;

use crate::pages::salle::{Salle, runtime};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode, header};
use entente::web::routes::{Route, routes};
use std::sync::OnceLock;
use tower::ServiceExt as _;

/// The story, while it is negotiated: shared by the tests that write nothing.
fn negociation() -> &'static Salle {
    static SALLE: OnceLock<Salle> = OnceLock::new();
    SALLE.get_or_init(|| Salle::au(CONTRAT, "2024-09-12"))
}

const CONTRAT: &str = "rives-claires";

struct Lue {
    code: StatusCode,
    entetes: HeaderMap,
    octets: Vec<u8>,
}

impl Lue {
    fn entete(&self, nom: &str) -> &str {
        self.entetes.get(nom).map_or("", |v| v.to_str().unwrap())
    }

    fn texte(&self) -> String {
        String::from_utf8_lossy(&self.octets).into_owned()
    }
}

fn demande(routeur: &Router, requete: Request<Body>) -> Lue {
    runtime().block_on(async {
        let reponse = routeur.clone().oneshot(requete).await.unwrap();
        let (tete, corps) = reponse.into_parts();
        Lue {
            code: tete.status,
            entetes: tete.headers,
            octets: to_bytes(corps, usize::MAX).await.unwrap().to_vec(),
        }
    })
}

/// A request by someone: by their session for a page, by their key for a program's address.
fn de(salle: &Salle, qui: &str, methode: &str, chemin: &str) -> Builder {
    let requete = Request::builder().method(methode).uri(chemin);
    if chemin.starts_with("/api/") {
        return requete.header(header::AUTHORIZATION, salle.gens.porteur(qui));
    }
    requete.header(header::COOKIE, salle.gens.cookie(qui))
}

fn lit(salle: &Salle, routeur: &Router, qui: &str, chemin: &str) -> Lue {
    let requete = de(salle, qui, "GET", chemin).body(Body::empty());
    demande(routeur, requete.unwrap())
}

fn envoie(salle: &Salle, routeur: &Router, (qui, chemin): (&str, &str), corps: String) -> Lue {
    let genre = "application/x-www-form-urlencoded";
    let requete = de(salle, qui, "POST", chemin).header(header::CONTENT_TYPE, genre);
    demande(routeur, requete.body(Body::from(corps)).unwrap())
}

fn code(champs: &[(String, String)]) -> String {
    let mut corps = form_urlencoded::Serializer::new(String::new());
    corps.extend_pairs(champs).finish()
}

/// A route with something in each of its places.
fn chemin(route: &Route) -> String {
    let places = [
        ("{id}", CONTRAT),
        ("{nom}", "esms"),
        ("{tableau}", "contrats.csv"),
        ("{genre}", "referent"),
        ("{finess}", "990002024"),
        ("{organisation}", "ars"),
        ("{personne}", "karim"),
        ("{fichier}", "entente.css"),
    ];
    let mut chemin = route.chemin.to_owned();
    for (place, valeur) in places {
        chemin = chemin.replace(place, valeur);
    }
    // Of a thread, a meeting, a version: one that is not there.
    while let (Some(debut), Some(fin)) = (chemin.find('{'), chemin.find('}')) {
        chemin.replace_range(debut..=fin, "1");
    }
    chemin
}

fn chemins(methode: &str) -> Vec<String> {
    let routes = routes();
    let voulues = routes.iter().filter(|r| r.methode == methode);
    voulues.map(chemin).collect()
}
