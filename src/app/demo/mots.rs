//! Events in French.

use crate::app::contrat::{Contrat, RACINE};
use crate::app::vues::francais::{euros, minuscule, pour_cent};
use crate::metier::contrat::echange::Echange;
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::evenement::{Avis, Evenement};
use crate::regles::value::Value;
use crate::workflow::definition::model::{Node, Silence, Workflow};
use crate::workflow::machine::Machine;
use crate::workflow::machine::agenda::Deadline;
use crate::workflow::machine::event::{Armed, Binds, CloseCause, Event, LapseCause, VoidCause};
use crate::workflow::machine::spot::{Key, Spot};
use chrono::NaiveDate;
use std::fmt::Write as _;

/// Names things as the contract's people do.
#[derive(Debug)]
pub struct Mots<'a> {
    pub contrat: &'a Contrat<'a>,
}

impl Mots<'_> {
    /// A child, by its title and key; `None`: the contract itself.
    pub fn flux(&self, flux: &str) -> Option<String> {
        if flux == RACINE {
            return None;
        }
        let known = self.contrat.flux(flux)?;
        let title = &self.workflow(flux)?.title;
        Some(
            format!("{title} {}", known.dossier.cle)
                .trim_end()
                .to_owned(),
        )
    }

    fn workflow(&self, flux: &str) -> Option<&Workflow> {
        self.contrat.machine(flux).map(Machine::workflow)
    }

    fn node(&self, flux: &str, spot: &str) -> Option<&Node> {
        self.workflow(flux)?.find(&Spot::new(spot).path())
    }

    pub fn partie(&self, partie: &str) -> String {
        let racine = self.contrat.flux(RACINE);
        let connue = racine.and_then(|f| f.dossier.registre().organisation(partie));
        if let Some(organisation) = connue {
            return organisation.nom.clone();
        }
        let declaree = partie.split_once(':').map_or(partie, |(id, _)| id);
        let workflow = self.workflow(RACINE);
        let role = workflow.and_then(|w| w.parties.iter().find(|p| p.id == declaree));
        role.map_or(partie, |p| p.title.as_str()).to_owned()
    }

    /// A date to come: what is expected or what follows, and why.
    pub fn date(&self, flux: &str, date: &Deadline) -> String {
        let genre = if date.soft {
            "à faire avant le"
        } else {
            "échéance le"
        };
        let titre = self.minuterie(flux, date);
        let quoi = titre.map(|t| format!(" : {t}")).unwrap_or_default();
        let source = date.source.as_ref().map(|s| format!(" ({s})"));
        format!(
            "{genre} {}, {}{quoi}{}",
            jour(date.echeance),
            self.lieu(flux, &date.spot),
            source.unwrap_or_default()
        )
    }

    /// What a hard deadline is called, when its file says it.
    pub fn minuterie(&self, flux: &str, date: &Deadline) -> Option<&str> {
        let timers = &self.node(flux, date.spot.as_str())?.after;
        timers
            .iter()
            .find(|t| t.name == date.name)?
            .title
            .as_deref()
    }

    /// An item, by its name.
    pub fn element(&self, flux: &str, cle: &str) -> String {
        for nom in [flux, RACINE] {
            let Some(known) = self.contrat.flux(nom) else {
                continue;
            };
            for collection in ["esms", "objectifs", "modifications", "reconnaissances"] {
                let collections = known.dossier.collections();
                let present = collections.element(collection, cle);
                match present.or_else(|| collections.parti(collection, cle)) {
                    Some(element) if collection == "esms" => return element.nom().to_owned(),
                    Some(element) => return format!("{cle} {}", element.nom()),
                    None => {}
                }
            }
        }
        match self.partie(cle) {
            nom if nom == cle => format!("ESMS {cle}"),
            nom => nom,
        }
    }

    /// A place: its title, and the item it is about.
    pub fn lieu(&self, flux: &str, spot: &Spot) -> String {
        let node = self.node(flux, spot.as_str());
        let title = node.map_or(spot.as_str(), |n| n.title.as_deref().unwrap_or(&n.name));
        let items: Vec<String> = spot.keys().map(|k| self.element(flux, &k)).collect();
        if items.is_empty() {
            format!("« {title} »")
        } else {
            format!("« {title} », {}", items.join(", "))
        }
    }

    pub fn acte(&self, flux: &str, spot: &str, acte: &str) -> String {
        let node = self.node(flux, spot);
        let act = node.and_then(|n| n.acts.iter().find(|a| a.name == acte));
        let title = act.and_then(|a| a.title.as_deref()).unwrap_or(acte);
        let items: Vec<String> = Spot::new(spot)
            .keys()
            .map(|k| self.element(flux, &k))
            .collect();
        match items.as_slice() {
            [] => title.to_owned(),
            items => format!("{title} ({})", items.join(", ")),
        }
    }

    pub fn objet(&self, objet: &str, element: Option<&str>, flux: &str) -> String {
        let title = CATALOGUE.object(objet).map_or(objet, |o| o.title);
        match element {
            Some(cle) => format!("{title} ({})", self.element(flux, cle)),
            None => title.to_owned(),
        }
    }

    /// What a person did.
    pub fn geste(&self, flux: &str, evenement: &Evenement) -> String {
        match evenement {
            Evenement::Machine(stamped) => self.geste_machine(flux, &stamped.event),
            Evenement::FaitDeclare {
                fait,
                element,
                valeur,
                preuve,
                ..
            } => {
                let title = CATALOGUE.fact(fait).map_or(fait.as_str(), |f| f.title);
                let de = element
                    .as_ref()
                    .map(|e| format!(", {}", self.element(flux, e)));
                let de = de.unwrap_or_default();
                format!(
                    "déclare « {title} »{de} : {} ({preuve})",
                    valeur_dite(valeur)
                )
            }
            Evenement::ContenuModifie { objet, element, .. } => {
                format!("écrit {}", self.objet(objet, element.as_deref(), flux))
            }
            Evenement::PositionPrise {
                element,
                constat,
                avis,
                texte,
                ..
            } => {
                let avis = match avis {
                    Avis::Accord => "accord",
                    Avis::AccordAvecReserve => "accord avec réserve",
                    Avis::Desaccord => "désaccord",
                };
                let de = element.as_deref().map(|e| self.element(flux, e));
                let de = de.unwrap_or_default();
                format!("position sur {constat}, {de} : {avis} ; {texte}")
            }
            Evenement::ElementEntre { cle, element, .. } => {
                format!("fait entrer {} ({cle})", element.nom())
            }
            Evenement::ElementSorti { cle, motif, .. } => {
                format!("retire {} : {motif}", self.element(flux, cle))
            }
            Evenement::Saisie { saisie, .. } => self.saisie(flux, saisie),
            Evenement::NotePrise { .. } => "garde une note pour soi".to_owned(),
            Evenement::Echange { echange, .. } => self.echange(echange),
            Evenement::RepriseOuverte { signe_le, .. } => {
                format!("reprend le contrat signé le {}", jour(*signe_le))
            }
            Evenement::AvenantApplique { .. } | Evenement::SuccesseurAvance { .. } => String::new(),
        }
    }

    /// Something said around the contract; its text is told where it is read.
    fn echange(&self, echange: &Echange) -> String {
        match echange {
            Echange::Message {
                fil: None,
                avis: None,
                ..
            } => "ouvre un échange".to_owned(),
            Echange::Message {
                fil: Some(_),
                avis: None,
                ..
            } => "répond à un échange".to_owned(),
            Echange::Message {
                avis: Some(avis), ..
            } => {
                let de: Vec<String> = avis.de.iter().map(|p| self.partie(p)).collect();
                format!(
                    "demande un avis à {} avant le {}",
                    de.join(", "),
                    jour(avis.avant)
                )
            }
            Echange::Piece { piece, de, avant } => {
                let de = self.partie(de);
                format!(
                    "demande à {de} la pièce « {piece} » avant le {}",
                    jour(*avant)
                )
            }
            Echange::Reunion { le } => format!("convoque une réunion le {}", jour(*le)),
            Echange::CompteRendu { .. } => "écrit le compte rendu d'une réunion".to_owned(),
            Echange::Decision { qui, avant, .. } => {
                let qui = self.partie(qui);
                format!(
                    "note une décision : à faire par {qui} avant le {}",
                    jour(*avant)
                )
            }
            Echange::Tenue { .. } => "dit une décision tenue".to_owned(),
        }
    }

    fn geste_machine(&self, flux: &str, event: &Event) -> String {
        match event {
            Event::ActDone { spot, act, .. } => self.acte(flux, spot.as_str(), act),
            Event::Consented { spot, act, .. } => {
                format!("donne son accord : {}", self.acte(flux, spot.as_str(), act))
            }
            Event::Refused {
                spot, act, reason, ..
            } => {
                let act = self.acte(flux, spot.as_str(), act);
                format!("refuse : {act} ({reason})")
            }
            Event::Withdrawn { spot, act, .. } => {
                format!(
                    "retire son accord : {}",
                    self.acte(flux, spot.as_str(), act)
                )
            }
            Event::Waived {
                spot, act, reason, ..
            } => {
                let act = self.acte(flux, spot.as_str(), act);
                format!("dispense d'une condition : {act} ({reason})")
            }
            _ => String::new(),
        }
    }

    /// What followed; `None`: nothing worth a line.
    pub fn suite(&self, flux: &str, evenement: &Evenement) -> Option<String> {
        match evenement {
            Evenement::Machine(stamped) => self.suite_machine(flux, &stamped.event),
            Evenement::AvenantApplique {
                numero,
                lecture_consolidee,
                terme,
                cibles,
                ..
            } => {
                let mut revisees = String::new();
                for cible in cibles {
                    let valeur = valeur_dite(&cible.valeur);
                    // Writing to a String cannot fail.
                    let _ = write!(
                        revisees,
                        " ; {} : {valeur} en {}",
                        cible.objectif, cible.exercice
                    );
                }
                let court: String = lecture_consolidee.to_string().chars().take(8).collect();
                let terme = terme.map(|t| format!(" ; nouveau terme : {}", jour(t)));
                let terme = terme.unwrap_or_default();
                Some(format!(
                    "avenant n° {numero} : lecture consolidée {court}{terme}{revisees}"
                ))
            }
            Evenement::SuccesseurAvance { contrat, .. } => {
                Some(format!("le contrat suivant avance ({contrat})"))
            }
            Evenement::ElementEntre { element, .. } if flux != RACINE => {
                Some(format!("reprend {}", element.nom()))
            }
            _ => None,
        }
    }

    /// `None`: one only passes through, what follows is told.
    fn entree(&self, flux: &str, spot: &Spot, binds: Option<&Binds>) -> Option<String> {
        let node = self.node(flux, spot.as_str())?;
        if !node.auto.is_empty() && node.acts.is_empty() {
            return None;
        }
        let lie = binds.map(|b| {
            let court: String = b.digest.to_string().chars().take(8).collect();
            format!(" ; engage {} parties, empreinte {court}", b.parties.len())
        });
        let lieu = self.lieu(flux, spot);
        Some(format!("entre dans {lieu}{}", lie.unwrap_or_default()))
    }

    fn echeance(&self, flux: &str, spot: &Spot, timer: &str, armed: &Armed) -> String {
        let timers = self.node(flux, spot.as_str()).map(|node| &node.after);
        let timer = timers.and_then(|timers| timers.iter().find(|t| t.name == timer));
        let titre = timer.and_then(|t| t.title.as_ref());
        let titre = titre.map(|titre| format!(" : {}", minuscule(titre)));
        let source = armed.source.as_ref().map(|s| format!(" ({s})"));
        let effect = match armed.silence {
            Some(Silence::Approved) => ", le silence vaut approbation",
            Some(Silence::Rejected) => ", le silence vaut rejet",
            Some(Silence::None) | None => "",
        };
        format!(
            "échéance du {} dans {}{}{}{effect}",
            jour(armed.echeance),
            self.lieu(flux, spot),
            titre.unwrap_or_default(),
            source.unwrap_or_default()
        )
    }

    fn suite_machine(&self, flux: &str, event: &Event) -> Option<String> {
        let de = self.flux(flux).map(|nom| format!(" [{nom}]"));
        let de = de.unwrap_or_default();
        Some(match event {
            Event::Entered { spot, binds, .. } => {
                format!("{}{de}", self.entree(flux, spot, binds.as_ref())?)
            }
            Event::ActDone {
                spot,
                act,
                agreed: Some(agreed),
                ..
            } => {
                let act = self.acte(flux, spot.as_str(), act);
                format!("accord complet ({}) : {act}{de}", agreed.consents.len())
            }
            Event::ConsentVoided { party, cause, .. } => {
                let cause = match cause {
                    VoidCause::Changed => "le texte a changé",
                    VoidCause::PartyLeft => "la partie n'est plus concernée",
                    VoidCause::Migrated => "les règles ont changé",
                };
                format!("l'accord de {} tombe : {cause}", self.partie(party))
            }
            Event::BranchClosed {
                branch: Key::Item(cle),
                cause: CloseCause::ItemLeft,
                ..
            } => format!("ferme la branche de {}", self.element(flux, cle.as_str())),
            Event::TimerFired { armed, spot, timer } => {
                format!("{}{de}", self.echeance(flux, spot, timer, armed))
            }
            Event::TimerLapsed { armed, cause, .. } => {
                let cause = match cause {
                    LapseCause::Condition => "sa condition n'est pas remplie",
                    LapseCause::Blocked => "la suite n'est pas permise",
                };
                format!(
                    "échéance du {} sans effet : {cause}{de}",
                    jour(armed.echeance)
                )
            }
            Event::PartyJoined { party } => format!("{} devient partie{de}", self.partie(party)),
            Event::PartyLeft { party } => format!("{} cesse d'être partie{de}", self.partie(party)),
            Event::ChildStarted { workflow, key, .. } => {
                let title = self.contrat.titre(workflow).unwrap_or(workflow);
                format!("ouvre : {title} {key}").trim_end().to_owned()
            }
            Event::ChildEnded {
                workflow,
                key,
                outcome,
            } => {
                let title = self.contrat.titre(workflow).unwrap_or(workflow);
                let issue = self.contrat.issue(workflow, outcome).unwrap_or(outcome);
                format!("{title} {key} : fin ({})", minuscule(issue))
            }
            Event::Ended { .. } => format!("fin{de}"),
            _ => return None,
        })
    }
}

pub(super) fn jour(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// A value, for people.
pub(in crate::app) fn valeur_dite(valeur: &Value) -> String {
    match valeur {
        Value::Boolean(true) => "oui".to_owned(),
        Value::Boolean(false) => "non".to_owned(),
        Value::Integer(n) => n.to_string(),
        Value::Cents(n) => euros(*n),
        Value::Percent(n) => pour_cent(*n),
        Value::Date(date) => jour(*date),
        Value::Duration(delai) => delai.to_string(),
        Value::Day(day) => format!("{:02}/{:02}", day.day, day.month),
        Value::Text(text) => text.clone(),
        Value::List(list) => {
            let list: Vec<String> = list.iter().map(valeur_dite).collect();
            list.join(", ")
        }
    }
}
