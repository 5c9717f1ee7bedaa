//! `entente demo`: the story, played through the one write path.

use super::base::runtime;
use super::serve::{Demonstration, servir};
use super::{Answer, Outcome, json, said};
use crate::app::comptes::{Politique, SecondFacteur};
use crate::app::demo::{self, Enregistree, Porte as _};
use crate::app::execute::Entente;
use crate::app::ouvrir::{self, Absente};
use crate::app::reglages::Dits;
use crate::web::DemoVue;
use chrono::{TimeDelta, Utc};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(clap::Args)]
pub struct Command {
    /// Jouer l'histoire et s'arrêter là
    #[arg(long)]
    no_serve: bool,
    /// Adresse d'écoute, sur cette machine (par défaut 127.0.0.1:8080)
    #[arg(long, value_name = "ADRESSE")]
    listen: Option<String>,
    /// Base vide à remplir : sqlite:CHEMIN ou postgres://… (par défaut data/demo.db, refaite)
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

/// The demonstration's own file, and its contract.
const FICHIER: &str = "data/demo.db";
const RUBAN: &str = "Démonstration : personnes, établissements et montants sont inventés.";
const CONTRAT: &str = "rives-claires";
/// Everyone signs in with a password, shown on the page: nothing here is anyone's.
const POLITIQUE: Politique = Politique {
    second_facteur: SecondFacteur::Propose,
    longueur_min: 15,
    repos: TimeDelta::hours(12),
    vie: TimeDelta::hours(12),
    essais_compte: 10,
    essais_adresse: 100,
};

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
        let dits = Dits {
            listen: self.listen.clone(),
            ..Dits::default()
        };
        let reglages = dits.reglages()?;
        let atelier = ouvrir::atelier()?;
        let histoire = demo::lire(demo::RIVES_CLAIRES);
        let histoire = histoire.map_err(|p| format!("ligne {} : {}", p.place.line, p.message))?;
        let attente = runtime()?;
        let entente = attente.block_on(self.neuve())?;
        let mut porte = Enregistree::new(&entente, CONTRAT, attente.handle().clone());
        let partie = demo::jouer(&mut porte, atelier, &histoire)?;
        let contrat = porte.contrat();
        let output = if self.json {
            json(&Bilan {
                contrat: histoire.titre.clone(),
                etat: demo::etat_du_contrat(contrat),
                faits: partie.lignes().count(),
                refus: partie.refus(),
                journal_tete: attente
                    .block_on(entente.lire(CONTRAT))
                    .map_err(|e| e.to_string())?
                    .map_or(String::new(), |entree| entree.tete.empreinte.clone()),
            })?
        } else {
            let arbre = demo::arbre(&histoire, &partie, contrat);
            format!(
                "{arbre}\nOù l'on en est\n{}",
                demo::agenda(&partie, contrat)
            )
        };
        let mut answer = Answer { output, good: true };
        let comptes = entente.comptes(POLITIQUE);
        let inscrits = demo::inscrire(&comptes, &histoire, porte.contrat(), Utc::now());
        let inscrites = attente.block_on(inscrits)?;
        if self.no_serve {
            attente.block_on(entente.fermer());
        } else {
            let tire = || uuid::Uuid::now_v7().simple().to_string();
            demo::parler(&mut porte, partie.instant.max(Utc::now()), tire)
                .map_err(|e| e.to_string())?;
            let adresse = reglages.listen;
            let _ = writeln!(
                answer.output,
                "\nOuvrez http://{adresse}/ ; toutes ces personnes ont le mot de passe « {} » :",
                demo::MOT_DE_PASSE
            );
            for i in &inscrites {
                let _ = writeln!(answer.output, "  {} : {} ({})", i.courriel, i.nom, i.place);
            }
            answer.output.push_str("Ctrl-C arrête la démonstration.\n");
            said(&answer)?;
            let demo = Demonstration {
                ruban: RUBAN,
                gens: DemoVue {
                    mot_de_passe: demo::MOT_DE_PASSE.to_owned(),
                    personnes: inscrites
                        .into_iter()
                        .map(|i| [i.nom, i.place, i.courriel])
                        .collect(),
                },
            };
            attente.block_on(servir(entente, comptes, &reglages, Some(demo)))?;
            answer.output.clear();
        }
        Ok(answer)
    }

    /// An empty database: the demonstration's own file is made anew, another must hold nothing.
    async fn neuve(&self) -> Result<Entente, String> {
        if let Some(adresse) = &self.database {
            let entente = ouvrir::ouvrir(adresse, Absente::Creee).await?;
            let vide = entente.vide().await.map_err(|e| e.to_string())?;
            return if vide {
                Ok(entente)
            } else {
                Err(format!(
                    "la base « {adresse} » contient déjà des contrats, et la démonstration attend \
                     une base vide : donnez-en une autre."
                ))
            };
        }
        for suffixe in ["", "-wal", "-shm"] {
            let fichier = format!("{FICHIER}{suffixe}");
            match std::fs::remove_file(&fichier) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(format!("le fichier « {fichier} » ne s'efface pas ({e})."));
                }
                _ => {}
            }
        }
        ouvrir::ouvrir(&format!("sqlite:{FICHIER}"), Absente::Creee).await
    }
}
