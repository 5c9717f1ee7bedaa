//! The door a story is played through.

use crate::app::contrat::{Atelier, Commande, Contrat};
use crate::app::execute::{Echec, Entente, Entree, Ordre};
use crate::metier::evenement::Ligne;
use chrono::{DateTime, Utc};
use tokio::runtime::Handle;

/// Where a story is played: what opens a contract, lets time pass and answers requests. Each
/// answers the lines it added.
pub trait Porte {
    /// The contract as it stands; one that has no line before it is opened.
    fn contrat(&self) -> &Contrat<'_>;

    /// Opens the contract.
    ///
    /// # Errors
    /// No workflow of that name, or its opening is refused.
    fn ouvrir(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec>;

    /// Fires the deadlines that have passed.
    ///
    /// # Errors
    /// An instant before the last one.
    fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec>;

    /// Does what a person asks.
    ///
    /// # Errors
    /// A refusal, told in French; or the database does not answer.
    fn agir(&mut self, commande: &Commande, maintenant: DateTime<Utc>)
    -> Result<Vec<Ligne>, Echec>;
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

    fn ouvrir(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        self.contrat.naitre(workflow, maintenant)?;
        Ok(self.ajoutees(0))
    }

    fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        let avant = self.contrat.journal().len();
        self.contrat.avancer(maintenant)?;
        Ok(self.ajoutees(avant))
    }

    fn agir(
        &mut self,
        commande: &Commande,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<Ligne>, Echec> {
        let avant = self.contrat.journal().len();
        self.contrat.agir(commande, maintenant)?;
        Ok(self.ajoutees(avant))
    }
}

/// A contract kept in a database, through the one write path. Not to be used from a task of the
/// same runtime: it waits.
#[derive(Debug)]
pub struct Enregistree {
    entente: Entente,
    id: String,
    attente: Handle,
    contrat: Contrat<'static>,
}

impl Enregistree {
    /// A contract to be opened under this id.
    pub fn new(entente: &Entente, id: &str, attente: Handle) -> Self {
        Self {
            contrat: entente.contrat(&Entree::default()),
            entente: entente.clone(),
            id: id.to_owned(),
            attente,
        }
    }

    fn fait(&mut self, ordre: Ordre, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        let recu = self.entente.executer(&self.id, ordre, maintenant);
        let recu = self.attente.block_on(recu)?;
        self.contrat = self.entente.contrat(&recu.entree);
        Ok(recu.lignes)
    }
}

impl Porte for Enregistree {
    fn contrat(&self) -> &Contrat<'_> {
        &self.contrat
    }

    fn ouvrir(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        let workflow = workflow.to_owned();
        self.fait(Ordre::Ouvrir { workflow }, maintenant)
    }

    fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        self.fait(Ordre::Avancer, maintenant)
    }

    fn agir(
        &mut self,
        commande: &Commande,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<Ligne>, Echec> {
        self.fait(Ordre::Agir(commande.clone()), maintenant)
    }
}
