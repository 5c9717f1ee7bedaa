//! The bills of heads: what each stream had reached, day by day, and the time-stamp over it.

use super::conn::{Conn, sur};
use super::erreur::Erreur;

/// A bill, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bordereau {
    /// `AAAA-MM-JJ`.
    pub jour: String,
    /// When it was written.
    pub etabli: String,
    pub contenu: String,
    pub empreinte: String,
    /// The token in hexadecimal; empty: none.
    pub jeton: String,
}

/// Keeps the bill of a day; the first one stays. Answers whether this one was kept.
///
/// # Errors
/// The database does not take it.
pub async fn garde(conn: &mut Conn<'_>, bordereau: &Bordereau) -> Result<bool, Erreur> {
    const SQL: &str = "insert into bordereaux (jour, etabli, contenu, empreinte, jeton) \
                       values ($1, $2, $3, $4, $5) on conflict (jour) do nothing";
    let n = sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&bordereau.jour)
            .bind(&bordereau.etabli)
            .bind(&bordereau.contenu)
            .bind(&bordereau.empreinte)
            .bind(&bordereau.jeton)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// The bill of a day, or the first one after it.
///
/// # Errors
/// The database does not answer.
pub async fn depuis(conn: &mut Conn<'_>, jour: &str) -> Result<Option<Bordereau>, Erreur> {
    const SQL: &str = "select jour, etabli, contenu, empreinte, jeton from bordereaux \
                       where jour >= $1 order by jour limit 1";
    let lu: Option<(String, String, String, String, String)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(jour).fetch_optional(c).await)?;
    Ok(
        lu.map(|(jour, etabli, contenu, empreinte, jeton)| Bordereau {
            jour,
            etabli,
            contenu,
            empreinte,
            jeton,
        }),
    )
}

/// Joins its token to the bill of a day that has none.
///
/// # Errors
/// The database does not take it.
pub async fn horodate(conn: &mut Conn<'_>, jour: &str, jeton: &str) -> Result<(), Erreur> {
    const SQL: &str = "update bordereaux set jeton = $2 where jour = $1 and jeton = ''";
    sur!(conn, c => {
        sqlx::query(SQL).bind(jour).bind(jeton).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// The head that a stream had at a rank.
///
/// # Errors
/// The database does not answer.
pub async fn tete_a(
    conn: &mut Conn<'_>,
    contrat: &str,
    flux: &str,
    rang: i64,
) -> Result<Option<String>, Erreur> {
    const SQL: &str =
        "select empreinte from journal where contrat = $1 and flux = $2 and rang = $3";
    let lue: Option<(String,)> = sur!(conn, c => {
        sqlx::query_as(SQL).bind(contrat).bind(flux).bind(rang).fetch_optional(c).await
    })?;
    Ok(lue.map(|(empreinte,)| empreinte))
}
