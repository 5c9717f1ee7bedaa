//! Given events, when a command, then events or a refusal.

use chrono::{DateTime, NaiveDate, Utc};
use entente::regles::paquet::Paquet;
use entente::regles::value::Value;
use entente::workflow::catalogue::{
    Capability, Catalogue, Collection, Fact, Kind, Mover, Object, PartyKind, PartySet, Total, Who,
};
use entente::workflow::definition::model::{Role, Workflow};
use entente::workflow::definition::{Surroundings, load};
use entente::workflow::machine::command::Command;
use entente::workflow::machine::configuration::{Configuration, TimerState};
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::event::{
    Actor, CloseCause, Delegation, Event, Inputs, Stamped, VoidCause,
};
use entente::workflow::machine::refusal::{Lift, Refusal, RefusalCode};
use entente::workflow::machine::spot::{Key, Spot};
use entente::workflow::machine::world::Plain;
use entente::workflow::machine::{Machine, fold};
use std::collections::{BTreeMap, BTreeSet};

mod behaviour;
mod laws;
mod passage;
mod time;

const fn fact(name: &'static str, kind: Kind, of: Option<&'static str>) -> Fact {
    Fact {
        name,
        title: name,
        kind,
        of,
        total: None,
        moved_by: &[Mover::Import],
        declared: false,
        each: false,
    }
}

const fn collection(name: &'static str, parties: bool) -> Collection {
    Collection {
        name,
        title: name,
        singular: name,
        parties,
        set: None,
        filled: None,
    }
}

const fn object(
    name: &'static str,
    of: Option<&'static str>,
    contains: &'static [&'static str],
) -> Object {
    Object {
        name,
        title: name,
        of,
        contains,
    }
}

static CATALOGUE: Catalogue = Catalogue {
    parties: &[
        ("gestionnaire", PartyKind::Operator),
        ("ars", PartyKind::Authority),
        ("departement", PartyKind::Authority),
    ],
    facts: &[
        fact("contrat.pret", Kind::Boolean, None),
        fact("contrat.effet", Kind::Date, None),
        fact("contrat.recu", Kind::Date, None),
        fact("contrat.redressement", Kind::Boolean, None),
        fact("perimetre.ars", Kind::Boolean, None),
        fact("perimetre.moyens", Kind::Boolean, None),
        Fact {
            total: Some(Total::Sum),
            moved_by: &[
                Mover::Capability("diagnostic.write"),
                Mover::Declaration(PartyKind::Operator),
            ],
            ..fact("diagnostic.vides", Kind::Integer, Some("esms"))
        },
    ],
    collections: &[
        collection("esms", false),
        collection("objectifs", false),
        collection("departements", true),
        collection("financeurs", true),
    ],
    sets: &[
        PartySet {
            name: "parties",
            title: "les parties",
            over: None,
            always: &[Who::Everyone],
            some: None,
        },
        PartySet {
            name: "authorities",
            title: "les autorités",
            over: None,
            always: &[Who::Kind(PartyKind::Authority)],
            some: None,
        },
        PartySet {
            name: "authorities",
            title: "les autorités de l'ESMS",
            over: Some("esms"),
            always: &[],
            some: Some(Who::Kind(PartyKind::Authority)),
        },
        PartySet {
            name: "approbateurs",
            title: "les approbateurs",
            over: None,
            always: &[],
            some: Some(Who::Kind(PartyKind::Authority)),
        },
    ],
    objects: &[
        object("contrat", None, &["diagnostic"]),
        object("diagnostic", Some("esms"), &[]),
    ],
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
  GEL:
    title: Suspension nationale ouverte
    kind: boolean
    values:
      - { from: 2020-01-01, value: true, source: usage, confirmed: true }
  T_REPONSE:
    title: Réponse
    kind: duration
    values:
      - { from: 2020-01-01, to: 2026-06-30, value: P30D, source: usage, confirmed: true }
      - { from: 2026-07-01, value: P60D, source: usage, confirmed: true }
  OPPOSANTS:
    title: Qui peut s'opposer
    kind: parties
    values:
      - from: 2020-01-01
        to: 2026-06-30
        value: any(authorities)
        source: usage
        confirmed: true
      - { from: 2026-07-01, value: all(authorities), source: usage, confirmed: true }
  MOTIFS:
    title: Motifs
    kind: choices
    values:
      - { from: 2020-01-01, value: [un, deux], source: usage, confirmed: true }
";

const HEAD: &str = "workflow: essai
version: 1
title: Essai
rules: essai
parties:
  gestionnaire: { title: Gestionnaire }
  ars: { title: ARS, when: perimetre.ars }
  departement: { title: Département, each: departements }
interruptions:
  suspendre: { by: any(parties), for: P60D, resume: any(parties) }
  geler: { by: ars, when: rule(GEL), resume: ars }
  abandonner: { by: all(parties), until: binding }
";

/// A definition with its pack, kept for the time of the tests.
fn definition(states: &str) -> (&'static Workflow, &'static Paquet) {
    read(&format!("{HEAD}{states}"))
}

fn read(text: &str) -> (&'static Workflow, &'static Paquet) {
    let pack = Paquet::parse(PACK.as_bytes()).unwrap();
    let packs = BTreeMap::from([("essai".to_owned(), pack)]);
    let workflows = ["essai", "avenant", "revue"].map(str::to_owned);
    let surroundings = Surroundings {
        catalogue: &CATALOGUE,
        packs: &packs,
        workflows: &BTreeSet::from(workflows),
    };
    let workflow = load(text.as_bytes(), surroundings);
    let workflow = workflow.unwrap_or_else(|problems| panic!("{problems:#?}"));
    let pack = packs.into_values().next().unwrap();
    (Box::leak(Box::new(workflow)), Box::leak(Box::new(pack)))
}

fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon(day: &str) -> DateTime<Utc> {
    format!("{day}T12:00:00Z").parse().unwrap()
}

fn actor(party: &str) -> Actor {
    Actor {
        party: party.to_owned(),
        person: format!("p-{party}"),
        role: Role::Signature,
        delegation: None,
    }
}

/// A contract that lives: two ESMS, an ARS and one Département.
struct Story {
    machine: Machine<'static>,
    world: Plain,
    now: DateTime<Utc>,
    configuration: Configuration,
    journal: Vec<Stamped>,
}

impl Story {
    fn new(states: &str) -> Self {
        let (workflow, pack) = definition(states);
        let mut story = Self {
            machine: Machine::new(workflow, &CATALOGUE, pack),
            world: world(),
            now: noon("2026-01-05"),
            configuration: Configuration::default(),
            journal: Vec::new(),
        };
        story.yes(&Command::Open { effective: None });
        story
    }

    fn on(&mut self, day: &str) -> &mut Self {
        self.now = noon(day);
        self
    }

    fn run(&mut self, command: &Command) -> Result<Vec<Stamped>, Refusal> {
        let events = self
            .machine
            .decide(&self.configuration, &self.world, command, self.now)?;
        for event in &events {
            fold(&mut self.configuration, event);
        }
        self.journal.extend(events.iter().cloned());
        laws::check(&self.machine, &self.configuration);
        Ok(events)
    }

    fn yes(&mut self, command: &Command) -> Vec<Stamped> {
        self.run(command)
            .unwrap_or_else(|refusal| panic!("{refusal:#?}"))
    }

    fn no(&mut self, command: &Command) -> Refusal {
        self.run(command).expect_err("un refus était attendu")
    }

    /// The act as this party would send it, with the digest that stands now.
    fn command(&self, party: &str, spot: &str, act: &str, inputs: Inputs) -> Command {
        let spot = Spot::new(spot);
        Command::Act {
            actor: actor(party),
            shown: self.shown(&spot, act),
            spot,
            act: act.to_owned(),
            inputs,
            id: "c".to_owned(),
        }
    }

    fn shown(&self, spot: &Spot, act: &str) -> Option<Digest> {
        self.machine
            .shown(&self.configuration, &self.world, spot, act, self.now)
    }

    fn does(&mut self, party: &str, spot: &str, act: &str) -> Vec<Stamped> {
        let command = self.command(party, spot, act, Inputs::new());
        self.yes(&command)
    }

    fn cannot(&mut self, party: &str, spot: &str, act: &str) -> Refusal {
        let command = self.command(party, spot, act, Inputs::new());
        self.no(&command)
    }

    fn refuses(&mut self, party: &str, spot: &str, act: &str) -> Vec<Stamped> {
        let spot = Spot::new(spot);
        self.yes(&Command::Refuse {
            actor: actor(party),
            shown: self.shown(&spot, act),
            spot,
            act: act.to_owned(),
            reason: "désaccord".to_owned(),
            id: "r".to_owned(),
        })
    }

    fn changed(&mut self) -> Vec<Stamped> {
        self.yes(&Command::WorldChanged)
    }

    fn tick(&mut self, day: &str) -> Vec<Stamped> {
        self.on(day).yes(&Command::Tick)
    }

    /// The active leaves and composites, as text.
    fn spots(&self) -> Vec<&str> {
        let spots = self.configuration.visits.keys();
        spots.map(Spot::as_str).filter(|s| !s.is_empty()).collect()
    }

    fn edit(&mut self, object: &str, item: Option<&str>, text: &str) {
        let digest = Digest::of(text.as_bytes());
        match item {
            None => self.world.contents.insert(object.to_owned(), digest),
            Some(item) => self
                .world
                .item_contents
                .entry(item.to_owned())
                .or_default()
                .insert(object.to_owned(), digest),
        };
    }

    fn fact(&mut self, name: &str, value: Value) -> &mut Self {
        self.world.facts.insert(name.to_owned(), value);
        self
    }

    fn add_esms(&mut self, key: &str, authorities: &[&str]) {
        let esms = self.world.collections.entry("esms".to_owned()).or_default();
        esms.push(key.to_owned());
        let sets = self.world.item_sets.entry(key.to_owned()).or_default();
        let members = authorities.iter().map(|s| (*s).to_owned()).collect();
        sets.insert("authorities".to_owned(), members);
        let facts = self.world.item_facts.entry(key.to_owned()).or_default();
        facts.insert("diagnostic.vides".to_owned(), Value::Integer(0));
        self.edit("diagnostic", Some(key), key);
    }

    fn remove_esms(&mut self, key: &str) {
        let esms = self.world.collections.entry("esms".to_owned()).or_default();
        esms.retain(|k| k != key);
    }
}

fn world() -> Plain {
    let mut story = Plain::default();
    for (name, value) in [
        ("contrat.pret", true),
        ("perimetre.ars", true),
        ("perimetre.moyens", true),
        ("contrat.redressement", false),
    ] {
        story.facts.insert(name.to_owned(), Value::Boolean(value));
    }
    for (key, authorities) in [("E1", &["ars"][..]), ("E2", &["ars", "departement:41"])] {
        let sets = story.item_sets.entry(key.to_owned()).or_default();
        let members = authorities.iter().map(|s| (*s).to_owned()).collect();
        sets.insert("authorities".to_owned(), members);
        let facts = story.item_facts.entry(key.to_owned()).or_default();
        facts.insert("diagnostic.vides".to_owned(), Value::Integer(0));
        let contents = story.item_contents.entry(key.to_owned()).or_default();
        contents.insert("diagnostic".to_owned(), Digest::of(key.as_bytes()));
    }
    let mut items = |name: &str, keys: &[&str]| {
        let keys = keys.iter().map(|k| (*k).to_owned()).collect();
        story.collections.insert(name.to_owned(), keys);
    };
    items("esms", &["E1", "E2"]);
    items("departements", &["41"]);
    items("financeurs", &["ars", "departement:41"]);
    story
        .contents
        .insert("contrat".to_owned(), Digest::of(b"contrat"));
    story
}

/// The kinds of events, in order.
fn kinds(events: &[Stamped]) -> Vec<String> {
    let kind = |e: &Stamped| {
        let json = serde_json::to_value(&e.event).unwrap();
        json["kind"].as_str().unwrap().to_owned()
    };
    events.iter().map(kind).collect()
}

fn list(keys: &[&str]) -> Value {
    Value::List(keys.iter().map(|k| Value::Text((*k).to_owned())).collect())
}
