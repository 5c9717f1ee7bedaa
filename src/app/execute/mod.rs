//! The one write path: people, command line and clock alike.
//!
//! Requests that wait together share one transaction. When the states of their contracts are in
//! hand, a PostgreSQL database gets them decided ahead, in one journey that writes if no head has
//! moved. Else, lock first, then decide: the heads are locked; a request already answered gets its
//! answer again; the states are taken from the cache or folded from the lines; each request is
//! decided in turn; lines, heads, projections and jobs are written, in one statement for each
//! table; commit; answer.

/// Acts decided ahead.
mod avance;
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
/// Where acts wait.
mod guichet;
/// The clock: what passes without anyone asking.
mod horloge;
/// Reads a contract where it stands.
mod lire;
/// The acts of one transaction.
mod lot;
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

use crate::app::coffre::Coffre;
use crate::app::comptes::{Comptes, Politique};
use crate::app::contrat::{Atelier, Commande, Machines, Reprise};
use crate::metier::evenement::Ligne;
use crate::store::Base;
use crate::workflow::machine::event::Actor;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use demande::Demandee;
use guichet::{Attendu, Guichet};
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
    pub(super) coffre: Coffre,
    guichet: Arc<Guichet>,
}

/// What is asked of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "made once per request")]
pub enum Ordre {
    /// To begin, in the first state of a workflow.
    Ouvrir { workflow: String },
    /// To begin by a person, with what is written first: all of it, or nothing.
    Creer {
        workflow: String,
        premieres: Vec<Commande>,
    },
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

impl Entente {
    /// `atelier`: read once, for the life of the program.
    pub fn nouvelle(base: Base, atelier: &'static Atelier) -> Self {
        Self {
            guichet: Arc::new(Guichet::de(&base)),
            base,
            machines: atelier.machines(),
            cache: Arc::new(Cache::de(EN_CACHE)),
            coffre: Coffre::default(),
        }
    }

    /// The same, whose secrets are sealed.
    #[must_use]
    pub fn avec_coffre(self, coffre: Coffre) -> Self {
        Self { coffre, ..self }
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
        let demandee = Demandee::de(&ordre)?;
        let attendu = Attendu {
            contrat: contrat.to_owned(),
            ordre,
            maintenant,
            demandee,
        };
        let issue = self.attend(attendu).await;
        mesures::acte(&issue, debut.elapsed());
        issue
    }

    /// The workflows and their packs.
    pub fn atelier(&self) -> &'static Atelier {
        self.machines.atelier()
    }

    /// The accounts kept in the same database.
    pub fn comptes(&self, politique: Politique) -> Comptes {
        Comptes::nouveaux(self.base.clone(), politique).avec_coffre(self.coffre.clone())
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

/// PostgreSQL keeps microseconds: what is read back must be what was decided.
fn micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(instant)
}
