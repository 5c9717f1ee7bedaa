//! Browsers signed in, and those from which a person signed in before.

use super::{Conn, Erreur, fait, lit, un};
use sqlx::FromRow;

/// A session; its token is known by its digest, which is not read back.
#[derive(Clone, FromRow)]
pub struct Session {
    /// Public: it stays the same when the token changes.
    pub id: String,
    pub personne: String,
    pub etape: String,
    pub cree: String,
    pub vue: String,
    pub agent: String,
    pub adresse: String,
    /// The digest of the known browser it was opened from.
    pub appareil: String,
    /// Codes tried.
    pub essais: i64,
    /// The key of a second factor that waits to be confirmed.
    pub attente: String,
}

macro_rules! sessions {
    ($ou:literal) => {
        concat!(
            "select id, personne, etape, cree, vue, agent, adresse, appareil, essais, attente \
             from sessions where ",
            $ou
        )
    };
}

/// # Errors
/// The database does not take it.
pub async fn ouvre(conn: &mut Conn<'_>, empreinte: &str, s: &Session) -> Result<(), Erreur> {
    const SQL: &str = "insert into sessions (id, empreinte, personne, etape, cree, vue, agent, \
                       adresse, appareil, attente, essais) \
                       values ($1, $2, $3, $4, $5, $5, $6, $7, $8, '', 0)";
    let valeurs = [
        &*s.id,
        empreinte,
        &s.personne,
        &s.etape,
        &s.cree,
        &s.agent,
        &s.adresse,
        &s.appareil,
    ];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// # Errors
/// The database does not answer.
pub async fn lue(conn: &mut Conn<'_>, empreinte: &str) -> Result<Option<Session>, Erreur> {
    un(conn, sessions!("empreinte = $1"), &[empreinte]).await
}

/// Those of a person, the last seen first.
///
/// # Errors
/// The database does not answer.
pub async fn de(conn: &mut Conn<'_>, personne: &str) -> Result<Vec<Session>, Erreur> {
    const SQL: &str = sessions!("personne = $1 order by vue desc, id");
    lit(conn, SQL, &[personne]).await
}

/// Notes when a session was last seen, unless another already did.
///
/// # Errors
/// The database does not take it.
pub async fn voit(
    conn: &mut Conn<'_>,
    empreinte: &str,
    avant: &str,
    quand: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "update sessions set vue = $3 where empreinte = $1 and vue = $2";
    fait(conn, SQL, &[empreinte, avant, quand])
        .await
        .map(|_| ())
}

/// Gives a session another token, at a step; the one before is dead. `false`: it already was. A
/// second factor given elsewhere stays given.
///
/// # Errors
/// The database does not take it.
pub async fn tourne(
    conn: &mut Conn<'_>,
    empreinte: &str,
    nouvelle: &str,
    etape: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = "update sessions set empreinte = $2, essais = 0, attente = '', \
                       etape = case when etape = 'federee' then etape else $3 end \
                       where empreinte = $1";
    Ok(fait(conn, SQL, &[empreinte, nouvelle, etape]).await? == 1)
}

/// Counts one more code tried, and holds the session until the transaction ends.
///
/// # Errors
/// The database does not take it.
pub async fn essaie(conn: &mut Conn<'_>, empreinte: &str) -> Result<Option<Session>, Erreur> {
    const SQL: &str = "update sessions set essais = essais + 1 where empreinte = $1 \
                       returning id, personne, etape, cree, vue, agent, adresse, appareil, \
                       essais, attente";
    un(conn, SQL, &[empreinte]).await
}

/// Keeps the key of a second factor to confirm; codes are counted anew.
///
/// # Errors
/// The database does not take it.
pub async fn attend(conn: &mut Conn<'_>, empreinte: &str, cle: &str) -> Result<(), Erreur> {
    const SQL: &str = "update sessions set attente = $2, essais = 0 where empreinte = $1";
    fait(conn, SQL, &[empreinte, cle]).await.map(|_| ())
}

/// # Errors
/// The database does not take it.
pub async fn ferme(conn: &mut Conn<'_>, empreinte: &str) -> Result<(), Erreur> {
    const SQL: &str = "delete from sessions where empreinte = $1";
    fait(conn, SQL, &[empreinte]).await.map(|_| ())
}

/// Closes one session of a person.
///
/// # Errors
/// The database does not take it.
pub async fn revoque(conn: &mut Conn<'_>, personne: &str, id: &str) -> Result<bool, Erreur> {
    const SQL: &str = "delete from sessions where personne = $1 and id = $2";
    Ok(fait(conn, SQL, &[personne, id]).await? == 1)
}

/// Closes the sessions of a person but one; all when `gardee` is empty.
///
/// # Errors
/// The database does not take it.
pub async fn revoque_autres(
    conn: &mut Conn<'_>,
    personne: &str,
    gardee: &str,
) -> Result<u64, Erreur> {
    const SQL: &str = "delete from sessions where personne = $1 and id <> $2";
    fait(conn, SQL, &[personne, gardee]).await
}

/// Forgets sessions last seen, or opened, before the instants given.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, vues: &str, creees: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from sessions where vue < $1 or cree < $2";
    fait(conn, SQL, &[vues, creees]).await
}

/// Remembers a browser.
///
/// # Errors
/// The database does not take it.
pub async fn reconnait(
    conn: &mut Conn<'_>,
    empreinte: &str,
    personne: &str,
    quand: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into appareils (empreinte, personne, cree) values ($1, $2, $3)";
    fait(conn, SQL, &[empreinte, personne, quand])
        .await
        .map(|_| ())
}

/// Whether a browser is known for a person since an instant or later.
///
/// # Errors
/// The database does not answer.
pub async fn connu(
    conn: &mut Conn<'_>,
    empreinte: &str,
    personne: &str,
    depuis: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = "select personne from appareils where empreinte = $1 and personne = $2 \
                       and cree >= $3";
    let trouve: Option<(String,)> = un(conn, SQL, &[empreinte, personne, depuis]).await?;
    Ok(trouve.is_some())
}

/// Whom a browser was remembered for, since an instant or later.
///
/// # Errors
/// The database does not answer.
pub async fn de_l_appareil(
    conn: &mut Conn<'_>,
    empreinte: &str,
    depuis: &str,
) -> Result<Option<String>, Erreur> {
    const SQL: &str = "select personne from appareils where empreinte = $1 and cree >= $2";
    let trouve: Option<(String,)> = un(conn, SQL, &[empreinte, depuis]).await?;
    Ok(trouve.map(|(personne,)| personne))
}

/// Forgets the browsers of a person.
///
/// # Errors
/// The database does not take it.
pub async fn meconnait(conn: &mut Conn<'_>, personne: &str) -> Result<(), Erreur> {
    const SQL: &str = "delete from appareils where personne = $1";
    fait(conn, SQL, &[personne]).await.map(|_| ())
}

/// Forgets browsers known before an instant.
///
/// # Errors
/// The database does not take it.
pub async fn oublie_appareils(conn: &mut Conn<'_>, avant: &str) -> Result<u64, Erreur> {
    const SQL: &str = "delete from appareils where cree < $1";
    fait(conn, SQL, &[avant]).await
}
