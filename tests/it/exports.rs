//! What is exported: from every shipped workflow, opened in a real browser; every table; a whole
//! database.

mod commande;
mod pays;
mod sortie;
mod tableaux;

use crate::navigateur::{faults, folder};
use entente::app::fichiers::Library;
use entente::workflow::definition::model::Workflow;
use entente::workflow::export::{Source, bpmn, mermaid, pnml, svg};
use entente::workflow::net;
use std::collections::BTreeSet;
use std::path::Path;

/// Every shipped workflow.
fn shipped(library: &Library) -> Vec<Workflow> {
    let load = |name| library.load(library.text(name).unwrap()).unwrap();
    library.names().map(load).collect()
}

fn write_all(folder: &Path, extension: &str, export: impl Fn(Source<'_>) -> String) {
    let library = Library::shipped();
    for workflow in shipped(&library) {
        let path = folder.join(format!("{}.{extension}", workflow.name));
        std::fs::write(path, export(library.source(&workflow))).unwrap();
    }
}

#[test]
fn pictures_of_shipped_workflows_are_legible_in_light_and_dark() {
    let folder = folder("svg");
    write_all(&folder, "svg", |source| svg::draw(source, &BTreeSet::new()));
    assert_eq!(faults("svg.mjs", &folder), "");
}

#[test]
fn an_illegible_picture_is_seen() {
    let folder = folder("svg-fautif");
    let picture = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" role="img"
        aria-labelledby="titre resume"><title id="titre">Parcours d'essai</title>
        <rect x="10" y="10" width="60" height="30"/>
        <text x="20" y="30">Trop long pour ce cadre</text>
        <text x="30" y="34">Dessus</text><path class="lien" d="M0 26H100"/></svg>"#;
    std::fs::write(folder.join("fautif.svg"), picture).unwrap();
    let found = faults("svg.mjs", &folder);
    for fault in ["resume manque", "déborde", "touche", "traverse"] {
        assert!(found.contains(fault), "{fault} : {found}");
    }
}

#[test]
fn bpmn_of_shipped_workflows_is_drawn_by_bpmn_js() {
    let folder = folder("bpmn");
    write_all(&folder, "bpmn", bpmn::write);
    assert_eq!(faults("bpmn.mjs", &folder), "");
}

#[test]
fn an_ill_drawn_bpmn_is_seen() {
    // Given a good file,
    let folder = folder("bpmn-fautif");
    let library = Library::shipped();
    let workflow = library
        .load(library.text("revue-annuelle").unwrap())
        .unwrap();
    let good = bpmn::write(library.source(&workflow));
    // when all its tasks are as wide as the drawing, and a flow leads nowhere,
    let wide = good.replace("width=\"150\"", "width=\"1500\"");
    let lost = good.replacen("targetRef=\"", "targetRef=\"x", 1);
    assert!(wide != good && lost != good);
    std::fs::write(folder.join("large.bpmn"), wide).unwrap();
    std::fs::write(folder.join("perdu.bpmn"), lost).unwrap();
    // then both are seen.
    let found = faults("bpmn.mjs", &folder);
    assert!(
        found.contains("large.bpmn") && found.contains("recouvre"),
        "{found}"
    );
    assert!(found.contains("perdu.bpmn : avertissement"), "{found}");
}

#[test]
fn the_net_of_each_shipped_workflow_is_read_back_the_same() {
    let library = Library::shipped();
    for workflow in shipped(&library) {
        let text = pnml::write(library.source(&workflow)).unwrap();
        let net = net::pnml::read(text.as_bytes()).unwrap();
        assert_eq!(net::pnml::write(&net), text, "{}", workflow.name);
    }
}

#[test]
fn exports_are_the_same_bytes_each_time() {
    let library = Library::shipped();
    for workflow in shipped(&library) {
        let source = library.source(&workflow);
        let all = || {
            let picture = svg::draw(source, &BTreeSet::new());
            let net = pnml::write(source).unwrap();
            [picture, bpmn::write(source), mermaid::write(source), net]
        };
        assert_eq!(all(), all(), "{}", workflow.name);
    }
}

#[test]
fn the_picture_of_the_readme_is_the_one_the_program_draws() {
    let library = Library::shipped();
    let workflow = library.load(library.text("cpom-ph").unwrap()).unwrap();
    let drawn = svg::draw(library.source(&workflow), &BTreeSet::new());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images/cpom-ph.svg");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == drawn,
        "docs/images/cpom-ph.svg a vieilli : lancez « make images »."
    );
}
