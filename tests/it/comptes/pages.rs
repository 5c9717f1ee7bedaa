//! The pages of one's own account, on both databases.

use super::salle::{SITE, Salle};
use super::{BON, KARIM, LEA, MAUVAIS, ars, droit, matin, minutes, partout, souple, telephone};
use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use entente::app::comptes::{Auteur, Fonction};
use entente::app::courriels::{Mode, Rubrique};

#[tokio::test(flavor = "multi_thread")]
async fn someone_sees_what_they_are_and_the_way_to_it_on_every_page() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut karim = salle.entre(KARIM).await;
        let page = karim.lit("/compte").await;
        assert_eq!(page.code, StatusCode::OK);
        for dit in [
            "Karim Benali",
            KARIM,
            "ARS Val-Médian",
            "Validation",
            "en vigueur",
        ] {
            assert!(page.texte.contains(dit), "{dit} : {}", page.texte);
        }
        assert!(page.texte.contains("href=\"/compte\""));
        // and only those who administer are shown the way to it
        assert!(!page.texte.contains("/administration"));
        let mut lea = salle.entre(LEA).await;
        let page = lea.lit("/compte").await;
        assert!(page.texte.contains("href=\"/administration\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_who_knows_it_and_other_sessions_close() {
    const NEUF: &str = "six moutons dans un pré";
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut ailleurs = salle.entre(KARIM).await;
        let mut karim = salle.entre(KARIM).await;
        let chemin = "/compte/mot-de-passe";
        let change = |ancien, nouveau, encore| {
            [("ancien", ancien), ("nouveau", nouveau), ("encore", encore)]
        };
        // when it is wrong, too short, or typed twice otherwise, then nothing is done
        for (envoi, phrase) in [
            (
                change(MAUVAIS, NEUF, NEUF),
                "Le mot de passe actuel ne convient pas",
            ),
            (change(BON, "court", "court"), "il en faut au moins 15"),
            (change(BON, NEUF, BON), "Les deux mots de passe diffèrent"),
        ] {
            let page = karim.envoie(chemin, &envoi).await;
            page.refuse(phrase);
            assert!(!page.texte.contains(NEUF), "a password is not sent back");
        }
        assert_eq!(ailleurs.lit("/compte").await.code, StatusCode::OK);
        // when it is right
        let mut avant = karim.copie();
        let page = karim.envoie(chemin, &change(BON, NEUF, NEUF)).await;
        page.faite("/compte/securite?fait=mot-de-passe");
        let page = karim.lit(&page.vers).await;
        assert!(
            page.texte
                .contains("C’est fait : votre mot de passe est changé")
        );
        // then others are out, the token before too, and the new one opens
        for autre in [&mut ailleurs, &mut avant] {
            let page = autre.lit("/compte").await;
            assert!(page.vers.starts_with("/connexion"), "{}", page.vers);
        }
        let mut neuf = salle.ouvre();
        let page = neuf.connecte(KARIM, BON).await;
        assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(neuf.connecte(KARIM, NEUF).await.vers, "/");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_closed_one_by_one_or_all_but_this_one() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut un = salle.entre(KARIM).await;
        let mut deux = salle.entre(KARIM).await;
        let mut trois = salle.entre(KARIM).await;
        let mut karim = salle.entre(KARIM).await;
        let mut lea = salle.entre(LEA).await;
        let page = karim.lit("/compte/securite").await;
        assert_eq!(page.texte.matches("celle-ci").count(), 1);
        // when one is closed, twice, then one is
        let session = page.cache("session");
        for _ in 0..2 {
            let envoi = [("session", &*session)];
            let page = karim.envoie("/compte/sessions", &envoi).await;
            page.faite("/compte/securite?fait=session");
        }
        let mut fermees = 0;
        for autre in [&mut un, &mut deux, &mut trois] {
            fermees += u32::from(autre.lit("/compte").await.code != StatusCode::OK);
        }
        assert_eq!(fermees, 1);
        // and nobody closes the session of another
        let page = karim.lit("/compte/securite").await;
        let session = page.cache("session");
        lea.envoie("/compte/sessions", &[("session", &session)])
            .await;
        let page = karim.lit("/compte/securite").await;
        assert_eq!(page.cache("session"), session);
        // when all the others are
        let page = karim.envoie("/compte/sessions", &[]).await;
        page.faite("/compte/securite?fait=sessions");
        for autre in [&mut un, &mut deux, &mut trois] {
            assert_ne!(autre.lit("/compte").await.code, StatusCode::OK);
        }
        for reste in [&mut karim, &mut lea] {
            assert_eq!(reste.lit("/compte").await.code, StatusCode::OK);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_made_once_and_does_not_come_back() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut karim = salle.entre(KARIM).await;
        let page = karim.lit("/compte/cles").await;
        assert!(page.texte.contains("Aucune clé."));
        assert!(
            !page.texte.contains("value=\"signature\""),
            "beyond what he may"
        );
        let id = page.cache("id");
        let envoi = |fonction, au| {
            [
                ("id", &*id),
                ("nom", "Tableau <b>de bord</b>"),
                ("organisation", "ars-val-median"),
                ("fonction", fonction),
                ("au", au),
            ]
        };
        // when it would do more than him, or is over already, then what was typed stays
        for (fonction, au, phrase) in [
            ("signature", "2026-06-30", "plus de droits que vous"),
            ("lecture", "2026-01-01", "date de fin"),
            ("lecture", "demain", "Une date était attendue"),
            ("tout", "2026-06-30", "Choisissez ce que"),
        ] {
            let page = karim.envoie("/compte/cles", &envoi(fonction, au)).await;
            page.refuse(phrase);
            assert!(page.texte.contains("Tableau &lt;b&gt;de bord&lt;/b&gt;"));
        }
        assert!(ici.comptes.cles("karim").await.unwrap().is_empty());
        // when the form is sent twice, then the same key is shown twice
        let bonne = envoi("lecture", "2026-06-30");
        let cle = karim.envoie("/compte/cles", &bonne).await.secret();
        assert_eq!(karim.envoie("/compte/cles", &bonne).await.secret(), cle);
        assert_eq!(ici.comptes.cles("karim").await.unwrap().len(), 1);
        let ouvre = async || ici.comptes.cle(&cle, matin()).await.unwrap();
        assert_eq!(ouvre().await.unwrap().personne.id, "karim");
        // and the list does not show it
        let page = karim.lit("/compte/cles").await;
        assert!(!page.texte.contains(&cle));
        // when it is ended, twice, then it opens nothing, and the form sent again does not mend it
        for _ in 0..2 {
            let page = karim.envoie("/compte/cles/revoquer", &[("cle", &id)]).await;
            page.faite("/compte/cles?fait=revoquee");
        }
        assert!(ouvre().await.is_none());
        let page = karim.envoie("/compte/cles", &bonne).await;
        page.refuse("Cette clé a été révoquée");
        assert!(ouvre().await.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_else_does_not_take_the_key_of_a_form() {
    for ici in partout(souple()).await {
        let par = Auteur::Programme;
        let lit = droit(&ars(), Fonction::Lecture);
        ici.comptes
            .accorder(par, "lea", &lit, matin())
            .await
            .unwrap();
        let salle = Salle::de(&ici, false);
        let (mut karim, mut lea) = (salle.entre(KARIM).await, salle.entre(LEA).await);
        let envoi = [
            ("id", "choisi"),
            ("nom", "SI"),
            ("organisation", "ars-val-median"),
            ("fonction", "lecture"),
            ("au", "2026-06-30"),
        ];
        let cle = karim.envoie("/compte/cles", &envoi).await.secret();
        let page = lea.envoie("/compte/cles", &envoi).await;
        assert_eq!(page.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!page.texte.contains(&cle));
        assert!(ici.comptes.cles("lea").await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_chosen_one_heading_at_a_time() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut karim = salle.entre(KARIM).await;
        let choix = |mode| Rubrique::TOUTES.map(|r| (r.code(), mode));
        // when a choice is missing or is none, then nothing is kept
        let mut faux = choix("jamais");
        faux[2].1 = "parfois";
        karim
            .envoie("/compte/avis", &faux)
            .await
            .refuse("Un choix manque");
        let lus = salle.entente.preferences("karim").await.unwrap();
        assert_eq!(lus[&Rubrique::AVous], Mode::Immediat);
        // when all are made, then they are kept, for that person
        let page = karim.envoie("/compte/avis", &choix("jamais")).await;
        page.faite("/compte/avis?fait=avis");
        let page = karim.lit(&page.vers).await;
        assert!(page.texte.contains("C’est fait"));
        assert_eq!(page.texte.matches("value=\"jamais\" checked").count(), 5);
        let lus = salle.entente.preferences("lea").await.unwrap();
        assert_eq!(lus[&Rubrique::AVous], Mode::Immediat);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_opens_to_its_link_alone_until_it_is_closed() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut karim = salle.entre(KARIM).await;
        let lien = async |karim: &mut super::salle::Navigateur<'_>| {
            let page = karim.envoie("/compte/calendrier", &[]).await;
            assert_eq!(page.code, StatusCode::OK);
            let lien = page.secret();
            lien.strip_prefix(SITE).unwrap().to_owned()
        };
        let premier = lien(&mut karim).await;
        // when a program without a session asks for it
        let mut agenda = salle.ouvre();
        let page = agenda.lit(&premier).await;
        assert_eq!(page.code, StatusCode::OK);
        let genre = &page.entetes[header::CONTENT_TYPE];
        assert_eq!(genre, "text/calendar; charset=utf-8");
        assert!(
            page.texte.starts_with("BEGIN:VCALENDAR\r\n"),
            "{}",
            page.texte
        );
        // then neither the page nor another token gives it
        let page = karim.lit("/compte/avis").await;
        assert!(!page.texte.contains("agenda.ics"));
        for faux in ["/agenda.ics", "/agenda.ics?jeton=", "/agenda.ics?jeton=00"] {
            assert_eq!(agenda.lit(faux).await.code, StatusCode::NOT_FOUND, "{faux}");
        }
        // when it is made anew, closed, or its person is shut out, then it answers no more
        let second = lien(&mut karim).await;
        assert_eq!(agenda.lit(&premier).await.code, StatusCode::NOT_FOUND);
        assert_eq!(agenda.lit(&second).await.code, StatusCode::OK);
        let page = karim.envoie("/compte/calendrier/fermer", &[]).await;
        page.faite("/compte/avis?fait=ferme");
        assert_eq!(agenda.lit(&second).await.code, StatusCode::NOT_FOUND);
        let dernier = lien(&mut karim).await;
        let par = Auteur::Programme;
        ici.comptes.desactiver(par, "karim", matin()).await.unwrap();
        assert_eq!(agenda.lit(&dernier).await.code, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_is_added_changed_and_taken_away_by_who_just_signed_in() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut karim = salle.entre(KARIM).await;
        karim
            .envoie("/compte/second-facteur/retirer", &[])
            .await
            .refuse("Vous n’avez pas de second facteur");
        // when a telephone is added
        let page = karim.envoie("/compte/second-facteur", &[]).await;
        let (_, suite) = page.texte.split_once("<code class=\"num\">").unwrap();
        let secret = suite.split('<').next().unwrap().replace(' ', "");
        let code = telephone(&secret, matin());
        let page = karim.envoie("/enrolement", &[("code", &code)]).await;
        assert_eq!(page.texte.matches("<li><code>").count(), 10);
        // then its codes are counted, and made anew
        let page = karim.lit("/compte/securite").await;
        assert!(
            page.texte.contains("10\u{a0}codes de secours"),
            "{}",
            page.texte
        );
        let page = karim.envoie("/compte/codes", &[]).await;
        assert_eq!(page.texte.matches("<li><code>").count(), 10);
        // when a quarter of an hour has passed, then it asks to sign in again
        salle.passe(minutes(16));
        for chemin in ["", "/retirer"] {
            let chemin = format!("/compte/second-facteur{chemin}");
            let page = karim.envoie(&chemin, &[]).await;
            page.refuse("que vous veniez de vous connecter");
            assert!(page.texte.contains("retour=%2Fcompte%2Fsecurite"));
        }
        let tard = salle.passe(TimeDelta::zero());
        assert_eq!(karim.connecte(KARIM, BON).await.vers, "/second-facteur");
        let code = telephone(&secret, tard);
        karim.envoie("/second-facteur", &[("code", &code)]).await;
        let page = karim.envoie("/compte/second-facteur/retirer", &[]).await;
        page.faite("/compte/securite?fait=sans-second-facteur");
        assert_eq!(ici.comptes.moyens("karim").await.unwrap().codes, None);
        assert_eq!(karim.lit("/compte").await.code, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_that_is_demanded_is_not_taken_away() {
    let exige = entente::app::comptes::Politique::default();
    for ici in partout(exige).await {
        let salle = Salle::de(&ici, false);
        let mut karim = salle.ouvre();
        assert_eq!(karim.connecte(KARIM, BON).await.vers, "/enrolement");
        // a session that is not complete opens no page of the account
        assert_eq!(karim.lit("/compte").await.vers, "/enrolement");
        let page = karim.lit("/enrolement").await;
        let (_, suite) = page.texte.split_once("<code class=\"num\">").unwrap();
        let secret = suite.split('<').next().unwrap().replace(' ', "");
        let code = telephone(&secret, matin());
        karim.envoie("/enrolement", &[("code", &code)]).await;
        let page = karim.lit("/compte/securite").await;
        assert!(!page.texte.contains("second-facteur/retirer"));
        let page = karim.envoie("/compte/second-facteur/retirer", &[]).await;
        page.refuse("il ne se retire pas");
    }
}
