//! The ways out of a state, and what may be done without leaving it.

use crate::workflow::definition::model::{Act, Auto, Body, Node, Target, Timer};

/// Why one leaves.
#[derive(Debug, Clone, Copy)]
pub enum Cause<'a> {
    Act(&'a Act),
    /// A party refuses an agreement.
    Refusal(&'a Act),
    /// An agreement is not complete in time.
    Expiry(&'a Act, &'a Timer),
    Timer(&'a Timer),
    /// With its rank and how many there are.
    Auto(&'a Auto, usize, usize),
    /// All that the state holds has ended.
    Done(&'a Body),
}

/// A way out, or something that happens without leaving (`to` is then none).
#[derive(Debug, Clone, Copy)]
pub struct Exit<'a> {
    pub cause: Cause<'a>,
    pub to: Option<Target>,
}

/// All that may happen in a state, in the order of the file.
pub fn exits(node: &Node) -> Vec<Exit<'_>> {
    let mut exits = Vec::new();
    for act in &node.acts {
        exits.push(Exit {
            cause: Cause::Act(act),
            to: act.to,
        });
        if let Some(refused) = &act.refused {
            exits.push(Exit {
                cause: Cause::Refusal(act),
                to: Some(refused.to),
            });
        }
        if let Some(timer) = &act.expired {
            exits.push(Exit {
                cause: Cause::Expiry(act, timer),
                to: timer.to,
            });
        }
    }
    exits.extend(node.after.iter().map(|timer| Exit {
        cause: Cause::Timer(timer),
        to: timer.to,
    }));
    let count = node.auto.len();
    exits.extend(node.auto.iter().enumerate().map(|(rank, auto)| Exit {
        cause: Cause::Auto(auto, rank, count),
        to: Some(auto.to),
    }));
    if let Some(done) = node.body.done() {
        exits.push(Exit {
            cause: Cause::Done(&node.body),
            to: Some(done),
        });
    }
    exits
}
