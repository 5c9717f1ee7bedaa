//! Kinds of events that establishments report without delay (CASF L. 331-8-1, arrêté of 28 December
//! 2016, article 1): eleven, reworded.

use super::{Rubrique, rubriques};
use std::sync::LazyLock;

static TOUTES: LazyLock<Vec<Rubrique>> = LazyLock::new(|| {
    let lues = rubriques(include_str!(
        "../../../referentiels/signalements-categories.csv"
    ));
    lues.unwrap_or_default()
});

/// In the order of the list.
pub fn toutes() -> &'static [Rubrique] {
    &TOUTES
}

/// A kind of event.
pub fn par_code(code: u16) -> Option<&'static Rubrique> {
    TOUTES.iter().find(|rubrique| rubrique.code == code)
}
