//! `entente journal`: checks the journal, shows a contract's history.

use super::base::Database;
use super::{Answer, Outcome, json};
use crate::app::ouvrir::Absente;
use crate::app::verifier::Rapport;
use clap::Subcommand;
use std::fmt::Write as _;

#[derive(Subcommand)]
pub enum Command {
    /// Vérifier toutes les chaînes et toutes les têtes
    Verify {
        #[command(flatten)]
        database: Database,
        /// Vérifier ce que voit une partie, les écrits privés des autres étant caviardés
        #[arg(long, value_name = "PARTIE")]
        redacted: Option<String>,
        /// Répondre en JSON
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub fn run(self) -> Outcome {
        let Self::Verify {
            database,
            redacted,
            json: en_json,
        } = self;
        let rapport = database.avec(Absente::Refusee, async |entente| {
            let rapport = entente.verifier(redacted.as_deref()).await;
            rapport.map_err(|e| e.to_string())
        })?;
        Ok(Answer {
            good: rapport.broken.is_empty(),
            output: if en_json {
                json(&rapport)?
            } else {
                dit(&rapport)
            },
        })
    }
}

fn dit(rapport: &Rapport) -> String {
    let Rapport { streams, facts, .. } = rapport;
    let mut texte = format!("{facts} événements en {streams} flux : ");
    if rapport.broken.is_empty() {
        texte.push_str("toutes les chaînes et toutes les têtes sont intactes.\n");
        return texte;
    }
    let n = rapport.broken.len();
    let _ = writeln!(texte, "{n} rupture{}.", if n > 1 { "s" } else { "" });
    for rupture in &rapport.broken {
        let mut ou = rupture.contrat.clone();
        if rupture.ordre > 0 {
            let _ = write!(ou, ", ligne {}", rupture.ordre);
        }
        if !rupture.flux.is_empty() {
            let _ = write!(ou, " ({})", rupture.flux);
        }
        let _ = writeln!(texte, "- {ou} : {}.", rupture.quoi);
    }
    texte.push_str(
        "Restaurez une sauvegarde qui se vérifie, et cherchez qui a écrit hors d'Entente.\n",
    );
    texte
}
