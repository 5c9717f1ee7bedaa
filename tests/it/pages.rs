//! The pages: what they show, how they are served, how they look in a browser.

mod actes;
mod besoins;
mod chiffres;
mod clavier;
mod conservation;
mod contour;
pub mod crawl;
mod depots;
mod diagnostic;
pub mod echanges;
mod ensemble;
mod entite;
mod eprd;
mod fuites;
pub mod gens;
mod grand;
mod mesures;
mod navigateur;
mod portefeuille;
mod reperes;
mod routeur;
pub mod salle;
#[cfg(feature = "pdf")]
mod simuler;
mod synthese;
mod tenu;
mod vues;
