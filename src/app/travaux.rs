//! What is done later: the daily bill, its time-stamp.

use super::execute::Entente;
use super::horodatage::Autorite;
use crate::metier::chaine::instant;
use crate::regles::calendrier::civil_date;
use crate::store::Erreur;
use crate::store::travaux::{self, Travail};
use chrono::{DateTime, TimeDelta, Utc};

/// How long a job may take before another program takes it over.
const BAIL: TimeDelta = TimeDelta::minutes(2);
/// Claims of one job before it is given up: about a week of hourly tries.
const ESSAIS: i64 = 200;

const BORDEREAU: &str = "bordereau";
const HORODATAGE: &str = "horodatage";

impl Entente {
    /// Orders what each day brings, once whatever the number of programs.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn journee(&self, maintenant: DateTime<Utc>) -> Result<(), Erreur> {
        let jour = civil_date(maintenant).to_string();
        self.commande(BORDEREAU, jour, maintenant).await
    }

    async fn commande(
        &self,
        genre: &'static str,
        jour: String,
        du: DateTime<Utc>,
    ) -> Result<(), Erreur> {
        let cle = format!("{genre}/{jour}");
        let commande = self.base.ecrire(move |mut conn| {
            let du = instant(du);
            Box::pin(async move { travaux::commande(&mut conn, &cle, genre, &du, &jour).await })
        });
        commande.await
    }

    /// Does the jobs that are due, one after the other. Answers how many were done.
    ///
    /// # Errors
    /// The database does not answer; what was claimed is taken again after its lease.
    pub async fn travailler(
        &self,
        maintenant: DateTime<Utc>,
        autorite: Option<&Autorite>,
    ) -> Result<usize, Erreur> {
        let mut faits = 0;
        while let Some(travail) = self.prend(maintenant).await? {
            let fait = self.fait(&travail, maintenant, autorite).await;
            faits += usize::from(fait.is_ok());
            self.clot(travail, fait, maintenant).await?;
        }
        Ok(faits)
    }

    /// A claim is a transaction of its own: no job stays locked while it is done.
    async fn prend(&self, maintenant: DateTime<Utc>) -> Result<Option<Travail>, Erreur> {
        let (de, a) = (instant(maintenant), instant(maintenant + BAIL));
        let prise = self.base.ecrire(move |mut conn| {
            Box::pin(async move { travaux::prend(&mut conn, &de, &a).await })
        });
        prise.await
    }

    async fn fait(
        &self,
        travail: &Travail,
        maintenant: DateTime<Utc>,
        autorite: Option<&Autorite>,
    ) -> Result<(), String> {
        let jour = &travail.donnees;
        match travail.genre.as_str() {
            BORDEREAU => {
                let bordereau = self.sceller(jour, maintenant).await;
                let Some(bordereau) = bordereau.map_err(|e| e.to_string())? else {
                    return Ok(());
                };
                if autorite.is_none() {
                    tracing::warn!(
                        jour,
                        empreinte = bordereau.empreinte,
                        "bordereau gardé sans jeton : aucune autorité d'horodatage"
                    );
                    return Ok(());
                }
                let suite = self.commande(HORODATAGE, jour.clone(), maintenant);
                suite.await.map_err(|e| e.to_string())
            }
            HORODATAGE => self.horodater(jour, autorite).await,
            autre => Err(format!("« {autre} » n'est pas un travail connu")),
        }
    }

    /// Closes a job, or puts it off: a minute, then twice as long each time, an hour at most.
    async fn clot(
        &self,
        travail: Travail,
        fait: Result<(), String>,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Erreur> {
        let (essais, cle) = (travail.essais, travail.cle.clone());
        let clos = self.base.ecrire(move |mut conn| {
            let reussi = fait.is_ok();
            if let Err(quoi) = fait {
                tracing::warn!(travail = cle, essais, quoi, "un travail n'est pas fait");
            }
            Box::pin(async move {
                let conn = &mut conn;
                if reussi {
                    return travaux::clot(conn, &travail, &instant(maintenant)).await;
                }
                if essais >= ESSAIS {
                    tracing::error!(travail = travail.cle, "un travail est abandonné");
                    return travaux::clot(conn, &travail, "abandon").await;
                }
                let exposant = u32::try_from(essais - 1).unwrap_or(u32::MAX).min(6);
                let attente = TimeDelta::minutes(1_i64 << exposant).min(TimeDelta::hours(1));
                travaux::remet(conn, &travail, &instant(maintenant + attente)).await
            })
        });
        clos.await.map(|_| ())
    }

    /// How many jobs wait, and how many were given up.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn travaux_en_attente(&self) -> Result<(i64, i64), Erreur> {
        let mut lecteur = self.base.lire().await?;
        travaux::attente(&mut lecteur.conn()).await
    }
}
