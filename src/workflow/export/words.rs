//! French words for the parts of a graph.

use super::Source;
use super::exits::{Cause, Exit};
use super::phrase;
use crate::regles::value::{Day, Value};
use crate::workflow::catalogue::Who;
use crate::workflow::condition::{Condition, format::french};
use crate::workflow::definition::model::{
    Act, Block, Body, Delay, Due, Escalate, Key, Moment, Node, ObjectRef, Order, Party, Policy,
    Role, Silence, Starts, Target, Timer,
};
use crate::workflow::definition::party::PartyExpr;

const NO_BREAK: &str = "\u{a0}";

/// The form that stands for a party: form first, colour second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// A sign of who must consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Full: this party; hollow: this party when it is concerned.
    Party { form: Form, full: bool },
    /// One side is enough.
    Or,
}

impl Source<'_> {
    /// The name of a state.
    pub fn state(&self, node: &Node) -> String {
        title(node.title.as_deref(), &node.name)
    }

    /// The name of a region.
    pub fn region(&self, block: &Block) -> String {
        title(
            block.title.as_deref(),
            block.region.as_deref().unwrap_or(""),
        )
    }

    /// How a composite state runs what it holds: « pour chaque ESMS ».
    pub fn manner(&self, body: &Body) -> Option<String> {
        match body {
            Body::Leaf | Body::Compound { .. } => None,
            Body::Parallel { .. } => Some("volets menés en parallèle".into()),
            Body::Each { over, order, .. } => {
                let one = self.catalogue.collection(over);
                let one = one.map_or(over.as_str(), |c| bare(c.singular));
                Some(match order {
                    Order::Parallel => format!("pour chaque {one}"),
                    Order::Sequence => format!("pour chaque {one}, l'un après l'autre"),
                })
            }
        }
    }

    pub fn act(&self, act: &Act) -> String {
        title(act.title.as_deref(), &act.name)
    }

    /// What makes one leave: « Signer », « Après 30 jours, le silence vaut accord ».
    pub fn cause(&self, exit: &Exit<'_>) -> String {
        spaced(&match exit.cause {
            Cause::Act(act) => self.act(act),
            Cause::Refusal(act) => {
                let policy = act.refused.as_ref().map(|r| r.policy);
                match policy {
                    Some(Policy::Collect) => "Refus, toutes les réponses reçues".into(),
                    _ => "Refus".into(),
                }
            }
            Cause::Expiry(_, timer) => format!("Sans accord {}", self.moment(&timer.moment)),
            Cause::Timer(timer) => self.timer(timer),
            Cause::Auto(auto, rank, count) => match &auto.when {
                Some(when) => format!("Si {}", self.condition(when)),
                None if rank > 0 && rank + 1 == count => "Sinon".into(),
                None => "Aussitôt".into(),
            },
            Cause::Done(body) => match body {
                Body::Each { .. } => "Toutes les branches closes".into(),
                Body::Parallel { .. } => "Tous les volets clos".into(),
                Body::Leaf | Body::Compound { .. } => "Tout ce qu'il contient clos".into(),
            },
        })
    }

    /// A deadline: what falls, when, and what silence means.
    pub fn timer(&self, timer: &Timer) -> String {
        let moment = self.moment(&timer.moment);
        let mut text = match &timer.title {
            Some(title) => format!("{title}, {moment}"),
            None => capital(&moment),
        };
        match timer.silence {
            Some(Silence::Approved) => text.push_str(", le silence vaut accord"),
            Some(Silence::Rejected) => text.push_str(", le silence vaut rejet"),
            Some(Silence::None) | None => {}
        }
        if let Some(when) = &timer.when {
            text.push_str(", si ");
            text.push_str(&self.condition(when));
        }
        if let Some(starts) = &timer.starts {
            text.push_str(" : ");
            text.push_str(&self.starts(starts));
        }
        text
    }

    /// A soft deadline.
    pub fn due(&self, due: &Due) -> String {
        let moment = self.moment(&due.moment);
        spaced(&match moment.strip_prefix("après ") {
            Some(delay) => format!("Attendu sous {delay}"),
            None => format!("Attendu {moment}"),
        })
    }

    /// Who is told once a soft deadline has passed.
    pub fn escalation(&self, escalate: &Escalate) -> String {
        let whom = match escalate.to {
            Role::Contribution => "aux contributeurs",
            Role::Validation => "aux valideurs",
            Role::Signature => "aux signataires",
        };
        format!("puis signalé {whom} après {}", self.delay(&escalate.delay))
    }

    /// What people agree on.
    pub fn object(&self, object: &ObjectRef) -> String {
        let title = self.catalogue.object(&object.name);
        let title = title.map_or(object.name.as_str(), |o| o.title);
        match &object.item {
            Some(item) => match self.catalogue.collection(item) {
                Some(collection) => format!("{title} ({})", collection.singular),
                None => format!("{title} ({item})"),
            },
            None => title.to_owned(),
        }
    }

    /// A workflow to start.
    pub fn starts(&self, starts: &Starts) -> String {
        let key = match &starts.key {
            Key::Next => String::new(),
            Key::Word(word) => format!(" {word}"),
            Key::Year(year) => {
                let year = year.source.replace("year", "année").replace('-', "−");
                format!(" {}", year.replace(' ', NO_BREAK))
            }
        };
        format!("ouvre {}{key}", starts.workflow)
    }

    pub fn moment(&self, moment: &Moment) -> String {
        match moment {
            Moment::In { delay, from } => {
                let delay = self.delay(delay);
                match from {
                    Some(from) => format!("après {delay} à compter de {}", self.condition(from)),
                    None => format!("après {delay}"),
                }
            }
            Moment::At(date) => format!("à la date : {}", self.condition(date)),
            Moment::Every { month, day } => {
                let day = Day {
                    month: *month,
                    day: *day,
                };
                format!("chaque {}", french(&Value::Day(day)))
            }
        }
    }

    /// A delay, by its latest value.
    pub fn delay(&self, delay: &Delay) -> String {
        match delay {
            Delay::Fixed(delai) => french(&Value::Duration(*delai)),
            Delay::Rule(id) => self.rule(id).unwrap_or_else(|| format!("le délai {id}")),
        }
    }

    /// A condition, with the catalogue's words and the pack's values.
    pub fn condition(&self, condition: &Condition) -> String {
        phrase::phrase(self, condition.source.trim())
    }

    /// The latest value of a rule, for people.
    pub fn rule(&self, id: &str) -> Option<String> {
        let rule = self.pack.and_then(|pack| pack.rules.get(id))?;
        rule.values.last().map(|dated| french(&dated.value))
    }

    /// Where a way out leads.
    pub fn target(&self, target: Target, block: &Block) -> String {
        match target {
            Target::Node(id) => format!("« {} »", self.state(self.workflow.node(id))),
            Target::End => match (&block.region, block.owner) {
                (Some(_), _) => "la fin du volet".into(),
                (None, Some(_)) => "la fin de la branche".into(),
                (None, None) => "la fin".into(),
            },
        }
    }

    /// Who, in words: « Agence régionale de santé ou Département ».
    pub fn who(&self, who: &PartyExpr) -> String {
        match who {
            PartyExpr::Party(id) => match self.workflow.party(id) {
                Some(party) => party.title.clone(),
                None => id.clone(),
            },
            PartyExpr::Set { name, over } => {
                let set = self.catalogue.set(name, over.as_deref());
                set.map_or_else(|| name.clone(), |set| set.title.to_owned())
            }
            PartyExpr::Item(collection) => match self.catalogue.collection(collection) {
                Some(collection) => collection.singular.to_owned(),
                None => collection.clone(),
            },
            PartyExpr::Any(list) => {
                let names: Vec<String> = list.iter().map(|e| self.alternative(e)).collect();
                names.join(" ou ")
            }
            PartyExpr::All(list) => {
                let names: Vec<String> = list.iter().map(|e| self.part(e)).collect();
                names.join(" et ")
            }
            PartyExpr::Rule { choices, .. } => {
                let choices: Vec<String> = choices.iter().map(|(_, e)| self.who(e)).collect();
                format!("selon la règle : {}", choices.join(" ; "))
            }
        }
    }

    /// An expression inside `any`: of a set, one party is enough.
    fn alternative(&self, who: &PartyExpr) -> String {
        let text = self.part(who);
        match who {
            PartyExpr::Set { .. } => {
                let text = text.strip_prefix("toutes ").unwrap_or(&text);
                format!("une partie parmi {text}")
            }
            _ => text,
        }
    }

    /// An expression inside another: in parentheses when it joins several.
    fn part(&self, who: &PartyExpr) -> String {
        let text = self.who(who);
        match who {
            PartyExpr::Any(inner) | PartyExpr::All(inner) if inner.len() > 1 => {
                format!("({text})")
            }
            _ => text,
        }
    }

    /// The form of a party: the trade's known parties take the first three, in order.
    pub fn form(&self, party: &str) -> Form {
        match self
            .catalogue
            .parties
            .iter()
            .position(|(id, _)| *id == party)
        {
            Some(0) => Form::Circle,
            Some(1) => Form::Square,
            Some(2) => Form::Triangle,
            _ => Form::Diamond,
        }
    }

    /// Who, in signs.
    pub fn signs(&self, who: &PartyExpr) -> Vec<Sign> {
        self.sides(who, false).join(&Sign::Or)
    }

    /// The alternatives of an expression: one is enough.
    fn sides(&self, who: &PartyExpr, any: bool) -> Vec<Vec<Sign>> {
        match who {
            PartyExpr::Party(id) => vec![vec![Sign::Party {
                form: self.form(id),
                full: true,
            }]],
            PartyExpr::Set { name, over } => {
                let members = self.members(name, over.as_deref());
                if any {
                    members.into_iter().map(|sign| vec![sign]).collect()
                } else {
                    vec![members]
                }
            }
            PartyExpr::Item(_) => vec![vec![Sign::Party {
                form: Form::Diamond,
                full: false,
            }]],
            PartyExpr::Any(list) => list.iter().flat_map(|e| self.sides(e, true)).collect(),
            PartyExpr::All(list) => vec![list.iter().flat_map(|e| self.signs(e)).collect()],
            PartyExpr::Rule { choices, .. } => {
                let mut forms: Vec<Form> = choices
                    .iter()
                    .flat_map(|(_, e)| self.signs(e))
                    .filter_map(|sign| match sign {
                        Sign::Party { form, .. } => Some(form),
                        Sign::Or => None,
                    })
                    .collect();
                forms.sort_unstable();
                forms.dedup();
                let hollow = |form| Sign::Party { form, full: false };
                vec![forms.into_iter().map(hollow).collect()]
            }
        }
    }

    /// The parties of a set, in the order of the file: those that may be in it are hollow.
    fn members(&self, name: &str, over: Option<&str>) -> Vec<Sign> {
        let Some(set) = self.catalogue.set(name, over) else {
            return Vec::new();
        };
        let is = |who: Who, party: &Party| match who {
            Who::Everyone => true,
            Who::Kind(kind) => party.kind == kind,
        };
        let mut signs = Vec::new();
        for party in &self.workflow.parties {
            let full = set.always.iter().any(|who| is(*who, party));
            if full || set.some.is_some_and(|who| is(who, party)) {
                let form = self.form(&party.id);
                signs.push(Sign::Party { form, full });
            }
        }
        signs
    }
}

fn title(title: Option<&str>, name: &str) -> String {
    match title {
        Some(title) => title.to_owned(),
        None => capital(&name.replace(['_', '-'], " ")),
    }
}

/// With the spaces at which a line may not be cut.
fn spaced(text: &str) -> String {
    text.replace("« ", "«\u{a0}")
        .replace(" »", "\u{a0}»")
        .replace(" :", "\u{a0}:")
}

/// With a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Without its article: « l'ESMS » → « ESMS ».
fn bare(singular: &str) -> &str {
    ["l'", "l’", "le ", "la "]
        .iter()
        .find_map(|article| singular.strip_prefix(article))
        .unwrap_or(singular)
}
