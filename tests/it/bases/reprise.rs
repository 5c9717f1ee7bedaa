//! A contract signed elsewhere is taken over through the one write path.

use super::{atelier, lite, postgres};
use chrono::{DateTime, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, Refus, Reprise, acteur};
use entente::app::execute::{Echec, Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::store::Base;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::Command;
use entente::workflow::machine::digest::Digest;

fn matin() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn reprise(texte: &str) -> Ordre {
    Ordre::Reprendre {
        reprise: Reprise {
            workflow: "cpom-ph".to_owned(),
            document: Digest::of(texte.as_bytes()),
            signe_le: "2024-12-16".parse().unwrap(),
        },
        acteur: acteur("gestionnaire", "claire", Role::Signature),
        id: "r1".to_owned(),
    }
}

fn entre() -> Ordre {
    let ecriture = Ecriture::Entrer {
        cle: "990002024".to_owned(),
        element: Element::esms("SESSAD", Competence::Ars),
        effet: None,
    };
    let demande = Demande::Ecriture {
        acteur: acteur("gestionnaire", "claire", Role::Validation),
        id: "e1".to_owned(),
        ecriture,
    };
    agit(demande)
}

fn agit(demande: Demande) -> Ordre {
    let flux = RACINE.to_owned();
    Ordre::Agir(Commande { flux, demande })
}

fn confirme(partie: &str) -> Ordre {
    agit(Demande::Acte(Command::OpenAt {
        actor: acteur(partie, "signataire", Role::Signature),
        state: "repris".to_owned(),
        document: Digest::of(b"signe"),
        effective: "2025-01-01".parse().unwrap(),
        id: format!("c-{partie}"),
    }))
}

async fn est_repris(entente: &Entente) -> bool {
    let entree = entente.lire("c1").await.unwrap().unwrap();
    let contrat = entente.contrat(&entree);
    let flux = contrat.flux(RACINE).unwrap();
    flux.configuration.visits.contains_key("repris")
}

async fn joue(entente: &Entente) -> String {
    // given a contract signed elsewhere, with its perimeter
    let fait = entente.executer("c1", reprise("signe"), matin()).await;
    assert!(!fait.unwrap().deja);
    // when the same is asked again, then it is not done twice
    let encore = entente.executer("c1", reprise("signe"), matin()).await;
    assert!(encore.unwrap().deja);
    let autre = entente.executer("c1", reprise("autre"), matin()).await;
    assert!(matches!(autre, Err(Echec::AutreContenu(_))));
    entente.executer("c1", entre(), matin()).await.unwrap();
    // when one party has confirmed, then nobody is bound
    let ordre = confirme("gestionnaire");
    entente.executer("c1", ordre, matin()).await.unwrap();
    assert!(!est_repris(entente).await);
    // when both have, then it is open where it stands
    let ordre = confirme("ars");
    let recu = entente.executer("c1", ordre, matin()).await.unwrap();
    assert!(est_repris(entente).await);
    // and nobody opens it a second time
    let ouvre = Ordre::Ouvrir {
        workflow: "cpom-ph".to_owned(),
    };
    let refus = entente.executer("c1", ouvre, matin()).await;
    assert!(matches!(refus, Err(Echec::Refus(Refus::Flux(_)))));
    recu.entree.tete.empreinte.clone()
}

#[tokio::test]
async fn a_contract_signed_elsewhere_is_taken_over_on_both_databases() {
    let (sur_lite, _) = lite().await;
    let (sur_pg, url) = postgres().await;
    assert_eq!(joue(&sur_lite).await, joue(&sur_pg).await);
    // and a program that starts anew reads it the same
    let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    let neuve = Entente::nouvelle(base, atelier());
    assert!(est_repris(&neuve).await);
    sur_lite.fermer().await;
}
