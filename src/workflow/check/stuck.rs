//! Proof 3: nobody is stuck.
//!
//! In each reached state where people wait, and each combination, one exit can be taken for
//! certain: its conditions are attainable ([`super::attain`]), or the conditions left over cover
//! every case together (truth table). A composite without `done` waits too, once all it holds has
//! ended.
//!
//! **Deadlines.** The `when` of a deadline is read once, on the day; if it does not hold, the
//! deadline lapses. So deadlines cover every case together only when they fall on the same day,
//! and they stand beside other exits only when nothing in the file moves what these ask: between
//! two days a fact may change, and both be missed. What cannot change may be read on any day.
//!
//! **Rounds.** One may leave each state for certain and yet go round for ever: [`endless`] looks at
//! where the certain exits lead.
//!
//! **Circles.** Automatic moves may not turn in a circle: nobody would ever stand anywhere. The
//! `done` of a composite is automatic too when all it holds may end by automatic moves alone. What
//! these ask inside is left aside, which can only find more circles.

use super::attain::Attain;
use super::reach::Space;
use super::view::{Cause, View};
use super::{Case, Findings, endless, tell};
use crate::workflow::condition::{Condition, Coverage, MAX_ATOMS};
use crate::workflow::definition::model::{BlockId, Body, Moment, NodeId, Target, Workflow};
use crate::workflow::problem::{Code, Problem};
use std::collections::BTreeSet;

/// Steps of the search for circles of automatic moves, past which nothing is decided.
const CIRCLE_STEPS: usize = 10_000;

pub fn prove(workflow: &Workflow, cases: &[Case<'_, '_>], findings: &mut Findings) {
    for case in cases {
        let attain = Attain::waiting(case.view);
        for node in &workflow.nodes {
            let waits = match node.body {
                Body::Leaf => node.ending.is_none(),
                _ => node.body.done().is_none() && ends(case, node.id),
            };
            if waits && !case.view.instant(node.id) {
                certain_exit(case, &attain, node.id, findings);
            }
        }
        circles(workflow, case, findings);
    }
    endless::prove(workflow, cases, findings);
}

/// Whether all a composite holds may end.
fn ends(case: &Case<'_, '_>, id: NodeId) -> bool {
    let inside = case.view.inside(id);
    let within = |space: &Space<'_, '_>| inside.iter().all(|b| space.fate(*b).ends);
    case.spaces.iter().any(|s| s.hollow(id) || within(s))
}

/// A way out that some conditions still guard.
pub struct Guarded<'a> {
    name: String,
    /// What nobody can bring about.
    pub left: Vec<&'a Condition>,
    /// The same as one condition.
    condition: Condition,
    /// For a deadline, the state that declares it, and when it falls.
    day: Option<(NodeId, &'a Moment)>,
    /// Nothing in the file moves what it asks.
    still: bool,
    automatic: bool,
}

impl Guarded<'_> {
    pub fn told(&self) -> String {
        match self.day {
            Some(_) if !self.still => format!(
                "{} est caduque si « {} » ne tient pas ce jour-là",
                self.name, self.condition
            ),
            _ => format!(
                "{} attend « {} », que personne ne peut y faire changer",
                self.name, self.condition
            ),
        }
    }

    /// When it holds and is automatic: nothing else can be done.
    pub fn taken(&self) -> Option<String> {
        self.automatic.then(|| {
            format!(
                "{} est pris tant que « {} », que personne ne peut y faire changer",
                self.name, self.condition
            )
        })
    }
}

/// The ways out of some states.
#[derive(Default)]
pub struct Ways<'a> {
    /// One of them can be taken for certain.
    certain: bool,
    pub guarded: Vec<Guarded<'a>>,
    /// One that cannot be taken at all, for want of a date or of somebody.
    undated: Option<String>,
}

impl<'a> Ways<'a> {
    /// The moves of the states `from`, for people who stand in `places`, whichever they choose.
    pub fn new(
        view: &View<'a>,
        attain: &Attain<'_, 'a>,
        places: &BTreeSet<NodeId>,
        from: impl IntoIterator<Item = NodeId>,
    ) -> Self {
        let mut ways = Self::default();
        for id in from {
            for m in view.moves(id).iter().filter(|m| m.to.is_some()) {
                match attain.left(id, places, m) {
                    None => ways.undated = Some(m.name()),
                    Some(left) if left.is_empty() => ways.certain = true,
                    Some(left) => ways.guarded.push(Guarded {
                        name: m.name(),
                        condition: Condition::conjunction(&left),
                        day: m.timer().map(|t| (id, &t.moment)),
                        still: left.iter().all(|c| attain.still(c)),
                        automatic: matches!(m.cause, Cause::Auto(..)),
                        left,
                    }),
                }
            }
        }
        ways
    }

    /// Whether, on the day of this deadline of `at`, one of those that fall then holds, whatever
    /// was written before; or what it asks cannot change.
    pub fn caught(&self, view: &View<'_>, at: NodeId, moment: &Moment) -> bool {
        let day = (at, moment);
        let same = |g: &&Guarded<'_>| g.day.is_some_and(|(id, m)| id == at && m.same(moment));
        self.guarded.iter().filter(same).all(|g| g.still)
            || view.covers(&falling(&self.guarded, day)) == Coverage::Whole
    }
}

/// The deadlines that fall on this day, with what cannot change in between.
fn falling<'g>(guarded: &'g [Guarded<'_>], day: (NodeId, &Moment)) -> Vec<&'g Condition> {
    let kept = guarded.iter().filter(|g| match g.day {
        _ if g.still || g.automatic => true,
        Some((at, moment)) => at == day.0 && moment.same(day.1),
        None => false,
    });
    kept.map(|g| &g.condition).collect()
}

/// The sets of exits that may be read as one truth table: those that stand at any time, and, day
/// by day, the deadlines that fall together with what cannot change in between.
fn tables<'g>(guarded: &'g [Guarded<'_>]) -> Vec<Vec<&'g Condition>> {
    let standing = guarded.iter().filter(|g| g.day.is_none() || g.still);
    let mut tables = vec![standing.map(|g| &g.condition).collect()];
    let days = guarded.iter().filter(|g| !g.still).filter_map(|g| g.day);
    tables.extend(days.map(|day| falling(guarded, day)));
    tables
}

/// The best answer of several tables.
fn covered(case: &Case<'_, '_>, guarded: &[Guarded<'_>]) -> Coverage {
    let mut found = None;
    for table in tables(guarded) {
        match (case.view.covers(&table), &found) {
            (Coverage::Whole, _) => return Coverage::Whole,
            (undecided @ Coverage::Undecided(_), _) => found = Some(undecided),
            (gap, None) => found = Some(gap),
            (Coverage::Gap(gap), Some(Coverage::Gap(shorter))) if gap.len() > shorter.len() => {
                found = Some(Coverage::Gap(gap));
            }
            _ => {}
        }
    }
    found.unwrap_or(Coverage::Whole)
}

fn certain_exit<'a>(
    case: &Case<'_, 'a>,
    attain: &Attain<'_, 'a>,
    at: NodeId,
    findings: &mut Findings,
) {
    let Some(space) = case.reaching(at) else {
        return;
    };
    let workflow = case.view.workflow;
    let around = workflow.ancestors(at).map(|n| n.id);
    let from = std::iter::once(at).chain(around);
    let ways = Ways::new(case.view, attain, &BTreeSet::from([at]), from);
    let (guarded, undated) = (ways.guarded, ways.undated);
    if ways.certain {
        return;
    }
    if guarded.is_empty() && undated.is_none() {
        // No way out at all: proof 1 says so.
        return;
    }
    let path = space.path(at);
    let place = workflow.node(at).place;
    let why = match covered(case, &guarded) {
        Coverage::Whole => return,
        Coverage::Undecided(atoms) => {
            let message = format!(
                "Les conditions de sortie de « {} » comptent {atoms} éléments ; la preuve s'arrête \
                 à {MAX_ATOMS}. Ajoutez une sortie sans condition, ou découpez l'état.",
                workflow.node(at).path
            );
            return findings.undecided(place, message);
        }
        Coverage::Gap(_) if guarded.is_empty() => format!(
            "{} attend une date que personne ne peut donner",
            undated.unwrap_or_default()
        ),
        Coverage::Gap(gap) => {
            let gap: Vec<String> = gap
                .iter()
                .map(|(atom, value)| format!("« {atom} » {}", if *value { "vrai" } else { "faux" }))
                .collect();
            let told: Vec<String> = guarded.iter().map(Guarded::told).collect();
            let gap = match &gap[..] {
                [] => String::new(),
                gap => format!(" (cas sans sortie : {})", gap.join(", ")),
            };
            format!("{}{gap}", told.join(" ; "))
        }
    };
    let message = format!(
        "{}, d'où l'on peut ne jamais sortir : {why}{}. Ouvrez le droit de le faire changer \
         (« allow »), ajoutez une dispense (« waive »), une échéance, ou le cas contraire.",
        tell::journey(workflow, &path),
        case.told()
    );
    let problem = Problem::new(Code::Blocage, place, message);
    findings.refuse(problem.with_path(tell::ids(workflow, &path)));
}

/// An automatic way on: a move, or the `done` of a composite whose inside may end at once.
struct Slide {
    to: NodeId,
    needs: Vec<Condition>,
}

fn slides(case: &Case<'_, '_>, view: &View<'_>, id: NodeId) -> Vec<Slide> {
    let node = view.node(id);
    let mut slides = Vec::new();
    for m in view.moves(id) {
        let (Cause::Auto(auto, position), Some(Target::Node(to))) = (m.cause, m.to) else {
            continue;
        };
        let before = node.auto[..position].iter().filter_map(|a| a.when.as_ref());
        let mut needs: Vec<Condition> = before.map(Condition::negated).collect();
        needs.extend(auto.when.clone());
        slides.push(Slide { to, needs });
    }
    if let Some(Target::Node(to)) = view.done(id)
        && passes(case, id)
    {
        slides.push(Slide {
            to,
            needs: Vec::new(),
        });
    }
    slides
}

/// Whether all a composite holds may end by automatic moves alone.
fn passes(case: &Case<'_, '_>, id: NodeId) -> bool {
    let inside = case.view.inside(id);
    case.spaces.iter().any(|s| s.hollow(id)) || inside.iter().all(|b| at_once(case, *b))
}

/// Whether a block may end by automatic moves alone.
fn at_once(case: &Case<'_, '_>, block: BlockId) -> bool {
    let view = case.view;
    let mut seen = BTreeSet::new();
    let mut queue = vec![view.workflow.block(block).start];
    while let Some(id) = queue.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = view.node(id);
        if node.ending.is_some() {
            return true;
        }
        let autos = view.moves(id).iter();
        let autos = autos.filter(|m| matches!(m.cause, Cause::Auto(..)));
        let mut next: Vec<Target> = autos.filter_map(|m| m.to).collect();
        if !matches!(node.body, Body::Leaf) && passes(case, id) {
            next.extend(view.done(id));
        }
        for to in next {
            match to {
                Target::End => return true,
                Target::Node(to) => queue.push(to),
            }
        }
    }
    false
}

/// Looks for a circle of automatic moves whose conditions may hold together.
fn circles(workflow: &Workflow, case: &Case<'_, '_>, findings: &mut Findings) {
    let mut steps = 0;
    for node in &workflow.nodes {
        let mut trail = vec![node.id];
        let mut needs = Vec::new();
        let found = turn(case, &mut trail, &mut needs, &mut steps);
        if steps > CIRCLE_STEPS {
            let message = "Les passages automatiques sont trop mêlés pour que la preuve tranche. \
                           Simplifiez-les.";
            return findings.undecided(node.place, message.into());
        }
        let (true, Some(space)) = (found, case.reaching(node.id)) else {
            continue;
        };
        let names: Vec<String> = trail
            .iter()
            .map(|id| workflow.node(*id).path.clone())
            .collect();
        let path = space.path(node.id);
        let message = format!(
            "Les passages automatiques tournent en rond : {}, puis « {} » de nouveau{}. \
             Donnez-leur des conditions qui s'excluent, ou faites attendre un acte.",
            tell::listed(&names, "puis"),
            node.path,
            case.told()
        );
        let place = node.auto.first().map_or(node.place, |a| a.place);
        let problem = Problem::new(Code::Blocage, place, message);
        return findings.refuse(problem.with_path(tell::ids(workflow, &path)));
    }
}

/// Goes on from the last state of the trail; true when it comes back to the first one.
fn turn(
    case: &Case<'_, '_>,
    trail: &mut Vec<NodeId>,
    needs: &mut Vec<Condition>,
    steps: &mut usize,
) -> bool {
    *steps += 1;
    let Some(last) = trail.last().copied() else {
        return false;
    };
    if *steps > CIRCLE_STEPS {
        return false;
    }
    for slide in slides(case, case.view, last) {
        let before = needs.len();
        needs.extend(slide.needs);
        let together: Vec<&Condition> = needs.iter().collect();
        let goes = case.view.may(&together)
            && (slide.to == trail[0] || {
                let new = !trail.contains(&slide.to);
                new && {
                    trail.push(slide.to);
                    let found = turn(case, trail, needs, steps);
                    if !found {
                        trail.pop();
                    }
                    found
                }
            });
        if goes {
            return true;
        }
        needs.truncate(before);
    }
    false
}
