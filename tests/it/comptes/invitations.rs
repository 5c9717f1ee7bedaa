//! Invitations: seven days, once, and never a way into someone else's account.

use super::{
    BON, Ici, KARIM, LEA, MAUVAIS, ars, demande, droit, matin, minutes, partout, rives_claires,
    souple,
};
use chrono::TimeDelta;
use entente::app::comptes::{Auteur, Fonction, Jeton, Refus, RefusConnexion};

const ANNE: &str = "a.durand@rives-claires.example";

async fn invite(ici: &Ici, courriel: &str) -> Jeton {
    let (_, lea) = ici.entre(LEA, matin()).await;
    let droit = droit(&rives_claires(), Fonction::Contribution);
    let par = Auteur::Personne(&lea);
    ici.comptes
        .inviter(par, courriel, &droit, matin())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_makes_an_account_once() {
    for ici in partout(souple()).await {
        let lien = invite(&ici, " A.Durand@Rives-Claires.example ").await;
        let comptes = &ici.comptes;
        let vue = comptes
            .invitation(lien.as_str(), matin())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(vue.courriel, ANNE);
        assert_eq!(vue.droit, droit(&rives_claires(), Fonction::Contribution));
        assert_eq!(vue.expire, matin() + TimeDelta::days(7));
        assert_eq!(
            comptes.invitations("rives-claires", matin()).await.unwrap(),
            [vue]
        );
        // when the password or the name is not taken, then the link is still good
        let refus = comptes
            .accepter(lien.as_str(), "Anne Durand", "court", matin())
            .await;
        assert!(matches!(refus, Err(Refus::MotDePasse(_))));
        let refus = comptes.accepter(lien.as_str(), " ", BON, matin()).await;
        assert!(matches!(refus, Err(Refus::Nom)));
        // when it is accepted
        let presque = matin() + TimeDelta::days(7) - minutes(1);
        let anne = comptes
            .accepter(lien.as_str(), "Anne Durand", BON, presque)
            .await
            .unwrap();
        // then she is in, with the right that waited, and the link is spent
        let (_, connecte) = ici.entre(ANNE, presque).await;
        assert_eq!(connecte.personne, anne);
        assert_eq!(
            connecte.droits,
            [droit(&rives_claires(), Fonction::Contribution)]
        );
        let refus = comptes
            .accepter(lien.as_str(), "Anne Durand", BON, presque)
            .await;
        assert!(matches!(refus, Err(Refus::Invitation)), "{refus:?}");
        assert_eq!(
            comptes.invitations("rives-claires", matin()).await.unwrap(),
            []
        );
        let lignes = comptes.registre(Some("rives-claires"), None).await.unwrap();
        let actes: Vec<_> = lignes.iter().map(|l| (&*l.auteur, &*l.acte)).collect();
        let (anne, lea) = (&*anne.id, "lea");
        let attendus = [
            (anne, "accepter"),
            (lea, "accorder"),
            (anne, "personne"),
            (lea, "inviter"),
        ];
        assert_eq!(actes[..4], attendus);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_lasts_seven_days_and_may_be_taken_back() {
    for ici in partout(souple()).await {
        let comptes = &ici.comptes;
        let lien = invite(&ici, ANNE).await;
        let apres = matin() + TimeDelta::days(7);
        let refus = comptes
            .accepter(lien.as_str(), "Anne Durand", BON, apres)
            .await;
        assert!(matches!(refus, Err(Refus::Invitation)));
        // when it is taken back, by who may
        let vues = comptes.invitations("rives-claires", matin()).await.unwrap();
        let (_, karim) = ici.entre(KARIM, matin()).await;
        let lui = Auteur::Personne(&karim);
        let refus = comptes.annuler_invitation(lui, &vues[0].id, matin()).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        let par = Auteur::Programme;
        comptes
            .annuler_invitation(par, &vues[0].id, matin())
            .await
            .unwrap();
        let refus = comptes
            .accepter(lien.as_str(), "Anne Durand", BON, matin())
            .await;
        assert!(matches!(refus, Err(Refus::Invitation)));
        // when who sent it administers no longer
        let lien = invite(&ici, ANNE).await;
        let sien = comptes.droits("lea").await.unwrap().remove(0).id;
        comptes.retirer(par, &sien, matin()).await.unwrap();
        assert!(
            comptes
                .invitation(lien.as_str(), matin())
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_accept_one_invitation_one_wins() {
    for ici in partout(souple()).await {
        let lien = invite(&ici, ANNE).await;
        let mut taches = Vec::new();
        for n in 0..4 {
            let (comptes, lien) = (ici.comptes.clone(), lien.clone());
            taches.push(tokio::spawn(async move {
                let nom = format!("Anne {n}");
                comptes.accepter(lien.as_str(), &nom, BON, matin()).await
            }));
        }
        let mut gagnants = Vec::new();
        for tache in taches {
            match tache.await.unwrap() {
                Ok(personne) => gagnants.push(personne),
                Err(Refus::Invitation | Refus::DejaInscrit) => {}
                Err(autre) => panic!("{autre}"),
            }
        }
        assert_eq!(gagnants.len(), 1);
        assert_eq!(ici.entre(ANNE, matin()).await.1.personne, gagnants[0]);
        let gens = ici.textes("select id from personnes").await;
        assert_eq!(gens.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_never_takes_an_account_that_exists() {
    for ici in partout(souple()).await {
        let comptes = &ici.comptes;
        // given an administrator who invites an address that has an account elsewhere
        let lien = invite(&ici, KARIM).await;
        // when she uses the link herself, then the account is not hers
        let refus = comptes
            .accepter(lien.as_str(), "Karim", MAUVAIS, matin())
            .await;
        assert!(matches!(refus, Err(Refus::DejaInscrit)));
        let (lea, _) = ici.entre(LEA, matin()).await;
        let refus = comptes
            .rattacher(lea.as_str(), lien.as_str(), matin())
            .await;
        assert!(matches!(refus, Err(Refus::Invitation)));
        let entre = comptes.connecter(&demande(KARIM, MAUVAIS), matin()).await;
        assert!(matches!(entre, Err(RefusConnexion::Identifiants)));
        // when he opens it, signed in
        let (autre, _) = ici.entre(KARIM, matin()).await;
        let (avant, _) = ici.entre(KARIM, matin()).await;
        let suite = comptes
            .rattacher(avant.as_str(), lien.as_str(), matin())
            .await;
        let (apres, connecte) = suite.unwrap();
        // then he has both rights, under another token
        let attendus = [
            droit(&ars(), Fonction::Validation),
            droit(&rives_claires(), Fonction::Contribution),
        ];
        assert_eq!(connecte.droits, attendus);
        assert!(ici.vit(&apres, matin()).await);
        for mort in [&avant, &autre] {
            assert!(!ici.vit(mort, matin()).await);
        }
        let refus = comptes
            .rattacher(apres.as_str(), lien.as_str(), matin())
            .await;
        assert!(matches!(refus, Err(Refus::Invitation)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_invites_where_they_do_not_administer() {
    for ici in partout(souple()).await {
        let (_, lea) = ici.entre(LEA, matin()).await;
        let par = Auteur::Personne(&lea);
        let ailleurs = droit(&ars(), Fonction::Lecture);
        let refus = ici.comptes.inviter(par, ANNE, &ailleurs, matin()).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        let chez_elle = droit(&rives_claires(), Fonction::Lecture);
        let refus = ici
            .comptes
            .inviter(par, "pas une adresse", &chez_elle, matin())
            .await;
        assert!(matches!(refus, Err(Refus::Courriel)));
        assert_eq!(ici.textes("select id from invitations").await.len(), 0);
    }
}
