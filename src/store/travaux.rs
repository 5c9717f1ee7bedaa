//! Work to do later, once, whatever the number of programs: each claim has a lease, after which
//! another may take it.

use super::conn::{Conn, sur};
use super::erreur::Erreur;

/// A job, claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Travail {
    /// Says which; two jobs of one key are one.
    pub cle: String,
    pub genre: String,
    /// How many times it was claimed, this one included: also the proof that it is still ours.
    pub essais: i64,
    pub donnees: String,
}

/// Orders a job, once. Instants are as the journal writes them.
///
/// # Errors
/// The database does not take it.
pub async fn commande(
    conn: &mut Conn<'_>,
    cle: &str,
    genre: &str,
    du: &str,
    donnees: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into travaux (cle, genre, du, bail, essais, fait, donnees) \
                       values ($1, $2, $3, '', 0, '', $4) on conflict (cle) do nothing";
    sur!(conn, c => {
        sqlx::query(SQL).bind(cle).bind(genre).bind(du).bind(donnees).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Claims a job that is due, until an instant.
///
/// # Errors
/// The database does not answer.
pub async fn prend(
    conn: &mut Conn<'_>,
    maintenant: &str,
    jusqu_a: &str,
) -> Result<Option<Travail>, Erreur> {
    const LITE: &str = "update travaux set bail = $2, essais = essais + 1 where cle = \
                        (select cle from travaux where fait = '' and du <= $1 and bail <= $1 \
                        order by du, cle limit 1) returning cle, genre, essais, donnees";
    const PG: &str = "update travaux set bail = $2, essais = essais + 1 where cle = \
                      (select cle from travaux where fait = '' and du <= $1 and bail <= $1 \
                      order by du, cle limit 1 for update skip locked) \
                      returning cle, genre, essais, donnees";
    let sql = match conn {
        Conn::Lite(_) => LITE,
        Conn::Pg(_) => PG,
    };
    let pris: Option<(String, String, i64, String)> = sur!(conn, c => {
        sqlx::query_as(sql).bind(maintenant).bind(jusqu_a).fetch_optional(c).await
    })?;
    Ok(pris.map(|(cle, genre, essais, donnees)| Travail {
        cle,
        genre,
        essais,
        donnees,
    }))
}

/// Ends a job that is still ours. `fait`: when, or `abandon`.
///
/// # Errors
/// The database does not take it.
pub async fn clot(conn: &mut Conn<'_>, travail: &Travail, fait: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update travaux set fait = $3 where cle = $1 and essais = $2 and fait = ''";
    note(conn, SQL, travail, fait).await
}

/// Puts a job that is still ours off.
///
/// # Errors
/// The database does not take it.
pub async fn remet(conn: &mut Conn<'_>, travail: &Travail, du: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update travaux set du = $3, bail = '' where cle = $1 and essais = $2 \
                       and fait = ''";
    note(conn, SQL, travail, du).await
}

async fn note(
    conn: &mut Conn<'_>,
    sql: &'static str,
    travail: &Travail,
    valeur: &str,
) -> Result<bool, Erreur> {
    let n = sur!(conn, c => {
        sqlx::query(sql)
            .bind(&travail.cle)
            .bind(travail.essais)
            .bind(valeur)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// How many jobs are not done, and how many were given up.
///
/// # Errors
/// The database does not answer.
pub async fn attente(conn: &mut Conn<'_>) -> Result<(i64, i64), Erreur> {
    const SQL: &str = "select cast(coalesce(sum(case when fait = '' then 1 else 0 end), 0) \
                       as bigint), cast(coalesce(sum(case when fait = 'abandon' then 1 else 0 \
                       end), 0) as bigint) from travaux";
    Ok(sur!(conn, c => sqlx::query_as(SQL).fetch_one(c).await)?)
}
