//! Reads timers, soft deadlines and automatic moves.

use super::build::{Builder, Context, day_of_year, rule_of, text};
use super::grammar::MODES;
use super::model::{Auto, Delay, Due, Escalate, Moment, NodeId, Role, Silence, Timer};
use crate::regles::delai::{Delai, Mode};
use crate::regles::value::Type;
use crate::regles::yaml::Node as Yaml;
use crate::workflow::problem::Code;

impl Builder<'_> {
    pub fn times(
        &mut self,
        yaml: &Yaml,
        node: NodeId,
        context: &Context,
    ) -> (Vec<Timer>, Vec<Auto>, Option<Due>) {
        let after = one_or_many(yaml, "after");
        let after = after
            .iter()
            .enumerate()
            .filter_map(|(i, t)| self.timer(t, format!("after-{}", i + 1), node, context))
            .collect();
        let auto = self.autos(yaml, node, context);
        let due = yaml.get("due").and_then(|d| self.due(d, context));
        (after, auto, due)
    }

    pub fn timer(
        &mut self,
        yaml: &Yaml,
        name: String,
        node: NodeId,
        context: &Context,
    ) -> Option<Timer> {
        let moment = self.moment(yaml, context);
        let to = self.target_of(yaml, "to", node);
        let starts = yaml.get("starts").and_then(|s| self.starts(s, context));
        let silence = match yaml.get("silence").and_then(Yaml::scalar) {
            Some("approved") => Some(Silence::Approved),
            Some("rejected") => Some(Silence::Rejected),
            Some("none") => Some(Silence::None),
            _ => None,
        };
        let when = self.boolean(yaml, "when", context);
        Some(Timer {
            name,
            title: text(yaml, "title"),
            moment: moment?,
            when,
            silence,
            to,
            starts,
            source: text(yaml, "source"),
            place: yaml.place,
        })
    }

    fn due(&mut self, yaml: &Yaml, context: &Context) -> Option<Due> {
        let moment = self.moment(yaml, context);
        let remind = yaml.get("remind").and_then(Yaml::seq).unwrap_or(&[]);
        let remind = remind
            .iter()
            .filter_map(|d| d.scalar()?.parse().ok())
            .collect();
        let escalate = yaml.get("escalate").and_then(|e| {
            Some(Escalate {
                delay: self.delay(e)?,
                to: match e.get("to").and_then(Yaml::scalar) {
                    Some("validation") => Role::Validation,
                    Some("signature") => Role::Signature,
                    _ => Role::Contribution,
                },
            })
        });
        Some(Due {
            moment: moment?,
            remind,
            escalate,
            source: text(yaml, "source"),
            place: yaml.place,
        })
    }

    fn autos(&mut self, yaml: &Yaml, node: NodeId, context: &Context) -> Vec<Auto> {
        let list = one_or_many(yaml, "auto");
        let mut autos = Vec::new();
        for (i, item) in list.iter().enumerate() {
            let when = self.boolean(item, "when", context);
            if item.get("when").is_none() && i + 1 < list.len() {
                let message = "Seul le dernier passage automatique peut se passer de « when » : \
                               ceux qui suivent ne seraient jamais pris.";
                self.say(Code::Mort, item.place, message);
            }
            if let Some(to) = self.target_of(item, "to", node) {
                autos.push(Auto {
                    when,
                    to,
                    place: item.place,
                });
            }
        }
        autos
    }

    /// Exactly one of `in` (with `from`), `at`, `every`.
    fn moment(&mut self, yaml: &Yaml, context: &Context) -> Option<Moment> {
        let said: Vec<_> = ["in", "at", "every"]
            .iter()
            .filter_map(|k| yaml.entry(k))
            .collect();
        let [(key, value)] = said[..] else {
            let message = "Une échéance se dit d'une seule manière : « in » (un délai), « at » \
                           (une date) ou « every » (un jour de l'année).";
            self.say(Code::Syntaxe, yaml.place, message);
            return None;
        };
        for (key, value) in ["from", "counted"].iter().filter_map(|k| yaml.entry(k)) {
            if yaml.get("in").is_none() {
                let message = format!("« {} » n'a de sens qu'avec « in ».", key.text);
                self.say(Code::Syntaxe, value.place, message);
            }
        }
        match key.text.as_str() {
            "in" => Some(Moment::In {
                delay: self.delay(yaml)?,
                from: match yaml.get("from") {
                    Some(_) => Some(self.date(yaml, "from", context)?),
                    None => None,
                },
            }),
            "at" => Some(Moment::At(self.date(yaml, "at", context)?)),
            _ => day_of_year(value.scalar()?).map(|(month, day)| Moment::Every { month, day }),
        }
    }

    /// The `in` of a timer, a due, an escalation; or another key through `delay_of`.
    fn delay(&mut self, yaml: &Yaml) -> Option<Delay> {
        self.delay_of(yaml, "in")
    }

    pub fn delay_of(&mut self, yaml: &Yaml, key: &str) -> Option<Delay> {
        let value = yaml.get(key)?;
        let text = value.scalar()?;
        let counted = yaml.get("counted");
        if let Some(id) = rule_of(text) {
            self.rule_typed(id, &Type::Duration, value.place);
            if let Some(counted) = counted {
                let message = "La règle dit déjà comment compter les jours : retirez « counted ».";
                self.say(Code::Syntaxe, counted.place, message);
            }
            return Some(Delay::Rule(id.to_owned()));
        }
        let mut delai: Delai = text.parse().ok()?;
        if let Some(mode) = counted.and_then(Yaml::scalar) {
            delai.mode = match MODES.iter().position(|m| *m == mode) {
                Some(1) => Mode::Ouvres,
                Some(2) => Mode::Ouvrables,
                Some(3) => Mode::Francs,
                _ => Mode::Calendaires,
            };
        }
        Some(Delay::Fixed(delai))
    }
}

fn one_or_many<'y>(yaml: &'y Yaml, key: &str) -> Vec<&'y Yaml> {
    match yaml.get(key) {
        None => Vec::new(),
        Some(value) => value
            .seq()
            .map_or_else(|| vec![value], |items| items.iter().collect()),
    }
}
