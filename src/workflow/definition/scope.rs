//! What an expression may name where it stands.

use super::acts::shifted;
use super::build::{Builder, Context};
use crate::regles::paquet::Paquet;
use crate::regles::value::Type;
use crate::regles::yaml::{Content, Node as Yaml};
use crate::workflow::catalogue::Catalogue;
use crate::workflow::condition::{Condition, ConditionError, Sentence, Vocabulary};
use crate::workflow::problem::{Code, Place};

/// Machine facts of a `for_each`, open where its branches are.
const BRANCH_FACTS: [&str; 2] = ["branches.open", "branches.total"];
/// The civil year a child is started in.
const YEAR: &str = "year";

struct Scope<'a> {
    catalogue: &'a Catalogue,
    pack: Option<&'a Paquet>,
    context: &'a Context,
    year: bool,
}

impl Vocabulary for Scope<'_> {
    fn fact(&self, name: &str) -> Option<Type> {
        if BRANCH_FACTS.contains(&name) {
            return (!self.context.branch_states.is_empty()).then_some(Type::Integer);
        }
        if name == YEAR {
            return self.year.then_some(Type::Integer);
        }
        self.catalogue.fact(name).map(|f| f.kind.of())
    }

    fn rule(&self, id: &str) -> Option<Type> {
        self.pack?.rule_type(id)
    }

    fn act(&self, name: &str) -> bool {
        self.context.acts.iter().any(|a| a == name)
    }

    fn state(&self, name: &str) -> bool {
        self.context.branch_states.iter().any(|s| s == name)
    }

    fn fact_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.catalogue.facts.iter().map(|f| f.name).collect();
        if !self.context.branch_states.is_empty() {
            names.extend(BRANCH_FACTS);
        }
        if self.year {
            names.push(YEAR);
        }
        names
    }

    fn rule_names(&self) -> Vec<&str> {
        self.pack.map(|p| p.ids().collect()).unwrap_or_default()
    }

    fn act_names(&self) -> Vec<&str> {
        self.context.acts.iter().map(String::as_str).collect()
    }

    fn state_names(&self) -> Vec<&str> {
        let states = self.context.branch_states.iter();
        states.map(String::as_str).collect()
    }
}

impl Builder<'_> {
    pub fn boolean(&mut self, yaml: &Yaml, key: &str, context: &Context) -> Option<Condition> {
        self.expression(yaml, key, context, &Type::Boolean, false)
    }

    pub fn date(&mut self, yaml: &Yaml, key: &str, context: &Context) -> Option<Condition> {
        self.expression(yaml, key, context, &Type::Date, false)
    }

    /// A calculation on `year`.
    pub fn year(&mut self, yaml: &Yaml, key: &str, context: &Context) -> Option<Condition> {
        self.expression(yaml, key, context, &Type::Integer, true)
    }

    fn expression(
        &mut self,
        yaml: &Yaml,
        key: &str,
        context: &Context,
        kind: &Type,
        year: bool,
    ) -> Option<Condition> {
        let value = yaml.get(key)?;
        let text = value.scalar()?;
        let scope = self.scope(context, year);
        match Condition::parse(text, kind, &scope) {
            Ok(condition) => {
                self.totals(&condition, value.place, context);
                Some(condition)
            }
            Err(error) => {
                self.refused(error, value);
                None
            }
        }
    }

    pub fn sentence(&mut self, yaml: &Yaml, key: &str, context: &Context) -> Option<Sentence> {
        let value = yaml.get(key)?;
        let scope = self.scope(context, false);
        match Sentence::parse(value.scalar()?, &scope) {
            Ok(sentence) => Some(sentence),
            Err(error) => {
                self.refused(error, value);
                None
            }
        }
    }

    fn scope<'s>(&'s self, context: &'s Context, year: bool) -> Scope<'s> {
        Scope {
            catalogue: self.surroundings.catalogue,
            pack: self.pack,
            context,
            year,
        }
    }

    fn refused(&mut self, error: ConditionError, value: &Yaml) {
        let quote = usize::from(matches!(value.value, Content::Scalar { quoted: true, .. }));
        let place = shifted(value.place, error.offset + quote);
        self.say(error.code, place, error.message);
    }

    /// A fact of an item read outside its branch needs a total.
    fn totals(&mut self, condition: &Condition, place: Place, context: &Context) {
        for name in condition.facts() {
            let Some(fact) = self.surroundings.catalogue.fact(name) else {
                continue;
            };
            let Some(of) = fact.of else { continue };
            let inside = context.within.iter().any(|c| c == of);
            if !inside && fact.total.is_none() {
                let message = format!(
                    "« {name} » est un fait de chaque élément de « {of} », sans total déclaré : \
                     il ne se lit qu'à l'intérieur de for_each: {of}."
                );
                self.say(Code::Type, place, message);
            }
        }
    }
}
