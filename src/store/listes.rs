//! What lists show of several contracts at once: one statement for each table, whatever their
//! number.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use sqlx::QueryBuilder;

/// Contracts that one statement takes.
pub const PAQUET: u64 = 500;

/// The rows of these contracts, in order: each engine has its own way to sort texts, so they are
/// sorted here. `$debut` ends by what precedes the list of contracts.
macro_rules! des_contrats {
    ($conn:expr, $contrats:expr, $debut:expr) => {{
        if $contrats.is_empty() {
            return Ok(Vec::new());
        }
        let mut lues = sur!($conn, c => {
            let mut requete = QueryBuilder::new($debut);
            let mut ids = requete.separated(", ");
            for id in $contrats {
                ids.push_bind(id.as_str());
            }
            requete.push(")").build_query_as().fetch_all(c).await?
        });
        lues.sort_unstable();
        Ok(lues)
    }};
}

/// Contract, title, row of the list in JSON.
pub type Resume = (String, String, String);

/// The rows of the list.
///
/// # Errors
/// The database does not answer.
pub async fn resumes(conn: &mut Conn<'_>, contrats: &[String]) -> Result<Vec<Resume>, Erreur> {
    const SQL: &str = "select id, titre, resume from contrats where id in (";
    des_contrats!(conn, contrats, SQL)
}

/// Contract, stream, place, act, party, the act's title, what is missing in JSON.
pub type Tache = (String, String, String, String, String, String, String);

/// What each party can do, or could.
///
/// # Errors
/// The database does not answer.
pub async fn taches(conn: &mut Conn<'_>, contrats: &[String]) -> Result<Vec<Tache>, Erreur> {
    const SQL: &str = "select contrat, flux, lieu, acte, partie, titre, manque from taches \
                       where contrat in (";
    des_contrats!(conn, contrats, SQL)
}

/// Contract, day, stream, place, name, the state it leads to.
pub type Echeance = (String, String, String, String, String, String);

/// The dates that fall.
///
/// # Errors
/// The database does not answer.
pub async fn echeances(conn: &mut Conn<'_>, contrats: &[String]) -> Result<Vec<Echeance>, Erreur> {
    const SQL: &str =
        "select contrat, jour, flux, lieu, nom, effet from echeances where contrat in (";
    des_contrats!(conn, contrats, SQL)
}

/// Contract, party, its name.
pub type Partie = (String, String, String);

/// The parties.
///
/// # Errors
/// The database does not answer.
pub async fn parties(conn: &mut Conn<'_>, contrats: &[String]) -> Result<Vec<Partie>, Erreur> {
    const SQL: &str = "select contrat, partie, nom from parties where contrat in (";
    des_contrats!(conn, contrats, SQL)
}

/// Contract, FINESS number, name, phase.
pub type Esms = (String, String, String, String);

/// The establishments.
///
/// # Errors
/// The database does not answer.
pub async fn esms(conn: &mut Conn<'_>, contrats: &[String]) -> Result<Vec<Esms>, Erreur> {
    const SQL: &str = "select contrat, finess, nom, phase from esms where contrat in (";
    des_contrats!(conn, contrats, SQL)
}

/// Contract, stream, workflow.
pub type Flux = (String, String, String);

/// The streams.
///
/// # Errors
/// The database does not answer.
pub async fn flux(conn: &mut Conn<'_>, contrats: &[String]) -> Result<Vec<Flux>, Erreur> {
    const SQL: &str = "select contrat, flux, workflow from flux where contrat in (";
    des_contrats!(conn, contrats, SQL)
}
