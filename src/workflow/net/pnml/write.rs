//! A net as PNML that follows the 2009 grammar. Same net, same bytes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use super::super::{Arcs, Net, Node};
use super::{NAMESPACE, PTNET};

/// Between the centres of two nodes, in points.
const STEP: usize = 80;

/// Writes a net. Identifiers are kept when XML allows them, adapted when it does not. A declared
/// final marking, for which the grammar has no word, is the one departure from it: a
/// `finalmarkings` element in `net`, where ProM and pm4py write and read it.
pub fn write(net: &Net) -> String {
    let mut names = Identifiers::default();
    let places: Vec<String> = net.places.iter().map(|n| names.take(&n.id)).collect();
    let transitions: Vec<String> = net.transitions.iter().map(|n| names.take(&n.id)).collect();
    let (across_places, across_transitions) = positions(net);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let net_id = names.take("net");
    let page_id = names.take("page");
    line(&mut out, 0, format_args!("<pnml xmlns=\"{NAMESPACE}\">"));
    line(
        &mut out,
        1,
        format_args!("<net id=\"{net_id}\" type=\"{PTNET}\">"),
    );
    line(
        &mut out,
        2,
        format_args!("<name><text>{}</text></name>", escape(&net.name)),
    );
    line(&mut out, 2, format_args!("<page id=\"{page_id}\">"));
    for (p, node) in net.places.iter().enumerate() {
        line(&mut out, 3, format_args!("<place id=\"{}\">", places[p]));
        label(&mut out, node, across_places[p]);
        if let Some(tokens) = net.initial.get(&p) {
            let marking = format_args!("<initialMarking><text>{tokens}</text></initialMarking>");
            line(&mut out, 4, marking);
        }
        line(&mut out, 3, format_args!("</place>"));
    }
    for (t, node) in net.transitions.iter().enumerate() {
        line(
            &mut out,
            3,
            format_args!("<transition id=\"{}\">", transitions[t]),
        );
        label(&mut out, node, across_transitions[t]);
        line(&mut out, 3, format_args!("</transition>"));
    }
    for (t, transition) in transitions.iter().enumerate() {
        for (&p, &weight) in &net.inputs[t] {
            arc(&mut out, &names.take("arc"), &places[p], transition, weight);
        }
        for (&p, &weight) in &net.outputs[t] {
            arc(&mut out, &names.take("arc"), transition, &places[p], weight);
        }
    }
    line(&mut out, 2, format_args!("</page>"));
    final_marking(&mut out, &net.last, &places);
    line(&mut out, 1, format_args!("</net>"));
    line(&mut out, 0, format_args!("</pnml>"));
    out
}

fn line(out: &mut String, depth: usize, text: std::fmt::Arguments) {
    let written = writeln!(out, "{:1$}{text}", "", depth * 2);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

fn final_marking(out: &mut String, last: &Arcs, places: &[String]) {
    if last.is_empty() {
        return;
    }
    line(out, 2, format_args!("<finalmarkings>"));
    line(out, 3, format_args!("<marking>"));
    for (p, tokens) in last {
        let id = &places[*p];
        line(
            out,
            4,
            format_args!("<place idref=\"{id}\"><text>{tokens}</text></place>"),
        );
    }
    line(out, 3, format_args!("</marking>"));
    line(out, 2, format_args!("</finalmarkings>"));
}

fn label(out: &mut String, node: &Node, (x, y): Point) {
    line(
        out,
        4,
        format_args!("<name><text>{}</text></name>", escape(&node.name)),
    );
    let position = format_args!("<graphics><position x=\"{x}\" y=\"{y}\"/></graphics>");
    line(out, 4, position);
}

fn arc(out: &mut String, id: &str, source: &str, target: &str, weight: u32) {
    let start = format!("<arc id=\"{id}\" source=\"{source}\" target=\"{target}\"");
    match weight {
        1 => line(out, 3, format_args!("{start}/>")),
        _ => line(
            out,
            3,
            format_args!("{start}><inscription><text>{weight}</text></inscription></arc>"),
        ),
    }
}

/// Across and down.
type Point = (usize, usize);

/// Left to right by distance from the marked places, top to bottom by order in the net.
fn positions(net: &Net) -> (Vec<Point>, Vec<Point>) {
    let mut next = vec![Vec::new(); net.places.len()];
    for (t, arcs) in net.inputs.iter().enumerate() {
        for &p in arcs.keys() {
            next[p].push(t);
        }
    }
    let mut places: Vec<Option<usize>> = vec![None; net.places.len()];
    let mut transitions: Vec<Option<usize>> = vec![None; net.transitions.len()];
    let filled: BTreeSet<usize> = net.outputs.iter().flat_map(|a| a.keys().copied()).collect();
    let source = |p: &usize| net.initial.contains_key(p) || !filled.contains(p);
    let mut todo: VecDeque<usize> = (0..places.len()).filter(source).collect();
    for &p in &todo {
        places[p] = Some(0);
    }
    while let Some(p) = todo.pop_front() {
        let column = places[p].unwrap_or_default();
        for &t in &next[p] {
            transitions[t].get_or_insert(column + 1);
            for &q in net.outputs[t]
                .keys()
                .filter(|q| places[**q].is_none())
                .collect::<Vec<_>>()
            {
                places[q] = Some(column + 2);
                todo.push_back(q);
            }
        }
    }
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    let mut put = |columns: Vec<Option<usize>>| -> Vec<Point> {
        let cell = |column: Option<usize>| {
            let column = column.unwrap_or_default();
            let row = rows.entry(column).or_default();
            *row += 1;
            ((column + 1) * STEP, *row * STEP)
        };
        columns.into_iter().map(cell).collect()
    };
    (put(places), put(transitions))
}

/// Identifiers given so far; XML wants each once in a file.
#[derive(Default)]
struct Identifiers {
    taken: BTreeSet<String>,
    /// How often each wish was made, so that the next free one is found at once.
    wished: BTreeMap<String, usize>,
}

impl Identifiers {
    /// The wished identifier if XML allows it and it is free, else one close to it.
    fn take(&mut self, wish: &str) -> String {
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let mut id: String = wish
            .chars()
            .map(|c| if allowed(c) { c } else { '_' })
            .collect();
        if !id.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            id.insert(0, '_');
        }
        let wished = self.wished.entry(id.clone()).or_default();
        let mut free = id.clone();
        while self.taken.contains(&free) {
            *wished += 1;
            free = format!("{id}-{wished}");
        }
        self.taken.insert(free.clone());
        free
    }
}

/// Text that XML can hold; what it cannot becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
