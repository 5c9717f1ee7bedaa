//! The document of the interface is that of its routes.

use entente::web::api::PREFIXE;
use entente::web::api::openapi::document;
use entente::web::routes::{Ressource, routes};
use std::collections::BTreeSet;

#[test]
fn the_document_is_the_approved_one() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&document()).unwrap());
}

#[test]
fn each_route_of_programs_is_in_the_document_and_the_reverse() {
    // given the routes and the document
    let document = document();
    let mut dites = BTreeSet::new();
    for (chemin, methodes) in document["paths"].as_object().unwrap() {
        for methode in methodes.as_object().unwrap().keys() {
            dites.insert(format!("{} {chemin}", methode.to_uppercase()));
        }
    }
    // then they are the same, and no page is among them
    let servies = routes()
        .into_iter()
        .filter(|r| r.chemin.starts_with(PREFIXE));
    let servies: BTreeSet<String> = servies
        .map(|r| {
            let operation = r
                .operation
                .unwrap_or_else(|| panic!("{} is not told", r.chemin));
            // what is open is told so
            let ouverte = r.ressource == Ressource::Statique;
            assert_eq!(operation.ouverte, ouverte, "{}", r.chemin);
            format!("{} {}", r.methode, r.chemin)
        })
        .collect();
    assert_eq!(dites, servies);
    assert!(
        routes()
            .iter()
            .all(|r| r.operation.is_some() == r.chemin.starts_with(PREFIXE))
    );
    // and each has a name of its own
    let ids = routes().into_iter().filter_map(|r| Some(r.operation?.id));
    let ids: Vec<&str> = ids.collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn each_reference_of_the_document_leads_somewhere() {
    let document = document();
    let texte = document.to_string();
    let mut suivies = 0;
    for debut in texte.split("\"$ref\":\"#").skip(1) {
        let pointeur = debut.split('"').next().unwrap();
        assert!(document.pointer(pointeur).is_some(), "{pointeur}");
        suivies += 1;
    }
    assert!(suivies > 50, "{suivies}");
}
