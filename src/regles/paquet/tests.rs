use super::*;
use crate::montre::{depuis, travaille};
use crate::regles::calendrier::parse_date;
use crate::regles::delai::{Delai, Mode};
use crate::regles::problem::Code;
use crate::regles::value::Day;
use proptest::prelude::*;

const PACK: &str = r#"
pack: exemple-2026
title: Règles d'exemple
rules:
  T_APPROB:
    title: Approbation tacite
    kind: duration
    silence: approved
    values:
      - from: 2027-01-01
        value: P20D
        mode: ouvres
        report: true
        source: exemple
        confirmed: false
      - from: 2018-01-01
        to: 2026-06-30
        value: P30D
        source: CASF R.314-225 II
        link: https://www.legifrance.gouv.fr/codes/
        confirmed: true
        note: À compter de la réception.
  OPPOSITION:
    title: Qui peut rejeter
    kind: parties
    values:
      - { from: 2018-01-01, value: "any(approbateurs)", source: usage, confirmed: false }
  MOTIFS:
    title: Motifs de rejet
    kind: choices
    values:
      - { from: 2018-01-01, value: [Équilibre, "Charges exagérées"], source: x, confirmed: true }
"#;

fn d(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

/// A pack whose only rule has this kind and these lines in its only value.
fn one(kind: &str, lines: &str) -> String {
    let lines = lines.replace('\n', "\n        ");
    format!(
        "pack: p\ntitle: P\nrules:\n  R:\n    title: R\n    kind: {kind}\n    values:\n      \
         - source: usage\n        confirmed: true\n        {lines}\n"
    )
}

fn valued(kind: &str, value: &str) -> Result<Value, Vec<Problem>> {
    let text = one(kind, &format!("from: 2026-01-01\nvalue: {value}"));
    let pack = Paquet::parse(text.as_bytes())?;
    Ok(pack.value("R", d("2026-01-01")).unwrap().value.clone())
}

fn refused(text: &str) -> Vec<Problem> {
    Paquet::parse(text.as_bytes()).expect_err("this pack must be refused")
}

#[test]
fn the_value_of_a_day_is_the_one_in_force() {
    let pack = Paquet::parse(PACK.as_bytes()).unwrap();
    assert_eq!(
        (pack.id.as_str(), pack.title.as_str()),
        ("exemple-2026", "Règles d'exemple")
    );
    let on = |date| pack.value("T_APPROB", d(date));
    assert_eq!(on("2017-12-31"), None);
    let old = on("2018-01-01").unwrap();
    assert_eq!(old.value, Value::Duration(Delai::jours(30)));
    assert_eq!(old.source, "CASF R.314-225 II");
    assert_eq!(old.note.as_deref(), Some("À compter de la réception."));
    assert_eq!(old.place.line, 16);
    assert_eq!(on("2026-06-30"), Some(old));
    assert_eq!(on("2026-07-01"), None);
    let new = on("2050-01-01").unwrap();
    let Value::Duration(delai) = new.value else {
        panic!("{new:?}")
    };
    assert_eq!(
        (delai.count, delai.mode, delai.report),
        (20, Mode::Ouvres, true)
    );
    assert_eq!(pack.rules["T_APPROB"].silence, Some(Silence::Approved));
    assert_eq!(pack.value("ABSENTE", d("2026-01-01")), None);
}

#[test]
fn a_pack_tells_its_rules_their_types_and_what_is_unconfirmed() {
    let pack = Paquet::parse(PACK.as_bytes()).unwrap();
    assert_eq!(
        pack.ids().collect::<Vec<_>>(),
        ["MOTIFS", "OPPOSITION", "T_APPROB"]
    );
    assert_eq!(pack.rule_type("T_APPROB"), Some(Type::Duration));
    assert_eq!(pack.rule_type("OPPOSITION"), Some(Type::Parties));
    assert_eq!(
        pack.rule_type("MOTIFS"),
        Some(Type::List(Box::new(Type::Text)))
    );
    assert_eq!(pack.rule_type("ABSENTE"), None);
    let unconfirmed: Vec<_> = pack.unconfirmed().map(|(id, v)| (id, v.from)).collect();
    assert_eq!(
        unconfirmed,
        [
            ("OPPOSITION", d("2018-01-01")),
            ("T_APPROB", d("2027-01-01"))
        ]
    );
    assert_eq!(pack.debut(), Some(d("2018-01-01")));
}

#[test]
fn each_kind_is_read_exactly() {
    let text = |t: &str| Value::Text(t.into());
    let cases: &[(&str, &str, Value)] = &[
        ("boolean", "true", Value::Boolean(true)),
        ("integer", "-2", Value::Integer(-2)),
        ("integer", "010", Value::Integer(10)),
        ("cents", "150000.00", Value::Cents(15_000_000)),
        ("cents", "-0.05", Value::Cents(-5)),
        ("percent", "10 %", Value::Percent(1_000)),
        ("percent", "2.5%", Value::Percent(250)),
        ("percent", "0.05 %", Value::Percent(5)),
        ("date", "2026-06-30", Value::Date(d("2026-06-30"))),
        ("duration", "P2W", Value::Duration(Delai::jours(14))),
        ("text", "NO", text("NO")),
        (
            "parties",
            "\"all(gestionnaire, ars)\"",
            text("all(gestionnaire, ars)"),
        ),
        ("choices", "[a, b]", Value::List(vec![text("a"), text("b")])),
        ("day", "06-30", Value::Day(Day { month: 6, day: 30 })),
    ];
    for (kind, written, value) in cases {
        assert_eq!(
            valued(kind, written).as_ref(),
            Ok(value),
            "{kind} {written}"
        );
    }
}

#[test]
fn a_value_of_another_type_is_refused_with_what_was_expected() {
    let cases: &[(&str, &[&str])] = &[
        ("boolean", &["yes", "1", "True", "", "[true]"]),
        (
            "integer",
            &[
                "1.0",
                "+1",
                "1e3",
                "0x1F",
                "1 000",
                "--1",
                "99999999999999999999",
                "'-'",
            ],
        ),
        (
            "cents",
            &[
                "150000",
                "1.5",
                "1.005",
                "1,50",
                "1 000.00",
                ".50",
                "99999999999999999.00",
            ],
        ),
        (
            "percent",
            &["10", "10 ‰", "1.005 %", "1. %", "'%'", "1.+5 %"],
        ),
        (
            "date",
            &["30/06/2026", "2026-02-29", "20260630", "[2026-06-30]"],
        ),
        (
            "duration",
            &["30", "30 jours", "P0D", "PT1H", "P10001D", "{a: b}"],
        ),
        ("text", &["", "''", "[a]"]),
        ("parties", &["", "{any: ars}"]),
        ("choices", &["a", "[]", "[a, a]", "[a, [b]]", "[a, '']"]),
        (
            "day",
            &["30-06-", "02-29", "13-01", "6-30", "2026-06-30", "+1-01"],
        ),
    ];
    for (kind, values) in cases {
        for written in *values {
            let problems = valued(kind, written).expect_err(written);
            assert_eq!(problems.len(), 1, "{kind} {written:?} {problems:?}");
            assert_eq!(problems[0].code, Code::Type, "{kind} {written:?}");
            assert_eq!(problems[0].place.line, 11, "{kind} {written:?}");
        }
    }
}

/// In a valid pack: this text, replaced by that one, is told with this code, on this line, by this
/// sentence.
const BROKEN: &[(&str, &str, Code, u32, &str)] = &[
    (
        "pack: p",
        "paquet: p",
        Code::Inconnu,
        1,
        "Clés admises : pack",
    ),
    ("pack: p", "pack: P 2026", Code::Type, 1, "minuscules"),
    ("title: P", "titel: P", Code::Inconnu, 2, "« title »"),
    ("title: P", "title: ''", Code::Type, 2, "un texte"),
    ("  R:", "  r:", Code::Syntaxe, 4, "majuscules"),
    (
        "kind: integer",
        "kind: intger",
        Code::Type,
        6,
        "« integer »",
    ),
    ("    kind: integer\n", "", Code::Syntaxe, 5, "kind"),
    ("    title: R\n", "", Code::Syntaxe, 5, "title"),
    (
        "kind: integer",
        "kind: integer\n    silence: oui",
        Code::Type,
        7,
        "approved",
    ),
    (
        "confirmed: true",
        "confirmed: oui",
        Code::Type,
        9,
        "true ou false",
    ),
    (
        "confirmed: true",
        "confirmee: true",
        Code::Inconnu,
        9,
        "« confirmed »",
    ),
    ("source: usage", "source: ''", Code::Type, 8, "un texte"),
    (
        "source: usage",
        "note: usage",
        Code::Syntaxe,
        8,
        "« source »",
    ),
    (
        "value: 1",
        "value: 1\n        link: ftp://x",
        Code::Type,
        12,
        "https",
    ),
    (
        "value: 1",
        "value: 1\n        mode: ouvres",
        Code::Type,
        12,
        "délai",
    ),
    (
        "value: 1",
        "value: 1\n        report: true",
        Code::Type,
        12,
        "délai",
    ),
    (
        "value: 1",
        "value: 1\n        to: 2025-12-31",
        Code::Syntaxe,
        8,
        "avant de commencer",
    ),
    (
        "value: 1",
        "value: 1\n        value: 2",
        Code::Syntaxe,
        12,
        "déjà écrite ligne 11",
    ),
    (
        "from: 2026-01-01",
        "from: janvier",
        Code::Type,
        10,
        "AAAA-MM-JJ",
    ),
    (
        "value: 1",
        "value: 1\n      - { from: 2027-01-01, value: 2, source: x, confirmed: true }",
        Code::Syntaxe,
        12,
        "en vigueur le 2027-01-01 (l'autre est ligne 8)",
    ),
];

#[test]
fn a_broken_pack_is_refused_where_it_is_broken() {
    let valid = one("integer", "from: 2026-01-01\nvalue: 1");
    Paquet::parse(valid.as_bytes()).unwrap();
    for (good, bad, code, line, sentence) in BROKEN {
        let problems = refused(&valid.replacen(good, bad, 1));
        let told = problems
            .iter()
            .any(|p| p.code == *code && p.place.line == *line && p.message.contains(sentence));
        assert!(told, "{bad:?} {problems:#?}");
    }
}

#[test]
fn a_shape_that_is_not_a_pack_is_refused() {
    for text in [
        "",
        "texte",
        "[a]",
        "pack: p\ntitle: P",
        "pack: p\ntitle: P\nrules: {}",
        "pack: p\ntitle: P\nrules: [R]",
        "pack: p\ntitle: P\nrules: { R: 1 }",
        "pack: p\ntitle: P\nrules: { R: { title: R, kind: integer, values: [] } }",
        "pack: p\ntitle: P\nrules: { R: { title: R, kind: integer, values: [1] } }",
        "pack: &p p\ntitle: P\nrules: {}",
    ] {
        assert!(!refused(text).is_empty(), "{text:?}");
    }
}

#[test]
fn working_days_do_not_count_months() {
    let text = one("duration", "from: 2026-01-01\nvalue: P2M\nmode: ouvres");
    let problems = refused(&text);
    assert_eq!((problems[0].code, problems[0].place.line), (Code::Type, 12));
    let months = one(
        "duration",
        "from: 2026-01-01\nvalue: P2M\nmode: francs\nreport: true",
    );
    Paquet::parse(months.as_bytes()).unwrap();
}

/// Nearly as many rules as the YAML reader lets through, each with all that can be wrong.
#[test]
fn a_pack_made_of_mistakes_is_refused_quickly() {
    let rule = |n| format!("  r{n}: {{titel: a, kind: intger, values: [{{form: b, value: c}}]}}\n");
    let rules: Vec<String> = (0..3_500).map(rule).collect();
    let start = travaille();
    let problems = refused(&format!("pack: p\ntitle: P\nrules:\n{}", rules.concat()));
    assert!(depuis(start) < std::time::Duration::from_secs(1));
    assert!(problems.len() >= 3_500);
}

#[test]
fn every_problem_is_told_in_the_order_of_the_file() {
    let text = one("integer", "from: hier\nvalue: beaucoup").replace("pack: p", "pack: É");
    let lines: Vec<u32> = refused(&text).iter().map(|p| p.place.line).collect();
    assert_eq!(lines, [1, 10, 11]);
}

proptest! {
    /// At most one value answers for a day, whatever the periods; overlapping ones are refused.
    #[test]
    fn a_day_has_one_value_or_the_pack_is_refused(
        periods in proptest::collection::vec((1_u32..=28, 0_u32..=10, any::<bool>()), 1..5)
    ) {
        let mut text = String::from(
            "pack: p\ntitle: P\nrules:\n  R:\n    title: R\n    kind: integer\n    values:\n",
        );
        let mut covered = [0_u32; 40];
        for (rank, (from, length, open)) in periods.iter().enumerate() {
            let last = from + length;
            let to = if *open { String::new() } else { format!("to: {}, ", january(last)) };
            let from_day = january(*from);
            let rest = format!("value: {rank}, source: x, confirmed: true");
            text.extend(["      - { from: ", &from_day.to_string(), ", ", &to, &rest, " }\n"]);
            let end = if *open { 39 } else { last };
            (*from..=end).for_each(|day| covered[day as usize] += 1);
        }
        let overlap = covered.iter().any(|n| *n > 1);
        match Paquet::parse(text.as_bytes()) {
            Err(_) => prop_assert!(overlap),
            Ok(pack) => {
                prop_assert!(!overlap);
                for day in 1..39 {
                    let value = pack.value("R", january(day));
                    prop_assert_eq!(value.is_some(), covered[day as usize] == 1);
                }
            }
        }
    }

    #[test]
    fn amounts_keep_every_cent(cents in any::<i32>()) {
        let cents = i64::from(cents);
        let sign = if cents < 0 { "-" } else { "" };
        let written = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        prop_assert_eq!(valued("cents", &written).unwrap(), Value::Cents(cents));
    }
}

/// The n-th day counted from the 1st of January 2026.
fn january(n: u32) -> NaiveDate {
    d("2025-12-31") + chrono::Days::new(u64::from(n))
}
