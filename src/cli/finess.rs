//! `entente finess`: form and key of numbers. Whether they are attributed is not known here.

use super::{Answer, Outcome, json};
use crate::metier::finess::Finess;
use clap::Subcommand;
use serde::Serialize;

#[derive(Subcommand)]
pub enum Command {
    /// Vérifier la forme et la clé de numéros FINESS
    Verifier {
        /// Numéros à vérifier (espaces tolérées)
        #[arg(required = true, value_name = "NUMERO")]
        numeros: Vec<String>,
        /// Répondre en JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Verdict {
    numero: String,
    valide: bool,
    /// Why not.
    motif: Option<String>,
}

impl Command {
    pub fn run(self) -> Outcome {
        let Command::Verifier { numeros, json } = self;
        verify(numeros, json)
    }
}

fn verify(numeros: Vec<String>, as_json: bool) -> Outcome {
    let verdicts: Vec<Verdict> = numeros.into_iter().map(verdict).collect();
    Ok(Answer {
        output: if as_json {
            json(&verdicts)?
        } else {
            told(&verdicts)
        },
        good: verdicts.iter().all(|verdict| verdict.valide),
    })
}

fn verdict(numero: String) -> Verdict {
    let motif = Finess::parse(&numero)
        .err()
        .map(|refusal| refusal.to_string());
    Verdict {
        numero,
        valide: motif.is_none(),
        motif,
    }
}

fn told(verdicts: &[Verdict]) -> String {
    let line = |Verdict { numero, motif, .. }: &Verdict| match motif {
        None => format!("{numero} : valide.\n"),
        Some(motif) => format!("{numero} : refusé. {motif}\n"),
    };
    verdicts.iter().map(line).collect()
}
