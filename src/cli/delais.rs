//! `entente delais`: legal date arithmetic.

use super::{Answer, Outcome, json};
use crate::regles::calendrier::{Territoire, en_lettres, parse_date};
use crate::regles::delai::{Delai, Echeance, Mode};
use crate::regles::problem::meant;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde::Serialize;

const ZONES: &[(&str, Territoire)] = &[
    ("metropole", Territoire::Metropole),
    ("alsace-moselle", Territoire::AlsaceMoselle),
];

#[derive(Subcommand)]
pub enum Command {
    /// Calculer une échéance
    Calculer(Calculer),
}

#[derive(Args)]
pub struct Calculer {
    /// Jour qui fait partir le délai, non compté (AAAA-MM-JJ)
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    depart: NaiveDate,
    /// Délai : P30D (jours), P2W (semaines), P2M (mois) ou P1Y (années)
    #[arg(long, value_name = "DELAI", value_parser = str::parse::<Delai>)]
    delai: Delai,
    /// Décompte : calendaires, ouvres (lundi-vendredi), ouvrables (lundi-samedi) ou francs
    #[arg(long, value_name = "MODE", default_value = "calendaires", value_parser = mode)]
    mode: Mode,
    /// Jours fériés : metropole ou alsace-moselle
    #[arg(long, value_name = "ZONE", default_value = "metropole", value_parser = zone)]
    zone: Territoire,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document {
    depart: NaiveDate,
    /// As asked: `P30D`.
    delai: String,
    mode: Mode,
    zone: Territoire,
    echeance: NaiveDate,
    echeance_reportee: NaiveDate,
    jours_feries: Vec<NaiveDate>,
}

impl Command {
    pub fn run(self) -> Outcome {
        let Command::Calculer(asked) = self;
        calculate(&asked).map(|output| Answer { output, good: true })
    }
}

fn calculate(asked: &Calculer) -> Result<String, String> {
    let delai = asked
        .delai
        .with_mode(asked.mode)
        .map_err(|refusal| refusal.to_string())?;
    let found = delai
        .echeance(asked.depart, asked.zone)
        .map_err(|refusal| refusal.to_string())?;
    if !asked.json {
        return Ok(told(asked.depart, delai, &found));
    }
    json(&Document {
        depart: asked.depart,
        delai: delai.iso(),
        mode: delai.mode,
        zone: asked.zone,
        echeance: found.echeance,
        echeance_reportee: found.reportee,
        jours_feries: found.jours_feries.iter().map(|ferie| ferie.date).collect(),
    })
}

fn told(depart: NaiveDate, delai: Delai, found: &Echeance) -> String {
    let carried = if found.reportee == found.echeance {
        "jour ouvré, sans report".to_owned()
    } else {
        format!("{} si le délai se reporte", en_lettres(found.reportee))
    };
    let holidays: Vec<String> = found
        .jours_feries
        .iter()
        .map(|ferie| format!("{} ({})", en_lettres(ferie.date), ferie.titre))
        .collect();
    let holidays = if holidays.is_empty() {
        "aucun".to_owned()
    } else {
        holidays.join(", ")
    };
    format!(
        "Départ : {}\nDélai : {delai}\nÉchéance : {}\nReport : {carried}\nJours fériés : \
         {holidays}\n",
        en_lettres(depart),
        en_lettres(found.echeance),
    )
}

fn mode(text: &str) -> Result<Mode, String> {
    one_of(text, Mode::NAMES)
}

fn zone(text: &str) -> Result<Territoire, String> {
    one_of(text, ZONES)
}

fn one_of<T: Copy>(text: &str, names: &[(&str, T)]) -> Result<T, String> {
    let known = names.iter().find(|(name, _)| *name == text);
    known.map(|(_, value)| *value).ok_or_else(|| {
        let list: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        let near = meant(text, &list);
        format!("attendu {} ; trouvé « {text} ».{near}", list.join(", "))
    })
}
