//! Proof 3, where exits lead: nobody goes round for ever.
//!
//! An exit that can be taken for certain may lead back, while each one that leads on waits for what
//! nobody can bring about. So, for every value of what nobody can change, an end must be reached
//! from every state, by the moves open then ([`super::rest`]). What someone can change in one state
//! of a set one may go round in counts as changeable in all of them: one goes there, and comes
//! back.
//!
//! **Two walks.** The first takes for closed all that some value may close; what reaches an end
//! then always does, and most files stop there. The values of the conditions met by what is left
//! are then taken row by row. A deadline that moves only in some values is open when it or another
//! of that day moves whatever is written before ([`super::stuck`]).
//!
//! **Automatic moves.** One that holds, and that nobody can keep from holding, is taken before
//! anything else.

use super::attain::Attain;
use super::reach::Space;
use super::rest::Rests;
use super::stuck::Ways;
use super::view::{Cause, Move};
use super::{Case, Findings, tell};
use crate::workflow::condition::{Condition, MAX_ATOMS};
use crate::workflow::definition::model::{NodeId, Target, Workflow};
use crate::workflow::problem::{Code, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// States looked at again, value by value, past which nothing is decided: some seconds of work.
const STATES_MAX: usize = 100_000;

/// States and exits told in one message.
const TOLD: usize = 4;

pub fn prove(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) {
    let mut looked = 0;
    for case in cases {
        let attain = Attain::new(case.view, None);
        for space in &case.spaces {
            let walk = Walk::new(space, &attain, None);
            let traps = walk.traps();
            if traps.is_empty() {
                continue;
            }
            let conditions = walk.conditions();
            let asked: Vec<&Condition> = conditions.values().copied().collect();
            let first = walk.first(&traps);
            let rows = match case.view.rows(&asked) {
                Ok(rows) => rows,
                Err(atoms) => return beyond(workflow, first, atoms, findings),
            };
            looked += rows.len() * workflow.nodes.len();
            if looked > STATES_MAX {
                return beyond(workflow, first, asked.len(), findings);
            }
            let certain = |id: NodeId, _: &BTreeSet<NodeId>| {
                let moves = case.view.moves(id).iter().filter(|m| m.certain);
                moves.filter_map(|m| m.to).collect()
            };
            // Where no end is reached even when all holds, proof 1 says so.
            let anyway: BTreeSet<NodeId> = Rests::new(space, &certain)
                .traps()
                .into_iter()
                .flatten()
                .collect();
            for row in rows {
                let values = conditions.keys().map(String::as_str).zip(row).collect();
                let walk = Walk::new(space, &attain, Some(values));
                for trap in walk.traps() {
                    if trap.is_disjoint(&anyway) {
                        walk.refuse(case, &trap, findings);
                    }
                }
            }
        }
    }
}

fn beyond(workflow: &Workflow, at: Option<NodeId>, count: usize, findings: &mut Findings) {
    let node = workflow.node(at.unwrap_or(workflow.root().start));
    let message = format!(
        "Les conditions de sortie autour de « {} » comptent {count} éléments, ce qui dépasse ce \
         que la preuve sait parcourir ({MAX_ATOMS} éléments pour un petit fichier). Ajoutez une \
         sortie sans condition, ou découpez le fichier.",
        node.path
    );
    findings.undecided(node.place, message);
}

/// The moves open for one value of what nobody can change.
struct Walk<'s, 'v, 'a> {
    space: &'s Space<'v, 'a>,
    attain: &'s Attain<'v, 'a>,
    /// Whether each condition holds, by its text; `None`: it may or may not.
    values: Option<BTreeMap<&'s str, bool>>,
    /// By state, those one may go to from it and come back, when no end is reached.
    around: BTreeMap<NodeId, BTreeSet<NodeId>>,
    lost: BTreeSet<NodeId>,
    traps: Vec<BTreeSet<NodeId>>,
}

impl<'s, 'v, 'a> Walk<'s, 'v, 'a> {
    fn new(
        space: &'s Space<'v, 'a>,
        attain: &'s Attain<'v, 'a>,
        values: Option<BTreeMap<&'s str, bool>>,
    ) -> Self {
        let mut walk = Self {
            space,
            attain,
            values,
            around: BTreeMap::new(),
            lost: BTreeSet::new(),
            traps: Vec::new(),
        };
        while walk.again() {}
        walk
    }

    /// Looks once more; true when one may go round further than was known.
    fn again(&mut self) -> bool {
        let leads = |id: NodeId, standing: &BTreeSet<NodeId>| self.leads(id, standing);
        let rests = Rests::new(self.space, &leads);
        let (traps, lost) = (rests.traps(), rests.lost());
        let mut further = false;
        for trap in &traps {
            for id in trap {
                let known = self.around.entry(*id).or_default();
                let before = known.len();
                known.extend(trap);
                further |= trap.len() > 1 && known.len() > before;
            }
        }
        (self.traps, self.lost) = (traps, lost);
        further
    }

    fn traps(&self) -> Vec<BTreeSet<NodeId>> {
        let people = self.traps.iter().filter(|trap| !trap.is_empty());
        people.cloned().collect()
    }

    fn places(&self, standing: &BTreeSet<NodeId>) -> BTreeSet<NodeId> {
        let around = standing.iter().filter_map(|id| self.around.get(id));
        standing.iter().chain(around.flatten()).copied().collect()
    }

    fn holds(&self, condition: &Condition) -> Option<bool> {
        let values = self.values.as_ref()?;
        values.get(condition.to_string().as_str()).copied()
    }

    /// Whether all of these hold: no one can bring them about.
    fn all_hold(&self, left: &[&Condition]) -> bool {
        left.iter().all(|c| self.holds(c) == Some(true))
    }

    fn leads(&self, id: NodeId, standing: &BTreeSet<NodeId>) -> Vec<Target> {
        let places = self.places(standing);
        let view = self.space.view;
        let automatic = |m: &&Move<'_>| matches!(m.cause, Cause::Auto(..));
        let mut leads = Vec::new();
        for m in view.moves(id).iter().filter(automatic) {
            let Cause::Auto(auto, _) = m.cause else {
                continue;
            };
            let left = self.attain.left(&places, m).unwrap_or_default();
            let certain = match (&auto.when, left.first()) {
                (None, _) => Some(true),
                // It can be made to hold, and not to.
                (Some(_), None) => {
                    leads.extend(m.to);
                    Some(false)
                }
                (Some(_), Some(when)) => self.holds(when),
            };
            match certain {
                Some(false) => {}
                Some(true) => {
                    leads.extend(m.to);
                    return leads;
                }
                None => return leads,
            }
        }
        let mut ways = None;
        for m in view.moves(id).iter().filter(|m| !automatic(m)) {
            let Some(left) = self.attain.left(&places, m) else {
                continue;
            };
            let mut caught = || {
                let ways = ways.get_or_insert_with(|| Ways::new(view, self.attain, &places, [id]));
                m.timer().is_none_or(|t| ways.caught(view, id, &t.moment))
            };
            if left.is_empty() || self.all_hold(&left) && caught() {
                leads.extend(m.to);
            }
        }
        leads
    }

    /// The conditions that nobody can bring about, in the states that may reach no end.
    fn conditions(&self) -> BTreeMap<String, &'a Condition> {
        let mut conditions = BTreeMap::new();
        for id in &self.lost {
            let ways = Ways::new(self.space.view, self.attain, &BTreeSet::from([*id]), [*id]);
            let left = ways.guarded.iter().flat_map(|g| &g.left);
            conditions.extend(left.map(|c| (c.to_string(), *c)));
        }
        conditions
    }

    /// The state of these sets that is reached first.
    fn first(&self, traps: &[BTreeSet<NodeId>]) -> Option<NodeId> {
        let states = traps.iter().flatten().copied();
        states.min_by_key(|id| (self.space.path(*id).len(), *id))
    }

    fn refuse(&self, case: &Case<'_, '_>, trap: &BTreeSet<NodeId>, findings: &mut Findings) {
        let workflow = self.space.view.workflow;
        let Some(first) = self.first(std::slice::from_ref(trap)) else {
            return;
        };
        let mut from = trap.clone();
        from.extend(
            trap.iter()
                .flat_map(|id| workflow.ancestors(*id))
                .map(|n| n.id),
        );
        let ways = Ways::new(self.space.view, self.attain, &self.places(trap), from);
        let closed = ways.guarded.iter().filter(|g| !self.all_hold(&g.left));
        let mut why: Vec<String> = closed.map(|g| g.told()).take(TOLD).collect();
        if why.is_empty() {
            why.push("aucune autre sortie n'est certaine".into());
        }
        let names = trap.iter().map(|id| workflow.node(*id).path.clone());
        let names: Vec<String> = names.take(TOLD).collect();
        let round = match &names[..] {
            [_] => "revenir toujours".to_owned(),
            _ => format!("tourner sans fin par {}", tell::listed(&names, "et")),
        };
        let path = self.space.path(first);
        let message = format!(
            "{}, où l'on peut {round} sans jamais pouvoir finir : {}{}. Ouvrez le droit de le \
             faire changer (« allow »), ajoutez une dispense (« waive »), une échéance, ou le cas \
             contraire.",
            tell::journey(workflow, &path),
            why.join(" ; "),
            case.told()
        );
        let problem = Problem::new(Code::Blocage, workflow.node(first).place, message);
        findings.refuse(problem.with_path(tell::ids(workflow, &path)));
    }
}
