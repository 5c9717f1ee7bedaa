//! What organisations call a pôle, a service, a délégation.

use super::{Conn, Erreur, fait, lit};
use sqlx::FromRow;

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Ensemble {
    pub organisation: String,
    pub genre: String,
    pub nom: String,
    /// FINESS numbers, or codes of départements, parted by commas.
    pub membres: String,
}

/// Writes one, or writes it anew.
///
/// # Errors
/// The database does not take it.
pub async fn ecrit(conn: &mut Conn<'_>, e: &Ensemble) -> Result<(), Erreur> {
    const SQL: &str = "insert into ensembles (organisation, genre, nom, membres) \
                       values ($1, $2, $3, $4) \
                       on conflict (organisation, genre, nom) do update set membres = $4";
    let valeurs = [&*e.organisation, &e.genre, &e.nom, &e.membres];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// # Errors
/// The database does not take it.
pub async fn retire(
    conn: &mut Conn<'_>,
    organisation: &str,
    genre: &str,
    nom: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = "delete from ensembles where organisation = $1 and genre = $2 and nom = $3";
    Ok(fait(conn, SQL, &[organisation, genre, nom]).await? == 1)
}

/// Those of an organisation.
///
/// # Errors
/// The database does not answer.
pub async fn de(conn: &mut Conn<'_>, organisation: &str) -> Result<Vec<Ensemble>, Erreur> {
    const SQL: &str = "select organisation, genre, nom, membres from ensembles \
                       where organisation = $1 order by genre, nom";
    lit(conn, SQL, &[organisation]).await
}
