//! The command line: a contract with scripts. One file per family of commands.

mod abonnements;
mod agir;
mod base;
mod besoins;
mod comptes;
mod delais;
mod demo;
mod eprd;
mod export;
mod finess;
mod french;
mod import;
mod journal;
mod purger;
mod rendu;
mod repertoire;
mod sauvegarde;
mod semer;
mod serve;
mod workflow;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use serde::Serialize;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "entente",
    version,
    about = "Porter un CPOM à plusieurs parties"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Faire ce que des demandes disent, une par ligne sur l'entrée (JSON)
    Agir(agir::Command),
    /// Agréger les besoins des personnes accompagnées
    #[command(subcommand)]
    Besoins(besoins::Command),
    /// Inscrire des organisations, inviter leurs premières personnes
    #[command(subcommand)]
    Comptes(comptes::Command),
    /// Compter les délais légaux
    #[command(subcommand)]
    Delais(delais::Command),
    /// Jouer l'histoire de démonstration
    Demo(demo::Command),
    /// Lire et contrôler un EPRD
    #[command(subcommand)]
    Eprd(eprd::Command),
    /// Sortir les tableaux, ou toute la base
    #[command(subcommand)]
    Export(export::Command),
    /// Vérifier les numéros FINESS
    #[command(subcommand)]
    Finess(finess::Command),
    /// Prendre des fichiers du dehors
    #[command(subcommand)]
    Import(import::Command),
    /// Vérifier le journal
    #[command(subcommand)]
    Journal(journal::Command),
    /// Effacer ce qui a passé sa durée de conservation, et en rendre compte
    Purger(purger::Command),
    /// Restaurer une sauvegarde dans une base vide, et la vérifier
    Restaurer(sauvegarde::Restaurer),
    /// Sauvegarder la base dans un fichier, sans l'arrêter
    Sauvegarder(sauvegarde::Sauvegarder),
    /// Semer un pays fictif, pour éprouver la charge
    Semer(semer::Command),
    /// Servir les pages, laisser passer le temps, faire les travaux
    Serve(serve::Command),
    /// Prouver, dessiner et décrire les fichiers de workflow
    #[command(subcommand)]
    Workflow(workflow::Command),
}

impl Command {
    fn run(self) -> Outcome {
        match self {
            Command::Agir(command) => command.run(),
            Command::Besoins(command) => command.run(),
            Command::Comptes(command) => command.run(),
            Command::Delais(command) => command.run(),
            Command::Demo(command) => command.run(),
            Command::Eprd(command) => command.run(),
            Command::Export(command) => command.run(),
            Command::Finess(command) => command.run(),
            Command::Import(command) => command.run(),
            Command::Journal(command) => command.run(),
            Command::Purger(command) => command.run(),
            Command::Restaurer(command) => command.run(),
            Command::Sauvegarder(command) => command.run(),
            Command::Semer(command) => command.run(),
            Command::Serve(command) => command.run(),
            Command::Workflow(command) => command.run(),
        }
    }
}

/// What a command says on the standard output, and whether the answer is yes (exit code 0) or no
/// (exit code 1).
struct Answer {
    output: String,
    good: bool,
}

/// An answer; or one French sentence for the standard error (exit code 2): what was expected, what
/// was found, what to do.
type Outcome = Result<Answer, String>;

/// One JSON document, for `--json`.
fn json(document: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(document)
        .map(|text| text + "\n")
        .map_err(|error| format!("La réponse ne peut pas être écrite en JSON ({error})."))
}

/// Runs one command. Exit codes: 0 done and good, 1 the answer is no, 2 bad usage.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = french::localized(Cli::command())
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let outcome = match parsed {
        Ok(cli) => cli.command.run(),
        Err(error) => french::outcome(&error),
    };
    match outcome.and_then(|answer| said(&answer)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(sentence) => {
            // Nothing can be told when the standard error is closed too.
            let _ = writeln!(io::stderr(), "entente : {sentence}");
            ExitCode::from(2)
        }
    }
}

/// Writes an answer and gives its verdict back. A reader that left early (`| head`) has what it
/// wanted.
fn said(answer: &Answer) -> Result<bool, String> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(answer.output.as_bytes())
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!(
            "La réponse ne peut pas être écrite sur la sortie ({error})."
        )),
        _ => Ok(answer.good),
    }
}
