//! The same requests, from seeds, in memory, on SQLite and on PostgreSQL: the same answers, the
//! same journals, the same rows; and rows built again from the journal are those that were there.

use super::fois;
use super::releve::{PROJECTIONS, releve, vide};
use super::scenario::{Reponse, Scenario};
use crate::bases::{atelier, dossier, grappe};
use entente::app::execute::Entente;
use entente::store::{Adresse, Base};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Sequences in the tests.
const SUITES: usize = 100;
/// Steps of a sequence at most; one in ten goes further.
const PAS: usize = 60;
const LOIN: usize = 220;
/// Sequences led side by side, in one database.
const ENSEMBLE: usize = 25;

async fn joue(entente: Entente, scenario: Arc<Scenario>) {
    let pas = scenario.pas.iter().zip(&scenario.reponses);
    for (n, ((ordre, instant), attendue)) in pas.enumerate() {
        let fait = entente.executer(&scenario.contrat, ordre.clone(), *instant);
        let reponse = Reponse::de(fait.await);
        assert_eq!(
            &reponse, attendue,
            "{} pas {n} : {ordre:?}",
            scenario.contrat
        );
    }
    let lignes = entente.journal(&scenario.contrat).await.unwrap().unwrap();
    assert_eq!(lignes, scenario.lignes, "{}", scenario.contrat);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_sequences_give_the_same_everywhere() {
    let suites = fois(SUITES);
    let mut codes = BTreeSet::new();
    let mut lignes = 0;
    for lot in 0..suites.div_ceil(ENSEMBLE) {
        // given sequences, and what comes of them in memory
        let graines = lot * ENSEMBLE..((lot + 1) * ENSEMBLE).min(suites);
        let vies = graines
            .map(|n| (n as u64, if n % 10 == 9 { LOIN } else { 10 + n * 7 % PAS }))
            .map(|(graine, pas)| Scenario::vie(graine, pas));
        let repris = (lot == 0).then(Scenario::repris);
        let scenarios: Vec<Arc<Scenario>> = repris.into_iter().chain(vies).map(Arc::new).collect();
        for reponse in scenarios.iter().flat_map(|s| &s.reponses) {
            if let Reponse::Refus { code, phrase } = reponse {
                assert!(phrase.ends_with('.'), "{phrase}");
                codes.insert(code.clone());
            }
        }
        lignes += scenarios.iter().map(|s| s.lignes.len()).sum::<usize>();
        // when they are asked of both databases
        let adresses = [
            Adresse::Fichier(dossier("doubles").join("entente.db")),
            grappe::nouvelle().await.parse().unwrap(),
        ];
        let mut releves = Vec::new();
        for adresse in adresses {
            let base = Base::ouvrir(&adresse).await.unwrap();
            let entente = Entente::nouvelle(base.clone(), atelier());
            let joues = scenarios.iter();
            let joues = joues.map(|s| tokio::spawn(joue(entente.clone(), Arc::clone(s))));
            for joue in joues.collect::<Vec<_>>() {
                joue.await.unwrap();
            }
            // then answers and journals are those of memory (see `joue`), all is intact
            let rapport = entente.verifier(None).await.unwrap();
            assert_eq!(rapport.broken, []);
            // and rows built again are the same
            let vivantes = releve(&base, &PROJECTIONS).await.unwrap();
            vide(&base, &PROJECTIONS).await;
            let contrats = entente.reconstruire().await.unwrap();
            assert_eq!(contrats, scenarios.len() as u64);
            let reconstruites = releve(&base, &PROJECTIONS).await.unwrap();
            assert!(vivantes.values().all(|lignes| !lignes.is_empty()));
            assert_eq!(reconstruites, vivantes);
            releves.push(vivantes);
            entente.fermer().await;
        }
        // and both hold the same
        assert_eq!(releves[0], releves[1]);
    }
    println!("{suites} suites, {lignes} lignes, refus : {codes:?}");
    for code in ["horloge", "autre_contenu", "flux"] {
        assert!(codes.contains(code), "{codes:?}");
    }
}
