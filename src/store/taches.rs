//! What awaits someone, over all the contracts of its organisations.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;
use super::projections::{Vus, vus};

/// An act open to a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tache {
    pub contrat: String,
    /// The contract's title.
    pub de: String,
    pub flux: String,
    pub lieu: String,
    pub acte: String,
    pub titre: String,
    /// How many can be done in all, this one included.
    pub en_tout: u64,
    /// The day it is waited for, `AAAA-MM-JJ`; [`super::projections::SANS_DATE`]: without a day;
    /// empty: nobody waits for it.
    pub attendu: String,
}

type Ligne = (String, String, String, String, String, String, String, i64);

/// The acts that can be done now, those that are waited for first, by date.
///
/// # Errors
/// The database does not answer.
pub async fn ouvertes(conn: &mut Conn<'_>, vus: &Vus, limite: u64) -> Result<Vec<Tache>, Erreur> {
    const SQL: &str = concat!(
        "with vus as (",
        vus!(),
        ") select t.contrat, c.titre as de, t.flux, t.lieu, t.acte, t.titre, t.attendu, \
         count(*) over () \
         from vus s join taches t on t.contrat = s.contrat and t.partie = s.partie \
         join contrats c on c.id = t.contrat where t.manque = '[]' \
         order by case when t.attendu = '' then 1 else 0 end, t.attendu, c.titre, t.titre, \
         t.flux, t.lieu, t.acte limit $14"
    );
    let lues: Vec<Ligne> = sur!(conn, c => {
        let mut requete = sqlx::query_as(SQL);
        for texte in vus.textes() {
            requete = requete.bind(texte);
        }
        requete.bind(entier(limite)).fetch_all(c).await
    })?;
    let tache = |(contrat, de, flux, lieu, acte, titre, attendu, en_tout): Ligne| Tache {
        contrat,
        de,
        flux,
        lieu,
        acte,
        titre,
        attendu,
        en_tout: en_tout.cast_unsigned(),
    };
    Ok(lues.into_iter().map(tache).collect())
}
