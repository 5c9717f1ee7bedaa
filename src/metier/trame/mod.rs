//! Trames: what a diagnostic asks, theme by theme, as versioned data that an ARS writes with its
//! départements. No text sets the themes: those shipped are proposals.

mod lecture;
#[cfg(test)]
mod tests;

use super::referentiels::indicateurs::Indicateur;
use crate::regles::problem::Problem;
use crate::regles::yaml;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Questions of one theme: fewer guide nobody, more are not read.
pub const QUESTIONS: std::ops::RangeInclusive<usize> = 2..=5;

/// A frame of diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trame {
    /// Its name, that of its file: `d1-d15-2026`.
    pub code: String,
    pub version: String,
    pub titre: String,
    /// Who wrote it, or after what.
    pub source: String,
    /// In the order in which they are filled; no code twice. Never empty.
    pub themes: Vec<Theme>,
}

/// What one part of a diagnostic is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// `D3`, `T1`.
    pub code: String,
    pub titre: String,
    /// Of whom it is asked. Never empty.
    pub niveaux: BTreeSet<Niveau>,
    pub obligation: Obligation,
    /// As many as [`QUESTIONS`] says.
    pub questions: Vec<String>,
    /// Prefilled, in this order.
    pub indicateurs: Vec<&'static Indicateur>,
    /// Kinds of documents expected. Never empty.
    pub preuves: Vec<String>,
}

/// Of whom a theme is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Niveau {
    Esms,
    Gestionnaire,
    Territoire,
}

impl Niveau {
    /// In the order of this list.
    pub const TOUS: &[Self] = &[Self::Esms, Self::Gestionnaire, Self::Territoire];

    /// As files write it.
    pub fn mot(self) -> &'static str {
        match self {
            Self::Esms => "esms",
            Self::Gestionnaire => "gestionnaire",
            Self::Territoire => "territoire",
        }
    }
}

/// Who may not leave a theme empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obligation {
    Tous,
    Personne,
    /// The establishments of these FINESS categories.
    Pour(BTreeSet<&'static str>),
}

impl Theme {
    /// Whether an establishment of a FINESS category must fill it. Without a category, only what
    /// is asked of all is.
    pub fn obligatoire(&self, categorie: Option<&str>) -> bool {
        match &self.obligation {
            Obligation::Tous => true,
            Obligation::Personne => false,
            Obligation::Pour(categories) => categorie.is_some_and(|code| categories.contains(code)),
        }
    }
}

impl Trame {
    /// Reads a trame; says all that is wrong with it, in the order of the file.
    ///
    /// # Errors
    /// Not the YAML of the house, an unknown key, indicator, category or level, a theme twice, an
    /// empty text: each with its line and what to do.
    pub fn lire(texte: &[u8]) -> Result<Self, Vec<Problem>> {
        let racine = yaml::parse(texte).map_err(|faute| vec![faute])?;
        lecture::trame(&racine)
    }

    pub fn theme(&self, code: &str) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.code == code)
    }

    /// The themes that an establishment of a FINESS category must fill, in order.
    pub fn obligatoires<'a>(
        &'a self,
        categorie: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Theme> {
        let themes = self.themes.iter();
        themes.filter(move |theme| theme.obligatoire(categorie))
    }
}

/// Files shipped, by name.
const TEXTES: [(&str, &str); 2] = [
    (
        "cinq-themes-2026",
        include_str!("../../../referentiels/trames/cinq-themes-2026.yaml"),
    ),
    (
        "d1-d15-2026",
        include_str!("../../../referentiels/trames/d1-d15-2026.yaml"),
    ),
];

/// The trames shipped, by code.
pub static TRAMES: LazyLock<Vec<Trame>> = LazyLock::new(|| {
    let lues = TEXTES
        .iter()
        .map(|(_, texte)| Trame::lire(texte.as_bytes()));
    // The tests read each of them.
    lues.filter_map(Result::ok).collect()
});

/// The trame of a contract whose parties have chosen none.
pub const PAR_DEFAUT: &str = "d1-d15-2026";

/// The title of a theme, whichever trame asks it.
pub fn titre(code: &str) -> Option<&'static str> {
    let mut themes = TRAMES.iter().filter_map(|trame| trame.theme(code));
    themes.next().map(|theme| theme.titre.as_str())
}

/// A trame shipped, by its code.
pub fn trame(code: &str) -> Option<&'static Trame> {
    TRAMES.iter().find(|trame| trame.code == code)
}
