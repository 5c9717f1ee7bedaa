//! What each party is waited for, what else it may do, and what it waits for.

use super::attentes::{Attente, Suivi, apporte, nommes};
use super::francais::{compte, distance, jour, typographie};
use super::lu::ContratLu;
use super::voix::{Noms, Voix};
use crate::app::demo::Mots;
use crate::app::formulaires::lien_du_droit;
use crate::metier::contrat::faits::CATALOGUE;
use crate::workflow::machine::Spot;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartieVue {
    pub voix: Voix,
    /// The acts it is waited for, or whose missing condition it can lift.
    pub actes: Vec<ActeVue>,
    /// What else it can do now.
    pub aussi: Vec<ActeVue>,
    pub attend: Vec<ActeVue>,
    /// What it may write.
    pub ecrit: Vec<EcritVue>,
    /// The reader's own: all that it may write.
    pub ecrire: Option<String>,
}

/// Acts of the same kind, in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActeVue {
    pub dit: String,
    /// The items, or the child, it is about.
    pub detail: Option<String>,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
    /// A condition is missing: it can lift it.
    pub bloque: bool,
    /// Whom it is waited from, when that is someone else.
    pub de: Vec<Voix>,
    /// The forms, when the reader can do it.
    pub liens: Vec<Lien>,
    /// That there are others, and where.
    pub autres_liens: Option<String>,
}

/// A form of an act, for one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lien {
    /// The item; empty when there is only one form.
    pub titre: String,
    pub adresse: String,
}

/// Forms of one kind that the page of a contract links to: the page of each establishment links to
/// its own.
const LIENS: usize = 10;

/// Leaves the first links; says how many others there were.
pub(super) fn abrege(liens: &mut Vec<Lien>) -> Option<String> {
    let autres = liens.len().saturating_sub(LIENS);
    liens.truncate(LIENS);
    let dits = compte(autres as u64, "autre", "autres");
    (autres > 0).then(|| format!("Et {dits}, depuis la page de chaque établissement"))
}

/// A right to write, with its form when it is the reader's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EcritVue {
    pub titre: String,
    pub adresse: Option<String>,
}

/// Who reads the page.
pub(super) struct Lecteur<'a> {
    pub lu: &'a ContratLu,
    pub aujourdhui: NaiveDate,
}

#[derive(Default)]
struct Groupe {
    elements: BTreeSet<String>,
    date: Option<NaiveDate>,
    bloque: bool,
    de: BTreeSet<String>,
    liens: BTreeSet<Lien>,
}

impl Groupe {
    fn avant(&mut self, date: Option<NaiveDate>) {
        self.date = match (self.date, date) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

/// By stream and title.
type Groupes<'a> = BTreeMap<(&'a str, &'a str), Groupe>;

struct Vues<'a> {
    mots: &'a Mots<'a>,
    suivis: &'a [Suivi<'a>],
    attentes: &'a [Attente],
    noms: Noms<'a>,
    lecteur: &'a Lecteur<'a>,
}

pub(super) fn parties(
    mots: &Mots<'_>,
    suivis: &[Suivi<'_>],
    attentes: &[Attente],
    noms: Noms<'_>,
    lecteur: &Lecteur<'_>,
) -> Vec<PartieVue> {
    let vues = Vues {
        mots,
        suivis,
        attentes,
        noms,
        lecteur,
    };
    let presentes = suivis.iter().flat_map(|s| &s.agenda.parties);
    let presentes = super::voix::ordonnees(presentes.map(|p| p.party.as_str()));
    presentes.into_iter().map(|p| vues.partie(p)).collect()
}

impl<'a> Vues<'a> {
    fn partie(&self, partie: &str) -> PartieVue {
        let attendus = |a: &&Attente| {
            if a.faisable() {
                a.parties.contains(partie)
            } else {
                a.plume().contains(&partie)
            }
        };
        let mut actes = Groupes::new();
        for attente in self.attentes.iter().filter(attendus) {
            let (flux, titre) = (&attente.flux, &attente.titre);
            let groupe = self.joint(&mut actes, flux, titre, &attente.spot);
            groupe.avant(attente.date());
            groupe.bloque |= !attente.faisable();
            if attente.faisable() {
                let lien = self.lien(partie, flux, &attente.spot, &attente.acte);
                groupe.liens.extend(lien);
            }
        }
        PartieVue {
            voix: self.noms.voix(partie),
            actes: self.lignes(actes),
            aussi: self.lignes(self.aussi(partie)),
            attend: self.lignes(self.attend(partie)),
            ecrit: self.ecrit(partie),
            ecrire: (partie == self.lecteur.lu.place.partie)
                .then(|| format!("{}/ecrire", super::adresse(&self.lecteur.lu.identite.id))),
        }
    }

    fn joint<'g>(
        &self,
        groupes: &'g mut Groupes<'a>,
        flux: &'a str,
        titre: &'a str,
        spot: &Spot,
    ) -> &'g mut Groupe {
        let groupe = groupes.entry((flux, titre)).or_default();
        let cles = spot.keys().map(|cle| self.mots.element(flux, &cle));
        groupe.elements.extend(cles);
        groupe
    }

    /// The form of an act, when it is the reader's to do.
    fn lien(&self, partie: &str, flux: &str, spot: &Spot, acte: &str) -> Option<Lien> {
        let cles: Vec<String> = spot
            .keys()
            .map(|cle| self.mots.element(flux, &cle))
            .collect();
        (partie == self.lecteur.lu.place.partie).then(|| Lien {
            titre: typographie(&cles.join(", ")),
            adresse: super::adresse_d_acte(&self.lecteur.lu.identite.id, flux, spot, acte),
        })
    }

    /// What it can do and nobody waits for.
    fn aussi(&self, partie: &str) -> Groupes<'a> {
        let mut groupes = Groupes::new();
        for suivi in self.suivis {
            let sien = suivi.agenda.parties.iter().find(|p| p.party == partie);
            let faisables = sien.iter().flat_map(|p| &p.acts);
            for todo in faisables.filter(|t| t.missing.is_empty() || apporte(t)) {
                if !self.attendu(suivi.nom, &todo.spot, &todo.act) {
                    let lien = self.lien(partie, suivi.nom, &todo.spot, &todo.act);
                    let groupe = self.joint(&mut groupes, suivi.nom, &todo.title, &todo.spot);
                    groupe.liens.extend(lien);
                }
            }
        }
        groupes
    }

    fn attendu(&self, flux: &str, spot: &Spot, acte: &str) -> bool {
        let mut attentes = self.attentes.iter();
        attentes.any(|a| a.flux == flux && a.spot == *spot && a.acte == acte)
    }

    /// What others are waited for, in what concerns it.
    fn attend(&self, partie: &str) -> Groupes<'a> {
        let mut groupes = Groupes::new();
        for suivi in self.suivis {
            let sien = suivi.agenda.parties.iter().find(|p| p.party == partie);
            for wait in sien.iter().flat_map(|p| &p.waits) {
                if wait.answered || self.attendu(suivi.nom, &wait.spot, &wait.act) {
                    self.joint(&mut groupes, suivi.nom, &wait.title, &wait.spot)
                        .de
                        .extend(wait.from.iter().cloned());
                }
            }
        }
        groupes
    }

    fn lignes(&self, groupes: Groupes<'_>) -> Vec<ActeVue> {
        let mut groupes: Vec<_> = groupes.into_iter().collect();
        groupes.sort_by_key(|(_, groupe)| groupe.date.unwrap_or(NaiveDate::MAX));
        let ligne = |((flux, titre), groupe): ((&str, &str), Groupe)| {
            let elements: Vec<String> = groupe.elements.into_iter().collect();
            let elements = Some(nommes(&elements)).filter(|dits| !dits.is_empty());
            let details: Vec<String> = self.mots.flux(flux).into_iter().chain(elements).collect();
            let mut liens: Vec<Lien> = groupe.liens.into_iter().collect();
            let autres_liens = abrege(&mut liens);
            ActeVue {
                dit: typographie(titre),
                detail: (!details.is_empty()).then(|| typographie(&details.join(", "))),
                date: groupe.date.map(jour),
                distance: groupe.date.map(|d| distance(d, self.lecteur.aujourdhui)),
                retard: groupe.date.is_some_and(|d| d < self.lecteur.aujourdhui),
                liens,
                autres_liens,
                bloque: groupe.bloque,
                de: self.noms.voix_de(groupe.de.iter().map(String::as_str)),
            }
        };
        groupes.into_iter().map(ligne).collect()
    }

    fn ecrit(&self, partie: &str) -> Vec<EcritVue> {
        // By right: where it is first held.
        let mut droits: BTreeMap<&str, &str> = BTreeMap::new();
        for suivi in self.suivis {
            let siens = suivi.agenda.parties.iter().filter(|p| p.party == partie);
            for plume in siens.flat_map(|p| &p.pen) {
                droits.entry(&plume.capability).or_insert(suivi.nom);
            }
        }
        let lecteur = self.lecteur.lu.place.partie == partie;
        let dits = droits.into_iter().filter_map(|(droit, flux)| {
            let connu = CATALOGUE.capability(droit)?;
            let adresse = lecteur.then(|| lien_du_droit(self.lecteur.lu, flux, droit));
            Some(EcritVue {
                titre: typographie(connu.title),
                adresse: adresse.flatten(),
            })
        });
        dits.collect()
    }
}
