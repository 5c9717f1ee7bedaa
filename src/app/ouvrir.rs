//! Opens the database the program runs on.

use super::contrat::Atelier;
use super::execute::Entente;
use super::fichiers::Library;
use crate::store::{Adresse, Base};
use std::sync::OnceLock;

/// The shipped workflows, read once.
///
/// # Errors
/// The first file that does not read.
pub fn atelier() -> Result<&'static Atelier, String> {
    static ATELIER: OnceLock<Result<Atelier, String>> = OnceLock::new();
    let lu = ATELIER.get_or_init(|| {
        Atelier::new(Library::shipped()).map_err(|(nom, problemes)| {
            let premier = problemes.first().map_or("", |p| p.message.as_str());
            format!("Le workflow « {nom} » ne se lit pas : {premier}")
        })
    });
    lu.as_ref().map_err(Clone::clone)
}

/// Whether a file that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absente {
    Creee,
    Refusee,
}

/// Opens a database: `sqlite:CHEMIN` or `postgres://…`.
///
/// # Errors
/// One French sentence: an address that does not read, a file or a server that does not open.
pub async fn ouvrir(adresse: &str, absente: Absente) -> Result<Entente, String> {
    let lue: Adresse = adresse.parse()?;
    if let Adresse::Fichier(chemin) = &lue
        && absente == Absente::Refusee
        && !chemin.is_file()
    {
        return Err(format!(
            "Le fichier « {} » n'existe pas. Donnez --database sqlite:CHEMIN ou postgres://….",
            chemin.display()
        ));
    }
    if let Adresse::Fichier(chemin) = &lue
        && absente == Absente::Refusee
        && chemin.metadata().is_ok_and(|m| m.len() == 0)
    {
        // The engine would take it for a new database, and all would be said to be intact.
        return Err(format!(
            "Le fichier « {} » est vide : ce n'est pas une base d'Entente. Restaurez une \
             sauvegarde.",
            chemin.display()
        ));
    }
    let base = Base::ouvrir(&lue).await.map_err(|e| e.to_string())?;
    Ok(Entente::nouvelle(base, atelier()?))
}
