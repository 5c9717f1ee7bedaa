//! What a shared diagnostic rests on: figures of an establishment with their source, the profile of
//! needs, the contracts and agreements in force.

use crate::metier::nombre::Nombre;
use crate::workflow::machine::digest::Digest;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Years that a figure may be of.
pub const ANNEES: RangeInclusive<i32> = 2010..=2100;
/// Figures of one statement, at most: the list of indicators is shorter.
pub const CHIFFRES_MAX: usize = 100;
/// Characters of what names a piece, a title, a number.
pub const TEXTE_MAX: usize = 200;
/// Decimals of a figure: what is read with more is rounded to so many.
pub const DECIMALES_MAX: u32 = 4;
/// The least and the most serious finding.
pub const GRAVITES: RangeInclusive<u8> = 1..=4;

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Tableau de bord de la performance (CASF R.314-29).
    Tdb,
    /// État réalisé des recettes et des dépenses (CASF R.314-232).
    Errd,
    /// Compte administratif, for the years before the EPRD.
    Ca,
    /// The evaluation published by the HAS (CASF L.312-8).
    Has,
    /// Inspections, as the authorities keep them (SIICEA).
    Siicea,
    /// Reported events, as the authorities keep them (SI-VSS; CASF L.331-8-1).
    SiVss,
    /// Complaints, as the authorities keep them (SI-REC).
    SiRec,
    /// Stated by the managing body, with a piece.
    Gestionnaire,
}

/// Whether a figure says that something binding is still open: an injonction or a prescription that
/// is not lifted, a critère impératif that is not reached. A diagnostic has to say it.
pub fn reste_ouvert(indicateur: &str, valeur: Nombre) -> bool {
    match indicateur {
        "Q-IC-3" => Nombre::du_texte("0").is_some_and(|rien| valeur > rien),
        "Q-HAS-2" => Nombre::du_texte("100").is_some_and(|tous| valeur < tous),
        _ => false,
    }
}

impl Source {
    pub const TOUTES: [Self; 8] = [
        Self::Tdb,
        Self::Errd,
        Self::Ca,
        Self::Has,
        Self::Siicea,
        Self::SiVss,
        Self::SiRec,
        Self::Gestionnaire,
    ];

    /// Whether it is published or declared, in files that are imported.
    pub fn publiee(self) -> bool {
        matches!(self, Self::Tdb | Self::Errd | Self::Ca | Self::Has)
    }

    /// As files and tables write it: `tdb`, `si_vss`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tdb => "tdb",
            Self::Errd => "errd",
            Self::Ca => "ca",
            Self::Has => "has",
            Self::Siicea => "siicea",
            Self::SiVss => "si_vss",
            Self::SiRec => "si_rec",
            Self::Gestionnaire => "gestionnaire",
        }
    }

    /// As screens say it.
    pub fn titre(self) -> &'static str {
        match self {
            Self::Tdb => "TDB ESMS",
            Self::Errd => "ERRD",
            Self::Ca => "Compte administratif",
            Self::Has => "HAS",
            Self::Siicea => "Inspections (SIICEA)",
            Self::SiVss => "Signalements (SI-VSS)",
            Self::SiRec => "Réclamations (SI-REC)",
            Self::Gestionnaire => "Gestionnaire",
        }
    }

    /// Whether an authority keeps it: the managing body does not state it.
    pub fn d_autorite(self) -> bool {
        matches!(self, Self::Siicea | Self::SiVss | Self::SiRec)
    }
}

/// Figures of one establishment, for one year, from one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Releve {
    pub source: Source,
    pub annee: i32,
    /// The file, or the document, that holds them.
    pub piece: String,
    /// By code of indicator (`TDB-2.01`), in its unit.
    #[serde(with = "exacts")]
    pub chiffres: BTreeMap<String, Nombre>,
}

/// Exact numbers as decimal texts: « 11.97 ».
mod exacts {
    use super::{BTreeMap, Nombre};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(
        chiffres: &BTreeMap<String, Nombre>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let ecrits = chiffres.iter();
        let ecrits = ecrits.map(|(code, valeur)| (code, valeur.to_string().replace(',', ".")));
        ecrits.collect::<BTreeMap<_, _>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Nombre>, D::Error> {
        let lus = BTreeMap::<String, String>::deserialize(deserializer)?;
        let chiffre = |(code, ecrit): (String, String)| match Nombre::du_texte(&ecrit) {
            Some(valeur) => Ok((code, valeur)),
            None => Err(D::Error::custom(format!("« {ecrit} » n'est pas un nombre"))),
        };
        lus.into_iter().map(chiffre).collect()
    }
}

/// A figure as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chiffre {
    pub valeur: Nombre,
    pub source: Source,
    pub piece: String,
    /// The party that brought it, and the day.
    pub par: String,
    pub le: NaiveDate,
    /// What stood before it was corrected, and the day that was brought.
    pub ancienne: Option<(Nombre, NaiveDate)>,
}

/// A finding's figure: which one it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Donnee {
    /// By its code: `TDB-2.01`; or a need of SERAFIN-PH, `1.3.3.4`.
    pub indicateur: String,
    pub annee: i32,
}

/// The needs of a year, summed and masked: the text that holds them, by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profil {
    pub annee: u16,
    /// The least count that it tells.
    pub k: u32,
    /// The establishments it tells of.
    pub esms: Vec<String>,
    pub empreinte: Digest,
}

/// What binds the managing body already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convention {
    pub nature: NatureDeConvention,
    pub intitule: String,
    /// Last day; `None`: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terme: Option<NaiveDate>,
    /// What was promised and is not done yet; empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub engagements: String,
    /// What came of it, for a contract that ends; empty: not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bilan: String,
    /// The piece that holds it.
    pub piece: String,
}

/// What kind of contract or agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NatureDeConvention {
    CpomAnterieur,
    RetourALEquilibre,
    AideSociale,
    Cooperation,
    Autre,
}

impl NatureDeConvention {
    /// As screens say it.
    pub fn titre(self) -> &'static str {
        match self {
            Self::CpomAnterieur => "CPOM antérieur",
            Self::RetourALEquilibre => "Plan de retour à l'équilibre",
            Self::AideSociale => "Habilitation à l'aide sociale",
            Self::Cooperation => "Convention de coopération",
            Self::Autre => "Autre convention",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn figures_are_read_as_they_were_written(
            lus in prop::collection::btree_map("[A-Z]{3}-[1-9]", (any::<i32>(), 0..5_u32), 0..9),
        ) {
            let nombre = |(mantisse, decimales): (i32, u32)| {
                let signe = if mantisse < 0 { "-" } else { "" };
                let chiffres = format!("{:06}", mantisse.unsigned_abs());
                let (entiers, reste) = chiffres.split_at(chiffres.len() - decimales as usize);
                let virgule = if reste.is_empty() { "" } else { "," };
                Nombre::du_texte(&format!("{signe}{entiers}{virgule}{reste}")).unwrap()
            };
            let releve = Releve {
                source: Source::Tdb,
                annee: 2024,
                piece: "TDB 2024".to_owned(),
                chiffres: lus.into_iter().map(|(code, n)| (code, nombre(n))).collect(),
            };
            let ecrit = serde_json::to_string(&releve).unwrap();
            prop_assert!(!ecrit.contains("NaN"));
            prop_assert_eq!(serde_json::from_str::<Releve>(&ecrit).unwrap(), releve);
        }
    }

    #[test]
    fn what_is_not_a_number_is_no_figure() {
        let ecrit =
            r#"{"source":"tdb","annee":2024,"piece":"p","chiffres":{"TDB-2.01":"beaucoup"}}"#;
        assert!(serde_json::from_str::<Releve>(ecrit).is_err());
        let ecrit = ecrit.replace("beaucoup", "11.97");
        let lu = serde_json::from_str::<Releve>(&ecrit).unwrap();
        assert_eq!(lu.chiffres["TDB-2.01"].to_string(), "11,97");
        assert_eq!(serde_json::to_string(&lu).unwrap(), ecrit);
    }
}
