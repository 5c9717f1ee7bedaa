//! What is wrong in a file: where, why, and what to do.

use serde::Serialize;

/// The family of a problem; names are part of the command line's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not the YAML or the shape the language asks for.
    Syntaxe,
    /// Too big, too deep, too many.
    Limite,
    /// A name that nothing declares.
    Inconnu,
    /// A value of another type than the one expected.
    Type,
    /// No end reachable, or a composite without a way out (proof 1).
    Solidite,
    /// A state, act, timer or automatic move that can never happen (proof 1).
    Mort,
    /// Someone could be bound without having agreed (proof 2).
    Consentement,
    /// Someone could be stuck (proof 3).
    Blocage,
    /// A party can block and nobody is told (proof 4).
    Veto,
    /// Inner and outer deadlines contradict one another (proof 5).
    Delai,
    /// A legal effect without its article (proof 6).
    Source,
}

/// A place in a source file, counted from 1. Zero means the whole file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// One problem, told in French: what was expected, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    pub code: Code,
    pub message: String,
    #[serde(flatten)]
    pub place: Place,
    /// State ids from the start, when a path shows the defect.
    pub path: Vec<String>,
}

impl Problem {
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place,
            path: Vec::new(),
        }
    }

    #[must_use]
    pub fn with_path(mut self, path: Vec<String>) -> Self {
        self.path = path;
        self
    }
}

/// The name of `known` nearest to `found`, when it is near enough to be meant (at most a third of
/// its letters differ).
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = found.chars().count();
    let limit = (length / 3).max(1);
    known
        .into_iter()
        // Words of very different lengths are far apart: a long text costs nothing to compare.
        .filter(|name| name.chars().count().abs_diff(length) <= limit)
        .map(|name| (distance(found, name), name))
        .filter(|(d, _)| *d <= limit)
        .min()
        .map(|(_, name)| name)
}

/// « Vouliez-vous écrire … ? » after a space, when a known name is near; else nothing.
pub fn meant(found: &str, known: &[&str]) -> String {
    nearest(found, known.iter().copied())
        .map(|name| format!(" Vouliez-vous écrire « {name} » ?"))
        .unwrap_or_default()
}

/// Edits (insert, delete, replace, swap two neighbours) that separate two words.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let replaced = row[j] + usize::from(a[i] != b[j]);
            let mut least = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                let swapped: usize = before[j - 1];
                least = least.min(swapped + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let known = [
            "diagnostic.themes_vides",
            "contrat.terme",
            "diagnostic.bloquants",
        ];
        assert_eq!(nearest("contrat.termes", known), Some("contrat.terme"));
        assert_eq!(
            nearest("diagnostique.bloquants", known),
            Some("diagnostic.bloquants")
        );
        assert_eq!(nearest("abc", known), None);
        assert_eq!(nearest("titel", ["text", "title"]), Some("title"));
        assert_eq!(nearest("oui", ["none", "approved"]), None);
    }
}
