//! What similar establishments show: the quartiles of the figures of each category, in each
//! département, each region and the country.

use crate::metier::comparaison::{Maille, Reference, Semblables};
use crate::metier::nombre::Nombre;
use crate::store::repertoire::Ensemble;
use std::collections::BTreeMap;

/// The references of an indicator and a year, from the figures of all establishments.
pub(super) fn semblables(indicateur: &str, annee: i32, ensemble: Ensemble) -> Vec<Reference> {
    let mut par_lieu: BTreeMap<(String, String), Vec<Nombre>> = BTreeMap::new();
    for (categorie, departement, valeur) in ensemble {
        let lieu = par_lieu.entry((categorie, departement)).or_default();
        lieu.push(valeur);
    }
    let mut par_maille: BTreeMap<(&str, Maille), Vec<Nombre>> = BTreeMap::new();
    for ((categorie, departement), valeurs) in &par_lieu {
        for maille in Maille::autour(departement) {
            let semblables = par_maille.entry((categorie, maille)).or_default();
            semblables.extend(valeurs);
        }
    }
    let references = par_maille.into_iter();
    let references = references.filter_map(|((categorie, maille), valeurs)| {
        let semblables = Semblables {
            annee,
            indicateur,
            categorie,
        };
        Reference::calcule(&semblables, maille, &valeurs)
    });
    references.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_category_is_summed_in_its_departement_its_region_and_the_country() {
        let ligne = |categorie: &str, departement: &str, valeur: i32| {
            let texte = |texte: &str| texte.to_owned();
            (texte(categorie), texte(departement), Nombre::from(valeur))
        };
        let ensemble = vec![
            ligne("183", "2A", 1),
            ligne("183", "2B", 3),
            ligne("183", "31", 8),
            ligne("500", "2A", 9),
            // Of no region of ours.
            ligne("183", "99", 100),
        ];
        let references = semblables("TDB-2.12", 2025, ensemble);
        let dites: Vec<(&str, String, u32, String)> = references
            .iter()
            .map(|r| {
                let territoire = format!("{:?}", r.territoire);
                (
                    r.categorie.as_str(),
                    territoire,
                    r.structures,
                    r.mediane.to_string(),
                )
            })
            .collect();
        let attendues = [
            ("183", "Departement(\"2A\")", 1, "1"),
            ("183", "Departement(\"2B\")", 1, "3"),
            ("183", "Departement(\"31\")", 1, "8"),
            ("183", "Departement(\"99\")", 1, "100"),
            ("183", "Region(\"76\")", 1, "8"),
            ("183", "Region(\"94\")", 2, "2"),
            ("183", "Nation", 4, "5,5"),
            ("500", "Departement(\"2A\")", 1, "9"),
            ("500", "Region(\"94\")", 1, "9"),
            ("500", "Nation", 1, "9"),
        ];
        let attendues = attendues.map(|(c, t, n, m)| (c, t.to_owned(), n, m.to_owned()));
        assert_eq!(dites, attendues);
    }
}
