//! Acts, agreements, branches, regions, binding.

use super::*;

const DIAGNOSTIC: &str = "start: programme
states:
  programme:
    acts:
      lancer:
        by: any(authorities)
        requires: [{ if: contrat.pret, else: Nommez un référent., waive: ars }]
        to: diagnostic
  diagnostic:
    for_each: esms
    at_least: 1
    start: saisie
    states:
      saisie:
        allow: { gestionnaire: [diagnostic.write] }
        acts:
          soumettre:
            by: gestionnaire
            requires: [{ if: diagnostic.vides == 0, else: 'Il reste {diagnostic.vides} thème(s).' }]
            to: instruction
      instruction:
        acts:
          clore:
            by: all(gestionnaire, authorities(esms))
            over: diagnostic(esms)
            to: clos
            refused: { to: saisie }
      clos: { final: true }
    done: validation
  validation:
    acts:
      covalider: { by: all(parties), over: diagnostic, as: validation, to: signature }
      rejeter:
        by: any(parties)
        inputs: { esms: { type: item, of: esms, many: true, required: true } }
        to: diagnostic
        reopens: esms
  signature:
    acts:
      signer:
        by: all(parties)
        as: signature
        over: contrat
        to: signe
        refused: { policy: collect, to: validation }
  signe: { binding: { over: contrat }, entry: true, acts: { clore: { by: ars, to: clos } } }
  clos: { final: true, outcome: clos }
";

/// Both diagnostics closed: the contract waits at `validation`.
fn validated() -> Story {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    for key in ["E1", "E2"] {
        story.does(
            "gestionnaire",
            &format!("diagnostic[{key}]/saisie"),
            "soumettre",
        );
        close(&mut story, key);
    }
    assert_eq!(story.spots(), ["validation"]);
    story
}

fn close(story: &mut Story, key: &str) {
    let spot = format!("diagnostic[{key}]/instruction");
    let parties: &[&str] = match key {
        "E1" => &["gestionnaire", "ars"],
        _ => &["gestionnaire", "ars", "departement:41"],
    };
    for party in parties {
        story.does(party, &spot, "clore");
    }
}

#[test]
fn each_branch_asks_its_own_authorities_and_the_join_waits_for_all() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    assert_eq!(
        story.spots(),
        [
            "diagnostic",
            "diagnostic[E1]/saisie",
            "diagnostic[E2]/saisie"
        ]
    );
    story.does("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    let refusal = story.cannot("departement:41", "diagnostic[E1]/instruction", "clore");
    assert_eq!(refusal.code, RefusalCode::WrongParty);
    close(&mut story, "E1");
    assert_eq!(story.spots(), ["diagnostic", "diagnostic[E2]/saisie"]);
    let refusal = story.cannot("ars", "diagnostic[E1]/instruction", "clore");
    assert_eq!(refusal.code, RefusalCode::Closed);
    story.does("gestionnaire", "diagnostic[E2]/saisie", "soumettre");
    close(&mut story, "E2");
    assert_eq!(story.spots(), ["validation"]);
}

#[test]
fn a_refusal_says_what_is_missing_and_who_can_lift_it() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    let facts = story.world.item_facts.get_mut("E1").unwrap();
    facts.insert("diagnostic.vides".to_owned(), Value::Integer(3));
    let refusal = story.cannot("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    assert_eq!(refusal.code, RefusalCode::Requirements);
    assert_eq!(refusal.sentence, "Il reste 3 thèmes.");
    assert_eq!(
        refusal.missing[0].lift,
        [
            Lift::Party {
                party: "gestionnaire".into(),
                capability: "diagnostic.write".into()
            },
            Lift::Declaration {
                party: "gestionnaire".into(),
                fact: "diagnostic.vides".into()
            }
        ]
    );
    // Its sibling has none missing.
    story.does("gestionnaire", "diagnostic[E2]/saisie", "soumettre");
}

#[test]
fn a_condition_is_waived_by_who_may_with_a_reason() {
    let mut story = Story::new(DIAGNOSTIC);
    story.fact("contrat.pret", Value::Boolean(false));
    story.cannot("ars", "programme", "lancer");
    let waive = |party: &str, reason: &str| Command::Waive {
        actor: actor(party),
        spot: Spot::new("programme"),
        act: "lancer".into(),
        requirement: 0,
        reason: reason.into(),
        id: "w".into(),
    };
    assert_eq!(
        story.no(&waive("gestionnaire", "urgence")).code,
        RefusalCode::WrongParty
    );
    assert_eq!(story.no(&waive("ars", " ")).code, RefusalCode::Inputs);
    story.yes(&waive("ars", "urgence"));
    story.does("ars", "programme", "lancer");
}

#[test]
fn entering_with_too_few_items_is_refused() {
    let mut story = Story::new(DIAGNOSTIC);
    story.remove_esms("E1");
    story.remove_esms("E2");
    assert_eq!(
        story.cannot("ars", "programme", "lancer").code,
        RefusalCode::TooFew
    );
}

#[test]
fn a_change_voids_the_consents_on_that_item_only_and_none_revives() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    for key in ["E1", "E2"] {
        story.does(
            "gestionnaire",
            &format!("diagnostic[{key}]/saisie"),
            "soumettre",
        );
        story.does(
            "gestionnaire",
            &format!("diagnostic[{key}]/instruction"),
            "clore",
        );
    }
    story.edit("diagnostic", Some("E1"), "autre");
    let events = story.changed();
    let Event::ConsentVoided { spot, cause, .. } = &events[0].event else {
        panic!("{events:?}");
    };
    assert_eq!(spot.as_str(), "diagnostic[E1]/instruction");
    assert_eq!((*cause, events.len()), (VoidCause::Changed, 1));
    story.edit("diagnostic", Some("E1"), "E1");
    assert!(story.changed().is_empty());
    story.does("ars", "diagnostic[E1]/instruction", "clore");
    assert!(story.spots().contains(&"diagnostic[E1]/instruction"));
}

#[test]
fn what_was_shown_must_be_what_stands() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    story.does("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    let old = story.command("ars", "diagnostic[E1]/instruction", "clore", Inputs::new());
    story.edit("diagnostic", Some("E1"), "autre");
    let refusal = story.no(&old);
    assert_eq!(refusal.code, RefusalCode::Stale);
    let spot = Spot::new("diagnostic[E1]/instruction");
    assert_eq!(refusal.digest, story.shown(&spot, "clore"));
}

#[test]
fn a_stale_consent_never_counts_even_before_the_trade_says_that_it_changed_something() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    story.does("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    let spot = "diagnostic[E1]/instruction";
    story.does("gestionnaire", spot, "clore");
    story.edit("diagnostic", Some("E1"), "autre");
    let events = story.does("ars", spot, "clore");
    assert_eq!(kinds(&events), ["consent_voided", "consented"]);
    assert!(story.spots().contains(&spot));
}

#[test]
fn a_consent_is_given_once_and_withdrawn_until_the_last_falls() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    story.does("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    let spot = "diagnostic[E1]/instruction";
    story.does("gestionnaire", spot, "clore");
    assert_eq!(
        story.cannot("gestionnaire", spot, "clore").code,
        RefusalCode::AlreadyAnswered
    );
    let withdraw = |party: &str| Command::Withdraw {
        actor: actor(party),
        spot: Spot::new(spot),
        act: "clore".into(),
        id: "w".into(),
    };
    assert_eq!(story.no(&withdraw("ars")).code, RefusalCode::NotAnswered);
    story.yes(&withdraw("gestionnaire"));
    story.does("ars", spot, "clore");
    assert!(story.spots().contains(&spot));
    story.does("gestionnaire", spot, "clore");
    assert!(!story.spots().contains(&spot));
    assert_eq!(
        story.no(&withdraw("gestionnaire")).code,
        RefusalCode::NotAnswered
    );
}

#[test]
fn a_first_refusal_takes_its_exit_and_a_collected_one_waits_for_everyone() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    story.does("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    story.does("gestionnaire", "diagnostic[E1]/instruction", "clore");
    story.refuses("ars", "diagnostic[E1]/instruction", "clore");
    assert!(story.spots().contains(&"diagnostic[E1]/saisie"));

    let mut story = validated();
    for party in ["gestionnaire", "ars", "departement:41"] {
        story.does(party, "validation", "covalider");
    }
    story.refuses("ars", "signature", "signer");
    story.does("gestionnaire", "signature", "signer");
    assert_eq!(story.spots(), ["signature"]);
    story.does("departement:41", "signature", "signer");
    assert_eq!(story.spots(), ["validation"]);
    assert!(story.configuration.bound.is_empty());
}

#[test]
fn items_that_come_and_go_open_and_close_branches() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    story.does("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    close(&mut story, "E1");
    story.add_esms("E3", &["departement:41"]);
    story.changed();
    assert!(story.spots().contains(&"diagnostic[E3]/saisie"));
    story.remove_esms("E2");
    let events = story.changed();
    assert_eq!(kinds(&events), ["left", "branch_closed"]);
    story.does("gestionnaire", "diagnostic[E3]/saisie", "soumettre");
    // The last open branch leaves with its item: the join is asked again.
    story.remove_esms("E3");
    story.changed();
    assert_eq!(story.spots(), ["validation"]);
    // The state was left: a newcomer opens nothing.
    story.add_esms("E4", &["ars"]);
    assert!(story.changed().is_empty());
}

#[test]
fn reopening_restarts_the_named_items_only() {
    let mut story = validated();
    let command = |keys: &[&str]| {
        let inputs = Inputs::from([("esms".to_owned(), list(keys))]);
        story_command("ars", "validation", "rejeter", inputs)
    };
    assert_eq!(story.no(&command(&["E9"])).code, RefusalCode::Inputs);
    assert_eq!(story.no(&command(&[])).code, RefusalCode::Inputs);
    story.yes(&command(&["E2"]));
    assert_eq!(story.spots(), ["diagnostic", "diagnostic[E2]/saisie"]);
    story.does("gestionnaire", "diagnostic[E2]/saisie", "soumettre");
    close(&mut story, "E2");
    assert_eq!(story.spots(), ["validation"]);
}

fn story_command(party: &str, spot: &str, act: &str, inputs: Inputs) -> Command {
    Command::Act {
        actor: actor(party),
        spot: Spot::new(spot),
        act: act.to_owned(),
        inputs,
        shown: None,
        id: "c".to_owned(),
    }
}

#[test]
fn signing_binds_those_who_consented_to_this_very_text() {
    let mut story = validated();
    for party in ["gestionnaire", "ars", "departement:41"] {
        story.does(party, "validation", "covalider");
    }
    story.does("gestionnaire", "signature", "signer");
    story.does("ars", "signature", "signer");
    assert!(story.configuration.bound.is_empty());
    let events = story.does("departement:41", "signature", "signer");
    assert_eq!(kinds(&events), ["consented", "act_done", "left", "entered"]);
    let bound: Vec<&String> = story.configuration.bound.keys().collect();
    assert_eq!(bound, ["ars", "departement:41", "gestionnaire"]);
    let abandon = Command::Interrupt {
        actor: actor("ars"),
        name: "abandonner".into(),
        inputs: Inputs::new(),
        id: "i".into(),
    };
    assert_eq!(story.no(&abandon).code, RefusalCode::InterruptionClosed);
    let events = story.does("ars", "signe", "clore");
    assert_eq!(kinds(&events), ["act_done", "left", "entered", "ended"]);
    assert_eq!(
        story.cannot("ars", "signe", "clore").code,
        RefusalCode::Ended
    );
}

#[test]
fn an_expired_delegation_or_a_lesser_role_does_not_sign() {
    let mut story = validated();
    for party in ["gestionnaire", "ars", "departement:41"] {
        story.does(party, "validation", "covalider");
    }
    let mut command = story.command("ars", "signature", "signer", Inputs::new());
    let Command::Act { actor, .. } = &mut command else {
        return;
    };
    actor.role = Role::Validation;
    let role = command.clone();
    assert_eq!(story.no(&role).code, RefusalCode::WrongRole);
    let Command::Act { actor, .. } = &mut command else {
        return;
    };
    actor.role = Role::Signature;
    actor.delegation = Some(Delegation {
        from: d("2025-01-01"),
        to: Some(d("2025-12-31")),
    });
    assert_eq!(story.no(&command).code, RefusalCode::Delegation);
}

#[test]
fn a_party_that_leaves_takes_its_consent_and_never_completes_an_agreement() {
    let mut story = validated();
    story.does("gestionnaire", "validation", "covalider");
    story.does("ars", "validation", "covalider");
    story
        .world
        .collections
        .insert("departements".into(), vec![]);
    let events = story.changed();
    // Those who are asked are part of what is agreed: both consents fall.
    assert_eq!(
        kinds(&events),
        ["party_left", "consent_voided", "consent_voided"]
    );
    assert_eq!(story.spots(), ["validation"]);
    story.does("gestionnaire", "validation", "covalider");
    story.does("ars", "validation", "covalider");
    assert_eq!(story.spots(), ["signature"]);
}

#[test]
fn an_expression_that_means_nobody_is_never_satisfied() {
    let mut story = Story::new(DIAGNOSTIC);
    story.does("ars", "programme", "lancer");
    story.does("gestionnaire", "diagnostic[E1]/saisie", "soumettre");
    let sets = story.world.item_sets.get_mut("E1").unwrap();
    sets.insert("authorities".into(), vec![]);
    let refusal = story.cannot("gestionnaire", "diagnostic[E1]/instruction", "clore");
    assert_eq!(refusal.code, RefusalCode::Nobody);
    assert!(refusal.sentence.contains("authorities(esms)"), "{refusal}");
}

#[test]
fn a_contract_signed_elsewhere_opens_where_it_stands_when_all_agree() {
    let mut story = Story::new(DIAGNOSTIC);
    story.configuration = Configuration::default();
    let open = |party: &str, text: &[u8]| Command::OpenAt {
        actor: actor(party),
        state: "signe".into(),
        document: Digest::of(text),
        effective: d("2025-10-01"),
        id: "o".into(),
    };
    story.yes(&open("gestionnaire", b"pdf"));
    story.yes(&open("ars", b"pdf"));
    assert!(story.spots().is_empty());
    assert_eq!(
        story.no(&open("departement:41", b"autre")).code,
        RefusalCode::Inputs
    );
    story.yes(&open("departement:41", b"pdf"));
    assert_eq!(story.spots(), ["signe"]);
    assert_eq!(story.configuration.bound.len(), 3);
    let visit = story.configuration.visit(&Spot::new("signe")).unwrap();
    assert_eq!(visit.entered, d("2025-10-01"));
}

const REGIONS: &str = "start: negociation
states:
  negociation:
    parallel:
      moyens:
        when: perimetre.moyens
        start: discussion
        states:
          discussion: { acts: { accorder: { by: ars, to: end } } }
      objectifs:
        for_each: objectifs
        start: propose
        states:
          propose:
            acts:
              accorder: { by: any(parties), to: accorde }
              rejeter: { by: any(parties), to: end }
          accorde: { final: true, outcome: oui }
        acts:
          rouvrir:
            by: any(parties)
            inputs: { o: { type: item, of: objectifs, many: true, required: true } }
            to: objectifs
            reopens: o
          arreter:
            by: any(parties)
            requires:
              - if: branches.open == 0 && branches.count('accorde') >= 1
                else: 'Il reste {branches.open} objectif(s).'
            to: end
    done: choix
  choix:
    auto:
      - { when: contrat.redressement, to: tard }
      - { to: fini }
  tard: { final: true, outcome: tard }
  fini: { final: true, outcome: fini }
";

#[test]
fn regions_run_side_by_side_and_one_without_object_is_done_at_once() {
    let mut story = Story::new(REGIONS);
    story
        .world
        .collections
        .insert("objectifs".into(), vec!["O1".into(), "O2".into()]);
    story.changed();
    let (o1, o2) = (
        "negociation/objectifs[O1]/propose",
        "negociation/objectifs[O2]/propose",
    );
    assert_eq!(
        story.spots(),
        [
            "negociation",
            "negociation/moyens/discussion",
            "negociation/objectifs",
            o1,
            o2
        ]
    );
    story.does("ars", o1, "accorder");
    let refusal = story.cannot("ars", "negociation/objectifs", "arreter");
    assert_eq!(refusal.sentence, "Il reste 1 objectif.");
    story.does("ars", o2, "rejeter");
    let inputs = Inputs::from([("o".to_owned(), list(&["O1"]))]);
    let reopen = story_command("ars", "negociation/objectifs", "rouvrir", inputs);
    story.yes(&reopen);
    story.does("ars", o1, "accorder");
    story.fact("perimetre.moyens", Value::Boolean(false));
    story.changed();
    let events = story.does("ars", "negociation/objectifs", "arreter");
    let ended = events.last().map(|e| &e.event);
    assert_eq!(
        ended,
        Some(&Event::Ended {
            outcome: Some("fini".into())
        })
    );
}

#[test]
fn a_region_follows_its_condition_while_its_state_lasts() {
    let mut story = Story::new(REGIONS);
    story.fact("perimetre.moyens", Value::Boolean(false));
    let events = story.changed();
    let Event::BranchClosed { branch, cause, .. } = &events[1].event else {
        panic!("{events:?}");
    };
    assert_eq!(*branch, Key::Region("moyens".into()));
    assert_eq!(*cause, CloseCause::NotConcerned);
    story.fact("perimetre.moyens", Value::Boolean(true));
    story.changed();
    assert!(story.spots().contains(&"negociation/moyens/discussion"));
}

#[test]
fn children_have_one_key_each_and_their_end_is_told() {
    let mut story = Story::new(
        "start: vie
states:
  vie:
    acts:
      avenant: { by: any(parties), starts: { workflow: avenant, key: next } }
      revue: { by: any(parties), starts: { workflow: revue, key: year - 1 } }
      finir: { by: ars, to: fin }
  fin: { final: true }
",
    );
    story.does("ars", "vie", "avenant");
    story.does("ars", "vie", "avenant");
    story.does("ars", "vie", "revue");
    assert_eq!(story.cannot("ars", "vie", "revue").code, RefusalCode::Child);
    let keys: Vec<&String> = story.configuration.children.keys().collect();
    assert_eq!(keys, ["avenant#1", "avenant#2", "revue#2025"]);
    let end = Command::ChildEnded {
        workflow: "avenant".into(),
        key: "1".into(),
        outcome: "signe".into(),
    };
    story.yes(&end);
    assert_eq!(story.no(&end).code, RefusalCode::Child);
    story.world.survivors.insert("revue".into());
    let events = story.does("ars", "vie", "finir");
    let ended: Vec<&Event> = events
        .iter()
        .map(|e| &e.event)
        .filter(|e| matches!(e, Event::ChildEnded { .. }))
        .collect();
    assert_eq!(ended.len(), 1, "{ended:?}");
}

#[test]
fn what_the_first_types_is_part_of_what_is_agreed() {
    let mut story = Story::new(
        "start: un
states:
  un:
    acts:
      convenir:
        by: all(gestionnaire, ars)
        inputs:
          montant: { type: cents, required: true }
          motif: { type: choice, of: rule(MOTIFS) }
          note: { type: text, per: party }
        to: deux
  deux: { final: true }
",
    );
    let inputs = |montant, note: &str| {
        Inputs::from([
            ("montant".to_owned(), Value::Cents(montant)),
            ("motif".to_owned(), Value::Text("un".into())),
            ("note".to_owned(), Value::Text(note.into())),
        ])
    };
    let wrong = Inputs::from([
        ("montant".to_owned(), Value::Integer(1)),
        ("motif".to_owned(), Value::Text("trois".into())),
    ]);
    let refusal = story.no(&story_command("ars", "un", "convenir", wrong));
    assert!(refusal.sentence.contains("un montant"), "{refusal}");
    assert!(
        refusal.sentence.contains("un choix de la liste"),
        "{refusal}"
    );
    story.yes(&story_command("ars", "un", "convenir", inputs(100, "a")));
    let other = story_command("gestionnaire", "un", "convenir", inputs(200, "b"));
    assert_eq!(story.no(&other).code, RefusalCode::Inputs);
    let events = story.yes(&story_command(
        "gestionnaire",
        "un",
        "convenir",
        inputs(100, "b"),
    ));
    assert_eq!(
        events
            .last()
            .map(|e| kinds(std::slice::from_ref(e))[0].clone()),
        Some("ended".into())
    );
}

#[test]
fn a_cycle_of_automatic_moves_is_refused_as_a_bug() {
    let mut story = Story::new(
        "start: un
states:
  un: { acts: { aller: { by: ars, to: deux } } }
  deux: { auto: { to: trois } }
  trois: { auto: { when: contrat.pret, to: deux }, acts: { x: { by: ars, to: fin } } }
  fin: { final: true }
",
    );
    assert_eq!(
        story.cannot("ars", "un", "aller").code,
        RefusalCode::TooManySteps
    );
}

#[test]
fn in_sequence_one_branch_is_open_and_newcomers_come_last() {
    let mut story = Story::new(
        "start: tour
states:
  tour:
    for_each: esms
    order: sequence
    start: a
    states:
      a: { acts: { finir: { by: ars, to: end } } }
    done: fin
  fin: { final: true }
",
    );
    assert_eq!(story.spots(), ["tour", "tour[E1]/a"]);
    story.add_esms("E0", &["ars"]);
    assert!(story.changed().is_empty());
    for key in ["E1", "E2", "E0"] {
        assert_eq!(story.spots()[1], format!("tour[{key}]/a"));
        story.does("ars", &format!("tour[{key}]/a"), "finir");
    }
    assert!(story.configuration.ended.is_some());
}

#[test]
fn nobody_is_bound_to_a_text_that_changed_after_the_agreement() {
    let states = "start: accord
states:
  accord: { acts: { convenir: { by: all(parties), over: contrat, to: attente } } }
  attente:
    acts: { publier: { by: ars, to: engage } }
    after: { in: P10D, to: engage, source: usage }
  engage: { binding: { over: contrat }, acts: { finir: { by: ars, to: fin } } }
  fin: { final: true }
";
    let agreed = || {
        let mut story = Story::new(states);
        for party in ["gestionnaire", "ars", "departement:41"] {
            story.does(party, "accord", "convenir");
        }
        story
    };
    let mut story = agreed();
    story.edit("contrat", None, "autre");
    story.changed();
    assert_eq!(
        story.cannot("ars", "attente", "publier").code,
        RefusalCode::Stale
    );
    // Nor by silence: the deadline passes without effect.
    let events = story.tick("2026-02-01");
    assert_eq!(kinds(&events), ["timer_lapsed"]);
    assert!(story.configuration.bound.is_empty());

    // A party that appeared since is not bound by what it did not sign.
    let mut story = agreed();
    let keys = vec!["41".to_owned(), "18".to_owned()];
    story.world.collections.insert("departements".into(), keys);
    story.changed();
    let refusal = story.cannot("ars", "attente", "publier");
    assert_eq!(refusal.code, RefusalCode::Unbound);
    assert!(refusal.sentence.contains("departement:18"), "{refusal}");

    let mut story = agreed();
    story.tick("2026-02-01");
    assert_eq!(story.configuration.bound.len(), 3);
}

#[test]
fn a_branch_is_reopened_in_its_turn_and_a_nested_one_keeps_its_place() {
    let mut story = Story::new(
        "start: tour
states:
  tour:
    for_each: esms
    start: dedans
    states:
      dedans:
        for_each: financeurs
        start: a
        states:
          a:
            acts:
              finir:
                by: all(gestionnaire, party(financeurs))
                over: diagnostic(esms)
                to: end
        acts: { recommencer: { by: ars, to: dedans } }
        done: end
    done: fin
  fin: { final: true }
",
    );
    let spot = "tour[E1]/dedans[departement:41]/a";
    assert!(story.spots().contains(&spot));
    let refusal = story.cannot("ars", spot, "finir");
    assert_eq!(refusal.code, RefusalCode::WrongParty);
    story.does("gestionnaire", spot, "finir");
    story.does("ars", "tour[E1]/dedans", "recommencer");
    story.does("departement:41", spot, "finir");
    // The consent of the earlier visit is gone with it.
    assert!(story.spots().contains(&spot));
    story.does("gestionnaire", spot, "finir");
    assert!(!story.spots().contains(&spot));
}
