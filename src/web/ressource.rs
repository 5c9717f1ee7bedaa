//! What a route does, and on what.

use super::televerse;

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Consulter,
    /// Writes in a contract, in the name of a party.
    Agir,
    /// Signs in, and out.
    Identifier,
    /// Changes one's own account, or the accesses of an organisation.
    Gerer,
    /// By machines that watch this one.
    Surveiller,
}

/// What a route bears on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ressource {
    Contrats,
    Contrat,
    /// One establishment of a contract.
    Etablissement,
    Journal,
    Parcours,
    Acte,
    /// What is written outside acts, drafts included.
    Ecrit,
    /// What awaits the visas of one's organisation.
    Visas,
    /// What is said around a contract.
    Echanges,
    /// The files of a contract.
    Documents,
    /// The shared diagnostic, and the figures it is given.
    Diagnostic,
    /// The needs of the people accompanied.
    Besoins,
    /// The yearly budget.
    Budget,
    /// Private notes of a party.
    Notes,
    /// The tables of a contract.
    Export,
    /// What a text finds, everywhere.
    Recherche,
    Session,
    /// What awaits the person.
    Accueil,
    Tableau,
    /// One's own account.
    Compte,
    /// The accesses of an organisation.
    Administration,
    /// The calendar that a token opens.
    Agenda,
    /// The same for everyone.
    Statique,
    /// The same for everyone, under the header of who is there.
    Repere,
    Serveur,
}

impl Ressource {
    /// The most bytes that a request of it may hold.
    pub fn corps_max(self) -> usize {
        if self.recoit_un_fichier() {
            televerse::DEPOT_MAX
        } else {
            CORPS_MAX
        }
    }

    /// Whether a form of it may bring a file.
    pub fn recoit_un_fichier(self) -> bool {
        matches!(
            self,
            Self::Documents | Self::Besoins | Self::Diagnostic | Self::Budget
        )
    }

    /// Whether anyone may ask for it, signed in or not.
    pub fn ouverte(self) -> bool {
        matches!(
            self,
            Self::Session | Self::Statique | Self::Repere | Self::Serveur | Self::Agenda
        )
    }
}

/// Forms are short; a file is not.
const CORPS_MAX: usize = 64 * 1024;
