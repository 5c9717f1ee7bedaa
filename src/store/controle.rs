//! Reads every line and every head, in order, to check them.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::{LigneJournal, entier, ligne_lue};
use crate::metier::chaine::Scellee;

/// Where a reading stands: the last line read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Curseur {
    pub contrat: String,
    pub ordre: u64,
}

/// The lines of all contracts after a place, in order.
///
/// # Errors
/// The database does not answer, or one of these lines is not one.
pub async fn lignes(
    conn: &mut Conn<'_>,
    apres: &Curseur,
    limite: u64,
) -> Result<Vec<Scellee>, Erreur> {
    const SQL: &str = "select contrat, ordre, flux, rang, enregistre, effet, genre, version, \
                       auteur, prive, charge, empreinte from journal \
                       where (contrat, ordre) > ($1, $2) order by contrat, ordre limit $3";
    let lues: Vec<LigneJournal> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(&apres.contrat)
            .bind(entier(apres.ordre))
            .bind(entier(limite))
            .fetch_all(c)
            .await
    })?;
    lues.into_iter().map(ligne_lue).collect()
}

/// Where the next line is, even when it does not read.
///
/// # Errors
/// The database does not answer.
pub async fn prochaine(conn: &mut Conn<'_>, apres: &Curseur) -> Result<Option<Curseur>, Erreur> {
    const SQL: &str = "select contrat, ordre from journal where (contrat, ordre) > ($1, $2) \
                       order by contrat, ordre limit 1";
    let lue: Option<(String, i64)> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(&apres.contrat)
            .bind(entier(apres.ordre))
            .fetch_optional(c)
            .await
    })?;
    Ok(lue.map(|(contrat, ordre)| Curseur {
        contrat,
        ordre: ordre.cast_unsigned(),
    }))
}

/// The head of each contract: id, number of lines, digest of the last.
///
/// # Errors
/// The database does not answer.
pub async fn tetes(conn: &mut Conn<'_>) -> Result<Vec<(String, i64, String)>, Erreur> {
    const SQL: &str = "select id, ordre, tete from contrats order by id";
    Ok(sur!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// The head of each stream: contract, stream, rank, digest.
///
/// # Errors
/// The database does not answer.
pub async fn flux(conn: &mut Conn<'_>) -> Result<Vec<(String, String, i64, String)>, Erreur> {
    const SQL: &str = "select contrat, flux, rang, empreinte from flux order by contrat, flux";
    Ok(sur!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// The texts after a given one, in order: contract, digest, text.
///
/// # Errors
/// The database does not answer, or one of these texts does not read.
pub async fn textes(
    conn: &mut Conn<'_>,
    apres: &(String, String),
    limite: u64,
) -> Result<Vec<(String, String, String)>, Erreur> {
    const SQL: &str = "select contrat, empreinte, texte from textes \
                       where (contrat, empreinte) > ($1, $2) order by contrat, empreinte limit $3";
    Ok(sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(&apres.0)
            .bind(&apres.1)
            .bind(entier(limite))
            .fetch_all(c)
            .await
    })?)
}

/// What the engine itself finds wrong in its file; nothing on PostgreSQL, which checks its pages
/// when it reads them.
///
/// # Errors
/// The file cannot be read at all.
pub async fn fichier(conn: &mut Conn<'_>) -> Result<Vec<String>, Erreur> {
    let Conn::Lite(lite) = conn else {
        return Ok(Vec::new());
    };
    let dits: Vec<(String,)> = sqlx::query_as("pragma integrity_check(20)")
        .fetch_all(&mut **lite)
        .await?;
    let dits = dits.into_iter().map(|(dit,)| dit);
    Ok(dits.filter(|dit| dit != "ok").collect())
}
