//! Trying passwords: ten are evaluated, and the honest one is not shut out.

use super::{BON, Ici, KARIM, LEA, MAUVAIS, demande, matin, minutes, partout, souple};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::comptes::{Identifiants, Politique, RefusConnexion};

/// How many of so many tries were evaluated.
async fn essaie(ici: &Ici, n: usize, demande: &Identifiants<'_>, quand: DateTime<Utc>) -> usize {
    let mut evalues = 0;
    for _ in 0..n {
        match ici.comptes.connecter(demande, quand).await {
            Err(RefusConnexion::Identifiants) | Ok(_) => evalues += 1,
            Err(RefusConnexion::Trop { .. }) => {}
            Err(autre) => panic!("{autre}"),
        }
    }
    evalues
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_passwords_are_evaluated_then_even_the_right_one_waits() {
    for ici in partout(souple()).await {
        // given an attacker who tries a thousand
        let evalues = essaie(&ici, 1_000, &demande(KARIM, MAUVAIS), matin()).await;
        assert_eq!(evalues, 10);
        // when the right one comes, then it waits, and is told until when
        let tot = matin() + minutes(15) - TimeDelta::microseconds(1);
        let refus = ici
            .comptes
            .connecter(&demande(KARIM, BON), tot)
            .await
            .unwrap_err();
        assert!(
            matches!(refus, RefusConnexion::Trop { jusqu_a } if jusqu_a == matin() + minutes(15))
        );
        // The hour of Paris, in winter.
        assert!(refus.to_string().contains("09 h 15"), "{refus}");
        // and passes when the quarter of an hour is over; others were never stopped
        ici.entre(LEA, tot).await;
        ici.entre(KARIM, matin() + minutes(15)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_counted_as_a_known_one() {
    for ici in partout(souple()).await {
        let personne = demande("inconnue@val-median.example", MAUVAIS);
        assert_eq!(essaie(&ici, 15, &personne, matin()).await, 10);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_browser_is_not_shut_out_by_an_attacker() {
    for ici in partout(souple()).await {
        // given a browser from which Karim signed in
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let connu = ici.comptes.reconnaitre(jeton.as_str(), None, matin()).await;
        let connu = connu.unwrap().unwrap();
        let encore = ici
            .comptes
            .reconnaitre(jeton.as_str(), Some(connu.as_str()), matin())
            .await;
        assert!(encore.unwrap().is_none(), "it is known already");
        // when the account is attacked
        let apres = matin() + minutes(20);
        assert_eq!(essaie(&ici, 30, &demande(KARIM, MAUVAIS), apres).await, 10);
        // then it still opens from there, and only for him
        let mut sienne = demande(KARIM, BON);
        sienne.appareil = Some(connu.as_str());
        ici.comptes.connecter(&sienne, apres).await.unwrap();
        essaie(&ici, 10, &demande(LEA, MAUVAIS), apres).await;
        let mut autre = demande(LEA, BON);
        autre.appareil = Some(connu.as_str());
        let refus = ici.comptes.connecter(&autre, apres).await;
        assert!(matches!(refus, Err(RefusConnexion::Trop { .. })));
        // and whoever has stolen it tries ten as well
        sienne.mot_de_passe = MAUVAIS;
        assert_eq!(essaie(&ici, 30, &sienne, apres).await, 9);
        // and after a year it is known no more
        let tard = apres + TimeDelta::days(366);
        essaie(&ici, 10, &demande(KARIM, MAUVAIS), tard).await;
        let refus = ici.comptes.connecter(&sienne, tard).await;
        assert!(matches!(refus, Err(RefusConnexion::Trop { .. })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_of_the_network_tries_so_many_accounts_and_no_more() {
    let politique = Politique {
        essais_adresse: 7,
        ..souple()
    };
    for ici in partout(politique).await {
        let mut evalues = 0;
        for n in 0..10 {
            let courriel = format!("personne{n}@val-median.example");
            evalues += essaie(&ici, 1, &demande(&courriel, MAUVAIS), matin()).await;
        }
        assert_eq!(evalues, 7);
        // then from elsewhere the account opens: what was refused was not counted
        let mut ailleurs = demande(KARIM, BON);
        ailleurs.adresse = "2001:db8::1".parse().unwrap();
        ici.comptes.connecter(&ailleurs, matin()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_made_at_once_by_two_programs_are_counted_together() {
    for ici in partout(souple()).await {
        // given two programs on one database
        let autre = entente::app::comptes::Comptes::nouveaux(ici.base.clone(), souple());
        let mut taches = Vec::new();
        for n in 0..30 {
            let comptes = if n % 2 == 0 { &ici.comptes } else { &autre }.clone();
            taches.push(tokio::spawn(async move {
                comptes.connecter(&demande(KARIM, MAUVAIS), matin()).await
            }));
        }
        // when they try at once, then ten are evaluated, not eleven
        let mut evalues = 0;
        for tache in taches {
            match tache.await.unwrap() {
                Err(RefusConnexion::Identifiants) => evalues += 1,
                Err(RefusConnexion::Trop { .. }) => {}
                autre => panic!("{:?}", autre.map(|_| ())),
            }
        }
        assert_eq!(evalues, 10);
    }
}
