//! What a journal stores: the closed, versioned list. Everything shown is folded from it.

use crate::metier::contrat::echange::{Cercle, Echange};
use crate::metier::contrat::perimetre::Element;
use crate::metier::contrat::saisie::{CibleRevisee, Saisie};
use crate::regles::value::Value;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Actor, Stamped};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The version of this list. A journal written under another one is read by the code of that one.
pub const VERSION: u32 = 1;

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ligne {
    /// [`VERSION`].
    pub v: u32,
    /// The stream: `cpom`, or that of a child, `cpom/eprd-annuel-2026`.
    pub flux: String,
    /// Its place in the stream, from 1.
    pub rang: u64,
    #[serde(flatten)]
    pub evenement: Evenement,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Evenement {
    /// In the running workflow.
    Machine(Stamped),
    /// A party stated a fact that no trade code computes yet: « déclaré, non calculé ».
    FaitDeclare {
        fait: String,
        /// The item of its collection, when the fact has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        element: Option<String>,
        valeur: Value,
        /// What it rests on.
        preuve: String,
        #[serde(flatten)]
        trace: Trace,
    },
    /// A party wrote an object: a new version of it.
    ContenuModifie {
        objet: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        element: Option<String>,
        empreinte: Digest,
        /// The right it wrote under.
        droit: String,
        #[serde(flatten)]
        trace: Trace,
    },
    /// A party took position on a finding of an object; earlier ones of the same party give way.
    PositionPrise {
        objet: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        element: Option<String>,
        constat: String,
        avis: Avis,
        /// Its own text: in disagreement, both stay side by side.
        texte: String,
        #[serde(flatten)]
        trace: Trace,
    },
    /// An item entered a collection.
    ElementEntre {
        cle: String,
        element: Element,
        #[serde(flatten)]
        trace: Trace,
    },
    /// An item left its collection.
    ElementSorti {
        collection: String,
        cle: String,
        motif: String,
        #[serde(flatten)]
        trace: Trace,
    },
    /// A party entered something about itself, the contract or its follow-up.
    Saisie {
        saisie: Saisie,
        /// The right it entered it under.
        droit: String,
        #[serde(flatten)]
        trace: Trace,
    },
    /// A party wrote a note for itself. The line holds a commitment only: the text and its salt
    /// stand where they can be erased.
    NotePrise {
        engagement: Digest,
        #[serde(flatten)]
        trace: Trace,
    },
    /// A party said something around the contract. Of its text, the line holds a commitment only.
    Echange {
        echange: Echange,
        #[serde(default, skip_serializing_if = "partage")]
        cercle: Cercle,
        engagement: Digest,
        #[serde(flatten)]
        trace: Trace,
    },
    /// A contract signed elsewhere is taken over: not opened yet, it binds nobody.
    RepriseOuverte {
        workflow: String,
        /// The signed document.
        document: Digest,
        signe_le: NaiveDate,
        #[serde(flatten)]
        trace: Trace,
    },
    /// An avenant took effect on the contract, whose first text stays as it was signed.
    AvenantApplique {
        /// The avenant's stream.
        avenant: String,
        numero: u32,
        /// The contract as it now reads.
        lecture_consolidee: Digest,
        /// The new term, when it prorogues.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terme: Option<NaiveDate>,
        /// The targets it changes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cibles: Vec<CibleRevisee>,
        effet: NaiveDate,
        enregistre: DateTime<Utc>,
    },
    /// Where the following contract stands.
    SuccesseurAvance {
        contrat: String,
        etape: Etape,
        effet: NaiveDate,
        enregistre: DateTime<Utc>,
    },
}

/// Left out of the line, as it was before there were circles.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn partage(cercle: &Cercle) -> bool {
    *cercle == Cercle::Parties
}

/// Who, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    pub par: Actor,
    /// The civil date it takes effect.
    pub effet: NaiveDate,
    pub enregistre: DateTime<Utc>,
    /// The request's id.
    pub id: String,
}

/// A position on a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Avis {
    Accord,
    AccordAvecReserve,
    Desaccord,
}

/// What the following contract has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Etape {
    Signe,
    EnVigueur,
}

impl Evenement {
    /// Who asked for it, and when; `None`: the machine's own, or what follows from another event.
    pub fn trace(&self) -> Option<&Trace> {
        match self {
            Self::FaitDeclare { trace, .. }
            | Self::ContenuModifie { trace, .. }
            | Self::PositionPrise { trace, .. }
            | Self::ElementEntre { trace, .. }
            | Self::ElementSorti { trace, .. }
            | Self::Saisie { trace, .. }
            | Self::NotePrise { trace, .. }
            | Self::Echange { trace, .. }
            | Self::RepriseOuverte { trace, .. } => Some(trace),
            Self::Machine(_) | Self::AvenantApplique { .. } | Self::SuccesseurAvance { .. } => None,
        }
    }

    /// The day it takes effect, and when it was recorded.
    fn dates(&self) -> (NaiveDate, DateTime<Utc>) {
        match self {
            Self::Machine(stamped) => (stamped.effective, stamped.recorded),
            Self::AvenantApplique {
                effet, enregistre, ..
            }
            | Self::SuccesseurAvance {
                effet, enregistre, ..
            } => (*effet, *enregistre),
            Self::FaitDeclare { trace, .. }
            | Self::ContenuModifie { trace, .. }
            | Self::PositionPrise { trace, .. }
            | Self::ElementEntre { trace, .. }
            | Self::ElementSorti { trace, .. }
            | Self::Saisie { trace, .. }
            | Self::NotePrise { trace, .. }
            | Self::Echange { trace, .. }
            | Self::RepriseOuverte { trace, .. } => (trace.effet, trace.enregistre),
        }
    }

    /// The day it takes effect.
    pub fn effet(&self) -> NaiveDate {
        self.dates().0
    }

    /// When it was recorded.
    pub fn enregistre(&self) -> DateTime<Utc> {
        self.dates().1
    }

    /// Its name in the list.
    pub fn genre(&self) -> &'static str {
        match self {
            Self::Machine(_) => "machine",
            Self::FaitDeclare { .. } => "fait_declare",
            Self::ContenuModifie { .. } => "contenu_modifie",
            Self::PositionPrise { .. } => "position_prise",
            Self::ElementEntre { .. } => "element_entre",
            Self::ElementSorti { .. } => "element_sorti",
            Self::Saisie { .. } => "saisie",
            Self::NotePrise { .. } => "note_prise",
            Self::Echange { .. } => "echange",
            Self::RepriseOuverte { .. } => "reprise_ouverte",
            Self::AvenantApplique { .. } => "avenant_applique",
            Self::SuccesseurAvance { .. } => "successeur_avance",
        }
    }

    /// Who wrote it, `partie/personne`; none: the clock, or what follows from another event.
    pub fn auteur(&self) -> Option<String> {
        let acteur = match self {
            Self::Machine(stamped) => stamped.event.actor()?,
            autre => &autre.trace()?.par,
        };
        Some(format!("{}/{}", acteur.party, acteur.person))
    }

    /// The text it speaks of, by digest.
    pub fn texte(&self) -> Option<Digest> {
        match self {
            Self::ContenuModifie { empreinte, .. } => Some(*empreinte),
            Self::AvenantApplique {
                lecture_consolidee, ..
            } => Some(*lecture_consolidee),
            Self::Saisie {
                saisie: Saisie::Profil(profil),
                ..
            } => Some(profil.empreinte),
            _ => None,
        }
    }

    /// The id of the request that caused it, when a person asked.
    pub fn demande(&self) -> Option<&str> {
        match self {
            Self::Machine(stamped) => stamped.event.request(),
            autre => autre.trace().map(|trace| trace.id.as_str()),
        }
    }

    /// The party it is private to, or the mark of a circle of them; `None`: every party of the
    /// contract may read it.
    pub fn prive(&self) -> Option<&str> {
        match self {
            Self::NotePrise { trace, .. } => Some(&trace.par.party),
            Self::Echange { cercle, .. } => cercle.marque(),
            _ => None,
        }
    }
}
