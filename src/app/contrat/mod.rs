//! A contract and its children, and what a request changes in them: one door for what people ask,
//! and all that follows. Pure: the state goes in, lines and the next state come out. A store keeps
//! the lines; without one the contract lives in memory.

/// Definitions and packs, read once.
mod atelier;
/// What people ask, and why it is refused.
mod commande;
/// What a party writes outside the acts of the workflow.
mod ecrire;
/// Where a contract stands.
mod etat;
/// Deadlines of all streams, in the order of their dates.
mod horloge;
/// What follows from events: children, avenants, the following contract.
mod suites;

pub use atelier::{Atelier, Machines, REPRIS};
pub use commande::{Commande, Demande, Refus, Reprise};
pub use etat::{Etat, Flux};
pub(in crate::app) use suites::cle as cle_du_flux;

use crate::metier::contrat::dossier::{Dossier, Monde};
use crate::metier::contrat::echange::AUTORITES;
use crate::metier::evenement::{Evenement, Ligne, Trace, VERSION};
use crate::regles::calendrier::civil_date;
use crate::workflow::catalogue::PartyKind;
use crate::workflow::machine::configuration::Configuration;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Actor, Delegation, Event, Inputs};
use crate::workflow::machine::{Command, Machine, Right, Spot, Stamped};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A contract, its children, and the contracts that follow it: its state, and the lines written
/// since it was taken in hand.
#[derive(Debug)]
pub struct Contrat<'a> {
    machines: Arc<Machines<'a>>,
    etat: Etat,
    journal: Vec<Ligne>,
    /// The requests answered meanwhile.
    demandes: BTreeSet<String>,
    /// How many lines `suites` has looked at.
    vues: usize,
    /// The texts of notes and messages written meanwhile, kept beside the journal where they can
    /// be erased.
    notes: Vec<TexteGarde>,
}

/// The text of a note or of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TexteGarde {
    /// What its line holds: the digest of the salt, then of the text.
    pub engagement: Digest,
    /// The party or the circle it is kept to; empty: every party.
    pub lecteurs: String,
    pub sel: String,
    pub texte: String,
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
        let mut contrat = Self::vide(&atelier.machines());
        contrat.naitre(workflow, maintenant)?;
        Ok(contrat)
    }

    /// A contract that has no line yet.
    pub fn vide(machines: &Arc<Machines<'a>>) -> Self {
        Self::reprendre(machines, Etat::default())
    }

    /// Takes a contract in hand where it stands.
    pub fn reprendre(machines: &Arc<Machines<'a>>, etat: Etat) -> Self {
        Self {
            machines: Arc::clone(machines),
            etat,
            journal: Vec::new(),
            demandes: BTreeSet::new(),
            vues: 0,
            notes: Vec::new(),
        }
    }

    /// Where it now stands, and the lines written since it was taken in hand.
    pub fn rendre(self) -> (Etat, Vec<Ligne>) {
        (self.etat, self.journal)
    }

    /// Writes the first lines of a contract that has none.
    ///
    /// # Errors
    /// No workflow of that name, or its opening is refused.
    pub fn naitre(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<(), Refus> {
        if self.etat.flux.contains_key(RACINE) {
            return Err(Refus::Flux("Ce contrat est déjà ouvert.".to_owned()));
        }
        self.d_un_bloc(|contrat| {
            contrat.etat.instant = Some(maintenant);
            contrat.ouvre(RACINE, workflow, "")?;
            let ouvre = Command::Open { effective: None };
            contrat.decide(RACINE, &ouvre, maintenant)?;
            contrat.suites(maintenant)
        })
    }

    /// Opens the contract with what is written first: all of it, or nothing.
    ///
    /// # Errors
    /// As [`Contrat::naitre`] and [`Contrat::agir`].
    pub fn naitre_avec(
        &mut self,
        workflow: &str,
        premieres: &[Commande],
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        self.d_un_bloc(|contrat| {
            contrat.naitre(workflow, maintenant)?;
            let mut premieres = premieres.iter();
            premieres.try_for_each(|commande| contrat.agir(commande, maintenant))
        })
    }

    /// Takes over a contract signed elsewhere: its perimeter is then entered, and it opens when
    /// every party has agreed to the same signed document. Until then it binds nobody.
    ///
    /// # Errors
    /// No workflow of that name, or the contract is there already.
    pub fn naitre_repris(
        &mut self,
        reprise: &Reprise,
        acteur: &Actor,
        id: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        if self.etat.flux.contains_key(RACINE) {
            return Err(Refus::Flux("Ce contrat est déjà ouvert.".to_owned()));
        }
        let effet = civil_date(maintenant);
        if reprise.signe_le > effet {
            return Err(Refus::Flux(format!(
                "Le contrat repris est daté du {} : ce jour n'est pas venu. Corrigez la date.",
                reprise.signe_le.format("%d/%m/%Y")
            )));
        }
        self.etat.instant = Some(maintenant);
        self.ouvre(RACINE, &reprise.workflow, "")?;
        let trace = Trace {
            par: acteur.clone(),
            effet,
            enregistre: maintenant,
            id: id.to_owned(),
        };
        let evenement = Evenement::RepriseOuverte {
            workflow: reprise.workflow.clone(),
            document: reprise.document,
            signe_le: reprise.signe_le,
            trace,
        };
        self.inscrit(RACINE, evenement);
        Ok(())
    }

    /// The mark of the lines that a party reads beside its own and those of all; empty: none.
    pub fn cercle(&self, partie: &str) -> &'static str {
        let racine = self.etat.flux.get(RACINE);
        let autorite = racine.is_some_and(|r| r.dossier.kind(partie) == PartyKind::Authority);
        if autorite { AUTORITES } else { "" }
    }

    /// The texts of notes and messages written since it was taken in hand.
    pub fn notes(&self) -> &[TexteGarde] {
        &self.notes
    }

    /// Folds a journal, in its order, texts apart.
    ///
    /// # Errors
    /// A line that no program of this version wrote.
    pub fn relire(atelier: &'a Atelier, lignes: &[Ligne]) -> Result<Self, Refus> {
        Self::replier(&atelier.machines(), lignes)
    }

    /// The same, with machines already made.
    ///
    /// # Errors
    /// As [`Contrat::relire`].
    pub fn replier(machines: &Arc<Machines<'a>>, lignes: &[Ligne]) -> Result<Self, Refus> {
        let mut contrat = Self::vide(machines);
        for ligne in lignes {
            contrat.plie(ligne)?;
            contrat.journal.push(ligne.clone());
        }
        contrat.vues = contrat.journal.len();
        Ok(contrat)
    }

    /// Folds one line that is already kept.
    ///
    /// # Errors
    /// A line that no program of this version wrote, or that is not the next of its stream.
    pub fn plie(&mut self, ligne: &Ligne) -> Result<(), Refus> {
        let illisible = |quoi: &str| {
            let (flux, rang) = (&ligne.flux, ligne.rang);
            Refus::Journal(format!("Ligne {rang} de « {flux} » : {quoi}."))
        };
        if ligne.v != VERSION {
            return Err(illisible("elle est d'une autre version du programme"));
        }
        if let Some(workflow) = ouvert(&ligne.evenement)
            && !self.etat.flux.contains_key(&ligne.flux)
        {
            let cle = suites::cle(&ligne.flux, workflow);
            self.ouvre(&ligne.flux, workflow, &cle)?;
        }
        let flux = self.etat.flux.get(&ligne.flux);
        let attendu = flux.ok_or_else(|| illisible("son flux n'est pas ouvert"))?;
        if attendu.lignes + 1 != ligne.rang {
            return Err(illisible("elle n'est pas à sa place"));
        }
        self.etat.plie(&ligne.flux, &ligne.evenement);
        self.etat.instant = self.etat.instant.max(Some(ligne.evenement.enregistre()));
        Ok(())
    }

    /// Gives a written text back to a contract read from its lines; one that nothing speaks of any
    /// more is left out.
    pub fn rend_texte(&mut self, texte: &str) {
        let empreinte = Digest::of(texte.as_bytes());
        if self.etat.parle_de(empreinte) {
            Arc::make_mut(&mut self.etat.textes).insert(empreinte, texte.into());
        }
    }

    /// Does what a person asks: deadlines first, then the request, then all that follows. A request
    /// already done is not done again. A refused one changes nothing, save that deadlines passed.
    ///
    /// # Errors
    /// A refusal, told in French.
    pub fn agir(&mut self, commande: &Commande, maintenant: DateTime<Utc>) -> Result<(), Refus> {
        self.avancer(maintenant)?;
        if self.demandes.contains(commande.id()?) {
            return Ok(());
        }
        self.d_un_bloc(|contrat| contrat.fait(commande, maintenant))
    }

    /// All of it, or none: what is refused on the way leaves nothing.
    fn d_un_bloc(
        &mut self,
        faire: impl FnOnce(&mut Self) -> Result<(), Refus>,
    ) -> Result<(), Refus> {
        let (etat, lignes, notes) = (self.etat.clone(), self.journal.len(), self.notes.len());
        let fait = faire(self);
        if fait.is_err() {
            self.etat = etat;
            self.notes.truncate(notes);
            self.oublie(lignes);
        }
        fait
    }

    /// Takes back the lines of a request that was refused on the way.
    fn oublie(&mut self, lignes: usize) {
        for ligne in self.journal.drain(lignes..) {
            if let Some(demande) = ligne.evenement.demande() {
                self.demandes.remove(demande);
            }
        }
        self.vues = lignes;
    }

    fn fait(&mut self, commande: &Commande, maintenant: DateTime<Utc>) -> Result<(), Refus> {
        match &commande.demande {
            Demande::Acte(command) => {
                let command = self.habilite(command);
                self.decide(&commande.flux, &command, maintenant)?;
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

    /// The request, with the delegation that the journal knows of the person who makes it.
    fn habilite(&self, command: &Command) -> Command {
        let mut command = command.clone();
        let racine = self.etat.flux.get(RACINE).map(|f| &f.dossier);
        if let (Some(acteur), Some(racine)) = (commande::acteur_de(&mut command), racine) {
            let pouvoir = racine.registre().pouvoir(&acteur.party, &acteur.person);
            if let Some(pouvoir) = pouvoir.filter(|p| p.role == acteur.role) {
                acteur.delegation = Some(Delegation {
                    from: pouvoir.du,
                    to: pouvoir.au,
                });
            }
        }
        command
    }

    /// One stream.
    pub fn flux(&self, flux: &str) -> Option<&Flux> {
        self.etat.flux.get(flux).map(Arc::as_ref)
    }

    /// Every stream, by name.
    pub fn tous(&self) -> impl Iterator<Item = (&str, &Flux)> {
        self.etat
            .flux
            .iter()
            .map(|(nom, flux)| (nom.as_str(), flux.as_ref()))
    }

    /// Its state.
    pub fn etat(&self) -> &Etat {
        &self.etat
    }

    /// The lines written since it was taken in hand, in order.
    pub fn journal(&self) -> &[Ligne] {
        &self.journal
    }

    /// A written text, by digest.
    pub fn texte(&self, empreinte: Digest) -> Option<&str> {
        self.etat.textes.get(&empreinte).map(AsRef::as_ref)
    }

    /// The machine of a stream.
    pub fn machine(&self, flux: &str) -> Option<&Machine<'a>> {
        let flux = self.etat.flux.get(flux)?;
        let machine = self.machines.par_nom.get(&flux.dossier.workflow);
        machine.map(|(machine, _)| machine)
    }

    /// A workflow's title.
    pub fn titre(&self, workflow: &str) -> Option<&str> {
        let known = self.machines.atelier.workflow(workflow);
        known.map(|w| w.title.as_str())
    }

    /// The title of the state that ends a workflow with an outcome.
    pub fn issue(&self, workflow: &str, outcome: &str) -> Option<&str> {
        let known = self.machines.atelier.workflow(workflow)?;
        let ends = |node: &&crate::workflow::definition::model::Node| {
            node.ending.as_ref().and_then(|e| e.outcome.as_deref()) == Some(outcome)
        };
        known.nodes.iter().find(ends)?.title.as_deref()
    }

    /// A stream as the machine sees it at an instant.
    pub fn monde(&self, flux: &str, instant: DateTime<Utc>) -> Option<Monde<'_>> {
        let propre = &self.etat.flux.get(flux)?.dossier;
        let (_, paquet) = self.machines.par_nom.get(&propre.workflow)?;
        let mut ancetres = Vec::new();
        let mut nom = flux;
        while let Some((parent, _)) = nom.rsplit_once('/') {
            ancetres.push(&self.etat.flux.get(parent)?.dossier);
            nom = parent;
        }
        let survivants = &self.machines.atelier.survivants;
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
        let Some(definition) = self.machines.atelier.workflow(workflow) else {
            return Err(Refus::Flux(format!(
                "Le workflow « {workflow} » n'existe pas."
            )));
        };
        let ouvert = Flux {
            configuration: Configuration::default(),
            dossier: Dossier::new(definition, cle),
            lignes: 0,
        };
        self.etat.flux.insert(flux.to_owned(), Arc::new(ouvert));
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

    /// Folds an event and keeps its line.
    fn inscrit(&mut self, flux: &str, evenement: Evenement) {
        let Some(rang) = self.etat.plie(flux, &evenement) else {
            return;
        };
        if let Some(demande) = evenement.demande() {
            self.demandes.insert(demande.to_owned());
        }
        self.journal.push(Ligne {
            v: VERSION,
            flux: flux.to_owned(),
            rang,
            evenement,
        });
    }
}

/// The workflow that a line begins.
fn ouvert(evenement: &Evenement) -> Option<&str> {
    match evenement {
        Evenement::Machine(Stamped {
            event:
                Event::Entered {
                    pinned: Some(pinned),
                    ..
                },
            ..
        }) => Some(&pinned.workflow),
        Evenement::RepriseOuverte { workflow, .. } => Some(workflow),
        _ => None,
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
