//! Contracts signed elsewhere, in a workbook of four sheets: contracts, establishments,
//! objectives, means. A bad line refuses its contract, whole; the others are read.

/// The sheets and their columns.
pub mod champs;
/// What lines say together.
mod ensemble;
/// What each line says.
mod lignes;
/// The empty workbook.
mod modele;
/// A sheet as a table.
mod tableau;
/// What cells are read as.
mod valeurs;

pub use modele::modele;

use super::classeur::{Classeur, Lieu};
use crate::metier::contrat::perimetre::{Competence, Element, Tarification};
use crate::metier::contrat::saisie::{Indicateur, Moyen};
use crate::metier::organisation::Organisation;
use crate::workflow::machine::digest::Digest;
use champs::Sujet;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use tableau::{Ligne, Tableau};

/// Something that is wrong in the workbook, where it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refuse {
    pub lieu: Lieu,
    /// The contract that it refuses; none when the line names none.
    pub reference: Option<String>,
    pub motif: String,
}

/// Something that was read otherwise than it was written, or not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signalement {
    pub lieu: Lieu,
    pub phrase: String,
}

/// A contract as the workbook says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContratLu {
    pub reference: String,
    pub workflow: String,
    pub gestionnaire: Organisation,
    pub departements: BTreeSet<String>,
    pub signe_le: NaiveDate,
    pub effet: NaiveDate,
    pub terme: NaiveDate,
    pub document: Digest,
    pub esms: Vec<EsmsLu>,
    pub objectifs: Vec<ObjectifLu>,
    pub moyens: Vec<MoyenLu>,
    pub lieux: Lieux,
}

/// Where a contract's own cells stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lieux {
    pub reference: Lieu,
    pub workflow: Lieu,
    pub gestionnaire: Lieu,
    pub departements: Lieu,
    pub signe_le: Lieu,
    pub effet: Lieu,
    pub terme: Lieu,
    pub document: Lieu,
}

/// An establishment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EsmsLu {
    /// FINESS number.
    pub cle: String,
    pub nom: String,
    pub categorie: Option<String>,
    pub capacite: Option<u32>,
    pub tarification: Option<Tarification>,
    /// When it is not the contract's.
    pub ej: Option<String>,
    pub competence: Competence,
    pub lieu: Lieu,
}

impl EsmsLu {
    /// As it enters the perimeter of a contract.
    pub fn element(&self, contrat: &ContratLu) -> Element {
        let ej = self.ej.clone().or_else(|| contrat.gestionnaire.ej.clone());
        Element::Esms {
            nom: self.nom.clone(),
            categorie: self.categorie.clone(),
            capacite: self.capacite,
            tarification: self.tarification,
            ej,
            competence: self.competence.clone(),
        }
    }
}

/// An objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectifLu {
    pub code: String,
    pub intitule: String,
    pub esms: BTreeSet<String>,
    pub financeurs: BTreeSet<String>,
    pub indicateur: Option<Indicateur>,
    pub lieu: Lieu,
}

impl ObjectifLu {
    pub fn element(&self) -> Element {
        Element::Objectif {
            intitule: self.intitule.clone(),
            esms: self.esms.clone(),
            financeurs: self.financeurs.clone(),
            constats: BTreeSet::new(),
        }
    }
}

/// A line of means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoyenLu {
    pub financeur: String,
    pub ligne: String,
    pub moyen: Moyen,
    pub lieux: LieuxMoyen,
}

/// Where its cells stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LieuxMoyen {
    pub ligne: Lieu,
    pub financeur: Lieu,
    pub esms: Lieu,
    pub exercice: Lieu,
    pub objectif: Lieu,
}

/// What a workbook says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lecture {
    /// Lines of contracts.
    pub lus: usize,
    /// Those that nothing is wrong in.
    pub contrats: Vec<ContratLu>,
    /// In the order of the workbook.
    pub refuses: Vec<Refuse>,
    pub signalements: Vec<Signalement>,
}

/// Reads the contracts of a workbook. `modeles`: the workflows that a contract may be taken over
/// in.
///
/// # Errors
/// One French sentence: a sheet or a column is missing.
pub fn lire(classeur: &Classeur, modeles: &BTreeSet<String>) -> Result<Lecture, String> {
    let mut lecteur = Lecteur::default();
    let signalements = &mut lecteur.lecture.signalements;
    let mut tableaux = Vec::new();
    for plan in champs::PLANS {
        tableaux.push(Tableau::trouve(classeur, plan, signalements)?);
    }
    for tableau in tableaux.iter().flatten() {
        for ligne in tableau.lignes() {
            lecteur.ligne(tableau, ligne, modeles);
        }
    }
    Ok(lecteur.finit())
}

/// What was read so far, by contract.
#[derive(Default)]
struct Lecteur {
    lecture: Lecture,
    /// In the order of the workbook; none: a line is wrong.
    ordre: Vec<String>,
    contrats: BTreeMap<String, Option<ContratLu>>,
    objectifs: BTreeMap<String, Vec<lignes::Objectif>>,
}

impl Lecteur {
    fn ligne(&mut self, tableau: &Tableau<'_>, mut ligne: Ligne<'_>, modeles: &BTreeSet<String>) {
        let reference = ligne.exige("Référence", valeurs::cle);
        let sujet = tableau.plan.sujet;
        if sujet == Sujet::Contrats {
            self.lecture.lus += 1;
            let lu = lignes::contrat(&mut ligne, reference.as_deref(), modeles);
            self.contrat(&mut ligne, reference.as_deref(), lu);
        } else if let Some(reference) = reference.as_deref() {
            self.suite(sujet, &mut ligne, reference);
        }
        self.clot(ligne, reference.as_deref());
    }

    fn contrat(&mut self, ligne: &mut Ligne<'_>, reference: Option<&str>, lu: Option<ContratLu>) {
        let Some(reference) = reference else {
            return;
        };
        if self.contrats.contains_key(reference) {
            let motif = format!(
                "La référence « {reference} » est déjà prise plus haut : aucun de ces contrats \
                 n'est repris. Donnez à chacun la sienne."
            );
            ligne.refuse(ligne.lieu("Référence"), motif);
            return;
        }
        self.ordre.push(reference.to_owned());
        self.contrats.insert(reference.to_owned(), lu);
    }

    /// A line of another sheet, of a contract that stands in the first.
    fn suite(&mut self, sujet: Sujet, ligne: &mut Ligne<'_>, reference: &str) {
        let Some(contrat) = self.contrats.get_mut(reference) else {
            let motif = format!(
                "La référence « {reference} » n'est pas dans la feuille « Contrats ». Corrigez-la, \
                 ou ajoutez le contrat."
            );
            ligne.refuse(ligne.lieu("Référence"), motif);
            return;
        };
        let contrat = contrat.as_mut();
        match sujet {
            Sujet::Contrats => {}
            Sujet::Esms => {
                let lu = lignes::esms(ligne);
                if let Some((contrat, lu)) = contrat.zip(lu) {
                    contrat.esms.push(lu);
                }
            }
            Sujet::Objectifs => {
                let objectifs = self.objectifs.entry(reference.to_owned()).or_default();
                objectifs.extend(lignes::objectif(ligne));
            }
            Sujet::Moyens => {
                let lu = lignes::moyen(ligne);
                if let Some((contrat, lu)) = contrat.zip(lu) {
                    contrat.moyens.push(lu);
                }
            }
        }
    }

    fn clot(&mut self, ligne: Ligne<'_>, reference: Option<&str>) {
        for refuse in ligne.refuses {
            let reference = reference.map(str::to_owned);
            self.lecture.refuses.push(Refuse {
                reference,
                ..refuse
            });
        }
        self.lecture.signalements.extend(ligne.signalements);
    }

    /// What the lines of a contract say together, then what remains of it.
    fn finit(mut self) -> Lecture {
        let refuses = &mut self.lecture.refuses;
        // A line that is wrong would make others look wrong.
        let deja: BTreeSet<String> = refuses.iter().filter_map(|r| r.reference.clone()).collect();
        let justes = self.contrats.values_mut().flatten();
        for contrat in justes.filter(|c| !deja.contains(&c.reference)) {
            let objectifs = self.objectifs.remove(&contrat.reference);
            ensemble::juge(contrat, objectifs.unwrap_or_default(), refuses);
        }
        let refusees: BTreeSet<&str> = refuses
            .iter()
            .filter_map(|r| r.reference.as_deref())
            .collect();
        let mut contrats = Vec::new();
        for reference in &self.ordre {
            let contrat = self.contrats.remove(reference).flatten();
            contrats.extend(contrat.filter(|_| !refusees.contains(reference.as_str())));
        }
        // Sheets in the order they were read in, then lines, then columns.
        let rang = |r: &Refuse| {
            let plans = champs::PLANS.iter();
            let feuille = champs::simple(&r.lieu.feuille);
            let mut rangs = plans.map(|p| champs::simple(p.nom));
            (rangs.position(|p| p == feuille), r.lieu.clone())
        };
        self.lecture.contrats = contrats;
        self.lecture.refuses.sort_by_cached_key(rang);
        self.lecture
    }
}
