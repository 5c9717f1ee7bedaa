//! What consents are bound to.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

/// Changes when the way of computing changes: old consents then stop counting.
const VERSION: &str = "entente/accord/1";

/// A SHA-256, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Of a text, or of any canonical bytes.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            write!(text, "{byte:02x}")?;
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "Une empreinte compte 64 chiffres hexadécimaux.";
        let bytes = text.as_bytes();
        if bytes.len() != 64 || !bytes.iter().all(u8::is_ascii_hexdigit) {
            return Err(WRONG);
        }
        let mut digest = [0; 32];
        for (byte, i) in digest.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[i..i + 2], 16).map_err(|_| WRONG)?;
        }
        Ok(Self(digest))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Each part is preceded by its length, so that no two lists of parts read alike.
struct Hasher(Sha256);

impl Hasher {
    fn new(purpose: &str) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.part(VERSION.as_bytes());
        hasher.part(purpose.as_bytes());
        hasher
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn part(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn end(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// What is agreed: an object's content, and the parties asked.
pub fn agreement(
    name: &str,
    item: Option<&str>,
    content: Digest,
    parties: &BTreeSet<String>,
) -> Digest {
    let mut hasher = Hasher::new("accord");
    hasher.part(name.as_bytes());
    hasher.count(usize::from(item.is_some()));
    hasher.part(item.unwrap_or("").as_bytes());
    hasher.part(&content.0);
    hasher.count(parties.len());
    for party in parties {
        hasher.part(party.as_bytes());
    }
    hasher.end()
}

/// The content of a whole: its parts, each with its name and its key.
pub fn whole<'a>(name: &str, parts: &[(&'a str, &'a str, Digest)]) -> Digest {
    let mut hasher = Hasher::new("tout");
    hasher.part(name.as_bytes());
    hasher.count(parts.len());
    for (part, key, content) in parts {
        hasher.part(part.as_bytes());
        hasher.part(key.as_bytes());
        hasher.part(&content.0);
    }
    hasher.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn the_parties_asked_are_part_of_what_is_agreed() {
        let content = Digest::of(b"texte");
        let two = agreement("contrat", None, content, &set(&["ars", "gestionnaire"]));
        let three = agreement(
            "contrat",
            None,
            content,
            &set(&["ars", "cd", "gestionnaire"]),
        );
        assert_ne!(two, three);
        assert_ne!(
            agreement("contrat", None, content, &set(&["ab", "c"])),
            agreement("contrat", None, content, &set(&["a", "bc"]))
        );
        assert_ne!(
            agreement("contrat", None, content, &set(&[])),
            agreement("contrat", Some(""), content, &set(&[]))
        );
    }

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let digest = Digest::of(b"texte");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!("é".repeat(32).parse::<Digest>().is_err());
        assert!("0".parse::<Digest>().is_err());
    }
}
