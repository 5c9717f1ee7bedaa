//! A small world for generated files: a catalogue and a rule pack of their own.

use entente::regles::paquet::Paquet;
use entente::workflow::catalogue::{
    Capability, Catalogue, Collection, Fact, Kind, Mover, Object, PartyKind, PartySet, Who,
};
use entente::workflow::check::{self, Report, Surroundings};
use entente::workflow::definition::{self, model::Workflow};
use entente::workflow::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const AUTHORITY: Who = Who::Kind(PartyKind::Authority);

const fn fact(name: &'static str, moved_by: &'static [Mover]) -> Fact {
    Fact {
        name,
        title: name,
        kind: Kind::Boolean,
        of: None,
        total: None,
        moved_by,
        declared: false,
        each: false,
    }
}

/// `fixe.*` never moves; `libre.*` moves where someone may write.
pub static CATALOGUE: Catalogue = Catalogue {
    parties: &[
        ("op", PartyKind::Operator),
        ("etat", PartyKind::Authority),
        ("dep", PartyKind::Authority),
    ],
    facts: &[
        fact("fixe.a", &[]),
        fact("fixe.b", &[]),
        fact("cas.etat", &[]),
        fact("cas.region", &[]),
        fact("libre.m", &[Mover::Capability("texte.write")]),
    ],
    collections: &[
        Collection {
            name: "lieux",
            title: "lieux",
            singular: "le lieu",
            parties: false,
            set: None,
            filled: None,
        },
        Collection {
            name: "buts",
            title: "buts",
            singular: "le but",
            parties: false,
            set: None,
            filled: None,
        },
        Collection {
            name: "parties",
            title: "parties",
            singular: "la partie",
            parties: true,
            set: Some("parties"),
            filled: None,
        },
    ],
    sets: &[
        PartySet {
            name: "parties",
            title: "toutes",
            over: None,
            always: &[Who::Everyone],
            some: None,
        },
        PartySet {
            name: "authorities",
            title: "les autorités",
            over: None,
            always: &[AUTHORITY],
            some: None,
        },
        PartySet {
            name: "authorities",
            title: "les autorités du lieu",
            over: Some("lieux"),
            always: &[],
            some: Some(AUTHORITY),
        },
    ],
    objects: &[
        Object {
            name: "texte",
            title: "le texte",
            of: None,
            contains: &["fiche"],
        },
        Object {
            name: "fiche",
            title: "la fiche du lieu",
            of: Some("lieux"),
            contains: &[],
        },
    ],
    capabilities: &[Capability {
        name: "texte.write",
        title: "écrire",
        changes: &["texte"],
    }],
    documents: &[],
};

const PACK: &str = "pack: essai
title: Essai
rules:
  T:
    title: T
    kind: duration
    values: [{ from: 2020-01-01, value: P10D, source: usage, confirmed: true }]
";

static PACKS: LazyLock<BTreeMap<String, Paquet>> = LazyLock::new(|| {
    let pack = Paquet::parse(PACK.as_bytes()).expect("a pack");
    BTreeMap::from([("essai".to_owned(), pack)])
});

pub fn load(text: &str) -> Result<Workflow, Vec<Problem>> {
    definition::load(
        text.as_bytes(),
        definition::Surroundings {
            catalogue: &CATALOGUE,
            packs: &PACKS,
            workflows: &BTreeSet::new(),
        },
    )
}

pub fn prove(workflow: &Workflow) -> Report {
    let surroundings = Surroundings {
        catalogue: &CATALOGUE,
        pack: &PACKS["essai"],
        parents: &BTreeMap::new(),
        on: super::day(),
    };
    check::check(workflow, surroundings)
}
