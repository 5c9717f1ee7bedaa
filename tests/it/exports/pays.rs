//! Tables of many contracts, on both databases: nothing lost between two readings, and what is
//! too much is refused.

use super::tableaux::{apres, jour};
use crate::bases::{lite, postgres};
use entente::app::execute::Entente;
use entente::app::semer::Semis;
use entente::app::tableaux::{Format, Refus, Regard, Tableau, ecrire, tableau};
use entente::echanges::tableaux::Cellule;
use std::collections::BTreeMap;

/// One more than what is taken in hand for one table, and more than two statements take.
const PAYS: Semis = Semis {
    contrats: 1_001,
    esms: 1_100,
    faits: 9_000,
    graine: 5,
};

async fn lu(entente: &Entente, nom: &str, regard: &Regard) -> Result<Tableau, Refus> {
    envoyable(tableau(entente, nom, regard, None, apres())).await
}

/// A server asks it from any of its threads.
fn envoyable<F: Future + Send>(futur: F) -> F {
    futur
}

fn premiers(tableau: &Tableau) -> Vec<String> {
    let lignes = tableau.lignes().iter();
    let contrat = |ligne: &Vec<Cellule>| match &ligne[0] {
        Cellule::Texte(texte) => texte.clone(),
        autre => panic!("{autre:?}"),
    };
    lignes.map(contrat).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_is_exported_whole_and_alike_from_both_databases() {
    // given the same country on each
    let (sur_lite, sur_pg) = (lite().await.0, postgres().await.0);
    for entente in [&sur_lite, &sur_pg] {
        entente.semer(PAYS).await.unwrap();
    }
    // when its lists are exported, then nothing is missing nor twice
    let tous: Vec<String> = (1..=PAYS.contrats)
        .map(|n| format!("semis-{n:06}"))
        .collect();
    for nom in ["contrats", "parties", "esms", "taches", "echeances"] {
        let ici = lu(&sur_lite, nom, &Regard::Partage).await.unwrap();
        assert_eq!(ici, lu(&sur_pg, nom, &Regard::Partage).await.unwrap());
        let mut vus = premiers(&ici);
        assert!(vus.is_sorted(), "{nom}");
        if nom == "esms" {
            assert_eq!(vus.len() as u64, PAYS.esms);
        }
        vus.dedup();
        match nom {
            "contrats" | "parties" | "esms" => assert_eq!(vus, tous, "{nom}"),
            _ => assert!(!vus.is_empty(), "{nom}"),
        }
    }
    // and who may see some sees those, and no other
    let siens = tous
        .iter()
        .step_by(2)
        .map(|id| (id.clone(), "ars".to_owned()));
    let siens: BTreeMap<String, String> = siens.collect();
    let regard = Regard::Parmi(siens.clone());
    for entente in [&sur_lite, &sur_pg] {
        let vus = premiers(&lu(entente, "contrats", &regard).await.unwrap());
        assert!(vus.iter().eq(siens.keys()));
        // and a table that reads each contract whole takes these, but not all
        let histoires = lu(entente, "historique", &regard).await.unwrap();
        assert!(premiers(&histoires).iter().all(|id| siens.contains_key(id)));
        let refus = lu(entente, "historique", &Regard::Partage)
            .await
            .unwrap_err();
        assert!(matches!(refus, Refus::Trop(_)), "{refus:?}");
        assert!(refus.to_string().contains("plus de 1000"), "{refus}");
    }
    // and one file of csv or json holds one table
    let deux = [
        lu(&sur_lite, "contrats", &regard).await.unwrap(),
        lu(&sur_lite, "esms", &regard).await.unwrap(),
    ];
    for format in [Format::Csv { bom: false }, Format::Json] {
        let phrase = ecrire(&deux, format, jour()).unwrap_err();
        assert!(phrase.contains("un seul tableau"), "{phrase}");
    }
}
