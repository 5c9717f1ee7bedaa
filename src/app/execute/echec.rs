//! Why nothing was done.

use crate::app::contrat::Refus;
use crate::store::Erreur;
use std::fmt;

/// Why nothing was done.
#[derive(Debug)]
pub enum Echec {
    /// The answer is no. Deadlines that passed before are kept.
    Refus(Refus),
    /// No database could keep it as it is written.
    Irrecevable(String),
    /// No contract of this id.
    Inconnu(String),
    /// The id was used for another request.
    AutreContenu(String),
    /// The database did not do it.
    Base(Erreur),
}

impl Echec {
    /// A stable code, for programs.
    pub fn code(&self) -> String {
        match self {
            Self::Refus(refus) => refus.code(),
            Self::Irrecevable(_) => "irrecevable".to_owned(),
            Self::Inconnu(_) => "inconnu".to_owned(),
            Self::AutreContenu(_) => "autre_contenu".to_owned(),
            Self::Base(_) => "indisponible".to_owned(),
        }
    }
}

impl fmt::Display for Echec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refus(refus) => refus.fmt(f),
            Self::Irrecevable(phrase) => f.write_str(phrase),
            Self::Inconnu(contrat) => write!(
                f,
                "Le contrat « {contrat} » n'existe pas. Vérifiez son identifiant."
            ),
            Self::AutreContenu(id) => write!(
                f,
                "L'identifiant de demande « {id} » a déjà servi à une autre demande. Donnez-en un \
                 nouveau."
            ),
            Self::Base(erreur) => erreur.fmt(f),
        }
    }
}

impl std::error::Error for Echec {}

impl From<Erreur> for Echec {
    fn from(erreur: Erreur) -> Self {
        Self::Base(erreur)
    }
}

impl From<Refus> for Echec {
    fn from(refus: Refus) -> Self {
        Self::Refus(refus)
    }
}
