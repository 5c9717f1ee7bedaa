//! The sheets of the ratios of financial analysis: formula, unit, thresholds. How each is computed
//! is code (`budget::ratios`); what it means is here.

use super::{lignes, mots};
use crate::metier::nombre::Nombre;
use std::sync::LazyLock;

mots! {
    /// What a ratio counts.
    Unite {
        Pourcent = "pourcent",
        Euro = "euro",
        Ratio = "ratio",
        Annees = "année",
        Jours = "jour",
        EuroParPlace = "euro par place",
        EuroParUnite = "euro par unité",
        EtpParPlace = "ETP par place",
        EuroParEtp = "euro par ETP",
    }
}

/// A bound that a value goes past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Borne {
    Sous(Nombre),
    Sur(Nombre),
}

/// A ratio, as it is documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fiche {
    /// « RF-01 ».
    pub code: &'static str,
    pub libelle: &'static str,
    pub formule: &'static str,
    pub unite: Unite,
    /// Past one of these, an alert; empty: none is known.
    pub alerte: Vec<Borne>,
    /// Past one of these, something to watch.
    pub vigilance: Vec<Borne>,
    /// Whether the source was read; otherwise regional usage.
    pub confirme: bool,
    /// The thresholds in words.
    pub seuil: &'static str,
    pub source: &'static str,
}

const TEXTE: &str = include_str!("../../../referentiels/ratios-financiers.csv");

fn lire(texte: &'static str) -> Result<Vec<Fiche>, String> {
    let titres = [
        "code",
        "libelle",
        "formule",
        "unite",
        "alerte",
        "vigilance",
        "confirme",
        "seuil",
        "source",
    ];
    lignes(
        texte,
        titres,
        |[
            code,
            libelle,
            formule,
            unite,
            alerte,
            vigilance,
            confirme,
            seuil,
            source,
        ]| {
            Ok(Fiche {
                code,
                libelle,
                formule,
                unite: Unite::lu(unite)?,
                alerte: bornes(alerte)?,
                vigilance: bornes(vigilance)?,
                confirme: match confirme {
                    "oui" => true,
                    "non" => false,
                    autre => return Err(format!("« {autre} » : oui ou non")),
                },
                seuil,
                source,
            })
        },
    )
}

fn bornes(dites: &str) -> Result<Vec<Borne>, String> {
    let lues = dites.split_whitespace().map(|dite| {
        let nombre = |n: &str| Nombre::du_texte(n).ok_or_else(|| format!("seuil « {dite} »"));
        match (dite.strip_prefix('<'), dite.strip_prefix('>')) {
            (Some(n), _) => nombre(n).map(Borne::Sous),
            (_, Some(n)) => nombre(n).map(Borne::Sur),
            _ => Err(format!("seuil « {dite} »")),
        }
    });
    lues.collect()
}

static FICHES: LazyLock<Vec<Fiche>> = LazyLock::new(|| lire(TEXTE).unwrap_or_default());

/// The thirty, in the order of their codes.
pub fn fiches() -> &'static [Fiche] {
    &FICHES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_whole() {
        let lues = lire(TEXTE).unwrap();
        assert_eq!(lues.len(), 30);
        assert!(lues.windows(2).all(|deux| deux[0].code < deux[1].code));
        let caf = &lues[0];
        assert_eq!(caf.alerte, [Borne::Sous(Nombre::from(2))]);
        assert_eq!(caf.vigilance, [Borne::Sous(Nombre::from(5))]);
        assert!(caf.confirme && bornes("2").is_err() && bornes("<deux").is_err());
    }
}
