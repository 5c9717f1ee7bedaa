//! Notices become messages: claimed, told in sentences, then written in the outbox in the
//! transaction that notes them as told.

use super::composer::{Bureau, Message};
use super::dire::{Nouvelle, Regard};
use super::objet::Objet;
use super::preferences::{Preferences, lues};
use super::rubrique::{Mode, Rubrique};
use super::semaine::prochain_lundi;
use super::{Annuaire, Destinataire};
use crate::app::execute::Entente;
use crate::metier::chaine::instant;
use crate::store::avis::{self, Avis};
use crate::store::courriels::{self, Courriel, Recueilli};
use crate::store::{Conn, Erreur};
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// How long notices may take to be told before another program takes them over.
const BAIL: TimeDelta = TimeDelta::minutes(2);
/// Notices told in one transaction.
const LOT: u64 = 100;

/// What one transaction writes.
#[derive(Default)]
struct Depot {
    dits: Vec<Avis>,
    courriels: Vec<Courriel>,
    recueillis: Vec<Recueilli>,
}

impl Entente {
    /// Tells the notices that wait: a line of log each, and what goes to the outbox or to the week
    /// of whom they are about. Answers how many were told.
    ///
    /// # Errors
    /// The database or the directory does not answer; what was claimed is told after its lease.
    pub async fn avertir<A: Annuaire>(
        &self,
        maintenant: DateTime<Utc>,
        bureau: &Bureau<A>,
    ) -> Result<usize, Erreur> {
        let mut dits = 0;
        loop {
            let (de, a) = (instant(maintenant), instant(maintenant + BAIL));
            let prise = self.base.ecrire(move |mut conn| {
                Box::pin(async move { avis::prend(&mut conn, &de, &a, LOT).await })
            });
            let pris = prise.await?;
            if pris.is_empty() {
                return Ok(dits);
            }
            let depot = self.prepare(pris, maintenant, bureau).await?;
            for un in &depot.dits {
                tracing::info!(
                    contrat = un.contrat,
                    partie = un.partie,
                    cle = un.cle,
                    objet = un.objet,
                    "avis"
                );
            }
            let n = depot.dits.len();
            let note = self.base.ecrire(move |mut conn| {
                Box::pin(async move { depot.ecrit(&mut conn, maintenant).await })
            });
            match note.await {
                Ok(()) => dits += n,
                // Another program told one of them, whose lease was over.
                Err(Erreur::Conflit) => tracing::warn!("des avis ont été repris par un autre"),
                Err(erreur) => return Err(erreur),
            }
        }
    }

    /// What notices write, contract by contract: one that does not read holds none of the others.
    async fn prepare<A: Annuaire>(
        &self,
        pris: Vec<Avis>,
        maintenant: DateTime<Utc>,
        bureau: &Bureau<A>,
    ) -> Result<Depot, Erreur> {
        let mut par_contrat: BTreeMap<String, Vec<Avis>> = BTreeMap::new();
        for un in pris {
            par_contrat.entry(un.contrat.clone()).or_default().push(un);
        }
        let mut depot = Depot::default();
        for (contrat, avis) in par_contrat {
            let redige = self.redige(&contrat, &avis, maintenant, bureau).await;
            match redige {
                Ok((courriels, recueillis)) => {
                    depot.dits.extend(avis);
                    depot.courriels.extend(courriels);
                    depot.recueillis.extend(recueillis);
                }
                Err(Erreur::Abime(quoi)) => {
                    tracing::error!(contrat, quoi, "des avis ne peuvent pas être dits");
                }
                Err(erreur) => return Err(erreur),
            }
        }
        Ok(depot)
    }

    async fn redige<A: Annuaire>(
        &self,
        contrat: &str,
        avis: &[Avis],
        maintenant: DateTime<Utc>,
        bureau: &Bureau<A>,
    ) -> Result<(Vec<Courriel>, Vec<Recueilli>), Erreur> {
        let mut par_partie: BTreeMap<&str, Vec<&Avis>> = BTreeMap::new();
        for un in avis {
            par_partie.entry(&un.partie).or_default().push(un);
        }
        let mut courriers = Vec::new();
        for (partie, avis) in par_partie {
            let destinataires = bureau.annuaire.destinataires(contrat, partie).await?;
            let mut lecteur = self.base.lire().await?;
            for pour in destinataires {
                let preferences = lues(&mut lecteur.conn(), &pour.personne).await?;
                courriers.push((partie, pour, preferences, avis.clone()));
            }
        }
        let mut ecrits = (Vec::new(), Vec::new());
        if courriers.is_empty() {
            return Ok(ecrits);
        }
        let Some(entree) = self.lire(contrat).await? else {
            return Ok(ecrits);
        };
        let tenu = self.contrat(&entree);
        let regard = Regard::de(contrat, &tenu, maintenant);
        for (partie, pour, preferences, avis) in courriers {
            let redaction = Redaction {
                bureau,
                regard: &regard,
                partie,
                maintenant,
            };
            redaction.pour(&pour, &preferences, &avis, &mut ecrits)?;
        }
        Ok(ecrits)
    }
}

/// What writes to the people of one party of a contract.
struct Redaction<'r, A> {
    bureau: &'r Bureau<A>,
    regard: &'r Regard<'r>,
    partie: &'r str,
    maintenant: DateTime<Utc>,
}

impl<A> Redaction<'_, A> {
    /// One message for each heading wanted at once; the week keeps the others.
    fn pour(
        &self,
        pour: &Destinataire,
        preferences: &Preferences,
        avis: &[&Avis],
        (courriels, recueillis): &mut (Vec<Courriel>, Vec<Recueilli>),
    ) -> Result<(), Erreur> {
        let mut par_rubrique: BTreeMap<Rubrique, (Vec<&Avis>, Vec<Nouvelle>)> = BTreeMap::new();
        for un in avis.iter().copied() {
            let objet = lu(un)?;
            let rubrique = Rubrique::de(&objet);
            let mode = preferences.get(&rubrique).copied();
            match mode.unwrap_or(rubrique.par_defaut()) {
                Mode::Immediat => {
                    let (siens, nouvelles) = par_rubrique.entry(rubrique).or_default();
                    siens.push(un);
                    let dites = self.regard.dit(self.partie, &objet);
                    for dite in dites {
                        // An act that was closed and opened again is told once.
                        if !nouvelles.contains(&dite) {
                            nouvelles.push(dite);
                        }
                    }
                }
                Mode::Hebdomadaire => recueillis.push(Recueilli {
                    personne: pour.personne.clone(),
                    avis: un.clone(),
                }),
                Mode::Jamais => {}
            }
        }
        for (siens, nouvelles) in par_rubrique.into_values() {
            let message = self
                .bureau
                .immediat(pour, self.regard, self.partie, nouvelles);
            let id = cle("avis", &pour.personne, siens);
            let cree = instant(self.maintenant);
            let message = message.map_err(Erreur::Abime)?;
            courriels.extend(message.map(|m| m.pour(pour.clone(), id, &cree)));
        }
        Ok(())
    }
}

impl Depot {
    async fn ecrit(self, conn: &mut Conn<'_>, maintenant: DateTime<Utc>) -> Result<(), Erreur> {
        let quand = instant(maintenant);
        let lundi = instant(prochain_lundi(maintenant));
        for un in &self.dits {
            if !avis::envoye(conn, un, &quand).await? {
                return Err(Erreur::Conflit);
            }
        }
        for courriel in &self.courriels {
            courriels::depose(conn, courriel).await?;
        }
        for recueilli in &self.recueillis {
            courriels::recueille(conn, recueilli, &quand, &lundi).await?;
        }
        Ok(())
    }
}

impl Message {
    pub(in crate::app) fn pour(self, pour: Destinataire, id: String, cree: &str) -> Courriel {
        Courriel {
            id,
            personne: pour.personne,
            nom: pour.nom,
            adresse: pour.courriel,
            sujet: self.sujet,
            texte: self.texte,
            html: self.html,
            cree: cree.to_owned(),
            essais: 0,
        }
    }
}

/// What says which message: who is told, and what of.
pub(super) fn cle<'v>(
    genre: &str,
    personne: &str,
    avis: impl IntoIterator<Item = &'v Avis>,
) -> String {
    let avis = avis.into_iter();
    let mut dits: Vec<[&str; 3]> = avis.map(|a| [&*a.contrat, &*a.cle, &*a.partie]).collect();
    dits.sort_unstable();
    let quoi = serde_json::json!([genre, personne, dits]);
    Digest::of(quoi.to_string().as_bytes()).to_string()
}

/// What a notice tells.
pub(super) fn lu(avis: &Avis) -> Result<Objet<'_>, Erreur> {
    serde_json::from_str(&avis.objet)
        .map_err(|e| Erreur::Abime(format!("l'avis « {} » ne se lit pas ({e})", avis.cle)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn avis(cle: &str, partie: &str) -> Avis {
        Avis {
            contrat: "c1".to_owned(),
            cle: cle.to_owned(),
            partie: partie.to_owned(),
            objet: String::new(),
        }
    }

    #[test]
    fn a_message_is_known_by_whom_it_tells_and_what_of() {
        let (un, deux) = (avis("taches/1", "ars"), avis("taches/2", "ars"));
        let id = cle("avis", "karim", [&un, &deux]);
        assert_eq!(id, cle("avis", "karim", [&deux, &un]));
        let autre_partie = avis("taches/1", "gestionnaire");
        for autre in [
            cle("avis", "marc", [&un, &deux]),
            cle("avis", "karim", [&un]),
            cle("semaine", "karim", [&un, &deux]),
            cle("avis", "karim", [&autre_partie, &deux]),
        ] {
            assert_ne!(id, autre);
        }
    }
}
