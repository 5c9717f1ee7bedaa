//! The pages: what they show, how they are served, how they look in a browser.

mod contour;
mod echanges;
pub mod gens;
mod navigateur;
mod portefeuille;
mod routeur;
pub mod salle;
mod tenu;
mod vues;
