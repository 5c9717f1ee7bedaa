//! Notices by e-mail. A notice becomes, for each person it is about, a message of the outbox or a
//! line of the weekly one, in the transaction that notes it as told. Messages are then sent outside
//! any transaction: one that stops between the sending and its note sends again, with the same
//! `Message-ID`.

/// A message, from what it tells.
mod composer;
/// What a notice tells, in sentences.
mod dire;
/// Sends messages.
mod facteur;
/// What brings an invitation.
mod inviter;
/// What a notice tells, as it is kept.
pub mod objet;
/// What each person receives.
mod preferences;
/// What is told of, and how often.
mod rubrique;
/// What gathers a week.
mod semaine;
/// Notices become messages.
mod tournee;
/// A visa is awaited.
pub(in crate::app) mod viser;

pub use composer::{Bureau, Message, REGLER};
pub use dire::{Nouvelle, Regard};
pub use facteur::{Courrier, Facteur, Releve};
pub use inviter::{Invitation, lien};
pub use preferences::Preferences;
pub use rubrique::{Mode, Rubrique};
pub use semaine::prochain_lundi;

pub(in crate::app) use dire::propre;

use super::acces::Place;
use crate::store::Erreur;
use std::future::Future;

/// Who is told for a party of a contract.
pub trait Annuaire: Send + Sync + 'static {
    /// The people who act for a party of a contract and may read it, with their place there.
    ///
    /// # Errors
    /// They cannot be read now: the notices wait.
    fn destinataires(
        &self,
        contrat: &str,
        partie: &str,
    ) -> impl Future<Output = Result<Vec<(Destinataire, Place)>, Erreur>> + Send;
}

/// Someone to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinataire {
    /// The person's id: never shown.
    pub personne: String,
    pub nom: String,
    /// An e-mail address.
    pub courriel: String,
}

/// No account: nobody is told.
#[derive(Debug, Clone, Copy)]
pub struct Personne;

impl Annuaire for Personne {
    async fn destinataires(&self, _: &str, _: &str) -> Result<Vec<(Destinataire, Place)>, Erreur> {
        Ok(Vec::new())
    }
}
