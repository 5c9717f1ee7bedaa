//! `entente semer`: a synthetic country, for load.

use super::base::Database;
use super::{Answer, Outcome, json};
use crate::app::ouvrir::Absente;
use crate::app::semer::{Recolte, Semis};

#[derive(clap::Args)]
pub struct Command {
    /// Nombre de contrats
    #[arg(long, value_name = "N")]
    contrats: u64,
    /// Nombre d'ESMS, tous contrats ensemble
    #[arg(long, value_name = "M")]
    esms: u64,
    /// Nombre d'événements voulus (par défaut cent par contrat)
    #[arg(long, value_name = "K")]
    faits: Option<u64>,
    /// La même graine donne le même pays (par défaut 1)
    #[arg(long, default_value_t = 1, value_name = "S")]
    graine: u64,
    #[command(flatten)]
    database: Database,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> Outcome {
        let semis = Semis {
            contrats: self.contrats,
            esms: self.esms,
            faits: self.faits.unwrap_or(self.contrats.saturating_mul(100)),
            graine: self.graine,
        };
        let recolte = self
            .database
            .avec(Absente::Creee, async |entente| entente.semer(semis).await)?;
        let Recolte {
            contrats,
            esms,
            faits,
        } = recolte;
        let output = if self.json {
            json(&recolte)?
        } else {
            format!("{contrats} contrats, {esms} ESMS et {faits} événements semés.\n")
        };
        Ok(Answer { output, good: true })
    }
}
