//! The functions of the language: what each takes and gives.

use super::expr::{Expr, Operator, simplify};
use super::parser::{Node, Raw};
use super::typing::{CLOCKS, FUNCTIONS, Typed, expect, infer};
use super::typing::{is_ordered, refusal, refuse_fact, unknown};
use super::{ConditionError, Vocabulary};
use crate::regles::delai::{Delai, Mode, Unit};
use crate::regles::value::{Type, Value};
use crate::workflow::problem::Code;

pub(super) fn call(at: usize, name: &str, arguments: &[Raw], vocabulary: &dyn Vocabulary) -> Typed {
    match (name, arguments) {
        ("rule", [argument]) => {
            let id = bare(argument, "rule(T_EPRD_APPROB)")?;
            if let Some(kind) = vocabulary.rule(id) {
                Ok((Expr::Rule(id.to_owned()), kind))
            } else {
                let remedy = "ajoutez-la au paquet de règles";
                unknown(argument.at, "La règle", id, vocabulary.rule_names(), remedy)
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
