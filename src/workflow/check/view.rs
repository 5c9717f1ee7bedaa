//! A workflow seen in one combination: the moves that are possible there, state by state.

use super::combination::Combination;
use super::who::Casting;
use crate::workflow::catalogue::Catalogue;
use crate::workflow::condition::{Condition, Coverage, coverage, rows, satisfiable};
use crate::workflow::definition::model::{
    Act, Auto, BlockId, Body, Node, NodeId, Target, Timer, Workflow,
};
use crate::workflow::definition::party::PartyExpr;
use crate::workflow::problem::Place;
use std::collections::BTreeSet;

/// What makes a move.
#[derive(Debug, Clone, Copy)]
pub enum Cause<'w> {
    Act(&'w Act),
    /// Someone refuses an agreement.
    Refusal(&'w Act),
    /// An agreement is not there in time.
    Expiry(&'w Act, &'w Timer),
    Timer(&'w Timer),
    /// With its position in the file.
    Auto(&'w Auto, usize),
}

/// Something that may happen in a state; without a target the state stays.
#[derive(Debug, Clone, Copy)]
pub struct Move<'w> {
    pub cause: Cause<'w>,
    pub to: Option<Target>,
    /// Its position among what the state declares.
    pub index: usize,
    /// Whether it is there whatever value rules take: a move may be expected without being
    /// counted on.
    pub certain: bool,
}

impl<'w> Move<'w> {
    /// Its name in a sentence.
    pub fn name(&self) -> String {
        match self.cause {
            Cause::Act(act) => act.name.clone(),
            Cause::Refusal(act) => format!("le refus de {}", act.name),
            Cause::Expiry(act, _) => format!("l'expiration de {}", act.name),
            Cause::Timer(timer) => match &timer.title {
                Some(title) => format!("l'échéance « {title} »"),
                None => format!("l'échéance {}", timer.name),
            },
            Cause::Auto(_, i) => format!("le passage automatique {}", i + 1),
        }
    }

    pub fn place(&self) -> Place {
        match self.cause {
            Cause::Act(act) => act.place,
            Cause::Refusal(act) => act.refused.as_ref().map_or(act.place, |r| r.place),
            Cause::Expiry(_, timer) | Cause::Timer(timer) => timer.place,
            Cause::Auto(auto, _) => auto.place,
        }
    }

    pub fn timer(&self) -> Option<&'w Timer> {
        match self.cause {
            Cause::Expiry(_, timer) | Cause::Timer(timer) => Some(timer),
            Cause::Act(_) | Cause::Refusal(_) | Cause::Auto(..) => None,
        }
    }
}

/// Everything a state declares, possible or not, in file order.
pub fn declared(node: &Node) -> Vec<Move<'_>> {
    let mut moves: Vec<(Cause<'_>, Option<Target>)> = Vec::new();
    for act in &node.acts {
        moves.push((Cause::Act(act), act.to));
        if let Some(refused) = &act.refused {
            moves.push((Cause::Refusal(act), Some(refused.to)));
        }
        if let Some(timer) = &act.expired {
            moves.push((Cause::Expiry(act, timer), timer.to));
        }
    }
    moves.extend(node.after.iter().map(|t| (Cause::Timer(t), t.to)));
    let autos = node.auto.iter().enumerate();
    moves.extend(autos.map(|(i, auto)| (Cause::Auto(auto, i), Some(auto.to))));
    let numbered = moves.into_iter().enumerate();
    numbered
        .map(|(index, (cause, to))| Move {
            cause,
            to,
            index,
            certain: true,
        })
        .collect()
}

/// Whether rules say who makes the move, or who may waive what it requires.
fn asks_rules(cause: &Cause<'_>) -> bool {
    let (Cause::Act(act) | Cause::Refusal(act)) = cause else {
        return false;
    };
    let waivers = act.requires.iter().filter_map(|r| r.waive.as_ref());
    std::iter::once(&act.by).chain(waivers).any(ruled)
}

fn ruled(expr: &PartyExpr) -> bool {
    match expr {
        PartyExpr::Rule { .. } => true,
        PartyExpr::Any(list) | PartyExpr::All(list) => list.iter().any(ruled),
        PartyExpr::Party(_) | PartyExpr::Set { .. } | PartyExpr::Item(_) => false,
    }
}

/// A workflow in one combination.
pub struct View<'a> {
    pub workflow: &'a Workflow,
    pub casting: Casting<'a>,
    /// By state: what may happen there.
    moves: Vec<Vec<Move<'a>>>,
    /// By state: left as soon as it is entered, because its automatic moves cover every case.
    instant: Vec<bool>,
    /// The states one may enter, some composites taken as never empty.
    entered: BTreeSet<NodeId>,
}

impl<'a> View<'a> {
    pub fn new(
        workflow: &'a Workflow,
        catalogue: &'a Catalogue,
        combination: &'a Combination,
    ) -> Self {
        let mut view = Self {
            workflow,
            casting: Casting::new(catalogue, combination),
            moves: Vec::new(),
            instant: Vec::new(),
            entered: BTreeSet::new(),
        };
        view.instant = workflow.nodes.iter().map(|n| view.is_instant(n)).collect();
        view.moves = workflow.nodes.iter().map(|n| view.possible(n)).collect();
        view.enter();
        view
    }

    pub fn combination(&self) -> &'a Combination {
        self.casting.combination
    }

    pub fn node(&self, id: NodeId) -> &'a Node {
        self.workflow.node(id)
    }

    /// What may happen in the state itself.
    pub fn moves(&self, id: NodeId) -> &[Move<'a>] {
        &self.moves[id.0 as usize]
    }

    pub fn instant(&self, id: NodeId) -> bool {
        self.instant[id.0 as usize]
    }

    pub fn entered(&self, id: NodeId) -> bool {
        self.entered.contains(&id)
    }

    fn enter(&mut self) {
        let opened = self.workflow.nodes.iter().filter(|n| n.entry);
        let mut queue: Vec<NodeId> = opened.map(|n| n.id).collect();
        for id in queue.clone() {
            queue.extend(self.workflow.ancestors(id).map(|n| n.id));
        }
        queue.push(self.workflow.root().start);
        while let Some(id) = queue.pop() {
            if !self.entered.insert(id) {
                continue;
            }
            let moves = self.moves(id).iter().filter_map(|m| m.to);
            let onward = moves.chain(self.done(id)).filter_map(|to| match to {
                Target::Node(next) => Some(next),
                Target::End => None,
            });
            queue.extend(onward);
            let starts = self.inside(id).into_iter();
            queue.extend(starts.map(|b| self.workflow.block(b).start));
        }
    }

    /// The blocks inside a state that are open here.
    pub fn inside(&self, id: NodeId) -> Vec<BlockId> {
        let blocks = self.node(id).body.inner().iter().copied();
        let closed = &self.combination().closed;
        blocks.filter(|b| !closed.contains(b)).collect()
    }

    /// Whether nothing can ever be inside, in this combination.
    pub fn hollow(&self, id: NodeId) -> bool {
        match &self.node(id).body {
            Body::Leaf => false,
            Body::Compound { .. } | Body::Parallel { .. } => self.inside(id).is_empty(),
            Body::Each { over, at_least, .. } => *at_least == 0 && self.casting.barren(over),
        }
    }

    /// Whether these conditions may hold together here.
    pub fn may(&self, conditions: &[&Condition]) -> bool {
        let mut all = conditions.to_vec();
        all.extend(self.related(conditions));
        satisfiable(&all) != Some(false)
    }

    /// Whether one of these conditions always holds here.
    pub fn covers(&self, conditions: &[&Condition]) -> Coverage {
        let literals: Vec<Condition> = self
            .related(conditions)
            .into_iter()
            .map(Condition::negated)
            .collect();
        let mut all = conditions.to_vec();
        all.extend(&literals);
        coverage(&all)
    }

    /// Which of these conditions may hold together here, row by row, when `given` hold; `Err`: too
    /// many atoms.
    pub fn rows(
        &self,
        conditions: &[&Condition],
        given: &[&Condition],
    ) -> Result<BTreeSet<Vec<bool>>, usize> {
        let mut given = given.to_vec();
        given.extend(self.related(conditions));
        rows(conditions, &given)
    }

    /// The literals of the combination that speak of the same atoms.
    fn related(&self, conditions: &[&Condition]) -> Vec<&'a Condition> {
        let literals = &self.combination().literals;
        if literals.is_empty() {
            return Vec::new();
        }
        let atoms: Vec<String> = conditions.iter().flat_map(|c| c.atoms()).collect();
        let shared = |literal: &&Condition| literal.atoms().iter().any(|a| atoms.contains(a));
        literals.iter().filter(shared).collect()
    }

    fn is_instant(&self, node: &Node) -> bool {
        let whens: Vec<&Condition> = node.auto.iter().filter_map(|a| a.when.as_ref()).collect();
        if node.auto.is_empty() {
            return false;
        }
        whens.len() < node.auto.len() || self.covers(&whens) == Coverage::Whole
    }

    fn possible(&self, node: &'a Node) -> Vec<Move<'a>> {
        let mut moves = declared(node);
        if self.instant(node.id) {
            moves.retain(|m| matches!(m.cause, Cause::Auto(..)));
        }
        moves.retain(|m| !self.refused_entry(m.to));
        moves.retain(|m| self.is_possible(node, m, &|e| self.casting.may_be_available(e)));
        for m in &mut moves {
            m.certain = !asks_rules(&m.cause)
                || self.is_possible(node, m, &|e| self.casting.always_available(e));
        }
        moves
    }

    /// Whether nobody may enter there: a collection (`at_least`) always holds too few items.
    fn refused_entry(&self, to: Option<Target>) -> bool {
        let Some(Target::Node(id)) = to else {
            return false;
        };
        if self.hollow(id) {
            return false;
        }
        if let Body::Each { over, at_least, .. } = &self.node(id).body
            && self.casting.fewer_than(over, *at_least)
        {
            return true;
        }
        let start = |b: &BlockId| self.workflow.block(*b).start;
        let mut inside = self.inside(id).into_iter();
        inside.any(|b| self.refused_entry(Some(Target::Node(start(&b)))))
    }

    /// Where the state leads once all it holds has ended.
    pub fn done(&self, id: NodeId) -> Option<Target> {
        let done = self.node(id).body.done();
        done.filter(|to| !self.refused_entry(Some(*to)))
    }

    /// Whether the move may happen, when `there` says whom one finds.
    fn is_possible(
        &self,
        node: &Node,
        a_move: &Move<'_>,
        there: &dyn Fn(&PartyExpr) -> bool,
    ) -> bool {
        // An automatic move that holds is taken before anything else, in file order.
        let before = match a_move.cause {
            Cause::Auto(_, position) => &node.auto[..position],
            _ => &node.auto[..],
        };
        let denied: Vec<Condition> = before
            .iter()
            .filter_map(|a| a.when.as_ref())
            .map(Condition::negated)
            .collect();
        let mut needed: Vec<&Condition> = denied.iter().collect();
        match a_move.cause {
            Cause::Act(act) => {
                let kept = act
                    .requires
                    .iter()
                    .filter(|r| !r.waive.as_ref().is_some_and(there));
                needed.extend(kept.map(|r| &r.condition));
                there(&act.by) && self.may(&needed)
            }
            Cause::Refusal(act) => there(&act.by) && self.may(&needed),
            Cause::Expiry(_, timer) | Cause::Timer(timer) => {
                needed.extend(timer.when.as_ref());
                self.may(&needed)
            }
            Cause::Auto(auto, _) => {
                needed.extend(auto.when.as_ref());
                self.may(&needed)
            }
        }
    }
}
