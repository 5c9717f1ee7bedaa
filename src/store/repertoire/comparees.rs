//! What similar establishments show: their figures, and the quartiles that were computed of them.

use super::super::conn::{Conn, sur};
use super::super::erreur::Erreur;
use super::super::lignes::{EnLignes, Valeur};
use super::rangees::{annee_lue, des_numeros};
use crate::metier::comparaison::{Maille, Reference};
use crate::metier::finess::Finess;
use crate::metier::nombre::Nombre;
use sqlx::QueryBuilder;
use std::collections::BTreeSet;

/// The figures of one indicator and year: category, département, value.
pub type Ensemble = Vec<(String, String, Nombre)>;

/// The figures of all the establishments that are known, for an indicator and a year. Those that
/// are no numbers are left out.
///
/// # Errors
/// The database does not answer.
pub async fn ensemble(
    conn: &mut Conn<'_>,
    indicateur: &str,
    annee: i32,
) -> Result<Ensemble, Erreur> {
    const SQL: &str = "select e.categorie, e.departement, c.valeur from chiffres c \
                       join etablissements e on e.finess = c.finess \
                       where c.indicateur = $1 and c.annee = $2";
    let lues: Vec<(String, String, String)> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(indicateur)
            .bind(i64::from(annee))
            .fetch_all(c)
            .await
    })?;
    let lues = lues
        .into_iter()
        .filter_map(|(categorie, departement, valeur)| {
            Some((categorie, departement, Nombre::du_texte(&valeur)?))
        });
    Ok(lues.collect())
}

/// How many of these establishments are in the register.
///
/// # Errors
/// The database does not answer.
pub async fn connus(conn: &mut Conn<'_>, numeros: &[&Finess]) -> Result<usize, Erreur> {
    const SQL: &str = "select finess from etablissements where finess in (";
    let numeros: Vec<&str> = numeros.iter().map(|numero| numero.as_str()).collect();
    let lus: Vec<(String,)> = des_numeros!(conn, numeros, SQL);
    Ok(lus.len())
}

/// The indicators and years of the figures of these establishments.
///
/// # Errors
/// The database does not answer.
pub async fn touchees(
    conn: &mut Conn<'_>,
    numeros: &[&Finess],
) -> Result<BTreeSet<(String, i32)>, Erreur> {
    const SQL: &str = "select distinct indicateur, annee from chiffres where finess in (";
    let numeros: Vec<&str> = numeros.iter().map(|numero| numero.as_str()).collect();
    let lues: Vec<(String, i64)> = des_numeros!(conn, numeros, SQL);
    let lues = lues.into_iter();
    lues.map(|(indicateur, annee)| Ok((indicateur, annee_lue(annee)?)))
        .collect()
}

/// Writes what similar establishments show for an indicator and a year, instead of what was there.
///
/// # Errors
/// The database does not take it.
pub async fn remplace(
    conn: &mut Conn<'_>,
    (indicateur, annee): (&str, i32),
    references: &[Reference],
) -> Result<(), Erreur> {
    const EFFACE: &str = "delete from reperes where indicateur = $1 and annee = $2";
    const POSE: &str = "insert into reperes (categorie, annee, territoire, indicateur, \
                        structures, q1, mediane, q3) ";
    sur!(conn, c => {
        sqlx::query(EFFACE)
            .bind(indicateur)
            .bind(i64::from(annee))
            .execute(c)
            .await
            .map(|_| ())
    })?;
    let lignes: Vec<Vec<Valeur>> = references
        .iter()
        .map(|r| {
            vec![
                Valeur::Texte(r.categorie.clone()),
                Valeur::Entier(i64::from(r.annee)),
                Valeur::Texte(territoire(&r.territoire)),
                Valeur::Texte(r.indicateur.clone()),
                Valeur::Entier(i64::from(r.structures)),
                Valeur::Texte(r.q1.to_string()),
                Valeur::Texte(r.mediane.to_string()),
                Valeur::Texte(r.q3.to_string()),
            ]
        })
        .collect();
    for lot in lignes.chunks(super::PAQUET) {
        let lignes = lot.iter().map(|ligne| ligne.iter().collect()).collect();
        EnLignes::nouvelle(POSE, lignes, "").execute(conn).await?;
    }
    Ok(())
}

/// What similar establishments of a category show in a year, in each of these territories.
///
/// # Errors
/// The database does not answer, or holds a row that does not read.
pub async fn references(
    conn: &mut Conn<'_>,
    categorie: &str,
    annee: i32,
    mailles: &[Maille],
) -> Result<Vec<Reference>, Erreur> {
    const SQL: &str = "select territoire, indicateur, structures, q1, mediane, q3 from reperes \
                       where categorie = $1 and annee = $2 and territoire in ($3, $4, $5)";
    let territoire = |rang| mailles.get(rang).map_or_else(String::new, territoire);
    let lues: Vec<(String, String, i64, String, String, String)> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(categorie)
            .bind(i64::from(annee))
            .bind(territoire(0))
            .bind(territoire(1))
            .bind(territoire(2))
            .fetch_all(c)
            .await
    })?;
    let lue = |(territoire, indicateur, structures, q1, mediane, q3): (_, _, _, _, _, _)| {
        let lue = lue(
            categorie,
            annee,
            (territoire, indicateur, structures),
            [q1, mediane, q3],
        );
        lue.ok_or_else(|| Erreur::Abime("un repère ne se lit pas".to_owned()))
    };
    lues.into_iter().map(lue).collect()
}

fn lue(
    categorie: &str,
    annee: i32,
    (territoire, indicateur, structures): (String, String, i64),
    [q1, mediane, q3]: [String; 3],
) -> Option<Reference> {
    Some(Reference {
        annee,
        indicateur,
        categorie: categorie.to_owned(),
        territoire: maille(&territoire)?,
        structures: u32::try_from(structures).ok()?,
        q1: Nombre::du_texte(&q1)?,
        mediane: Nombre::du_texte(&mediane)?,
        q3: Nombre::du_texte(&q3)?,
    })
}

const DEPARTEMENT: &str = "departement:";
const REGION: &str = "region:";
const NATION: &str = "nation";

fn territoire(maille: &Maille) -> String {
    match maille {
        Maille::Departement(code) => format!("{DEPARTEMENT}{code}"),
        Maille::Region(code) => format!("{REGION}{code}"),
        Maille::Nation => NATION.to_owned(),
    }
}

fn maille(territoire: &str) -> Option<Maille> {
    if territoire == NATION {
        return Some(Maille::Nation);
    }
    let departement = territoire.strip_prefix(DEPARTEMENT);
    let region = territoire.strip_prefix(REGION);
    departement
        .map(|code| Maille::Departement(code.to_owned()))
        .or_else(|| region.map(|code| Maille::Region(code.to_owned())))
}
