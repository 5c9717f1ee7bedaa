//! Fields that a form does not have, and requests forged elsewhere: nothing of them takes effect.

use super::{CONTRAT, chemins, code, de, demande, envoie};
use crate::pages::salle::{Salle, runtime};
use axum::body::Body;
use axum::http::{StatusCode, header};
use entente::store::{Conn, Erreur};

/// Names that someone would try, each with what they would gain.
const CHAMPS: [(&str, &str); 24] = [
    ("personne", "claire"),
    ("personne_id", "claire"),
    ("organisation", "gestionnaire"),
    ("organisation_id", "gestionnaire"),
    ("fonction", "administration"),
    ("fonctions", "administration"),
    ("role", "administration"),
    ("droits", "administration"),
    ("portee", "tout"),
    ("genre", "tout"),
    ("nom", "Pris"),
    ("courriel", "karim@exemple.example"),
    ("mot_de_passe", "un mot de passe pris"),
    ("desactivee", ""),
    ("totp", "AAAA"),
    ("etape", "complete"),
    ("admin", "1"),
    ("is_admin", "true"),
    ("siren", "999000003"),
    ("ej", "990001018"),
    ("partie", "gestionnaire"),
    ("acteur", "claire"),
    ("par", "claire"),
    ("prive", ""),
];

/// What says who is who and may do what.
const TABLES: [&str; 4] = [
    "select id || ' ' || nom || ' ' || courriel || ' ' || desactivee from personnes order by id",
    "select personne || ' ' || organisation || ' ' || fonction from droits order by 1",
    "select id || ' ' || nom || ' ' || siren || ' ' || ej from organisations order by id",
    "select personne || ' ' || mot_de_passe || ' ' || totp from secrets order by personne",
];

const LIGNES: &str = "select contrat || ' ' || empreinte from journal order by contrat, ordre";

fn textes(salle: &Salle, sql: &'static str) -> Vec<String> {
    let base = &salle.base;
    runtime().block_on(async {
        let lus = base.ecrire(move |conn| {
            Box::pin(async move {
                let lus: Result<Vec<String>, Erreur> = Ok(match conn {
                    Conn::Lite(c) => sqlx::query_scalar(sql).fetch_all(c).await?,
                    Conn::Pg(c) => sqlx::query_scalar(sql).fetch_all(c).await?,
                });
                lus
            })
        });
        lus.await.unwrap()
    })
}

#[test]
fn fields_that_no_form_has_change_nobody_s_rights() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    let avant = TABLES.map(|t| textes(&salle, t));
    // given someone who administers nothing, when they send all of it everywhere
    let tous = CHAMPS.map(|(n, v)| (n.to_owned(), v.to_owned()));
    for chemin in chemins("POST") {
        if chemin.starts_with("/api/") || chemin == "/deconnexion" {
            continue;
        }
        let lue = envoie(&salle, &routeur, ("karim", &chemin), code(&tous));
        assert!(!lue.code.is_server_error(), "{chemin} {}", lue.texte());
    }
    // then nobody is anything else
    for (table, avant) in TABLES.into_iter().zip(avant) {
        assert_eq!(textes(&salle, table), avant, "{table}");
    }
}

#[test]
fn a_program_that_sends_a_field_too_many_is_refused_and_nothing_is_done() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    let avant = textes(&salle, LIGNES);
    let corps = |plus: &str| {
        format!(
            r#"{{"geste": "faire", "flux": "cpom", "lieu": "en_vigueur",
            "acte": "mettre_en_demeure"{plus}}}"#
        )
    };
    let chemin = format!("/api/v1/contrats/{CONTRAT}/actes");
    let fait = |corps: String| {
        let requete = de(&salle, "karim", "POST", &chemin)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", uuid::Uuid::now_v7().to_string());
        demande(&routeur, requete.body(Body::from(corps)).unwrap())
    };
    let sans = fait(corps(""));
    assert!(!sans.texte().contains("illisible"), "{}", sans.texte());
    for (nom, valeur) in CHAMPS {
        let lue = fait(corps(&format!(", \"{nom}\": \"{valeur}\"")));
        let refuse = StatusCode::UNPROCESSABLE_ENTITY;
        assert_eq!(lue.code, refuse, "{nom} {}", lue.texte());
        assert!(lue.texte().contains(nom), "{nom} {}", lue.texte());
    }
    assert_eq!(textes(&salle, LIGNES), avant);
}

#[test]
fn what_another_site_sends_writes_nothing_whatever_its_shape() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    let tout = || {
        let registre = "select id from registre_acces order by id";
        let sessions = "select id from sessions order by id";
        [LIGNES, registre, sessions].map(|t| textes(&salle, t))
    };
    let avant = tout();
    let forges: [&[(&str, &str)]; 7] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://entente.example"),
        ],
        &[("origin", "https://ailleurs.example")],
        &[("origin", "https://entente.example.ailleurs.example")],
        &[("origin", "http://entente.example:81")],
        &[("origin", "null")],
    ];
    let corps = "geste=faire&flux=cpom&lieu=en_vigueur&acte=mettre_en_demeure&id=x&texte=a";
    for chemin in chemins("POST") {
        for (forge, genre) in forges.iter().flat_map(|f| {
            let genres = [
                "application/x-www-form-urlencoded",
                "text/plain",
                "multipart/form-data; boundary=a",
                "application/json",
            ];
            genres.map(|g| (f, g))
        }) {
            let mut requete = de(&salle, "karim", "POST", &chemin)
                .header(header::HOST, "entente.example")
                .header(header::CONTENT_TYPE, genre);
            for (nom, valeur) in *forge {
                requete = requete.header(*nom, *valeur);
            }
            let lue = demande(&routeur, requete.body(Body::from(corps)).unwrap());
            assert_eq!(
                lue.code,
                StatusCode::FORBIDDEN,
                "{chemin} {forge:?} {genre}"
            );
        }
    }
    // nor does an address that writes, asked as one that reads
    let lues = chemins("GET");
    for chemin in chemins("POST").into_iter().filter(|c| !lues.contains(c)) {
        let requete = de(&salle, "karim", "GET", &format!("{chemin}?{corps}"));
        let lue = demande(&routeur, requete.body(Body::empty()).unwrap());
        let refuse = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND];
        assert!(refuse.contains(&lue.code), "{chemin} {}", lue.code);
    }
    assert_eq!(tout(), avant);
}
