//! The outbox: messages to people, written with what they tell of, sent after; and what each
//! person chose to receive. Instants are as the journal writes them.

use super::avis::Avis;
use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;

/// A message, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Courriel {
    /// Says which; two messages of one id are one.
    pub id: String,
    pub personne: String,
    pub nom: String,
    pub adresse: String,
    pub sujet: String,
    pub texte: String,
    pub html: String,
    pub cree: String,
    /// How many times it was claimed, this one included: also the proof that it is still ours.
    pub essais: i64,
}

/// A notice that waits for the weekly message of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recueilli {
    pub personne: String,
    pub avis: Avis,
}

/// Writes a message, due at once. Answers false when it was there already.
///
/// # Errors
/// The database does not take it.
pub async fn depose(conn: &mut Conn<'_>, courriel: &Courriel) -> Result<bool, Erreur> {
    const SQL: &str = "insert into courriels (id, personne, nom, adresse, sujet, texte, html, \
                       cree, du, bail, essais, envoye, refuse, erreur) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $8, '', 0, '', '', '') \
                       on conflict (id) do nothing";
    let n = sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&courriel.id)
            .bind(&courriel.personne)
            .bind(&courriel.nom)
            .bind(&courriel.adresse)
            .bind(&courriel.sujet)
            .bind(&courriel.texte)
            .bind(&courriel.html)
            .bind(&courriel.cree)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// Claims the message that has waited longest, until an instant.
///
/// # Errors
/// The database does not answer.
pub async fn prend(
    conn: &mut Conn<'_>,
    maintenant: &str,
    jusqu_a: &str,
) -> Result<Option<Courriel>, Erreur> {
    const LITE: &str = "update courriels set bail = $2, essais = essais + 1 where id = \
                        (select id from courriels where envoye = '' and refuse = '' \
                        and du <= $1 and bail <= $1 order by du, id limit 1) \
                        returning id, personne, nom, adresse, sujet, texte, html, cree, essais";
    const PG: &str = "update courriels set bail = $2, essais = essais + 1 where id = \
                      (select id from courriels where envoye = '' and refuse = '' \
                      and du <= $1 and bail <= $1 order by du, id limit 1 \
                      for update skip locked) \
                      returning id, personne, nom, adresse, sujet, texte, html, cree, essais";
    let sql = match conn {
        Conn::Lite(_) => LITE,
        Conn::Pg(_) => PG,
    };
    Ok(sur!(conn, c => {
        sqlx::query_as(sql).bind(maintenant).bind(jusqu_a).fetch_optional(c).await
    })?)
}

/// Notes that a message which is still ours was sent; what it said goes.
///
/// # Errors
/// The database does not take it.
pub async fn envoye(conn: &mut Conn<'_>, courriel: &Courriel, quand: &str) -> Result<bool, Erreur> {
    const SQL: &str = "update courriels set envoye = $3, erreur = $4, nom = '', adresse = '', \
                       sujet = '', texte = '', html = '' \
                       where id = $1 and essais = $2 and envoye = ''";
    note(conn, SQL, courriel, quand, "").await
}

/// Gives up a message which is still ours: nobody will try it again.
///
/// # Errors
/// The database does not take it.
pub async fn refuse(
    conn: &mut Conn<'_>,
    courriel: &Courriel,
    quand: &str,
    pourquoi: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = "update courriels set refuse = $3, erreur = $4, texte = '', html = '' \
                       where id = $1 and essais = $2 and envoye = ''";
    note(conn, SQL, courriel, quand, pourquoi).await
}

/// Puts a message which is still ours off until an instant.
///
/// # Errors
/// The database does not take it.
pub async fn remet(
    conn: &mut Conn<'_>,
    courriel: &Courriel,
    du: &str,
    pourquoi: &str,
) -> Result<bool, Erreur> {
    const SQL: &str = "update courriels set du = $3, erreur = $4, bail = '' \
                       where id = $1 and essais = $2 and envoye = ''";
    note(conn, SQL, courriel, du, pourquoi).await
}

async fn note(
    conn: &mut Conn<'_>,
    sql: &'static str,
    courriel: &Courriel,
    quand: &str,
    erreur: &str,
) -> Result<bool, Erreur> {
    let n = sur!(conn, c => {
        sqlx::query(sql)
            .bind(&courriel.id)
            .bind(courriel.essais)
            .bind(quand)
            .bind(erreur)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// How many messages wait, and how many were given up.
///
/// # Errors
/// The database does not answer.
pub async fn attente(conn: &mut Conn<'_>) -> Result<(i64, i64), Erreur> {
    const SQL: &str = "select (select count(*) from courriels where envoye = '' and refuse = ''), \
                       (select count(*) from courriels where refuse <> '')";
    Ok(sur!(conn, c => sqlx::query_as(SQL).fetch_one(c).await)?)
}

/// Keeps a notice for the weekly message of a person, once.
///
/// # Errors
/// The database does not take it.
pub async fn recueille(
    conn: &mut Conn<'_>,
    recueilli: &Recueilli,
    cree: &str,
    du: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into recueil (personne, contrat, cle, partie, objet, cree, du) \
                       values ($1, $2, $3, $4, $5, $6, $7) \
                       on conflict (personne, contrat, cle, partie) do nothing";
    let avis = &recueilli.avis;
    sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&recueilli.personne)
            .bind(&avis.contrat)
            .bind(&avis.cle)
            .bind(&avis.partie)
            .bind(&avis.objet)
            .bind(cree)
            .bind(du)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The person whose weekly message has been due longest, and since when.
///
/// # Errors
/// The database does not answer.
pub async fn semaine_due(
    conn: &mut Conn<'_>,
    maintenant: &str,
) -> Result<Option<(String, String)>, Erreur> {
    const SQL: &str =
        "select personne, du from recueil where du <= $1 order by du, personne limit 1";
    Ok(sur!(conn, c => sqlx::query_as(SQL).bind(maintenant).fetch_optional(c).await)?)
}

/// What a weekly message gathers, oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn recueillis(
    conn: &mut Conn<'_>,
    personne: &str,
    du: &str,
    limite: u64,
) -> Result<Vec<Recueilli>, Erreur> {
    const SQL: &str = "select contrat, cle, partie, objet from recueil where personne = $1 \
                       and du = $2 order by contrat, cree, cle, partie limit $3";
    let lus: Vec<(String, String, String, String)> = sur!(conn, c => {
        sqlx::query_as(SQL).bind(personne).bind(du).bind(entier(limite)).fetch_all(c).await
    })?;
    let recueilli = |(contrat, cle, partie, objet)| Recueilli {
        personne: personne.to_owned(),
        avis: Avis {
            contrat,
            cle,
            partie,
            objet,
        },
    };
    Ok(lus.into_iter().map(recueilli).collect())
}

/// Lets go of a notice that a weekly message told. Answers false when another had.
///
/// # Errors
/// The database does not take it.
pub async fn oublie(conn: &mut Conn<'_>, recueilli: &Recueilli) -> Result<bool, Erreur> {
    const SQL: &str = "delete from recueil where personne = $1 and contrat = $2 and cle = $3 \
                       and partie = $4";
    let avis = &recueilli.avis;
    let n = sur!(conn, c => {
        sqlx::query(SQL)
            .bind(&recueilli.personne)
            .bind(&avis.contrat)
            .bind(&avis.cle)
            .bind(&avis.partie)
            .execute(c)
            .await
            .map(|fait| fait.rows_affected())
    })?;
    Ok(n > 0)
}

/// What a person chose: heading, mode.
///
/// # Errors
/// The database does not answer.
pub async fn preferences(
    conn: &mut Conn<'_>,
    personne: &str,
) -> Result<Vec<(String, String)>, Erreur> {
    const SQL: &str = "select rubrique, mode from preferences where personne = $1";
    Ok(sur!(conn, c => sqlx::query_as(SQL).bind(personne).fetch_all(c).await)?)
}

/// Keeps what a person chooses for a heading.
///
/// # Errors
/// The database does not take it.
pub async fn prefere(
    conn: &mut Conn<'_>,
    personne: &str,
    rubrique: &str,
    mode: &str,
) -> Result<(), Erreur> {
    const SQL: &str = "insert into preferences (personne, rubrique, mode) values ($1, $2, $3) \
                       on conflict (personne, rubrique) do update set mode = excluded.mode";
    sur!(conn, c => {
        sqlx::query(SQL).bind(personne).bind(rubrique).bind(mode).execute(c).await.map(|_| ())
    })?;
    Ok(())
}
