//! What pages show: pure views, from a contract in hand and its lines to plain words. They hold
//! no markup; templates hold no sense.

/// What everyone is waited for.
mod attentes;
/// The page of a contract.
mod contrat;
/// Dates, numbers and sentences as French writes them.
pub mod francais;
/// The contract's history, told.
mod historique;
/// What a contract is called.
mod identite;
/// What pages ask of whoever keeps the contracts.
pub mod lecture;
/// The list of contracts.
mod liste;
/// Where each establishment stands.
mod matrice;
/// A contract's drawing, and where it stands in it.
mod parcours;
/// What each party may do and waits for.
mod parties;
/// The phases of a contract.
mod phases;
/// A contract in one row.
mod resume;
/// Parties as pages show them.
mod voix;

pub(in crate::app) use attentes::{Suivi, suivis};
pub use contrat::{ContratVue, contrat};
pub use historique::{JournalVue, LIGNES_PAR_PAGE, journal};
pub use identite::identite;
pub use lecture::{ContratLu, Fenetre, Filtre, Identite, Indisponible, Lecture, LigneLue};
pub use liste::{CONTRATS_PAR_PAGE, ListeVue, Portefeuille, contrats, portefeuille};
pub use parcours::{Cadre, ParcoursVue, dessin, parcours};
pub(in crate::app) use resume::resume_suivi;
pub use resume::{ResumeContrat, resume};

/// The address of a contract's page.
pub fn adresse(id: &str) -> String {
    format!("/contrats/{}", liste::encode(id))
}
