//! Conditions: a typed subset of CEL, checked when the file is loaded.
//!
//! | written | means |
//! |---|---|
//! | `== != < <= > >=` | comparison of two values of one type; never chained |
//! | `&& \|\| !` | and, or, not |
//! | `x in [a, b]`, `x in rule(X)` | element of a list |
//! | `size(list)`, `size(text)` | how many elements, how many characters |
//! | `famille.nom` | a fact of the catalogue |
//! | `has(famille.nom)` | the fact is known |
//! | `rule(X)` | the value of a rule |
//! | `done(ACT)` | the act was done during this visit |
//! | `branches.count('etat')` | how many branches stand in that state |
//! | `date(2029, 12, 31)`, `date(annee, rule(JOUR))` | a date |
//! | `euros(150000)`, `euros('1 234,56')` | an amount |
//! | `percent(10)`, `percent('12,5')` | a rate |
//! | `duration('P30D')` | a duration in calendar days, weeks, months or years |
//! | `+ -` | integers, amounts, rates; a date and a duration |
//! | `min(a, b…)`, `max(a, b…)` | of integers, amounts, rates, dates |
//!
//! No loop, no float, no clock: waiting for a date is a timer.

mod calls;
mod eval;
mod expr;
/// How values are written for people, in French.
pub mod format;
mod lexer;
mod parser;
mod sentence;
mod truth;
mod typing;

#[cfg(test)]
mod tests;

pub use sentence::{MAX_SENTENCE, Sentence, UNKNOWN};
pub use truth::{Coverage, MAX_ATOMS, coverage, rows, satisfiable};

use crate::regles::delai::Delai;
use crate::regles::value::{Type, Value};
use crate::workflow::problem::Code;
use chrono::NaiveDate;
use expr::Expr;
use std::collections::BTreeSet;
use std::fmt;

/// The longest condition, in characters.
pub const MAX_LENGTH: usize = 400;
/// The deepest nesting of parentheses, calls, lists and signs.
pub const MAX_DEPTH: usize = 16;
/// The most operators, names and values in one condition.
pub const MAX_NODES: usize = 128;

/// What a condition may name where it stands.
pub trait Vocabulary {
    /// The type of a fact, of `branches.open` and `branches.total` where they exist.
    fn fact(&self, name: &str) -> Option<Type>;
    fn rule(&self, id: &str) -> Option<Type>;
    /// An act that `done(…)` may ask about.
    fn act(&self, name: &str) -> bool;
    /// A state that `branches.count('…')` may count.
    fn state(&self, name: &str) -> bool;
    /// Every name `fact` answers, to offer the nearest one.
    fn fact_names(&self) -> Vec<&str>;
    /// Every name `rule` answers.
    fn rule_names(&self) -> Vec<&str>;
    /// Every name `act` answers.
    fn act_names(&self) -> Vec<&str>;
    /// Every name `state` answers.
    fn state_names(&self) -> Vec<&str>;
}

/// The direction of a duration counted from a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
}

/// What the names are worth now.
pub trait Environment {
    /// `None`: not known yet.
    fn fact(&self, name: &str) -> Option<Value>;
    /// `None`: the pack holds no value in force.
    fn rule(&self, id: &str) -> Option<Value>;
    fn done(&self, act: &str) -> bool;
    fn count(&self, state: &str) -> i64;
    /// The date `delai` after (or before) `date`; `None` when it cannot be told. Without a calendar
    /// only calendar days, months (clamped to the month's end) and years can.
    fn add(&self, date: NaiveDate, delai: Delai, sign: Sign) -> Option<NaiveDate> {
        eval::add_calendar(date, delai, sign)
    }
}

/// Why a condition is refused when it is loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConditionError {
    /// Where, in characters from the start of the source.
    pub offset: usize,
    /// `Syntaxe`, `Limite`, `Inconnu` or `Type`.
    pub code: Code,
    /// A French sentence: what was expected, what was found, what to do.
    pub message: String,
}

impl ConditionError {
    fn new(offset: usize, code: Code, message: impl Into<String>) -> Self {
        Self {
            offset,
            code,
            message: message.into(),
        }
    }
}

/// The names whose values are missing: facts, and rules written `rule(X)`; sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    pub names: Vec<String>,
}

/// What a boolean condition says: Kleene's three values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    /// The missing names, as in [`Unknown`].
    Unknown(Vec<String>),
}

/// A typed expression. Its `Display` is canonical text that parses to the same expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// As written; after [`Condition::substitute`], the canonical text of what is left.
    pub source: String,
    kind: Type,
    expr: Expr,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl Condition {
    /// Reads a condition that must be of type `expected`.
    ///
    /// # Errors
    /// The first defect found, with its place in `source`.
    pub fn parse(
        source: &str,
        expected: &Type,
        vocabulary: &dyn Vocabulary,
    ) -> Result<Self, ConditionError> {
        let raw = parser::parse(source)?;
        let expr = typing::expect(&raw, expected, vocabulary)?;
        Ok(Self {
            source: source.to_owned(),
            kind: expected.clone(),
            expr,
        })
    }

    /// Reads a condition of any type; [`Condition::kind`] tells which.
    ///
    /// # Errors
    /// As [`Condition::parse`].
    pub fn infer(source: &str, vocabulary: &dyn Vocabulary) -> Result<Self, ConditionError> {
        let raw = parser::parse(source)?;
        let (expr, kind) = typing::infer(&raw, vocabulary)?;
        Ok(Self {
            source: source.to_owned(),
            kind,
            expr,
        })
    }

    /// The type of its value.
    pub fn kind(&self) -> &Type {
        &self.kind
    }

    /// Its value.
    ///
    /// # Errors
    /// The missing names, when they can change the value: `false && x` is false whatever `x`. A sum
    /// beyond 64 bits or a date no year has counts as missing what it was computed from.
    pub fn eval(&self, environment: &dyn Environment) -> Result<Value, Unknown> {
        eval::value(&self.expr, environment)
            .map(std::borrow::Cow::into_owned)
            .map_err(eval::tidy)
    }

    /// Whether it holds; a condition that is not boolean never does.
    pub fn holds(&self, environment: &dyn Environment) -> Truth {
        match eval::value(&self.expr, environment).map_err(eval::tidy) {
            Ok(value) if *value == Value::Boolean(true) => Truth::True,
            Ok(_) => Truth::False,
            Err(unknown) => Truth::Unknown(unknown.names),
        }
    }

    /// The facts it names, sorted.
    pub fn facts(&self) -> Vec<&str> {
        self.names(|expr| match expr {
            Expr::Fact(name) | Expr::Has(name) => Some(name),
            _ => None,
        })
    }

    /// The rules it names, sorted.
    pub fn rules(&self) -> Vec<&str> {
        self.names(|expr| match expr {
            Expr::Rule(id) => Some(id),
            _ => None,
        })
    }

    /// The acts it asks about, sorted.
    pub fn dones(&self) -> Vec<&str> {
        self.names(|expr| match expr {
            Expr::Done(act) => Some(act),
            _ => None,
        })
    }

    /// The states whose branches it counts, sorted.
    pub fn counts(&self) -> Vec<&str> {
        self.names(|expr| match expr {
            Expr::Count(state) => Some(state),
            _ => None,
        })
    }

    fn names(&self, pick: impl Fn(&Expr) -> Option<&String>) -> Vec<&str> {
        let mut found = BTreeSet::new();
        self.expr.visit(&mut |expr| {
            found.extend(pick(expr).map(String::as_str));
        });
        found.into_iter().collect()
    }

    /// The same condition where the facts that `known` answers are replaced by their values, and
    /// what then no longer depends on anything is computed.
    #[must_use]
    pub fn substitute(&self, known: impl Fn(&str) -> Option<Value>) -> Self {
        let expr = self.expr.substitute(&known);
        Self {
            source: expr.to_string(),
            kind: self.kind.clone(),
            expr,
        }
    }

    /// Its truth when no valuation of its atoms changes it; `None` when one does, when it is not
    /// boolean, or past ten atoms.
    pub fn constant(&self) -> Option<bool> {
        truth::constant(self)
    }

    /// Its distinct atoms, as canonical text.
    pub fn atoms(&self) -> Vec<String> {
        truth::atoms(self)
    }
}
