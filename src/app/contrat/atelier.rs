//! Definitions and packs, read once.

use super::Contrat;
use crate::app::eprd;
use crate::app::fichiers::Library;
use crate::metier::contrat::faits::CATALOGUE;
use crate::regles::paquet::Paquet;
use crate::workflow::definition::model::Workflow;
use crate::workflow::machine::Machine;
use crate::workflow::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The state in which a contract signed elsewhere is entered.
pub const REPRIS: &str = "repris";

/// Definitions and packs, read once.
#[derive(Debug)]
pub struct Atelier {
    fichiers: Library,
    workflows: BTreeMap<String, Workflow>,
    /// Workflows that outlive their parent.
    pub(super) survivants: BTreeSet<String>,
}

impl Atelier {
    /// Reads every workflow of a library.
    ///
    /// # Errors
    /// The problems of the first file that has some, with its name.
    pub fn new(library: Library) -> Result<Self, (String, Vec<Problem>)> {
        let mut workflows = BTreeMap::new();
        for name in library.names() {
            let text = library.text(name).unwrap_or_default();
            let workflow = library.load(text);
            let workflow = workflow.map_err(|problems| (name.to_owned(), problems))?;
            workflows.insert(name.to_owned(), workflow);
        }
        let survivants = workflows.values().filter(|w| w.survives_parent);
        Ok(Self {
            survivants: survivants.map(|w| w.name.clone()).collect(),
            workflows,
            fichiers: library,
        })
    }

    pub fn workflow(&self, nom: &str) -> Option<&Workflow> {
        self.workflows.get(nom)
    }

    /// Every workflow, by name.
    pub fn workflows(&self) -> impl Iterator<Item = &Workflow> {
        self.workflows.values()
    }

    pub fn paquet(&self, nom: &str) -> Option<&Paquet> {
        self.fichiers.pack(nom)
    }

    /// The workflows that a contract signed elsewhere may be taken over in.
    pub fn reprises(&self) -> BTreeSet<String> {
        let entre = |w: &&Workflow| {
            let mut etats = w.root().nodes.iter().map(|id| w.node(*id));
            etats.any(|etat| etat.entry && etat.name == REPRIS)
        };
        let reprises = self.workflows.values().filter(entre);
        reprises.map(|w| w.name.clone()).collect()
    }

    /// The machines of all workflows, made once.
    pub fn machines(&self) -> Arc<Machines<'_>> {
        let machine = |(nom, workflow): (&String, _)| {
            let workflow: &Workflow = workflow;
            let paquet = self.fichiers.pack(&workflow.rules)?;
            let machine = Machine::new(workflow, &CATALOGUE, paquet);
            Some((nom.clone(), (machine, paquet)))
        };
        Arc::new(Machines {
            atelier: self,
            par_nom: self.workflows.iter().filter_map(machine).collect(),
        })
    }
}

/// Every workflow, ready to run.
#[derive(Debug)]
pub struct Machines<'a> {
    pub(super) atelier: &'a Atelier,
    pub(super) par_nom: BTreeMap<String, (Machine<'a>, &'a Paquet)>,
}

impl<'a> Machines<'a> {
    /// What they are made from.
    pub fn atelier(&self) -> &'a Atelier {
        self.atelier
    }

    /// The machine of a workflow.
    pub fn machine(&self, workflow: &str) -> Option<&Machine<'a>> {
        self.par_nom.get(workflow).map(|(machine, _)| machine)
    }
}

impl<'a> Contrat<'a> {
    /// The packs that a budget is checked by: that of its procedure, then that of the checks.
    pub fn paquets_du_budget(&self) -> Vec<&'a Paquet> {
        let procedure = self.machines.par_nom.get(eprd::PROCEDURE);
        let procedure = procedure.map(|(_, paquet)| *paquet);
        let controles = self.machines.atelier.paquet(eprd::PAQUET);
        procedure.into_iter().chain(controles).collect()
    }
}
