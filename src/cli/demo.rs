//! `entente demo`: the story, played in memory.

use super::{Answer, Outcome, json};
use crate::app::contrat::Atelier;
use crate::app::demo::{self, Porte as _};
use crate::app::fichiers::Library;
use serde::Serialize;

#[derive(clap::Args)]
pub struct Command {
    /// Jouer l'histoire et s'arrêter là
    #[arg(long)]
    no_serve: bool,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

/// What programs read.
#[derive(Serialize)]
struct Bilan {
    contrat: String,
    etat: String,
    /// How many events the journal holds.
    faits: usize,
    /// How many requests were refused.
    refus: usize,
    /// The head of the chain over the journal's lines.
    journal_tete: String,
}

impl Command {
    pub fn run(self) -> Outcome {
        if !self.no_serve {
            return Err(
                "servir la démonstration arrive avec la prochaine version ; ajoutez \
                        « --no-serve » pour jouer l'histoire et s'arrêter là."
                    .to_owned(),
            );
        }
        let atelier = Atelier::new(Library::shipped());
        let atelier = atelier.map_err(|(nom, problemes)| {
            let premier = problemes.first().map_or("", |p| p.message.as_str());
            format!("le workflow « {nom} » ne se lit pas : {premier}")
        })?;
        let histoire = demo::lire(demo::RIVES_CLAIRES);
        let histoire = histoire.map_err(|p| format!("ligne {} : {}", p.place.line, p.message))?;
        let mut porte = demo::Memoire::new(&atelier);
        let partie = demo::jouer(&mut porte, &atelier, &histoire)?;
        let contrat = porte.contrat();
        let output = if self.json {
            json(&Bilan {
                contrat: histoire.titre.clone(),
                etat: demo::etat_du_contrat(contrat),
                faits: partie.lignes().count(),
                refus: partie.refus(),
                journal_tete: demo::tete(partie.lignes())?.to_string(),
            })?
        } else {
            let arbre = demo::arbre(&histoire, &partie, contrat);
            format!(
                "{arbre}\nOù l'on en est\n{}",
                demo::agenda(&partie, contrat)
            )
        };
        Ok(Answer { output, good: true })
    }
}
