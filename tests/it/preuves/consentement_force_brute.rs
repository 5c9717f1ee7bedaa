//! Proof 2 against brute force, on generated files: executions are explored one by one, with the
//! parties whose signature holds on the text as it stands. Nothing here uses the proof.

use super::hasard::Dice;
use super::monde;
use entente::workflow::definition::model::{
    Act, BlockId, Body, Node, NodeId, Role, Target, Workflow,
};
use entente::workflow::definition::party::PartyExpr;
use entente::workflow::problem::Code;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Files generated.
const FILES: u64 = 1_000;
/// Configurations looked at before a file is left aside.
const LIMIT: usize = 500;
/// Moves taken at once, past which a round is given up.
const SETTLE_MAX: usize = 4;
/// `op` and `etat`, as bits.
const EVERYONE: u8 = 0b11;

/// In each open block: a state and what it holds, by item; or the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Ended,
    At(NodeId, Vec<Branch>),
}

type Branch = (BlockId, u8, Spot);

/// A position, and who signed the text as it stands now: a new version empties it.
type Configuration = (Spot, u8);

struct Explorer<'w> {
    workflow: &'w Workflow,
    /// A binding state was entered; by someone who had not signed.
    bound: bool,
    violated: bool,
}

impl Explorer<'_> {
    /// Whether everything was looked at.
    fn explore(&mut self) -> bool {
        let mut queue = Vec::new();
        for spot in self.enter(self.workflow.root().start, 0) {
            queue.extend(self.settle(&spot, 0, 0).into_iter().map(|s| (s, 0)));
        }
        let mut known: BTreeSet<Configuration> = queue.iter().cloned().collect();
        while let Some((spot, signed)) = queue.pop() {
            let mut next: Vec<Configuration> = Vec::new();
            if self.writable(&spot) {
                next.push((spot.clone(), 0));
            }
            for (moved, signed) in self.steps(&spot, signed, 0) {
                let settled = self.settle(&moved, signed, 0);
                next.extend(settled.into_iter().map(|s| (s, signed)));
            }
            for configuration in next {
                if known.insert(configuration.clone()) {
                    queue.push(configuration);
                }
            }
            if known.len() > LIMIT {
                return false;
            }
        }
        true
    }

    fn goto(&mut self, to: Target, signed: u8) -> Vec<Spot> {
        match to {
            Target::End => vec![Spot::Ended],
            Target::Node(id) => self.enter(id, signed),
        }
    }

    fn enter(&mut self, id: NodeId, signed: u8) -> Vec<Spot> {
        let node = self.workflow.node(id);
        if node.binding.is_some() {
            self.bound = true;
            self.violated |= signed != EVERYONE;
        }
        if node.ending.is_some() {
            return vec![Spot::Ended];
        }
        let counts: Vec<Vec<(BlockId, u8)>> = match &node.body {
            Body::Each { over, inner, .. } if over == "parties" => {
                vec![vec![(*inner, 0), (*inner, 1)]]
            }
            Body::Each { inner, .. } => {
                vec![vec![], vec![(*inner, 0)], vec![(*inner, 0), (*inner, 1)]]
            }
            body => vec![body.inner().iter().map(|b| (*b, 0)).collect()],
        };
        let mut spots = Vec::new();
        for blocks in counts {
            spots.extend(self.filled(id, &blocks, signed));
        }
        spots
    }

    /// The state, with each of these blocks at its start.
    fn filled(&mut self, id: NodeId, blocks: &[(BlockId, u8)], signed: u8) -> Vec<Spot> {
        let mut all: Vec<Vec<Branch>> = vec![Vec::new()];
        for (block, item) in blocks {
            let starts = self.enter(self.workflow.block(*block).start, signed);
            all = product(&all, *block, *item, &starts);
        }
        all.into_iter().map(|inside| Spot::At(id, inside)).collect()
    }

    /// What is taken at once: the last automatic move, and joins; innermost first.
    fn settle(&mut self, spot: &Spot, signed: u8, depth: usize) -> Vec<Spot> {
        let Spot::At(id, inside) = spot else {
            return vec![Spot::Ended];
        };
        if depth > SETTLE_MAX {
            return Vec::new();
        }
        let mut all: Vec<Vec<Branch>> = vec![Vec::new()];
        for (block, item, inner) in inside {
            let settled = self.settle(inner, signed, depth);
            all = product(&all, *block, *item, &settled);
        }
        let node = self.workflow.node(*id);
        let mut spots = Vec::new();
        for inside in all {
            let ended = inside.iter().all(|(_, _, s)| *s == Spot::Ended);
            let join = node.body.done().filter(|_| ended);
            let mut targets: Vec<Target> = Vec::new();
            if node.auto.iter().any(|a| a.when.is_none()) {
                targets.extend(node.auto.iter().map(|a| a.to));
            } else if let Some(join) = join {
                targets.push(join);
            }
            if targets.is_empty() {
                spots.push(Spot::At(*id, inside));
            }
            for to in targets {
                for next in self.goto(to, signed) {
                    spots.extend(self.settle(&next, signed, depth + 1));
                }
            }
        }
        spots
    }

    /// Whether someone may write the text.
    fn writable(&self, spot: &Spot) -> bool {
        let Spot::At(id, inside) = spot else {
            return false;
        };
        let own = !self.workflow.node(*id).allow.is_empty();
        own || inside.iter().any(|(_, _, inner)| self.writable(inner))
    }

    /// Everything that may happen next.
    fn steps(&mut self, spot: &Spot, signed: u8, item: u8) -> Vec<Configuration> {
        let Spot::At(id, inside) = spot else {
            return Vec::new();
        };
        let node = self.workflow.node(*id);
        let mut next = Vec::new();
        for act in &node.acts {
            for who in consents(&act.by, item) {
                let signs = act.role == Role::Signature && act.over.is_some();
                let signed = if signs { signed | who } else { signed };
                next.extend(self.done(spot, act, signed));
            }
            if let Some(refused) = &act.refused {
                let spots = self.goto(refused.to, signed);
                next.extend(spots.into_iter().map(|s| (s, signed)));
            }
        }
        let timers = node.after.iter().filter_map(|t| t.to);
        for to in timers.chain(node.auto.iter().map(|a| a.to)) {
            next.extend(self.goto(to, signed).into_iter().map(|s| (s, signed)));
        }
        for (i, (block, key, inner)) in inside.iter().enumerate() {
            for (after, signed) in self.steps(inner, signed, *key) {
                let mut inside = inside.clone();
                inside[i] = (*block, *key, after);
                next.push((Spot::At(*id, inside), signed));
            }
        }
        next.extend(self.joined_and_left(node, inside, signed));
        next
    }

    fn done(&mut self, spot: &Spot, act: &Act, signed: u8) -> Vec<Configuration> {
        let Some(to) = act.to else {
            return vec![(spot.clone(), signed)];
        };
        let (Target::Node(target), true) = (to, act.reopens.is_some()) else {
            let spots = self.goto(to, signed);
            return spots.into_iter().map(|s| (s, signed)).collect();
        };
        let Body::Each { over, inner, .. } = &self.workflow.node(target).body else {
            panic!("an act reopens a for_each");
        };
        // A place that restarts has a new version of its sheet, hence of the text.
        let signed = if over == "lieux" { 0 } else { signed };
        let mut next = Vec::new();
        for named in 0..2 {
            for start in self.enter(self.workflow.block(*inner).start, signed) {
                let mut inside = vec![(*inner, 0, Spot::Ended), (*inner, 1, Spot::Ended)];
                inside[named].2 = start;
                next.push((Spot::At(target, inside), signed));
            }
        }
        next
    }

    /// Places come and go.
    fn joined_and_left(
        &mut self,
        node: &Node,
        inside: &[Branch],
        signed: u8,
    ) -> Vec<Configuration> {
        let mut next = Vec::new();
        let Body::Each { over, inner, .. } = &node.body else {
            return next;
        };
        if over == "parties" {
            return next;
        }
        for i in 0..inside.len() {
            let mut fewer = inside.to_vec();
            fewer.remove(i);
            next.push((Spot::At(node.id, fewer), signed));
        }
        if inside.len() < 2 {
            for start in self.enter(self.workflow.block(*inner).start, signed) {
                let mut more = inside.to_vec();
                more.push((*inner, 1, start));
                next.push((Spot::At(node.id, more), signed));
            }
        }
        next
    }
}

fn product(all: &[Vec<Branch>], block: BlockId, item: u8, spots: &[Spot]) -> Vec<Vec<Branch>> {
    let with = |inside: &Vec<Branch>, spot: &Spot| {
        let mut inside = inside.clone();
        inside.push((block, item, spot.clone()));
        inside
    };
    all.iter()
        .flat_map(|inside| spots.iter().map(move |s| with(inside, s)))
        .collect()
}

/// Who consents when the expression holds: each smallest way.
fn consents(by: &PartyExpr, item: u8) -> Vec<u8> {
    match by {
        PartyExpr::Any(list) => list.iter().flat_map(|e| atoms(e, item)).collect(),
        PartyExpr::All(list) => {
            let everyone = list.iter().flat_map(|e| atoms(e, item));
            vec![everyone.fold(0, |all, one| all | one)]
        }
        atom => atoms(atom, item),
    }
}

fn atoms(atom: &PartyExpr, item: u8) -> Vec<u8> {
    match atom {
        PartyExpr::Party(id) if id == "op" => vec![0b01],
        PartyExpr::Party(_) => vec![0b10],
        PartyExpr::Item(_) => vec![1 << item],
        _ => vec![0b01, 0b10],
    }
}

/// A random file: a few states, at most one `parallel` and one `for_each` of each kind.
struct Author {
    dice: Dice,
    text: String,
    composites: Vec<&'static str>,
    loops: Vec<(String, &'static str)>,
}

fn file(seed: u64) -> String {
    let head = "workflow: essai\nversion: 1\ntitle: Essai\nrules: essai\nparties:\n  \
                op: { title: Op }\n  etat: { title: État }\nstart: e0\nstates:\n";
    let mut author = Author {
        dice: Dice::new(seed),
        text: head.to_owned(),
        composites: vec!["parallel", "parties", "lieux"],
        loops: Vec::new(),
    };
    let count = 3 + author.dice.below(2);
    let names: Vec<String> = (0..count)
        .map(|i| format!("e{i}"))
        .chain(["signe".into()])
        .collect();
    for name in &names[..count] {
        author.state(name, &names);
    }
    author
        .text
        .push_str("  signe: { binding: { over: texte }, final: true }\n");
    author.text
}

impl Author {
    fn state(&mut self, name: &str, names: &[String]) {
        let _ = writeln!(self.text, "  {name}:");
        let kind = if self.dice.chance(35) && !self.composites.is_empty() {
            let i = self.dice.below(self.composites.len());
            self.composites.remove(i)
        } else {
            "leaf"
        };
        let done = self.target(names);
        let inner = match kind {
            "parallel" => {
                let regions = ["r0", "r1"].map(|r| {
                    let block = self.block(r, "");
                    format!("      {r}:\n{}", indented(&block, 4))
                });
                format!("    parallel:\n{}    done: {done}\n", regions.concat())
            }
            "leaf" => self.leaf(4, names, ""),
            over => {
                self.loops.push((
                    name.to_owned(),
                    if over == "lieux" { "lieux" } else { "parties" },
                ));
                let block = self.block("b", over);
                format!("    for_each: {over}\n{block}    done: {done}\n")
            }
        };
        self.text.push_str(&inner);
    }

    /// The inside of a composite, indented by four.
    fn block(&mut self, prefix: &str, over: &str) -> String {
        let count = 1 + self.dice.below(2);
        let mut names: Vec<String> = (0..count).map(|i| format!("{prefix}_{i}")).collect();
        names.push("end".into());
        let mut text = format!("    start: {prefix}_0\n    states:\n");
        for name in &names[..count] {
            let leaf = self.leaf(8, &names, over);
            let _ = write!(text, "      {name}:\n{leaf}");
        }
        text
    }

    fn target(&mut self, names: &[String]) -> String {
        names[self.dice.below(names.len())].clone()
    }

    fn leaf(&mut self, indent: usize, names: &[String], over: &str) -> String {
        let pad = " ".repeat(indent);
        let mut text = format!("{pad}title: Un état\n");
        if self.dice.chance(15) {
            let _ = writeln!(text, "{pad}allow: {{ op: [texte.write] }}");
        }
        if self.dice.chance(10) {
            let to = self.target(names);
            let _ = writeln!(
                text,
                "{pad}after: [{{ in: P10D, to: {to}, source: usage }}]"
            );
        }
        if self.dice.chance(12) {
            let (first, last) = (self.target(names), self.target(names));
            let guarded = format!("{{ when: libre.m, to: {first} }}");
            let last = if self.dice.chance(60) {
                format!(", {{ to: {last} }}")
            } else {
                String::new()
            };
            let _ = writeln!(text, "{pad}auto: [{guarded}{last}]");
        }
        let _ = writeln!(text, "{pad}acts:");
        for i in 0..=self.dice.below(2) {
            let act = self.act(i, names, over);
            let _ = writeln!(text, "{pad}  {act}");
        }
        text
    }

    fn act(&mut self, i: usize, names: &[String], over: &str) -> String {
        let to = self.target(names);
        let target = self.loops.iter().find(|(name, _)| *name == to);
        if let Some((_, collection)) = target.cloned().filter(|_| self.dice.chance(60)) {
            return format!(
                "a{i}: {{ by: op, inputs: {{ qui: {{ type: item, of: {collection}, required: true \
                 }} }}, reopens: qui, to: {to} }}"
            );
        }
        if over == "parties" && self.dice.chance(70) {
            return format!("a{i}: {{ by: party(parties), as: signature, over: texte, to: {to} }}");
        }
        let all = ["all(parties)", "all(op, etat)"];
        match self.dice.below(10) {
            0..=4 => {
                let by = self.dice.pick(&all);
                let refused = self.target(names);
                let refused = if self.dice.chance(20) {
                    format!(", refused: {{ to: {refused} }}")
                } else {
                    String::new()
                };
                format!("a{i}: {{ by: \"{by}\", as: signature, over: texte{refused}, to: {to} }}")
            }
            5 => format!("a{i}: {{ by: any(parties), as: signature, over: texte, to: {to} }}"),
            6 => format!("a{i}: {{ by: etat, as: signature, over: texte, to: {to} }}"),
            _ => format!("a{i}: {{ by: op, to: {to} }}"),
        }
    }
}

fn indented(text: &str, by: usize) -> String {
    let pad = " ".repeat(by);
    text.lines()
        .fold(String::new(), |all, l| all + &pad + l + "\n")
}

#[test]
fn nobody_is_bound_without_consent_in_any_execution() {
    let (mut caught, mut agreed, mut prudent, mut unread) = (0, 0, 0, 0);
    for seed in 0..FILES {
        // Given a random file and all its executions
        let text = file(seed);
        let Ok(workflow) = monde::load(&text) else {
            unread += 1;
            continue;
        };
        let mut explorer = Explorer {
            workflow: &workflow,
            bound: false,
            violated: false,
        };
        if !explorer.explore() && !explorer.violated {
            continue;
        }
        // When it is proven
        let report = monde::prove(&workflow);
        let refused = report.problems.iter().any(|p| p.code == Code::Consentement);
        // Then a party bound without its signature on the text as it stands is always told
        assert!(refused || !explorer.violated, "seed {seed}\n{text}");
        match (explorer.bound, explorer.violated, refused) {
            (_, true, _) => caught += 1,
            (true, false, false) => agreed += 1,
            (_, false, true) => prudent += 1,
            (false, false, false) => {}
        }
    }
    // And the files are of all kinds
    println!("{caught} caught, {agreed} agreed, {prudent} prudent, {unread} unread");
    assert!(
        caught > 100 && agreed > 100,
        "{caught} caught, {agreed} agreed"
    );
    assert!(
        prudent * 4 < agreed,
        "{prudent} refused for nothing, {agreed} agreed"
    );
    assert!(unread * 4 < FILES, "{unread} unread");
}
