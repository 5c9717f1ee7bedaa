//! A backup carries accounts, not sessions nor tries.

use super::{KARIM, demande, matin, minutes, partout, rives_claires, souple};
use crate::bases::{atelier, dossier, lite, postgres};
use entente::app::comptes::{Auteur, Comptes, Ensemble, Genre};
use entente::app::execute::Entente;
use entente::store::{Adresse, Base};

/// Two empty databases: PostgreSQL, SQLite.
async fn vides() -> [(Entente, Comptes); 2] {
    let (sur_pg, url) = postgres().await;
    let (sur_lite, fichier) = lite().await;
    let pg = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    let fichier = Base::ouvrir(&Adresse::Fichier(fichier)).await.unwrap();
    [
        (sur_pg, Comptes::nouveaux(pg, souple())),
        (sur_lite, Comptes::nouveaux(fichier, souple())),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_come_back_and_sessions_do_not() {
    let dossier = dossier("comptes-sauves");
    for (rang, ici) in partout(souple()).await.into_iter().enumerate() {
        // given accounts that live, and an account that is attacked
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let connu = ici.comptes.reconnaitre(jeton.as_str(), None, matin()).await;
        let connu = connu.unwrap().unwrap();
        for _ in 0..10 {
            let _ = ici.comptes.connecter(&demande(KARIM, ""), matin()).await;
        }
        let ensemble = Ensemble {
            organisation: "rives-claires".to_owned(),
            genre: Genre::Pole,
            nom: "Nord".to_owned(),
            membres: ["990001018".to_owned()].into(),
        };
        let par = Auteur::Programme;
        let ecrit = ici.comptes.ecrire_ensemble(par, &ensemble, matin());
        ecrit.await.unwrap();
        // when they are backed up and restored in the other engine
        let source = Entente::nouvelle(ici.base.clone(), atelier());
        let fichier = dossier.join(format!("{rang}.entente"));
        source.sauvegarder(&fichier).await.unwrap();
        let [sur_pg, sur_lite] = vides().await;
        let (cible, comptes) = if rang == 0 { sur_pg } else { sur_lite };
        cible.restaurer(&fichier).await.unwrap();
        // then the session is over, and the same password opens: the tries were not carried
        let session = comptes.session(jeton.as_str(), matin()).await;
        assert!(session.unwrap().is_none());
        let (rendu, connecte) = comptes
            .connecter(&demande(KARIM, super::BON), matin())
            .await
            .unwrap();
        assert_eq!(connecte.droits.len(), 1);
        // and the rest is there
        let membres = ici.comptes.membres("rives-claires").await.unwrap();
        assert_eq!(comptes.membres("rives-claires").await.unwrap(), membres);
        let ensembles = comptes.ensembles("rives-claires").await.unwrap();
        assert_eq!(ensembles, [ensemble]);
        let registre = ici.comptes.registre(None, None).await.unwrap();
        assert_eq!(comptes.registre(None, None).await.unwrap(), registre);
        let encore =
            comptes.reconnaitre(rendu.as_str(), Some(connu.as_str()), matin() + minutes(1));
        assert!(
            encore.await.unwrap().is_none(),
            "the browser is still known"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_accounts_is_not_restored_over() {
    let dossier = dossier("comptes-pleins");
    let (source, _) = lite().await;
    let fichier = dossier.join("vide.entente");
    source.sauvegarder(&fichier).await.unwrap();
    for (cible, comptes) in vides().await {
        let organisation = rives_claires();
        let ecrite = comptes.creer_organisation(Auteur::Programme, &organisation, matin());
        ecrite.await.unwrap();
        let phrase = cible.restaurer(&fichier).await.unwrap_err();
        assert!(phrase.contains("n'est pas vide"), "{phrase}");
    }
}
