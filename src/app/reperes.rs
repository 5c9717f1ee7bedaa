//! What the reading of indicators follows: dated values of a rule pack.

use super::fichiers::Library;
use crate::regles::value::Value;
use chrono::NaiveDate;

/// The pack that holds them.
const PAQUET: &str = "indicateurs-2026";

/// The rules in force on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regles {
    /// Structures below which no quartile is shown.
    pub structures_min: u32,
    /// Years below which no trend is told.
    pub annees_min: u32,
    /// First day on which an imperative criterion of the HAS is met at 4,00 only.
    pub deux_decimales: NaiveDate,
}

/// The rules in force on a day, as the shipped pack says them.
///
/// # Errors
/// The pack lacks one, or gives it as something else.
pub fn regles(jour: NaiveDate) -> Result<Regles, String> {
    let paquet = Library::shipped_once().pack(PAQUET);
    let paquet = paquet.ok_or_else(|| format!("le paquet « {PAQUET} » manque"))?;
    let valeur = |nom| paquet.value(nom, jour).map(|datee| &datee.value);
    let nombre = |nom| match valeur(nom) {
        Some(Value::Integer(n)) => u32::try_from(*n).map_err(|_| faux(nom)),
        _ => Err(faux(nom)),
    };
    Ok(Regles {
        structures_min: nombre("COMPARAISON_STRUCTURES_MIN")?,
        annees_min: nombre("TENDANCE_ANNEES_MIN")?,
        deux_decimales: match valeur("HAS_DEUX_DECIMALES") {
            Some(Value::Date(jour)) => *jour,
            _ => return Err(faux("HAS_DEUX_DECIMALES")),
        },
    })
}

fn faux(nom: &str) -> String {
    format!("« {nom} » manque au paquet « {PAQUET} », ou n'y est pas du type attendu")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_says_them_all() {
        let jour = |texte: &str| texte.parse().unwrap();
        let lues = regles(jour("2026-11-23")).unwrap();
        assert_eq!((lues.structures_min, lues.annees_min), (5, 3));
        assert_eq!(lues.deux_decimales, jour("2024-12-31"));
        assert!(regles(jour("2016-12-31")).unwrap_err().contains(PAQUET));
    }
}
