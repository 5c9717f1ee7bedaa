//! Truth tables: conditions over their atoms, each taken as a free boolean variable.
//!
//! An atom is a largest part that is not made by `&&`, `||`, `!`. Comparisons are put in one form
//! (`==` and `<`, operands in order), so that a comparison and its complement are one atom.

use super::Condition;
use super::expr::{Comparison, Expr, Operator, simplify};
use crate::regles::value::{Type, Value};
use std::collections::BTreeSet;

/// Past this many atoms, nothing is decided.
pub const MAX_ATOMS: usize = 10;

/// Whether some conditions, one or another, hold whatever their atoms are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// One of them holds in every valuation.
    Whole,
    /// A valuation of the atoms (canonical text) where none holds.
    Gap(Vec<(String, bool)>),
    /// Too many atoms: this many.
    Undecided(usize),
}

/// Whether the disjunction of `conditions` covers every valuation of their atoms. A condition that
/// is not boolean never holds. Whether the facts are known is not looked at: an unknown one may
/// leave every condition undecided.
pub fn coverage(conditions: &[&Condition]) -> Coverage {
    let (atoms, formulas) = Formula::of(conditions);
    if atoms.len() > MAX_ATOMS {
        return Coverage::Undecided(atoms.len());
    }
    let gap = valuations(atoms.len())
        .find(|valuation| !formulas.iter().any(|formula| formula.holds(*valuation)));
    match gap {
        None => Coverage::Whole,
        Some(valuation) => Coverage::Gap(
            atoms
                .iter()
                .enumerate()
                .map(|(index, atom)| (atom.to_string(), bit(valuation, index)))
                .collect(),
        ),
    }
}

/// Whether one valuation of the atoms makes all `conditions` hold; `None` past [`MAX_ATOMS`].
pub fn satisfiable(conditions: &[&Condition]) -> Option<bool> {
    let (atoms, formulas) = Formula::of(conditions);
    (atoms.len() <= MAX_ATOMS).then(|| {
        valuations(atoms.len())
            .any(|valuation| formulas.iter().all(|formula| formula.holds(valuation)))
    })
}

/// Which of `conditions` hold together: one row for each way they may, where all of `given` do.
/// `Err`: too many atoms, this many.
pub fn rows(conditions: &[&Condition], given: &[&Condition]) -> Result<BTreeSet<Vec<bool>>, usize> {
    let all: Vec<&Condition> = conditions.iter().chain(given).copied().collect();
    let (atoms, formulas) = Formula::of(&all);
    if atoms.len() > MAX_ATOMS {
        return Err(atoms.len());
    }
    let (asked, given) = formulas.split_at(conditions.len());
    let known = valuations(atoms.len()).filter(|v| given.iter().all(|f| f.holds(*v)));
    Ok(known
        .map(|v| asked.iter().map(|f| f.holds(v)).collect())
        .collect())
}

impl Condition {
    /// What holds exactly when this boolean condition does not.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self::of_boolean(simplify(Operator::Not, vec![self.expr.clone()]))
    }

    /// What holds exactly when each of `conditions` does; true when there is none.
    pub fn conjunction(conditions: &[&Self]) -> Self {
        let operands = conditions.iter().map(|c| c.expr.clone()).collect();
        Self::of_boolean(simplify(Operator::All, operands))
    }

    /// The condition that holds exactly when this boolean fact does.
    pub fn of_fact(name: &str) -> Self {
        Self::of_boolean(Expr::Fact(name.to_owned()))
    }

    fn of_boolean(expr: Expr) -> Self {
        Self {
            source: expr.to_string(),
            kind: Type::Boolean,
            expr,
        }
    }
}

pub(super) fn constant(condition: &Condition) -> Option<bool> {
    if condition.kind != Type::Boolean {
        return None;
    }
    let (atoms, formulas) = Formula::of(&[condition]);
    if atoms.len() > MAX_ATOMS {
        return None;
    }
    let formula = formulas.first()?;
    let first = formula.holds(0);
    valuations(atoms.len())
        .all(|valuation| formula.holds(valuation) == first)
        .then_some(first)
}

pub(super) fn atoms(condition: &Condition) -> Vec<String> {
    let (atoms, _) = Formula::of(&[condition]);
    atoms.iter().map(ToString::to_string).collect()
}

/// Bit `i` is the truth of atom `i`.
type Valuation = u32;

fn valuations(atoms: usize) -> impl Iterator<Item = Valuation> {
    0..(1 << atoms)
}

fn bit(valuation: Valuation, index: usize) -> bool {
    valuation >> index & 1 == 1
}

/// A boolean expression over numbered atoms.
enum Formula {
    Constant(bool),
    Atom(usize),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    /// The distinct atoms of `conditions`, then one formula for each condition.
    fn of(conditions: &[&Condition]) -> (Vec<Expr>, Vec<Formula>) {
        let mut atoms = Vec::new();
        let formulas = conditions
            .iter()
            .map(|condition| match condition.kind {
                Type::Boolean => Formula::read(&condition.expr, &mut atoms),
                _ => Formula::Constant(false),
            })
            .collect();
        (atoms, formulas)
    }

    fn read(expr: &Expr, atoms: &mut Vec<Expr>) -> Formula {
        let mut many = |operands: &[Expr]| -> Vec<Formula> {
            operands.iter().map(|o| Formula::read(o, atoms)).collect()
        };
        match expr {
            Expr::Literal(value) => Formula::Constant(*value == Value::Boolean(true)),
            Expr::Apply(Operator::All, operands) => Formula::All(many(operands)),
            Expr::Apply(Operator::Any, operands) => Formula::Any(many(operands)),
            Expr::Apply(Operator::Not, operands) => {
                Formula::Not(Box::new(Formula::All(many(operands))))
            }
            Expr::Apply(Operator::Compare(comparison), operands) if operands.len() == 2 => {
                let (atom, positive) = one_form(*comparison, &operands[0], &operands[1]);
                let formula = Formula::numbered(atom, atoms);
                if positive {
                    formula
                } else {
                    Formula::Not(Box::new(formula))
                }
            }
            other => Formula::numbered(other.clone(), atoms),
        }
    }

    fn numbered(atom: Expr, atoms: &mut Vec<Expr>) -> Formula {
        let known = atoms.iter().position(|other| *other == atom);
        Formula::Atom(known.unwrap_or_else(|| {
            atoms.push(atom);
            atoms.len() - 1
        }))
    }

    fn holds(&self, valuation: Valuation) -> bool {
        match self {
            Formula::Constant(value) => *value,
            Formula::Atom(index) => bit(valuation, *index),
            Formula::Not(inner) => !inner.holds(valuation),
            Formula::All(inner) => inner.iter().all(|formula| formula.holds(valuation)),
            Formula::Any(inner) => inner.iter().any(|formula| formula.holds(valuation)),
        }
    }
}

/// The comparison as `==` or `<`, and whether it says that or its contrary.
fn one_form(comparison: Comparison, left: &Expr, right: &Expr) -> (Expr, bool) {
    let (operator, left, right, positive) = match comparison {
        Comparison::Eq | Comparison::Ne => {
            let (least, most) = if left <= right {
                (left, right)
            } else {
                (right, left)
            };
            (Comparison::Eq, least, most, comparison == Comparison::Eq)
        }
        Comparison::Lt | Comparison::Ge => {
            (Comparison::Lt, left, right, comparison == Comparison::Lt)
        }
        Comparison::Gt | Comparison::Le => {
            (Comparison::Lt, right, left, comparison == Comparison::Gt)
        }
    };
    let operands = vec![left.clone(), right.clone()];
    (Expr::Apply(Operator::Compare(operator), operands), positive)
}
