//! What lists show, written with the lines: only what changed.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;
use std::collections::BTreeMap;

/// What one contract shows in lists. Computed from its state alone, so that it can be rebuilt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    pub titre: String,
    /// Its phase's title.
    pub phase: String,
    /// The date that orders the list, `AAAA-MM-JJ`; [`SANS_DATE`] when none.
    pub echeance: String,
    /// The parties that hold the pen, between commas; a comma alone twice: nobody.
    pub plume: String,
    /// Its last day while it runs, `AAAA-MM-JJ`; [`SANS_DATE`] when none.
    pub terme: String,
    /// What a search looks into, without capitals nor accents.
    pub recherche: String,
    /// Whether some stream is still running.
    pub ouvert: bool,
    /// The row of the list, in JSON.
    pub resume: String,
    /// By stream, place, act, party: the title, what is missing (JSON), and the day it is waited
    /// for ([`SANS_DATE`]: no day; empty: nobody waits).
    pub taches: BTreeMap<[String; 4], [String; 3]>,
    /// By stream, place, name: the day, and what follows.
    pub echeances: BTreeMap<[String; 3], [String; 2]>,
    /// By party: its name, the SIREN and EJ of the organisation that holds it, and what a search
    /// looks into.
    pub parties: BTreeMap<[String; 1], [String; 4]>,
    /// By FINESS number: the name, the phase it is in, and what a search looks into.
    pub esms: BTreeMap<[String; 1], [String; 3]>,
}

/// After every date.
pub const SANS_DATE: &str = "9999-12-31";

/// Notes that the clock looked at a contract, and nothing moved.
///
/// # Errors
/// The database does not take it.
pub async fn vu(conn: &mut Conn<'_>, contrat: &str, jour: &str) -> Result<(), Erreur> {
    const SQL: &str = "update contrats set vu = $2 where id = $1";
    sur!(conn, c => sqlx::query(SQL).bind(contrat).bind(jour).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Open contracts that the clock has not looked at since a day.
///
/// # Errors
/// The database does not answer.
pub async fn a_voir(conn: &mut Conn<'_>, jour: &str, limite: u64) -> Result<Vec<String>, Erreur> {
    const SQL: &str =
        "select id from contrats where ouvert = 1 and vu < $1 order by vu, id limit $2";
    let lus: Vec<(String,)> = sur!(conn, c => {
        sqlx::query_as(SQL).bind(jour).bind(entier(limite)).fetch_all(c).await
    })?;
    Ok(lus.into_iter().map(|(id,)| id).collect())
}

/// The row of one contract.
///
/// # Errors
/// The database does not answer.
pub async fn resume(conn: &mut Conn<'_>, contrat: &str) -> Result<Option<String>, Erreur> {
    const SQL: &str = "select resume from contrats where id = $1";
    let lu: Option<(String,)> =
        sur!(conn, c => sqlx::query_as(SQL).bind(contrat).fetch_optional(c).await)?;
    Ok(lu.map(|(resume,)| resume))
}

/// How many numbers may look at once; those left out are empty.
pub const NUMEROS: usize = 6;

/// What someone sees in lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vus {
    /// SIREN and EJ numbers: the contracts where one of them is a party.
    pub entiers: [String; NUMEROS],
    /// The same, of these only where one of the signs is.
    pub restreints: [String; NUMEROS],
    /// Between commas, each after one of these numbers and a space: FINESS numbers; parties;
    /// beginnings of FINESS numbers, as `debut:99`.
    pub signes: String,
}

/// The parties of contracts that someone sees, by the texts of [`Vus`] in their order: `$1` to
/// `$13`.
macro_rules! vus {
    () => {
        "select contrat, partie from parties \
         where siren in ($1, $2, $3, $4, $5, $6) and siren <> '' union \
         select contrat, partie from parties \
         where ej in ($1, $2, $3, $4, $5, $6) and ej <> '' union \
         select p.contrat, p.partie from parties p \
         where (p.siren in ($7, $8, $9, $10, $11, $12) and p.siren <> '' \
         or p.ej in ($7, $8, $9, $10, $11, $12) and p.ej <> '') and exists \
         (select 1 from (select finess as signe from esms e where e.contrat = p.contrat union all \
         select 'debut:' || substr(e.finess, 1, 2) from esms e where e.contrat = p.contrat \
         union all \
         select 'debut:' || substr(e.finess, 1, 4) from esms e where e.contrat = p.contrat \
         union all select d.partie from parties d where d.contrat = p.contrat) s \
         where p.siren <> '' and $13 like '%,' || p.siren || ' ' || s.signe || ',%' \
         or p.ej <> '' and $13 like '%,' || p.ej || ' ' || s.signe || ',%')"
    };
}
pub(super) use vus;

impl Vus {
    /// What `vus!` is bound to.
    pub(super) fn textes(&self) -> impl Iterator<Item = &String> {
        let numeros = self.entiers.iter().chain(&self.restreints);
        numeros.chain([&self.signes])
    }
}

impl Projection {
    /// Whether the row of the list is the same.
    pub fn meme_ligne(&self, autre: &Self) -> bool {
        self.ouvert == autre.ouvert
            && self.resume == autre.resume
            && self.textes() == autre.textes()
    }

    fn textes(&self) -> [&String; 6] {
        [
            &self.titre,
            &self.phase,
            &self.echeance,
            &self.plume,
            &self.terme,
            &self.recherche,
        ]
    }
}
