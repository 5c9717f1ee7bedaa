//! Mermaid's `stateDiagram-v2`: what a wiki or a forge draws by itself.

use super::Source;
use super::exits::{Cause, exits};
use crate::workflow::definition::model::{BlockId, Body, Node, Target};
use std::fmt::{Arguments, Write};

/// Writes a workflow as Mermaid.
pub fn write(source: Source<'_>) -> String {
    let mut writer = Writer {
        source,
        text: "stateDiagram-v2\n".to_owned(),
    };
    writer.line(1, format_args!("direction LR"));
    writer.block(BlockId(0), 1);
    writer.text
}

struct Writer<'a> {
    source: Source<'a>,
    text: String,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: Arguments<'_>) {
        // Writing to memory does not fail.
        writeln!(self.text, "{:1$}{text}", "", depth * 2).ok();
    }

    fn block(&mut self, id: BlockId, depth: usize) {
        let workflow = self.source.workflow;
        let block = workflow.block(id);
        let start = identifier(&workflow.node(block.start).path);
        self.line(depth, format_args!("[*] --> {start}"));
        let nodes: Vec<&Node> = block.nodes.iter().map(|id| workflow.node(*id)).collect();
        for node in &nodes {
            self.state(node, depth);
        }
        for node in nodes {
            self.moves(node, depth);
        }
    }

    fn state(&mut self, node: &Node, depth: usize) {
        let id = identifier(&node.path);
        let mut title = self.source.state(node);
        if let Some(manner) = self.source.manner(&node.body) {
            title = format!("{title} ({manner})");
        }
        if node.binding.is_some() {
            title.push_str(" (engage les parties)");
        }
        let title = escape(&title);
        if node.body.inner().is_empty() {
            return self.line(depth, format_args!("state \"{title}\" as {id}"));
        }
        self.line(depth, format_args!("state \"{title}\" as {id} {{"));
        if let Body::Parallel { regions, .. } = &node.body {
            self.regions(regions, &id, depth + 1);
        } else {
            for inner in node.body.inner() {
                self.block(*inner, depth + 1);
            }
        }
        self.line(depth, format_args!("}}"));
    }

    /// Regions between a fork and a join: Mermaid's own regions do not hold composite states.
    fn regions(&mut self, regions: &[BlockId], owner: &str, depth: usize) {
        self.line(depth, format_args!("state {owner}_ouverture <<fork>>"));
        self.line(depth, format_args!("state {owner}_jonction <<join>>"));
        self.line(depth, format_args!("[*] --> {owner}_ouverture"));
        for region in regions {
            let block = self.source.workflow.block(*region);
            let mut title = self.source.region(block);
            if let Some(when) = &block.when {
                title = format!("{title}, si {}", self.source.condition(when));
            }
            let title = escape(&title);
            let name = block.region.as_deref().unwrap_or("");
            let id = format!("{owner}_volet_{}", name.replace('-', "_"));
            self.line(depth, format_args!("state \"{title}\" as {id} {{"));
            self.block(*region, depth + 1);
            self.line(depth, format_args!("}}"));
            self.line(depth, format_args!("{owner}_ouverture --> {id}"));
            self.line(depth, format_args!("{id} --> {owner}_jonction"));
        }
        self.line(depth, format_args!("{owner}_jonction --> [*]"));
    }

    fn moves(&mut self, node: &Node, depth: usize) {
        let id = identifier(&node.path);
        if node.entry {
            self.line(depth, format_args!("[*] --> {id} : Reprise"));
        }
        if node.ending.is_some() {
            self.line(depth, format_args!("{id} --> [*]"));
        }
        let mut stays = Vec::new();
        for exit in exits(node) {
            let mut said = self.source.cause(&exit);
            if let Cause::Act(act) = exit.cause {
                said = format!("{said} ({})", self.source.who(&act.by));
            }
            let said = escape(&said);
            match exit.to {
                Some(Target::Node(to)) => {
                    let to = identifier(&self.source.workflow.node(to).path);
                    self.line(depth, format_args!("{id} --> {to} : {said}"));
                }
                Some(Target::End) => self.line(depth, format_args!("{id} --> [*] : {said}")),
                None => stays.push(said),
            }
        }
        if !stays.is_empty() {
            self.line(depth, format_args!("note right of {id}"));
            for said in stays {
                self.line(depth + 1, format_args!("{said}"));
            }
            self.line(depth, format_args!("end note"));
        }
    }
}

/// A name that is no word of Mermaid.
fn identifier(path: &str) -> String {
    let path = path.replace('/', "__").replace('-', "_");
    format!("e_{path}")
}

/// Mermaid ends texts at these characters unless they are written by number.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '#' | '"' | ':' | ';' | '{' | '}' | '<' | '>' => {
                write!(escaped, "#{};", u32::from(c)).ok();
            }
            '\u{a0}' => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}
