//! What people are told of, and how often.

use super::objet::Objet;
use serde::Serialize;

/// A heading: what a person may tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rubrique {
    /// The person's party may act.
    AVous,
    EcheanceProche,
    EcheancePassee,
    /// What the other parties did.
    Autres,
    Demandes,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As soon as it is known.
    Immediat,
    /// On Monday, 7 h, with the rest of the week.
    Hebdomadaire,
    Jamais,
}

impl Rubrique {
    pub const TOUTES: [Self; 5] = [
        Self::AVous,
        Self::EcheanceProche,
        Self::EcheancePassee,
        Self::Demandes,
        Self::Autres,
    ];

    /// The heading of what a notice tells.
    pub fn de(objet: &Objet<'_>) -> Self {
        match objet {
            Objet::Taches { .. } => Self::AVous,
            Objet::Rappel { .. } => Self::EcheanceProche,
            Objet::Escalade { .. } => Self::EcheancePassee,
            Objet::Fait { .. } => Self::Autres,
            Objet::Demande { .. } => Self::Demandes,
        }
    }

    /// As it is kept, and as forms name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::AVous => "a_vous",
            Self::EcheanceProche => "echeance_proche",
            Self::EcheancePassee => "echeance_passee",
            Self::Autres => "autres",
            Self::Demandes => "demandes",
        }
    }

    pub fn titre(self) -> &'static str {
        match self {
            Self::AVous => "À vous d’agir",
            Self::EcheanceProche => "Échéances proches",
            Self::EcheancePassee => "Échéances passées",
            Self::Autres => "Ce que les autres ont fait",
            Self::Demandes => "Demandes",
        }
    }

    /// For whoever chose nothing: what waits for someone at once, the rest once a week.
    pub fn par_defaut(self) -> Mode {
        match self {
            Self::Autres => Mode::Hebdomadaire,
            _ => Mode::Immediat,
        }
    }

    pub fn lue(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|r| r.code() == code)
    }
}

impl Mode {
    pub const TOUS: [Self; 3] = [Self::Immediat, Self::Hebdomadaire, Self::Jamais];

    /// As it is kept, and as forms name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Immediat => "immediat",
            Self::Hebdomadaire => "hebdomadaire",
            Self::Jamais => "jamais",
        }
    }

    pub fn titre(self) -> &'static str {
        match self {
            Self::Immediat => "Tout de suite",
            Self::Hebdomadaire => "Une fois par semaine, le lundi matin",
            Self::Jamais => "Jamais",
        }
    }

    pub fn lu(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|m| m.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for rubrique in Rubrique::TOUTES {
            assert_eq!(Rubrique::lue(rubrique.code()), Some(rubrique));
        }
        for mode in Mode::TOUS {
            assert_eq!(Mode::lu(mode.code()), Some(mode));
        }
        assert_eq!((Rubrique::lue("tout"), Mode::lu("")), (None, None));
    }
}
