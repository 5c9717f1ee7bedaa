//! Opening: which database, its settings, its migrations.

use super::conn::Conn;
use super::erreur::Erreur;
use super::faute::{Point, passe};
use super::feuille::Feuille;
use super::journal::Tete;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{
    Connection as _, PgPool, Postgres, SqlSafeStr, Sqlite, SqliteConnection, SqlitePool,
    Transaction,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::Future;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adresse {
    /// A file, made when absent.
    Fichier(PathBuf),
    /// `postgres://…`.
    Postgres(String),
}

impl FromStr for Adresse {
    type Err = String;

    fn from_str(texte: &str) -> Result<Self, String> {
        if texte.starts_with("postgres://") || texte.starts_with("postgresql://") {
            return chiffree(texte).map(Self::Postgres);
        }
        let chemin = texte.strip_prefix("sqlite:");
        let chemin = chemin.map(|c| c.strip_prefix("//").unwrap_or(c));
        match chemin {
            Some(chemin) if !chemin.is_empty() && !chemin.contains(['?', '\0']) => {
                Ok(Self::Fichier(PathBuf::from(chemin)))
            }
            _ => Err(format!(
                "l'adresse de base « {texte} » ne se lit pas : attendu « sqlite:CHEMIN » ou \
                 « postgres://UTILISATEUR@HÔTE/BASE »."
            )),
        }
    }
}

/// What the address of a database on another machine bears when it is not reached over TLS, with
/// the reason: `exception_tls=tunnel`.
const EXCEPTION: &str = "exception_tls=";

/// The address of a server of PostgreSQL: on this machine, or reached over TLS with its
/// certificate checked, or as an exception that the address itself bears.
fn chiffree(texte: &str) -> Result<String, String> {
    let (avant, apres) = texte.split_once('?').unwrap_or((texte, ""));
    let (exceptions, autres): (Vec<&str>, Vec<&str>) =
        apres.split('&').partition(|p| p.starts_with(EXCEPTION));
    let suite = autres.join("&");
    let texte = match &*suite {
        "" => avant.to_owned(),
        suite => format!("{avant}?{suite}"),
    };
    let illisible = |e| format!("l'adresse de base « {avant} » ne se lit pas ({e}).");
    let options = PgConnectOptions::from_str(&texte).map_err(illisible)?;
    let hote = options.get_host();
    let ici = hote == "localhost"
        || hote.starts_with('/')
        || options.get_socket().is_some()
        || hote
            .trim_matches(['[', ']'])
            .parse()
            .is_ok_and(|ip: IpAddr| ip.is_loopback());
    let verifiee = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
    let exceptee = exceptions.iter().any(|e| e.len() > EXCEPTION.len());
    if ici || verifiee || exceptee {
        return Ok(texte);
    }
    Err(format!(
        "la base est sur une autre machine (« {hote} ») et son adresse ne demande pas que la \
         liaison soit chiffrée et son certificat vérifié. Ajoutez « ?sslmode=verify-full » (et \
         « sslrootcert=… »), ou « {EXCEPTION}RAISON » si un autre moyen la protège."
    ))
}

/// A boxed future that may borrow a connection.
pub type Futur<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// An open database, of either engine. Cheap to copy.
#[derive(Debug, Clone)]
pub enum Base {
    Lite {
        lecture: SqlitePool,
        /// Of one connection: a SQLite file has one writer.
        ecriture: SqlitePool,
    },
    Pg(PgPool),
}

/// How long a statement, a lock or a connection may be waited for.
const ATTENTE: Duration = Duration::from_secs(10);
/// Statements kept ready by one connection.
const PRETES: usize = 400;
/// A connection that rested longer may have been closed by the server.
const REPOS: Duration = Duration::from_secs(1);
const LECTEURS: u32 = 4;
const LIENS: u32 = 16;

const COMMUNE: &str = include_str!("../../migrations/0001_journal.sql");
const COURRIELS: &str = include_str!("../../migrations/0004_courriels.sql");
const ACCES: &str = include_str!("../../migrations/0005_acces.sql");
const FEDERATION: &str = include_str!("../../migrations/0006_federation.sql");
const ABONNEMENTS: &str = include_str!("../../migrations/0007_abonnements.sql");
const ENSEMBLES: &str = include_str!("../../migrations/0008_ensembles.sql");
const BROUILLONS: &str = include_str!("../../migrations/0009_brouillons.sql");
const PORTEFEUILLE: &str = include_str!("../../migrations/0010_portefeuille.sql");
const VISAS: &str = include_str!("../../migrations/0011_visas.sql");
const PURGES: &str = include_str!("../../migrations/0012_purges.sql");
const REPERTOIRE: &str = include_str!("../../migrations/0013_repertoire.sql");
const SOURCES: &str = include_str!("../../migrations/0014_sources.sql");
/// What the engines say differently, migration by migration.
type Jumelles = [&'static str; 2];
pub(super) const LITE: Jumelles = [
    include_str!("../../migrations/0002_gardes.sqlite.sql"),
    concat!(
        include_str!("../../migrations/0003_comptes.sql"),
        include_str!("../../migrations/0003_gardes.sqlite.sql")
    ),
];
const PG: Jumelles = [
    include_str!("../../migrations/0002_gardes.postgres.sql"),
    concat!(
        include_str!("../../migrations/0003_comptes.sql"),
        include_str!("../../migrations/0003_gardes.postgres.sql")
    ),
];

impl Base {
    /// Opens, and brings the tables up to date.
    ///
    /// # Errors
    /// A file or a server that does not open, or whose tables are of a later version.
    pub async fn ouvrir(adresse: &Adresse) -> Result<Self, Erreur> {
        match adresse {
            Adresse::Fichier(chemin) => {
                if let Some(dossier) = chemin.parent().filter(|d| !d.as_os_str().is_empty()) {
                    let fait = std::fs::create_dir_all(dossier);
                    fait.map_err(|e| {
                        let dossier = dossier.display();
                        Erreur::Indisponible(format!("le dossier « {dossier} » : {e}"))
                    })?;
                }
                Self::fichier(chemin.clone()).await
            }
            Adresse::Postgres(url) => Self::postgres(url).await,
        }
    }

    async fn fichier(chemin: PathBuf) -> Result<Self, Erreur> {
        let options = SqliteConnectOptions::new()
            .filename(&chemin)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(ATTENTE)
            // The same pages change at each act: copied back less often, they are fewer.
            .pragma("wal_autocheckpoint", "8000")
            // What a statement may have to undo is kept in memory, not in a file made for it.
            .pragma("temp_store", "memory")
            .statement_cache_capacity(PRETES);
        let un = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ATTENTE)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        migrations(LITE).run(&un).await.map_err(|e| migration(&e))?;
        let lecture = SqlitePoolOptions::new()
            .max_connections(LECTEURS)
            .acquire_timeout(ATTENTE)
            .test_before_acquire(false)
            .connect_with(options.create_if_missing(false).pragma("query_only", "on"))
            .await?;
        Ok(Self::Lite {
            lecture,
            ecriture: un,
        })
    }

    async fn postgres(url: &str) -> Result<Self, Erreur> {
        let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(PRETES);
        let options = options.options([
            ("statement_timeout", "10s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(LIENS)
            .acquire_timeout(ATTENTE)
            .test_before_acquire(false)
            .before_acquire(|conn, lien| {
                // A connection just used is alive: to ask would cost each act a journey more.
                Box::pin(async move {
                    if lien.idle_for > REPOS {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        let serie = migrations(PG);
        if !a_jour(&pool, &serie).await {
            serie.run(&pool).await.map_err(|e| migration(&e))?;
        }
        Ok(Self::Pg(pool))
    }

    /// Runs one act in a transaction: all of it is kept, or none.
    ///
    /// # Errors
    /// That of the act, which is then undone; or the commit's.
    pub async fn ecrire<T: Send + 'static>(
        &self,
        acte: impl for<'c> FnOnce(Conn<'c>) -> Futur<'c, Result<T, Erreur>> + Send + 'static,
    ) -> Result<T, Erreur> {
        self.plume().await?.ecrire(acte).await
    }

    /// A connection held to write several times in a row.
    ///
    /// # Errors
    /// None is free, or the database is gone.
    pub async fn plume(&self) -> Result<Plume, Erreur> {
        Ok(match self {
            Self::Lite { ecriture, .. } => Plume::Lite(ecriture.acquire().await?),
            Self::Pg(pool) => Plume::Pg(pool.acquire().await?),
        })
    }

    /// A connection to read.
    ///
    /// # Errors
    /// None is free, or the database is gone.
    pub async fn lire(&self) -> Result<Lecteur, Erreur> {
        Ok(match self {
            Self::Lite { lecture, .. } => Lecteur::Lite(lecture.acquire().await?),
            Self::Pg(pool) => Lecteur::Pg(pool.acquire().await?),
        })
    }

    /// A reading that sees one moment only, however long it lasts.
    ///
    /// # Errors
    /// None is free, or the database is gone.
    pub async fn instantane(&self) -> Result<Instantane, Erreur> {
        const PG: &str = "begin transaction isolation level repeatable read, read only";
        Ok(match self {
            Self::Lite { lecture, .. } => Instantane::Lite(lecture.begin_with("begin").await?),
            Self::Pg(pool) => Instantane::Pg(pool.begin_with(PG).await?),
        })
    }

    /// Connections that read (SQLite) or all of them: how many, how many free.
    pub fn liens(&self) -> (u32, u32) {
        let (taille, libres) = match self {
            Self::Lite { lecture, .. } => (lecture.size(), lecture.num_idle()),
            Self::Pg(pool) => (pool.size(), pool.num_idle()),
        };
        (taille, u32::try_from(libres).unwrap_or(u32::MAX))
    }

    /// Waits for what is under way, then closes.
    pub async fn fermer(self) {
        match self {
            Self::Lite { lecture, ecriture } => {
                lecture.close().await;
                ecriture.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

/// A connection lent to a reader.
#[derive(Debug)]
pub enum Lecteur {
    Lite(PoolConnection<Sqlite>),
    Pg(PoolConnection<Postgres>),
}

impl Lecteur {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Lite(c) => Conn::Lite(c),
            Self::Pg(c) => Conn::Pg(c),
        }
    }
}

/// A reading of one moment.
#[derive(Debug)]
pub enum Instantane {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

impl Instantane {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Lite(c) => Conn::Lite(c),
            Self::Pg(c) => Conn::Pg(c),
        }
    }
}

/// A connection lent to a writer; to be let go once a writing failed.
#[derive(Debug)]
pub enum Plume {
    Lite(PoolConnection<Sqlite>),
    Pg(PoolConnection<Postgres>),
}

impl Plume {
    /// As [`Base::ecrire`].
    ///
    /// # Errors
    /// That of the act, which is then undone; or the commit's.
    pub async fn ecrire<T>(
        &mut self,
        acte: impl for<'c> FnOnce(Conn<'c>) -> Futur<'c, Result<T, Erreur>>,
    ) -> Result<T, Erreur> {
        match self {
            Self::Lite(conn) => {
                let fait = dans_un_fichier(conn, acte).await;
                if fait.is_err() {
                    // A full disk makes the engine end the transaction by itself: the driver does
                    // not know, and would begin no other on this connection.
                    conn.close_on_drop();
                }
                fait
            }
            Self::Pg(conn) => {
                let mut transaction = conn.begin().await?;
                let fait = acte(Conn::Pg(&mut transaction)).await?;
                passe(Point::AvantCommit);
                let clos = transaction.commit().await;
                clos.map_err(|e| Erreur::Incertain(e.to_string()))?;
                commis();
                Ok(fait)
            }
        }
    }

    /// Writes rows decided on these heads, in one journey, if none has moved. Answers whether it
    /// did; a file is near enough to be asked step by step.
    ///
    /// # Errors
    /// The database did not take it, or its answer was lost.
    pub async fn pose_si(
        &mut self,
        feuille: &Feuille,
        tetes: &BTreeMap<&str, &Tete>,
    ) -> Result<bool, Erreur> {
        let Self::Pg(conn) = self else {
            return Ok(false);
        };
        passe(Point::AvantCommit);
        let pose = feuille.pose_si(conn, tetes).await.map_err(interrompue)?;
        if pose {
            commis();
        }
        Ok(pose)
    }
}

/// What an interrupted statement, that commits by itself, leaves known.
fn interrompue(erreur: sqlx::Error) -> Erreur {
    match &erreur {
        // The class of PostgreSQL's own stops: the commit may have come first.
        sqlx::Error::Database(base) if base.code().is_some_and(|c| c.starts_with("57P")) => {
            Erreur::Incertain(base.message().to_owned())
        }
        sqlx::Error::Database(_) => erreur.into(),
        autre => Erreur::Incertain(autre.to_string()),
    }
}

async fn dans_un_fichier<T>(
    conn: &mut SqliteConnection,
    acte: impl for<'c> FnOnce(Conn<'c>) -> Futur<'c, Result<T, Erreur>>,
) -> Result<T, Erreur> {
    let mut transaction = conn.begin_with("begin immediate").await?;
    let fait = acte(Conn::Lite(&mut transaction)).await?;
    passe(Point::AvantCommit);
    transaction.commit().await?;
    commis();
    Ok(fait)
}

fn commis() {
    metrics::counter!("entente_commits_total").increment(1);
    passe(Point::ApresCommit);
}

/// Whether a database has all its migrations: an account that may not change its tables is then
/// enough to serve it.
async fn a_jour(pool: &PgPool, serie: &Migrator) -> bool {
    const SQL: &str = "select version, checksum from _sqlx_migrations where success \
                       order by version";
    let faites: Result<Vec<(i64, Vec<u8>)>, _> = sqlx::query_as(SQL).fetch_all(pool).await;
    let attendues = serie.iter().map(|m| (m.version, m.checksum.to_vec()));
    faites.is_ok_and(|faites| faites.into_iter().eq(attendues))
}

/// The series, with what the engine says its own way.
pub(super) fn migrations([gardes, comptes]: Jumelles) -> Migrator {
    let migration = |version, nom, sql: &'static str| {
        let genre = MigrationType::Simple;
        Migration::new(
            version,
            Cow::Borrowed(nom),
            genre,
            sql.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations(vec![
        migration(1, "journal", COMMUNE),
        migration(2, "gardes", gardes),
        migration(3, "comptes", comptes),
        migration(4, "courriels", COURRIELS),
        migration(5, "acces", ACCES),
        migration(6, "federation", FEDERATION),
        migration(7, "abonnements", ABONNEMENTS),
        migration(8, "ensembles", ENSEMBLES),
        migration(9, "brouillons", BROUILLONS),
        migration(10, "portefeuille", PORTEFEUILLE),
        migration(11, "visas", VISAS),
        migration(12, "purges", PURGES),
        migration(13, "repertoire", REPERTOIRE),
        migration(14, "sources", SOURCES),
    ])
}

pub(super) fn migration(erreur: &sqlx::migrate::MigrateError) -> Erreur {
    match erreur {
        sqlx::migrate::MigrateError::Execute(e) => Erreur::lue(e),
        autre => Erreur::Abime(format!(
            "ses tables ne sont pas celles de cette version du programme ({autre})"
        )),
    }
}
