//! `entente sauvegarder` and `entente restaurer`.

use super::base::Database;
use super::{Answer, Outcome, json};
use crate::app::ouvrir::Absente;
use crate::app::sauvegarde::Bilan;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Sauvegarder {
    /// Fichier à écrire ; il ne doit pas exister
    #[arg(value_name = "FICHIER")]
    fichier: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Restaurer {
    /// Fichier écrit par « entente sauvegarder » ou « entente export tout »
    #[arg(value_name = "FICHIER")]
    fichier: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

impl Sauvegarder {
    pub fn run(self) -> Outcome {
        let fichier = self.fichier;
        let bilan = self.database.avec(Absente::Refusee, async |entente| {
            entente.sauvegarder(&fichier).await
        })?;
        dit(&bilan, self.json, "sauvegardés et relus")
    }
}

impl Restaurer {
    pub fn run(self) -> Outcome {
        let fichier = self.fichier;
        let (bilan, cles) = self.database.avec(Absente::Creee, async |entente| {
            let bilan = entente.restaurer(&fichier).await?;
            let cles = entente.cles_des_secrets().await;
            Ok((bilan, cles.map_err(|e| e.to_string())?))
        })?;
        let mut answer = dit(&bilan, self.json, "restaurés et vérifiés")?;
        if !self.json && !cles.is_empty() {
            answer.output += "Des secrets y sont chiffrés : pour servir cette base, donnez la même \
                              clé (secrets.cle_fichier), d'empreinte « ";
            answer.output += &cles.join(" », « ");
            answer.output += " ».\n";
        }
        Ok(answer)
    }
}

fn dit(bilan: &Bilan, en_json: bool, quoi: &str) -> Outcome {
    let Bilan { flux, evenements } = bilan;
    let output = if en_json {
        json(bilan)?
    } else {
        format!("{evenements} événements en {flux} flux, {quoi}.\n")
    };
    Ok(Answer { output, good: true })
}
