//! A document written for the layout, as JSON: the same blocks, texts that can be drawn, and the
//! shape of each table. All formats are made here, the layout computes none.

use super::texte::lisible;
use crate::metier::papier::{Bloc, Entree, LANGUE, Papier, Tableau, Voix};
use crate::regles::calendrier::en_lettres;
use chrono::Datelike;
use serde::Serialize;

/// A table with more columns is read across the page.
const COLONNES_DEBOUT: usize = 6;
/// Bounds of the share of the width that a column takes.
const POIDS: std::ops::RangeInclusive<usize> = 5..=24;

#[derive(Serialize)]
struct Donnees {
    langue: &'static str,
    region: &'static str,
    titre: String,
    sous_titre: String,
    date: String,
    jour: Date,
    /// Above each page but the first.
    entete: String,
    /// Below each page.
    pied: String,
    feuilles: Vec<Feuille>,
}

/// Blocks on pages that stand, or on pages that lie.
#[derive(Serialize)]
struct Feuille {
    paysage: bool,
    blocs: Vec<Place>,
}

#[derive(Serialize)]
struct Date {
    annee: i32,
    mois: u32,
    jour: u32,
}

/// A block, with the shape of its table when it is one.
#[derive(Serialize)]
struct Place {
    #[serde(flatten)]
    bloc: Bloc,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    forme: Option<Forme>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Forme {
    colonnes: Vec<Colonne>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Colonne {
    /// Share of the width.
    poids: usize,
    /// Figures stand under one another.
    droite: bool,
}

/// The bytes that the layout reads.
pub fn json(papier: &Papier) -> serde_json::Result<Vec<u8>> {
    let date = en_lettres(papier.date);
    serde_json::to_vec(&Donnees {
        langue: LANGUE,
        region: "FR",
        titre: lisible(&papier.titre),
        sous_titre: lisible(&papier.sous_titre),
        jour: Date {
            annee: papier.date.year(),
            mois: papier.date.month(),
            jour: papier.date.day(),
        },
        entete: format!("{} – {date}", lisible(&papier.titre)),
        date,
        pied: format!("Empreinte {}", papier.empreinte),
        feuilles: feuilles(&papier.blocs),
    })
}

/// What has many columns lies on its own pages, with the titles that stand right above it.
fn feuilles(blocs: &[Bloc]) -> Vec<Feuille> {
    let mut feuilles: Vec<Feuille> = Vec::new();
    let mut titres = Vec::new();
    for bloc in blocs {
        titres.push(place(bloc));
        if matches!(bloc, Bloc::Titre { .. }) {
            continue;
        }
        let paysage = large(bloc);
        match feuilles.last_mut() {
            // Two wide tables share no page: each begins its own.
            Some(feuille) if !feuille.paysage && !paysage => feuille.blocs.append(&mut titres),
            _ => feuilles.push(Feuille {
                paysage,
                blocs: std::mem::take(&mut titres),
            }),
        }
    }
    if !titres.is_empty() {
        feuilles.push(Feuille {
            paysage: false,
            blocs: titres,
        });
    }
    feuilles
}

fn large(bloc: &Bloc) -> bool {
    matches!(bloc, Bloc::Tableau(tableau) if tableau.entetes.len() > COLONNES_DEBOUT)
}

fn place(bloc: &Bloc) -> Place {
    let forme = match bloc {
        Bloc::Tableau(tableau) => Some(forme(tableau)),
        _ => None,
    };
    let bloc = lisible_bloc(bloc);
    Place { bloc, forme }
}

fn lisible_bloc(bloc: &Bloc) -> Bloc {
    match bloc {
        Bloc::Titre { niveau, texte } => Bloc::Titre {
            niveau: *niveau,
            texte: lisible(texte),
        },
        Bloc::Paragraphe { texte } => Bloc::Paragraphe {
            texte: lisible(texte),
        },
        Bloc::Liste { elements } => Bloc::Liste {
            elements: lisibles(elements),
        },
        Bloc::Tableau(tableau) => Bloc::Tableau(Tableau {
            legende: lisible(&tableau.legende),
            entetes: lisibles(&tableau.entetes),
            lignes: tableau.lignes.iter().map(|l| lisibles(l)).collect(),
            notes: lisibles(&tableau.notes),
        }),
        Bloc::DeuxTextes { titre, voix } => Bloc::DeuxTextes {
            titre: lisible(titre),
            voix: voix.iter().map(lisible_voix).collect(),
        },
        Bloc::Definition { entrees } => Bloc::Definition {
            entrees: entrees.iter().map(lisible_entree).collect(),
        },
    }
}

fn lisibles(textes: &[String]) -> Vec<String> {
    textes.iter().map(|texte| lisible(texte)).collect()
}

fn lisible_voix(voix: &Voix) -> Voix {
    Voix {
        qui: lisible(&voix.qui),
        texte: lisible(&voix.texte),
    }
}

fn lisible_entree(entree: &Entree) -> Entree {
    Entree {
        nom: lisible(&entree.nom),
        valeur: lisible(&entree.valeur),
    }
}

fn forme(tableau: &Tableau) -> Forme {
    let colonne = |rang: usize| {
        let corps = tableau.lignes.iter().filter_map(|ligne| ligne.get(rang));
        let longueurs = corps.clone().chain(tableau.entetes.get(rang));
        let longueur = longueurs.map(|cellule| cellule.chars().count()).max();
        let mut remplies = corps.filter(|cellule| !cellule.is_empty()).peekable();
        Colonne {
            // As the square root: a long text takes lines, not the whole width.
            poids: (4 * longueur.unwrap_or_default())
                .isqrt()
                .clamp(*POIDS.start(), *POIDS.end()),
            droite: remplies.peek().is_some() && remplies.all(|cellule| chiffre(cellule)),
        }
    };
    Forme {
        colonnes: (0..tableau.entetes.len()).map(colonne).collect(),
    }
}

/// Whether a cell is a figure, as people write it: « 1 234,50 € », « −3 % ».
fn chiffre(cellule: &str) -> bool {
    let signe = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-−,%€".contains(c);
    cellule.chars().any(|c| c.is_ascii_digit()) && cellule.chars().all(signe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_figures_stands_to_the_right_and_long_texts_take_more_room() {
        let ligne = |cellules: [&str; 4]| cellules.map(str::to_owned).into();
        let long = "Un texte assez long pour prendre plusieurs lignes. ".repeat(8);
        let tableau = Tableau {
            legende: "Essai".to_owned(),
            entetes: ligne(["Nom", "Montant", "Texte", "Vide"]),
            lignes: vec![
                ligne(["IME", "1 234,50 €", &long, ""]),
                ligne(["2 SESSAD", "−3 %", "1", ""]),
                ligne(["ESAT", "", "2", ""]),
            ],
            notes: Vec::new(),
        };
        let forme = forme(&tableau);
        let droites: Vec<bool> = forme.colonnes.iter().map(|c| c.droite).collect();
        assert_eq!(droites, [false, true, false, false]);
        let poids: Vec<usize> = forme.colonnes.iter().map(|c| c.poids).collect();
        assert_eq!(poids, [5, 6, 24, 5]);
    }

    #[test]
    fn a_wide_table_lies_on_its_own_pages_with_its_titles() {
        let titre = |niveau| Bloc::Titre {
            niveau,
            texte: "Titre".to_owned(),
        };
        let paragraphe = || Bloc::Paragraphe {
            texte: "Texte".to_owned(),
        };
        let tableau = |colonnes| {
            Bloc::Tableau(Tableau {
                legende: "Essai".to_owned(),
                entetes: vec!["E".to_owned(); colonnes],
                lignes: Vec::new(),
                notes: Vec::new(),
            })
        };
        let blocs = [
            titre(1),
            paragraphe(),
            tableau(COLONNES_DEBOUT),
            titre(1),
            titre(2),
            tableau(COLONNES_DEBOUT + 1),
            tableau(COLONNES_DEBOUT + 1),
            paragraphe(),
            titre(1),
        ];
        let feuilles = feuilles(&blocs);
        let formes: Vec<(bool, usize)> = feuilles
            .iter()
            .map(|feuille| (feuille.paysage, feuille.blocs.len()))
            .collect();
        let attendues = [(false, 3), (true, 3), (true, 1), (false, 1), (false, 1)];
        assert_eq!(formes, attendues);
    }
}
