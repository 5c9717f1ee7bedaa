//! What each person receives.

use super::rubrique::{Mode, Rubrique};
use crate::app::execute::Entente;
use crate::store::{Conn, Erreur, courriels};
use std::collections::BTreeMap;

/// The mode of each heading.
pub type Preferences = BTreeMap<Rubrique, Mode>;

pub(super) async fn lues(conn: &mut Conn<'_>, personne: &str) -> Result<Preferences, Erreur> {
    let par_defaut = Rubrique::TOUTES.map(|r| (r, r.par_defaut()));
    let mut preferences = Preferences::from(par_defaut);
    for (rubrique, mode) in courriels::preferences(conn, personne).await? {
        // A heading or a mode of another version says nothing to this one.
        if let Some((rubrique, mode)) = Rubrique::lue(&rubrique).zip(Mode::lu(&mode)) {
            preferences.insert(rubrique, mode);
        }
    }
    Ok(preferences)
}

impl Entente {
    /// What a person receives, heading by heading.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn preferences(&self, personne: &str) -> Result<Preferences, Erreur> {
        let mut lecteur = self.base.lire().await?;
        lues(&mut lecteur.conn(), personne).await
    }

    /// Keeps what a person chooses to receive.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn prefere(&self, personne: &str, choix: &Preferences) -> Result<(), Erreur> {
        let (personne, choix) = (personne.to_owned(), choix.clone());
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                for (rubrique, mode) in choix {
                    let conn = &mut conn;
                    courriels::prefere(conn, &personne, rubrique.code(), mode.code()).await?;
                }
                Ok(())
            })
        });
        note.await
    }
}
