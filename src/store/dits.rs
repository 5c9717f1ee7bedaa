//! What was said around contracts, with its text; and the files handed over.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::{LigneJournal, Regard, entier, ligne_lue};
use crate::metier::chaine::Scellee;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// The lines of some kinds that a reader may see, oldest first. `genre`: of the journal's list;
/// `contient`: what the line must hold, as it is written; empty: anything.
///
/// # Errors
/// The database does not answer, or a line in it is not one.
pub async fn lignes(
    conn: &mut Conn<'_>,
    regard: Regard<'_>,
    genre: &str,
    contient: &str,
    limite: u64,
) -> Result<Vec<Scellee>, Erreur> {
    const SQL: &str = "select contrat, ordre, flux, rang, enregistre, effet, genre, version, \
                       auteur, prive, charge, empreinte from (select * from journal \
                       where contrat = $1 and genre = $2 and prive in ('', $3, $4) \
                       and charge like '%' || $5 || '%' order by ordre desc limit $6) as l \
                       order by ordre";
    let lues: Vec<LigneJournal> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(regard.contrat)
            .bind(genre)
            .bind(regard.partie)
            .bind(regard.cercle)
            .bind(contient)
            .bind(entier(limite))
            .fetch_all(c)
            .await
    })?;
    lues.into_iter().map(ligne_lue).collect()
}

/// The texts that a reader may see, by what their lines commit to. One that was erased is not
/// there.
///
/// # Errors
/// The database does not answer.
pub async fn textes(
    conn: &mut Conn<'_>,
    regard: Regard<'_>,
) -> Result<BTreeMap<String, String>, Erreur> {
    const SQL: &str = "select engagement, texte from notes \
                       where contrat = $1 and partie in ('', $2, $3)";
    let lus: Vec<(String, String)> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(regard.contrat)
            .bind(regard.partie)
            .bind(regard.cercle)
            .fetch_all(c)
            .await
    })?;
    Ok(lus.into_iter().collect())
}

/// Keeps a file, known by its digest. The same file twice is one.
///
/// # Errors
/// The database does not take it.
pub async fn depose(
    conn: &mut Conn<'_>,
    (empreinte, genre): (&str, &str),
    octets: &[u8],
) -> Result<(), Erreur> {
    const SQL: &str = "insert into depots (empreinte, taille, genre, octets) \
                       values ($1, $2, $3, $4) on conflict (empreinte) do nothing";
    let taille = entier(octets.len() as u64);
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(empreinte)
            .bind(taille)
            .bind(genre)
            .bind(octets)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Those of these files that are kept, by their digest.
///
/// # Errors
/// The database does not answer.
pub async fn gardes(
    conn: &mut Conn<'_>,
    empreintes: &[String],
) -> Result<BTreeSet<String>, Erreur> {
    const DEBUT: &str = "select empreinte from depots where empreinte in (";
    if empreintes.is_empty() {
        return Ok(BTreeSet::new());
    }
    macro_rules! lus {
        ($c:expr) => {{
            let mut requete = QueryBuilder::new(DEBUT);
            let mut noms = requete.separated(", ");
            for empreinte in empreintes {
                noms.push_bind(empreinte);
            }
            requete
                .push(")")
                .build_query_as()
                .fetch_all(&mut **$c)
                .await?
        }};
    }
    let lus: Vec<(String,)> = match conn {
        Conn::Lite(c) => lus!(c),
        Conn::Pg(c) => lus!(c),
    };
    Ok(lus.into_iter().map(|(empreinte,)| empreinte).collect())
}

/// A file, by its digest.
///
/// # Errors
/// The database does not answer.
pub async fn fichier(conn: &mut Conn<'_>, empreinte: &str) -> Result<Option<Vec<u8>>, Erreur> {
    const SQL: &str = "select octets from depots where empreinte = $1";
    let lu: Option<(Vec<u8>,)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(empreinte).fetch_optional(c).await)?;
    Ok(lu.map(|(octets,)| octets))
}
