//! Where organisations have the lines of their contracts sent, and how far each was. Instants are
//! as the journal writes them.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;
use sqlx::FromRow;

/// A subscription. Not shown: it holds a secret.
#[derive(Clone, FromRow)]
pub struct Abonnement {
    pub id: String,
    pub organisation: String,
    pub adresse: String,
    pub secret: String,
    pub cree: String,
    pub du: String,
    /// Until when it is ours; also the proof that it still is.
    pub bail: String,
    /// Tries that failed in a row.
    pub essais: i64,
    /// Since when nothing is tried; empty: it is.
    pub suspendu: String,
    pub erreur: String,
}

/// How an organisation is known by contracts; empty: not by this number.
#[derive(Debug, Clone, Default)]
pub struct Numeros {
    pub siren: String,
    pub ej: String,
}

/// A contract that went further than what was sent of it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Retard {
    pub contrat: String,
    /// The last line it has, and the last sent.
    pub tete: i64,
    pub ordre: i64,
}

macro_rules! abonnements {
    ($suite:literal) => {
        concat!(
            "select id, organisation, adresse, secret, cree, du, bail, essais, suspendu, erreur \
             from abonnements ",
            $suite
        )
    };
}

/// Writes a subscription; what its contracts hold already is not sent.
///
/// # Errors
/// The database does not take it.
pub async fn cree(
    conn: &mut Conn<'_>,
    abonnement: &Abonnement,
    numeros: &Numeros,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into abonnements (id, organisation, adresse, secret, cree, du, \
                       bail, essais, suspendu, erreur) \
                       values ($1, $2, $3, $4, $5, $5, '', 0, '', '')";
    const SUIVIS: &str = "insert into abonnements_suivis (abonnement, contrat, ordre) \
                          select $1, id, ordre from contrats where id in \
                          (select contrat from parties where (siren <> '' and siren = $2) \
                          or (ej <> '' and ej = $3))";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&abonnement.id)
            .bind(&abonnement.organisation)
            .bind(&abonnement.adresse)
            .bind(&abonnement.secret)
            .bind(&abonnement.cree)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    sur!(conn, c => {
        sqlx::query(SUIVIS)
            .bind(&abonnement.id)
            .bind(&numeros.siren)
            .bind(&numeros.ej)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Those of an organisation, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn de(conn: &mut Conn<'_>, organisation: &str) -> Result<Vec<Abonnement>, Erreur> {
    const SQL: &str = abonnements!("where organisation = $1 order by cree, id");
    Ok(sur!(conn, c => sqlx::query_as(SQL).bind(organisation).fetch_all(c).await)?)
}

/// # Errors
/// The database does not answer.
pub async fn par_id(conn: &mut Conn<'_>, id: &str) -> Result<Option<Abonnement>, Erreur> {
    const SQL: &str = abonnements!("where id = $1");
    Ok(sur!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// The secrets of subscriptions, as they are kept, with whose they are.
///
/// # Errors
/// The database does not answer.
pub async fn secrets(conn: &mut Conn<'_>) -> Result<Vec<(String, String)>, Erreur> {
    const SQL: &str = "select id, secret from abonnements order by id";
    Ok(sur!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// Puts a secret in the place of another, unless it is a third by now. Answers how many were.
///
/// # Errors
/// The database does not take it.
pub async fn remplace_secret(
    conn: &mut Conn<'_>,
    id: &str,
    [garde, neuf]: [&str; 2],
) -> Result<u64, Erreur> {
    const SQL: &str = "update abonnements set secret = $3 where id = $1 and secret = $2";
    let n = sur!(conn, c => {
        let fait = sqlx::query(SQL).bind(id).bind(garde).bind(neuf).execute(c).await;
        fait.map(|f| f.rows_affected())
    })?;
    Ok(n)
}

/// Ends a subscription, and forgets how far it was.
///
/// # Errors
/// The database does not take it.
pub async fn retire(conn: &mut Conn<'_>, id: &str) -> Result<bool, Erreur> {
    const SQL: &str = "delete from abonnements where id = $1";
    const SUIVIS: &str = "delete from abonnements_suivis where abonnement = $1";
    sur!(conn, c => sqlx::query(SUIVIS).bind(id).execute(c).await.map(|_| ()))?;
    let n = sur!(conn, c => {
        sqlx::query(SQL).bind(id).execute(c).await.map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// Tries again a subscription that was suspended, from where it stopped.
///
/// # Errors
/// The database does not take it.
pub async fn reprend(conn: &mut Conn<'_>, id: &str, du: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update abonnements set suspendu = '', essais = 0, du = $2, bail = '', \
                       erreur = '' where id = $1";
    let n = sur!(conn, c => {
        sqlx::query(SQL).bind(id).bind(du).execute(c).await.map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// Claims the subscription that has waited longest, until an instant.
///
/// # Errors
/// The database does not answer.
pub async fn prend(
    conn: &mut Conn<'_>,
    maintenant: &str,
    jusqu_a: &str,
) -> Result<Option<Abonnement>, Erreur> {
    const LITE: &str = "update abonnements set bail = $2 where id = \
                        (select id from abonnements where suspendu = '' and du <= $1 \
                        and bail <= $1 order by du, id limit 1) \
                        returning id, organisation, adresse, secret, cree, du, bail, essais, \
                        suspendu, erreur";
    const PG: &str = "update abonnements set bail = $2 where id = \
                      (select id from abonnements where suspendu = '' and du <= $1 \
                      and bail <= $1 order by du, id limit 1 for update skip locked) \
                      returning id, organisation, adresse, secret, cree, du, bail, essais, \
                      suspendu, erreur";
    let sql = match conn {
        Conn::Lite(_) => LITE,
        Conn::Pg(_) => PG,
    };
    Ok(sur!(conn, c => {
        sqlx::query_as(sql).bind(maintenant).bind(jusqu_a).fetch_optional(c).await
    })?)
}

/// Puts a subscription that is still ours off until an instant. `erreur` is empty when what was
/// sent was received; `suspendu` says since when nothing is tried any more.
///
/// # Errors
/// The database does not take it.
pub async fn remet(
    conn: &mut Conn<'_>,
    abonnement: &Abonnement,
    du: &str,
    suspendu: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = "update abonnements set du = $3, bail = '', essais = $4, suspendu = $5, \
                       erreur = $6 where id = $1 and bail = $2";
    let n = sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&abonnement.id)
            .bind(&abonnement.bail)
            .bind(du)
            .bind(abonnement.essais)
            .bind(suspendu)
            .bind(&abonnement.erreur)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// The contracts of an organisation that went further than what was sent of them.
///
/// # Errors
/// The database does not answer.
pub async fn retards(
    conn: &mut Conn<'_>,
    abonnement: &str,
    numeros: &Numeros,
    limite: u64,
) -> Result<Vec<Retard>, Erreur> {
    const SQL: &str = "select c.id as contrat, c.ordre as tete, coalesce(s.ordre, 0) as ordre \
                       from contrats c left join abonnements_suivis s \
                       on s.abonnement = $1 and s.contrat = c.id \
                       where c.ordre > coalesce(s.ordre, 0) and c.id in \
                       (select contrat from parties where (siren <> '' and siren = $2) \
                       or (ej <> '' and ej = $3)) order by c.instant, c.id limit $4";
    Ok(sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(abonnement)
            .bind(&numeros.siren)
            .bind(&numeros.ej)
            .bind(entier(limite))
            .fetch_all(c)
            .await
    })?)
}

/// Notes how far a contract was sent; it never goes back. Nothing, when the subscription is gone.
///
/// # Errors
/// The database does not take it.
pub async fn suit(
    conn: &mut Conn<'_>,
    abonnement: &str,
    contrat: &str,
    ordre: i64,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into abonnements_suivis (abonnement, contrat, ordre) \
                       select id, $2, $3 from abonnements where id = $1 \
                       on conflict (abonnement, contrat) do update set ordre = excluded.ordre \
                       where abonnements_suivis.ordre < excluded.ordre";
    sur!(conn, c => {
        sqlx::query(SQL).bind(abonnement).bind(contrat).bind(ordre).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// How many subscriptions are tried, and how many are suspended.
///
/// # Errors
/// The database does not answer.
pub async fn attente(conn: &mut Conn<'_>) -> Result<(i64, i64), Erreur> {
    const SQL: &str = "select (select count(*) from abonnements where suspendu = ''), \
                       (select count(*) from abonnements where suspendu <> '')";
    Ok(sur!(conn, c => sqlx::query_as(SQL).fetch_one(c).await)?)
}
