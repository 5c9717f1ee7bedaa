//! Contracts held in memory: one door for what people ask, and all that follows. A store will keep
//! the same lines.

/// What people ask, and why it is refused.
mod commande;
/// Deadlines of all streams, in the order of their dates.
mod horloge;
/// What follows from events: children, avenants, the following contract.
mod suites;

pub use commande::{Commande, Demande, Refus};

use super::fichiers::Library;
use crate::metier::contrat::dossier::{Autour, Dossier, Ecriture, Monde};
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::evenement::{Evenement, Ligne, Trace, VERSION};
use crate::regles::calendrier::civil_date;
use crate::regles::paquet::Paquet;
use crate::workflow::definition::model::Workflow;
use crate::workflow::machine::configuration::Configuration;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Actor, Event, Inputs};
use crate::workflow::machine::{Command, Machine, Right, Spot, Stamped, fold};
use crate::workflow::problem::Problem;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Definitions and packs, read once.
#[derive(Debug)]
pub struct Atelier {
    fichiers: Library,
    workflows: BTreeMap<String, Workflow>,
    /// Workflows that outlive their parent.
    survivants: BTreeSet<String>,
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

    pub fn paquet(&self, nom: &str) -> Option<&Paquet> {
        self.fichiers.pack(nom)
    }

    fn machines(&self) -> BTreeMap<String, (Machine<'_>, &Paquet)> {
        let machine = |(nom, workflow): (&String, _)| {
            let workflow: &Workflow = workflow;
            let paquet = self.fichiers.pack(&workflow.rules)?;
            let machine = Machine::new(workflow, &CATALOGUE, paquet);
            Some((nom.clone(), (machine, paquet)))
        };
        self.workflows.iter().filter_map(machine).collect()
    }
}

/// A contract, its children, and the contracts that follow it.
#[derive(Debug)]
pub struct Contrat<'a> {
    atelier: &'a Atelier,
    machines: BTreeMap<String, (Machine<'a>, &'a Paquet)>,
    etat: Etat,
}

/// What a refused request leaves untouched.
#[derive(Debug, Clone, Default)]
struct Etat {
    flux: BTreeMap<String, Flux>,
    journal: Vec<Ligne>,
    /// The requests already answered.
    demandes: BTreeSet<String>,
    /// Written texts, by digest.
    textes: BTreeMap<Digest, String>,
    /// How many lines `suites` has looked at.
    vues: usize,
    /// The last instant seen: time never goes back.
    instant: Option<DateTime<Utc>>,
}

/// One stream: a contract, or a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flux {
    pub configuration: Configuration,
    pub dossier: Dossier,
    lignes: u64,
}

/// The name of the first contract's stream.
pub const RACINE: &str = "cpom";

impl<'a> Contrat<'a> {
    /// Opens a contract in the first state of its workflow.
    ///
    /// # Errors
    /// No workflow of that name, or its opening is refused.
    pub fn ouvrir(
        atelier: &'a Atelier,
        workflow: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Self, Refus> {
        let mut contrat = Self::vide(atelier);
        contrat.etat.instant = Some(maintenant);
        contrat.ouvre(RACINE, workflow, "")?;
        let ouvre = Command::Open { effective: None };
        contrat.decide(RACINE, &ouvre, maintenant)?;
        contrat.suites(maintenant)?;
        Ok(contrat)
    }

    fn vide(atelier: &'a Atelier) -> Self {
        Self {
            atelier,
            machines: atelier.machines(),
            etat: Etat::default(),
        }
    }

    /// Folds a journal, in its order.
    ///
    /// # Errors
    /// A line that no program of this version wrote.
    pub fn relire(atelier: &'a Atelier, lignes: &[Ligne]) -> Result<Self, Refus> {
        let mut contrat = Self::vide(atelier);
        for ligne in lignes {
            let illisible = |quoi: &str| {
                let (flux, rang) = (&ligne.flux, ligne.rang);
                Refus::Journal(format!("Ligne {rang} de « {flux} » : {quoi}."))
            };
            if ligne.v != VERSION {
                return Err(illisible("elle est d'une autre version du programme"));
            }
            if let Evenement::Machine(Stamped {
                event:
                    Event::Entered {
                        pinned: Some(pinned),
                        ..
                    },
                ..
            }) = &ligne.evenement
            {
                let cle = suites::cle(&ligne.flux, &pinned.workflow);
                contrat.ouvre(&ligne.flux, &pinned.workflow, &cle)?;
            }
            let flux = contrat.etat.flux.get(&ligne.flux);
            let attendu = flux.ok_or_else(|| illisible("son flux n'est pas ouvert"))?;
            if attendu.lignes + 1 != ligne.rang {
                return Err(illisible("elle n'est pas à sa place"));
            }
            contrat.inscrit(&ligne.flux, ligne.evenement.clone());
        }
        contrat.etat.vues = contrat.etat.journal.len();
        Ok(contrat)
    }

    /// Does what a person asks: deadlines first, then the request, then all that follows. A request
    /// already done is not done again. A refused one changes nothing, save that deadlines passed.
    ///
    /// # Errors
    /// A refusal, told in French.
    pub fn agir(&mut self, commande: &Commande, maintenant: DateTime<Utc>) -> Result<(), Refus> {
        self.avancer(maintenant)?;
        if self.etat.demandes.contains(commande.id()?) {
            return Ok(());
        }
        let (flux, lignes) = (self.etat.flux.clone(), self.etat.journal.len());
        let fait = self.fait(commande, maintenant);
        if fait.is_err() {
            self.etat.flux = flux;
            self.oublie(lignes);
        }
        fait
    }

    /// Takes back the lines of a request that was refused on the way.
    fn oublie(&mut self, lignes: usize) {
        for ligne in self.etat.journal.drain(lignes..) {
            if let Some(demande) = ligne.evenement.demande() {
                self.etat.demandes.remove(demande);
            }
        }
        self.etat.vues = lignes;
    }

    fn fait(&mut self, commande: &Commande, maintenant: DateTime<Utc>) -> Result<(), Refus> {
        match &commande.demande {
            Demande::Acte(command) => {
                self.decide(&commande.flux, command, maintenant)?;
            }
            Demande::Ecriture {
                acteur,
                id,
                ecriture,
            } => {
                let trace = Trace {
                    par: acteur.clone(),
                    effet: civil_date(maintenant),
                    enregistre: maintenant,
                    id: id.clone(),
                };
                self.ecrit(&commande.flux, ecriture, trace, maintenant)?;
            }
        }
        self.suites(maintenant)
    }

    /// One stream.
    pub fn flux(&self, flux: &str) -> Option<&Flux> {
        self.etat.flux.get(flux)
    }

    /// Every stream, by name.
    pub fn tous(&self) -> impl Iterator<Item = (&str, &Flux)> {
        self.etat
            .flux
            .iter()
            .map(|(nom, flux)| (nom.as_str(), flux))
    }

    /// The lines, in order.
    pub fn journal(&self) -> &[Ligne] {
        &self.etat.journal
    }

    /// A written text, by digest.
    pub fn texte(&self, empreinte: Digest) -> Option<&str> {
        self.etat.textes.get(&empreinte).map(String::as_str)
    }

    /// The machine of a stream.
    pub fn machine(&self, flux: &str) -> Option<&Machine<'a>> {
        let flux = self.etat.flux.get(flux)?;
        self.machines
            .get(&flux.dossier.workflow)
            .map(|(machine, _)| machine)
    }

    /// A workflow's title.
    pub fn titre(&self, workflow: &str) -> Option<&str> {
        self.atelier.workflow(workflow).map(|w| w.title.as_str())
    }

    /// A stream as the machine sees it at an instant.
    pub fn monde(&self, flux: &str, instant: DateTime<Utc>) -> Option<Monde<'_>> {
        let propre = &self.etat.flux.get(flux)?.dossier;
        let (_, paquet) = self.machines.get(&propre.workflow)?;
        let mut ancetres = Vec::new();
        let mut nom = flux;
        while let Some((parent, _)) = nom.rsplit_once('/') {
            ancetres.push(&self.etat.flux.get(parent)?.dossier);
            nom = parent;
        }
        let survivants = &self.atelier.survivants;
        let jour = civil_date(instant);
        Some(Monde::new(propre, ancetres, paquet, survivants, jour))
    }

    /// What a consent to an act would be bound to: shown, and sent back with the answer.
    pub fn montre(
        &self,
        flux: &str,
        spot: &Spot,
        acte: &str,
        instant: DateTime<Utc>,
    ) -> Option<Digest> {
        let configuration = &self.etat.flux.get(flux)?.configuration;
        let monde = self.monde(flux, instant)?;
        self.machine(flux)?
            .shown(configuration, &monde, spot, acte, instant)
    }

    /// The writing rights open in a stream.
    pub fn droits(&self, flux: &str, instant: DateTime<Utc>) -> Vec<Right> {
        let known = self.etat.flux.get(flux).zip(self.machine(flux));
        let monde = self.monde(flux, instant);
        let rights = known
            .zip(monde)
            .map(|((flux, machine), monde)| machine.rights(&flux.configuration, &monde, instant));
        rights.unwrap_or_default()
    }

    fn ouvre(&mut self, flux: &str, workflow: &str, cle: &str) -> Result<(), Refus> {
        let Some(definition) = self.atelier.workflow(workflow) else {
            return Err(Refus::Flux(format!(
                "Le workflow « {workflow} » n'existe pas."
            )));
        };
        let ouvert = Flux {
            configuration: Configuration::default(),
            dossier: Dossier::new(definition, cle),
            lignes: 0,
        };
        self.etat.flux.insert(flux.to_owned(), ouvert);
        Ok(())
    }

    /// Asks the machine, and stores its events, recorded at the true instant. Answers how many.
    fn decide(
        &mut self,
        flux: &str,
        command: &Command,
        instant: DateTime<Utc>,
    ) -> Result<usize, Refus> {
        let inconnu = || Refus::Flux(format!("Le flux « {flux} » n'existe pas."));
        let monde = self.monde(flux, instant).ok_or_else(inconnu)?;
        let saisies = Inputs::new();
        let monde = monde.avec_saisies(match command {
            Command::Act { inputs, .. } => inputs,
            _ => &saisies,
        });
        let machine = self.machine(flux).ok_or_else(inconnu)?;
        let known = self.etat.flux.get(flux).ok_or_else(inconnu)?;
        let events = machine.decide(&known.configuration, &monde, command, instant)?;
        drop(monde);
        let count = events.len();
        for mut stamped in events {
            stamped.recorded = self.etat.instant.unwrap_or(instant);
            self.inscrit(flux, Evenement::Machine(stamped));
        }
        Ok(count)
    }

    fn ecrit(
        &mut self,
        flux: &str,
        ecriture: &Ecriture,
        trace: Trace,
        instant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let inconnu = || Refus::Flux(format!("Le flux « {flux} » n'existe pas."));
        let known = self.etat.flux.get(flux).ok_or_else(inconnu)?;
        let racine = flux.split('/').next().unwrap_or(flux);
        let racine = self.etat.flux.get(racine).ok_or_else(inconnu)?;
        if known.configuration.ended.is_some() {
            return Err(Refus::Flux(
                "Ce contrat est terminé : on n'y écrit plus.".to_owned(),
            ));
        }
        let droits = self.droits(flux, instant);
        let autour = Autour {
            partie: &trace.par.party,
            parties: &known.dossier.suivi().parties,
            droits: &droits,
            racine: &racine.dossier,
            engage: !racine.configuration.bound.is_empty(),
        };
        let droit = known.dossier.permet(&autour, ecriture)?;
        let evenement = self.evenement(ecriture, droit, trace);
        self.inscrit(flux, evenement);
        Ok(())
    }

    fn evenement(&mut self, ecriture: &Ecriture, droit: String, trace: Trace) -> Evenement {
        match ecriture.clone() {
            Ecriture::Declarer {
                fait,
                element,
                valeur,
                preuve,
            } => Evenement::FaitDeclare {
                fait,
                element,
                valeur,
                preuve,
                trace,
            },
            Ecriture::Modifier {
                objet,
                element,
                texte,
            } => {
                let empreinte = Digest::of(texte.as_bytes());
                self.etat.textes.insert(empreinte, texte);
                Evenement::ContenuModifie {
                    objet,
                    element,
                    empreinte,
                    droit,
                    trace,
                }
            }
            Ecriture::Position {
                objet,
                element,
                constat,
                avis,
                texte,
            } => Evenement::PositionPrise {
                objet,
                element,
                constat,
                avis,
                texte,
                trace,
            },
            Ecriture::Entrer { cle, element } => Evenement::ElementEntre {
                cle,
                element,
                trace,
            },
            Ecriture::Sortir {
                collection,
                cle,
                motif,
            } => Evenement::ElementSorti {
                collection,
                cle,
                motif,
                trace,
            },
        }
    }

    /// Folds an event and keeps its line.
    fn inscrit(&mut self, flux: &str, evenement: Evenement) {
        let Some(known) = self.etat.flux.get_mut(flux) else {
            return;
        };
        if let Evenement::Machine(stamped) = &evenement {
            fold(&mut known.configuration, stamped);
        }
        known.dossier.fold(&evenement);
        known.lignes += 1;
        if let Some(demande) = evenement.demande() {
            self.etat.demandes.insert(demande.to_owned());
        }
        self.etat.journal.push(Ligne {
            v: VERSION,
            flux: flux.to_owned(),
            rang: known.lignes,
            evenement,
        });
    }
}

/// Who acts, in the least words.
pub fn acteur(
    partie: &str,
    personne: &str,
    role: crate::workflow::definition::model::Role,
) -> Actor {
    Actor {
        party: partie.to_owned(),
        person: personne.to_owned(),
        role,
        delegation: None,
    }
}
