//! The story: a contract told step by step, played through the same door as everyone's.

/// The history as an indented tree.
mod arbre;
/// What waits for whoever looks.
mod aujourdhui;
/// Where things stand once it is played.
mod bilan;
/// The cohort of the story.
mod cohorte;
/// What the steps write.
mod ecrire;
/// The history of any contract, from its lines alone.
mod fil;
/// The people of the story, with their accounts.
mod gens;
/// Plays the steps, and holds each to what it announces.
mod jeu;
/// Reads the steps.
mod lecture;
/// Events in French.
mod mots;
/// The door it is played through.
mod porte;
/// What parties enter, in French.
mod saisies;

pub use arbre::arbre;
pub use aujourdhui::parler;
pub use bilan::{agenda, agenda_de, etat, etat_du_contrat, ligne_ecrite};
pub use fil::{Moment, fil, moments};
pub use gens::{Inscrite, MOT_DE_PASSE, inscrire};
pub use jeu::{Partie, Passage, jouer, poursuivre};
pub use lecture::{Etape, Geste, Histoire, lire};
pub use mots::Mots;
pub(in crate::app) use mots::valeur_dite;
pub use porte::{Enregistree, Memoire, Porte};

/// The story of Les Rives Claires.
pub const RIVES_CLAIRES: &str = include_str!("rives-claires.yaml");
