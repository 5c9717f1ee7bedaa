//! Databases as a story leaves them: played once for all the tests of a build, copied by each.

use super::garde::garde;
use super::{dossier, grappe};
use entente::store::Adresse;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

/// What an older build kept is left that long to whoever may still run it.
const REPIT: Duration = Duration::from_hours(1);

/// What tells this build from another: any change of the program or of a test makes it anew.
fn construction() -> String {
    let ici = fs::metadata(std::env::current_exe().unwrap()).unwrap();
    format!("bases-{}-{}-{}", ici.mtime(), ici.mtime_nsec(), ici.len())
}

/// What other builds kept goes.
fn oublie_les_autres(ici: &str) {
    let Ok(la) = fs::read_dir(env!("CARGO_TARGET_TMPDIR")) else {
        return;
    };
    for autre in la.flatten() {
        let nom = autre.file_name().to_string_lossy().into_owned();
        let date = autre.metadata().and_then(|m| m.modified());
        let age = date.map(|d| SystemTime::now().duration_since(d).unwrap_or_default());
        if nom.starts_with("bases-") && nom != ici && age.is_ok_and(|age| age > REPIT) {
            let _ = fs::remove_dir_all(autre.path());
        }
    }
}

/// A database of its own, as a closure leaves one once and for all; and what the closure answered.
/// It must have closed what it opened.
pub fn base(postgres: bool, nom: &str, fait: impl FnOnce(&Adresse) -> Value) -> (Adresse, Value) {
    let ici = construction();
    let moteur = if postgres { "postgres" } else { "lite" };
    let gardee = garde(&format!("{ici}/{nom}-{moteur}"), |la| {
        oublie_les_autres(&ici);
        let neuve = neuve(postgres);
        let dit = fait(&neuve);
        match &neuve {
            Adresse::Fichier(fichier) => {
                // A journal beside it would hold what the file does not.
                assert!(!fichier.with_extension("db-wal").exists(), "not closed");
                fs::copy(fichier, la.join("base")).unwrap();
            }
            Adresse::Postgres(url) => grappe::sort(url, &la.join("base")),
        }
        fs::write(la.join("dit.json"), dit.to_string()).unwrap();
    });
    let copie = neuve(postgres);
    match &copie {
        Adresse::Fichier(fichier) => drop(fs::copy(gardee.join("base"), fichier).unwrap()),
        Adresse::Postgres(url) => grappe::entre(url, &gardee.join("base")),
    }
    let dit = fs::read_to_string(gardee.join("dit.json")).unwrap();
    (copie, serde_json::from_str(&dit).unwrap())
}

/// Nothing yet.
fn neuve(postgres: bool) -> Adresse {
    if !postgres {
        return Adresse::Fichier(dossier("gardee").join("entente.db"));
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(grappe::nouvelle()).parse().unwrap()
}
