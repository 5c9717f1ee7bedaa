//! A document for paper and for the screen: what it says, in the order in which it is read. Pure: a
//! page shows it, `echanges::papier` makes a PDF of it, and both say the same.
//!
//! Every text is shown as it is, character by character: nothing in it is markup. Figures and dates
//! come as the words that people read.

use crate::workflow::machine::digest::Digest;
use chrono::NaiveDate;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Blocks of a document.
pub const BLOCS_MAX: usize = 2_000;
/// Cells of all the tables of a document, headers not counted.
pub const CELLULES_MAX: usize = 12_000;
/// Columns of a table: more cannot be read on a page.
pub const COLONNES_MAX: usize = 10;
/// Voices told side by side.
pub const VOIX_MAX: usize = 6;
/// Characters of one text.
pub const CARACTERES_MAX: usize = 20_000;
/// Characters of a whole document.
pub const TOTAL_MAX: usize = 400_000;
/// Levels of titles, below that of the document.
pub const NIVEAUX: RangeInclusive<u8> = 1..=4;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Papier {
    pub titre: String,
    /// May be empty.
    pub sous_titre: String,
    /// The day it speaks of.
    pub date: NaiveDate,
    /// Of what it shows: at the foot of each page.
    pub empreinte: Digest,
    pub blocs: Vec<Bloc>,
}

/// The language of every document.
pub const LANGUE: &str = "fr";

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "genre", rename_all = "snake_case")]
pub enum Bloc {
    /// A title, at a level of [`NIVEAUX`] that skips none.
    Titre {
        niveau: u8,
        texte: String,
    },
    Paragraphe {
        texte: String,
    },
    Liste {
        elements: Vec<String>,
    },
    Tableau(Tableau),
    /// What several said of one thing, side by side.
    DeuxTextes {
        titre: String,
        voix: Vec<Voix>,
    },
    /// Names, each with its value.
    Definition {
        entrees: Vec<Entree>,
    },
}

/// A table: one header per column, then lines of as many cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tableau {
    pub legende: String,
    pub entetes: Vec<String>,
    pub lignes: Vec<Vec<String>>,
    /// Below the table: sources, what is hidden and why.
    pub notes: Vec<String>,
}

/// What someone said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voix {
    pub qui: String,
    pub texte: String,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entree {
    pub nom: String,
    pub valeur: String,
}

/// Why a document is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refus {
    #[error(
        "Ce document compte {trouve} {quoi}, au plus {max} tiennent dans un fichier : découpez-le, \
         par établissement par exemple."
    )]
    Trop {
        quoi: &'static str,
        trouve: usize,
        max: usize,
    },
    #[error(
        "Un texte de {trouve} caractères est trop long pour ce document (au plus \
         {CARACTERES_MAX}) : raccourcissez celui qui commence par « {debut} »."
    )]
    TexteLong { trouve: usize, debut: String },
    #[error("Il manque {0} : complétez-le avant de demander le document.")]
    Vide(&'static str),
    #[error(
        "Le titre « {texte} » est au niveau {trouve} ; attendu un niveau de 1 à {max}, un de plus \
         au plus que le titre qui le précède."
    )]
    Niveau { texte: String, trouve: u8, max: u8 },
    #[error(
        "Dans le tableau « {legende} », la ligne {ligne} a {trouve} cellules ; attendu {attendu}, \
         une par colonne."
    )]
    Ligne {
        legende: String,
        /// From 1, headers not counted.
        ligne: usize,
        trouve: usize,
        attendu: usize,
    },
}

impl Papier {
    /// Checks that the document can be made and read: within the limits, no title that skips a
    /// level, tables whose lines are whole.
    ///
    /// # Errors
    /// The first fault, told in French.
    pub fn verifie(&self) -> Result<(), Refus> {
        au_plus("blocs", self.blocs.len(), BLOCS_MAX)?;
        plein("le titre du document", &self.titre)?;
        let cellules = self.blocs.iter().map(Bloc::cellules);
        au_plus("cellules de tableau", cellules.sum(), CELLULES_MAX)?;
        let mut total = 0;
        for texte in self.textes() {
            let caracteres = texte.chars().count();
            if caracteres > CARACTERES_MAX {
                return Err(Refus::TexteLong {
                    trouve: caracteres,
                    debut: texte.chars().take(40).collect(),
                });
            }
            total += caracteres;
        }
        au_plus("caractères", total, TOTAL_MAX)?;
        let mut niveau = 0;
        for bloc in &self.blocs {
            bloc.verifie(niveau)?;
            if let Bloc::Titre {
                niveau: suivant, ..
            } = bloc
            {
                niveau = *suivant;
            }
        }
        Ok(())
    }

    /// Every text, in the order in which it is read.
    pub fn textes(&self) -> impl Iterator<Item = &str> {
        let tete = [&self.titre, &self.sous_titre];
        tete.into_iter()
            .map(String::as_str)
            .chain(self.blocs.iter().flat_map(Bloc::textes))
    }
}

impl Bloc {
    /// Cells of its table, when it is one.
    fn cellules(&self) -> usize {
        match self {
            Self::Tableau(tableau) => tableau.lignes.iter().map(Vec::len).sum(),
            _ => 0,
        }
    }

    /// Its texts, in the order in which they are read.
    pub fn textes(&self) -> Vec<&str> {
        match self {
            Self::Titre { texte, .. } | Self::Paragraphe { texte } => vec![texte],
            Self::Liste { elements } => elements.iter().map(String::as_str).collect(),
            Self::Tableau(tableau) => {
                let tete = std::iter::once(&tableau.legende).chain(&tableau.entetes);
                let corps = tableau.lignes.iter().flatten().chain(&tableau.notes);
                tete.chain(corps).map(String::as_str).collect()
            }
            Self::DeuxTextes { titre, voix } => {
                let qui = voix.iter().map(|voix| voix.qui.as_str());
                let dits = voix.iter().map(|voix| voix.texte.as_str());
                std::iter::once(titre.as_str())
                    .chain(qui)
                    .chain(dits)
                    .collect()
            }
            Self::Definition { entrees } => entrees
                .iter()
                .flat_map(|entree| [entree.nom.as_str(), entree.valeur.as_str()])
                .collect(),
        }
    }

    /// Checks a block that follows a title of this level (0: none yet).
    fn verifie(&self, avant: u8) -> Result<(), Refus> {
        match self {
            Self::Titre { niveau, texte } => {
                plein("le texte d'un titre", texte)?;
                let max = (avant + 1).min(*NIVEAUX.end());
                if (*NIVEAUX.start()..=max).contains(niveau) {
                    return Ok(());
                }
                let texte = texte.clone();
                let trouve = *niveau;
                Err(Refus::Niveau { texte, trouve, max })
            }
            Self::Paragraphe { .. } => Ok(()),
            Self::Liste { elements } => au_moins("les éléments d'une liste", elements.len(), 1),
            Self::Tableau(tableau) => tableau.verifie(),
            Self::DeuxTextes { voix, .. } => {
                au_moins("les textes à mettre côte à côte", voix.len(), 1)?;
                au_plus("textes côte à côte", voix.len(), VOIX_MAX)
            }
            Self::Definition { entrees } => {
                au_moins("les valeurs d'une liste de définitions", entrees.len(), 1)
            }
        }
    }
}

impl Tableau {
    fn verifie(&self) -> Result<(), Refus> {
        plein("la légende d'un tableau", &self.legende)?;
        au_moins("les colonnes d'un tableau", self.entetes.len(), 1)?;
        au_plus("colonnes dans un tableau", self.entetes.len(), COLONNES_MAX)?;
        for entete in &self.entetes {
            plein("l'intitulé d'une colonne", entete)?;
        }
        for (rang, ligne) in self.lignes.iter().enumerate() {
            if ligne.len() != self.entetes.len() {
                return Err(Refus::Ligne {
                    legende: self.legende.clone(),
                    ligne: rang + 1,
                    trouve: ligne.len(),
                    attendu: self.entetes.len(),
                });
            }
        }
        Ok(())
    }
}

fn au_plus(quoi: &'static str, trouve: usize, max: usize) -> Result<(), Refus> {
    if trouve > max {
        return Err(Refus::Trop { quoi, trouve, max });
    }
    Ok(())
}

fn au_moins(quoi: &'static str, trouve: usize, min: usize) -> Result<(), Refus> {
    if trouve < min {
        return Err(Refus::Vide(quoi));
    }
    Ok(())
}

fn plein(quoi: &'static str, texte: &str) -> Result<(), Refus> {
    au_moins(quoi, texte.trim().len(), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(blocs: Vec<Bloc>) -> Papier {
        Papier {
            titre: "Essai".to_owned(),
            sous_titre: String::new(),
            date: NaiveDate::default(),
            empreinte: Digest::of(b"essai"),
            blocs,
        }
    }

    fn refus(bloc: Bloc) -> String {
        let refus = document(vec![bloc]).verifie().unwrap_err();
        refus.to_string()
    }

    fn titre(niveau: u8) -> Bloc {
        let texte = "Titre".to_owned();
        Bloc::Titre { niveau, texte }
    }

    fn tableau(colonnes: usize, lignes: usize) -> Tableau {
        Tableau {
            legende: "Essai".to_owned(),
            entetes: vec!["E".to_owned(); colonnes],
            lignes: vec![vec![String::new(); colonnes]; lignes],
            notes: Vec::new(),
        }
    }

    fn voix(combien: usize) -> Bloc {
        let voix = Voix {
            qui: "ARS".to_owned(),
            texte: "Oui".to_owned(),
        };
        Bloc::DeuxTextes {
            titre: String::new(),
            voix: vec![voix; combien],
        }
    }

    #[test]
    fn titles_skip_no_level() {
        let lus = |niveaux: &[u8]| {
            let blocs = niveaux.iter().map(|niveau| titre(*niveau)).collect();
            document(blocs).verifie()
        };
        assert_eq!(lus(&[1, 2, 3, 4, 4, 2, 1, 2]), Ok(()));
        for saute in [&[2][..], &[0], &[1, 3], &[1, 2, 4], &[1, 2, 3, 4, 5]] {
            assert!(matches!(lus(saute), Err(Refus::Niveau { .. })), "{saute:?}");
        }
        assert_eq!(
            lus(&[1, 3]).unwrap_err().to_string(),
            "Le titre « Titre » est au niveau 3 ; attendu un niveau de 1 à 2, un de plus au plus \
             que le titre qui le précède."
        );
    }

    #[test]
    fn limits_hold_at_their_edge() {
        let paragraphe = |n| Bloc::Paragraphe {
            texte: "é".repeat(n),
        };
        let juste = [
            vec![Bloc::Tableau(tableau(
                COLONNES_MAX,
                CELLULES_MAX / COLONNES_MAX,
            ))],
            vec![voix(VOIX_MAX)],
            vec![paragraphe(CARACTERES_MAX)],
            vec![paragraphe(0); BLOCS_MAX],
            vec![paragraphe(CARACTERES_MAX); TOTAL_MAX / CARACTERES_MAX - 1],
        ];
        for blocs in juste {
            assert_eq!(document(blocs).verifie(), Ok(()));
        }
        let trop = [
            vec![Bloc::Tableau(tableau(COLONNES_MAX + 1, 1))],
            vec![Bloc::Tableau(tableau(1, CELLULES_MAX / 2 + 1)); 2],
            vec![voix(VOIX_MAX + 1)],
            vec![paragraphe(0); BLOCS_MAX + 1],
            vec![paragraphe(CARACTERES_MAX); TOTAL_MAX / CARACTERES_MAX],
        ];
        for blocs in trop {
            let refus = document(blocs).verifie().unwrap_err();
            assert!(matches!(refus, Refus::Trop { .. }), "{refus}");
        }
        assert!(refus(paragraphe(CARACTERES_MAX + 1)).starts_with("Un texte de 20001 caractères"));
    }

    #[test]
    fn what_is_empty_or_broken_is_told() {
        let sans_legende = Tableau {
            legende: " ".to_owned(),
            ..tableau(1, 1)
        };
        let mut courte = tableau(2, 3);
        courte.lignes[1].pop();
        for (bloc, dit) in [
            (
                Bloc::Tableau(sans_legende),
                "Il manque la légende d'un tableau",
            ),
            (
                Bloc::Tableau(tableau(0, 0)),
                "Il manque les colonnes d'un tableau",
            ),
            (
                Bloc::Tableau(courte),
                "Dans le tableau « Essai », la ligne 2 a 1 cellules ; attendu 2",
            ),
            (voix(0), "Il manque les textes à mettre côte à côte"),
            (
                Bloc::Liste { elements: vec![] },
                "Il manque les éléments d'une liste",
            ),
            (
                Bloc::Definition { entrees: vec![] },
                "Il manque les valeurs",
            ),
        ] {
            let refus = refus(bloc);
            assert!(refus.starts_with(dit), "{refus}");
        }
        let sans_titre = Papier {
            titre: String::new(),
            ..document(Vec::new())
        };
        assert_eq!(
            sans_titre.verifie().unwrap_err(),
            Refus::Vide("le titre du document")
        );
    }

    #[test]
    fn texts_come_in_the_order_in_which_they_are_read() {
        let voix = [("ARS", "oui"), ("OG", "non")].map(|(qui, texte)| Voix {
            qui: qui.to_owned(),
            texte: texte.to_owned(),
        });
        let mut chiffres = tableau(2, 1);
        chiffres.lignes[0] = vec!["a".to_owned(), "b".to_owned()];
        chiffres.notes.push("n".to_owned());
        let papier = document(vec![
            titre(1),
            Bloc::Tableau(chiffres),
            Bloc::DeuxTextes {
                titre: "D".to_owned(),
                voix: voix.into(),
            },
        ]);
        assert_eq!(
            papier.textes().collect::<Vec<_>>(),
            [
                "Essai", "", "Titre", "Essai", "E", "E", "a", "b", "n", "D", "ARS", "OG", "oui",
                "non"
            ]
        );
    }
}
