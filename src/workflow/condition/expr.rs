//! The typed expression, its canonical text and its simplification.

use super::eval;
use super::format;
use crate::regles::delai::{Delai, Mode, Unit};
use crate::regles::value::Value;
use chrono::Datelike;
use std::fmt::{self, Display, Formatter, Write};

/// A typed expression; built by `typing` only, so arguments are of the right number and type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Expr {
    Literal(Value),
    Fact(String),
    Rule(String),
    Done(String),
    /// Branches that stand in this state.
    Count(String),
    Has(String),
    Apply(Operator, Vec<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operator {
    /// Two operands or more, none of them an `All`.
    All,
    /// Two operands or more, none of them an `Any`.
    Any,
    Not,
    Compare(Comparison),
    In,
    Plus,
    Minus,
    Negate,
    Size,
    /// Year, month, day; or year and day of the year.
    Date,
    Min,
    Max,
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparison {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Comparison::Eq => "==",
            Comparison::Ne => "!=",
            Comparison::Lt => "<",
            Comparison::Le => "<=",
            Comparison::Gt => ">",
            Comparison::Ge => ">=",
        }
    }
}

impl Expr {
    pub(super) fn boolean(value: bool) -> Self {
        Expr::Literal(Value::Boolean(value))
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self, Expr::Literal(_))
    }

    /// The expression and all it is made of, outermost first.
    pub(super) fn visit<'e>(&'e self, visitor: &mut dyn FnMut(&'e Expr)) {
        visitor(self);
        if let Expr::Apply(_, operands) = self {
            for operand in operands {
                operand.visit(visitor);
            }
        }
    }

    pub(super) fn substitute(&self, known: &dyn Fn(&str) -> Option<Value>) -> Expr {
        match self {
            Expr::Fact(name) => match known(name) {
                Some(value) if writable(&value) => Expr::Literal(value),
                _ => self.clone(),
            },
            Expr::Has(name) if known(name).is_some() => Expr::boolean(true),
            Expr::Apply(operator, operands) => {
                let operands = operands.iter().map(|o| o.substitute(known)).collect();
                simplify(*operator, operands)
            }
            _ => self.clone(),
        }
    }
}

/// The simplest expression that says the same: constants computed, connectives flattened.
pub(super) fn simplify(operator: Operator, operands: Vec<Expr>) -> Expr {
    match operator {
        Operator::All => connective(operator, operands, true),
        Operator::Any => connective(operator, operands, false),
        Operator::Not => negate(operands),
        Operator::Compare(Comparison::Eq) => equal(operands, true),
        Operator::Compare(Comparison::Ne) => equal(operands, false),
        _ => computed(operator, operands),
    }
}

/// The value of an operation whose operands are all values; counting from a date is left to the
/// environment, which has the calendar.
fn computed(operator: Operator, operands: Vec<Expr>) -> Expr {
    let dated = matches!(operands.first(), Some(Expr::Literal(Value::Date(_))))
        && matches!(operator, Operator::Plus | Operator::Minus);
    let constant = !dated && operands.iter().all(Expr::is_literal);
    let whole = Expr::Apply(operator, operands);
    if !constant {
        return whole;
    }
    match eval::value(&whole, &eval::Nothing) {
        Ok(value) => Expr::Literal(value.into_owned()),
        Err(_) => whole,
    }
}

/// Comparing with a boolean value says the operand or its contrary.
fn equal(mut operands: Vec<Expr>, same: bool) -> Expr {
    let boolean = operands
        .iter()
        .position(|operand| matches!(operand, Expr::Literal(Value::Boolean(_))));
    if let (Some(index), 2) = (boolean, operands.len()) {
        let value = operands.swap_remove(index) == Expr::boolean(true);
        return if value == same {
            operands.remove(0)
        } else {
            negate(operands)
        };
    }
    let comparison = if same { Comparison::Eq } else { Comparison::Ne };
    computed(Operator::Compare(comparison), operands)
}

fn negate(mut operands: Vec<Expr>) -> Expr {
    match operands.pop() {
        Some(Expr::Literal(Value::Boolean(value))) => Expr::boolean(!value),
        Some(Expr::Apply(Operator::Not, mut inner)) if inner.len() == 1 => inner.remove(0),
        Some(operand) => Expr::Apply(Operator::Not, vec![operand]),
        None => Expr::Apply(Operator::Not, operands),
    }
}

/// `neutral`: the operand that changes nothing (`true` for `&&`); its opposite decides alone.
fn connective(operator: Operator, operands: Vec<Expr>, neutral: bool) -> Expr {
    let mut kept = Vec::with_capacity(operands.len());
    for operand in operands {
        match operand {
            Expr::Literal(Value::Boolean(value)) if value == neutral => {}
            Expr::Literal(Value::Boolean(_)) => return Expr::boolean(!neutral),
            Expr::Apply(inner, mut nested) if inner == operator => kept.append(&mut nested),
            other => kept.push(other),
        }
    }
    match kept.len() {
        0 => Expr::boolean(neutral),
        1 => kept.remove(0),
        _ => Expr::Apply(operator, kept),
    }
}

/// Whether the language has a way to write this value.
fn writable(value: &Value) -> bool {
    match value {
        Value::Duration(delai) => delai.mode == Mode::Calendaires && !delai.report,
        Value::Day(_) => false,
        Value::List(items) => !items.is_empty() && items.iter().all(writable),
        _ => true,
    }
}

/// How tightly a form binds; an operand that binds less than its place asks is put in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Any,
    All,
    Relation,
    Sum,
    Unary,
    Primary,
}

fn tightness(expr: &Expr) -> Tightness {
    match expr {
        Expr::Apply(operator, _) => match operator {
            Operator::Any => Tightness::Any,
            Operator::All => Tightness::All,
            Operator::Compare(_) | Operator::In => Tightness::Relation,
            Operator::Plus | Operator::Minus => Tightness::Sum,
            Operator::Not | Operator::Negate => Tightness::Unary,
            _ => Tightness::Primary,
        },
        _ => Tightness::Primary,
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Literal(value) => literal(value, f),
            Expr::Fact(name) => f.write_str(name),
            Expr::Rule(id) => write!(f, "rule({id})"),
            Expr::Done(act) => write!(f, "done({act})"),
            Expr::Has(fact) => write!(f, "has({fact})"),
            Expr::Count(state) => {
                f.write_str("branches.count(")?;
                text(state, f)?;
                f.write_char(')')
            }
            Expr::Apply(operator, operands) => apply(*operator, operands, f),
        }
    }
}

fn apply(operator: Operator, operands: &[Expr], f: &mut Formatter<'_>) -> fmt::Result {
    use Tightness::{Relation, Sum, Unary};
    match operator {
        Operator::All => infix(" && ", operands, [Relation, Relation], f),
        Operator::Any => infix(" || ", operands, [Tightness::All, Tightness::All], f),
        Operator::Compare(comparison) => infix(
            &format!(" {} ", comparison.symbol()),
            operands,
            [Sum, Sum],
            f,
        ),
        Operator::In => infix(" in ", operands, [Sum, Sum], f),
        Operator::Plus => infix(" + ", operands, [Sum, Unary], f),
        Operator::Minus => infix(" - ", operands, [Sum, Unary], f),
        Operator::Not => infix("!", operands, [Unary, Unary], f),
        Operator::Negate => infix("-", operands, [Unary, Unary], f),
        Operator::Size => call("size(", operands, ')', f),
        Operator::Date => call("date(", operands, ')', f),
        Operator::Min => call("min(", operands, ')', f),
        Operator::Max => call("max(", operands, ')', f),
        Operator::List => call("[", operands, ']', f),
    }
}

/// Operands around a symbol; a single operand follows it. `asked`: the tightness of the first
/// operand's place, then of the others'.
fn infix(
    symbol: &str,
    operands: &[Expr],
    asked: [Tightness; 2],
    f: &mut Formatter<'_>,
) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 || operands.len() == 1 {
            f.write_str(symbol)?;
        }
        if tightness(operand) < asked[usize::from(index > 0)] {
            write!(f, "({operand})")?;
        } else {
            operand.fmt(f)?;
        }
    }
    Ok(())
}

fn call(open: &str, operands: &[Expr], close: char, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str(open)?;
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        operand.fmt(f)?;
    }
    f.write_char(close)
}

fn literal(value: &Value, f: &mut Formatter<'_>) -> fmt::Result {
    match value {
        Value::Boolean(value) => value.fmt(f),
        Value::Integer(value) => value.fmt(f),
        Value::Cents(cents) => write!(f, "euros('{}')", format::hundredths(*cents, ' ', true)),
        Value::Percent(points) => {
            write!(f, "percent('{}')", format::hundredths(*points, ' ', false))
        }
        Value::Date(date) => {
            write!(f, "date({}, {}, {})", date.year(), date.month(), date.day())
        }
        Value::Duration(delai) => write!(f, "duration('{}')", iso(delai)),
        Value::Day(day) => write!(f, "{:02}-{:02}", day.month, day.day),
        Value::Text(value) => text(value, f),
        Value::List(items) => {
            f.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                literal(item, f)?;
            }
            f.write_char(']')
        }
    }
}

fn iso(delai: &Delai) -> String {
    let unit = match delai.unit {
        Unit::Days => 'D',
        Unit::Months => 'M',
        Unit::Years => 'Y',
    };
    format!("P{}{unit}", delai.count)
}

fn text(value: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('\'')?;
    for c in value.chars() {
        if c == '\'' || c == '\\' {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('\'')
}
