//! Documents made into files.

use crate::app::vues::diagnostic::Synthese;
use crate::echanges::papier::{self, Refus};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Files being made. A large one takes seconds of a core: one at a time, apart from requests.
#[derive(Debug, Clone)]
pub struct Papiers {
    places: Arc<Semaphore>,
}

impl Default for Papiers {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Papiers {
    /// The PDF of a synthesis.
    ///
    /// # Errors
    /// It is too large, or could not be laid out: told to who asked. The outer one: the program is
    /// stopping.
    pub async fn pdf(&self, synthese: Arc<Synthese>) -> Result<Result<Vec<u8>, Refus>, String> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|e| e.to_string())?;
        let fait = tokio::task::spawn_blocking(move || {
            let _place = place;
            papier::pdf(&synthese.papier)
        });
        fait.await.map_err(|e| e.to_string())
    }
}
