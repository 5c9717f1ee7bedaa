//! The history of a contract, or of one of its streams, told from the database.

use super::demo::{self, Moment};
use super::execute::Entente;
use crate::metier::chaine::Scellee;
use crate::metier::evenement::Ligne;
use chrono::{NaiveDate, SecondsFormat};
use serde::Serialize;

/// A history: of a contract, or of one stream.
#[derive(Debug, Serialize)]
pub struct Recit {
    pub contrat: String,
    /// Empty: all streams.
    pub flux: String,
    pub titre: String,
    pub etat: String,
    pub evenements: Vec<Fait>,
    #[serde(skip)]
    moments: Vec<Moment>,
}

/// One line of the journal, with what it means.
#[derive(Debug, Serialize)]
pub struct Fait {
    pub ordre: u64,
    pub flux: String,
    pub rang: u64,
    pub enregistre: String,
    pub effet: NaiveDate,
    pub genre: String,
    /// Empty: the clock, or what follows from another event.
    pub auteur: String,
    pub empreinte: String,
    /// What happened and what followed, on the first line of each moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoi: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suites: Vec<String>,
}

impl Recit {
    pub fn arbre(&self) -> String {
        format!(
            "{} : {}\n{}",
            self.titre,
            self.etat,
            demo::fil(&self.moments)
        )
    }
}

/// Reads a history. `nom`: `CONTRAT` or `CONTRAT/FLUX`.
///
/// # Errors
/// One French sentence: no such contract or stream, or the database does not answer.
pub async fn lire(entente: &Entente, nom: &str) -> Result<Recit, String> {
    let (contrat, flux) = nom.split_once('/').unwrap_or((nom, ""));
    let inconnu = || {
        format!(
            "Le contrat « {contrat} » n'existe pas dans cette base. Donnez CONTRAT, ou \
             CONTRAT/FLUX."
        )
    };
    let lues = entente.journal(contrat).await.map_err(|e| e.to_string())?;
    let mut scellees = lues.ok_or_else(inconnu)?;
    let entree = entente.lire(contrat).await.map_err(|e| e.to_string())?;
    let entree = entree.ok_or_else(inconnu)?;
    let en_main = entente.contrat(&entree);
    let racine = if flux.is_empty() {
        super::contrat::RACINE
    } else {
        flux
    };
    let Some(suivi) = en_main.flux(racine) else {
        let connus: Vec<&str> = en_main.tous().map(|(nom, _)| nom).collect();
        return Err(format!(
            "Le contrat « {contrat} » n'a pas de flux « {flux} ». Ses flux : {}.",
            connus.join(", ")
        ));
    };
    if !flux.is_empty() {
        scellees.retain(|s| s.flux == flux);
    }
    let lignes: Result<Vec<Ligne>, String> = scellees.iter().map(Scellee::ligne).collect();
    let lignes = lignes.map_err(|quoi| format!("Une ligne de « {nom} » : {quoi}."))?;
    let moments = demo::moments(&en_main, &lignes);
    let titre = en_main.titre(&suivi.dossier.workflow).unwrap_or(racine);
    Ok(Recit {
        contrat: contrat.to_owned(),
        flux: flux.to_owned(),
        titre: format!("{titre} {}", suivi.dossier.cle)
            .trim_end()
            .to_owned(),
        etat: demo::etat(&en_main, racine).join(", "),
        evenements: faits(scellees, &moments),
        moments,
    })
}

fn faits(scellees: Vec<Scellee>, moments: &[Moment]) -> Vec<Fait> {
    let mut suivants = moments.iter().peekable();
    let mut faits = Vec::with_capacity(scellees.len());
    for (rang, s) in scellees.into_iter().enumerate() {
        let moment = suivants.next_if(|m| m.premiere == rang);
        faits.push(Fait {
            ordre: s.ordre,
            flux: s.flux,
            rang: s.rang,
            enregistre: s.enregistre.to_rfc3339_opts(SecondsFormat::Micros, true),
            effet: s.effet,
            genre: s.genre,
            auteur: s.auteur,
            empreinte: s.empreinte.to_string(),
            quoi: moment.map(|m| m.quoi.clone()),
            suites: moment.map(|m| m.suites.clone()).unwrap_or_default(),
        });
    }
    faits
}
