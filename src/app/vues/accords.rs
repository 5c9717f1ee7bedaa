//! Who has agreed, on what exactly: the answers that stand, those that are awaited, the digest each
//! was given on; and the agreements that are complete.

use super::attentes::{Suivi, lieu, suivis};
use super::francais::{court, jour, majuscule, typographie};
use super::lu::ContratLu;
use super::voix::{Noms, Voix};
use crate::app::contrat::Contrat;
use crate::app::demo::Mots;
use crate::workflow::machine::configuration::{Agreement, Answer, Tally};
use crate::workflow::machine::{Machine, Spot};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccordsVue {
    pub adresse: String,
    pub contrat: String,
    /// Under way.
    pub ouverts: Vec<AccordVue>,
    /// Complete, the last first.
    pub conclus: Vec<ConcluVue>,
}

/// An agreement under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccordVue {
    pub titre: String,
    /// Where in the workflow, and the item.
    pub lieu: String,
    pub reponses: Vec<ReponseVue>,
    pub attendues: Vec<Voix>,
    /// The form: to answer, or to take one's answer back.
    pub lien: Option<String>,
    pub a_repondu: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReponseVue {
    pub voix: Voix,
    pub accord: bool,
    pub date: String,
    /// The first digits of what it was given on.
    pub empreinte: Option<String>,
}

/// A complete agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConcluVue {
    pub titre: String,
    pub date: String,
    pub empreinte: String,
}

const CHIFFRES: usize = 8;

fn abrege(empreinte: &impl ToString) -> String {
    empreinte.to_string().chars().take(CHIFFRES).collect()
}

/// What waits for answers, and whose.
struct Attendu<'a> {
    titre: &'a str,
    de: BTreeSet<&'a str>,
}

struct Faiseur<'a> {
    lu: &'a ContratLu,
    mots: Mots<'a>,
    noms: Noms<'a>,
}

/// The agreements of a contract, of all its streams.
pub fn accords(lu: &ContratLu, maintenant: DateTime<Utc>) -> AccordsVue {
    let f = Faiseur {
        lu,
        mots: Mots {
            contrat: &lu.contrat,
        },
        noms: Noms(&lu.identite.parties),
    };
    let suivis = suivis(&lu.contrat, maintenant);
    let ouverts = suivis.iter().flat_map(|s| f.ouverts(s));
    let mut conclus: Vec<(NaiveDate, ConcluVue)> = f.conclus(&lu.contrat);
    conclus.sort_by_key(|(date, _)| std::cmp::Reverse(*date));
    AccordsVue {
        adresse: super::adresse(&lu.identite.id),
        contrat: court(&lu.identite.titre),
        ouverts: ouverts.collect(),
        conclus: conclus.into_iter().map(|(_, c)| c).collect(),
    }
}

impl Faiseur<'_> {
    /// The acts by which several parties agree on a text, and that wait for an answer.
    fn ouverts(&self, suivi: &Suivi<'_>) -> Vec<AccordVue> {
        let mut attendus: BTreeMap<(&Spot, &str), Attendu<'_>> = BTreeMap::new();
        for siens in &suivi.agenda.parties {
            let actes = siens.acts.iter().map(|t| (&t.spot, &t.act, &t.title, None));
            let attentes = siens.waits.iter();
            let attentes = attentes.map(|w| (&w.spot, &w.act, &w.title, Some(&w.from)));
            for (spot, act, titre, de) in actes.chain(attentes) {
                if !self.lie(suivi.nom, spot, act) {
                    continue;
                }
                let attendu = attendus.entry((spot, act)).or_insert(Attendu {
                    titre,
                    de: BTreeSet::new(),
                });
                match de {
                    Some(parties) => attendu.de.extend(parties.iter().map(String::as_str)),
                    None => _ = attendu.de.insert(&siens.party),
                }
            }
        }
        let ouvert = |((spot, act), attendu)| self.ouvert(suivi, (spot, act), &attendu);
        attendus.into_iter().map(ouvert).collect()
    }

    fn ouvert(
        &self,
        suivi: &Suivi<'_>,
        (spot, act): (&Spot, &str),
        attendu: &Attendu<'_>,
    ) -> AccordVue {
        let donnees = tally(suivi, spot, act);
        let repondu = |p: &str| donnees.is_some_and(|t| t.answers.contains_key(p));
        let moi = self.lu.place.partie.as_str();
        let siens = attendu.de.contains(moi) || repondu(moi);
        let id = &self.lu.identite.id;
        let restent = attendu.de.iter().copied().filter(|p| !repondu(p));
        AccordVue {
            titre: majuscule(&typographie(attendu.titre)),
            lieu: self.lieu(suivi.nom, spot),
            reponses: donnees.map(|t| self.reponses(t)).unwrap_or_default(),
            attendues: self.noms.voix_de(restent),
            lien: siens.then(|| super::adresse_d_acte(id, suivi.nom, spot, act)),
            a_repondu: repondu(moi),
        }
    }

    /// Whether several give it together, on a text.
    fn lie(&self, flux: &str, spot: &Spot, act: &str) -> bool {
        let workflow = self.lu.contrat.machine(flux).map(Machine::workflow);
        let node = workflow.and_then(|w| w.find(&spot.path()));
        let acte = node.and_then(|n| n.acts.iter().find(|a| a.name == act));
        acte.is_some_and(|a| a.over.is_some() && a.by.is_agreement())
    }

    fn reponses(&self, tally: &Tally) -> Vec<ReponseVue> {
        let reponse = |(partie, a): (&String, &Answer)| ReponseVue {
            voix: self.noms.voix(partie),
            accord: a.consents,
            date: jour(a.date),
            empreinte: a.digest.as_ref().map(abrege),
        };
        tally.answers.iter().map(reponse).collect()
    }

    fn lieu(&self, flux: &str, spot: &Spot) -> String {
        let (dans, titre) = lieu(self.lu.contrat.machine(flux), spot);
        let cles: Vec<String> = spot.keys().map(|c| self.mots.element(flux, &c)).collect();
        let parts = dans.into_iter().chain([titre]).chain(cles);
        let parts = parts.chain(self.mots.flux(flux));
        majuscule(&typographie(&parts.collect::<Vec<_>>().join(", ")))
    }

    fn conclus(&self, contrat: &Contrat<'_>) -> Vec<(NaiveDate, ConcluVue)> {
        let mut conclus = Vec::new();
        for (nom, flux) in contrat.tous() {
            for (cle, accord) in &flux.configuration.agreed {
                conclus.push((accord.date, self.conclu(nom, objet(cle), accord)));
            }
        }
        conclus
    }

    fn conclu(
        &self,
        flux: &str,
        (objet, element): (&str, Option<&str>),
        accord: &Agreement,
    ) -> ConcluVue {
        let titre = self.mots.objet(objet, element, flux);
        let titre = match self.mots.flux(flux) {
            Some(nom) => format!("{titre}, {nom}"),
            None => titre,
        };
        ConcluVue {
            titre: majuscule(&typographie(&titre)),
            date: jour(accord.date),
            empreinte: abrege(&accord.agreed.digest),
        }
    }
}

/// The answers already given to what is waited for.
fn tally<'s>(suivi: &'s Suivi<'_>, spot: &Spot, act: &str) -> Option<&'s Tally> {
    let visite = suivi.flux.configuration.visits.get(spot)?;
    let tally = visite.answers.get(act)?;
    Some(tally).filter(|t| !t.answers.is_empty())
}

/// `diagnostic(750000001)`: the object and its item.
fn objet(cle: &str) -> (&str, Option<&str>) {
    let element = cle.strip_suffix(')').and_then(|c| c.split_once('('));
    element.map_or((cle, None), |(objet, element)| (objet, Some(element)))
}
