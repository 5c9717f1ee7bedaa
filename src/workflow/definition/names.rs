//! Looks names up: states, objects, rights, bound parties.

use super::build::{Builder, Context};
use super::model::{Allow, Binding, NodeId, ObjectRef, Target};
use super::party::PartyExpr;
use crate::regles::yaml::Node as Yaml;
use crate::workflow::problem::{Code, Place};

impl Builder<'_> {
    pub fn binding(&mut self, yaml: &Yaml, context: &Context) -> Option<Binding> {
        let node = yaml.get("binding")?;
        let binds = node.get("binds").and_then(Yaml::seq).map(|list| {
            let mut ids = Vec::new();
            if list.is_empty() {
                let message = "« binds » ne nomme personne : un état qui engage engage au moins \
                               une partie. Nommez-la, ou retirez « binding ».";
                self.say(Code::Syntaxe, node.place, message);
            }
            for id in list {
                let text = id.scalar().unwrap_or("");
                if self.parties.iter().any(|p| p.id == text) {
                    ids.push(text.to_owned());
                } else {
                    let known: Vec<String> = self.parties.iter().map(|p| p.id.clone()).collect();
                    self.unknown(
                        id.place,
                        "La partie",
                        text,
                        known.iter().map(String::as_str),
                    );
                }
            }
            ids
        });
        Some(Binding {
            over: node.get("over").and_then(|o| self.object(o, context)),
            binds,
            place: node.place,
        })
    }

    pub fn allow(&mut self, yaml: &Yaml, context: &Context) -> Vec<Allow> {
        let entries = yaml.get("allow").and_then(Yaml::map).unwrap_or(&[]);
        let mut rights = Vec::new();
        for (who, list) in entries {
            let expr = self.party_text(&who.text, who.place, &context.within, false);
            let mut capabilities = Vec::new();
            for capability in list.seq().unwrap_or(&[]) {
                let name = capability.scalar().unwrap_or("");
                if self.surroundings.catalogue.capability(name).is_none() {
                    let known = self.surroundings.catalogue.capabilities;
                    let known = known.iter().map(|c| c.name);
                    self.unknown(capability.place, "Le droit", name, known);
                }
                capabilities.push(name.to_owned());
            }
            if let Some(who_) = expr {
                rights.push(Allow {
                    who: who_,
                    capabilities,
                    place: who.place,
                });
            }
        }
        rights
    }

    /// `contrat`, `diagnostic(esms)`.
    pub fn object(&mut self, yaml: &Yaml, context: &Context) -> Option<ObjectRef> {
        let written = yaml.scalar().unwrap_or("");
        let (name, item) = match written.split_once('(') {
            None => (written.trim(), None),
            Some((name, rest)) => (name.trim(), rest.strip_suffix(')').map(str::trim)),
        };
        let catalogue = self.surroundings.catalogue;
        let Some(object) = catalogue.object(name) else {
            let known = catalogue.objects.iter().map(|o| o.name);
            self.unknown(yaml.place, "L'objet", name, known);
            return None;
        };
        if let Some(item) = item {
            if object.of != Some(item) {
                let message = match object.of {
                    Some(of) => format!("« {name} » s'écrit {name}({of}), ou {name} pour le tout."),
                    None => format!("« {name} » est unique : écrivez-le sans parenthèses."),
                };
                self.say(Code::Type, yaml.place, message);
            } else if !context.within.iter().any(|c| c == item) {
                self.outside(yaml.place, item);
            }
        }
        Some(ObjectRef {
            name: name.to_owned(),
            item: item.map(str::to_owned),
        })
    }

    pub fn outside(&mut self, place: Place, collection: &str) {
        let message = format!(
            "« {collection} » ne désigne un élément qu'à l'intérieur de for_each: {collection}. \
             Retirez les parenthèses, ou déplacez cette ligne dans la branche."
        );
        self.say(Code::Syntaxe, place, message);
    }

    /// The state of the same block that a key names, or the end.
    pub fn target_of(&mut self, yaml: &Yaml, key: &str, from: NodeId) -> Option<Target> {
        let value = yaml.get(key)?;
        let name = value.scalar().unwrap_or("");
        let block = self.nodes[from.0 as usize].block;
        if name == "end" {
            if self.blocks[block.0 as usize].owner.is_none() {
                let message = "« end » termine une région ou une branche. Ici, menez à un état \
                               final, dont l'issue se lit.";
                self.say(Code::Syntaxe, value.place, message);
            }
            return Some(Target::End);
        }
        let siblings = self.blocks[block.0 as usize].nodes.clone();
        let named = |id: &NodeId| self.nodes[id.0 as usize].name == name;
        if let Some(found) = siblings.iter().copied().find(|id| named(id)) {
            return Some(Target::Node(found));
        }
        let elsewhere = self.nodes.iter().any(|n| n.name == name);
        if elsewhere {
            let message = format!(
                "« {name} » n'est pas un état du même bloc : rien ne traverse la frontière d'une \
                 région ou d'une branche. Menez à un état voisin, ou à end."
            );
            self.say(Code::Inconnu, value.place, message);
        } else {
            let known: Vec<String> = siblings
                .iter()
                .map(|id| self.nodes[id.0 as usize].name.clone())
                .collect();
            self.unknown(
                value.place,
                "L'état",
                name,
                known.iter().map(String::as_str).chain(["end"]),
            );
        }
        None
    }

    /// A party expression held by a key.
    pub fn party_of(&mut self, yaml: &Yaml, key: &str, within: &[String]) -> Option<PartyExpr> {
        let value = yaml.get(key)?;
        self.party_text(value.scalar().unwrap_or(""), value.place, within, true)
    }
}
