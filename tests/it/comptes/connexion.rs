//! Signing in with a password, and changing it.

use super::{BON, Ici, KARIM, MAUVAIS, demande, matin, minutes, partout, souple};
use entente::app::comptes::{
    Auteur, Etape, NouvellePersonne, Personne, Politique, Refus, RefusConnexion, RefusMotDePasse,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_opens_and_the_wrong_one_says_no_more_than_no_account() {
    for ici in partout(souple()).await {
        // given a person, when they give their address in any case and the right password
        let dite = format!(" {} ", KARIM.to_uppercase());
        let (jeton, connecte) = ici.entre(&dite, matin()).await;
        // then they are in, with their rights
        assert_eq!(connecte.etape, Etape::Complete);
        assert_eq!(connecte.personne.id, "karim");
        assert_eq!(connecte.droits.len(), 1);
        assert!(ici.vit(&jeton, matin()).await);
        // when the password is wrong, the address unknown, the person without a password
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
        let mut phrases = Vec::new();
        for (courriel, mot_de_passe) in [
            (KARIM, MAUVAIS),
            ("inconnue@val-median.example", BON),
            (sans.courriel, ""),
            (sans.courriel, BON),
        ] {
            let demande = demande(courriel, mot_de_passe);
            let refus = ici.comptes.connecter(&demande, matin()).await.unwrap_err();
            assert!(matches!(refus, RefusConnexion::Identifiants));
            phrases.push(refus.to_string());
        }
        // then one sentence is told to all
        phrases.dedup();
        assert_eq!(phrases.len(), 1);
        assert!(phrases[0].contains("réessayez"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_costs_the_work_of_a_known_one() {
    let [ici, _] = partout(souple()).await;
    let mut durees = [Vec::new(), Vec::new()];
    for n in 0..8 {
        for (rang, courriel) in [KARIM, "inconnue@val-median.example"].iter().enumerate() {
            let debut = std::time::Instant::now();
            let quand = matin() + minutes(16 * n);
            let refus = ici
                .comptes
                .connecter(&demande(courriel, MAUVAIS), quand)
                .await;
            assert!(matches!(refus, Err(RefusConnexion::Identifiants)));
            durees[rang].push(debut.elapsed());
        }
    }
    let [connue, inconnue] = durees.map(|mut d| {
        d.sort();
        d[d.len() / 2]
    });
    // The hash is nearly all of it: without it, an unknown address would be ten times faster.
    assert!(inconnue * 2 > connue, "{inconnue:?} contre {connue:?}");
    assert!(connue * 2 > inconnue, "{inconnue:?} contre {connue:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_holds_neither_password_nor_token() {
    for ici in partout(souple()).await {
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let haches = ici.textes("select mot_de_passe from secrets").await;
        assert_eq!(haches.len(), 2);
        // the same password, twice: a salt each
        assert_ne!(haches[0], haches[1]);
        for hache in haches {
            assert!(
                hache.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
                "{hache}"
            );
        }
        let gardees = ici.textes("select empreinte from sessions").await;
        assert_eq!(gardees.len(), 1);
        assert_eq!(gardees[0].len(), 64);
        assert!(!gardees[0].contains(jeton.as_str()));
        // a digest opens nothing
        assert!(
            ici.comptes
                .session(&gardees[0], matin())
                .await
                .unwrap()
                .is_none()
        );
    }
}

async fn cree(ici: &Ici, personne: &NouvellePersonne<'_>) -> Result<Personne, Refus> {
    let cree = ici
        .comptes
        .creer_personne(Auteur::Programme, personne, matin());
    cree.await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_is_not_taken_and_an_address_is_taken_once() {
    for ici in partout(Politique::default()).await {
        let neuve = |id, courriel, mot_de_passe| NouvellePersonne {
            id: Some(id),
            nom: "Jean Petit",
            courriel,
            mot_de_passe: Some(mot_de_passe),
        };
        let court = cree(&ici, &neuve("jean", "j@b.example", "court"))
            .await
            .unwrap_err();
        let attendu = RefusMotDePasse::Court {
            attendu: 15,
            trouve: 5,
        };
        assert!(
            matches!(court, Refus::MotDePasse(ref r) if *r == attendu),
            "{court}"
        );
        let commun = cree(&ici, &neuve("jean", "j@b.example", "motdepasse123456")).await;
        assert!(matches!(
            commun,
            Err(Refus::MotDePasse(RefusMotDePasse::Commun))
        ));
        let sien = cree(&ici, &neuve("jean", "j@b.example", "jeanpetit20262026")).await;
        assert!(matches!(
            sien,
            Err(Refus::MotDePasse(RefusMotDePasse::Identite))
        ));
        // an address, or an identifier, that someone has
        let majuscules = KARIM.to_uppercase();
        let prise = cree(&ici, &neuve("autre", &majuscules, BON)).await;
        assert!(matches!(prise, Err(Refus::Existe)), "{prise:?}");
        let prise = cree(&ici, &neuve("karim", "j@b.example", BON)).await;
        assert!(matches!(prise, Err(Refus::Existe)), "{prise:?}");
        let prise = cree(&ici, &neuve("entente", "j@b.example", BON)).await;
        assert!(matches!(prise, Err(Refus::Existe)), "{prise:?}");
        // what is not an address, a name, an identifier
        let pas = cree(&ici, &neuve("jean", "jean", BON)).await;
        assert!(matches!(pas, Err(Refus::Courriel)));
        let pas = cree(&ici, &neuve("je an", "j@b.example", BON)).await;
        assert!(matches!(pas, Err(Refus::Identifiant)));
        assert_eq!(
            cree(&ici, &neuve("jean", "J@b.example", BON))
                .await
                .unwrap()
                .courriel,
            "j@b.example"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_closes_what_the_old_one_opened() {
    for ici in partout(souple()).await {
        // given two sessions
        let (autre, _) = ici.entre(KARIM, matin()).await;
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let change = |jeton: String, ancien, nouveau| {
            let comptes = ici.comptes.clone();
            async move {
                comptes
                    .changer_mot_de_passe(&jeton, ancien, nouveau, matin())
                    .await
            }
        };
        let ici_jeton = jeton.as_str().to_owned();
        // when the present password is wrong, or the new one weak, then nothing changes
        let refus = change(ici_jeton.clone(), MAUVAIS, "six chevaux rouges").await;
        let refus = refus.unwrap_err();
        assert!(
            matches!(refus, Refus::Connexion(RefusConnexion::Identifiants)),
            "{refus}"
        );
        let refus = change(ici_jeton.clone(), BON, "azerty").await.unwrap_err();
        assert!(matches!(refus, Refus::MotDePasse(_)), "{refus}");
        assert!(ici.vit(&autre, matin()).await);
        // when it is changed
        let suite = change(ici_jeton, BON, "six chevaux rouges").await;
        let (neuf, connecte) = suite.unwrap();
        // then the token is another, and every one before is dead
        assert_eq!(connecte.droits.len(), 1);
        assert!(ici.vit(&neuf, matin()).await);
        assert!(!ici.vit(&jeton, matin()).await);
        assert!(!ici.vit(&autre, matin()).await);
        // and the old password opens nothing
        let refus = ici.comptes.connecter(&demande(KARIM, BON), matin()).await;
        assert!(matches!(refus, Err(RefusConnexion::Identifiants)));
        let entre = demande(KARIM, "six chevaux rouges");
        ici.comptes.connecter(&entre, matin()).await.unwrap();
        let actes = ici
            .textes("select acte from registre_acces where auteur = 'karim'")
            .await;
        assert_eq!(actes, ["mot_de_passe"]);
    }
}
