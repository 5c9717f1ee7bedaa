//! Each line of the trade's graphs is carried by an element of a workflow file, or set aside for a
//! stated reason: `docs/tracabilite.csv` says which, and each element it names exists.

use entente::app::fichiers::Library;
use entente::metier::contrat::faits::CATALOGUE;
use entente::workflow::definition::model::{Body, Node, Workflow};
use std::collections::BTreeMap;

const HEADER: &str = "section;ligne;de;evenement;acteur;workflow;element;type;motif";

/// The sections of the trade page and how many lines each holds.
const SECTIONS: [(&str, usize); 10] = [
    ("7", 2),
    ("7.a", 34),
    ("7.a ESMS", 9),
    ("7.a objectif", 8),
    ("7.a financeur", 6),
    ("7.b", 9),
    ("7.c", 18),
    ("7.d", 10),
    ("7.e", 15),
    ("7.f", 20),
];

/// The shipped workflows, by name.
fn shipped(library: &Library) -> BTreeMap<String, Workflow> {
    let mut workflows = BTreeMap::new();
    for name in library.names() {
        match library.load(library.text(name).unwrap()) {
            Ok(workflow) => drop(workflows.insert(name.to_owned(), workflow)),
            Err(problems) => panic!("{name}: {problems:#?}"),
        }
    }
    workflows
}

/// Whether a file holds this element; `kind` is the last column but one of the table.
fn exists(library: &Library, workflow: &Workflow, kind: &str, element: &str) -> bool {
    let mut parts = element.split(':');
    let path = parts.next().unwrap_or("");
    let (name, exit) = (parts.next(), parts.next());
    let node = workflow.find(path);
    let on = |f: &dyn Fn(&Node) -> bool| node.is_some_and(f);
    match kind {
        "état" => node.is_some() && name.is_none(),
        "acte" => on(&|n| n.acts.iter().any(|a| Some(&*a.name) == name)),
        "refus" => on(&|n| {
            let act = n.acts.iter().find(|a| Some(&*a.name) == name);
            exit == Some("refused") && act.is_some_and(|a| a.refused.is_some())
        }),
        "minuterie" => on(&|n| n.after.iter().any(|t| Some(&*t.name) == name)),
        "échéance" => on(&|n| name == Some("due") && n.due.is_some()),
        "automatique" => on(&|n| name == Some("auto") && !n.auto.is_empty()),
        "jonction" => on(&|n| name == Some("done") && n.body.done().is_some()),
        "collection" => workflow.nodes.iter().any(|n| match &n.body {
            Body::Each { over, .. } => over == element,
            _ => false,
        }),
        "interruption" => workflow.interruptions.iter().any(|i| i.name == element),
        "droit" => workflow.nodes.iter().any(|n| {
            let mut rights = n.allow.iter().flat_map(|a| &a.capabilities);
            rights.any(|c| c == element)
        }),
        "document" => workflow.nodes.iter().any(|n| {
            let mut made = n.acts.iter().flat_map(|a| &a.produces);
            made.any(|d| d == element)
        }),
        "fait" => CATALOGUE.fact(element).is_some(),
        "règle" => {
            let pack = library.pack(&workflow.rules);
            pack.is_some_and(|p| p.rule_type(element).is_some())
        }
        "ensemble" => match element.split_once('(') {
            Some((set, over)) => CATALOGUE.set(set, over.strip_suffix(')')).is_some(),
            None => CATALOGUE.set(element, None).is_some(),
        },
        _ => false,
    }
}

#[test]
fn every_line_of_the_trade_s_graphs_is_carried_or_set_aside() {
    let library = Library::shipped();
    let workflows = shipped(&library);
    let mut lines = include_str!("../../docs/tracabilite.csv").lines();
    assert_eq!(lines.next(), Some(HEADER));
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(';').collect();
        let [section, number, _, _, _, file, elements, kinds, reason] = cells[..] else {
            panic!("nine cells are expected: {line}");
        };
        let count = counted.entry(section).or_default();
        *count += 1;
        assert_eq!(number, count.to_string(), "{line}");
        let workflow = workflows.get(file).expect(line);
        if kinds == "écarté" {
            assert!(elements.is_empty() && !reason.is_empty(), "{line}");
            continue;
        }
        let elements: Vec<&str> = elements.split(" + ").collect();
        let kinds: Vec<&str> = kinds.split(" + ").collect();
        assert_eq!(elements.len(), kinds.len(), "{line}");
        for (element, kind) in elements.iter().zip(kinds) {
            assert!(
                exists(&library, workflow, kind, element),
                "{kind} {element}\n{line}"
            );
        }
    }
    assert_eq!(counted, SECTIONS.into_iter().collect());
}

/// The trade's table of deadlines, and what every contract needs besides.
const RULES: [&str; 17] = [
    "T_EPRD_APPROB",
    "T_EPRD_APPROB_PRE",
    "T_DM_APPROB",
    "T_ACTIVITE_OBS",
    "T_EPRD_DEPOT",
    "T_ERRD",
    "T_CPOM_PROROG",
    "T_PROROG_MAX",
    "T_PROGRAMMATION",
    "T_GMP_PMP",
    "T_ADMIN_PROV",
    "T_RECOURS_TARIF",
    "T_CHANGEMENT_IMPORTANT",
    "T_CESSION_AUTORISATION",
    "T_HAS",
    "DIAG_RENSEIGNER",
    "EPRD_MOTIFS_REJET",
];

#[test]
fn each_contract_s_pack_answers_every_deadline_of_the_trade() {
    let library = Library::shipped();
    let workflows = shipped(&library);
    let contracts = workflows.values().filter(|w| w.parent.is_empty());
    let packs: Vec<&str> = contracts.map(|w| &*w.rules).collect();
    assert_eq!(packs.len(), 4);
    for name in packs {
        let pack = library.pack(name).unwrap();
        for id in RULES {
            assert!(pack.rule_type(id).is_some(), "{name}: {id}");
        }
    }
}

/// A child takes the pack of the contract that starts it: each of them answers its rules.
#[test]
fn a_child_reads_with_the_pack_of_each_of_its_parents() {
    let library = Library::shipped();
    let workflows = shipped(&library);
    for child in workflows.values().filter(|w| !w.parent.is_empty()) {
        let text = String::from_utf8(library.text(&child.name).unwrap().to_vec()).unwrap();
        let own = format!("rules: {}", child.rules);
        for parent in child.parent.iter().map(|p| &workflows[p]) {
            let other = text.replace(&own, &format!("rules: {}", parent.rules));
            let read = library.load(other.as_bytes());
            assert!(
                read.is_ok(),
                "{} sous {}: {read:#?}",
                child.name,
                parent.name
            );
        }
    }
}
