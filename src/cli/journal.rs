//! `entente journal`: checks the journal, shows a contract's history.

use super::base::Database;
use super::{Answer, Outcome, json};
use crate::app::bordereau::Scelles;
use crate::app::horodatage::Autorite;
use crate::app::ouvrir::Absente;
use crate::app::recit;
use crate::app::verifier::Rapport;
use clap::Subcommand;
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Command {
    /// Vérifier toutes les chaînes et toutes les têtes
    Verify {
        #[command(flatten)]
        database: Database,
        /// Vérifier ce que voit une partie, les écrits privés des autres étant caviardés
        #[arg(long, value_name = "PARTIE")]
        redacted: Option<String>,
        /// Comparer aussi le journal aux bordereaux quotidiens
        #[arg(long)]
        bordereaux: bool,
        /// Certificats (PEM) de l'autorité d'horodatage, pour juger aussi les jetons
        #[arg(long, env = "ENTENTE_TSA_CERTIFICATS", value_name = "FICHIER")]
        tsa_certificats: Option<PathBuf>,
        /// Répondre en JSON
        #[arg(long)]
        json: bool,
    },
    /// Raconter l'histoire d'un contrat, ou d'un de ses flux
    Show {
        /// CONTRAT, ou CONTRAT/FLUX (rives-claires/cpom/eprd-annuel-2026)
        #[arg(value_name = "FLUX")]
        flux: String,
        #[command(flatten)]
        database: Database,
        /// Répondre en JSON
        #[arg(long)]
        json: bool,
    },
}

/// What is to be verified.
struct Quoi {
    partie: Option<String>,
    bordereaux: bool,
    autorite: Option<Autorite>,
}

impl Command {
    pub fn run(self) -> Outcome {
        match self {
            Self::Verify {
                database,
                redacted,
                bordereaux,
                tsa_certificats,
                json,
            } => {
                let certificats = tsa_certificats.filter(|_| bordereaux);
                let autorite = certificats.map(|fichier| Autorite::nouvelle("", &fichier));
                let quoi = Quoi {
                    partie: redacted,
                    bordereaux,
                    autorite: autorite.transpose()?,
                };
                Self::verifie(&database, &quoi, json)
            }
            Self::Show {
                flux,
                database,
                json,
            } => Self::raconte(&database, &flux, json),
        }
    }

    fn verifie(database: &Database, quoi: &Quoi, en_json: bool) -> Outcome {
        let rapport = database.avec(Absente::Refusee, async |entente| {
            let partie = quoi.partie.as_deref();
            let rapport = if quoi.bordereaux {
                entente
                    .verifier_bordereaux(partie, quoi.autorite.as_ref())
                    .await
            } else {
                entente.verifier(partie).await
            };
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

    fn raconte(database: &Database, flux: &str, en_json: bool) -> Outcome {
        let recit = database.avec(Absente::Refusee, async |entente| {
            recit::lire(&entente, flux).await
        })?;
        Ok(Answer {
            good: true,
            output: if en_json {
                json(&recit)?
            } else {
                recit.arbre()
            },
        })
    }
}

fn dit(rapport: &Rapport) -> String {
    let Rapport { streams, facts, .. } = rapport;
    let mut texte = format!("{facts} événements en {streams} flux : ");
    if rapport.broken.is_empty() {
        texte.push_str("toutes les chaînes et toutes les têtes sont intactes.\n");
    }
    if let Some(scelles) = &rapport.bordereaux {
        let Scelles {
            jours,
            horodates,
            juges,
        } = scelles;
        let _ = writeln!(
            texte,
            "{jours} bordereaux comparés ; {horodates} portent un horodatage, {juges} ont été \
             jugés."
        );
    }
    if rapport.broken.is_empty() {
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
