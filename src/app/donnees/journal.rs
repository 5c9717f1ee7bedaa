//! Lines of a journal, told one by one.

use crate::app::demo::Mots;
use crate::app::vues::francais::{majuscule, typographie};
use crate::app::vues::{ContratLu, LigneLue};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// Une ligne du journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LigneDuJournal")]
pub struct LigneDonnee {
    /// Sa place dans le contrat, à partir de 1.
    pub ordre: u64,
    pub flux: String,
    /// Sa place dans son flux, à partir de 1.
    pub rang: u64,
    pub enregistre: DateTime<Utc>,
    /// Le jour où elle prend effet.
    pub effet: NaiveDate,
    /// Son genre, tel que la chaîne le scelle.
    pub genre: String,
    /// La partie qui l'a demandée ; nul : le temps passe, ou c'est une suite.
    pub partie: Option<String>,
    /// L'identifiant de la demande d'où elle vient.
    pub demande: Option<String>,
    /// Ce qu'une personne a fait.
    pub geste: Option<String>,
    /// Ce qui en a suivi, ou ce que le temps a fait.
    pub suite: Option<String>,
    /// La tête de la chaîne après elle (SHA-256).
    pub empreinte: String,
}

pub fn lignes(lu: &ContratLu, lignes: &[LigneLue]) -> Vec<LigneDonnee> {
    let mots = Mots {
        contrat: &lu.contrat,
    };
    let donnee = |ligne: &LigneLue| {
        let evenement = &ligne.evenement;
        let auteur = evenement.auteur().map(|a| match a.split_once('/') {
            Some((partie, _)) => partie.to_owned(),
            None => a,
        });
        let dit = |texte: String| majuscule(&typographie(&texte));
        let geste = Some(mots.geste(&ligne.flux, evenement)).filter(|g| !g.is_empty());
        LigneDonnee {
            ordre: ligne.ordre,
            flux: ligne.flux.clone(),
            rang: ligne.rang,
            enregistre: evenement.enregistre(),
            effet: evenement.effet(),
            genre: evenement.genre().to_owned(),
            partie: auteur,
            demande: evenement.demande().map(str::to_owned),
            geste: geste.map(dit),
            suite: mots.suite(&ligne.flux, evenement).map(dit),
            empreinte: ligne.empreinte.clone(),
        }
    };
    lignes.iter().map(donnee).collect()
}
