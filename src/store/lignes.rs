//! Statements over many rows, several in one journey. SQLite takes the rows one by one, in a text
//! for each number of them; PostgreSQL column by column, in one text with one plan.

use super::conn::Conn;
use super::erreur::Erreur;
use sqlx::{PgConnection, Postgres, QueryBuilder, Sqlite, SqliteConnection};

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
        if self.vide() {
            return Ok(());
        }
        match conn {
            Conn::Lite(c) => en_un_appel(c, std::slice::from_ref(self)).await,
            Conn::Pg(c) => en_un_voyage(c, std::slice::from_ref(self)).await,
        }
    }

    fn en_valeurs(&self, requete: &mut QueryBuilder<Sqlite>) {
        for lot in self.lignes.chunks(LOT) {
            requete.push(self.debut);
            requete.push_values(lot, |mut ligne, valeurs| {
                for valeur in valeurs {
                    match valeur {
                        Valeur::Texte(texte) => ligne.push_bind(texte),
                        Valeur::Entier(entier) => ligne.push_bind(entier),
                        Valeur::Octets(octets) => ligne.push_bind(octets),
                    };
                }
            });
            requete.push(self.fin).push("; ");
        }
    }

    pub(super) fn vide(&self) -> bool {
        self.lignes.is_empty()
    }

    fn courante(&self) -> bool {
        self.lignes.len() <= COURANTES || self.lignes.len().is_multiple_of(LOT)
    }

    /// The rows as columns: `select * from unnest($1, $2)`.
    fn en_colonnes(&self, requete: &mut QueryBuilder<Postgres>, garde: Option<i64>) {
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
        requete.push(")");
        if let Some(tetes) = garde {
            requete
                .push(" where (select n from garde) = ")
                .push_bind(tetes);
        }
        requete.push(self.fin);
    }
}

/// Several statements, one after the other: the file's own thread is called once.
pub(super) async fn en_un_appel(
    conn: &mut SqliteConnection,
    ordres: &[EnLignes<'_>],
) -> Result<(), Erreur> {
    if ordres.is_empty() {
        return Ok(());
    }
    let mut requete = QueryBuilder::new("");
    for ordre in ordres {
        ordre.en_valeurs(&mut requete);
    }
    let courante = ordres.iter().all(EnLignes::courante);
    let requete = requete.build().persistent(courante);
    requete.execute(conn).await?;
    Ok(())
}

/// Several statements at once, that touch no row twice.
pub(super) async fn en_un_voyage(
    conn: &mut PgConnection,
    ordres: &[EnLignes<'_>],
) -> Result<(), Erreur> {
    let mut requete = QueryBuilder::new("");
    let Some((dernier, autres)) = ordres.split_last() else {
        return Ok(());
    };
    for (rang, ordre) in autres.iter().enumerate() {
        requete.push(if rang == 0 { "with e" } else { ", e" });
        requete.push(rang).push(" as (");
        ordre.en_colonnes(&mut requete, None);
        requete.push(") ");
    }
    dernier.en_colonnes(&mut requete, None);
    requete.build().execute(conn).await?;
    Ok(())
}

/// Heads of contracts, as they are expected: which, how many lines, the digest of the last.
pub(super) type Attendues<'t> = [(&'t str, i64, &'t str)];

/// The same, by itself a transaction: the heads are locked first, and nothing is written when one
/// has moved. Answers whether it was written, once that is durable.
pub(super) async fn si_rien_n_a_bouge(
    conn: &mut PgConnection,
    tetes: &Attendues<'_>,
    ordres: &[EnLignes<'_>],
) -> sqlx::Result<bool> {
    const GARDE: &str = "with garde as materialized (select count(*) as n from unnest(";
    // One by one, in the order given: joined, the whole table would be read.
    const FIN: &str = ") as v (id, ordre, tete), lateral (select 1 from contrats c \
                       where c.id = v.id and c.ordre = v.ordre and c.tete = v.tete \
                       for update) as tenue)";
    let mut requete = QueryBuilder::new(GARDE);
    let ids: Vec<&str> = tetes.iter().map(|t| t.0).collect();
    requete.push_bind(ids).push(", ");
    let places: Vec<i64> = tetes.iter().map(|t| t.1).collect();
    requete.push_bind(places).push(", ");
    let empreintes: Vec<&str> = tetes.iter().map(|t| t.2).collect();
    requete.push_bind(empreintes).push(FIN);
    let combien = i64::try_from(tetes.len()).unwrap_or(i64::MAX);
    for (rang, ordre) in ordres.iter().enumerate() {
        requete.push(", e").push(rang).push(" as (");
        ordre.en_colonnes(&mut requete, Some(combien));
        requete.push(")");
    }
    requete.push(" select n from garde where n = ");
    requete.push_bind(combien);
    // To its end, where the server says that it is kept: a row comes earlier.
    let fait = requete.build().execute(conn).await?;
    Ok(fait.rows_affected() == 1)
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
