//! What parties are told: what an act opens for them, and each day the dates that come near or
//! have passed. Written in the same transaction, once.

use super::ecrire::{Ecrit, Tenu};
use crate::app::contrat::{Contrat, RACINE};
use crate::app::courriels::objet::{Objet, Tache};
use crate::metier::chaine::instant;
use crate::metier::contrat::echange::{Attendu, Genre};
use crate::regles::calendrier::civil_date;
use crate::store::avis::Avis;
use crate::store::projections::Projection;
use crate::workflow::machine::agenda::{Agenda, Deadline, PartyAgenda};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;

/// What says that nothing stands in the way of a task.
const RIEN_NE_MANQUE: &str = "[]";

impl Ecrit<'_> {
    /// Writes the notices of an act, and those of the day when it is the first look of it.
    /// `apres`: what the lists are about to show; none: nothing moved.
    pub(super) fn avise(&mut self, tenu: &Tenu, contrat: &Contrat<'_>, apres: Option<&Projection>) {
        let mut avises = Vec::new();
        if let Some(projection) = apres {
            let ordre = tenu.entree.tete.ordre + contrat.journal().len() as u64;
            avises.extend(nouvelles(tenu, projection, ordre));
            avises.extend(demandes(tenu, contrat, projection));
        }
        let jour = civil_date(self.maintenant);
        let vu = tenu.tete.as_ref().and_then(|tete| tete.vu.parse().ok());
        if let Some(vu) = vu.filter(|vu| *vu < jour) {
            dates(contrat, self.maintenant, vu, jour, &mut avises);
        }
        let cree = instant(self.maintenant);
        for (cle, partie, objet) in avises {
            let avis = Avis {
                contrat: self.id.to_owned(),
                cle,
                partie,
                objet,
            };
            self.feuille.avis(&avis, &cree);
        }
    }
}

impl Tenu {
    /// Whether an act could be done before: as the cache knows it, or as the tables still hold it.
    fn pouvait(&self, cle: &[String; 4]) -> bool {
        if let Some(possibles) = &self.possibles {
            return possibles.contains(cle);
        }
        let connue = self.entree.projection.taches.get(cle);
        connue.is_some_and(|[_, manque, _]| manque == RIEN_NE_MANQUE)
    }
}

type Redige = (String, String, String);

/// One notice for each party that may now do what it could not.
fn nouvelles(avant: &Tenu, projection: &Projection, ordre: u64) -> Vec<Redige> {
    let mut par_partie: BTreeMap<&str, Vec<Tache<'_>>> = BTreeMap::new();
    for (cle, [titre, manque, _]) in &projection.taches {
        if manque != RIEN_NE_MANQUE || Genre::lu(&cle[2]).is_some() || avant.pouvait(cle) {
            continue;
        }
        let [flux, lieu, acte, partie] = cle;
        par_partie.entry(partie).or_default().push(Tache {
            flux: flux.into(),
            lieu: lieu.into(),
            acte: acte.into(),
            titre: titre.into(),
        });
    }
    let redige = |(partie, taches): (&str, Vec<Tache<'_>>)| {
        let objet = serde_json::to_string(&Objet::Taches { taches }).unwrap_or_default();
        (format!("taches/{ordre}"), partie.to_owned(), objet)
    };
    par_partie.into_iter().map(redige).collect()
}

/// What a party newly owes another one.
fn demandes(avant: &Tenu, contrat: &Contrat<'_>, projection: &Projection) -> Vec<Redige> {
    let attendus = contrat
        .flux(RACINE)
        .map(|r| r.dossier.echanges().attendus());
    let attendus = attendus.into_iter().flatten();
    let neuf = |a: &Attendu<'_>| {
        let acte = a.acte();
        let cles = projection.taches.keys();
        let mut cles = cles.filter(|cle| cle[2] == acte && cle[3] == a.partie);
        cles.any(|cle| !avant.pouvait(cle))
    };
    attendus
        .filter(neuf)
        .map(|a| {
            let objet = Objet::Demande {
                texte: a.genre.titre().into(),
                pour: Some(a.avant),
            };
            let objet = serde_json::to_string(&objet).unwrap_or_default();
            let cle = format!("demande/{}/{}", a.acte(), a.avant);
            (cle, a.partie.to_owned(), objet)
        })
        .collect()
}

/// Days before the last one at which a party is told again what it owes.
const RAPPELS: [i64; 2] = [7, 1];

/// The reminders of what parties owe one another.
fn rappels(contrat: &Contrat<'_>, tombe: impl Fn(NaiveDate) -> bool, avises: &mut Vec<Redige>) {
    let racine = contrat.flux(RACINE);
    let racine = racine.filter(|r| r.configuration.ended.is_none());
    let attendus = racine.map(|r| r.dossier.echanges().attendus());
    for attendu in attendus.into_iter().flatten() {
        let jours = RAPPELS.map(|avant| attendu.avant - TimeDelta::days(avant));
        let Some(jour) = jours.into_iter().rfind(|j| tombe(*j)) else {
            continue;
        };
        let objet = Objet::Demande {
            texte: attendu.genre.titre().into(),
            pour: Some(attendu.avant),
        };
        let objet = serde_json::to_string(&objet).unwrap_or_default();
        let cle = format!("rappel/{}/{}/{jour}", attendu.acte(), attendu.avant);
        avises.push((cle, attendu.partie.to_owned(), objet));
    }
}

/// The reminders and escalations that fall after the last look, up to today.
fn dates(
    contrat: &Contrat<'_>,
    maintenant: DateTime<Utc>,
    vu: NaiveDate,
    jour: NaiveDate,
    avises: &mut Vec<Redige>,
) {
    let tombe = |date: NaiveDate| vu < date && date <= jour;
    rappels(contrat, tombe, avises);
    for (flux, suivi) in contrat.tous() {
        if suivi.configuration.ended.is_some() {
            continue;
        }
        let monde = contrat.monde(flux, maintenant);
        let Some((monde, machine)) = monde.zip(contrat.machine(flux)) else {
            continue;
        };
        let agenda = machine.agenda(&suivi.configuration, &monde, maintenant);
        for date in agenda.dates.iter().filter(|d| !d.frozen) {
            let (lieu, nom, echeance) = (date.spot.as_str(), date.name.as_str(), date.echeance);
            let rappels = date.reminders.iter().filter(|r| tombe(**r)).map(|rappel| {
                let objet = Objet::Rappel {
                    flux: flux.into(),
                    lieu: lieu.into(),
                    nom: nom.into(),
                    echeance,
                };
                (
                    format!("rappel/{flux}/{lieu}/{nom}/{echeance}/{rappel}"),
                    objet,
                )
            });
            let escalade = date
                .escalation
                .as_ref()
                .filter(|e| tombe(e.on))
                .map(|escalade| {
                    let role = serde_json::json!(escalade.to);
                    let objet = Objet::Escalade {
                        flux: flux.into(),
                        lieu: lieu.into(),
                        nom: nom.into(),
                        echeance,
                        role: role.as_str().unwrap_or_default().to_owned().into(),
                    };
                    (
                        format!("escalade/{flux}/{lieu}/{nom}/{echeance}/{}", escalade.on),
                        objet,
                    )
                });
            for (cle, objet) in rappels.chain(escalade) {
                let objet = serde_json::to_string(&objet).unwrap_or_default();
                let pour = concernees(&agenda, date).into_iter();
                avises.extend(pour.map(|p| (cle.clone(), p.to_owned(), objet.clone())));
            }
        }
    }
}

/// The parties whom a date is about: those that may act where it runs; all, when none may.
fn concernees<'a>(agenda: &'a Agenda, date: &Deadline) -> Vec<&'a str> {
    let ici = |p: &&PartyAgenda| p.acts.iter().any(|acte| acte.spot == date.spot);
    let noms = |p: &'a PartyAgenda| p.party.as_str();
    let siennes: Vec<&str> = agenda.parties.iter().filter(ici).map(noms).collect();
    if siennes.is_empty() {
        agenda.parties.iter().map(noms).collect()
    } else {
        siennes
    }
}
