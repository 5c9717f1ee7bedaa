//! The one write path: people, command line and clock alike. Lock first, then decide.
//!
//! A request goes through these steps, in one transaction: the contract's head is locked; a request
//! already answered gets its answer again; the state is taken from the cache or folded from the
//! lines; the request is decided; lines, heads, projections and jobs are written; commit; answer.

/// What parties are told.
mod aviser;
/// The states that were used last.
mod cache;
/// A request is answered once.
mod demande;
/// Why nothing was done.
mod echec;
/// Writes what an act did.
mod ecrire;
/// The clock: what passes without anyone asking.
mod horloge;
/// Reads a contract where it stands.
mod lire;
/// What is counted of each act.
mod mesures;
/// What lists show of a contract.
mod projeter;
/// What no request may hold.
mod recevable;
/// Projections and heads, written again from the lines.
mod reconstruire;

pub use cache::{Cache, Entree};
pub use echec::Echec;
pub use projeter::projeter;

use crate::app::contrat::{Atelier, Commande, Contrat, Machines, Reprise};
use crate::metier::evenement::Ligne;
use crate::store::faute::{Point, passe};
use crate::store::journal::{self, Tete};
use crate::store::{Base, Conn, Erreur};
use crate::workflow::machine::event::Actor;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use demande::Demandee;
use ecrire::Ecrit;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Instant;

/// The running program: a database, the workflows ready to run, the states used last. Cheap to
/// copy.
#[derive(Debug, Clone)]
pub struct Entente {
    pub(super) base: Base,
    pub(super) machines: Arc<Machines<'static>>,
    pub(super) cache: Arc<Cache>,
}

/// What is asked of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum Ordre {
    /// To begin, in the first state of a workflow.
    Ouvrir { workflow: String },
    /// To take over a contract signed elsewhere.
    Reprendre {
        reprise: Reprise,
        acteur: Actor,
        /// Made before sending.
        id: String,
    },
    /// By a person.
    Agir(Commande),
    /// To let the time that passed take effect.
    Avancer,
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Recu {
    /// The lines written, in order; none when the answer is a repeat.
    pub lignes: Vec<Ligne>,
    /// Their place in the contract, from and to; the second is less than the first when nothing
    /// was written.
    pub premiere: u64,
    pub derniere: u64,
    /// Where the contract now stands.
    pub entree: Arc<Entree>,
    /// The request had been answered before.
    pub deja: bool,
}

/// Contracts held in the cache.
const EN_CACHE: usize = 2_000;
/// Tries again when two writers meet.
const ESSAIS: usize = 5;

impl Entente {
    /// `atelier`: read once, for the life of the program.
    pub fn nouvelle(base: Base, atelier: &'static Atelier) -> Self {
        Self {
            base,
            machines: atelier.machines(),
            cache: Arc::new(Cache::de(EN_CACHE)),
        }
    }

    /// Does what is asked of a contract, once.
    ///
    /// # Errors
    /// [`Echec`]; then nothing was written but the deadlines that had passed.
    pub async fn executer(
        &self,
        contrat: &str,
        ordre: Ordre,
        maintenant: DateTime<Utc>,
    ) -> Result<Recu, Echec> {
        let debut = Instant::now();
        let maintenant = micros(maintenant);
        recevable::juge(contrat, &ordre, maintenant).map_err(Echec::Irrecevable)?;
        let issue = self.essaie(contrat, ordre, maintenant).await;
        mesures::acte(&issue, debut.elapsed());
        issue
    }

    async fn essaie(
        &self,
        contrat: &str,
        ordre: Ordre,
        maintenant: DateTime<Utc>,
    ) -> Result<Recu, Echec> {
        let mut essais = 0;
        loop {
            passe(Point::AvantVerrou);
            let fait = self.une_fois(contrat, ordre.clone(), maintenant).await;
            essais += 1;
            match fait {
                Err(Erreur::Conflit) if essais < ESSAIS => {}
                Err(erreur) => return Err(Echec::Base(erreur)),
                Ok(issue) => return issue,
            }
        }
    }

    async fn une_fois(
        &self,
        contrat: &str,
        ordre: Ordre,
        maintenant: DateTime<Utc>,
    ) -> Result<Result<Recu, Echec>, Erreur> {
        let soi = self.clone();
        let id = contrat.to_owned();
        let acte = self.base.ecrire(move |conn| {
            Box::pin(async move { soi.acte(conn, &id, ordre, maintenant).await })
        });
        acte.await
    }

    /// One act, inside its transaction.
    async fn acte(
        &self,
        mut conn: Conn<'_>,
        id: &str,
        ordre: Ordre,
        maintenant: DateTime<Utc>,
    ) -> Result<Result<Recu, Echec>, Erreur> {
        let conn = &mut conn;
        let tete = journal::verrouille(conn, id).await?;
        passe(Point::ApresVerrou);
        let nait = matches!(ordre, Ordre::Ouvrir { .. } | Ordre::Reprendre { .. });
        if tete.is_none() && !nait {
            return Ok(Err(Echec::Inconnu(id.to_owned())));
        }
        let maintenant = recale(maintenant, tete.as_ref());
        let demande = match Demandee::de(&ordre) {
            Ok(demande) => demande,
            Err(refus) => return Ok(Err(Echec::Refus(refus))),
        };
        let avant = match &tete {
            Some(tete) => self.entree(conn, id, tete).await?,
            None => Arc::new(Entree::default()),
        };
        if let Some(demandee) = &demande
            && let Some(repondue) = demandee.repondue(conn, id).await?
        {
            return Ok(demandee.encore(&repondue, avant));
        }
        passe(Point::ApresChargement);
        let mut contrat = Contrat::reprendre(&self.machines, avant.etat.clone());
        let fait = match &ordre {
            Ordre::Ouvrir { workflow } => contrat.naitre(workflow, maintenant),
            Ordre::Reprendre {
                reprise,
                acteur,
                id,
            } => contrat.naitre_repris(reprise, acteur, id, maintenant),
            Ordre::Agir(commande) => contrat.agir(commande, maintenant),
            Ordre::Avancer => contrat.avancer(maintenant),
        };
        let ecrit = Ecrit {
            id,
            avant: &avant,
            nouveau: tete.is_none(),
            maintenant,
            demande: demande.as_ref().filter(|_| fait.is_ok()),
        };
        let recu = self.ecrit(conn, ecrit, contrat, tete).await?;
        Ok(fait.map(|()| recu).map_err(Echec::Refus))
    }

    /// Connections to the database: how many, how many free.
    pub fn liens(&self) -> (u32, u32) {
        self.base.liens()
    }

    /// Closes the database once what is under way is done.
    pub async fn fermer(self) {
        self.base.fermer().await;
    }
}

/// How far the clocks of two nodes may stand apart, the wait for a lock included.
const ECART: TimeDelta = TimeDelta::seconds(30);

/// A request that waited for the lock behind a later one, or comes from a node whose clock is a
/// little late, is of the moment of the last line: only a clock truly set back is refused.
fn recale(maintenant: DateTime<Utc>, tete: Option<&Tete>) -> DateTime<Utc> {
    let dernier = tete.and_then(|t| t.instant.parse::<DateTime<Utc>>().ok());
    match dernier {
        Some(dernier) if dernier > maintenant && dernier - maintenant <= ECART => dernier,
        _ => maintenant,
    }
}

/// PostgreSQL keeps microseconds: what is read back must be what was decided.
fn micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(instant)
}
