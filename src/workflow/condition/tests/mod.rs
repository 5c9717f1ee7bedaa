//! Conditions judged: laws, truth tables, another reader beside ours.

mod errors;
mod judge;
mod laws;
mod tables;

use super::format::french;
use super::{Condition, ConditionError, Environment, Sentence, Sign, Truth, Unknown, Vocabulary};
use crate::regles::delai::{Delai, Mode, Unit};
use crate::regles::value::{Day, Type, Value};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A small catalogue, and what its names are worth.
#[derive(Debug, Clone, Default)]
struct World {
    known: BTreeMap<&'static str, Value>,
    done: bool,
    count: i64,
}

const FACTS: [(&str, Type); 15] = [
    ("contrat.terme", Type::Date),
    ("contrat.relances", Type::Integer),
    ("contrat.complet", Type::Boolean),
    ("contrat.titre", Type::Text),
    ("moyens.total", Type::Cents),
    ("moyens.taux", Type::Percent),
    ("eprd.exercice", Type::Integer),
    ("branches.open", Type::Integer),
    ("a0", Type::Integer),
    ("a1", Type::Integer),
    ("b0", Type::Boolean),
    ("b1", Type::Boolean),
    ("b2", Type::Boolean),
    ("t0", Type::Text),
    ("t1", Type::Text),
];

const ACTS: [&str; 2] = ["deliberer", "relancer"];
const STATES: [&str; 2] = ["accorde", "refuse"];

fn rules() -> [(&'static str, Type); 5] {
    [
        ("OS_MIN", Type::Integer),
        ("T_PROROG", Type::Duration),
        ("J_EPRD", Type::Day),
        ("MOTIFS", Type::List(Box::new(Type::Text))),
        ("OPPOSITION", Type::Parties),
    ]
}

impl Vocabulary for World {
    fn fact(&self, name: &str) -> Option<Type> {
        let found = FACTS.iter().find(|(fact, _)| *fact == name);
        found.map(|(_, kind)| kind.clone())
    }

    fn rule(&self, id: &str) -> Option<Type> {
        let found = rules().into_iter().find(|(rule, _)| *rule == id);
        found.map(|(_, kind)| kind)
    }

    fn act(&self, name: &str) -> bool {
        ACTS.contains(&name)
    }

    fn state(&self, name: &str) -> bool {
        STATES.contains(&name)
    }

    fn fact_names(&self) -> Vec<&str> {
        FACTS.iter().map(|(name, _)| *name).collect()
    }

    fn rule_names(&self) -> Vec<&str> {
        rules().into_iter().map(|(name, _)| name).collect()
    }

    fn act_names(&self) -> Vec<&str> {
        ACTS.to_vec()
    }

    fn state_names(&self) -> Vec<&str> {
        STATES.to_vec()
    }
}

impl Environment for World {
    fn fact(&self, name: &str) -> Option<Value> {
        self.known.get(name).cloned()
    }

    fn rule(&self, id: &str) -> Option<Value> {
        self.known.get(id).cloned()
    }

    fn done(&self, _: &str) -> bool {
        self.done
    }

    fn count(&self, _: &str) -> i64 {
        self.count
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn delai(count: i64, unit: Unit, mode: Mode) -> Delai {
    Delai {
        count,
        unit,
        mode,
        report: false,
    }
}

/// A contract whose every name is known.
fn world() -> World {
    let six_months = delai(6, Unit::Months, Mode::Calendaires);
    let known = [
        ("contrat.terme", Value::Date(day(2029, 12, 31))),
        ("contrat.relances", Value::Integer(2)),
        ("contrat.complet", Value::Boolean(true)),
        ("contrat.titre", Value::Text("Été 2029".into())),
        ("moyens.total", Value::Cents(123_456_789)),
        ("moyens.taux", Value::Percent(1_250)),
        ("eprd.exercice", Value::Integer(2027)),
        ("branches.open", Value::Integer(0)),
        ("OS_MIN", Value::Integer(4)),
        ("T_PROROG", Value::Duration(six_months)),
        ("J_EPRD", Value::Day(Day { month: 6, day: 30 })),
        ("MOTIFS", Value::List(vec![Value::Text("tardif".into())])),
    ];
    World {
        known: known.into(),
        done: true,
        count: 3,
    }
}

fn parse(source: &str) -> Condition {
    Condition::infer(source, &World::default()).unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn boolean(source: &str) -> Condition {
    Condition::parse(source, &Type::Boolean, &World::default())
        .unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn eval(source: &str) -> Result<Value, Unknown> {
    parse(source).eval(&world())
}

#[test]
fn boolean_expressions_hold_as_they_read() {
    let holding = [
        "contrat.relances >= 2 && contrat.complet",
        "!(contrat.relances > 2) || false",
        "contrat.terme == date(2029, 12, 31)",
        "contrat.terme - rule(T_PROROG) == date(2029, 6, 30)",
        "date(eprd.exercice, rule(J_EPRD)) < contrat.terme",
        "date(eprd.exercice + 1, 4, 30) == date(2028, 4, 30)",
        "moyens.total == euros('1 234 567,89')",
        "moyens.total > euros(1000000) && moyens.total - euros('0,89') == euros(1234567)",
        "moyens.taux == percent('12,5') && moyens.taux > percent(12)",
        "'tardif' in rule(MOTIFS) && !('autre' in rule(MOTIFS))",
        "size(rule(MOTIFS)) == 1 && size(contrat.titre) == 8",
        "contrat.relances in [1, 2, rule(OS_MIN)]",
        "contrat.titre == \"Été 2029\" && contrat.titre != 'l\\'été'",
        "done(deliberer) && branches.open == 0 && branches.count('accorde') >= 3",
        "has(contrat.terme) && !has(a0)",
        "max(rule(OS_MIN), contrat.relances, -7) == 4 && min(1, 2) == 1",
        "contrat.terme + duration('P2W') == date(2030, 1, 14)",
        "-contrat.relances == 0 - 2",
        "contrat.complet == true && contrat.complet != false && !(contrat.complet == false)",
    ];
    for source in holding {
        assert_eq!(boolean(source).holds(&world()), Truth::True, "{source}");
        let contrary = format!("!({source})");
        assert_eq!(
            boolean(&contrary).holds(&world()),
            Truth::False,
            "{contrary}"
        );
    }
}

#[test]
fn an_expression_has_the_value_and_the_type_it_computes() {
    let terme = parse("min(contrat.terme, date(2028, 2, 29))");
    assert_eq!(terme.kind(), &Type::Date);
    assert_eq!(terme.eval(&world()), Ok(Value::Date(day(2028, 2, 29))));

    let reste = parse("rule(OS_MIN) - contrat.relances");
    assert_eq!(reste.kind(), &Type::Integer);
    assert_eq!(reste.eval(&world()), Ok(Value::Integer(2)));
    assert_eq!(reste.holds(&world()), Truth::False);
}

#[test]
fn what_is_not_known_decides_nothing_but_what_is_known_may() {
    let unknown = |names: &[&str]| {
        let names = names.iter().map(ToString::to_string).collect();
        Err(Unknown { names })
    };
    assert_eq!(eval("a1 > 0 && a0 > 0 && a1 < 9"), unknown(&["a0", "a1"]));
    assert_eq!(eval("a0 > 0 && false"), Ok(Value::Boolean(false)));
    assert_eq!(
        eval("a0 > 0 && contrat.relances > 5"),
        Ok(Value::Boolean(false))
    );
    assert_eq!(eval("b0 || contrat.complet"), Ok(Value::Boolean(true)));
    assert_eq!(eval("b0 || !contrat.complet"), unknown(&["b0"]));
    assert_eq!(eval("min(a0, 3) + a1"), unknown(&["a0", "a1"]));
    assert_eq!(
        eval("date(a0, 1, a1) in [contrat.terme]"),
        unknown(&["a0", "a1"])
    );
    assert_eq!(eval("has(a0)"), Ok(Value::Boolean(false)));

    let without_rules = World {
        known: BTreeMap::new(),
        ..world()
    };
    let found = boolean("rule(OS_MIN) > 2").holds(&without_rules);
    assert_eq!(found, Truth::Unknown(vec!["rule(OS_MIN)".into()]));
}

#[test]
fn an_impossible_computation_is_not_known_and_never_a_panic() {
    let mut world = world();
    world.known.insert("a0", Value::Integer(i64::MAX));
    world
        .known
        .insert("a1", Value::Text("pas un nombre".into()));
    for source in [
        "a0 + 1",
        "-(0 - a0 - 1) - 1 + a0",
        "date(a0, 1, 1)",
        "date(2026, a0, 1)",
    ] {
        let found = parse(source).eval(&world).unwrap_err();
        assert_eq!(found.names, ["a0"], "{source}");
    }
    assert_eq!(parse("a1 > 2").eval(&world).unwrap_err().names, ["a1"]);
}

#[test]
fn without_a_calendar_months_clamp_and_working_days_are_not_told() {
    let world = World::default();
    let calendar = |count, unit| delai(count, unit, Mode::Calendaires);
    let add = |date, delai, sign| Environment::add(&world, date, delai, sign);
    let january = day(2028, 1, 31);
    let month = calendar(1, Unit::Months);
    assert_eq!(add(january, month, Sign::Plus), Some(day(2028, 2, 29)));
    assert_eq!(
        add(day(2028, 3, 31), month, Sign::Minus),
        Some(day(2028, 2, 29))
    );
    let year = calendar(1, Unit::Years);
    assert_eq!(
        add(day(2028, 2, 29), year, Sign::Plus),
        Some(day(2029, 2, 28))
    );
    let days = calendar(31, Unit::Days);
    assert_eq!(add(january, days, Sign::Minus), Some(day(2027, 12, 31)));
    assert_eq!(
        add(january, calendar(i64::MIN, Unit::Days), Sign::Minus),
        None
    );
    assert_eq!(
        add(january, calendar(i64::MAX, Unit::Years), Sign::Plus),
        None
    );
    assert_eq!(
        add(january, delai(5, Unit::Days, Mode::Ouvres), Sign::Plus),
        None
    );
}

#[test]
fn a_condition_tells_the_names_it_mentions() {
    let condition = boolean(
        "done(deliberer) && a1 > rule(OS_MIN) && (has(b0) || a0 < branches.count('refuse')) \
         && a1 < 9",
    );
    assert_eq!(condition.facts(), ["a0", "a1", "b0"]);
    assert_eq!(condition.rules(), ["OS_MIN"]);
    assert_eq!(condition.dones(), ["deliberer"]);
    assert_eq!(condition.counts(), ["refuse"]);
}

#[test]
fn substituting_facts_leaves_what_depends_on_the_others() {
    let condition = boolean("(b0 || a0 > 3) && (!b0 || t0 == 'x') && has(b0)");
    let when = |value| condition.substitute(|name| (name == "b0").then_some(Value::Boolean(value)));
    assert_eq!(when(true).source, "t0 == 'x'");
    assert_eq!(when(false).source, "a0 > 3");
    assert_eq!(when(true).kind(), &Type::Boolean);

    let later = boolean("contrat.terme > date(eprd.exercice, 1, 1) + duration('P1Y')");
    let fixed = later.substitute(|name| Environment::fact(&world(), name));
    let expected = "date(2029, 12, 31) > date(2027, 1, 1) + duration('P1Y')";
    assert_eq!(fixed.source, expected);
    assert_eq!(fixed.holds(&World::default()), Truth::True);
}

#[test]
fn a_sentence_shows_what_its_holes_are_worth() {
    let render = |source: &str| {
        let sentence = Sentence::parse(source, &World::default()).unwrap();
        sentence.render(&world())
    };
    assert_eq!(render("Sans trou."), "Sans trou.");
    assert_eq!(
        render("{contrat.relances} relance(s), terme le {contrat.terme}"),
        "2 relances, terme le 31/12/2029"
    );
    assert_eq!(
        render("Il manque {rule(OS_MIN) - contrat.relances} objectif(s), {a0} reste(nt)."),
        "Il manque 2 objectifs, (non connu) reste(nt)."
    );
    let sentence = Sentence::parse("{a0} puis {b0}", &World::default()).unwrap();
    let holes: Vec<_> = sentence.holes().map(|hole| hole.source.as_str()).collect();
    assert_eq!(holes, ["a0", "b0"]);
}

#[test]
fn values_are_written_in_french() {
    let written = [
        (
            Value::Cents(123_456_789),
            "1\u{202f}234\u{202f}567,89\u{202f}€",
        ),
        (Value::Cents(-5), "-0,05\u{202f}€"),
        (Value::Percent(1_250), "12,5\u{202f}%"),
        (Value::Percent(1_000), "10\u{202f}%"),
        (Value::Percent(-125), "-1,25\u{202f}%"),
        (Value::Integer(2027), "2027"),
        (Value::Integer(-12_345), "-12\u{202f}345"),
        (
            Value::Integer(i64::MIN),
            "-9\u{202f}223\u{202f}372\u{202f}036\u{202f}854\u{202f}775\u{202f}808",
        ),
        (Value::Date(day(2026, 3, 1)), "01/03/2026"),
        (Value::Boolean(true), "oui"),
        (Value::Boolean(false), "non"),
        (Value::Day(Day { month: 6, day: 30 }), "30 juin"),
        (Value::Day(Day { month: 1, day: 1 }), "1er janvier"),
        (
            Value::Duration(delai(1, Unit::Years, Mode::Calendaires)),
            "1 an",
        ),
        (
            Value::Duration(delai(15, Unit::Days, Mode::Ouvres)),
            "15 jours ouvrés",
        ),
        (
            Value::Duration(delai(1, Unit::Days, Mode::Francs)),
            "1 jour franc",
        ),
        (
            Value::List(vec![Value::Text("a".into()), Value::Integer(1)]),
            "a, 1",
        ),
    ];
    for (value, expected) in written {
        assert_eq!(french(&value), expected);
    }
}

fn refused(source: &str) -> ConditionError {
    Condition::parse(source, &Type::Boolean, &World::default()).unwrap_err()
}
