//! The language, its machine and its proofs. Pure; knows no CPOM.

/// What the trade offers to workflow files: facts, collections, party sets, objects, capabilities,
/// documents.
pub mod catalogue;
/// The seven proofs: a file is proven before it runs.
pub mod check;
/// Conditions: a typed subset of CEL, checked when the file is loaded.
pub mod condition;
/// From a YAML file to a graph whose names all exist.
pub mod definition;
/// Pictures, BPMN, Mermaid, text.
pub mod export;
/// The machine: where a running workflow stands, and what may happen next.
pub mod machine;
/// Petri nets: PNML in, soundness out. Judges anyone's net.
pub mod net;
/// What is wrong in a file: where, why, and what to do.
pub mod problem;
