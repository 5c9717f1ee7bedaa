//! Party expressions: who may act, who must agree.
//!
//! `e := atom | any(e, …) | all(e, …)`, nesting at most 3;
//! `atom := party | set | set(collection) | party(collection) | rule(ID)`.

use std::fmt;

/// Who: a party, a set, or a combination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyExpr {
    /// A declared party: `gestionnaire`.
    Party(String),
    /// A set the catalogue publishes: `authorities`, `authorities(esms)`.
    Set { name: String, over: Option<String> },
    /// `party(financeurs)`: the party that is the current item.
    Item(String),
    /// One of them is enough.
    Any(Vec<PartyExpr>),
    /// Each of them must agree.
    All(Vec<PartyExpr>),
    /// Held by a rule: each text it may take, read.
    Rule {
        id: String,
        choices: Vec<(String, PartyExpr)>,
    },
}

impl PartyExpr {
    /// Everyone must agree: the act is an agreement, not a single person's act.
    pub fn is_agreement(&self) -> bool {
        match self {
            PartyExpr::All(_) => true,
            PartyExpr::Any(list) => list.iter().any(PartyExpr::is_agreement),
            PartyExpr::Rule { choices, .. } => choices.iter().any(|(_, e)| e.is_agreement()),
            PartyExpr::Party(_) | PartyExpr::Set { .. } | PartyExpr::Item(_) => false,
        }
    }
}

impl fmt::Display for PartyExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, word: &str, list: &[PartyExpr]| {
            write!(f, "{word}(")?;
            for (i, e) in list.iter().enumerate() {
                let comma = if i > 0 { ", " } else { "" };
                write!(f, "{comma}{e}")?;
            }
            f.write_str(")")
        };
        match self {
            PartyExpr::Party(name) | PartyExpr::Set { name, over: None } => f.write_str(name),
            PartyExpr::Set {
                name,
                over: Some(over),
            } => write!(f, "{name}({over})"),
            PartyExpr::Item(collection) => write!(f, "party({collection})"),
            PartyExpr::Any(e) => list(f, "any", e),
            PartyExpr::All(e) => list(f, "all", e),
            PartyExpr::Rule { id, .. } => write!(f, "rule({id})"),
        }
    }
}

/// An expression as written, names not yet looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub name: String,
    /// Position of the name in the text, in characters.
    pub offset: usize,
    /// None: no parentheses.
    pub arguments: Option<Vec<Written>>,
}

/// Longest text and deepest nesting accepted.
const LENGTH_MAX: usize = 400;
const NESTING_MAX: usize = 4;

/// Why a text is not a party expression: where, and the sentence.
pub type Refusal = (usize, String);

/// Reads `name` or `name(a, b(c))`.
///
/// # Errors
/// The position (in characters) and a French sentence.
pub fn read(text: &str) -> Result<Written, Refusal> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > LENGTH_MAX {
        return Err((
            0,
            format!(
                "L'expression compte {} caractères. La limite est {LENGTH_MAX} : découpez-la.",
                chars.len()
            ),
        ));
    }
    let mut reader = Reader {
        chars: &chars,
        at: 0,
    };
    let expression = reader.expression(0)?;
    reader.blanks();
    match reader.chars.get(reader.at) {
        None => Ok(expression),
        Some(')') => Err((
            reader.at,
            "Une parenthèse fermante est de trop. Retirez-la.".into(),
        )),
        Some(c) => Err((
            reader.at,
            format!("« {c} » n'est pas attendu ici : l'expression est déjà complète."),
        )),
    }
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn expression(&mut self, depth: usize) -> Result<Written, Refusal> {
        self.blanks();
        let offset = self.at;
        if depth > NESTING_MAX {
            return Err((
                offset,
                "L'expression est trop imbriquée : trois niveaux de any et all au plus.".into(),
            ));
        }
        while self
            .chars
            .get(self.at)
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        {
            self.at += 1;
        }
        if offset == self.at {
            let found = match self.chars.get(self.at) {
                Some(c) => format!("« {c} »"),
                None => "la fin du texte".into(),
            };
            return Err((
                offset,
                format!(
                    "Une partie, un ensemble, any(…) ou all(…) est attendu ; {found} est trouvé."
                ),
            ));
        }
        let name = self.chars[offset..self.at].iter().collect();
        self.blanks();
        if self.chars.get(self.at) != Some(&'(') {
            return Ok(Written {
                name,
                offset,
                arguments: None,
            });
        }
        self.at += 1;
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.expression(depth + 1)?);
            self.blanks();
            match self.chars.get(self.at) {
                Some(',') => self.at += 1,
                Some(')') => {
                    self.at += 1;
                    return Ok(Written {
                        name,
                        offset,
                        arguments: Some(arguments),
                    });
                }
                _ => {
                    return Err((
                        self.at,
                        "La parenthèse n'est pas refermée. Dans { … }, une expression qui \
                         contient une virgule se met entre guillemets : \"all(a, b)\"."
                            .into(),
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_expressions_are_read_with_their_positions() {
        let e = read("all(gestionnaire, authorities(esms))").unwrap();
        assert_eq!(e.name, "all");
        let arguments = e.arguments.unwrap();
        assert_eq!(arguments[1].name, "authorities");
        assert_eq!(arguments[1].offset, 18);
        assert_eq!(arguments[1].arguments.as_ref().unwrap()[0].name, "esms");
    }

    #[test]
    fn unbalanced_parentheses_get_the_remedy_of_flow_style() {
        let (at, message) = read("all(gestionnaire").unwrap_err();
        assert_eq!(at, 16);
        assert!(message.contains("guillemets"), "{message}");
        assert!(read("any(a))").unwrap_err().1.contains("de trop"));
        assert!(read("any(a b)").is_err());
        assert!(read("").unwrap_err().1.contains("la fin du texte"));
    }

    #[test]
    fn a_hundred_thousand_parentheses_are_refused_at_once() {
        assert!(read(&"any(".repeat(100_000)).is_err());
        assert!(read("any(any(any(any(any(any(a))))))").is_err());
    }
}
