//! Everything that touches a database: the journal, its heads, and what lists show. The same SQL
//! runs on the embedded SQLite and on PostgreSQL.

/// Where organisations have lines sent.
pub mod abonnements;
/// What parties are told.
pub mod avis;
/// Opening: which database, its settings, its migrations.
mod base;
/// The bills of heads.
pub mod bordereaux;
/// What people typed and did not send.
pub mod brouillons;
/// One connection, of either engine.
mod conn;
/// Every line and every head, to check them.
pub mod controle;
/// Messages to people, and what each chose to receive.
pub mod courriels;
/// What was said around contracts, and files handed over.
pub mod dits;
/// Why the database did not do it.
mod erreur;
/// Where tests stop the process dead.
pub mod faute;
/// What acts write, in few statements.
pub mod feuille;
/// Calendars that people opened.
pub mod flux_ics;
/// Who works in it.
pub mod identites;
/// The lines of contracts, their heads, the requests answered, the texts.
pub mod journal;
/// Statements over many rows.
mod lignes;
/// What lists show of several contracts at once.
pub mod listes;
/// The statements that write what acts did.
mod ordres;
/// The list of contracts.
pub mod portefeuille;
/// Acts prepared inside an organisation.
pub mod prepares;
/// What lists show, written with the lines.
pub mod projections;
/// What is erased once its time has come.
pub mod purges;
/// What a search finds.
pub mod recherche;
/// Establishments and their figures, as national registers publish them.
pub mod repertoire;
/// A backup, and what it restores.
pub mod sauvegarde;
/// The tables, column by column.
mod tables;
/// What awaits someone.
pub mod taches;
/// Work to do later.
pub mod travaux;

pub use base::{Adresse, Base, Futur, Plume};
pub use conn::Conn;
pub use erreur::Erreur;
