//! A backup: one file that stands by itself, in the tables of the embedded database, whichever
//! engine it was taken from. What it holds is sealed table by table.

use super::base::{Base, GARDES_LITE, migration, migrations};
use super::conn::{Conn, sur};
use super::erreur::Erreur;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Row, SqliteConnection};
use std::path::Path;

/// One value of a row: what both engines keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valeur {
    Texte(String),
    Entier(i64),
    Octets(Vec<u8>),
}

#[derive(Debug, Clone, Copy)]
enum Genre {
    Texte,
    Entier,
    Octets,
}
use Genre::{Entier as E, Octets as O, Texte as T};

/// One table, copied by pages in the order of its key, whose columns come first.
#[derive(Debug)]
pub struct Table {
    nom: &'static str,
    genres: &'static [Genre],
    cle: usize,
    page: i64,
    premiere: &'static str,
    suivante: &'static str,
    pose: &'static str,
}

macro_rules! table {
    ($nom:literal, $colonnes:literal, $cle:literal, $n:literal, $apres:literal, $page:literal,
     $genres:expr) => {
        Table {
            nom: $nom,
            genres: &$genres,
            cle: $n,
            page: $page,
            premiere: concat!(
                "select ",
                $colonnes,
                " from ",
                $nom,
                " order by ",
                $cle,
                " limit $1"
            ),
            suivante: concat!(
                "select ",
                $colonnes,
                " from ",
                $nom,
                " where (",
                $cle,
                ") > (",
                $apres,
                ") order by ",
                $cle,
                " limit $1"
            ),
            pose: concat!("insert into ", $nom, " (", $colonnes, ") "),
        }
    };
}

/// What is the truth: restored as it is.
pub const VRAIES: [Table; 9] = [
    table!(
        "journal",
        "contrat, ordre, flux, rang, enregistre, effet, genre, version, auteur, prive, charge, \
         empreinte",
        "contrat, ordre",
        2,
        "$2, $3",
        2_000,
        [T, E, T, E, T, T, T, E, T, T, T, T]
    ),
    table!(
        "contrats",
        "id, ordre, tete, instant, vu, ouvert, titre, phase, echeance, recherche, resume",
        "id",
        1,
        "$2",
        1_000,
        [T, E, T, T, T, E, T, T, T, T, T]
    ),
    table!(
        "flux",
        "contrat, flux, workflow, rang, empreinte",
        "contrat, flux",
        2,
        "$2, $3",
        2_000,
        [T, T, T, E, T]
    ),
    table!(
        "demandes",
        "contrat, auteur, id, contenu, premiere, derniere",
        "contrat, auteur, id",
        3,
        "$2, $3, $4",
        2_000,
        [T, T, T, T, E, E]
    ),
    table!(
        "textes",
        "contrat, empreinte, texte",
        "contrat, empreinte",
        2,
        "$2, $3",
        200,
        [T, T, T]
    ),
    table!(
        "depots",
        "empreinte, taille, genre, octets",
        "empreinte",
        1,
        "$2",
        4,
        [T, E, T, O]
    ),
    table!(
        "travaux",
        "cle, genre, du, bail, essais, fait, donnees",
        "cle",
        1,
        "$2",
        2_000,
        [T, T, T, T, E, T, T]
    ),
    table!(
        "avis",
        "contrat, cle, partie, objet, cree, bail, envoye",
        "contrat, cle, partie",
        3,
        "$2, $3, $4",
        2_000,
        [T, T, T, T, T, T, T]
    ),
    table!(
        "bordereaux",
        "jour, etabli, contenu, empreinte, jeton",
        "jour",
        1,
        "$2",
        1,
        [T, T, T, T, T]
    ),
];

/// What lists show: in the file, so that it may be opened as it is; computed anew when restored.
pub const PROJETEES: [Table; 4] = [
    table!(
        "taches",
        "contrat, flux, lieu, acte, partie, titre, manque",
        "contrat, flux, lieu, acte, partie",
        5,
        "$2, $3, $4, $5, $6",
        2_000,
        [T, T, T, T, T, T, T]
    ),
    table!(
        "echeances",
        "contrat, flux, lieu, nom, jour, effet",
        "contrat, flux, lieu, nom",
        4,
        "$2, $3, $4, $5",
        2_000,
        [T, T, T, T, T, T]
    ),
    table!(
        "parties",
        "contrat, partie, nom",
        "contrat, partie",
        2,
        "$2, $3",
        2_000,
        [T, T, T]
    ),
    table!(
        "esms",
        "contrat, finess, nom, phase",
        "contrat, finess",
        2,
        "$2, $3",
        2_000,
        [T, T, T, T]
    ),
];

/// Rows of one statement: enough to make its cost small, far from what either engine bears.
const LOT: usize = 100;

impl Table {
    /// The rows after a given one, in order of the key.
    async fn page(
        &self,
        conn: &mut Conn<'_>,
        apres: Option<&[Valeur]>,
    ) -> Result<Vec<Vec<Valeur>>, Erreur> {
        let sql = apres.map_or(self.premiere, |_| self.suivante);
        let cle = apres.unwrap_or_default().iter().take(self.cle);
        sur!(conn, c => {
            let mut requete = sqlx::query(sql).bind(self.page);
            for valeur in cle {
                requete = match valeur {
                    Valeur::Texte(texte) => requete.bind(texte),
                    Valeur::Entier(entier) => requete.bind(entier),
                    Valeur::Octets(octets) => requete.bind(octets),
                };
            }
            let lignes = requete.fetch_all(c).await?;
            let lue = |ligne| {
                let ligne: &_ = ligne;
                let valeurs = self.genres.iter().enumerate().map(|(i, genre)| {
                    Ok(match genre {
                        T => Valeur::Texte(Row::try_get(ligne, i)?),
                        E => Valeur::Entier(Row::try_get(ligne, i)?),
                        O => Valeur::Octets(Row::try_get(ligne, i)?),
                    })
                });
                valeurs.collect::<Result<Vec<Valeur>, Erreur>>()
            };
            lignes.iter().map(lue).collect()
        })
    }

    /// Appends rows.
    async fn pose(&self, conn: &mut Conn<'_>, lignes: &[Vec<Valeur>]) -> Result<(), Erreur> {
        for lot in lignes.chunks(LOT) {
            sur!(conn, c => {
                let mut requete = QueryBuilder::new(self.pose);
                requete.push_values(lot, |mut ligne, valeurs| {
                    for valeur in valeurs {
                        match valeur {
                            Valeur::Texte(texte) => ligne.push_bind(texte),
                            Valeur::Entier(entier) => ligne.push_bind(entier),
                            Valeur::Octets(octets) => ligne.push_bind(octets),
                        };
                    }
                });
                let entier = lot.len() == LOT;
                requete.build().persistent(entier).execute(c).await.map(|_| ())
            })?;
        }
        Ok(())
    }
}

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
        let octets = self.hacheur.finalize();
        let empreinte = octets.iter().map(|o| format!("{o:02x}")).collect();
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
        let faites = migrations(GARDES_LITE).run(&mut conn).await;
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
        let mut conn = options.connect().await?;
        let marque = sqlx::query_as("pragma application_id");
        match marque.fetch_one(&mut conn).await {
            Ok((MARQUE,)) => Ok(Some(Self { conn })),
            Ok((_,)) => Ok(None),
            // 26: not a database.
            Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("26") => Ok(None),
            Err(erreur) => Err(erreur.into()),
        }
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
                          limit 1";
    if let Conn::Pg(pg) = conn {
        let verrou = sqlx::query("lock table journal, contrats, travaux in exclusive mode");
        verrou.execute(&mut **pg).await?;
    }
    let trouvee =
        sur!(conn, c => sqlx::query(PLEINE).fetch_optional(c).await.map(|l| l.is_some()))?;
    if !trouvee {
        sur!(conn, c => sqlx::query("delete from travaux").execute(c).await.map(|_| ()))?;
    }
    Ok(!trouvee)
}
