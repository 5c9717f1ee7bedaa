//! What a cell holds, and where it stands.

use super::Nombre;
use calamine::{Data, ExcelDateTime};
use chrono::NaiveDate;
use std::fmt;

/// What a cell holds; an empty one holds nothing and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cellule {
    /// Trimmed.
    Texte(String),
    Nombre(Nombre),
    /// A number shown as a percentage: 45 for 45 %.
    Pourcent(Nombre),
    Jour(NaiveDate),
    Booleen(bool),
    /// A formula that gives no result: `#REF!`.
    Erreur(String),
    /// A number, an hour or a duration that nothing here may hold.
    Autre(String),
}

impl Cellule {
    pub(super) fn texte(texte: &str) -> Option<Self> {
        let texte = texte.trim();
        (!texte.is_empty()).then(|| Self::Texte(texte.to_owned()))
    }

    pub(super) fn lue(valeur: &Data, pourcent: bool) -> Option<Self> {
        match valeur {
            Data::Empty => None,
            Data::String(texte) => Self::texte(texte),
            Data::Float(n) => Some(nombre(*n, pourcent)),
            Data::Int(n) => {
                let lu = Nombre::du_texte(&n.to_string());
                Some(lu.map_or_else(|| Self::Autre(n.to_string()), Self::Nombre))
            }
            Data::Bool(oui) => Some(Self::Booleen(*oui)),
            Data::DateTime(date) => Some(jour(date)),
            Data::DateTimeIso(texte) => Some(iso(texte)),
            Data::DurationIso(texte) => Some(Self::Autre(texte.clone())),
            Data::Error(erreur) => Some(Self::Erreur(erreur.to_string())),
        }
    }
}

fn nombre(valeur: f64, pourcent: bool) -> Cellule {
    let lu = Nombre::du_tableur(valeur);
    let lu = if pourcent {
        lu.and_then(Nombre::cent_fois).map(Cellule::Pourcent)
    } else {
        lu.map(Cellule::Nombre)
    };
    lu.unwrap_or_else(|| Cellule::Autre(valeur.to_string()))
}

/// A date whatever its hour; a duration is not one.
fn jour(date: &ExcelDateTime) -> Cellule {
    let (annee, mois, jour, ..) = date.to_ymd_hms_milli();
    let lu = NaiveDate::from_ymd_opt(i32::from(annee), u32::from(mois), u32::from(jour));
    match lu.filter(|_| date.is_datetime() && date.as_f64() >= 1.0) {
        Some(jour) => Cellule::Jour(jour),
        None => Cellule::Autre(date.as_f64().to_string()),
    }
}

/// `2024-12-16`, or with an hour.
fn iso(texte: &str) -> Cellule {
    let jour = texte.split('T').next().unwrap_or_default();
    let lu = NaiveDate::parse_from_str(jour, "%Y-%m-%d");
    lu.map_or_else(|_| Cellule::Autre(texte.to_owned()), Cellule::Jour)
}

impl fmt::Display for Cellule {
    /// As it is told back: a long text is cut.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTRES: usize = 60;
        match self {
            Self::Texte(texte) => {
                let dit: String = texte.chars().take(MONTRES).collect();
                let suite = if dit.len() < texte.len() { "…" } else { "" };
                write!(f, "« {}{suite} »", dit.escape_debug())
            }
            Self::Nombre(nombre) => write!(f, "le nombre {nombre}"),
            Self::Pourcent(nombre) => write!(f, "{nombre} %"),
            Self::Jour(jour) => write!(f, "le {}", jour.format("%d/%m/%Y")),
            Self::Booleen(oui) => f.write_str(if *oui { "VRAI" } else { "FAUX" }),
            Self::Erreur(erreur) => write!(f, "l'erreur de formule {erreur}"),
            Self::Autre(texte) => write!(f, "« {texte} »"),
        }
    }
}

/// A place in a workbook: lines from 1, columns from A.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lieu {
    pub feuille: String,
    pub ligne: u32,
    /// From 1.
    pub colonne: u32,
}

impl Lieu {
    /// `ligne` and `colonne`: from 0.
    pub fn de(feuille: &str, ligne: u32, colonne: u32) -> Self {
        Self {
            feuille: feuille.to_owned(),
            ligne: ligne.saturating_add(1),
            colonne: colonne.saturating_add(1),
        }
    }

    /// « G7 ».
    pub fn cellule(&self) -> String {
        format!("{}{}", colonne(self.colonne), self.ligne)
    }
}

impl fmt::Display for Lieu {
    /// « Contrats!G7 ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}!{}", self.feuille, self.cellule())
    }
}

/// The letters of a column counted from 1: A, Z, AA.
pub fn colonne(mut numero: u32) -> String {
    let mut lettres = Vec::new();
    while numero > 0 {
        let rang = (numero - 1) % 26;
        lettres.push(char::from(b'A' + u8::try_from(rang).unwrap_or_default()));
        numero = (numero - 1) / 26;
    }
    lettres.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_do() {
        for (numero, nom) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")] {
            assert_eq!(colonne(numero), nom);
        }
        assert_eq!(Lieu::de("Contrats", 6, 6).to_string(), "Contrats!G7");
    }

    #[test]
    fn only_a_day_is_a_day() {
        let jour = |texte| Cellule::lue(&Data::DateTimeIso(String::from(texte)), false);
        let decembre = NaiveDate::from_ymd_opt(2024, 12, 16).map(Cellule::Jour);
        assert_eq!(jour("2024-12-16"), decembre);
        assert_eq!(jour("2024-12-16T10:30:00"), decembre);
        assert_eq!(
            jour("2024-13-16"),
            Some(Cellule::Autre("2024-13-16".to_owned()))
        );
        assert_eq!(Cellule::lue(&Data::String(" \n".to_owned()), false), None);
    }
}
