//! Proving a file: read, then the seven proofs; or judging anyone's net.

use super::fichiers::{FILE_OCTETS_MAX, Library};
use crate::metier::contrat::faits::CATALOGUE;
use crate::workflow::check::{self, Report, Surroundings, Verdict};
use crate::workflow::definition::model::Workflow;
use crate::workflow::net;
use crate::workflow::problem::{Code, Place, Problem};
use chrono::NaiveDate;
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What `workflow check` says of one file.
#[derive(Debug, Serialize)]
pub struct Judgement {
    pub file: String,
    #[serde(flatten)]
    pub report: Report,
    /// The text judged, to show its lines.
    #[serde(skip)]
    pub source: String,
}

impl Judgement {
    pub fn sound(&self) -> bool {
        self.report.verdict == Verdict::Sound
    }
}

/// Reads a file that a person names, one byte beyond what its reader accepts at most: enough for
/// the reader to refuse it, and nothing larger is kept in memory.
fn bytes(path: &Path, octets_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(octets_max + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A workflow file and the library it is read against: what is shipped, and what stands beside it.
///
/// # Errors
/// The file cannot be opened.
pub fn open(path: &Path) -> io::Result<(Vec<u8>, Library)> {
    let text = bytes(path, FILE_OCTETS_MAX)?;
    let mut library = Library::shipped();
    if let Some(folder) = path.parent() {
        library.add_folder(folder);
    }
    Ok((text, library))
}

/// Proves the text of a file on a day: rules must have a value then.
pub fn prove(file: &str, text: &[u8], library: &Library, on: NaiveDate) -> Judgement {
    let report = match library.load(text) {
        Ok(workflow) => proofs(&workflow, library, on),
        Err(problems) => Report::refused(with_pack(problems, text, library)),
    };
    Judgement {
        file: file.to_owned(),
        report,
        source: String::from_utf8_lossy(text).into_owned(),
    }
}

/// The seven proofs of a workflow already read.
pub fn proofs(workflow: &Workflow, library: &Library, on: NaiveDate) -> Report {
    let Some(pack) = library.pack(&workflow.rules) else {
        let message = format!("Le paquet de règles « {} » n'a pas été lu.", workflow.rules);
        return Report::refused(vec![Problem::new(Code::Inconnu, Place::default(), message)]);
    };
    let surroundings = Surroundings {
        catalogue: &CATALOGUE,
        pack,
        parents: library.parents(),
        on,
    };
    check::check(workflow, surroundings)
}

/// A pack that exists and could not be read is the true cause: its own problems are said first.
fn with_pack(mut problems: Vec<Problem>, text: &[u8], library: &Library) -> Vec<Problem> {
    let text = String::from_utf8_lossy(text);
    let named = text
        .lines()
        .find_map(|line| line.strip_prefix("rules:"))
        .map(str::trim);
    let Some((name, causes)) = named.and_then(|name| library.refused_packs().get_key_value(name))
    else {
        return problems;
    };
    let told = causes.iter().map(|cause| {
        let message = format!(
            "Le paquet de règles « {name} » est refusé, ligne {} : {}",
            cause.place.line, cause.message
        );
        Problem::new(cause.code, Place::default(), message)
    });
    problems.splice(0..0, told);
    problems
}

/// What `workflow check --net` says of one file.
#[derive(Debug, Serialize)]
pub struct NetJudgement {
    pub file: String,
    #[serde(flatten)]
    pub judgement: net::Judgement,
    #[serde(skip)]
    pub source: String,
}

/// Judges anyone's workflow net.
///
/// # Errors
/// The file cannot be opened.
pub fn judge(path: &Path) -> io::Result<NetJudgement> {
    let bytes = bytes(path, net::pnml::MAX_BYTES as u64)?;
    Ok(NetJudgement {
        file: path.display().to_string(),
        judgement: net::check(&bytes),
        source: String::from_utf8_lossy(&bytes).into_owned(),
    })
}
