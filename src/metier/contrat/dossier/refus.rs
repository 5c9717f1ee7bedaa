//! Why something cannot be written.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why something cannot be written: what was expected, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refus {
    pub code: CodeRefus,
    pub phrase: String,
    /// The rule it rests on, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regle: Option<String>,
}

/// Stable codes, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeRefus {
    /// No fact, object or collection of this name.
    Inconnu,
    /// The journal tells this fact: nobody states it.
    Calcule,
    /// Another type was expected, or a value is not well formed.
    Type,
    /// An item is missing, or is not in its collection.
    Element,
    /// The party may not write this here and now.
    Droit,
    /// None of its authorities is a party of the contract.
    SansAutorite,
    /// The proof, the text or the reason is empty.
    Vide,
    /// A day in the future, or days that cross.
    Date,
    /// The same is already there.
    Deja,
    /// It is for other parties to say.
    Reserve,
    /// Signed: only an avenant changes it.
    Engage,
}

impl CodeRefus {
    /// What to do about it.
    pub fn remede(self) -> &'static str {
        match self {
            Self::Inconnu => "Choisissez un nom de la liste.",
            Self::Calcule => "Faites ce que ce fait constate : il suivra.",
            Self::Type => "Corrigez la valeur.",
            Self::Element => "Choisissez un élément de la liste.",
            Self::Droit => "Attendez que la plume vous revienne, ou demandez-la à qui la tient.",
            Self::SansAutorite => "Faites d'abord entrer cette autorité au contrat.",
            Self::Vide => "Complétez ce qui manque.",
            Self::Date => "Corrigez la date.",
            Self::Deja => "Il n'y a rien à refaire.",
            Self::Reserve => {
                "Laissez cette partie l'écrire, ou posez-lui la question par un message."
            }
            Self::Engage => "Demandez un avenant.",
        }
    }
}

impl Refus {
    pub fn new(code: CodeRefus, phrase: impl Into<String>) -> Self {
        let regle = match code {
            CodeRefus::SansAutorite => Some("CASF L.313-3"),
            CodeRefus::Engage => Some("CASF L.313-11"),
            _ => None,
        };
        Self {
            code,
            phrase: phrase.into(),
            regle: regle.map(str::to_owned),
        }
    }
}

impl fmt::Display for Refus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase)
    }
}

impl std::error::Error for Refus {}

pub(super) fn non_vide(texte: &str, quoi: &str) -> Result<(), Refus> {
    if texte.trim().is_empty() {
        return Err(Refus::new(CodeRefus::Vide, format!("{quoi} manque.")));
    }
    Ok(())
}
