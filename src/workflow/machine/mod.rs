//! The machine: where a running workflow stands, and what may happen next.
//!
//! [`Machine::decide`] takes a command and answers events, or a [`Refusal`]; [`fold()`] folds one
//! event. Both are pure. One act is one fixpoint, in this order:
//!
//! 1. Timers whose échéance is over are fired, by échéance then file order, each followed by 3: an
//!    act filed late meets the state that silence produced. The effect is dated on the échéance.
//! 2. Parties that came or went are recorded, and consents whose text or parties changed voided;
//!    then the command is judged where things stand: place, party, role, inputs, date, digest,
//!    conditions. A refusal says everything that is missing, and who can provide it.
//! 3. What follows is settled until nothing more: branches of items that came or went, dates that
//!    changed; then one move (a join, an automatic move), the innermost first and in file order;
//!    and again.
//! 4. Timers that 2 and 3 armed in the past are fired in turn.
//!
//! Each event is folded as soon as it is emitted, so every step sees the one before. More than
//! [`MAX_STEPS`] moves on one day is a bug, refused as such. Rules are read on the effective date
//! for conditions, and on the day the state was entered for delays: a delay that runs keeps its law
//! until a migration.

mod act;
/// For each party: what it may do, what it waits for, which dates fall when.
pub mod agenda;
mod agreement;
mod clock;
pub mod command;
pub mod configuration;
mod decide;
pub mod digest;
pub mod event;
mod fold;
mod interruption;
mod judge;
mod migrate;
mod moves;
mod opening;
mod party;
pub mod refusal;
pub mod rights;
mod settle;
pub mod spot;
mod view;
pub mod world;

pub use command::Command;
pub use configuration::Configuration;
pub use event::{Event, Stamped};
pub use fold::fold;
pub use refusal::{Refusal, RefusalCode};
pub use rights::Right;
pub use spot::Spot;
pub use world::World;

use super::catalogue::Catalogue;
use super::definition::model::{Body, Moment, NodeId, Timer, Workflow};
use crate::regles::paquet::Paquet;
use chrono::{DateTime, Utc};
use digest::Digest;
use std::collections::HashMap;

/// The most moves that one day of one decision may hold.
pub const MAX_STEPS: u32 = 1_000;

/// A definition ready to run. Made once, used for every decision.
#[derive(Debug)]
pub struct Machine<'a> {
    workflow: &'a Workflow,
    catalogue: &'a Catalogue,
    pack: &'a Paquet,
    /// The states that can move or change without an act, the innermost first, then in file order.
    watched: Vec<NodeId>,
    /// By [`fingerprint`] of the static path.
    places: HashMap<u64, NodeId>,
}

/// FNV-1a of a static path, read from a spot without its keys: finding the state of a spot is what
/// decisions do most.
fn fingerprint(spot: &str) -> u64 {
    let mut inside = false;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in spot.bytes() {
        match byte {
            b'[' => inside = true,
            b']' => inside = false,
            _ if inside => {}
            byte => hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3),
        }
    }
    hash
}

impl<'a> Machine<'a> {
    pub fn new(workflow: &'a Workflow, catalogue: &'a Catalogue, pack: &'a Paquet) -> Self {
        let living = |timer: &Timer| {
            !matches!(
                timer.moment,
                Moment::In { from: None, .. } | Moment::Every { .. }
            )
        };
        let mut watched: Vec<(usize, NodeId)> = workflow
            .nodes
            .iter()
            .filter(|node| {
                let timers = node.after.iter();
                let expiries = node.acts.iter().filter_map(|act| act.expired.as_ref());
                !matches!(node.body, Body::Leaf)
                    || !node.auto.is_empty()
                    || timers.chain(expiries).any(living)
            })
            .map(|node| (workflow.ancestors(node.id).count(), node.id))
            .collect();
        watched.sort_by_key(|(depth, id)| (std::cmp::Reverse(*depth), *id));
        Self {
            workflow,
            catalogue,
            pack,
            watched: watched.into_iter().map(|(_, id)| id).collect(),
            places: workflow
                .by_path
                .iter()
                .map(|(path, id)| (fingerprint(path), *id))
                .collect(),
        }
    }

    /// The state of a spot.
    fn locate(&self, spot: &Spot) -> Option<NodeId> {
        let id = self.places.get(&fingerprint(spot.as_str())).copied()?;
        spot.is_at(&self.workflow.node(id).path).then_some(id)
    }

    pub fn workflow(&self) -> &'a Workflow {
        self.workflow
    }

    /// Its rule pack.
    pub fn pack(&self) -> &'a Paquet {
        self.pack
    }

    /// What a consent given now to an act would be bound to: to be shown, and sent back with the
    /// answer. `None`: the act has no `over`, or its object does not exist yet.
    pub fn shown(
        &self,
        configuration: &Configuration,
        world: &dyn World,
        spot: &Spot,
        act: &str,
        now: DateTime<Utc>,
    ) -> Option<Digest> {
        let run = decide::Run::new(self, configuration, world, now);
        let view = run.view();
        let place = view.place(spot, act).ok()?;
        view.digest(place.act, &place.scope)
    }
}
