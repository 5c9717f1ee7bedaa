//! Organisations, people and what proves that it is them.

use super::{Conn, Erreur, fait, lit, un};
use crate::store::conn::sur;
use sqlx::FromRow;

/// An organisation, as kept.
#[derive(Debug, Clone, FromRow)]
pub struct Organisation {
    pub id: String,
    pub nature: String,
    pub nom: String,
    pub siren: String,
    pub ej: String,
    pub territoire: String,
}

/// A person with their secrets: it must not be shown.
#[derive(Clone, FromRow)]
pub struct Personne {
    pub id: String,
    pub nom: String,
    pub courriel: String,
    pub desactivee: String,
    pub mot_de_passe: String,
    pub totp: String,
    /// The last step of the second factor that was accepted.
    pub pas: i64,
}

macro_rules! personnes {
    ($ou:literal) => {
        concat!(
            "select p.id, p.nom, p.courriel, p.desactivee, s.mot_de_passe, s.totp, s.pas \
             from personnes p join secrets s on s.personne = p.id where ",
            $ou
        )
    };
}

/// Someone of an organisation, as whoever administers it sees them.
#[derive(Debug, Clone, FromRow)]
pub struct Membre {
    pub id: String,
    pub nom: String,
    pub courriel: String,
    pub desactivee: String,
    pub connexion: String,
}

/// Those who have a right in an organisation, past or to come included, disabled or not.
///
/// # Errors
/// The database does not answer.
pub async fn membres(conn: &mut Conn<'_>, organisation: &str) -> Result<Vec<Membre>, Erreur> {
    const SQL: &str = "select id, nom, courriel, desactivee, connexion from personnes \
                       where id in (select personne from droits where organisation = $1)";
    lit(conn, SQL, &[organisation]).await
}

/// Notes that someone signed in, to the end.
///
/// # Errors
/// The database does not take it.
pub async fn entre(conn: &mut Conn<'_>, id: &str, quand: &str) -> Result<(), Erreur> {
    const SQL: &str = "update personnes set connexion = $2 where id = $1";
    fait(conn, SQL, &[id, quand]).await.map(|_| ())
}

/// Holds an organisation until the transaction ends.
///
/// # Errors
/// The database does not take it.
pub async fn tient_organisation(conn: &mut Conn<'_>, id: &str) -> Result<(), Erreur> {
    const SQL: &str = "update organisations set nom = nom where id = $1";
    fait(conn, SQL, &[id]).await.map(|_| ())
}

/// Those who have a right in an organisation of a SIREN or of an EJ, and are not disabled.
///
/// # Errors
/// The database does not answer.
pub async fn de_numeros(
    conn: &mut Conn<'_>,
    [siren, ej]: [&str; 2],
) -> Result<Vec<Personne>, Erreur> {
    const SQL: &str = concat!(
        personnes!("p.desactivee = '' and p.id in "),
        "(select d.personne from droits d join organisations o on o.id = d.organisation \
         where ($1 <> '' and o.siren = $1) or ($2 <> '' and o.ej = $2)) order by p.id"
    );
    lit(conn, SQL, &[siren, ej]).await
}

/// Writes a new organisation, or writes it anew.
///
/// # Errors
/// The database does not take it.
pub async fn ecrit_organisation(conn: &mut Conn<'_>, o: &Organisation) -> Result<(), Erreur> {
    const SQL: &str = "insert into organisations (id, nature, nom, siren, ej, territoire) \
                       values ($1, $2, $3, $4, $5, $6) on conflict (id) do update set \
                       nature = $2, nom = $3, siren = $4, ej = $5, territoire = $6";
    let valeurs = [&*o.id, &o.nature, &o.nom, &o.siren, &o.ej, &o.territoire];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// Every organisation.
///
/// # Errors
/// The database does not answer.
pub async fn organisations(conn: &mut Conn<'_>) -> Result<Vec<Organisation>, Erreur> {
    const SQL: &str = "select id, nature, nom, siren, ej, territoire from organisations";
    lit(conn, SQL, &[]).await
}

/// # Errors
/// The database does not answer.
pub async fn organisation(conn: &mut Conn<'_>, id: &str) -> Result<Option<Organisation>, Erreur> {
    const SQL: &str = "select id, nature, nom, siren, ej, territoire from organisations \
                       where id = $1";
    un(conn, SQL, &[id]).await
}

/// Writes a new person.
///
/// # Errors
/// [`Erreur::Conflit`]: the identifier or the address is taken.
pub async fn cree(conn: &mut Conn<'_>, p: &Personne, quand: &str) -> Result<(), Erreur> {
    const SQL: &str = "insert into personnes (id, nom, courriel, cree, desactivee) \
                       values ($1, $2, $3, $4, $5)";
    const SECRETS: &str = "insert into secrets (personne, mot_de_passe, totp, pas) \
                           values ($1, $2, $3, 0)";
    let valeurs = [&*p.id, &p.nom, &p.courriel, quand, &p.desactivee];
    fait(conn, SQL, &valeurs).await?;
    let valeurs = [&*p.id, &p.mot_de_passe, &p.totp];
    fait(conn, SECRETS, &valeurs).await.map(|_| ())
}

/// # Errors
/// The database does not answer.
pub async fn par_courriel(conn: &mut Conn<'_>, courriel: &str) -> Result<Option<Personne>, Erreur> {
    un(conn, personnes!("p.courriel = $1"), &[courriel]).await
}

/// # Errors
/// The database does not answer.
pub async fn par_id(conn: &mut Conn<'_>, id: &str) -> Result<Option<Personne>, Erreur> {
    un(conn, personnes!("p.id = $1"), &[id]).await
}

/// `false`: they already were.
///
/// # Errors
/// The database does not take it.
pub async fn desactive(conn: &mut Conn<'_>, id: &str, quand: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update personnes set desactivee = $2 where id = $1 and desactivee = ''";
    Ok(fait(conn, SQL, &[id, quand]).await? == 1)
}

/// `false`: they were not disabled.
///
/// # Errors
/// The database does not take it.
pub async fn reactive(conn: &mut Conn<'_>, id: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update personnes set desactivee = '' where id = $1 and desactivee <> ''";
    Ok(fait(conn, SQL, &[id]).await? == 1)
}

/// Holds the password of a person until the transaction ends. `false`: it is another by now.
///
/// # Errors
/// The database does not take it.
pub async fn tient(conn: &mut Conn<'_>, personne: &str, hache: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update secrets set mot_de_passe = $2 where personne = $1 \
                       and mot_de_passe = $2";
    Ok(fait(conn, SQL, &[personne, hache]).await? == 1)
}

/// # Errors
/// The database does not take it.
pub async fn pose_mot_de_passe(
    conn: &mut Conn<'_>,
    personne: &str,
    hache: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "update secrets set mot_de_passe = $2 where personne = $1";
    fait(conn, SQL, &[personne, hache]).await.map(|_| ())
}

/// A new second factor, whose step `pas` has just been accepted.
///
/// # Errors
/// The database does not take it.
pub async fn pose_second_facteur(
    conn: &mut Conn<'_>,
    personne: &str,
    totp: &str,
    pas: i64,
) -> Result<(), Erreur> {
    const SQL: &str = "update secrets set totp = $2, pas = $3 where personne = $1";
    sur!(conn, c => {
        sqlx::query(SQL).bind(personne).bind(totp).bind(pas).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// The keys of telephones, as they are kept, with whose they are.
///
/// # Errors
/// The database does not answer.
pub async fn telephones(conn: &mut Conn<'_>) -> Result<Vec<(String, String)>, Erreur> {
    const SQL: &str = "select personne, totp from secrets where totp <> '' order by personne";
    lit(conn, SQL, &[]).await
}

/// Keeps the key of a telephone otherwise, unless it is another by now. Answers how many were.
///
/// # Errors
/// The database does not take it.
pub async fn remplace_telephone(
    conn: &mut Conn<'_>,
    personne: &str,
    [garde, neuf]: [&str; 2],
) -> Result<u64, Erreur> {
    const SQL: &str = "update secrets set totp = $3 where personne = $1 and totp = $2";
    fait(conn, SQL, &[personne, garde, neuf]).await
}

/// Recovery codes, in place of those left.
///
/// # Errors
/// The database does not take it.
pub async fn pose_codes(
    conn: &mut Conn<'_>,
    personne: &str,
    codes: &[String],
) -> Result<(), Erreur> {
    const VIDE: &str = "delete from codes_secours where personne = $1";
    const CODE: &str = "insert into codes_secours (personne, empreinte) values ($1, $2)";
    fait(conn, VIDE, &[personne]).await?;
    for code in codes {
        fait(conn, CODE, &[personne, code]).await?;
    }
    Ok(())
}

/// Notes that a step is accepted. `false`: it, or a later one, already was.
///
/// # Errors
/// The database does not take it.
pub async fn avance(conn: &mut Conn<'_>, personne: &str, pas: i64) -> Result<bool, Erreur> {
    const SQL: &str = "update secrets set pas = $2 where personne = $1 and pas < $2";
    let touchees = sur!(conn, c => {
        let fait = sqlx::query(SQL).bind(personne).bind(pas).execute(c).await;
        fait.map(|f| f.rows_affected())
    })?;
    Ok(touchees == 1)
}

/// Spends a recovery code. `false`: there is none such.
///
/// # Errors
/// The database does not take it.
pub async fn depense(conn: &mut Conn<'_>, personne: &str, empreinte: &str) -> Result<bool, Erreur> {
    const SQL: &str = "delete from codes_secours where personne = $1 and empreinte = $2";
    Ok(fait(conn, SQL, &[personne, empreinte]).await? == 1)
}

/// How many recovery codes are left.
///
/// # Errors
/// The database does not answer.
pub async fn codes_restants(conn: &mut Conn<'_>, personne: &str) -> Result<i64, Erreur> {
    const SQL: &str = "select count(*) from codes_secours where personne = $1";
    let lu: Option<(i64,)> = un(conn, SQL, &[personne]).await?;
    Ok(lu.map_or(0, |(n,)| n))
}
