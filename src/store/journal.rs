//! The lines of contracts, their heads, the requests answered, the texts.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use crate::metier::chaine::{Charge, Scellee, Tetes, instant};
use crate::workflow::machine::digest::Digest;
use chrono::NaiveDate;

/// The head of a contract: what a writer locks.
#[derive(Debug, Clone, PartialEq, Eq)]
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
const TETE_VERROUILLEE: &str =
    "select ordre, tete, instant, vu from contrats where id = $1 for update";

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

/// The same, held until the transaction ends. On SQLite the whole transaction holds the file.
///
/// # Errors
/// The database does not answer, or another writer holds it too long.
pub async fn verrouille(conn: &mut Conn<'_>, contrat: &str) -> Result<Option<Tete>, Erreur> {
    let lue: Option<LigneTete> = match conn {
        Conn::Lite(c) => {
            sqlx::query_as(TETE)
                .bind(contrat)
                .fetch_optional(&mut **c)
                .await?
        }
        Conn::Pg(c) => {
            let requete = sqlx::query_as(TETE_VERROUILLEE).bind(contrat);
            requete.fetch_optional(&mut **c).await?
        }
    };
    Ok(tete_lue(lue))
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

/// Lets the heads of the streams of a contract go, before they are written again.
///
/// # Errors
/// The database does not take it.
pub async fn oublie_flux(conn: &mut Conn<'_>, contrat: &str) -> Result<(), Erreur> {
    const SQL: &str = "delete from flux where contrat = $1";
    sur!(conn, c => sqlx::query(SQL).bind(contrat).execute(c).await.map(|_| ()))?;
    Ok(())
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
                       where contrat = $1 and ($2 = '' or flux = $2) and prive in ('', $3) \
                       order by ordre desc limit $4 offset $5";
    let lues: Vec<LigneJournal> = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(regard.contrat)
            .bind(regard.flux)
            .bind(regard.partie)
            .bind(entier(limite))
            .bind(entier(saut))
            .fetch_all(c)
            .await
    })?;
    lues.into_iter().rev().map(ligne_lue).collect()
}

/// How many lines a reader may see.
///
/// # Errors
/// The database does not answer.
pub async fn visibles(conn: &mut Conn<'_>, regard: Regard<'_>) -> Result<u64, Erreur> {
    const SQL: &str = "select count(*) from journal \
                       where contrat = $1 and ($2 = '' or flux = $2) and prive in ('', $3)";
    let (nombre,): (i64,) = sur!(conn, c => {
        sqlx::query_as(SQL)
            .bind(regard.contrat)
            .bind(regard.flux)
            .bind(regard.partie)
            .fetch_one(c)
            .await
    })?;
    Ok(nombre.cast_unsigned())
}

/// Appends lines, in order.
///
/// # Errors
/// The database does not take them, or another writer came first.
pub async fn ajoute(conn: &mut Conn<'_>, lignes: &[Scellee]) -> Result<(), Erreur> {
    const SQL: &str = "insert into journal (contrat, ordre, flux, rang, enregistre, effet, genre, \
                       version, auteur, prive, charge, empreinte) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    for ligne in lignes {
        let Charge::Claire(charge) = &ligne.charge else {
            return Err(Erreur::Abime(
                "une ligne caviardée ne s'écrit pas".to_owned(),
            ));
        };
        sur!(conn, c => {
            sqlx::query(SQL)
                .bind(&ligne.contrat)
                .bind(entier(ligne.ordre))
                .bind(&ligne.flux)
                .bind(entier(ligne.rang))
                .bind(instant(ligne.enregistre))
                .bind(ligne.effet.to_string())
                .bind(&ligne.genre)
                .bind(i64::from(ligne.version))
                .bind(&ligne.auteur)
                .bind(&ligne.prive)
                .bind(charge)
                .bind(ligne.empreinte.to_string())
                .execute(c)
                .await
                .map(|_| ())
        })?;
    }
    Ok(())
}

/// Moves the head of a stream on.
///
/// # Errors
/// The database does not take it.
pub async fn avance_flux(
    conn: &mut Conn<'_>,
    contrat: &str,
    flux: &str,
    workflow: &str,
    tete: (u64, Digest),
) -> Result<(), Erreur> {
    const SQL: &str = "insert into flux (contrat, flux, workflow, rang, empreinte) \
                       values ($1, $2, $3, $4, $5) on conflict (contrat, flux) \
                       do update set rang = excluded.rang, empreinte = excluded.empreinte";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(contrat)
            .bind(flux)
            .bind(workflow)
            .bind(entier(tete.0))
            .bind(tete.1.to_string())
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// A request, if it was answered.
///
/// # Errors
/// The database does not answer.
pub async fn demande(
    conn: &mut Conn<'_>,
    contrat: &str,
    auteur: &str,
    id: &str,
) -> Result<Option<Repondue>, Erreur> {
    const SQL: &str = "select contenu, premiere, derniere from demandes \
                       where contrat = $1 and auteur = $2 and id = $3";
    let lue: Option<(String, i64, i64)> = sur!(conn, c => {
        sqlx::query_as(SQL).bind(contrat).bind(auteur).bind(id).fetch_optional(c).await
    })?;
    Ok(lue.map(|(contenu, premiere, derniere)| Repondue {
        contenu,
        premiere: premiere.cast_unsigned(),
        derniere: derniere.cast_unsigned(),
    }))
}

/// Keeps the answer to a request.
///
/// # Errors
/// The database does not take it, or the same request came first.
pub async fn repond(
    conn: &mut Conn<'_>,
    contrat: &str,
    auteur: &str,
    id: &str,
    reponse: &Repondue,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into demandes (contrat, auteur, id, contenu, premiere, derniere) \
                       values ($1, $2, $3, $4, $5, $6)";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(contrat)
            .bind(auteur)
            .bind(id)
            .bind(&reponse.contenu)
            .bind(entier(reponse.premiere))
            .bind(entier(reponse.derniere))
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Keeps a text of a contract, once.
///
/// # Errors
/// The database does not take it.
pub async fn garde_texte(
    conn: &mut Conn<'_>,
    contrat: &str,
    empreinte: Digest,
    texte: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into textes (contrat, empreinte, texte) values ($1, $2, $3) \
                       on conflict (contrat, empreinte) do nothing";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(contrat)
            .bind(empreinte.to_string())
            .bind(texte)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Keeps a private note of a party.
///
/// # Errors
/// The database does not take it.
pub async fn garde_note(
    conn: &mut Conn<'_>,
    contrat: &str,
    engagement: Digest,
    partie: &str,
    [sel, texte]: [&str; 2],
) -> Result<(), Erreur> {
    const SQL: &str = "insert into notes (contrat, engagement, partie, sel, texte) \
                       values ($1, $2, $3, $4, $5) on conflict (contrat, engagement) do nothing";
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(contrat)
            .bind(engagement.to_string())
            .bind(partie)
            .bind(sel)
            .bind(texte)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
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
