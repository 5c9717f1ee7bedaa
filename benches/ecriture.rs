//! What an act costs on each database, beside the database's own rate in the same run.
//!
//! `cargo bench --bench ecriture` (`-- --court`: a tenth)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a bench fails by panic, as a test does, and prints ratios"
)]

#[path = "../tests/it/bases/garde.rs"]
mod garde;
#[path = "../tests/it/bases/grappe.rs"]
#[allow(dead_code, reason = "shared with the tests, which restart it")]
mod grappe;

use chrono::{DateTime, Duration, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::{Entente, Ordre};
use entente::app::ouvrir::atelier;
use entente::metier::contrat::dossier::Ecriture;
use entente::regles::value::Value;
use entente::store::{Adresse, Base};
use entente::workflow::definition::model::Role;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::time::Instant;
use tokio::runtime::Runtime;

/// As the program has.
#[global_allocator]
static ALLOCATEUR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const EN_VOL: usize = 16;
/// Facts that acts state: one that leaves lists as they are; one that moves a deadline each time,
/// and with it the contract's row in lists and its indexes.
const FAITS: [(&str, &str); 2] = [
    ("contrat.accord_interdepartemental", "les listes restent"),
    ("contrat.annee_programmee", "une échéance bouge"),
];
/// Each rate is measured so many times, in turn with its reference.
const ESSAIS: usize = 3;

fn main() {
    let court = std::env::args().any(|a| a == "--court");
    let n = if court { 100 } else { 1_000 };
    let runtime = Runtime::new().unwrap();
    let dossier = std::env::temp_dir().join(format!("entente-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dossier).unwrap();
    let fichier = dossier.join("entente.db");
    let adresse = Adresse::Fichier(fichier.clone());
    let entente = runtime.block_on(ouvre(&adresse));
    let essais = (0..ESSAIS).map(|essai| {
        let brut = runtime.block_on(lite_brut(&dossier.join(format!("brut{essai}.db")), n));
        println!("SQLite, lignes brutes, {EN_VOL} par commit : {brut:.0} lignes/s");
        let acte = |fait| runtime.block_on(mesure(&entente, ("SQLite", essai), n, fait)) / brut;
        FAITS.map(acte)
    });
    rapport("SQLite", &essais.collect::<Vec<_>>());
    let lignes = runtime.block_on(utiles(&fichier));
    println!("SQLite, octets utiles par acte : {lignes:.0}");
    runtime.block_on(plat(&entente, "SQLite", n * 10));
    let url = runtime.block_on(grappe::nouvelle());
    let entente = runtime.block_on(ouvre(&url.parse().unwrap()));
    let essais = (0..ESSAIS).map(|essai| {
        let brut = pgbench(&url, if court { 2 } else { 5 });
        println!(
            "PostgreSQL, pgbench, {EN_VOL} clients, une ligne par commit : {brut:.0} commits/s"
        );
        let acte =
            |fait| runtime.block_on(mesure(&entente, ("PostgreSQL", essai), n * 2, fait)) / brut;
        FAITS.map(acte)
    });
    rapport("PostgreSQL", &essais.collect::<Vec<_>>());
    runtime.block_on(plat(&entente, "PostgreSQL", n * 10));
    std::fs::remove_dir_all(&dossier).unwrap();
}

fn rapport(nom: &str, essais: &[[f64; 2]]) {
    for (rang, (fait, dit)) in FAITS.into_iter().enumerate() {
        let mut rapports: Vec<f64> = essais.iter().map(|e| e[rang]).collect();
        rapports.sort_by(f64::total_cmp);
        println!(
            "{nom}, {fait} ({dit}), actes par ligne ou commit de référence, médiane de {ESSAIS} : \
             {:.2} (de {:.2} à {:.2})",
            rapports[ESSAIS / 2],
            rapports[0],
            rapports[ESSAIS - 1]
        );
    }
}

/// One row of the journal's size, sixteen in each durable commit.
async fn lite_brut(fichier: &Path, n: usize) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(fichier)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    let table = "create table brut (id bigint primary key, charge text not null)";
    sqlx::query(table).execute(&mut conn).await.unwrap();
    let charge = "x".repeat(500);
    let debut = Instant::now();
    for groupe in 0..n {
        let mut transaction = conn.begin_with("begin immediate").await.unwrap();
        for rang in 0..EN_VOL {
            sqlx::query("insert into brut (id, charge) values ($1, $2)")
                .bind(i64::try_from(groupe * EN_VOL + rang).unwrap())
                .bind(&charge)
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        transaction.commit().await.unwrap();
    }
    (n * EN_VOL) as f64 / debut.elapsed().as_secs_f64()
}

fn pgbench(url: &str, secondes: u32) -> f64 {
    let script = std::env::temp_dir().join("entente-pgbench.sql");
    let table = "create table brut (id bigint generated always as identity \
                 primary key, charge text not null)";
    let psql = Command::new("psql").args([url, "-qc", table]).status();
    assert!(psql.unwrap().success());
    let charge = "x".repeat(500);
    std::fs::write(
        &script,
        format!("insert into brut (charge) values ('{charge}');\n"),
    )
    .unwrap();
    let sortie = Command::new("pgbench")
        .args([
            "-n",
            "-c",
            "16",
            "-j",
            "2",
            "-T",
            &secondes.to_string(),
            "-f",
        ])
        .args([script.as_os_str(), url.as_ref()])
        .output()
        .expect("pgbench : apt-get install postgresql");
    let dit = String::from_utf8(sortie.stdout).unwrap();
    let tps = dit.lines().find_map(|l| l.strip_prefix("tps = "));
    // What it leaves to be tidied is not for the acts that follow to wait for.
    let mut range = Command::new("psql");
    range.args([url, "-qc", "drop table brut", "-c", "checkpoint"]);
    assert!(range.status().unwrap().success());
    f64::from_str(tps.unwrap().split(' ').next().unwrap()).unwrap()
}

fn matin() -> DateTime<Utc> {
    "2024-01-15T09:00:00Z".parse().unwrap()
}

async fn ouvre(adresse: &Adresse) -> Entente {
    let base = Base::ouvrir(adresse).await.unwrap();
    Entente::nouvelle(base, atelier().unwrap())
}

async fn ouvre_contrat(entente: &Entente, contrat: &str) {
    let workflow = "cpom-ph".to_owned();
    let ouvrir = Ordre::Ouvrir { workflow };
    entente.executer(contrat, ouvrir, matin()).await.unwrap();
}

/// Acts per second, each writer on its contract.
async fn mesure(
    entente: &Entente,
    (nom, essai): (&str, usize),
    n: usize,
    (fait, _): (&'static str, &str),
) -> f64 {
    let contrats: Vec<String> = (0..EN_VOL).map(|c| format!("{fait}{essai}-{c}")).collect();
    for contrat in &contrats {
        ouvre_contrat(entente, contrat).await;
    }
    let (cpu, octets, montre) = (cpu(), ecrits(), Instant::now());
    let taches = contrats.into_iter().map(|contrat| {
        let entente = entente.clone();
        tokio::spawn(async move {
            for rang in 0..n {
                agit(&entente, &contrat, rang, fait).await;
            }
        })
    });
    for tache in taches.collect::<Vec<_>>() {
        tache.await.unwrap();
    }
    let actes = (n * EN_VOL) as f64;
    let rythme = actes / montre.elapsed().as_secs_f64();
    println!(
        "{nom}, {fait}, {EN_VOL} en vol : {rythme:.0} actes/s, {:.3} ms de processeur par acte, \
         {:.1} ko écrits par acte",
        (self::cpu() - cpu) * 1_000.0 / actes,
        (ecrits() - octets) / actes / 1_000.0
    );
    rythme
}

/// The cost of an act late in a stream's life, beside one at its beginning: in turn, since the
/// machine is not the same from one second to the next.
async fn plat(entente: &Entente, nom: &str, n: usize) {
    for contrat in ["vieux", "jeune"] {
        ouvre_contrat(entente, contrat).await;
    }
    for rang in 0..n {
        agit(entente, "vieux", rang, FAITS[1].0).await;
    }
    let (mut tot, mut tard) = (Vec::new(), Vec::new());
    for rang in 0..n / 25 {
        tot.push(dure(agit(entente, "jeune", rang, FAITS[1].0)).await);
        tard.push(dure(agit(entente, "vieux", n + rang, FAITS[1].0)).await);
    }
    let [tot, tard] = [tot, tard].map(|mut durees: Vec<f64>| {
        durees.sort_by(f64::total_cmp);
        durees[durees.len() / 2]
    });
    println!(
        "{nom}, un acte après l'autre : {tot:.3} ms au début, {tard:.3} ms après {n} \
         (rapport {:.2})",
        tard / tot
    );
}

/// In milliseconds.
async fn dure(acte: impl Future<Output = ()>) -> f64 {
    let montre = Instant::now();
    acte.await;
    montre.elapsed().as_secs_f64() * 1_000.0
}

async fn agit(entente: &Entente, contrat: &str, rang: usize, fait: &str) {
    let valeur = if fait == FAITS[0].0 {
        Value::Boolean(rang.is_multiple_of(2))
    } else {
        Value::Integer(2024 + i64::try_from(rang % 3).unwrap())
    };
    let commande = Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: format!("a{rang}"),
            ecriture: Ecriture::Declarer {
                fait: fait.to_owned(),
                element: None,
                valeur,
                preuve: "Arrêté conjoint du 21 juillet 2022, programmation des contrats".to_owned(),
            },
        },
    };
    let instant = matin() + Duration::milliseconds(i64::try_from(rang).unwrap());
    let ordre = Ordre::Agir(commande);
    entente.executer(contrat, ordre, instant).await.unwrap();
}

/// Processor time of this program so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let champs: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let tics: f64 = champs[11].parse::<f64>().unwrap() + champs[12].parse::<f64>().unwrap();
    tics / 100.0
}

/// Bytes this program has sent to the disk.
fn ecrits() -> f64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let ligne = io.lines().find_map(|l| l.strip_prefix("write_bytes: "));
    ligne.unwrap().parse().unwrap()
}

/// Bytes of what the rows say, for each request answered.
async fn utiles(fichier: &Path) -> f64 {
    let options = SqliteConnectOptions::new().filename(fichier);
    let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
    let sql = "select ((select sum(length(contrat) + length(flux) + length(enregistre) + \
               length(effet) + length(genre) + length(auteur) + length(charge) + \
               length(empreinte) + 12) from journal) + (select sum(length(contrat) + \
               length(auteur) + length(id) + length(contenu) + 8) from demandes)) / \
               (select count(*) from demandes)";
    let (octets,): (i64,) = sqlx::query_as(sql).fetch_one(&mut conn).await.unwrap();
    octets as f64
}
