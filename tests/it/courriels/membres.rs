//! Who is told, of those who have accounts: an act, then the real server.

use super::puits::{Puits, Recu};
use super::{CONTRAT, SITE, joue};
use crate::bases::{lite, postgres};
use crate::pages::gens::{Gens, droit, politique};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::annuaire::Membres;
use entente::app::comptes::{Auteur, Droit, Fonction, Portee};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::courriels::{Bureau, Courrier, Facteur, Mode, Rubrique};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::regles::value::Value;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::event::Inputs;
use entente::workflow::machine::{Command, Spot};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The day before the agency asks for more on an establishment.
const VEILLE: &str = "2024-03-19";
const SOIR: &str = "2024-03-19T17:00:00Z";
const SESSAD: &str = "990002024";

fn soir() -> DateTime<Utc> {
    SOIR.parse().unwrap()
}

/// Those of [`Gens`], and others of the managing body: who reads, who acts on one establishment
/// that is here and on one that is not, who wants nothing, whose delegation is over, who is out.
async fn inscrits(entente: &Entente) -> Gens {
    let comptes = entente.comptes(politique());
    let mut gens = Gens::de(comptes.clone(), soir()).await;
    let un = |numero: &str| Portee::Esms(BTreeSet::from([numero.to_owned()]));
    let chez = |fonction, portee| droit("gestionnaire", fonction, portee);
    let finie = Droit {
        au: Some(soir().date_naive()),
        ..chez(Fonction::Signature, Portee::Tout)
    };
    // Whose delegation ends with the day: signed in before it did.
    for (id, droit) in [
        ("luc", chez(Fonction::Lecture, Portee::Tout)),
        ("paule", chez(Fonction::Contribution, un(SESSAD))),
        ("ailleurs", chez(Fonction::Contribution, un("990009995"))),
        ("muette", chez(Fonction::Signature, Portee::Tout)),
        ("partie", finie),
        ("sortie", chez(Fonction::Signature, Portee::Tout)),
    ] {
        gens.inscrit(id, &[droit], soir()).await;
    }
    let jamais = Rubrique::TOUTES.map(|r| (r, Mode::Jamais)).into();
    entente.prefere("muette", &jamais).await.unwrap();
    let par = Auteur::Programme;
    comptes.desactiver(par, "sortie", soir()).await.unwrap();
    gens
}

/// What programs do in turn: tell, then send. Answers what was received.
async fn tourne(
    entente: &Entente,
    bureau: &Bureau<Membres>,
    puits: &Puits,
    quand: DateTime<Utc>,
) -> Vec<Recu> {
    entente.avertir(quand, bureau).await.unwrap();
    entente.resumer(quand, bureau).await.unwrap();
    let courrier = Courrier::nouveau(&puits.smtp(), "Entente <entente@exemple.fr>").unwrap();
    let facteur = Facteur::nouveau(&courrier, SITE);
    entente.poster(|| quand, &facteur).await.unwrap();
    puits.recus()
}

fn qui(recus: &[Recu]) -> BTreeSet<&str> {
    let noms = recus.iter().map(|r| r.a[0].split('@').next().unwrap());
    noms.collect()
}

/// A note that the ARS keeps to itself.
fn note() -> Ordre {
    let ecriture = Ecriture::Noter {
        texte: "Le registre compte-t-il les jeunes suivis ailleurs ?".to_owned(),
        sel: "0123456789abcdef0123456789abcdef".to_owned(),
    };
    let demande = Demande::Ecriture {
        acteur: acteur("ars", "karim", Role::Validation),
        id: "n1".to_owned(),
        ecriture,
    };
    let flux = RACINE.to_owned();
    Ordre::Agir(Commande { flux, demande })
}

/// The agency asks the managing body for more on the SESSAD.
fn questionne() -> Ordre {
    let question = "D'où vient le compte de 21 jeunes en attente ?".to_owned();
    let demande = Demande::Acte(Command::Act {
        actor: acteur("ars", "karim", Role::Validation),
        spot: Spot::new(&format!("diagnostic_partage[{SESSAD}]/en_instruction")),
        act: "questionner".to_owned(),
        inputs: Inputs::from([("question".to_owned(), Value::Text(question))]),
        shown: None,
        id: "q1".to_owned(),
    });
    let flux = RACINE.to_owned();
    Ordre::Agir(Commande { flux, demande })
}

async fn eprouve(entente: &Entente) {
    // given people with accounts, told of all that was done up to now
    let gens = inscrits(entente).await;
    let demain = soir() + TimeDelta::days(1);
    let membres = Membres {
        entente: entente.clone(),
        comptes: gens.comptes.clone(),
        horloge: Arc::new(move || demain),
    };
    let bureau = Bureau::nouveau(membres, SITE).unwrap();
    let puits = Puits::ouvre();
    let recus = tourne(entente, &bureau, &puits, demain).await;
    // then those who may act were, and nobody else
    let attendus = BTreeSet::from(["claire", "karim", "paule", "sophie"]);
    assert_eq!(qui(&recus), attendus, "{recus:#?}");
    let paule: Vec<&Recu> = recus
        .iter()
        .filter(|r| r.a[0].starts_with("paule"))
        .collect();
    for recu in paule {
        // and who has one establishment, of that one alone
        for autre in ["ESAT", "Foyer", "SAVS"] {
            assert!(!recu.texte().contains(autre), "{}", recu.texte());
        }
        assert!(recu.texte().contains("SESSAD"), "{}", recu.texte());
    }
    // when a party writes for itself, then nobody hears of it
    entente.executer(CONTRAT, note(), demain).await.unwrap();
    let recus = tourne(entente, &bureau, &puits, demain).await;
    assert!(recus.is_empty(), "{recus:#?}");
    // when an act opens one to the managing body, on one establishment
    entente
        .executer(CONTRAT, questionne(), demain)
        .await
        .unwrap();
    let recus = tourne(entente, &bureau, &puits, demain).await;
    // then those who may do it are told, once each, and nobody else
    assert_eq!(
        qui(&recus),
        BTreeSet::from(["claire", "paule"]),
        "{recus:#?}"
    );
    assert_eq!(recus.len(), 2, "{recus:#?}");
    for recu in &recus {
        let sujet = recu.entete("Subject");
        assert!(
            sujet.contains("À vous") && sujet.contains("SESSAD"),
            "{sujet}"
        );
    }
    // and nothing goes twice, the act asked again included
    let encore = entente.executer(CONTRAT, questionne(), demain).await;
    assert!(encore.unwrap().deja);
    for minutes in [1, 60] {
        let quand = demain + TimeDelta::minutes(minutes);
        let encore = tourne(entente, &bureau, &puits, quand).await;
        assert!(encore.is_empty(), "{encore:#?}");
    }
}

#[test]
fn those_who_may_act_are_told_once_and_nobody_else() {
    let runtime = Runtime::new().unwrap();
    let (lite, _) = runtime.block_on(lite());
    let (pg, _) = runtime.block_on(postgres());
    for entente in [lite, pg] {
        joue(&runtime, &entente, VEILLE.parse().unwrap());
        runtime.block_on(eprouve(&entente));
    }
}
