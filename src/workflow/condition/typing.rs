//! From the untyped tree to the typed expression: names looked up, types checked.

use super::calls::call;
use super::expr::{Comparison, Expr, Operator, simplify};
use super::parser::{Node, Raw};
use super::{ConditionError, Vocabulary};
use crate::regles::value::{Type, Value};
use crate::workflow::problem::{Code, nearest};

pub(super) type Typed = Result<(Expr, Type), ConditionError>;

pub(super) const FUNCTIONS: [&str; 11] = [
    "branches.count",
    "date",
    "done",
    "duration",
    "euros",
    "has",
    "max",
    "min",
    "percent",
    "rule",
    "size",
];

/// What people write for the present day.
pub(super) const CLOCKS: [&str; 5] = ["today", "now", "aujourdhui", "maintenant", "timestamp"];

pub(super) fn refusal<T>(
    at: usize,
    code: Code,
    message: impl Into<String>,
) -> Result<T, ConditionError> {
    Err(ConditionError::new(at, code, message))
}

/// The expression of `raw`, which must be of type `expected`.
pub(super) fn expect(
    raw: &Raw,
    expected: &Type,
    vocabulary: &dyn Vocabulary,
) -> Result<Expr, ConditionError> {
    if let (Node::List(items), Type::List(inner)) = (&raw.node, expected)
        && !items.is_empty()
    {
        let items: Result<Vec<_>, _> = items
            .iter()
            .map(|item| expect(item, inner, vocabulary))
            .collect();
        return Ok(simplify(Operator::List, items?));
    }
    let (expr, found) = infer(raw, vocabulary)?;
    if found == *expected {
        return Ok(expr);
    }
    let remedy = match (expected, &expr) {
        (Type::Cents, Expr::Literal(Value::Integer(n))) => format!("écrivez euros({n})"),
        (Type::Percent, Expr::Literal(Value::Integer(n))) => format!("écrivez percent({n})"),
        (Type::Date, Expr::Literal(Value::Text(_))) => "écrivez date(année, mois, jour)".into(),
        (Type::Duration, Expr::Literal(Value::Text(_) | Value::Integer(_))) => {
            "écrivez duration('P30D')".into()
        }
        (Type::Boolean, _) => "comparez-le à une valeur".into(),
        _ => "mettez une valeur du type attendu".into(),
    };
    refusal(
        raw.at,
        Code::Type,
        format!(
            "{} était attendu ici, {} a été trouvé : {remedy}.",
            capital(&expected.title()),
            found.title()
        ),
    )
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

pub(super) fn infer(raw: &Raw, vocabulary: &dyn Vocabulary) -> Typed {
    match &raw.node {
        Node::Boolean(value) => Ok((Expr::boolean(*value), Type::Boolean)),
        Node::Integer(value) => Ok((Expr::Literal(Value::Integer(*value)), Type::Integer)),
        Node::Text(value) => Ok((Expr::Literal(Value::Text(value.clone())), Type::Text)),
        Node::List(items) => list(raw.at, items, vocabulary),
        Node::Name(name) => fact(raw.at, name, vocabulary),
        Node::Call(name, arguments) => call(raw.at, name, arguments, vocabulary),
        Node::All(operands) => connective(Operator::All, operands, vocabulary),
        Node::Any(operands) => connective(Operator::Any, operands, vocabulary),
        Node::Not(operand) => {
            let operand = expect(operand, &Type::Boolean, vocabulary)?;
            Ok((simplify(Operator::Not, vec![operand]), Type::Boolean))
        }
        Node::Negate(operand) => {
            let (operand, kind) = infer(operand, vocabulary)?;
            if !is_quantity(&kind) {
                let message = format!(
                    "Le signe moins demande un nombre, un montant ou un pourcentage, {} a été \
                     trouvé : retirez-le.",
                    kind.title()
                );
                return refusal(raw.at, Code::Type, message);
            }
            arithmetic(raw.at, Operator::Negate, vec![operand], kind)
        }
        Node::Compare(comparison, left, right) => compare(*comparison, left, right, vocabulary),
        Node::In(left, right) => {
            let (element, kind) = infer(left, vocabulary)?;
            let list = expect(right, &Type::List(Box::new(kind)), vocabulary)?;
            Ok((simplify(Operator::In, vec![element, list]), Type::Boolean))
        }
        Node::Plus(left, right) => sum(Operator::Plus, left, right, vocabulary),
        Node::Minus(left, right) => sum(Operator::Minus, left, right, vocabulary),
    }
}

fn is_quantity(kind: &Type) -> bool {
    matches!(kind, Type::Integer | Type::Cents | Type::Percent)
}

pub(super) fn is_ordered(kind: &Type) -> bool {
    is_quantity(kind) || matches!(kind, Type::Date | Type::Day)
}

/// An operation that some constants make impossible.
fn arithmetic(at: usize, operator: Operator, operands: Vec<Expr>, kind: Type) -> Typed {
    let constant = operands.iter().all(Expr::is_literal);
    let expr = simplify(operator, operands);
    if constant && !expr.is_literal() && kind != Type::Date {
        return refusal(
            at,
            Code::Limite,
            "Ce calcul dépasse ce qu'un entier de 64 bits peut tenir : réduisez les nombres.",
        );
    }
    Ok((expr, kind))
}

fn list(at: usize, items: &[Raw], vocabulary: &dyn Vocabulary) -> Typed {
    let Some((first, rest)) = items.split_first() else {
        return refusal(
            at,
            Code::Type,
            "Une liste compte au moins un élément, celle-ci n'en a aucun : ajoutez-en un.",
        );
    };
    let (first_expr, kind) = infer(first, vocabulary)?;
    if matches!(kind, Type::List(_)) {
        return refusal(
            first.at,
            Code::Type,
            "Une liste ne contient pas de liste : mettez-y des valeurs simples.",
        );
    }
    let mut exprs = vec![first_expr];
    for item in rest {
        exprs.push(expect(item, &kind, vocabulary)?);
    }
    let list = simplify(Operator::List, exprs);
    Ok((list, Type::List(Box::new(kind))))
}

fn connective(operator: Operator, operands: &[Raw], vocabulary: &dyn Vocabulary) -> Typed {
    let operands: Result<Vec<_>, _> = operands
        .iter()
        .map(|operand| expect(operand, &Type::Boolean, vocabulary))
        .collect();
    Ok((simplify(operator, operands?), Type::Boolean))
}

fn compare(comparison: Comparison, left: &Raw, right: &Raw, vocabulary: &dyn Vocabulary) -> Typed {
    let (left_expr, kind) = infer(left, vocabulary)?;
    let equality = matches!(comparison, Comparison::Eq | Comparison::Ne);
    let remedy = match &kind {
        Type::List(_) => "utilisez « in » ou size(…)",
        Type::Parties => "une expression de parties ne se compare pas",
        _ if equality || is_ordered(&kind) => "",
        _ => "utilisez « == » ou « != »",
    };
    if !remedy.is_empty() {
        let message = format!(
            "« {} » ne compare pas {} : {remedy}.",
            comparison.symbol(),
            kind.title()
        );
        return refusal(left.at, Code::Type, message);
    }
    let right_expr = expect(right, &kind, vocabulary)?;
    let operator = Operator::Compare(comparison);
    Ok((
        simplify(operator, vec![left_expr, right_expr]),
        Type::Boolean,
    ))
}

fn sum(operator: Operator, left: &Raw, right: &Raw, vocabulary: &dyn Vocabulary) -> Typed {
    let (left_expr, kind) = infer(left, vocabulary)?;
    let right_kind = match &kind {
        Type::Date => Type::Duration,
        kind if is_quantity(kind) => kind.clone(),
        Type::Duration => {
            return refusal(
                left.at,
                Code::Type,
                "Un délai ne s'additionne qu'à une date : écrivez la date d'abord, \
                 « contrat.terme + rule(X) ».",
            );
        }
        _ => {
            let message = format!(
                "Une addition demande un nombre, un montant, un pourcentage ou une date, \
                 {} a été trouvé : retirez-la.",
                kind.title()
            );
            return refusal(left.at, Code::Type, message);
        }
    };
    let right_expr = expect(right, &right_kind, vocabulary)?;
    arithmetic(left.at, operator, vec![left_expr, right_expr], kind)
}

pub(super) fn unknown<T>(
    at: usize,
    what: &str,
    name: &str,
    known: Vec<&str>,
    remedy: &str,
) -> Result<T, ConditionError> {
    let advice = match nearest(name, known) {
        Some(near) => format!("vouliez-vous « {near} » ?"),
        None => format!("{remedy}."),
    };
    let message = format!("{what} « {name} » n'existe pas ici : {advice}");
    refusal(at, Code::Inconnu, message)
}

fn fact(at: usize, name: &str, vocabulary: &dyn Vocabulary) -> Typed {
    if let Some(kind) = vocabulary.fact(name) {
        return Ok((Expr::Fact(name.to_owned()), kind));
    }
    refuse_fact(at, name, vocabulary)
}

pub(super) fn refuse_fact<T>(
    at: usize,
    name: &str,
    vocabulary: &dyn Vocabulary,
) -> Result<T, ConditionError> {
    if CLOCKS.contains(&name) {
        return refusal(
            at,
            Code::Inconnu,
            format!("« {name} » n'existe pas : attendre une date est une minuterie (after:)."),
        );
    }
    if vocabulary.rule(name).is_some() {
        let message = format!("« {name} » est une règle, pas un fait : écrivez rule({name}).");
        return refusal(at, Code::Inconnu, message);
    }
    if vocabulary.act(name) {
        let message = format!("« {name} » est un acte, pas un fait : écrivez done({name}).");
        return refusal(at, Code::Inconnu, message);
    }
    if FUNCTIONS.contains(&name) {
        let message = format!("« {name} » demande ses parenthèses : écrivez {name}(…).");
        return refusal(at, Code::Inconnu, message);
    }
    let remedy = if name.starts_with("branches.") {
        "les branches ne se comptent que dans un état for_each"
    } else {
        "écrivez un fait du catalogue"
    };
    unknown(at, "Le fait", name, vocabulary.fact_names(), remedy)
}
