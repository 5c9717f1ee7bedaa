//! What a notice tells, in sentences: whose turn it is, the act, the date and how far it is, what
//! silence would do and its source. What is no longer true is not told.

use super::objet::{Geste, Objet, Tache};
use super::rubrique::Rubrique;
use crate::app::contrat::Contrat;
use crate::app::demo::Mots;
use crate::app::vues::francais::{distance, jour, minuscule, typographie};
use crate::app::vues::{self, Identite, Noms, Suivi, noms_listes, ordonnees};
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::Spot;
use crate::workflow::machine::agenda::{Deadline, Todo};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// Something told to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nouvelle {
    pub rubrique: Rubrique,
    /// For the subject of a message that tells nothing else.
    pub sujet: String,
    pub titre: String,
    /// One idea each.
    pub details: Vec<String>,
}

/// A contract, as messages tell of it at one moment.
pub struct Regard<'a> {
    contrat: &'a Contrat<'a>,
    pub identite: Identite,
    pub(in crate::app) suivis: Vec<Suivi<'a>>,
    aujourdhui: NaiveDate,
}

/// A sentence on one line: what controls a terminal, a header or the direction of a text becomes a
/// space.
pub(in crate::app) fn propre(texte: &str) -> String {
    let sain = |lettre: char| {
        let invisible = matches!(lettre, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if lettre.is_control() || invisible {
            ' '
        } else {
            lettre
        }
    };
    texte.chars().map(sain).collect()
}

impl<'a> Regard<'a> {
    pub fn de(id: &str, contrat: &'a Contrat<'a>, maintenant: DateTime<Utc>) -> Self {
        Self {
            contrat,
            identite: vues::identite(id, contrat, maintenant),
            suivis: vues::suivis(contrat, maintenant),
            aujourdhui: civil_date(maintenant),
        }
    }

    /// What a notice tells to a party; nothing when it is over.
    pub fn dit(&self, partie: &str, objet: &Objet<'_>) -> Vec<Nouvelle> {
        let dites = match objet {
            Objet::Taches { taches } => {
                let dites = taches.iter().filter_map(|t| self.tache(partie, t));
                dites.collect()
            }
            Objet::Rappel {
                flux,
                lieu,
                nom,
                echeance,
            }
            | Objet::Escalade {
                flux,
                lieu,
                nom,
                echeance,
                ..
            } => {
                let rappel = matches!(objet, Objet::Rappel { .. });
                // A date that is over comes near no more.
                let connue = self
                    .date(flux, lieu, nom, *echeance)
                    .filter(|(_, date)| !rappel || date.echeance >= self.aujourdhui);
                let dite = connue.map(|(suivi, date)| {
                    let rubrique = Rubrique::de(objet);
                    self.rappel(partie, rubrique, suivi, date)
                });
                dite.into_iter().collect()
            }
            Objet::Fait {
                flux,
                lieu,
                acte,
                partie,
                geste,
            } => {
                let acte = self.mots().acte(flux, lieu, acte);
                vec![self.fait(partie, *geste, &self.dans(flux, acte))]
            }
            Objet::Demande { texte, pour } => vec![self.demande(texte, *pour)],
        };
        dites.into_iter().map(Nouvelle::propre).collect()
    }

    pub(in crate::app) fn mots(&self) -> Mots<'a> {
        Mots {
            contrat: self.contrat,
        }
    }

    pub fn nom(&self, partie: &str) -> String {
        propre(&Noms(&self.identite.parties).nom(partie))
    }

    fn suivi(&self, flux: &str) -> Option<&Suivi<'a>> {
        self.suivis.iter().find(|suivi| suivi.nom == flux)
    }

    fn dans(&self, flux: &str, dit: String) -> String {
        match self.mots().flux(flux) {
            Some(nom) => format!("{dit}, {nom}"),
            None => dit,
        }
    }

    /// An act that a party may do now.
    fn tache(&self, partie: &str, tache: &Tache<'_>) -> Option<Nouvelle> {
        let suivi = self.suivi(&tache.flux)?;
        let sienne = suivi.agenda.parties.iter().find(|p| p.party == partie)?;
        let ouverte = |todo: &&Todo| {
            todo.act == tache.acte && todo.spot.as_str() == tache.lieu && todo.missing.is_empty()
        };
        let todo = sienne.acts.iter().find(ouverte)?;
        let acte = self.mots().acte(suivi.nom, todo.spot.as_str(), &tache.acte);
        let acte = self.dans(suivi.nom, acte);
        let date = vues::echeance(&suivi.agenda, &todo.spot);
        let details = date.map(|date| self.delai(suivi, &date));
        Some(Nouvelle {
            rubrique: Rubrique::AVous,
            sujet: format!("À vous : {}", minuscule(&acte)),
            titre: acte,
            details: details.unwrap_or_default(),
        })
    }

    fn date(
        &self,
        flux: &str,
        lieu: &str,
        nom: &str,
        echeance: NaiveDate,
    ) -> Option<(&Suivi<'a>, &Deadline)> {
        let suivi = self.suivi(flux)?;
        let meme = |date: &&Deadline| {
            date.spot.as_str() == lieu && date.name == nom && date.echeance == echeance
        };
        Some((suivi, suivi.agenda.dates.iter().find(meme)?))
    }

    fn rappel(
        &self,
        partie: &str,
        rubrique: Rubrique,
        suivi: &Suivi<'_>,
        date: &Deadline,
    ) -> Nouvelle {
        let quoi = self.quoi(suivi, date);
        let loin = distance(date.echeance, self.aujourdhui);
        let debut = if date.echeance < self.aujourdhui {
            "Échéance passée".to_owned()
        } else {
            format!("Échéance {loin}")
        };
        let mut details = self.delai(suivi, date);
        details.extend(self.plume(partie, suivi, &date.spot));
        Nouvelle {
            rubrique,
            sujet: format!("{debut} : {}", minuscule(&quoi)),
            titre: quoi,
            details,
        }
    }

    /// What a date is.
    pub(in crate::app) fn quoi(&self, suivi: &Suivi<'_>, date: &Deadline) -> String {
        let mots = self.mots();
        let elements: Vec<String> = date
            .spot
            .keys()
            .map(|cle| mots.element(suivi.nom, &cle))
            .collect();
        vues::date_dite(&mots, suivi.nom, date, &elements)
    }

    /// When, what follows, on which ground.
    fn delai(&self, suivi: &Suivi<'_>, date: &Deadline) -> Vec<String> {
        let (le, loin) = (
            jour(date.echeance),
            distance(date.echeance, self.aujourdhui),
        );
        let mut dit = vec![if date.echeance < self.aujourdhui {
            format!("L'échéance du {le} est passée : {loin}.")
        } else {
            format!("Échéance : le {le}, {loin}.")
        }];
        dit.extend(self.suite(suivi, date));
        dit
    }

    /// What happens once a date is over, and on which ground.
    pub(in crate::app) fn suite(&self, suivi: &Suivi<'_>, date: &Deadline) -> Vec<String> {
        let machine = self.contrat.machine(suivi.nom);
        let mut dit: Vec<String> = vues::effet(machine, date, self.aujourdhui)
            .into_iter()
            .collect();
        if let Some(source) = &date.source {
            dit.push(format!("Référence : {source}."));
        }
        let regle = date.rule.as_deref().zip(machine);
        let valeur = regle.and_then(|(regle, m)| m.pack().value(regle, self.aujourdhui));
        if valeur.is_some_and(|v| !v.confirmed) {
            dit.push("La durée de ce délai est à confirmer.".to_owned());
        }
        dit
    }

    /// Whose turn it is where a date runs, and for which acts when it is this party's.
    fn plume(&self, partie: &str, suivi: &Suivi<'_>, spot: &Spot) -> Option<String> {
        let ici = |todo: &&Todo| todo.spot == *spot;
        let parties = suivi.agenda.parties.iter();
        let tenue: Vec<_> = parties.filter(|p| p.acts.iter().any(|t| ici(&t))).collect();
        if let Some(sienne) = tenue.iter().find(|p| p.party == partie) {
            let actes = sienne.acts.iter().filter(ici);
            let actes: Vec<String> = actes.map(|todo| minuscule(&todo.title)).collect();
            return Some(format!("C'est à vous d'agir : {}.", actes.join(", ou ")));
        }
        let tenue = ordonnees(tenue.iter().map(|p| p.party.as_str()));
        let noms = noms_listes(Noms(&self.identite.parties), &tenue);
        (!tenue.is_empty()).then(|| format!("La plume est {noms}."))
    }

    fn fait(&self, partie: &str, geste: Geste, acte: &str) -> Nouvelle {
        let verbe = match geste {
            Geste::Fait => "a agi",
            Geste::Accord => "a donné son accord",
            Geste::Refus => "a refusé",
            Geste::Retrait => "a retiré son accord",
        };
        let dit = format!("{} {verbe} : {}", self.nom(partie), minuscule(acte));
        Nouvelle {
            rubrique: Rubrique::Autres,
            sujet: dit.clone(),
            titre: dit,
            details: Vec::new(),
        }
    }

    fn demande(&self, texte: &str, pour: Option<NaiveDate>) -> Nouvelle {
        let reponse = pour.map(|date| {
            let loin = distance(date, self.aujourdhui);
            format!("Réponse attendue : le {}, {loin}.", jour(date))
        });
        Nouvelle {
            rubrique: Rubrique::Demandes,
            sujet: format!("Demande : {}", minuscule(texte)),
            titre: texte.to_owned(),
            details: reponse.into_iter().collect(),
        }
    }
}

impl Nouvelle {
    fn propre(self) -> Self {
        let dit = |texte: &str| typographie(&propre(texte));
        Self {
            rubrique: self.rubrique,
            sujet: dit(&self.sujet),
            titre: dit(&self.titre),
            details: self.details.iter().map(|d| dit(d)).collect(),
        }
    }
}
