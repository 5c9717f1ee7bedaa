//! Passwords and codes evaluated, counted across programs.

use super::{Conn, Erreur, fait, un};

/// The instants noted for a key, which is held until the transaction ends: of two that count at
/// once, the second sees what the first noted. Keys are to be taken in one order.
///
/// # Errors
/// The database does not take it.
pub async fn tient(conn: &mut Conn<'_>, cle: &str, quand: &str) -> Result<String, Erreur> {
    const SQL: &str = "insert into essais (cle, dernier, instants) values ($1, $2, '') \
                       on conflict (cle) do update set dernier = $2 returning instants";
    let lus: Option<(String,)> = un(conn, SQL, &[cle, quand]).await?;
    Ok(lus.map_or_else(String::new, |(instants,)| instants))
}

/// The instants noted for a key, not held.
///
/// # Errors
/// The database does not answer.
pub async fn lus(conn: &mut Conn<'_>, cle: &str) -> Result<String, Erreur> {
    const SQL: &str = "select instants from essais where cle = $1";
    let lus: Option<(String,)> = un(conn, SQL, &[cle]).await?;
    Ok(lus.map_or_else(String::new, |(instants,)| instants))
}

/// # Errors
/// The database does not take it.
pub async fn note(conn: &mut Conn<'_>, cle: &str, instants: &str) -> Result<(), Erreur> {
    const SQL: &str = "update essais set instants = $2 where cle = $1";
    fait(conn, SQL, &[cle, instants]).await.map(|_| ())
}

/// Forgets keys not touched since an instant.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, avant: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from essais where dernier < $1";
    fait(conn, SQL, &[avant]).await
}
