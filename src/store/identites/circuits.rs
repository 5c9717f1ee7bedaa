//! The visas that organisations ask for.

use super::{Conn, Erreur, fait, un};
use sqlx::FromRow;

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Circuit {
    pub organisation: String,
    /// The lowest function whose acts it covers.
    pub des: String,
    /// JSON.
    pub rangs: String,
}

/// Writes one, or writes it anew.
///
/// # Errors
/// The database does not take it.
pub async fn ecrit(conn: &mut Conn<'_>, c: &Circuit) -> Result<(), Erreur> {
    const SQL: &str = "insert into circuits (organisation, des, rangs) values ($1, $2, $3) \
                       on conflict (organisation) do update set des = $2, rangs = $3";
    let valeurs = [&*c.organisation, &c.des, &c.rangs];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// # Errors
/// The database does not take it.
pub async fn retire(conn: &mut Conn<'_>, organisation: &str) -> Result<bool, Erreur> {
    const SQL: &str = "delete from circuits where organisation = $1";
    Ok(fait(conn, SQL, &[organisation]).await? == 1)
}

/// That of an organisation.
///
/// # Errors
/// The database does not answer.
pub async fn de(conn: &mut Conn<'_>, organisation: &str) -> Result<Option<Circuit>, Erreur> {
    const SQL: &str = "select organisation, des, rangs from circuits where organisation = $1";
    un(conn, SQL, &[organisation]).await
}
