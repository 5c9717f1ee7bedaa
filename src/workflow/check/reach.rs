//! What can be reached and what can end, block by block, in linear time.
//!
//! What may happen for one value of the rules is reached; only what happens for every value leads
//! to an end: a move that some value takes away may be met and cannot be counted on.
//!
//! **Why block by block is exact.** `to` names a state of the same block, and a composite is
//! entered at the start of each of its blocks: so the position inside one block depends on nothing
//! that happens in another, and every combination of positions of the blocks that are open
//! together is reachable. What a block takes from its inside is whether it may end (its `done` may
//! then be taken) and whether it may be trapped (its `done` may then never be). What a block takes
//! from its outside is only that it may be left, which takes nothing away.
//!
//! **Why one branch is enough.** Branches of a `for_each` share no state and no move: each runs as
//! if alone, and the composite is done when all are. With two branches, a trap in one is a trap of
//! the composite, and both can end if one can. With none, the composite is done at once: that is
//! the only other case, and it is looked at apart ([`Space::empty`]). An empty collection changes
//! nothing in blocks that do not hold it: their fate is shared.

use super::tell::Step;
use super::view::{Move, View};
use crate::workflow::definition::model::{Block, BlockId, Body, NodeId, Target};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// A way out of a state: one of its moves, or `done`.
#[derive(Debug, Clone, Copy)]
pub enum Exit<'w> {
    Move(Move<'w>),
    Done,
}

impl Exit<'_> {
    pub fn name(&self) -> String {
        match self {
            Exit::Move(m) => m.name(),
            Exit::Done => "la fin de ce qu'il contient".into(),
        }
    }

    /// Whether it is there whatever value rules take.
    fn certain(&self) -> bool {
        match self {
            Exit::Move(m) => m.certain,
            Exit::Done => true,
        }
    }
}

/// What became of one block.
#[derive(Debug, Clone, Default)]
pub struct Fate {
    /// Reached states, in the order of a breadth-first walk: shortest path first.
    pub reached: Vec<NodeId>,
    /// How each reached state was first reached; none for a first state.
    came: BTreeMap<NodeId, (NodeId, String)>,
    /// States from which the block's end can be reached.
    can_end: BTreeSet<NodeId>,
    /// Whether the block can end when it is entered at its start.
    pub ends: bool,
    /// Reached states from which, for some position of what they hold, the end cannot be reached.
    pub trapped: Vec<NodeId>,
}

impl Fate {
    /// The trapped states one falls into first: what follows them says nothing more.
    pub fn traps(&self) -> impl Iterator<Item = NodeId> {
        let first = |id: &&NodeId| {
            let before = self.came.get(id);
            before.is_none_or(|(before, _)| !self.trapped.contains(before))
        };
        self.trapped.iter().filter(first).copied()
    }
}

/// One combination, with some collections empty.
pub struct Space<'v, 'a> {
    pub view: &'v View<'a>,
    /// Collections without any item.
    pub empty: BTreeSet<String>,
    fates: Vec<Rc<Fate>>,
}

impl<'v, 'a> Space<'v, 'a> {
    pub fn new(view: &'v View<'a>, empty: BTreeSet<String>) -> Self {
        Self::judged(view, empty, None)
    }

    /// The same with other collections empty.
    pub fn with_empty(&self, empty: BTreeSet<String>) -> Self {
        let changed: Vec<&String> = self.empty.symmetric_difference(&empty).collect();
        let workflow = self.view.workflow;
        let mut touched = BTreeSet::new();
        for node in &workflow.nodes {
            if let Body::Each { over, .. } = &node.body
                && changed.contains(&over)
            {
                touched.insert(node.block);
                touched.extend(workflow.ancestors(node.id).map(|n| n.block));
            }
        }
        Self::judged(self.view, empty, Some(&(self, touched)))
    }

    /// Judges every block, or those touched since another space was judged.
    fn judged(
        view: &'v View<'a>,
        empty: BTreeSet<String>,
        since: Option<&(&Self, BTreeSet<BlockId>)>,
    ) -> Self {
        let blocks = &view.workflow.blocks;
        let mut space = Self {
            view,
            empty,
            fates: vec![Rc::default(); blocks.len()],
        };
        // An inner block always comes after the one that holds it.
        for block in blocks.iter().rev() {
            let position = block.id.0 as usize;
            space.fates[position] = match since {
                Some((other, touched)) if !touched.contains(&block.id) => {
                    Rc::clone(&other.fates[position])
                }
                _ => Rc::new(space.judge(block)),
            };
        }
        space
    }

    pub fn fate(&self, block: BlockId) -> &Fate {
        &self.fates[block.0 as usize]
    }

    /// Whether the state is a composite with nothing inside: its `done` is taken at once.
    pub fn hollow(&self, id: NodeId) -> bool {
        let empty = match &self.view.node(id).body {
            Body::Each { over, at_least, .. } => *at_least == 0 && self.empty.contains(over),
            _ => false,
        };
        empty || self.view.hollow(id)
    }

    /// The ways out that exist when the state has just been entered.
    pub fn exits(&self, id: NodeId) -> Vec<(Exit<'a>, Target)> {
        let hollow = self.hollow(id);
        let done = self.view.done(id).filter(|_| {
            let inside = self.view.inside(id);
            hollow || inside.iter().all(|b| self.fate(*b).ends)
        });
        let mut exits = Vec::new();
        if !(hollow && done.is_some()) {
            exits.extend(self.own_exits(id));
        }
        exits.extend(done.map(|to| (Exit::Done, to)));
        exits
    }

    /// The ways out that what is inside cannot take away.
    fn own_exits(&self, id: NodeId) -> impl Iterator<Item = (Exit<'a>, Target)> {
        let moves = self.view.moves(id).iter();
        moves.filter_map(|m| m.to.map(|to| (Exit::Move(*m), to)))
    }

    fn judge(&self, block: &Block) -> Fate {
        let mut fate = Fate::default();
        let mut seen = BTreeSet::new();
        let mut queue: VecDeque<NodeId> = VecDeque::new();
        for start in starts(self.view, block) {
            if seen.insert(start) {
                queue.push_back(start);
            }
        }
        let mut into: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        let mut ending: Vec<NodeId> = Vec::new();
        while let Some(id) = queue.pop_front() {
            fate.reached.push(id);
            if self.view.node(id).ending.is_some() {
                ending.push(id);
            }
            for (exit, to) in self.exits(id) {
                let certain = exit.certain();
                match to {
                    Target::End if certain => ending.push(id),
                    Target::End => {}
                    Target::Node(next) => {
                        if certain {
                            into.entry(next).or_default().push(id);
                        }
                        if seen.insert(next) {
                            fate.came.insert(next, (id, exit.name()));
                            queue.push_back(next);
                        }
                    }
                }
            }
        }
        while let Some(id) = ending.pop() {
            if fate.can_end.insert(id) {
                ending.extend(into.get(&id).into_iter().flatten());
            }
        }
        fate.ends = fate.can_end.contains(&block.start);
        fate.trapped = fate
            .reached
            .iter()
            .copied()
            .filter(|id| !self.safe(*id, &fate))
            .collect();
        fate
    }

    /// Whether the end of the block can be reached from the state, whatever the position of what
    /// it holds.
    fn safe(&self, id: NodeId, fate: &Fate) -> bool {
        let leads = |to: Target| match to {
            Target::End => true,
            Target::Node(next) => fate.can_end.contains(&next),
        };
        let inside = self.view.inside(id);
        let sure = self.hollow(id) || inside.iter().all(|b| self.fate(*b).trapped.is_empty());
        if sure {
            return fate.can_end.contains(&id);
        }
        let mut certain = self.own_exits(id).filter(|(exit, _)| exit.certain());
        certain.any(|(_, to)| leads(to))
    }

    /// Whether the state is reached, its composites included.
    pub fn reaches(&self, id: NodeId) -> bool {
        let node = self.view.node(id);
        let here = self.fate(node.block).reached.contains(&id);
        match self.view.workflow.block(node.block).owner {
            _ if !here => false,
            None => true,
            Some(owner) => {
                !self.hollow(owner)
                    && !self.view.combination().closed.contains(&node.block)
                    && self.reaches(owner)
            }
        }
    }

    /// Whether the state is reached and people may wait there: it is not left at once.
    pub fn stands(&self, id: NodeId) -> bool {
        let passes = self.hollow(id) && self.view.node(id).body.done().is_some();
        !passes && !self.view.instant(id) && self.reaches(id)
    }

    /// The shortest way from the start to the state.
    pub fn path(&self, id: NodeId) -> Vec<Step> {
        let node = self.view.node(id);
        let fate = self.fate(node.block);
        let mut steps = Vec::new();
        let mut at = id;
        while let Some((before, via)) = fate.came.get(&at) {
            steps.push(Step {
                node: at,
                via: Some(via.clone()),
            });
            at = *before;
        }
        steps.push(Step {
            node: at,
            via: None,
        });
        let mut path = match self.view.workflow.block(node.block).owner {
            Some(owner) => self.path(owner),
            None => Vec::new(),
        };
        path.extend(steps.into_iter().rev());
        path
    }
}

/// Where a block may be entered: its start, and the states an instance may be opened in.
fn starts(view: &View<'_>, block: &Block) -> Vec<NodeId> {
    let workflow = view.workflow;
    let mut starts = vec![block.start];
    for entry in workflow.nodes.iter().filter(|n| n.entry) {
        let holders = workflow.ancestors(entry.id).map(|n| n.id);
        let mut chain = std::iter::once(entry.id).chain(holders);
        starts.extend(chain.find(|id| workflow.node(*id).block == block.id));
    }
    starts
}

/// The ways collections may be empty together: every set of the collections that may be; `None`
/// past `limit` sets. The first set is the empty one.
pub fn emptiness(view: &View<'_>, limit: usize) -> Option<Vec<BTreeSet<String>>> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for node in &view.workflow.nodes {
        if let Body::Each { over, at_least, .. } = &node.body {
            let certain = !view.casting.certain_members(over).is_empty();
            if *at_least == 0 && !certain && !view.casting.barren(over) {
                names.insert(over);
            }
        }
    }
    let mut sets = vec![BTreeSet::new()];
    for name in names {
        let with: Vec<BTreeSet<String>> = sets
            .iter()
            .map(|s| s.iter().cloned().chain([name.to_owned()]).collect())
            .collect();
        sets.extend(with);
        if sets.len() > limit {
            return None;
        }
    }
    Some(sets)
}
