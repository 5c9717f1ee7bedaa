//! Keys by which programs act for a person.

use super::{Conn, Erreur, fait, lit, un};
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
pub struct Cle {
    pub id: String,
    pub personne: String,
    pub organisation: String,
    pub nom: String,
    pub fonction: String,
    pub cree: String,
    pub au: String,
    pub vue: String,
}

/// # Errors
/// The database does not take it.
pub async fn cree(conn: &mut Conn<'_>, empreinte: &str, c: &Cle) -> Result<(), Erreur> {
    const SQL: &str = "insert into cles (id, empreinte, personne, organisation, nom, fonction, \
                       cree, au, vue) values ($1, $2, $3, $4, $5, $6, $7, $8, '')";
    let valeurs = [
        &*c.id,
        empreinte,
        &c.personne,
        &c.organisation,
        &c.nom,
        &c.fonction,
        &c.cree,
        &c.au,
    ];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// # Errors
/// The database does not answer.
pub async fn lue(conn: &mut Conn<'_>, empreinte: &str) -> Result<Option<Cle>, Erreur> {
    const SQL: &str = "select id, personne, organisation, nom, fonction, cree, au, vue from cles \
                       where empreinte = $1";
    un(conn, SQL, &[empreinte]).await
}

/// # Errors
/// The database does not answer.
pub async fn de(conn: &mut Conn<'_>, personne: &str) -> Result<Vec<Cle>, Erreur> {
    const SQL: &str = "select id, personne, organisation, nom, fonction, cree, au, vue from cles \
                       where personne = $1 order by id";
    lit(conn, SQL, &[personne]).await
}

/// Notes when a key was last used, unless another already did.
///
/// # Errors
/// The database does not take it.
pub async fn voit(conn: &mut Conn<'_>, id: &str, avant: &str, quand: &str) -> Result<(), Erreur> {
    const SQL: &str = "update cles set vue = $3 where id = $1 and vue = $2";
    fait(conn, SQL, &[id, avant, quand]).await.map(|_| ())
}

/// Ends one key of a person.
///
/// # Errors
/// The database does not take it.
pub async fn revoque(conn: &mut Conn<'_>, personne: &str, id: &str) -> Result<bool, Erreur> {
    const SQL: &str = "delete from cles where personne = $1 and id = $2";
    Ok(fait(conn, SQL, &[personne, id]).await? == 1)
}

/// Ends every key of a person.
///
/// # Errors
/// The database does not take it.
pub async fn revoque_toutes(conn: &mut Conn<'_>, personne: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from cles where personne = $1";
    fait(conn, SQL, &[personne]).await
}
