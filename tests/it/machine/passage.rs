//! Another version of the file; what each party sees.

use super::*;
use entente::workflow::machine::agenda::PartyAgenda;

const FIRST: &str = "start: un
states:
  un:
    for_each: esms
    start: saisie
    states:
      saisie:
        allow: { gestionnaire: [diagnostic.write] }
        acts:
          clore:
            by: all(gestionnaire, authorities(esms))
            over: diagnostic(esms)
            to: clos
        due: { in: P30D, remind: [P10D, P3D], escalate: { in: P5D, to: signature }, source: usage }
      clos: { final: true }
    after: { in: P90D, to: deux, source: usage }
    done: deux
  deux: { acts: { finir: { by: ars, to: fin } } }
  fin: { final: true }
";

fn second(story: &Story, states: &str) -> Machine<'static> {
    let text = format!("{HEAD}{states}").replace("version: 1", "version: 2");
    let (workflow, pack) = read(&text);
    assert_eq!(story.machine.workflow().version + 1, workflow.version);
    Machine::new(workflow, &CATALOGUE, pack)
}

/// Passes to the new machine, and folds.
fn pass(story: &mut Story, machine: Machine<'static>) -> Result<Vec<Stamped>, Refusal> {
    let old = story.machine.workflow();
    let events = machine.migrate(&story.configuration, old, &story.world, story.now)?;
    for event in &events {
        fold(&mut story.configuration, event);
    }
    story.machine = machine;
    laws::check(&story.machine, &story.configuration);
    Ok(events)
}

#[test]
fn one_that_waits_at_a_join_passes_to_the_new_version_and_is_asked_again() {
    let mut story = Story::new(FIRST);
    for party in ["gestionnaire", "ars"] {
        story.does(party, "un[E1]/saisie", "clore");
    }
    story.does("gestionnaire", "un[E2]/saisie", "clore");
    let renamed = FIRST.replace("start: un\n", "start: premier\n");
    let renamed = renamed
        .replace("\n  un:", "\n  premier:")
        .replace("P90D", "P60D");
    let migrations = "migrations: [{ from: 1, map: { un: premier } }]\n";
    let machine = second(&story, &format!("{migrations}{renamed}"));
    let events = pass(&mut story, machine).unwrap();
    // Same expression, same object: the consent stands; the delay keeps its start.
    assert_eq!(kinds(&events), ["migrated", "timer_set"]);
    let Event::TimerSet {
        armed: Some(armed), ..
    } = &events[1].event
    else {
        panic!("{events:?}");
    };
    assert_eq!(armed.echeance, d("2026-03-06"));
    assert_eq!(story.spots(), ["premier", "premier[E2]/saisie"]);
    for party in ["ars", "departement:41"] {
        story.does(party, "premier[E2]/saisie", "clore");
    }
    assert_eq!(story.spots(), ["deux"]);
}

#[test]
fn a_consent_to_another_expression_falls_and_a_join_may_be_reached_by_the_passage() {
    let mut story = Story::new(FIRST);
    story.does("gestionnaire", "un[E1]/saisie", "clore");
    let wider = FIRST.replace("all(gestionnaire, authorities(esms))", "all(parties)");
    let machine = second(&story, &wider);
    let events = pass(&mut story, machine).unwrap();
    assert_eq!(kinds(&events), ["migrated", "consent_voided"]);

    let mut story = Story::new(REGIONLESS);
    let machine = second(
        &story,
        &REGIONLESS.replace(
            "after: { in: P90D, source: usage, to: b }",
            "auto: { to: b }",
        ),
    );
    let events = pass(&mut story, machine).unwrap();
    // The deadline that no longer exists is disarmed, then the new automatic move is taken.
    assert_eq!(kinds(&events), ["migrated", "timer_set", "left", "entered"]);
}

const REGIONLESS: &str = "start: a
states:
  a:
    acts: { aller: { by: ars, to: b } }
    after: { in: P90D, source: usage, to: b }
  b: { acts: { finir: { by: ars, to: fin } } }
  fin: { final: true }
";

#[test]
fn a_passage_without_image_or_without_the_binding_agreement_is_refused() {
    let mut story = Story::new(REGIONLESS);
    story.does("ars", "a", "aller");
    let gone = REGIONLESS
        .replace("to: b", "to: c")
        .replace("\n  b:", "\n  c:");
    let machine = second(&story, &gone);
    let refusal = pass(&mut story, machine).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Migration);
    assert!(refusal.sentence.contains('b'), "{refusal}");

    let bound = "start: a
states:
  a: { acts: { signer: { by: all(parties), as: signature, over: contrat, to: signe } } }
  signe: { binding: { over: contrat }, acts: { aller: { by: ars, to: b } } }
  b: { acts: { finir: { by: ars, to: fin } } }
  fin: { final: true }
";
    let machine = second(&story, bound);
    let refusal = pass(&mut story, machine).unwrap_err();
    assert!(refusal.sentence.contains("signe"), "{refusal}");

    story.yes(&Command::Interrupt {
        actor: actor("ars"),
        name: "suspendre".into(),
        inputs: Inputs::new(),
        id: "i".into(),
    });
    let machine = second(&story, REGIONLESS);
    let refusal = pass(&mut story, machine).unwrap_err();
    assert!(refusal.sentence.contains("suspension"), "{refusal}");
}

#[test]
fn each_party_sees_what_it_may_do_what_it_waits_for_and_the_dates() {
    let mut story = Story::new(FIRST);
    story.does("gestionnaire", "un[E2]/saisie", "clore");
    let agenda = story
        .machine
        .agenda(&story.configuration, &story.world, story.now);
    let of = |party: &str| -> &PartyAgenda {
        let found = agenda.parties.iter().find(|p| p.party == party);
        found.unwrap_or_else(|| panic!("{agenda:#?}"))
    };
    let acts = |party: &str| -> Vec<&str> {
        let acts = of(party).acts.iter();
        acts.map(|todo| todo.spot.as_str()).collect()
    };
    let waits = |party: &str| -> Vec<(&str, bool)> {
        let waits = of(party).waits.iter();
        waits.map(|w| (w.spot.as_str(), w.answered)).collect()
    };
    assert_eq!(acts("gestionnaire"), ["un[E1]/saisie"]);
    assert_eq!(waits("gestionnaire"), [("un[E2]/saisie", true)]);
    assert_eq!(acts("ars"), ["un[E1]/saisie", "un[E2]/saisie"]);
    // The Département has no part in the first ESMS: it is not even told.
    assert_eq!(acts("departement:41"), ["un[E2]/saisie"]);
    assert_eq!(waits("departement:41"), []);
    assert_eq!(of("gestionnaire").pen.len(), 2);
    assert_eq!(
        of("ars").interruptions,
        ["suspendre", "geler", "abandonner"]
    );
    let soft: Vec<_> = agenda.dates.iter().filter(|d| d.soft).collect();
    assert_eq!(soft.len(), 2);
    assert_eq!(soft[0].echeance, d("2026-02-04"));
    assert_eq!(soft[0].reminders, [d("2026-01-25"), d("2026-02-01")]);
    let escalation = soft[0].escalation.as_ref().unwrap();
    assert_eq!(
        (escalation.on, escalation.to),
        (d("2026-02-09"), Role::Signature)
    );
    let hard: Vec<_> = agenda.dates.iter().filter(|d| !d.soft).collect();
    assert_eq!(hard[0].leads_to.as_deref(), Some("deux"));
    assert_eq!(hard[0].echeance, d("2026-04-05"));
}
