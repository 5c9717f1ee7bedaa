//! The second factor: a telephone, a recovery code, and who tries them.

use super::{BON, Ici, KARIM, demande, matin, minutes, partout, souple, telephone};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::comptes::{
    Comptes, Connecte, Etape, Identifiants, Jeton, Politique, Refus, RefusConnexion,
};

const CODE: TimeDelta = TimeDelta::seconds(30);

/// Signs Karim in for the first time; answers his key and his recovery codes.
async fn enrole(ici: &Ici, quand: DateTime<Utc>) -> (String, Vec<String>) {
    let (jeton, connecte) = ici.entre(KARIM, quand).await;
    assert_eq!(connecte.etape, Etape::Enrolement);
    assert_eq!(connecte.droits, []);
    let cle = ici.comptes.enroler(jeton.as_str(), quand).await.unwrap();
    assert!(cle.uri.contains(&cle.secret));
    let code = telephone(&cle.secret, quand);
    let suite = ici
        .comptes
        .confirmer_enrolement(jeton.as_str(), &code, quand);
    let (neuf, connecte, codes) = suite.await.unwrap();
    assert_eq!(connecte.etape, Etape::Complete);
    assert_eq!(connecte.droits.len(), 1);
    assert!(!ici.vit(&jeton, quand).await, "the token changes");
    assert!(ici.vit(&neuf, quand).await);
    (cle.secret, codes)
}

/// Signs Karim in up to the code.
async fn devant(ici: &Ici, quand: DateTime<Utc>) -> Jeton {
    let (jeton, connecte) = ici.entre(KARIM, quand).await;
    assert_eq!(connecte.etape, Etape::SecondFacteur);
    assert_eq!(connecte.droits, []);
    jeton
}

async fn donne(
    ici: &Ici,
    jeton: &Jeton,
    code: &str,
    quand: DateTime<Utc>,
) -> Result<(Jeton, Connecte), RefusConnexion> {
    ici.comptes
        .second_facteur(jeton.as_str(), code, quand)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_once_and_the_token_changes() {
    for ici in partout(Politique::default()).await {
        let (secret, _) = enrole(&ici, matin()).await;
        // when the code that confirmed the telephone is shown again
        let jeton = devant(&ici, matin()).await;
        let deja = telephone(&secret, matin());
        let refus = donne(&ici, &jeton, &deja, matin()).await;
        assert!(matches!(refus, Err(RefusConnexion::Code { restants: 4 })));
        // when the next one is, however it is typed
        let apres = matin() + CODE;
        let code = telephone(&secret, apres);
        let tape = format!(" {} {}", &code[..3], &code[3..]);
        let (neuf, connecte) = donne(&ici, &jeton, &tape, apres).await.unwrap();
        // then pages open, under another token
        assert_eq!(
            (connecte.etape, connecte.droits.len()),
            (Etape::Complete, 1)
        );
        assert!(!ici.vit(&jeton, apres).await);
        assert!(ici.vit(&neuf, apres).await);
        // and it opens nothing more, in this session or in another
        assert!(matches!(
            donne(&ici, &neuf, &code, apres).await,
            Err(RefusConnexion::Session)
        ));
        let autre = devant(&ici, apres).await;
        let refus = donne(&ici, &autre, &code, apres).await;
        assert!(matches!(refus, Err(RefusConnexion::Code { .. })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_one_step_around_and_no_more() {
    for ici in partout(Politique::default()).await {
        let (secret, _) = enrole(&ici, matin()).await;
        let midi = matin() + minutes(240);
        for (ecart, bon) in [(-2, false), (2, false), (-1, true), (1, true)] {
            // Far enough that no step was used.
            let quand = midi + minutes(20 * i64::from(ecart + 2));
            let jeton = devant(&ici, quand).await;
            let code = telephone(&secret, quand + CODE * ecart);
            let fait = donne(&ici, &jeton, &code, quand).await;
            assert_eq!(fait.is_ok(), bon, "{ecart}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_show_the_same_code_at_once_one_gets_in() {
    for ici in partout(Politique::default()).await {
        let (secret, _) = enrole(&ici, matin()).await;
        let quand = matin() + minutes(5);
        let code = telephone(&secret, quand);
        let mut taches = Vec::new();
        for _ in 0..6 {
            let jeton = devant(&ici, quand).await;
            let (comptes, code): (Comptes, String) = (ici.comptes.clone(), code.clone());
            taches.push(tokio::spawn(async move {
                comptes.second_facteur(jeton.as_str(), &code, quand).await
            }));
        }
        let mut entres = 0;
        for tache in taches {
            entres += usize::from(tache.await.unwrap().is_ok());
        }
        assert_eq!(entres, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_wrong_codes_the_session_dies() {
    for ici in partout(Politique::default()).await {
        let (secret, _) = enrole(&ici, matin()).await;
        let quand = matin() + minutes(20);
        let jeton = devant(&ici, quand).await;
        for restants in (1..5).rev() {
            let refus = donne(&ici, &jeton, "abcdef", quand).await.unwrap_err();
            assert!(matches!(refus, RefusConnexion::Code { restants: r } if r == restants));
            assert!(refus.to_string().contains(&format!("{restants} essai")));
        }
        let refus = donne(&ici, &jeton, "abcdef", quand).await;
        assert!(matches!(refus, Err(RefusConnexion::Session)));
        assert!(!ici.vit(&jeton, quand).await);
        // and a good code does not wake it
        let bon = telephone(&secret, quand);
        let refus = donne(&ici, &jeton, &bon, quand).await;
        assert!(matches!(refus, Err(RefusConnexion::Session)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_counted_over_all_the_sessions_of_an_account() {
    for ici in partout(Politique::default()).await {
        // given someone who has the password, and opens session after session
        let (secret, _) = enrole(&ici, matin()).await;
        let quand = matin() + minutes(20);
        let mut evalues = 0;
        for _ in 0..4 {
            let jeton = devant(&ici, quand).await;
            for _ in 0..5 {
                match donne(&ici, &jeton, "abcdef", quand).await {
                    // The fifth was evaluated too, and closes.
                    Err(RefusConnexion::Code { .. } | RefusConnexion::Session) => evalues += 1,
                    Err(RefusConnexion::Trop { .. }) => {}
                    autre => panic!("{autre:?}"),
                }
            }
        }
        assert_eq!(evalues, 10);
        // then the good code waits too
        let jeton = devant(&ici, quand).await;
        let bon = telephone(&secret, quand);
        let refus = donne(&ici, &jeton, &bon, quand).await;
        assert!(matches!(refus, Err(RefusConnexion::Trop { .. })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_browser_counts_its_own_codes() {
    for ici in partout(Politique::default()).await {
        let (secret, codes) = enrole(&ici, matin()).await;
        let jeton = devant(&ici, matin()).await;
        let (jeton, _) = donne(&ici, &jeton, &codes[0], matin()).await.unwrap();
        let connu = ici.comptes.reconnaitre(jeton.as_str(), None, matin()).await;
        let connu = connu.unwrap().unwrap();
        // given someone who has the password, and spends the codes of a quarter of an hour
        let quand = matin() + minutes(20);
        for _ in 0..2 {
            let jeton = devant(&ici, quand).await;
            for _ in 0..5 {
                let _ = donne(&ici, &jeton, "abcdef", quand).await;
            }
        }
        // when Karim comes from where he is known, then he gets in
        let demande = Identifiants {
            appareil: Some(connu.as_str()),
            ..demande(KARIM, BON)
        };
        let (jeton, _) = ici.comptes.connecter(&demande, quand).await.unwrap();
        let bon = telephone(&secret, quand);
        donne(&ici, &jeton, &bon, quand).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_opens_once() {
    for ici in partout(Politique::default()).await {
        let (_, codes) = enrole(&ici, matin()).await;
        assert_eq!(codes.len(), 10);
        assert_eq!(ici.comptes.moyens("karim").await.unwrap().codes, Some(10));
        let gardees = ici.textes("select empreinte from codes_secours").await;
        assert!(codes.iter().all(|c| !gardees.contains(c)));
        // when one is typed in lower case without its dashes
        let jeton = devant(&ici, matin()).await;
        let tape = codes[3].to_lowercase().replace('-', "");
        let (neuf, _) = donne(&ici, &jeton, &tape, matin()).await.unwrap();
        assert_eq!(ici.comptes.moyens("karim").await.unwrap().codes, Some(9));
        // then it opens nothing more
        let jeton = devant(&ici, matin()).await;
        let refus = donne(&ici, &jeton, &codes[3], matin()).await;
        assert!(matches!(refus, Err(RefusConnexion::Code { .. })));
        // when new ones are made, then those left are worth nothing
        let neufs = ici
            .comptes
            .nouveaux_codes(neuf.as_str(), matin())
            .await
            .unwrap();
        let refus = donne(&ici, &jeton, &codes[4], matin()).await;
        assert!(matches!(refus, Err(RefusConnexion::Code { .. })));
        donne(&ici, &jeton, &neufs[0], matin()).await.unwrap();
        // and one that has been signed in for long must sign in again to make them
        let tard = matin() + minutes(16);
        assert!(ici.vit(&neuf, tard).await);
        let refus = ici.comptes.nouveaux_codes(neuf.as_str(), tard).await;
        assert!(matches!(refus, Err(Refus::Ancienne)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_is_changed_by_someone_who_just_signed_in() {
    for ici in partout(Politique::default()).await {
        let (secret, codes) = enrole(&ici, matin()).await;
        // someone who has only the password chooses no other telephone
        let jeton = devant(&ici, matin()).await;
        let refus = ici
            .comptes
            .enroler(jeton.as_str(), matin())
            .await
            .err()
            .unwrap();
        assert!(
            matches!(refus, Refus::Connexion(RefusConnexion::Session)),
            "{refus}"
        );
        let refus = ici
            .comptes
            .confirmer_enrolement(jeton.as_str(), "123456", matin())
            .await;
        assert!(matches!(refus, Err(RefusConnexion::Session)));
        // given a complete session
        let jeton = devant(&ici, matin()).await;
        let (jeton, _) = donne(&ici, &jeton, &codes[0], matin()).await.unwrap();
        let refus = ici
            .comptes
            .enroler(jeton.as_str(), matin() + minutes(15))
            .await;
        assert!(matches!(refus.err(), Some(Refus::Ancienne)));
        // when it takes a new key, the old one holds until a code confirms it
        let neuve = ici.comptes.enroler(jeton.as_str(), matin()).await.unwrap();
        assert_ne!(neuve.secret, secret);
        let faux = ici
            .comptes
            .confirmer_enrolement(jeton.as_str(), "abcdef", matin())
            .await;
        assert!(matches!(faux, Err(RefusConnexion::Code { restants: 4 })));
        let quand = matin() + CODE;
        let autre = devant(&ici, quand).await;
        let ancien = telephone(&secret, quand);
        let (autre, _) = donne(&ici, &autre, &ancien, quand).await.unwrap();
        // when it is confirmed, then the other sessions and recovery codes die with the old key
        let code = telephone(&neuve.secret, quand);
        let suite = ici
            .comptes
            .confirmer_enrolement(jeton.as_str(), &code, quand)
            .await;
        let (neuf, _, _) = suite.unwrap();
        assert!(ici.vit(&neuf, quand).await);
        assert!(!ici.vit(&autre, quand).await);
        let jeton = devant(&ici, quand).await;
        let apres = telephone(&secret, quand + CODE);
        for mort in [&apres, &codes[1]] {
            let refus = donne(&ici, &jeton, mort, quand + CODE).await;
            assert!(matches!(refus, Err(RefusConnexion::Code { .. })));
        }
        let bon = telephone(&neuve.secret, quand + CODE);
        donne(&ici, &jeton, &bon, quand + CODE).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_demanded_later_is_asked_of_sessions_already_open() {
    for ici in partout(souple()).await {
        let (jeton, connecte) = ici.entre(KARIM, matin()).await;
        assert_eq!(connecte.etape, Etape::Complete);
        let stricts = Comptes::nouveaux(ici.base.clone(), Politique::default());
        let session = stricts
            .session(jeton.as_str(), matin())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (session.etape, session.droits.len()),
            (Etape::Enrolement, 0)
        );
    }
}
