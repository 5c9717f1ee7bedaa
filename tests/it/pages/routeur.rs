//! How pages are served: codes, headers, limits, faults.

use super::salle::{Salle, runtime};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use entente::web::CSP;
use entente::web::routes::{Route, routes};
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

fn negociation() -> &'static Salle {
    static SALLE: OnceLock<Salle> = OnceLock::new();
    SALLE.get_or_init(|| Salle::au("rives-claires", "2024-09-12"))
}

struct Reponse {
    code: StatusCode,
    entetes: HeaderMap,
    texte: String,
}

impl Reponse {
    fn entete(&self, nom: header::HeaderName) -> &str {
        self.entetes.get(nom).map_or("", |v| v.to_str().unwrap())
    }
}

fn demande(salle: &Salle, requete: Request<Body>) -> Reponse {
    runtime().block_on(async {
        let reponse = salle.sert(None).oneshot(requete).await.unwrap();
        let (tete, corps) = reponse.into_parts();
        let octets = to_bytes(corps, usize::MAX).await.unwrap();
        Reponse {
            code: tete.status,
            entetes: tete.headers,
            texte: String::from_utf8_lossy(&octets).into_owned(),
        }
    })
}

/// A request by someone of the ARS.
fn de_karim(salle: &Salle, requete: axum::http::request::Builder) -> Request<Body> {
    let requete = requete.header(header::COOKIE, salle.gens.cookie("karim"));
    requete.body(Body::empty()).unwrap()
}

fn lit(salle: &Salle, chemin: &str) -> Reponse {
    demande(salle, de_karim(salle, Request::get(chemin)))
}

/// The first form that the contract's page offers.
fn acte() -> String {
    let page = lit(negociation(), "/contrats/rives-claires").texte;
    let debut = page
        .find("/contrats/rives-claires/acte?")
        .expect("a form is offered");
    let adresse = page[debut..].split('"').next().unwrap();
    adresse.replace("&#x3D;", "=").replace("&amp;", "&")
}

/// Not there for whoever looks: an invitation, a calendar, something to administer, a budget
/// before its year.
const A_PART: [&str; 10] = [
    "/contrats/{id}/eprd/cadre.xlsx",
    "/contrats/{id}/eprd/cadre.ods",
    "/contrats/{id}/eprd/classeur",
    "/mot-de-passe",
    "/connexion/depart",
    "/connexion/retour",
    "/enrolement",
    "/invitation",
    "/agenda.ics",
    "/administration",
];

/// Each route that is read, with a contract that exists.
fn chemins() -> Vec<String> {
    let routes = routes();
    let chemins = routes
        .iter()
        // Programs' addresses have tests of their own.
        .filter(|r| r.methode == "GET" && r.operation.is_none() && !A_PART.contains(&r.chemin))
        .map(|r| match r.chemin {
            "/contrats/{id}/acte" => acte(),
            chemin => chemin.replace("{id}", "rives-claires"),
        });
    chemins.filter(|c| !c.contains('{')).collect()
}

#[test]
fn every_route_answers_get_and_head_and_nothing_else() {
    let salle = negociation();
    for chemin in chemins() {
        let lue = lit(salle, &chemin);
        assert!(
            lue.code.is_success() || lue.code.is_redirection(),
            "{chemin} {}",
            lue.code
        );
        let tete = demande(salle, de_karim(salle, Request::head(&chemin)));
        assert_eq!((tete.code, tete.texte.as_str()), (lue.code, ""), "{chemin}");
        let nue = chemin.split('?').next().unwrap();
        let ecrite =
            |r: &Route| r.methode == "POST" && r.chemin.replace("{id}", "rives-claires") == nue;
        let ecrite = routes().iter().any(ecrite);
        for methode in [Method::POST, Method::PUT, Method::DELETE] {
            if ecrite && methode == Method::POST {
                continue;
            }
            let autre = demande(
                salle,
                de_karim(salle, Request::builder().method(methode).uri(&chemin)),
            );
            assert_eq!(autre.code, StatusCode::METHOD_NOT_ALLOWED, "{chemin}");
            assert!(
                autre.texte.contains("ne s’utilise pas ainsi"),
                "{}",
                autre.texte
            );
        }
    }
}

#[test]
fn every_answer_carries_the_strict_headers_and_no_inline_code() {
    for chemin in chemins() {
        let lue = lit(negociation(), &chemin);
        assert_eq!(
            lue.entete(header::X_CONTENT_TYPE_OPTIONS),
            "nosniff",
            "{chemin}"
        );
        assert_eq!(lue.entete(header::CACHE_CONTROL), "no-store", "{chemin}");
        assert_eq!(
            lue.entete(header::REFERRER_POLICY),
            "same-origin",
            "{chemin}"
        );
        if lue.entete(header::CONTENT_TYPE).starts_with("text/html") {
            assert_eq!(lue.entete(header::CONTENT_SECURITY_POLICY), CSP, "{chemin}");
            for inline in [
                "style=\"",
                "<style",
                "<script>",
                " onclick",
                " onload",
                "javascript:",
            ] {
                assert!(!lue.texte.contains(inline), "{chemin} : {inline}");
            }
        }
    }
}

#[test]
fn the_drawing_marks_the_position_and_allows_its_own_style_only() {
    let lue = lit(negociation(), "/contrats/rives-claires/graphe.svg");
    assert!(
        lue.texte.contains("class=\"etat ici\""),
        "{}",
        &lue.texte[..400]
    );
    let csp = lue.entete(header::CONTENT_SECURITY_POLICY);
    assert!(
        csp.starts_with("default-src 'none'; style-src 'sha256-"),
        "{csp}"
    );
    let autour = lit(
        negociation(),
        "/contrats/rives-claires/graphe.svg?cadre=autour",
    );
    assert!(autour.texte.contains("class=\"etat ici\""));
    let vue = |texte: &str| texte.split("viewBox=\"").nth(1).unwrap()[..30].to_owned();
    assert!(vue(&lue.texte).starts_with("0 0 "));
    assert_ne!(vue(&lue.texte), vue(&autour.texte));
}

#[test]
fn static_files_are_kept_for_a_year_under_a_name_that_changes_with_them() {
    let page = lit(negociation(), "/contrats").texte;
    for extension in ["css", "js", "svg"] {
        let noms = page
            .split("=\"/statique/")
            .skip(1)
            .map(|p| p.split('"').next().unwrap());
        let nom = { noms }.find(|nom| nom.ends_with(extension)).unwrap();
        let lu = lit(negociation(), &format!("/statique/{nom}"));
        assert_eq!(lu.code, StatusCode::OK, "{nom}");
        assert_eq!(
            lu.entete(header::CACHE_CONTROL),
            "public, max-age=31536000, immutable"
        );
        assert!(lu.texte.len() > 100);
    }
    assert_eq!(
        lit(negociation(), "/statique/entente.css").code,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        lit(negociation(), "/statique/..%2fCargo.toml").code,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn addresses_that_are_wrong_are_told_or_forgiven() {
    let salle = negociation();
    for inconnue in [
        "/nulle-part",
        "/contrats/inconnu",
        "/contrats/inconnu/journal",
        "/contrats/rives-claires/graphe?flux=cpom/rien",
        "/contrats/..%2f..%2fetc",
    ] {
        let lue = lit(salle, inconnue);
        assert_eq!(lue.code, StatusCode::NOT_FOUND, "{inconnue}");
        assert!(
            lue.texte
                .contains("<h1 id=\"t-erreur\">Cette page n’existe pas</h1>")
        );
    }
    for pardonnee in [
        "/contrats?page=abc&couleur=bleue&q=a&q=b",
        "/contrats?page=999999999",
        "/contrats?q=%F0%9F%98%80%00%22%3E",
        "/contrats/rives-claires?utm=1",
        "/contrats/rives-claires/journal?page=-1&flux=nul",
    ] {
        assert_eq!(lit(salle, pardonnee).code, StatusCode::OK, "{pardonnee}");
    }
    assert_eq!(lit(salle, "/contrats/%FF").code, StatusCode::BAD_REQUEST);
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    let salle = negociation();
    let longue = lit(salle, &format!("/contrats?q={}", "a".repeat(3_000)));
    assert_eq!(longue.code, StatusCode::URI_TOO_LONG);
    let lourde = Request::get("/contrats").header("x-long", "a".repeat(20_000));
    let lourde = demande(salle, de_karim(salle, lourde));
    assert_eq!(lourde.code, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let grosse = Request::get("/contrats").header(header::CONTENT_LENGTH, "10000000");
    let grosse = demande(salle, de_karim(salle, grosse));
    assert_eq!(grosse.code, StatusCode::PAYLOAD_TOO_LARGE);
    for refusee in [longue, lourde, grosse] {
        assert!(refusee.texte.contains("trop longue"), "{}", refusee.texte);
    }
}

#[test]
fn a_failure_of_ours_is_said_as_ours_and_tells_nothing_of_the_machine() {
    let panne = Salle::au("rives-claires", "2024-01-20").coupe();
    for chemin in [
        "/contrats",
        "/contrats/rives-claires",
        "/contrats/rives-claires/journal",
    ] {
        let lue = lit(&panne, chemin);
        assert_eq!(lue.code, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(lue.entete(header::RETRY_AFTER), "30");
        assert!(lue.texte.contains("rien n’est perdu"), "{}", lue.texte);
        assert!(!lue.texte.contains("5432"), "{}", lue.texte);
    }
    let affolee = Salle {
        horloge: Arc::new(|| panic!("the test asks for a panic")),
        ..negociation().clone()
    };
    let panique = lit(&affolee, "/contrats");
    assert_eq!(panique.code, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(panique.texte.contains("Référence"), "{}", panique.texte);
    assert!(!panique.texte.contains("asks for a panic"));
}

#[test]
fn watchers_learn_life_readiness_and_counts() {
    let salle = negociation();
    assert_eq!(lit(salle, "/sante").texte, "vivant\n");
    assert_eq!(lit(salle, "/pret").texte, "prêt\n");
    assert_eq!(lit(salle, "/metrics").texte, "entente_actes_total 3\n");
    let panne = Salle::vide("2024-09-12T16:00:00Z").coupe();
    assert_eq!(lit(&panne, "/sante").code, StatusCode::OK);
    let pret = lit(&panne, "/pret");
    assert_eq!(pret.code, StatusCode::SERVICE_UNAVAILABLE);
    assert!(pret.texte.starts_with("Pas prêt : "), "{}", pret.texte);
}

#[test]
fn pages_travel_compressed_when_the_browser_can() {
    let requete = Request::get("/contrats/rives-claires");
    let requete = requete.header(header::ACCEPT_ENCODING, "gzip");
    let lue = demande(negociation(), de_karim(negociation(), requete));
    assert_eq!(lue.entete(header::CONTENT_ENCODING), "gzip");
    assert!(lue.texte.len() < 20_000, "{}", lue.texte.len());
}

/// The text of a page.
pub fn page(salle: &Salle, chemin: &str) -> String {
    let lue = lit(salle, chemin);
    assert_eq!(lue.code, StatusCode::OK, "{chemin}");
    lue.texte
}

/// A request without any header.
fn anonyme(salle: &Salle, methode: &str, chemin: &str) -> Reponse {
    let requete = Request::builder().method(methode).uri(chemin);
    demande(salle, requete.body(Body::empty()).unwrap())
}

#[test]
fn whoever_is_not_signed_in_is_sent_to_sign_in_from_every_route_but_the_open_ones() {
    let salle = negociation();
    for route in routes() {
        let chemin = route.chemin.replace("{id}", "rives-claires");
        for cookie in ["", "entente=", "entente=personne", "autre=1; entente=x"] {
            let requete = Request::builder().method(route.methode).uri(&chemin);
            let requete = requete.header(header::COOKIE, cookie);
            let lue = demande(salle, requete.body(Body::empty()).unwrap());
            let vers = lue.entete(header::LOCATION);
            if route.ressource.ouverte() {
                assert!(!vers.starts_with("/connexion?retour="), "{chemin} {vers}");
            } else if route.operation.is_some() {
                assert_eq!(lue.code, StatusCode::UNAUTHORIZED, "{chemin}");
            } else {
                assert_eq!(lue.code, StatusCode::SEE_OTHER, "{chemin}");
                assert!(vers.starts_with("/connexion"), "{chemin} {vers}");
                assert_eq!(lue.texte, "", "{chemin}");
            }
        }
    }
    let lue = anonyme(salle, "GET", "/contrats?q=rives");
    assert_eq!(
        lue.entete(header::LOCATION),
        "/connexion?retour=%2Fcontrats%3Fq%3Drives"
    );
}

#[test]
fn a_contract_of_others_is_as_one_that_is_not_there() {
    let salle = negociation();
    let pages = routes().into_iter().filter(|r| r.operation.is_none());
    for route in pages.filter(|r| r.chemin.contains("{id}")) {
        let lue = |id: &str, contrat: &str| {
            let chemin = route.chemin.replace("{id}", contrat);
            let requete = Request::builder().method(route.methode).uri(chemin);
            let requete = requete
                .header(header::COOKIE, salle.gens.cookie(id))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            demande(
                salle,
                requete.body(Body::from("geste=faire&acte=x")).unwrap(),
            )
        };
        let (sien, absent) = (lue("lea", "rives-claires"), lue("lea", "nulle-part"));
        assert_eq!(sien.code, StatusCode::NOT_FOUND, "{}", route.chemin);
        assert_eq!(absent.code, StatusCode::NOT_FOUND, "{}", route.chemin);
        assert_eq!(sien.texte, absent.texte, "{}", route.chemin);
    }
}

#[test]
fn a_form_sent_from_elsewhere_is_refused() {
    let salle = negociation();
    for route in routes().iter().filter(|r| r.methode == "POST") {
        let chemin = route.chemin.replace("{id}", "rives-claires");
        for (nom, valeur) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://ailleurs.example"),
            ("origin", "null"),
        ] {
            let requete = Request::post(&chemin).header(nom, valeur);
            let requete = requete.header(header::HOST, "entente.example");
            let lue = demande(salle, de_karim(salle, requete));
            assert_eq!(lue.code, StatusCode::FORBIDDEN, "{chemin} {nom} {valeur}");
        }
    }
}
