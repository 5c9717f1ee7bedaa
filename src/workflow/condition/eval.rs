//! The value of an expression, in Kleene's three-valued logic.

use super::expr::{Comparison, Expr, Operator};
use super::{Environment, Sign, Unknown};
use crate::regles::delai::{Delai, Mode, Unit};
use crate::regles::value::Value;
use chrono::{Days, Months, NaiveDate};
use std::borrow::Cow;
use std::mem::discriminant;

type Evaluated<'e> = Result<Cow<'e, Value>, Unknown>;

/// Where nothing is known: what constants are computed in.
pub(super) struct Nothing;

impl Environment for Nothing {
    fn fact(&self, _: &str) -> Option<Value> {
        None
    }

    fn rule(&self, _: &str) -> Option<Value> {
        None
    }

    fn done(&self, _: &str) -> bool {
        false
    }

    fn count(&self, _: &str) -> i64 {
        0
    }
}

/// The value of `expr`; on failure the missing names, unsorted.
pub(super) fn value<'e>(expr: &'e Expr, environment: &dyn Environment) -> Evaluated<'e> {
    let found = match expr {
        Expr::Literal(value) => return Ok(Cow::Borrowed(value)),
        Expr::Fact(name) => environment.fact(name),
        Expr::Rule(id) => environment.rule(id),
        Expr::Done(act) => Some(Value::Boolean(environment.done(act))),
        Expr::Count(state) => Some(Value::Integer(environment.count(state))),
        Expr::Has(fact) => Some(Value::Boolean(environment.fact(fact).is_some())),
        Expr::Apply(operator, operands) => {
            return apply(expr, *operator, operands, environment).map(Cow::Owned);
        }
    };
    found.map(Cow::Owned).ok_or_else(|| missing(expr))
}

/// `whole` is the expression that `operator` and `operands` make: what a failure is told of.
fn apply(
    whole: &Expr,
    operator: Operator,
    operands: &[Expr],
    environment: &dyn Environment,
) -> Result<Value, Unknown> {
    let computed = match (operator, operands) {
        (Operator::All, _) => return connective(operands, true, environment),
        (Operator::Any, _) => return connective(operands, false, environment),
        (Operator::Min, _) => values(operands, environment)?
            .into_iter()
            .min()
            .map(Cow::into_owned),
        (Operator::Max, _) => values(operands, environment)?
            .into_iter()
            .max()
            .map(Cow::into_owned),
        (Operator::List, _) => {
            let items = values(operands, environment)?;
            Some(Value::List(
                items.into_iter().map(Cow::into_owned).collect(),
            ))
        }
        (Operator::Date, _) => date(&values(operands, environment)?),
        (Operator::Not, [operand]) => match *value(operand, environment)? {
            Value::Boolean(value) => Some(Value::Boolean(!value)),
            _ => None,
        },
        (Operator::Negate, [operand]) => negated(&*value(operand, environment)?),
        (Operator::Size, [operand]) => size(&*value(operand, environment)?),
        (Operator::Compare(comparison), [left, right]) => {
            let (left, right) = both(left, right, environment)?;
            compared(comparison, &left, &right)
        }
        (Operator::In, [left, right]) => {
            let (left, right) = both(left, right, environment)?;
            match &*right {
                Value::List(items) => Some(Value::Boolean(items.contains(&left))),
                _ => None,
            }
        }
        (Operator::Plus, [left, right]) => {
            let (left, right) = both(left, right, environment)?;
            added(&left, &right, Sign::Plus, environment)
        }
        (Operator::Minus, [left, right]) => {
            let (left, right) = both(left, right, environment)?;
            added(&left, &right, Sign::Minus, environment)
        }
        _ => None,
    };
    computed.ok_or_else(|| missing(whole))
}

/// Both values, or the names missing on either side.
fn both<'e>(
    left: &'e Expr,
    right: &'e Expr,
    environment: &dyn Environment,
) -> Result<(Cow<'e, Value>, Cow<'e, Value>), Unknown> {
    match (value(left, environment), value(right, environment)) {
        (Ok(left), Ok(right)) => Ok((left, right)),
        (Err(mut left), Err(right)) => {
            left.names.extend(right.names);
            Err(left)
        }
        (Err(unknown), Ok(_)) | (Ok(_), Err(unknown)) => Err(unknown),
    }
}

/// `neutral`: the operand that changes nothing; its opposite decides alone, even beside unknowns.
fn connective(
    operands: &[Expr],
    neutral: bool,
    environment: &dyn Environment,
) -> Result<Value, Unknown> {
    let mut unknown: Option<Unknown> = None;
    for operand in operands {
        match value(operand, environment) {
            Ok(found) if *found == Value::Boolean(neutral) => {}
            Ok(_) => return Ok(Value::Boolean(!neutral)),
            Err(more) => match &mut unknown {
                Some(unknown) => unknown.names.extend(more.names),
                None => unknown = Some(more),
            },
        }
    }
    unknown.map_or(Ok(Value::Boolean(neutral)), Err)
}

/// All the values, or all the names missing.
fn values<'e>(
    operands: &'e [Expr],
    environment: &dyn Environment,
) -> Result<Vec<Cow<'e, Value>>, Unknown> {
    let mut found = Vec::with_capacity(operands.len());
    let mut names = Vec::new();
    for operand in operands {
        match value(operand, environment) {
            Ok(value) => found.push(value),
            Err(unknown) => names.extend(unknown.names),
        }
    }
    if found.len() == operands.len() {
        Ok(found)
    } else {
        Err(Unknown { names })
    }
}

fn compared(comparison: Comparison, left: &Value, right: &Value) -> Option<Value> {
    if discriminant(left) != discriminant(right) {
        return None;
    }
    let order = left.cmp(right);
    Some(Value::Boolean(match comparison {
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
    }))
}

fn negated(value: &Value) -> Option<Value> {
    match value {
        Value::Integer(value) => value.checked_neg().map(Value::Integer),
        Value::Cents(value) => value.checked_neg().map(Value::Cents),
        Value::Percent(value) => value.checked_neg().map(Value::Percent),
        _ => None,
    }
}

fn size(value: &Value) -> Option<Value> {
    let count = match value {
        Value::List(items) => items.len(),
        Value::Text(text) => text.chars().count(),
        _ => return None,
    };
    i64::try_from(count).ok().map(Value::Integer)
}

fn added(left: &Value, right: &Value, sign: Sign, environment: &dyn Environment) -> Option<Value> {
    let sum = match sign {
        Sign::Plus => i64::checked_add,
        Sign::Minus => i64::checked_sub,
    };
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => sum(*left, *right).map(Value::Integer),
        (Value::Cents(left), Value::Cents(right)) => sum(*left, *right).map(Value::Cents),
        (Value::Percent(left), Value::Percent(right)) => sum(*left, *right).map(Value::Percent),
        (Value::Date(date), Value::Duration(delai)) => {
            environment.add(*date, *delai, sign).map(Value::Date)
        }
        _ => None,
    }
}

/// From a year, a month and a day, or a year and a day of the year.
fn date(parts: &[Cow<'_, Value>]) -> Option<Value> {
    let number = |index: usize| match parts.get(index).map(Cow::as_ref) {
        Some(Value::Integer(value)) => Some(*value),
        _ => None,
    };
    let year = i32::try_from(number(0)?).ok()?;
    let (month, day) = match parts.get(1).map(Cow::as_ref) {
        Some(Value::Day(day)) => (day.month, day.day),
        _ => (
            u32::try_from(number(1)?).ok()?,
            u32::try_from(number(2)?).ok()?,
        ),
    };
    NaiveDate::from_ymd_opt(year, month, day).map(Value::Date)
}

/// A duration in calendar days, months or years, without carry-over; others need a calendar.
pub(super) fn add_calendar(date: NaiveDate, delai: Delai, sign: Sign) -> Option<NaiveDate> {
    if delai.mode != Mode::Calendaires || delai.report {
        return None;
    }
    let count = match sign {
        Sign::Plus => delai.count,
        Sign::Minus => delai.count.checked_neg()?,
    };
    let size = count.unsigned_abs();
    let months = match delai.unit {
        Unit::Days if count < 0 => return date.checked_sub_days(Days::new(size)),
        Unit::Days => return date.checked_add_days(Days::new(size)),
        Unit::Months => size,
        Unit::Years => size.checked_mul(12)?,
    };
    let months = Months::new(u32::try_from(months).ok()?);
    if count < 0 {
        date.checked_sub_months(months)
    } else {
        date.checked_add_months(months)
    }
}

/// The facts and rules that `expr` is computed from.
fn missing(expr: &Expr) -> Unknown {
    let mut names = Vec::new();
    expr.visit(&mut |part| match part {
        Expr::Fact(name) => names.push(name.clone()),
        Expr::Rule(id) => names.push(format!("rule({id})")),
        _ => {}
    });
    Unknown { names }
}

/// Sorted, each name once.
pub(super) fn tidy(mut unknown: Unknown) -> Unknown {
    unknown.names.sort();
    unknown.names.dedup();
    unknown
}
