//! What people typed and did not send: of one person, on one contract, in one form.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;

/// What was typed, and when, if it was since an instant.
///
/// # Errors
/// The database does not answer.
pub async fn lu(
    conn: &mut Conn<'_>,
    [personne, contrat, formulaire]: [&str; 3],
    depuis: &str,
) -> Result<Option<(String, String)>, Erreur> {
    const SQL: &str = "select texte, quand from brouillons where personne = $1 \
                       and contrat = $2 and formulaire = $3 and quand >= $4";
    Ok(sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(personne)
            .bind(contrat)
            .bind(formulaire)
            .bind(depuis)
            .fetch_optional(c)
            .await
    })?)
}

/// What was typed in forms whose names begin so, since an instant: each name, what, and when.
///
/// # Errors
/// The database does not answer.
pub async fn lus(
    conn: &mut Conn<'_>,
    [personne, contrat, debut]: [&str; 3],
    depuis: &str,
) -> Result<Vec<(String, String, String)>, Erreur> {
    const SQL: &str = "select formulaire, texte, quand from brouillons where personne = $1 \
                       and contrat = $2 and substr(formulaire, 1, length($3)) = $3 and quand >= $4";
    Ok(sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(personne)
            .bind(contrat)
            .bind(debut)
            .bind(depuis)
            .fetch_all(c)
            .await
    })?)
}

/// Keeps what was typed.
///
/// # Errors
/// The database does not take it.
pub async fn garde(
    conn: &mut Conn<'_>,
    [personne, contrat, formulaire]: [&str; 3],
    texte: &str,
    quand: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into brouillons (personne, contrat, formulaire, texte, quand) \
                       values ($1, $2, $3, $4, $5) on conflict (personne, contrat, formulaire) \
                       do update set texte = $4, quand = $5";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(personne)
            .bind(contrat)
            .bind(formulaire)
            .bind(texte)
            .bind(quand)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Erases what was typed.
///
/// # Errors
/// The database does not take it.
pub async fn jette(
    conn: &mut Conn<'_>,
    [personne, contrat, formulaire]: [&str; 3],
) -> Result<(), Erreur> {
    const SQL: &str = "delete from brouillons where personne = $1 and contrat = $2 \
                       and formulaire = $3";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(personne)
            .bind(contrat)
            .bind(formulaire)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Leaves a person the newest ones only.
///
/// # Errors
/// The database does not take it.
pub async fn borne(conn: &mut Conn<'_>, personne: &str, gardes: u64) -> Result<(), Erreur> {
    const SQL: &str = "delete from brouillons where personne = $1 and quand < \
                       (select min(quand) from (select quand from brouillons \
                       where personne = $1 order by quand desc limit $2) as derniers)";
    sur!(conn, c => {
        sqlx::query(SQL).bind(personne).bind(entier(gardes)).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Erases what was typed before an instant, by anyone.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, avant: &str) -> Result<(), Erreur> {
    const SQL: &str = "delete from brouillons where quand < $1";
    sur!(conn, c => sqlx::query(SQL).bind(avant).execute(c).await.map(|_| ()))?;
    Ok(())
}
