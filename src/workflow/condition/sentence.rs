//! Sentences with holes: « Il reste {diagnostic.themes_vides} thème(s). »

use super::{Condition, ConditionError, Environment, Vocabulary, format};
use crate::regles::value::{Type, Value};
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
        let mut count = None;
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => match count.take() {
                    Some(count) => sentence.push_str(&agree(text, count)),
                    None => sentence.push_str(text),
                },
                Piece::Hole(hole) => match hole.eval(environment) {
                    Ok(value) => {
                        count = match value {
                            Value::Integer(count) => Some(count),
                            _ => None,
                        };
                        sentence.push_str(&format::french(&value));
                    }
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

/// What sentences say of several, and of one.
const AGREED: [(&str, &str); 8] = [
    ("n'ont", "n'a"),
    ("sont", "est"),
    ("attendent", "attend"),
    ("restent", "reste"),
    ("manquent", "manque"),
    ("marqués", "marqué"),
    ("bloquants", "bloquant"),
    ("vides", "vide"),
];

/// The words after a count agree with it, as far as their clause goes: « 1 thème », « 2 thèmes »
/// for « thème(s) ». French counts none and one in the singular.
fn agree(text: &str, count: i64) -> String {
    let end = text.find(['.', ';', ',']).unwrap_or(text.len());
    let (clause, rest) = text.split_at(end);
    if count.unsigned_abs() > 1 {
        return clause.replace("(s)", "s") + rest;
    }
    let clause = clause.replace("(s)", "");
    let one = |word| AGREED.iter().find(|(many, _)| *many == word);
    let words = clause.split(' ');
    let words: Vec<&str> = words
        .map(|word| one(word).map_or(word, |(_, one)| one))
        .collect();
    words.join(" ") + rest
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

#[cfg(test)]
mod tests {
    use super::agree;

    #[test]
    fn what_follows_a_count_agrees_with_it() {
        let told = [
            (1, " ESMS n'ont pas de cible.", " ESMS n'a pas de cible."),
            (
                0,
                " thème(s) sont marqués bloquants.",
                " thème est marqué bloquant.",
            ),
            (2, " ESMS n'ont pas de cible.", " ESMS n'ont pas de cible."),
            (
                2,
                " donnée(s) n'ont pas de source.",
                " données n'ont pas de source.",
            ),
            (3, " tours ; ", " tours ; "),
            // The next clause counts something else.
            (
                1,
                " fait(s). Les autres sont vides.",
                " fait. Les autres sont vides.",
            ),
        ];
        for (count, text, said) in told {
            assert_eq!(agree(text, count), said);
        }
    }
}
