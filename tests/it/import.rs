//! Contracts signed elsewhere, taken over from a workbook.

pub mod classeurs;
mod commande;
mod ecarts;
mod limites;
mod mauvais;
mod vie;
