//! A file that holds every construct, and what each format makes of it.

use super::{Source, svg, twin};
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
        },
        Collection {
            name: "departements",
            title: "Départements",
            singular: "le Département",
            parties: true,
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
