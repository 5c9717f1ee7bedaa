//! The pages: what they show, how they are served, how they look in a browser.

pub mod gens;
mod memoire;
mod navigateur;
mod routeur;
mod vues;
