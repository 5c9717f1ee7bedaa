//! The trade. Pure, French nouns.

/// The contract: what workflow files may name.
pub mod contrat;
/// FINESS numbers: form and key.
pub mod finess;
