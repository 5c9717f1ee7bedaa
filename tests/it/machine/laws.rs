//! What is true whatever happens.

use super::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

/// The structure of a configuration, after any decision.
pub fn check(machine: &Machine<'_>, configuration: &Configuration) {
    let workflow = machine.workflow();
    let mut blocks: BTreeSet<(Spot, Key)> = BTreeSet::new();
    for (spot, visit) in &configuration.visits {
        let Some(node) = workflow.find(&spot.path()) else {
            assert!(spot.is_root(), "{spot} n'existe pas");
            continue;
        };
        let (parent, key) = spot.parent(workflow, node);
        let held = configuration.visit(&parent);
        let held = held.unwrap_or_else(|| panic!("{spot} : {parent} n'est pas actif"));
        let ended = held.branches.get(&key).is_some_and(|b| b.end.is_some());
        assert!(!ended, "{spot} : sa branche est terminée");
        assert!(
            blocks.insert((parent, key)),
            "{spot} : deux états actifs dans le même bloc"
        );
        assert!(visit.number <= configuration.events);
    }
}

/// No consent stands on a text that is no longer the one that stands.
fn no_stale_consent(story: &Story) {
    for (spot, visit) in story
        .configuration
        .visits
        .iter()
        .filter(|(s, _)| !s.is_root())
    {
        for (act, tally) in &visit.answers {
            let now = story.shown(spot, act);
            for answer in tally.answers.values() {
                assert!(
                    answer.digest.is_none() || answer.digest == now,
                    "{spot} {act}"
                );
            }
        }
    }
}

/// A graph that holds everything at once.
const WHOLE: &str = "start: programme
states:
  programme:
    acts: { lancer: { by: any(authorities), to: diagnostic } }
    after: { in: P90D, to: diagnostic, source: usage }
  diagnostic:
    for_each: esms
    start: saisie
    states:
      saisie:
        acts: { soumettre: { by: gestionnaire, to: instruction } }
        after: { in: P30D, to: instruction, source: usage }
      instruction:
        acts:
          clore:
            by: all(gestionnaire, authorities(esms))
            over: diagnostic(esms)
            to: clos
            refused: { to: saisie }
      clos: { final: true }
    acts: { passer: { by: any(parties), to: negociation } }
    done: negociation
  negociation:
    parallel:
      moyens:
        when: perimetre.moyens
        for_each: financeurs
        order: sequence
        start: discussion
        states:
          discussion:
            acts:
              accorder: { by: any(parties), to: accorde }
              clore: { by: ars, to: end }
          accorde: { final: true }
        done: end
      clauses:
        start: choix
        states:
          choix: { acts: { arreter: { by: all(parties), over: contrat, to: end } } }
    acts:
      revenir:
        by: any(parties)
        inputs: { esms: { type: item, of: esms, many: true, required: true } }
        to: diagnostic
        reopens: esms
    done: signature
  signature:
    acts:
      signer:
        by: all(parties)
        over: contrat
        to: signe
        refused: { policy: collect, to: negociation }
        expired: { in: P60D, to: negociation, source: usage }
  signe: { binding: { over: contrat }, after: { in: P1Y, to: fin, source: contrat } }
  fin: { final: true, outcome: fin }
";

/// Something that happens: numbers choose among what is possible then.
#[derive(Debug, Clone)]
enum Happening {
    Act(usize, usize),
    Refusal(usize, usize),
    Withdrawal(usize, usize),
    Interruption(usize, usize),
    Resumption(usize),
    Days(i64),
    Edit(usize, u8),
    Esms(usize),
    Region(bool),
    Departement(bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    let n = 0_usize..60;
    prop_oneof![
        12 => (n.clone(), 0_usize..3).prop_map(|(a, p)| Happening::Act(a, p)),
        1 => (n.clone(), 0_usize..3).prop_map(|(a, p)| Happening::Refusal(a, p)),
        1 => (n.clone(), 0_usize..3).prop_map(|(a, p)| Happening::Withdrawal(a, p)),
        1 => (0_usize..3, 0_usize..3).prop_map(|(a, p)| Happening::Interruption(a, p)),
        1 => (0_usize..3).prop_map(Happening::Resumption),
        2 => (0_i64..50).prop_map(Happening::Days),
        2 => (0_usize..5, any::<u8>()).prop_map(|(a, b)| Happening::Edit(a, b)),
        2 => (0_usize..4).prop_map(Happening::Esms),
        1 => any::<bool>().prop_map(Happening::Region),
        1 => any::<bool>().prop_map(Happening::Departement),
    ]
}

const PARTIES: [&str; 3] = ["gestionnaire", "ars", "departement:41"];

impl Story {
    /// The acts written at the active spots.
    fn open(&self) -> Vec<(Spot, String)> {
        let workflow = self.machine.workflow();
        let mut open = Vec::new();
        for spot in self.configuration.visits.keys() {
            let node = workflow.find(&spot.path());
            let acts = node.iter().flat_map(|n| &n.acts);
            open.extend(acts.map(|a| (spot.clone(), a.name.clone())));
        }
        open
    }

    fn pick(&self, at: usize) -> (Spot, String) {
        let open = self.open();
        let nowhere = (Spot::new("nulle-part"), "rien".to_owned());
        open.get(at % open.len().max(1)).cloned().unwrap_or(nowhere)
    }

    fn happen(&mut self, happening: &Happening) {
        let id = "h".to_owned();
        let command = match happening {
            Happening::Act(at, party) => {
                let (spot, act) = self.pick(*at);
                let mut inputs = Inputs::new();
                if act == "revenir" {
                    inputs.insert("esms".to_owned(), list(&["E1"]));
                }
                self.command(PARTIES[*party], spot.as_str(), &act, inputs)
            }
            Happening::Refusal(at, party) => {
                let (spot, act) = self.pick(*at);
                Command::Refuse {
                    actor: actor(PARTIES[*party]),
                    shown: self.shown(&spot, &act),
                    spot,
                    act,
                    reason: "non".to_owned(),
                    id,
                }
            }
            Happening::Withdrawal(at, party) => {
                let (spot, act) = self.pick(*at);
                let actor = actor(PARTIES[*party]);
                Command::Withdraw {
                    actor,
                    spot,
                    act,
                    id,
                }
            }
            Happening::Interruption(name, party) => Command::Interrupt {
                actor: actor(PARTIES[*party]),
                name: ["suspendre", "geler", "abandonner"][*name].to_owned(),
                inputs: Inputs::new(),
                id,
            },
            Happening::Resumption(party) => Command::Resume {
                actor: actor(PARTIES[*party]),
                id,
            },
            Happening::Days(days) => {
                self.now += chrono::TimeDelta::days(*days);
                Command::Tick
            }
            other => {
                self.alter(other);
                Command::WorldChanged
            }
        };
        let before = self.configuration.clone();
        if self.run(&command).is_err() {
            assert_eq!(before, self.configuration);
        }
    }

    fn alter(&mut self, happening: &Happening) {
        match happening {
            Happening::Edit(at, text) => {
                let item = ["E1", "E2", "E3", "E4"].get(*at).copied();
                let object = if item.is_some() {
                    "diagnostic"
                } else {
                    "contrat"
                };
                self.edit(object, item, &text.to_string());
            }
            Happening::Esms(at) => {
                let key = ["E1", "E2", "E3", "E4"][*at];
                if self.world.collections["esms"].iter().any(|k| k == key) {
                    self.remove_esms(key);
                } else {
                    self.add_esms(key, &["ars", "departement:41"][..=at % 2]);
                }
            }
            Happening::Region(there) => {
                self.fact("perimetre.moyens", Value::Boolean(*there));
            }
            Happening::Departement(there) => {
                let keys = there.then(|| "41".to_owned()).into_iter().collect();
                self.world.collections.insert("departements".into(), keys);
            }
            _ => {}
        }
    }
}

/// Every enclosing state of an entry or of an end was there: sequences are well nested.
fn replayed(journal: &[Stamped]) -> Configuration {
    let mut configuration = Configuration::default();
    for event in journal {
        // What is stored is text: it must come back as it was.
        let text = serde_json::to_string(event).unwrap();
        let read: Stamped = serde_json::from_str(&text).unwrap();
        assert_eq!(read, *event);
        fold(&mut configuration, &read);
    }
    configuration
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_life_keeps_its_structure_and_its_journal_tells_it_whole(
        life in prop::collection::vec(happening(), 0..80),
    ) {
        let mut story = Story::new(WHOLE);
        for happening in &life {
            story.happen(happening);
            no_stale_consent(&story);
            let bound = &story.configuration.bound;
            for (party, binds) in bound {
                let consented = story.journal.iter().any(|e| match &e.event {
                    Event::Consented { act, actor, digest, .. } => {
                        act == "signer" && actor.party == *party && *digest == Some(binds.digest)
                    }
                    _ => false,
                });
                prop_assert!(consented, "{} est engagée sans accord", party);
            }
        }
        let configuration = replayed(&story.journal);
        prop_assert_eq!(&configuration, &story.configuration);
        let text = serde_json::to_string(&configuration).unwrap();
        let read: Configuration = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read, configuration);
    }

    #[test]
    fn the_same_commands_give_the_same_journal(
        life in prop::collection::vec(happening(), 0..40),
    ) {
        let tell = || {
            let mut story = Story::new(WHOLE);
            for happening in &life {
                story.happen(happening);
            }
            story.journal
        };
        prop_assert_eq!(tell(), tell());
    }

    #[test]
    fn settling_again_changes_nothing(
        life in prop::collection::vec(happening(), 0..40),
    ) {
        let mut story = Story::new(WHOLE);
        for happening in &life {
            story.happen(happening);
            let again = story.run(&Command::WorldChanged).unwrap();
            let again = kinds(&again);
            // An act refused may leave the clock's work to the next command; then nothing is left.
            prop_assert!(story.run(&Command::WorldChanged).unwrap().is_empty(), "{:?}", again);
        }
    }
}

#[test]
fn random_lives_go_far_enough_to_judge() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let lives = prop::collection::vec(happening(), 120);
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..150 {
        let life = lives.new_tree(&mut runner).unwrap().current();
        let mut story = Story::new(WHOLE);
        for happening in &life {
            story.happen(happening);
        }
        for kind in kinds(&story.journal) {
            *reached.entry(kind).or_default() += 1;
        }
        let signed = usize::from(!story.configuration.bound.is_empty());
        *reached.entry("lié".to_owned()).or_default() += signed;
    }
    // Every kind of event that this graph can produce is met, and some contracts are signed.
    for kind in [
        "entered",
        "left",
        "act_done",
        "consented",
        "refused",
        "withdrawn",
        "consent_voided",
        "branch_opened",
        "branch_closed",
        "timer_set",
        "timer_fired",
        "party_joined",
        "party_left",
        "interrupted",
        "resumed",
        "ended",
        "lié",
    ] {
        assert!(
            reached.get(kind).is_some_and(|n| *n > 0),
            "{kind} : {reached:?}"
        );
    }
}
