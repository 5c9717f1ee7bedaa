//! PNML: the net of the fullest combination, with one item in each collection, for tools that
//! know nothing of workflows.

use super::Source;
use crate::workflow::check::combination::combinations;
use crate::workflow::check::lower::{Items, lower};
use crate::workflow::net::pnml;

/// Writes a workflow as a Petri net; `None` when it has more combinations than are looked at.
pub fn write(source: Source<'_>) -> Option<String> {
    // Combinations are told from the fullest: every party, two for those that may be several.
    let fullest = combinations(source.workflow, source.catalogue)?
        .into_iter()
        .next()?;
    let net = lower(source.workflow, source.catalogue, &fullest, &Items::new());
    Some(pnml::write(&net))
}
