//! The two databases, real ones.

mod droits;
mod ensemble;
mod garde;
pub mod grappe;
mod histoire;
pub mod jouees;
mod jumeaux;
mod reprise;

use entente::app::contrat::Atelier;
use entente::app::execute::Entente;
use entente::app::fichiers::Library;
use entente::store::{Adresse, Base};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub fn atelier() -> &'static Atelier {
    static ATELIER: OnceLock<Atelier> = OnceLock::new();
    ATELIER.get_or_init(|| Atelier::new(Library::shipped()).unwrap())
}

/// A folder of this process, emptied.
pub fn dossier(nom: &str) -> PathBuf {
    static NUMERO: AtomicU32 = AtomicU32::new(0);
    let numero = NUMERO.fetch_add(1, Ordering::SeqCst);
    let dossier = std::env::temp_dir().join(format!(
        "entente-essai-{}-{numero}-{nom}",
        std::process::id()
    ));
    let _ = std::fs::remove_dir_all(&dossier);
    std::fs::create_dir_all(&dossier).unwrap();
    dossier
}

/// The program on a new SQLite file.
pub async fn lite() -> (Entente, PathBuf) {
    let fichier = dossier("lite").join("entente.db");
    let base = Base::ouvrir(&Adresse::Fichier(fichier.clone()))
        .await
        .unwrap();
    (Entente::nouvelle(base, atelier()), fichier)
}

/// The program on a new PostgreSQL database.
pub async fn postgres() -> (Entente, String) {
    let url = grappe::nouvelle().await;
    let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    (Entente::nouvelle(base, atelier()), url)
}
