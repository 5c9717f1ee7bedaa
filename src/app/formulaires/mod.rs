//! Forms, made from what a workflow file asks; and the requests that they send back. Pure.

/// An act: its form, its request.
mod acte;
/// Fields, typed.
mod champs;
/// What is said around a contract.
mod dire;

pub use acte::{Demandeur, FormulaireVue, Geste, Vise, commande, formulaire, role};
pub use champs::{Champ, Choix, Envoi, Erreur};
pub use dire::{Dire, TexteReunion, champs, ecriture, sujet};
