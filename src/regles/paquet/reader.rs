//! From a YAML tree to a pack.

use super::kind::{Kind, boolean};
use super::{DatedValue, Paquet, Rule, Silence};
use crate::regles::calendrier::parse_date;
use crate::regles::delai::Mode;
use crate::regles::problem::{Code, Problem};
use crate::regles::value::Value;
use crate::regles::yaml::field::Fields;
use crate::regles::yaml::{Key, Node};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The longest name of a pack or a rule.
const MAX_NAME_CHARS: usize = 64;

const PACK_KEYS: &[&str] = &["pack", "title", "rules"];
const RULE_KEYS: &[&str] = &["title", "kind", "silence", "values"];
const VALUE_KEYS: &[&str] = &[
    "from",
    "to",
    "value",
    "mode",
    "report",
    "source",
    "link",
    "confirmed",
    "note",
];
const SILENCES: &[(&str, Silence)] = &[
    ("approved", Silence::Approved),
    ("rejected", Silence::Rejected),
    ("none", Silence::None),
];

pub fn read(root: &Node) -> Result<Paquet, Vec<Problem>> {
    let mut fields =
        Fields::of(root, "le paquet de règles".into(), PACK_KEYS).map_err(|p| vec![p])?;
    let id = pack_name(&mut fields);
    let title = fields.text("title");
    let mut rules = BTreeMap::new();
    for (key, node) in blocks(&mut fields) {
        match rule(key, node) {
            Ok(rule) => {
                rules.insert(key.text.clone(), rule);
            }
            Err(problems) => fields.problems.extend(problems),
        }
    }
    let mut problems = fields.problems;
    match (id, title) {
        (Some(id), Some(title)) if problems.is_empty() => Ok(Paquet { id, title, rules }),
        _ => {
            problems.sort_by_key(|problem| problem.place);
            Err(problems)
        }
    }
}

fn pack_name(fields: &mut Fields) -> Option<String> {
    let name = fields.text("pack")?;
    let formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= MAX_NAME_CHARS
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !formed && let Some(node) = fields.optional("pack") {
        fields.expected(
            "pack",
            "un nom en minuscules sans accent, chiffres et tirets",
            node,
        );
    }
    formed.then_some(name)
}

/// The rules' blocks, when there is at least one.
fn blocks<'a>(fields: &mut Fields<'a>) -> &'a [(Key, Node)] {
    let Some(node) = fields.required("rules") else {
        return &[];
    };
    match node.map() {
        Some(entries) if !entries.is_empty() => entries,
        _ => {
            fields.expected("rules", "au moins une règle", node);
            &[]
        }
    }
}

fn rule(key: &Key, node: &Node) -> Result<Rule, Vec<Problem>> {
    let what = format!("la règle {}", key.text);
    let mut fields = Fields::of(node, what.clone(), RULE_KEYS).map_err(|p| vec![p])?;
    let id = key.text.as_str();
    let formed = id.starts_with(|c: char| c.is_ascii_uppercase())
        && id.len() <= MAX_NAME_CHARS
        && id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if !formed {
        let message = format!(
            "Une règle se nomme en majuscules sans accent, chiffres et « _ », comme \
             T_EPRD_APPROB ; trouvé « {id} »."
        );
        fields.refuse(Code::Syntaxe, key.place, message);
    }
    let title = fields.text("title");
    let kind = fields.required("kind");
    let kind = kind.and_then(|node| fields.one_of("kind", node, Kind::ALL));
    let silence = fields.optional("silence");
    let silence = silence.and_then(|node| fields.one_of("silence", node, SILENCES));
    let values = kind.map(|kind| dated_values(&mut fields, &what, kind));
    match (title, kind, values) {
        (Some(title), Some(kind), Some(values)) if fields.problems.is_empty() => Ok(Rule {
            title,
            kind,
            silence,
            values,
            place: key.place,
        }),
        _ => Err(fields.problems),
    }
}

/// The values of a rule, by first day in force.
fn dated_values(fields: &mut Fields, what: &str, kind: Kind) -> Vec<DatedValue> {
    let Some(node) = fields.required("values") else {
        return Vec::new();
    };
    let items = node.seq().unwrap_or_default();
    if items.is_empty() {
        fields.expected("values", "une liste d'au moins une valeur datée", node);
    }
    let mut values = Vec::new();
    for item in items {
        match dated_value(item, what, kind) {
            Ok(value) => values.push(value),
            Err(problems) => fields.problems.extend(problems),
        }
    }
    values.sort_by_key(|value| value.from);
    for pair in values.windows(2) {
        let [earlier, later] = pair else { continue };
        if earlier.in_force(later.from) {
            let message = format!(
                "Dans {what}, deux valeurs sont en vigueur le {} (l'autre est ligne {}) : donnez \
                 à la plus ancienne son dernier jour (« to »).",
                later.from, earlier.place.line
            );
            fields.refuse(Code::Syntaxe, later.place, message);
        }
    }
    values
}

fn dated_value(node: &Node, what: &str, kind: Kind) -> Result<DatedValue, Vec<Problem>> {
    let mut fields =
        Fields::of(node, format!("une valeur de {what}"), VALUE_KEYS).map_err(|p| vec![p])?;
    let from = fields.required("from");
    let from = from.and_then(|node| date(&mut fields, node));
    let to = fields.optional("to");
    let to = to.and_then(|node| date(&mut fields, node));
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let message =
            format!("La valeur finit le {to}, avant de commencer le {from} : corrigez les dates.");
        fields.refuse(Code::Syntaxe, node.place, message);
    }
    let value = fields.required("value");
    let value = value.and_then(|node| typed(&mut fields, node, kind));
    let source = fields.text("source");
    let link = link(&mut fields);
    let confirmed = fields.required("confirmed");
    let confirmed = confirmed.and_then(|node| truth(&mut fields, "confirmed", node));
    let note = fields.optional_text("note");
    match (from, value, source, confirmed) {
        (Some(from), Some(value), Some(source), Some(confirmed)) if fields.problems.is_empty() => {
            Ok(DatedValue {
                from,
                to,
                value,
                source,
                link,
                confirmed,
                note,
                place: node.place,
            })
        }
        _ => Err(fields.problems),
    }
}

fn date(fields: &mut Fields, node: &Node) -> Option<NaiveDate> {
    let read = parse_date(node.scalar().unwrap_or_default());
    read.map_err(|refusal| fields.refuse(Code::Type, node.place, refusal.to_string()))
        .ok()
}

fn truth(fields: &mut Fields, key: &str, node: &Node) -> Option<bool> {
    let read = node.scalar().and_then(boolean);
    if read.is_none() {
        fields.expected(key, "true ou false", node);
    }
    read
}

fn link(fields: &mut Fields) -> Option<String> {
    let link = fields.optional_text("link")?;
    let formed = link.starts_with("https://") || link.starts_with("http://");
    if !formed && let Some(node) = fields.optional("link") {
        fields.expected("link", "une adresse qui commence par https://", node);
    }
    formed.then_some(link)
}

/// The value in the rule's kind; for a duration, with its way of counting.
fn typed(fields: &mut Fields, node: &Node, kind: Kind) -> Option<Value> {
    let value = kind
        .read(node)
        .map_err(|message| fields.refuse(Code::Type, node.place, message))
        .ok()?;
    let mode = fields.optional("mode");
    let report = fields.optional("report");
    let Value::Duration(mut delai) = value else {
        for (key, node) in [("mode", mode), ("report", report)] {
            if let Some(node) = node {
                let message = format!("« {key} » n'a de sens que pour un délai : retirez-le.");
                fields.refuse(Code::Type, node.place, message);
            }
        }
        return Some(value);
    };
    if let Some(node) = mode {
        let mode = fields.one_of("mode", node, Mode::NAMES)?;
        delai = delai
            .with_mode(mode)
            .map_err(|refusal| fields.refuse(Code::Type, node.place, refusal.to_string()))
            .ok()?;
    }
    if let Some(node) = report {
        delai.report = truth(fields, "report", node)?;
    }
    Some(Value::Duration(delai))
}
