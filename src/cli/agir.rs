//! `entente agir`: requests on the standard input, one JSON document per line; one answer per line,
//! given once the request is on the disk.

use super::base::Database;
use super::{Answer, Outcome};
use crate::app::execute::{Entente, Ordre};
use crate::app::ouvrir::Absente;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::io::{self, Write as _};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

#[derive(clap::Args)]
pub struct Command {
    #[command(flatten)]
    database: Database,
}

/// One line read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demande {
    contrat: String,
    /// When it is asked; now when absent.
    #[serde(default)]
    instant: Option<DateTime<Utc>>,
    #[serde(flatten)]
    ordre: Ordre,
}

/// One line answered.
#[derive(Serialize)]
struct Reponse {
    /// What was asked is done.
    fait: bool,
    /// It had been done before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deja: bool,
    /// The lines it wrote, from and to.
    #[serde(skip_serializing_if = "Option::is_none")]
    lignes: Option<(u64, u64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phrase: Option<String>,
}

/// The longest line read, in bytes.
const LIGNE: u64 = 1 << 20;

impl Command {
    pub fn run(self) -> Outcome {
        let bon = self.database.avec(Absente::Creee, async |entente| {
            let mut entree = BufReader::new(tokio::io::stdin());
            let mut bon = true;
            loop {
                let lue = lit(&mut entree).await;
                let lue = lue.map_err(|e| format!("L'entrée ne se lit pas ({e})."))?;
                let Some(ligne) = lue else {
                    return Ok(bon);
                };
                let reponse = repond(&entente, &ligne).await;
                bon &= reponse.fait;
                dit(&reponse)?;
            }
        })?;
        Ok(Answer {
            output: String::new(),
            good: bon,
        })
    }
}

/// One line, whole; what exceeds [`LIGNE`] by more than one byte is let go. None: the end.
async fn lit(entree: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut ligne = Vec::new();
    let mut reste = Vec::new();
    let lus = (&mut *entree)
        .take(LIGNE + 1)
        .read_until(b'\n', &mut ligne)
        .await?;
    while ligne.len() as u64 > LIGNE && ligne.last() != Some(&b'\n') {
        reste.clear();
        let lus = (&mut *entree)
            .take(LIGNE)
            .read_until(b'\n', &mut reste)
            .await?;
        if lus == 0 || reste.last() == Some(&b'\n') {
            break;
        }
    }
    Ok((lus > 0).then_some(ligne))
}

async fn repond(entente: &Entente, ligne: &[u8]) -> Reponse {
    if ligne.len() as u64 > LIGNE {
        let phrase = format!("Cette demande dépasse {LIGNE} octets. Raccourcissez-la.");
        return refusee("illisible".to_owned(), phrase);
    }
    let demande: Demande = match serde_json::from_slice(ligne) {
        Ok(demande) => demande,
        Err(erreur) => {
            let phrase = format!("Cette demande ne se lit pas ({erreur}).");
            return refusee("illisible".to_owned(), phrase);
        }
    };
    let instant = demande.instant.unwrap_or_else(Utc::now);
    match entente
        .executer(&demande.contrat, demande.ordre, instant)
        .await
    {
        Ok(recu) => Reponse {
            fait: true,
            deja: recu.deja,
            lignes: Some((recu.premiere, recu.derniere)),
            code: None,
            phrase: None,
        },
        Err(echec) => refusee(echec.code(), echec.to_string()),
    }
}

fn refusee(code: String, phrase: String) -> Reponse {
    Reponse {
        fait: false,
        deja: false,
        lignes: None,
        code: Some(code),
        phrase: Some(phrase),
    }
}

fn dit(reponse: &Reponse) -> Result<(), String> {
    let texte = serde_json::to_string(reponse).map_err(|e| e.to_string())?;
    let mut sortie = io::stdout().lock();
    let ecrite = writeln!(sortie, "{texte}").and_then(|()| sortie.flush());
    ecrite.map_err(|e| format!("La réponse ne peut pas être écrite sur la sortie ({e})."))
}
