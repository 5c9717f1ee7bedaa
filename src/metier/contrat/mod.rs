//! The contract.

/// Contract, notifications, budgets and accounts, year by year.
pub mod alignement;
/// What it says of an exercise, as lines beside a budget.
pub mod budget;
/// What a shared diagnostic rests on.
pub mod diagnostic;
/// The state of one stream, and what the machine sees of it.
pub mod dossier;
/// What parties say to one another.
pub mod echange;
/// The catalogue: facts, collections, party sets, objects, capabilities, documents.
pub mod faits;
/// The consolidated reading of a contract and its avenants.
pub mod lecture;
/// What the contract bears on, and who is competent.
pub mod perimetre;
/// What parties enter.
pub mod saisie;
