//! A workflow for other eyes: pictures, BPMN, text. Same file, same bytes.
//!
//! Interruptions (suspension, abandonment) stand beside the graph and are not drawn.

/// BPMN 2.0 with diagram interchange.
pub mod bpmn;
/// The ways out of a state.
mod exits;
/// A layered drawing.
pub mod layout;
/// Mermaid's `stateDiagram-v2`.
pub mod mermaid;
/// Conditions in French.
mod phrase;
/// PNML, for tools that judge nets.
pub mod pnml;
/// A standalone SVG.
pub mod svg;
/// The width of texts.
mod text;
/// The same graph in sentences and rows.
pub mod twin;
/// French words for the parts of a graph.
mod words;
/// XML written to memory.
mod xml;

use super::catalogue::Catalogue;
use super::definition::model::{Block, Node, Workflow};
use crate::regles::paquet::Paquet;

/// A workflow with what its words mean.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub workflow: &'a Workflow,
    pub catalogue: &'a Catalogue,
    /// Its rule pack: without it, delays are told by the name of their rule.
    pub pack: Option<&'a Paquet>,
}

impl<'a> Source<'a> {
    /// The one state of a region that is itself a composite and bears its name.
    fn lone(&self, block: &Block) -> Option<&'a Node> {
        match block.nodes[..] {
            [only] => {
                let node = self.workflow.node(only);
                (block.region.as_ref() == Some(&node.name)).then_some(node)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
