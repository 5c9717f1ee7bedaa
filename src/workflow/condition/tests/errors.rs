//! Broken conditions: the family, the place and the remedy of each.

use super::{World, parse, refused};
use crate::regles::value::Type;
use crate::workflow::condition::{Condition, Sentence};
use crate::workflow::problem::Code;

/// Source, family, what stands at the place, what the message says.
type Broken = (&'static str, Code, &'static str, &'static str);

fn check(cases: &[Broken]) {
    for (source, code, found, said) in cases {
        let error = refused(source);
        let rest: String = source.chars().skip(error.offset).collect();
        assert_eq!(error.code, *code, "{source}: {error}");
        assert!(rest.starts_with(found), "{source}: at « {rest} » ({error})");
        assert!(error.message.contains(said), "{source}: {error}");
        assert_eq!(found.is_empty(), rest.is_empty(), "{source}: at « {rest} »");
    }
}

const NAMES: &[Broken] = &[
    (
        "contrat.termes > 1",
        Code::Inconnu,
        "contrat.termes",
        "« contrat.terme »",
    ),
    (
        "b0 && (b1 || contrat.complett)",
        Code::Inconnu,
        "contrat.c",
        "« contrat.complet »",
    ),
    (
        "contrat.complété",
        Code::Inconnu,
        "contrat.complété",
        "« contrat.complet »",
    ),
    (
        "has(contrat.term)",
        Code::Inconnu,
        "contrat.term",
        "« contrat.terme »",
    ),
    ("rule(OS_MNI) > 1", Code::Inconnu, "OS_MNI", "« OS_MIN »"),
    ("done(delibere)", Code::Inconnu, "delibere", "« deliberer »"),
    (
        "branches.count('acorde') > 1",
        Code::Inconnu,
        "'acorde'",
        "« accorde »",
    ),
    ("sise(t0) > 1", Code::Inconnu, "sise", "« size »"),
    ("zzz.zzz.zzz", Code::Inconnu, "zzz", "fait du catalogue"),
    (
        "branches.refusees == 0",
        Code::Inconnu,
        "branches.refusees",
        "for_each",
    ),
    (
        "a0 > OS_MIN",
        Code::Inconnu,
        "OS_MIN",
        "écrivez rule(OS_MIN)",
    ),
    (
        "b0 && deliberer",
        Code::Inconnu,
        "deliberer",
        "écrivez done(deliberer)",
    ),
    ("b0 && size", Code::Inconnu, "size", "parenthèses"),
    (
        "contrat.complet()",
        Code::Inconnu,
        "contrat",
        "retirez ses parenthèses",
    ),
    (
        "moyens.total > cents(5)",
        Code::Inconnu,
        "cents",
        "euros('1 234,56')",
    ),
    (
        "contrat.terme < today",
        Code::Inconnu,
        "today",
        "est une minuterie (after:)",
    ),
    (
        "contrat.terme < now()",
        Code::Inconnu,
        "now",
        "est une minuterie (after:)",
    ),
];

#[test]
fn an_unknown_name_is_placed_and_the_nearest_one_offered() {
    check(NAMES);
}

const TYPES: &[Broken] = &[
    (
        "a0",
        Code::Type,
        "a0",
        "Un booléen était attendu ici, un nombre entier",
    ),
    ("b0 && a0", Code::Type, "a0", "comparez-le"),
    ("!a0", Code::Type, "a0", "Un booléen"),
    (
        "a0 == 'x'",
        Code::Type,
        "'x'",
        "Un nombre entier était attendu",
    ),
    (
        "moyens.total > 1000",
        Code::Type,
        "1000",
        "écrivez euros(1000)",
    ),
    ("moyens.taux > 10", Code::Type, "10", "écrivez percent(10)"),
    (
        "contrat.terme > '2029-12-31'",
        Code::Type,
        "'2029",
        "date(année, mois, jour)",
    ),
    (
        "contrat.terme - 30 > contrat.terme",
        Code::Type,
        "30",
        "duration('P30D')",
    ),
    (
        "rule(T_PROROG) + contrat.terme > contrat.terme",
        Code::Type,
        "rule(T",
        "la date d'abord",
    ),
    ("t0 + 'x' == 'y'", Code::Type, "t0", "Une addition demande"),
    ("-t0 == 'y'", Code::Type, "-t0", "signe moins"),
    ("t0 < t1", Code::Type, "t0", "« == » ou « != »"),
    ("b0 < b1", Code::Type, "b0", "« == » ou « != »"),
    (
        "rule(MOTIFS) == rule(MOTIFS)",
        Code::Type,
        "rule(M",
        "« in »",
    ),
    (
        "rule(OPPOSITION) == 'x'",
        Code::Type,
        "rule(O",
        "expression de parties",
    ),
    ("a0 in 5", Code::Type, "5", "Une liste (un nombre entier)"),
    (
        "a0 in rule(MOTIFS)",
        Code::Type,
        "rule(M",
        "Une liste (un nombre entier)",
    ),
    ("a0 in [1, 'x']", Code::Type, "'x'", "Un nombre entier"),
    ("a0 in []", Code::Type, "[", "au moins un élément"),
    ("size([]) == 0", Code::Type, "[", "au moins un élément"),
    ("size([[1]]) == 0", Code::Type, "[1]", "pas de liste"),
    ("size(a0) == 0", Code::Type, "a0", "une liste ou un texte"),
    ("min(t0, t1) == 'x'", Code::Type, "t0", "min compare"),
    ("min(a0, t1) == 1", Code::Type, "t1", "Un nombre entier"),
    ("min(a0) == 1", Code::Type, "min", "au moins deux"),
    ("has(a0, a1)", Code::Type, "has", "un argument, 2 trouvé(s)"),
    (
        "date(2025, 2, 30) < contrat.terme",
        Code::Type,
        "date",
        "pas une date du calendrier",
    ),
    (
        "date(12025, 2, 3) < contrat.terme",
        Code::Type,
        "date",
        "entre 1 et 9999",
    ),
    (
        "date(2025) < contrat.terme",
        Code::Type,
        "date",
        "trois arguments",
    ),
    (
        "date(2025, 6) < contrat.terme",
        Code::Type,
        "6",
        "Un jour de l'année",
    ),
    (
        "moyens.total > euros('12,345')",
        Code::Type,
        "'12,345'",
        "deux décimales",
    ),
    (
        "moyens.taux > percent('dix')",
        Code::Type,
        "'dix'",
        "percent('12,5')",
    ),
    (
        "contrat.terme - duration('30 jours') > contrat.terme",
        Code::Type,
        "'30",
        "P30D",
    ),
    (
        "contrat.terme - duration('P99999D') > contrat.terme",
        Code::Type,
        "'P9",
        "10 000",
    ),
];

#[test]
fn a_wrong_type_is_placed_and_told() {
    check(TYPES);
}

const SHAPES: &[Broken] = &[
    ("", Code::Syntaxe, "", "fin de la condition"),
    ("a0 = 1", Code::Syntaxe, "=", "« == »"),
    ("b0 & b1", Code::Syntaxe, "& b1", "« && »"),
    ("b0 et b1", Code::Syntaxe, "et", "« && »"),
    ("b0 or b1", Code::Syntaxe, "or", "« || »"),
    ("a0 ≥ 2", Code::Syntaxe, "≥", "« >= »"),
    ("a0 > 1.5", Code::Syntaxe, "1.5", "pas de nombre à virgule"),
    ("a0 > 1x", Code::Syntaxe, "x", "opérateur"),
    ("a0 * 2 > 1", Code::Syntaxe, "*", "multiplication"),
    ("0 < a0 < 4", Code::Syntaxe, "< 4", "ne s'enchaîne pas"),
    ("(b0 && b1", Code::Syntaxe, "", "« ) » était attendu"),
    ("b0)", Code::Syntaxe, ")", "retirez-le"),
    ("b0 &&", Code::Syntaxe, "", "complétez"),
    ("a0 in [1, 2", Code::Syntaxe, "", "« ] »"),
    ("t0 == 'x", Code::Syntaxe, "'x", "pas fermé"),
    ("t0 == 'a\\n'", Code::Syntaxe, "\\n", "doublez-la"),
    (
        "rule('OS_MIN') > 1",
        Code::Syntaxe,
        "'OS_MIN'",
        "sans guillemets",
    ),
    (
        "branches.count(accorde) > 1",
        Code::Syntaxe,
        "accorde",
        "entre apostrophes",
    ),
    ("a0 > 1 \0", Code::Syntaxe, "\0", "\\0"),
];

#[test]
fn a_broken_sentence_of_the_language_is_placed_with_its_remedy() {
    check(SHAPES);
}

#[test]
fn too_long_too_deep_too_many_or_too_big_is_refused() {
    let deep = |levels: usize| format!("{}b0{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(parse(&deep(16)).to_string(), "b0");
    assert_eq!(refused(&deep(17)).code, Code::Limite);
    assert_eq!(refused(&deep(17)).offset, 17);
    assert_eq!(refused(&deep(100_000)).code, Code::Limite);
    assert_eq!(refused(&"!".repeat(100_000)).code, Code::Limite);

    let signs = format!("{}b0", "!".repeat(17));
    assert_eq!(refused(&signs).code, Code::Limite);
    let calls = format!("{}a0{} == 1", "min(1, ".repeat(17), ")".repeat(17));
    assert_eq!(refused(&calls).code, Code::Limite);

    let long = |padding: usize| format!("b0{}", " ".repeat(padding));
    assert_eq!(parse(&long(398)).to_string(), "b0");
    assert_eq!(refused(&long(399)).code, Code::Limite);

    let many = format!("a0{} == 1", "+a0".repeat(127));
    assert_eq!(refused(&many).code, Code::Limite);

    check(&[
        ("a0 == 9223372036854775808", Code::Limite, "922", "64 bits"),
        ("a0 == 99999999999999999999", Code::Limite, "999", "64 bits"),
        (
            "a0 == 9223372036854775807 + 1",
            Code::Limite,
            "922",
            "64 bits",
        ),
        (
            "a0 == -(-9223372036854775808)",
            Code::Limite,
            "-(",
            "64 bits",
        ),
    ]);
    assert_eq!(
        parse("-9223372036854775808").to_string(),
        "-9223372036854775808"
    );
}

#[test]
fn the_expected_type_is_the_whole_s() {
    let error = Condition::parse("a0 > 1", &Type::Date, &World::default()).unwrap_err();
    assert_eq!((error.offset, error.code), (0, Code::Type));
    let date = Condition::parse("contrat.terme", &Type::Date, &World::default());
    assert_eq!(date.unwrap().kind(), &Type::Date);
}

#[test]
fn a_broken_hole_is_placed_in_its_sentence() {
    let refused = |source: &str| Sentence::parse(source, &World::default()).unwrap_err();
    let near = refused("Été : {contrat.relance} fois");
    assert_eq!((near.offset, near.code), (7, Code::Inconnu));
    assert!(near.message.contains("« contrat.relances »"), "{near}");
    for source in ["Il reste {a0", "Il reste }", "Il reste {a0}}"] {
        let error = refused(source);
        let brace = source.chars().nth(error.offset).unwrap();
        assert!("{}".contains(brace), "{source}");
        assert_eq!(error.code, Code::Syntaxe);
    }
    assert_eq!(refused("{a0}, é, {a0 >}").offset, 14);
    assert_eq!(refused("{rule(OPPOSITION)}").code, Code::Type);
    assert_eq!(refused(&"é".repeat(1_001)).code, Code::Limite);
}
