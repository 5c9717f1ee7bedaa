//! Proof 2: nobody is bound without having agreed.
//!
//! For a combination, a binding state `b`, a bound party `p` and an object `O`, one bit is carried
//! along every path: « `p` has agreed to `O` as it stands now ». It is set by the completion of a
//! signature over `O` that cannot be complete while `p` says no; it falls when time passes where
//! someone may write what `O` holds, or when an act opens a new version of it. The file is refused
//! when `b` can be entered while the bit is down. A bit that is down allows everything that it
//! allows when up, so only the lowest value matters where paths meet.
//!
//! **Blocks.** Regions run side by side: after an agreement in one, another may still write. So the
//! bit survives a `parallel` only when no other region can write `O`, and is gained there only when
//! one region gains it on all its paths. A `for_each` may be empty, so it gains nothing; except
//! over parties, where `p` has its own branch, which must end like the others.
//!
//! **Signatures.** Agreeing on a text while it is discussed, or having it approved by one's board,
//! is not signing it: only agreements `as: signature` set the bit. One that leads straight into a
//! binding state without being a signature is told for itself.
//!
//! Opening an instance in an `entry` state that lies after `b` is itself an agreement of all
//! signatories over the signed document.

mod walk;

use self::walk::Walk;
use super::{Case, Findings, tell};
use crate::workflow::definition::model::{
    Act, Binding, BlockId, Node, NodeId, ObjectRef, Role, Target, Workflow,
};
use crate::workflow::problem::{Code, Problem};
use std::collections::BTreeSet;

pub fn prove(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) {
    signatures(workflow, findings);
    for node in &workflow.nodes {
        if let Some(binding) = &node.binding {
            left_out(workflow, node, binding, findings);
            binds(workflow, node, binding, cases, findings);
        }
    }
}

/// Each agreement that leads into a binding state is a signature, over a text.
fn signatures(workflow: &Workflow, findings: &mut Findings) {
    for node in &workflow.nodes {
        for act in &node.acts {
            if let Some(bound) = wordless(workflow, node, act) {
                let message = format!(
                    "« {} » mène à « {} », qui engage les parties, sans dire sur quel texte on \
                     s'accorde. Écrivez « over: … ».",
                    act.name,
                    workflow.node(bound).path
                );
                findings.refuse(Problem::new(Code::Consentement, act.place, message));
            }
            if let Some(bound) = unsigned(workflow, node, act) {
                let message = format!(
                    "« {} » mène à « {} », qui engage les parties : un tel accord est une \
                     signature. Écrivez « as: signature ».",
                    act.name,
                    workflow.node(bound).path
                );
                findings.refuse(Problem::new(Code::Consentement, act.place, message));
            }
        }
    }
}

/// The binding state that an agreement enters at once without being a signature.
fn unsigned(workflow: &Workflow, node: &Node, act: &Act) -> Option<NodeId> {
    let agreement = act.over.is_some() || act.by.is_agreement();
    if !agreement || act.role == Role::Signature {
        return None;
    }
    bound(workflow, node, act)
}

/// The binding state that an agreement over no text enters at once.
fn wordless(workflow: &Workflow, node: &Node, act: &Act) -> Option<NodeId> {
    let agreement = act.by.is_agreement() || act.role == Role::Signature;
    if !agreement || act.over.is_some() {
        return None;
    }
    bound(workflow, node, act)
}

/// The binding state that an act enters at once.
fn bound(workflow: &Workflow, node: &Node, act: &Act) -> Option<NodeId> {
    let entered = entered(workflow, node.block, act.to?);
    let binding = |id: &NodeId| workflow.node(*id).binding.is_some();
    entered.into_iter().find(binding)
}

/// The states that a move enters at once.
fn entered(workflow: &Workflow, block: BlockId, to: Target) -> BTreeSet<NodeId> {
    let mut states = BTreeSet::new();
    let mut queue = vec![(block, to)];
    while let Some((block, to)) = queue.pop() {
        let ended = match to {
            Target::End => true,
            Target::Node(id) if states.insert(id) => {
                let node = workflow.node(id);
                let inner = node.body.inner().iter();
                queue.extend(inner.map(|b| (*b, Target::Node(workflow.block(*b).start))));
                node.ending.is_some()
            }
            Target::Node(_) => false,
        };
        let owner = workflow.block(block).owner.map(|o| workflow.node(o));
        if let (true, Some(owner)) = (ended, owner)
            && let Some(done) = owner.body.done()
        {
            queue.push((owner.block, done));
        }
    }
    states
}

/// Tells who a narrowed binding leaves out.
fn left_out(workflow: &Workflow, node: &Node, binding: &Binding, findings: &mut Findings) {
    let Some(bound) = &binding.binds else { return };
    let out: Vec<String> = workflow
        .parties
        .iter()
        .filter(|p| !bound.contains(&p.id))
        .map(|p| p.id.clone())
        .collect();
    if !out.is_empty() {
        let message = format!(
            "« {} » n'engage pas {}.",
            node.path,
            tell::listed(&out, "ni")
        );
        findings.notice(Code::Consentement, binding.place, message);
    }
}

/// Proves one binding state: one object, the same for all bound parties.
fn binds(
    workflow: &Workflow,
    node: &Node,
    binding: &Binding,
    cases: &[Case<'_, '_>],
    findings: &mut Findings,
) {
    let objects = match &binding.over {
        Some(object) => vec![object.clone()],
        None => agreed_objects(workflow),
    };
    if objects.is_empty() {
        let message = format!(
            "« {} » engage les parties, mais aucun accord du fichier ne porte sur un texte. \
             Faites précéder cet état d'un acte « by: all(parties), as: signature, over: … ».",
            node.path
        );
        findings.refuse(Problem::new(Code::Consentement, binding.place, message));
        return;
    }
    let mut best: Option<Vec<Problem>> = None;
    for object in &objects {
        let problems: Vec<Problem> = cases
            .iter()
            .flat_map(|case| violations(workflow, node, binding, case, object))
            .collect();
        if problems.is_empty() {
            return;
        }
        if best.as_ref().is_none_or(|b| problems.len() < b.len()) {
            best = Some(problems);
        }
    }
    // Parties often share one defect: the first of each is enough, and the shortest path wins.
    let mut told = best.unwrap_or_default();
    told.sort_by_key(|p| p.path.len());
    for problem in told {
        findings.refuse(problem);
    }
}

/// The objects of the agreements of a file, in file order.
fn agreed_objects(workflow: &Workflow) -> Vec<ObjectRef> {
    let mut objects = Vec::new();
    for act in workflow.nodes.iter().flat_map(|n| &n.acts) {
        if let Some(object) = &act.over
            && !objects.contains(object)
        {
            objects.push(object.clone());
        }
    }
    objects
}

fn violations(
    workflow: &Workflow,
    node: &Node,
    binding: &Binding,
    case: &Case<'_, '_>,
    object: &ObjectRef,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let bound = binding.binds.as_ref();
    for party in &case.combination().present {
        if bound.is_some_and(|list| !list.contains(&party.declared)) {
            continue;
        }
        // An empty collection may open a path that no branch does.
        let spaces = case.spaces.iter().filter(|space| space.reaches(node.id));
        let found = spaces.into_iter().find_map(|space| {
            let walk = Walk::new(space, &party.id, object, binding, true);
            let path = walk.unagreed(node.id)?;
            Some((space, walk, path))
        });
        let Some((space, walk, path)) = found else {
            continue;
        };
        let frozen = Walk::new(space, &party.id, object, binding, false);
        let journey = tell::journey(workflow, &path);
        let message = match frozen.unagreed(node.id) {
            Some(_) => format!(
                "{journey} sans l'accord de « {} » sur « {object} »{}. Faites entrer cette \
                 partie dans l'accord qui y mène (« by: all(…) », « over: {object} »).",
                party.id,
                case.told()
            ),
            None => format!(
                "{journey} alors que « {object} » a pu changer depuis l'accord de « {} » : {} \
                 ouvre encore un droit d'écriture{}. Retirez ce droit, ou demandez l'accord après.",
                party.id,
                walk.writers(&path),
                case.told()
            ),
        };
        let problem = Problem::new(Code::Consentement, binding.place, message);
        problems.push(problem.with_path(tell::ids(workflow, &path)));
    }
    problems
}
