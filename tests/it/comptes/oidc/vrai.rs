//! Before a certified provider, from its login page to ours.

use super::super::{KARIM, LEA, ars, droit, rives_claires};
use super::{
    CLIENT, Ici, Navigateur, Politique, SECRET, SITE, StatusCode, annonce, ecrits, parametre,
    partout, site, souple,
};
use chrono::Utc;
use entente::app::comptes::{Auteur, Fonction, SecondFacteur};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use ureq::http::Response;

/// oidc-provider, until dropped.
struct Fournit {
    enfant: Child,
    /// Kept open: what it says later would stop it.
    _sortie: BufReader<ChildStdout>,
    emetteur: String,
}

impl Fournit {
    fn lance(reglages: &Value) -> Self {
        let absent = "node et oidc-provider sont attendus : lancez « make outils ».";
        let mut enfant = Command::new("node")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg("tests/outils/fournisseur_oidc.mjs")
            .arg(reglages.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect(absent);
        let mut ligne = String::new();
        let mut sortie = BufReader::new(enfant.stdout.take().unwrap());
        sortie.read_line(&mut ligne).unwrap();
        let dit: Value = serde_json::from_str(&ligne).expect(absent);
        Self {
            enfant,
            _sortie: sortie,
            emetteur: dit["emetteur"].as_str().unwrap().to_owned(),
        }
    }
}

impl Drop for Fournit {
    fn drop(&mut self) {
        let _ = self.enfant.kill();
        let _ = self.enfant.wait();
    }
}

/// A client as the provider knows it, and those who may come.
fn reglages(methode: &str, alg: &str, jwt: bool, gens: &Value) -> Value {
    json!({
        "retour": format!("{SITE}/connexion/retour"), "client": CLIENT, "secret": SECRET,
        "methode": methode, "alg": alg, "jwt": jwt, "gens": gens,
    })
}

fn gens() -> Value {
    json!({
        "karim-1": {"email": KARIM, "email_verified": true, "name": "Karim B."},
        "karim-2": {"email": KARIM, "email_verified": true},
        "karim-fort": {"email": KARIM, "email_verified": true, "amr": ["pwd", "mfa"]},
        "lea-1": {"email": LEA, "email_verified": false},
        "nadia-1": {
            "email": "Nadia@Val-Median.example", "email_verified": true, "given_name": "Nadia",
            "usual_name": "Roux", "siret": "73282932000074",
        },
        "nadia-2": {
            "email": "nadia@val-median.example", "email_verified": true,
            "siret": "99900000300015",
        },
        "personne-1": {"email": "personne@ailleurs.example", "email_verified": true},
    })
}

/// Walks the provider's pages as someone, with their cookies; answers where they are sent back.
fn entre(depart: &str, qui: &str) -> String {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .new_agent();
    let mut biscuits: BTreeMap<String, String> = BTreeMap::new();
    let base = depart.split('/').take(3).collect::<Vec<_>>().join("/");
    let mut adresse = depart.to_owned();
    let mut envoi = None;
    for _ in 0..10 {
        let portes: Vec<String> = biscuits.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let portes = portes.join("; ");
        let reponse: Response<ureq::Body> = match envoi.take() {
            None => agent.get(&adresse).header("cookie", portes).call(),
            Some(qui) => {
                let requete = agent.post(&adresse).header("cookie", portes);
                requete.send_form([("qui", qui)])
            }
        }
        .unwrap();
        for pose in reponse.headers().get_all("set-cookie") {
            let (nom, suite) = pose.to_str().unwrap().split_once('=').unwrap();
            let valeur = suite.split(';').next().unwrap();
            biscuits.insert(nom.to_owned(), valeur.to_owned());
        }
        let code = reponse.status().as_u16();
        if let Some(vers) = reponse.headers().get("location") {
            let vers = vers.to_str().unwrap();
            if vers.starts_with(SITE) {
                return vers.to_owned();
            }
            adresse = match vers.strip_prefix('/') {
                Some(suite) => format!("{base}/{suite}"),
                None => vers.to_owned(),
            };
        } else {
            let corps = reponse.into_body().read_to_string().unwrap();
            assert_eq!(code, 200, "{corps}");
            assert!(corps.contains("<form"), "{corps}");
            envoi = Some(qui);
        }
    }
    panic!("the provider sends nobody back");
}

/// From our page to the provider's, and back.
async fn passe(navigateur: &mut Navigateur, qui: &str) -> super::Page {
    let vers = navigateur.part().await;
    let retour = tokio::task::block_in_place(|| entre(&vers, qui));
    navigateur.lit(&retour).await
}

async fn invite(ici: &Ici, courriel: &str, organisation: &entente::app::comptes::Organisation) {
    let droit = droit(organisation, Fonction::Lecture);
    let invitee = ici
        .comptes
        .inviter(Auteur::Programme, courriel, &droit, Utc::now());
    invitee.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_known_signs_in_whatever_the_client_and_the_algorithm() {
    let genres = [
        ("client_secret_basic", "RS256", false),
        ("client_secret_post", "ES256", false),
        ("client_secret_basic", "ES256", true),
    ];
    for (rang, ici) in partout(souple()).await.into_iter().enumerate() {
        for (methode, alg, jwt) in &genres[rang..] {
            // given a provider, and someone who has an account
            let fournit = Fournit::lance(&reglages(methode, alg, *jwt, &gens()));
            let routeur = site(&ici, annonce(&fournit.emetteur), 0);
            let mut navigateur = Navigateur::neuf(&routeur);
            let page = navigateur.lit("/connexion?retour=/contrats").await;
            assert!(page.corps.contains("Se connecter avec ProConnect"));
            // when they sign in there
            let vers = navigateur.part().await;
            let attendus = [
                ("response_type", "code"),
                ("code_challenge_method", "S256"),
                ("redirect_uri", &format!("{SITE}/connexion/retour")),
                ("scope", "openid email profile siret"),
            ];
            for (nom, attendu) in attendus {
                assert_eq!(parametre(&vers, nom).as_deref(), Some(attendu), "{nom}");
            }
            let retour = tokio::task::block_in_place(|| entre(&vers, "karim-1"));
            assert_eq!(
                parametre(&retour, "iss").as_deref(),
                Some(&*fournit.emetteur)
            );
            let page = navigateur.lit(&retour).await;
            // then they are where they wanted, with their rights
            assert_eq!(page.code, StatusCode::SEE_OTHER, "{}", page.corps);
            assert_eq!(page.vers, "/contrats");
            let session = navigateur.session().to_owned();
            let connecte = ici.comptes.session(&session, Utc::now()).await.unwrap();
            assert_eq!(connecte.unwrap().droits.len(), 1);
            let pose = page.poses.iter().find(|p| p.starts_with("__Host-entente="));
            let pose = pose.unwrap();
            for mot in ["HttpOnly", "Secure", "SameSite=Lax"] {
                assert!(pose.contains(mot), "{pose}");
            }
            // and what they brought back is dead, in this browser and in any other
            let page = navigateur.lit(&retour).await;
            assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.corps.contains("n’est plus attendue"), "{}", page.corps);
            // and a second sign-in gives another session, whose former one is dead
            let page = passe(&mut navigateur, "karim-1").await;
            assert_eq!(page.code, StatusCode::SEE_OTHER, "{}", page.corps);
            assert_ne!(navigateur.session(), session);
            let morte = ici.comptes.session(&session, Utc::now()).await.unwrap();
            assert!(morte.is_none());
        }
        // and it was linked once for each provider
        let [liees, ..] = ecrits(&ici).await;
        assert_eq!(liees.len(), genres.len() - rang);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_nobody_expects_opens_nothing() {
    let fournit = Fournit::lance(&reglages("client_secret_basic", "RS256", false, &gens()));
    for ici in partout(souple()).await {
        let routeur = site(&ici, annonce(&fournit.emetteur), 0);
        let page = passe(&mut Navigateur::neuf(&routeur), "karim-1").await;
        assert_eq!(page.code, StatusCode::SEE_OTHER, "{}", page.corps);
        invite(&ici, "nadia@val-median.example", &ars()).await;
        let avant = ecrits(&ici).await;
        let cas = [
            // nobody's, an address not checked, an address that another identity has
            ("personne-1", "personne@ailleurs.example"),
            ("lea-1", "non vérifiée"),
            ("karim-2", "aucune autre identité"),
            // invited by an organisation, come from another
            ("nadia-2", "le SIRET de l’organisation qui vous a invité"),
        ];
        for (qui, attendu) in cas {
            let mut navigateur = Navigateur::neuf(&routeur);
            let page = passe(&mut navigateur, qui).await;
            assert_eq!(page.code, StatusCode::FORBIDDEN, "{qui} : {}", page.corps);
            assert!(page.corps.contains(attendu), "{qui} : {}", page.corps);
            assert!(page.corps.contains("Demandez à la personne"));
            assert_eq!(navigateur.session(), "");
        }
        // one that the provider itself refuses
        let page = passe(&mut Navigateur::neuf(&routeur), "inconnu").await;
        assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.corps.contains("n’a pas confirmé"), "{}", page.corps);
        assert_eq!(ecrits(&ici).await, avant);
        // and someone disabled since
        let desactive = ici
            .comptes
            .desactiver(Auteur::Programme, "karim", Utc::now());
        desactive.await.unwrap();
        let page = passe(&mut Navigateur::neuf(&routeur), "karim-1").await;
        assert_eq!(page.code, StatusCode::FORBIDDEN, "{}", page.corps);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_invited_comes_in_by_their_organisation_with_what_they_were_given() {
    let fournit = Fournit::lance(&reglages("client_secret_basic", "RS256", true, &gens()));
    for ici in partout(souple()).await {
        let routeur = site(&ici, annonce(&fournit.emetteur), 0);
        // given two invitations; the SIRET is that of one organisation
        invite(&ici, "nadia@val-median.example", &ars()).await;
        invite(&ici, "nadia@val-median.example", &rives_claires()).await;
        // when they come
        let mut navigateur = Navigateur::neuf(&routeur);
        let page = passe(&mut navigateur, "nadia-1").await;
        assert_eq!(page.code, StatusCode::SEE_OTHER, "{}", page.corps);
        // then they have an account without a password, and the one right
        let connecte = ici
            .comptes
            .session(navigateur.session(), Utc::now())
            .await
            .unwrap();
        let connecte = connecte.unwrap();
        assert_eq!(connecte.personne.nom, "Nadia Roux");
        assert_eq!(connecte.personne.courriel, "nadia@val-median.example");
        assert_eq!(connecte.droits.len(), 1);
        assert_eq!(connecte.droits[0].organisation.id, "ars-val-median");
        assert_eq!(connecte.droits[0].fonction, Fonction::Lecture);
        let secrets = ici
            .textes(
                "select s.mot_de_passe from secrets s join personnes p on p.id = s.personne \
                 where p.courriel = 'nadia@val-median.example'",
            )
            .await;
        assert_eq!(secrets, [""]);
        // and the register says who did it, and by whom they were invited
        let actes = ici
            .textes("select acte from registre_acces order by id")
            .await;
        for acte in ["personne", "accorder", "accepter", "identite_federee"] {
            assert!(actes.iter().any(|a| a == acte), "{acte} : {actes:?}");
        }
        // and the other invitation still waits
        let attendent = ici
            .comptes
            .invitations(&rives_claires().id, Utc::now())
            .await
            .unwrap();
        assert_eq!(attendent.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_given_there_is_not_asked_here() {
    let exige = Politique {
        second_facteur: SecondFacteur::Exige,
        ..Politique::default()
    };
    let fournit = Fournit::lance(&reglages("client_secret_basic", "RS256", false, &gens()));
    for ici in partout(exige).await {
        let routeur = site(&ici, annonce(&fournit.emetteur), 0);
        // given a provider that says nothing of one, then ours is to be chosen
        let mut navigateur = Navigateur::neuf(&routeur);
        let page = passe(&mut navigateur, "karim-1").await;
        assert_eq!(page.vers, "/enrolement", "{}", page.corps);
        assert_eq!(navigateur.lit("/contrats").await.vers, "/enrolement");
        ici.sql("delete from identites_federees").await.unwrap();
        // given one that says it asked, then pages open
        let mut navigateur = Navigateur::neuf(&routeur);
        let page = passe(&mut navigateur, "karim-fort").await;
        assert_eq!(page.vers, "/contrats", "{}", page.corps);
        assert_eq!(navigateur.lit("/contrats").await.code, StatusCode::OK);
        // unless that method is not one of those that count here
        ici.sql("delete from identites_federees").await.unwrap();
        let mut autre = annonce(&fournit.emetteur);
        autre.seconds = vec!["hwk".to_owned()];
        let mut navigateur = Navigateur::neuf(&site(&ici, autre, 0));
        let page = passe(&mut navigateur, "karim-fort").await;
        assert_eq!(page.vers, "/enrolement", "{}", page.corps);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_browser_that_left_comes_back_and_in_time() {
    let fournit = Fournit::lance(&reglages("client_secret_basic", "RS256", false, &gens()));
    for ici in partout(souple()).await {
        let routeur = site(&ici, annonce(&fournit.emetteur), 0);
        let avant = ecrits(&ici).await;
        let mut elle = Navigateur::neuf(&routeur);
        let mut lui = Navigateur::neuf(&routeur);
        let (vers, sien) = (elle.part().await, lui.part().await);
        let retour = tokio::task::block_in_place(|| entre(&vers, "karim-1"));
        // given her return, opened in his browser, or in one that never left: a forced sign-in
        let mut aucun = Navigateur::neuf(&routeur);
        for page in [lui.lit(&retour).await, aucun.lit(&retour).await] {
            assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
        }
        // given her code, put in his return: PKCE and the nonce refuse it
        let code = parametre(&retour, "code").unwrap();
        let son_etat = parametre(&sien, "state").unwrap();
        let iss = parametre(&retour, "iss").unwrap();
        let melange = format!("/connexion/retour?code={code}&state={son_etat}&iss={iss}");
        let page = lui.lit(&melange).await;
        assert_eq!(page.code, StatusCode::BAD_GATEWAY, "{}", page.corps);
        // given a return whose issuer is another, or is not told
        for autre in ["", "&iss=https://ailleurs.example"] {
            let mut navigateur = Navigateur::neuf(&routeur);
            let vers = navigateur.part().await;
            let retour = tokio::task::block_in_place(|| entre(&vers, "karim-1"));
            let [code, etat] = ["code", "state"].map(|n| parametre(&retour, n).unwrap());
            let chemin = format!("/connexion/retour?code={code}&state={etat}{autre}");
            let page = navigateur.lit(&chemin).await;
            assert_eq!(page.code, StatusCode::BAD_GATEWAY, "{}", page.corps);
        }
        // given a return eleven minutes late
        let tard = site(&ici, annonce(&fournit.emetteur), 11);
        let mut navigateur = Navigateur::neuf(&routeur);
        let vers = navigateur.part().await;
        navigateur.routeur = tard;
        let retour = tokio::task::block_in_place(|| entre(&vers, "karim-1"));
        let page = navigateur.lit(&retour).await;
        assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
        // then nobody is in, and nothing is written
        assert_eq!(ecrits(&ici).await, avant);
        // and what is over is forgotten
        let demain = Utc::now() + super::minutes(60);
        ici.comptes.purger(demain).await.unwrap();
        assert!(ici.textes("select nonce from departs").await.is_empty());
    }
}
