//! From a map of states to a process.

use super::super::Source;
use super::super::exits::{Cause, Exit, exits};
use super::super::twin;
use super::model::{Boundary, Clock, Element, Flow, Gateway, Kind, Many, Scope, Trigger};
use crate::regles::value::Value;
use crate::workflow::definition::model::{
    Block, BlockId, Body, Delay, Moment, Node, NodeId, Order, Target, Timer,
};
use std::collections::BTreeMap;

/// The whole process.
pub fn root(source: Source<'_>) -> Scope {
    Builder { source, flows: 0 }.block(BlockId(0), "")
}

struct Builder<'a> {
    source: Source<'a>,
    /// Flows numbered so far.
    flows: usize,
}

/// What a scope under construction knows.
struct Draft {
    scope: Scope,
    /// Where arrows that lead to a state arrive.
    at: BTreeMap<NodeId, usize>,
    end: Option<usize>,
    path: String,
}

/// A flow to come: from an element or its border, for a reason, to a target.
struct Way {
    from: usize,
    border: Option<usize>,
    name: String,
    to: Target,
    condition: Option<String>,
    default: bool,
}

impl Draft {
    fn add(&mut self, id: String, name: String, kind: Kind) -> usize {
        self.scope.elements.push(Element {
            id,
            name,
            documentation: Vec::new(),
            kind,
            boundary: Vec::new(),
        });
        self.scope.elements.len() - 1
    }
}

impl<'a> Builder<'a> {
    fn block(&mut self, id: BlockId, path: &str) -> Scope {
        let block = self.source.workflow.block(id);
        let mut draft = Draft {
            scope: Scope::default(),
            at: BTreeMap::new(),
            end: None,
            path: path.to_owned(),
        };
        let start = draft.add(identifier("debut", path), String::new(), Kind::Start);
        let mut ways = vec![way(start, Target::Node(block.start))];
        for node in block.nodes.iter().map(|id| self.source.workflow.node(*id)) {
            if node.entry {
                let id = identifier("reprise", &node.path);
                let entry = draft.add(id, "Reprise".into(), Kind::Start);
                ways.push(way(entry, Target::Node(node.id)));
            }
            self.node(&mut draft, block, node, &mut ways);
        }
        for way in ways {
            let to = match way.to {
                Target::Node(id) => draft.at.get(&id).copied(),
                Target::End => Some(end(&mut draft)),
            };
            if let Some(to) = to {
                self.flow(&mut draft.scope, way, to);
            }
        }
        draft.scope
    }

    fn flow(&mut self, scope: &mut Scope, way: Way, to: usize) {
        self.flows += 1;
        scope.flows.push(Flow {
            id: format!("flux_{}", self.flows),
            name: way.name,
            from: way.from,
            border: way.border,
            to,
            condition: way.condition,
            default: way.default,
        });
    }

    fn node(&mut self, draft: &mut Draft, block: &Block, node: &'a Node, ways: &mut Vec<Way>) {
        let exits = exits(node);
        let automatic = exits.iter().all(|e| matches!(e.cause, Cause::Auto(..)));
        let kind = match &node.body {
            Body::Leaf if node.ending.is_some() => Kind::End,
            Body::Leaf if automatic => Kind::Gateway(Gateway::Exclusive),
            Body::Leaf => Kind::Task {
                user: !node.acts.is_empty(),
            },
            body => self.process(node, body),
        };
        let mut name = self.source.state(node);
        if let Some(manner) = self.source.manner(&node.body) {
            name = format!("{name} ({manner})");
        }
        let gateway = matches!(kind, Kind::Gateway(_));
        let element = draft.add(identifier("etat", &node.path), name, kind);
        draft.scope.elements[element].documentation = documentation(self.source, node, block);
        draft.at.insert(node.id, element);
        if node.body.inner().is_empty() && !gateway {
            self.acts(draft, node, element, &exits, ways);
        }
        for exit in &exits {
            if gateway {
                ways.extend(self.choice(element, exit));
            } else {
                self.border(draft, node, element, exit, ways);
            }
        }
    }

    /// The flow of an automatic move out of a gateway.
    fn choice(&self, element: usize, exit: &Exit<'_>) -> Option<Way> {
        let (Cause::Auto(auto, ..), Some(to)) = (exit.cause, exit.to) else {
            return None;
        };
        Some(Way {
            name: self.source.cause(exit),
            condition: auto.when.as_ref().map(|when| when.source.clone()),
            default: auto.when.is_none(),
            ..way(element, to)
        })
    }

    /// The acts and refusals by which one leaves a state without parts.
    fn acts(
        &mut self,
        draft: &mut Draft,
        node: &Node,
        element: usize,
        exits: &[Exit<'_>],
        ways: &mut Vec<Way>,
    ) {
        let leaving: Vec<(String, Target)> = exits
            .iter()
            .filter(|e| matches!(e.cause, Cause::Act(_) | Cause::Refusal(_)))
            .filter_map(|e| Some((self.source.cause(e), e.to?)))
            .collect();
        let from = if leaving.len() > 1 {
            let kind = Kind::Gateway(Gateway::Exclusive);
            draft.add(identifier("choix", &node.path), String::new(), kind)
        } else {
            element
        };
        if from != element {
            self.flow(&mut draft.scope, way(element, Target::End), from);
        }
        ways.extend(leaving.into_iter().map(|(name, to)| Way {
            name,
            ..way(from, to)
        }));
    }

    /// What leaves by the border, and the flow out of a sub-process.
    fn border(
        &mut self,
        draft: &mut Draft,
        node: &Node,
        element: usize,
        exit: &Exit<'_>,
        ways: &mut Vec<Way>,
    ) {
        let parts = !node.body.inner().is_empty();
        let trigger = match exit.cause {
            Cause::Done(_) => {
                ways.extend(exit.to.map(|to| way(element, to)));
                return;
            }
            Cause::Act(_) | Cause::Refusal(_) if parts => Trigger::Message,
            Cause::Act(_) | Cause::Refusal(_) => return,
            Cause::Expiry(_, timer) | Cause::Timer(timer) => {
                Trigger::Timer(clock(self.source, timer))
            }
            Cause::Auto(auto, ..) => {
                let when = auto.when.as_ref();
                Trigger::Condition(when.map_or_else(|| "true".into(), |c| c.source.clone()))
            }
        };
        let opens = match exit.cause {
            Cause::Timer(timer) => timer.starts.as_ref(),
            _ => None,
        };
        if exit.to.is_none() && opens.is_none() {
            return;
        }
        let border = draft.scope.elements[element].boundary.len();
        let rank = border + 1;
        draft.scope.elements[element].boundary.push(Boundary {
            id: format!("{}_{rank}", identifier("bord", &node.path)),
            name: self.source.cause(exit),
            interrupts: exit.to.is_some(),
            trigger,
        });
        let from_border = |to| Way {
            border: Some(border),
            ..way(element, to)
        };
        ways.extend(exit.to.map(from_border));
        if let (None, Some(starts)) = (exit.to, opens) {
            let id = format!("{}_{rank}", identifier("ouvre", &node.path));
            let workflow = starts.workflow.clone();
            let called = draft.add(id, workflow.clone(), Kind::Call { workflow });
            let id = format!("{}_{rank}", identifier("ouvert", &node.path));
            let ended = draft.add(id, String::new(), Kind::End);
            let to_call = Way {
                border: Some(border),
                ..way(element, Target::End)
            };
            self.flow(&mut draft.scope, to_call, called);
            self.flow(&mut draft.scope, way(called, Target::End), ended);
        }
    }

    fn process(&mut self, node: &Node, body: &Body) -> Kind {
        let (inside, many) = match body {
            Body::Leaf => (Scope::default(), None),
            Body::Compound { inner, .. } => (self.block(*inner, &node.path), None),
            Body::Each { inner, order, .. } => {
                let many = match order {
                    Order::Parallel => Many::Parallel,
                    Order::Sequence => Many::Sequential,
                };
                (self.block(*inner, &node.path), Some(many))
            }
            Body::Parallel { regions, .. } => (self.regions(node, regions), None),
        };
        Kind::Process { inside, many }
    }

    /// One sub-process per region, between two gateways.
    fn regions(&mut self, node: &Node, regions: &[BlockId]) -> Scope {
        let path = &node.path;
        let optional = |id: &BlockId| self.source.workflow.block(*id).when.is_some();
        let gateway = if regions.iter().any(optional) {
            Gateway::Inclusive
        } else {
            Gateway::Parallel
        };
        let mut draft = Draft {
            scope: Scope::default(),
            at: BTreeMap::new(),
            end: None,
            path: path.clone(),
        };
        let start = draft.add(identifier("debut", path), String::new(), Kind::Start);
        let fork = draft.add(
            identifier("ouverture", path),
            String::new(),
            Kind::Gateway(gateway),
        );
        // Each region, its condition, and what leads from it to the joining gateway.
        let mut opened = Vec::new();
        let mut ways = Vec::new();
        for id in regions {
            let block = self.source.workflow.block(*id);
            let region = if let Some(node) = self.source.lone(block) {
                self.node(&mut draft, block, node, &mut ways);
                draft.at.get(&node.id).copied()
            } else {
                let path = format!("{path}/{}", block.region.as_deref().unwrap_or(""));
                let inside = self.block(*id, &path);
                let kind = Kind::Process { inside, many: None };
                let name = self.source.region(block);
                let region = draft.add(identifier("volet", &path), name, kind);
                ways.push(way(region, Target::End));
                Some(region)
            };
            opened.extend(region.map(|region| (region, block.when.as_ref())));
        }
        let join = draft.add(
            identifier("jonction", path),
            String::new(),
            Kind::Gateway(gateway),
        );
        let ended = end(&mut draft);
        self.flow(&mut draft.scope, way(start, Target::End), fork);
        for (region, when) in opened {
            let open = Way {
                name: when.map_or_else(String::new, |c| format!("Si {}", self.source.condition(c))),
                condition: when.map(|c| c.source.clone()),
                ..way(fork, Target::End)
            };
            self.flow(&mut draft.scope, open, region);
        }
        for way in ways {
            let to = match way.to {
                Target::Node(id) => draft.at.get(&id).copied(),
                Target::End => Some(join),
            };
            if let Some(to) = to {
                self.flow(&mut draft.scope, way, to);
            }
        }
        self.flow(&mut draft.scope, way(join, Target::End), ended);
        draft.scope
    }
}

fn way(from: usize, to: Target) -> Way {
    Way {
        from,
        border: None,
        name: String::new(),
        to,
        condition: None,
        default: false,
    }
}

/// The end event of a scope, made when first needed.
fn end(draft: &mut Draft) -> usize {
    if let Some(end) = draft.end {
        return end;
    }
    let id = identifier("fin", &draft.path);
    let end = draft.add(id, String::new(), Kind::End);
    draft.end = Some(end);
    end
}

/// What BPMN has no element for.
fn documentation(source: Source<'_>, node: &Node, block: &Block) -> Vec<String> {
    let mut lines = twin::notes(source, node, block);
    for exit in exits(node) {
        if matches!(exit.cause, Cause::Done(_)) {
            continue;
        }
        lines.push(twin::movement(source, &exit, block).to_string());
        if let Cause::Act(act) = exit.cause {
            let needs = act.requires.iter();
            lines.extend(needs.map(|r| format!("Condition : {}", r.sentence.source)));
        }
    }
    lines
}

fn clock(source: Source<'_>, timer: &Timer) -> Clock {
    match &timer.moment {
        Moment::In { delay, .. } => Clock::Duration(match delay {
            Delay::Fixed(delai) => delai.iso(),
            Delay::Rule(id) => {
                let rule = source.pack.and_then(|pack| pack.rules.get(id));
                match rule.and_then(|rule| rule.values.last()).map(|v| &v.value) {
                    Some(Value::Duration(delai)) => delai.iso(),
                    _ => format!("rule({id})"),
                }
            }
        }),
        Moment::At(date) => Clock::Date(date.source.clone()),
        Moment::Every { .. } => Clock::Cycle("R/P1Y".into()),
    }
}

/// An XML name: a word, then a static path.
fn identifier(word: &str, path: &str) -> String {
    if path.is_empty() {
        return word.to_owned();
    }
    let path = path.replace('/', "__");
    format!("{word}_{path}")
}
