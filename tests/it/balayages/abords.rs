//! What every answer says of itself, who is believed about addresses, and how much one may ask.

use super::{CONTRAT, chemins, de, demande, envoie, lit, negociation};
use crate::pages::gens::MOT_DE_PASSE;
use crate::pages::salle::{Salle, runtime};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use entente::app::abords::{Abords, Limites};
use entente::app::comptes::{Identifiants, Politique};
use entente::app::consult::Consultation;
use entente::web::{Options, abords, application};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

fn sert(salle: &Salle, tls: bool, dits: &Abords) -> Router {
    let options = Options {
        ruban: None,
        tls,
        demo: None,
        metriques: Arc::new(|| "entente_actes_total 3\n".to_owned()),
        abords: dits.clone(),
        editeur: entente::app::reglages::Editeur::default(),
    };
    let consultation = Consultation {
        entente: salle.entente.clone(),
        horloge: Arc::clone(&salle.horloge),
    };
    let comptes = salle.comptes().clone();
    abords::pose(application(consultation, comptes, options).unwrap(), dits)
}

fn confiance(adresses: &[&str]) -> Abords {
    Abords {
        intermediaires: adresses.iter().map(|a| a.parse().unwrap()).collect(),
        ..Abords::default()
    }
}

/// Tries a wrong password through a front server; answers the code.
fn essaie(routeur: &Router, pair: [u8; 4], dites: &[(&str, &str)]) -> StatusCode {
    let genre = "application/x-www-form-urlencoded";
    let mut requete = Request::post("/connexion").header(header::CONTENT_TYPE, genre);
    for (nom, valeur) in dites {
        requete = requete.header(*nom, *valeur);
    }
    let pair = SocketAddr::from((pair, 4000));
    let requete = requete.extension(ConnectInfo(pair));
    let nom = uuid::Uuid::now_v7();
    let corps = format!("courriel={nom}%40exemple.example&passe=faux&retour=/");
    let lue = demande(routeur, requete.body(Body::from(corps)).unwrap());
    if lue.texte().contains("Trop d’essais") {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    lue.code
}

/// People who may try three passwords from one address.
fn salle_de_trois() -> Salle {
    let salle = Salle::vide("2024-09-12T16:00:00Z");
    let politique = Politique {
        essais_adresse: 3,
        ..crate::pages::gens::politique()
    };
    let mut salle = salle;
    salle.gens.comptes = salle.entente.comptes(politique);
    salle
}

#[test]
fn tries_are_counted_for_the_true_address_and_only_a_trusted_server_tells_it() {
    let devant = [127, 0, 0, 1];
    let refuse = StatusCode::UNPROCESSABLE_ENTITY;
    let trop = StatusCode::TOO_MANY_REQUESTS;
    // given a trusted server, when one address tries too often, then another may still
    let salle = salle_de_trois();
    let routeur = sert(&salle, false, &confiance(&["127.0.0.1"]));
    for attendu in [refuse, refuse, refuse, trop] {
        let x = [("x-forwarded-for", "192.0.2.1")];
        assert_eq!(essaie(&routeur, devant, &x), attendu);
    }
    // whatever the browser writes before
    let forge = [("x-forwarded-for", "203.0.113.9, 192.0.2.1")];
    assert_eq!(essaie(&routeur, devant, &forge), trop);
    let autre = [("x-forwarded-for", "192.0.2.2")];
    assert_eq!(essaie(&routeur, devant, &autre), refuse);
    let norme = [("forwarded", "for=192.0.2.3;proto=https")];
    assert_eq!(essaie(&routeur, devant, &norme), refuse);
    // given a server that is not trusted, what it says changes nothing
    let devant = [198, 51, 100, 7];
    let salle = salle_de_trois();
    let routeur = sert(&salle, false, &confiance(&["10.0.0.1"]));
    for (n, attendu) in [refuse, refuse, refuse, trop].into_iter().enumerate() {
        let dite = format!("192.0.2.{n}");
        let x = [("x-forwarded-for", &*dite), ("forwarded", "for=192.0.2.9")];
        assert_eq!(essaie(&routeur, devant, &x), attendu);
    }
}

#[test]
fn every_address_refuses_the_methods_that_it_does_not_have() {
    let salle = negociation();
    let routeur = salle.sert(None);
    let lus = chemins("GET");
    let mut tous: Vec<String> = lus.iter().chain(&chemins("POST")).cloned().collect();
    tous.sort();
    tous.dedup();
    for chemin in tous {
        let inconnue = Method::from_bytes(b"PROPFIND").unwrap();
        for methode in [
            Method::TRACE,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
            Method::CONNECT,
            inconnue,
        ] {
            let requete = de(salle, "karim", methode.as_str(), &chemin);
            let requete = requete.header("x-a-soi", "un-secret-de-cookie");
            let lue = demande(&routeur, requete.body(Body::empty()).unwrap());
            let refuse = [
                StatusCode::METHOD_NOT_ALLOWED,
                StatusCode::NOT_FOUND,
                StatusCode::FORBIDDEN,
            ];
            assert!(
                refuse.contains(&lue.code),
                "{methode} {chemin} {}",
                lue.code
            );
            assert!(!lue.texte().contains("un-secret-de-cookie"), "{chemin}");
        }
    }
}

#[test]
fn every_answer_says_what_it_is_how_it_is_written_and_that_nobody_keeps_it() {
    let salle = negociation();
    let routeur = sert(salle, true, &Abords::default());
    let connus = [
        "text/html; charset=utf-8",
        "text/plain; charset=utf-8",
        "text/plain; version=0.0.4; charset=utf-8",
        "text/calendar; charset=utf-8",
        "text/css; charset=utf-8",
        "text/csv; charset=utf-8",
        "text/javascript; charset=utf-8",
        "application/pdf",
        // JSON has one encoding, which its type does not say (RFC 8259 § 11)
        "application/json",
        "application/problem+json",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        // XML says its own
        "image/svg+xml",
    ];
    let mut vus = 0;
    for qui in ["karim", "personne"] {
        for chemin in chemins("GET") {
            let chemin = chemin.replace("entente.css", "rien");
            // over TLS the cookie has another name
            let requete = de(salle, qui, "GET", &chemin);
            let cookie = salle
                .gens
                .cookie(qui)
                .replace("entente=", "__Host-entente=");
            let requete = requete.header(header::COOKIE, cookie);
            let lue = demande(&routeur, requete.body(Body::empty()).unwrap());
            let genre = lue.entete("content-type");
            if !lue.octets.is_empty() {
                assert!(connus.contains(&genre), "{chemin} {genre:?}");
                vus += 1;
            }
            assert_eq!(lue.entete("x-content-type-options"), "nosniff", "{chemin}");
            let tls = "max-age=63072000; includeSubDomains";
            assert_eq!(lue.entete("strict-transport-security"), tls, "{chemin}");
            let csp = lue.entete("content-security-policy");
            assert!(csp.contains("frame-ancestors 'none'"), "{chemin} {csp}");
            assert!(csp.contains("default-src 'none'"), "{chemin} {csp}");
            assert_eq!(lue.entete("cache-control"), "no-store", "{chemin}");
        }
    }
    assert!(vus > 60, "{vus}");
    // in the clear, a browser is not told to come over TLS only
    let lue = lit(salle, &salle.sert(None), "karim", "/");
    assert_eq!(lue.entete("strict-transport-security"), "");
}

#[test]
fn counters_are_read_from_this_machine_or_with_the_token() {
    let jeton = "0123456789abcdef0123456789abcdef";
    let salle = negociation();
    let dits = Abords {
        jeton_mesures: Some(jeton.to_owned()),
        ..confiance(&["127.0.0.1"])
    };
    let routeur = sert(salle, false, &dits);
    let lit = |pair: &str, dits: &[(&str, &str)]| {
        let pair: IpAddr = pair.parse().unwrap();
        let mut requete = Request::get("/metrics");
        for (nom, valeur) in dits {
            requete = requete.header(*nom, *valeur);
        }
        let requete = requete.extension(ConnectInfo(SocketAddr::new(pair, 1)));
        demande(&routeur, requete.body(Body::empty()).unwrap()).code
    };
    let ici = Ipv4Addr::LOCALHOST.to_string();
    assert_eq!(lit(&ici, &[]), StatusCode::OK);
    for passe in [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 devant"),
        ("x-real-ip", "127.0.0.1"),
    ] {
        assert_eq!(lit(&ici, &[passe]), StatusCode::NOT_FOUND, "{passe:?}");
    }
    assert_eq!(lit("192.0.2.1", &[]), StatusCode::NOT_FOUND);
    let bon = format!("Bearer {jeton}");
    let x = ("x-forwarded-for", "192.0.2.1");
    assert_eq!(lit(&ici, &[x, ("authorization", &bon)]), StatusCode::OK);
    for faux in ["Bearer ", "Bearer x", jeton] {
        let code = lit(&ici, &[x, ("authorization", faux)]);
        assert_eq!(code, StatusCode::NOT_FOUND);
    }
}

#[test]
fn whoever_asks_too_much_waits_and_is_told_how_long() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let limites = Limites {
        pages: 5,
        programmes: 4,
        exports: 2,
        depots: 3,
    };
    let dits = Abords {
        limites,
        ..Abords::default()
    };
    let routeur = sert(&salle, false, &dits);
    let depot = format!("/contrats/{CONTRAT}/documents");
    let export = format!("/api/v1/contrats/{CONTRAT}/tableaux/esms");
    for (chemin, methode, fois) in [
        ("/contrats", "GET", limites.pages),
        ("/api/v1/moi", "GET", limites.programmes),
        (&*export, "GET", limites.exports),
        (&*depot, "POST", limites.depots),
    ] {
        let fait = |qui| {
            let requete = de(&salle, qui, methode, chemin).body(Body::empty());
            demande(&routeur, requete.unwrap())
        };
        for n in 0..fois {
            let code = fait("karim").code;
            assert_ne!(code, StatusCode::TOO_MANY_REQUESTS, "{chemin} {n}");
        }
        let lue = fait("karim");
        assert_eq!(lue.code, StatusCode::TOO_MANY_REQUESTS, "{chemin}");
        let attente: i64 = lue.entete("retry-after").parse().unwrap();
        assert!((1..=60).contains(&attente), "{chemin} {attente}");
        assert!(lue.texte().contains("en une minute"), "{}", lue.texte());
        // and nobody else waits for it
        assert_ne!(
            fait("claire").code,
            StatusCode::TOO_MANY_REQUESTS,
            "{chemin}"
        );
    }
}

#[test]
fn leaving_empties_the_browser_and_nothing_personal_is_kept_to_go_back_to() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    let page = format!("/contrats/{CONTRAT}");
    let lue = lit(&salle, &routeur, "karim", &page);
    assert_eq!(
        (lue.code, lue.entete("cache-control")),
        (StatusCode::OK, "no-store")
    );
    let partie = envoie(&salle, &routeur, ("karim", "/deconnexion"), String::new());
    assert_eq!(partie.code, StatusCode::SEE_OTHER);
    assert_eq!(partie.entete("clear-site-data"), "\"cache\", \"storage\"");
    assert!(partie.entete("set-cookie").contains("Max-Age=0"));
    // the same page, asked again as by the button back, is not shown
    let apres = lit(&salle, &routeur, "karim", &page);
    assert_eq!(apres.code, StatusCode::SEE_OTHER);
    assert!(apres.octets.is_empty());
}

#[test]
fn what_is_encoded_twice_is_decoded_once() {
    let salle = negociation();
    let routeur = salle.sert(None);
    for chemin in [
        "/contrats/rives%252Dclaires",
        "/contrats%252Frives-claires",
        "/contrats/%2572ives-claires",
        "/%2563ontrats",
        "/contrats/rives-claires/%256aournal",
        "/statique/%252e%252e%252fCargo.toml",
        "/contrats/rives-claires%2500",
        "/contrats/..%252f..%252fadministration",
    ] {
        let lue = lit(salle, &routeur, "karim", chemin);
        assert_eq!(lue.code, StatusCode::NOT_FOUND, "{chemin}");
    }
    // a field too is what it was once decoded
    let lue = lit(salle, &routeur, "karim", "/contrats?q=%253Cb%253E");
    assert!(lue.texte().contains("%3Cb%3E"), "{}", lue.texte());
    assert!(!lue.texte().contains("&lt;b&gt;"));
    // nor does an address encoded twice open the door of a signed-in page
    let requete =
        Request::get("/%252fcontrats").header(header::COOKIE, HeaderValue::from_static(""));
    let lue = demande(&routeur, requete.body(Body::empty()).unwrap());
    assert_eq!(lue.code, StatusCode::NOT_FOUND);
}

/// Signs in again, at the hour of the room.
#[test]
fn closing_a_session_asks_to_have_just_signed_in() {
    let salle = Salle::vide("2024-09-12T16:00:00Z");
    let routeur = salle.sert(None);
    let page = "/compte/securite";
    let sessions = "/compte/sessions";
    let fait = envoie(&salle, &routeur, ("karim", sessions), String::new());
    assert_eq!(fait.code, StatusCode::SEE_OTHER, "{}", fait.texte());
    // given a session that was opened an hour ago
    let heure = salle.maintenant() + chrono::TimeDelta::hours(1);
    let plus_tard = Salle {
        horloge: Arc::new(move || heure),
        ..salle.clone()
    };
    let comptes = salle.comptes();
    let autre = Identifiants {
        courriel: "karim@exemple.example",
        mot_de_passe: MOT_DE_PASSE,
        adresse: IpAddr::V4(Ipv4Addr::LOCALHOST),
        agent: "autre",
        appareil: None,
        ancienne: None,
    };
    let ouverte = runtime().block_on(comptes.connecter(&autre, heure));
    let (jeton, _) = ouverte.unwrap();
    // when it closes the others, then it is asked to sign in again, and they stay open
    let routeur = plus_tard.sert(None);
    let refus = envoie(&plus_tard, &routeur, ("karim", sessions), String::new());
    assert_eq!(refus.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refus.texte().contains("Connectez-vous de nouveau"));
    let vit = runtime().block_on(comptes.session(jeton.as_str(), heure));
    assert!(vit.unwrap().is_some());
    assert_eq!(
        lit(&plus_tard, &routeur, "karim", page).code,
        StatusCode::OK
    );
}
