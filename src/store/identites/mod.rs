//! Who works in it: organisations, people with their rights and secrets, sessions, keys,
//! invitations. An absent text is empty; an instant is written as in the journal, a day as
//! `2026-11-22`; of a token only its digest comes here.

/// The visas that organisations ask for.
pub mod circuits;
/// Keys of programs.
pub mod cles;
/// Who may do what, where.
pub mod droits;
/// Pôles, délégations, services.
pub mod ensembles;
/// Passwords and codes evaluated.
pub mod essais;
/// Identities of a provider.
pub mod federation;
/// Asked to come, not yet there.
pub mod invitations;
/// Links for forgotten passwords.
pub mod oublis;
/// Organisations, people and what proves that it is them.
pub mod personnes;
/// Who did what to whose access.
pub mod registre;
/// Browsers signed in, and those known.
pub mod sessions;

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use sqlx::FromRow;
use sqlx::postgres::PgRow as Pg;
use sqlx::sqlite::SqliteRow as Lite;

/// A row that reads on either engine.
trait Lue: for<'r> FromRow<'r, Lite> + for<'r> FromRow<'r, Pg> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, Lite> + for<'r> FromRow<'r, Pg> + Send + Unpin> Lue for T {}

/// Runs a statement whose parameters are texts; answers how many rows it touched.
async fn fait(conn: &mut Conn<'_>, sql: &'static str, textes: &[&str]) -> Result<u64, Erreur> {
    sur!(conn, c => {
        let mut requete = sqlx::query(sql);
        for texte in textes {
            requete = requete.bind(*texte);
        }
        Ok(requete.execute(c).await?.rows_affected())
    })
}

/// Reads rows by a statement whose parameters are texts.
async fn lit<T: Lue>(
    conn: &mut Conn<'_>,
    sql: &'static str,
    textes: &[&str],
) -> Result<Vec<T>, Erreur> {
    sur!(conn, c => {
        let mut requete = sqlx::query_as(sql);
        for texte in textes {
            requete = requete.bind(*texte);
        }
        Ok(requete.fetch_all(c).await?)
    })
}

/// Reads the one row there may be.
async fn un<T: Lue>(
    conn: &mut Conn<'_>,
    sql: &'static str,
    textes: &[&str],
) -> Result<Option<T>, Erreur> {
    Ok(lit(conn, sql, textes).await?.into_iter().next())
}
