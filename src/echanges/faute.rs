//! What is wrong in a file of lines, told by its place: the first faults one by one, the others
//! counted.

use crate::metier::finess::Finess;
use std::fmt;

/// Faults told one by one.
pub const DITES_MAX: usize = 200;
/// Characters of a cell that are said again.
const REDITS: usize = 40;
/// Characters of a FINESS number.
const LONGUEUR_FINESS: usize = 9;

/// What is wrong in a file: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faute {
    /// From 1, the titles included.
    pub ligne: u64,
    /// From 1; none: the whole line.
    pub colonne: Option<usize>,
    pub motif: String,
}

impl fmt::Display for Faute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ligne {}", self.ligne)?;
        if let Some(colonne) = self.colonne {
            write!(f, ", colonne {colonne}")?;
        }
        write!(f, " : {}", self.motif)
    }
}

/// The faults of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fautes {
    /// The first ones.
    pub dites: Vec<Faute>,
    /// How many there are.
    pub en_tout: usize,
    /// The file is not of the expected shape: its lines cannot be trusted, even those that read.
    pub informe: bool,
}

impl Fautes {
    /// `colonne`: from 0.
    pub(super) fn note(&mut self, ligne: u64, colonne: Option<usize>, motif: String) {
        self.en_tout += 1;
        if self.dites.len() < DITES_MAX {
            self.dites.push(Faute {
                ligne,
                colonne: colonne.map(|c| c + 1),
                motif,
            });
        }
    }

    /// The same, of what makes the whole file unreadable.
    pub(super) fn arrete(&mut self, ligne: u64, colonne: Option<usize>, motif: String) {
        self.informe = true;
        self.note(ligne, colonne, motif);
    }

    pub fn aucune(&self) -> bool {
        self.en_tout == 0
    }
}

/// What a cell holds, said again: its beginning only.
pub(super) fn trouve(texte: &str) -> String {
    if texte.is_empty() {
        return "rien".to_owned();
    }
    let debut: String = texte.chars().take(REDITS).collect();
    let suite = if debut == texte { "" } else { "…" };
    format!("« {debut}{suite} »")
}

/// A spreadsheet takes the first zero off numbers of the first nine départements: it is given back.
pub(super) fn finess(texte: &str) -> Result<Finess, String> {
    let chiffres = texte.len() == LONGUEUR_FINESS - 1 && texte.bytes().all(|b| b.is_ascii_digit());
    let lu = if chiffres {
        Finess::parse(&format!("0{texte}"))
    } else {
        Finess::parse(texte)
    };
    lu.map_err(|refus| format!("{refus} Trouvé {}.", trouve(texte)))
}
