//! What gathers a week: the message of each Monday, 7 h in France.

use super::composer::{Bureau, Section};
use super::dire::{Nouvelle, Regard};
use super::objet::Objet;
use super::tournee::{cle, lu};
use super::{Annuaire, Destinataire};
use crate::app::acces::Place;
use crate::app::execute::Entente;
use crate::metier::chaine::instant;
use crate::store::courriels::{self, Courriel, Recueilli};
use crate::store::{Conn, Erreur};
use chrono::{DateTime, Datelike as _, Days, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;
use std::collections::BTreeMap;

/// The hour of the weekly message.
const HEURE: u32 = 7;
/// Notices that one message gathers; those beyond make another.
const LIGNES: u64 = 500;

/// The first Monday, 7 h in France, after an instant.
pub fn prochain_lundi(apres: DateTime<Utc>) -> DateTime<Utc> {
    let ici = apres.with_timezone(&Paris);
    let lundi = ici.date_naive() - Days::new(u64::from(ici.weekday().num_days_from_monday()));
    let sept_heures = |jour: chrono::NaiveDate| {
        let locale = jour.and_hms_opt(HEURE, 0, 0)?;
        // No change of hour falls at 7 h.
        let locale = Paris.from_local_datetime(&locale).earliest()?;
        Some(locale.with_timezone(&Utc))
    };
    let celui_ci = sept_heures(lundi).filter(|l| *l > apres);
    let suivant = || sept_heures(lundi + Days::new(7));
    celui_ci.or_else(suivant).unwrap_or(apres)
}

impl Entente {
    /// Writes the weekly messages that are due. Answers how many.
    ///
    /// # Errors
    /// The database or the directory does not answer; what is not written waits.
    pub async fn resumer<A: Annuaire>(
        &self,
        maintenant: DateTime<Utc>,
        bureau: &Bureau<A>,
    ) -> Result<usize, Erreur> {
        let mut ecrits = 0;
        loop {
            let mut lecteur = self.base.lire().await?;
            let conn = &mut lecteur.conn();
            let due = courriels::semaine_due(conn, &instant(maintenant)).await?;
            let Some((personne, du)) = due else {
                return Ok(ecrits);
            };
            let recueillis = courriels::recueillis(conn, &personne, &du, LIGNES).await?;
            drop(lecteur);
            let courriel = self.semaine(&recueillis, maintenant, bureau).await?;
            let note = self.base.ecrire(move |mut conn| {
                Box::pin(async move { depose(&mut conn, &recueillis, courriel.as_ref()).await })
            });
            match note.await {
                Ok(ecrit) => ecrits += usize::from(ecrit),
                // Another program wrote this one meanwhile.
                Err(Erreur::Conflit) => {}
                Err(erreur) => return Err(erreur),
            }
        }
    }

    async fn semaine<A: Annuaire>(
        &self,
        recueillis: &[Recueilli],
        maintenant: DateTime<Utc>,
        bureau: &Bureau<A>,
    ) -> Result<Option<Courriel>, Erreur> {
        let mut pour = None;
        let mut par_contrat: BTreeMap<&str, Vec<&Recueilli>> = BTreeMap::new();
        for recueilli in recueillis {
            par_contrat
                .entry(&recueilli.avis.contrat)
                .or_default()
                .push(recueilli);
        }
        let mut sections = Vec::new();
        for (contrat, siens) in par_contrat {
            let section = self.section(contrat, &siens, maintenant, bureau).await;
            match section {
                Ok(Some((destinataire, section))) => {
                    sections.push(section);
                    pour = Some(destinataire);
                }
                Ok(None) => {}
                Err(Erreur::Abime(quoi)) => {
                    tracing::error!(contrat, quoi, "un contrat manque au message de la semaine");
                }
                Err(erreur) => return Err(erreur),
            }
        }
        let Some(pour) = pour else {
            return Ok(None);
        };
        let message = bureau.hebdomadaire(&pour, &sections, maintenant);
        let avis = recueillis.iter().map(|r| &r.avis);
        let id = cle("semaine", &pour.personne, avis);
        let message = message.map_err(Erreur::Abime)?;
        Ok(message.map(|m| m.pour(pour, id, &instant(maintenant))))
    }

    /// What a person is told of a contract this week: as it now stands, if the person may still
    /// read it.
    async fn section<A: Annuaire>(
        &self,
        contrat: &str,
        siens: &[&Recueilli],
        maintenant: DateTime<Utc>,
        bureau: &Bureau<A>,
    ) -> Result<Option<(Destinataire, Section)>, Erreur> {
        let mut pour = None;
        let mut lus = Vec::new();
        for recueilli in siens {
            let partie = recueilli.avis.partie.as_str();
            let destinataires = bureau.annuaire.destinataires(contrat, partie).await?;
            let lui = |(d, _): &(Destinataire, Place)| d.personne == recueilli.personne;
            if let Some((destinataire, place)) = destinataires.into_iter().find(lui) {
                let objet = lu(&recueilli.avis)?.pour(&place);
                lus.extend(objet.map(|objet| (partie, objet)));
                pour = Some(destinataire);
            }
        }
        let Some(pour) = pour else {
            return Ok(None);
        };
        let Some(entree) = self.lire(contrat).await? else {
            return Ok(None);
        };
        let tenu = self.contrat(&entree);
        let regard = Regard::de(contrat, &tenu, maintenant);
        let dit = |(partie, objet): &(&str, Objet<'_>)| regard.dit(partie, objet);
        let mut nouvelles: Vec<Nouvelle> = Vec::new();
        for nouvelle in lus.iter().flat_map(dit) {
            // The same date, reminded twice in a week, is told once.
            if !nouvelles.contains(&nouvelle) {
                nouvelles.push(nouvelle);
            }
        }
        let section = || (pour, bureau.rangee(&regard, &nouvelles));
        Ok((!nouvelles.is_empty()).then(section))
    }
}

/// Notes what a weekly message tells as told, and puts it in the outbox.
async fn depose(
    conn: &mut Conn<'_>,
    recueillis: &[Recueilli],
    courriel: Option<&Courriel>,
) -> Result<bool, Erreur> {
    for recueilli in recueillis {
        if !courriels::oublie(conn, recueilli).await? {
            return Err(Erreur::Conflit);
        }
    }
    match courriel {
        Some(courriel) => courriels::depose(conn, courriel).await,
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_week_ends_on_monday_at_seven_in_france() {
        for (apres, lundi) in [
            // In winter 7 h is 6 h UTC, in summer 5 h.
            ("2024-01-10T12:00:00Z", "2024-01-15T06:00:00Z"),
            ("2024-01-15T05:59:59Z", "2024-01-15T06:00:00Z"),
            ("2024-01-15T06:00:00Z", "2024-01-22T06:00:00Z"),
            ("2024-07-14T21:59:00Z", "2024-07-15T05:00:00Z"),
            // Already Monday in France.
            ("2024-07-14T22:30:00Z", "2024-07-15T05:00:00Z"),
            // The hour changes in between.
            ("2024-03-30T12:00:00Z", "2024-04-01T05:00:00Z"),
            ("2024-10-26T12:00:00Z", "2024-10-28T06:00:00Z"),
        ] {
            let apres: DateTime<Utc> = apres.parse().unwrap();
            assert_eq!(
                prochain_lundi(apres).to_rfc3339(),
                lundi.replace('Z', "+00:00")
            );
        }
    }

    proptest! {
        #[test]
        fn it_is_always_a_monday_at_most_a_week_later(secondes in 0_i64..4_000_000_000) {
            let apres = DateTime::from_timestamp(secondes, 0).unwrap();
            let lundi = prochain_lundi(apres);
            let ici = lundi.with_timezone(&Paris);
            prop_assert_eq!(ici.format("%u %T").to_string(), "1 07:00:00");
            prop_assert!(lundi > apres);
            prop_assert!(lundi - apres <= chrono::TimeDelta::hours(7 * 24 + 1));
        }
    }
}
