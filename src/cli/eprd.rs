//! `entente eprd`: an EPRD read and checked on one's own machine; nothing of it is kept.

/// What a clause or a choice would do.
mod calculs;

use super::{Answer, Outcome, json};
use crate::app::eprd::{Controles, Lu, controler, lire, paquets_livres};
use crate::metier::budget::controles::{Constat, Resultat, Verdict};
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Cle, Exact, Ligne, Lignes, Origine, Valeur};
use crate::metier::budget::ratios::{self, Niveau, Releve};
use crate::metier::budget::realise::joindre;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum Command {
    /// Lire un EPRD ou un ERRD, ligne à ligne
    Lire(Lire),
    /// Contrôler un EPRD
    Controler(Controler),
    /// Dire ce que la clause d'activité peut retirer de la dotation suivante
    Simuler(calculs::Simuler),
    /// Essayer une affectation du résultat
    Affecter(calculs::Affecter),
}

#[derive(Args)]
pub struct Lire {
    /// EPRD ou ERRD : .xlsx, .xlsm, .ods, ou .csv en forme longue
    #[arg(value_name = "FICHIER")]
    fichier: PathBuf,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Controler {
    /// EPRD : .xlsx, .xlsm, .ods, ou .csv en forme longue
    #[arg(value_name = "FICHIER")]
    fichier: PathBuf,
    /// ERRD de la même année ou de la précédente, à comparer
    #[arg(long, value_name = "FICHIER")]
    errd: Option<PathBuf>,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> Outcome {
        match self {
            Self::Lire(demande) => demande.run(),
            Self::Controler(demande) => demande.run(),
            Self::Simuler(demande) => demande.run(),
            Self::Affecter(demande) => demande.run(),
        }
    }
}

/// Reads a file of the disk.
fn lu(fichier: &Path) -> Result<Lu, String> {
    let nom = fichier.display();
    let octets =
        std::fs::read(fichier).map_err(|e| format!("Le fichier « {nom} » ne se lit pas ({e})."))?;
    lire(&octets).map_err(|refus| {
        let phrases = refus.phrases().join("\n  ");
        format!("Rien n'a été lu de « {nom} ».\n  {phrases}")
    })
}

#[derive(Serialize)]
struct Lecture {
    cadre: String,
    exercice: i32,
    finess_ej: String,
    lignes: Vec<LigneDite>,
    signalements: Vec<String>,
    /// What the frame has and the file has not.
    absents: Vec<String>,
}

#[derive(Serialize)]
struct LigneDite {
    /// Empty: the whole.
    finess_et: String,
    bloc: &'static str,
    code: String,
    libelle: String,
    annee: i32,
    valeur: serde_json::Value,
    unite: String,
    feuille: Option<String>,
    cellule: Option<String>,
    /// Of a csv file.
    ligne: Option<u64>,
}

impl Lire {
    fn run(self) -> Outcome {
        let lu = lu(&self.fichier)?;
        let lignes = lu.lignes.toutes();
        let lignes = lignes.map(|(cle, ligne)| LigneDite::de(&lu.lignes, cle, ligne));
        let lecture = Lecture {
            cadre: lu.cadre.clone(),
            exercice: lu.lignes.exercice,
            finess_ej: lu.lignes.ej.clone(),
            lignes: lignes.collect(),
            signalements: lu.signalements,
            absents: lu.absents,
        };
        let output = if self.json {
            json(&lecture)?
        } else {
            lecture.dite()
        };
        Ok(Answer { output, good: true })
    }
}

impl Lecture {
    /// As a person reads it.
    fn dite(&self) -> String {
        let mut page = format!(
            "{} {} du gestionnaire {} : {} lignes.\nLecture vérifiée sur cadres reconstitués.\n",
            self.cadre,
            self.exercice,
            self.finess_ej,
            self.lignes.len()
        );
        for ligne in &self.lignes {
            let place = match (&ligne.feuille, &ligne.cellule, ligne.ligne) {
                (Some(feuille), Some(cellule), _) => format!("{feuille}!{cellule}"),
                (.., Some(numero)) => format!("ligne {numero}"),
                _ => String::new(),
            };
            let _ = writeln!(
                page,
                "{:<9} {:<13} {:<22} {} {:>14} {:<10} {place}",
                ligne.finess_et,
                ligne.bloc,
                ligne.code,
                ligne.annee,
                ligne.valeur.to_string().trim_matches('"'),
                ligne.unite
            );
        }
        for dit in &self.signalements {
            let _ = writeln!(page, "{dit}");
        }
        for dit in &self.absents {
            let _ = writeln!(page, "Absent : {dit}");
        }
        page
    }
}

impl LigneDite {
    fn de(lignes: &Lignes, cle: Cle, ligne: &Ligne) -> Self {
        let (feuille, cellule, numero) = match &ligne.origine {
            Origine::Cellule { feuille, cellule } => {
                (Some(feuille.clone()), Some(cellule.clone()), None)
            }
            Origine::Ligne(numero) => (None, None, Some(*numero)),
            Origine::Contrat(_) | Origine::Notification(_) | Origine::Declaration(_) => {
                (None, None, None)
            }
        };
        Self {
            finess_et: lignes
                .esms_de(cle.lieu)
                .map_or_else(String::new, |e| e.finess.clone()),
            bloc: cle.bloc.mot(),
            code: cle.code,
            libelle: ligne.libelle.clone(),
            annee: cle.annee,
            valeur: valeur(&ligne.valeur),
            unite: ligne.unite.clone(),
            feuille,
            cellule,
            ligne: numero,
        }
    }
}

/// A value as JSON holds it: numbers as numbers, days as `2026-06-05`.
fn valeur(valeur: &Valeur) -> serde_json::Value {
    match valeur {
        Valeur::Montant(centimes) => (*centimes as f64 / 100.0).into(),
        Valeur::Quantite(nombre) | Valeur::Taux(nombre) => {
            let (mantisse, decimales) = nombre.decompose();
            (mantisse as f64 / 10_f64.powi(decimales.cast_signed())).into()
        }
        Valeur::Annee(annee) => (*annee).into(),
        Valeur::Jour(jour) => jour.to_string().into(),
        Valeur::Oui(oui) => if *oui { "oui" } else { "non" }.into(),
        Valeur::Texte(texte) => texte.as_str().into(),
    }
}

#[derive(Serialize)]
struct Document {
    exercice: i32,
    proposition: &'static str,
    controles: Vec<ControleDit>,
    ratios: Vec<RatioDit>,
    signalements: Vec<String>,
}

#[derive(Serialize)]
struct ControleDit {
    code: &'static str,
    /// `ensemble`, a FINESS number, an authority.
    portee: String,
    annee: Option<i32>,
    verdict: &'static str,
    severite: &'static str,
    message: String,
    /// The first cell or line that it rests on.
    place: Option<String>,
}

#[derive(Serialize)]
struct RatioDit {
    code: &'static str,
    portee: String,
    /// Not there: a line is missing, or there is nothing to divide by.
    valeur: Option<f64>,
    unite: &'static str,
    alerte: Option<&'static str>,
}

impl Controler {
    fn run(self) -> Outcome {
        let mut eprd = lu(&self.fichier)?;
        if let Some(errd) = &self.errd {
            let ailleurs = joindre(&mut eprd.lignes, &lu(errd)?.lignes)?;
            let dits = ailleurs.iter().map(|finess| {
                format!("L'établissement {finess} de l'ERRD n'est pas dans l'EPRD : laissé.")
            });
            eprd.signalements.extend(dits);
        }
        let controles = controler(&eprd.lignes, &paquets_livres()?);
        let good = controles.bilan.bloquants == 0;
        let output = if self.json {
            json(&Document::de(&eprd, &controles))?
        } else {
            dits(&eprd, &controles)
        };
        Ok(Answer { output, good })
    }
}

impl Document {
    fn de(eprd: &Lu, controles: &Controles) -> Self {
        let lignes = &eprd.lignes;
        let dits = controles.resultats.iter();
        let dits = dits.flat_map(|resultat| ControleDit::de(lignes, resultat));
        let releves = controles.ratios.iter();
        Self {
            exercice: lignes.exercice,
            proposition: controles.bilan.proposition().mot(),
            controles: dits.collect(),
            ratios: releves.map(|releve| RatioDit::de(lignes, releve)).collect(),
            signalements: eprd.signalements.clone(),
        }
    }
}

impl ControleDit {
    /// One for each part of a check; one for a check that nothing is asked of.
    fn de(lignes: &Lignes, resultat: &Resultat) -> Vec<Self> {
        let un = |portee, annee, verdict: Verdict, message, place| Self {
            code: resultat.fiche.code,
            portee,
            annee,
            verdict: verdict.mot(),
            severite: resultat.fiche.severite.mot(),
            message,
            place,
        };
        if resultat.constats.is_empty() {
            let message = "sans objet".to_owned();
            return vec![un(
                "ensemble".to_owned(),
                None,
                resultat.verdict,
                message,
                None,
            )];
        }
        let dit = |constat: &Constat| {
            un(
                constat.sujet.portee(lignes),
                constat.sujet.annee(),
                constat.verdict,
                phrase(constat),
                place(lignes, constat),
            )
        };
        resultat.constats.iter().map(dit).collect()
    }
}

/// Why it fails, or what it lacks.
fn phrase(constat: &Constat) -> String {
    if constat.verdict != Verdict::Ne {
        return constat.message.clone();
    }
    let manque = constat
        .manque
        .iter()
        .map(|cle| format!("{} {}", cle.bloc, cle.code));
    format!("Il manque : {}.", manque.collect::<Vec<_>>().join(", "))
}

fn place(lignes: &Lignes, constat: &Constat) -> Option<String> {
    let cle = constat.lus.first()?;
    let ligne = lignes.trouve(cle.bloc, cle.lieu, cle.annee, &cle.code)?;
    Some(ligne.origine.to_string())
}

impl RatioDit {
    fn de(lignes: &Lignes, releve: &Releve) -> Self {
        let valeur = match releve.valeur {
            ratios::Valeur::Dit(nombre) => Some(flottant(nombre)),
            _ => None,
        };
        Self {
            code: releve.fiche.code,
            portee: lignes
                .esms_de(releve.lieu)
                .map_or_else(|| "ensemble".to_owned(), |esms| esms.finess.clone()),
            valeur,
            unite: releve.fiche.unite.mot(),
            alerte: match releve.niveau {
                Niveau::Bon => None,
                Niveau::Vigilance => Some("vigilance"),
                Niveau::Alerte => Some("alerte"),
            },
        }
    }
}

/// With two decimals, as screens show it.
fn flottant(nombre: Exact) -> f64 {
    let centiemes = (nombre * Exact::from(100)).round().to_integer();
    centiemes as f64 / 100.0
}

/// As a person reads it: what fails first.
fn dits(eprd: &Lu, controles: &Controles) -> String {
    let bilan = controles.bilan;
    let mut page = format!(
        "EPRD {} : {} OK, {} KO, {} NE. {} bloquant(s), {} majeur(s). Proposition : {}. L'autorité \
         décide.\n",
        eprd.lignes.exercice,
        bilan.ok,
        bilan.ko,
        bilan.ne,
        bilan.bloquants,
        bilan.majeurs,
        bilan.proposition().mot()
    );
    for verdict in [Verdict::Ko, Verdict::Ne, Verdict::Ok] {
        for resultat in controles.resultats.iter().filter(|r| r.verdict == verdict) {
            let fiche = resultat.fiche;
            let _ = writeln!(
                page,
                "{verdict} {} {} ({})",
                fiche.code,
                fiche.libelle,
                fiche.severite.mot()
            );
            for constat in resultat
                .constats
                .iter()
                .filter(|c| c.verdict != Verdict::Ok)
            {
                let place = place(&eprd.lignes, constat).unwrap_or_default();
                let _ = writeln!(page, "   {} {place}", phrase(constat));
            }
        }
    }
    page.push('\n');
    for releve in controles
        .ratios
        .iter()
        .filter(|r| matches!(r.valeur, ratios::Valeur::Dit(_)))
    {
        let ratios::Valeur::Dit(nombre) = releve.valeur else {
            continue;
        };
        let dit = RatioDit::de(&eprd.lignes, releve);
        let _ = writeln!(
            page,
            "{} {:<9} {:>14} {:<14} {} {}",
            dit.code,
            dit.portee,
            dire::decimal(nombre, 2),
            dit.unite,
            releve.fiche.libelle,
            dit.alerte.unwrap_or_default()
        );
    }
    for dit in &eprd.signalements {
        let _ = writeln!(page, "{dit}");
    }
    page
}
