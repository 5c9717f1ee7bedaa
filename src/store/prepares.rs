//! Acts prepared inside an organisation, until the last visa.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use sqlx::FromRow;

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Prepare {
    pub id: String,
    pub organisation: String,
    pub contrat: String,
    /// A person.
    pub auteur: String,
    pub cree: String,
    pub etat: String,
    /// JSON.
    pub contenu: String,
    /// JSON.
    pub visas: String,
    /// FINESS numbers, parted by commas; empty: none in particular.
    pub esms: String,
    pub motif: String,
    /// Who is giving the last visa; empty: nobody.
    pub executant: String,
    /// The place of its line in the contract; 0: none.
    pub ordre: i64,
}

/// Keeps one, once. `false`: it is there already.
///
/// # Errors
/// The database does not take it.
pub async fn pose(conn: &mut Conn<'_>, p: &Prepare) -> Result<bool, Erreur> {
    const SQL: &str = "insert into prepares (id, organisation, contrat, auteur, cree, etat, \
                       contenu, visas, esms, motif, executant, ordre) values ($1, $2, $3, $4, \
                       $5, $6, $7, $8, $9, '', '', 0) on conflict (id) do nothing";
    let textes = [
        &*p.id,
        &p.organisation,
        &p.contrat,
        &p.auteur,
        &p.cree,
        &p.etat,
        &p.contenu,
        &p.visas,
        &p.esms,
    ];
    fait(conn, SQL, &textes).await
}

/// # Errors
/// The database does not answer.
pub async fn lu(conn: &mut Conn<'_>, id: &str) -> Result<Option<Prepare>, Erreur> {
    const SQL: &str = "select id, organisation, contrat, auteur, cree, etat, contenu, visas, \
                       esms, motif, executant, ordre from prepares where id = $1";
    Ok(sur!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Those of an organisation that await someone, oldest first; of one contract, or of all when it
/// is empty.
///
/// # Errors
/// The database does not answer.
pub async fn ouverts(
    conn: &mut Conn<'_>,
    [organisation, contrat]: [&str; 2],
) -> Result<Vec<Prepare>, Erreur> {
    const SQL: &str = "select id, organisation, contrat, auteur, cree, etat, contenu, visas, \
                       esms, motif, executant, ordre from prepares where organisation = $1 \
                       and etat in ('en_cours', 'renvoye') and ($2 = '' or contrat = $2) \
                       order by cree, id limit 200";
    Ok(sur!(conn, c => {
        sqlx::query_as(SQL).bind(organisation).bind(contrat).fetch_all(c).await
    })?)
}

/// Changes one that nobody changed since it was read, and that nobody is executing.
///
/// # Errors
/// The database does not take it.
pub async fn change(
    conn: &mut Conn<'_>,
    (lu, depuis): (&str, [&str; 2]),
    [etat, visas, motif]: [&str; 3],
) -> Result<bool, Erreur> {
    const SQL: &str = "update prepares set etat = $4, visas = $5, motif = $6 where id = $1 \
                       and etat = $2 and visas = $3 and executant = ''";
    fait(conn, SQL, &[lu, depuis[0], depuis[1], etat, visas, motif]).await
}

/// Gives one to whoever executes it: nobody else may until it is given back.
///
/// # Errors
/// The database does not take it.
pub async fn tient(conn: &mut Conn<'_>, id: &str, personne: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update prepares set executant = $2 where id = $1 and etat = 'en_cours' \
                       and executant in ('', $2)";
    fait(conn, SQL, &[id, personne]).await
}

/// Gives it back.
///
/// # Errors
/// The database does not take it.
pub async fn rend(conn: &mut Conn<'_>, id: &str, personne: &str) -> Result<(), Erreur> {
    const SQL: &str = "update prepares set executant = '' where id = $1 and executant = $2 \
                       and etat = 'en_cours'";
    fait(conn, SQL, &[id, personne]).await.map(|_| ())
}

/// Says that it is done, by whoever held it, at a place of its contract.
///
/// # Errors
/// The database does not take it.
pub async fn finit(
    conn: &mut Conn<'_>,
    [id, personne, visas]: [&str; 3],
    ordre: i64,
) -> Result<(), Erreur> {
    const SQL: &str = "update prepares set etat = 'fait', visas = $3, ordre = $4 where id = $1 \
                       and executant = $2 and etat = 'en_cours'";
    sur!(conn, c => {
        sqlx::query(SQL).bind(id).bind(personne).bind(visas).bind(ordre).execute(c).await
            .map(|_| ())
    })?;
    Ok(())
}

async fn fait(conn: &mut Conn<'_>, sql: &'static str, textes: &[&str]) -> Result<bool, Erreur> {
    let touchees = sur!(conn, c => {
        let mut requete = sqlx::query(sql);
        for texte in textes {
            requete = requete.bind(*texte);
        }
        requete.execute(c).await.map(|fait| fait.rows_affected())
    })?;
    Ok(touchees == 1)
}
