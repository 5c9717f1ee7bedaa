//! The lines of contracts, their heads, the requests answered, the texts.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use crate::metier::chaine::{Charge, Scellee, Tetes, instant};
use crate::workflow::machine::digest::Digest;
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// The head of a contract: what a writer locks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tete {
    /// How many lines it has.
    pub ordre: u64,
    /// The digest of the last one.
    pub empreinte: String,
    /// When the last one was recorded.
    pub instant: String,
    /// The last civil day that the clock looked at it.
    pub vu: String,
}

impl Tete {
    /// Whether the last line is the same.
    pub fn meme_ligne(&self, autre: &Self) -> bool {
        self.ordre == autre.ordre && self.empreinte == autre.empreinte
    }
}

/// A request already answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repondue {
    /// The digest of what was asked.
    pub contenu: String,
    /// The lines it wrote, from and to, by their order in the contract.
    pub premiere: u64,
    pub derniere: u64,
}

type LigneTete = (i64, String, String, String);
pub(super) type LigneJournal = (
    String,
    i64,
    String,
    i64,
    String,
    String,
    String,
    i64,
    String,
    String,
    String,
    String,
);

const TETE: &str = "select ordre, tete, instant, vu from contrats where id = $1";

fn tete_lue(ligne: Option<LigneTete>) -> Option<Tete> {
    ligne.map(|(ordre, empreinte, instant, vu)| Tete {
        ordre: ordre.cast_unsigned(),
        empreinte,
        instant,
        vu,
    })
}

/// The head of a contract, as it stands.
///
/// # Errors
/// The database does not answer.
pub async fn tete(conn: &mut Conn<'_>, contrat: &str) -> Result<Option<Tete>, Erreur> {
    let lue: Option<LigneTete> =
        sur!(conn, c => sqlx::query_as(TETE).bind(contrat).fetch_optional(c).await)?;
    Ok(tete_lue(lue))
}

/// Whether a head is, or once was, that of a contract.
///
/// # Errors
/// The database does not answer.
pub async fn tenue(conn: &mut Conn<'_>, contrat: &str, tete: &Tete) -> Result<bool, Erreur> {
    const SQL: &str = "select empreinte from journal where contrat = $1 and ordre = $2";
    let ordre = entier(tete.ordre);
    let lue: Option<(String,)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(contrat).bind(ordre).fetch_optional(c).await)?;
    Ok(lue.is_some_and(|(empreinte,)| empreinte == tete.empreinte))
}

/// The heads of those of these contracts that are there, held until the transaction ends, always
/// in the same order. On SQLite the whole transaction holds the file.
///
/// # Errors
/// The database does not answer, or another writer holds one too long.
pub async fn verrouille(
    conn: &mut Conn<'_>,
    contrats: &BTreeSet<&str>,
) -> Result<BTreeMap<String, Tete>, Erreur> {
    const DEBUT: &str = "select id, ordre, tete, instant, vu from contrats where id in (";
    const PG: &str = "select id, ordre, tete, instant, vu from contrats where id = any($1) \
                      order by id for update";
    let lues: Vec<(String, i64, String, String, String)> = match conn {
        Conn::Lite(c) => {
            let mut requete = QueryBuilder::new(DEBUT);
            let mut ids = requete.separated(", ");
            for id in contrats {
                ids.push_bind(*id);
            }
            requete
                .push(")")
                .build_query_as()
                .fetch_all(&mut **c)
                .await?
        }
        Conn::Pg(c) => {
            let ids: Vec<&str> = contrats.iter().copied().collect();
            sqlx::query_as(PG).bind(ids).fetch_all(&mut **c).await?
        }
    };
    let tetes = lues
        .into_iter()
        .filter_map(|(id, ordre, empreinte, instant, vu)| {
            Some((id, tete_lue(Some((ordre, empreinte, instant, vu)))?))
        });
    Ok(tetes.collect())
}

/// The head of each stream of a contract.
///
/// # Errors
/// The database does not answer, or a digest in it is not one.
pub async fn tetes(conn: &mut Conn<'_>, contrat: &str) -> Result<Tetes, Erreur> {
    const SQL: &str = "select flux, rang, empreinte from flux where contrat = $1";
    let lues: Vec<(String, i64, String)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(contrat).fetch_all(c).await)?;
    let lue = |(flux, rang, empreinte): (String, i64, String)| {
        let empreinte = empreinte_lue(&empreinte)?;
        Ok((flux, (rang.cast_unsigned(), empreinte)))
    };
    lues.into_iter().map(lue).collect()
}

/// The lines of a contract after a given one, in order.
///
/// # Errors
/// The database does not answer, or a line in it is not one.
pub async fn lignes(
    conn: &mut Conn<'_>,
    contrat: &str,
    apres: u64,
    limite: u64,
) -> Result<Vec<Scellee>, Erreur> {
    const SQL: &str = "select contrat, ordre, flux, rang, enregistre, effet, genre, version, \
                       auteur, prive, charge, empreinte from journal \
                       where contrat = $1 and ordre > $2 order by ordre limit $3";
    let (apres, limite) = (entier(apres), entier(limite));
    let lues: Vec<LigneJournal> = sur!(conn, c => {
        sqlx::query_as(SQL).bind(contrat).bind(apres).bind(limite).fetch_all(c).await
    })?;
    lues.into_iter().map(ligne_lue).collect()
}

/// The contracts that have lines, after a given one.
///
/// # Errors
/// The database does not answer.
pub async fn inscrits(
    conn: &mut Conn<'_>,
    apres: &str,
    limite: u64,
) -> Result<Vec<String>, Erreur> {
    const SQL: &str =
        "select distinct contrat from journal where contrat > $1 order by contrat limit $2";
    let lus: Vec<(String,)> = sur!(conn, c => {
        sqlx::query_as(SQL).bind(apres).bind(entier(limite)).fetch_all(c).await
    })?;
    Ok(lus.into_iter().map(|(id,)| id).collect())
}

pub(super) fn ligne_lue(ligne: LigneJournal) -> Result<Scellee, Erreur> {
    let (contrat, ordre, flux, rang, enregistre, effet, genre, version, auteur, prive, charge, e) =
        ligne;
    let abime =
        |quoi: &str| Erreur::Abime(format!("la ligne {ordre} du contrat « {contrat} » {quoi}"));
    // Several texts read as the same date or digest; only the one that was written is right.
    let enregistre = enregistre
        .parse()
        .ok()
        .filter(|lu| instant(*lu) == enregistre);
    let enregistre = enregistre.ok_or_else(|| abime("n'a pas de date d'enregistrement lisible"))?;
    let effet = effet
        .parse()
        .ok()
        .filter(|lu: &NaiveDate| lu.to_string() == effet);
    let effet = effet.ok_or_else(|| abime("n'a pas de date d'effet lisible"))?;
    let version = u32::try_from(version).map_err(|_| abime("n'a pas de version lisible"))?;
    let empreinte = e.parse().ok().filter(|lue: &Digest| lue.to_string() == e);
    let empreinte = empreinte.ok_or_else(|| abime("n'a pas d'empreinte lisible"))?;
    Ok(Scellee {
        contrat,
        ordre: ordre.cast_unsigned(),
        flux,
        rang: rang.cast_unsigned(),
        enregistre,
        effet,
        genre,
        version,
        auteur,
        prive,
        charge: Charge::Claire(charge),
        empreinte,
    })
}

/// Which lines are read, and by whom: the one place where private lines are kept from the others.
#[derive(Debug, Clone, Copy)]
pub struct Regard<'r> {
    pub contrat: &'r str,
    /// One stream; empty: all.
    pub flux: &'r str,
    /// The party that reads; empty: none of them.
    pub partie: &'r str,
    /// The circle it is of; empty: none.
    pub cercle: &'r str,
}

/// The newest lines that a reader may see, oldest first.
///
/// # Errors
/// The database does not answer, or a line in it is not one.
pub async fn dernieres(
    conn: &mut Conn<'_>,
    regard: Regard<'_>,
    limite: u64,
    saut: u64,
) -> Result<Vec<Scellee>, Erreur> {
    const SQL: &str = "select contrat, ordre, flux, rang, enregistre, effet, genre, version, \
                       auteur, prive, charge, empreinte from journal \
                       where contrat = $1 and ($2 = '' or flux = $2) and prive in ('', $3, $4) \
                       order by ordre desc limit $5 offset $6";
    let lues: Vec<LigneJournal> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(regard.contrat)
            .bind(regard.flux)
            .bind(regard.partie)
            .bind(regard.cercle)
            .bind(entier(limite))
            .bind(entier(saut))
            .fetch_all(c)
            .await
    })?;
    lues.into_iter().rev().map(ligne_lue).collect()
}

/// The lines after a given one that a reader may see, in order.
///
/// # Errors
/// The database does not answer, or a line in it is not one.
pub async fn suivantes(
    conn: &mut Conn<'_>,
    regard: Regard<'_>,
    apres: u64,
    limite: u64,
) -> Result<Vec<Scellee>, Erreur> {
    const SQL: &str = "select contrat, ordre, flux, rang, enregistre, effet, genre, version, \
                       auteur, prive, charge, empreinte from journal \
                       where contrat = $1 and ($2 = '' or flux = $2) and prive in ('', $3, $4) \
                       and ordre > $5 order by ordre limit $6";
    let lues: Vec<LigneJournal> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(regard.contrat)
            .bind(regard.flux)
            .bind(regard.partie)
            .bind(regard.cercle)
            .bind(entier(apres))
            .bind(entier(limite))
            .fetch_all(c)
            .await
    })?;
    lues.into_iter().map(ligne_lue).collect()
}

/// How many lines a reader may see.
///
/// # Errors
/// The database does not answer.
pub async fn visibles(conn: &mut Conn<'_>, regard: Regard<'_>) -> Result<u64, Erreur> {
    const SQL: &str = "select count(*) from journal \
                       where contrat = $1 and ($2 = '' or flux = $2) and prive in ('', $3, $4)";
    let (nombre,): (i64,) = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(regard.contrat)
            .bind(regard.flux)
            .bind(regard.partie)
            .bind(regard.cercle)
            .fetch_one(c)
            .await
    })?;
    Ok(nombre.cast_unsigned())
}

/// A request: its contract, who asks, its id.
pub type Cle = [String; 3];

/// Those of these requests that were answered.
///
/// # Errors
/// The database does not answer.
pub async fn demandes(
    conn: &mut Conn<'_>,
    cles: &BTreeSet<Cle>,
) -> Result<BTreeMap<Cle, Repondue>, Erreur> {
    // One search by the whole key for each: a list of keys may be planned as a reading of all.
    const UNE: &str = "select contrat, auteur, id, contenu, premiere, derniere from demandes \
                       where contrat = ";
    const PG: &str = "select d.contrat, d.auteur, d.id, d.contenu, d.premiere, d.derniere \
                      from unnest($1::text[], $2::text[], $3::text[]) as v (contrat, auteur, id) \
                      cross join lateral (select * from demandes d where d.contrat = v.contrat \
                      and d.auteur = v.auteur and d.id = v.id limit 1) d";
    if cles.is_empty() {
        return Ok(BTreeMap::new());
    }
    let lues: Vec<(String, String, String, String, i64, i64)> = match conn {
        Conn::Lite(c) => {
            let mut requete = QueryBuilder::new("");
            for (n, [contrat, auteur, id]) in cles.iter().enumerate() {
                requete
                    .push(if n == 0 { "" } else { " union all " })
                    .push(UNE);
                requete
                    .push_bind(contrat)
                    .push(" and auteur = ")
                    .push_bind(auteur);
                requete.push(" and id = ").push_bind(id);
            }
            requete.build_query_as().fetch_all(&mut **c).await?
        }
        Conn::Pg(c) => {
            let [contrats, auteurs, ids]: [Vec<&str>; 3] =
                std::array::from_fn(|rang| cles.iter().map(|cle| cle[rang].as_str()).collect());
            let requete = sqlx::query_as(PG).bind(contrats).bind(auteurs).bind(ids);
            requete.fetch_all(&mut **c).await?
        }
    };
    let lue = |(contrat, auteur, id, contenu, premiere, derniere): (_, _, _, _, i64, i64)| {
        let reponse = Repondue {
            contenu,
            premiere: premiere.cast_unsigned(),
            derniere: derniere.cast_unsigned(),
        };
        ([contrat, auteur, id], reponse)
    };
    Ok(lues.into_iter().map(lue).collect())
}

/// The texts of a contract.
///
/// # Errors
/// The database does not answer.
pub async fn textes(conn: &mut Conn<'_>, contrat: &str) -> Result<Vec<String>, Erreur> {
    const SQL: &str = "select texte from textes where contrat = $1 order by empreinte";
    let lus: Vec<(String,)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(contrat).fetch_all(c).await)?;
    Ok(lus.into_iter().map(|(texte,)| texte).collect())
}

/// The contracts, after a given one.
///
/// # Errors
/// The database does not answer.
pub async fn contrats(
    conn: &mut Conn<'_>,
    apres: &str,
    limite: u64,
) -> Result<Vec<String>, Erreur> {
    const SQL: &str = "select id from contrats where id > $1 order by id limit $2";
    let lus: Vec<(String,)> = sur!(conn, c => {
        sqlx::query_as(SQL).bind(apres).bind(entier(limite)).fetch_all(c).await
    })?;
    Ok(lus.into_iter().map(|(id,)| id).collect())
}

pub(super) fn entier(nombre: u64) -> i64 {
    i64::try_from(nombre).unwrap_or(i64::MAX)
}

fn empreinte_lue(texte: &str) -> Result<Digest, Erreur> {
    texte
        .parse()
        .map_err(|_| Erreur::Abime("une empreinte de flux ne se lit pas".to_owned()))
}
