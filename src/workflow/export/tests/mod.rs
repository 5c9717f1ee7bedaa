//! A file that holds every construct, and what each format makes of it.

use super::{Source, bpmn, mermaid, svg, twin};
use crate::regles::paquet::Paquet;
use crate::workflow::catalogue::{
    Catalogue, Collection, Fact, Kind, Mover, Object, PartyKind, PartySet, Who,
};
use crate::workflow::definition::model::Workflow;
use crate::workflow::definition::{Surroundings, load};
use std::collections::{BTreeMap, BTreeSet};

const fn fact(name: &'static str, title: &'static str, kind: Kind) -> Fact {
    Fact {
        name,
        title,
        kind,
        of: None,
        total: None,
        moved_by: &[Mover::Import],
        declared: false,
        each: false,
    }
}

const AUTHORITY: Who = Who::Kind(PartyKind::Authority);

static CATALOGUE: Catalogue = Catalogue {
    parties: &[
        ("gestionnaire", PartyKind::Operator),
        ("ars", PartyKind::Authority),
        ("departement", PartyKind::Authority),
    ],
    facts: &[
        fact("contrat.effet", "date d'effet du contrat", Kind::Date),
        fact("contrat.sans_moyens", "contrat sans moyens", Kind::Boolean),
        Fact {
            of: Some("esms"),
            ..fact("diagnostic.soumis", "diagnostic soumis", Kind::Boolean)
        },
    ],
    collections: &[
        Collection {
            name: "esms",
            title: "ESMS",
            singular: "l'ESMS",
            parties: false,
            set: None,
            filled: None,
        },
        Collection {
            name: "departements",
            title: "Départements",
            singular: "le Département",
            parties: true,
            set: None,
            filled: None,
        },
    ],
    sets: &[
        PartySet {
            name: "authorities",
            title: "les autorités",
            over: None,
            always: &[AUTHORITY],
            some: None,
        },
        PartySet {
            name: "authorities",
            title: "les autorités de l'ESMS",
            over: Some("esms"),
            always: &[],
            some: Some(AUTHORITY),
        },
        PartySet {
            name: "parties",
            title: "les parties",
            over: None,
            always: &[Who::Everyone],
            some: None,
        },
    ],
    objects: &[
        Object {
            name: "contrat",
            title: "le contrat",
            of: None,
            contains: &["diagnostic"],
        },
        Object {
            name: "diagnostic",
            title: "le diagnostic",
            of: Some("esms"),
            contains: &[],
        },
    ],
    capabilities: &[],
    documents: &[],
};

const PACK: &str = "
pack: essai
title: Essai
rules:
  T_SIGNATURE:
    title: Signature
    kind: duration
    values:
      - { from: 2020-01-01, value: P60D, source: usage, confirmed: true }
  OPPOSANTS:
    title: Qui peut s'opposer
    kind: parties
    values:
      - { from: 2020-01-01, to: 2024-12-31, value: any(ars), source: usage, confirmed: true }
      - { from: 2025-01-01, value: any(authorities), source: usage, confirmed: true }
";

struct Sample {
    workflow: Workflow,
    pack: Paquet,
}

impl Sample {
    fn source(&self) -> Source<'_> {
        Source {
            workflow: &self.workflow,
            catalogue: &CATALOGUE,
            pack: Some(&self.pack),
        }
    }
}

fn sample() -> Sample {
    let pack = Paquet::parse(PACK.as_bytes()).unwrap();
    let packs = BTreeMap::from([("essai".to_owned(), pack.clone())]);
    let workflows = BTreeSet::from(["essai".to_owned(), "avenant".to_owned()]);
    let surroundings = Surroundings {
        catalogue: &CATALOGUE,
        packs: &packs,
        workflows: &workflows,
    };
    let text = include_str!("essai.yaml");
    let workflow = load(text.as_bytes(), surroundings);
    Sample {
        workflow: workflow.unwrap_or_else(|problems| panic!("{problems:#?}")),
        pack,
    }
}

#[test]
fn the_text_twin_says_every_state_act_and_deadline() {
    insta::assert_snapshot!(twin::text(sample().source()));
}

#[test]
fn the_picture_is_the_same_each_time_and_stands_alone() {
    let sample = sample();
    let here = BTreeSet::from(["diagnostic".to_owned(), "diagnostic/saisie".to_owned()]);
    let picture = svg::draw(sample.source(), &here);
    assert_eq!(picture, svg::draw(sample.source(), &here));
    insta::assert_snapshot!(picture);
    for forbidden in ["style=", "<script", "href", "http://www.w3.org/1999"] {
        assert!(!picture.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn bpmn_holds_every_construct() {
    let sample = sample();
    let document = bpmn::write(sample.source());
    assert_eq!(document, bpmn::write(sample.source()));
    insta::assert_snapshot!(document);
}

#[test]
fn every_flow_of_bpmn_leaves_from_and_leads_to_an_element_and_all_is_drawn_once() {
    let sample = sample();
    let document = bpmn::write(sample.source());
    let tree = roxmltree::Document::parse(&document).unwrap();
    let model = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    let semantic = tree
        .descendants()
        .filter(|n| n.tag_name().namespace() == Some(model));
    let known: Vec<&str> = semantic.clone().filter_map(|n| n.attribute("id")).collect();
    let flows: Vec<_> = semantic
        .filter(|n| n.has_tag_name((model, "sequenceFlow")))
        .collect();
    assert!(flows.len() > 30);
    for flow in &flows {
        for end in ["sourceRef", "targetRef"] {
            let id = flow.attribute(end).unwrap();
            assert!(known.contains(&id), "{id}");
        }
    }
    let drawn: Vec<&str> = tree
        .descendants()
        .filter_map(|n| n.attribute("bpmnElement"))
        .collect();
    let unique: BTreeSet<&str> = drawn.iter().copied().collect();
    assert_eq!(unique.len(), drawn.len());
    for flow in flows {
        assert!(unique.contains(flow.attribute("id").unwrap()));
    }
}

#[test]
fn mermaid_holds_every_construct() {
    insta::assert_snapshot!(mermaid::write(sample().source()));
}

#[test]
fn what_is_said_in_the_picture_is_said_in_the_twin() {
    // Given the text twin and the lines of text of the picture, cards and legend apart,
    let sample = sample();
    let twin = twin::text(sample.source());
    let picture = svg::draw(sample.source(), &BTreeSet::new());
    let tree = roxmltree::Document::parse(&picture).unwrap();
    let titles = tree
        .descendants()
        .filter(|n| n.attribute("class") == Some("titre"));
    let titles: Vec<&str> = titles.filter_map(|n| n.text()).collect();
    // then every state drawn is told, and none is forgotten.
    assert!(titles.len() >= sample.workflow.nodes.len());
    for title in titles {
        assert!(twin.contains(title), "{title}");
    }
    for state in twin::states(sample.source()) {
        assert!(
            picture.contains(&state.title.replace('\'', "&apos;")),
            "{}",
            state.title
        );
    }
}
