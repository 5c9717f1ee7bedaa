//! Who may do what, where, from when to when.

use super::personnes::Organisation;
use super::{Conn, Erreur, fait, lit, un};
use sqlx::FromRow;

/// A right, with its organisation.
#[derive(Debug, Clone, FromRow)]
pub struct Droit {
    #[sqlx(rename = "droit")]
    pub id: String,
    pub personne: String,
    pub fonction: String,
    pub portee: String,
    pub du: String,
    pub au: String,
    #[sqlx(flatten)]
    pub organisation: Organisation,
}

macro_rules! droits {
    ($ou:literal) => {
        concat!(
            "select d.id as droit, d.personne, d.fonction, d.portee, d.du, d.au, o.id, o.nature, \
             o.nom, o.siren, o.ej, o.territoire from droits d \
             join organisations o on o.id = d.organisation where ",
            $ou,
            " order by d.personne, d.id"
        )
    };
}

/// # Errors
/// The database does not take it.
pub async fn accorde(conn: &mut Conn<'_>, d: &Droit) -> Result<(), Erreur> {
    const SQL: &str = "insert into droits (id, personne, organisation, fonction, portee, du, au) \
                       values ($1, $2, $3, $4, $5, $6, $7)";
    let valeurs = [
        &*d.id,
        &d.personne,
        &d.organisation.id,
        &d.fonction,
        &d.portee,
        &d.du,
        &d.au,
    ];
    fait(conn, SQL, &valeurs).await.map(|_| ())
}

/// # Errors
/// The database does not take it.
pub async fn retire(conn: &mut Conn<'_>, id: &str) -> Result<bool, Erreur> {
    const SQL: &str = "delete from droits where id = $1";
    Ok(fait(conn, SQL, &[id]).await? == 1)
}

/// One right, whether or not its person is disabled.
///
/// # Errors
/// The database does not answer.
pub async fn par_id(conn: &mut Conn<'_>, id: &str) -> Result<Option<Droit>, Erreur> {
    un(conn, droits!("d.id = $1"), &[id]).await
}

/// The rights of a person in force on a day.
///
/// # Errors
/// The database does not answer.
pub async fn en_vigueur(
    conn: &mut Conn<'_>,
    personne: &str,
    jour: &str,
) -> Result<Vec<Droit>, Erreur> {
    const SQL: &str = droits!("d.personne = $1 and d.du <= $2 and (d.au = '' or d.au >= $2)");
    lit(conn, SQL, &[personne, jour]).await
}

/// The rights in force on a day, wherever they are, of those who have one in an organisation of a
/// SIREN or of an EJ.
///
/// # Errors
/// The database does not answer.
pub async fn de_numeros(
    conn: &mut Conn<'_>,
    [siren, ej]: [&str; 2],
    jour: &str,
) -> Result<Vec<Droit>, Erreur> {
    const SQL: &str = droits!(
        "d.du <= $3 and (d.au = '' or d.au >= $3) and d.personne in \
         (select x.personne from droits x join organisations y on y.id = x.organisation \
         where ($1 <> '' and y.siren = $1) or ($2 <> '' and y.ej = $2))"
    );
    lit(conn, SQL, &[siren, ej, jour]).await
}

/// All the rights of a person, past and to come included.
///
/// # Errors
/// The database does not answer.
pub async fn de(conn: &mut Conn<'_>, personne: &str) -> Result<Vec<Droit>, Erreur> {
    lit(conn, droits!("d.personne = $1"), &[personne]).await
}

/// All the rights in an organisation.
///
/// # Errors
/// The database does not answer.
pub async fn dans(conn: &mut Conn<'_>, organisation: &str) -> Result<Vec<Droit>, Erreur> {
    lit(conn, droits!("d.organisation = $1"), &[organisation]).await
}

/// Whether someone who is not disabled administers all of an organisation on a day: another right
/// than one, of another person than one.
///
/// # Errors
/// The database does not answer.
pub async fn administree(
    conn: &mut Conn<'_>,
    organisation: &str,
    [droit, personne]: [&str; 2],
    jour: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = droits!(
        "d.organisation = $1 and d.fonction = 'administration' and d.portee = 'tout' \
         and d.id <> $2 and d.personne <> $3 and d.du <= $4 and (d.au = '' or d.au >= $4) \
         and d.personne in (select id from personnes where desactivee = '')"
    );
    let lus: Vec<Droit> = lit(conn, SQL, &[organisation, droit, personne, jour]).await?;
    Ok(!lus.is_empty())
}
