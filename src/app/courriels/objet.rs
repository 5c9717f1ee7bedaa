//! What a notice tells, as it is kept: names of the workflow, no person.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

type Texte<'a> = Cow<'a, str>;

/// What a notice tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "genre", rename_all = "snake_case")]
pub enum Objet<'a> {
    /// Acts that this party may now do.
    Taches { taches: Vec<Tache<'a>> },
    /// A date comes near.
    Rappel {
        flux: Texte<'a>,
        lieu: Texte<'a>,
        nom: Texte<'a>,
        echeance: NaiveDate,
    },
    /// A soft date has passed: who must act is told, by role.
    Escalade {
        flux: Texte<'a>,
        lieu: Texte<'a>,
        nom: Texte<'a>,
        echeance: NaiveDate,
        role: Texte<'a>,
    },
    /// What another party did.
    Fait {
        flux: Texte<'a>,
        lieu: Texte<'a>,
        acte: Texte<'a>,
        partie: Texte<'a>,
        geste: Geste,
    },
    /// What another party asks: its words are read on the page, where they can be erased.
    Demande {
        texte: Texte<'a>,
        /// The last day to answer.
        pour: Option<NaiveDate>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tache<'a> {
    pub flux: Texte<'a>,
    pub lieu: Texte<'a>,
    pub acte: Texte<'a>,
    pub titre: Texte<'a>,
}

/// What was done of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Geste {
    Fait,
    Accord,
    Refus,
    Retrait,
}
