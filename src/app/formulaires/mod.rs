//! Forms, made from what a workflow file asks and from what the trade may be told; and the requests
//! that they send back. Pure.

/// What may be written now.
mod a_ecrire;
/// An act: its form, its request.
mod acte;
/// What was entered last.
mod actuelle;
/// Fields, typed.
mod champs;
/// What is said around a contract.
mod dire;
/// A writing: its form, its request.
mod ecriture;
/// What a kind of writing is.
mod genre;
/// The kinds of writings, as data.
mod genres;
/// Those of a diagnostic.
mod genres_du_diagnostic;
/// Suspending, resuming, giving up.
mod interruption;
/// What programs send instead.
pub mod json;
/// From what blocks to the form that lifts it.
mod liens;
/// Typed text, and what is kept of it.
mod lues;
/// Opening a contract.
mod ouverture;
/// Questions, as data.
mod question;
/// Answers to choose among.
mod reponses;
/// What was shown, and to whom.
mod sceau;

pub(in crate::app) use a_ecrire::adresse_d_ecriture;
pub use a_ecrire::{AEcrireVue, a_ecrire};
pub use acte::{
    Demandeur, FormulaireVue, Geste, Vise, acte, attendus, commande, formulaire, role, texte,
};
pub use champs::{Champ, Choix, Envoi, Erreur, Forme};
pub use dire::{Dire, TexteReunion, champs, ecriture, sujet};
pub use ecriture::{
    Cible, Confirmation, EcritureVue, Requis, commande_d_ecriture, formulaire_d_ecriture,
    requis_d_ecriture,
};
pub(in crate::app) use liens::{lien_du_droit, liens};
pub use ouverture::{OuvertureVue, Ouvrante, ouverture, ouvrante};
pub use sceau::scelle;
