//! Reading the keys of one block: those it must have, those it may have, no other.

use crate::regles::problem::{Code, Place, Problem, meant};
use crate::regles::yaml::{Key, Node};

/// A block of keys, and what is wrong in it so far.
pub struct Fields<'a> {
    entries: &'a [(Key, Node)],
    place: Place,
    /// What the block is, in a sentence: « la règle T_X ».
    what: String,
    pub problems: Vec<Problem>,
}

impl<'a> Fields<'a> {
    /// The block at `node`, whose keys may only be `known`.
    pub fn of(node: &'a Node, what: String, known: &[&str]) -> Result<Self, Problem> {
        let entries = node.map().ok_or_else(|| {
            let found = node.found();
            Problem::new(
                Code::Type,
                node.place,
                format!("Attendu un bloc de clés pour {what} ; trouvé {found}."),
            )
        })?;
        let unknown = entries
            .iter()
            .filter(|(key, _)| !known.contains(&key.text.as_str()));
        let problems = unknown
            .map(|(key, _)| stranger(key, &what, known))
            .collect();
        Ok(Self {
            entries,
            place: node.place,
            what,
            problems,
        })
    }

    pub fn optional(&self, key: &str) -> Option<&'a Node> {
        let (_, node) = self.entries.iter().find(|(k, _)| k.text == key)?;
        Some(node)
    }

    /// The value of a key that must be there.
    pub fn required(&mut self, key: &str) -> Option<&'a Node> {
        let node = self.optional(key);
        if node.is_none() {
            let message = format!("Il manque « {key} » dans {} : ajoutez-le.", self.what);
            self.refuse(Code::Syntaxe, self.place, message);
        }
        node
    }

    /// A text that must be there and not be empty.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let node = self.required(key)?;
        self.filled(key, node)
    }

    /// A text that may be absent, but not empty.
    pub fn optional_text(&mut self, key: &str) -> Option<String> {
        let node = self.optional(key)?;
        self.filled(key, node)
    }

    fn filled(&mut self, key: &str, node: &Node) -> Option<String> {
        let text = node.scalar().map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            self.expected(key, "un texte", node);
        }
        text.map(str::to_owned)
    }

    /// One of the names of a closed list.
    pub fn one_of<T: Copy>(&mut self, key: &str, node: &Node, names: &[(&str, T)]) -> Option<T> {
        let text = node.scalar().unwrap_or_default();
        let found = names.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let list: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            let near = meant(text, &list);
            let message = format!(
                "« {key} » attend {} ; trouvé {}.{near}",
                list.join(", "),
                node.found()
            );
            self.refuse(Code::Type, node.place, message);
        }
        found.map(|(_, value)| *value)
    }

    pub fn expected(&mut self, key: &str, expected: &str, node: &Node) {
        let message = format!("« {key} » attend {expected} ; trouvé {}.", node.found());
        self.refuse(Code::Type, node.place, message);
    }

    pub fn refuse(&mut self, code: Code, place: Place, message: impl Into<String>) {
        self.problems.push(Problem::new(code, place, message));
    }
}

fn stranger(key: &Key, what: &str, known: &[&str]) -> Problem {
    let near = meant(&key.text, known);
    Problem::new(
        Code::Inconnu,
        key.place,
        format!(
            "La clé « {} » n'est pas connue dans {what}.{near} Clés admises : {}.",
            key.text,
            known.join(", ")
        ),
    )
}
