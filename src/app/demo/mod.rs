//! The story: a contract told step by step, played through the same door as everyone's.

/// The history as an indented tree.
mod arbre;
/// Plays the steps, and holds each to what it announces.
mod jeu;
/// Reads the steps.
mod lecture;
/// Events in French.
mod mots;

pub use arbre::arbre;
pub use jeu::{Partie, Passage, jouer};
pub use lecture::{Etape, Geste, Histoire, lire};

/// The story of Les Rives Claires.
pub const RIVES_CLAIRES: &str = include_str!("rives-claires.yaml");
