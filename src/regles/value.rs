//! The typed values that rules hold and facts publish.

use super::delai::Delai;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The type of a rule, a fact or an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    Boolean,
    Integer,
    /// An amount, in cents.
    Cents,
    /// A rate, in basis points (1 % = 100).
    Percent,
    Date,
    Duration,
    /// A day of any year: the 30th of June.
    Day,
    Text,
    /// A party expression held as data (`by: rule(EPRD_OPPOSITION)`).
    Parties,
    List(Box<Type>),
}

impl Type {
    /// The type's name in a sentence, in French.
    pub fn title(&self) -> String {
        match self {
            Type::Boolean => "un booléen".into(),
            Type::Integer => "un nombre entier".into(),
            Type::Cents => "un montant".into(),
            Type::Percent => "un pourcentage".into(),
            Type::Date => "une date".into(),
            Type::Duration => "un délai".into(),
            Type::Day => "un jour de l'année (mois-jour)".into(),
            Type::Text => "un texte".into(),
            Type::Parties => "une expression de parties".into(),
            Type::List(inner) => format!("une liste ({})", inner.title()),
        }
    }
}

/// A day that every year has, so never the 29th of February. Ordered as a year runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

/// A value: exact, never a float.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    Boolean(bool),
    Integer(i64),
    Cents(i64),
    Percent(i64),
    Date(NaiveDate),
    Duration(Delai),
    Day(Day),
    Text(String),
    List(Vec<Value>),
}
