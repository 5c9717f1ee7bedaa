//! The clock: what passes without anyone asking.

use super::{Echec, Entente, Ordre};
use crate::regles::calendrier::civil_date;
use crate::store::projections;
use chrono::{DateTime, Utc};

/// Contracts looked at in one round.
const RONDE: u64 = 100;

impl Entente {
    /// Looks at every open contract not yet looked at today: deadlines that passed take effect.
    /// Several programs may do it at once: each contract is locked, and looked at once. Answers how
    /// many were looked at.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn ronde(&self, maintenant: DateTime<Utc>) -> Result<usize, Echec> {
        let jour = civil_date(maintenant).to_string();
        let mut vus = 0;
        loop {
            let mut lecteur = self.base.lire().await?;
            let contrats = projections::a_voir(&mut lecteur.conn(), &jour, RONDE).await?;
            drop(lecteur);
            if contrats.is_empty() {
                return Ok(vus);
            }
            for contrat in contrats {
                match self.executer(&contrat, Ordre::Avancer, maintenant).await {
                    Ok(_) => vus += 1,
                    Err(Echec::Base(erreur)) => return Err(Echec::Base(erreur)),
                    Err(echec) => {
                        // It must not hold the others back, and must be seen.
                        tracing::error!(%contrat, %echec, "l'horloge est refusée");
                        self.passe(&contrat, &jour).await?;
                    }
                }
            }
        }
    }

    /// Leaves a contract until tomorrow.
    async fn passe(&self, contrat: &str, jour: &str) -> Result<(), Echec> {
        let (contrat, jour) = (contrat.to_owned(), jour.to_owned());
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(async move { projections::vu(&mut conn, &contrat, &jour).await })
        });
        Ok(note.await?)
    }
}
