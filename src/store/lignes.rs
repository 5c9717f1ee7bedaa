//! Statements over many rows. SQLite takes the rows one by one, in a text for each number of them;
//! PostgreSQL column by column, in one text with one plan, and several statements in one journey.

use super::conn::Conn;
use super::erreur::Erreur;
use sqlx::{PgConnection, Postgres, QueryBuilder, SqliteConnection};

/// One value of a row: what both engines keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Valeur {
    Texte(String),
    Entier(i64),
    Octets(Vec<u8>),
}

/// A statement: its beginning, the rows, its end.
pub(super) struct EnLignes<'r> {
    debut: &'static str,
    lignes: Vec<Vec<&'r Valeur>>,
    fin: &'static str,
}

/// Rows of one statement: enough to make its cost small, far from what SQLite bears.
const LOT: usize = 100;
/// Up to so many rows, the statement is kept ready: few lengths come back often.
const COURANTES: usize = 32;

impl<'r> EnLignes<'r> {
    pub(super) fn nouvelle(
        debut: &'static str,
        lignes: Vec<Vec<&'r Valeur>>,
        fin: &'static str,
    ) -> Self {
        Self { debut, lignes, fin }
    }

    pub(super) async fn execute(&self, conn: &mut Conn<'_>) -> Result<(), Erreur> {
        match conn {
            Conn::Lite(c) => self.une_a_une(c).await,
            Conn::Pg(c) => en_un_voyage(c, &[self]).await,
        }
    }

    pub(super) async fn une_a_une(&self, conn: &mut SqliteConnection) -> Result<(), Erreur> {
        for lot in self.lignes.chunks(LOT) {
            let connue = lot.len() <= COURANTES || lot.len() == LOT;
            let mut requete = QueryBuilder::new(self.debut);
            requete.push_values(lot, |mut ligne, valeurs| {
                for valeur in valeurs {
                    match valeur {
                        Valeur::Texte(texte) => ligne.push_bind(texte),
                        Valeur::Entier(entier) => ligne.push_bind(entier),
                        Valeur::Octets(octets) => ligne.push_bind(octets),
                    };
                }
            });
            let requete = requete.push(self.fin).build().persistent(connue);
            requete.execute(&mut *conn).await?;
        }
        Ok(())
    }

    /// The rows as columns: `select * from unnest($1, $2)`.
    fn en_colonnes(&self, requete: &mut QueryBuilder<Postgres>) {
        requete.push(self.debut).push("select * from unnest(");
        let premiere = self.lignes.first().map_or(&[][..], Vec::as_slice);
        for (rang, modele) in premiere.iter().enumerate() {
            requete.push(if rang == 0 { "" } else { ", " });
            let colonne = self.lignes.iter().filter_map(|l| l.get(rang).copied());
            match modele {
                Valeur::Texte(_) => {
                    requete.push_bind(colonne.filter_map(texte).collect::<Vec<_>>())
                }
                Valeur::Entier(_) => {
                    requete.push_bind(colonne.filter_map(entier).collect::<Vec<_>>())
                }
                Valeur::Octets(_) => {
                    requete.push_bind(colonne.filter_map(octets).collect::<Vec<_>>())
                }
            };
        }
        requete.push(")").push(self.fin);
    }
}

/// Several statements at once, that touch no row twice.
pub(super) async fn en_un_voyage(
    conn: &mut PgConnection,
    ordres: &[&EnLignes<'_>],
) -> Result<(), Erreur> {
    let ordres: Vec<_> = ordres.iter().filter(|o| !o.lignes.is_empty()).collect();
    let mut requete = QueryBuilder::new("");
    let Some((dernier, autres)) = ordres.split_last() else {
        return Ok(());
    };
    for (rang, ordre) in autres.iter().enumerate() {
        requete.push(if rang == 0 { "with e" } else { ", e" });
        requete.push(rang).push(" as (");
        ordre.en_colonnes(&mut requete);
        requete.push(") ");
    }
    dernier.en_colonnes(&mut requete);
    requete.build().execute(conn).await?;
    Ok(())
}

fn texte(valeur: &Valeur) -> Option<&str> {
    match valeur {
        Valeur::Texte(texte) => Some(texte),
        _ => None,
    }
}

fn entier(valeur: &Valeur) -> Option<i64> {
    match valeur {
        Valeur::Entier(entier) => Some(*entier),
        _ => None,
    }
}

fn octets(valeur: &Valeur) -> Option<&[u8]> {
    match valeur {
        Valeur::Octets(octets) => Some(octets),
        _ => None,
    }
}
