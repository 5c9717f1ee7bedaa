//! A sheet looked at by its labels: where a text stands, what stands beside it.

use super::normal::etiquette;
use crate::echanges::classeur::{Cellule, Feuille, Fusion, Lieu};
use std::collections::{BTreeMap, HashMap};

/// Longer texts are no labels.
const ETIQUETTE_MAX: usize = 200;
/// Lines that a merged label may stand for.
const HAUTEUR_MAX: u32 = 50;

/// Places kept of one label: past the second, it is said too often to be read.
const PLACES_MAX: usize = 1_000;

/// Cells that answer as one: from 0, both ends included.
pub type Zone = Fusion;

/// What a place of a sheet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case<'a> {
    Vide,
    Une(u32, u32, &'a Cellule),
    /// A formula that was never computed.
    SansResultat(u32, u32),
    /// Two cells where one was expected: the second.
    Plusieurs(u32, u32),
}

/// A sheet and where its labels stand.
pub struct Vue<'a> {
    pub feuille: &'a Feuille,
    fusions: BTreeMap<(u32, u32), Zone>,
    etiquettes: HashMap<String, Vec<(u32, u32)>>,
}

impl<'a> Vue<'a> {
    pub fn de(feuille: &'a Feuille) -> Self {
        let fusions = feuille.details.fusions.iter();
        let fusions = fusions.map(|f| ((f.haut, f.gauche), *f)).collect();
        let mut etiquettes: HashMap<String, Vec<(u32, u32)>> = HashMap::new();
        for (ligne, cellules) in &feuille.lignes {
            for (colonne, cellule) in cellules {
                if let Some(serre) = serre(cellule) {
                    let places = etiquettes.entry(serre).or_default();
                    if places.len() < PLACES_MAX {
                        places.push((*ligne, *colonne));
                    }
                }
            }
        }
        Self {
            feuille,
            fusions,
            etiquettes,
        }
    }

    /// A cell, or those merged with it.
    pub fn zone(&self, (ligne, colonne): (u32, u32)) -> Zone {
        let fusion = self.fusions.get(&(ligne, colonne)).copied();
        let courte = |f: &Zone| f.bas - f.haut < HAUTEUR_MAX;
        fusion.filter(courte).unwrap_or(Zone {
            haut: ligne,
            gauche: colonne,
            bas: ligne,
            droite: colonne,
        })
    }

    /// Where a label stands, in any of its forms, inside a part of the sheet.
    pub fn ou(&self, formes: &[String], dans: &Zone) -> Vec<Zone> {
        let places = formes
            .iter()
            .filter_map(|forme| self.etiquettes.get(forme))
            .flatten();
        let mut places: Vec<(u32, u32)> = places
            .copied()
            .filter(|(l, c)| {
                (dans.haut..=dans.bas).contains(l) && (dans.gauche..=dans.droite).contains(c)
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| self.zone(place)).collect()
    }

    /// Every label with where it stands.
    pub fn etiquettes(&self) -> impl Iterator<Item = (&str, (u32, u32))> {
        let toutes = self.etiquettes.iter();
        toutes.flat_map(|(serre, places)| places.iter().map(|place| (serre.as_str(), *place)))
    }

    /// What a zone holds: one cell is expected.
    pub fn case(&self, zone: &Zone) -> Case<'a> {
        let mut trouvee = Case::Vide;
        for (ligne, cellules) in self.feuille.lignes.range(zone.haut..=zone.bas) {
            for (colonne, cellule) in cellules.range(zone.gauche..=zone.droite) {
                if trouvee != Case::Vide {
                    return Case::Plusieurs(*ligne, *colonne);
                }
                trouvee = Case::Une(*ligne, *colonne, cellule);
            }
        }
        for ligne in zone.haut..=zone.bas {
            let debut = (ligne, zone.gauche);
            let sans = &self.feuille.details.sans_resultat;
            if let Some((l, c)) = sans.range(debut..=(ligne, zone.droite)).next() {
                return match trouvee {
                    Case::Vide => Case::SansResultat(*l, *c),
                    _ => Case::Plusieurs(*l, *c),
                };
            }
        }
        trouvee
    }

    /// The next filled cell on the right of a label, on its first line.
    pub fn a_droite(&self, zone: &Zone) -> Case<'a> {
        let debut = zone.droite.saturating_add(1);
        let cellules = self.feuille.lignes.get(&zone.haut);
        let suivante = cellules.and_then(|c| c.range(debut..).next());
        let sans = &self.feuille.details.sans_resultat;
        let sans = sans
            .range((zone.haut, debut)..=(zone.haut, u32::MAX))
            .next();
        match (suivante, sans) {
            (Some((colonne, _)), Some((l, c))) if c < colonne => Case::SansResultat(*l, *c),
            (Some((colonne, cellule)), _) => Case::Une(zone.haut, *colonne, cellule),
            (None, Some((l, c))) => Case::SansResultat(*l, *c),
            (None, None) => Case::Vide,
        }
    }

    pub fn cellule(&self, ligne: u32, colonne: u32) -> Option<&'a Cellule> {
        self.feuille.lignes.get(&ligne)?.get(&colonne)
    }

    /// « C12 ».
    pub fn nom(ligne: u32, colonne: u32) -> String {
        Lieu::de("", ligne, colonne).cellule()
    }

    /// The whole sheet.
    pub fn tout() -> Zone {
        Zone {
            haut: 0,
            gauche: 0,
            bas: u32::MAX,
            droite: u32::MAX,
        }
    }
}

/// A cell as a label. Years and days head columns too.
pub fn serre(cellule: &Cellule) -> Option<String> {
    match cellule {
        Cellule::Texte(texte) if texte.len() <= ETIQUETTE_MAX => {
            Some(etiquette(texte)).filter(|serre| !serre.is_empty())
        }
        Cellule::Nombre(nombre) => {
            let annee = nombre.entier().filter(|n| (1900..2200).contains(n));
            annee.map(|annee| annee.to_string())
        }
        Cellule::Jour(jour) => Some(jour.format("%d/%m/%Y").to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feuille(cellules: &[(u32, u32, &str)], fusions: &[[u32; 4]]) -> Feuille {
        let mut feuille = Feuille::default();
        for (ligne, colonne, texte) in cellules {
            let ici = feuille.lignes.entry(*ligne).or_default();
            ici.insert(*colonne, Cellule::Texte((*texte).to_owned()));
        }
        let fusions = fusions.iter().map(|[haut, gauche, bas, droite]| Fusion {
            haut: *haut,
            gauche: *gauche,
            bas: *bas,
            droite: *droite,
        });
        feuille.details.fusions = fusions.collect();
        feuille
    }

    #[test]
    fn a_merged_label_answers_for_all_its_cells() {
        let feuille = feuille(&[(2, 1, "Compte"), (3, 4, "12")], &[[2, 1, 3, 2]]);
        let vue = Vue::de(&feuille);
        let trouvees = vue.ou(&["compte".to_owned()], &Vue::tout());
        let [zone] = trouvees.as_slice() else {
            panic!("{trouvees:?}")
        };
        assert_eq!(
            (zone.haut, zone.bas, zone.gauche, zone.droite),
            (2, 3, 1, 2)
        );
        let a_cote = Zone {
            gauche: 4,
            droite: 5,
            ..*zone
        };
        assert!(matches!(vue.case(&a_cote), Case::Une(3, 4, _)));
    }

    #[test]
    fn two_cells_where_one_is_expected_are_not_chosen_between() {
        let mut feuille = feuille(&[(0, 0, "a"), (0, 2, "1"), (0, 3, "2")], &[]);
        feuille.details.sans_resultat.insert((1, 2));
        let vue = Vue::de(&feuille);
        let zone = |ligne, gauche, droite| Zone {
            haut: ligne,
            bas: ligne,
            gauche,
            droite,
        };
        assert_eq!(vue.case(&zone(0, 2, 3)), Case::Plusieurs(0, 3));
        assert_eq!(vue.case(&zone(1, 2, 3)), Case::SansResultat(1, 2));
        assert_eq!(vue.case(&zone(1, 3, 3)), Case::Vide);
        assert!(matches!(vue.a_droite(&zone(0, 0, 0)), Case::Une(0, 2, _)));
        assert_eq!(vue.a_droite(&zone(1, 0, 0)), Case::SansResultat(1, 2));
        assert_eq!(Vue::nom(0, 2), "C1");
    }
}
