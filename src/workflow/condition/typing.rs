//! From the untyped tree to the typed expression: names looked up, types checked.

use super::expr::{Comparison, Expr, Operator, simplify};
use super::parser::{Node, Raw};
use super::{ConditionError, Vocabulary};
use crate::regles::delai::{Delai, Mode, Unit};
use crate::regles::value::{Type, Value};
use crate::workflow::problem::{Code, nearest};

type Typed = Result<(Expr, Type), ConditionError>;

const FUNCTIONS: [&str; 11] = [
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
const CLOCKS: [&str; 5] = ["today", "now", "aujourdhui", "maintenant", "timestamp"];

fn refusal<T>(at: usize, code: Code, message: impl Into<String>) -> Result<T, ConditionError> {
    Err(ConditionError::new(at, code, message))
}

/// The expression of `raw`, which must be of type `expected`.
pub(super) fn expect(
    raw: &Raw,
    expected: &Type,
    vocabulary: &dyn Vocabulary,
) -> Result<Expr, ConditionError> {
    if let (Node::List(items), Type::List(inner)) = (&raw.node, expected) {
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
            computed(raw.at, Operator::Negate, vec![operand], kind)
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

fn is_ordered(kind: &Type) -> bool {
    is_quantity(kind) || matches!(kind, Type::Date | Type::Day)
}

/// An operation that some constants make impossible.
fn computed(at: usize, operator: Operator, operands: Vec<Expr>, kind: Type) -> Typed {
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
            "Une liste vide n'a pas de type ici : mettez-y au moins un élément.",
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
    computed(left.at, operator, vec![left_expr, right_expr], kind)
}

fn unknown<T>(
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

fn refuse_fact<T>(at: usize, name: &str, vocabulary: &dyn Vocabulary) -> Result<T, ConditionError> {
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

fn call(at: usize, name: &str, arguments: &[Raw], vocabulary: &dyn Vocabulary) -> Typed {
    match (name, arguments) {
        ("rule", [argument]) => {
            let id = bare(argument, "rule(T_EPRD_APPROB)")?;
            match vocabulary.rule(id) {
                Some(kind) => Ok((Expr::Rule(id.to_owned()), kind)),
                None => {
                    let remedy = "ajoutez-la au paquet de règles";
                    unknown(argument.at, "La règle", id, vocabulary.rule_names(), remedy)
                }
            }
        }
        ("done", [argument]) => {
            let act = bare(argument, "done(deliberer)")?;
            if vocabulary.act(act) {
                return Ok((Expr::Done(act.to_owned()), Type::Boolean));
            }
            let remedy = "nommez un acte sans « to » de cet état";
            unknown(argument.at, "L'acte", act, vocabulary.act_names(), remedy)
        }
        ("has", [argument]) => {
            let name = bare(argument, "has(contrat.terme)")?;
            match vocabulary.fact(name) {
                Some(_) => Ok((Expr::Has(name.to_owned()), Type::Boolean)),
                None => refuse_fact(argument.at, name, vocabulary),
            }
        }
        ("branches.count", [argument]) => count(argument, vocabulary),
        ("size", [argument]) => size(argument, vocabulary),
        ("date", [_, _] | [_, _, _]) => date(at, arguments, vocabulary),
        ("min" | "max", [_, _, ..]) => extreme(name, arguments, vocabulary),
        ("euros" | "percent", [argument]) => hundredths(name, argument),
        ("duration", [argument]) => duration(argument),
        _ => refuse_call(at, name, arguments.len(), vocabulary),
    }
}

fn refuse_call<T>(
    at: usize,
    name: &str,
    found: usize,
    vocabulary: &dyn Vocabulary,
) -> Result<T, ConditionError> {
    let wanted = match name {
        "rule" | "done" | "has" | "branches.count" | "size" | "euros" | "percent" | "duration" => {
            "un argument"
        }
        "date" => "trois arguments (année, mois, jour) ou deux (année, jour de l'année)",
        "min" | "max" => "au moins deux arguments",
        "cents" => {
            let message = "La fonction « cents » n'existe pas : écrivez euros('1 234,56').";
            return refusal(at, Code::Inconnu, message);
        }
        _ if vocabulary.fact(name).is_some() => {
            let message = format!("« {name} » est un fait : retirez ses parenthèses.");
            return refusal(at, Code::Inconnu, message);
        }
        _ if CLOCKS.contains(&name) => return refuse_fact(at, name, vocabulary),
        _ => {
            let remedy = format!("les fonctions sont {}", FUNCTIONS.join(", "));
            return unknown(at, "La fonction", name, FUNCTIONS.to_vec(), &remedy);
        }
    };
    refusal(
        at,
        Code::Type,
        format!("« {name} » demande {wanted}, {found} trouvé(s) : corrigez leur nombre."),
    )
}

/// A name written without quotes.
fn bare<'r>(argument: &'r Raw, example: &str) -> Result<&'r str, ConditionError> {
    match &argument.node {
        Node::Name(name) => Ok(name),
        _ => refusal(
            argument.at,
            Code::Syntaxe,
            format!("Un nom sans guillemets était attendu : écrivez par exemple {example}."),
        ),
    }
}

fn count(argument: &Raw, vocabulary: &dyn Vocabulary) -> Typed {
    let Node::Text(state) = &argument.node else {
        return refusal(
            argument.at,
            Code::Syntaxe,
            "Un nom d'état entre apostrophes était attendu : écrivez par exemple \
             branches.count('clos').",
        );
    };
    if vocabulary.state(state) {
        return Ok((Expr::Count(state.clone()), Type::Integer));
    }
    let remedy = "nommez un état des branches d'un for_each";
    unknown(
        argument.at,
        "L'état",
        state,
        vocabulary.state_names(),
        remedy,
    )
}

fn size(argument: &Raw, vocabulary: &dyn Vocabulary) -> Typed {
    let (operand, kind) = infer(argument, vocabulary)?;
    if !matches!(kind, Type::List(_) | Type::Text) {
        let message = format!(
            "size demande une liste ou un texte, {} a été trouvé : retirez size.",
            kind.title()
        );
        return refusal(argument.at, Code::Type, message);
    }
    Ok((simplify(Operator::Size, vec![operand]), Type::Integer))
}

fn date(at: usize, arguments: &[Raw], vocabulary: &dyn Vocabulary) -> Typed {
    let mut operands = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        let wanted = if arguments.len() == 2 && index == 1 {
            Type::Day
        } else {
            Type::Integer
        };
        operands.push(expect(argument, &wanted, vocabulary)?);
    }
    if let Some(Expr::Literal(Value::Integer(year))) = operands.first()
        && !(1..=9999).contains(year)
    {
        let message = format!("L'année {year} n'est pas entre 1 et 9999 : corrigez-la.");
        return refusal(at, Code::Type, message);
    }
    let constant = operands.iter().all(Expr::is_literal);
    let expr = simplify(Operator::Date, operands);
    if constant && !expr.is_literal() {
        let message = format!("« {expr} » n'est pas une date du calendrier : corrigez-la.");
        return refusal(at, Code::Type, message);
    }
    Ok((expr, Type::Date))
}

fn extreme(name: &str, arguments: &[Raw], vocabulary: &dyn Vocabulary) -> Typed {
    let (first, kind) = infer(&arguments[0], vocabulary)?;
    if !is_ordered(&kind) {
        let message = format!(
            "{name} compare des nombres, des montants, des pourcentages ou des dates, {} a été \
             trouvé : changez ses arguments.",
            kind.title()
        );
        return refusal(arguments[0].at, Code::Type, message);
    }
    let mut operands = vec![first];
    for argument in &arguments[1..] {
        operands.push(expect(argument, &kind, vocabulary)?);
    }
    let operator = if name == "min" {
        Operator::Min
    } else {
        Operator::Max
    };
    Ok((simplify(operator, operands), kind))
}

/// `euros(…)` and `percent(…)`: a whole number, or a text with at most two decimals.
fn hundredths(name: &str, argument: &Raw) -> Typed {
    let read = match &argument.node {
        Node::Integer(value) => value.checked_mul(100),
        Node::Text(text) => read_hundredths(text),
        _ => None,
    };
    match (read, name) {
        (Some(cents), "euros") => Ok((Expr::Literal(Value::Cents(cents)), Type::Cents)),
        (Some(points), _) => Ok((Expr::Literal(Value::Percent(points)), Type::Percent)),
        (None, _) => {
            let example = if name == "euros" { "1 234,56" } else { "12,5" };
            refusal(
                argument.at,
                Code::Type,
                format!(
                    "{name} demande un nombre entier, ou un texte avec deux décimales au plus : \
                     écrivez par exemple {name}('{example}')."
                ),
            )
        }
    }
}

/// `1 234,56` to 123456.
fn read_hundredths(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once([',', '.']).unwrap_or((digits, "0"));
    let whole: String = whole
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}'))
        .collect();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(&whole) || !is_number(decimals) || decimals.len() > 2 {
        return None;
    }
    format!("{}{whole}{decimals:0<2}", if negative { "-" } else { "" })
        .parse()
        .ok()
}

/// `duration('P30D')`: calendar days, weeks, months or years.
fn duration(argument: &Raw) -> Typed {
    let read = match &argument.node {
        Node::Text(text) => read_duration(text),
        _ => None,
    };
    match read {
        Some(delai) => Ok((Expr::Literal(Value::Duration(delai)), Type::Duration)),
        None => refusal(
            argument.at,
            Code::Type,
            "duration demande un délai de 10 000 unités au plus : écrivez par exemple \
             duration('P30D'), 'P2W', 'P6M' ou 'P1Y'.",
        ),
    }
}

fn read_duration(text: &str) -> Option<Delai> {
    let digits = text.strip_prefix('P')?;
    let letter = digits.chars().last()?;
    let digits = digits.strip_suffix(letter)?;
    let (unit, times) = match letter {
        'D' => (Unit::Days, 1),
        'W' => (Unit::Days, 7),
        'M' => (Unit::Months, 1),
        'Y' => (Unit::Years, 1),
        _ => return None,
    };
    if digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let count: i64 = digits.parse().ok()?;
    (count <= 10_000).then_some(Delai {
        count: count * times,
        unit,
        mode: Mode::Calendaires,
        report: false,
    })
}
