//! Tables written for spreadsheets and programs: xlsx, ods, csv, json. A text is never taken for a
//! formula, a number never becomes a text, and what is too large is refused with a sentence.

/// Comma-separated values, as French spreadsheets read them.
pub mod csv;
/// Names of sheets.
pub(super) mod feuilles;
/// JSON, for programs.
pub mod json;
/// Hundredths, as decimal text.
pub(super) mod nombre;
/// OpenDocument.
pub(super) mod ods;
/// Text that no file is broken by.
pub(super) mod texte;
/// Office Open XML.
mod xlsx;

pub use csv::csv;
pub use feuilles::noms;
pub use json::json;
pub use ods::ods;
pub use xlsx::xlsx;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Europe::Paris;

/// Lines of one table.
pub const LIGNES_MAX: usize = 100_000;
/// Bytes of text in the cells of all the tables of one file.
pub const OCTETS_MAX: usize = 64 << 20;
/// UTF-16 units of one cell of a workbook: what Excel holds.
pub const CARACTERES_MAX: usize = 32_767;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cellule {
    Texte(String),
    Entier(i64),
    /// Cents of euros.
    Centimes(i64),
    /// Hundredths of a per cent: 4 550 for 45,50 %.
    CentiemesDePourCent(i64),
    Date(NaiveDate),
    /// Shown at the clocks of France; in JSON, as it is.
    Instant(DateTime<Utc>),
    Booleen(bool),
    Vide,
}

impl Cellule {
    pub fn texte(texte: impl Into<String>) -> Self {
        Self::Texte(texte.into())
    }

    /// Nothing, when there is nothing.
    pub fn ou_vide<T>(valeur: Option<T>, cellule: impl FnOnce(T) -> Self) -> Self {
        valeur.map_or(Self::Vide, cellule)
    }

    fn octets(&self) -> usize {
        match self {
            Self::Texte(texte) => texte.len(),
            _ => 0,
        }
    }
}

/// What the cells of a column hold, when they hold something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    Texte,
    Entier,
    Centimes,
    CentiemesDePourCent,
    Date,
    Instant,
    Booleen,
    /// Whatever the column before it says, in words.
    Valeur,
}

/// A column. `cle`: its name for programs; `titre`: for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colonne {
    pub cle: &'static str,
    pub titre: &'static str,
    pub genre: Genre,
}

/// A table: its names and its columns, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forme {
    /// For programs, and in names of files.
    pub nom: &'static str,
    /// For people, and for the sheet.
    pub titre: &'static str,
    pub colonnes: &'static [Colonne],
}

/// A table, with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tableau {
    pub forme: Forme,
    lignes: Vec<Vec<Cellule>>,
    octets: usize,
}

impl Tableau {
    /// A table without any line.
    pub fn nouveau(forme: Forme) -> Self {
        Self {
            forme,
            lignes: Vec::new(),
            octets: 0,
        }
    }

    /// Adds a line, one cell for each column.
    ///
    /// # Errors
    /// One French sentence: the table is too large, or the line is not one of this table.
    pub fn ajoute(&mut self, ligne: Vec<Cellule>) -> Result<(), String> {
        let Forme {
            titre, colonnes, ..
        } = self.forme;
        if ligne.len() != colonnes.len() {
            return Err(format!(
                "Le tableau « {titre} » a {} colonnes, et une ligne en a {} : signalez-le.",
                colonnes.len(),
                ligne.len()
            ));
        }
        if self.lignes.len() == LIGNES_MAX {
            return Err(format!(
                "Le tableau « {titre} » dépasse {LIGNES_MAX} lignes. Exportez contrat par contrat, \
                 ou toute la base d'un coup par « entente export tout »."
            ));
        }
        self.octets += ligne.iter().map(Cellule::octets).sum::<usize>();
        trop_d_octets(self.octets)?;
        self.lignes.push(ligne);
        Ok(())
    }

    pub fn lignes(&self) -> &[Vec<Cellule>] {
        &self.lignes
    }
}

/// Refuses tables that are together too large for one file.
fn mesure(tableaux: &[Tableau]) -> Result<(), String> {
    trop_d_octets(tableaux.iter().map(|t| t.octets).sum())
}

fn trop_d_octets(octets: usize) -> Result<(), String> {
    if octets > OCTETS_MAX {
        return Err(format!(
            "Cet export compterait plus de {OCTETS_MAX} octets de texte. Exportez contrat par \
             contrat, ou toute la base d'un coup par « entente export tout »."
        ));
    }
    Ok(())
}

/// Refuses a text that a cell of a workbook cannot hold. `rang`: of the line, from 0.
fn tient(tableau: &Tableau, rang: usize, texte: &str) -> Result<(), String> {
    // A character makes one UTF-16 unit at least, and a byte at most one.
    if texte.len() <= CARACTERES_MAX || texte.encode_utf16().count() <= CARACTERES_MAX {
        return Ok(());
    }
    Err(format!(
        "Ligne {} du tableau « {} » : un texte y dépasse {CARACTERES_MAX} caractères, et une \
         cellule de classeur n'en tient pas plus. Exportez ce tableau en csv ou en json.",
        rang + 1,
        tableau.forme.titre
    ))
}

/// An instant at the clocks of France, to the second.
fn a_paris(instant: DateTime<Utc>) -> NaiveDateTime {
    let ici = instant.with_timezone(&Paris).naive_local();
    ici.with_nanosecond(0).unwrap_or(ici)
}

#[cfg(test)]
mod tests;
