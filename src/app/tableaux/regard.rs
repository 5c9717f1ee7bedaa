//! Whose eyes a table is read with: the one place where an export keeps from a reader what is not
//! theirs.

use std::collections::BTreeMap;

/// Who reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Regard {
    /// Every contract, by none of its parties: what they share.
    #[default]
    Partage,
    /// Every contract, by this party: what is shared, and what it keeps for itself.
    Partie(String),
    /// These contracts only, by a party of each: `departement:99`; empty, by none.
    Parmi(BTreeMap<String, String>),
}

impl Regard {
    /// The party that reads a contract; empty: none of them. `None`: the contract is not to be
    /// seen, nor told from one that does not exist.
    pub fn de(&self, contrat: &str) -> Option<&str> {
        match self {
            Self::Partage => Some(""),
            Self::Partie(partie) => Some(partie),
            Self::Parmi(contrats) => contrats.get(contrat).map(String::as_str),
        }
    }

    /// The contracts it is limited to, after a given one, in order.
    pub(super) fn parmi(&self, apres: &str, nombre: usize) -> Option<Vec<String>> {
        let Self::Parmi(contrats) = self else {
            return None;
        };
        let suivants = contrats.keys().filter(|id| id.as_str() > apres);
        Some(suivants.take(nombre).cloned().collect())
    }
}
