//! Documents made into files.

use crate::app::vues::diagnostic::Synthese;
use crate::echanges::papier::{self, Refus};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long one waits for one's turn: the largest document takes a few seconds.
const TOUR: Duration = Duration::from_secs(30);

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sans {
    /// Others are being made.
    Occupe,
    /// It is too large, or could not be laid out.
    Refus(Refus),
}

impl fmt::Display for Sans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Occupe => f.write_str(
                "D'autres fichiers se font en ce moment. Rechargez cette page dans une minute, ou \
                 imprimez-la.",
            ),
            Self::Refus(refus) => refus.fmt(f),
        }
    }
}

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
    /// [`Sans`], told to who asked. The outer one: the program is stopping.
    pub async fn pdf(&self, synthese: Arc<Synthese>) -> Result<Result<Vec<u8>, Sans>, String> {
        let Ok(place) = timeout(TOUR, Arc::clone(&self.places).acquire_owned()).await else {
            return Ok(Err(Sans::Occupe));
        };
        let place = place.map_err(|e| e.to_string())?;
        let fait = tokio::task::spawn_blocking(move || {
            let _place = place;
            papier::pdf(&synthese.papier)
        });
        let fait = fait.await.map_err(|e| e.to_string())?;
        Ok(fait.map_err(Sans::Refus))
    }
}
