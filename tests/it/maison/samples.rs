//! Each rule on a bad sample: a rule that cannot fail protects nothing.

use super::*;

const ARROWS: &str = "# Map\n\n## Arrows\n\n```text\nregles →  (pure)\n\
    workflow → regles  (pure)\nmetier → workflow, regles  (pure)\napp → metier\n```\n";

fn crossed(path: &str, text: &str) -> Vec<String> {
    arrows(&File::new(path, text), &drawn(ARROWS))
}

fn impure(path: &str, text: &str) -> Vec<String> {
    impurities(&File::new(path, text), &drawn(ARROWS))
}

#[test]
fn an_arrow_from_the_machine_to_the_trade_is_seen_however_it_is_written() {
    let written = [
        "use crate::metier::finess;",
        "use crate::{regles::value, metier as m};",
        "use super::super::metier::finess;",
        "fn f() -> u8 { g!(crate::metier::N) }",
        "mod a { use super::super::super::metier::N; }",
        "pub use crate::*;",
    ];
    for text in written {
        let faults = crossed("src/workflow/net.rs", text);
        assert_eq!(faults.len(), 1, "{text} : {faults:?}");
    }
}

#[test]
fn a_drawn_arrow_and_a_path_within_the_room_are_silent() {
    let text = "use crate::regles::value; use super::catalogue; // crate::metier\n\
        fn f<'a>(x: &'a u8) -> impl Sized + use<'a> { self::x; \"crate::metier\" }";
    assert_eq!(crossed("src/workflow/net.rs", text), [""; 0]);
}

#[test]
fn a_room_that_nobody_drew_is_seen() {
    assert_eq!(crossed("src/store/mod.rs", "").len(), 1);
}

#[test]
#[should_panic(expected = "metier se dessine avant workflow")]
fn arrows_drawn_in_a_loop_are_seen() {
    drawn("\n## Arrows\n```\nworkflow → metier\nmetier → workflow\n```");
}

#[test]
fn a_disk_or_a_clock_in_a_pure_room_is_seen() {
    for text in [
        "use std::fs;",
        "use std::{collections::BTreeMap, time::Instant};",
        "fn f() { chrono::Utc::now(); }",
        "fn f() { SystemTime::now(); }",
        "async fn f() { tokio::spawn(g()); }",
        "#[cfg(test)] mod tests { } use std::fs;",
    ] {
        assert_eq!(impure("src/regles/calendrier.rs", text).len(), 1, "{text}");
    }
}

#[test]
fn a_disk_elsewhere_or_in_a_test_is_silent() {
    assert_eq!(impure("src/app/mod.rs", "use std::fs;"), [""; 0]);
    assert_eq!(impure("src/workflow/net/tests.rs", "use std::fs;"), [""; 0]);
    let inline = "use std::fmt; #[cfg(test)] mod tests { use std::fs; }";
    assert_eq!(impure("src/workflow/net.rs", inline), [""; 0]);
}

#[test]
fn a_file_is_long_past_its_limit_and_not_before() {
    let at = |path: &str, count: usize| long_files(&File::new(path, &"//\n".repeat(count))).len();
    assert_eq!((at("src/a.rs", 500), at("src/a.rs", 501)), (0, 1));
    assert_eq!((at("tests/a.rs", 800), at("tests/a.rs", 801)), (0, 1));
}

#[test]
fn a_function_is_long_past_its_limit_and_not_before() {
    let of = |lines: usize| {
        let body = "    let x = [0; 4];\n".repeat(lines - 2);
        let text = format!("trait T {{ fn g(); }}\nfn f() -> [u8; 4] {{\n{body}}}\n");
        long_functions(&File::new("src/a.rs", &text))
    };
    assert_eq!(of(70), [""; 0]);
    assert_eq!(of(71), ["src/a.rs:2 : f fait 71 lignes, au plus 70"]);
}

#[test]
fn columns_are_letters_not_bytes() {
    let faults = |text: &str| wide_lines(&File::new("src/a.rs", text));
    assert_eq!(faults(&"é".repeat(100)), [""; 0]);
    assert_eq!(faults(&format!("\n{}", "e".repeat(101))).len(), 1);
}

#[test]
fn a_blank_at_the_end_of_a_line_is_seen() {
    for text in ["a \nb\n", "a\t", "a\r\nb"] {
        assert_eq!(trailing_blanks(&File::new("README.md", text)).len(), 1);
    }
    assert_eq!(trailing_blanks(&File::new("a.snap", "a \n")), [""; 0]);
}

#[test]
fn unsafe_is_seen_in_code_and_not_in_prose() {
    let faults = |text: &str| unsafe_code(&File::new("src/a.rs", text)).len();
    assert_eq!(faults("fn f() { unsafe { g() } }"), 1);
    assert_eq!(
        faults("//! unsafe\n#![forbid(unsafe_code)]\nconst A: &str = \"unsafe\";"),
        0
    );
}

#[test]
fn an_accent_is_seen_in_an_identifier_or_a_file_name_and_not_in_a_sentence() {
    let faults = |text: &str| accented_identifiers(&File::new("src/a.rs", text)).len();
    assert_eq!(faults("fn délai() {}"), 1);
    assert_eq!(faults("fn delai() -> &'static str { \"délai\" } // é"), 0);
    assert_eq!(accented_names(&File::new("docs/règles.md", "")).len(), 1);
    assert_eq!(accented_names(&File::new("docs/a b.md", "")).len(), 1);
}

#[test]
fn a_module_that_does_not_say_what_it_is_for_is_seen() {
    assert_eq!(
        undocumented(&File::new("src/a.rs", "use std::fmt;")).len(),
        1
    );
    assert_eq!(undocumented(&File::new("src/a.rs", "//! A.\n")), [""; 0]);
    assert_eq!(
        undocumented(&File::new("src/a/tests.rs", "use super::*;")),
        [""; 0]
    );
}

#[test]
fn a_forbidden_word_is_seen_in_any_case() {
    for text in [
        concat!("cd /wo", "rk/main"),
        concat!("../sha", "red/design"),
        concat!("VEND", "ÔMOIS"),
        concat!("Chat", "GPT"),
        concat!("// TO", "DO later"),
        concat!("#[ign", "ore]"),
    ] {
        assert_eq!(
            forbidden_words(&File::new("docs/a.md", text)).len(),
            1,
            "{text}"
        );
    }
    assert_eq!(
        forbidden_words(&File::new("a.md", "src/workflow/net")),
        [""; 0]
    );
}

#[test]
fn an_output_that_a_template_does_not_escape_is_seen() {
    let faults = |text: &str| raw_outputs(&File::new("templates/pages/a.hbs", text)).len();
    assert_eq!(faults("<p>{{{nom}}}</p>") + faults("{{& nom}}"), 2);
    assert_eq!(faults("<p>{{nom}} {{> fragments/voix}}</p>"), 0);
}

#[test]
fn a_licence_that_differs_or_is_cut_is_seen() {
    let whole = text_of("LICENSE");
    let (toml, yaml) = ("license = \"EUPL-1.2\"", "legal:\n  license: EUPL-1.2");
    assert_eq!(licences(toml, &whole, yaml), [""; 0]);
    assert_eq!(licences("license = \"MIT\"", &whole, yaml).len(), 1);
    assert_eq!(
        licences(toml, &whole, "legal:\n  license: EUPL-1.1").len(),
        1
    );
    let cut = whole.split("\n15.").next().unwrap();
    assert_eq!(licences(toml, cut, yaml).len(), 1);
}

#[test]
fn a_version_that_differs_is_seen() {
    let (toml, log, yaml) = (
        "version = \"1.2.0\"",
        "# Log\n\n## 1.2.0\n",
        "softwareVersion: 1.2.0",
    );
    assert_eq!(versions(toml, log, yaml), [""; 0]);
    assert_eq!(versions("version = \"1.3.0\"", log, yaml).len(), 2);
}

#[test]
fn a_shipped_workflow_that_the_readme_forgets_is_seen() {
    let files = [
        File::new("workflows/avenant.yaml", ""),
        File::new("workflows/anciens/avenant.1.yaml", ""),
        File::new("workflows/regles/cpom-ph-2026.yaml", ""),
    ];
    assert_eq!(unlisted(&files, "Un `avenant`."), [""; 0]);
    assert_eq!(unlisted(&files, "Un avenant.").len(), 1);
}

#[test]
fn a_list_without_source_or_licence_is_seen() {
    let files = [
        File::new("referentiels/README.md", ""),
        File::new("referentiels/a.csv", ""),
    ];
    let faults = |readme: &str| unsourced(&files, readme).len();
    assert_eq!(
        faults("| `a.csv` | codes | 2021 | ANS | Licence Ouverte 2.0 | rien |"),
        0
    );
    for bad in [
        "",
        "| `b.csv` | codes | 2021 | ANS | Licence Ouverte 2.0 | rien |",
        "| `a.csv` | codes | 2021 | ANS | libre | rien |",
        "| `a.csv` | codes | 2021 | | Licence Ouverte 2.0 | rien |",
        "| `a.csv` | codes | 2021 | ANS | Licence Ouverte 2.0 |",
    ] {
        assert_eq!(faults(bad), 1, "{bad}");
    }
}
