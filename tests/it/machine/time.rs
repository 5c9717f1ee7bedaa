//! Deadlines, silence, suspension, effective dates.

use super::*;

const DEPOT: &str = "start: depose
states:
  depose:
    acts:
      approuver: { by: all(approbateurs), to: approuve }
      rejeter: { by: rule(OPPOSANTS), to: rejete }
    after:
      - in: rule(T_REPONSE)
        from: contrat.recu
        when: '!contrat.redressement'
        silence: approved
        to: approuve
        source: CASF R.314-225 II
      - in: rule(T_REPONSE)
        from: contrat.recu
        when: contrat.redressement
        silence: rejected
        to: rejete
        source: CASF R.314-225 II al. 2
  approuve: { final: true, outcome: approuve }
  rejete:
    acts:
      reprendre:
        by: gestionnaire
        inputs: { le: { type: date, required: true } }
        effective: le
        to: depose
    after: { in: P10D, to: depose, source: usage }
";

fn depot() -> Story {
    let mut story = Story::new(DEPOT);
    let members = vec!["ars".to_owned(), "departement:41".to_owned()];
    story.world.sets.insert("approbateurs".into(), members);
    story
}

fn running(story: &Story, spot: &str, timer: &str) -> Option<NaiveDate> {
    let visit = story.configuration.visit(&Spot::new(spot))?;
    match visit.timers.get(timer)? {
        TimerState::Running(armed) => Some(armed.echeance),
        TimerState::Fired(_) | TimerState::Lapsed => None,
    }
}

#[test]
fn an_unknown_date_leaves_the_timer_unarmed_and_a_known_one_arms_it() {
    let mut story = depot();
    assert_eq!(running(&story, "depose", "after-1"), None);
    story.fact("contrat.recu", Value::Date(d("2026-01-10")));
    let events = story.changed();
    assert_eq!(kinds(&events), ["timer_set", "timer_set"]);
    assert_eq!(running(&story, "depose", "after-1"), Some(d("2026-02-09")));
    let Event::TimerSet {
        armed: Some(armed), ..
    } = &events[0].event
    else {
        panic!("{events:?}");
    };
    assert_eq!(armed.rule.as_deref(), Some("T_REPONSE"));
    assert_eq!(armed.pack, "essai");
    assert_eq!(armed.start, Some(d("2026-01-10")));
    // The receipt is corrected: the deadline follows.
    story.fact("contrat.recu", Value::Date(d("2026-01-12")));
    story.changed();
    assert_eq!(running(&story, "depose", "after-1"), Some(d("2026-02-11")));
}

#[test]
fn silence_takes_effect_on_the_echeance_once_its_day_has_ended() {
    let mut story = depot();
    story.fact("contrat.recu", Value::Date(d("2026-01-10")));
    story.changed();
    assert!(story.tick("2026-02-09").is_empty());
    let events = story.tick("2026-02-20");
    assert_eq!(kinds(&events), ["timer_fired", "left", "entered", "ended"]);
    assert!(events.iter().all(|e| e.effective == d("2026-02-09")));
    let ended = story.configuration.ended.as_ref().unwrap();
    assert_eq!(ended.outcome.as_deref(), Some("approuve"));
}

#[test]
fn an_act_filed_late_meets_the_state_that_silence_produced() {
    let mut story = depot();
    story.fact("contrat.recu", Value::Date(d("2026-01-10")));
    story.fact("contrat.redressement", Value::Boolean(true));
    story.changed();
    let refusal = story.on("2026-02-12").cannot("ars", "depose", "approuver");
    assert_eq!(refusal.code, RefusalCode::Closed);
    // An act of the new state is judged there, and what preceded it is recorded with it.
    let command = |day: &str| Command::Act {
        actor: actor("gestionnaire"),
        spot: Spot::new("rejete"),
        act: "reprendre".into(),
        inputs: Inputs::from([("le".to_owned(), Value::Date(d(day)))]),
        shown: None,
        id: "c".into(),
    };
    for day in ["2026-02-13", "2026-02-08"] {
        assert_eq!(story.no(&command(day)).code, RefusalCode::EffectiveDate);
    }
    let events = story.yes(&command("2026-02-11"));
    assert_eq!(
        kinds(&events)[..4],
        ["timer_lapsed", "timer_fired", "left", "entered"]
    );
    let visit = story.configuration.visit(&Spot::new("depose")).unwrap();
    assert_eq!(visit.entered, d("2026-02-11"));
}

#[test]
fn a_rule_says_who_may_act_by_its_value_in_force() {
    let mut story = depot();
    story.does("ars", "depose", "rejeter");
    assert_eq!(story.spots(), ["rejete"]);
    let mut story = depot();
    story.on("2026-07-02").does("ars", "depose", "rejeter");
    assert_eq!(story.spots(), ["depose"]);
    story.does("departement:41", "depose", "rejeter");
    assert_eq!(story.spots(), ["rejete"]);
}

#[test]
fn a_suspension_freezes_usage_delays_and_never_silence() {
    let mut story = depot();
    story.does("ars", "depose", "rejeter");
    assert_eq!(running(&story, "rejete", "after-1"), Some(d("2026-01-15")));
    let act = |name: &str, party: &str| Command::Interrupt {
        actor: actor(party),
        name: name.into(),
        inputs: Inputs::new(),
        id: "i".into(),
    };
    story.on("2026-01-11").yes(&act("suspendre", "ars"));
    assert_eq!(
        story.cannot("gestionnaire", "rejete", "reprendre").code,
        RefusalCode::Suspended
    );
    assert!(story.tick("2026-01-31").is_empty());
    story.yes(&Command::Resume {
        actor: actor("gestionnaire"),
        id: "r".into(),
    });
    // Four days were left.
    assert_eq!(running(&story, "rejete", "after-1"), Some(d("2026-02-04")));
    // Unresumed, the suspension ends with its limit.
    story.yes(&act("suspendre", "ars"));
    let events = story.tick("2026-06-01");
    assert_eq!(kinds(&events)[..2], ["resumed", "timer_set"]);
    assert_eq!(events[0].effective, d("2026-04-01"));
    assert_eq!(story.spots(), ["depose"]);

    let mut story = depot();
    story.fact("contrat.recu", Value::Date(d("2026-01-10")));
    story.changed();
    story.yes(&act("suspendre", "ars"));
    // Silence would speak: those it speaks for may still act.
    story.does("ars", "depose", "approuver");
    story.tick("2026-02-10");
    assert!(story.configuration.ended.is_some());

    let mut story = depot();
    story.fact("contrat.recu", Value::Date(d("2026-01-10")));
    story.changed();
    story.yes(&act("geler", "ars"));
    assert_eq!(
        story.cannot("ars", "depose", "approuver").code,
        RefusalCode::Suspended
    );
    assert!(story.tick("2026-12-10").is_empty());
}

#[test]
fn prolonging_takes_everyone_and_so_does_abandoning() {
    let mut story = depot();
    let act = |name: &str, party: &str| Command::Interrupt {
        actor: actor(party),
        name: name.into(),
        inputs: Inputs::new(),
        id: "i".into(),
    };
    story.yes(&act("suspendre", "ars"));
    story.on("2026-02-01");
    for party in ["ars", "gestionnaire", "departement:41"] {
        let until = story
            .configuration
            .interruption
            .clone()
            .and_then(|i| i.until);
        assert_eq!(until.map(|u| u.echeance), Some(d("2026-03-06")));
        story.yes(&act("suspendre", party));
    }
    let open = story.configuration.interruption.clone().unwrap();
    assert_eq!(open.since, d("2026-01-05"));
    assert_eq!(open.until.map(|u| u.echeance), Some(d("2026-04-02")));
    for party in ["ars", "gestionnaire", "departement:41"] {
        assert!(story.configuration.ended.is_none());
        story.yes(&act("abandonner", party));
    }
    let ended = story.configuration.ended.clone().unwrap();
    assert_eq!(ended.outcome.as_deref(), Some("abandonner"));
    assert!(story.spots().is_empty());
}

#[test]
fn a_yearly_timer_starts_a_child_each_year_and_a_date_moves_with_its_fact() {
    let mut story = Story::new(
        "start: vie
states:
  vie:
    after:
      - { every: '02-01', starts: { workflow: revue, key: year - 1 }, source: contrat }
      - { at: contrat.effet, to: fin, source: contrat }
  fin: { final: true }
",
    );
    story.fact("contrat.effet", Value::Date(d("2027-06-30")));
    story.changed();
    assert_eq!(running(&story, "vie", "after-1"), Some(d("2026-02-01")));
    story.tick("2027-03-01");
    let keys: Vec<&String> = story.configuration.children.keys().collect();
    assert_eq!(keys, ["revue#2025", "revue#2026"]);
    story.fact("contrat.effet", Value::Date(d("2028-06-30")));
    story.changed();
    assert!(!story.tick("2028-06-30").is_empty());
    assert!(story.configuration.ended.is_none());
    story.tick("2028-07-01");
    assert_eq!(
        story.configuration.ended.as_ref().map(|e| e.date),
        Some(d("2028-06-30"))
    );
    assert_eq!(story.configuration.children.len(), 3);
}

#[test]
fn an_agreement_expires() {
    let mut story = Story::new(
        "start: un
states:
  un:
    acts:
      convenir:
        by: all(gestionnaire, ars)
        to: fin
        expired: { in: P1M, to: deux, source: usage }
  deux: { acts: { relancer: { by: ars, to: un } } }
  fin: { final: true }
",
    );
    story.does("ars", "un", "convenir");
    story.tick("2026-02-06");
    assert_eq!(story.spots(), ["deux"]);
    story.does("ars", "deux", "relancer");
    // The consent of the visit that expired is gone.
    story.does("gestionnaire", "un", "convenir");
    assert_eq!(story.spots(), ["un"]);
}

#[test]
fn several_timers_fire_in_the_order_of_their_echeances() {
    let mut story = Story::new(
        "start: un
states:
  un:
    states:
      lent: { after: { in: P20D, to: rapide, source: usage } }
      rapide: { after: { in: P5D, to: lent, source: usage } }
    start: lent
    after: { in: P60D, to: fin, source: usage }
  fin: { final: true }
",
    );
    let events = story.tick("2026-12-01");
    let fired: Vec<NaiveDate> = events
        .iter()
        .filter(|e| matches!(e.event, Event::TimerFired { .. }))
        .map(|e| e.effective)
        .collect();
    let days: Vec<i64> = fired
        .iter()
        .map(|f| (*f - d("2026-01-05")).num_days())
        .collect();
    assert_eq!(days, [20, 25, 45, 50, 60]);
    assert!(story.configuration.ended.is_some());
}
