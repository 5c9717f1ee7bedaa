//! Where a contract stands.

use crate::metier::contrat::dossier::Dossier;
use crate::metier::evenement::Evenement;
use crate::workflow::machine::configuration::Configuration;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Actor, Event};
use crate::workflow::machine::fold;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a contract stands, all streams together. Cheap to copy: its parts are shared until
/// written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Etat {
    pub(super) flux: BTreeMap<String, Arc<Flux>>,
    /// Written texts, by digest.
    pub(super) textes: Arc<BTreeMap<Digest, Arc<str>>>,
    /// The last instant seen: time never goes back.
    pub(super) instant: Option<DateTime<Utc>>,
    /// Who acted last.
    pub(super) acteur: Option<Actor>,
}

/// One stream: a contract, or a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flux {
    pub configuration: Configuration,
    pub dossier: Dossier,
    /// How many lines it holds.
    pub lignes: u64,
}

impl Etat {
    /// Whether a stream still speaks of a text.
    pub(super) fn parle_de(&self, empreinte: Digest) -> bool {
        let mut flux = self.flux.values();
        flux.any(|f| f.dossier.textes().any(|t| t == empreinte))
    }

    /// Folds an event of a stream, and answers its rank there.
    pub(super) fn plie(&mut self, flux: &str, evenement: &Evenement) -> Option<u64> {
        let known = Arc::make_mut(self.flux.get_mut(flux)?);
        if let Evenement::Machine(stamped) = evenement {
            fold(&mut known.configuration, stamped);
            if let Event::ActDone { actor, .. } = &stamped.event {
                self.acteur = Some(actor.clone());
            }
        }
        known.dossier.fold(evenement);
        known.lignes += 1;
        Some(known.lignes)
    }
}
