//! Entente carries a CPOM from its programming to its final evaluation, between everyone who signs
//! it.
//!
//! The house, from the pure core to the doors:
#![forbid(unsafe_code)]

/// Use cases: reads the embedded files and hands text to the pure rooms.
pub mod app;
/// The command line.
pub mod cli;
/// Files of the outside world, in and out.
pub mod echanges;
/// The trade: what a contract, an ESMS, a FINESS number are; the catalogue workflow files may name.
pub mod metier;
/// Time worked by a test.
#[cfg(test)]
#[path = "../tests/it/montre.rs"]
mod montre;
/// The calendar and the rule packs: dated values, each with its article.
pub mod regles;
/// Everything that touches a database: the journal, its heads, what lists show.
pub mod store;
/// The pages over HTTP.
pub mod web;
/// The language of state graphs, its machine and its proofs. Knows no CPOM.
pub mod workflow;
