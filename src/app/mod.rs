//! Use cases: reads the embedded files and hands text to the pure rooms.

/// What happens, told to programs.
pub mod abonnements;
/// What stands around the server.
pub mod abords;
/// Who someone is on a contract.
pub mod acces;
/// Deadlines as a calendar that people subscribe to.
pub mod agenda_ics;
/// Those who have accounts, as contracts see them.
pub mod annuaire;
/// Requests to other servers.
pub mod appels;
/// Needs, summed.
pub mod besoins;
/// The bill of heads.
pub mod bordereau;
/// What people typed and did not send.
pub mod brouillons;
/// What was read of the budgets handed over.
pub mod budgets;
/// Figures that a contract takes from a register or a file.
pub mod chiffres;
/// Secrets sealed in the database.
pub mod coffre;
/// Who works in it: accounts, rights, sessions.
pub mod comptes;
/// How long each kind of data is kept, and erasing what has had its time.
pub mod conservation;
/// Reads for pages.
pub mod consult;
/// A contract in hand: the one door for what people ask.
pub mod contrat;
/// Notices by e-mail.
pub mod courriels;
/// The story, played step by step.
pub mod demo;
/// What was said around a contract, and the files handed over.
pub mod dits;
/// What programs read.
pub mod donnees;
/// An EPRD, read and checked.
pub mod eprd;
/// The one write path.
pub mod execute;
/// A provider of identities.
pub mod federation;
/// The workflow files and rule packs shipped inside the program, and those of a folder.
pub mod fichiers;
/// Forms made from what a workflow file asks.
pub mod formulaires;
/// A time-stamp over a digest.
pub mod horodatage;
/// Contracts of a workbook, taken over.
pub mod importer;
/// Opens the database the program runs on.
pub mod ouvrir;
/// Documents made into files.
#[cfg(feature = "pdf")]
pub mod papiers;
/// Proving a file: read, then the seven proofs; or judging anyone's net.
pub mod preuve;
/// The history of a contract, told.
pub mod recit;
/// What the server is told.
pub mod reglages;
/// What the reading of indicators follows.
pub mod reperes;
/// What national registers publish, taken in.
pub mod repertoire;
/// A backup of the database, and its restoration.
pub mod sauvegarde;
/// A synthetic country, for load.
pub mod semer;
/// Every table, for spreadsheets and programs; and the full export.
pub mod tableaux;
/// What is done later.
pub mod travaux;
/// Checks the whole journal.
pub mod verifier;
/// Acts prepared inside an organisation, and their visas.
pub mod visas;
/// What pages show: pure views.
pub mod vues;
