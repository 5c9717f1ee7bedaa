//! The pages that one comes to by following links, as a reader does.

use super::salle::{Salle, runtime};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt;

/// The addresses of this site that a page names, without what follows `#`.
pub fn liens(page: &str) -> BTreeSet<String> {
    let parts = page.split("=\"/").skip(1);
    let liens = parts.filter_map(|suite| suite.split('"').next());
    let liens = liens.map(|l| format!("/{}", l.replace("&amp;", "&").replace("&#x3D;", "=")));
    liens
        .map(|l| l.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// What makes addresses alike: the names in them, without numbers nor values.
fn forme(adresse: &str) -> String {
    let mots = adresse.split(['/', '?', '&']);
    let mots = mots.map(|mot| match mot.split_once('=') {
        Some((nom, _)) => nom,
        None if mot.chars().any(|c| c.is_ascii_digit()) => "#",
        None => mot,
    });
    mots.collect::<Vec<_>>().join("/")
}

/// Pages that someone comes to from the first one: a few of each form, with their bytes.
pub fn pages(salle: &Salle, qui: &str) -> BTreeMap<String, usize> {
    const DE_CHAQUE: usize = 2;
    let routeur = salle.sert(None);
    let lit = |adresse: &str| {
        let requete = Request::get(adresse).header(header::COOKIE, salle.gens.cookie(qui));
        runtime().block_on(async {
            let requete = requete.body(Body::empty()).unwrap();
            let (tete, corps) = routeur.clone().oneshot(requete).await.unwrap().into_parts();
            let octets = to_bytes(corps, usize::MAX).await.unwrap();
            (tete.status, octets.to_vec())
        })
    };
    let mut formes: BTreeMap<String, usize> = BTreeMap::new();
    let mut vues = BTreeMap::new();
    let mut a_lire = vec!["/".to_owned()];
    while let Some(adresse) = a_lire.pop() {
        let page = !["/export/", "/statique/", ".svg", ".pdf", "/documents/"]
            .iter()
            .any(|autre| adresse.contains(autre));
        let vue = formes.entry(forme(&adresse)).or_default();
        if vues.contains_key(&adresse) || !page || *vue == DE_CHAQUE {
            continue;
        }
        let (code, octets) = lit(&adresse);
        // What only forms are sent to is not a page.
        if code != StatusCode::OK {
            continue;
        }
        *vue += 1;
        vues.insert(adresse, octets.len());
        a_lire.extend(liens(&String::from_utf8_lossy(&octets)));
    }
    vues
}
