//! The contract.

/// The catalogue: facts, collections, party sets, objects, capabilities, documents.
pub mod faits;
