//! The national registers: establishments and their figures, taken in and compared.

mod commande;
mod hostiles;
mod vie;

use entente::app::consult::Consultation;
use entente::app::execute::Entente;
use entente::app::repertoire::{Bilan, Genre, Prise, lire_de};
use entente::metier::finess::Finess;
use std::sync::Arc;

/// A small extract in the official layouts, Corsican and overseas numbers.
const EXTRAIT: &str = include_str!("../../src/echanges/finess/essai.csv");
const MAINTENANT: &str = "2026-11-23T09:00:00Z";

async fn prend(entente: &Entente, genre: Genre, texte: &str, prise: Prise) -> Bilan {
    let lecture = lire_de(genre, texte.as_bytes()).unwrap();
    let maintenant = MAINTENANT.parse().unwrap();
    let bilan = entente.importer_repertoire(lecture, prise, maintenant);
    bilan.await.unwrap()
}

fn consultation(entente: &Entente) -> Consultation {
    Consultation {
        entente: entente.clone(),
        horloge: Arc::new(|| MAINTENANT.parse().unwrap()),
    }
}

fn numero(texte: &str) -> Finess {
    Finess::parse(texte).unwrap()
}

/// The number that begins so: its key is worked out.
fn avec_cle(debut: &str) -> String {
    let numeros = (0..10).map(|cle| format!("{debut}{cle}"));
    numeros
        .into_iter()
        .find(|n| Finess::parse(n).is_ok())
        .unwrap()
}

/// The line of an IME of a département, in the layout of the extracts.
fn ime(numero: &str, departement: &str) -> String {
    format!(
        "structureet;{numero};2A0000014;IME;;;;;;;;;;{departement};;20000 VILLE;;;183;\
         Institut Médico-Educatif (I.M.E.);;;;;57;DGS;;;2001-01-01;;;\n"
    )
}
