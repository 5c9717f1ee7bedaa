//! What a party asks to write, outside the acts of the workflow.

use crate::metier::besoins::partage::Partage;
use crate::metier::contrat::echange::{Cercle, Echange};
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::contrat::saisie::{Budget, Saisie};
use crate::metier::evenement::Avis;
use crate::regles::value::Value;
use crate::workflow::machine::digest::Digest;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a party asks to write, outside the acts of the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ecriture", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ecriture {
    Declarer {
        fait: String,
        element: Option<String>,
        valeur: Value,
        preuve: String,
    },
    Modifier {
        objet: String,
        element: Option<String>,
        texte: String,
    },
    Position {
        objet: String,
        element: Option<String>,
        constat: String,
        avis: Avis,
        /// May be empty for an agreement.
        #[serde(default)]
        texte: String,
    },
    Entrer {
        cle: String,
        element: Element,
        /// The day it takes effect; today when absent.
        #[serde(default)]
        effet: Option<NaiveDate>,
    },
    Sortir {
        collection: String,
        cle: String,
        motif: String,
        /// The day it takes effect; today when absent.
        #[serde(default)]
        effet: Option<NaiveDate>,
    },
    Saisir(Saisie),
    /// To hand over the needs of a year, summed and masked.
    Profil {
        profil: Box<Partage>,
    },
    /// To hand over a budget that was read and checked here: nobody brings its verdicts.
    #[serde(skip_deserializing)]
    Budget {
        budget: Box<Budget>,
    },
    /// Something said around the contract. `sel`: as for a note.
    Dire {
        echange: Echange,
        #[serde(default)]
        cercle: Cercle,
        texte: String,
        sel: String,
    },
    /// A note for oneself. `sel`: 32 hexadecimal digits drawn at random, so that the commitment
    /// tells nothing of the text.
    Noter {
        texte: String,
        sel: String,
    },
}

impl Ecriture {
    /// The day it takes effect, when the person says it.
    pub fn effet(&self) -> Option<NaiveDate> {
        match self {
            Self::Entrer { effet, .. } | Self::Sortir { effet, .. } => *effet,
            _ => None,
        }
    }

    /// The establishment it is about, when it is about one alone.
    pub fn esms(&self) -> Option<&str> {
        let de = |connue: Option<Option<&str>>| connue.flatten() == Some(ESMS);
        let element = match self {
            Self::Declarer { fait, element, .. } => element
                .as_ref()
                .filter(|_| de(CATALOGUE.fact(fait).map(|f| f.of))),
            Self::Modifier { objet, element, .. } | Self::Position { objet, element, .. } => {
                element
                    .as_ref()
                    .filter(|_| de(CATALOGUE.object(objet).map(|o| o.of)))
            }
            Self::Saisir(
                Saisie::Theme { esms, .. }
                | Saisie::Constat { esms, .. }
                | Saisie::Chiffres { esms, .. }
                | Saisie::Notification { esms, .. },
            ) => Some(esms),
            Self::Saisir(_)
            | Self::Profil { .. }
            | Self::Budget { .. }
            | Self::Entrer { .. }
            | Self::Sortir { .. }
            | Self::Dire { .. }
            | Self::Noter { .. } => None,
        };
        element.map(String::as_str)
    }
}

/// What the line of a note or of a message commits to: a salt, then the text.
pub fn engagement(sel: &str, texte: &str) -> Digest {
    Digest::of(format!("{sel}{texte}").as_bytes())
}
