//! The budget of a managing body for a year: what its EPRD or ERRD says, line by line, beside what
//! the contract and the notifications say, and the checks that compare them (CASF R. 314-210 to
//! R. 314-236).
//!
//! Everything is a line of one long table ([`lignes::Lignes`]): a block, an establishment or the
//! whole, a code, a year, a value, and where it was read. A check reads lines through
//! [`lecteur::Lecteur`], which remembers them: what a verdict rests on, and what it lacks, are
//! known without being said twice.

/// What becomes of a result.
pub mod affectation;
/// What the lines give together: results, CAF, fonds de roulement, BFR.
pub mod calculs;
/// The checks, their verdicts and what they propose.
pub mod controles;
/// Figures as the French write them.
pub mod dire;
/// Reading lines while remembering which.
pub mod lecteur;
/// The lines.
pub mod lignes;
/// What the activity clause may take.
pub mod modulation;
/// What the rules fix: dates, tolerances, bounds.
pub mod parametres;
/// Ratios of financial analysis.
pub mod ratios;
/// What was done, beside what was planned.
pub mod realise;
/// What is kept of a budget that was read.
pub mod releve;
