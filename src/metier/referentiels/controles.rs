//! The sheets of the checks of an EPRD: what each compares, how gravely it fails, on which ground,
//! and the sentence that it then says. How it looks is code; what it says is here.

use super::{A_CONFIRMER, lignes, mots};
use std::sync::LazyLock;

mots! {
    /// What a failure means.
    Severite {
        /// A legal ground of opposition (R. 314-225 I).
        Bloquant = "bloquant",
        Majeur = "majeur",
        Mineur = "mineur",
        Information = "information",
    }
}

/// A check, as it is documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fiche {
    /// « EQ-01 ».
    pub code: &'static str,
    pub libelle: &'static str,
    pub formule: &'static str,
    /// In words; its value is in the rules.
    pub tolerance: &'static str,
    pub severite: Severite,
    pub source: &'static str,
    /// What it reads.
    pub entrees: &'static str,
    /// What it says when it fails, with `{names}`.
    pub message: &'static str,
}

impl Fiche {
    /// Whether its ground still needs a lawyer's eye.
    pub fn a_confirmer(&self) -> bool {
        self.source.contains("à confirmer") || self.source.contains(A_CONFIRMER)
    }
}

const TEXTE: &str = include_str!("../../../referentiels/controles-alignement.csv");

fn lire(texte: &'static str) -> Result<Vec<Fiche>, String> {
    let titres = [
        "code",
        "libelle",
        "formule",
        "tolerance",
        "severite",
        "source",
        "entrees",
        "message",
    ];
    lignes(
        texte,
        titres,
        |[
            code,
            libelle,
            formule,
            tolerance,
            severite,
            source,
            entrees,
            message,
        ]| {
            Ok(Fiche {
                code,
                libelle,
                formule,
                tolerance,
                severite: Severite::lu(severite)?,
                source,
                entrees,
                message,
            })
        },
    )
}

static FICHES: LazyLock<Vec<Fiche>> = LazyLock::new(|| lire(TEXTE).unwrap_or_default());

/// The fifty-two, in the order of their codes in the file.
pub fn fiches() -> &'static [Fiche] {
    &FICHES
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_file_is_read_whole() {
        let lues = lire(TEXTE).unwrap();
        let codes: BTreeSet<&str> = lues.iter().map(|fiche| fiche.code).collect();
        assert_eq!((lues.len(), codes.len()), (52, 52));
        for (debut, combien) in [("RE", 4), ("EQ", 8), ("CO", 12), ("AL", 28)] {
            assert_eq!(
                codes.iter().filter(|c| c.starts_with(debut)).count(),
                combien
            );
        }
        assert!(lues.iter().any(Fiche::a_confirmer));
    }
}
