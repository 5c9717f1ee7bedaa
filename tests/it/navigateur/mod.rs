//! A script of `tests/outils` that opens files in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An empty folder for files that a person may look at after the tests.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/captures")
        .join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The faults a script finds in a folder, one per line; none when all is well.
pub fn faults(script: &str, folder: &Path) -> String {
    let output = Command::new("node")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg(format!("tests/outils/{script}"))
        .arg(folder)
        .output()
        .expect("node est absent : lancez « make outils ».");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}
