//! What pages show: pure views, from a contract in hand and its lines to plain words. They hold
//! no markup; templates hold no sense.

/// The declaration of accessibility.
mod accessibilite;
/// Who has agreed, on what exactly.
mod accords;
/// The first page of someone.
mod accueil;
/// The pages of whoever administers an organisation.
pub mod administration;
/// What everyone is waited for.
mod attentes;
/// The needs of the people accompanied.
pub mod besoins;
/// The circuit of visas of an organisation.
pub mod circuit;
/// The pages of one's own account.
pub mod compte;
/// The page of a contract.
mod contrat;
/// The shared diagnostic.
pub mod diagnostic;
/// Pieces asked for and handed over.
mod documents;
/// What was said around a contract.
mod echanges;
/// The establishments of an entity, that may enter a perimeter.
pub mod entite;
/// The budget of an exercise.
pub mod eprd;
/// One establishment.
mod esms;
/// Which contracts of the list, and how many by each choice.
pub mod filtre;
/// Dates, numbers and sentences as French writes them.
pub mod francais;
/// The words of the trade.
mod glossaire;
/// The contract's history, told.
mod historique;
/// What a contract is called.
mod identite;
/// The list of contracts.
mod liste;
/// What pages ask of whoever keeps the contracts.
pub mod lu;
/// Where each establishment stands.
mod matrice;
/// The register of processing.
mod mentions;
/// A contract's drawing, and where it stands in it.
mod parcours;
/// What each party may do and waits for.
mod parties;
/// The phases of a contract.
mod phases;
/// What a search found.
mod recherche;
/// The register of accesses.
pub mod registre;
/// A contract in one row.
mod resume;
/// Acts prepared inside an organisation.
mod visas;
/// Parties as pages show them.
mod voix;

use crate::workflow::machine::Spot;

pub use accessibilite::{AccessibiliteVue, accessibilite};
pub use accords::{AccordsVue, accords};
pub use accueil::{AccueilVue, TACHES, TacheLue, Taches, accueil};
pub(in crate::app) use attentes::{
    Attente, Suivi, attentes, condition_dite, date_dite, echeance, effet, leveur, lieu,
    noms_listes, suivis,
};
pub(in crate::app) use contrat::comment;
pub use contrat::{ContratVue, PorteVue, contrat};
pub use documents::{DocumentsVue, documents};
pub use echanges::{
    EchangesVue, FilVue, NotesVue, ReunionVue, ReunionsVue, echanges, fil, notes, ordre_du_jour,
    relance, reunion, reunions,
};
pub use esms::{EtablissementVue, etablissement};
pub use filtre::Filtre;
pub use glossaire::{GLOSSAIRE, Terme};
pub(in crate::app) use historique::{FaitVue, faits};
pub use historique::{JournalVue, LIGNES_PAR_PAGE, journal};
pub use identite::identite;
pub(in crate::app) use liste::encode;
pub use liste::{CONTRATS_PAR_PAGE, ExportVue, ListeVue, Portefeuille, contrats, exports};
pub use lu::{ContratLu, Fenetre, Identite, LigneLue};
pub(in crate::app) use matrice::{Case as CaseVue, EsmsVue, matrice};
pub use mentions::{Traitement, registre};
pub use parcours::{Cadre, ParcoursVue, dessin, parcours};
pub(in crate::app) use parties::Lien;
pub use recherche::{RechercheVue, TROUVAILLES, Trouve, recherche};
pub use resume::{ResumeContrat, resume};
pub(in crate::app) use resume::{resume_suivi, resume_vu};
pub use visas::{CircuitVue, Gestes, VisaVue, VisasVue, circuit_vue, visa, visas};
pub(in crate::app) use voix::ordonnees;
pub use voix::{Noms, Voix};

/// The address of the form of an act.
pub fn adresse_d_acte(id: &str, flux: &str, lieu: &Spot, acte: &str) -> String {
    let [flux, lieu, acte] = [flux, lieu.as_str(), acte].map(encode);
    format!("{}/acte?flux={flux}&lieu={lieu}&acte={acte}", adresse(id))
}

/// The address of a contract's page.
pub fn adresse(id: &str) -> String {
    format!("/contrats/{}", encode(id))
}
