//! Writes tables in a format.

use crate::app::importer::cause;
use crate::echanges::tableaux::{Tableau, csv, json, ods, xlsx};
use chrono::NaiveDate;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

/// A format of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Ods,
    /// `bom`: says to spreadsheets that the file is in UTF-8.
    Csv {
        bom: bool,
    },
    Json,
}

impl Format {
    /// By its name: `xlsx`, `ods`, `csv`, `json`.
    pub fn nomme(nom: &str, bom: bool) -> Option<Self> {
        Some(match nom {
            "xlsx" => Self::Xlsx,
            "ods" => Self::Ods,
            "csv" => Self::Csv { bom },
            "json" => Self::Json,
            _ => return None,
        })
    }

    /// What a browser is told.
    pub fn media(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Csv { .. } => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
            Self::Csv { .. } => "csv",
            Self::Json => "json",
        }
    }

    /// Whether one file holds several tables.
    pub fn classeur(self) -> bool {
        matches!(self, Self::Xlsx | Self::Ods)
    }
}

/// A file. `jour`: of its making, which some formats tell. A large one takes a second or more of
/// one processor: a server makes it apart from its other requests.
///
/// # Errors
/// One French sentence: too large for the format, or several tables where it holds one.
pub fn ecrire(tableaux: &[Tableau], format: Format, jour: NaiveDate) -> Result<Vec<u8>, String> {
    match (format, tableaux) {
        (Format::Xlsx, tableaux) => xlsx(tableaux, jour),
        (Format::Ods, tableaux) => ods(tableaux),
        (Format::Csv { bom }, [un]) => Ok(csv(un, bom).into_bytes()),
        (Format::Json, [un]) => Ok(json(un).into_bytes()),
        (Format::Csv { .. } | Format::Json, _) => Err(format!(
            "Un fichier {} tient un seul tableau, et en voici {}. Exportez-les en xlsx ou en ods, \
             ou un par un.",
            format.extension(),
            tableaux.len()
        )),
    }
}

/// Puts an export in a file that is not there yet.
///
/// # Errors
/// One French sentence: the file is there, or does not write.
pub fn deposer(octets: &[u8], chemin: &Path) -> Result<(), String> {
    let neuf = File::create_new(chemin);
    let ecrit = neuf.and_then(|mut fichier| fichier.write_all(octets));
    ecrit.map_err(|e| {
        let (chemin, cause) = (chemin.display(), cause(&e));
        format!(
            "Le fichier « {chemin} » ne s'écrit pas ({cause}). Donnez le nom d'un fichier nouveau."
        )
    })
}
