//! Files of the outside world. A file is never trusted: what is wrong in it is told by its place,
//! in French; it costs a bounded time and memory, and never stops the program.

/// A workbook, read into cells.
pub mod classeur;
/// Key figures of the accounts.
pub mod comptes;
/// Contracts signed elsewhere, in a workbook of four sheets.
pub mod contrats;
/// An EPRD or an ERRD.
pub mod eprd;
/// What is wrong in a file of lines.
pub mod faute;
/// Extracts of the répertoire FINESS.
pub mod finess;
/// Lines, whatever file holds them.
pub mod grille;
/// The results that the HAS publishes.
pub mod has;
/// Documents as tagged PDF.
#[cfg(feature = "pdf")]
pub mod papier;
/// Figures by establishment and year, columns found by their titles.
pub mod releves;
/// Tables written for spreadsheets and programs.
pub mod tableaux;
/// Figures of the TDB ESMS, as agencies get them.
pub mod tdb;
