//! What happens on contracts, told to the programs of organisations: each line that an organisation
//! may see becomes a small signed message, sent to the address it gave.
//!
//! The journal is the outbox: of each contract, what was sent is a number of line. So every line is
//! sent, in order, at least once; and nothing is written when one acts. A message says which line,
//! and its digest; what the line says is asked of the API.

/// A message, and its signature.
mod message;

use super::acces::{Titre, Visiteur};
use super::appels::{Appels, Patience};
use super::coffre::de_l_abonnement;
use super::courriels::propre;
use super::execute::Entente;
use crate::metier::chaine::{Scellee, instant};
use crate::store::abonnements::{self, Abonnement, Numeros, Retard};
use crate::store::identites::personnes::{self, Organisation};
use crate::store::journal::{self, Regard};
use crate::store::{Erreur, Futur};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// How the secret begins (Standard Webhooks).
pub(super) const SECRET: &str = "whsec_";
/// How long one message may take.
const DELAI: Duration = Duration::from_secs(5);
/// How long a subscription is held: more than a lot may take.
const BAIL: TimeDelta = TimeDelta::minutes(10);
/// Messages of one lot: other subscriptions have their turn.
const LOT: u64 = 50;
/// How often something new is looked for.
const PAUSE: TimeDelta = TimeDelta::seconds(4);
/// The longest wait between two tries, and how many fail in a row before it is suspended: two days
/// and a half.
const ATTENTE: TimeDelta = TimeDelta::hours(4);
const ESSAIS: i64 = 22;

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bilan {
    /// Messages received.
    pub recus: usize,
    /// Subscriptions put off.
    pub remis: usize,
    pub suspendus: usize,
}

/// Why a message was not received.
struct Echec {
    quoi: String,
    /// Nobody is there any more (410).
    parti: bool,
}

impl Entente {
    /// Sends the lines that subscriptions wait for, until none is due.
    ///
    /// # Errors
    /// The database does not answer; what was held is taken again after its lease.
    pub async fn annoncer(
        &self,
        horloge: impl Fn() -> DateTime<Utc>,
        appels: &Appels,
    ) -> Result<Bilan, Erreur> {
        let mut bilan = Bilan::default();
        loop {
            let maintenant = horloge();
            let (de, a) = (instant(maintenant), instant(maintenant + BAIL));
            let prise = self.base.ecrire(move |mut conn| {
                Box::pin(async move { abonnements::prend(&mut conn, &de, &a).await })
            });
            let Some(mut abonnement) = prise.await? else {
                return Ok(bilan);
            };
            let a_qui = de_l_abonnement(&abonnement.id);
            abonnement.secret = self.coffre.ouvre(&a_qui, &abonnement.secret)?;
            let envoye = self.envoie_lot(&abonnement, &horloge, appels).await?;
            self.remet(abonnement, envoye, horloge(), &mut bilan)
                .await?;
        }
    }

    /// How many subscriptions are tried, and how many are suspended.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn abonnements_en_attente(&self) -> Result<(i64, i64), Erreur> {
        let mut lecteur = self.base.lire().await?;
        abonnements::attente(&mut lecteur.conn()).await
    }

    /// Sends what a subscription waits for, up to a lot: how many were received, and what stopped.
    async fn envoie_lot(
        &self,
        abonnement: &Abonnement,
        horloge: &impl Fn() -> DateTime<Utc>,
        appels: &Appels,
    ) -> Result<(usize, Option<Echec>), Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let organisation = personnes::organisation(conn, &abonnement.organisation).await?;
        let Some(organisation) = organisation else {
            return Ok((0, None));
        };
        let numeros = Numeros {
            siren: organisation.siren.clone(),
            ej: organisation.ej.clone(),
        };
        let retards = abonnements::retards(conn, &abonnement.id, &numeros, LOT).await?;
        drop(lecteur);
        let visiteur = visiteur(organisation);
        let mut recus = 0;
        for retard in retards {
            let Some((partie, cercle)) = self.partie(&visiteur, &retard.contrat).await? else {
                self.suit(abonnement, &retard, retard.tete).await?;
                continue;
            };
            let lignes = self.lignes_dues(&retard, (&partie, cercle)).await?;
            let entier = (lignes.len() as u64) < LOT;
            for ligne in lignes {
                let ordre = i64::try_from(ligne.ordre).unwrap_or(i64::MAX);
                if let Err(echec) = poste(abonnement, ligne, horloge(), appels).await {
                    return Ok((recus, Some(echec)));
                }
                recus += 1;
                self.suit(abonnement, &retard, ordre).await?;
            }
            if entier {
                // Lines that it may not see are passed.
                self.suit(abonnement, &retard, retard.tete).await?;
            }
            if recus as u64 >= LOT {
                break;
            }
        }
        Ok((recus, None))
    }

    /// The party that an organisation holds in a contract, as `acces` says, and the mark of what
    /// it reads beside its own lines.
    async fn partie(
        &self,
        visiteur: &Visiteur,
        contrat: &str,
    ) -> Result<Option<(String, &'static str)>, Erreur> {
        let Some(entree) = self.lire(contrat).await? else {
            return Ok(None);
        };
        let contrat = self.contrat(&entree);
        let partie = visiteur.place(&contrat).map(|p| p.partie);
        Ok(partie.map(|partie| {
            let cercle = contrat.cercle(&partie);
            (partie, cercle)
        }))
    }

    async fn lignes_dues(
        &self,
        retard: &Retard,
        (partie, cercle): (&str, &str),
    ) -> Result<Vec<Scellee>, Erreur> {
        let regard = Regard {
            contrat: &retard.contrat,
            flux: "",
            partie,
            cercle,
        };
        let mut lecteur = self.base.lire().await?;
        let apres = retard.ordre.cast_unsigned();
        let mut lignes = journal::suivantes(&mut lecteur.conn(), regard, apres, LOT).await?;
        // What was written since is for the next lot.
        lignes.retain(|l| l.ordre <= retard.tete.cast_unsigned());
        Ok(lignes)
    }

    async fn suit(
        &self,
        abonnement: &Abonnement,
        retard: &Retard,
        ordre: i64,
    ) -> Result<(), Erreur> {
        let (id, contrat) = (abonnement.id.clone(), retard.contrat.clone());
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(async move { abonnements::suit(&mut conn, &id, &contrat, ordre).await })
        });
        note.await
    }

    /// Lets a subscription go, until it is due again.
    async fn remet(
        &self,
        mut abonnement: Abonnement,
        (recus, echec): (usize, Option<Echec>),
        maintenant: DateTime<Utc>,
        bilan: &mut Bilan,
    ) -> Result<(), Erreur> {
        bilan.recus += recus;
        let plein = recus as u64 >= LOT;
        let pause = if plein { TimeDelta::zero() } else { PAUSE };
        let (mut du, mut suspendu) = (maintenant + pause, String::new());
        let id = abonnement.id.clone();
        match echec {
            None => {
                abonnement.essais = 0;
                abonnement.erreur.clear();
            }
            Some(Echec { quoi, parti }) => {
                abonnement.essais = if recus > 0 { 1 } else { abonnement.essais + 1 };
                let essais = abonnement.essais;
                abonnement.erreur = quoi;
                let quoi = &abonnement.erreur;
                if parti || essais >= ESSAIS {
                    suspendu = instant(maintenant);
                    bilan.suspendus += 1;
                    tracing::error!(id, essais, quoi, "un abonnement est suspendu");
                } else {
                    du = maintenant + attente(essais);
                    bilan.remis += 1;
                    tracing::warn!(id, essais, quoi, "un abonnement n'a pas été servi");
                }
            }
        }
        let du = instant(du);
        let note = self.base.ecrire(move |mut conn| -> Futur<'_, _> {
            Box::pin(
                async move { abonnements::remet(&mut conn, &abonnement, &du, &suspendu).await },
            )
        });
        note.await.map(|_| ())
    }
}

/// An organisation as one of its people who reads all of it.
fn visiteur(organisation: Organisation) -> Visiteur {
    let dit = |numero: String| Some(numero).filter(|n| !n.is_empty());
    Visiteur {
        titres: vec![Titre {
            organisation: organisation.nom,
            siren: dit(organisation.siren),
            ej: dit(organisation.ej),
            role: None,
            esms: None,
            ..Titre::default()
        }],
        ..Visiteur::default()
    }
}

/// Sends one message, away from the tasks that answer.
async fn poste(
    abonnement: &Abonnement,
    ligne: Scellee,
    maintenant: DateTime<Utc>,
    appels: &Appels,
) -> Result<(), Echec> {
    let echec = |quoi: &str| Echec {
        quoi: propre(quoi),
        parti: false,
    };
    let a = (&*abonnement.id, &*abonnement.adresse, &*abonnement.secret);
    let requete = message::requete(a, &ligne, maintenant).map_err(|e| echec(&e))?;
    let appels = appels.clone();
    let envoi = tokio::task::spawn_blocking(move || appels.envoie(requete, Patience::mot(DELAI)));
    let reponse = envoi.await.map_err(|_| echec("l'envoi s'est interrompu"))?;
    let code = reponse.map_err(|e| echec(&e.to_string()))?.status();
    if code.is_success() {
        return Ok(());
    }
    Err(Echec {
        quoi: format!("réponse {}", code.as_u16()),
        parti: code.as_u16() == 410,
    })
}

/// A minute, then twice as long each time.
fn attente(essais: i64) -> TimeDelta {
    let exposant = u32::try_from(essais - 1).unwrap_or(0).min(8);
    TimeDelta::minutes(1_i64 << exposant).min(ATTENTE)
}
