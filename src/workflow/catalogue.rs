//! What the trade offers to workflow files. The machine reads this table and knows nothing else of
//! the trade; the table itself stands in `metier::contrat::faits`.

use crate::regles::value::Type;

/// Everything a workflow file may name.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// Parties whose kind is known without being written.
    pub parties: &'static [(&'static str, PartyKind)],
    pub facts: &'static [Fact],
    pub collections: &'static [Collection],
    pub sets: &'static [PartySet],
    pub objects: &'static [Object],
    pub capabilities: &'static [Capability],
    pub documents: &'static [Named],
}

/// A name and what it means, in French.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    pub name: &'static str,
    pub title: &'static str,
}

/// A typed value the trade publishes for conditions.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// `family.name`.
    pub name: &'static str,
    pub title: &'static str,
    pub kind: Kind,
    /// The collection whose items each hold one value; `None` for a value of the contract.
    pub of: Option<&'static str>,
    /// How the items' values make one value outside their branch.
    pub total: Option<Total>,
    /// What can change it, for proof 3; empty: nothing can while a workflow runs.
    pub moved_by: &'static [Mover],
    /// A party states it with its proof, because no trade code computes it yet.
    pub declared: bool,
    /// Each of those that move it does so for itself, and is waited for: nobody does it in
    /// another's place.
    pub each: bool,
}

/// The type of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    Integer,
    Cents,
    Percent,
    Date,
    Text,
}

impl Kind {
    pub fn of(self) -> Type {
        match self {
            Kind::Boolean => Type::Boolean,
            Kind::Integer => Type::Integer,
            Kind::Cents => Type::Cents,
            Kind::Percent => Type::Percent,
            Kind::Date => Type::Date,
            Kind::Text => Type::Text,
        }
    }
}

/// How the values of items make one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    Sum,
    All,
    Any,
    Max,
    Min,
}

/// What can move a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// A party that holds this capability where the workflow stands.
    Capability(&'static str),
    /// A party of this kind states it with its proof (always open to it).
    Declaration(PartyKind),
    /// The end of a child workflow.
    Child(&'static str),
    /// Data that enters from outside (FINESS, TDB ESMS, HAS, platform receipts).
    Import,
    /// The passing of time.
    Clock,
    /// Acts of these names, in the workflow itself or in the one that started it.
    Act(&'static [&'static str]),
}

/// What a party is, for rules that speak of kinds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Authority,
    Operator,
    Other,
}

/// A living collection a `for_each` may run over.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    pub name: &'static str,
    pub title: &'static str,
    /// One of them, in French (« l'ESMS »).
    pub singular: &'static str,
    /// The items are parties: `party(name)` is the item itself.
    pub parties: bool,
    /// The set that says which parties, when they are parties and the file declares none of them
    /// one per item.
    pub set: Option<&'static str>,
    /// The boolean fact that holds exactly when it has an item: the proofs look at no case where
    /// the two differ.
    pub filled: Option<&'static str>,
}

/// A named set of parties, resolved at each decision.
#[derive(Debug, Clone, Copy)]
pub struct PartySet {
    /// `authorities`, `concerned`…
    pub name: &'static str,
    pub title: &'static str,
    /// The collection of its argument: `authorities(esms)`; `None`: written without argument.
    pub over: Option<&'static str>,
    /// Who is in it for certain, among the parties present.
    pub always: &'static [Who],
    /// Who else may be in it: a non-empty part of these. What the proofs range over.
    pub some: Option<Who>,
}

/// Parties, said by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Everyone,
    Kind(PartyKind),
}

/// Something people agree on: its digest is what their consent is bound to.
#[derive(Debug, Clone, Copy)]
pub struct Object {
    pub name: &'static str,
    pub title: &'static str,
    /// The collection with one such object per item: `diagnostic(esms)`; the bare name is then the
    /// whole, the list of its items' digests.
    pub of: Option<&'static str>,
    /// Objects it contains: a change to one changes it.
    pub contains: &'static [&'static str],
}

/// A right to write, given by `allow`.
#[derive(Debug, Clone, Copy)]
pub struct Capability {
    /// `family.verb`.
    pub name: &'static str,
    pub title: &'static str,
    /// The objects it changes (those that contain them follow).
    pub changes: &'static [&'static str],
}

impl Catalogue {
    /// The kind of a party of the trade.
    pub fn kind(&self, party: &str) -> Option<PartyKind> {
        let known = self.parties.iter().find(|(name, _)| *name == party);
        known.map(|(_, kind)| *kind)
    }

    pub fn fact(&self, name: &str) -> Option<&'static Fact> {
        self.facts.iter().find(|f| f.name == name)
    }

    pub fn collection(&self, name: &str) -> Option<&'static Collection> {
        self.collections.iter().find(|c| c.name == name)
    }

    /// The set written `name` or `name(over)`.
    pub fn set(&self, name: &str, over: Option<&str>) -> Option<&'static PartySet> {
        self.sets.iter().find(|s| s.name == name && s.over == over)
    }

    pub fn object(&self, name: &str) -> Option<&'static Object> {
        self.objects.iter().find(|o| o.name == name)
    }

    pub fn capability(&self, name: &str) -> Option<&'static Capability> {
        self.capabilities.iter().find(|c| c.name == name)
    }

    pub fn document(&self, name: &str) -> Option<&'static Named> {
        self.documents.iter().find(|d| d.name == name)
    }
}
