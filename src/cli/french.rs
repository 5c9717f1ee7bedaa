//! The command line's own words, in French: help pages and usage errors.

use super::{Answer, Outcome};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use std::error::Error;

/// The space that French puts before the colon which clap adds.
const ARGUMENTS: &str = "Arguments\u{a0}";
const COMMANDS: &str = "Commandes\u{a0}";
const OPTIONS: &str = "Options\u{a0}";
const TEMPLATE: &str = "{about-with-newline}\nUsage : {usage}\n\n{all-args}";

/// The same commands with French headings, help and version flags.
pub fn localized(command: Command) -> Command {
    let versioned = command.get_version().is_some();
    let command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading(COMMANDS)
        .subcommand_value_name("COMMANDE")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .mut_args(french_argument)
        .arg(flag("help", 'h', ArgAction::Help).help("Afficher cette aide"));
    let command = if versioned {
        command.arg(flag("version", 'V', ArgAction::Version).help("Afficher la version"))
    } else {
        command
    };
    command.mut_subcommands(localized)
}

/// The help of each argument says its values and its default itself: clap says them in English.
fn french_argument(arg: Arg) -> Arg {
    let heading = if arg.is_positional() {
        ARGUMENTS
    } else {
        OPTIONS
    };
    let takes_values = arg.get_action().takes_values();
    arg.help_heading(heading)
        .hide_default_value(takes_values)
        .hide_possible_values(takes_values)
}

fn flag(name: &'static str, short: char, action: ArgAction) -> Arg {
    Arg::new(name)
        .long(name)
        .short(short)
        .action(action)
        .help_heading(OPTIONS)
}

/// Help is an answer; anything else is one sentence.
pub fn outcome(error: &clap::Error) -> Outcome {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Answer {
            output: error.render().to_string(),
            good: true,
        }),
        _ => Err(sentence(error)),
    }
}

fn sentence(error: &clap::Error) -> String {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    let said = match error.kind() {
        ErrorKind::ValueValidation => match error.source() {
            Some(reason) => return format!("{argument} : {reason}"),
            None => format!("« {value} » ne convient pas pour {argument}."),
        },
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("Il manque une valeur à {argument}.")
        }
        ErrorKind::InvalidValue => format!(
            "{argument} attend {} ; trouvé « {value} ».",
            text(error, ContextKind::ValidValue)
        ),
        ErrorKind::UnknownArgument => format!(
            "L'argument « {argument} » n'est pas connu.{}",
            meant(error, ContextKind::SuggestedArg)
        ),
        ErrorKind::InvalidSubcommand => format!(
            "La commande « {} » n'est pas connue.{}",
            text(error, ContextKind::InvalidSubcommand),
            meant(error, ContextKind::SuggestedSubcommand)
        ),
        ErrorKind::MissingRequiredArgument => {
            format!("Il manque {}.", argument.trim_end_matches('.'))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "Il manque une commande.".into()
        }
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg) {
            other if other == argument => format!("{argument} est écrit deux fois."),
            other => format!("{argument} et {other} ne vont pas ensemble."),
        },
        ErrorKind::TooManyValues => format!("« {value} » est de trop pour {argument}."),
        ErrorKind::InvalidUtf8 => "Un argument n'est pas du texte UTF-8.".into(),
        _ => "Cette ligne de commande n'est pas comprise.".into(),
    };
    format!("{said} L'option --help donne l'usage.")
}

/// « Vouliez-vous écrire … ? », when something near is known.
fn meant(error: &clap::Error, kind: ContextKind) -> String {
    match text(error, kind) {
        near if near.is_empty() => near,
        near => format!(" Vouliez-vous écrire « {near} » ?"),
    }
}

/// What the error knows, as text; empty when it does not know.
fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
