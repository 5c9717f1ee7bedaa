//! `entente besoins`: a cohort summed on the managing body's machine; nothing is kept of it.

use super::{Answer, Outcome, json};
use crate::app::besoins::{Besoins, Options, agreger, regles};
use crate::metier::besoins::agregat::{Case, Ensemble, Prestation, quotient};
use crate::metier::besoins::cohorte::Echelle;
use crate::metier::besoins::masque::{Montre, Rangee};
use crate::metier::besoins::partage::K_MAX;
use crate::metier::serafin::{Genre, Poste, Variante, nomenclature};
use crate::regles::calendrier::civil_date;
use chrono::Utc;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Masks that the columns of the reference tell, whatever is asked.
const K_DITS: [u32; 2] = [11, 5];

#[derive(Subcommand)]
pub enum Command {
    /// Agréger une cohorte SERAFIN-PH, hors ligne, sans rien en garder
    Agreger(Agreger),
}

#[derive(Args)]
pub struct Agreger {
    /// Cohorte au format long : .csv, .xlsx ou .ods
    #[arg(value_name = "FICHIER")]
    fichier: PathBuf,
    /// Plus petit effectif montré hors du gestionnaire (par défaut celui du paquet de règles)
    #[arg(long, value_name = "N")]
    k: Option<u32>,
    /// Numérotation de l'autonomie, quand le code 2.2.1 est seul : cnsa ou ans
    #[arg(long, value_name = "VARIANTE", value_parser = variante)]
    variante: Option<Variante>,
    /// Échelle, quand aucun niveau ne dépasse 1 : niveaux ou identifie
    #[arg(long, value_name = "ECHELLE", value_parser = echelle)]
    echelle: Option<Echelle>,
    /// Compter un besoin couvert par tout lien, et pas seulement un lien principal
    #[arg(long)]
    large: bool,
    /// Rendre la seule vue partagée, masquée, en JSON : ce qui peut quitter le gestionnaire
    #[arg(long)]
    partage: bool,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

fn variante(mot: &str) -> Result<Variante, String> {
    match mot {
        "cnsa" => Ok(Variante::Cnsa),
        "ans" => Ok(Variante::Ans),
        _ => Err("attendu cnsa ou ans".to_owned()),
    }
}

fn echelle(mot: &str) -> Result<Echelle, String> {
    match mot {
        "niveaux" => Ok(Echelle::Niveaux),
        "identifie" => Ok(Echelle::Identifie),
        _ => Err("attendu niveaux ou identifie".to_owned()),
    }
}

#[derive(Serialize)]
struct Document {
    annee: u16,
    k: u32,
    lignes: Vec<Ligne>,
    esms: Vec<EsmsDit>,
    signalements: Vec<String>,
}

/// A need in an establishment, or in the contract.
#[derive(Serialize)]
struct Ligne {
    besoin: &'static str,
    libelle: &'static str,
    finess_et: String,
    n_evalues: u32,
    n_besoin: u32,
    somme_niveaux: Option<u32>,
    niveau_moyen: Option<f64>,
    /// How many of each level, 0 to 4.
    niveaux: Option<[u32; 5]>,
    n_couverts: u32,
    taux_couverture: Option<f64>,
    /// What a shared view would show: `exact`, `presque_tous`, `cache`.
    vue_partagee: &'static str,
    #[serde(flatten)]
    masques: BTreeMap<String, &'static str>,
}

#[derive(Serialize)]
struct EsmsDit {
    finess_et: String,
    esms: String,
    accompagnements: u32,
    personnes: u32,
    evalues: u32,
    complets: u32,
    /// By domain: the mean level.
    moyennes: BTreeMap<&'static str, Option<f64>>,
    n_besoins: u32,
    n_couverts: u32,
    taux_couverture: Option<f64>,
    prestations_realisees: u32,
    prestations_non_realisees: u32,
    actes_an: f64,
    part_externe: Option<f64>,
    prestations: Vec<PrestationDite>,
}

#[derive(Serialize)]
struct PrestationDite {
    code: &'static str,
    beneficiaires: u32,
    non_realisees: u32,
    externes: u32,
    actes_an: f64,
}

impl Command {
    pub fn run(self) -> Outcome {
        let Command::Agreger(demande) = self;
        demande.run()
    }
}

impl Agreger {
    fn run(self) -> Outcome {
        let regles = regles(civil_date(Utc::now()))?;
        let k = self.k.unwrap_or(regles.k);
        if k < regles.k_min {
            return Err(format!(
                "--k attend {} au moins : en dessous, une personne se reconnaît.",
                regles.k_min
            ));
        }
        if k > K_MAX {
            return Err(format!(
                "--k attend {K_MAX} au plus ; trouvé {k}. Au-delà, plus rien ne se montre."
            ));
        }
        let nom = self.fichier.display();
        let octets = std::fs::read(&self.fichier)
            .map_err(|e| format!("Le fichier « {nom} » ne se lit pas ({e})."))?;
        let options = Options {
            variante: self.variante,
            echelle: self.echelle,
            large: self.large,
        };
        let besoins = match agreger(&octets, options, &regles) {
            Ok(besoins) => besoins,
            Err(fautes) => {
                let fautes = fautes.join("\n  ");
                return Err(format!("Rien n'a été compté.\n  {fautes}"));
            }
        };
        if self.partage {
            let output = json(&besoins.agregat.partage(k))?;
            return Ok(Answer { output, good: true });
        }
        let document = Document::de(besoins, k);
        Ok(Answer {
            output: if self.json {
                json(&document)?
            } else {
                document.dit()
            },
            good: true,
        })
    }
}

/// A whole number of tenths or hundredths, as JSON writes it.
fn decimal(nombre: u64, decimales: i32) -> f64 {
    nombre as f64 / 10_f64.powi(decimales)
}

impl Document {
    fn de(besoins: Besoins, k: u32) -> Self {
        let Besoins {
            agregat,
            signalements,
        } = besoins;
        let partagee = agregat.masque(k);
        let masques = K_DITS.map(|k| (k, agregat.masque(k)));
        let mut lignes = Vec::new();
        for (rang, poste) in nomenclature().terminaux(Genre::Besoin).iter().enumerate() {
            for (place, ensemble) in agregat.ensembles().enumerate() {
                let montre = |rangees: &[Rangee]| montre(&rangees[rang], place);
                let cachee = |rangees| {
                    if montre(rangees).cache() {
                        "oui"
                    } else {
                        "non"
                    }
                };
                let dits = masques.iter();
                let dits = dits.map(|(k, rangees)| (format!("masque_k{k}"), cachee(rangees)));
                let case = &ensemble.cases[rang];
                lignes.push(Ligne {
                    masques: dits.collect(),
                    ..Ligne::de(poste, &ensemble.finess, case, montre(&partagee))
                });
            }
        }
        Self {
            annee: agregat.annee,
            k,
            lignes,
            esms: agregat.ensembles().map(EsmsDit::de).collect(),
            signalements,
        }
    }

    /// As a person reads it.
    fn dit(&self) -> String {
        let mut page = format!(
            "Besoins de {}. Échelle et seuil choisis par les parties : ce n'est pas une évaluation \
             nationale.\nChaque case : ont le besoin / évalués. * : cachée hors du gestionnaire ; \
             ~ : « presque tous ».\n\n{:<10}",
            self.annee, "Besoin"
        );
        for ensemble in &self.esms {
            let _ = write!(page, "{:>12}", ensemble.finess_et);
        }
        for ligne in self.lignes.chunks(self.esms.len().max(1)) {
            let code = ligne.first().map_or("", |l| l.besoin);
            let _ = write!(page, "\n{code:<10}");
            for case in ligne {
                let _ = write!(page, "{:>12}", case.dite());
            }
        }
        page.push('\n');
        for dit in &self.signalements {
            let _ = write!(page, "\n{dit}");
        }
        if !self.signalements.is_empty() {
            page.push('\n');
        }
        page
    }
}

impl Ligne {
    fn de(poste: &Poste, finess: &str, case: &Case, montre: Montre) -> Self {
        Self {
            besoin: poste.code,
            libelle: poste.libelle,
            finess_et: finess.to_owned(),
            n_evalues: case.evalues,
            n_besoin: case.besoin,
            somme_niveaux: case.somme,
            niveau_moyen: case.moyenne().map(|m| decimal(m, 2)),
            niveaux: case.somme.map(|_| case.niveaux),
            n_couverts: case.couverts,
            taux_couverture: case.taux().map(|t| decimal(t, 1)),
            vue_partagee: match montre {
                Montre::Exact => "exact",
                Montre::PresqueTous => "presque_tous",
                Montre::Cache | Montre::Tout => "cache",
            },
            masques: BTreeMap::new(),
        }
    }

    /// « 12/18* ».
    fn dite(&self) -> String {
        let signe = match self.vue_partagee {
            "exact" => "",
            "presque_tous" => "~",
            _ => "*",
        };
        format!("{}/{}{signe}", self.n_besoin, self.n_evalues)
    }
}

fn montre(rangee: &Rangee, place: usize) -> Montre {
    rangee.cellules.get(place).copied().unwrap_or(rangee.total)
}

impl EsmsDit {
    fn de(ensemble: &Ensemble) -> Self {
        let moyenne = |code: &'static str| {
            let moyenne = ensemble.domaine(code).and_then(|(s, n)| quotient(s, n, 2));
            (code, moyenne.map(|m| decimal(m, 2)))
        };
        let (besoin, couverts) = ensemble.besoins();
        let taux = Case {
            besoin,
            couverts,
            ..Case::default()
        }
        .taux();
        let siennes = &ensemble.prestations;
        let somme = |lu: fn(&Prestation) -> u32| siennes.iter().map(lu).sum::<u32>();
        let realisees = somme(|p| p.beneficiaires);
        let externes = u64::from(somme(|p| p.externes)) * 100;
        let postes = nomenclature().terminaux(Genre::Directe);
        let prestation = |(poste, p): (&&Poste, &Prestation)| PrestationDite {
            code: poste.code,
            beneficiaires: p.beneficiaires,
            non_realisees: p.non_realisees,
            externes: p.externes,
            actes_an: decimal(p.actes, 2),
        };
        Self {
            finess_et: ensemble.finess.clone(),
            esms: ensemble.nom.clone(),
            accompagnements: ensemble.accompagnements,
            personnes: ensemble.personnes,
            evalues: ensemble.evalues,
            complets: ensemble.complets,
            moyennes: ["1.1", "1.2", "1.3"].map(moyenne).into(),
            n_besoins: besoin,
            n_couverts: couverts,
            taux_couverture: taux.map(|t| decimal(t, 1)),
            prestations_realisees: realisees,
            prestations_non_realisees: somme(|p| p.non_realisees),
            actes_an: decimal(siennes.iter().map(|p| p.actes).sum(), 2),
            part_externe: quotient(externes, realisees.into(), 1).map(|t| decimal(t, 1)),
            prestations: postes.iter().zip(siennes).map(prestation).collect(),
        }
    }
}
