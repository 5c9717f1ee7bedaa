//! A file is read, or each of its defects is told with its place.

use super::model::{Body, InputKind, Moment, Target, Workflow};
use super::{Surroundings, load};
use crate::regles::paquet::Paquet;
use crate::workflow::catalogue::{
    Capability, Catalogue, Collection, Fact, Kind, Mover, Named, Object, PartyKind, PartySet,
    Total, Who,
};
use crate::workflow::problem::{Code, Problem};
use std::collections::{BTreeMap, BTreeSet};

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

const fn set(name: &'static str, over: Option<&'static str>) -> PartySet {
    PartySet {
        name,
        title: name,
        over,
        always: &[],
        some: Some(Who::Kind(PartyKind::Authority)),
    }
}

static CATALOGUE: Catalogue = Catalogue {
    parties: &[
        ("gestionnaire", PartyKind::Operator),
        ("ars", PartyKind::Authority),
        ("departement", PartyKind::Authority),
    ],
    facts: &[
        fact("contrat.terme", Kind::Date, None),
        fact("contrat.relances", Kind::Integer, None),
        Fact {
            total: Some(Total::Sum),
            ..fact("diagnostic.vides", Kind::Integer, Some("esms"))
        },
        fact("diagnostic.note", Kind::Integer, Some("esms")),
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
        set("authorities", None),
        set("authorities", Some("esms")),
        set("parties", None),
    ],
    objects: &[
        Object {
            name: "contrat",
            title: "contrat",
            of: None,
            contains: &["diagnostic"],
        },
        Object {
            name: "diagnostic",
            title: "diagnostic",
            of: Some("esms"),
            contains: &[],
        },
    ],
    capabilities: &[Capability {
        name: "diagnostic.write",
        title: "écrire le diagnostic",
        changes: &["diagnostic"],
    }],
    documents: &[Named {
        name: "contrat",
        title: "Contrat",
    }],
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
  ars: { title: ARS }
  departement: { title: Département, each: departements }
";

fn read(text: &str) -> Result<Workflow, Vec<Problem>> {
    let pack = Paquet::parse(PACK.as_bytes()).unwrap();
    let packs = BTreeMap::from([("essai".to_owned(), pack)]);
    let workflows = BTreeSet::from(["essai".to_owned(), "avenant".to_owned()]);
    let surroundings = Surroundings {
        catalogue: &CATALOGUE,
        packs: &packs,
        workflows: &workflows,
    };
    load(text.as_bytes(), surroundings)
}

fn good(states: &str) -> Workflow {
    read(&format!("{HEAD}{states}")).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The one defect of a file: its code, its line after the head, its column, part of its sentence.
#[track_caller]
fn check(states: &str, code: Code, line: u32, column: u32, said: &str) {
    let problems = read(&format!("{HEAD}{states}")).expect_err("refused");
    let first = &problems[0];
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(first.message.contains(said), "{}", first.message);
    let head = u32::try_from(HEAD.lines().count()).unwrap();
    let found = (first.code, first.place.line - head, first.place.column);
    assert_eq!(found, (code, line, column), "{}", first.message);
}

/// One of each.
const WHOLE: &str = r#"interruptions:
  suspendre:
    by: any(gestionnaire, authorities)
    for: rule(T_SIGNATURE)
    resume: ars
    from: [a]
  abandonner: { by: "all(parties)", until: binding }
migrations: [{ from: 1, map: { vieux: a, b/vieux: b/x/u } }]
start: a
states:
  a:
    for_each: esms
    at_least: 1
    order: sequence
    start: redige
    done: b
    states:
      redige:
        allow: { gestionnaire: [diagnostic.write], authorities(esms): [diagnostic.write] }
        acts:
          clore:
            by: all(gestionnaire, authorities(esms))
            over: diagnostic(esms)
            requires: [{ if: diagnostic.vides == 0, else: "Reste {diagnostic.vides}.", waive: ars }]
            to: fini
            refused: { policy: collect, to: redige }
            expired: { in: rule(T_SIGNATURE), source: usage, to: redige }
      fini: { final: true }
  b:
    parallel:
      x:
        start: u
        states:
          u: { acts: { finir: { by: any(departement), to: end } } }
      y:
        when: contrat.relances > 0
        for_each: departements
        start: v
        done: end
        states:
          v: { acts: { dire: { by: party(departements), to: w } } }
          w: { final: true }
    done: c
  c:
    acts:
      rouvrir:
        by: all(parties)
        over: diagnostic
        inputs: { esms: { type: item, of: esms, many: true, required: true } }
        to: a
        reopens: esms
      opposer:
        by: rule(OPPOSANTS)
        inputs: { motif: { type: choice, of: rule(MOTIFS) }, le: { type: date, per: party } }
        effective: le
        produces: [contrat]
        starts: { workflow: avenant, key: next }
    after:
      - { at: contrat.terme - rule(T_SIGNATURE), to: d, source: usage }
      - { every: "01-01", starts: { workflow: essai, key: year - 1 } }
    auto: [{ when: contrat.relances > 2, to: d }, { to: c }]
    due: { in: P10D, counted: ouvres, remind: [P3D], escalate: { in: P5D, to: signature } }
  d: { final: true, outcome: signe, binding: { over: contrat, binds: [ars] } }
"#;

#[test]
fn every_element_of_the_language_is_read() {
    let workflow = good(WHOLE);
    let a = workflow.find("a").unwrap();
    assert!(matches!(&a.body, Body::Each { over, at_least: 1, .. } if over == "esms"));
    let redige = workflow.find("a/redige").unwrap();
    assert_eq!(redige.within, ["esms"]);
    let clore = &redige.acts[0];
    assert_eq!(clore.by.to_string(), "all(gestionnaire, authorities(esms))");
    assert_eq!(clore.over.as_ref().unwrap().to_string(), "diagnostic(esms)");
    assert_eq!(
        workflow.find("b/x/u").unwrap().acts[0].to,
        Some(Target::End)
    );
    let y = workflow.find("b/y").unwrap();
    assert!(matches!(
        &y.body,
        Body::Each {
            done: Some(Target::End),
            ..
        }
    ));
    assert!(workflow.block(y.block).when.is_some());
    let c = workflow.find("c").unwrap();
    assert_eq!(c.acts[1].inputs[0].kind, InputKind::Choice("MOTIFS".into()));
    assert!(matches!(
        c.after[1].moment,
        Moment::Every { month: 1, day: 1 }
    ));
    assert_eq!(workflow.ancestors(redige.id).count(), 1);
}

/// One state with one act, to vary a line.
fn act(line: &str) -> String {
    format!(
        "start: a\nstates:\n  a:\n    acts:\n      faire:\n        {line}\n        to: b\n  \
         b: {{ final: true }}\n"
    )
}

#[test]
fn unknown_names_are_told_with_the_nearest_one() {
    check(&act("by: arss"), Code::Inconnu, 6, 13, "« ars »");
    check(
        &act("by: any(ars, autorities)"),
        Code::Inconnu,
        6,
        22,
        "« authorities »",
    );
    check(
        &act("by: ars\n        too: b"),
        Code::Inconnu,
        7,
        9,
        "« to »",
    );
    check(
        &act("by: ars\n        over: contra"),
        Code::Inconnu,
        7,
        15,
        "« contrat »",
    );
    check(
        &act("by: ars\n        requires: [{ if: contrat.relance > 1, else: Non. }]"),
        Code::Inconnu,
        7,
        26,
        "« contrat.relances »",
    );
    check(
        "start: a\nstates:\n  a: { acts: { x: { by: ars, to: bb } } }\n  b: { final: true }\n",
        Code::Inconnu,
        3,
        34,
        "« b »",
    );
    check(
        &act("by: rule(OPOSANTS)"),
        Code::Inconnu,
        6,
        13,
        "« OPPOSANTS »",
    );
}

#[test]
fn a_set_says_whether_one_or_all_must_act() {
    check(
        &act("by: authorities"),
        Code::Syntaxe,
        6,
        13,
        "any(authorities)",
    );
    check(
        &act("by: departement"),
        Code::Syntaxe,
        6,
        13,
        "all(departement)",
    );
    check(
        &act("by: any(authorities(esms))"),
        Code::Syntaxe,
        6,
        17,
        "for_each: esms",
    );
}

#[test]
fn flow_style_cut_at_the_comma_gets_its_remedy() {
    let text = "start: a\nstates:\n  a: { acts: { x: { by: all(ars, gestionnaire), to: b } } }\n  \
                b: { final: true }\n";
    let problems = read(&format!("{HEAD}{text}")).unwrap_err();
    assert!(
        problems.iter().any(|p| p.message.contains("guillemets")),
        "{problems:#?}"
    );
}

#[test]
fn types_are_checked() {
    check(
        &act("by: ars\n        requires: [{ if: contrat.terme == 3, else: Non. }]"),
        Code::Type,
        7,
        43,
        "",
    );
    check(
        &act("by: ars\n        inputs: { m: { type: choice, of: rule(T_SIGNATURE) } }"),
        Code::Type,
        7,
        42,
        "un délai",
    );
    check(
        &act("by: ars\n        inputs: { m: { type: text } }\n        effective: m"),
        Code::Type,
        8,
        20,
        "date",
    );
}

#[test]
fn a_fact_of_an_item_needs_its_branch_or_a_total() {
    check(
        &act("by: ars\n        requires: [{ if: diagnostic.note > 1, else: Non. }]"),
        Code::Type,
        7,
        26,
        "for_each: esms",
    );
    good(&act(
        "by: ars\n        requires: [{ if: diagnostic.vides == 0, else: Non. }]",
    ));
}

#[test]
fn nothing_crosses_a_block() {
    let text = "start: a
states:
  a:
    parallel:
      r:
        start: u
        states:
          u: { acts: { x: { by: ars, to: b } } }
    done: b
  b: { final: true }
";
    check(text, Code::Inconnu, 8, 42, "frontière");
}

#[test]
fn a_party_beyond_the_catalogue_says_what_it_is() {
    let text =
        format!("{HEAD}  pjj: {{ title: PJJ }}\nstart: a\nstates: {{ a: {{ final: true }} }}\n");
    let problems = read(&text).unwrap_err();
    assert_eq!(problems[0].code, Code::Inconnu);
    assert!(problems[0].message.contains("kind:"), "{problems:?}");
    let text = text.replace("title: PJJ", "title: PJJ, kind: authority");
    assert!(read(&text).is_ok());
}
