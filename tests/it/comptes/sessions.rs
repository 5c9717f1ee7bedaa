//! Sessions: until when, how they are seen, how they end.

use super::{BON, KARIM, LEA, ars, demande, droit, matin, minutes, partout, souple};
use chrono::TimeDelta;
use entente::app::comptes::{Auteur, Fonction};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_rests_thirty_minutes_and_lives_twelve_hours() {
    for ici in partout(souple()).await {
        // given a session that is seen every twenty minutes
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        for n in 0..36 {
            assert!(ici.vit(&jeton, matin() + minutes(20 * n)).await, "{n}");
        }
        // then it dies at twelve hours, seen or not
        let presque = matin() + TimeDelta::hours(12) - TimeDelta::seconds(1);
        assert!(ici.vit(&jeton, presque).await);
        assert!(!ici.vit(&jeton, matin() + TimeDelta::hours(12)).await);
        // given another, left alone
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let presque = matin() + minutes(30) - TimeDelta::seconds(1);
        assert!(ici.vit(&jeton, presque).await);
        assert!(!ici.vit(&jeton, presque + minutes(30)).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_closes_what_it_has_not_opened_yet() {
    for ici in partout(souple()).await {
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        assert!(ici.vit(&jeton, matin() - minutes(1)).await);
        assert!(!ici.vit(&jeton, matin() - TimeDelta::days(400)).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_noted_seen_at_most_once_a_minute() {
    const VUE: &str = "select vue from sessions";
    for ici in partout(souple()).await {
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let avant = ici.textes(VUE).await;
        assert!(ici.vit(&jeton, matin() + TimeDelta::seconds(59)).await);
        assert_eq!(ici.textes(VUE).await, avant);
        assert!(ici.vit(&jeton, matin() + TimeDelta::seconds(60)).await);
        assert_eq!(ici.textes(VUE).await, ["2026-03-02T08:01:00.000000Z"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_makes_a_new_token_and_ends_the_one_before() {
    for ici in partout(souple()).await {
        // given a browser that holds a token someone else may know
        let (ancien, _) = ici.entre(KARIM, matin()).await;
        // when it signs in again
        let mut demande = demande(KARIM, BON);
        demande.ancienne = Some(ancien.as_str());
        let (neuf, _) = ici.comptes.connecter(&demande, matin()).await.unwrap();
        // then the token is another, and the first opens nothing
        assert_ne!(ancien.as_str(), neuf.as_str());
        assert!(!ici.vit(&ancien, matin()).await);
        assert!(ici.vit(&neuf, matin()).await);
        // and a token nobody made opens nothing
        for faux in ["", "a", &"x".repeat(100_000)] {
            assert!(ici.comptes.session(faux, matin()).await.unwrap().is_none());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_closed_one_by_one_or_together() {
    for ici in partout(souple()).await {
        let (un, connecte) = ici.entre(KARIM, matin()).await;
        let mut ailleurs = demande(KARIM, BON);
        ailleurs.agent = "Téléphone\r\nX-Faux: 1";
        let plus_tard = matin() + minutes(5);
        let (deux, autre) = ici.comptes.connecter(&ailleurs, plus_tard).await.unwrap();
        let (trois, _) = ici.entre(KARIM, plus_tard).await;
        let (lea, _) = ici.entre(LEA, plus_tard).await;
        // then they are listed with what they say, made harmless
        let vues = ici.comptes.sessions("karim", plus_tard).await.unwrap();
        assert_eq!(vues.len(), 3);
        let vue = vues.iter().find(|v| v.id == autre.session).unwrap();
        assert_eq!(vue.agent, "TéléphoneX-Faux: 1");
        assert_eq!(vue.adresse, "192.0.2.1");
        assert_eq!((vue.cree, vue.vue), (plus_tard, plus_tard));
        // when one is closed, by its person only
        assert!(!ici.comptes.revoquer("lea", &autre.session).await.unwrap());
        assert!(ici.comptes.revoquer("karim", &autre.session).await.unwrap());
        assert!(!ici.vit(&deux, plus_tard).await);
        // when all the others are
        let closes = ici
            .comptes
            .revoquer_autres("karim", &connecte.session)
            .await;
        assert_eq!(closes.unwrap(), 1);
        assert!(!ici.vit(&trois, plus_tard).await);
        assert!(ici.vit(&un, plus_tard).await);
        // when one leaves
        ici.comptes.deconnecter(un.as_str()).await.unwrap();
        assert!(!ici.vit(&un, plus_tard).await);
        assert!(ici.vit(&lea, plus_tard).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_given_or_taken_closes_the_sessions_of_its_person() {
    for ici in partout(souple()).await {
        let par = Auteur::Programme;
        let (avant, _) = ici.entre(KARIM, matin()).await;
        let (lea, _) = ici.entre(LEA, matin()).await;
        let signe = droit(&ars(), Fonction::Signature);
        let accorde = ici.comptes.accorder(par, "karim", &signe, matin()).await;
        let id = accorde.unwrap();
        assert!(!ici.vit(&avant, matin()).await);
        assert!(ici.vit(&lea, matin()).await);
        // given once only: nothing changes the second time
        let (entre, connecte) = ici.entre(KARIM, matin()).await;
        assert_eq!(connecte.droits.len(), 2);
        let encore = ici.comptes.accorder(par, "karim", &signe, matin()).await;
        assert_eq!(encore.unwrap(), id);
        assert!(ici.vit(&entre, matin()).await);
        ici.comptes.retirer(par, &id, matin()).await.unwrap();
        assert!(!ici.vit(&entre, matin()).await);
        assert_eq!(ici.entre(KARIM, matin()).await.1.droits.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_forgotten() {
    for ici in partout(souple()).await {
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let connu = ici.comptes.reconnaitre(jeton.as_str(), None, matin()).await;
        assert!(connu.unwrap().is_some());
        // nothing that still serves goes
        assert_eq!(ici.comptes.purger(matin() + minutes(10)).await.unwrap(), 0);
        // the session and the two counters go
        assert_eq!(ici.comptes.purger(matin() + minutes(31)).await.unwrap(), 3);
        // then, a year later, the browser
        let apres = matin() + TimeDelta::days(366);
        assert_eq!(ici.comptes.purger(apres).await.unwrap(), 1);
        assert_eq!(ici.comptes.purger(apres).await.unwrap(), 0);
    }
}
