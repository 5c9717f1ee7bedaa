//! How values are written for people, in French typography.

use crate::regles::calendrier::MONTHS;
use crate::regles::delai::{Delai, Mode, Unit};
use crate::regles::value::Value;
use chrono::Datelike;

/// U+202F, between thousands and before `€` and `%`.
pub const NARROW_SPACE: char = '\u{202f}';

/// The value in a sentence: `31/12/2029`, `1 234,56 €`, `12,5 %`, `oui`, `30 jours ouvrés`.
pub fn french(value: &Value) -> String {
    match value {
        Value::Boolean(true) => "oui".into(),
        Value::Boolean(false) => "non".into(),
        Value::Integer(value) => integer(*value),
        Value::Cents(cents) => {
            let amount = hundredths(*cents, NARROW_SPACE, true);
            format!("{amount}{NARROW_SPACE}€")
        }
        Value::Percent(points) => {
            let rate = hundredths(*points, NARROW_SPACE, false);
            format!("{rate}{NARROW_SPACE}%")
        }
        Value::Date(date) => {
            format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
        }
        Value::Duration(delai) => duration(delai),
        Value::Day(day) => {
            let month = usize::try_from(day.month).unwrap_or(0).wrapping_sub(1);
            let ordinal = if day.day == 1 { "er" } else { "" };
            format!("{}{ordinal} {}", day.day, MONTHS.get(month).unwrap_or(&"?"))
        }
        Value::Text(text) => text.clone(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(french).collect();
            items.join(", ")
        }
    }
}

/// Grouped by thousands from five digits on, so that years stay whole.
fn integer(value: i64) -> String {
    if (-9_999..=9_999).contains(&value) {
        return value.to_string();
    }
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(value.unsigned_abs(), NARROW_SPACE))
}

/// A number of hundredths, `1 234,56`; with `padded`, always two decimals, else as few as needed.
pub(super) fn hundredths(value: i64, space: char, padded: bool) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let whole = grouped(value.unsigned_abs() / 100, space);
    let rest = value.unsigned_abs() % 100;
    match rest {
        _ if padded => format!("{sign}{whole},{rest:02}"),
        0 => format!("{sign}{whole}"),
        _ if rest.is_multiple_of(10) => format!("{sign}{whole},{}", rest / 10),
        _ => format!("{sign}{whole},{rest:02}"),
    }
}

fn grouped(value: u64, space: char) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(space);
        }
        grouped.push(digit);
    }
    grouped
}

fn duration(delai: &Delai) -> String {
    let several = delai.count.unsigned_abs() > 1;
    let unit = match delai.unit {
        Unit::Days if several => "jours",
        Unit::Days => "jour",
        Unit::Months => "mois",
        Unit::Years if several => "ans",
        Unit::Years => "an",
    };
    let mode = match delai.mode {
        Mode::Calendaires => "",
        Mode::Ouvres if several => " ouvrés",
        Mode::Ouvres => " ouvré",
        Mode::Ouvrables if several => " ouvrables",
        Mode::Ouvrables => " ouvrable",
        Mode::Francs if several => " francs",
        Mode::Francs => " franc",
    };
    format!("{} {unit}{mode}", integer(delai.count))
}
