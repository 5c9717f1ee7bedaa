//! What national registers publish, taken in: read, compared with what is known, then written
//! whole or not at all. Taken in twice, a file changes nothing the second time; a figure that is
//! corrected keeps the one it takes the place of.

/// What was done, for people and programs.
mod bilan;
/// What pages ask for.
mod lire;
/// Compared, written.
mod prendre;
/// What similar establishments show.
mod semblables;

pub use bilan::{Bilan, Changement, Refusee};
pub use lire::Comparaison;

use super::importer::cause;
use crate::echanges::faute::Fautes;
use crate::echanges::finess::{self, Extrait};
use crate::echanges::grille;
use crate::echanges::releves::Export;
use crate::echanges::{comptes, has, tdb};
use crate::metier::contrat::diagnostic::Source;
use crate::workflow::machine::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of an extract of FINESS: the national one takes a third of it.
const OCTETS_MAX: u64 = 128 << 20;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    Finess,
    Tdb,
    Has,
    Comptes,
}

impl Genre {
    /// For programs.
    pub fn mot(self) -> &'static str {
        match self {
            Self::Finess => "finess",
            Self::Tdb => "tdb",
            Self::Has => "has",
            Self::Comptes => "comptes",
        }
    }

    /// What is counted of it, as a sentence begins.
    pub fn unites(self) -> &'static str {
        match self {
            Self::Finess => "Fiches",
            Self::Tdb | Self::Has | Self::Comptes => "Chiffres",
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Lecture {
    pub genre: Genre,
    empreinte: Digest,
    lu: Lu,
}

#[derive(Debug, Clone)]
enum Lu {
    Fiches(Extrait),
    Chiffres(Export),
}

/// How a file is taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prise {
    /// Nothing is written: what would be is told.
    pub a_blanc: bool,
    /// The lines that are right are written even when others are refused. Otherwise one line
    /// refused refuses the file.
    pub partielle: bool,
}

impl Lecture {
    fn fautes(&self) -> &Fautes {
        match &self.lu {
            Lu::Fiches(extrait) => &extrait.fautes,
            Lu::Chiffres(export) => &export.fautes,
        }
    }
}

/// Reads a file.
///
/// # Errors
/// One French sentence: it does not open, is too large, or is of another kind.
pub fn lire(genre: Genre, chemin: &Path) -> Result<Lecture, String> {
    let fichier = File::open(chemin).and_then(|fichier| {
        if fichier.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(fichier)
    });
    let fichier = fichier.map_err(|e| {
        let (chemin, cause) = (chemin.display(), cause(&e));
        format!(
            "Le fichier « {chemin} » ne se lit pas ({cause}). Vérifiez son chemin et vos droits."
        )
    })?;
    lire_de(genre, fichier)
}

/// Reads what a file holds, wherever it comes from.
///
/// # Errors
/// As [`lire`].
pub fn lire_de(genre: Genre, fichier: impl Read) -> Result<Lecture, String> {
    if genre == Genre::Finess {
        let mut octets = Mesure {
            fichier,
            hacheur: Sha256::new(),
            lus: 0,
        };
        let extrait = finess::lire(octets.by_ref().take(OCTETS_MAX + 1))?;
        if octets.lus > OCTETS_MAX {
            return Err(trop(OCTETS_MAX));
        }
        return Ok(Lecture {
            genre,
            empreinte: Digest(octets.hacheur.finalize().into()),
            lu: Lu::Fiches(extrait),
        });
    }
    let permis = u64::try_from(grille::OCTETS_MAX).unwrap_or(u64::MAX);
    let mut octets = Vec::new();
    let lus = fichier
        .take(permis.saturating_add(1))
        .read_to_end(&mut octets);
    lus.map_err(|e| format!("Le fichier ne se lit pas ({e})."))?;
    let export = match genre {
        Genre::Tdb => tdb::lire(&octets),
        Genre::Has => has::lire(&octets),
        Genre::Comptes | Genre::Finess => comptes::lire(&octets, Source::Ca),
    };
    Ok(Lecture {
        genre,
        empreinte: Digest::of(&octets),
        lu: Lu::Chiffres(export?),
    })
}

fn trop(permis: u64) -> String {
    format!(
        "Ce fichier dépasse {permis} octets. Répartissez ses lignes entre plusieurs fichiers, par \
         département."
    )
}

/// A file that is measured and digested as it is read.
struct Mesure<R> {
    fichier: R,
    hacheur: Sha256,
    lus: u64,
}

impl<R: Read> Read for Mesure<R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        let lus = self.fichier.read(tampon)?;
        self.hacheur.update(tampon.get(..lus).unwrap_or_default());
        self.lus += lus as u64;
        Ok(lus)
    }
}
