//! Calendars that people opened: of each token, its digest only.

use super::conn::{Conn, sur};
use super::erreur::Erreur;

/// Opens a calendar for a person; the one that was open before ends.
///
/// # Errors
/// The database does not take it.
pub async fn ouvre(
    conn: &mut Conn<'_>,
    jeton: &str,
    personne: &str,
    quand: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into flux_ics (jeton, personne, cree, revoque) \
                       values ($1, $2, $3, '')";
    revoque(conn, personne, quand).await?;
    sur!(conn, c => {
        sqlx::query(SQL).bind(jeton).bind(personne).bind(quand).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Ends the calendar of a person. Answers whether there was one.
///
/// # Errors
/// The database does not take it.
pub async fn revoque(conn: &mut Conn<'_>, personne: &str, quand: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update flux_ics set revoque = $2 where personne = $1 and revoque = ''";
    let n = sur!(conn, c => {
        sqlx::query(SQL)
            .bind(personne)
            .bind(quand)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// Whose calendar a token opens.
///
/// # Errors
/// The database does not answer.
pub async fn personne(conn: &mut Conn<'_>, jeton: &str) -> Result<Option<String>, Erreur> {
    const SQL: &str = "select personne from flux_ics where jeton = $1 and revoque = ''";
    let lue: Option<(String,)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(jeton).fetch_optional(c).await)?;
    Ok(lue.map(|(personne,)| personne))
}

/// Since when the calendar of a person has been open.
///
/// # Errors
/// The database does not answer.
pub async fn ouvert(conn: &mut Conn<'_>, personne: &str) -> Result<Option<String>, Erreur> {
    const SQL: &str = "select cree from flux_ics where personne = $1 and revoque = ''";
    let lu: Option<(String,)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(personne).fetch_optional(c).await)?;
    Ok(lu.map(|(cree,)| cree))
}
