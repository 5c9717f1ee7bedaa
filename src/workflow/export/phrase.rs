//! A condition in French: the catalogue's words for facts, the pack's values for rules. What it has
//! no words for stays as it is written.

use super::Source;

/// Tells a condition or a date as written in a file.
pub fn phrase(source: &Source<'_>, text: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (piece, after) = if first.is_alphabetic() {
            name(source, rest)
        } else if first == '\'' || first == '"' {
            quoted(rest, first)
        } else {
            operator(rest)
        };
        told.push_str(&piece);
        rest = after;
    }
    told
}

/// A fact, a call or a word, and what follows it.
fn name<'t>(source: &Source<'_>, text: &'t str) -> (String, &'t str) {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    if let Some((arguments, after)) = call(after) {
        return (told(source, name, &arguments), after);
    }
    let word = match name {
        "true" => "vrai".to_owned(),
        "false" => "faux".to_owned(),
        "in" => "dans".to_owned(),
        "branches.open" => "branches ouvertes".to_owned(),
        "branches.total" => "branches".to_owned(),
        _ => match source.catalogue.fact(name) {
            Some(fact) => format!("« {} »", fact.title),
            None => name.to_owned(),
        },
    };
    (word, after)
}

/// The arguments of a call, and what follows its parenthesis.
fn call(text: &str) -> Option<(Vec<&str>, &str)> {
    let inner = text.strip_prefix('(')?;
    let mut depth = 0;
    let mut start = 0;
    let mut arguments = Vec::new();
    for (at, c) in inner.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' if depth == 0 => {
                arguments.push(inner[start..at].trim());
                return Some((arguments, &inner[at + 1..]));
            }
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

fn told(source: &Source<'_>, name: &str, arguments: &[&str]) -> String {
    let each: Vec<String> = arguments.iter().map(|a| phrase(source, a)).collect();
    match (name, arguments, &each[..]) {
        ("rule", [id], _) => source.rule(id).unwrap_or_else(|| format!("la règle {id}")),
        ("date", _, [year, day]) => format!("{day} de l'année {year}"),
        ("date", _, [year, month, day]) => format!("{day:0>2}/{month:0>2} de l'année {year}"),
        ("has", _, [fact]) => format!("{fact} connu"),
        ("done", _, [act]) => format!("l'acte {act} est fait"),
        ("min", ..) => format!("au plus tôt : {}", each.join(" ou ")),
        ("max", ..) => format!("au plus tard : {}", each.join(" ou ")),
        ("euros", _, [amount]) => format!("{amount} €"),
        ("percent", _, [rate]) => format!("{rate} %"),
        ("branches.count", _, [state]) => format!("branches en {state}"),
        _ => format!("{name}({})", each.join(", ")),
    }
}

fn quoted(text: &str, quote: char) -> (String, &str) {
    let inner = &text[quote.len_utf8()..];
    match inner.split_once(quote) {
        Some((word, after)) => (format!("« {word} »"), after),
        None => (text.to_owned(), ""),
    }
}

fn operator(text: &str) -> (String, &str) {
    const WORDS: [(&str, &str); 7] = [
        ("&&", "et"),
        ("||", "ou"),
        ("==", "="),
        ("!=", "≠"),
        ("<=", "≤"),
        (">=", "≥"),
        ("-", "−"),
    ];
    for (written, word) in WORDS {
        if let Some(after) = text.strip_prefix(written) {
            return (word.to_owned(), after);
        }
    }
    if let Some(after) = text.strip_prefix('!') {
        return ("non ".to_owned(), after);
    }
    let end = text.chars().next().map_or(0, char::len_utf8);
    (text[..end].to_owned(), &text[end..])
}
