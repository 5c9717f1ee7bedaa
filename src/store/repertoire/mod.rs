//! Establishments and their figures, as national registers publish them: what is known, what is
//! written, what similar establishments show.

/// What similar establishments show.
mod comparees;
/// What pages ask for.
mod lues;
/// Rows of each table, known and written.
mod rangees;

pub use comparees::{Ensemble, connus, ensemble, references, remplace, touchees};
pub use lues::{
    ChiffreDate, EtablissementConnu, Import, chiffres, etablissement, etablissements_de, imports,
};
pub use rangees::{Marque, Rangee};

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;

/// Numbers that one statement asks for.
pub const PAQUET: usize = 500;

/// Lets one import write at a time, until the transaction ends: what similar establishments show is
/// computed from the figures of all. On SQLite the whole transaction holds the file.
///
/// # Errors
/// The database does not answer, or another import holds it too long.
pub async fn verrouille(conn: &mut Conn<'_>) -> Result<(), Erreur> {
    if let Conn::Pg(pg) = conn {
        let verrou = sqlx::query("lock table imports in exclusive mode");
        verrou.execute(&mut **pg).await?;
    }
    Ok(())
}

/// Notes a file that changed something.
///
/// # Errors
/// The database does not take it.
pub async fn note(conn: &mut Conn<'_>, import: &Import) -> Result<(), Erreur> {
    const SQL: &str = "insert into imports (instant, genre, empreinte, lus, ajoutes, modifies, \
                       inchanges) values ($1, $2, $3, $4, $5, $6, $7)";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&import.instant)
            .bind(&import.genre)
            .bind(&import.empreinte)
            .bind(entier(import.lus))
            .bind(entier(import.ajoutes))
            .bind(entier(import.modifies))
            .bind(entier(import.inchanges))
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
