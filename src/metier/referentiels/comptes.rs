//! The accounts of the M22 and which groupe fonctionnel each belongs to, by vintage.

use super::{lignes, mots};
use std::collections::BTreeMap;
use std::sync::LazyLock;

mots! {
    /// Which side of a compte de résultat.
    Sens {
        Charge = "charge",
        Produit = "produit",
    }
}

mots! {
    /// A groupe fonctionnel.
    Groupe {
        /// Charges: exploitation courante. Produits: tarification.
        Un = "I",
        /// Charges: personnel. Produits: autres produits d'exploitation.
        Deux = "II",
        /// Charges: structure. Produits: financiers, exceptionnels, non encaissables.
        Trois = "III",
    }
}

/// An account, or all those that begin so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compte {
    /// Its digits.
    pub prefixe: &'static str,
    pub libelle: &'static str,
    pub sens: Sens,
    pub groupe: Groupe,
    /// « toutes », or the keys of an EHPAD between its sections: `EHPAD:H70/D30`.
    pub section: &'static str,
    pub source: &'static str,
    /// First and last exercises; none: not bounded.
    pub debut: Option<i32>,
    pub fin: Option<i32>,
}

const TEXTE: &str = include_str!("../../../referentiels/groupes-fonctionnels.csv");

fn lire(texte: &'static str) -> Result<Vec<Compte>, String> {
    let titres = [
        "compte_prefixe",
        "libelle",
        "sens",
        "groupe",
        "section",
        "source",
        "millesime_debut",
        "millesime_fin",
    ];
    lignes(
        texte,
        titres,
        |[prefixe, libelle, sens, groupe, section, source, debut, fin]| {
            if prefixe.is_empty() || !prefixe.bytes().all(|b| b.is_ascii_digit()) {
                return Err(format!("compte « {prefixe} »"));
            }
            Ok(Compte {
                prefixe,
                libelle,
                sens: Sens::lu(sens)?,
                groupe: Groupe::lu(groupe)?,
                section,
                source,
                debut: annee(debut)?,
                fin: annee(fin)?,
            })
        },
    )
}

fn annee(dite: &str) -> Result<Option<i32>, String> {
    if dite.is_empty() {
        return Ok(None);
    }
    dite.parse()
        .map(Some)
        .map_err(|_| format!("millésime « {dite} »"))
}

static COMPTES: LazyLock<Vec<Compte>> = LazyLock::new(|| lire(TEXTE).unwrap_or_default());

/// By side and digits: the vintages of an account, few.
static PAR_PREFIXE: LazyLock<BTreeMap<(Sens, &'static str), Vec<&'static Compte>>> =
    LazyLock::new(|| {
        let mut par_prefixe: BTreeMap<_, Vec<&'static Compte>> = BTreeMap::new();
        for compte in COMPTES.iter() {
            par_prefixe
                .entry((compte.sens, compte.prefixe))
                .or_default()
                .push(compte);
        }
        par_prefixe
    });

/// All of them, as the file has them.
pub fn tous() -> &'static [Compte] {
    &COMPTES
}

/// Where an account belongs in an exercise: the longest of those that begin it. `None`: none does,
/// and no group is guessed.
pub fn groupe(compte: &str, sens: Sens, exercice: i32) -> Option<&'static Compte> {
    let vaut = |c: &&&Compte| {
        c.debut.is_none_or(|debut| debut <= exercice) && c.fin.is_none_or(|fin| exercice <= fin)
    };
    (1..=compte.len()).rev().find_map(|long| {
        let connus = PAR_PREFIXE.get(&(sens, compte.get(..long)?))?;
        connus.iter().find(vaut).copied()
    })
}

/// The digits of an account, however it is written: « 64 11 », « 6411. ». `None`: something else is
/// there.
pub fn normalise(dit: &str) -> Option<String> {
    let chiffres: String = dit
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '.')
        .collect();
    let tient = (1..=10).contains(&chiffres.len()) && chiffres.bytes().all(|b| b.is_ascii_digit());
    tient.then_some(chiffres)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_whole() {
        assert_eq!(lire(TEXTE).map(|c| c.len()), Ok(168));
        assert_eq!(tous().len(), 168);
    }

    #[test]
    fn the_longest_account_decides() {
        for (compte, sens, exercice, prefixe, groupe_attendu) in [
            ("6556", Sens::Charge, 2026, "6556", Groupe::Trois),
            ("65561", Sens::Charge, 2026, "6556", Groupe::Trois),
            ("6559", Sens::Charge, 2026, "655", Groupe::Trois),
            ("659", Sens::Charge, 2026, "65", Groupe::Trois),
            ("6411", Sens::Charge, 2026, "6411", Groupe::Deux),
            ("611", Sens::Charge, 2026, "611", Groupe::Un),
            ("613", Sens::Charge, 2026, "613", Groupe::Trois),
            ("731", Sens::Produit, 2026, "731", Groupe::Un),
            ("6419", Sens::Produit, 2026, "6419", Groupe::Deux),
            ("7894", Sens::Produit, 2026, "789", Groupe::Trois),
        ] {
            let trouve = groupe(compte, sens, exercice).unwrap_or_else(|| panic!("{compte}"));
            assert_eq!((trouve.prefixe, trouve.groupe), (prefixe, groupe_attendu));
        }
        // An account that is on one side only is not on the other, and nothing is guessed.
        for (compte, sens) in [
            ("731", Sens::Charge),
            ("9", Sens::Charge),
            ("", Sens::Produit),
        ] {
            assert_eq!(groupe(compte, sens, 2026), None, "{compte}");
        }
    }

    #[test]
    fn an_account_changes_its_meaning_with_the_vintage() {
        let libelle = |compte, sens, exercice| groupe(compte, sens, exercice).map(|c| c.libelle);
        assert_eq!(
            libelle("657", Sens::Charge, 2024),
            Some("Subventions versées")
        );
        assert_eq!(
            libelle("657", Sens::Charge, 2026),
            Some("Valeurs comptables des immobilisations cédées")
        );
        assert_eq!(
            libelle("79", Sens::Produit, 2024),
            Some("Transferts de charges")
        );
        assert_eq!(libelle("79", Sens::Produit, 2025), None);
        assert_eq!(
            groupe("747", Sens::Produit, 2024).map(|c| c.groupe),
            Some(Groupe::Deux)
        );
        assert_eq!(
            groupe("747", Sens::Produit, 2025).map(|c| c.groupe),
            Some(Groupe::Trois)
        );
    }

    #[test]
    fn an_account_is_read_however_it_is_written() {
        for (dit, lu) in [
            ("6411", Some("6411")),
            (" 64 11.", Some("6411")),
            ("64\u{a0}11", Some("6411")),
        ] {
            assert_eq!(normalise(dit).as_deref(), lu);
        }
        for faux in ["", "64a", "Total", "64112345678", "٦٤"] {
            assert_eq!(normalise(faux), None, "{faux}");
        }
    }
}
