//! A disk full or read-only: a sentence, readings go on, nothing half written, and back to work
//! when there is room.

use super::noeuds::{entre, matin, ouvre, rien_perdu};
use super::programme::{Programme, commande};
use super::scenario::{Reponse, ligne};
use crate::bases::{atelier, dossier, grappe, lite};
use entente::app::execute::{Echec, Entente};
use entente::store::{Adresse, Base};
use sqlx::Connection as _;
use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn indisponible(code: &str, phrase: &str) {
    assert_eq!(code, "indisponible", "{phrase}");
    assert!(phrase.ends_with('.'), "{phrase}");
}

/// Lets a process write files no larger than this, in octets.
fn borne(pid: u32, octets: &str) {
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &pid.to_string(), &format!("--fsize={octets}:")]);
    assert!(prlimit.status().unwrap().success());
}

#[tokio::test]
async fn a_file_that_cannot_grow_refuses_acts_until_it_can() {
    // given a program at work
    let fichier = dossier("borne").join("entente.db");
    let adresse = format!("sqlite:{}", fichier.display());
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    let voulue = commande(&adresse);
    shell.arg(voulue.get_program()).args(voulue.get_args());
    let mut programme = Programme::lance(shell);
    programme.demande(&ligne("c", &ouvre(), matin())).unwrap();
    // when its files cannot grow
    let wal = format!("{}-wal", fichier.display());
    let place = std::fs::metadata(wal).unwrap().len() + 300_000;
    borne(programme.pid(), &place.to_string());
    let mut faites = BTreeSet::new();
    let mut refus = 0;
    for n in 0..60 {
        let cle = format!("n{n}");
        let reponse = programme.demande(&ligne("c", &entre(&cle), matin()));
        match Reponse::lue(&reponse.unwrap()) {
            Reponse::Fait { .. } => {
                faites.insert(cle);
            }
            Reponse::Refus { code, phrase } => {
                indisponible(&code, &phrase);
                refus += 1;
            }
        }
    }
    // then acts are refused with a sentence, and what was acknowledged is read
    assert!(refus > 5 && !faites.is_empty(), "{refus} {faites:?}");
    let base = Base::ouvrir(&Adresse::Fichier(fichier)).await.unwrap();
    let entente = Entente::nouvelle(base, atelier());
    rien_perdu(&entente, "c", &faites).await;
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
    // and once it can, the same program does what it refused
    borne(programme.pid(), "unlimited");
    for n in 0..60 {
        let cle = format!("n{n}");
        let reponse = programme.demande(&ligne("c", &entre(&cle), matin()));
        assert!(
            reponse.as_ref().unwrap().contains("\"fait\":true"),
            "{reponse:?}"
        );
        faites.insert(cle);
    }
    rien_perdu(&entente, "c", &faites).await;
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
    entente.fermer().await;
}

/// A small disk of its own; none when this user may not mount one.
struct PetitDisque(PathBuf);

impl PetitDisque {
    fn monte() -> Option<Self> {
        let dossier = dossier("disque");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]);
        let monte = mount.arg(&dossier).stderr(Stdio::null()).status();
        monte.is_ok_and(|s| s.success()).then_some(Self(dossier))
    }
}

impl Drop for PetitDisque {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_acts_until_there_is_room() {
    // given a program on a small disk
    let Some(disque) = PetitDisque::monte() else {
        println!("monter un disque n'est pas permis ici : voir la borne de taille");
        return;
    };
    let base = Base::ouvrir(&Adresse::Fichier(disque.0.join("entente.db"))).await;
    let entente = Entente::nouvelle(base.unwrap(), atelier());
    entente.executer("c", ouvre(), matin()).await.unwrap();
    // when the disk is full
    let lest = disque.0.join("lest");
    let plein = std::fs::write(&lest, vec![1; 32 << 20]);
    assert!(plein.is_err());
    let mut faites = BTreeSet::new();
    let mut refusees = Vec::new();
    for n in 0..40 {
        let cle = format!("n{n}");
        match entente.executer("c", entre(&cle), matin()).await {
            Ok(_) => drop(faites.insert(cle)),
            Err(echec) => {
                assert!(matches!(echec, Echec::Base(_)));
                indisponible(&echec.code(), &echec.to_string());
                refusees.push(cle);
            }
        }
    }
    // then acts are refused, readings go on
    assert!(refusees.len() > 5, "{refusees:?}");
    assert!(entente.lire("c").await.unwrap().is_some());
    rien_perdu(&entente, "c", &faites).await;
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
    // and with room again, the same program does them
    std::fs::remove_file(&lest).unwrap();
    for cle in refusees {
        entente.executer("c", entre(&cle), matin()).await.unwrap();
        faites.insert(cle);
    }
    rien_perdu(&entente, "c", &faites).await;
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
    entente.fermer().await;
}

/// The built binary, run by someone whom read-only holds: root is not.
fn commun(dossier: &Path) -> Command {
    const PERSONNE: u32 = 65_534;
    if std::fs::metadata(dossier).unwrap().uid() != 0 {
        return Command::new(env!("CARGO_BIN_EXE_entente"));
    }
    let copie = dossier.join("entente");
    std::fs::copy(env!("CARGO_BIN_EXE_entente"), &copie).unwrap();
    for entree in std::fs::read_dir(dossier).unwrap() {
        chown(entree.unwrap().path(), Some(PERSONNE), Some(PERSONNE)).unwrap();
    }
    let mut commande = Command::new(copie);
    commande.uid(PERSONNE).gid(PERSONNE);
    commande
}

#[tokio::test]
async fn a_read_only_file_is_refused_with_a_sentence() {
    // given a database in a folder where nothing may be written
    let (entente, fichier) = lite().await;
    entente.executer("c", ouvre(), matin()).await.unwrap();
    entente.fermer().await;
    let dossier = fichier.parent().unwrap();
    let mut commande = commun(dossier);
    let avant = std::fs::read(&fichier).unwrap();
    let droits = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(&fichier, droits(0o444)).unwrap();
    std::fs::set_permissions(dossier, droits(0o555)).unwrap();
    // when the program opens it
    let adresse = format!("sqlite:{}", fichier.display());
    commande
        .args(["agir", "--database", &adresse])
        .current_dir("/");
    let sortie = commande.stdin(Stdio::null()).output().unwrap();
    std::fs::set_permissions(dossier, droits(0o755)).unwrap();
    // then one sentence, and the file as it was
    let phrase = String::from_utf8(sortie.stderr).unwrap();
    assert_eq!(sortie.status.code(), Some(2), "{phrase}");
    assert_eq!(phrase.lines().count(), 1, "{phrase}");
    assert!(phrase.starts_with("entente : La base"), "{phrase}");
    assert_eq!(std::fs::read(&fichier).unwrap(), avant);
}

/// The mode that an administrator sets on a database, for every connection.
async fn lecture_seule(base: &Base, url: &str, mode: &str) {
    let nom = url.rsplit('/').find(|m| m.starts_with("essai")).unwrap();
    let nom = nom.split('?').next().unwrap().to_owned();
    let Base::Pg(pool) = base else {
        panic!();
    };
    // Those of the administrator that waited were closed too, the time before.
    let mut lien = pool.acquire().await.unwrap();
    while lien.ping().await.is_err() {
        lien.close_on_drop();
        lien = pool.acquire().await.unwrap();
    }
    let ordres = [
        "set default_transaction_read_only = off".to_owned(),
        format!("alter database {nom} set default_transaction_read_only = {mode}"),
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid()"
            .to_owned(),
    ];
    for sql in ordres {
        let sql = sqlx::AssertSqlSafe(sql);
        sqlx::query(sql).execute(&mut *lien).await.unwrap();
    }
}

#[tokio::test]
async fn a_read_only_postgres_refuses_acts_until_it_is_not() {
    // given a program on PostgreSQL, and an administrator beside it
    let url = grappe::nouvelle().await;
    let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    let entente = Entente::nouvelle(base, atelier());
    entente.executer("c", ouvre(), matin()).await.unwrap();
    let administrateur = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    // when the database becomes read-only
    lecture_seule(&administrateur, &url, "on").await;
    let mut refus = 0;
    for _ in 0..20 {
        if let Err(echec) = entente.executer("c", entre("A"), matin()).await {
            indisponible(&echec.code(), &echec.to_string());
            refus += 1;
        }
    }
    // then no act is done, readings go on
    assert_eq!(refus, 20);
    assert!(entente.lire("c").await.unwrap().is_some());
    rien_perdu(&entente, "c", &BTreeSet::new()).await;
    // and once it is not, the same program works
    lecture_seule(&administrateur, &url, "off").await;
    let mut essais = 0;
    while entente.executer("c", entre("A"), matin()).await.is_err() {
        essais += 1;
        assert!(essais < 20);
    }
    rien_perdu(&entente, "c", &BTreeSet::from(["A".to_owned()])).await;
    entente.fermer().await;
    administrateur.fermer().await;
}
