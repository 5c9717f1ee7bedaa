//! How each kind of value is written in a pack.

use crate::regles::calendrier::parse_date;
use crate::regles::value::{Day, Type, Value};
use crate::regles::yaml::Node;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    Integer,
    Cents,
    Percent,
    Date,
    Duration,
    Text,
    Parties,
    Choices,
    Day,
}

/// The names that files use.
const NAMES: [(&str, Kind); 10] = [
    ("boolean", Kind::Boolean),
    ("integer", Kind::Integer),
    ("cents", Kind::Cents),
    ("percent", Kind::Percent),
    ("date", Kind::Date),
    ("duration", Kind::Duration),
    ("text", Kind::Text),
    ("parties", Kind::Parties),
    ("choices", Kind::Choices),
    ("day", Kind::Day),
];

impl Kind {
    pub(super) const ALL: &[(&'static str, Kind)] = &NAMES;

    /// The type of its values in conditions.
    pub fn value_type(self) -> Type {
        match self {
            Kind::Boolean => Type::Boolean,
            Kind::Integer => Type::Integer,
            Kind::Cents => Type::Cents,
            Kind::Percent => Type::Percent,
            Kind::Date => Type::Date,
            Kind::Duration => Type::Duration,
            Kind::Text => Type::Text,
            Kind::Parties => Type::Parties,
            Kind::Choices => Type::List(Box::new(Type::Text)),
            Kind::Day => Type::Day,
        }
    }

    /// How to write one, for « attendu … ».
    fn expected(self) -> &'static str {
        match self {
            Kind::Boolean => "true ou false",
            Kind::Integer => "un nombre entier",
            Kind::Cents => "un montant en euros avec deux décimales, comme 150000.00",
            Kind::Percent => "un taux avec son signe et deux décimales au plus, comme 2.5 %",
            Kind::Date => "une date AAAA-MM-JJ",
            Kind::Duration => "un délai, comme P30D, P2W, P2M ou P1Y",
            Kind::Text => "un texte",
            Kind::Parties => "une expression de parties, comme any(approbateurs)",
            Kind::Choices => "une liste de textes tous différents",
            Kind::Day => "un jour de l'année MM-JJ, comme 06-30 (jamais 02-29)",
        }
    }

    /// Reads a value, or says what was expected and what was found.
    pub(super) fn read(self, node: &Node) -> Result<Value, String> {
        let wrong = || format!("Attendu {} ; trouvé {}.", self.expected(), node.found());
        if self == Kind::Choices {
            return choices(node).ok_or_else(wrong);
        }
        let text = node.scalar().map(str::trim).ok_or_else(wrong)?;
        let value = match self {
            Kind::Boolean => boolean(text).map(Value::Boolean),
            Kind::Integer => integer(text).map(Value::Integer),
            Kind::Cents => hundredths(text, Decimals::Two).map(Value::Cents),
            Kind::Percent => text
                .strip_suffix('%')
                .and_then(|rate| hundredths(rate.trim_end(), Decimals::AtMostTwo))
                .map(Value::Percent),
            // These two refusals say more than « expected, found ».
            Kind::Date => return parse_date(text).map(Value::Date).map_err(|e| e.to_string()),
            Kind::Duration => {
                return text
                    .parse()
                    .map(Value::Duration)
                    .map_err(|e: crate::regles::delai::DelaiRefusal| e.to_string());
            }
            Kind::Day => day(text).map(Value::Day),
            Kind::Text | Kind::Parties | Kind::Choices => {
                (!text.is_empty()).then(|| Value::Text(text.to_owned()))
            }
        };
        value.ok_or_else(wrong)
    }
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Digits with an optional minus sign: `+4`, `1e3` and `0x1F` are not numbers a person writes.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decimals {
    Two,
    AtMostTwo,
}

/// A decimal number in hundredths, exactly: `2.5` is 250.
fn hundredths(text: &str, decimals: Decimals) -> Option<i64> {
    let (units, cents) = text.split_once('.').unwrap_or((text, ""));
    if text.ends_with('.') || (decimals == Decimals::Two && cents.len() != 2) {
        return None;
    }
    let cents = match cents.len() {
        0 => 0,
        1 => i64::from(digit(cents)?) * 10,
        2 => i64::from(digit(cents)?),
        _ => return None,
    };
    let whole = integer(units)?.checked_mul(100)?;
    if units.starts_with('-') {
        whole.checked_sub(cents)
    } else {
        whole.checked_add(cents)
    }
}

/// A number made of digits only.
fn digit(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

fn day(text: &str) -> Option<Day> {
    /// A year without a 29th of February.
    const COMMON_YEAR: i32 = 2001;
    let (month, day) = text.split_once('-')?;
    if month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (month, day) = (digit(month)?, digit(day)?);
    NaiveDate::from_ymd_opt(COMMON_YEAR, month, day)?;
    Some(Day { month, day })
}

fn choices(node: &Node) -> Option<Value> {
    let mut seen = BTreeSet::new();
    let mut texts = Vec::new();
    for item in node.seq()? {
        let text = item
            .scalar()
            .map(str::trim)
            .filter(|text| !text.is_empty())?;
        if !seen.insert(text) {
            return None;
        }
        texts.push(Value::Text(text.to_owned()));
    }
    (!texts.is_empty()).then_some(Value::List(texts))
}
