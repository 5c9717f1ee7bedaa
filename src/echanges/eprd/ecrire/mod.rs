//! A frame written from lines: cells without a line are left empty, to be filled in. What is read
//! again from it is what was written.

/// From lines to sheets.
mod compose;
/// Comptes de résultat.
mod comptes;
/// OpenDocument.
mod ods;
/// A sheet to be written.
mod page;
/// Office Open XML.
mod xlsx;

use super::description::Cadre;
use crate::metier::budget::lignes::Lignes;
use chrono::NaiveDate;

/// A frame as xlsx. `jour`: written as the day of its making.
///
/// # Errors
/// One French sentence.
pub fn xlsx(lignes: &Lignes, cadre: &Cadre, jour: NaiveDate) -> Result<Vec<u8>, String> {
    let pages = compose::pages(lignes, cadre);
    xlsx::ecrit(&pages, jour).map_err(|e| format!("Le classeur ne s'écrit pas ({e})."))
}

/// A frame as OpenDocument.
///
/// # Errors
/// One French sentence.
pub fn ods(lignes: &Lignes, cadre: &Cadre) -> Result<Vec<u8>, String> {
    let pages = compose::pages(lignes, cadre);
    ods::ecrit(&pages).map_err(|e| format!("Le classeur ne s'écrit pas ({e})."))
}
