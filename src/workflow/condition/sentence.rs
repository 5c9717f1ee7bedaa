//! Sentences with holes: « Il reste {diagnostic.themes_vides} thème(s). »

use super::{Condition, ConditionError, Environment, Vocabulary, format};
use crate::regles::value::Type;
use crate::workflow::problem::Code;

/// The longest sentence, in characters.
pub const MAX_SENTENCE: usize = 1_000;

/// What a hole says while its value is not known.
pub const UNKNOWN: &str = "(non connu)";

/// A French sentence whose holes hold facts, or any expression of the conditions' language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// As written.
    pub source: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Hole(Condition),
}

impl Sentence {
    /// Reads a sentence and checks what its holes name.
    ///
    /// # Errors
    /// The first defect found, with its place in `source`.
    pub fn parse(source: &str, vocabulary: &dyn Vocabulary) -> Result<Self, ConditionError> {
        if source.chars().nth(MAX_SENTENCE).is_some() {
            return Err(ConditionError::new(
                MAX_SENTENCE,
                Code::Limite,
                format!("Une phrase compte au plus {MAX_SENTENCE} caractères : raccourcissez-la."),
            ));
        }
        let mut pieces = Vec::new();
        let mut rest = source;
        let mut at = 0;
        while let Some(brace) = rest.find(['{', '}']) {
            let (text, from_brace) = rest.split_at(brace);
            at += text.chars().count();
            let Some((hole, after)) = from_brace
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
            else {
                return Err(ConditionError::new(
                    at,
                    Code::Syntaxe,
                    "Cette accolade n'a pas sa paire : un trou s'écrit {famille.nom}.",
                ));
            };
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
            pieces.push(Piece::Hole(read_hole(hole, at + 1, vocabulary)?));
            at += hole.chars().count() + 2;
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self {
            source: source.to_owned(),
            pieces,
        })
    }

    /// The sentence with what its holes are worth now; what is not known is told so.
    pub fn render(&self, environment: &dyn Environment) -> String {
        let mut sentence = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => sentence.push_str(text),
                Piece::Hole(hole) => match hole.eval(environment) {
                    Ok(value) => sentence.push_str(&format::french(&value)),
                    Err(_) => sentence.push_str(UNKNOWN),
                },
            }
        }
        sentence
    }

    /// What the holes hold, in order.
    pub fn holes(&self) -> impl Iterator<Item = &Condition> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Hole(hole) => Some(hole),
        })
    }
}

/// `at`: where the hole's content starts in the sentence.
fn read_hole(
    hole: &str,
    at: usize,
    vocabulary: &dyn Vocabulary,
) -> Result<Condition, ConditionError> {
    let condition = Condition::infer(hole, vocabulary).map_err(|error| ConditionError {
        offset: at + error.offset,
        ..error
    })?;
    if *condition.kind() == Type::Parties {
        return Err(ConditionError::new(
            at,
            Code::Type,
            "Une expression de parties ne s'écrit pas dans une phrase : nommez un fait.",
        ));
    }
    Ok(condition)
}
