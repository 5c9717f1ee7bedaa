//! Hostile files: each is refused with a sentence, within one second of processor and 100 MB.

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Kilobytes that the program may hold beside its own text and fonts, and seconds of processor,
/// that a refusal may take.
const KILO_OCTETS_MAX: u32 = 100_000;
const SECONDES_MAX: u32 = 1;

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("limites");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs `entente workflow check` on a file under the limits.
fn check(name: &str, text: &[u8], option: &str) -> Output {
    let path = folder().join(name);
    fs::write(&path, text).unwrap();
    let script = format!(
        "ulimit -d {KILO_OCTETS_MAX}; ulimit -t {SECONDES_MAX}; \
         exec \"$1\" workflow check --json {option} \"$2\""
    );
    Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_entente")])
        .arg(&path)
        .output()
        .unwrap()
}

/// The file is refused: exit code 1, one JSON document, the code, and a French sentence.
#[track_caller]
fn refused(name: &str, text: &[u8], code: &str, said: &str) {
    let output = check(name, text, "");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{name} : {errors}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer[0]["verdict"], "refused", "{name}");
    let problems = answer[0]["problems"].as_array().unwrap();
    let found = problems
        .iter()
        .any(|p| p["code"] == code && p["message"].as_str().unwrap().contains(said));
    assert!(found, "{name} : {problems:#?}");
}

/// A workflow whose one requirement is `condition`, whose one act is by `by`.
fn workflow(condition: &str, by: &str) -> String {
    format!(
        "workflow: x\nversion: 1\ntitle: X\nrules: cpom-ph-2026\n\
         parties:\n  gestionnaire: {{ title: G }}\n  ars: {{ title: A }}\n\
         start: a\nstates:\n  a:\n    acts:\n      faire:\n        by: \"{by}\"\n        \
         requires:\n          - {{ if: \"{condition}\", else: Non. }}\n        to: b\n  \
         b: {{ final: true }}\n"
    )
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let row = vec![format!("*a{}", i - 1); 9].join(", ");
        writeln!(bomb, "a{i}: &a{i} [{row}]").unwrap();
    }
    refused("bombe.yaml", bomb.as_bytes(), "syntaxe", "");
}

#[test]
fn ten_megabytes_are_refused() {
    let big = "workflow: x\n".to_owned() + &"# commentaire\n".repeat(750_000);
    assert!(big.len() > 10_000_000);
    refused("gros.yaml", big.as_bytes(), "limite", "");
}

#[test]
fn depth_is_refused() {
    refused("crochets.yaml", "[".repeat(10_000).as_bytes(), "limite", "");
    refused(
        "accolades.yaml",
        "{a: ".repeat(10_000).as_bytes(),
        "limite",
        "",
    );
    let mut blocks = String::new();
    for depth in 0..10_000 {
        writeln!(blocks, "{}a:", " ".repeat(depth.min(90))).unwrap();
    }
    let output = check("blocs.yaml", blocks.as_bytes(), "");
    assert_eq!(output.status.code(), Some(1));
    let dashes = "- ".repeat(10_000);
    refused("tirets.yaml", dashes.as_bytes(), "limite", "");
}

#[test]
fn a_hundred_thousand_parentheses_are_refused() {
    let many = "(".repeat(100_000);
    refused(
        "condition.yaml",
        workflow(&many, "ars").as_bytes(),
        "limite",
        "",
    );
    let many = "any(".repeat(100_000);
    refused(
        "parties.yaml",
        workflow("true", &many).as_bytes(),
        "limite",
        "",
    );
    // Under the reader's limit, the condition's own.
    let some = "(".repeat(5_000);
    refused(
        "condition2.yaml",
        workflow(&some, "ars").as_bytes(),
        "limite",
        "",
    );
}

#[test]
fn what_is_no_single_yaml_text_is_refused() {
    let good = workflow("true", "ars");
    let twice = good.replace("version: 1\n", "version: 1\nversion: 2\n");
    refused("double.yaml", twice.as_bytes(), "syntaxe", "version");
    let two = format!("{good}---\n{good}");
    refused("deux.yaml", two.as_bytes(), "syntaxe", "");
    refused(
        "nul.yaml",
        good.replace('X', "X\0").as_bytes(),
        "syntaxe",
        "",
    );
    let mut latin = good.clone().into_bytes();
    latin.extend(b"# caf\xe9\n");
    refused("latin1.yaml", &latin, "syntaxe", "UTF-8");
    refused("vide.yaml", b"", "syntaxe", "");
    refused("ancre.yaml", b"workflow: &x y\n", "syntaxe", "");
    refused("liste.yaml", b"- 1\n", "syntaxe", "");
}

#[test]
fn a_file_that_is_not_there_is_bad_usage() {
    let absent = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["workflow", "check", "absent.yaml"])
        .output()
        .unwrap();
    assert_eq!(absent.status.code(), Some(2));
    let said = String::from_utf8_lossy(&absent.stderr);
    assert!(said.contains("absent.yaml"), "{said}");
    assert_eq!(said.lines().count(), 1);
    assert!(absent.stdout.is_empty());
}

#[test]
fn hostile_nets_are_refused() {
    for (name, text) in [
        ("vide.pnml", String::new()),
        ("profond.pnml", "<a>".repeat(100_000)),
        (
            "entites.pnml",
            "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><pnml>&b;</pnml>".into(),
        ),
    ] {
        let output = check(name, text.as_bytes(), "--net");
        assert_eq!(output.status.code(), Some(1), "{name}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer[0]["verdict"], "refused", "{name}");
        assert!(
            !answer[0]["problems"][0]["message"]
                .as_str()
                .unwrap()
                .is_empty()
        );
    }
}
