//! Makes the graph: blocks, states, regions. Every name is looked up on the way.

use super::Surroundings;
use super::model::{Block, BlockId, Body, Ending, Node, NodeId, Order, Party, Target, Workflow};
use super::shape::{self, PROBLEMS_MAX, hint};
use crate::regles::paquet::Paquet;
use crate::regles::yaml::Node as Yaml;
use crate::workflow::problem::{Code, Place, Problem};
use std::collections::BTreeMap;

/// Most states a file may hold.
const NODES_MAX: usize = 1_000;

pub fn build(tree: &Yaml, surroundings: Surroundings<'_>) -> Result<Workflow, Vec<Problem>> {
    let mut builder = Builder {
        surroundings,
        pack: None,
        problems: Vec::new(),
        parties: Vec::new(),
        nodes: Vec::new(),
        blocks: Vec::new(),
    };
    let workflow = builder.workflow(tree);
    builder.problems.sort_by_key(|p| p.place);
    if builder.problems.is_empty() {
        Ok(workflow)
    } else {
        Err(builder.problems)
    }
}

pub(super) struct Builder<'a> {
    pub surroundings: Surroundings<'a>,
    pub pack: Option<&'a Paquet>,
    pub problems: Vec<Problem>,
    pub parties: Vec<Party>,
    pub nodes: Vec<Node>,
    pub blocks: Vec<Block>,
}

/// Where the builder stands while it goes down the tree.
#[derive(Clone, Default)]
pub(super) struct Context {
    /// The composite that holds the block being built.
    pub owner: Option<NodeId>,
    /// Path of what encloses, without a trailing `/`.
    pub prefix: String,
    /// Collections whose items enclose, outermost first.
    pub within: Vec<String>,
    /// Names of the acts without `to` open here: those of the enclosing states too.
    pub acts: Vec<String>,
    /// Names of the states inside the nearest enclosing `for_each`.
    pub branch_states: Vec<String>,
}

impl Context {
    fn path(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.prefix)
        }
    }
}

impl Builder<'_> {
    pub fn say(&mut self, code: Code, place: Place, message: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem::new(code, place, message));
        }
    }

    /// « Le X « name » n'existe pas », with the nearest known name.
    pub fn unknown<'n>(
        &mut self,
        place: Place,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        // Past the limit nothing more is told: the nearest name is not worth looking for.
        if self.problems.len() >= PROBLEMS_MAX {
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let hint = hint(name, &known);
        self.say(
            Code::Inconnu,
            place,
            format!("{what} « {name} » n'existe pas. {hint}"),
        );
    }

    /// One block: a map of states and its first one.
    pub fn block(&mut self, holder: &Yaml, context: &Context, region: Option<&str>) -> BlockId {
        let id = BlockId(u32_of(self.blocks.len()));
        let states = holder.get("states").and_then(Yaml::map).unwrap_or(&[]);
        let first = u32_of(self.nodes.len());
        self.blocks.push(Block {
            id,
            owner: context.owner,
            region: region.map(str::to_owned),
            title: text(holder, "title"),
            when: None,
            start: NodeId(first),
            nodes: (first..first + u32_of(states.len())).map(NodeId).collect(),
            place: holder.place,
        });
        if states.is_empty() {
            self.say(
                Code::Syntaxe,
                holder.place,
                "Il manque « states » : au moins un état est attendu.",
            );
            // A placeholder keeps ids meaningful; the file is refused anyway.
            self.nodes
                .push(blank(NodeId(first), id, "", context, holder.place));
            return id;
        }
        if self.nodes.len() + states.len() > NODES_MAX {
            let message = format!("Le fichier compte plus de {NODES_MAX} états. Découpez-le.");
            self.say(Code::Limite, holder.place, message);
        }
        for (i, (name, _)) in states.iter().enumerate() {
            let node = NodeId(first + u32_of(i));
            self.nodes
                .push(blank(node, id, &name.text, context, name.place));
        }
        let names = || states.iter().map(|(key, _)| key.text.as_str());
        match holder
            .get("start")
            .map(|s| (s.place, s.scalar().unwrap_or("")))
        {
            None => self.say(
                Code::Syntaxe,
                holder.place,
                "Il manque « start » : le nom du premier état est attendu.",
            ),
            Some((place, start)) => match names().position(|n| n == start) {
                Some(i) => self.blocks[id.0 as usize].start = NodeId(first + u32_of(i)),
                None => self.unknown(place, "L'état", start, names()),
            },
        }
        for (i, (_, yaml)) in states.iter().enumerate() {
            self.state(NodeId(first + u32_of(i)), yaml, context);
        }
        id
    }

    /// Fills one state, its inside first: its acts may speak of what it holds.
    fn state(&mut self, id: NodeId, yaml: &Yaml, context: &Context) {
        let place = self.nodes[id.0 as usize].place;
        let mut context = context.clone();
        let names = yaml.get("acts").and_then(Yaml::map).unwrap_or(&[]);
        // An act that leads away is never done during the visit.
        let stays = names.iter().filter(|(_, act)| act.get("to").is_none());
        context.acts.extend(stays.map(|(key, _)| key.text.clone()));
        if yaml.get("for_each").is_some()
            && let Some(states) = yaml.get("states").and_then(Yaml::map)
        {
            context.branch_states = states.iter().map(|(k, _)| k.text.clone()).collect();
        }
        let body = self.body(id, yaml, &context);
        if let Body::Leaf = body
            && let Some((key, _)) = ["start", "done", "order", "at_least"]
                .iter()
                .find_map(|k| yaml.entry(k))
        {
            let message = format!(
                "« {} » n'a de sens que dans un état qui contient states, parallel ou for_each.",
                key.text
            );
            self.say(Code::Syntaxe, key.place, message);
        }
        let ending = self.ending(yaml);
        let acts = self.acts(yaml, id, &context);
        let (after, auto, due) = self.times(yaml, id, &context);
        let allow = self.allow(yaml, &context);
        let binding = self.binding(yaml, &context);
        let moves = !(acts.is_empty() && after.is_empty() && auto.is_empty() && due.is_none());
        if ending.is_some() && (moves || !matches!(body, Body::Leaf)) {
            self.say(
                Code::Syntaxe,
                place,
                "Un état final termine tout : il ne porte ni acte, ni échéance, ni passage, et ne \
                 contient aucun état.",
            );
        }
        let node = &mut self.nodes[id.0 as usize];
        node.title = text(yaml, "title");
        node.body = body;
        node.ending = ending;
        node.acts = acts;
        node.after = after;
        node.auto = auto;
        node.due = due;
        node.allow = allow;
        node.binding = binding;
        node.entry = flag(yaml, "entry");
        node.veto_intended = yaml.get("veto").is_some();
    }

    fn body(&mut self, id: NodeId, yaml: &Yaml, context: &Context) -> Body {
        let done = self.target_of(yaml, "done", id);
        let inside = Context {
            owner: Some(id),
            prefix: self.nodes[id.0 as usize].path.clone(),
            ..context.clone()
        };
        let kinds: Vec<_> = ["parallel", "for_each"]
            .iter()
            .filter_map(|k| yaml.entry(k))
            .collect();
        let states = yaml.entry("states");
        if let [(_, _), (second, _)] = kinds[..] {
            self.say(
                Code::Syntaxe,
                second.place,
                "Un état tient soit « parallel », soit « for_each » : gardez l'un des deux.",
            );
        }
        match (kinds.first(), states) {
            (None, None) => Body::Leaf,
            (None, Some(_)) => Body::Compound {
                inner: self.block(yaml, &inside, None),
                done,
            },
            (Some((key, value)), _) if key.text == "for_each" => {
                self.each(yaml, value, inside, done)
            }
            (Some((_, regions)), states) => {
                if let Some((key, _)) = states {
                    self.say(
                        Code::Syntaxe,
                        key.place,
                        "« states » et « parallel » ne vont pas ensemble : les états vont dans \
                         une région.",
                    );
                }
                let regions = regions.map().unwrap_or(&[]);
                let regions = regions
                    .iter()
                    .map(|(name, region)| self.region(&name.text, name.place, region, &inside))
                    .collect();
                Body::Parallel { regions, done }
            }
        }
    }

    fn each(
        &mut self,
        yaml: &Yaml,
        collection: &Yaml,
        mut inside: Context,
        done: Option<Target>,
    ) -> Body {
        let over = collection.scalar().unwrap_or("").to_owned();
        if self.surroundings.catalogue.collection(&over).is_none() {
            let known = self.surroundings.catalogue.collections;
            self.unknown(
                collection.place,
                "La collection",
                &over,
                known.iter().map(|c| c.name),
            );
        }
        if inside.within.contains(&over) {
            let message =
                format!("« {over} » est déjà parcourue par un état qui contient celui-ci.");
            self.say(Code::Syntaxe, collection.place, message);
        }
        inside.within.push(over.clone());
        let order = match yaml.get("order").and_then(Yaml::scalar) {
            Some("sequence") => Order::Sequence,
            _ => Order::Parallel,
        };
        let at_least = yaml.get("at_least").and_then(Yaml::scalar);
        Body::Each {
            over,
            order,
            at_least: at_least.and_then(|n| n.parse().ok()).unwrap_or(0),
            inner: self.block(yaml, &inside, None),
            done,
        }
    }

    /// A region. When it holds more than states (a `for_each`, acts, a deadline), these stand on
    /// one state of the region's own name, so that the machine knows only blocks and states.
    fn region(&mut self, name: &str, place: Place, yaml: &Yaml, context: &Context) -> BlockId {
        let own = ["for_each", "acts", "after", "auto", "due", "allow", "veto"];
        let plain = yaml.get("states").is_some() && own.iter().all(|k| yaml.get(k).is_none());
        let mut context = context.clone();
        context.prefix = context.path(name);
        let id = if plain {
            if let Some((key, _)) = yaml.entry("done") {
                self.say(
                    Code::Syntaxe,
                    key.place,
                    "Une région se termine par un état final ou « to: end » : retirez « done ».",
                );
            }
            self.block(yaml, &context, Some(name))
        } else {
            let id = BlockId(u32_of(self.blocks.len()));
            let node = NodeId(u32_of(self.nodes.len()));
            self.blocks.push(Block {
                id,
                owner: context.owner,
                region: Some(name.to_owned()),
                title: text(yaml, "title"),
                when: None,
                start: node,
                nodes: vec![node],
                place,
            });
            self.nodes.push(blank(node, id, name, &context, place));
            // The state stands for the region: same path.
            self.nodes[node.0 as usize].path.clone_from(&context.prefix);
            self.state(node, yaml, &context);
            id
        };
        self.blocks[id.0 as usize].place = place;
        self.blocks[id.0 as usize].when = self.boolean(yaml, "when", &context);
        id
    }

    fn ending(&mut self, yaml: &Yaml) -> Option<Ending> {
        let outcome = text(yaml, "outcome");
        let ends = flag(yaml, "final");
        if let (false, Some((key, _))) = (ends, yaml.entry("outcome")) {
            self.say(
                Code::Syntaxe,
                key.place,
                "« outcome » n'a de sens qu'avec « final: true ».",
            );
        }
        ends.then_some(Ending { outcome })
    }
}

pub(super) fn text(yaml: &Yaml, key: &str) -> Option<String> {
    yaml.get(key).and_then(Yaml::scalar).map(str::to_owned)
}

pub(super) fn flag(yaml: &Yaml, key: &str) -> bool {
    yaml.get(key).and_then(Yaml::scalar) == Some("true")
}

/// Sizes are bounded by [`NODES_MAX`] and the reader's limits, far below `u32`.
pub(super) fn u32_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(super) fn texts(yaml: &Yaml, key: &str) -> Vec<String> {
    let Some(value) = yaml.get(key) else {
        return Vec::new();
    };
    let one = value.scalar().map(|s| vec![s.to_owned()]);
    one.unwrap_or_else(|| {
        let items = value.seq().unwrap_or(&[]);
        items
            .iter()
            .filter_map(Yaml::scalar)
            .map(str::to_owned)
            .collect()
    })
}

/// Rules and days of the year, as the shape pass has checked them.
pub(super) use shape::{day_of_year, rule_of};

fn blank(id: NodeId, block: BlockId, name: &str, context: &Context, place: Place) -> Node {
    Node {
        id,
        name: name.to_owned(),
        path: context.path(name),
        title: None,
        block,
        place,
        body: Body::Leaf,
        acts: Vec::new(),
        after: Vec::new(),
        auto: Vec::new(),
        due: None,
        allow: Vec::new(),
        ending: None,
        entry: false,
        binding: None,
        veto_intended: false,
        within: context.within.clone(),
    }
}

impl Workflow {
    /// The static paths, for look-ups.
    pub(super) fn index(nodes: &[Node]) -> BTreeMap<String, NodeId> {
        nodes.iter().map(|n| (n.path.clone(), n.id)).collect()
    }
}
