//! The pages: what they show, how they are served, how they look in a browser.

mod actes;
mod clavier;
mod conservation;
mod contour;
mod echanges;
mod ensemble;
pub mod gens;
mod mesures;
mod navigateur;
mod portefeuille;
mod routeur;
pub mod salle;
mod tenu;
mod vues;
