//! Holds a file's tree against the grammar: unknown keys, missing keys, wrong shapes.
//!
//! What passes here has the keys and shapes the builder reads; names and types come after.

use super::grammar::{Construct, Keys, Shape};
use crate::regles::delai::Delai;
use crate::regles::yaml::{Content, Key, Node};
use crate::workflow::problem::{Code, Place, Problem, nearest};

/// Most defects told of one file: beyond, the reader mends these first.
pub const PROBLEMS_MAX: usize = 100;

/// What to write instead of a name that does not exist: the nearest one, else the list.
pub fn hint(found: &str, known: &[&str]) -> String {
    match nearest(found, known.iter().copied()) {
        Some(near) => format!("Vouliez-vous écrire « {near} » ?"),
        None if known.is_empty() => "Rien de tel n'est déclaré ici.".into(),
        None if known.len() <= KNOWN_MAX => format!("Attendu : {}.", known.join(", ")),
        None => "Voyez le catalogue.".into(),
    }
}

/// Most names listed in a sentence.
const KNOWN_MAX: usize = 24;

/// Every place where the tree departs from the construct, in file order.
pub fn problems(node: &Node, construct: &'static Construct) -> Vec<Problem> {
    let mut checker = Checker {
        problems: Vec::new(),
    };
    checker.construct(node, construct);
    checker.problems.sort_by_key(|p| p.place);
    checker.problems
}

struct Checker {
    problems: Vec<Problem>,
}

impl Checker {
    fn say(&mut self, code: Code, place: Place, message: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem::new(code, place, message));
        }
    }

    fn construct(&mut self, node: &Node, construct: &'static Construct) {
        let Some(entries) = node.map() else {
            let message = format!(
                "Un bloc de clés est attendu pour {} ; {} est trouvé.",
                construct.title,
                node.found()
            );
            return self.say(Code::Syntaxe, node.place, message);
        };
        for (key, value) in entries {
            match construct.keys.iter().find(|k| k.name == key.text) {
                Some(known) => self.shape(value, known.shape, key),
                None => self.unknown(key, value, construct),
            }
        }
        for key in construct.keys.iter().filter(|k| k.required) {
            if node.get(key.name).is_none() {
                let message = format!(
                    "Il manque la clé « {} » dans {}. {}",
                    key.name, construct.title, key.doc
                );
                self.say(Code::Syntaxe, node.place, message);
            }
        }
    }

    fn unknown(&mut self, key: &Key, value: &Node, construct: &'static Construct) {
        if key.text.contains([')', '(']) && value.scalar() == Some("") {
            let message = format!(
                "« {} » est un morceau d'expression coupé à la virgule. Dans {{ … }}, une \
                 expression qui contient une virgule se met entre guillemets.",
                key.text
            );
            return self.say(Code::Syntaxe, key.place, message);
        }
        if self.problems.len() >= PROBLEMS_MAX {
            return;
        }
        let names: Vec<&str> = construct.keys.iter().map(|k| k.name).collect();
        let hint = if key.text == "on" {
            "Les actes s'écrivent sous « acts ».".into()
        } else {
            hint(&key.text, &names)
        };
        let message = format!(
            "La clé « {} » n'existe pas dans {}. {hint}",
            key.text, construct.title
        );
        self.say(Code::Inconnu, key.place, message);
    }

    fn shape(&mut self, node: &Node, shape: Shape, key: &Key) {
        match shape {
            Shape::List(inner) => match node.seq() {
                Some(items) => items.iter().for_each(|n| self.shape(n, *inner, key)),
                None => self.expected("une liste", node, key),
            },
            Shape::OneOrMany(inner) => match node.seq() {
                Some(items) => items.iter().for_each(|n| self.shape(n, *inner, key)),
                None => self.shape(node, *inner, key),
            },
            Shape::Map(keys, inner) => match node.map() {
                Some(entries) => {
                    for (name, value) in entries {
                        if keys == Keys::Names {
                            self.name(&name.text, name.place);
                        }
                        self.shape(value, *inner, name);
                    }
                }
                None => self.expected("un bloc de clés", node, key),
            },
            Shape::TrueOr(_) if node.scalar() == Some("true") => {}
            Shape::Construct(construct) | Shape::TrueOr(construct) => {
                self.construct(node, construct);
            }
            _ => self.scalar(node, shape, key),
        }
    }

    fn scalar(&mut self, node: &Node, shape: Shape, key: &Key) {
        let Content::Scalar { text, .. } = &node.value else {
            return self.expected(wanted(shape), node, key);
        };
        if text.is_empty() {
            return self.expected(wanted(shape), node, key);
        }
        match shape {
            Shape::Name | Shape::Target => self.name(text, node.place),
            Shape::OneOf(words) if !words.contains(&text.as_str()) => {
                let hint = hint(text, words);
                let message = format!(
                    "« {text} » n'est pas une valeur de « {} ». {hint}",
                    key.text
                );
                self.say(Code::Inconnu, node.place, message);
            }
            Shape::Integer if text.parse::<u32>().is_err() => {
                self.expected("un nombre entier positif", node, key);
            }
            Shape::Boolean if !matches!(text.as_str(), "true" | "false") => {
                self.expected("true ou false", node, key);
            }
            Shape::Delay | Shape::Duration => self.delay(text, shape, node, key),
            Shape::DayOfYear if day_of_year(text).is_none() => {
                self.expected("un jour de l'année, mois puis jour (\"01-31\")", node, key);
            }
            _ => {}
        }
    }

    fn delay(&mut self, text: &str, shape: Shape, node: &Node, key: &Key) {
        if matches!(shape, Shape::Delay) && rule_of(text).is_some() {
            return;
        }
        if let Err(motif) = text.parse::<Delai>() {
            let message = format!("« {} » : {motif}", key.text);
            self.say(Code::Type, node.place, message);
        }
    }

    fn name(&mut self, text: &str, place: Place) {
        let good = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text.len() <= NAME_MAX
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if !good {
            let message = format!(
                "« {text} » n'est pas un nom : lettres minuscules sans accent, chiffres, « _ » \
                 et « - », {NAME_MAX} caractères au plus."
            );
            self.say(Code::Syntaxe, place, message);
        }
    }

    fn expected(&mut self, what: &str, node: &Node, key: &Key) {
        let message = format!(
            "« {} » attend {what} ; {} est trouvé.",
            key.text,
            node.found()
        );
        self.say(Code::Type, node.place, message);
    }
}

/// Longest name, in characters.
const NAME_MAX: usize = 64;

/// `rule(ID)` → `ID`.
pub fn rule_of(text: &str) -> Option<&str> {
    let id = text.trim().strip_prefix("rule(")?.strip_suffix(')')?.trim();
    let good = !id.is_empty()
        && id
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    good.then_some(id)
}

/// `01-31` → month and day, when every year has it.
pub fn day_of_year(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    chrono::NaiveDate::from_ymd_opt(2025, month, day).map(|_| (month, day))
}

/// What a scalar shape holds, in a sentence.
fn wanted(shape: Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::Sentence => "un texte",
        Shape::Name => "un nom",
        Shape::Target => "le nom d'un état, ou end",
        Shape::Integer => "un nombre entier positif",
        Shape::Boolean => "true ou false",
        Shape::Duration => "une durée (P30D, P2M)",
        Shape::Delay => "une durée (P30D, P2M) ou rule(ID)",
        Shape::DayOfYear => "un jour de l'année (\"01-31\")",
        Shape::Party => "une partie, any(…) ou all(…)",
        Shape::Expression => "une expression",
        Shape::Object => "un objet du catalogue",
        Shape::OneOf(_) => "un mot de la liste",
        Shape::WordOrRule => "une collection, ou rule(ID)",
        Shape::List(_) | Shape::OneOrMany(_) => "une liste",
        Shape::Map(..) | Shape::Construct(_) | Shape::TrueOr(_) => "un bloc de clés",
    }
}
