//! The same acts and reads, for programs: JSON over the same use cases, with the same accesses, a
//! key instead of a session, and errors as RFC 9457 has them.

/// What parties may do, and doing it.
pub mod actes;
/// Who asks: a key.
pub mod cle;
/// Contracts.
pub mod contrats;
/// What requests hold, read strictly.
mod extraire;
/// The journal of a contract.
pub mod journal;
/// Who one is, and what awaits.
pub mod moi;
/// The document of the interface, made from the routes.
pub mod openapi;
/// What is told of a route.
pub mod operation;
/// Errors.
pub mod probleme;
/// Tables.
pub mod tableaux;

use super::Etat;
use super::seance::Seance;
use crate::app::vues::{ContratLu, Fenetre};
use base64ct::{Base64UrlUnpadded, Encoding};
use probleme::Probleme;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What all its addresses begin with.
pub const PREFIXE: &str = "/api/v1";

/// Whether an address is one of programs, known or not.
pub fn est(chemin: &str) -> bool {
    chemin == "/api" || chemin.starts_with("/api/")
}

/// Whether a text may be looked for: PostgreSQL takes no null character, and no name holds any
/// control.
fn sain(texte: &str) -> bool {
    !texte.contains(|c: char| c.is_ascii_control())
}

impl Etat {
    /// A contract that whoever asks sees.
    async fn contrat_pour(&self, seance: &Seance, id: &str) -> Result<ContratLu, Probleme> {
        if !sain(id) {
            return Err(Probleme::introuvable());
        }
        let (qui, aucune) = (&seance.visiteur, Fenetre::default());
        let lu = self.consultation.contrat(qui, id, &aucune).await?;
        lu.ok_or_else(Probleme::introuvable)
    }
}

/// Where a page begins, as it is given out: nobody has to understand it.
fn curseur<R: Serialize>(rang: &R) -> Result<String, Probleme> {
    let ecrit = serde_json::to_vec(rang).map_err(|e| Probleme::interne(e.to_string()))?;
    Ok(Base64UrlUnpadded::encode_string(&ecrit))
}

/// The same, read back: only texts that we may have given.
fn rang<R: DeserializeOwned>(curseur: &str) -> Result<R, Probleme> {
    let octets = Base64UrlUnpadded::decode_vec(curseur).ok();
    let sains = octets.filter(|o| !o.windows(5).any(|w| w == b"\\u000"));
    let lu = sains.and_then(|octets| serde_json::from_slice(&octets).ok());
    lu.ok_or_else(|| {
        Probleme::demande(
            "curseur",
            "Ce curseur ne vient pas d'une page de cette liste. Reprenez celui du champ « suite », \
             ou demandez la première page sans curseur.",
        )
    })
}
