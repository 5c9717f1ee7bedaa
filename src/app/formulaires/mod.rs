//! Forms, made from what a workflow file asks; and the requests that they send back. Pure.

/// An act: its form, its request.
mod acte;
/// Fields, typed.
mod champs;
/// What is said around a contract.
mod dire;
/// What programs send instead.
pub mod json;

pub use acte::{
    Demandeur, FormulaireVue, Geste, Vise, acte, attendus, commande, formulaire, role, texte,
};
pub use champs::{Champ, Choix, Envoi, Erreur};
pub use dire::{Dire, TexteReunion, champs, ecriture, sujet};
