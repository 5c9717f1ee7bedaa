//! Files of the outside world. A file is never trusted: what is wrong in it is told by its place,
//! in French; it costs a bounded time and memory, and never stops the program.

/// A workbook, read into cells.
pub mod classeur;
/// Contracts signed elsewhere, in a workbook of four sheets.
pub mod contrats;
/// Lines, whatever file holds them.
pub mod grille;
/// Documents as tagged PDF.
#[cfg(feature = "pdf")]
pub mod papier;
/// Tables written for spreadsheets and programs.
pub mod tableaux;
/// Figures of the TDB ESMS, as agencies get them.
pub mod tdb;
