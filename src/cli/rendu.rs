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
        .with_context_lines(0);
    let mut page = String::new();
    for problem in problems {
        let located = problem.place.line > 0;
        let code = code_name(problem);
        let mut diagnostic = MietteDiagnostic::new(problem.message.clone()).with_code(code);
        if located {
            let at = offset(source, problem.place);
            diagnostic = diagnostic.with_label(LabeledSpan::at_offset(at, "ici"));
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

/// The byte a place stands at; columns count characters.
fn offset(source: &str, place: Place) -> usize {
    let lines_before = (place.line as usize).saturating_sub(1);
    let start: usize = source
        .split_inclusive('\n')
        .take(lines_before)
        .map(str::len)
        .sum();
    let line = source[start..].split('\n').next().unwrap_or("");
    let before = (place.column as usize).saturating_sub(1);
    start + line.chars().take(before).map(char::len_utf8).sum::<usize>()
}
