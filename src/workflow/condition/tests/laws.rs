//! Laws that hold for every condition.

use super::{World, boolean, parse};
use crate::regles::delai::{Delai, Mode, Unit};
use crate::regles::value::{Day, Type, Value};
use crate::workflow::condition::{Condition, Coverage, Sentence, Truth, coverage, satisfiable};
use chrono::NaiveDate;
use proptest::prelude::*;

/// The facts a random condition may name, by type.
const INTEGERS: [&str; 2] = ["a0", "a1"];
const BOOLEANS: [&str; 3] = ["b0", "b1", "b2"];
const TEXTS: [&str; 2] = ["t0", "t1"];

/// What a random condition is made of.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Extent {
    /// What our language and CEL both have.
    Common,
    Whole,
}

fn pick(names: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(names).prop_map(str::to_owned).boxed()
}

pub(super) fn integers(depth: u32, extent: Extent) -> BoxedStrategy<String> {
    let leaf = prop_oneof![pick(&INTEGERS), (-9_i64..99).prop_map(|n| n.to_string())];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || integers(depth - 1, extent);
    let common = prop_oneof![
        leaf,
        (inner(), inner()).prop_map(|(a, b)| format!("({a}) + ({b})")),
        (inner(), inner()).prop_map(|(a, b)| format!("({a}) - ({b})")),
        inner().prop_map(|a| format!("-({a})")),
        texts().prop_map(|t| format!("size({t})")),
        prop::collection::vec(inner(), 1..4).prop_map(|l| format!("size([{}])", l.join(", "))),
    ];
    if extent == Extent::Common {
        return common.boxed();
    }
    let whole = prop_oneof![
        Just("rule(OS_MIN)".to_owned()),
        Just("branches.count('refuse')".to_owned()),
        (inner(), inner()).prop_map(|(a, b)| format!("min({a}, {b})")),
        (inner(), inner()).prop_map(|(a, b)| format!("max({a}, {b})")),
    ];
    prop_oneof![3 => common, 1 => whole].boxed()
}

fn texts() -> BoxedStrategy<String> {
    let literal = "[a-zé ]{0,3}(\\\\\\\\|\\\\'|\")?".prop_map(|t| format!("'{t}'"));
    prop_oneof![pick(&TEXTS), literal].boxed()
}

fn dates(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("contrat.terme".to_owned()),
        (2000..2040, 1..13, 1..29).prop_map(|(y, m, d)| format!("date({y}, {m}, {d})")),
        integers(0, Extent::Whole).prop_map(|y| format!("date(2000 + min(30, {y}), 1, 1)")),
        Just("date(2026, rule(J_EPRD))".to_owned()),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || dates(depth - 1);
    prop_oneof![
        leaf,
        (inner(), 0..99, "[DWMY]").prop_map(|(d, n, u)| format!("{d} - duration('P{n}{u}')")),
        inner().prop_map(|d| format!("{d} + rule(T_PROROG)")),
        (inner(), inner()).prop_map(|(a, b)| format!("max({a}, {b})")),
    ]
    .boxed()
}

fn amounts() -> BoxedStrategy<String> {
    let amount = prop_oneof![
        Just("moyens.total".to_owned()),
        any::<i32>().prop_map(|n| format!("euros({n})")),
        "-?[0-9]{1,4}( [0-9]{3}){0,2},[0-9]{2}".prop_map(|t| format!("euros('{t}')")),
    ];
    (amount.clone(), amount)
        .prop_map(|(a, b)| format!("{a} - {b}"))
        .boxed()
}

fn rates() -> BoxedStrategy<String> {
    "[0-9]{1,3}(,[0-9]{1,2})?"
        .prop_map(|t| format!("percent('{t}')"))
        .boxed()
}

pub(super) fn booleans(depth: u32, extent: Extent) -> BoxedStrategy<String> {
    let leaf = prop_oneof![4 => pick(&BOOLEANS), 1 => pick(&["true", "false"])];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || booleans(depth - 1, extent);
    let numbers = || integers(depth - 1, extent);
    let compare = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let common = prop_oneof![
        leaf,
        (inner(), inner()).prop_map(|(a, b)| format!("({a}) && ({b})")),
        (inner(), inner(), inner()).prop_map(|(a, b, c)| format!("({a}) || ({b}) || {c}")),
        inner().prop_map(|a| format!("!({a})")),
        (inner(), inner()).prop_map(|(a, b)| format!("({a}) == ({b})")),
        (numbers(), compare(), numbers()).prop_map(|(a, c, b)| format!("{a} {c} {b}")),
        (texts(), texts()).prop_map(|(a, b)| format!("{a} != {b}")),
        (numbers(), prop::collection::vec(numbers(), 1..4))
            .prop_map(|(a, l)| format!("{a} in [{}]", l.join(", "))),
        (texts(), prop::collection::vec(texts(), 1..4))
            .prop_map(|(a, l)| format!("{a} in [{}]", l.join(", "))),
    ];
    if extent == Extent::Common {
        return common.boxed();
    }
    let whole = prop_oneof![
        Just("done(deliberer)".to_owned()),
        pick(&["has(a0)", "has(b0)", "has(t0)"]),
        texts().prop_map(|t| format!("{t} in rule(MOTIFS)")),
        (dates(depth - 1), compare(), dates(0)).prop_map(|(a, c, b)| format!("{a} {c} {b}")),
        (amounts(), compare()).prop_map(|(a, c)| format!("{a} {c} moyens.total")),
        (rates(), compare()).prop_map(|(a, c)| format!("{a} {c} moyens.taux")),
    ];
    prop_oneof![3 => common, 1 => whole].boxed()
}

/// Values for the facts a random condition may name, each known or not.
fn worlds() -> impl Strategy<Value = World> {
    let small = || prop::option::of((-9_i64..99).prop_map(Value::Integer));
    let truth = || prop::option::of(any::<bool>().prop_map(Value::Boolean));
    let text = || prop::option::of("[a-zé ]{0,3}".prop_map(Value::Text));
    let cents = prop::option::of((-99_999_i64..99_999).prop_map(Value::Cents));
    let day = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
    let date =
        prop::option::of((0_u64..15_000).prop_map(move |days| {
            Value::Date(day.checked_add_days(chrono::Days::new(days)).unwrap())
        }));
    let texts = (text(), text());
    let trade = (cents, date, 0..30_000_i64, small());
    let seen = (any::<bool>(), 0..9_i64);
    (
        small(),
        small(),
        [truth(), truth(), truth()],
        texts,
        trade,
        seen,
    )
        .prop_map(
            |(a0, a1, [b0, b1, b2], (t0, t1), (cents, date, rate, os_min), (done, count))| {
                let six_months = Delai {
                    count: 6,
                    unit: Unit::Months,
                    mode: Mode::Calendaires,
                    report: false,
                };
                let known = [
                    ("a0", a0),
                    ("a1", a1),
                    ("b0", b0),
                    ("b1", b1),
                    ("b2", b2),
                    ("t0", t0),
                    ("t1", t1),
                    ("moyens.total", cents),
                    ("moyens.taux", Some(Value::Percent(rate))),
                    ("contrat.terme", date),
                    ("OS_MIN", os_min),
                    ("T_PROROG", Some(Value::Duration(six_months))),
                    ("J_EPRD", Some(Value::Day(Day { month: 6, day: 30 }))),
                    ("MOTIFS", Some(Value::List(vec![Value::Text("a".into())]))),
                ];
                let known = known
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value?)))
                    .collect();
                World { known, done, count }
            },
        )
}

/// `None` when random text passes a limit of the language.
fn within_limits(source: &str) -> Option<Condition> {
    (source.chars().count() <= 400).then(|| parse(source))
}

proptest! {
    #[test]
    fn printing_then_parsing_gives_the_same_condition(source in booleans(3, Extent::Whole)) {
        let Some(condition) = within_limits(&source) else { return Ok(()) };
        let again = boolean(&condition.to_string());
        prop_assert_eq!(again.to_string(), condition.to_string());
        prop_assert_eq!(again, Condition { source: condition.to_string(), ..condition });
    }

    #[test]
    fn substituting_what_is_known_changes_no_value(
        source in booleans(3, Extent::Whole),
        world in worlds(),
        kept in any::<u32>(),
    ) {
        let Some(condition) = within_limits(&source) else { return Ok(()) };
        let known = |name: &str| {
            let bit = FIXED.iter().position(|fixed| *fixed == name)?;
            (kept >> bit & 1 == 1).then(|| world.known.get(name).cloned())?
        };
        let partly = condition.substitute(known);
        prop_assert_eq!(partly.eval(&world), condition.eval(&world));
        for name in partly.facts() {
            prop_assert_eq!(known(name), None);
        }
    }

    #[test]
    fn learning_a_fact_never_changes_what_was_decided(
        source in booleans(3, Extent::Whole),
        world in worlds(),
        more in worlds(),
    ) {
        prop_assume!(!source.contains("has("));
        let Some(condition) = within_limits(&source) else { return Ok(()) };
        let mut richer = world.clone();
        for (name, value) in more.known {
            richer.known.entry(name).or_insert(value);
        }
        match condition.holds(&world) {
            Truth::Unknown(names) => {
                prop_assert!(!names.is_empty());
                for name in names {
                    let name = name.trim_start_matches("rule(").trim_end_matches(')');
                    prop_assert!(!world.known.contains_key(name));
                }
            }
            decided => prop_assert_eq!(condition.holds(&richer), decided),
        }
    }

    #[test]
    fn a_truth_table_agrees_with_trying_every_value(
        sources in prop::collection::vec(free_booleans(3), 1..4),
    ) {
        let conditions: Vec<_> = sources.iter().map(|source| boolean(source)).collect();
        let conditions: Vec<_> = conditions.iter().collect();
        let held: Vec<Vec<bool>> = (0..8)
            .map(|valuation: u32| {
                let known = BOOLEANS.iter().enumerate();
                let known = known.map(|(i, b)| (*b, Value::Boolean(valuation >> i & 1 == 1)));
                let world = World { known: known.collect(), ..World::default() };
                conditions.iter().map(|c| c.holds(&world) == Truth::True).collect()
            })
            .collect();
        let whole = held.iter().all(|row| row.contains(&true));
        prop_assert_eq!(coverage(&conditions) == Coverage::Whole, whole);
        let together = held.iter().any(|row| !row.contains(&false));
        prop_assert_eq!(satisfiable(&conditions), Some(together));
        let first = held[0][0];
        let constant = held.iter().all(|row| row[0] == first).then_some(first);
        prop_assert_eq!(conditions[0].constant(), constant);
    }

    #[test]
    fn any_text_is_read_or_refused_in_its_bounds(source in any::<String>()) {
        refused_inside(&source)?;
    }

    #[test]
    fn any_heap_of_tokens_is_read_or_refused_in_its_bounds(
        tokens in prop::collection::vec(prop::sample::select(TOKENS.to_vec()), 0..60),
    ) {
        refused_inside(&tokens.concat())?;
    }

    #[test]
    fn any_bytes_are_read_or_refused_in_their_bounds(
        bytes in prop::collection::vec(any::<u8>(), 0..500),
    ) {
        refused_inside(&String::from_utf8_lossy(&bytes))?;
    }
}

/// The facts that `substitute` is tried on.
const FIXED: [&str; 10] = [
    "a0",
    "a1",
    "b0",
    "b1",
    "b2",
    "t0",
    "t1",
    "moyens.total",
    "moyens.taux",
    "contrat.terme",
];

const TOKENS: [&str; 40] = [
    "a0",
    "b0",
    "t0",
    "é",
    "contrat.",
    "terme",
    "rule(",
    "done(",
    "has(",
    "date(",
    "min(",
    "size(",
    "euros(",
    "percent(",
    "duration(",
    "branches.count(",
    "OS_MIN",
    "(",
    ")",
    "[",
    "]",
    ",",
    "+",
    "-",
    "!",
    "&&",
    "||",
    "==",
    "<=",
    ">",
    " in ",
    "'",
    "\"",
    "\\",
    "9",
    "9223372036854775808",
    "true",
    "{",
    "}",
    " ",
];

/// Connectives over boolean facts only, so that atoms are as free as the facts.
fn free_booleans(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![6 => pick(&BOOLEANS), 1 => pick(&["true", "false"])];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || free_booleans(depth - 1);
    prop_oneof![
        leaf,
        (inner(), inner()).prop_map(|(a, b)| format!("({a}) && ({b})")),
        (inner(), inner()).prop_map(|(a, b)| format!("({a}) || ({b})")),
        inner().prop_map(|a| format!("!({a})")),
    ]
    .boxed()
}

fn refused_inside(source: &str) -> Result<(), TestCaseError> {
    let length = source.chars().count();
    if let Err(error) = Condition::parse(source, &Type::Boolean, &World::default()) {
        prop_assert!(error.offset <= length, "{} in {source:?}", error.offset);
    }
    match Sentence::parse(source, &World::default()) {
        Ok(sentence) => {
            sentence.render(&World::default());
        }
        Err(error) => prop_assert!(error.offset <= length, "{} in {source:?}", error.offset),
    }
    Ok(())
}
