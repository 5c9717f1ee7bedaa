//! Schemathesis, against the program itself: each operation, by four people. No 5xx, nothing that
//! the document does not tell, nothing taken that it refuses.
//!
//! `ENTENTE_SCHEMATHESIS=1000` asks for as many cases per operation, by hand; a few otherwise.

use super::CONTRAT;
use super::serveur::Serveur;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Cases per operation in a usual run.
const CAS: &str = "15";

fn python() -> PathBuf {
    let usuel = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/outils/venv/bin/python");
    std::env::var_os("ENTENTE_PYTHON").map_or_else(usuel, PathBuf::from)
}

#[test]
fn whatever_is_sent_is_answered_as_the_document_says() {
    let serveur = Serveur::ouvre();
    let outils = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outils");
    let cas = std::env::var("ENTENTE_SCHEMATHESIS").unwrap_or_else(|_| CAS.to_owned());
    let avant = serveur.lignes();
    let mut fautes = Vec::new();
    for (qui, cle) in &serveur.cles {
        let python = python();
        let fait = Command::new(&python)
            .args(["-m", "schemathesis.cli", "--config-file"])
            .arg(outils.join("schemathesis.toml"))
            .arg("run")
            .arg(format!("{}/api/v1/openapi.json", serveur.url))
            .args(["--max-examples", &cas, "--seed", "1", "--no-color"])
            .args(["--phases", "examples,coverage,fuzzing", "--checks", "all"])
            .args(["--header", &format!("Authorization: Bearer {cle}")])
            .args(["--continue-on-failure", "--suppress-health-check", "all"])
            .env("SCHEMATHESIS_HOOKS", "schemathesis_actes")
            .env("PYTHONPATH", &outils)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("ENTENTE", &serveur.url)
            .env("CLE", cle)
            .env("CONTRAT", CONTRAT)
            .current_dir(std::env::temp_dir())
            .output();
        let absent = "schemathesis est attendu : lancez « make outils », ou donnez dans \
                      ENTENTE_PYTHON un Python où « pip install -r tests/outils/requirements.txt » \
                      est fait";
        let fait = fait.unwrap_or_else(|e| panic!("{absent} ({}, {e})", python.display()));
        let dit = String::from_utf8_lossy(&fait.stdout);
        println!("{qui}\n{dit}");
        if !fait.status.success() {
            let erreur = String::from_utf8_lossy(&fait.stderr);
            fautes.push(format!("{qui} :\n{dit}\n{erreur}\n({absent})"));
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
    // And acts were done.
    assert!(serveur.lignes() > avant);
}
