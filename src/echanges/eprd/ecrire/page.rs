//! A sheet to be written, whatever the format of its file.

use crate::metier::nombre::Nombre;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What a cell will hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Case {
    Texte(String),
    Nombre(Nombre),
    /// In cents.
    Montant(i64),
    /// In percent.
    Pourcent(Nombre),
    Jour(NaiveDate),
    /// To be filled in.
    Vide,
    /// Amounts of some cells, less those of others, and what they make today; nothing when none of
    /// them is filled.
    Calcul {
        plus: Vec<Plage>,
        moins: Vec<Plage>,
        montant: Option<i64>,
    },
}

/// Cells of one column: the column, the first line, the last one; from 0.
pub type Plage = (u32, u32, u32);

/// How a cell is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allure {
    Titre,
    Entete,
    Libelle,
    Saisie,
}

/// A sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub nom: String,
    pub cases: BTreeMap<(u32, u32), (Case, Allure)>,
}

impl Page {
    pub fn pose(&mut self, place: (u32, u32), case: Case, allure: Allure) {
        self.cases.insert(place, (case, allure));
    }

    pub fn texte(&mut self, place: (u32, u32), texte: &str, allure: Allure) {
        self.pose(place, Case::Texte(texte.to_owned()), allure);
    }

    /// Below all that is written.
    pub fn fin(&self) -> u32 {
        self.cases
            .keys()
            .next_back()
            .map_or(0, |(ligne, _)| ligne + 1)
    }

    /// Characters of the widest label of each column.
    pub fn largeurs(&self) -> BTreeMap<u32, usize> {
        const LARGEUR: std::ops::RangeInclusive<usize> = 12..=60;
        let mut largeurs = BTreeMap::new();
        for ((_, colonne), (case, allure)) in &self.cases {
            if let (Case::Texte(texte), false) = (case, *allure == Allure::Titre) {
                let long = texte.chars().count() + 2;
                let large: &mut usize = largeurs.entry(*colonne).or_default();
                *large = (*large).max(long.clamp(*LARGEUR.start(), *LARGEUR.end()));
            } else {
                largeurs.entry(*colonne).or_insert(*LARGEUR.start());
            }
        }
        largeurs
    }
}

/// What cells make together, as a spreadsheet computes it. `dit`: how a range is written.
pub fn formule(
    plus: &[Plage],
    moins: &[Plage],
    dit: impl Fn(&Plage) -> String,
    entre: &str,
) -> String {
    let toutes = |plages: &[Plage]| plages.iter().map(&dit).collect::<Vec<_>>().join(entre);
    let somme = match (plus, moins) {
        (plus, []) => format!("SUM({})", toutes(plus)),
        (plus, moins) => format!("SUM({})-SUM({})", toutes(plus), toutes(moins)),
    };
    let cellules = [plus, moins].concat();
    format!(
        "IF(COUNT({})=0{entre}\"\"{entre}{somme})",
        toutes(&cellules)
    )
}
