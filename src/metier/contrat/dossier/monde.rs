//! A stream and those above it, as the machine sees them.

use super::Dossier;
use crate::metier::contrat::perimetre::{Collections, GESTIONNAIRE};
use crate::regles::paquet::Paquet;
use crate::regles::value::Value;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Inputs, Stamped};
use crate::workflow::machine::world::World;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// A stream as the machine sees it: its own state, then that of its parents. It follows the events
/// of the decision under way.
#[derive(Debug, Clone)]
pub struct Monde<'a> {
    pub(super) propre: Dossier,
    /// The parent first, the contract last.
    pub(super) ancetres: Vec<&'a Dossier>,
    pub(super) paquet: &'a Paquet,
    /// The day whose passing facts speak of.
    pub(super) jour: NaiveDate,
    /// What the person who acts typed.
    pub(super) saisies: Option<&'a Inputs>,
    /// Workflows that outlive their parent.
    survivants: &'a BTreeSet<String>,
    /// All parties but the one that asked, or refused.
    autres: Vec<String>,
}

impl<'a> Monde<'a> {
    pub fn new(
        propre: &Dossier,
        ancetres: Vec<&'a Dossier>,
        paquet: &'a Paquet,
        survivants: &'a BTreeSet<String>,
        jour: NaiveDate,
    ) -> Self {
        let mut monde = Self {
            propre: propre.clone(),
            ancetres,
            paquet,
            jour,
            saisies: None,
            survivants,
            autres: Vec::new(),
        };
        monde.autres = monde.calcule_autres();
        monde
    }

    /// Before an act: what the person typed can be judged too.
    #[must_use]
    pub fn avec_saisies(mut self, saisies: &'a Inputs) -> Self {
        self.saisies = Some(saisies);
        self
    }

    /// This stream and those above it, nearest first.
    pub(super) fn chaine(&self) -> impl Iterator<Item = &Dossier> {
        std::iter::once(&self.propre).chain(self.ancetres.iter().copied())
    }

    /// The contract itself.
    pub(super) fn racine(&self) -> &Dossier {
        self.ancetres.last().copied().unwrap_or(&self.propre)
    }

    /// The nearest stream that runs this workflow.
    pub(super) fn flux(&self, workflow: &str) -> Option<&Dossier> {
        self.chaine().find(|d| d.workflow == workflow)
    }

    /// Where the establishments and the objectives stand.
    pub(super) fn perimetre(&self) -> &Collections {
        self.racine().collections()
    }

    /// Whether an avenant concerns a party.
    pub(super) fn concerne(&self, partie: &str) -> bool {
        let autorites = self.propre.collections.autorites("modifications", None);
        partie == GESTIONNAIRE || autorites.iter().any(|a| a == partie)
    }

    /// All parties but the one that asked for this, or refused it.
    fn calcule_autres(&self) -> Vec<String> {
        let sauf = match self.demande() {
            Some(demande) => Some(&demande.partie),
            None => self.propre.suivi.refusant.as_ref(),
        };
        let parties = self.propre.suivi.parties.iter();
        parties.filter(|p| Some(*p) != sauf).cloned().collect()
    }
}

impl World for Monde<'_> {
    fn fact(&self, name: &str, item: Option<&str>) -> Option<Value> {
        if let Some(known) = self.calcule(name, item) {
            return known;
        }
        if let Some(lu) = self.lu(name, item) {
            return Some(lu);
        }
        let cle = (name.to_owned(), item.map(str::to_owned));
        let declare = self.chaine().find_map(|d| d.faits.get(&cle));
        declare.map(|d| d.valeur.clone())
    }

    fn items(&self, collection: &str) -> &[String] {
        match collection {
            "parties" => &self.propre.suivi.parties,
            "autorites" => &self.propre.suivi.autorites,
            "modifications" => self.propre.collections.cles(collection),
            _ => self.perimetre().cles(collection),
        }
    }

    fn members(&self, set: &str, item: Option<&str>) -> &[String] {
        let propres = &self.propre.collections;
        match (set, item) {
            ("authorities", Some(_)) => self.perimetre().autorites("esms", item),
            ("financeurs" | "approbateurs", None) => self.perimetre().financeurs(),
            ("concerned", None) => propres.autorites("modifications", None),
            ("concerned" | "concerned_authorities", Some(cle)) => {
                if propres.element("modifications", cle).is_some() {
                    propres.autorites("modifications", item)
                } else {
                    self.perimetre().autorites("objectifs", item)
                }
            }
            ("others", None) => &self.autres,
            _ => &[],
        }
    }

    fn content(&self, object: &str, item: Option<&str>) -> Option<Digest> {
        let cle = (object.to_owned(), item.map(str::to_owned));
        self.chaine().find_map(|d| d.contenus.get(&cle)?.empreinte)
    }

    fn survives_parent(&self, workflow: &str) -> bool {
        self.survivants.contains(workflow)
    }

    fn following(&self) -> Option<Box<dyn World + '_>> {
        Some(Box::new(self.clone()))
    }

    fn fold(&mut self, event: &Stamped) {
        self.propre.fold_machine(event);
        self.autres = self.calcule_autres();
    }
}
