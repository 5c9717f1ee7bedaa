//! The budget of an exercise: where its procedure stands, and a workbook read beside the contract,
//! of which nothing is kept.

/// The checks, what fails first.
mod controles;
/// Contract, notifications and budget on one line.
mod tableau;

pub use controles::{ControleVue, FamilleVue};
pub use tableau::TableauVue;

use super::francais::{court, jour, typographie};
use super::lu::ContratLu;
use crate::app::contrat::RACINE;
use crate::app::eprd::{Controles, Lu, PROCEDURE};
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Bloc, Cle, Lieu, Ligne, Lignes, Origine, Valeur};
use crate::metier::budget::ratios::{self, Niveau, Releve};
use crate::metier::contrat::budget::{du_contrat, reunir};
use crate::metier::contrat::dossier::Dossier;
use chrono::NaiveDate;
use serde::Serialize;

/// The frames that are a budget: an ERRD tells what was done with it.
const BUDGETS: [&str; 4] = ["EPRD_COMPLET", "EPRD_SIMPLIFIE", "EPCP", "DM"];
/// Absent cells that a page names.
const ABSENTS: usize = 60;

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
    /// A workbook, read.
    pub lu: Option<LuVue>,
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
    pub niveau: Option<&'static str>,
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
            lu: None,
            adresse,
        }
    }

    /// The years whose procedure is open, or was.
    fn exercices(&self) -> Vec<i32> {
        let flux = self.lu.contrat.tous();
        let annees = flux.filter_map(|(nom, _)| {
            let enfant = nom.strip_prefix(RACINE)?.strip_prefix('/')?;
            let annee = enfant.strip_prefix(PROCEDURE)?.strip_prefix('-')?;
            annee.parse().ok()
        });
        let mut annees: Vec<i32> = annees.collect();
        annees.sort_unstable();
        annees
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
                 un EPCP ou une décision modificative. Choisissez le classeur du budget.",
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
        let flux = self
            .lu
            .contrat
            .flux(&format!("{RACINE}/{PROCEDURE}-{exercice}"))?;
        Some(&flux.dossier)
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
    pub fn de(fichier: &str, date: String, lu: &Lu, controles: &Controles) -> Self {
        let bilan = controles.bilan;
        let dits = lu.signalements.iter();
        let absents = lu.absents.iter().take(ABSENTS);
        Self {
            fichier: fichier.to_owned(),
            date,
            cadre: cadre_dit(&lu.cadre),
            lignes: lu.lignes.combien(),
            signalements: dits.map(|dit| typographie(dit)).collect(),
            absents: absents.map(|dit| typographie(dit)).collect(),
            tus: lu.absents.len().saturating_sub(ABSENTS),
            chiffres: [bilan.ok, bilan.ko, bilan.ne, bilan.bloquants, bilan.majeurs],
            proposition: bilan.proposition().mot().to_owned(),
            echecs: controles::echecs(&lu.lignes, &controles.resultats),
            muets: controles::muets(&lu.lignes, &controles.resultats),
            familles: controles::familles(&controles.resultats),
            tableau: tableau::tableau(&lu.lignes),
            ratios: ratios_dits(&controles.ratios),
        }
    }
}

/// Those of the whole deposit that have a value.
fn ratios_dits(releves: &[Releve]) -> Vec<RatioVue> {
    let siens = releves.iter().filter(|r| r.lieu == Lieu::Ensemble);
    let dits = siens.filter_map(|releve| {
        let valeur = match releve.valeur {
            ratios::Valeur::Dit(nombre) => {
                format!("{} {}", dire::decimal(nombre, 2), unite(releve))
            }
            ratios::Valeur::SansObjet(pourquoi) | ratios::Valeur::NonDefini(pourquoi) => {
                format!("sans valeur : {pourquoi}")
            }
            ratios::Valeur::Absent(_) => return None,
        };
        Some(RatioVue {
            code: releve.fiche.code,
            libelle: releve.fiche.libelle,
            valeur: typographie(&valeur),
            niveau: match releve.niveau {
                Niveau::Bon => None,
                Niveau::Vigilance => Some("vigilance"),
                Niveau::Alerte => Some("alerte"),
            },
            seuil: releve.fiche.seuil,
            a_confirmer: !releve.fiche.confirme,
        })
    });
    dits.collect()
}

fn unite(releve: &Releve) -> &'static str {
    use crate::metier::referentiels::ratios::Unite;
    match releve.fiche.unite {
        Unite::Pourcent => "%",
        Unite::Euro => "€",
        Unite::Ratio => "",
        Unite::Annees => "ans",
        Unite::Jours => "jours",
        Unite::EuroParPlace => "€ par place",
        Unite::EuroParUnite => "€ par unité",
        Unite::EtpParPlace => "ETP par place",
        Unite::EuroParEtp => "€ par ETP",
    }
}
