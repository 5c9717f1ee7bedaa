//! The national registers: an extract of a hundred thousand lines taken in, beside the same lines
//! poured by the `sqlite3` program into a table of the same key; then what pages ask for, on forty
//! thousand establishments that each have figures.
#![allow(clippy::expect_used, reason = "a bench stops by panic")]

use entente::app::consult::Consultation;
use entente::app::execute::Entente;
use entente::app::ouvrir::{Absente, ouvrir};
use entente::app::repertoire::{Bilan, Genre, Prise, lire};
use entente::metier::finess::Finess;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Runtime;

const LIGNES: usize = 100_000;
const ESMS: usize = 40_000;
const LECTURES: usize = 200;
const DEPARTEMENTS: [&str; 8] = ["01", "2A", "2B", "31", "59", "69", "75", "93"];
const CATEGORIES: [&str; 5] = ["182", "183", "246", "449", "500"];
const TITRES: &str = "Finess;Année;Taux d'ETP vacants au 31/12;Nombre de CDD de remplacement;\
                      Taux d'absentéisme (hors formation);\
                      Taux de rotation du personnel sur effectifs réels\n";

fn main() {
    let dossier = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/repertoire");
    let _ = std::fs::remove_dir_all(&dossier);
    std::fs::create_dir_all(&dossier).expect("a folder");
    let numeros: Vec<Finess> = (0..LIGNES).map(numero).collect();
    let (extrait, tdb) = (dossier.join("finess.csv"), dossier.join("tdb.csv"));
    std::fs::write(&extrait, extrait_de(&numeros)).expect("a file");
    std::fs::write(&tdb, tdb_de(&numeros[..ESMS])).expect("a file");
    let runtime = Runtime::new().expect("a runtime");
    let base = format!("sqlite:{}", dossier.join("entente.db").display());
    let entente = runtime
        .block_on(ouvrir(&base, Absente::Creee))
        .expect("a database");
    let (bilan, premiere) = prend(&runtime, &entente, Genre::Finess, &extrait);
    assert_eq!(bilan.ajoutes, LIGNES as u64);
    let (bilan, seconde) = prend(&runtime, &entente, Genre::Finess, &extrait);
    assert_eq!(bilan.inchanges, LIGNES as u64);
    let (bilan, chiffres) = prend(&runtime, &entente, Genre::Tdb, &tdb);
    assert_eq!(bilan.ajoutes, ESMS as u64 * 4);
    let reference = par_sqlite3(&dossier, &extrait);
    let pages = pages(&runtime, &entente, &numeros[..ESMS]);
    let octets = std::fs::metadata(&extrait).expect("the file").len();
    println!("| what | seconds |\n|---|---|");
    println!("| FINESS, {LIGNES} lines, {octets} bytes, into an empty register | {premiere:.2} |");
    println!("| the same again: nothing changes | {seconde:.2} |");
    println!("| reference: the same lines by `sqlite3 .import`, same key | {reference:.2} |");
    println!("| TDB, {ESMS} establishments, 4 figures each, quartiles computed | {chiffres:.2} |");
    println!(
        "| most memory held, all files included | {} MB |",
        memoire()
    );
    let [comparaison, liste] = pages;
    for (quoi, temps) in [
        ("comparison of all indicators", comparaison),
        ("figures of 60 establishments", liste),
    ] {
        let [premiere, mediane, presque] = temps;
        println!("| {quoi}: the first, which opens the connection | {premiere:.4} |");
        println!("| {quoi}: median of {LECTURES} | {mediane:.4} |");
        println!("| {quoi}: 99 of 100 under | {presque:.4} |");
    }
}

fn prend(runtime: &Runtime, entente: &Entente, genre: Genre, fichier: &Path) -> (Bilan, f64) {
    let maintenant = "2026-11-23T09:00:00Z".parse().expect("an instant");
    let debut = Instant::now();
    let lecture = lire(genre, fichier).expect("a file that reads");
    let bilan = entente.importer_repertoire(lecture, Prise::default(), maintenant);
    let bilan = runtime.block_on(bilan).expect("written");
    assert_eq!(bilan.refuses, []);
    (bilan, debut.elapsed().as_secs_f64())
}

/// Of each kind of reading: the first, the median, what 99 of 100 take at most.
fn pages(runtime: &Runtime, entente: &Entente, numeros: &[Finess]) -> [[f64; 3]; 2] {
    let consultation = Consultation {
        entente: entente.clone(),
        horloge: Arc::new(|| "2026-11-23T09:00:00Z".parse().expect("an instant")),
    };
    let mut temps = [const { Vec::new() }; 2];
    for rang in 0..LECTURES {
        let departement = DEPARTEMENTS[rang % DEPARTEMENTS.len()];
        let categorie = CATEGORIES[rang % CATEGORIES.len()];
        let debut = Instant::now();
        let comparaison = consultation.comparaison(categorie, departement, 2024);
        let comparaison = runtime.block_on(comparaison).expect("an answer");
        assert!(comparaison.repere("TDB-2.12").reference.is_some());
        temps[0].push(debut.elapsed().as_secs_f64());
        let debut = Instant::now();
        let soixante = &numeros[rang * 60..(rang + 1) * 60];
        let chiffres = runtime.block_on(consultation.chiffres(soixante));
        assert_eq!(chiffres.expect("an answer").len(), 240);
        temps[1].push(debut.elapsed().as_secs_f64());
    }
    temps.map(|mut temps| {
        let premiere = temps[0];
        temps.sort_by(f64::total_cmp);
        [premiere, temps[LECTURES / 2], temps[LECTURES * 99 / 100]]
    })
}

/// What the `sqlite3` program takes to read the same lines into a table of the same key, in a file
/// of the same settings.
fn par_sqlite3(dossier: &Path, extrait: &Path) -> f64 {
    let colonnes: Vec<String> = (2..32).map(|n| format!("c{n}")).collect();
    let colonnes = colonnes.join(", ");
    let table = format!("create table lues (c0, finess text primary key, {colonnes});");
    let importe = format!(".import --skip 1 \"{}\" lues", extrait.display());
    let ordres = format!("pragma journal_mode=wal;\n{table}\n.separator ;\n{importe}\n");
    let debut = Instant::now();
    let lance = Command::new("sqlite3")
        .arg(dossier.join("reference.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let mut lance = lance.expect("apt-get install sqlite3");
    let mut entree = lance.stdin.take().expect("an input");
    entree
        .write_all(ordres.as_bytes())
        .expect("sqlite3 listens");
    drop(entree);
    assert!(lance.wait().expect("sqlite3 ends").success());
    debut.elapsed().as_secs_f64()
}

/// A number of one of the départements, its key worked out.
fn numero(rang: usize) -> Finess {
    let departement = DEPARTEMENTS[rang % DEPARTEMENTS.len()];
    let debut = format!("{departement}{rang:06}");
    let numero = (0..10).find_map(|cle| Finess::parse(&format!("{debut}{cle}")).ok());
    numero.expect("a key")
}

fn extrait_de(numeros: &[Finess]) -> String {
    let mut texte = "finess;etalab;111;2026-05-12\n".to_owned();
    for (rang, numero) in numeros.iter().enumerate() {
        let departement = DEPARTEMENTS[rang % DEPARTEMENTS.len()];
        let categorie = CATEGORIES[rang / DEPARTEMENTS.len() % CATEGORIES.len()];
        let _ = writeln!(
            texte,
            "structureet;{numero};2A0000014;ETABLISSEMENT {rang};ETABLISSEMENT FICTIF {rang};\
             ;;{rang};R;DES OLIVIERS;;BP 4;004;{departement};DEPARTEMENT;20000 VILLE;0495000000;;\
             {categorie};Catégorie de l'établissement;4101;Agrégat de catégories;12345678900011;\
             8710B;57;DGS ARS & hébergement PCD - sous CPOM;;;1979-02-13;1979-02-13;2026-05-04;"
        );
    }
    texte
}

fn tdb_de(numeros: &[Finess]) -> String {
    let mut texte = TITRES.to_owned();
    for (rang, numero) in numeros.iter().enumerate() {
        let (a, b) = (rang * 7 % 1_000, rang * 13 % 1_000);
        let _ = writeln!(texte, "{numero};2024;.{a:03};{b};.{b:03};.{a:03}");
    }
    texte
}

/// The most memory that this process has held, in megabytes.
fn memoire() -> u64 {
    let dit = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let ligne = dit
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .expect("a peak");
    let kilo = ligne.split_whitespace().nth(1).expect("a number");
    kilo.parse::<u64>().expect("a number") / 1_000
}
