//! What a provider that lies, sleeps or is gone is answered: a refusal, in a sentence, and nothing
//! written.

use super::super::KARIM;
use super::menteur::{Jeu, Menteur, Signature};
use super::{
    CLIENT, Navigateur, Page, SECRET, StatusCode, annonce, ecrits, parametre, partout, site, souple,
};
use axum::Router;
use chrono::Utc;
use entente::app::federation::Annonce;
use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Signs in at the liar, who says this.
async fn passe(routeur: &Router, menteur: &Menteur, ment: impl FnOnce(&mut Jeu)) -> Page {
    let mut navigateur = Navigateur::neuf(routeur);
    let vers = navigateur.part().await;
    let mut jeu = Jeu::vrai(&menteur.emetteur, KARIM);
    jeu.id["nonce"] = json!(parametre(&vers, "nonce").unwrap());
    ment(&mut jeu);
    *menteur.jeu.lock().unwrap() = jeu;
    let etat = parametre(&vers, "state").unwrap();
    let page = navigateur
        .lit(&format!(
            "/connexion/retour?code=un-code-secret&state={etat}"
        ))
        .await;
    *menteur.jeu.lock().unwrap() = Jeu::vrai(&menteur.emetteur, KARIM);
    page
}

type Mensonge = (&'static str, u16, fn(&mut Jeu));
const JSON: &str = "content-type: application/json\r\n";

/// What each lie is answered.
const MENSONGES: [Mensonge; 28] = [
    ("signature retouchée", 502, |j| {
        j.signature = Signature::Retouchee;
    }),
    ("autre clé", 502, |j| j.signature = Signature::DUneAutre),
    ("clé inconnue", 502, |j| j.entete["kid"] = json!("cle-2")),
    ("sans signature", 502, |j| {
        j.entete["alg"] = json!("none");
        j.signature = Signature::Aucune;
    }),
    ("signé du secret", 502, |j| {
        j.entete = json!({"alg": "HS256"});
        j.signature = Signature::DuSecret;
    }),
    ("un autre destinataire", 502, |j| {
        j.id["aud"] = json!("autre");
    }),
    ("un destinataire de plus", 502, |j| {
        j.id["aud"] = json!([CLIENT, "autre"]);
    }),
    ("un autre émetteur", 502, |j| {
        j.id["iss"] = json!("https://ailleurs.example");
    }),
    ("une autre demande", 502, |j| j.id["nonce"] = json!("autre")),
    ("sans demande", 502, |j| {
        j.id.as_object_mut().unwrap().remove("nonce");
    }),
    ("expiré", 502, |j| {
        j.id["exp"] = json!(Utc::now().timestamp() - 300);
    }),
    ("de l'avenir", 502, |j| {
        j.id["iat"] = json!(Utc::now().timestamp() + 600);
    }),
    ("sans l'heure de la preuve", 502, |j| {
        j.id.as_object_mut().unwrap().remove("auth_time");
    }),
    ("prouvé la veille", 502, |j| {
        j.id["auth_time"] = json!(Utc::now().timestamp() - 24 * 3600);
    }),
    ("sans jeton d'identité", 502, |j| {
        let corps = json!({"access_token": "a", "token_type": "Bearer"}).to_string();
        j.autres.insert("/jetons", (200, JSON, corps));
    }),
    ("quelqu'un d'autre", 502, |j| {
        j.infos["sub"] = json!("lea-1");
    }),
    ("un jeton d'accès qui casse un en-tête", 502, |j| {
        "a\r\nx: y".clone_into(&mut j.acces);
    }),
    ("code déjà servi", 502, |j| {
        let corps = json!({"error": "invalid_grant"}).to_string();
        j.autres.insert("/jetons", (400, JSON, corps));
    }),
    ("jeton illisible", 503, |j| {
        j.id = Value::Null;
    }),
    ("en panne", 503, |j| {
        j.autres.insert(
            "/jetons",
            (500, "content-type: text/html\r\n", "<p>".to_owned()),
        );
    }),
    ("pas du JSON", 503, |j| {
        j.autres.insert("/jetons", (200, JSON, "{".to_owned()));
    }),
    ("renvoie ailleurs", 503, |j| {
        j.autres.insert(
            "/jetons",
            (302, "location: http://127.0.0.1:1/\r\n", String::new()),
        );
    }),
    ("deux mégaoctets", 503, |j| {
        j.autres.insert("/jetons", (200, JSON, " ".repeat(2 << 20)));
    }),
    ("identité refusée", 503, |j| {
        j.autres.insert("/qui", (401, JSON, "{}".to_owned()));
    }),
    ("identité illisible", 503, |j| {
        j.autres.insert(
            "/qui",
            (200, "content-type: text/html\r\n", "<p>".to_owned()),
        );
    }),
    ("identité signée par personne", 503, |j| {
        let corps = "e30.e30.e30".to_owned();
        j.autres
            .insert("/qui", (200, "content-type: application/jwt\r\n", corps));
    }),
    ("identité sans sujet", 503, |j| {
        j.infos = json!({"email": KARIM});
    }),
    ("adresse qui n'est pas un texte", 503, |j| {
        j.infos["email"] = json!(["a"]);
    }),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_liar_is_refused_and_nothing_is_written() {
    let menteur = Menteur::lance(KARIM);
    for ici in partout(souple()).await {
        let routeur = site(&ici, annonce(&menteur.emetteur), 0);
        let avant = ecrits(&ici).await;
        for (nom, code, ment) in MENSONGES {
            let page = passe(&routeur, &menteur, ment).await;
            assert_eq!(page.code.as_u16(), code, "{nom} : {}", page.corps);
            assert!(page.corps.contains("ProConnect"), "{nom}");
            let session = page.poses.iter().any(|p| p.starts_with("__Host-entente="));
            assert!(!session, "{nom} : {:?}", page.poses);
            assert_eq!(ecrits(&ici).await, avant, "{nom}");
        }
        // and the truth opens
        let page = passe(&routeur, &menteur, |_| {}).await;
        assert_eq!(page.code, StatusCode::SEE_OTHER, "{}", page.corps);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_key_is_believed_only_where_the_settings_say_so() {
    let [ici, _] = partout(souple()).await;
    let menteur = Menteur::aux_cles_de(KARIM, "2048");
    let page = passe(&site(&ici, annonce(&menteur.emetteur), 0), &menteur, |_| {}).await;
    assert_eq!(page.code, StatusCode::BAD_GATEWAY, "{}", page.corps);
    let exception = Annonce {
        rsa_2048: true,
        ..annonce(&menteur.emetteur)
    };
    let page = passe(&site(&ici, exception, 0), &menteur, |_| {}).await;
    assert_eq!(page.code, StatusCode::SEE_OTHER, "{}", page.corps);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leaves_but_by_a_form_of_ours_and_says_how_long_ago_they_proved_it() {
    let [ici, _] = partout(souple()).await;
    let menteur = Menteur::lance(KARIM);
    let routeur = site(&ici, annonce(&menteur.emetteur), 0);
    // a link of another site opens nothing
    let page = Navigateur::neuf(&routeur).lit("/connexion/depart").await;
    assert_eq!(page.code, StatusCode::METHOD_NOT_ALLOWED);
    assert!(page.poses.is_empty() && page.depart.is_empty());
    let page = Navigateur::neuf(&routeur).lit("/connexion").await;
    let form = "action=\"/connexion/depart\" method=\"post\"";
    assert!(page.corps.contains(form), "{}", page.corps);
    // the provider is asked how long ago, and the page leads there by itself and by a link
    let mut navigateur = Navigateur::neuf(&routeur);
    let page = navigateur.demande_a_partir().await;
    assert_eq!(parametre(&page.depart, "max_age").as_deref(), Some("43200"));
    let lien = page.depart.replace('&', "&amp;").replace('=', "&#x3D;");
    assert!(page.corps.contains(&lien), "{} {}", page.depart, page.corps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_gone_slow_or_says_it_is_another_sends_nobody() {
    let [ici, _] = partout(souple()).await;
    // given one that nobody runs
    let routeur = site(&ici, annonce("http://127.0.0.1:1"), 0);
    let page = Navigateur::neuf(&routeur).demande_a_partir().await;
    assert_eq!(page.code, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.corps.contains("ne répond pas"), "{}", page.corps);
    // given one that announces another issuer, or an address in the clear
    let ments: [fn(&mut Jeu); 2] = [
        |j| j.decouverte["issuer"] = json!("https://ailleurs.example"),
        |j| j.decouverte["token_endpoint"] = json!("http://ailleurs.example/jetons"),
    ];
    for ment in ments {
        let menteur = Menteur::lance(KARIM);
        ment(&mut menteur.jeu.lock().unwrap());
        let routeur = site(&ici, annonce(&menteur.emetteur), 0);
        let page = Navigateur::neuf(&routeur).demande_a_partir().await;
        assert_eq!(page.code, StatusCode::BAD_GATEWAY, "{}", page.corps);
    }
    // given one that sleeps: the page comes in less than the time a page may take
    let menteur = Menteur::lance(KARIM);
    let routeur = site(&ici, annonce(&menteur.emetteur), 0);
    let debut = Instant::now();
    let lent = |j: &mut Jeu| j.lenteur = Duration::from_secs(7);
    let page = passe(&routeur, &menteur, lent).await;
    assert_eq!(page.code, StatusCode::SERVICE_UNAVAILABLE);
    assert!(debut.elapsed() < Duration::from_secs(12));
    assert!(ici.textes("select nonce from departs").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_too_often_waits_and_without_a_provider_there_is_no_door() {
    let [ici, _] = partout(souple()).await;
    let page = Navigateur::neuf(&super::sert(&ici, ici.comptes.clone(), Utc::now))
        .demande_a_partir()
        .await;
    assert_eq!(page.code, StatusCode::NOT_FOUND);
    let menteur = Menteur::lance(KARIM);
    let routeur = site(&ici, annonce(&menteur.emetteur), 0);
    let mut codes = Vec::new();
    for _ in 0..=100 {
        let page = Navigateur::neuf(&routeur).demande_a_partir().await;
        codes.push(page.code);
    }
    let dernier = codes.pop();
    assert_eq!(dernier, Some(StatusCode::TOO_MANY_REQUESTS));
    assert!(codes.iter().all(|c| *c == StatusCode::OK));
}

/// What is logged, kept.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<u8>>>);

impl io::Write for Journal {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_is_logged_of_a_sign_in_holds_no_secret() {
    let [ici, _] = partout(souple()).await;
    let menteur = Menteur::lance(KARIM);
    let routeur = site(&ici, annonce(&menteur.emetteur), 0);
    let journal = Journal::default();
    let vers = journal.clone();
    let abonne = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || vers.clone())
        .finish();
    let garde = tracing::subscriber::set_default(abonne);
    for (_, _, ment) in MENSONGES {
        passe(&routeur, &menteur, ment).await;
    }
    let page = passe(&routeur, &menteur, |_| {}).await;
    assert_eq!(page.code, StatusCode::SEE_OTHER);
    drop(garde);
    let dit = String::from_utf8(journal.0.lock().unwrap().clone()).unwrap();
    // then causes are told
    assert!(
        dit.contains("le fournisseur d'identité n'est pas cru"),
        "{dit}"
    );
    assert!(dit.contains("connexion"), "{dit}");
    // and nothing that opens
    for secret in [SECRET, "un-code-secret", "un-jeton-d-acces", KARIM, "eyJ"] {
        assert!(!dit.contains(secret), "{secret} : {dit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_the_provider_guarantees_is_believed() {
    let menteur = Menteur::lance(KARIM);
    for ici in partout(souple()).await {
        let sans = |j: &mut Jeu| {
            j.infos.as_object_mut().unwrap().remove("email_verified");
        };
        let routeur = site(&ici, annonce(&menteur.emetteur), 0);
        let page = passe(&routeur, &menteur, sans).await;
        assert_eq!(page.code, StatusCode::FORBIDDEN, "{}", page.corps);
        let mut garantie = annonce(&menteur.emetteur);
        garantie.garanti = true;
        let page = passe(&site(&ici, garantie, 0), &menteur, sans).await;
        assert_eq!(page.code, StatusCode::SEE_OTHER, "{}", page.corps);
    }
}
