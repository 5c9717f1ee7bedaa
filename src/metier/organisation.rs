//! Who stands behind a party: a name, and the number it is known by.

use super::finess::{Finess, FinessRefusal};
use serde::{Deserialize, Serialize};
use thiserror::Error;

const SIREN: usize = 9;

/// An organisation that holds a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub nom: String,
    /// SIREN; an authority's or an operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siren: Option<String>,
    /// FINESS number of the entité juridique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ej: Option<String>,
}

/// Why an organisation is not told well.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrganisationRefusal {
    #[error("Le nom de l'organisation manque : écrivez-le.")]
    Nom,
    #[error(
        "Un numéro SIREN compte 9 chiffres, le dernier étant une clé ; « {0} » n'en est pas un. \
         Vérifiez la saisie."
    )]
    Siren(String),
    #[error(transparent)]
    Ej(#[from] FinessRefusal),
}

impl Organisation {
    /// Whether its numbers are well formed.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn verifie(&self) -> Result<(), OrganisationRefusal> {
        if self.nom.trim().is_empty() {
            return Err(OrganisationRefusal::Nom);
        }
        if let Some(siren) = self.siren.as_ref().filter(|s| !est_siren(s)) {
            return Err(OrganisationRefusal::Siren(siren.clone()));
        }
        if let Some(ej) = &self.ej {
            Finess::parse(ej)?;
        }
        Ok(())
    }
}

/// Nine digits whose Luhn sum ends in zero; spaces are tolerated.
fn est_siren(text: &str) -> bool {
    let chiffres: Option<Vec<u32>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(10))
        .collect();
    let Some(chiffres) = chiffres.filter(|c| c.len() == SIREN) else {
        return false;
    };
    let somme: u32 = chiffres
        .iter()
        .rev()
        .enumerate()
        .map(|(rang, chiffre)| match (rang % 2, chiffre * 2) {
            (0, _) => *chiffre,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    somme.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn organisation(siren: Option<&str>, ej: Option<&str>) -> Organisation {
        Organisation {
            nom: "Les Rives Claires".to_owned(),
            siren: siren.map(str::to_owned),
            ej: ej.map(str::to_owned),
        }
    }

    #[test]
    fn numbers_are_checked_by_their_key() {
        // 7 3 2 8 2 9 3 2 0, every second one doubled: 7+6+2+7+2+9+3+4+0 = 40.
        assert_eq!(organisation(Some("732 829 320"), None).verifie(), Ok(()));
        let faux = organisation(Some("732829321"), None).verifie();
        assert!(faux.unwrap_err().to_string().contains("732829321"));
        assert_eq!(organisation(None, Some("990001018")).verifie(), Ok(()));
        assert!(organisation(None, Some("990001019")).verifie().is_err());
    }

    #[test]
    fn a_name_is_needed() {
        let sans = Organisation {
            nom: "  ".to_owned(),
            ..organisation(None, None)
        };
        assert_eq!(sans.verifie(), Err(OrganisationRefusal::Nom));
    }

    proptest! {
        #[test]
        fn exactly_one_key_makes_a_siren(racine in "[0-9]{8}") {
            let justes = (0..10).filter(|cle| est_siren(&format!("{racine}{cle}")));
            prop_assert_eq!(justes.count(), 1);
        }
    }
}
