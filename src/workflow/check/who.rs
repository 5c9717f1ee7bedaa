//! Party expressions in a combination: can they be resolved, can they hold without someone?
//!
//! A set that the catalogue calls « some of these » may be any non-empty part of them. The two
//! questions below are asked for every part at once: it is enough to look at the part that is the
//! worst for the question.

use super::combination::{Combination, Present};
use crate::workflow::catalogue::{Catalogue, PartySet, Who};
use crate::workflow::definition::party::PartyExpr;
use std::collections::BTreeSet;

/// Resolves expressions for one combination.
#[derive(Clone, Copy)]
pub struct Casting<'a> {
    pub catalogue: &'a Catalogue,
    pub combination: &'a Combination,
    /// Inside the branch of this party, the collection and the party.
    pub item: Option<(&'a str, &'a str)>,
}

/// Which part of a « some of these » set is the worst.
#[derive(Clone, Copy)]
enum Part<'p> {
    /// Everyone it may hold.
    Whole,
    /// Only this party, when it may hold it.
    Only(&'p str),
    /// Anyone but this party, when someone else is left.
    Without(&'p str),
}

/// What is asked of an expression.
struct Ask<'q> {
    says: &'q dyn Fn(&str) -> bool,
    part: Part<'q>,
    /// Whether every value a rule may take must hold, or one is enough.
    every_value: bool,
}

/// What an expression comes to: nobody (the act is not available), or a boolean formula.
enum Resolved {
    Nobody,
    Held(bool),
}

impl<'a> Casting<'a> {
    pub fn new(catalogue: &'a Catalogue, combination: &'a Combination) -> Self {
        Self {
            catalogue,
            combination,
            item: None,
        }
    }

    /// Whether the expression leads to somebody, whatever value its rules take: what one may count
    /// on.
    pub fn always_available(self, expr: &PartyExpr) -> bool {
        self.holds(expr, &Ask::new(&|_| true, Part::Whole, true))
    }

    /// Whether the expression leads to somebody for one value of its rules: what one must expect.
    pub fn may_be_available(self, expr: &PartyExpr) -> bool {
        self.holds(expr, &Ask::new(&|_| true, Part::Whole, false))
    }

    /// Whether it may hold although `party` says no: for one part of the sets, one value of the
    /// rules.
    pub fn may_hold_without(self, expr: &PartyExpr, party: &str) -> bool {
        let says = |p: &str| p != party;
        [Part::Without(party), Part::Whole]
            .into_iter()
            .any(|part| self.holds(expr, &Ask::new(&says, part, false)))
    }

    /// Whether it holds without `party` whatever the sets and the rules are.
    pub fn always_holds_without(self, expr: &PartyExpr, party: &str) -> bool {
        let says = |p: &str| p != party;
        [Part::Only(party), Part::Whole]
            .into_iter()
            .all(|part| self.holds(expr, &Ask::new(&says, part, true)))
    }

    /// Everyone the expression may name.
    pub fn named(self, expr: &PartyExpr) -> BTreeSet<&'a str> {
        match expr {
            PartyExpr::Any(list) | PartyExpr::All(list) => {
                list.iter().flat_map(|e| self.named(e)).collect()
            }
            PartyExpr::Rule { choices, .. } => {
                choices.iter().flat_map(|(_, e)| self.named(e)).collect()
            }
            atom => self.atoms(atom, Part::Whole).into_iter().collect(),
        }
    }

    /// Whether the expression names someone else than `party` whatever the sets and the rules are.
    pub fn always_someone_but(self, expr: &PartyExpr, party: &str) -> bool {
        match expr {
            PartyExpr::Any(list) | PartyExpr::All(list) => {
                list.iter().any(|e| self.always_someone_but(e, party))
            }
            PartyExpr::Rule { choices, .. } => {
                let mut values = choices.iter();
                values.all(|(_, e)| self.always_someone_but(e, party)) && !choices.is_empty()
            }
            atom => {
                let members = self.atoms(atom, Part::Only(party));
                members.iter().any(|p| *p != party)
            }
        }
    }

    fn holds(self, expr: &PartyExpr, ask: &Ask<'_>) -> bool {
        matches!(self.resolve(expr, ask), Resolved::Held(true))
    }

    fn resolve(self, expr: &PartyExpr, ask: &Ask<'_>) -> Resolved {
        match expr {
            PartyExpr::Any(list) => self.many(list, ask, false),
            PartyExpr::All(list) => self.many(list, ask, true),
            PartyExpr::Rule { choices, .. } => {
                let mut values = choices.iter().map(|(_, e)| self.holds(e, ask));
                Resolved::Held(if ask.every_value {
                    !choices.is_empty() && values.all(|v| v)
                } else {
                    values.any(|v| v)
                })
            }
            atom => {
                let members = self.atoms(atom, ask.part);
                if members.is_empty() {
                    return Resolved::Nobody;
                }
                Resolved::Held(members.iter().any(|p| (ask.says)(p)))
            }
        }
    }

    /// `any` and `all`: a party that is not there is dropped; a set that resolves to nobody makes
    /// the whole expression resolve to nobody.
    fn many(self, list: &[PartyExpr], ask: &Ask<'_>, every: bool) -> Resolved {
        let mut held = Vec::new();
        for e in list {
            match e {
                PartyExpr::Party(_) | PartyExpr::Set { .. } | PartyExpr::Item(_) => {
                    let members = self.atoms(e, ask.part);
                    if members.is_empty() && !matches!(e, PartyExpr::Party(_)) {
                        return Resolved::Nobody;
                    }
                    held.extend(members.into_iter().map(ask.says));
                }
                inner => match self.resolve(inner, ask) {
                    Resolved::Nobody => return Resolved::Nobody,
                    Resolved::Held(value) => held.push(value),
                },
            }
        }
        if held.is_empty() {
            return Resolved::Nobody;
        }
        Resolved::Held(if every {
            held.iter().all(|h| *h)
        } else {
            held.iter().any(|h| *h)
        })
    }

    fn atoms(self, expr: &PartyExpr, part: Part<'_>) -> Vec<&'a str> {
        match expr {
            PartyExpr::Party(id) => self.where_(|p| p.declared == *id),
            PartyExpr::Set { name, over } => self.set(name, over.as_deref(), part),
            PartyExpr::Item(collection) => {
                if let Some((known, party)) = self.item
                    && known == collection
                {
                    return vec![party];
                }
                let members = self.members(collection);
                // The item is one party: the worst one is the party asked about.
                match part {
                    Part::Only(id) if members.contains(&id) => self.where_(|p| p.id == id),
                    Part::Without(id) if members.iter().any(|m| *m != id) => {
                        members.into_iter().filter(|m| *m != id).collect()
                    }
                    _ => members,
                }
            }
            PartyExpr::Any(_) | PartyExpr::All(_) | PartyExpr::Rule { .. } => Vec::new(),
        }
    }

    fn set(self, name: &str, over: Option<&str>, part: Part<'_>) -> Vec<&'a str> {
        let Some(set) = self.catalogue.set(name, over) else {
            return Vec::new();
        };
        let always = self.always(set);
        let some = match set.some {
            Some(who) => self.where_(|p| is(who, p)),
            None => Vec::new(),
        };
        let some: Vec<&str> = match part {
            Part::Only(id) if some.contains(&id) => self.where_(|p| p.id == id),
            Part::Without(id) if some.iter().any(|p| *p != id) => {
                some.into_iter().filter(|p| *p != id).collect()
            }
            _ => some,
        };
        let all: BTreeSet<&'a str> = always.into_iter().chain(some).collect();
        all.into_iter().collect()
    }

    fn always(self, set: &PartySet) -> Vec<&'a str> {
        self.where_(|p| set.always.iter().any(|who| is(*who, p)))
    }

    fn where_(self, keep: impl Fn(&Present) -> bool) -> Vec<&'a str> {
        let present = self.combination.present.iter();
        present.filter(|p| keep(p)).map(|p| p.id.as_str()).collect()
    }

    /// The parties that may be items of a collection of parties: those the file declares one per
    /// item, else those of the collection's set, else anyone.
    pub fn members(self, collection: &str) -> Vec<&'a str> {
        if let Some(declared) = self.one_per_item(collection) {
            return self.where_(|p| p.declared == *declared);
        }
        match self.set_of(collection) {
            Some(set) => self.set(set.name, None, Part::Whole),
            None => self.where_(|_| true),
        }
    }

    /// The parties that are items of the collection for certain.
    pub fn certain_members(self, collection: &str) -> Vec<&'a str> {
        if let Some(declared) = self.one_per_item(collection) {
            return self.where_(|p| p.declared == *declared);
        }
        let set = self.set_of(collection);
        set.map(|set| self.always(set)).unwrap_or_default()
    }

    /// The party that the file declares once per item of this collection of parties.
    fn one_per_item(self, collection: &str) -> Option<&'a String> {
        let known = self.catalogue.collection(collection)?;
        self.combination
            .each
            .get(collection)
            .filter(|_| known.parties)
    }

    fn set_of(self, collection: &str) -> Option<&'a PartySet> {
        let known = self.catalogue.collection(collection)?;
        self.catalogue.set(known.set?, None)
    }

    /// Whether the collection holds fewer than `count` items here, for certain. One party per item
    /// stands for any number of them.
    pub fn fewer_than(self, collection: &str, count: u32) -> bool {
        let several = self.combination.present.iter().any(|p| p.id != p.declared);
        let known = self.catalogue.collection(collection);
        let parties = known.is_some_and(|c| c.parties) && !several;
        count > 0
            && (self.barren(collection)
                || parties && self.members(collection).len() < count as usize)
    }

    /// Whether the collection can hold no item here: a set over its items would be empty, and an
    /// item without its parties cannot enter.
    pub fn barren(self, collection: &str) -> bool {
        let over = |s: &&PartySet| s.over == Some(collection);
        let parties = self
            .catalogue
            .collection(collection)
            .is_some_and(|c| c.parties);
        let no_member = parties && self.members(collection).is_empty();
        no_member
            || self.catalogue.sets.iter().filter(over).any(|set| {
                set.always.is_empty() && self.set(set.name, set.over, Part::Whole).is_empty()
            })
    }
}

impl<'q> Ask<'q> {
    fn new(says: &'q dyn Fn(&str) -> bool, part: Part<'q>, every_value: bool) -> Self {
        Self {
            says,
            part,
            every_value,
        }
    }
}

fn is(who: Who, party: &Present) -> bool {
    match who {
        Who::Everyone => true,
        Who::Kind(kind) => party.kind == kind,
    }
}
