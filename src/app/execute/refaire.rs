//! What lists show, computed anew from the lines: it equals what the acts wrote.

use super::{Entente, projeter};
use crate::store::{Conn, Erreur, journal, projections};
use chrono::{DateTime, Utc};

/// Contracts read at once.
const PAGE: u64 = 500;

impl Entente {
    /// Writes every projection anew, in the transaction it is given.
    ///
    /// # Errors
    /// The database does not answer, or a contract in it does not read.
    pub(in crate::app) async fn refaire(&self, conn: &mut Conn<'_>) -> Result<(), Erreur> {
        let mut apres = String::new();
        loop {
            let contrats = journal::contrats(conn, &apres, PAGE).await?;
            let Some(dernier) = contrats.last() else {
                return Ok(());
            };
            apres.clone_from(dernier);
            for id in contrats {
                self.refait(conn, &id).await?;
            }
        }
    }

    async fn refait(&self, conn: &mut Conn<'_>, id: &str) -> Result<(), Erreur> {
        let Some(tete) = journal::tete(conn, id).await? else {
            return Ok(());
        };
        let entree = self.entree(conn, id, &tete).await?;
        // They were written at the last line's instant; dates are judged from there.
        let instant: DateTime<Utc> = tete
            .instant
            .parse()
            .map_err(|_| Erreur::Abime(format!("l'instant du contrat « {id} » ne se lit pas")))?;
        let projection = projeter(&self.contrat(&entree), instant);
        projections::ecrit(conn, id, None, &projection).await?;
        projections::ecrit_tete(conn, id, false, &tete, &projection).await
    }
}
