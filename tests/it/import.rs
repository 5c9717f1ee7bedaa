//! Contracts signed elsewhere, taken over from a workbook.

mod classeurs;
mod commande;
mod mauvais;
mod vie;
