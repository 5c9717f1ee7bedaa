//! The door a story is played through.

use crate::app::contrat::{Atelier, Commande, Contrat, Refus};
use crate::metier::evenement::Ligne;
use chrono::{DateTime, Utc};

/// Where a story is played: what opens a contract, lets time pass and answers requests. Each
/// answers the lines it added.
pub trait Porte {
    /// The contract as it stands; one that has no line before it is opened.
    fn contrat(&self) -> &Contrat<'_>;

    /// Opens the contract.
    ///
    /// # Errors
    /// No workflow of that name, or its opening is refused.
    fn ouvrir(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Refus>;

    /// Fires the deadlines that have passed.
    ///
    /// # Errors
    /// An instant before the last one.
    fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Refus>;

    /// Does what a person asks.
    ///
    /// # Errors
    /// A refusal, told in French.
    fn agir(&mut self, commande: &Commande, maintenant: DateTime<Utc>)
    -> Result<Vec<Ligne>, Refus>;
}

/// A contract that lives in memory.
#[derive(Debug)]
pub struct Memoire<'a> {
    contrat: Contrat<'a>,
}

impl<'a> Memoire<'a> {
    /// A contract that has no line yet.
    pub fn new(atelier: &'a Atelier) -> Self {
        Self {
            contrat: Contrat::vide(&atelier.machines()),
        }
    }

    fn ajoutees(&self, avant: usize) -> Vec<Ligne> {
        self.contrat.journal().get(avant..).unwrap_or(&[]).to_vec()
    }
}

impl Porte for Memoire<'_> {
    fn contrat(&self) -> &Contrat<'_> {
        &self.contrat
    }

    fn ouvrir(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Refus> {
        self.contrat.naitre(workflow, maintenant)?;
        Ok(self.ajoutees(0))
    }

    fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Refus> {
        let avant = self.contrat.journal().len();
        self.contrat.avancer(maintenant)?;
        Ok(self.ajoutees(avant))
    }

    fn agir(
        &mut self,
        commande: &Commande,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<Ligne>, Refus> {
        let avant = self.contrat.journal().len();
        self.contrat.agir(commande, maintenant)?;
        Ok(self.ajoutees(avant))
    }
}
