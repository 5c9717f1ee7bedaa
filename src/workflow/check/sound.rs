//! Proof 1: in each combination an end can be reached from everywhere, every composite has a way
//! out, and nothing is dead in all of them.
//!
//! Judged block by block ([`super::reach`] says why that is exact), once per combination and per
//! way collections may be empty. « Trapped » in an inner block is a defect of the whole only when
//! no composite around can be left by a move of its own: the culprit is told at the innermost
//! level.

use super::reach::{Exit, Space};
use super::view::{Cause, Move, declared};
use super::{Case, Findings, tell};
use crate::workflow::definition::model::{Body, Node, NodeId, Target, Workflow};
use crate::workflow::problem::{Code, Problem};
use std::collections::BTreeSet;

pub fn prove(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) {
    for node in &workflow.nodes {
        way_out(node, findings);
    }
    for case in cases {
        for space in &case.spaces {
            for id in space.fate(workflow.root().id).traps() {
                let culprit = culprit(space, id);
                findings.refuse(trapped(workflow, case, space, culprit));
            }
        }
    }
    dead(workflow, cases, findings);
}

/// A composite with neither `done` nor a move of its own is never left.
fn way_out(node: &Node, findings: &mut Findings) {
    let leaf = matches!(node.body, Body::Leaf);
    if leaf || node.body.done().is_some() || declared(node).iter().any(|m| m.to.is_some()) {
        return;
    }
    let message = format!(
        "On ne peut pas sortir de « {} » : ni « done », ni acte, échéance ou passage automatique \
         qui mène ailleurs. Ajoutez « done », ou un acte avec « to ».",
        node.path
    );
    findings.refuse(Problem::new(Code::Solidite, node.place, message));
}

/// The innermost state that explains the trap.
fn culprit(space: &Space<'_, '_>, id: NodeId) -> NodeId {
    let inside = space.view.inside(id);
    let deeper = inside
        .iter()
        .filter(|_| !space.hollow(id))
        .find_map(|b| space.fate(*b).trapped.first());
    deeper.map_or(id, |inner| culprit(space, *inner))
}

fn trapped(workflow: &Workflow, case: &Case<'_, '_>, space: &Space<'_, '_>, id: NodeId) -> Problem {
    let path = space.path(id);
    let node = workflow.node(id);
    let leaves = !space.exits(id).is_empty();
    let act = |m: &Move<'_>| match m.cause {
        Cause::Act(act) if !space.view.casting.may_be_available(&act.by) => Some(act.name.clone()),
        _ => None,
    };
    let nobody = declared(node)
        .iter()
        .filter(|m| m.to.is_some())
        .find_map(act);
    let unheld;
    let why = if leaves {
        "d'où aucune fin ne peut plus être atteinte. Ajoutez un chemin vers un état final"
    } else if let Some(name) = nobody {
        unheld = format!(
            "d'où rien ne mène ailleurs : « {name} » ne désigne personne dans ce cas. Désignez une \
             partie présente, ou ajoutez une autre sortie"
        );
        &unheld
    } else if matches!(node.body, Body::Leaf) {
        "d'où rien ne mène ailleurs. Ajoutez un acte ou une échéance avec « to », ou \
         « final: true »"
    } else {
        "qui ne peut ni se terminer ni être quitté. Ajoutez « done », ou un acte avec « to »"
    };
    let message = format!("{}, {why}{}.", tell::journey(workflow, &path), case.told());
    Problem::new(Code::Solidite, node.place, message).with_path(tell::ids(workflow, &path))
}

/// What no combination ever reaches or allows.
fn dead(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) {
    let mut states: BTreeSet<NodeId> = BTreeSet::new();
    let mut moves: BTreeSet<(NodeId, usize)> = BTreeSet::new();
    let mut dones: BTreeSet<NodeId> = BTreeSet::new();
    for space in cases.iter().flat_map(|c| &c.spaces) {
        for node in workflow.nodes.iter().filter(|n| space.reaches(n.id)) {
            states.insert(node.id);
            for (exit, _) in space.exits(node.id) {
                match exit {
                    Exit::Move(m) => moves.insert((node.id, m.index)),
                    Exit::Done => dones.insert(node.id),
                };
            }
            if !(space.hollow(node.id) && node.body.done().is_some()) {
                let stays = space.view.moves(node.id).iter().filter(|m| m.to.is_none());
                moves.extend(stays.map(|m| (node.id, m.index)));
            }
        }
    }
    for node in &workflow.nodes {
        if !states.contains(&node.id) {
            dead_state(workflow, node, &states, findings);
            continue;
        }
        for m in declared(node) {
            if !moves.contains(&(node.id, m.index)) {
                let remedy = remedy(node, &m.cause);
                let what = m.name();
                let message = format!(
                    "Dans « {} », {} ne peut jamais avoir lieu : {remedy}",
                    node.path,
                    quoted(&what)
                );
                findings.refuse(Problem::new(Code::Mort, m.place(), message));
            }
        }
        if node.body.done().is_some() && !dones.contains(&node.id) {
            let message = format!(
                "« done » de « {} » n'est jamais pris : ce qu'il contient ne peut pas se \
                 terminer. Menez chaque branche à un état final, ou retirez « done ».",
                node.path
            );
            findings.refuse(Problem::new(Code::Mort, node.place, message));
        }
    }
}

fn quoted(what: &str) -> String {
    if what.contains(' ') {
        what.to_owned()
    } else {
        format!("« {what} »")
    }
}

/// Told once for the outermost, and once for each state that nothing leads to.
fn dead_state(workflow: &Workflow, node: &Node, alive: &BTreeSet<NodeId>, findings: &mut Findings) {
    let owner = workflow.block(node.block).owner;
    if owner.is_some_and(|o| !alive.contains(&o)) {
        return;
    }
    let target = Some(Target::Node(node.id));
    let siblings = &workflow.block(node.block).nodes;
    let named = siblings.iter().filter(|id| **id != node.id).any(|id| {
        let sibling = workflow.node(*id);
        sibling.body.done() == target || declared(sibling).iter().any(|m| m.to == target)
    });
    let why = if named {
        "ce qui y mène ne peut jamais avoir lieu"
    } else {
        "rien n'y mène"
    };
    let message = format!(
        "On n'arrive jamais à « {} » : {why}. Menez-y par un acte, ou retirez cet état.",
        node.path
    );
    findings.refuse(Problem::new(Code::Mort, node.place, message));
}

fn remedy(node: &Node, cause: &Cause<'_>) -> String {
    match cause {
        Cause::Act(act) | Cause::Refusal(act) if never(&act.requires) => {
            "sa condition est toujours fausse. Corrigez-la, ou retirez-le.".into()
        }
        Cause::Act(_) | Cause::Refusal(_) if !node.auto.is_empty() => {
            "l'état est quitté dès qu'on y entre. Donnez une condition au passage automatique, ou \
             retirez-le."
                .into()
        }
        Cause::Act(act) | Cause::Refusal(act) => format!(
            "« {} » ne désigne personne, dans aucun cas. Désignez une partie présente, ou \
             retirez-le.",
            act.by
        ),
        Cause::Timer(timer) | Cause::Expiry(_, timer) if timer.when.is_none() => {
            "l'état est quitté avant. Retirez-la, ou donnez une condition à ce qui le quitte."
                .into()
        }
        Cause::Timer(_) | Cause::Expiry(..) => {
            "sa condition est toujours fausse. Corrigez-la, ou retirez-la.".into()
        }
        Cause::Auto(..) => {
            "sa condition est toujours fausse, ou déjà prise par ceux qui précèdent. Corrigez-la, \
             ou retirez-le."
                .into()
        }
    }
}

fn never(requires: &[crate::workflow::definition::model::Requirement]) -> bool {
    requires
        .iter()
        .any(|r| r.condition.constant() == Some(false))
}
