//! Every table of the product, for spreadsheets and programs; and the full export of a database,
//! its way out.

/// What is read of a contract in hand.
mod contrat;
/// Writes tables in a format.
mod ecrire;
/// The tables, as data.
mod formes;
/// Reads tables, contract by contract.
mod lecture;
/// What is read of the lists kept beside the journals.
mod listes;
/// What pages give away.
mod pages;
/// Whose eyes a table is read with.
mod regard;
/// The full export.
mod sortie;

pub use ecrire::{Format, deposer, ecrire};
pub use formes::{Plan, TABLEAUX};
pub use pages::{de_la_liste, du_contrat};
pub use regard::Regard;
pub use sortie::{Provisoire, Sorti, sauvegarde_dans};

pub use crate::echanges::tableaux::Tableau;

use super::execute::Entente;
use crate::store::Erreur;
use chrono::{DateTime, Utc};
use lecture::Lecteur;
use std::fmt;

/// Why a table is not given.
#[derive(Debug, Clone)]
pub enum Refus {
    /// No table of this name.
    Inconnu(String),
    /// No such contract, or not one that the reader may see: nobody is told which.
    Absent(String),
    /// It is too large, as the sentence says.
    Trop(String),
    Base(Erreur),
}

/// A table. `contrat`: of this one only.
///
/// # Errors
/// A [`Refus`], told in French.
pub async fn tableau(
    entente: &Entente,
    nom: &str,
    regard: &Regard,
    contrat: Option<&str>,
    maintenant: DateTime<Utc>,
) -> Result<Tableau, Refus> {
    let plan = TABLEAUX.iter().find(|plan| plan.forme.nom == nom);
    let plan = plan.ok_or_else(|| Refus::Inconnu(nom.to_owned()))?;
    let mut instantane = entente.base.instantane().await?;
    let mut lecteur = Lecteur::nouveau(entente, instantane.conn(), regard, maintenant);
    lecteur.tableau(plan, contrat).await
}

/// All of them, as they stand at one moment.
///
/// # Errors
/// As [`tableau`].
pub async fn tableaux(
    entente: &Entente,
    regard: &Regard,
    contrat: Option<&str>,
    maintenant: DateTime<Utc>,
) -> Result<Vec<Tableau>, Refus> {
    let mut instantane = entente.base.instantane().await?;
    let mut lecteur = Lecteur::nouveau(entente, instantane.conn(), regard, maintenant);
    let mut tous = Vec::with_capacity(TABLEAUX.len());
    for plan in TABLEAUX {
        tous.push(lecteur.tableau(plan, contrat).await?);
    }
    Ok(tous)
}

impl fmt::Display for Refus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inconnu(nom) => {
                let noms: Vec<&str> = TABLEAUX.iter().map(|plan| plan.forme.nom).collect();
                let noms = noms.join(", ");
                write!(
                    f,
                    "Le tableau « {nom} » n'existe pas. Les tableaux : {noms}."
                )
            }
            Self::Absent(contrat) => write!(
                f,
                "Le contrat « {contrat} » n'existe pas. Vérifiez son identifiant dans le tableau \
                 « contrats »."
            ),
            Self::Trop(phrase) => f.write_str(phrase),
            Self::Base(erreur) => erreur.fmt(f),
        }
    }
}

impl From<Erreur> for Refus {
    fn from(erreur: Erreur) -> Self {
        Self::Base(erreur)
    }
}
