//! Each shipped workflow, changed in one place, two hundred times and more.
//!
//! A change of the graph is judged by brute force: proof 1 must say the same. A change of who
//! agrees, who is there, who is told, or what one waits for, is judged by a table.

use super::force_brute::{dead, no_way_out, places};
use super::oracle::{Oracle, Seen, World};
use super::{LIBRARY, prove};
use entente::metier::contrat::faits::CATALOGUE;
use entente::workflow::check::{Report, Verdict};
use entente::workflow::definition::model::{
    Body, Node, NodeId, Requirement, Role, Target, Workflow,
};
use entente::workflow::definition::party::PartyExpr;
use entente::workflow::problem::Code;
use std::collections::BTreeSet;

/// What a change does to a workflow.
struct Mutation {
    title: String,
    workflow: Workflow,
    kind: Kind,
}

/// How the change is judged.
enum Kind {
    /// By brute force.
    Graph,
    /// The code is there, or not.
    Table { code: Code, expected: bool },
}

/// Mutations of the graph judged in each workflow.
const GRAPH: usize = 200;
/// Configurations explored in one world before brute force gives up on it.
const LIMIT: usize = 8_000;
/// A world of so many configurations is explored for each mutation; one ten times larger, for one
/// mutation in ten.
const EACH_TIME: usize = 200;

fn shipped() -> Vec<Workflow> {
    let read = |name: &str| {
        let text = LIBRARY.text(name).expect("a text");
        LIBRARY.load(text).expect("a readable file")
    };
    LIBRARY.names().map(read).collect()
}

/// Every change of one move, in file order, then thinned to about [`GRAPH`].
fn of_the_graph(workflow: &Workflow) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut add = |title: String, change: &dyn Fn(&mut Workflow)| {
        let mut workflow = workflow.clone();
        change(&mut workflow);
        all.push(Mutation {
            title,
            workflow,
            kind: Kind::Graph,
        });
    };
    for (b, block) in workflow.blocks.iter().enumerate() {
        for id in block.nodes.iter().copied().filter(|id| *id != block.start) {
            let title = format!("{}: start", workflow.node(id).path);
            add(title, &|w| w.blocks[b].start = id);
        }
    }
    for (n, node) in workflow.nodes.iter().enumerate() {
        removals(node, n, &mut add);
        let siblings = workflow.block(node.block).nodes.clone();
        for to in siblings.iter().copied().filter(|id| *id != node.id) {
            redirections(node, n, to, &mut add);
        }
    }
    let step = (all.len() / GRAPH).max(1);
    all.into_iter().step_by(step).collect()
}

type Add<'a> = dyn FnMut(String, &dyn Fn(&mut Workflow)) + 'a;

/// Something a state declares goes.
fn removals(node: &Node, n: usize, add: &mut Add<'_>) {
    for (i, act) in node.acts.iter().enumerate() {
        let title = format!("{}: drop {}", node.path, act.name);
        add(title, &|w| {
            w.nodes[n].acts.remove(i);
        });
    }
    for (i, act) in node.acts.iter().enumerate() {
        if act.to.is_some() {
            add(format!("{}: {} stays", node.path, act.name), &|w| {
                w.nodes[n].acts[i].to = None;
            });
        }
        if !act.requires.is_empty() {
            add(format!("{}: free {}", node.path, act.name), &|w| {
                w.nodes[n].acts[i].requires.clear();
            });
        }
    }
    for i in 0..node.after.len() {
        add(format!("{}: drop after {i}", node.path), &|w| {
            w.nodes[n].after.remove(i);
        });
    }
    if node.auto.len() > 1 {
        add(format!("{}: drop last auto", node.path), &|w| {
            w.nodes[n].auto.pop();
        });
    }
    if node.ending.is_some() {
        add(format!("{}: no longer final", node.path), &|w| {
            w.nodes[n].ending = None;
        });
    }
    if node.due.is_some() {
        add(format!("{}: no due", node.path), &|w| {
            w.nodes[n].due = None;
        });
    }
    let rights = node.allow.len();
    if rights > 0 {
        add(format!("{}: no rights", node.path), &|w| {
            w.nodes[n].allow.clear();
        });
    }
}

fn redirections(node: &Node, n: usize, to: NodeId, add: &mut Add<'_>) {
    let target = Target::Node(to);
    for (i, act) in node.acts.iter().enumerate() {
        if act.to.is_some_and(|t| t != target) {
            let title = format!("{}: redirect {} to {to:?}", node.path, act.name);
            add(title, &|w| w.nodes[n].acts[i].to = Some(target));
        }
    }
    for (i, act) in node.acts.iter().enumerate() {
        if act.refused.as_ref().is_some_and(|r| r.to != target) {
            let title = format!(
                "{}: redirect the refusal of {} to {to:?}",
                node.path, act.name
            );
            add(title, &|w| {
                if let Some(refused) = &mut w.nodes[n].acts[i].refused {
                    refused.to = target;
                }
            });
        }
    }
    for (i, timer) in node.after.iter().enumerate() {
        if timer.to.is_some_and(|t| t != target) {
            let title = format!("{}: redirect after {i} to {to:?}", node.path);
            add(title, &|w| w.nodes[n].after[i].to = Some(target));
        }
    }
    for (i, auto) in node.auto.iter().enumerate() {
        if auto.to != target {
            let title = format!("{}: redirect auto {i} to {to:?}", node.path);
            add(title, &|w| w.nodes[n].auto[i].to = target);
        }
    }
    if node.body.done().is_some_and(|t| t != target) {
        let title = format!("{}: redirect done to {to:?}", node.path);
        add(title, &|w| match &mut w.nodes[n].body {
            Body::Leaf => {}
            Body::Compound { done, .. } | Body::Parallel { done, .. } | Body::Each { done, .. } => {
                *done = Some(target);
            }
        });
    }
}

/// An agreement loses one of those who must consent; binding is then refused exactly when the
/// agreement is the signature that leads to it.
fn of_consent(workflow: &Workflow) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let binds = |to: Option<Target>, party: &String| match to {
        Some(Target::Node(id)) => {
            let binding = workflow.node(id).binding.as_ref();
            binding.is_some_and(|b| b.binds.as_ref().is_none_or(|list| list.contains(party)))
        }
        _ => false,
    };
    for (n, node) in workflow.nodes.iter().enumerate() {
        for (i, act) in node.acts.iter().enumerate() {
            let PartyExpr::All(list) = &act.by else {
                continue;
            };
            for party in members(workflow, list) {
                let rest = members(workflow, list);
                let rest: Vec<PartyExpr> = rest
                    .iter()
                    .filter(|p| **p != party)
                    .map(|p| PartyExpr::Party(p.clone()))
                    .collect();
                if rest.is_empty() {
                    continue;
                }
                let mut changed = workflow.clone();
                changed.nodes[n].acts[i].by = PartyExpr::All(rest);
                mutations.push(Mutation {
                    title: format!("{}: {} without {party}", node.path, act.name),
                    workflow: changed,
                    kind: Kind::Table {
                        code: Code::Consentement,
                        expected: act.role == Role::Signature && binds(act.to, &party),
                    },
                });
            }
        }
    }
    mutations
}

/// The declared parties of `all(parties)` or of a list of parties; none for other lists.
fn members(workflow: &Workflow, list: &[PartyExpr]) -> Vec<String> {
    let every = |e: &PartyExpr| matches!(e, PartyExpr::Set { name, .. } if name == "parties");
    if list.iter().any(every) {
        return workflow.parties.iter().map(|p| p.id.clone()).collect();
    }
    let named = |e: &PartyExpr| match e {
        PartyExpr::Party(id) => Some(id.clone()),
        _ => None,
    };
    list.iter()
        .map(named)
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// A party is no longer declared: what only it could do is dead.
fn of_parties(workflow: &Workflow) -> Vec<Mutation> {
    let alone = |id: &str| {
        let acts = workflow.nodes.iter().flat_map(|n| &n.acts);
        acts.into_iter()
            .any(|a| a.by == PartyExpr::Party(id.to_owned()))
    };
    let drop = |i: usize| {
        let mut changed = workflow.clone();
        let party = changed.parties.remove(i);
        Mutation {
            title: format!("without {}", party.id),
            workflow: changed,
            kind: Kind::Table {
                code: Code::Mort,
                expected: alone(&party.id),
            },
        }
    };
    (0..workflow.parties.len()).map(drop).collect()
}

/// Nobody above is told any more: refused exactly when someone could block there and nothing
/// around told it.
fn of_escalation(workflow: &Workflow, report: &Report) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let around = |id: NodeId| std::iter::once(id).chain(workflow.ancestors(id).map(|n| n.id));
    for (n, node) in workflow.nodes.iter().enumerate() {
        if node.due.as_ref().is_none_or(|d| d.escalate.is_none()) {
            continue;
        }
        let mut changed = workflow.clone();
        if let Some(due) = &mut changed.nodes[n].due {
            due.escalate = None;
        }
        let left = |id: NodeId| {
            let node = changed.node(id);
            node.veto_intended || node.due.as_ref().is_some_and(|d| d.escalate.is_some())
        };
        let expected = report.vetoes.iter().any(|veto| {
            let state = workflow.find(&veto.state).expect("a state").id;
            around(state).any(|id| id == node.id) && !around(state).any(left)
        });
        mutations.push(Mutation {
            title: format!("{}: nobody is told", node.path),
            workflow: changed,
            kind: Kind::Table {
                code: Code::Veto,
                expected,
            },
        });
    }
    mutations
}

/// Every way out of a state waits for what is written elsewhere: someone is stuck.
fn of_waiting(workflow: &Workflow) -> Vec<Mutation> {
    let frozen = "contrat.rubriques_vides";
    let all = workflow.nodes.iter().flat_map(|n| &n.acts);
    let requirement: Option<Requirement> = all
        .flat_map(|a| &a.requires)
        .find(|r| r.condition.facts() == [frozen])
        .cloned();
    let Some(mut requirement) = requirement else {
        return Vec::new();
    };
    requirement.waive = None;
    let writes = |n: &Node| {
        let mut rights = n.allow.iter().flat_map(|a| &a.capabilities);
        rights.any(|c| c == "contrat.write" || c == "annexes.write")
    };
    let mut mutations = Vec::new();
    for (n, node) in workflow.nodes.iter().enumerate() {
        let plain = matches!(node.body, Body::Leaf)
            && node.ending.is_none()
            && node.auto.is_empty()
            && node.after.iter().all(|t| t.to.is_none())
            && node
                .acts
                .iter()
                .all(|a| a.refused.is_none() && a.expired.is_none())
            && node.acts.iter().any(|a| a.to.is_some())
            && workflow.block(node.block).owner.is_none()
            && !writes(node);
        if !plain {
            continue;
        }
        let mut changed = workflow.clone();
        for act in &mut changed.nodes[n].acts {
            act.requires.push(requirement.clone());
        }
        mutations.push(Mutation {
            title: format!("{}: every act waits for {frozen}", node.path),
            workflow: changed,
            kind: Kind::Table {
                code: Code::Blocage,
                expected: true,
            },
        });
    }
    mutations
}

/// A world of a workflow, with the number of configurations before any change.
struct Sized {
    world: World,
    items: usize,
    size: usize,
}

fn oracle(workflow: &Workflow) -> Oracle<'_> {
    Oracle {
        workflow,
        catalogue: &CATALOGUE,
        free: Vec::new(),
        limit: LIMIT,
        unguarded: true,
        lapses: false,
    }
}

/// The worlds where every collection holds as many items, 0 to 2, that can be explored.
fn worlds(workflow: &Workflow) -> Vec<Sized> {
    let oracle = oracle(workflow);
    let mut sized = Vec::new();
    for mut world in oracle.worlds(2, &["esms", "ehpad", "objectifs", "financeurs"]) {
        let counts: BTreeSet<usize> = world.items.values().copied().collect();
        if counts.len() > 1 {
            continue;
        }
        let parties = world.present.len();
        let items = counts.first().copied().unwrap_or_default();
        world
            .items
            .entry("parties".into())
            .and_modify(|n| *n = parties);
        let mut seen = Seen::default();
        oracle.explore(&world, &mut seen);
        if !seen.beyond {
            sized.push(Sized {
                world,
                items,
                size: seen.configurations,
            });
        }
    }
    sized
}

/// What brute force saw of a mutation.
struct Brute {
    trapped: bool,
    seen: Seen,
    /// Every world with at most one item was explored.
    whole: bool,
}

/// Explores a mutation: small worlds each time, larger ones once in a while.
fn brute(workflow: &Workflow, worlds: &[Sized], turn: usize) -> Brute {
    let oracle = oracle(workflow);
    let mut brute = Brute {
        trapped: no_way_out(workflow),
        seen: Seen::default(),
        whole: true,
    };
    for sized in worlds {
        let mut seen = Seen::default();
        if turn.is_multiple_of((sized.size / EACH_TIME).max(1)) {
            oracle.explore(&sized.world, &mut seen);
        } else {
            seen.beyond = true;
        }
        if seen.beyond {
            brute.whole &= sized.items > 1;
            continue;
        }
        brute.trapped |= seen.trapped;
        brute.seen.states.extend(seen.states);
        brute.seen.moves.extend(seen.moves);
        brute.seen.dones.extend(seen.dones);
    }
    brute
}

/// Judges every mutation of the graph of one workflow.
fn graph(name: &str) {
    let text = LIBRARY.text(name).expect("a text");
    let workflow = LIBRARY.load(text).expect("a readable file");
    let mutations = of_the_graph(&workflow);
    assert!(mutations.len() >= GRAPH, "{}", mutations.len());
    let worlds = worlds(&workflow);
    let (mut refused, mut whole) = (0, 0);
    for (turn, mutation) in mutations.iter().enumerate() {
        let report = prove(&mutation.workflow);
        let told = format!("{name}, {}: {:#?}", mutation.title, report.problems);
        let sound = report.verdict == Verdict::Sound;
        assert_eq!(sound, report.problems.is_empty(), "{told}");
        refused += usize::from(!sound);
        let brute = brute(&mutation.workflow, &worlds, turn);
        let solid = !places(&report, Code::Solidite).is_empty();
        let mort = places(&report, Code::Mort);
        let dead = dead(&mutation.workflow, &brute.seen);
        if brute.whole {
            whole += 1;
            assert_eq!(solid, brute.trapped, "{told}");
            assert_eq!(mort, dead, "{told}");
        } else {
            assert!(solid || !brute.trapped, "{told}");
            assert!(mort.is_subset(&dead), "{told}");
        }
    }
    assert!(refused > 0 && refused < mutations.len(), "{refused}");
    assert!(
        whole >= mutations.len() / 20,
        "{whole} of {}",
        mutations.len()
    );
}

/// One test for each workflow, so that they run side by side.
macro_rules! every_mutation_of_the_graph_is_judged_as_brute_force_does {
    ($($test:ident: $name:literal,)*) => {$(
        #[test]
        fn $test() {
            graph($name);
        }
    )*};
}

every_mutation_of_the_graph_is_judged_as_brute_force_does! {
    graph_of_avenant: "avenant",
    graph_of_cpom_ehpad: "cpom-ehpad",
    graph_of_cpom_mixte: "cpom-mixte",
    graph_of_cpom_ph: "cpom-ph",
    graph_of_cpom_sanitaire: "cpom-sanitaire-occitanie-2025",
    graph_of_decision_modificative: "decision-modificative",
    graph_of_eprd_annuel: "eprd-annuel",
    graph_of_revue_annuelle: "revue-annuelle",
}

#[test]
fn every_mutation_of_consent_party_escalation_and_waiting_has_the_code_of_the_table() {
    for workflow in shipped() {
        let report = prove(&workflow);
        let mut mutations = of_consent(&workflow);
        mutations.extend(of_parties(&workflow));
        mutations.extend(of_escalation(&workflow, &report));
        mutations.extend(of_waiting(&workflow));
        for mutation in mutations {
            let Kind::Table { code, expected } = mutation.kind else {
                continue;
            };
            let report = prove(&mutation.workflow);
            let found = report.problems.iter().any(|p| p.code == code);
            assert_eq!(
                found, expected,
                "{}, {}: {code:?} {:#?}",
                workflow.name, mutation.title, report.problems
            );
        }
    }
}
