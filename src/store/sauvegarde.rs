//! A backup: one file that stands by itself, in the tables of the embedded database, whichever
//! engine it was taken from. What it holds is sealed table by table.

use super::base::{Base, LITE, migration, migrations};
use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::lignes::Valeur;
use super::tables::{PROJETEES, Table, VRAIES};
use crate::workflow::machine::digest::Digest;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;

/// How many rows a table holds, and a digest over them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sceau {
    lignes: i64,
    empreinte: String,
}

#[derive(Default)]
struct Scellement {
    lignes: i64,
    hacheur: Sha256,
}

impl Scellement {
    fn ajoute(&mut self, ligne: &[Valeur]) {
        self.lignes += 1;
        for valeur in ligne {
            let (tag, octets): (u8, &[u8]) = match valeur {
                Valeur::Texte(texte) => (0, texte.as_bytes()),
                Valeur::Entier(entier) => (1, &entier.to_be_bytes()),
                Valeur::Octets(octets) => (2, octets),
            };
            self.hacheur.update([tag]);
            self.hacheur.update((octets.len() as u64).to_be_bytes());
            self.hacheur.update(octets);
        }
    }

    fn clos(self) -> Sceau {
        let empreinte = Digest(self.hacheur.finalize().into()).to_string();
        Sceau {
            lignes: self.lignes,
            empreinte,
        }
    }
}

/// A backup file, open.
pub struct Fichier {
    conn: SqliteConnection,
}

/// Says that a SQLite file is a backup of ours: « Ente » in ASCII.
const MARQUE: i64 = 0x456e_7465;

impl Fichier {
    /// A new backup, at a path where nothing stands.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn nouveau(chemin: &Path) -> Result<Self, Erreur> {
        // It is synced once, whole, at the end: a crash leaves a file that nobody takes for one.
        let options = SqliteConnectOptions::new()
            .filename(chemin)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off);
        let mut conn = options.connect().await?;
        let faites = migrations(LITE).run(&mut conn).await;
        faites.map_err(|e| migration(&e))?;
        Ok(Self { conn })
    }

    /// Takes everything a database holds, as it stood at one moment, and seals it.
    ///
    /// # Errors
    /// The database does not answer, or the file cannot be written.
    pub async fn prend(&mut self, base: &Base) -> Result<(), Erreur> {
        let mut instantane = base.instantane().await?;
        let mut transaction = self.conn.begin().await?;
        for table in VRAIES.iter().chain(&PROJETEES) {
            let mut derniere: Option<Vec<Valeur>> = None;
            loop {
                let page = table
                    .page(&mut instantane.conn(), derniere.as_deref())
                    .await?;
                table.pose(&mut Conn::Lite(&mut transaction), &page).await?;
                match page.into_iter().next_back() {
                    Some(ligne) => derniere = Some(ligne),
                    None => break,
                }
            }
        }
        transaction.commit().await?;
        drop(instantane);
        self.scelle().await
    }

    /// Reads the file again and writes what each table must be found to be.
    async fn scelle(&mut self) -> Result<(), Erreur> {
        const CREE: &str = "create table sauvegarde (nom text not null primary key, \
                            lignes bigint not null, empreinte text not null)";
        const NOTE: &str = "insert into sauvegarde (nom, lignes, empreinte) values ($1, $2, $3)";
        sqlx::query(CREE).execute(&mut self.conn).await?;
        for table in VRAIES.iter().chain(&PROJETEES) {
            let sceau = self.parcourt(table, None).await?;
            let note = sqlx::query(NOTE).bind(table.nom).bind(sceau.lignes);
            let note = note.bind(sceau.empreinte);
            note.execute(&mut self.conn).await?;
        }
        // The pragma takes no parameter; the value is MARQUE.
        let marque = sqlx::query("pragma application_id = 1164866661");
        marque.execute(&mut self.conn).await?;
        Ok(())
    }

    /// Opens a backup, to read it only.
    ///
    /// # Errors
    /// `Ok(None)`: the file is not a backup of ours.
    pub async fn lit(chemin: &Path) -> Result<Option<Self>, Erreur> {
        let options = SqliteConnectOptions::new()
            .filename(chemin)
            .read_only(true)
            .immutable(true);
        match Self::marquee(&options).await {
            Ok((conn, MARQUE)) => Ok(Some(Self { conn })),
            Ok(_) => Ok(None),
            // 26: not a database.
            Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("26") => Ok(None),
            Err(erreur) => Err(erreur.into()),
        }
    }

    async fn marquee(options: &SqliteConnectOptions) -> sqlx::Result<(SqliteConnection, i64)> {
        let mut conn = options.connect().await?;
        let marque = sqlx::query_as("pragma application_id");
        let (marque,) = marque.fetch_one(&mut conn).await?;
        Ok((conn, marque))
    }

    /// Pours the truth of the backup into a database, and checks its seals on the way.
    ///
    /// # Errors
    /// [`Erreur::Abime`] when a table is not as it was sealed.
    pub async fn verse(&mut self, vers: &mut Conn<'_>) -> Result<(), Erreur> {
        const SCEAU: &str = "select lignes, empreinte from sauvegarde where nom = $1";
        for table in &VRAIES {
            let trouve = self.parcourt(table, Some(vers)).await?;
            let sceau = sqlx::query_as(SCEAU).bind(table.nom);
            let sceau: Option<(i64, String)> = sceau.fetch_optional(&mut self.conn).await?;
            let attendu = sceau.map(|(lignes, empreinte)| Sceau { lignes, empreinte });
            if attendu.as_ref() != Some(&trouve) {
                let nom = table.nom;
                return Err(Erreur::Abime(format!(
                    "la table « {nom} » n'est pas celle qui a été scellée"
                )));
            }
        }
        Ok(())
    }

    /// Reads a table from end to end, and copies it where it is asked.
    async fn parcourt(
        &mut self,
        table: &Table,
        mut vers: Option<&mut Conn<'_>>,
    ) -> Result<Sceau, Erreur> {
        let mut scellement = Scellement::default();
        let mut derniere: Option<Vec<Valeur>> = None;
        loop {
            let page = table.page(&mut self.conn(), derniere.as_deref()).await?;
            for ligne in &page {
                scellement.ajoute(ligne);
            }
            if let Some(vers) = &mut vers {
                table.pose(vers, &page).await?;
            }
            match page.into_iter().next_back() {
                Some(ligne) => derniere = Some(ligne),
                None => return Ok(scellement.clos()),
            }
        }
    }

    /// The file, as any database.
    pub fn conn(&mut self) -> Conn<'_> {
        Conn::Lite(&mut self.conn)
    }

    /// Closes the file.
    ///
    /// # Errors
    /// What was written does not reach it.
    pub async fn ferme(self) -> Result<(), Erreur> {
        Ok(self.conn.close().await?)
    }
}

/// Whether a database holds nothing; held so until the transaction ends. Jobs of a program that
/// started on it are not contents: they go.
///
/// # Errors
/// The database does not answer.
pub async fn vide(conn: &mut Conn<'_>) -> Result<bool, Erreur> {
    const PLEINE: &str = "select 1 from contrats union all select 1 from journal \
                          union all select 1 from bordereaux union all select 1 from depots \
                          union all select 1 from organisations union all \
                          select 1 from personnes union all select 1 from registre_acces \
                          union all select 1 from imports limit 1";
    if let Conn::Pg(pg) = conn {
        let verrou = sqlx::query(
            "lock table journal, contrats, travaux, organisations, personnes, registre_acces, \
             imports in exclusive mode",
        );
        verrou.execute(&mut **pg).await?;
    }
    let trouvee =
        sur!(conn, c => sqlx::query(PLEINE).fetch_optional(c).await.map(|l| l.is_some()))?;
    if !trouvee {
        sur!(conn, c => sqlx::query("delete from travaux").execute(c).await.map(|_| ()))?;
    }
    Ok(!trouvee)
}
