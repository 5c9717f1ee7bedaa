//! `entente workflow`: prove files, draw them, give their schema.

use super::{Answer, Outcome, json, rendu};
use crate::app::preuve::{self, Judgement, NetJudgement};
use crate::regles::calendrier::civil_date;
use crate::workflow::check::{Report, Verdict};
use crate::workflow::definition::schema::schema;
use crate::workflow::export::{Source, bpmn, mermaid, pnml, svg, twin};
use crate::workflow::net;

use chrono::{Days, NaiveDate};
use clap::{Subcommand, ValueEnum};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum Command {
    /// Prouver des fichiers de workflow, ou juger des réseaux de Petri
    Check {
        /// Fichiers YAML (ou PNML avec --net)
        #[arg(required = true, value_name = "FICHIER")]
        files: Vec<PathBuf>,
        /// Juger des réseaux de Petri (PNML)
        #[arg(long)]
        net: bool,
        /// Répondre en JSON
        #[arg(long)]
        json: bool,
    },
    /// Dessiner ou convertir un workflow, sur la sortie
    Export {
        /// Format de sortie
        #[arg(long, value_enum)]
        format: Format,
        #[arg(value_name = "FICHIER")]
        file: PathBuf,
    },
    /// Donner le schéma JSON du langage, pour les éditeurs
    Schema,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// Réseau de Petri, pour les outils de preuve
    Pnml,
    /// BPMN 2.0 avec sa mise en page
    Bpmn,
    /// Dessin
    Svg,
    /// Diagramme d'états Mermaid
    Mermaid,
    /// Le même contenu, en texte
    Texte,
}

impl Command {
    pub fn run(self) -> Outcome {
        match self {
            Command::Check {
                files,
                net: false,
                json,
            } => check(&files, json),
            Command::Check {
                files,
                net: true,
                json,
            } => check_nets(&files, json),
            Command::Export { format, file } => export_file(format, &file),
            Command::Schema => Ok(Answer {
                output: json(&schema())?,
                good: true,
            }),
        }
    }
}

fn check(files: &[PathBuf], as_json: bool) -> Outcome {
    let today = civil_date(chrono::Utc::now());
    let judged: Result<Vec<Judgement>, String> = files
        .iter()
        .map(|path| {
            let (text, library) = preuve::open(path).map_err(|e| unreadable(path, &e))?;
            let file = path.display().to_string();
            Ok(preuve::prove(&file, &text, &library, today))
        })
        .collect();
    let judged = judged?;
    Ok(Answer {
        output: if as_json {
            json(&judged)?
        } else {
            judged.iter().map(|j| told(j, today)).collect()
        },
        good: judged.iter().all(Judgement::sound),
    })
}

fn check_nets(files: &[PathBuf], as_json: bool) -> Outcome {
    let judged: Result<Vec<NetJudgement>, String> = files
        .iter()
        .map(|path| preuve::judge(path).map_err(|e| unreadable(path, &e)))
        .collect();
    let judged = judged?;
    Ok(Answer {
        output: if as_json {
            json(&judged)?
        } else {
            judged.iter().map(told_net).collect()
        },
        good: judged
            .iter()
            .all(|j| j.judgement.verdict == net::Verdict::Sound),
    })
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    let cause = match error.kind() {
        io::ErrorKind::NotFound => "il n'existe pas".to_owned(),
        io::ErrorKind::PermissionDenied => "sa lecture n'est pas permise".to_owned(),
        io::ErrorKind::IsADirectory => "c'est un dossier".to_owned(),
        _ => error.to_string(),
    };
    format!(
        "Le fichier « {} » ne peut pas être lu : {cause}. Vérifiez le chemin.",
        path.display()
    )
}

/// One file, as a person reads it: the verdict, the problems in their lines, the vetoes, the dates.
fn told(judged: &Judgement, today: NaiveDate) -> String {
    let report = &judged.report;
    let mut page = match report.verdict {
        Verdict::Sound => format!("{} : prouvé ({} cas).\n", judged.file, report.combinations),
        Verdict::Refused => format!(
            "{} : refusé, {} défaut(s).\n",
            judged.file,
            report.problems.len()
        ),
        Verdict::Undecided => format!("{} : indécis, donc refusé.\n", judged.file),
    };
    page += &rendu::problems(&judged.file, &judged.source, &report.problems);
    if report.verdict == Verdict::Sound {
        page += &dates(report, today);
        page += &vetoes(report);
    }
    for notice in &report.notices {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "  note, ligne {} : {}",
            notice.place.line, notice.message
        );
    }
    page
}

/// How long the road is, for everyone and for each party, with the dates of a start today.
fn dates(report: &Report, today: NaiveDate) -> String {
    let on = |days: i64| {
        let date = u64::try_from(days)
            .ok()
            .and_then(|d| today.checked_add_days(Days::new(d)));
        date.map_or_else(String::new, |d| d.format("%d/%m/%Y").to_string())
    };
    let mut page = format!(
        "  du départ à l'engagement, ou à la fin : {} jours au plus long, {} au plus court ; \
         parti le {}, au plus tard le {}\n",
        report.critical_path_days,
        report.shortest_days,
        today.format("%d/%m/%Y"),
        on(report.critical_path_days)
    );
    for (party, days) in &report.by_party {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "    {party} prend tout son temps, les autres aucun : {} jours, le {}",
            days.critical_path_days,
            on(days.critical_path_days)
        );
    }
    page
}

fn vetoes(report: &Report) -> String {
    let mut page = String::new();
    for veto in &report.vetoes {
        let meant = if veto.intended {
            "voulu"
        } else {
            "suivi d'une escalade"
        };
        let _ = writeln!(
            page,
            "  veto de {} dans {} ({}), {meant}",
            veto.party, veto.state, veto.combination
        );
    }
    page
}

fn told_net(judged: &NetJudgement) -> String {
    let verdict = match judged.judgement.verdict {
        net::Verdict::Sound => "sain",
        net::Verdict::Unsound => "non sain",
        net::Verdict::Undecided => "indécis",
        net::Verdict::Refused => "refusé",
    };
    format!("{} : {verdict}.\n", judged.file)
        + &rendu::problems(&judged.file, &judged.source, &judged.judgement.problems)
}

fn export_file(format: Format, path: &Path) -> Outcome {
    let (text, library) = preuve::open(path).map_err(|e| unreadable(path, &e))?;
    let workflow = match library.load(&text) {
        Ok(workflow) => workflow,
        Err(problems) => {
            let source = String::from_utf8_lossy(&text);
            return Err(format!(
                "Le fichier « {} » ne peut pas être exporté, car il n'est pas lu :\n{}",
                path.display(),
                rendu::problems(&path.display().to_string(), &source, &problems)
            ));
        }
    };
    Ok(Answer {
        output: written(format, library.source(&workflow))?,
        good: true,
    })
}

fn written(format: Format, source: Source<'_>) -> Result<String, String> {
    Ok(match format {
        Format::Bpmn => bpmn::write(source),
        Format::Mermaid => mermaid::write(source),
        Format::Pnml => pnml::write(source).ok_or(
            "Les parties et les régions de ce fichier font trop de cas pour un seul réseau. \
             Découpez le fichier.",
        )?,
        Format::Svg => svg::draw(source, &BTreeSet::new()),
        Format::Texte => twin::text(source),
    })
}
