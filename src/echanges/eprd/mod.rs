//! An EPRD or an ERRD, read from a file: the long form (csv, or one sheet of a workbook), or a
//! workbook laid out like the official frames.

/// Accounts.
mod comptes;
/// Frames, as data.
pub mod description;
/// Which frame a workbook follows.
mod detection;
/// Frames written.
mod ecrire;
/// What is being read.
mod extraction;
/// From sheets to lines.
mod feuilles;
/// What tables say, by their layout.
mod formes;
/// The long form: one line for each figure.
mod long;
/// Labels and numbers, brought to one form.
mod normal;
/// Where a table stands.
mod tableau;
/// A cell as a value.
mod valeur;
/// A sheet looked at by its labels.
mod vue;

pub use ecrire::{ods, xlsx};

use super::classeur::Classeur;
use super::faute::Fautes;
use super::grille::{Grille, ecrite};
use crate::metier::budget::lignes::Lignes;

/// What a file says, and what there is to know of how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lu {
    pub lignes: Lignes,
    /// Frame of the document: `EPRD_COMPLET`, `ERRD_COMPLET`…
    pub cadre: String,
    /// What was read and is to be known: rounded, replaced, left aside.
    pub signalements: Vec<String>,
    /// What the frame has and the file has not: tabs, tables, columns, labels.
    pub absents: Vec<String>,
}

/// Why a file is not read: one sentence, or faults by their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refus {
    Fichier(String),
    Lignes(Fautes),
}

impl Refus {
    /// The sentences, the first ones only.
    pub fn phrases(&self) -> Vec<String> {
        match self {
            Self::Fichier(phrase) => vec![phrase.clone()],
            Self::Lignes(fautes) => fautes.dites.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Reads a file: a csv is in the long form; a workbook too, when its first filled line has its
/// titles.
///
/// # Errors
/// Not an EPRD; or what is wrong in it, by its place.
pub fn lire(octets: &[u8]) -> Result<Lu, Refus> {
    if octets.starts_with(b"PK") {
        let classeur = Classeur::lire_en_detail(octets).map_err(Refus::Fichier)?;
        if !en_forme_longue(&classeur) {
            let choix = detection::choisit(&classeur)?;
            return feuilles::lire(&classeur, &choix);
        }
    }
    let grille = Grille::lire(octets).map_err(Refus::Fichier)?;
    long::lire(&grille)
}

fn en_forme_longue(classeur: &Classeur) -> bool {
    let premiere = classeur
        .feuilles
        .iter()
        .find_map(|f| f.lignes.values().next());
    let cellules: Vec<String> = premiere
        .into_iter()
        .flat_map(|l| l.values().map(ecrite))
        .collect();
    let cellules: Vec<&str> = cellules.iter().map(String::as_str).collect();
    long::titres(&cellules).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_xlsxwriter::Workbook;

    const LONGUE: [&str; 2] = [
        "exercice;finess_ej;finess_et;esms;bloc;code;libelle;annee;valeur;unite",
        "2026;990001026;990002016;IME;CRP_CHARGE;64 11;Salaires;2026;1 234,567;EUR",
    ];

    #[test]
    fn the_long_form_is_read_from_text_and_from_one_sheet() {
        // Given the same line as a csv and as a sheet.
        let mut classeur = Workbook::new();
        let feuille = classeur.add_worksheet();
        for (ligne, textes) in (0..).zip(LONGUE) {
            for (colonne, texte) in (0..).zip(textes.split(';')) {
                feuille.write_string(ligne, colonne, texte).unwrap();
            }
        }
        let classeur = classeur.save_to_buffer().unwrap();

        // When both are read; then they say the same.
        let texte = lire(LONGUE.join("\n").as_bytes()).unwrap();
        assert_eq!(texte, lire(&classeur).unwrap());
        assert_eq!(texte.cadre, "EPRD_COMPLET");
        assert_eq!(texte.lignes.combien(), 1);
        assert!(texte.signalements[0].contains("arrondis au centime : 1"));
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = lire(&octets);
            let _ = lire(&[b"PK", octets.as_slice()].concat());
        }
    }
}
