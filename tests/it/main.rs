//! One integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panic"
)]

mod abonnements;
mod acces;
mod api;
mod asvs;
mod attaques;
mod balayages;
mod bases;
mod besoins;
mod comptes;
mod courriels;
mod eprd;
mod exploitation;
mod exports;
mod fautes;
mod formulaires;
mod histoires;
mod import;
mod ligne_de_commande;
mod limites;
mod machine;
mod maison;
mod montre;
mod navigateur;
mod pages;
#[cfg(feature = "pdf")]
mod papier;
mod preuves;
mod repertoire;
mod reseaux;
mod tracabilite;
mod vies;
mod visas;
