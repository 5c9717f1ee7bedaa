//! The history, told as an indented tree.

use super::jeu::{Partie, Passage};
use super::lecture::{Etape, Geste, Histoire};
use super::mots::Mots;
use crate::app::contrat::Contrat;
use crate::regles::calendrier::en_lettres;
use chrono::NaiveDate;
use std::fmt::Write as _;

/// The history, told: the day, who did what, and what followed.
pub fn arbre(histoire: &Histoire, partie: &Partie, contrat: &Contrat<'_>) -> String {
    let mut arbre = Arbre {
        texte: format!("{}\n", histoire.titre),
        histoire,
        mots: Mots { contrat },
        jour: None,
        suites: Vec::new(),
    };
    for passage in &partie.passages {
        arbre.passage(passage);
    }
    arbre.texte
}

struct Arbre<'a> {
    texte: String,
    histoire: &'a Histoire,
    mots: Mots<'a>,
    jour: Option<NaiveDate>,
    /// What followed from the last thing told.
    suites: Vec<String>,
}

impl Arbre<'_> {
    fn passage(&mut self, passage: &Passage) {
        let etape = self.histoire.etapes.get(passage.etape);
        let mut demande = None;
        let mut echeances = false;
        for ligne in &passage.lignes {
            let id = ligne.evenement.demande();
            if id.is_some() && id != demande {
                demande = id;
                let qui = self.qui(passage);
                let quoi = self.mots.geste(&ligne.flux, &ligne.evenement);
                self.tete(passage.le, &format!("{qui} : {quoi}"));
                self.ou(&ligne.flux);
            } else if demande.is_none() && !echeances {
                echeances = true;
                let jour = ligne.evenement.effet();
                self.tete(jour, "le temps passe");
            }
            if demande.is_none() {
                let jour = ligne.evenement.effet();
                if self.jour != Some(jour) {
                    self.tete(jour, "le temps passe");
                }
            }
            self.suites
                .extend(self.mots.suite(&ligne.flux, &ligne.evenement));
        }
        if let (Some(refus), Some(etape)) = (&passage.refus, etape) {
            let (qui, quoi) = (self.qui(passage), self.tente(etape));
            self.tete(passage.le, &format!("{qui} : {quoi}"));
            self.suites.push(format!("refusé : {refus}"));
        }
        let derniere = passage.personne.as_ref() == etape.and_then(|e| e.par.last());
        if let Some(note) = etape.and_then(|e| e.note.as_ref()).filter(|_| derniere) {
            self.suites.push(format!("« {note} »"));
        }
        self.vide();
    }

    fn tete(&mut self, jour: NaiveDate, quoi: &str) {
        self.vide();
        if self.jour != Some(jour) {
            self.jour = Some(jour);
            let _ = writeln!(self.texte, "\n{}", en_lettres(jour));
        }
        let _ = writeln!(self.texte, "├─ {quoi}");
    }

    /// Which stream, when it is not the contract itself.
    fn ou(&mut self, flux: &str) {
        if let Some(nom) = self.mots.flux(flux) {
            self.suites.push(nom);
        }
    }

    fn vide(&mut self) {
        let suites = std::mem::take(&mut self.suites);
        let derniere = suites.len().saturating_sub(1);
        for (i, suite) in suites.iter().enumerate() {
            let branche = if i == derniere { "└─" } else { "├─" };
            let _ = writeln!(self.texte, "│  {branche} {suite}");
        }
    }

    fn qui(&self, passage: &Passage) -> String {
        let personne = passage.personne.as_ref();
        let personne = personne.and_then(|nom| self.histoire.personnes.get(nom));
        personne.map_or_else(
            || "le temps passe".to_owned(),
            |p| format!("{}, {}", p.nom, self.mots.partie(&p.acteur.party)),
        )
    }

    /// What a refused step meant to do.
    fn tente(&self, etape: &Etape) -> String {
        match &etape.geste {
            Geste::Acte { acte, ou, .. }
            | Geste::Refuse { acte, ou, .. }
            | Geste::Retire { acte, ou }
            | Geste::Dispense { acte, ou, .. } => self.mots.acte(&etape.flux, ou, acte),
            Geste::Declare { fait, .. } => format!("déclarer {fait}"),
            Geste::Ecrit { objet, .. } | Geste::Position { objet, .. } => {
                format!("écrire {}", self.mots.objet(objet, None, &etape.flux))
            }
            Geste::Entre { .. } => "faire entrer un élément".to_owned(),
            Geste::Sort { .. } => "retirer un élément".to_owned(),
            Geste::Interrompt { nom, .. } => nom.clone(),
            Geste::Reprend => "reprendre".to_owned(),
            Geste::Saisit { .. } => "saisir".to_owned(),
            Geste::Note { .. } => "garder une note".to_owned(),
            Geste::Besoins { annee } => format!("déposer les besoins de {annee}"),
            Geste::Attend => "attendre".to_owned(),
        }
    }
}
