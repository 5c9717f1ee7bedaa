//! The machine on a contract of 60 ESMS: one act, its agenda, a long journal.
//!
//! `cargo bench --bench machine`
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench fails by panic, as a test does"
)]

use chrono::{DateTime, Utc};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use entente::regles::paquet::Paquet;
use entente::regles::value::Value;
use entente::workflow::catalogue::{
    Capability, Catalogue, Collection, Fact, Kind, Mover, Object, PartyKind, PartySet, Total, Who,
};
use entente::workflow::definition::model::{Role, Workflow};
use entente::workflow::definition::{Surroundings, load};
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::event::{Actor, Inputs};
use entente::workflow::machine::world::Plain;
use entente::workflow::machine::{Command, Configuration, Machine, Spot, Stamped, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

const ESMS: usize = 60;

static CATALOGUE: Catalogue = Catalogue {
    parties: &[
        ("gestionnaire", PartyKind::Operator),
        ("ars", PartyKind::Authority),
        ("departement", PartyKind::Authority),
    ],
    facts: &[Fact {
        name: "diagnostic.vides",
        title: "thèmes vides",
        kind: Kind::Integer,
        of: Some("esms"),
        total: Some(Total::Sum),
        moved_by: &[Mover::Capability("diagnostic.write")],
        declared: false,
        each: false,
    }],
    collections: &[Collection {
        name: "esms",
        title: "ESMS",
        singular: "l'ESMS",
        parties: false,
        set: None,
        filled: None,
    }],
    sets: &[PartySet {
        name: "authorities",
        title: "les autorités de l'ESMS",
        over: Some("esms"),
        always: &[],
        some: Some(Who::Kind(PartyKind::Authority)),
    }],
    objects: &[Object {
        name: "diagnostic",
        title: "le diagnostic",
        of: Some("esms"),
        contains: &[],
    }],
    capabilities: &[Capability {
        name: "diagnostic.write",
        title: "écrire le diagnostic",
        changes: &["diagnostic"],
    }],
    documents: &[],
};

const PACK: &str = "
pack: essai
title: Essai
rules:
  T_ACCORD:
    title: Accord
    kind: duration
    values: [{ from: 2020-01-01, value: P60D, source: usage, confirmed: true }]
";

const WORKFLOW: &str = "workflow: essai
version: 1
title: Essai
rules: essai
parties:
  gestionnaire: { title: Gestionnaire }
  ars: { title: ARS }
  departement: { title: Département }
start: diagnostic
states:
  diagnostic:
    for_each: esms
    start: saisie
    states:
      saisie:
        allow: { gestionnaire: [diagnostic.write] }
        acts:
          soumettre:
            by: gestionnaire
            requires: [{ if: diagnostic.vides == 0, else: 'Il reste {diagnostic.vides} thème(s).' }]
            to: instruction
        due: { in: P30D, remind: [P10D], source: usage }
      instruction:
        allow: { gestionnaire: [diagnostic.write] }
        acts:
          clore:
            by: all(gestionnaire, authorities(esms))
            over: diagnostic(esms)
            requires: [{ if: diagnostic.vides == 0, else: 'Il reste {diagnostic.vides} thème(s).' }]
            to: clos
          completer: { by: any(authorities(esms)), to: saisie }
        after: { in: rule(T_ACCORD), to: saisie, source: usage }
        due: { in: P30D, remind: [P10D], source: usage }
      clos: { final: true }
    done: fin
  fin: { final: true }
";

fn now() -> DateTime<Utc> {
    "2026-01-05T12:00:00Z".parse().unwrap()
}

fn definition() -> (Workflow, Paquet) {
    let pack = Paquet::parse(PACK.as_bytes()).unwrap();
    let packs = BTreeMap::from([("essai".to_owned(), pack.clone())]);
    let surroundings = Surroundings {
        catalogue: &CATALOGUE,
        packs: &packs,
        workflows: &BTreeSet::new(),
    };
    let workflow = load(WORKFLOW.as_bytes(), surroundings);
    (workflow.unwrap_or_else(|p| panic!("{p:#?}")), pack)
}

fn esms(i: usize) -> String {
    format!("41{i:07}")
}

fn world() -> Plain {
    let mut world = Plain::default();
    let keys: Vec<String> = (0..ESMS).map(esms).collect();
    for key in &keys {
        let authorities = ["ars", "departement"].map(str::to_owned).to_vec();
        let sets = BTreeMap::from([("authorities".to_owned(), authorities)]);
        world.item_sets.insert(key.clone(), sets);
        let facts = BTreeMap::from([("diagnostic.vides".to_owned(), Value::Integer(0))]);
        world.item_facts.insert(key.clone(), facts);
        let content = Digest::of(key.as_bytes());
        let contents = BTreeMap::from([("diagnostic".to_owned(), content)]);
        world.item_contents.insert(key.clone(), contents);
    }
    world.collections.insert("esms".to_owned(), keys);
    world
}

/// The act as this party would send it.
fn act(
    machine: &Machine<'_>,
    world: &Plain,
    configuration: &Configuration,
    (party, i, state, act): (&str, usize, &str, &str),
) -> Command {
    let spot = Spot::new(&format!("diagnostic[{}]/{state}", esms(i)));
    Command::Act {
        actor: Actor {
            party: party.to_owned(),
            person: "p-1".to_owned(),
            role: Role::Signature,
            delegation: None,
        },
        shown: machine.shown(configuration, world, &spot, act, now()),
        spot,
        act: act.to_owned(),
        inputs: Inputs::new(),
        id: "0198f7c2".to_owned(),
    }
}

struct Told<'a> {
    machine: &'a Machine<'a>,
    world: &'a Plain,
    configuration: Configuration,
    journal: Vec<Stamped>,
}

impl Told<'_> {
    fn run(&mut self, command: &Command) {
        let events = self
            .machine
            .decide(&self.configuration, self.world, command, now())
            .unwrap_or_else(|refusal| panic!("{refusal:#?}"));
        for event in &events {
            fold(&mut self.configuration, event);
        }
        self.journal.extend(events);
    }

    fn does(&mut self, party: &str, i: usize, state: &str, name: &str) {
        let act = act(
            self.machine,
            self.world,
            &self.configuration,
            (party, i, state, name),
        );
        self.run(&act);
    }
}

/// All the branches in `instruction`, one consent standing in each.
fn told<'a>(machine: &'a Machine<'a>, world: &'a Plain) -> Told<'a> {
    let mut told = Told {
        machine,
        world,
        configuration: Configuration::default(),
        journal: Vec::new(),
    };
    told.run(&Command::Open { effective: None });
    for i in 0..ESMS {
        told.does("gestionnaire", i, "saisie", "soumettre");
        told.does("gestionnaire", i, "instruction", "clore");
    }
    told
}

fn bench(criterion: &mut Criterion) {
    let (workflow, pack) = definition();
    let machine = Machine::new(&workflow, &CATALOGUE, &pack);
    let world = world();
    let mut told = told(&machine, &world);
    let mut group = criterion.benchmark_group("machine");

    for (name, party, action) in [
        ("un accord sur 60 ESMS", "ars", "clore"),
        ("un passage sur 60 ESMS", "ars", "completer"),
    ] {
        let command = act(
            &machine,
            &world,
            &told.configuration,
            (party, 30, "instruction", action),
        );
        let start = told.configuration.clone();
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || start.clone(),
                |mut configuration| {
                    let events = machine.decide(&configuration, &world, &command, now());
                    for event in events.iter().flatten() {
                        fold(&mut configuration, event);
                    }
                    configuration
                },
                BatchSize::SmallInput,
            );
        });
    }

    group.bench_function("agenda de 60 ESMS", |bencher| {
        bencher.iter(|| machine.agenda(black_box(&told.configuration), &world, now()));
    });

    let mut round = 0;
    while told.journal.len() < 5_000 {
        told.does("ars", round % ESMS, "instruction", "completer");
        told.does("gestionnaire", round % ESMS, "saisie", "soumettre");
        told.does("gestionnaire", round % ESMS, "instruction", "clore");
        round += 1;
    }
    told.journal.truncate(5_000);
    group.bench_function("relecture de 5 000 événements", |bencher| {
        bencher.iter(|| {
            let mut configuration = Configuration::default();
            for event in &told.journal {
                fold(&mut configuration, event);
            }
            configuration
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
