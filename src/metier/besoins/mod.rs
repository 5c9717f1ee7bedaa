//! What the people accompanied need, and what they receive: a cohort, summed. Rows of persons are
//! in memory while they are summed and nowhere else; what leaves the managing body is masked.
//! Source: SERAFIN-PH; scale, threshold and masks are chosen by the parties, none is national.

/// Sums per establishment and per need.
pub mod agregat;
/// Accompaniments, as they are read.
pub mod cohorte;
/// What leaves it, read back.
pub mod depot;
/// A line of a cohort: its columns, its closed vocabularies.
pub mod ligne;
/// Which figures leave the managing body.
pub mod masque;
/// What leaves it, and nothing else.
pub mod partage;
/// Two views of a same year, read side by side.
mod recoupe;
