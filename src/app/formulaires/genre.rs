//! What a kind of writing is: what it asks, of whom, where it is offered.

use super::question::{Question, Sorte};
use crate::metier::contrat::dossier::Sujet;
use crate::workflow::definition::model::Role;

/// A kind of writing.
#[derive(Debug)]
pub(super) struct Genre {
    /// In addresses.
    pub nom: &'static str,
    /// Under which heading it is offered.
    pub groupe: &'static str,
    /// What one does; of a fact or an object, its own title follows.
    pub titre: &'static str,
    /// What it does, in a sentence.
    pub aide: &'static str,
    /// The lowest function that may.
    pub role: Role,
    /// What of the writing is not typed.
    pub base: Base,
    pub questions: &'static [Question],
}

/// What of a writing is known before anything is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// A stated fact: which one is in the address.
    Fait,
    /// The text of an object: which one is in the address.
    Texte,
    /// A position on a finding: the object is in the address.
    Position,
    /// An item that enters, by its `nature`; and its collection.
    Entree(&'static str, &'static str),
    /// An item that leaves: its collection is in the address.
    Sortie,
    /// By its name among what is entered.
    Saisie(&'static str),
}

impl Genre {
    /// What the address says beside the stream: `fait`, `objet`, `collection`.
    pub fn fixe(&self) -> Option<&'static str> {
        match self.base {
            Base::Fait => Some("fait"),
            Base::Texte | Base::Position => Some("objet"),
            Base::Sortie => Some("collection"),
            Base::Entree(..) | Base::Saisie(_) => None,
        }
    }

    /// The question that asks the item.
    pub fn element(&self) -> &'static str {
        match self.base {
            Base::Fait | Base::Texte | Base::Position => "element",
            Base::Sortie | Base::Entree(..) | Base::Saisie("convention" | "trame") => "cle",
            Base::Saisie("organisation") => "partie",
            Base::Saisie("indicateur" | "note") => "objectif",
            Base::Saisie("moyen" | "moyen_retire" | "total_annexe") => "financeur",
            Base::Saisie(_) => "esms",
        }
    }

    /// Whether this is how something is written.
    pub fn ecrit(&self, sujet: &Sujet) -> bool {
        match (self.base, sujet) {
            (Base::Fait, Sujet::Fait(_))
            | (Base::Texte, Sujet::Texte(_))
            | (Base::Position, Sujet::Position(_))
            | (Base::Sortie, Sujet::Sortie(_)) => true,
            (Base::Entree(_, collection), Sujet::Entree(autre)) => collection == *autre,
            (Base::Saisie(nom), Sujet::Saisie(autre)) => nom == *autre,
            _ => false,
        }
    }
}

pub(super) const fn question(nom: &'static str, titre: &'static str, sorte: Sorte) -> Question {
    Question {
        nom,
        titre,
        aide: "",
        sorte,
        obligatoire: true,
        avec: None,
    }
}

impl Question {
    pub(super) const fn libre(mut self) -> Self {
        self.obligatoire = false;
        self
    }

    pub(super) const fn aide_par(mut self, aide: &'static str) -> Self {
        self.aide = aide;
        self
    }

    pub(super) const fn avec(
        mut self,
        autre: &'static str,
        valeurs: &'static [&'static str],
    ) -> Self {
        self.avec = Some((autre, valeurs));
        self.libre()
    }
}
