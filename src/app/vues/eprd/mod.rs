//! The budget of an exercise: the workbooks handed over, and one that is read beside the contract,
//! of which nothing is kept.

/// Contract, notifications, EPRD and ERRD on one line.
mod alignement;
/// The checks, what fails first.
mod controles;
/// The budgets handed over.
mod depots;
/// A clause or a choice, tried.
mod simuler;
/// Contract, notifications and budget on one line.
mod tableau;

pub use alignement::{AlignementVue, Par};
pub use controles::{ControleVue, FamilleVue};
pub use depots::{DepotVue, EcartVue};
pub use simuler::SimulerVue;
pub use tableau::TableauVue;

use super::francais::{court, jour, typographie};
use super::lu::ContratLu;
use crate::app::budgets;
use crate::app::contrat::RACINE;
use crate::app::eprd::Lu;
use crate::metier::budget::lignes::{Bloc, Cle, Lieu, Ligne, Lignes, Origine, Valeur};
use crate::metier::budget::releve::{RatioDit, Releve, realise};
use crate::metier::contrat::budget::{du_contrat, reunir};
use crate::metier::contrat::dossier::Dossier;
use crate::metier::referentiels::ratios::fiches;
use chrono::NaiveDate;
use serde::Serialize;

/// The frames that are of a budget. An ERRD tells what was done of it.
const BUDGETS: [&str; 5] = [
    "EPRD_COMPLET",
    "EPRD_SIMPLIFIE",
    "EPCP",
    "DM",
    "ERRD_COMPLET",
];
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EprdVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    /// The exercises that are open; more than one are links.
    pub exercices: Vec<ExerciceVue>,
    pub plusieurs: bool,
    /// None: no procedure is open yet.
    pub exercice: Option<i32>,
    /// « 5 ESMS ».
    pub esms: usize,
    /// The budgets handed over, oldest first.
    pub depots: Vec<DepotVue>,
    /// The reader may hand one over.
    pub ouvert: bool,
    /// What is shown: the deposit of that number, or a workbook that is read and not kept.
    pub numero: Option<usize>,
    pub lu: Option<LuVue>,
    /// Notified otherwise since the deposit that is shown.
    pub depuis: Vec<EcartVue>,
    /// Its figures are not in this database.
    pub absent: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExerciceVue {
    pub annee: i32,
    pub lien: String,
    pub courant: bool,
}

/// What a workbook gives, beside the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LuVue {
    pub fichier: String,
    pub cadre: String,
    /// As of which day it is checked.
    pub date: String,
    pub lignes: usize,
    pub signalements: Vec<String>,
    /// What the frame has and the workbook has not; those that are not said are counted.
    pub absents: Vec<String>,
    pub tus: usize,
    /// An ERRD is read, and no check is made of it alone.
    pub controle: bool,
    /// How many are OK, fail, cannot be told; how many of these that fail block, and are major.
    pub chiffres: [usize; 5],
    pub proposition: String,
    pub echecs: Vec<ControleVue>,
    pub muets: Vec<ControleVue>,
    pub familles: Vec<FamilleVue>,
    pub tableau: TableauVue,
    pub ratios: Vec<RatioVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RatioVue {
    pub code: &'static str,
    pub libelle: &'static str,
    pub valeur: String,
    pub niveau: Option<String>,
    pub seuil: &'static str,
    pub a_confirmer: bool,
}

/// Someone's eyes on the budgets of a contract.
pub struct Lecteur<'a> {
    pub lu: &'a ContratLu,
    pub aujourdhui: NaiveDate,
}

impl Lecteur<'_> {
    /// The page, without a workbook. `exercice`: that asked for; the last one otherwise.
    pub fn page(&self, exercice: Option<i32>) -> EprdVue {
        let annees = self.exercices();
        let choisi = exercice.filter(|annee| annees.contains(annee));
        let choisi = choisi.or(annees.last().copied());
        let adresse = super::adresse(&self.lu.identite.id);
        let exercices = annees.iter().map(|annee| ExerciceVue {
            annee: *annee,
            lien: format!("{adresse}/eprd?exercice={annee}"),
            courant: Some(*annee) == choisi,
        });
        EprdVue {
            contrat: court(&self.lu.identite.titre),
            exercices: exercices.collect(),
            plusieurs: annees.len() > 1,
            exercice: choisi,
            esms: self.esms(),
            depots: choisi.map_or_else(Vec::new, |annee| self.depots(annee, None)),
            ouvert: false,
            numero: None,
            lu: None,
            depuis: Vec::new(),
            absent: false,
            adresse,
        }
    }

    /// Shows a deposit, whose figures were kept or are not there.
    pub fn montre(&self, vue: &mut EprdVue, numero: usize, releve: Option<&Releve>) {
        let Some((exercice, (_, depose))) = vue
            .exercice
            .and_then(|annee| Some((annee, self.choisi(annee, Some(numero))?)))
        else {
            return;
        };
        vue.numero = Some(numero);
        vue.depots = self.depots(exercice, Some(numero));
        vue.absent = releve.is_none();
        let Some(releve) = releve else { return };
        let nom = &depose.budget.classeur.nom;
        let date = format!("à la date du {}", jour(releve.date));
        vue.lu = Some(LuVue::de(nom, date, releve));
        if !realise(&releve.cadre) {
            vue.depuis = self.notifie_depuis(exercice, &releve.esms);
        }
    }

    /// The years whose procedure is open, or was.
    fn exercices(&self) -> Vec<i32> {
        budgets::exercices(&self.lu.contrat)
    }

    fn esms(&self) -> usize {
        let racine = self.lu.contrat.flux(RACINE);
        racine.map_or(0, |r| r.dossier.collections().cles("esms").len())
    }

    /// What the contract and the notifications say of an exercise.
    ///
    /// # Errors
    /// One French sentence: the contract does not know its managing body yet.
    pub fn contrat(&self, exercice: i32) -> Result<Lignes, String> {
        let racine = self.lu.contrat.flux(RACINE);
        let racine = racine.ok_or("Ce contrat n'a pas commencé.")?;
        du_contrat(&racine.dossier, self.procedure(exercice), exercice)
    }

    /// Puts a workbook beside the contract: at the day of its declared deposit, or as if it were
    /// deposited today.
    ///
    /// # Errors
    /// One French sentence: of another managing body, of another year.
    pub fn rapproche(&self, lu: &mut Lu, exercice: i32) -> Result<(), String> {
        if !BUDGETS.contains(&lu.cadre.as_str()) {
            return Err(format!(
                "Ce classeur est un cadre « {} » ; cette page lit un EPRD (complet ou simplifié), \
                 un EPCP, une décision modificative ou un ERRD. Choisissez l'un d'eux.",
                cadre_dit(&lu.cadre)
            ));
        }
        let laisses = reunir(&mut lu.lignes, &self.contrat(exercice)?)?;
        if laisses > 0 {
            lu.signalements.push(format!(
                "Lignes du classeur qui disent le contrat, la notification ou l'autorité : \
                 {laisses}. Ce que disent le contrat et les notifications reçues vaut."
            ));
        }
        self.date(&mut lu.lignes)
    }

    /// As of which day a workbook is checked.
    pub fn controle_le(&self, exercice: i32) -> NaiveDate {
        self.recu(exercice).unwrap_or(self.aujourdhui)
    }

    /// A deposit is dated by its declaration; before it, today's.
    fn date(&self, lignes: &mut Lignes) -> Result<(), String> {
        let (jour, dit) = match self.recu(lignes.exercice) {
            Some(jour) => (jour, "dépôt déclaré"),
            None => (self.aujourdhui, "s'il était déposé aujourd'hui"),
        };
        let cle = Cle {
            bloc: Bloc::Depot,
            lieu: Lieu::Ensemble,
            annee: lignes.exercice,
            code: "DATE_DEPOT_EPRD".to_owned(),
        };
        let ligne = Ligne {
            libelle: "Dépôt de l'EPRD".to_owned(),
            valeur: Valeur::Jour(jour),
            unite: "date".to_owned(),
            origine: Origine::Declaration(dit.to_owned()),
        };
        lignes.pose(cle, ligne)
    }

    /// The day that the platform received it, as it was declared.
    fn recu(&self, exercice: i32) -> Option<NaiveDate> {
        self.procedure(exercice)?.suivi().date_recu
    }

    fn procedure(&self, exercice: i32) -> Option<&Dossier> {
        budgets::procedure(&self.lu.contrat, exercice)
    }

    /// As of which day a workbook is checked.
    pub fn date_dite(&self, exercice: i32) -> String {
        match self.recu(exercice) {
            Some(recu) => format!("à la date du dépôt déclaré, le {}", jour(recu)),
            None => typographie("comme s'il était déposé aujourd'hui"),
        }
    }
}

fn cadre_dit(cadre: &str) -> String {
    cadre.replace('_', " ")
}

impl LuVue {
    /// `fichier`: its name. `date`: as of which day it was checked, in words.
    pub fn de(fichier: &str, date: String, releve: &Releve) -> Self {
        let bilan = releve.bilan;
        let dits = |phrases: &[String]| phrases.iter().map(|dit| typographie(dit)).collect();
        Self {
            fichier: fichier.to_owned(),
            date,
            cadre: cadre_dit(&releve.cadre),
            lignes: releve.lignes,
            signalements: dits(&releve.signalements),
            absents: dits(&releve.absents),
            tus: releve.absents_tus,
            controle: !realise(&releve.cadre),
            chiffres: [bilan.ok, bilan.ko, bilan.ne, bilan.bloquants, bilan.majeurs],
            proposition: bilan.proposition().mot().to_owned(),
            echecs: controles::echecs(&releve.verdicts),
            muets: controles::muets(&releve.verdicts),
            familles: controles::familles(&releve.verdicts),
            tableau: tableau::tableau(&releve.esms),
            ratios: releve.ratios.iter().filter_map(ratio).collect(),
        }
    }
}

fn ratio(dit: &RatioDit) -> Option<RatioVue> {
    let fiche = fiches().iter().find(|fiche| fiche.code == dit.code)?;
    Some(RatioVue {
        code: fiche.code,
        libelle: fiche.libelle,
        valeur: typographie(&dit.valeur),
        niveau: dit.niveau.clone(),
        seuil: fiche.seuil,
        a_confirmer: !fiche.confirme,
    })
}
