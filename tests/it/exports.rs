//! What is exported from every shipped workflow, drawn in a real browser.

use entente::app::fichiers::Library;
use entente::metier::contrat::faits::CATALOGUE;
use entente::workflow::definition::model::Workflow;
use entente::workflow::export::{Source, bpmn, svg};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every shipped workflow.
fn shipped(library: &Library) -> Vec<Workflow> {
    let load = |name| library.load(library.text(name).unwrap()).unwrap();
    library.names().map(load).collect()
}

fn source<'a>(library: &'a Library, workflow: &'a Workflow) -> Source<'a> {
    Source {
        workflow,
        catalogue: &CATALOGUE,
        pack: library.pack(&workflow.rules),
    }
}

/// An empty folder for files a person may look at after the tests.
fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/captures").join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write_all(folder: &Path, extension: &str, export: impl Fn(Source<'_>) -> String) {
    let library = Library::shipped();
    for workflow in shipped(&library) {
        let path = folder.join(format!("{}.{extension}", workflow.name));
        std::fs::write(path, export(source(&library, &workflow))).unwrap();
    }
}

#[test]
fn pictures_are_legible_in_a_browser() {
    let folder = folder("svg");
    write_all(&folder, "svg", |source| svg::draw(source, &BTreeSet::new()));
}

#[test]
fn bpmn_is_drawn_by_another_tool() {
    let folder = folder("bpmn");
    write_all(&folder, "bpmn", bpmn::write);
}
