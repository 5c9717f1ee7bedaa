//! Proof 3, where exits lead: nobody goes round for ever.
//!
//! An exit that can be taken for certain may lead back, while each one that leads on waits for what
//! nobody can bring about. So, for every value of what nobody can change, an end must be reached
//! from every state, by the moves open then ([`super::rest`]). What someone can change in one state
//! of a set one may go round in counts as changeable in all of them: one goes there, and comes
//! back.
//!
//! **Walks.** The first takes for closed all that some value may close; what reaches an end then
//! always does, and most files stop there. The conditions met where one may go round are then taken
//! value by value, and so on until one gets out or nothing is left to ask. A deadline that moves
//! only in some values is open when it or another of that day moves whatever is written before
//! ([`super::stuck`]), or when going round sets it again.
//!
//! **Automatic moves.** One that holds, and that nobody can keep from holding, is taken before
//! anything else.

use super::attain::Attain;
use super::reach::Space;
use super::rest::Rests;
use super::stuck::Ways;
use super::view::{Cause, Move};
use super::{Case, Findings, tell};
use crate::workflow::condition::Condition;
use crate::workflow::definition::model::{NodeId, Target, Workflow};
use crate::workflow::problem::{Code, Problem};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// States looked at again, value by value, past which nothing is decided: some seconds of work.
const STATES_MAX: usize = 100_000;

/// States and exits told in one message.
const TOLD: usize = 4;

pub fn prove(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) {
    let mut looked = 0;
    for case in cases {
        let attain = Attain::waiting(case.view);
        for space in &case.spaces {
            let mut search = Search {
                case,
                space,
                attain: &attain,
                looked: &mut looked,
                anyway: OnceCell::new(),
                findings,
            };
            let found = search.values(&Values::new());
            // One way to go round is enough for a case: the next ones are told once it is mended.
            if found == Ok(true) {
                break;
            }
            if let Err(at) = found {
                let node = workflow.node(at.unwrap_or(workflow.root().start));
                let message = format!(
                    "Les conditions de sortie autour de « {} » sont trop mêlées pour que la preuve \
                     tranche. Ajoutez une sortie sans condition, ou découpez le fichier.",
                    node.path
                );
                return findings.undecided(node.place, message);
            }
        }
    }
}

/// Conditions by their text, and whether they hold.
type Values<'a> = BTreeMap<String, (&'a Condition, bool)>;

/// Looks for values with which people go round for ever.
struct Search<'s, 'v, 'a> {
    case: &'s Case<'v, 'a>,
    space: &'s Space<'v, 'a>,
    attain: &'s Attain<'v, 'a>,
    /// States looked at until now.
    looked: &'s mut usize,
    anyway: OnceCell<Vec<BTreeSet<NodeId>>>,
    findings: &'s mut Findings,
}

impl<'a> Search<'_, '_, 'a> {
    /// Every value of what is not known yet, until people go round for ever; an error where nothing
    /// can be decided.
    fn values(&mut self, known: &Values<'a>) -> Result<bool, Option<NodeId>> {
        let walk = Walk::new(self.space, self.attain, known);
        let mut asked: BTreeMap<String, &'a Condition> = BTreeMap::new();
        for trap in walk.traps.iter().filter(|trap| !self.anyway(trap)) {
            let unknown = walk.unknown(trap);
            // Where nobody stands, the circle of automatic moves is told elsewhere.
            if unknown.is_empty()
                && let Some(first) = walk.first(trap)
            {
                walk.refuse(self.case, trap, first, self.findings);
                return Ok(true);
            }
            asked.extend(unknown);
        }
        if asked.is_empty() {
            return Ok(false);
        }
        let given = known.values();
        let given: Vec<Condition> = given
            .map(|(c, holds)| if *holds { (*c).clone() } else { c.negated() })
            .collect();
        let conditions: Vec<&Condition> = asked.values().copied().collect();
        let given: Vec<&Condition> = given.iter().collect();
        let first = walk.traps.iter().find_map(|trap| walk.first(trap));
        let rows = self
            .case
            .view
            .rows(&conditions, &given)
            .map_err(|_| first)?;
        for row in rows {
            *self.looked += self.space.view.workflow.nodes.len();
            if *self.looked > STATES_MAX {
                return Err(first);
            }
            let new = asked.iter().zip(row);
            let new = new.map(|((text, c), holds)| (text.clone(), (*c, holds)));
            if self.values(&known.clone().into_iter().chain(new).collect())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether no end is reached even when all holds: proof 1 says so.
    fn anyway(&self, trap: &BTreeSet<NodeId>) -> bool {
        let anyway = self.anyway.get_or_init(|| self.hopeless());
        anyway.iter().any(|other| !other.is_disjoint(trap))
    }

    fn hopeless(&self) -> Vec<BTreeSet<NodeId>> {
        let certain = |id: NodeId, _: &BTreeSet<NodeId>| {
            let moves = self.space.view.moves(id).iter().filter(|m| m.certain);
            moves.filter_map(|m| m.to).collect()
        };
        Rests::new(self.space, &certain).traps()
    }
}

/// The moves open for one value of what nobody can change.
struct Walk<'s, 'v, 'a> {
    space: &'s Space<'v, 'a>,
    attain: &'s Attain<'v, 'a>,
    values: &'s Values<'a>,
    /// By state, those one may go to from it and come back, when no end is reached.
    around: BTreeMap<NodeId, BTreeSet<NodeId>>,
    traps: Vec<BTreeSet<NodeId>>,
}

impl<'s, 'v, 'a> Walk<'s, 'v, 'a> {
    fn new(space: &'s Space<'v, 'a>, attain: &'s Attain<'v, 'a>, values: &'s Values<'a>) -> Self {
        let mut walk = Self {
            space,
            attain,
            values,
            around: BTreeMap::new(),
            traps: Vec::new(),
        };
        while walk.again() {}
        walk
    }

    /// Looks once more; true when one may go round further than was known.
    fn again(&mut self) -> bool {
        let leads = |id: NodeId, standing: &BTreeSet<NodeId>| self.leads(id, standing);
        let traps = Rests::new(self.space, &leads).traps();
        let mut further = false;
        for trap in &traps {
            for id in trap {
                let known = self.around.entry(*id).or_default();
                let before = known.len();
                known.extend(trap);
                further |= known.len() > before;
            }
        }
        self.traps = traps;
        further
    }

    fn places(&self, standing: &BTreeSet<NodeId>) -> BTreeSet<NodeId> {
        let around = standing.iter().filter_map(|id| self.around.get(id));
        standing.iter().chain(around.flatten()).copied().collect()
    }

    /// Whether the condition holds; `None`: it may or may not.
    fn holds(&self, condition: &Condition) -> Option<bool> {
        let value = self.values.get(&condition.to_string());
        value.map(|(_, holds)| *holds)
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
        let counted = |m: &&Move<'a>| !self.attain.counts_in_vain(id, standing, m);
        for m in view.moves(id).iter().filter(automatic).filter(counted) {
            let Cause::Auto(auto, _) = m.cause else {
                continue;
            };
            let left = self.attain.left(id, &places, m).unwrap_or_default();
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
        for m in view
            .moves(id)
            .iter()
            .filter(|m| !automatic(m))
            .filter(counted)
        {
            let Some(left) = self.attain.left(id, &places, m) else {
                continue;
            };
            let mut caught = || {
                let ways = ways.get_or_insert_with(|| Ways::new(view, self.attain, &places, [id]));
                m.timer().is_none_or(|t| ways.caught(view, id, &t.moment))
            };
            if left.is_empty() || self.all_hold(&left) && caught() || self.again_armed(id, m) {
                leads.extend(m.to);
            }
        }
        leads
    }

    /// Whether a deadline, once lapsed, is met again by going round, with what it asks made true
    /// in between.
    fn again_armed(&self, id: NodeId, m: &Move<'a>) -> bool {
        let round = self.around.get(&id);
        let when = m.timer().and_then(|t| t.when.as_ref());
        let movable = |c| round.is_some_and(|r| r.iter().any(|at| self.attain.movable(*at, c)));
        when.is_some_and(movable)
    }

    /// The ways out of a set, for people who may go anywhere in it.
    fn ways(&self, trap: &BTreeSet<NodeId>) -> Ways<'a> {
        let view = self.space.view;
        let around = trap.iter().flat_map(|id| view.workflow.ancestors(*id));
        let mut from: BTreeSet<NodeId> = around.map(|n| n.id).collect();
        from.extend(trap);
        Ways::new(view, self.attain, &self.places(trap), from)
    }

    /// The conditions met in a set that nobody can bring about, and that have no value yet.
    fn unknown(&self, trap: &BTreeSet<NodeId>) -> BTreeMap<String, &'a Condition> {
        let ways = self.ways(trap);
        let left = ways.guarded.iter().flat_map(|g| &g.left);
        let unknown = left.filter(|c| self.holds(c).is_none());
        unknown.map(|c| (c.to_string(), *c)).collect()
    }

    /// The one of these states that is reached first.
    fn first(&self, states: &BTreeSet<NodeId>) -> Option<NodeId> {
        let states = states.iter().copied().filter(|id| self.space.stands(*id));
        states.min_by_key(|id| (self.space.path(*id).len(), *id))
    }

    fn refuse(
        &self,
        case: &Case<'_, '_>,
        trap: &BTreeSet<NodeId>,
        first: NodeId,
        findings: &mut Findings,
    ) {
        let workflow = self.space.view.workflow;
        let ways = self.ways(trap);
        let why = ways.guarded.iter().filter_map(|g| {
            let open = self.all_hold(&g.left);
            if open { g.taken() } else { Some(g.told()) }
        });
        let mut why: Vec<String> = why.take(TOLD).collect();
        if why.is_empty() {
            why.push("aucune autre sortie n'est certaine".into());
        }
        let stands = |id: &&NodeId| !self.space.view.instant(**id);
        let names = trap
            .iter()
            .filter(stands)
            .map(|id| workflow.node(*id).path.clone());
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
