//! What a party may write now: the same rules as those that judge a writing, asked beforehand.

use super::diagnostic::besoins;
use super::ecrire::{Autour, REPRENDRE, perimetre_ouvert, tient};
use super::{DIAGNOSTIC_WRITE, Dossier};
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::contrat::perimetre::{ESMS, GESTIONNAIRE};
use crate::workflow::catalogue::{Fact, PartyKind};

/// Something that a party may write now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sujet {
    /// To state a fact.
    Fait(&'static str),
    /// To write an object.
    Texte(&'static str),
    /// To take position on a finding of an object.
    Position(&'static str),
    /// To have an item enter a collection, or leave it.
    Entree(&'static str),
    Sortie(&'static str),
    /// To enter something, by the name that [`crate::metier::contrat::saisie::Saisie`] gives it.
    Saisie(&'static str),
}

/// What may be written, and of which items: none when it is of the contract itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ouverture {
    pub sujet: Sujet,
    pub elements: Vec<String>,
}

/// What each party enters about itself, whatever the state of the contract.
const DE_SOI: [&str; 4] = ["organisation", "referent", "pouvoir", "deliberation"];

impl Dossier {
    /// What a party may write now in this stream. `parle`: whether a fact that is always open
    /// speaks to this stream.
    pub fn ouvertures(&self, autour: &Autour<'_>, parle: impl Fn(&Fact) -> bool) -> Vec<Ouverture> {
        if autour.avant_ouverture || !autour.parties.iter().any(|p| p == autour.partie) {
            return Vec::new();
        }
        let mut ouvertures = Vec::new();
        if self.cle.is_empty() {
            let de_soi = DE_SOI.iter().map(|nom| simple(Sujet::Saisie(nom)));
            ouvertures.extend(de_soi);
            if !autour.engage {
                ouvertures.push(simple(Sujet::Saisie("convention")));
            }
        }
        self.elements_ouverts(autour, &mut ouvertures);
        self.objets_ouverts(autour, &mut ouvertures);
        self.saisies_ouvertes(autour, &mut ouvertures);
        for fait in CATALOGUE.facts.iter().filter(|f| f.declared) {
            let droit = |element: Option<&str>| {
                let droit = self.mouvement(autour, fait, element);
                droit.is_some_and(|d| d != "déclaration" || parle(fait))
            };
            let sujet = Sujet::Fait(fait.name);
            ouvertures.extend(self.ouverture(autour, sujet, fait.of, droit));
        }
        ouvertures
    }

    /// The items of a collection, as its writings name them.
    pub fn cles<'a>(&'a self, autour: &Autour<'a>, collection: &str) -> Vec<&'a str> {
        if matches!(collection, "parties" | "autorites") {
            let autorite =
                |p: &&String| collection == "parties" || self.kind(p) == PartyKind::Authority;
            let parties = autour.parties.iter().filter(autorite);
            return parties.map(String::as_str).collect();
        }
        let dossier = self.collections_de(autour, collection);
        let cles = dossier.collections.cles(collection).iter();
        cles.map(String::as_str).collect()
    }

    fn ouverture(
        &self,
        autour: &Autour<'_>,
        sujet: Sujet,
        de: Option<&str>,
        permis: impl Fn(Option<&str>) -> bool,
    ) -> Option<Ouverture> {
        let Some(collection) = de else {
            return permis(None).then(|| simple(sujet));
        };
        let cles = self.cles(autour, collection).into_iter();
        let cles = cles.filter(|cle| permis(Some(cle))).map(str::to_owned);
        let elements: Vec<String> = cles.collect();
        (!elements.is_empty()).then_some(Ouverture { sujet, elements })
    }

    fn elements_ouverts(&self, autour: &Autour<'_>, ouvertures: &mut Vec<Ouverture>) {
        let peuplee = |collection| !self.cles(autour, collection).is_empty();
        if self.cle.is_empty() && perimetre_ouvert(autour).is_ok() {
            ouvertures.push(simple(Sujet::Entree(ESMS)));
            if peuplee(ESMS) {
                ouvertures.push(simple(Sujet::Sortie(ESMS)));
            }
        }
        let objectif = ["objectifs.proposer", REPRENDRE];
        if objectif.iter().any(|droit| tient(autour, droit, None)) && peuplee(ESMS) {
            ouvertures.push(simple(Sujet::Entree("objectifs")));
        }
        if tient(autour, "avenant.proposer", None) {
            ouvertures.push(simple(Sujet::Entree("modifications")));
            if peuplee("modifications") {
                ouvertures.push(simple(Sujet::Sortie("modifications")));
            }
        }
        if tient(autour, "reconnaissances.demander", None) {
            ouvertures.push(simple(Sujet::Entree("reconnaissances")));
        }
    }

    fn objets_ouverts(&self, autour: &Autour<'_>, ouvertures: &mut Vec<Ouverture>) {
        let position = |droit: &str| droit.ends_with(".position");
        // Whoever only answers or rates an object does not write it anew.
        let texte = |droit: &str| !position(droit) && !droit.ends_with(".noter");
        for objet in CATALOGUE.objects {
            let permis =
                |element: Option<&str>| self.modifiable(autour, objet.name, element, texte).is_ok();
            let sujet = Sujet::Texte(objet.name);
            ouvertures.extend(self.ouverture(autour, sujet, objet.of, permis));
            let permis = |element: Option<&str>| {
                self.modifiable(autour, objet.name, element, position)
                    .is_ok()
            };
            let sujet = Sujet::Position(objet.name);
            ouvertures.extend(self.ouverture(autour, sujet, objet.of, permis));
        }
    }

    /// What is part of an object follows the pen of that object.
    fn saisies_ouvertes(&self, autour: &Autour<'_>, ouvertures: &mut Vec<Ouverture>) {
        let mut ouvre = |nom, objet: &str, de, choisi: fn(&str) -> bool| {
            let permis =
                |element: Option<&str>| self.modifiable(autour, objet, element, choisi).is_ok();
            let sujet = Sujet::Saisie(nom);
            ouvertures.extend(self.ouverture(autour, sujet, Some(de), permis));
        };
        ouvre("theme", "diagnostic", ESMS, |droit| {
            droit == DIAGNOSTIC_WRITE
        });
        ouvre("constat", "diagnostic", ESMS, |_| true);
        ouvre("indicateur", "objectif", "objectifs", |_| true);
        ouvre("moyen", "moyens", "financeurs", |_| true);
        ouvre("total_annexe", "moyens", "financeurs", |_| true);
        let annexes = self.registre.annexes();
        if annexes.into_iter().next().is_some() {
            ouvre("moyen_retire", "moyens", "financeurs", |_| true);
        }
        let chiffres =
            |element: Option<&str>| element.is_some_and(|esms| self.apporte(autour, esms));
        if self.choisit_la_trame(autour) {
            ouvertures.push(simple(Sujet::Saisie("trame")));
        }
        let sujet = Sujet::Saisie("profil");
        let besoins = |esms: Option<&str>| self.cle.is_empty() && besoins(autour, esms);
        ouvertures.extend(self.ouverture(autour, sujet, Some(ESMS), besoins));
        if self.workflow == "eprd-annuel" {
            let mut objets = ["eprd", "errd"].into_iter();
            if objets.any(|objet| self.modifiable(autour, objet, None, |_| true).is_ok()) {
                ouvertures.push(simple(Sujet::Saisie("budget")));
            }
        }
        let sujet = Sujet::Saisie("chiffres");
        ouvertures.extend(self.ouverture(autour, sujet, Some(ESMS), chiffres));
        let perimetre = &autour.racine.collections;
        let notifie = |element: Option<&str>| {
            let autorites = perimetre.autorites(ESMS, element);
            self.workflow == "eprd-annuel" && autorites.iter().any(|a| a == autour.partie)
        };
        let sujet = Sujet::Saisie("notification");
        ouvertures.extend(self.ouverture(autour, sujet, Some(ESMS), notifie));
        let voix = |droit: &str| matches!(droit, "revue.write" | "revue.noter");
        let note = |element: Option<&str>| {
            let autorites = perimetre.autorites("objectifs", element);
            let concernee =
                autour.partie == GESTIONNAIRE || autorites.iter().any(|a| a == autour.partie);
            concernee && self.modifiable(autour, "revue", None, voix).is_ok()
        };
        let sujet = Sujet::Saisie("note");
        ouvertures.extend(self.ouverture(autour, sujet, Some("objectifs"), note));
    }
}

fn simple(sujet: Sujet) -> Ouverture {
    Ouverture {
        sujet,
        elements: Vec::new(),
    }
}
