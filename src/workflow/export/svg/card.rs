//! Measures: a state becomes a card, a map of states a plan.

use super::super::Source;
use super::super::exits::{Cause, Exit, exits};
use super::super::layout::{Drawing, Edge, Graph, Shape, lay_out};
use super::super::text::Font;
use super::super::words::Sign;
use crate::workflow::definition::model::{Block, BlockId, Body, Node, NodeId, Target};
use std::collections::BTreeMap;

pub const TITLE: Font = Font::bold(14);
pub const ROW: Font = Font::regular(12);
pub const NOTE: Font = Font::regular(11);
/// Line heights.
pub const TITLE_LINE: i32 = 18;
pub const ROW_LINE: i32 = 16;
pub const NOTE_LINE: i32 = 15;
/// Between a border and what it holds.
pub const PAD: i32 = 12;
/// The side of a sign and the step to the next.
pub const SIGN: i32 = 11;
pub const SIGN_STEP: i32 = 14;
/// The step of the bar between two alternatives.
pub const OR_STEP: i32 = 9;
/// The diameter of the dots where one enters and ends.
pub const DOT: i32 = 16;
/// What the seal of a binding state takes beside the title.
pub const SEAL: i32 = 22;

const LEAF: i32 = 224;
const FINAL: i32 = 176;
/// The widest row of a frame.
const FRAME_ROW: i32 = 400;
const FRAME_PAD: i32 = 18;
const REGION_GAP: i32 = 14;
/// The axis of the title's first line, where arrows arrive.
const AXIS: i32 = PAD + 8;

/// What a row shows before its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    Signs(Vec<Sign>),
    Refusal,
    Clock,
    Auto,
    Done,
}

/// An act, a deadline or an automatic move.
pub struct Row {
    pub mark: Mark,
    pub lines: Vec<String>,
    /// From the top of the card.
    pub top: i32,
    pub to: Option<Target>,
}

impl Row {
    pub fn height(&self) -> i32 {
        height(&self.lines, ROW_LINE) + 6
    }

    pub fn axis(&self) -> i32 {
        self.top + 3 + ROW_LINE / 2
    }

    pub fn mark_width(&self) -> i32 {
        mark_width(&self.mark)
    }
}

/// A state, measured.
pub struct Card<'a> {
    pub node: &'a Node,
    pub width: i32,
    pub height: i32,
    pub title: Vec<String>,
    pub notes: Vec<String>,
    pub rows: Vec<Row>,
    pub inside: Vec<Inside<'a>>,
}

/// A plan within a frame.
pub struct Inside<'a> {
    /// A region's name and note.
    pub title: Option<(Vec<String>, Vec<String>)>,
    /// From the top left corner of the card.
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
    /// The top of the plan, from that of the frame.
    pub plan_top: i32,
    pub plan: Plan<'a>,
}

/// A map of states, laid out.
pub struct Plan<'a> {
    pub things: Vec<Thing<'a>>,
    pub drawing: Drawing,
    /// For each edge of the drawing, the thing and the row it leaves.
    pub leaves: Vec<(usize, usize)>,
}

/// What stands in a plan.
pub enum Thing<'a> {
    Start,
    /// An instance may be opened there mid-life.
    Entry,
    Card(Box<Card<'a>>),
    End,
}

/// Lays a map of states out, with all it holds.
pub fn plan(source: Source<'_>, id: BlockId) -> Plan<'_> {
    let block = source.workflow.block(id);
    let mut things = vec![Thing::Start];
    let mut at: BTreeMap<NodeId, usize> = BTreeMap::new();
    let mut entries = Vec::new();
    for node in block.nodes.iter().map(|id| source.workflow.node(*id)) {
        if node.entry {
            entries.push((things.len(), node.id));
            things.push(Thing::Entry);
        }
        at.insert(node.id, things.len());
        things.push(Thing::Card(Box::new(card(source, node))));
    }
    let end = things.len();
    let mut graph = Graph::default();
    let mut leaves = Vec::new();
    let dots = entries.into_iter().chain([(0, block.start)]);
    for (dot, node) in dots {
        graph.edges.push(edge(dot, at[&node], DOT / 2));
        leaves.push((dot, 0));
    }
    for (thing, card) in things.iter().enumerate() {
        let Thing::Card(card) = card else { continue };
        for (row_index, row) in card.rows.iter().enumerate() {
            let to = match row.to {
                Some(Target::Node(to)) => at[&to],
                Some(Target::End) => end,
                None => continue,
            };
            graph.edges.push(edge(thing, to, row.axis()));
            leaves.push((thing, row_index));
        }
    }
    if graph.edges.iter().any(|e| e.to == end) {
        things.push(Thing::End);
    }
    graph.nodes = things.iter().map(shape).collect();
    Plan {
        drawing: lay_out(&graph),
        things,
        leaves,
    }
}

fn edge(from: usize, to: usize, y: i32) -> Edge {
    Edge {
        from,
        to,
        leave_right: y,
        leave_left: y,
        label: None,
    }
}

fn shape(thing: &Thing<'_>) -> Shape {
    match thing {
        Thing::Card(card) => {
            let last = card.rows.last().map_or(AXIS, |row| row.top + row.height());
            Shape {
                width: card.width,
                height: card.height,
                enter_left: AXIS,
                enter_right: if frame(card.node) { last + 8 } else { AXIS },
            }
        }
        Thing::Start | Thing::Entry | Thing::End => Shape {
            width: DOT,
            height: DOT,
            enter_left: DOT / 2,
            enter_right: DOT / 2,
        },
    }
}

fn card<'a>(source: Source<'a>, node: &'a Node) -> Card<'a> {
    let inner = node.body.inner();
    let mut inside: Vec<Inside<'a>> = inner.iter().map(|id| region(source, *id)).collect();
    let mut width = if inner.is_empty() && node.ending.is_some() {
        FINAL
    } else {
        LEAF
    };
    for frame in &inside {
        width = width.max(frame.width + 2 * FRAME_PAD);
    }
    for frame in &mut inside {
        frame.width = width - 2 * FRAME_PAD;
    }
    let seal = if node.binding.is_some() { SEAL } else { 0 };
    let title = TITLE.wrap(&source.state(node), width - 2 * PAD - seal);
    let mut notes = Vec::new();
    if let Some(manner) = source.manner(&node.body) {
        notes.extend(NOTE.wrap(&manner, width - 2 * PAD));
    }
    if let Some(due) = &node.due {
        notes.extend(NOTE.wrap(&source.due(due), (width - 2 * PAD).min(FRAME_ROW)));
    }
    let mut y = PAD + height(&title, TITLE_LINE) + height(&notes, NOTE_LINE) + 8;
    let mut rows = Vec::new();
    for exit in exits(node) {
        let mut row = row(source, &exit, (width - 2 * PAD).min(FRAME_ROW));
        row.top = y;
        y += row.height();
        rows.push(row);
    }
    y += if inside.is_empty() { 6 } else { 16 };
    for frame in &mut inside {
        frame.x = FRAME_PAD;
        frame.y = y + REGION_GAP / 2;
        y += REGION_GAP + frame.height;
    }
    Card {
        node,
        width,
        height: if frame(node) { y + 8 } else { y },
        title,
        notes,
        rows,
        inside,
    }
}

fn row(source: Source<'_>, exit: &Exit<'_>, width: i32) -> Row {
    let mark = match exit.cause {
        Cause::Act(act) => Mark::Signs(source.signs(&act.by)),
        Cause::Refusal(_) => Mark::Refusal,
        Cause::Expiry(..) | Cause::Timer(_) => Mark::Clock,
        Cause::Auto(..) => Mark::Auto,
        Cause::Done(_) => Mark::Done,
    };
    let lines = ROW.wrap(&source.cause(exit), width - mark_width(&mark));
    Row {
        mark,
        lines,
        top: 0,
        to: exit.to,
    }
}

/// What a mark takes, with the space that follows it.
fn mark_width(mark: &Mark) -> i32 {
    match mark {
        Mark::Signs(signs) => signs.iter().copied().map(step).sum::<i32>() + 4,
        Mark::Refusal | Mark::Clock | Mark::Auto | Mark::Done => SIGN_STEP + 4,
    }
}

pub fn step(sign: Sign) -> i32 {
    match sign {
        Sign::Party { .. } => SIGN_STEP,
        Sign::Or => OR_STEP,
    }
}

fn region(source: Source<'_>, id: BlockId) -> Inside<'_> {
    let block: &Block = source.workflow.block(id);
    let plan = plan(source, id);
    let inner = plan.drawing.width;
    let when = block.when.as_ref();
    let named = block.region.is_some() && (when.is_some() || source.lone(block).is_none());
    let title = named.then(|| {
        let when = when.map(|c| NOTE.wrap(&format!("si {}", source.condition(c)), inner));
        (
            TITLE.wrap(&source.region(block), inner),
            when.unwrap_or_default(),
        )
    });
    let (edge, plan_top) = match &title {
        Some((title, note)) => {
            let head = height(title, TITLE_LINE) + height(note, NOTE_LINE);
            (PAD, PAD + head + 8)
        }
        None => (0, 0),
    };
    Inside {
        title,
        x: 0,
        y: 0,
        width: inner + 2 * edge,
        height: plan_top + plan.drawing.height + edge,
        plan_top,
        plan,
    }
}

pub fn height(lines: &[String], line: i32) -> i32 {
    i32::try_from(lines.len()).unwrap_or(0) * line
}

/// Whether a state is drawn as a frame.
pub fn frame(node: &Node) -> bool {
    !matches!(node.body, Body::Leaf)
}
