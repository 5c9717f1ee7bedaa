//! Proof 4: vetoes are known.
//!
//! Take a party away: its acts, its consents, and the data only it may write. What remains is a
//! smaller graph. A state is a veto of the party when it lies in a terminal strongly connected set
//! of that graph that holds no end: once there, nothing the others do leads anywhere. Someone
//! above must then be told (`due` with `escalate`, on the state or around it), or the file says
//! `veto: intended`.

use super::attain::Attain;
use super::reach::Space;
use super::rest::Rests;
use super::tell::{self, Step};
use super::view::{Cause, Move};
use super::{Case, Findings, Veto};
use crate::workflow::condition::{Condition, Coverage};
use crate::workflow::definition::model::{NodeId, Target, Timer, Workflow};
use crate::workflow::problem::{Code, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// The party that no expression names.
const NOBODY: &str = "";

/// Vetoes by party (as declared) and state, with the combinations that show each.
type Known = BTreeMap<(String, NodeId), BTreeSet<usize>>;

pub fn prove(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) -> Vec<Veto> {
    let mut known = Known::new();
    for (number, case) in cases.iter().enumerate() {
        let with = Attain::new(case.view, None);
        let nobody = Attain::new(case.view, Some(NOBODY));
        // Where nothing moves even with everyone, nobody's veto is the cause.
        let anyway = |space| {
            let (with, without) = (&with, &nobody);
            Alone {
                space,
                with,
                without,
            }
            .vetoes()
        };
        let anyway: Vec<BTreeSet<NodeId>> = case.spaces.iter().map(anyway).collect();
        for party in &case.combination().present {
            let without = Attain::new(case.view, Some(&party.id));
            for (space, anyway) in case.spaces.iter().zip(&anyway) {
                let (with, without) = (&with, &without);
                let alone = Alone {
                    space,
                    with,
                    without,
                };
                for id in alone.vetoes().difference(anyway).copied() {
                    let seen = known.entry((party.declared.clone(), id)).or_default();
                    if !told(workflow, without, id) {
                        let path = space.path(id);
                        refuse(workflow, case, &party.declared, &path, findings);
                    }
                    seen.insert(number);
                }
            }
        }
    }
    needless(workflow, &known, findings);
    list(workflow, cases, &known)
}

fn list(workflow: &Workflow, cases: &[Case<'_, '_>], known: &Known) -> Vec<Veto> {
    known
        .iter()
        .map(|((party, id), seen)| {
            let labels: Vec<&str> = seen
                .iter()
                .map(|i| cases[*i].combination().label.as_str())
                .collect();
            Veto {
                party: party.clone(),
                state: workflow.node(*id).path.clone(),
                combination: if seen.len() == cases.len() {
                    "toutes".into()
                } else {
                    labels.join(" ; ")
                },
                intended: intended(workflow, *id),
            }
        })
        .collect()
}

/// The state and what encloses it.
fn around(workflow: &Workflow, id: NodeId) -> impl Iterator<Item = NodeId> {
    std::iter::once(id).chain(workflow.ancestors(id).map(|n| n.id))
}

fn intended(workflow: &Workflow, id: NodeId) -> bool {
    around(workflow, id).any(|n| workflow.node(n).veto_intended)
}

/// Whether someone above is told, on a date that falls whatever the party does, or the veto is
/// meant.
fn told(workflow: &Workflow, without: &Attain<'_, '_>, id: NodeId) -> bool {
    let escalates = |n: NodeId| {
        let due = workflow.node(n).due.as_ref();
        due.is_some_and(|d| d.escalate.is_some() && without.falls(id, &d.moment))
    };
    intended(workflow, id) || around(workflow, id).any(escalates)
}

fn refuse(
    workflow: &Workflow,
    case: &Case<'_, '_>,
    party: &str,
    path: &[Step],
    findings: &mut Findings,
) {
    let Some(last) = path.last() else {
        return;
    };
    let message = format!(
        "{}, où « {party} » peut tout arrêter sans que personne en soit averti{}. Ajoutez une \
         échéance avec escalade (« due: {{ in, escalate }} »), ou dites que c'est voulu \
         (« veto: intended »).",
        tell::journey(workflow, path),
        case.told()
    );
    let problem = Problem::new(Code::Veto, workflow.node(last.node).place, message);
    findings.refuse(problem.with_path(tell::ids(workflow, path)));
}

/// `veto: intended` where nobody alone can block.
fn needless(workflow: &Workflow, known: &Known, findings: &mut Findings) {
    for node in workflow.nodes.iter().filter(|n| n.veto_intended) {
        let within = |id: NodeId| around(workflow, id).any(|n| n == node.id);
        if !known.keys().any(|(_, id)| within(*id)) {
            let message = format!(
                "« veto: intended » est inutile sur « {} » : aucune partie ne peut y bloquer \
                 seule.",
                node.path
            );
            findings.notice(Code::Veto, node.place, message);
        }
    }
}

/// A combination without one party.
struct Alone<'s, 'v, 'a> {
    space: &'s Space<'v, 'a>,
    with: &'s Attain<'v, 'a>,
    without: &'s Attain<'v, 'a>,
}

impl<'a> Alone<'_, '_, 'a> {
    /// The moves the others can still make, by what they lead to.
    fn remaining(&self, id: NodeId, standing: &BTreeSet<NodeId>) -> Vec<Target> {
        let moves = self.space.view.moves(id);
        let instant = self.space.view.instant(id);
        // Complementary deadlines of one day, or on what only the party writes: whatever it wrote,
        // one of them moves.
        let fixed = |timer: &Timer| timer.when.as_ref().is_some_and(|c| self.without.still(c));
        let covered = |timer: &Timer| {
            let timers = moves.iter().filter_map(Move::timer);
            let together = timers.filter(|t| {
                let together = t.moment.same(&timer.moment) || (fixed(t) && fixed(timer));
                t.to.is_some() && together && self.without.falls(id, &t.moment)
            });
            let whens: Vec<&Condition> = together.filter_map(|t| t.when.as_ref()).collect();
            whens.len() > 1 && self.space.view.covers(&whens) == Coverage::Whole
        };
        let left = |m: &&Move<'a>| match m.cause {
            Cause::Auto(..) if instant => true,
            Cause::Timer(timer) | Cause::Expiry(_, timer) => {
                self.without.falls(id, &timer.moment)
                    && timer.when.as_ref().is_none_or(|when| {
                        self.without.movable(id, when)
                            || !self.with.movable(id, when)
                            || covered(timer)
                    })
            }
            _ => self.stays(id, m),
        };
        let counted = |m: &&Move<'a>| !self.without.counts_in_vain(id, standing, m);
        let left = moves.iter().filter(counted).filter(left);
        left.filter_map(|m| m.to).collect()
    }

    /// Whether the move can be made by the others: what nobody at all could bring about is left
    /// free, what only the party can is not brought about.
    fn stays(&self, id: NodeId, m: &Move<'a>) -> bool {
        let Some(left) = self.without.residue(id, m) else {
            return false;
        };
        let free = self.with.residue(id, m).unwrap_or_default();
        left.iter().all(|c| free.contains(c))
    }

    /// The states where the party can stop everything.
    fn vetoes(&self) -> BTreeSet<NodeId> {
        let remaining = |id: NodeId, standing: &BTreeSet<NodeId>| self.remaining(id, standing);
        let rests = Rests::new(self.space, &remaining);
        let mut vetoes: BTreeSet<NodeId> = rests.traps().into_iter().flatten().collect();
        vetoes.retain(|id| self.space.stands(*id));
        vetoes
    }
}
