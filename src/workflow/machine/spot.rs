//! Places at run time.

use crate::workflow::definition::model::{Body, Node, Workflow};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// Where something stands: the static path, with the item's key in brackets on each `for_each`
/// state: `negociation/objectifs/ouverts[OS-1]/propose`. The empty path is the instance itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot(Arc<str>);

impl Spot {
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The instance itself.
    pub fn root() -> Self {
        Self::new("")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The static path: keys removed.
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(self.0.len());
        let mut inside = false;
        for c in self.0.chars() {
            match c {
                '[' => inside = true,
                ']' => inside = false,
                c if !inside => path.push(c),
                _ => {}
            }
        }
        path
    }

    /// Whether `path` is its static path.
    pub fn is_at(&self, path: &str) -> bool {
        let mut rest = path.as_bytes();
        let mut inside = false;
        for byte in self.0.bytes() {
            match (byte, inside) {
                (b'[', _) => inside = true,
                (b']', _) => inside = false,
                (_, true) => {}
                (byte, false) => match rest.split_first() {
                    Some((first, others)) if *first == byte => rest = others,
                    _ => return false,
                },
            }
        }
        rest.is_empty()
    }

    /// The keys of the enclosing items, outermost first.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let parts = self.0.split('[').skip(1);
        parts.filter_map(|part| part.split_once(']').map(|(key, _)| plain(key)))
    }

    /// Whether `other` stands strictly inside.
    pub fn holds(&self, other: &Spot) -> bool {
        if self.is_root() {
            return !other.is_root();
        }
        let rest = other.0.strip_prefix(&*self.0);
        rest.is_some_and(|rest| rest.starts_with(['/', '[']))
    }

    /// Whether `other` stands in the branch `key` of this state.
    pub fn holds_branch(&self, key: &Key, other: &Spot) -> bool {
        let Some(rest) = other.0.strip_prefix(&*self.0) else {
            return false;
        };
        let rest = match key {
            Key::Inner => Some(rest),
            Key::Item(key) => rest
                .strip_prefix('[')
                .and_then(|r| r.strip_prefix(&*escaped(key.as_str())))
                .and_then(|r| r.strip_prefix(']')),
            Key::Region(name) => rest
                .strip_prefix('/')
                .and_then(|r| r.strip_prefix(name.as_str())),
        };
        match (rest, key) {
            (Some(rest), Key::Region(_)) => rest.is_empty() || rest.starts_with(['/', '[']),
            (Some(rest), _) => rest.starts_with('/'),
            (None, _) => false,
        }
    }

    /// The branch of a `for_each` in which this spot stands directly: the state and the key.
    pub fn branch(&self) -> Option<(&str, String, &str)> {
        let (parent, name) = self.0.rsplit_once('/')?;
        let (composite, key) = parent.strip_suffix(']')?.rsplit_once('[')?;
        Some((composite, plain(key), name))
    }

    /// The spot of `child` in the branch `key` of `owner`, which stands here.
    #[must_use]
    pub fn child(&self, owner: Option<&Node>, key: &Key, child: &Node) -> Spot {
        let base = owner.map_or(0, |o| o.path.len());
        let suffix = child.path.get(base..).unwrap_or("");
        match key {
            Key::Item(key) => Self::new(&format!("{}[{}]{suffix}", self.0, escaped(key.as_str()))),
            Key::Inner | Key::Region(_) => Self::new(&format!("{}{suffix}", self.0)),
        }
    }

    /// What encloses this spot of `node`: the composite's spot and the branch; the instance for a
    /// state of the root.
    pub fn parent(&self, workflow: &Workflow, node: &Node) -> (Spot, Key) {
        let block = workflow.block(node.block);
        let Some(owner) = block.owner.map(|id| workflow.node(id)) else {
            return (Spot::root(), Key::Inner);
        };
        let suffix = node.path.get(owner.path.len()..).unwrap_or("");
        let rest = self.0.strip_suffix(suffix).unwrap_or("");
        if let Body::Each { .. } = owner.body
            && let Some((composite, key)) = rest.strip_suffix(']').and_then(|r| r.rsplit_once('['))
        {
            return (Spot::new(composite), Key::Item(plain(key).as_str().into()));
        }
        let region = block.region.as_deref();
        let key = region.map_or(Key::Inner, |name| Key::Region(name.into()));
        (Spot::new(rest), key)
    }
}

/// A short text shared rather than copied: configurations are copied at each decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// Both are text, in memory as in the journal.
macro_rules! text {
    ($kind:ty) => {
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $kind {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self(text.into()))
            }
        }
    };
}

text!(Spot);
text!(Name);

/// A branch of a composite: written `item:OS-1`, `region:moyens`, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The only one of a state that holds `states`.
    Inner,
    Item(Name),
    Region(Name),
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Key::Inner => serializer.serialize_str(""),
            Key::Item(key) => serializer.collect_str(&format_args!("item:{key}")),
            Key::Region(name) => serializer.collect_str(&format_args!("region:{name}")),
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.split_once(':') {
            None if text.is_empty() => Ok(Key::Inner),
            Some(("item", key)) => Ok(Key::Item(key.into())),
            Some(("region", name)) => Ok(Key::Region(name.into())),
            _ => Err(serde::de::Error::custom("branche illisible")),
        }
    }
}

/// A key must not read as structure.
const ESCAPES: [(char, &str); 4] = [('%', "%25"), ('/', "%2F"), ('[', "%5B"), (']', "%5D")];

fn escaped(key: &str) -> String {
    let mut text = key.to_owned();
    for (c, code) in ESCAPES {
        if text.contains(c) {
            text = text.replace(c, code);
        }
    }
    text
}

fn plain(key: &str) -> String {
    let mut text = key.to_owned();
    if text.contains('%') {
        for (c, code) in ESCAPES.iter().rev() {
            text = text.replace(code, &c.to_string());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_spot_knows_its_static_path_and_its_items() {
        let spot = Spot::new("negociation/objectifs[OS-1]/actions[A%2F2]/propose");
        assert_eq!(spot.path(), "negociation/objectifs/actions/propose");
        assert!(spot.is_at("negociation/objectifs/actions/propose"));
        assert!(!spot.is_at("negociation/objectifs/actions/propos"));
        assert!(!spot.is_at("negociation/objectifs/actions/proposes"));
        assert_eq!(spot.keys().collect::<Vec<_>>(), ["OS-1", "A/2"]);
        let (composite, key, name) = spot.branch().unwrap();
        assert_eq!(composite, "negociation/objectifs[OS-1]/actions");
        assert_eq!((key.as_str(), name), ("A/2", "propose"));
        assert!(Spot::new("negociation").holds(&spot));
        assert!(!Spot::new("nego").holds(&spot));
    }

    proptest! {
        #[test]
        fn any_key_comes_back(key in ".{0,12}") {
            prop_assert_eq!(plain(&escaped(&key)), key.clone());
            let spot = Spot::new(&format!("a[{}]/b", escaped(&key)));
            prop_assert_eq!(spot.keys().collect::<Vec<_>>(), vec![key.clone()]);
            prop_assert!(Spot::new("a").holds_branch(&Key::Item(key.as_str().into()), &spot));
        }
    }
}
