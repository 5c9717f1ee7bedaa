//! The contract's history, told: who did what, and what followed; the newest first.

use super::francais::{compte, instant, jour, majuscule, typographie};
use super::liste::{PageVue, pages};
use super::lu::{ContratLu, Fenetre, LigneLue};
use super::voix::{Noms, Voix};
use crate::app::contrat::{Contrat, RACINE};
use crate::app::demo::Mots;
use crate::metier::evenement::Evenement;
use crate::workflow::machine::event::{Actor, Event};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// How many lines of a journal a page reads.
pub const LIGNES_PAR_PAGE: u64 = 100;

/// The page of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JournalVue {
    pub faits: Vec<FaitVue>,
    /// The streams it can be limited to.
    pub flux: Vec<ChoixVue>,
    /// « Lignes 1 484 à 1 583 sur 1 583 ».
    pub compte: String,
    pub pages: Vec<PageVue>,
    pub filtre: bool,
}

/// A choice of stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoixVue {
    pub flux: String,
    pub titre: String,
    pub choisi: bool,
}

/// Something that happened, and what followed from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaitVue {
    /// `None`: time passed.
    pub voix: Option<Voix>,
    pub dit: String,
    /// The child, when it is not the contract itself.
    pub flux: Option<String>,
    pub suites: Vec<String>,
    /// When it was recorded: for machines, for people.
    pub iso: String,
    pub quand: String,
    /// When it took effect, when that is another day.
    pub effet: Option<String>,
    /// The first digits of the chain's head after it.
    pub empreinte: String,
    pub ordre: u64,
}

/// Lines, told. Those that only carry the machine are kept silent.
pub(in crate::app) fn faits(mots: &Mots<'_>, noms: Noms<'_>, lignes: &[LigneLue]) -> Vec<FaitVue> {
    let mut faits: Vec<FaitVue> = Vec::new();
    let mut ouvert: Option<Tete<'_>> = None;
    for ligne in lignes {
        let suite = mots.suite(&ligne.flux, &ligne.evenement);
        let suite = suite.map(|s| majuscule(&typographie(&s)));
        let tete = Tete::de(ligne);
        match (tete.demande, auteur(&ligne.evenement)) {
            (Some(_), Some(auteur)) if ouvert != Some(tete) => {
                ouvert = Some(tete);
                let dit = mots.geste(&ligne.flux, &ligne.evenement);
                let voix = Some(noms.voix(&auteur.party));
                faits.push(fait(mots, ligne, voix, &dit));
            }
            (None, _) if suite.is_some() && !ouvert.is_some_and(|o| o.entraine(tete)) => {
                ouvert = Some(tete);
                faits.push(fait(mots, ligne, None, "le temps passe"));
            }
            _ => {}
        }
        if let (Some(suite), Some(dernier)) = (suite, faits.last_mut()) {
            // The child is named once.
            let nom = dernier.flux.as_ref().map(|nom| format!(" [{nom}]"));
            let court = nom.and_then(|nom| suite.strip_suffix(&nom).map(str::to_owned));
            dernier.suites.push(court.unwrap_or(suite));
        }
    }
    faits.reverse();
    faits
}

/// What opens an entry of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tete<'l> {
    enregistre: DateTime<Utc>,
    effet: NaiveDate,
    demande: Option<&'l str>,
}

impl<'l> Tete<'l> {
    fn de(ligne: &'l LigneLue) -> Self {
        Self {
            enregistre: ligne.evenement.enregistre(),
            effet: ligne.evenement.effet(),
            demande: ligne.evenement.demande(),
        }
    }

    /// Whether another line follows from this one: recorded with it and, when time passes, of the
    /// same day.
    fn entraine(self, autre: Tete<'_>) -> bool {
        let meme_jour = self.demande.is_some() || self.effet == autre.effet;
        self.enregistre == autre.enregistre && meme_jour
    }
}

fn fait(mots: &Mots<'_>, ligne: &LigneLue, voix: Option<Voix>, dit: &str) -> FaitVue {
    let enregistre = ligne.evenement.enregistre();
    let effet = ligne.evenement.effet();
    let autre = effet != crate::regles::calendrier::civil_date(enregistre);
    FaitVue {
        voix,
        dit: majuscule(&typographie(dit)),
        flux: mots.flux(&ligne.flux).map(|nom| typographie(&nom)),
        suites: Vec::new(),
        iso: enregistre.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        quand: instant(enregistre),
        effet: autre.then(|| jour(effet)),
        empreinte: ligne.empreinte.chars().take(8).collect(),
        ordre: ligne.ordre,
    }
}

/// Who did it, when a person did.
fn auteur(evenement: &Evenement) -> Option<&Actor> {
    match evenement {
        Evenement::Machine(stamped) => match &stamped.event {
            Event::ActDone { actor, .. }
            | Event::Consented { actor, .. }
            | Event::Refused { actor, .. }
            | Event::Withdrawn { actor, .. }
            | Event::Waived { actor, .. } => Some(actor),
            _ => None,
        },
        autre => autre.trace().map(|trace| &trace.par),
    }
}

/// A page of the history.
pub fn journal(lu: &ContratLu, fenetre: &Fenetre) -> JournalVue {
    let mots = Mots {
        contrat: &lu.contrat,
    };
    let noms = Noms(&lu.identite.parties);
    let flux = lu.contrat.tous().map(|(nom, _)| ChoixVue {
        titre: titre(&lu.contrat, &mots, nom),
        choisi: fenetre.flux.as_deref() == Some(nom),
        flux: nom.to_owned(),
    });
    let page = fenetre.apres / LIGNES_PAR_PAGE + 1;
    let chemin = format!("{}/journal", super::adresse(&lu.identite.id));
    let filtre = fenetre.flux.clone().unwrap_or_default();
    let dernier = lu.total.saturating_sub(fenetre.apres);
    let premier = dernier.saturating_sub(lu.lignes.len() as u64) + 1;
    let total = compte(lu.total, "ligne", "lignes");
    JournalVue {
        faits: faits(&mots, noms, &lu.lignes),
        flux: flux.collect(),
        compte: if lu.lignes.is_empty() {
            format!("Rien à cette page, {total} en tout")
        } else {
            format!("Lignes {premier} à {dernier} sur {}", lu.total)
        },
        pages: pages(
            &chemin,
            &[("flux", &filtre)],
            page,
            lu.total.div_ceil(LIGNES_PAR_PAGE),
        ),
        filtre: fenetre.flux.is_some(),
    }
}

/// What a stream is called.
pub(super) fn titre(contrat: &Contrat<'_>, mots: &Mots<'_>, flux: &str) -> String {
    match mots.flux(flux) {
        Some(nom) => typographie(&nom),
        None if flux == RACINE => "Le contrat".to_owned(),
        None => contrat.titre(flux).unwrap_or(flux).to_owned(),
    }
}
