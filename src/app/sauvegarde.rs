//! A backup of the database, taken while it works, and its restoration.

use super::execute::Entente;
use super::tableaux::{Provisoire, sauvegarde_dans};
use super::verifier::{Rapport, controler};
use crate::store::Erreur;
use crate::store::sauvegarde::{Fichier, vide};
use serde::Serialize;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bilan {
    pub flux: u64,
    pub evenements: u64,
}

impl Entente {
    /// Writes all that the database holds at one moment into one new file.
    ///
    /// # Errors
    /// One French sentence: the file exists, cannot be written, or what the database holds is
    /// damaged; nothing is left then.
    pub async fn sauvegarder(&self, fichier: &Path) -> Result<Bilan, String> {
        if fichier.symlink_metadata().is_ok() {
            return Err(existe(fichier));
        }
        let partiel = partiel(fichier);
        let _ = fs::remove_file(&partiel);
        let fait = self.vers(&partiel).await;
        let pose = fait.and_then(|bilan| pose(&partiel, fichier).map(|()| bilan));
        // Once posed it has its own name; a failed one is of no use.
        let _ = fs::remove_file(&partiel);
        pose
    }

    pub(super) async fn vers(&self, partiel: &Path) -> Result<Bilan, String> {
        let mut copie = Fichier::nouveau(partiel).await.map_err(|e| {
            let chemin = partiel.display();
            format!("Le fichier « {chemin} » ne peut pas être écrit : {e}")
        })?;
        copie.prend(&self.base).await.map_err(|e| e.to_string())?;
        let rapport = controler(&mut copie.conn(), None).await;
        let bilan = intact(&rapport.map_err(|e| e.to_string())?, "La base")?;
        copie.ferme().await.map_err(|e| e.to_string())?;
        Ok(bilan)
    }

    /// Pours a backup, or that of a full export, into this database, which must be empty; every
    /// chain, every head and every
    /// seal is checked before anything is kept.
    ///
    /// # Errors
    /// One French sentence: not a backup, damaged, or the database is not empty; nothing is
    /// written then.
    pub async fn restaurer(&self, fichier: &Path) -> Result<Bilan, String> {
        let nom = fichier.display().to_string();
        if !fichier.is_file() {
            return Err(format!(
                "Le fichier « {nom} » n'existe pas. Donnez le fichier qu'« entente sauvegarder » a \
                 écrit."
            ));
        }
        let extraite = sauvegarde_dans(fichier)?;
        let fichier = extraite.as_ref().map_or(fichier, Provisoire::chemin);
        let lue = Fichier::lit(fichier)
            .await
            .map_err(|e| illisible(&nom, &e))?;
        let mut lue = lue.ok_or_else(|| {
            format!(
                "Le fichier « {nom} » n'est pas une sauvegarde d'Entente. Donnez le fichier \
                 qu'« entente sauvegarder » a écrit."
            )
        })?;
        let soi = self.clone();
        let versee = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !vide(conn).await? {
                    return Ok(None);
                }
                lue.verse(conn).await?;
                let rapport = controler(conn, None).await?;
                if rapport.broken.is_empty() {
                    soi.refaire(conn).await?;
                    return Ok(Some(rapport));
                }
                // An error undoes all that was written.
                Err(Erreur::Abime(premiere(&rapport)))
            })
        });
        match versee.await {
            Ok(Some(rapport)) => intact(&rapport, "La sauvegarde"),
            Ok(None) => Err(
                "La base n'est pas vide, et une sauvegarde ne se mêle à rien : donnez une base \
                 neuve par --database."
                    .to_owned(),
            ),
            Err(erreur) => Err(illisible(&nom, &erreur)),
        }
    }
}

fn illisible(nom: &str, erreur: &Erreur) -> String {
    match erreur {
        Erreur::Abime(quoi) => format!(
            "La sauvegarde « {nom} » est abîmée : {quoi}. Rien n'a été restauré ; prenez-en une \
             autre."
        ),
        autre => format!("La sauvegarde « {nom} » n'a pas été restaurée. {autre}"),
    }
}

fn premiere(rapport: &Rapport) -> String {
    rapport.broken.first().map_or_else(String::new, |rupture| {
        format!(
            "contrat « {} », ligne {}, {}",
            rupture.contrat, rupture.ordre, rupture.quoi
        )
    })
}

fn intact(rapport: &Rapport, quoi: &str) -> Result<Bilan, String> {
    if rapport.broken.is_empty() {
        return Ok(Bilan {
            flux: rapport.streams,
            evenements: rapport.facts,
        });
    }
    Err(format!(
        "{quoi} est abîmée ({}) : ce qui en serait copié ne se restaurerait pas. Lancez « entente \
         journal verify ».",
        premiere(rapport)
    ))
}

pub(super) fn existe(fichier: &Path) -> String {
    format!(
        "Le fichier « {} » existe déjà, et une sauvegarde n'en remplace aucun : donnez un autre \
         nom.",
        fichier.display()
    )
}

pub(super) fn partiel(fichier: &Path) -> PathBuf {
    let mut nom = fichier
        .file_name()
        .map_or_else(OsString::new, OsString::from);
    nom.push(format!(".{}.partiel", std::process::id()));
    fichier.with_file_name(nom)
}

/// Gives a whole file its name, once it is on the disk.
pub(super) fn pose(partiel: &Path, fichier: &Path) -> Result<(), String> {
    let pose = || -> io::Result<()> {
        File::open(partiel)?.sync_all()?;
        // A link, unlike a renaming, replaces nothing.
        fs::hard_link(partiel, fichier)?;
        let dossier = fichier.parent().filter(|d| !d.as_os_str().is_empty());
        File::open(dossier.unwrap_or(Path::new(".")))?.sync_all()
    };
    pose().map_err(|erreur| match erreur.kind() {
        io::ErrorKind::AlreadyExists => existe(fichier),
        _ => format!(
            "Le fichier « {} » ne peut pas être écrit ({erreur}). Donnez un autre dossier.",
            fichier.display()
        ),
    })
}
