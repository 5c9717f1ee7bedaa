//! What a search finds in lists, of what someone sees.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;
use super::portefeuille::motif;
use super::projections::{Vus, vus};

/// What is searched, and for whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quoi {
    pub vus: Vus,
    /// Who looks sees some establishments only, but where its organisation is whole.
    pub limite: bool,
    /// Without capitals nor accents.
    pub texte: String,
    /// The most of each kind.
    pub nombre: u64,
}

/// An establishment: its contract, that contract's title, its number, its name.
pub type Esms = (String, String, String, String);

/// Establishments by their name or number: the number itself first.
///
/// # Errors
/// The database does not answer.
pub async fn esms(conn: &mut Conn<'_>, quoi: &Quoi) -> Result<Vec<Esms>, Erreur> {
    const SQL: &str = concat!(
        "with vus as (",
        vus!(),
        ") select e.contrat, c.titre, e.finess, e.nom from esms e \
         join contrats c on c.id = e.contrat \
         where e.contrat in (select contrat from vus) and e.recherche like $14 escape '!' \
         and ($15 = 0 or exists (select 1 from parties p where p.contrat = e.contrat \
         and (p.siren <> '' and $13 like '%,' || p.siren || ' ' || e.finess || ',%' \
         or p.ej <> '' and $13 like '%,' || p.ej || ' ' || e.finess || ',%')) or e.contrat in (\
         select contrat from parties where siren in ($1, $2, $3, $4, $5, $6) and siren <> '' \
         union select contrat from parties where ej in ($1, $2, $3, $4, $5, $6) and ej <> '')) \
         order by case when e.finess = $16 then 0 else 1 end, e.recherche, e.contrat, e.finess \
         limit $17"
    );
    Ok(sur!(conn, c => {
        let mut requete = sqlx::query_as(SQL);
        for texte in quoi.vus.textes() {
            requete = requete.bind(texte);
        }
        requete
            .bind(motif(&quoi.texte))
            .bind(i64::from(quoi.limite))
            .bind(&quoi.texte)
            .bind(entier(quoi.nombre))
            .fetch_all(c)
            .await
    })?)
}

/// Organisations by their name or number, and how many of the contracts each is a party of.
///
/// # Errors
/// The database does not answer.
pub async fn parties(conn: &mut Conn<'_>, quoi: &Quoi) -> Result<Vec<(String, i64)>, Erreur> {
    const SQL: &str = concat!(
        "with vus as (",
        vus!(),
        ") select p.nom, count(distinct p.contrat) from parties p \
         where p.contrat in (select contrat from vus) and p.recherche like $14 escape '!' \
         group by p.nom order by min(p.recherche), p.nom limit $15"
    );
    Ok(sur!(conn, c => {
        let mut requete = sqlx::query_as(SQL);
        for texte in quoi.vus.textes() {
            requete = requete.bind(texte);
        }
        requete.bind(motif(&quoi.texte)).bind(entier(quoi.nombre)).fetch_all(c).await
    })?)
}
