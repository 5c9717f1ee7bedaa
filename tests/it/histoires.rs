//! The story and its golden journal; contracts of many parties.

pub mod chantier;
mod covalidation;
mod parties;
mod recit;
pub mod reprise;
mod saisies;
