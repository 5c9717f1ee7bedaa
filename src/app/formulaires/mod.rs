//! Forms, made from what a workflow file asks and from what the trade may be told; and the requests
//! that they send back. Pure.

/// What may be written now.
mod a_ecrire;
/// An act: its form, its request.
mod acte;
/// Fields, typed.
mod champs;
/// A writing: its form, its request.
mod ecriture;
/// The kinds of writings, as data.
mod genres;
/// Suspending, resuming, giving up.
mod interruption;
/// Opening a contract.
mod ouverture;
/// Questions, as data.
mod question;
/// Answers to choose among.
mod reponses;

pub use a_ecrire::{AEcrireVue, a_ecrire};
pub use acte::{Demandeur, FormulaireVue, Geste, Vise, commande, formulaire, role};
pub use champs::{Champ, Choix, Envoi, Erreur};
pub use ecriture::{
    Cible, EcritureVue, commande_d_ecriture, formulaire_d_ecriture, role_d_ecriture,
};
pub use ouverture::{Ouvrante, OuvertureVue, ouvrante, ouverture};
