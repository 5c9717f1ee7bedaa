//! The declaration of accessibility, made from what the last check measured and from nothing else.

use super::francais::{compte, jour};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What the browser's check of the pages wrote last.
const MESURE: &str = include_str!("../../../docs/accessibilite.json");

/// What was measured.
#[derive(Debug, Clone, Deserialize)]
struct Mesure {
    le: NaiveDate,
    outil: String,
    /// Widths of the window, in pixels.
    largeurs: Vec<u32>,
    palettes: Vec<String>,
    pages: Vec<String>,
    fautes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessibiliteVue {
    pub le: String,
    pub outil: String,
    /// « 40 pages, à 390 et 1366 px de large, en clair et en sombre ».
    pub etendue: String,
    pub pages: Vec<String>,
    pub fautes: Vec<String>,
}

/// What the page tells; none: what was measured does not read.
pub fn accessibilite() -> Option<AccessibiliteVue> {
    let lue: Mesure = serde_json::from_str(MESURE).ok()?;
    let largeurs: Vec<String> = lue.largeurs.iter().map(u32::to_string).collect();
    Some(AccessibiliteVue {
        le: jour(lue.le),
        etendue: format!(
            "{}, à {} pixels de large, palettes {}",
            compte(lue.pages.len() as u64, "page", "pages"),
            largeurs.join(" et "),
            lue.palettes.join(" et ")
        ),
        outil: lue.outil,
        pages: lue.pages,
        fautes: lue.fautes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_reads() {
        assert!(accessibilite().is_some());
    }
}
