//! What lists show, computed anew from the lines: it equals what the acts wrote.

use super::{Entente, projeter};
use crate::app::contrat::Contrat;
use crate::metier::evenement::Ligne;
use crate::store::{Conn, Erreur, journal, projections};
use chrono::{DateTime, Utc};

/// Contracts read at once.
const PAGE: u64 = 500;
/// Lines read at once.
const LIGNES: u64 = 2_000;

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
        let mut lignes: Vec<Ligne> = Vec::new();
        while (lignes.len() as u64) < tete.ordre {
            let page = journal::lignes(conn, id, lignes.len() as u64, LIGNES).await?;
            if page.is_empty() {
                return Err(abime(id, "des lignes manquent"));
            }
            for scellee in &page {
                lignes.push(scellee.ligne().map_err(|quoi| abime(id, &quoi))?);
            }
        }
        let contrat = Contrat::replier(&self.machines, &lignes);
        let mut contrat = contrat.map_err(|refus| abime(id, &refus.to_string()))?;
        for texte in journal::textes(conn, id).await? {
            contrat.rend_texte(&texte);
        }
        // They were written at the last line's instant; dates are judged from there.
        let instant: Result<DateTime<Utc>, _> = tete.instant.parse();
        let instant = instant.map_err(|_| abime(id, "son instant ne se lit pas"))?;
        let (projection, _) = projeter(id, &contrat, None, instant);
        projections::ecrit(conn, id, None, &projection).await?;
        projections::ecrit_tete(conn, id, false, &tete, &projection).await
    }
}

fn abime(id: &str, quoi: &str) -> Erreur {
    Erreur::Abime(format!("le contrat « {id} » ne se relit pas : {quoi}"))
}
