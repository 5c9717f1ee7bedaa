//! Paths told in French.

use crate::workflow::definition::model::{NodeId, Workflow};

/// One state of a path, and what led there (nothing for the first state of a block).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub node: NodeId,
    pub via: Option<String>,
}

/// Moves told one by one; past them, the middle is left out.
const MOVES_TOLD: usize = 6;

/// The states of a path, by static path.
pub fn ids(workflow: &Workflow, steps: &[Step]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for step in steps {
        let path = &workflow.node(step.node).path;
        // A region that holds more than states stands on a state of the same path.
        if ids.last() != Some(path) {
            ids.push(path.clone());
        }
    }
    ids
}

/// « De « programme », par « lancer » puis « refuser », on arrive à « refus » ».
pub fn journey(workflow: &Workflow, steps: &[Step]) -> String {
    let name = |step: &Step| workflow.node(step.node).path.clone();
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return "Dès l'ouverture".into();
    };
    let mut moves: Vec<String> = steps.iter().filter_map(|s| s.via.clone()).collect();
    if moves.is_empty() {
        return format!("Dès l'ouverture, on est dans « {} »", name(last));
    }
    if moves.len() > MOVES_TOLD {
        let tail = moves.split_off(moves.len() - MOVES_TOLD / 2);
        moves.truncate(MOVES_TOLD / 2);
        moves.push("…".into());
        moves.extend(tail);
    }
    format!(
        "De « {} », par {}, on arrive à « {} »",
        name(first),
        listed(&moves, "puis"),
        name(last)
    )
}

/// « a », « b » puis « c ».
pub fn listed(words: &[String], link: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|w| quote(w)).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, head)) => format!("{} {link} {last}", head.join(", ")),
    }
}

/// A name between quotes; a phrase (« l'échéance 1 ») and an ellipsis stand as they are.
fn quote(word: &str) -> String {
    if word.contains(' ') || word == "…" {
        word.to_owned()
    } else {
        format!("« {word} »")
    }
}
