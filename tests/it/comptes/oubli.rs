//! A forgotten password: asked on our page, sent through a real SMTP server, spent once.

use super::oidc::{Navigateur, sert};
use super::{BON, Ici, KARIM, demande, matin, minutes, partout, souple, telephone};
use crate::bases::atelier;
use crate::courriels::puits::Puits;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use entente::app::comptes::{Auteur, Etape, NouvellePersonne, Politique, RefusConnexion};
use entente::app::courriels::{Courrier, Facteur};
use entente::app::execute::Entente;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SITE: &str = "https://entente.exemple.fr";
const NEUF: &str = "six chevaux rouges";
const LIENS: &str = "select personne from oublis where personne <> '' order by personne";

/// The site, at an hour that a test moves.
struct Scene {
    navigateur: Navigateur,
    heure: Arc<Mutex<DateTime<Utc>>>,
}

fn scene(ici: &Ici) -> Scene {
    let comptes = ici.comptes.clone().avec_courriels(SITE).unwrap();
    let heure = Arc::new(Mutex::new(matin()));
    let lue = Arc::clone(&heure);
    let routeur = sert(ici, comptes, move || *lue.lock().unwrap());
    Scene {
        navigateur: Navigateur::neuf(&routeur),
        heure,
    }
}

impl Scene {
    async fn oublie(&mut self, courriel: &str) -> super::oidc::Page {
        let champs = [("courriel", courriel)];
        self.navigateur
            .envoie("/mot-de-passe-oublie", &champs)
            .await
    }

    async fn change(&mut self, jeton: &str, passe: &str, encore: &str) -> super::oidc::Page {
        let champs = [("jeton", jeton), ("passe", passe), ("encore", encore)];
        self.navigateur.envoie("/mot-de-passe", &champs).await
    }

    fn avance(&self, n: i64) -> DateTime<Utc> {
        let mut heure = self.heure.lock().unwrap();
        *heure += minutes(n);
        *heure
    }
}

/// Sends what waits, and answers the links that a real server received.
async fn liens(ici: &Ici, puits: &Puits, quand: DateTime<Utc>) -> Vec<String> {
    let entente = Entente::nouvelle(ici.base.clone(), atelier());
    let courrier = Courrier::nouveau(&puits.smtp(), "Entente <entente@exemple.fr>").unwrap();
    let facteur = Facteur::nouveau(&courrier, SITE);
    entente.poster(|| quand, &facteur).await.unwrap();
    let recus = tokio::task::block_in_place(|| puits.recus());
    let lien = |recu: &crate::courriels::puits::Recu| {
        assert_eq!(recu.a, [KARIM]);
        assert_eq!(recu.entete("Subject"), "Votre mot de passe Entente");
        assert!(recu.defauts.is_empty(), "{:?}", recu.defauts);
        let debut = format!("{SITE}/mot-de-passe?jeton=");
        let (_, suite) = recu.texte().split_once(&debut).expect("no link");
        let jeton = suite.split_whitespace().next().unwrap().to_owned();
        let html = recu.html().replace("&#x3D;", "=");
        assert!(html.contains(&format!("{debut}{jeton}\"")), "{html}");
        jeton
    };
    recus.iter().map(lien).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_received_by_mail_changes_the_password_once_and_closes_sessions() {
    for ici in partout(souple()).await {
        let puits = Puits::ouvre();
        let mut scene = scene(&ici);
        // given someone signed in, whose browser is known
        let (ouverte, _) = ici.entre(KARIM, matin()).await;
        ici.comptes
            .reconnaitre(ouverte.as_str(), None, matin())
            .await
            .unwrap();
        let page = scene.navigateur.lit("/connexion").await;
        assert!(page.corps.contains("/mot-de-passe-oublie"));
        // when they ask for a link, twice, and follow the last
        for _ in 0..2 {
            let page = scene.oublie(&KARIM.to_uppercase()).await;
            assert_eq!(page.code, StatusCode::OK, "{}", page.corps);
        }
        let recus = liens(&ici, &puits, matin()).await;
        let [premier, lien] = &recus[..] else {
            panic!("{recus:?}");
        };
        // then the first is dead, and the second opens a page
        let page = scene
            .navigateur
            .lit(&format!("/mot-de-passe?jeton={premier}"))
            .await;
        assert_eq!(page.code, StatusCode::GONE);
        let page = scene
            .navigateur
            .lit(&format!("/mot-de-passe?jeton={lien}"))
            .await;
        assert_eq!(page.code, StatusCode::OK);
        assert!(page.corps.contains(KARIM));
        // a password that is not taken, or typed in two ways, leaves it good
        for (passe, encore) in [("court", "court"), (NEUF, BON)] {
            let page = scene.change(lien, passe, encore).await;
            assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert!(ici.vit(&ouverte, matin()).await);
        let page = scene.change(lien, NEUF, NEUF).await;
        assert_eq!(page.vers, "/connexion", "{}", page.corps);
        // then sessions are closed, browsers forgotten, the old password is dead
        assert!(!ici.vit(&ouverte, matin()).await);
        assert!(
            ici.textes("select personne from appareils")
                .await
                .is_empty()
        );
        let ancien = ici.comptes.connecter(&demande(KARIM, BON), matin()).await;
        assert!(matches!(ancien, Err(RefusConnexion::Identifiants)));
        let entre = demande(KARIM, NEUF);
        ici.comptes.connecter(&entre, matin()).await.unwrap();
        // and the link too
        let page = scene.change(lien, BON, BON).await;
        assert_eq!(page.code, StatusCode::GONE);
        let actes = "select acte from registre_acces where auteur = 'karim'";
        assert_eq!(ici.textes(actes).await, ["mot_de_passe_oublie"]);
        // and neither the link nor its token stays in the database
        let textes = ici.textes("select texte from courriels").await;
        assert!(textes.iter().all(String::is_empty), "{textes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_learns_nothing_of_an_address() {
    for ici in partout(souple()).await {
        let mut scene = scene(&ici);
        // given someone without a password, someone disabled, nobody
        let sans = NouvellePersonne {
            id: Some("sans"),
            nom: "Sans Secret",
            courriel: "sans@val-median.example",
            mot_de_passe: None,
        };
        let par = Auteur::Programme;
        ici.comptes
            .creer_personne(par, &sans, matin())
            .await
            .unwrap();
        ici.comptes.desactiver(par, "lea", matin()).await.unwrap();
        let connue = scene.oublie(KARIM).await;
        for courriel in [sans.courriel, super::LEA, "inconnue@val-median.example"] {
            let page = scene.oublie(courriel).await;
            assert_eq!(page.code, connue.code);
            assert_eq!(page.corps.replace(courriel, KARIM), connue.corps);
        }
        // then one message is written, and one link
        let ecrits = ici.textes("select personne from courriels").await;
        assert_eq!(ecrits, ["karim"]);
        assert_eq!(ici.textes(LIENS).await, ["karim"]);
        // what is not an address keeps what was typed
        let page = scene.oublie("karim").await;
        assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.corps.contains("value=\"karim\""));
        // and without a mail server, the page says whom to ask
        let routeur = sert(&ici, ici.comptes.clone(), matin);
        let mut autre = Navigateur::neuf(&routeur);
        let page = autre.lit("/mot-de-passe-oublie").await;
        assert!(page.corps.contains("n’envoie pas de courriel"));
        assert!(!autre.lit("/connexion").await.corps.contains("oublie"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_few_last_half_an_hour_and_die_with_the_account() {
    for ici in partout(souple()).await {
        let puits = Puits::ouvre();
        let mut scene = scene(&ici);
        // given three links asked in a quarter of an hour, the fourth waits, for anyone
        for courriel in [KARIM, "inconnue@val-median.example"] {
            let mut codes = Vec::new();
            for _ in 0..4 {
                codes.push(scene.oublie(courriel).await.code.as_u16());
            }
            assert_eq!(codes, [200, 200, 200, 422], "{courriel}");
        }
        let recus = liens(&ici, &puits, matin()).await;
        let dernier = recus.last().unwrap();
        let chemin = format!("/mot-de-passe?jeton={dernier}");
        scene.avance(30);
        assert_eq!(scene.navigateur.lit(&chemin).await.code, StatusCode::OK);
        let quand = scene.avance(1);
        assert_eq!(scene.navigateur.lit(&chemin).await.code, StatusCode::GONE);
        assert_eq!(
            scene.change(dernier, NEUF, NEUF).await.code,
            StatusCode::GONE
        );
        // and what is over is forgotten
        ici.comptes.purger(quand).await.unwrap();
        assert!(ici.textes("select empreinte from oublis").await.is_empty());
        // a link of someone disabled since opens nothing
        scene.oublie(KARIM).await;
        let recus = liens(&ici, &puits, quand).await;
        ici.comptes
            .desactiver(Auteur::Programme, "karim", quand)
            .await
            .unwrap();
        let page = scene.change(&recus[0], NEUF, NEUF).await;
        assert_eq!(page.code, StatusCode::GONE);
        assert!(ici.textes(LIENS).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_takes_the_time_of_a_known_one() {
    let [ici, _] = partout(souple()).await;
    let mut scene = scene(&ici);
    let mut durees = [Vec::new(), Vec::new()];
    for _ in 0..24 {
        for (rang, courriel) in [KARIM, "inconnue@val-median.example"].iter().enumerate() {
            let debut = Instant::now();
            assert_eq!(scene.oublie(courriel).await.code, StatusCode::OK);
            durees[rang].push(debut.elapsed());
        }
        scene.avance(16);
    }
    let [connue, inconnue] = durees.map(|mut d| {
        d.sort();
        d[d.len() / 2]
    });
    // One row more at most: a commit costs far more.
    let marge = Duration::from_millis(3);
    assert!(
        inconnue * 2 + marge > connue,
        "{inconnue:?} contre {connue:?}"
    );
    assert!(
        connue * 2 + marge > inconnue,
        "{inconnue:?} contre {connue:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_leaves_the_second_factor_to_be_given() {
    for ici in partout(Politique::default()).await {
        let puits = Puits::ouvre();
        let mut scene = scene(&ici);
        // given someone who has a second factor
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let cle = ici.comptes.enroler(jeton.as_str(), matin()).await.unwrap();
        let code = telephone(&cle.secret, matin());
        let fait = ici
            .comptes
            .confirmer_enrolement(jeton.as_str(), &code, matin());
        fait.await.unwrap();
        // when they set their password anew by the link of a message
        scene.oublie(KARIM).await;
        let recus = liens(&ici, &puits, matin()).await;
        let page = scene.change(&recus[0], NEUF, NEUF).await;
        assert_eq!(page.vers, "/connexion", "{}", page.corps);
        // then it opens no page until the code is given
        let plus_tard = scene.avance(5);
        let entree = ici
            .comptes
            .connecter(&demande(KARIM, NEUF), plus_tard)
            .await;
        let (jeton, connecte) = entree.unwrap();
        assert_eq!(connecte.etape, Etape::SecondFacteur);
        assert!(connecte.droits.is_empty());
        let code = telephone(&cle.secret, plus_tard);
        let suite = ici.comptes.second_facteur(jeton.as_str(), &code, plus_tard);
        assert_eq!(suite.await.unwrap().1.etape, Etape::Complete);
    }
}
