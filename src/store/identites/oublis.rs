//! Forgotten passwords: links that were sent.

use super::{Conn, Erreur, fait, un};

/// Keeps a link sent to a person: those sent before are dead.
///
/// # Errors
/// The database does not take it.
pub async fn ecrit(
    conn: &mut Conn<'_>,
    empreinte: &str,
    personne: &str,
    quand: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into oublis (empreinte, personne, cree) values ($1, $2, $3)";
    annule(conn, personne).await?;
    fait(conn, SQL, &[empreinte, personne, quand])
        .await
        .map(|_| ())
}

/// The person of a link sent since an instant or later.
///
/// # Errors
/// The database does not answer.
pub async fn lu(
    conn: &mut Conn<'_>,
    empreinte: &str,
    depuis: &str,
) -> Result<Option<String>, Erreur> {
    const SQL: &str = "select personne from oublis where empreinte = $1 and cree >= $2";
    let lu: Option<(String,)> = un(conn, SQL, &[empreinte, depuis]).await?;
    Ok(lu.map(|(personne,)| personne))
}

/// Spends a link: of two who use it, one does.
///
/// # Errors
/// The database does not take it.
pub async fn depense(conn: &mut Conn<'_>, empreinte: &str) -> Result<bool, Erreur> {
    const SQL: &str = "delete from oublis where empreinte = $1";
    Ok(fait(conn, SQL, &[empreinte]).await? == 1)
}

/// The links of a person are dead.
///
/// # Errors
/// The database does not take it.
pub async fn annule(conn: &mut Conn<'_>, personne: &str) -> Result<(), Erreur> {
    const SQL: &str = "delete from oublis where personne = $1";
    fait(conn, SQL, &[personne]).await.map(|_| ())
}

/// Forgets links sent before an instant.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, avant: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from oublis where cree < $1";
    fait(conn, SQL, &[avant]).await
}
