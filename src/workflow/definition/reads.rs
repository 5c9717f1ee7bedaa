//! The facts that a workflow reads, wherever it reads them.

use super::model::{Act, Due, Moment, Node, Presence, Timer, Workflow};
use crate::workflow::condition::Condition;
use std::collections::BTreeSet;

impl Workflow {
    /// The names of the facts that its conditions and its dates read.
    pub fn reads(&self) -> BTreeSet<&str> {
        let parties = self.parties.iter().filter_map(|p| match &p.presence {
            Presence::When(condition) => Some(condition),
            Presence::Always | Presence::Each(_) => None,
        });
        let blocks = self.blocks.iter().filter_map(|b| b.when.as_ref());
        let interruptions = self.interruptions.iter().filter_map(|i| i.when.as_ref());
        let nodes = self.nodes.iter().flat_map(of_node);
        let all = parties.chain(blocks).chain(interruptions).chain(nodes);
        all.flat_map(Condition::facts).collect()
    }
}

fn of_node(node: &Node) -> Vec<&Condition> {
    let mut conditions: Vec<&Condition> = node.acts.iter().flat_map(of_act).collect();
    conditions.extend(node.after.iter().flat_map(of_timer));
    conditions.extend(node.auto.iter().filter_map(|a| a.when.as_ref()));
    conditions.extend(
        node.due
            .iter()
            .filter_map(|Due { moment, .. }| of_moment(moment)),
    );
    conditions
}

fn of_act(act: &Act) -> impl Iterator<Item = &Condition> {
    let required = act.requires.iter().map(|r| &r.condition);
    required.chain(act.expired.iter().flat_map(of_timer))
}

fn of_timer(timer: &Timer) -> impl Iterator<Item = &Condition> {
    timer.when.iter().chain(of_moment(&timer.moment))
}

fn of_moment(moment: &Moment) -> Option<&Condition> {
    match moment {
        Moment::In { from, .. } => from.as_ref(),
        Moment::At(date) => Some(date),
        Moment::Every { .. } => None,
    }
}
