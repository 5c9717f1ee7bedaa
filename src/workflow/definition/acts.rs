//! Reads acts: who, over what, on which conditions, with which inputs; and party expressions.

use super::build::{Builder, Context, flag, rule_of, text, texts};
use super::model::{
    Act, Body, Input, InputKind, Key, NodeId, Policy, Presence, Refused, Requirement, Role, Starts,
    Target,
};
use super::party::{self, PartyExpr, Written};
use crate::regles::value::{Type, Value};
use crate::regles::yaml::{Key as YamlKey, Node as Yaml};
use crate::workflow::problem::{Code, Place};

/// Deepest nesting of `any` and `all`.
const NESTING_MAX: usize = 3;

impl Builder<'_> {
    pub fn acts(&mut self, yaml: &Yaml, node: NodeId, context: &Context) -> Vec<Act> {
        let entries = yaml.get("acts").and_then(Yaml::map).unwrap_or(&[]);
        entries
            .iter()
            .filter_map(|(name, act)| self.act(name, act, node, context))
            .collect()
    }

    fn act(&mut self, name: &YamlKey, yaml: &Yaml, node: NodeId, context: &Context) -> Option<Act> {
        let by = self.party_of(yaml, "by", &context.within);
        let inputs = self.inputs(yaml);
        let refused = yaml.get("refused").and_then(|r| {
            let policy = match r.get("policy").and_then(Yaml::scalar) {
                Some("collect") => Policy::Collect,
                _ => Policy::First,
            };
            let to = self.target_of(r, "to", node)?;
            Some(Refused {
                policy,
                to,
                place: r.place,
            })
        });
        let expired = yaml
            .get("expired")
            .and_then(|e| self.timer(e, name.text.clone(), node, context));
        let to = self.target_of(yaml, "to", node);
        let over = yaml.get("over").and_then(|o| self.object(o, context));
        let by = by?;
        let act = Act {
            name: name.text.clone(),
            title: text(yaml, "title"),
            place: name.place,
            role: match yaml.get("as").and_then(Yaml::scalar) {
                Some("validation") => Role::Validation,
                Some("signature") => Role::Signature,
                _ => Role::Contribution,
            },
            over,
            requires: self.requirements(yaml, context),
            effective: text(yaml, "effective"),
            to,
            produces: self.produced(yaml),
            starts: yaml.get("starts").and_then(|s| self.starts(s, context)),
            source: text(yaml, "source"),
            refused,
            expired,
            reopens: text(yaml, "reopens"),
            by,
            inputs,
        };
        self.agreement(&act);
        self.effective(&act, yaml);
        self.reopens(&act, yaml);
        Some(act)
    }

    /// A refusal or an expiry is an exit of an agreement: it needs one.
    fn agreement(&mut self, act: &Act) {
        let agreed = act.by.is_agreement() || act.over.is_some();
        if agreed {
            return;
        }
        for (key, place) in [
            act.refused.as_ref().map(|r| ("refused", r.place)),
            act.expired.as_ref().map(|e| ("expired", e.place)),
        ]
        .into_iter()
        .flatten()
        {
            let message =
                format!("« {key} » n'a de sens que pour un accord : « by: all(…) » ou « over ».");
            self.say(Code::Syntaxe, place, message);
        }
    }

    fn effective(&mut self, act: &Act, yaml: &Yaml) {
        let Some(name) = &act.effective else { return };
        let place = yaml.get("effective").map_or(act.place, |n| n.place);
        match act.inputs.iter().find(|i| &i.name == name) {
            Some(input) if input.kind == InputKind::Date => {}
            Some(_) => self.say(
                Code::Type,
                place,
                format!(
                    "« effective » attend une saisie de type date ; « {name} » n'en est pas une."
                ),
            ),
            None => self.unknown(
                place,
                "La saisie",
                name,
                act.inputs.iter().map(|i| i.name.as_str()),
            ),
        }
    }

    fn reopens(&mut self, act: &Act, yaml: &Yaml) {
        let Some(name) = &act.reopens else { return };
        let place = yaml.get("reopens").map_or(act.place, |n| n.place);
        let Some(input) = act.inputs.iter().find(|i| &i.name == name) else {
            let known = act.inputs.iter().map(|i| i.name.as_str());
            return self.unknown(place, "La saisie", name, known);
        };
        let collection = if let InputKind::Item(collection) = &input.kind {
            collection.clone()
        } else {
            let message = format!(
                "« reopens » attend une saisie de type item ; « {name} » n'en est pas une."
            );
            return self.say(Code::Type, place, message);
        };
        if !matches!(act.to, Some(Target::Node(_))) {
            self.reopened(&collection, place);
        }
    }

    fn reopened(&mut self, collection: &str, place: Place) {
        let message =
            format!("« reopens » attend un « to » qui mène à un état « for_each: {collection} ».");
        self.say(Code::Type, place, message);
    }

    /// Once the whole graph stands: an act that reopens leads to a `for_each` of the same items.
    pub fn reopenings(&mut self) {
        let mut wrong = Vec::new();
        for act in self.nodes.iter().flat_map(|n| &n.acts) {
            let input = act
                .inputs
                .iter()
                .find(|i| Some(&i.name) == act.reopens.as_ref());
            if let (
                Some(Input {
                    kind: InputKind::Item(of),
                    ..
                }),
                Some(Target::Node(to)),
            ) = (input, act.to)
                && !matches!(&self.nodes[to.0 as usize].body, Body::Each { over, .. } if over == of)
            {
                wrong.push((of.clone(), act.place));
            }
        }
        for (of, place) in wrong {
            self.reopened(&of, place);
        }
    }

    fn produced(&mut self, yaml: &Yaml) -> Vec<String> {
        let names = texts(yaml, "produces");
        let place = yaml.get("produces").map(|n| n.place).unwrap_or_default();
        for name in &names {
            if self.surroundings.catalogue.document(name).is_none() {
                let known = self.surroundings.catalogue.documents;
                self.unknown(place, "Le document", name, known.iter().map(|d| d.name));
            }
        }
        names
    }

    fn requirements(&mut self, yaml: &Yaml, context: &Context) -> Vec<Requirement> {
        let list = yaml.get("requires").and_then(Yaml::seq).unwrap_or(&[]);
        let mut requirements = Vec::new();
        for item in list {
            let condition = self.boolean(item, "if", context);
            let sentence = self.sentence(item, "else", context);
            let waive = self.party_of(item, "waive", &context.within);
            if let (Some(condition), Some(sentence)) = (condition, sentence) {
                requirements.push(Requirement {
                    condition,
                    sentence,
                    waive,
                    place: item.place,
                });
            }
        }
        requirements
    }

    pub fn inputs(&mut self, yaml: &Yaml) -> Vec<Input> {
        let entries = yaml.get("inputs").and_then(Yaml::map).unwrap_or(&[]);
        let mut inputs = Vec::new();
        for (name, input) in entries {
            let kind = self.input_kind(input);
            inputs.push(Input {
                name: name.text.clone(),
                title: text(input, "title"),
                kind,
                required: flag(input, "required"),
                many: flag(input, "many"),
                per_party: input.get("per").is_some(),
                place: name.place,
            });
        }
        inputs
    }

    fn input_kind(&mut self, yaml: &Yaml) -> InputKind {
        let of = yaml.get("of");
        let of_text = of.and_then(Yaml::scalar).unwrap_or("");
        let place = of.map_or(yaml.place, |n| n.place);
        let kind = yaml.get("type").and_then(Yaml::scalar).unwrap_or("");
        if of.is_some() && !matches!(kind, "choice" | "item") {
            let message = "« of » n'a de sens que pour les types choice et item.";
            self.say(Code::Syntaxe, place, message);
        }
        match kind {
            "integer" => InputKind::Integer,
            "cents" => InputKind::Cents,
            "percent" => InputKind::Percent,
            "date" => InputKind::Date,
            "boolean" => InputKind::Boolean,
            "document" => InputKind::Document,
            "person" => InputKind::Person,
            "choice" => {
                let id = rule_of(of_text).unwrap_or("").to_owned();
                if id.is_empty() {
                    let message = "Un choix prend sa liste dans une règle : « of: rule(ID) ».";
                    self.say(Code::Type, place, message);
                } else {
                    let list = Type::List(Box::new(Type::Text));
                    self.rule_typed(&id, &list, place);
                }
                InputKind::Choice(id)
            }
            "item" => {
                let catalogue = self.surroundings.catalogue;
                if catalogue.collection(of_text).is_none() {
                    let known = catalogue.collections.iter().map(|c| c.name);
                    self.unknown(place, "La collection", of_text, known);
                }
                InputKind::Item(of_text.to_owned())
            }
            _ => InputKind::Text,
        }
    }

    pub fn starts(&mut self, yaml: &Yaml, context: &Context) -> Option<Starts> {
        let workflow = text(yaml, "workflow")?;
        if !self.surroundings.workflows.contains(&workflow) {
            let place = yaml.get("workflow").map_or(yaml.place, |n| n.place);
            let known = self.surroundings.workflows.iter().map(String::as_str);
            self.unknown(place, "Le workflow", &workflow, known);
        }
        let word = text(yaml, "key")?;
        let plain = word
            .chars()
            .all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-'))
            && word != "year";
        let key = if word == "next" {
            Key::Next
        } else if plain {
            Key::Word(word)
        } else {
            Key::Year(self.year(yaml, "key", context)?)
        };
        Some(Starts {
            workflow,
            key,
            root: flag(yaml, "root"),
            place: yaml.place,
        })
    }

    /// Says so when a rule is missing or of another type.
    pub fn rule_typed(&mut self, id: &str, expected: &Type, place: Place) {
        let Some(pack) = self.pack else { return };
        match pack.rule_type(id) {
            Some(found) if found == *expected => {}
            Some(found) => self.say(
                Code::Type,
                place,
                format!(
                    "La règle « {id} » est {} ; {} est attendu ici.",
                    found.title(),
                    expected.title()
                ),
            ),
            None => self.unknown(place, "La règle", id, pack.ids()),
        }
    }

    /// Reads a party expression and looks its names up. `bare_refused`: a set must then stand
    /// inside any(…) or all(…), because otherwise nobody knows whether one or all must act.
    pub fn party_text(
        &mut self,
        written: &str,
        place: Place,
        within: &[String],
        bare_refused: bool,
    ) -> Option<PartyExpr> {
        let read = match party::read(written) {
            Ok(read) => read,
            Err((offset, message)) => {
                self.say(Code::Syntaxe, shifted(place, offset), message);
                return None;
            }
        };
        let expr = self.party_names(&read, place, within, 0)?;
        let many = match &expr {
            PartyExpr::Set { .. } => true,
            PartyExpr::Party(id) => self
                .parties
                .iter()
                .any(|p| &p.id == id && matches!(p.presence, Presence::Each(_))),
            _ => false,
        };
        if many && bare_refused {
            let message = format!(
                "« {expr} » désigne plusieurs parties : écrivez any({expr}) si une suffit, \
                 all({expr}) s'il les faut toutes."
            );
            self.say(Code::Syntaxe, place, message);
        }
        Some(expr)
    }

    fn party_names(
        &mut self,
        read: &Written,
        place: Place,
        within: &[String],
        depth: usize,
    ) -> Option<PartyExpr> {
        let here = shifted(place, read.offset);
        match (read.name.as_str(), &read.arguments) {
            ("any" | "all", Some(list)) => {
                if depth >= NESTING_MAX {
                    let message =
                        format!("any et all s'imbriquent sur {NESTING_MAX} niveaux au plus.");
                    self.say(Code::Limite, here, message);
                    return None;
                }
                let inner: Option<Vec<PartyExpr>> = list
                    .iter()
                    .map(|e| self.party_names(e, place, within, depth + 1))
                    .collect();
                Some(if read.name == "any" {
                    PartyExpr::Any(inner?)
                } else {
                    PartyExpr::All(inner?)
                })
            }
            ("rule", Some(list)) => self.party_rule(list, here, within, depth),
            ("party", Some(list)) => {
                let collection = self.one_name(list, here)?;
                let known = self.surroundings.catalogue.collection(&collection);
                if !known.is_some_and(|c| c.parties) {
                    let known = self.surroundings.catalogue.collections;
                    let known = known.iter().filter(|c| c.parties).map(|c| c.name);
                    self.unknown(here, "La collection de parties", &collection, known);
                    return None;
                }
                if !within.contains(&collection) {
                    self.outside(here, &collection);
                }
                Some(PartyExpr::Item(collection))
            }
            (name, Some(list)) => {
                let over = self.one_name(list, here)?;
                self.party_set(name, Some(over), here, within)
            }
            (name, None) if self.parties.iter().any(|p| p.id == name) => {
                Some(PartyExpr::Party(name.to_owned()))
            }
            (name, None) => self.party_set(name, None, here, within),
        }
    }

    fn party_set(
        &mut self,
        name: &str,
        over: Option<String>,
        here: Place,
        within: &[String],
    ) -> Option<PartyExpr> {
        let sets = self.surroundings.catalogue.sets;
        if self
            .surroundings
            .catalogue
            .set(name, over.as_deref())
            .is_none()
        {
            let alike = sets.iter().find(|s| s.name == name);
            if let Some(set) = alike {
                let form = match set.over {
                    Some(of) => format!("{name}({of})"),
                    None => name.to_owned(),
                };
                let message = format!("L'ensemble « {name} » s'écrit « {form} ».");
                self.say(Code::Inconnu, here, message);
            } else {
                let parties: Vec<String> = self.parties.iter().map(|p| p.id.clone()).collect();
                let known = parties.iter().map(String::as_str);
                let known = known.chain(sets.iter().map(|s| s.name));
                self.unknown(here, "La partie ou l'ensemble", name, known);
            }
            return None;
        }
        if let Some(over) = &over
            && !within.contains(over)
        {
            self.outside(here, over);
        }
        Some(PartyExpr::Set {
            name: name.to_owned(),
            over,
        })
    }

    fn one_name(&mut self, list: &[Written], here: Place) -> Option<String> {
        if let [
            Written {
                name,
                arguments: None,
                ..
            },
        ] = list
        {
            Some(name.clone())
        } else {
            self.say(
                Code::Syntaxe,
                here,
                "Un seul nom de collection est attendu entre les parenthèses.",
            );
            None
        }
    }

    /// Every value the rule may take is read, so that every one is proven.
    fn party_rule(
        &mut self,
        list: &[Written],
        here: Place,
        within: &[String],
        depth: usize,
    ) -> Option<PartyExpr> {
        let id = self.one_name(list, here)?;
        self.rule_typed(&id, &Type::Parties, here);
        let values = &self.pack?.rules.get(&id)?.values;
        let mut choices: Vec<(String, PartyExpr)> = Vec::new();
        for dated in values {
            let Value::Text(text) = &dated.value else {
                continue;
            };
            if choices.iter().any(|(known, _)| known == text) {
                continue;
            }
            match party::read(text) {
                Ok(read) => {
                    let expr = self.party_names(&read, here, within, depth)?;
                    choices.push((text.clone(), expr));
                }
                Err((_, message)) => {
                    let message = format!("La règle « {id} » : {message}");
                    self.say(Code::Syntaxe, here, message);
                }
            }
        }
        Some(PartyExpr::Rule { id, choices })
    }
}

/// A place some characters further on the line.
pub(super) fn shifted(place: Place, offset: usize) -> Place {
    Place {
        line: place.line,
        column: place.column + super::build::u32_of(offset),
    }
}
