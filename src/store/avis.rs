//! What parties are told: written with what it tells of, sent after.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;

/// A notice. Two of one contract, key and party are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avis {
    pub contrat: String,
    pub cle: String,
    pub partie: String,
    /// What it tells, in JSON.
    pub objet: String,
}

/// Claims notices to send, until an instant: unsent by then, another may take them.
///
/// # Errors
/// The database does not answer.
pub async fn prend(
    conn: &mut Conn<'_>,
    maintenant: &str,
    jusqu_a: &str,
    limite: u64,
) -> Result<Vec<Avis>, Erreur> {
    const LITE: &str = "update avis set bail = $2 where (contrat, cle, partie) in \
                        (select contrat, cle, partie from avis where envoye = '' and bail <= $1 \
                        order by cree limit $3) returning contrat, cle, partie, objet";
    const PG: &str = "update avis set bail = $2 where (contrat, cle, partie) in \
                      (select contrat, cle, partie from avis where envoye = '' and bail <= $1 \
                      order by cree limit $3 for update skip locked) \
                      returning contrat, cle, partie, objet";
    let sql = match conn {
        Conn::Lite(_) => LITE,
        Conn::Pg(_) => PG,
    };
    let pris: Vec<(String, String, String, String)> = sur!(conn, c => {
        sqlx::query_as(sql)
            .bind(maintenant)
            .bind(jusqu_a)
            .bind(entier(limite))
            .fetch_all(c)
            .await
    })?;
    let avis = |(contrat, cle, partie, objet)| Avis {
        contrat,
        cle,
        partie,
        objet,
    };
    Ok(pris.into_iter().map(avis).collect())
}

/// Notes that a notice was told. Answers false when another had told it before.
///
/// # Errors
/// The database does not take it.
pub async fn envoye(conn: &mut Conn<'_>, avis: &Avis, quand: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update avis set envoye = $4 where contrat = $1 and cle = $2 \
                       and partie = $3 and envoye = ''";
    let n = sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&avis.contrat)
            .bind(&avis.cle)
            .bind(&avis.partie)
            .bind(quand)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// What a contract's tables say can be done now: stream, place, act, party.
///
/// # Errors
/// The database does not answer.
pub async fn possibles(conn: &mut Conn<'_>, contrat: &str) -> Result<Vec<[String; 4]>, Erreur> {
    const SQL: &str = "select flux, lieu, acte, partie from taches \
                       where contrat = $1 and manque = '[]'";
    let lues: Vec<(String, String, String, String)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(contrat).fetch_all(c).await)?;
    Ok(lues.into_iter().map(|(f, l, a, p)| [f, l, a, p]).collect())
}
