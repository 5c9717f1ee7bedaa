//! Keys of programs: never more than their person, until a day.

use super::{Ici, KARIM, LEA, ars, droit, matin, partout, rives_claires, souple};
use chrono::{NaiveDate, TimeDelta};
use entente::app::comptes::{
    Auteur, CleVue, Etape, Fonction, Jeton, NouvelleCle, Refus, RefusConnexion,
};

const ARS: &str = "ars-val-median";

fn dernier() -> NaiveDate {
    "2026-06-30".parse().unwrap()
}

async fn cree(
    ici: &Ici,
    session: &Jeton,
    organisation: &str,
    fonction: Fonction,
    au: NaiveDate,
) -> Result<(Jeton, CleVue), Refus> {
    let comptes = &ici.comptes;
    let id = format!("{organisation}-{}-{au}", fonction.mot());
    let demande = NouvelleCle {
        id: &id,
        organisation,
        nom: "SI",
        fonction,
        au,
    };
    comptes.creer_cle(session.as_str(), &demande, matin()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_acts_for_its_person_within_its_function_until_its_day() {
    for ici in partout(souple()).await {
        let comptes = &ici.comptes;
        // given a person with rights in two organisations
        let par = Auteur::Programme;
        let autre = droit(&rives_claires(), Fonction::Lecture);
        comptes
            .accorder(par, "karim", &autre, matin())
            .await
            .unwrap();
        let (session, _) = ici.entre(KARIM, matin()).await;
        // when they make a key to contribute in one
        let (cle, vue) = cree(&ici, &session, ARS, Fonction::Contribution, dernier())
            .await
            .unwrap();
        // then it may that, there, and no more
        let connecte = comptes.cle(cle.as_str(), matin()).await.unwrap().unwrap();
        assert_eq!(connecte.etape, Etape::Complete);
        assert_eq!(connecte.personne.id, "karim");
        assert_eq!(connecte.session, vue.id);
        assert_eq!(connecte.droits, [droit(&ars(), Fonction::Contribution)]);
        // and it is no session, nor a session a key
        assert!(!ici.vit(&cle, matin()).await);
        assert!(
            comptes
                .cle(session.as_str(), matin())
                .await
                .unwrap()
                .is_none()
        );
        // and only its digest is kept
        let gardees = ici.textes("select empreinte from cles").await;
        assert!(gardees.len() == 1 && gardees[0].len() == 64);
        // and it lives to the end of its day, in Paris
        let fin = "2026-06-30T22:00:00Z".parse().unwrap();
        let avant = comptes.cle(cle.as_str(), fin - TimeDelta::seconds(1)).await;
        assert!(avant.unwrap().is_some());
        assert!(comptes.cle(cle.as_str(), fin).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_falls_with_the_rights_of_its_person() {
    for ici in partout(souple()).await {
        let comptes = &ici.comptes;
        let par = Auteur::Programme;
        let (session, _) = ici.entre(KARIM, matin()).await;
        let (cle, _) = cree(&ici, &session, ARS, Fonction::Validation, dernier())
            .await
            .unwrap();
        // when the right becomes less, then so does the key
        let lecture = droit(&ars(), Fonction::Lecture);
        let sien = comptes.droits("karim").await.unwrap().remove(0).id;
        comptes
            .accorder(par, "karim", &lecture, matin())
            .await
            .unwrap();
        comptes.retirer(par, &sien, matin()).await.unwrap();
        let connecte = comptes.cle(cle.as_str(), matin()).await.unwrap().unwrap();
        assert_eq!(connecte.droits, [lecture]);
        // when none is left, then the key opens nothing
        let sien = comptes.droits("karim").await.unwrap().remove(0).id;
        comptes.retirer(par, &sien, matin()).await.unwrap();
        assert!(comptes.cle(cle.as_str(), matin()).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_not_made_beyond_oneself() {
    for ici in partout(souple()).await {
        let (session, _) = ici.entre(KARIM, matin()).await;
        for (organisation, fonction) in [
            (ARS, Fonction::Signature),
            ("rives-claires", Fonction::Lecture),
        ] {
            let refus = cree(&ici, &session, organisation, fonction, dernier()).await;
            assert!(matches!(refus, Err(Refus::Cle)), "{refus:?}");
        }
        let hier = "2026-03-01".parse().unwrap();
        let refus = cree(&ici, &session, ARS, Fonction::Lecture, hier).await;
        assert!(matches!(refus, Err(Refus::Dates)));
        // and a key makes no key
        let (cle, _) = cree(&ici, &session, ARS, Fonction::Lecture, dernier())
            .await
            .unwrap();
        let refus = cree(&ici, &cle, ARS, Fonction::Lecture, dernier()).await;
        assert!(matches!(
            refus,
            Err(Refus::Connexion(RefusConnexion::Session))
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_seen_serving_and_ended() {
    for ici in partout(souple()).await {
        let comptes = &ici.comptes;
        let (session, karim) = ici.entre(KARIM, matin()).await;
        let (_, lea) = ici.entre(LEA, matin()).await;
        let (cle, vue) = cree(&ici, &session, ARS, Fonction::Lecture, dernier())
            .await
            .unwrap();
        assert_eq!(
            comptes.cles("karim").await.unwrap(),
            std::slice::from_ref(&vue)
        );
        let plus_tard = matin() + TimeDelta::seconds(59);
        for quand in [matin(), plus_tard] {
            assert!(comptes.cle(cle.as_str(), quand).await.unwrap().is_some());
            assert_eq!(comptes.cles("karim").await.unwrap()[0].vue, Some(matin()));
        }
        // when someone of elsewhere ends it, then they may not
        let par = Auteur::Personne(&lea);
        let refus = comptes.revoquer_cle(par, "karim", &vue.id, matin()).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        // when its person does
        let par = Auteur::Personne(&karim);
        comptes
            .revoquer_cle(par, "karim", &vue.id, matin())
            .await
            .unwrap();
        assert!(comptes.cle(cle.as_str(), matin()).await.unwrap().is_none());
        assert_eq!(comptes.cles("karim").await.unwrap(), []);
    }
}
