//! The twin of the picture: the same graph in French, as rows for a table or as text. Whoever
//! cannot see the picture loses nothing.

use super::Source;
use super::exits::{Cause, Exit, exits};
use crate::workflow::definition::model::{Act, Block, BlockId, Node, Role};
use std::fmt::Write;

/// A state, or a region of a parallel state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The static path; that of the region for a region.
    pub path: String,
    /// How deep it stands: 0 at the root.
    pub depth: usize,
    pub title: String,
    /// « premier état », « final », « engage les parties », « pour chaque ESMS »…
    pub notes: Vec<String>,
    pub moves: Vec<Move>,
}

/// What may happen in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// « Signer », « Après 30 jours, le silence vaut accord ».
    pub what: String,
    /// Who acts or consents; none when nobody has to.
    pub who: Option<String>,
    /// What the consents are given on.
    pub over: Option<String>,
    /// « Signé »; none when the state stays.
    pub to: Option<String>,
    pub source: Option<String>,
}

impl std::fmt::Display for Move {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        if let Some(who) = &self.who {
            write!(f, " ; par {who}")?;
        }
        if let Some(over) = &self.over {
            write!(f, " ; sur {over}")?;
        }
        match &self.to {
            Some(to) => write!(f, " → {to}")?,
            None => f.write_str(" ; l'état demeure")?,
        }
        match &self.source {
            Some(law) => write!(f, " [{law}]"),
            None => Ok(()),
        }
    }
}

/// Every state, in the order of the file.
pub fn states(source: Source<'_>) -> Vec<State> {
    let mut states = Vec::new();
    block(source, source.workflow.root().id, 0, &mut states);
    states
}

fn block(source: Source<'_>, id: BlockId, depth: usize, states: &mut Vec<State>) {
    let block_ = source.workflow.block(id);
    for node in block_.nodes.iter().map(|id| source.workflow.node(*id)) {
        states.push(State {
            path: node.path.clone(),
            depth,
            title: source.state(node),
            notes: notes(source, node, block_),
            moves: exits(node)
                .iter()
                .map(|exit| movement(source, exit, block_))
                .collect(),
        });
        for inner in node.body.inner() {
            let inner_block = source.workflow.block(*inner);
            let region = inner_block.region.as_ref();
            let lone = source.lone(inner_block).is_some();
            let Some(region) = region.filter(|_| !lone) else {
                block(source, *inner, depth + 1, states);
                continue;
            };
            states.push(State {
                path: format!("{}/{region}", node.path),
                depth: depth + 1,
                title: source.region(inner_block),
                notes: region_notes(source, inner_block),
                moves: Vec::new(),
            });
            block(source, *inner, depth + 2, states);
        }
    }
}

fn region_notes(source: Source<'_>, region: &Block) -> Vec<String> {
    let when = region.when.as_ref();
    let when = when.map(|c| format!("si {}", source.condition(c)));
    std::iter::once("volet".to_owned()).chain(when).collect()
}

/// What is said of a state itself.
pub(super) fn notes(source: Source<'_>, node: &Node, block: &Block) -> Vec<String> {
    let mut notes = Vec::new();
    if source.lone(block).is_some() {
        notes.extend(region_notes(source, block));
    } else if block.start == node.id {
        notes.push("premier état".to_owned());
    }
    if node.entry {
        notes.push("une reprise peut s'ouvrir ici".to_owned());
    }
    notes.extend(source.manner(&node.body));
    if node.binding.is_some() {
        notes.push("engage les parties".to_owned());
    }
    match node.ending.as_ref().map(|ending| &ending.outcome) {
        Some(Some(outcome)) => notes.push(format!("final, issue « {outcome} »")),
        Some(None) => notes.push("final".to_owned()),
        None => {}
    }
    if let Some(due) = &node.due {
        let mut text = source.due(due);
        if let Some(escalate) = &due.escalate {
            let _ = write!(text, ", {}", source.escalation(escalate));
        }
        if let Some(law) = &due.source {
            let _ = write!(text, " ({law})");
        }
        notes.push(text);
    }
    notes
}

/// What may happen, in words.
pub(super) fn movement(source: Source<'_>, exit: &Exit<'_>, block: &Block) -> Move {
    let (act, law) = match exit.cause {
        Cause::Act(act) => (Some(act), act.source.as_ref()),
        Cause::Refusal(act) => (None, act.source.as_ref()),
        Cause::Expiry(_, timer) | Cause::Timer(timer) => (None, timer.source.as_ref()),
        Cause::Auto(..) | Cause::Done(_) => (None, None),
    };
    let mut what = match exit.cause {
        Cause::Refusal(act) => format!("{} ({})", source.cause(exit), source.act(act)),
        _ => source.cause(exit),
    };
    if let Some(starts) = act.and_then(|act| act.starts.as_ref()) {
        let _ = write!(what, " ({})", source.starts(starts));
    }
    Move {
        what,
        who: act.map(|act| who(source, act)),
        over: act
            .and_then(|act| act.over.as_ref())
            .map(|over| source.object(over)),
        to: exit.to.map(|to| source.target(to, block)),
        source: law.cloned(),
    }
}

/// Who acts, and in which role.
fn who(source: Source<'_>, act: &Act) -> String {
    let who = source.who(&act.by);
    match act.role {
        Role::Contribution => who,
        Role::Validation => format!("{who}, par validation"),
        Role::Signature => format!("{who}, par signature"),
    }
}

/// The picture in two sentences, for its description.
pub fn summary(source: Source<'_>) -> String {
    let workflow = source.workflow;
    let names = |keep: &dyn Fn(&Node) -> bool| {
        let kept = workflow.root().nodes.iter().map(|id| workflow.node(*id));
        let names: Vec<String> = kept
            .filter(|node| keep(node))
            .map(|node| format!("« {} »", source.state(node)))
            .collect();
        names.join(", ")
    };
    let first = source.state(workflow.node(workflow.root().start));
    let mut text = format!(
        "Graphe de {} états, lu de gauche à droite. Il commence par « {first} » et finit par {}.",
        workflow.nodes.len(),
        names(&|node| node.ending.is_some()),
    );
    let binding = names(&|node| node.binding.is_some());
    if !binding.is_empty() {
        let _ = write!(text, " Engage les parties : {binding}.");
    }
    text.push_str(" Le même graphe existe en texte (format « texte »).");
    text
}

/// The whole graph as text.
pub fn text(source: Source<'_>) -> String {
    let workflow = source.workflow;
    let mut text = format!("{}, version {}\n", workflow.title, workflow.version);
    let parties: Vec<&str> = workflow.parties.iter().map(|p| p.title.as_str()).collect();
    let _ = writeln!(text, "Parties : {}", parties.join(", "));
    for state in states(source) {
        let indent = "  ".repeat(state.depth);
        let _ = write!(text, "\n{indent}{}", state.title);
        if !state.notes.is_empty() {
            let _ = write!(text, " ({})", state.notes.join(" ; "));
        }
        text.push('\n');
        for movement in &state.moves {
            let _ = writeln!(text, "{indent}  - {movement}");
        }
    }
    text
}
