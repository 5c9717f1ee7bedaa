//! Reads: keys, pages that follow one another, errors.

use super::{CONTRAT, ICI, Salle};
use crate::pages::gens::MOT_DE_PASSE;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use chrono::{NaiveDate, TimeDelta};
use entente::app::comptes::{Auteur, Fonction, Identifiants, NouvelleCle};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};

const JOUR: &str = "2024-09-12";

/// A key of the agency that reads only, until a day.
fn neuve(nom: &str, au: NaiveDate) -> NouvelleCle<'_> {
    NouvelleCle {
        id: nom,
        organisation: "ars",
        nom,
        fonction: Fonction::Lecture,
        au,
    }
}

#[test]
fn a_key_opens_what_its_person_sees_and_nothing_else_does() {
    for salle in Salle::partout(JOUR) {
        let moi = salle.lit("karim", "/api/v1/moi").json();
        assert_eq!(moi["personne"], "karim");
        assert_eq!(moi["titres"][0]["organisation"], "ARS Val-Médian");
        // when there is no key, a wrong one, or a session's cookie
        let requete = || Request::get(ICI);
        let cookie = requete().header(header::COOKIE, salle.gens.cookie("karim"));
        let basique = requete().header(header::AUTHORIZATION, "Basic a2FyaW06YQ==");
        let fausse = requete().header(header::AUTHORIZATION, "Bearer faux");
        for (requete, code) in [
            (requete(), "cle_absente"),
            (cookie, "cle_absente"),
            (basique, "cle_absente"),
            (fausse, "cle_invalide"),
        ] {
            // then it is asked for
            let refusee = salle.demande(requete.body(Body::empty()).unwrap());
            assert_eq!(refusee.code, StatusCode::UNAUTHORIZED);
            assert_eq!(refusee.json()["code"], code);
            assert!(refusee.entete("www-authenticate").starts_with("Bearer "));
            assert_eq!(refusee.entete("content-type"), "application/problem+json");
        }
        // and a contract of others is not there
        let autre = salle.lit("lea", ICI);
        let absent = salle.lit("karim", "/api/v1/contrats/absent");
        assert_eq!(
            (autre.code, absent.code),
            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
        );
        assert_eq!(
            autre.texte.replace(CONTRAT, ""),
            absent.texte.replace("absent", "")
        );
        assert_eq!(
            salle.lit("lea", "/api/v1/contrats").json()["elements"],
            Value::Array(vec![])
        );
    }
}

#[test]
fn a_key_that_is_over_revoked_or_narrow_opens_no_more_than_it_should() {
    let salle = Salle::lite(JOUR);
    let comptes = &salle.gens.comptes;
    let maintenant = format!("{JOUR}T16:00:00Z").parse().unwrap();
    let session = salle.gens.cookie("karim").replace("entente=", "");
    let (connecte, lecture, finie) = salle.runtime.block_on(async {
        let connecte = comptes
            .session(&session, maintenant)
            .await
            .unwrap()
            .unwrap();
        let jour = maintenant.date_naive();
        let hier = maintenant - TimeDelta::days(1);
        let lisante = neuve("l", jour);
        let lecture = comptes.creer_cle(&session, &lisante, maintenant);
        let (lecture, vue) = lecture.await.unwrap();
        let identifiants = Identifiants {
            courriel: "karim@exemple.example",
            mot_de_passe: MOT_DE_PASSE,
            adresse: IpAddr::V4(Ipv4Addr::LOCALHOST),
            agent: "essai",
            appareil: None,
            ancienne: None,
        };
        let (session, _) = comptes.connecter(&identifiants, hier).await.unwrap();
        let (session, au) = (session.as_str(), hier.date_naive());
        let passee = neuve("f", au);
        let finie = comptes.creer_cle(session, &passee, hier);
        (connecte, (lecture, vue), finie.await.unwrap().0)
    });
    let demande = |cle: &str, requete: axum::http::request::Builder| {
        let requete = requete
            .header(header::AUTHORIZATION, format!("Bearer {cle}"))
            .header("idempotency-key", "k1");
        salle.demande(requete.body(Body::empty()).unwrap())
    };
    // given a key that reads, then it reads, and does nothing
    let cle = lecture.0.as_str();
    assert_eq!(demande(cle, Request::get(ICI)).code, StatusCode::OK);
    let moi = demande(cle, Request::get("/api/v1/moi")).json();
    assert_eq!(moi["titres"][0]["fonction"], "lecture");
    let actes = demande(cle, Request::get(format!("{ICI}/actes"))).json();
    let actes = actes["elements"].as_array().unwrap();
    assert!(!actes.is_empty() && actes.iter().all(|a| a["permis"] == false));
    // when it is over, or revoked, then it opens nothing
    let perdue = demande(finie.as_str(), Request::get(ICI));
    assert_eq!(perdue.code, StatusCode::UNAUTHORIZED);
    salle.runtime.block_on(async {
        let par = Auteur::Personne(&connecte);
        let revoque = comptes.revoquer_cle(par, "karim", &lecture.1.id, maintenant);
        revoque.await.unwrap();
    });
    assert_eq!(
        demande(cle, Request::get(ICI)).code,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn pages_follow_one_another_without_a_gap_or_a_repeat() {
    for salle in Salle::partout(JOUR) {
        let mut ordres = Vec::new();
        let mut chemin = format!("{ICI}/journal?limite=60");
        loop {
            let page = salle.lit("claire", &chemin).json();
            let lignes = page["elements"].as_array().unwrap();
            ordres.extend(lignes.iter().map(|l| l["ordre"].as_u64().unwrap()));
            let Some(suite) = page["suite"].as_str() else {
                break;
            };
            assert_eq!(lignes.len(), 60);
            chemin = format!("{ICI}/journal?limite=60&curseur={suite}");
        }
        // the private notes of others are not there
        assert!(ordres.is_sorted() && ordres.len() > 120, "{ordres:?}");
        assert!(ordres.len() <= salle.lignes());
        let dernier = *ordres.last().unwrap();
        // and it is followed from a line that is known
        let apres = format!("{ICI}/journal?apres={}", dernier - 1);
        let suite = salle.lit("claire", &apres).json();
        assert_eq!(suite["elements"][0]["ordre"], dernier);
        let liste = salle
            .lit("claire", "/api/v1/contrats?limite=1&q=rives")
            .json();
        assert_eq!(liste["elements"][0]["id"], CONTRAT);
        assert_eq!(liste["suite"], Value::Null);
    }
}

/// What is refused: the request, its status and its code.
fn mauvaises(porteur: &str) -> Vec<(Request<Body>, u16, &'static str)> {
    let nue = |methode: Method, chemin: &str| {
        let requete = Request::builder().method(methode).uri(chemin);
        requete.header(header::AUTHORIZATION, porteur)
    };
    let lue = |chemin: &str| nue(Method::GET, chemin).body(Body::empty()).unwrap();
    let ecrite = |genre: &str, corps: &str| {
        let requete = nue(Method::POST, &format!("{ICI}/actes"));
        let requete = requete.header(header::CONTENT_TYPE, genre);
        let requete = requete.header("idempotency-key", "k");
        requete.body(Body::from(corps.to_owned())).unwrap()
    };
    let json = "application/json";
    let sans_cle = nue(Method::POST, &format!("{ICI}/actes"));
    let sans_cle = sans_cle.header(header::CONTENT_TYPE, json);
    let long = format!("/api/v1/moi?a={}", "a".repeat(3_000));
    let profond = format!("{{\"saisies\": {}", "[".repeat(60_000));
    let inconnu = r#"{"geste": "retirer", "flux": "a", "lieu": "b", "acte": "c", "partie": "ars"}"#;
    vec![
        (lue("/api/v1/rien"), 404, "introuvable"),
        (lue("/api"), 404, "introuvable"),
        (lue("/api/v1/contrats/%00"), 404, "introuvable"),
        (lue("/api/v1/contrats/a%00/journal"), 404, "introuvable"),
        (lue("/api/v1/tableaux/rien"), 404, "introuvable"),
        (lue("/api/v1/contrats?limite=0"), 400, "parametres"),
        (lue("/api/v1/contrats?limite=deux"), 400, "parametres"),
        (lue("/api/v1/contrats?inconnu=1"), 400, "parametres"),
        (lue("/api/v1/contrats?q=%00"), 400, "parametres"),
        (lue("/api/v1/contrats?curseur=faux"), 400, "curseur"),
        // A null character, and a rank below the first.
        (
            lue("/api/v1/contrats?curseur=WyJcdTAwMDAiLCIiLCIiXQ"),
            400,
            "curseur",
        ),
        (lue(&format!("{ICI}/journal?curseur=LTE")), 400, "curseur"),
        (lue(&long), 414, "adresse_trop_longue"),
        (
            nue(Method::DELETE, ICI).body(Body::empty()).unwrap(),
            405,
            "methode",
        ),
        (
            sans_cle.body(Body::from("{}")).unwrap(),
            400,
            "cle_d_idempotence",
        ),
        (ecrite("text/plain", "{}"), 415, "genre"),
        (ecrite(json, "{"), 400, "json"),
        (ecrite(json, "[]"), 422, "corps"),
        (ecrite(json, &profond), 400, "json"),
        (ecrite(json, "{}"), 422, "corps"),
        (ecrite(json, inconnu), 422, "corps"),
        (ecrite(json, &"a".repeat(70_000)), 413, "corps_trop_long"),
    ]
}

#[test]
fn whatever_goes_wrong_is_a_problem_that_says_what_to_do() {
    for salle in Salle::partout(JOUR) {
        for (requete, code, nom) in mauvaises(&salle.gens.porteur("karim")) {
            let chemin = requete.uri().path().to_owned();
            let refusee = salle.demande(requete);
            let genre = refusee.entete("content-type");
            assert_eq!(refusee.code.as_u16(), code, "{chemin} {}", refusee.texte);
            assert_eq!(genre, "application/problem+json", "{chemin}");
            assert_eq!(refusee.entete("allow").is_empty(), code != 405, "{chemin}");
            let probleme = refusee.json();
            assert_eq!(probleme["code"], nom, "{chemin} {probleme}");
            assert_eq!(probleme["status"], code);
            assert_eq!(probleme["instance"], chemin);
            assert_eq!(probleme["type"], format!("urn:entente:probleme:{nom}"));
            assert!(probleme["detail"].as_str().unwrap().len() > 40);
        }
    }
}

#[test]
fn a_database_that_does_not_answer_is_told_with_a_reference() {
    let salle = Salle::lite(JOUR);
    salle.runtime.block_on(salle.entente.clone().fermer());
    let refusee = salle.lit("karim", ICI);
    assert_eq!(refusee.code, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refusee.entete("retry-after"), "30");
    let probleme = refusee.json();
    assert_eq!(probleme["code"], "indisponible");
    assert_eq!(probleme["reference"].as_str().unwrap().len(), 32);
}
