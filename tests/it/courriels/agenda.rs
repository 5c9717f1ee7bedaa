//! Deadlines as a calendar, before another reader.

use super::puits::lit;
use super::{CONTRAT, SITE, Scene, scene};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entente::app::acces::{Titre, Visiteur};
use entente::app::agenda_ics::{Echeance, calendrier};
use entente::app::consult::Consultation;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the managing body is told of.
fn lues(scene: &Scene, quand: DateTime<Utc>) -> Vec<Echeance> {
    let consultation = Consultation {
        entente: scene.entente.clone(),
        horloge: Arc::new(move || quand),
    };
    let visiteur = Visiteur {
        titres: vec![Titre {
            ej: Some("990001018".to_owned()),
            ..Titre::default()
        }],
        ..Visiteur::default()
    };
    let lues = consultation.echeances(&visiteur);
    scene.runtime.block_on(lues).unwrap()
}

#[test]
fn another_reader_finds_each_deadline_once_with_its_alarm() {
    // given a negotiation under way
    let scene = scene("2024-09-12");
    let echeances = lues(&scene, scene.soir);
    assert!(echeances.len() > 5, "{echeances:#?}");
    // when its calendar is read
    let ics = calendrier(&echeances, SITE, scene.soir);
    let lu = lit("lit_ics.py", &ics);
    // then each deadline is there, whole, in French, without a fault
    assert_eq!(lu["entetes"]["VERSION"], "2.0");
    assert_eq!(lu["erreurs"], serde_json::json!([]));
    let evenements = lu["evenements"].as_array().unwrap();
    assert_eq!(evenements.len(), echeances.len());
    let mut uids = BTreeSet::new();
    for (evenement, echeance) in evenements.iter().zip(&echeances) {
        assert!(
            uids.insert(evenement["uid"].as_str().unwrap()),
            "{evenement}"
        );
        let jour = |nom: &str| -> NaiveDate { evenement[nom].as_str().unwrap().parse().unwrap() };
        assert_eq!(jour("debut"), echeance.jour);
        assert_eq!(jour("fin"), echeance.jour + TimeDelta::days(1));
        assert_eq!(evenement["etabli"], "2024-09-12T17:00:00+00:00");
        assert!(
            evenement["titre"]
                .as_str()
                .unwrap()
                .ends_with("Les Rives Claires")
        );
        assert_eq!(evenement["adresse"], format!("{SITE}/contrats/{CONTRAT}"));
        let alarmes = evenement["alarmes"].as_array().unwrap();
        assert_eq!(alarmes.len(), 1);
        assert_eq!(
            (&alarmes[0]["quoi"], &alarmes[0]["jours"]),
            (&"DISPLAY".into(), &(-7).into())
        );
        assert_eq!(evenement["erreurs"], serde_json::json!([]));
    }
    let vue: Vec<String> = evenements
        .iter()
        .map(|e| format!("{} {}\n{}", e["debut"], e["titre"], e["details"]))
        .collect();
    insta::assert_snapshot!("agenda", vue.join("\n\n"));
    // and the next day the same deadlines are the same events
    let demain = scene.soir + TimeDelta::days(1);
    let cles = |e: &[Echeance]| -> Vec<String> { e.iter().map(|e| e.cle.clone()).collect() };
    assert_eq!(cles(&lues(&scene, demain)), cles(&echeances));
}

#[test]
fn hostile_texts_add_no_event_nor_property() {
    let scene = scene("2024-01-24");
    let mut echeances = lues(&scene, scene.soir);
    let nombre = echeances.len();
    assert!(nombre > 0);
    // given titles that try to end what holds them
    let charges = [
        "X\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:autre",
        "X\nATTACH:https://ailleurs.exemple/\n",
        "a;b,c\\n\\,d:e\"f",
        "é\u{2028}\u{85}\u{0}\u{b}ATTENDEE:mailto:a@b",
    ];
    for charge in charges {
        for echeance in &mut echeances {
            charge.clone_into(&mut echeance.titre);
            echeance.details = vec![charge.to_owned(); 2];
        }
        let ics = calendrier(&echeances, SITE, scene.soir);
        // when it is read, then it holds the same events, with the text on one line
        let lu = lit("lit_ics.py", &ics);
        let evenements = lu["evenements"].as_array().unwrap();
        assert_eq!(evenements.len(), nombre, "{charge:?}");
        for evenement in evenements {
            let titre = evenement["titre"].as_str().unwrap();
            assert!(!titre.contains('\n') && !titre.contains('\r'), "{titre:?}");
            assert_ne!(evenement["uid"], "autre");
            let details = evenement["details"].as_str().unwrap();
            assert_eq!(details.lines().count(), 2, "{details:?}");
        }
        assert!(
            !ics.contains("\nATTACH") && !ics.contains("\nATTENDEE"),
            "{ics}"
        );
    }
}

#[test]
fn a_calendar_is_opened_by_its_token_alone_until_it_is_revoked() {
    let scene = scene("2022-07-21");
    let (entente, soir) = (&scene.entente, scene.soir);
    scene.runtime.block_on(async {
        // given a calendar that a person opened
        let jeton = entente.ouvrir_calendrier("claire", soir).await.unwrap();
        assert_eq!(jeton.len(), 64);
        let de = async |jeton: &str| entente.personne_du_calendrier(jeton).await.unwrap();
        assert_eq!(de(&jeton).await.as_deref(), Some("claire"));
        assert!(entente.calendrier_ouvert("claire").await.unwrap().is_some());
        // when another token is tried, then it opens nothing
        let mut voisin = jeton.clone();
        voisin.replace_range(..1, if jeton.starts_with('0') { "1" } else { "0" });
        for autre in ["", "claire", &voisin, &jeton.to_uppercase(), &jeton[..63]] {
            if autre != jeton {
                assert_eq!(de(autre).await, None, "{autre}");
            }
        }
        // when it is opened again, then the first ends
        let second = entente.ouvrir_calendrier("claire", soir).await.unwrap();
        assert_ne!(second, jeton);
        assert_eq!(de(&jeton).await, None);
        assert_eq!(de(&second).await.as_deref(), Some("claire"));
        // when it is revoked, then nothing opens it, and others stay
        let autre = entente.ouvrir_calendrier("karim", soir).await.unwrap();
        assert!(entente.fermer_calendrier("claire", soir).await.unwrap());
        assert!(!entente.fermer_calendrier("claire", soir).await.unwrap());
        assert_eq!(de(&second).await, None);
        assert_eq!(de(&autre).await.as_deref(), Some("karim"));
        // and the database does not know the token
        let url = format!("sqlite://{}", scene.fichier.display());
        let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
            .await
            .unwrap();
        let gardes: Vec<(String,)> = sqlx::query_as("select jeton from flux_ics")
            .fetch_all(&mut conn)
            .await
            .unwrap();
        assert_eq!(gardes.len(), 3);
        assert!(
            gardes
                .iter()
                .all(|(g,)| *g != autre && *g != second && *g != jeton)
        );
    });
}
