//! A cohort of 12,000 accompaniments read and summed, beside pandas on the same file, in one run.
#![allow(clippy::expect_used, reason = "a bench stops by panic")]

use entente::app::besoins::{Options, agreger, regles};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const ACCOMPAGNEMENTS: usize = 12_000;
const RUNS: usize = 7;
/// Reads the same lines, counts the same needs: by establishment and need, assessed, with the need,
/// sum; then who is covered, by the same links.
const PANDAS: &str = include_str!("besoins/reference.py");

fn main() {
    let dossier = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&dossier).expect("a folder");
    let fichier = dossier.join("cohorte.csv");
    std::fs::write(&fichier, cohorte()).expect("a file");
    let jour = "2026-01-01".parse().expect("a day");
    let regles = regles(jour).expect("the pack");
    let mut durees: Vec<f64> = (0..RUNS)
        .map(|_| {
            let debut = Instant::now();
            let octets = std::fs::read(&fichier).expect("the file");
            let lu = agreger(&octets, Options::default(), &regles).expect("a cohort");
            assert_eq!(lu.agregat.contrat.accompagnements as usize, ACCOMPAGNEMENTS);
            lu.agregat.partage(regles.k);
            debut.elapsed().as_secs_f64()
        })
        .collect();
    durees.sort_by(f64::total_cmp);
    let script = dossier.join("reference.py");
    std::fs::write(&script, PANDAS).expect("a script");
    let racine = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dit = Command::new(racine.join("target/outils/venv/bin/python"))
        .args([&script, &fichier])
        .arg(racine.join("referentiels/serafin-besoins-prestations.csv"))
        .output()
        .expect("« make outils » installs pandas");
    assert!(
        dit.status.success(),
        "{}",
        String::from_utf8_lossy(&dit.stderr)
    );
    let pandas: f64 = String::from_utf8_lossy(&dit.stdout)
        .trim()
        .parse()
        .expect("seconds");
    let (notre, memoire) = (durees[RUNS / 2], memoire());
    let octets = std::fs::metadata(&fichier).expect("the file").len();
    println!(
        "| accompagnements | octets | Entente (s) | mémoire au plus (Mo) | pandas (s) | rapport |"
    );
    println!("|---|---|---|---|---|---|");
    println!(
        "| {ACCOMPAGNEMENTS} | {octets} | {notre:.3} | {memoire} | {pandas:.3} | {:.1} |",
        pandas / notre
    );
}

/// The most memory that this process has held.
fn memoire() -> u64 {
    let dit = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let ligne = dit
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .expect("a peak");
    let kilo = ligne.split_whitespace().nth(1).expect("a number");
    kilo.parse::<u64>().expect("a number") / 1_000
}

/// 25 needs and twelve services each, drawn the same each time.
fn cohorte() -> String {
    let besoins =
        entente::metier::serafin::nomenclature().terminaux(entente::metier::serafin::Genre::Besoin);
    let prestations = entente::metier::serafin::nomenclature()
        .terminaux(entente::metier::serafin::Genre::Directe);
    let mut tirage = 20_261_123_u64;
    let mut tire = move |borne: u64| {
        tirage ^= tirage << 13;
        tirage ^= tirage >> 7;
        tirage ^= tirage << 17;
        tirage % borne
    };
    let mut texte = "finess_et;esms;categorie;annee;personne;nature;code;niveau;statut;\
                     realisateur;actes_an\n"
        .to_owned();
    let esms = [
        "990001000",
        "990002008",
        "990003006",
        "990004004",
        "990005001",
    ];
    for rang in 0..ACCOMPAGNEMENTS {
        let debut = format!("{};Un ESMS;183;2025;P-{rang:06X}", esms[rang % esms.len()]);
        for poste in &besoins {
            let _ = writeln!(texte, "{debut};besoin;{};{};;;", poste.code, tire(5));
        }
        for poste in &prestations {
            if tire(2) == 0 {
                continue;
            }
            let _ = writeln!(
                texte,
                "{debut};prestation;{};;realisee;interne;{}",
                poste.code,
                11 * tire(20)
            );
        }
    }
    texte
}
