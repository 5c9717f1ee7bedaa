//! Regions and their départements (code officiel géographique; loi of 16 January 2015): where
//! similar establishments are looked for when a département has too few.

use super::lignes;
use std::sync::LazyLock;

/// A region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Two digits: 76.
    pub code: &'static str,
    pub libelle: &'static str,
    /// Codes: 09, 2A, 971.
    pub departements: Vec<&'static str>,
}

fn lues(texte: &'static str) -> Result<Vec<Region>, String> {
    let titres = ["region", "libelle", "departements"];
    lignes(texte, titres, |[code, libelle, departements]| {
        Ok(Region {
            code,
            libelle,
            departements: departements.split(',').collect(),
        })
    })
}

const TEXTE: &str = include_str!("../../../referentiels/regions.csv");
static TOUTES: LazyLock<Vec<Region>> = LazyLock::new(|| lues(TEXTE).unwrap_or_default());

/// By code.
pub fn toutes() -> &'static [Region] {
    &TOUTES
}

pub fn par_code(code: &str) -> Option<&'static Region> {
    TOUTES.iter().find(|region| region.code == code)
}

/// The region of a département, by the code of the latter. None: it is in none.
pub fn du_departement(departement: &str) -> Option<&'static Region> {
    let mut regions = TOUTES.iter();
    regions.find(|region| region.departements.contains(&departement))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_departement_is_in_one_region() {
        let lues = lues(TEXTE).unwrap();
        let codes: BTreeSet<&str> = lues.iter().map(|region| region.code).collect();
        assert_eq!((lues.len(), codes.len()), (18, 18));
        let departements: Vec<&str> = lues.iter().flat_map(|r| r.departements.clone()).collect();
        let differents: BTreeSet<String> = departements.iter().map(|d| (*d).to_owned()).collect();
        assert_eq!(departements.len(), 101);
        // 01 to 95 without 20, Corsica in two, five overseas.
        let metropole = (1..=95).filter(|n| *n != 20).map(|n| format!("{n:02}"));
        let autres = ["2A", "2B", "971", "972", "973", "974", "976"].map(str::to_owned);
        assert_eq!(differents, metropole.chain(autres).collect());
    }

    #[test]
    fn a_departement_tells_its_region() {
        let libelle = |code| du_departement(code).map(|region| region.libelle);
        assert_eq!(libelle("2A"), Some("Corse"));
        assert_eq!(libelle("974"), Some("La Réunion"));
        assert_eq!(libelle("31"), par_code("76").map(|region| region.libelle));
        assert_eq!(libelle("99"), None);
        assert_eq!(par_code("99"), None);
    }
}
