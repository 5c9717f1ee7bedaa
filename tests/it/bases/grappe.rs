//! A private PostgreSQL for one test process: its own folder, a Unix socket, gone with the process.

use super::garde::garde;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Who runs the server when the tests run as root, which PostgreSQL refuses.
const PERSONNE: u32 = 65_534;

pub struct Grappe {
    dossier: PathBuf,
    programmes: PathBuf,
    uid: Option<u32>,
    /// Stops the server when this process ends, however it ends: it waits for our end of a pipe.
    _gardien: Child,
}

/// The server of this process.
pub fn grappe() -> &'static Grappe {
    static GRAPPE: OnceLock<Grappe> = OnceLock::new();
    GRAPPE.get_or_init(|| Grappe::lance("commune"))
}

/// A new, empty database.
pub async fn nouvelle() -> String {
    grappe().base().await
}

impl Grappe {
    /// A server that no other test uses: it may be stopped.
    pub fn seule() -> Self {
        Self::lance("seule")
    }

    /// A new, empty database.
    pub async fn base(&self) -> String {
        static NUMERO: AtomicU32 = AtomicU32::new(0);
        let nom = format!("essai{}", NUMERO.fetch_add(1, Ordering::SeqCst));
        let mut maitre = self.maitre().await;
        let creation = sqlx::AssertSqlSafe(format!("create database {nom}"));
        sqlx::Executor::execute(&mut maitre, creation)
            .await
            .unwrap();
        self.url(&nom)
    }

    fn lance(nom: &str) -> Self {
        let programmes = programmes();
        let racine = std::env::temp_dir();
        let dossier = racine.join(format!("entente-pg-{}-{nom}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dossier);
        std::fs::create_dir_all(&dossier).unwrap();
        std::fs::set_permissions(&dossier, std::fs::Permissions::from_mode(0o700)).unwrap();
        let root = std::fs::metadata(&dossier).unwrap().uid() == 0;
        let uid = root.then_some(PERSONNE);
        if let Some(uid) = uid {
            chown(&dossier, Some(uid), Some(uid)).unwrap();
        }
        let donnees = dossier.join("donnees");
        let mut copie = Command::new("cp");
        copie.arg("-a").arg(modele(&programmes, uid)).arg(&donnees);
        reussit(&mut copie);
        let mut gardien = commande(Path::new("/bin/sh"), uid);
        gardien
            .arg("-c")
            .arg(
                "\"$0\" -D \"$1\" -w -l \"$2/journal\" -o \"-k $2 -c listen_addresses= \
                 -c max_connections=100\" start >/dev/null; echo pret; read fin; \
                 \"$0\" -D \"$1\" -m immediate stop >/dev/null 2>&1; rm -rf \"$2\"",
            )
            .arg(programmes.join("pg_ctl"))
            .arg(&donnees)
            .arg(&dossier)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The server outlives this process by a moment: it must hold none of its outputs.
            .stderr(Stdio::null());
        let mut gardien = gardien.spawn().unwrap();
        let sortie = gardien.stdout.take().unwrap();
        let mut mot = String::new();
        io::BufRead::read_line(&mut io::BufReader::new(sortie), &mut mot).unwrap();
        assert_eq!(
            mot,
            "pret\n",
            "PostgreSQL ne démarre pas : {}",
            dossier.display()
        );
        Self {
            dossier,
            programmes,
            uid,
            _gardien: gardien,
        }
    }

    pub fn url(&self, base: &str) -> String {
        let dossier = self.dossier.display();
        format!("postgres://postgres@localhost/{base}?host={dossier}")
    }

    async fn maitre(&self) -> sqlx::PgConnection {
        for _ in 0..100 {
            let url = self.url("postgres");
            if let Ok(maitre) = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await {
                return maitre;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("PostgreSQL ne répond pas");
    }

    /// As when the power goes, then comes back.
    pub fn redemarre_net(&self) {
        let mut pg_ctl = commande(&self.programmes.join("pg_ctl"), self.uid);
        pg_ctl.arg("-D").arg(self.dossier.join("donnees"));
        pg_ctl.args(["-m", "immediate", "-w", "-l"]);
        reussit(pg_ctl.arg(self.dossier.join("journal")).arg("restart"));
    }
}

/// The folder of a server that never ran: what makes it takes longer than to copy it.
fn modele(programmes: &Path, uid: Option<u32>) -> PathBuf {
    let initdb = programmes.join("initdb");
    let date = std::fs::metadata(&initdb).unwrap().mtime();
    let par = uid.map_or("soi".to_owned(), |uid| uid.to_string());
    let garde = garde(&format!("grappe-{date}-{par}"), |la| {
        // Made where its account may go.
        let neuf = std::env::temp_dir().join(format!("entente-grappe-{}", std::process::id()));
        std::fs::create_dir_all(&neuf).unwrap();
        if uid.is_some() {
            chown(&neuf, uid, uid).unwrap();
        }
        let mut initdb = commande(&initdb, uid);
        initdb
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--wal-segsize=1", "--pgdata"])
            .arg(&neuf);
        reussit(&mut initdb);
        let copie = la.join("donnees");
        reussit(Command::new("cp").arg("-a").arg(&neuf).arg(copie));
        std::fs::remove_dir_all(&neuf).unwrap();
    });
    garde.join("donnees")
}

/// All that a database holds, in a file.
pub fn sort(url: &str, vers: &Path) {
    let mut pg_dump = Command::new(programmes().join("pg_dump"));
    pg_dump.arg("--file").arg(vers).arg(url);
    reussit(&mut pg_dump);
}

/// The same, into a database that holds nothing.
pub fn entre(url: &str, de: &Path) {
    let mut psql = Command::new(programmes().join("psql"));
    psql.args([
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
    ]);
    reussit(psql.arg("--file").arg(de).arg(url));
}

fn commande(programme: &Path, uid: Option<u32>) -> Command {
    let mut commande = Command::new(programme);
    commande.current_dir("/").stdin(Stdio::null());
    if let Some(uid) = uid {
        commande.uid(uid).gid(uid);
    }
    commande
}

fn reussit(commande: &mut Command) {
    let sortie = commande.stdout(Stdio::null()).stderr(Stdio::piped());
    let sortie = sortie.output().unwrap();
    let dit = String::from_utf8_lossy(&sortie.stderr);
    assert!(sortie.status.success(), "{commande:?} : {dit}");
}

/// Where PostgreSQL's programs are: on the path, or in Debian's folder. All of them stand beside
/// the true one, where the path only leads to.
fn programmes() -> PathBuf {
    let chemin = std::env::var_os("PATH").unwrap_or_default();
    let mut dossiers: Vec<PathBuf> = std::env::split_paths(&chemin).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        dossiers.extend(versions.flatten().map(|v| v.path().join("bin")));
    }
    let trouve = dossiers.into_iter().find(|d| d.join("initdb").is_file());
    let trouve = trouve.expect("PostgreSQL est absent : apt-get install postgresql");
    let initdb = trouve.join("initdb").canonicalize().unwrap();
    initdb.parent().unwrap().to_owned()
}
