//! The trade. Pure, French nouns.

/// What people need and receive, summed.
pub mod besoins;
/// A yearly budget, beside the contract.
pub mod budget;
/// The chain of a journal, and its verification.
pub mod chaine;
/// A figure beside those of similar establishments.
pub mod comparaison;
/// The contract: what workflow files may name.
pub mod contrat;
/// What a journal stores.
pub mod evenement;
/// FINESS numbers: form and key.
pub mod finess;
/// Exact numbers.
pub mod nombre;
/// Who stands behind a party.
pub mod organisation;
/// A document for paper and for the screen.
pub mod papier;
/// The lists that others publish: categories, indicators, criteria.
pub mod referentiels;
/// What national registers publish of establishments.
pub mod repertoire;
/// The nomenclature of needs and services.
pub mod serafin;
/// What a diagnostic asks, as data.
pub mod trame;
