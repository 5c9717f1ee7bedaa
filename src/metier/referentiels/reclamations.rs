//! Why people complain, by the codes of SI-REC. One complaint may have several reasons: they are
//! never summed.

use super::{Rubrique, rubriques};
use std::sync::LazyLock;

static TOUTES: LazyLock<Vec<Rubrique>> = LazyLock::new(|| {
    let lues = rubriques(include_str!(
        "../../../referentiels/reclamations-motifs.csv"
    ));
    lues.unwrap_or_default()
});

/// In the order of the list.
pub fn toutes() -> &'static [Rubrique] {
    &TOUTES
}

/// A reason.
pub fn par_code(code: u16) -> Option<&'static Rubrique> {
    TOUTES.iter().find(|rubrique| rubrique.code == code)
}
