//! Comma-separated values, as French spreadsheets read them: `;` between cells, decimal comma,
//! lines ended by CR LF, quotes as in RFC 4180.

use super::nombre::centiemes;
use super::texte::{imprimable, neutralise};
use super::{Cellule, Genre, Tableau, a_paris};

/// Says to spreadsheets that a file is in UTF-8.
pub const BOM: &str = "\u{feff}";

/// A whole file. `bom`: for old versions of Excel.
pub fn csv(tableau: &Tableau, bom: bool) -> String {
    let debut = if bom { BOM } else { "" };
    format!("{debut}{}{}", entete(tableau), lignes(tableau))
}

/// The line of titles, with the units.
pub fn entete(tableau: &Tableau) -> String {
    let titre = |colonne: &super::Colonne| {
        let unite = match colonne.genre {
            Genre::Centimes => " (€)",
            Genre::CentiemesDePourCent => " (%)",
            Genre::Instant => " (heure de Paris)",
            _ => "",
        };
        format!("{}{unite}", colonne.titre)
    };
    let titres = tableau.forme.colonnes.iter().map(titre);
    ligne(titres.map(|titre| protege(&titre)))
}

/// The other lines.
pub fn lignes(tableau: &Tableau) -> String {
    let lignes = tableau.lignes().iter();
    lignes.map(|l| ligne(l.iter().map(cellule))).collect()
}

fn ligne(champs: impl Iterator<Item = String>) -> String {
    let champs: Vec<String> = champs.collect();
    champs.join(";") + "\r\n"
}

fn cellule(cellule: &Cellule) -> String {
    match cellule {
        Cellule::Texte(texte) => protege(texte),
        Cellule::Entier(nombre) => nombre.to_string(),
        Cellule::Centimes(nombre) | Cellule::CentiemesDePourCent(nombre) => centiemes(*nombre, ','),
        Cellule::Date(date) => date.to_string(),
        Cellule::Instant(instant) => a_paris(*instant).format("%Y-%m-%d %H:%M:%S").to_string(),
        Cellule::Booleen(true) => "oui".to_owned(),
        Cellule::Booleen(false) => "non".to_owned(),
        Cellule::Vide => String::new(),
    }
}

/// A text, never a formula, between quotes when it must be.
fn protege(texte: &str) -> String {
    let ecrit = imprimable(texte);
    let ecrit = neutralise(&ecrit);
    let bords = ecrit.starts_with(char::is_whitespace) || ecrit.ends_with(char::is_whitespace);
    if bords || ecrit.contains([';', '"', '\n', '\t', ',']) {
        format!("\"{}\"", ecrit.replace('"', "\"\""))
    } else {
        ecrit.into_owned()
    }
}
