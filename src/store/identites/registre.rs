//! Who did what to whose access: written with what it tells of, never changed.

use super::{Conn, Erreur, fait, lit, un};
use sqlx::FromRow;

/// One line. People and organisations are identifiers.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Ligne {
    pub id: String,
    pub instant: String,
    pub auteur: String,
    pub acte: String,
    pub personne: String,
    pub organisation: String,
    /// What it bore on: a right, a key, an invitation.
    pub objet: String,
}

/// # Errors
/// The database does not take it.
pub async fn ecrit(conn: &mut Conn<'_>, l: &Ligne) -> Result<(), Erreur> {
    const SQL: &str = "insert into registre_acces (id, instant, auteur, acte, personne, \
                       organisation, objet) values ($1, $2, $3, $4, $5, $6, $7)";
    let valeurs = [
        &*l.id,
        &l.instant,
        &l.auteur,
        &l.acte,
        &l.personne,
        &l.organisation,
        &l.objet,
    ];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// The lines before one (from the last when `avant` is empty), the latest first; of one
/// organisation, or of all when it is empty.
///
/// # Errors
/// The database does not answer.
pub async fn lignes(
    conn: &mut Conn<'_>,
    organisation: &str,
    avant: &str,
) -> Result<Vec<Ligne>, Erreur> {
    const SQL: &str = "select id, instant, auteur, acte, personne, organisation, objet \
                       from registre_acces where ($1 = '' or organisation = $1) \
                       and ($2 = '' or id < $2) order by id desc limit 100";
    lit(conn, SQL, &[organisation, avant]).await
}

/// Whether an act on an object is in the register of an organisation.
///
/// # Errors
/// The database does not answer.
pub async fn tenu(
    conn: &mut Conn<'_>,
    organisation: &str,
    acte: &str,
    objet: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = "select id from registre_acces where organisation = $1 and acte = $2 \
                       and objet = $3 limit 1";
    let trouve: Option<(String,)> = un(conn, SQL, &[organisation, acte, objet]).await?;
    Ok(trouve.is_some())
}
