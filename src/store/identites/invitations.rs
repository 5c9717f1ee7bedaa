//! People asked to come, and the right that waits for them.

use super::{Conn, Erreur, fait, lit, un};
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
pub struct Invitation {
    pub id: String,
    pub courriel: String,
    pub organisation: String,
    pub fonction: String,
    pub portee: String,
    pub du: String,
    pub au: String,
    /// Who invited.
    pub auteur: String,
    pub cree: String,
    pub expire: String,
}

macro_rules! invitations {
    ($ou:literal) => {
        concat!(
            "select id, courriel, organisation, fonction, portee, du, au, auteur, cree, expire \
             from invitations where acceptee = '' and expire > $2 and ",
            $ou
        )
    };
}

/// # Errors
/// The database does not take it.
pub async fn ecrit(conn: &mut Conn<'_>, empreinte: &str, i: &Invitation) -> Result<(), Erreur> {
    const SQL: &str = "insert into invitations (id, empreinte, courriel, organisation, fonction, \
                       portee, du, au, auteur, cree, expire, acceptee) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '')";
    let valeurs = [
        &*i.id,
        empreinte,
        &i.courriel,
        &i.organisation,
        &i.fonction,
        &i.portee,
        &i.du,
        &i.au,
        &i.auteur,
        &i.cree,
        &i.expire,
    ];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// The one that waits under a token.
///
/// # Errors
/// The database does not answer.
pub async fn lue(
    conn: &mut Conn<'_>,
    empreinte: &str,
    maintenant: &str,
) -> Result<Option<Invitation>, Erreur> {
    un(
        conn,
        invitations!("empreinte = $1"),
        &[empreinte, maintenant],
    )
    .await
}

/// Those of an organisation that wait.
///
/// # Errors
/// The database does not answer.
pub async fn de(
    conn: &mut Conn<'_>,
    organisation: &str,
    maintenant: &str,
) -> Result<Vec<Invitation>, Erreur> {
    const SQL: &str = invitations!("organisation = $1 order by id");
    lit(conn, SQL, &[organisation, maintenant]).await
}

/// Those sent to an address that wait.
///
/// # Errors
/// The database does not answer.
pub async fn pour(
    conn: &mut Conn<'_>,
    courriel: &str,
    maintenant: &str,
) -> Result<Vec<Invitation>, Erreur> {
    const SQL: &str = invitations!("courriel = $1 order by id");
    lit(conn, SQL, &[courriel, maintenant]).await
}

/// # Errors
/// The database does not answer.
pub async fn par_id(
    conn: &mut Conn<'_>,
    id: &str,
    maintenant: &str,
) -> Result<Option<Invitation>, Erreur> {
    un(conn, invitations!("id = $1"), &[id, maintenant]).await
}

/// Takes the one that waits under an identifier: of two who accept it, one gets it.
///
/// # Errors
/// The database does not take it.
pub async fn accepte(conn: &mut Conn<'_>, id: &str, quand: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update invitations set acceptee = $2 where id = $1 and acceptee = '' \
                       and expire > $2";
    Ok(fait(conn, SQL, &[id, quand]).await? == 1)
}

/// # Errors
/// The database does not take it.
pub async fn annule(conn: &mut Conn<'_>, id: &str) -> Result<(), Erreur> {
    const SQL: &str = "delete from invitations where id = $1 and acceptee = ''";
    fait(conn, SQL, &[id]).await.map(|_| ())
}

/// Those sent to an address, and those sent by a person, no longer wait.
///
/// # Errors
/// The database does not take it.
pub async fn annule_de(conn: &mut Conn<'_>, courriel: &str, auteur: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from invitations where acceptee = '' \
                       and (courriel = $1 or auteur = $2)";
    fait(conn, SQL, &[courriel, auteur]).await
}

/// Those sent by a person for an organisation no longer wait.
///
/// # Errors
/// The database does not take it.
pub async fn annule_par(
    conn: &mut Conn<'_>,
    auteur: &str,
    organisation: &str,
) -> Result<u64, Erreur> {
    const SQL: &str = "delete from invitations where acceptee = '' and auteur = $1 \
                       and organisation = $2";
    fait(conn, SQL, &[auteur, organisation]).await
}

/// Forgets those over before an instant: they hold an address.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, avant: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from invitations where expire < $1";
    fait(conn, SQL, &[avant]).await
}
