//! The catalogue: everything a workflow file may name. Declarations only; what publishes the values
//! stands with each part of the trade.

/// Parties, collections and party sets.
mod acteurs;
/// Objects people agree on, rights to write them, documents.
mod objets;
/// Typed values that conditions read.
mod valeurs;

use crate::workflow::catalogue::Catalogue;

/// What the trade offers to workflow files.
pub static CATALOGUE: Catalogue = Catalogue {
    parties: acteurs::PARTIES,
    facts: valeurs::FACTS,
    collections: acteurs::COLLECTIONS,
    sets: acteurs::SETS,
    objects: objets::OBJECTS,
    capabilities: objets::CAPABILITIES,
    documents: objets::DOCUMENTS,
};

#[cfg(test)]
mod tests;
