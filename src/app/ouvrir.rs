//! Opens the database the program runs on.

use super::contrat::Atelier;
use super::execute::Entente;
use super::fichiers::Library;
use crate::store::{Adresse, Base};
use crate::workflow::problem::Problem;
use std::path::Path;
use std::sync::OnceLock;

/// The shipped workflows, read once.
///
/// # Errors
/// The first file that does not read.
pub fn atelier() -> Result<&'static Atelier, String> {
    static ATELIER: OnceLock<Result<Atelier, String>> = OnceLock::new();
    let lu = ATELIER.get_or_init(|| {
        let atelier = Atelier::new(Library::shipped());
        atelier.map_err(|(nom, problemes)| illisible(&nom, &problemes))
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

/// The same, made when absent, with the workflows of a folder before the shipped ones.
///
/// # Errors
/// As [`ouvrir`]; or a workflow of the folder that does not read.
pub async fn ouvrir_avec(adresse: &str, workflows: Option<&Path>) -> Result<Entente, String> {
    let Some(dossier) = workflows else {
        return ouvrir(adresse, Absente::Creee).await;
    };
    if !dossier.is_dir() {
        return Err(format!(
            "Le dossier de workflows « {} » n'existe pas. Vérifiez --workflows.",
            dossier.display()
        ));
    }
    let mut fichiers = Library::shipped();
    fichiers.add_folder(dossier);
    let atelier = Atelier::new(fichiers).map_err(|(nom, problemes)| illisible(&nom, &problemes))?;
    let base = Base::ouvrir(&adresse.parse()?).await;
    // Read once, for the life of the program.
    let atelier = Box::leak(Box::new(atelier));
    Ok(Entente::nouvelle(base.map_err(|e| e.to_string())?, atelier))
}

fn illisible(nom: &str, problemes: &[Problem]) -> String {
    let premier = problemes.first().map_or("", |p| p.message.as_str());
    format!("Le workflow « {nom} » ne se lit pas : {premier}")
}
