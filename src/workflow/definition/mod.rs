//! From a YAML file to a graph whose names all exist.
//!
//! Three passes: [`shape`] holds the tree against the [`grammar`]; [`build`] makes the graph and
//! looks every name up; the proofs ([`super::check`]) then judge it. A file that fails a pass is
//! not handed to the next.

/// Reads acts, requirements, inputs and agreements.
mod acts;
/// Makes the graph: blocks, states, regions.
mod build;
/// The grammar, as data.
pub mod grammar;
/// What a file becomes.
pub mod model;
/// Looks names up: states, objects, rights, bound parties.
mod names;
/// Party expressions.
pub mod party;
/// The facts a workflow reads.
mod reads;
/// The JSON Schema of the language.
pub mod schema;
/// Names inside an expression: what exists where it stands.
mod scope;
/// Unknown keys, missing keys, wrong shapes.
mod shape;
/// Reads timers, soft deadlines, automatic moves.
mod timers;
/// Reads what stands at the top: parties, interruptions, migrations.
mod top;

use self::model::Workflow;
use super::catalogue::Catalogue;
use super::problem::Problem;
use crate::regles::paquet::Paquet;
use crate::regles::yaml;
use std::collections::{BTreeMap, BTreeSet};

/// What a file may refer to beyond itself.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub catalogue: &'a Catalogue,
    /// Rule packs by name.
    pub packs: &'a BTreeMap<String, Paquet>,
    /// Names of the workflows that exist.
    pub workflows: &'a BTreeSet<String>,
}

/// The parents a file declares; none when it cannot be read.
pub fn parents(text: &[u8]) -> Vec<String> {
    yaml::parse(text).map_or_else(|_| Vec::new(), |tree| build::texts(&tree, "parent"))
}

/// Reads a workflow file.
///
/// # Errors
/// Every problem found, in file order: code, place, French sentence.
pub fn load(text: &[u8], surroundings: Surroundings<'_>) -> Result<Workflow, Vec<Problem>> {
    let tree = yaml::parse(text).map_err(|problem| vec![problem])?;
    let problems = shape::problems(&tree, &grammar::WORKFLOW);
    if !problems.is_empty() {
        return Err(problems);
    }
    build::build(&tree, surroundings)
}

#[cfg(test)]
mod tests;
