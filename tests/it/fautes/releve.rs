//! What the tables hold, row by row, whatever the engine.

use entente::store::{Base, Conn};
use std::collections::BTreeMap;

/// The rows of each table, sorted.
pub type Releve = BTreeMap<&'static str, Vec<String>>;

/// What is computed from the journal. `vu`, the last look of the clock, is not.
pub const PROJECTIONS: [(&str, &str); 6] = [
    (
        "contrats",
        "id, ordre, tete, instant, ouvert, titre, phase, echeance, recherche, resume",
    ),
    ("flux", "contrat, flux, workflow, rang, empreinte"),
    ("taches", "contrat, flux, lieu, acte, partie, titre, manque"),
    ("echeances", "contrat, flux, lieu, nom, jour, effet"),
    ("parties", "contrat, partie, nom"),
    ("esms", "contrat, finess, nom, phase"),
];

/// What is told and sealed, or checked against it.
pub const CONTENU: [(&str, &str); 4] = [
    (
        "journal",
        "contrat, ordre, flux, rang, enregistre, effet, genre, version, auteur, prive, charge, \
         empreinte",
    ),
    ("contrats", "id, ordre, tete"),
    ("flux", "contrat, flux, rang, empreinte"),
    ("textes", "contrat, empreinte, texte"),
];

/// # Errors
/// A table that does not read.
pub async fn releve(
    base: &Base,
    tables: &[(&'static str, &'static str)],
) -> Result<Releve, sqlx::Error> {
    let mut releve = Releve::new();
    for (table, colonnes) in tables {
        let colonnes: Vec<String> = colonnes
            .split(", ")
            .map(|c| format!("cast({c} as text)"))
            .collect();
        let sql = format!("select {} from {table}", colonnes.join(" || '¦' || "));
        let sql = sqlx::AssertSqlSafe(sql);
        let lues: Vec<(String,)> = match base {
            Base::Lite { lecture, .. } => sqlx::query_as(sql).fetch_all(lecture).await?,
            Base::Pg(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
        };
        let mut lignes: Vec<String> = lues.into_iter().map(|(ligne,)| ligne).collect();
        lignes.sort();
        releve.insert(table, lignes);
    }
    Ok(releve)
}

/// Empties tables.
pub async fn vide(base: &Base, tables: &[(&'static str, &'static str)]) {
    for (table, _) in tables {
        execute(base, &format!("delete from {table}")).await;
    }
}

/// A statement that the program would not make.
pub async fn execute(base: &Base, sql: &str) {
    let sql = sql.to_owned();
    let acte = base.ecrire(move |conn| {
        Box::pin(async move {
            let sql = sqlx::AssertSqlSafe(sql);
            match conn {
                Conn::Lite(c) => sqlx::query(sql).execute(c).await.map(|_| ())?,
                Conn::Pg(c) => sqlx::query(sql).execute(c).await.map(|_| ())?,
            }
            Ok(())
        })
    });
    acte.await.unwrap();
}
