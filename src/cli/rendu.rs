//! Problems in a terminal: the source line and a caret under the place.

use crate::workflow::problem::{Place, Problem};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use std::fmt::Write as _;
use std::io::IsTerminal;

/// The problems of one file, as a person reads them.
pub fn problems(file: &str, source: &str, problems: &[Problem]) -> String {
    let theme = if std::io::stdout().is_terminal() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(WIDTH)
        .with_context_lines(1);
    let mut page = String::new();
    for problem in problems {
        let located = problem.place.line > 0;
        let code = code_name(problem);
        let mut diagnostic = MietteDiagnostic::new(problem.message.clone()).with_code(&code);
        if located {
            let label = Some("ici".to_owned());
            diagnostic = diagnostic.with_label(word(source, problem.place, label));
        }
        if !problem.path.is_empty() {
            diagnostic = diagnostic.with_help(format!("chemin : {}", problem.path.join(" → ")));
        }
        let report = miette::Report::new(diagnostic)
            .with_source_code(NamedSource::new(file, source.to_owned()));
        // Writing to a String cannot fail; a renderer that could not draw leaves the plain line.
        if handler.render_report(&mut page, report.as_ref()).is_err() {
            let _ = writeln!(page, "{code} : {}", problem.message);
        }
        page.push('\n');
    }
    page
}

/// Columns of a terminal page.
const WIDTH: usize = 100;

/// The code as the JSON writes it.
fn code_name(problem: &Problem) -> String {
    match serde_json::to_value(problem.code) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The word that stands at a place; columns count characters.
fn word(source: &str, place: Place, label: Option<String>) -> LabeledSpan {
    let lines_before = (place.line as usize).saturating_sub(1);
    let start: usize = source
        .split_inclusive('\n')
        .take(lines_before)
        .map(str::len)
        .sum();
    let line = source[start..].split('\n').next().unwrap_or("");
    let before = (place.column as usize).saturating_sub(1);
    let column: usize = line.chars().take(before).map(char::len_utf8).sum();
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | ')' | ']' | '}');
    let length = line[column..].find(ends).unwrap_or(line.len() - column);
    LabeledSpan::new(label, start + column, length.max(1))
}
