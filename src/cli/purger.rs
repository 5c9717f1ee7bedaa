//! `entente purger`: what has had its time, told rule by rule; erased when asked.

use super::base::Database;
use super::{Answer, Outcome, json};
use crate::app::conservation::Purge;
use crate::app::ouvrir::Absente;
use crate::app::vues::francais::jour;
use chrono::Utc;
use std::fmt::Write as _;

#[derive(clap::Args)]
pub struct Command {
    /// Effacer ; sans cela, la commande dit seulement ce qui le serait
    #[arg(long)]
    faire: bool,
    #[command(flatten)]
    database: Database,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> Outcome {
        let faire = self.faire;
        let purges = self.database.avec(Absente::Refusee, async |entente| {
            let purges = entente.purger(Utc::now(), faire).await;
            purges.map_err(|e| format!("La purge n'a pas été faite, rien n'est effacé : {e}."))
        })?;
        let output = if self.json {
            json(&purges)?
        } else {
            rapport(&purges, faire)
        };
        Ok(Answer { output, good: true })
    }
}

/// The report, one rule a line.
fn rapport(purges: &[Purge], faire: bool) -> String {
    let mut dit = String::new();
    for Purge { duree, nombre } in purges {
        let confirmee = if duree.confirmee {
            ""
        } else {
            ", à confirmer"
        };
        let quand = jour(duree.avant);
        // Writing to a String cannot fail.
        let _ = writeln!(
            dit,
            "{nombre:>8}  {} : {} ({}{confirmee}), avant le {quand}",
            duree.titre, duree.dite, duree.source
        );
    }
    let nombre: u64 = purges.iter().map(|purge| purge.nombre).sum();
    dit.push_str(match (faire, nombre) {
        (_, 0) => "Rien n'a passé sa durée de conservation.\n",
        (true, _) => "Effacé. Les journaux gardent leurs lignes et leurs empreintes.\n",
        (false, _) => "Rien n'est effacé : pour effacer, ajoutez --faire.\n",
    });
    dit
}
