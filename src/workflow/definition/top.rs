//! Reads what stands at the top: parties, interruptions, migrations.

use super::build::{Builder, Context, flag, text, texts};
use super::model::{BlockId, Interruption, Migration, NodeId, Party, Presence, Workflow};
use super::party::PartyExpr;
use crate::regles::yaml::{Key as YamlKey, Node as Yaml};
use crate::workflow::problem::Code;

impl Builder<'_> {
    pub fn workflow(&mut self, tree: &Yaml) -> Workflow {
        let rules = text(tree, "rules").unwrap_or_default();
        self.pack = self.surroundings.packs.get(&rules);
        if self.pack.is_none() {
            let place = tree.get("rules").map_or(tree.place, |n| n.place);
            let known = self.surroundings.packs.keys().map(String::as_str);
            self.unknown(place, "Le paquet de règles", &rules, known);
        }
        let parent = texts(tree, "parent");
        for name in &parent {
            if !self.surroundings.workflows.contains(name) {
                let place = tree.get("parent").map_or(tree.place, |n| n.place);
                let known = self.surroundings.workflows.iter().map(String::as_str);
                self.unknown(place, "Le workflow", name, known);
            }
        }
        let version = text(tree, "version").and_then(|v| v.parse().ok());
        if version == Some(0) {
            let place = tree.get("version").map_or(tree.place, |n| n.place);
            self.say(Code::Type, place, "« version » commence à 1.");
        }
        let context = Context::default();
        self.parties(tree);
        self.block(tree, &context, None);
        self.reopenings();
        let allow = self.allow(tree, &context);
        let interruptions = self.interruptions(tree);
        let migrations = self.migrations(tree);
        let nodes = std::mem::take(&mut self.nodes);
        Workflow {
            name: text(tree, "workflow").unwrap_or_default(),
            version: version.unwrap_or(1),
            title: text(tree, "title").unwrap_or_default(),
            legal: texts(tree, "legal"),
            rules,
            parent,
            survives_parent: flag(tree, "survives_parent"),
            parties: std::mem::take(&mut self.parties),
            allow,
            interruptions,
            migrations,
            by_path: Workflow::index(&nodes),
            nodes,
            blocks: std::mem::take(&mut self.blocks),
        }
    }

    fn parties(&mut self, tree: &Yaml) {
        let entries = tree.get("parties").and_then(Yaml::map).unwrap_or(&[]);
        if entries.is_empty() {
            let place = tree.get("parties").map_or(tree.place, |n| n.place);
            self.say(Code::Syntaxe, place, "Au moins une partie est attendue.");
        }
        for (id, yaml) in entries {
            self.party(id, yaml);
        }
    }

    fn party(&mut self, id: &YamlKey, yaml: &Yaml) {
        let catalogue = self.surroundings.catalogue;
        let known = catalogue.kind(&id.text);
        let kind = match yaml.get("kind").and_then(Yaml::scalar) {
            Some("authority") => Some(crate::workflow::catalogue::PartyKind::Authority),
            Some("operator") => Some(crate::workflow::catalogue::PartyKind::Operator),
            Some(_) => Some(crate::workflow::catalogue::PartyKind::Other),
            None => known,
        };
        let Some(kind) = kind else {
            let message = format!(
                "La partie « {} » n'est pas connue du catalogue : dites ce qu'elle est \
                 (kind: authority, operator ou other).",
                id.text
            );
            return self.say(Code::Inconnu, id.place, message);
        };
        if catalogue.set(&id.text, None).is_some() || matches!(&*id.text, "any" | "all" | "end") {
            let message = format!(
                "« {} » désigne déjà autre chose : choisissez un autre nom.",
                id.text
            );
            self.say(Code::Syntaxe, id.place, message);
        }
        let presence = match (yaml.get("when"), yaml.get("each")) {
            (None, None) => Presence::Always,
            (Some(_), None) => match self.boolean(yaml, "when", &Context::default()) {
                Some(condition) => Presence::When(condition),
                None => return,
            },
            (None, Some(each)) => {
                let name = each.scalar().unwrap_or("");
                if catalogue.collection(name).is_none() {
                    let known = catalogue.collections.iter().map(|c| c.name);
                    self.unknown(each.place, "La collection", name, known);
                }
                Presence::Each(name.to_owned())
            }
            (Some(when), Some(_)) => {
                let message =
                    "« each » dit déjà combien de parties sont là (0 à n) : retirez « when ».";
                return self.say(Code::Syntaxe, when.place, message);
            }
        };
        self.parties.push(Party {
            id: id.text.clone(),
            title: text(yaml, "title").unwrap_or_default(),
            kind,
            presence,
            place: id.place,
        });
    }

    fn interruptions(&mut self, tree: &Yaml) -> Vec<Interruption> {
        let context = Context::default();
        let entries = tree.get("interruptions").and_then(Yaml::map).unwrap_or(&[]);
        let mut interruptions = Vec::new();
        for (name, yaml) in entries {
            let by = self.party_of(yaml, "by", &[]);
            let limit = self.delay_of(yaml, "for");
            let when = self.boolean(yaml, "when", &context);
            let from = self.root_states(yaml);
            let resume = self.party_of(yaml, "resume", &[]);
            let inputs = self.inputs(yaml);
            let Some(by) = by else { continue };
            // A rule that opens it says when it ends.
            let opened_by_rule = when.as_ref().is_some_and(|c| !c.rules().is_empty());
            if resume.is_some() && limit.is_none() && !opened_by_rule && !everyone(&by) {
                let message = format!(
                    "« {} » peut être décidée sans toutes les parties : une telle suspension est \
                     bornée. Ajoutez sa durée la plus longue (« for »), ou écrivez « by: \
                     all(parties) ».",
                    name.text
                );
                self.say(Code::Syntaxe, name.place, message);
            }
            interruptions.push(Interruption {
                name: name.text.clone(),
                title: text(yaml, "title"),
                by,
                limit,
                when,
                from,
                until_binding: yaml.get("until").is_some(),
                resume,
                inputs,
                place: name.place,
            });
        }
        interruptions
    }

    fn root_states(&mut self, yaml: &Yaml) -> Vec<NodeId> {
        let root = self.blocks[BlockId(0).0 as usize].nodes.clone();
        let list = yaml.get("from").and_then(Yaml::seq).unwrap_or(&[]);
        let mut states = Vec::new();
        for item in list {
            let name = item.scalar().unwrap_or("");
            let named = |id: &&NodeId| self.nodes[id.0 as usize].name == name;
            if let Some(id) = root.iter().find(named) {
                states.push(*id);
            } else {
                let known: Vec<String> = root
                    .iter()
                    .map(|id| self.nodes[id.0 as usize].name.clone())
                    .collect();
                let known = known.iter().map(String::as_str);
                self.unknown(item.place, "L'état de premier niveau", name, known);
            }
        }
        states
    }

    fn migrations(&mut self, tree: &Yaml) -> Vec<Migration> {
        let list = tree.get("migrations").and_then(Yaml::seq).unwrap_or(&[]);
        let mut migrations = Vec::new();
        for yaml in list {
            let entries = yaml.get("map").and_then(Yaml::map).unwrap_or(&[]);
            let mut map = std::collections::BTreeMap::new();
            for (old, new) in entries {
                let path = new.scalar().unwrap_or("").to_owned();
                if !self.nodes.iter().any(|n| n.path == path) {
                    let known: Vec<String> = self.nodes.iter().map(|n| n.path.clone()).collect();
                    let known = known.iter().map(String::as_str);
                    self.unknown(new.place, "L'état", &path, known);
                }
                map.insert(old.text.clone(), path);
            }
            let from = text(yaml, "from").and_then(|v| v.parse().ok());
            migrations.push(Migration {
                from: from.unwrap_or(0),
                map,
                place: yaml.place,
            });
        }
        migrations
    }
}

/// `all(parties)`: nobody is left out.
fn everyone(by: &PartyExpr) -> bool {
    let whole = |e: &PartyExpr| matches!(e, PartyExpr::Set { name, over: None } if name == PARTIES);
    matches!(by, PartyExpr::All(list) if list.iter().any(whole))
}

/// The set of every party of the contract.
const PARTIES: &str = "parties";
