//! What is prepared is nowhere outside: every address that can be read answers the people of other
//! organisations to the letter as if it were not there, until the last visa.

use super::{C, DIAGNOSTIC, Ici, SESSAD, circuit, prepare};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entente::web::routes::routes;
use entente::workflow::definition::model::Role;
use std::collections::{BTreeMap, BTreeSet};

const CANARI: &str = "Canari-4711 dans la mine";
/// The id of no visa.
const NULLE_PART: &str = "visa-de-nulle-part";
const DEHORS: [&str; 3] = ["karim", "sophie", "lea"];

/// The addresses of a route: with each thing that it may name.
fn adresses(chemin: &str, visa: &str, tableaux: &[String]) -> Vec<String> {
    let fixes = [
        ("{id}", "c"),
        ("{finess}", SESSAD),
        ("{genre}", "theme"),
        ("{organisation}", "ars"),
        ("{personne}", "karim"),
        ("{fil}", "absent"),
        ("{reunion}", "absente"),
        ("{ordre}", "1"),
        ("{fichier}", "entente.css"),
        ("{visa}", visa),
    ];
    let mut adresse = chemin.to_owned();
    for (nom, valeur) in fixes {
        adresse = adresse.replace(nom, valeur);
    }
    match chemin {
        "/contrats/{id}/acte" => adresse.push_str("?flux=cpom&lieu=a_signer&acte=signer"),
        "/contrats/{id}/ecrire/{genre}" => adresse.push_str("?flux=cpom"),
        "/contrats" => adresse.push_str("?q=Canari"),
        _ => {}
    }
    if adresse.contains("{nom}") {
        return tableaux
            .iter()
            .map(|t| adresse.replace("{nom}", t))
            .collect();
    }
    if adresse.contains("{tableau}") {
        let formes = ["csv", "json"].into_iter();
        let formes = formes.flat_map(|f| tableaux.iter().map(move |t| format!("{t}.{f}")));
        return formes.map(|t| adresse.replace("{tableau}", &t)).collect();
    }
    assert!(!adresse.contains('{'), "{adresse}");
    vec![adresse]
}

fn lit(ici: &Ici, qui: &str, adresse: &str) -> (StatusCode, String) {
    let requete = Request::get(adresse);
    let requete = if adresse.starts_with("/api/") {
        requete.header(header::AUTHORIZATION, ici.salle.gens.porteur(qui))
    } else {
        requete.header(header::COOKIE, ici.salle.gens.cookie(qui))
    };
    let lue = ici.demande(requete.body(Body::empty()).unwrap());
    (lue.code, sans_ids(&lue.corps))
}

/// Ids and salts made at each reading are not the same twice: 32 hexadecimal digits, hyphens apart.
fn sans_ids(corps: &str) -> String {
    let chiffre = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut vu = String::with_capacity(corps.len());
    for mot in corps.split_inclusive(|c| !chiffre(c)) {
        let tete = mot.trim_end_matches(|c| !chiffre(c));
        let id = tete.chars().filter(|c| *c != '-').count() == 32;
        vu.push_str(if id { "#" } else { tete });
        vu.push_str(&mot[tete.len()..]);
    }
    vu
}

/// What everyone outside reads, everywhere.
fn lectures(ici: &Ici, visa: &str, tableaux: &[String]) -> BTreeMap<(String, String), String> {
    let mut lues = BTreeMap::new();
    for route in routes().iter().filter(|r| r.methode == "GET") {
        // What machines watch counts requests, ours included.
        if route.chemin == "/metrics" {
            continue;
        }
        for adresse in adresses(route.chemin, visa, tableaux) {
            for qui in DEHORS {
                let (code, corps) = lit(ici, qui, &adresse);
                assert!(!code.is_server_error(), "{qui} {adresse} : {corps}");
                let lue = format!("{code}\n{corps}");
                lues.insert((qui.to_owned(), adresse.clone()), lue);
            }
        }
    }
    lues
}

fn noms_des_tableaux(ici: &Ici) -> Vec<String> {
    let (_, corps) = lit(ici, "karim", "/api/v1/tableaux");
    let lus: serde_json::Value = serde_json::from_str(&corps).unwrap();
    let lus = lus["tableaux"]
        .as_array()
        .or(lus["elements"].as_array())
        .unwrap();
    let noms: BTreeSet<String> = lus
        .iter()
        .map(|t| t["nom"].as_str().unwrap().to_owned())
        .collect();
    noms.into_iter().collect()
}

#[test]
fn what_is_prepared_is_nowhere_outside_until_the_last_visa() {
    for postgres in [false, true] {
        let ici = Ici::au(postgres, DIAGNOSTIC).avec(&circuit(Role::Contribution));
        let tableaux = noms_des_tableaux(&ici);
        assert!(tableaux.len() > 5, "{tableaux:?}");
        // given what everyone outside reads, of a visa that is not there; keys have served before
        lectures(&ici, NULLE_PART, &tableaux);
        let (avant, tetes) = (lectures(&ici, NULLE_PART, &tableaux), ici.journal());
        // when something is prepared, seen, sent back
        let champs = [
            ("flux", "cpom"),
            ("id", "c1"),
            ("esms", SESSAD),
            ("constat", "D3-09"),
            ("contenu.theme", "D3"),
            ("contenu.genre", "faiblesse"),
            ("contenu.texte", CANARI),
            ("contenu.preuve", "Registre d'admission"),
        ];
        let visa = prepare(&ici.envoie("cadre", &format!("{C}/ecrire/constat"), &champs));
        let id = visa.rsplit('/').next().unwrap().to_owned();
        ici.envoie("dir", &visa, &[("geste", "viser")]);
        let renvoye = prepare(&ici.ecrit("dir", ("t2", SESSAD, CANARI)));
        ici.envoie("dg", &renvoye, &[("geste", "renvoyer"), ("motif", CANARI)]);
        // then all of it reads the same, to the letter, with its address too
        let apres = lectures(&ici, &id, &tableaux);
        let neutre = |lues: BTreeMap<(String, String), String>, visa: &str| {
            let lues = lues.into_iter();
            let lues = lues.map(|((qui, adresse), lue)| {
                let neutre = |t: &str| t.replace(visa, "VISA");
                ((qui, neutre(&adresse)), neutre(&lue))
            });
            lues.collect::<BTreeMap<_, _>>()
        };
        let (avant, apres) = (neutre(avant, NULLE_PART), neutre(apres, &id));
        assert!(avant.len() > 150, "{}", avant.len());
        for (ou, lue) in &apres {
            assert!(!lue.contains("Canari-4711"), "{ou:?}");
            assert_eq!(avant.get(ou), Some(lue), "{ou:?}");
        }
        assert_eq!(ici.journal(), tetes);
        // nor do others get anything out of it
        for qui in DEHORS {
            for geste in ["viser", "renvoyer", "reprendre"] {
                let code = ici
                    .envoie(qui, &visa, &[("geste", geste), ("motif", "m")])
                    .code;
                assert_eq!(code, StatusCode::NOT_FOUND, "{qui} {geste}");
            }
        }
        // and once it is done, the same reading finds it
        for qui in ["dg", "pres"] {
            let fait = ici.envoie(qui, &visa, &[("geste", "viser")]);
            assert_eq!(fait.code, StatusCode::SEE_OTHER, "{qui} : {}", fait.corps);
        }
        let lues = lectures(&ici, &id, &tableaux);
        assert!(lues.values().any(|lue| lue.contains("Canari-4711")));
        assert!(ici.lit("karim", &visa).code == StatusCode::NOT_FOUND);
    }
}
