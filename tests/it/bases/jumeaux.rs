//! The same requests give the same journal in memory, on SQLite and on PostgreSQL.

use super::{atelier, lite, postgres};
use chrono::{DateTime, Utc};
use entente::app::contrat::{Commande, Contrat, Demande, RACINE, acteur};
use entente::app::execute::{Echec, Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::workflow::definition::model::Role;

fn matin() -> DateTime<Utc> {
    "2024-01-15T09:00:00Z".parse().unwrap()
}

fn entre(cle: &str, id: &str) -> Commande {
    Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: id.to_owned(),
            ecriture: Ecriture::Entrer {
                cle: cle.to_owned(),
                element: Element::esms(&format!("ESMS {cle}"), Competence::Ars),
                effet: None,
            },
        },
    }
}

async fn joue(entente: &Entente) -> Vec<String> {
    let mut empreintes = Vec::new();
    let ouvrir = Ordre::Ouvrir {
        workflow: "cpom-ph".to_owned(),
    };
    let recu = entente.executer("c1", ouvrir, matin()).await.unwrap();
    empreintes.push(recu.entree.tete.empreinte.clone());
    for n in 0..5 {
        let commande = entre(&format!("E{n}"), &format!("d{n}"));
        let ordre = Ordre::Agir(commande);
        let recu = entente
            .executer("c1", ordre.clone(), matin())
            .await
            .unwrap();
        assert!(!recu.deja);
        empreintes.push(recu.entree.tete.empreinte.clone());
        let encore = entente.executer("c1", ordre, matin()).await.unwrap();
        assert!(encore.deja);
        assert_eq!(
            (encore.premiere, encore.derniere),
            (recu.premiere, recu.derniere)
        );
    }
    let autre = Ordre::Agir(entre("E9", "d1"));
    let echec = entente.executer("c1", autre, matin()).await.unwrap_err();
    assert!(matches!(echec, Echec::AutreContenu(_)));
    empreintes
}

#[tokio::test]
async fn the_same_requests_give_the_same_heads() {
    // given the contract in memory
    let mut contrat = Contrat::ouvrir(atelier(), "cpom-ph", matin()).unwrap();
    for n in 0..5 {
        let commande = entre(&format!("E{n}"), &format!("d{n}"));
        contrat.agir(&commande, matin()).unwrap();
    }
    // when the same is asked of both databases
    let (sur_lite, _) = lite().await;
    let (sur_pg, _) = postgres().await;
    let a = joue(&sur_lite).await;
    let b = joue(&sur_pg).await;
    // then
    assert_eq!(a, b);
    sur_lite.fermer().await;
    sur_pg.fermer().await;
}
