//! A workbook is compared with what is there: what is missing is written, what differs is refused.

use super::classeurs::{Livre, V, document, esms, livre, reference, t};
use super::vie::{a, chantier, importe, journal, rejoue};
use crate::bases::lite;
use crate::histoires::reprise::TROIS;
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::{Entente, Ordre};
use entente::app::importer::{Bilan, Import, lire};
use entente::metier::contrat::dossier::Ecriture;
use entente::workflow::definition::model::Role;

async fn confirmee(entente: &Entente, livre: &Livre) {
    importe(entente, livre, 9).await;
    let mut confirme = chantier(entente, &reference(1), 10).await;
    for partie in TROIS {
        let effet = confirme.instant.date_naive();
        confirme.confirme(partie, document(1), effet).unwrap();
    }
    rejoue(entente, &reference(1), confirme).await;
}

fn dits(bilan: &Bilan) -> Vec<(&str, &str)> {
    let refuses = bilan.refuses.iter();
    refuses
        .map(|r| (r.cellule.as_str(), r.motif.as_str()))
        .collect()
}

/// One difference: told at its cell, and nothing is written.
async fn differe(entente: &Entente, cellule: &str, valeur: V, quoi: &str) {
    let avant = journal(entente, &reference(1)).await;
    let bilan = importe(entente, &livre(1).tape(cellule, valeur), 20).await;
    let [(lieu, motif)] = dits(&bilan)[..] else {
        panic!("{cellule} : {:?}", bilan.refuses);
    };
    assert!(motif.starts_with(quoi), "{cellule} : {motif}");
    assert!(
        motif.contains("contient autre chose, et rien n'y est changé"),
        "{motif}"
    );
    assert_eq!(lieu.split('!').next(), cellule.split('!').next(), "{motif}");
    assert_eq!(journal(entente, &reference(1)).await, avant);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_over_what_is_there() {
    let (entente, _) = lite().await;
    // given a contract whose perimeter is entered
    importe(&entente, &livre(1), 9).await;
    differe(
        &entente,
        "Contrats!I2",
        t(document(2).to_string()),
        "Empreinte",
    )
    .await;
    differe(
        &entente,
        "Contrats!F2",
        t("2024-12-17"),
        "Date de signature",
    )
    .await;
    differe(
        &entente,
        "Contrats!B2",
        t("cpom-mixte"),
        "Modèle du contrat",
    )
    .await;
    let nom = format!("ESMS {}", esms(1)[0]);
    differe(&entente, "ESMS!C2", t("Autre nom"), &nom).await;
    let bilan = importe(
        &entente,
        &livre(1).tape("ESMS!B3", t(esms(2)[1].clone())),
        20,
    )
    .await;
    assert!(
        dits(&bilan)[0]
            .1
            .starts_with(&format!("ESMS {}, absent", esms(1)[1]))
    );
    // given that it is confirmed, and filled in
    let (entente, _) = lite().await;
    confirmee(&entente, &livre(1)).await;
    importe(&entente, &livre(1), 12).await;
    differe(
        &entente,
        "Contrats!C2",
        t("Autre gestionnaire"),
        "Gestionnaire",
    )
    .await;
    differe(&entente, "Contrats!H2", t("2030-12-31"), "Date déclarée").await;
    differe(&entente, "Objectifs!C2", t("Autre"), "Objectif OS-1").await;
    differe(
        &entente,
        "Objectifs!M2",
        t("71 %"),
        "Indicateur de l'objectif OS-1",
    )
    .await;
    differe(
        &entente,
        "Moyens!G2",
        t("1,00"),
        "Ligne 1 des moyens de « ars »",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_party_removed_is_not_put_back() {
    let (entente, _) = lite().await;
    importe(&entente, &livre(1), 9).await;
    // given an establishment that a party took away
    let ecriture = Ecriture::Sortir {
        collection: "esms".to_owned(),
        cle: esms(1)[1].clone(),
        motif: "hors contrat".to_owned(),
        effet: None,
    };
    let demande = Demande::Ecriture {
        acteur: acteur("gestionnaire", "claire", Role::Validation),
        id: "retrait".to_owned(),
        ecriture,
    };
    let flux = RACINE.to_owned();
    let ordre = Ordre::Agir(Commande { flux, demande });
    entente.executer(&reference(1), ordre, a(10)).await.unwrap();
    let avant = journal(&entente, &reference(1)).await;
    // when the same workbook is read again, or says something else of it
    for livre in [livre(1), livre(1).tape("ESMS!C3", t("Foyer d'hébergement"))] {
        let bilan = importe(&entente, &livre, 11).await;
        // then
        let [(lieu, motif)] = dits(&bilan)[..] else {
            panic!("{:?}", bilan.refuses);
        };
        assert_eq!(lieu, "ESMS!B3");
        assert!(motif.contains("Une partie a retiré cette ligne"), "{motif}");
        assert_eq!(journal(&entente, &reference(1)).await, avant);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_born_here_is_not_taken_over() {
    let (entente, _) = lite().await;
    let workflow = "cpom-ph".to_owned();
    let ouvre = Ordre::Ouvrir { workflow };
    entente.executer(&reference(1), ouvre, a(8)).await.unwrap();
    let bilan = importe(&entente, &livre(1), 9).await;
    assert_eq!(dits(&bilan)[0].0, "Contrats!A2");
    assert!(
        dits(&bilan)[0]
            .1
            .contains("est né dans Entente : il ne se reprend pas")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_parties_could_not_write_later_is_refused_now() {
    let (entente, _) = lite().await;
    // given a signature to come, which no reader of one cell can know
    let futur = livre(2).tape("Contrats!F2", t("2026-04-01"));
    let bilan = importe(&entente, &futur, 9).await;
    assert_eq!(dits(&bilan)[0].0, "Contrats!F2");
    assert!(dits(&bilan)[0].1.contains("ce jour n'est pas venu"));
    // and a party that is not in the contract
    let lecture = lire(&livre(2).octets()).unwrap();
    let import = Import {
        partie: "departement:98".to_owned(),
        personne: "import".to_owned(),
        a_blanc: false,
    };
    let bilan = entente
        .importer(&lecture, &import, || a(9), |_, _| ())
        .await
        .unwrap();
    assert!(
        dits(&bilan)[0]
            .1
            .contains("« departement:98 » n'est pas partie"),
        "{bilan:?}"
    );
    // then neither is there, not even in part
    assert!(entente.lire(&reference(1)).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_may_bring_the_contracts_in() {
    let (entente, _) = lite().await;
    let lecture = lire(&livre(1).octets()).unwrap();
    let import = Import {
        partie: "ars".to_owned(),
        personne: "karim".to_owned(),
        a_blanc: false,
    };
    entente
        .importer(&lecture, &import, || a(9), |_, _| ())
        .await
        .unwrap();
    let mut confirme = chantier(&entente, &reference(1), 10).await;
    for partie in TROIS {
        let effet = confirme.instant.date_naive();
        confirme.confirme(partie, document(1), effet).unwrap();
    }
    rejoue(&entente, &reference(1), confirme).await;
    let bilan = entente
        .importer(&lecture, &import, || a(11), |_, _| ())
        .await
        .unwrap();
    assert_eq!((bilan.modifies, bilan.refuses), (1, vec![]));
    // and the workbook read in another's name finds all of it there
    let bilan = importe(&entente, &livre(1), 12).await;
    assert_eq!((bilan.inchanges, bilan.refuses), (1, vec![]));
}
