use super::Dossier;
use crate::metier::contrat::perimetre::{ARS, Collections, Element, GESTIONNAIRE};
use crate::regles::paquet::Paquet;
use crate::regles::value::Value;
use crate::workflow::catalogue::PartyKind;
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
}

impl<'a> Monde<'a> {
    pub fn new(
        propre: &Dossier,
        ancetres: Vec<&'a Dossier>,
        paquet: &'a Paquet,
        survivants: &'a BTreeSet<String>,
        jour: NaiveDate,
    ) -> Self {
        Self {
            propre: propre.clone(),
            ancetres,
            paquet,
            jour,
            saisies: None,
            survivants,
        }
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

    /// The parties an avenant, or one of its changes, concerns.
    pub(super) fn concernees(&self, modification: Option<&str>) -> BTreeSet<String> {
        let mut parties = BTreeSet::from([GESTIONNAIRE.to_owned()]);
        for (cle, element) in self.propre.collections.elements("modifications") {
            if let Element::Modification { autorites, .. } = element
                && modification.is_none_or(|m| m == cle)
            {
                parties.extend(autorites.iter().cloned());
            }
        }
        parties
    }

    /// All parties but the one that asked for this, or refused it.
    fn autres(&self) -> Vec<String> {
        let sauf = match self.demande() {
            Some(demande) => Some(demande.partie.clone()),
            None => self.propre.suivi.refusant.clone(),
        };
        let parties = self.propre.suivi.parties.iter();
        parties.filter(|p| Some(*p) != sauf.as_ref()).cloned().collect()
    }
}

impl World for Monde<'_> {
    fn fact(&self, name: &str, item: Option<&str>) -> Option<Value> {
        if let Some(known) = self.calcule(name, item) {
            return known;
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

    fn members(&self, set: &str, item: Option<&str>) -> Vec<String> {
        let authority = |partie: &String| self.propre.kind(partie) == PartyKind::Authority;
        match (set, item) {
            ("authorities", Some(esms)) => self.perimetre().autorites(esms),
            ("financeurs" | "approbateurs", None) => self.perimetre().financeurs().to_vec(),
            ("concerned", None) => self.concernees(None).into_iter().collect(),
            ("concerned" | "concerned_authorities", Some(item)) => {
                let modification = self.propre.collections.element("modifications", item);
                let parties = match modification {
                    Some(_) => self.concernees(Some(item)),
                    None => self.perimetre().concernees(item),
                };
                let gestionnaire = set == "concerned";
                let parties = parties.into_iter();
                parties.filter(|p| gestionnaire || authority(p)).collect()
            }
            ("others", None) => self.autres(),
            _ => Vec::new(),
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
    }
}

/// Whether a party is the ARS or another authority of the perimeter is read from its name.
pub(super) fn est_ars(partie: &str) -> bool {
    partie == ARS
}
