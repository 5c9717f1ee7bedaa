//! Characters to tokens.

use super::{ConditionError, MAX_LENGTH};
use crate::workflow::problem::Code;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, dots included: `contrat.terme`.
    Name(String),
    Integer(u64),
    Text(String),
    Symbol(&'static str),
    End,
}

impl Token {
    /// The token in a sentence.
    pub(super) fn title(&self) -> String {
        match self {
            Token::Name(name) => format!("« {name} »"),
            Token::Integer(value) => format!("le nombre {value}"),
            Token::Text(text) => format!("le texte '{text}'"),
            Token::Symbol(symbol) => format!("« {symbol} »"),
            Token::End => "la fin de la condition".into(),
        }
    }
}

/// A token and where it starts, in characters.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) token: Token,
}

/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 16] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", "+", "-",
];

/// Signs that other languages use, and what to write here.
const FOREIGN: [(char, &str); 10] = [
    ('=', "l'égalité s'écrit « == »"),
    ('&', "« et » s'écrit « && »"),
    ('|', "« ou » s'écrit « || »"),
    ('≤', "« inférieur ou égal » s'écrit « <= »"),
    ('≥', "« supérieur ou égal » s'écrit « >= »"),
    ('≠', "« différent de » s'écrit « != »"),
    ('«', "un texte s'écrit entre apostrophes droites : 'texte'"),
    ('’', "un texte s'écrit entre apostrophes droites : 'texte'"),
    (
        '*',
        "la multiplication n'existe pas : faites-en un fait du catalogue ou une règle",
    ),
    (
        '/',
        "la division n'existe pas : faites-en un fait du catalogue ou une règle",
    ),
];

/// The tokens of `source`, the last one being `End`.
pub(super) fn tokens(source: &str) -> Result<Vec<Placed>, ConditionError> {
    if source.chars().nth(MAX_LENGTH).is_some() {
        return Err(ConditionError::new(
            MAX_LENGTH,
            Code::Limite,
            format!(
                "Une condition compte au plus {MAX_LENGTH} caractères : celle-ci est plus longue. \
                 Répartissez-la entre plusieurs exigences."
            ),
        ));
    }
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = chars.get(at) {
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let (token, end) = match first {
            '\'' | '"' => text(&chars, at)?,
            c if c.is_ascii_digit() => integer(&chars, at)?,
            c if c == '_' || c.is_alphabetic() => name(&chars, at),
            _ => symbol(&chars, at)?,
        };
        tokens.push(Placed { at, token });
        at = end;
    }
    tokens.push(Placed {
        at,
        token: Token::End,
    });
    Ok(tokens)
}

fn text(chars: &[char], start: usize) -> Result<(Token, usize), ConditionError> {
    let quote = chars[start];
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(&c) = chars.get(at) {
        match c {
            _ if c == quote => return Ok((Token::Text(text), at + 1)),
            '\\' => {
                match chars.get(at + 1) {
                    Some(&escaped @ ('\'' | '"' | '\\')) => text.push(escaped),
                    _ => {
                        return Err(ConditionError::new(
                            at,
                            Code::Syntaxe,
                            "Une barre oblique inverse n'introduit ici qu'un guillemet ou \
                             elle-même : doublez-la ou retirez-la.",
                        ));
                    }
                }
                at += 2;
            }
            _ => {
                text.push(c);
                at += 1;
            }
        }
    }
    Err(ConditionError::new(
        start,
        Code::Syntaxe,
        format!("Ce texte n'est pas fermé : ajoutez « {quote} » à sa fin."),
    ))
}

fn integer(chars: &[char], start: usize) -> Result<(Token, usize), ConditionError> {
    let length = chars[start..]
        .iter()
        .take_while(|c| c.is_ascii_digit())
        .count();
    let end = start + length;
    match chars.get(end) {
        Some('.') => {
            return Err(ConditionError::new(
                start,
                Code::Syntaxe,
                "Il n'y a pas de nombre à virgule : écrivez un entier, un montant \
                 euros('1 234,56') ou un pourcentage percent('12,5').",
            ));
        }
        Some(c) if *c == '_' || c.is_alphabetic() => {
            return Err(ConditionError::new(
                end,
                Code::Syntaxe,
                format!("Un nombre ne peut être suivi de « {c} » : séparez-les par un opérateur."),
            ));
        }
        _ => {}
    }
    let digits: String = chars[start..end].iter().collect();
    match digits.parse() {
        Ok(value) => Ok((Token::Integer(value), end)),
        Err(_) => Err(ConditionError::new(
            start,
            Code::Limite,
            "Ce nombre est trop grand : un entier tient sur 64 bits.",
        )),
    }
}

fn name(chars: &[char], start: usize) -> (Token, usize) {
    let inside = |c: char| c == '_' || c.is_alphanumeric();
    let mut end = start;
    loop {
        end += chars[end..].iter().take_while(|c| inside(**c)).count();
        match (chars.get(end), chars.get(end + 1)) {
            (Some('.'), Some(&next)) if inside(next) => end += 1,
            _ => break,
        }
    }
    (Token::Name(chars[start..end].iter().collect()), end)
}

fn symbol(chars: &[char], at: usize) -> Result<(Token, usize), ConditionError> {
    let rest = &chars[at..];
    for symbol in SYMBOLS {
        if symbol
            .chars()
            .enumerate()
            .all(|(i, c)| rest.get(i) == Some(&c))
        {
            return Ok((Token::Symbol(symbol), at + symbol.len()));
        }
    }
    let found = chars[at];
    let remedy = FOREIGN
        .iter()
        .find(|(sign, _)| *sign == found)
        .map_or("retirez-le".to_owned(), |(_, remedy)| (*remedy).to_owned());
    Err(ConditionError::new(
        at,
        Code::Syntaxe,
        format!(
            "Le signe « {} » n'est pas du langage des conditions : {remedy}.",
            found.escape_debug()
        ),
    ))
}
