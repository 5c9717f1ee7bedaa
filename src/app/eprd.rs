//! An EPRD, read and checked.

pub use crate::echanges::eprd::{Lu, Refus};

use super::fichiers::Library;
use crate::app::tableaux::Format;
use crate::echanges::eprd::{description, ods, xlsx};
use crate::metier::budget::controles::{self, Bilan, Resultat};
use crate::metier::budget::lignes::{Bloc, Lieu, Lignes, Valeur};
use crate::metier::budget::parametres::Parametres;
use crate::metier::budget::ratios;
use crate::metier::budget::releve::{Lecture, Releve, realise};
use crate::regles::paquet::Paquet;
use chrono::NaiveDate;

/// The pack of tolerances and bounds.
pub const PAQUET: &str = "eprd-2026";
/// The procedure of a year's budget, by its workflow.
pub const PROCEDURE: &str = "eprd-annuel";
/// The pack of delays when no contract says another.
const PAQUET_DU_CONTRAT: &str = "cpom-ph-2026";

/// What the checks and the ratios say of an exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controles {
    pub resultats: Vec<Resultat>,
    pub ratios: Vec<ratios::Releve>,
    pub bilan: Bilan,
}

/// Reads a file.
///
/// # Errors
/// Not an EPRD; or what is wrong in it, by its place.
pub fn lire(octets: &[u8]) -> Result<Lu, Refus> {
    crate::echanges::eprd::lire(octets)
}

/// Checks an exercise by the rules in force on the day of its deposit; what a pack says counts
/// before what the next one says.
pub fn controler(lignes: &Lignes, paquets: &[&Paquet]) -> Controles {
    let regles = Parametres::de(paquets, depose_le(lignes));
    let resultats = controles::controler(lignes, &regles);
    Controles {
        bilan: Bilan::de(&resultats),
        ratios: ratios::relever(lignes),
        resultats,
    }
}

/// What a file that was read is: a workbook, of either kind, or text.
pub fn media(octets: &[u8]) -> &'static str {
    // The first entry of an OpenDocument file says so, uncompressed.
    const ODS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    const DEBUT: usize = 128;
    let debut = &octets[..octets.len().min(DEBUT)];
    if !octets.starts_with(b"PK") {
        "text/csv"
    } else if debut.windows(ODS.len()).any(|w| w == ODS) {
        "application/vnd.oasis.opendocument.spreadsheet"
    } else {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    }
}

/// What is kept of a file put beside its contract, and checked. An ERRD is not checked alone.
pub fn relever(lu: &Lu, paquets: &[&Paquet], date: NaiveDate) -> Releve {
    let lecture = Lecture {
        cadre: &lu.cadre,
        date,
        signalements: &lu.signalements,
        absents: &lu.absents,
    };
    if realise(&lu.cadre) {
        return Releve::de(lecture, &lu.lignes, &[], &[]);
    }
    let controles = controler(&lu.lignes, paquets);
    Releve::de(lecture, &lu.lignes, &controles.resultats, &controles.ratios)
}

/// A frame with what the contract and the notifications say, its other cells left to be filled in.
/// `jour`: written as the day of its making.
///
/// # Errors
/// One French sentence: no frame is known for this exercise.
pub fn prerempli(contrat: &Lignes, format: Format, jour: NaiveDate) -> Result<Vec<u8>, String> {
    let exercice = contrat.exercice;
    let cadre = description::pour("EPRD_COMPLET", exercice);
    let cadre = cadre.ok_or_else(|| {
        format!(
            "Aucun cadre n'est connu pour l'exercice {exercice} : prenez celui de la plateforme."
        )
    })?;
    match format {
        Format::Ods => ods(contrat, cadre),
        _ => xlsx(contrat, cadre, jour),
    }
}

/// The shipped packs, when no contract brings its own.
///
/// # Errors
/// One is missing.
pub fn paquets_livres() -> Result<[&'static Paquet; 2], String> {
    let livres = Library::shipped_once();
    let livre = |nom: &str| {
        livres
            .pack(nom)
            .ok_or_else(|| format!("le paquet « {nom} » manque"))
    };
    Ok([livre(PAQUET_DU_CONTRAT)?, livre(PAQUET)?])
}

/// The day of the deposit; not declared: the last day of the exercise on which it may be.
fn depose_le(lignes: &Lignes) -> NaiveDate {
    let exercice = lignes.exercice;
    let ligne = lignes.trouve(Bloc::Depot, Lieu::Ensemble, exercice, "DATE_DEPOT_EPRD");
    match ligne.map(|ligne| &ligne.valeur) {
        Some(Valeur::Jour(jour)) => *jour,
        _ => NaiveDate::from_ymd_opt(exercice, 6, 30).unwrap_or_default(),
    }
}
