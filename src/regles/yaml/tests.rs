use super::*;
use crate::montre::{depuis, travaille};
use proptest::prelude::*;
use std::time::Duration;

fn refused(text: impl AsRef<[u8]>) -> Problem {
    parse(text.as_ref()).expect_err("this file must be refused")
}

fn at(line: u32, column: u32) -> Place {
    Place { line, column }
}

#[test]
fn every_node_knows_its_place_and_keeps_its_text() {
    let root = parse(
        "# titre\npays: NO\nnumero: 012\nliste:\n  - \"été\"\n  - {a: b}\nvide:\n".as_bytes(),
    )
    .unwrap();
    assert_eq!(root.place, at(2, 1));
    let (key, pays) = root.entry("pays").unwrap();
    assert_eq!((key.place, pays.place), (at(2, 1), at(2, 7)));
    assert_eq!(pays.scalar(), Some("NO"));
    assert_eq!(root.get("numero").unwrap().scalar(), Some("012"));
    let liste = root.get("liste").unwrap().seq().unwrap();
    assert_eq!(
        liste[0].value,
        Content::Scalar {
            text: "été".into(),
            quoted: true
        }
    );
    assert_eq!(liste[0].place, at(5, 5));
    assert_eq!(liste[1].get("a").unwrap().place, at(6, 9));
    assert_eq!(root.get("vide").unwrap().found(), "rien");
    assert_eq!(root.get("absent"), None);
}

#[test]
fn a_byte_order_mark_at_the_start_is_ignored() {
    let root = parse("\u{feff}a: b".as_bytes()).unwrap();
    assert_eq!(root.entry("a").unwrap().0.place, at(1, 1));
}

#[test]
fn what_hides_meaning_is_refused_where_it_stands() {
    let cases: &[(&str, Place, &str)] = &[
        ("a: &x b\nc: d", at(1, 4), "ancres"),
        ("a: &x\n  b: c", at(1, 4), "ancres"),
        ("a: b\nc: *x", at(2, 4), "renvois"),
        ("a: !!str b", at(1, 4), "étiquettes"),
        ("a: !b {c: d}", at(1, 4), "étiquettes"),
        ("a: b\nc: d\na: e", at(3, 1), "déjà écrite ligne 1"),
        ("{a: b, a: c}", at(1, 8), "déjà écrite ligne 1"),
        ("a: b\n---\nc: d", at(2, 1), "second document"),
        ("a: b\n...\n---\nc: d", at(3, 1), "second document"),
        ("%YAML 1.2\n---\na: b", at(1, 1), "directives"),
        ("? [a, b]\n: c", at(1, 3), "clé est un texte"),
        ("? {a: b}\n: c", at(1, 3), "clé est un texte"),
        (": c", at(1, 1), "clé est vide"),
        ("a: \"b\\0\"", at(1, 4), "U+0000"),
        ("a: b\u{0}", at(1, 5), "U+0000"),
        ("é: b\n\u{202e}c: d", at(2, 1), "U+202E"),
    ];
    for (text, place, sentence) in cases {
        let problem = refused(text);
        assert_eq!(problem.code, Code::Syntaxe, "{text:?}");
        assert_eq!(problem.place, *place, "{text:?} {problem:?}");
        assert!(problem.message.contains(sentence), "{text:?} {problem:?}");
    }
}

#[test]
fn broken_syntax_is_told_by_what_to_do() {
    let cases: &[(&str, &str)] = &[
        ("a: [b", "fermez"),
        ("a: {b: c", "fermez"),
        ("a: \"b", "fermez"),
        ("a: [b}", "fermez"),
        ("a:\n\tb: c", "tabulation"),
        ("a: \"\\q\"", "guillemets simples"),
        ("a: @b", "commencer par « @ »"),
        ("a: b: c", "entre guillemets"),
        ("a: b\n c: d", "entre guillemets"),
    ];
    for (text, sentence) in cases {
        let problem = refused(text);
        assert_eq!(problem.code, Code::Syntaxe, "{text:?}");
        assert!(problem.message.contains(sentence), "{text:?} {problem:?}");
        assert!(problem.place.line > 0, "{text:?}");
    }
}

#[test]
fn nothing_to_read_is_said() {
    for text in ["", "\n\n", "# rien\n", "---\n", "---\n...\n"] {
        assert!(refused(text).message.contains("vide"), "{text:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    let problem = refused(b"a: b\nc: \xff");
    assert_eq!((problem.code, problem.place), (Code::Syntaxe, at(2, 4)));
    assert!(problem.message.contains("UTF-8"));
}

#[test]
fn limits_hold_at_their_edge() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(refused(nested(MAX_DEPTH + 1)).code, Code::Limite);

    let long = |chars: usize| "é".repeat(chars);
    assert!(parse(long(MAX_SCALAR_CHARS).as_bytes()).is_ok());
    assert_eq!(refused(long(MAX_SCALAR_CHARS + 1)).code, Code::Limite);

    let wide = |items: usize| "- a\n".repeat(items);
    assert!(parse(wide(MAX_NODES - 1).as_bytes()).is_ok());
    assert_eq!(refused(wide(MAX_NODES)).code, Code::Limite);

    let comment = |bytes: usize| "a: b\n#".to_owned() + &"c".repeat(bytes - 6);
    assert!(parse(comment(MAX_BYTES).as_bytes()).is_ok());
    assert_eq!(refused(comment(MAX_BYTES + 1)).code, Code::Limite);
}

/// Files written to exhaust the machine: told within a second, on a small stack.
#[test]
fn bombs_are_refused_quickly_on_a_small_stack() {
    let block: String = (0..1_000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    let bombs: Vec<(&str, String)> = vec![
        ("brackets", "[".repeat(100_000)),
        (
            "closed brackets",
            "[".repeat(100_000) + &"]".repeat(100_000),
        ),
        ("braces", "{a: ".repeat(100_000)),
        ("open braces", "{".repeat(100_000)),
        ("dashes", "- ".repeat(100_000)),
        ("explicit keys", "? ".repeat(100_000)),
        ("deep blocks", block),
        ("parentheses", "a: ".to_owned() + &"(".repeat(100_000)),
        ("many keys", "a: b\n".repeat(100_000)),
        ("anchors", "- &a b\n".repeat(100_000)),
        ("10 MB", "a: b\n".repeat(2_000_000)),
        ("one long key", "a".repeat(1_000_000) + ": b"),
        (
            "one long quote",
            "\"".to_owned() + &"a ".repeat(500_000) + "\"",
        ),
        ("commas", "[".to_owned() + &",".repeat(100_000)),
        ("colons", ":".repeat(1_000_000)),
        ("block text", "a: |\n".to_owned() + &" b\n".repeat(300_000)),
        ("spread key", "a\n".repeat(500_000) + ": b"),
        ("flow pairs", "[".to_owned() + &"a, ".repeat(300_000) + "]"),
        (
            "empty pairs",
            "{".to_owned() + &"? , ".repeat(200_000) + "}",
        ),
        ("quotes", "- ''\n".repeat(200_000)),
    ];
    let work = move || {
        for (name, text) in bombs {
            let start = travaille();
            let problem = refused(&text);
            assert!(depuis(start) < Duration::from_secs(1), "{name}");
            assert!(!problem.message.is_empty(), "{name}");
        }
    };
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

proptest! {
    /// Whatever the bytes, an answer: never a panic.
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes).map_err(|problem| assert!(!problem.message.is_empty()));
    }

    /// Text made of YAML's own signs reaches deeper into the reader.
    #[test]
    fn any_signs_get_an_answer(text in "[a-c:\\-\\[\\]{},?&*!|>'\"%@# \n\t]{0,120}") {
        let _ = parse(text.as_bytes()).map_err(|problem| assert!(!problem.message.is_empty()));
    }

    /// A text between simple quotes comes back as it was.
    #[test]
    fn quoted_text_comes_back(text in "[ -~é-ü]{0,80}") {
        let file = format!("cle: '{}'", text.replace('\'', "''"));
        let root = parse(file.as_bytes()).unwrap();
        prop_assert_eq!(root.get("cle").unwrap().scalar(), Some(text.as_str()));
    }
}
