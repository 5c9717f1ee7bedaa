//! A definition once read: a graph whose names all exist.

use super::party::PartyExpr;
use crate::regles::delai::Delai;
use crate::workflow::catalogue::PartyKind;
use crate::workflow::condition::{Condition, Sentence};
use crate::workflow::problem::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A state of the graph, by position in [`Workflow::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A map of states, by position in [`Workflow::blocks`]. The root is block 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub u32);

/// A workflow file, read and resolved.
#[derive(Debug, Clone)]
pub struct Workflow {
    pub name: String,
    pub version: u32,
    pub title: String,
    pub legal: Vec<String>,
    /// The rule pack's name.
    pub rules: String,
    pub parent: Vec<String>,
    pub survives_parent: bool,
    pub parties: Vec<Party>,
    /// Writing rights that are always on.
    pub allow: Vec<Allow>,
    pub interruptions: Vec<Interruption>,
    pub migrations: Vec<Migration>,
    pub nodes: Vec<Node>,
    pub blocks: Vec<Block>,
    /// Node by static path (`negociation/objectifs/ouverts/propose`).
    pub by_path: BTreeMap<String, NodeId>,
}

/// Someone who contracts.
#[derive(Debug, Clone)]
pub struct Party {
    pub id: String,
    pub title: String,
    pub kind: PartyKind,
    pub presence: Presence,
    pub place: Place,
}

/// When a declared party is there.
#[derive(Debug, Clone)]
pub enum Presence {
    Always,
    When(Condition),
    /// One party per item of this collection, 0 to n: `departement:75`.
    Each(String),
}

/// A map of states with its first one: the root, the inside of a composite, or a region.
#[derive(Debug, Clone)]
pub struct Block {
    pub id: BlockId,
    /// The composite that holds it; none for the root.
    pub owner: Option<NodeId>,
    /// A region's name.
    pub region: Option<String>,
    pub title: Option<String>,
    /// A region's condition: false, it is done at once.
    pub when: Option<Condition>,
    pub start: NodeId,
    /// In file order.
    pub nodes: Vec<NodeId>,
    pub place: Place,
}

/// A state.
#[derive(Debug, Clone)]
pub struct Node {
    pub id: NodeId,
    pub name: String,
    /// Names from the root, joined by `/`, regions included.
    pub path: String,
    pub title: Option<String>,
    pub block: BlockId,
    pub place: Place,
    pub body: Body,
    pub acts: Vec<Act>,
    pub after: Vec<Timer>,
    pub auto: Vec<Auto>,
    pub due: Option<Due>,
    pub allow: Vec<Allow>,
    pub ending: Option<Ending>,
    /// An instance may be opened here mid-life.
    pub entry: bool,
    pub binding: Option<Binding>,
    pub veto_intended: bool,
    /// The collections whose items enclose this node, outermost first.
    pub within: Vec<String>,
}

/// What a state holds.
#[derive(Debug, Clone)]
pub enum Body {
    Leaf,
    Compound {
        inner: BlockId,
        done: Option<Target>,
    },
    Parallel {
        regions: Vec<BlockId>,
        done: Option<Target>,
    },
    Each {
        over: String,
        order: Order,
        at_least: u32,
        inner: BlockId,
        done: Option<Target>,
    },
}

impl Body {
    /// The blocks inside.
    pub fn inner(&self) -> &[BlockId] {
        match self {
            Body::Leaf => &[],
            Body::Compound { inner, .. } | Body::Each { inner, .. } => std::slice::from_ref(inner),
            Body::Parallel { regions, .. } => regions,
        }
    }

    /// Where one goes when everything inside has ended.
    pub fn done(&self) -> Option<Target> {
        match self {
            Body::Leaf => None,
            Body::Compound { done, .. } | Body::Parallel { done, .. } | Body::Each { done, .. } => {
                *done
            }
        }
    }
}

/// How the branches of a `for_each` follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Parallel,
    Sequence,
}

/// Where a move leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A state of the same block.
    Node(NodeId),
    /// The end of the enclosing region, branch or instance.
    End,
}

/// A final state.
#[derive(Debug, Clone)]
pub struct Ending {
    pub outcome: Option<String>,
}

/// Writing rights of a party.
#[derive(Debug, Clone)]
pub struct Allow {
    pub who: PartyExpr,
    pub capabilities: Vec<String>,
    pub place: Place,
}

/// The role an act asks of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Contribution,
    Validation,
    Signature,
}

/// Something a party may do in a state.
#[derive(Debug, Clone)]
pub struct Act {
    pub name: String,
    pub title: Option<String>,
    pub place: Place,
    pub by: PartyExpr,
    pub role: Role,
    pub over: Option<ObjectRef>,
    pub requires: Vec<Requirement>,
    pub inputs: Vec<Input>,
    /// The date input that gives the effective date.
    pub effective: Option<String>,
    pub to: Option<Target>,
    pub produces: Vec<String>,
    pub starts: Option<Starts>,
    pub source: Option<String>,
    pub refused: Option<Refused>,
    pub expired: Option<Timer>,
    /// The item input that names what restarts.
    pub reopens: Option<String>,
}

/// What people agree on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectRef {
    pub name: String,
    /// `diagnostic(esms)`: the collection whose current item is meant.
    pub item: Option<String>,
}

impl std::fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.item {
            Some(item) => write!(f, "{}({item})", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A named condition of an act.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub condition: Condition,
    pub sentence: Sentence,
    pub waive: Option<PartyExpr>,
    pub place: Place,
}

/// What a person types.
#[derive(Debug, Clone)]
pub struct Input {
    pub name: String,
    pub title: Option<String>,
    pub kind: InputKind,
    pub required: bool,
    pub many: bool,
    /// Each party types its own; otherwise it is part of what is agreed.
    pub per_party: bool,
    pub place: Place,
}

/// The type of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    Text,
    Integer,
    Cents,
    Percent,
    Date,
    Boolean,
    /// A value of this rule's list.
    Choice(String),
    Document,
    Person,
    /// An item of this collection.
    Item(String),
}

/// What a refusal does to an agreement.
#[derive(Debug, Clone)]
pub struct Refused {
    pub policy: Policy,
    pub to: Target,
    pub place: Place,
}

/// When a refusal takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// At once.
    First,
    /// When each required party has answered.
    Collect,
}

/// A hard deadline.
#[derive(Debug, Clone)]
pub struct Timer {
    /// Its id inside the state: `after-1`, or the act's name for `expired`.
    pub name: String,
    pub title: Option<String>,
    pub moment: Moment,
    pub when: Option<Condition>,
    pub silence: Option<Silence>,
    pub to: Option<Target>,
    pub starts: Option<Starts>,
    pub source: Option<String>,
    pub place: Place,
}

/// When a deadline falls.
#[derive(Debug, Clone)]
pub enum Moment {
    /// A delay from a date; by default the effective date the state was entered.
    In {
        delay: Delay,
        from: Option<Condition>,
    },
    /// A date.
    At(Condition),
    /// Each year.
    Every { month: u32, day: u32 },
}

impl Moment {
    /// Whether both fall on the same day for one entry into a state.
    pub fn same(&self, other: &Moment) -> bool {
        let text = |c: &Option<Condition>| c.as_ref().map(ToString::to_string);
        match (self, other) {
            (Moment::In { delay: a, from: x }, Moment::In { delay: b, from: y }) => {
                a == b && text(x) == text(y)
            }
            (Moment::At(a), Moment::At(b)) => a.to_string() == b.to_string(),
            (Moment::Every { month: a, day: x }, Moment::Every { month: b, day: y }) => {
                (a, x) == (b, y)
            }
            _ => false,
        }
    }
}

/// A duration, written or held by a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delay {
    Fixed(Delai),
    Rule(String),
}

/// What silence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    Approved,
    Rejected,
    None,
}

/// A move taken as soon as it can be.
#[derive(Debug, Clone)]
pub struct Auto {
    pub when: Option<Condition>,
    pub to: Target,
    pub place: Place,
}

/// A soft deadline: people are told, nothing moves.
#[derive(Debug, Clone)]
pub struct Due {
    /// `In` or `At`.
    pub moment: Moment,
    pub remind: Vec<Delai>,
    pub escalate: Option<Escalate>,
    pub source: Option<String>,
    pub place: Place,
}

/// Who is told once a soft deadline has passed.
#[derive(Debug, Clone)]
pub struct Escalate {
    pub delay: Delay,
    pub to: Role,
}

/// A workflow to start.
#[derive(Debug, Clone)]
pub struct Starts {
    pub workflow: String,
    pub key: Key,
    /// A new contract that names the old one, not a child.
    pub root: bool,
    pub place: Place,
}

/// The key of a child: at most one child per workflow and key.
#[derive(Debug, Clone)]
pub enum Key {
    /// 1, 2, 3…
    Next,
    Word(String),
    /// A calculation on `year`, the civil year of the start.
    Year(Condition),
}

/// Entering the state binds these parties.
#[derive(Debug, Clone)]
pub struct Binding {
    pub over: Option<ObjectRef>,
    /// Party ids; none: everyone present.
    pub binds: Option<Vec<String>>,
    pub place: Place,
}

/// A suspension (with `resume`) or an abandonment (without).
#[derive(Debug, Clone)]
pub struct Interruption {
    pub name: String,
    pub title: Option<String>,
    pub by: PartyExpr,
    pub limit: Option<Delay>,
    pub when: Option<Condition>,
    /// Top-level states where it is open; empty: everywhere.
    pub from: Vec<NodeId>,
    /// Closed as soon as a binding state has been entered.
    pub until_binding: bool,
    pub resume: Option<PartyExpr>,
    pub inputs: Vec<Input>,
    pub place: Place,
}

/// How a running instance of an older version finds its place here.
#[derive(Debug, Clone)]
pub struct Migration {
    pub from: u32,
    /// Old static path → new static path; identity elsewhere.
    pub map: BTreeMap<String, String>,
    pub place: Place,
}

impl Workflow {
    pub fn root(&self) -> &Block {
        &self.blocks[0]
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }

    /// The node a static path names.
    pub fn find(&self, path: &str) -> Option<&Node> {
        self.by_path.get(path).map(|id| self.node(*id))
    }

    pub fn party(&self, id: &str) -> Option<&Party> {
        self.parties.iter().find(|p| p.id == id)
    }

    /// The composites that hold a node, innermost first.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = &Node> {
        let owner = |n: NodeId| self.block(self.node(n).block).owner;
        std::iter::successors(owner(id), move |n| owner(*n)).map(|n| self.node(n))
    }
}
