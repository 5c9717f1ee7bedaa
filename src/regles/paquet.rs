//! Rule packs.
use super::value::{Type, Value};
#[derive(Debug, Clone, Default)]
pub struct Paquet {
    rules: std::collections::BTreeMap<String, (Type, Vec<DatedValue>)>,
}
#[derive(Debug, Clone)]
pub struct DatedValue {
    pub value: Value,
}
impl Paquet {
    pub fn rule_type(&self, id: &str) -> Option<Type> {
        self.rules.get(id).map(|r| r.0.clone())
    }
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }
    pub fn values(&self, id: &str) -> Option<&[DatedValue]> {
        self.rules.get(id).map(|r| r.1.as_slice())
    }
}
