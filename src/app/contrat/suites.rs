//! What follows from events: children, avenants, the following contract.

use super::{Contrat, Refus};
use crate::metier::contrat::lecture::Articles;
use crate::metier::contrat::perimetre::Element;
use crate::metier::evenement::{Etape, Evenement, Trace};
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::Event;
use crate::workflow::machine::{Command, Stamped};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rounds of republishing after one request: more is a bug, not a life.
const ROUNDS_MAX: usize = 50;
/// The outcome the machine gives to a child that its parent's end closes.
const PARENT_TERMINE: &str = "parent_termine";
const APPLIQUE: &str = "applique";

impl Contrat<'_> {
    /// All that follows from the lines not looked at yet: children opened and ended, avenants
    /// applied, the following contract; then every stream reads the trade again, until nothing
    /// moves.
    pub(super) fn suites(&mut self, instant: DateTime<Utc>) -> Result<(), Refus> {
        for _ in 0..ROUNDS_MAX {
            while let Some(ligne) = self.journal.get(self.vues) {
                let (flux, evenement) = (ligne.flux.clone(), ligne.evenement.clone());
                self.vues += 1;
                if let Evenement::Machine(stamped) = &evenement {
                    self.suite(&flux, stamped, instant)?;
                }
            }
            self.republie(instant)?;
            if self.vues == self.journal.len() {
                return Ok(());
            }
        }
        Err(Refus::Journal(
            "Les suites de cet acte ne finissent pas. Signalez-le : rien n'est enregistré."
                .to_owned(),
        ))
    }

    /// Every open stream reads the trade again.
    pub(super) fn republie(&mut self, instant: DateTime<Utc>) -> Result<(), Refus> {
        let ouverts = self.etat.flux.iter();
        let ouverts =
            ouverts.filter(|(_, f)| f.configuration.opened() && f.configuration.ended.is_none());
        let ouverts: Vec<String> = ouverts.map(|(nom, _)| nom.clone()).collect();
        for flux in ouverts {
            self.decide(&flux, &Command::WorldChanged, instant)?;
        }
        Ok(())
    }

    fn suite(
        &mut self,
        flux: &str,
        stamped: &Stamped,
        instant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        match &stamped.event {
            Event::ChildStarted {
                workflow,
                key,
                root,
            } => {
                let nom = if *root {
                    suivant(flux)
                } else {
                    enfant(flux, workflow, key)
                };
                let cle = if *root { "" } else { key };
                self.ouvre(&nom, workflow, cle)?;
                let ouvre = Command::Open {
                    effective: Some(stamped.effective),
                };
                self.decide(&nom, &ouvre, instant)?;
                if *root {
                    self.reprend_le_perimetre(flux, &nom);
                }
                Ok(())
            }
            Event::Ended { outcome } => {
                let issue = outcome.clone().unwrap_or_default();
                self.fin(flux, &issue, stamped.effective, instant)
            }
            Event::ChildEnded {
                workflow,
                key,
                outcome,
            } if outcome == PARENT_TERMINE => {
                let nom = enfant(flux, workflow, key);
                self.decide(&nom, &Command::ParentEnded, instant)
                    .map(|_| ())
            }
            Event::Entered { spot, .. } => {
                let etape = match spot.as_str() {
                    "signe" => Etape::Signe,
                    "en_vigueur" => Etape::EnVigueur,
                    _ => return Ok(()),
                };
                self.precede(flux, etape, stamped);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The end of a child is told to its parent, with what it changes.
    fn fin(
        &mut self,
        flux: &str,
        issue: &str,
        effet: NaiveDate,
        instant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let Some((parent, _)) = flux.rsplit_once('/') else {
            return Ok(());
        };
        let Some(known) = self.etat.flux.get(flux) else {
            return Ok(());
        };
        let workflow = known.dossier.workflow.clone();
        let key = known.dossier.cle.clone();
        if issue == PARENT_TERMINE {
            return Ok(());
        }
        // The parent ended the same day and has already closed it: it listens no more.
        let suivi = self
            .etat
            .flux
            .get(parent)
            .map(|p| &p.configuration.children);
        let suivi = suivi.and_then(|c| c.values().find(|e| e.workflow == workflow && e.key == key));
        if suivi.is_none_or(|enfant| enfant.outcome.is_some()) {
            return Ok(());
        }
        if workflow == "avenant" && issue == APPLIQUE {
            self.applique(flux, parent, effet, instant);
        }
        let fini = Command::ChildEnded {
            workflow,
            key,
            outcome: issue.to_owned(),
        };
        let parent = parent.to_owned();
        self.decide(&parent, &fini, instant).map(|_| ())
    }

    /// An avenant in effect: the contract is read as it changed it, and its term may move.
    fn applique(&mut self, flux: &str, parent: &str, effet: NaiveDate, instant: DateTime<Utc>) {
        let (Some(avenant), Some(contrat), Some(monde)) = (
            self.etat.flux.get(flux),
            self.etat.flux.get(parent),
            self.monde(flux, instant),
        ) else {
            return;
        };
        let mut changes = BTreeMap::new();
        let mut cibles = Vec::new();
        for (cle, element) in avenant.dossier.collections().elements("modifications") {
            let accordee = (String::from("modification"), cle.clone());
            let contenu = avenant.dossier.contenu("modification", Some(cle));
            let texte = contenu.and_then(|c| c.texte).and_then(|e| self.texte(e));
            if let (Element::Modification { article, cible, .. }, Some(texte)) = (element, texte)
                && avenant.dossier.suivi().accords.contains_key(&accordee)
            {
                changes.insert(article.clone(), texte.to_owned());
                cibles.extend(cible.clone());
            }
        }
        let lue = contrat
            .dossier
            .avenants()
            .last()
            .map(|a| a.lecture_consolidee);
        let signee = contrat
            .dossier
            .contenu("contrat", None)
            .and_then(|c| c.texte);
        let avant = lue
            .or(signee)
            .and_then(|e| self.texte(e))
            .unwrap_or_default();
        let numero = u32::try_from(contrat.dossier.avenants().len() + 1).unwrap_or(u32::MAX);
        let texte = Articles::read(avant).amended(numero, &changes).text();
        let terme = monde.terme_proroge();
        let lecture_consolidee = Digest::of(texte.as_bytes());
        Arc::make_mut(&mut self.etat.textes).insert(lecture_consolidee, texte.into());
        let evenement = Evenement::AvenantApplique {
            avenant: flux.to_owned(),
            numero,
            lecture_consolidee,
            terme,
            cibles,
            effet,
            enregistre: self.etat.instant.unwrap_or(instant),
        };
        self.inscrit(parent, evenement);
    }

    /// The following contract begins with the same establishments.
    fn reprend_le_perimetre(&mut self, flux: &str, nouveau: &str) {
        let Some(ancien) = self.etat.flux.get(flux) else {
            return;
        };
        let par = self.etat.acteur.clone();
        let instant = self.etat.instant;
        let (Some(par), Some(enregistre)) = (par, instant) else {
            return;
        };
        let collections = ancien.dossier.collections().clone();
        for cle in collections.cles("esms") {
            if let Some(element) = collections.element("esms", cle) {
                let trace = Trace {
                    par: par.clone(),
                    effet: civil_date(enregistre),
                    enregistre,
                    id: format!("{nouveau}/{cle}"),
                };
                let entre = Evenement::ElementEntre {
                    cle: cle.clone(),
                    element: element.clone(),
                    trace,
                };
                self.inscrit(nouveau, entre);
            }
        }
    }

    /// The contract that this one follows learns where it stands.
    fn precede(&mut self, flux: &str, etape: Etape, stamped: &Stamped) {
        let Some(ancien) = precedent(flux) else {
            return;
        };
        let Some(known) = self.etat.flux.get(&ancien) else {
            return;
        };
        if known.configuration.ended.is_some() {
            return;
        }
        let evenement = Evenement::SuccesseurAvance {
            contrat: flux.to_owned(),
            etape,
            effet: stamped.effective,
            enregistre: stamped.recorded,
        };
        self.inscrit(&ancien, evenement);
    }
}

/// The stream of a child.
fn enfant(flux: &str, workflow: &str, key: &str) -> String {
    format!("{flux}/{workflow}-{key}")
}

/// The key of a child, from its stream.
pub(in crate::app) fn cle(flux: &str, workflow: &str) -> String {
    let nom = flux.rsplit_once('/').map_or("", |(_, nom)| nom);
    let cle = nom.strip_prefix(workflow).and_then(|r| r.strip_prefix('-'));
    cle.unwrap_or_default().to_owned()
}

/// The stream of the following contract: `cpom`, `cpom-2`, `cpom-3`.
fn suivant(flux: &str) -> String {
    match flux
        .rsplit_once('-')
        .and_then(|(nom, n)| Some((nom, n.parse::<u32>().ok()?)))
    {
        Some((nom, n)) => format!("{nom}-{}", n + 1),
        None => format!("{flux}-2"),
    }
}

/// The stream of the contract it follows.
fn precedent(flux: &str) -> Option<String> {
    if flux.contains('/') {
        return None;
    }
    let (nom, n) = flux.rsplit_once('-')?;
    match n.parse::<u32>().ok()? {
        2 => Some(nom.to_owned()),
        n => Some(format!("{nom}-{}", n - 1)),
    }
}
