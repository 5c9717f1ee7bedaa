//! Sign-ins under way at a provider of identities, and whom it means.

use super::{Conn, Erreur, fait, un};
use sqlx::FromRow;

/// Someone who left to sign in. `navigateur`: the digest of what their browser was given.
#[derive(Clone, FromRow)]
pub struct Depart {
    pub navigateur: String,
    pub verificateur: String,
    pub nonce: String,
    pub retour: String,
    pub cree: String,
}

/// # Errors
/// The database does not take it.
pub async fn part(conn: &mut Conn<'_>, empreinte: &str, d: &Depart) -> Result<(), Erreur> {
    const SQL: &str = "insert into departs (empreinte, navigateur, verificateur, nonce, retour, \
                       cree) values ($1, $2, $3, $4, $5, $6)";
    let valeurs = [
        empreinte,
        &d.navigateur,
        &d.verificateur,
        &d.nonce,
        &d.retour,
        &d.cree,
    ];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// The one who comes back, in the browser that left, since an instant or later: once.
///
/// # Errors
/// The database does not take it.
pub async fn revient(
    conn: &mut Conn<'_>,
    empreinte: &str,
    navigateur: &str,
    depuis: &str,
) -> Result<Option<Depart>, Erreur> {
    const SQL: &str = "delete from departs where empreinte = $1 and navigateur = $2 \
                       and cree >= $3 returning navigateur, verificateur, nonce, retour, cree";
    un(conn, SQL, &[empreinte, navigateur, depuis]).await
}

/// Forgets those who left before an instant.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, avant: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from departs where cree < $1";
    fait(conn, SQL, &[avant]).await
}

/// The person whom an issuer means by a subject.
///
/// # Errors
/// The database does not answer.
pub async fn personne(
    conn: &mut Conn<'_>,
    emetteur: &str,
    sujet: &str,
) -> Result<Option<String>, Erreur> {
    const SQL: &str = "select personne from identites_federees where emetteur = $1 and sujet = $2";
    let lue: Option<(String,)> = un(conn, SQL, &[emetteur, sujet]).await?;
    Ok(lue.map(|(personne,)| personne))
}

/// Whether an issuer already means a person, by whatever subject.
///
/// # Errors
/// The database does not answer.
pub async fn connait(conn: &mut Conn<'_>, emetteur: &str, personne: &str) -> Result<bool, Erreur> {
    const SQL: &str = "select sujet from identites_federees where emetteur = $1 and personne = $2";
    let lu: Option<(String,)> = un(conn, SQL, &[emetteur, personne]).await?;
    Ok(lu.is_some())
}

/// # Errors
/// [`Erreur::Conflit`]: the subject already means someone.
pub async fn lie(
    conn: &mut Conn<'_>,
    emetteur: &str,
    sujet: &str,
    personne: &str,
    quand: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into identites_federees (emetteur, sujet, personne, cree) \
                       values ($1, $2, $3, $4)";
    fait(conn, SQL, &[emetteur, sujet, personne, quand])
        .await
        .map(|_| ())
}
