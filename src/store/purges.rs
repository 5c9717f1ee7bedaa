//! What is erased once its time has come, and what was.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::{LigneJournal, entier, ligne_lue};
use crate::metier::chaine::Scellee;
use std::collections::BTreeSet;

/// What may be erased by the day it dates from. Files handed over are apart: several contracts may
/// name the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoi {
    /// Texts said to the others around contracts that have closed since.
    Echanges,
    /// Texts that a party wrote for itself, and what it prepared, on such contracts.
    Notes,
    /// The names, addresses and secrets of people disabled since. Their ids stay: journals hold
    /// them.
    Comptes,
    /// Messages sent, or that cannot be.
    Courriels,
}

macro_rules! clos {
    () => {
        "contrat in (select id from contrats where ouvert = 0 and instant < $1)"
    };
}

macro_rules! partis {
    () => {
        "desactivee <> '' and desactivee < $1 and courriel <> 'efface:' || id"
    };
}

macro_rules! d_un_parti {
    ($table:literal) => {
        concat!(
            "delete from ",
            $table,
            " where personne in (select id from personnes where ",
            partis!(),
            ")"
        )
    };
}

impl Quoi {
    /// Counts what there is to erase.
    fn compte(self) -> &'static str {
        match self {
            Self::Echanges => concat!(
                "select count(*) from notes where partie in ('', '*autorites') and ",
                clos!()
            ),
            Self::Notes => concat!(
                "select (select count(*) from notes where partie not in ('', '*autorites') and ",
                clos!(),
                ") + (select count(*) from prepares where ",
                clos!(),
                ")"
            ),
            Self::Comptes => concat!("select count(*) from personnes where ", partis!()),
            Self::Courriels => {
                "select count(*) from courriels where (envoye <> '' or refuse <> '') and cree < $1"
            }
        }
    }

    /// Erases it, in order.
    fn efface(self) -> &'static [&'static str] {
        match self {
            Self::Echanges => &[concat!(
                "delete from notes where partie in ('', '*autorites') and ",
                clos!()
            )],
            Self::Notes => &[
                concat!(
                    "delete from notes where partie not in ('', '*autorites') and ",
                    clos!()
                ),
                concat!("delete from prepares where ", clos!()),
            ],
            Self::Comptes => &[
                d_un_parti!("codes_secours"),
                d_un_parti!("preferences"),
                d_un_parti!("flux_ics"),
                d_un_parti!("recueil"),
                d_un_parti!("courriels"),
                d_un_parti!("brouillons"),
                d_un_parti!("identites_federees"),
                concat!(
                    "update secrets set mot_de_passe = '', totp = '' \
                     where personne in (select id from personnes where ",
                    partis!(),
                    ")"
                ),
                concat!(
                    "update personnes set nom = 'Compte effacé', courriel = 'efface:' || id where ",
                    partis!()
                ),
            ],
            Self::Courriels => {
                &["delete from courriels where (envoye <> '' or refuse <> '') and cree < $1"]
            }
        }
    }
}

/// How much there is to erase of before an instant.
///
/// # Errors
/// The database does not answer.
pub async fn compte(conn: &mut Conn<'_>, quoi: Quoi, avant: &str) -> Result<u64, Erreur> {
    let sql = quoi.compte();
    let (nombre,): (i64,) = sur!(conn, c => sqlx::query_as(sql).bind(avant).fetch_one(c).await)?;
    Ok(nombre.cast_unsigned())
}

/// Erases it.
///
/// # Errors
/// The database does not take it.
pub async fn efface(conn: &mut Conn<'_>, quoi: Quoi, avant: &str) -> Result<(), Erreur> {
    for &sql in quoi.efface() {
        sur!(conn, c => sqlx::query(sql).bind(avant).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// The contracts that closed before an instant.
///
/// # Errors
/// The database does not answer.
pub async fn clos(conn: &mut Conn<'_>, avant: &str) -> Result<BTreeSet<String>, Erreur> {
    const SQL: &str = "select id from contrats where ouvert = 0 and instant < $1";
    let lus: Vec<(String,)> = sur!(conn, c => sqlx::query_as(SQL).bind(avant).fetch_all(c).await)?;
    Ok(lus.into_iter().map(|(id,)| id).collect())
}

/// Lines of a kind, of all contracts, after one of them, in order. `contient`: what they hold.
///
/// # Errors
/// The database does not answer, or a line in it is not one.
pub async fn lignes(
    conn: &mut Conn<'_>,
    (genre, contient): (&str, &str),
    apres: (&str, u64),
    limite: u64,
) -> Result<Vec<Scellee>, Erreur> {
    const SQL: &str = "select contrat, ordre, flux, rang, enregistre, effet, genre, version, \
                       auteur, prive, charge, empreinte from journal where genre = $1 \
                       and charge like '%' || $2 || '%' and (contrat, ordre) > ($3, $4) \
                       order by contrat, ordre limit $5";
    let lues: Vec<LigneJournal> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(genre)
            .bind(contient)
            .bind(apres.0)
            .bind(entier(apres.1))
            .bind(entier(limite))
            .fetch_all(c)
            .await
    })?;
    lues.into_iter().map(ligne_lue).collect()
}

/// Erases the bytes of a file. The journal keeps its name, its size and its digest.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, empreinte: &str) -> Result<(), Erreur> {
    const SQL: &str = "delete from depots where empreinte = $1";
    sur!(conn, c => sqlx::query(SQL).bind(empreinte).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Notes what was erased.
///
/// # Errors
/// The database does not take it.
pub async fn note(
    conn: &mut Conn<'_>,
    (instant, regle): (&str, &str),
    (avant, nombre): (&str, u64),
) -> Result<(), Erreur> {
    const SQL: &str = "insert into purges (instant, regle, avant, nombre) values ($1, $2, $3, $4)";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(instant)
            .bind(regle)
            .bind(avant)
            .bind(entier(nombre))
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
