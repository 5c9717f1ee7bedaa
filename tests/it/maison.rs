//! The house rules of ARCHITECTURE.md and CONTRIBUTING.md, judged on the tree itself. Each rule
//! turns texts into faults; it is run on the tree, and on a bad sample to show that it can fail.

mod source;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use source::Source;

const FILE_LINES_MAX: usize = 500;
const TEST_FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_COLUMNS_MAX: usize = 100;

/// What a pure room does without: the disk, the clock, the network, chance.
const IMPURE: [&[&str]; 15] = [
    &["std", "fs"],
    &["std", "net"],
    &["std", "env"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time"],
    &["SystemTime"],
    &["Instant"],
    &["Utc", "now"],
    &["Local", "now"],
    &["tokio"],
    &["sqlx"],
    &["axum"],
    &["rand"],
    &["File", "open"],
];

/// One text of the tree.
struct File {
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn source(&self) -> Source {
        Source::read(&self.path, &self.text).unwrap()
    }

    /// `workflow` for `src/workflow/net/mod.rs`, `main` for `src/main.rs`.
    fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        inside.split('/').next()?.split('.').next()
    }
}

/// Every text that is committed or about to be.
fn tree() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .expect("git est absent : apt-get install git");
    assert!(
        listed.status.success(),
        "les règles de la maison se jugent dans un clone git : {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let paths = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<File> = paths
        .split_terminator('\0')
        .filter_map(|path| {
            // A file being removed is still listed; an image has no text to judge.
            let text = String::from_utf8(std::fs::read(root.join(path)).ok()?);
            Some(File::new(path, &text.unwrap_or_default()))
        })
        .collect();
    assert!(files.iter().any(|file| file.path == "Cargo.toml"));
    files
}

fn text_of(path: &str) -> String {
    tree()
        .into_iter()
        .find(|file| file.path == path)
        .unwrap_or_else(|| panic!("{path} est absent du dépôt"))
        .text
}

/// Runs a rule on each file of the tree and fails with all its faults.
fn hold(rule: impl Fn(&File) -> Vec<String>) {
    agree(&tree().iter().flat_map(rule).collect::<Vec<_>>());
}

fn agree(faults: &[String]) {
    let mut told = String::new();
    for fault in faults {
        writeln!(told, "{fault}").unwrap();
    }
    assert!(faults.is_empty(), "{} faute(s) :\n{told}", faults.len());
}

/// One line of the list of arrows.
#[derive(Debug, Default)]
struct Room {
    uses: Vec<String>,
    pure: bool,
}

/// The arrows drawn in ARCHITECTURE.md: the first fenced block below the title « Arrows ».
fn drawn(architecture: &str) -> BTreeMap<String, Room> {
    let section = architecture.split("\n## Arrows").nth(1).unwrap_or_default();
    let block = section.split("```").nth(1).unwrap_or_default();
    let mut rooms = BTreeMap::new();
    for line in block.lines().skip(1) {
        let Some((room, rest)) = line.split_once('→') else {
            continue;
        };
        let uses = rest.trim_end().trim_end_matches("(pure)");
        let names = uses.split(',').map(str::trim).filter(|it| !it.is_empty());
        let drawn = Room {
            uses: names.map(str::to_owned).collect(),
            pure: rest.contains("(pure)"),
        };
        for name in &drawn.uses {
            assert!(rooms.contains_key(name), "{name} se dessine avant {room}");
        }
        rooms.insert(room.trim().to_owned(), drawn);
    }
    rooms
}

fn arrows(file: &File, drawn: &BTreeMap<String, Room>) -> Vec<String> {
    let Some(room) = file.room().filter(|_| file.is_rust()) else {
        return Vec::new();
    };
    let Some(allowed) = drawn.get(room) else {
        return vec![format!(
            "{} : la pièce {room} n'est pas dessinée",
            file.path
        )];
    };
    let paths = file.source().paths;
    let crossing = paths.iter().filter(|path| {
        let [root, target, ..] = &path.segments[..] else {
            return false;
        };
        let known = drawn.contains_key(target) || target == "*";
        root == "crate" && known && target != room && !allowed.uses.contains(target)
    });
    crossing
        .map(|path| {
            format!(
                "{}:{} : {room} → {}",
                file.path, path.line, path.segments[1]
            )
        })
        .collect()
}

fn impurities(file: &File, drawn: &BTreeMap<String, Room>) -> Vec<String> {
    let pure = |room| drawn.get(room).is_some_and(|room| room.pure);
    if !file.is_rust() || !file.room().is_some_and(pure) {
        return Vec::new();
    }
    let paths = file.source().paths;
    let impure = paths.iter().filter(|path| {
        let meets = |wanted: &&[&str]| path.segments.windows(wanted.len()).any(|it| it == *wanted);
        !path.test && IMPURE.iter().any(meets)
    });
    impure
        .map(|path| format!("{}:{} : {}", file.path, path.line, path.segments.join("::")))
        .collect()
}

fn long_files(file: &File) -> Vec<String> {
    let limit = match file.path.split('/').next() {
        Some("tests" | "benches") => TEST_FILE_LINES_MAX,
        _ => FILE_LINES_MAX,
    };
    let lines = file.text.lines().count();
    if file.is_rust() && lines > limit {
        return vec![format!("{} : {lines} lignes, au plus {limit}", file.path)];
    }
    Vec::new()
}

fn long_functions(file: &File) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    let functions = file.source().functions;
    let long = functions.iter().filter(|it| it.lines > FUNCTION_LINES_MAX);
    long.map(|it| {
        let (path, lines) = (&file.path, it.lines);
        format!(
            "{path}:{} : {} fait {lines} lignes, au plus {FUNCTION_LINES_MAX}",
            it.line, it.name
        )
    })
    .collect()
}

/// The lines of `file` on which `bad` holds, each with its reason.
fn lines(file: &File, why: &str, bad: impl Fn(&str) -> bool) -> Vec<String> {
    let numbered = file.text.split('\n').enumerate();
    numbered
        .filter(|(_, line)| bad(line))
        .map(|(index, _)| format!("{}:{} : {why}", file.path, index + 1))
        .collect()
}

fn wide_lines(file: &File) -> Vec<String> {
    let wide = |line: &str| file.is_rust() && line.chars().count() > LINE_COLUMNS_MAX;
    lines(file, "plus de 100 colonnes", wide)
}

fn trailing_blanks(file: &File) -> Vec<String> {
    // An approved output is kept as it was printed.
    let approved = file.path.ends_with(".snap");
    lines(file, "blanc en fin de ligne", |line| {
        !approved && line.ends_with([' ', '\t', '\r'])
    })
}

fn unsafe_code(file: &File) -> Vec<String> {
    identifiers(file, |word| word == "unsafe")
}

fn accented_identifiers(file: &File) -> Vec<String> {
    identifiers(file, |word| !word.is_ascii())
}

fn identifiers(file: &File, bad: impl Fn(&str) -> bool) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    let found = file.source().identifiers;
    found
        .iter()
        .filter(|(_, word)| bad(word))
        .map(|(line, word)| format!("{}:{line} : {word}", file.path))
        .collect()
}

fn accented_names(file: &File) -> Vec<String> {
    let plain = |c: char| c.is_ascii_graphic();
    if file.path.chars().all(plain) {
        return Vec::new();
    }
    vec![format!(
        "{} : un nom de fichier reste en ASCII, sans espace",
        file.path
    )]
}

fn undocumented(file: &File) -> Vec<String> {
    // The name of a `tests.rs` already says it.
    let judged =
        file.is_rust() && file.path.starts_with("src/") && !file.path.ends_with("/tests.rs");
    if judged && !file.text.starts_with("//!") {
        return vec![format!(
            "{} : commencez par dire en //! à quoi il sert",
            file.path
        )];
    }
    Vec::new()
}

/// What a template writes without escaping it: nothing may.
fn raw_outputs(file: &File) -> Vec<String> {
    if !file.path.starts_with("templates/") {
        return Vec::new();
    }
    lines(file, "sortie non échappée", |line| {
        ["{{{", "{{&", "{{~&", "{{~{"]
            .iter()
            .any(|raw| line.contains(raw))
    })
}

/// Words that must not enter the tree, each written in two halves so as not to be one of them.
fn forbidden_words(file: &File) -> Vec<String> {
    let words = [
        concat!("/wo", "rk/"),
        concat!(".lib", "rary"),
        concat!("sha", "red/"),
        concat!("vend", "ôm"),
        concat!("419", "99"),
        concat!("41 9", "99"),
        concat!("clau", "de"),
        concat!("anthr", "opic"),
        concat!("chat", "gpt"),
        concat!("open", "ai"),
        concat!("copi", "lot"),
        concat!("gem", "ini"),
        concat!("cod", "ex"),
        concat!("fix", "me"),
        concat!("#[ign", "ore"),
    ];
    // Written by machines: their digests may hold any digits.
    if file.path.ends_with(".lock") || file.path.ends_with("package-lock.json") {
        return Vec::new();
    }
    let held = |line: &str| {
        let line = line.to_lowercase();
        words.iter().any(|word| line.contains(word))
    };
    let mut faults = lines(
        file,
        "mot banni (tests/it/maison.rs, forbidden_words)",
        held,
    );
    faults.extend(lines(file, "travail inachevé", |line| {
        line.contains(concat!("TO", "DO"))
    }));
    faults
}

/// The value of `key` in the first line that gives it, in TOML or YAML.
fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let rest = line.trim_start().strip_prefix(key)?.trim_start();
        let value = rest.strip_prefix(['=', ':'])?.trim();
        Some(value.trim_matches('"'))
    })
}

fn licences(cargo: &str, licence: &str, publiccode: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (file, text) in [("Cargo.toml", cargo), ("publiccode.yml", publiccode)] {
        let found = value_of(text, "license");
        if found != Some("EUPL-1.2") {
            faults.push(format!("{file} : licence {found:?}, attendue EUPL-1.2"));
        }
    }
    let titled = licence.starts_with("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n");
    let articles = (1..=15).all(|number| licence.contains(&format!("\n{number}.")));
    if !titled || !articles || !licence.contains("Appendix\n") {
        faults.push("LICENSE : l'EUPL 1.2 entière est attendue, 15 articles et annexe".to_owned());
    }
    faults
}

fn versions(cargo: &str, changelog: &str, publiccode: &str) -> Vec<String> {
    let version = value_of(cargo, "version").unwrap_or_default();
    let mut faults = Vec::new();
    if !changelog.contains(&format!("\n## {version}")) {
        faults.push(format!("CHANGELOG.md : pas de titre « ## {version} »"));
    }
    if value_of(publiccode, "softwareVersion") != Some(version) {
        faults.push(format!(
            "publiccode.yml : softwareVersion n'est pas {version}"
        ));
    }
    faults
}

/// Shipped workflows the README does not name.
fn unlisted(files: &[File], readme: &str) -> Vec<String> {
    let shipped = files.iter().filter_map(|file| {
        let name = file
            .path
            .strip_prefix("workflows/")?
            .strip_suffix(".yaml")?;
        (!name.contains('/')).then_some(name)
    });
    shipped
        .filter(|name| !readme.contains(&format!("`{name}`")))
        .map(|name| format!("README.md : le circuit `{name}` n'y est pas nommé"))
        .collect()
}

/// Under what the lists of others may be shipped.
const LICENCES: [&str; 5] = [
    "Licence Ouverte 2.0",
    "ODbL 1.0",
    "CeCILL-B",
    "texte public",
    "EUPL-1.2",
];

/// Lists of others that their README does not name, with contents, version, source, licence and
/// what is left to confirm.
fn unsourced(files: &[File], readme: &str) -> Vec<String> {
    let told = |name: &str| {
        let line = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")));
        let cells: Vec<&str> = line?.trim_matches('|').split('|').map(str::trim).collect();
        let whole = cells.len() == 6 && cells.iter().all(|cell| !cell.is_empty());
        (whole && LICENCES.contains(&cells[4])).then_some(())
    };
    let names = files
        .iter()
        .filter_map(|file| file.path.strip_prefix("referentiels/"));
    names
        .filter(|name| *name != "README.md" && told(name).is_none())
        .map(|name| format!("referentiels/README.md : `{name}`, sa source et sa licence manquent"))
        .collect()
}

mod the_tree {
    use super::*;

    #[test]
    fn crosses_no_undrawn_arrow() {
        let drawn = drawn(&text_of("ARCHITECTURE.md"));
        hold(|file| arrows(file, &drawn));
    }

    #[test]
    fn keeps_its_pure_rooms_pure() {
        let drawn = drawn(&text_of("ARCHITECTURE.md"));
        for room in ["regles", "workflow", "metier"] {
            assert!(drawn[room].pure, "{room} doit rester (pure)");
        }
        hold(|file| impurities(file, &drawn));
    }

    #[test]
    fn has_no_long_file() {
        hold(long_files);
    }

    #[test]
    fn has_no_long_function() {
        hold(long_functions);
    }

    #[test]
    fn has_no_wide_line() {
        hold(wide_lines);
    }

    #[test]
    fn has_no_trailing_blank() {
        hold(trailing_blanks);
    }

    #[test]
    fn has_no_unsafe_code() {
        hold(unsafe_code);
    }

    #[test]
    fn has_no_accent_in_identifiers_nor_file_names() {
        hold(accented_identifiers);
        hold(accented_names);
    }

    #[test]
    fn says_what_each_module_is_for() {
        hold(undocumented);
    }

    #[test]
    fn has_no_forbidden_word() {
        hold(forbidden_words);
    }

    #[test]
    fn escapes_all_that_its_templates_write() {
        hold(raw_outputs);
    }

    #[test]
    fn has_one_licence() {
        let (cargo, publiccode) = (text_of("Cargo.toml"), text_of("publiccode.yml"));
        agree(&licences(&cargo, &text_of("LICENSE"), &publiccode));
    }

    #[test]
    fn has_one_version() {
        let (cargo, publiccode) = (text_of("Cargo.toml"), text_of("publiccode.yml"));
        agree(&versions(&cargo, &text_of("CHANGELOG.md"), &publiccode));
    }

    #[test]
    fn names_its_workflows_in_the_readme() {
        agree(&unlisted(&tree(), &text_of("README.md")));
    }

    #[test]
    fn says_where_the_lists_of_others_come_from() {
        agree(&unsourced(&tree(), &text_of("referentiels/README.md")));
    }
}

mod samples;
