//! Tokens: chance from the system, known to the one who bears it only.

use crate::store::Erreur;
use crate::workflow::machine::digest::Digest;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt;

/// 256 random bits, in base64url. Only its SHA-256 is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Jeton(String);

impl Jeton {
    pub(super) fn nouveau() -> Result<Self, Erreur> {
        Ok(Self(Base64UrlUnpadded::encode_string(&alea::<32>()?)))
    }

    /// The token of something that a session asks for under an identifier made before sending: the
    /// same each time it is asked, so that a form sent twice shows one token. Whoever does not bear
    /// the session cannot make it, and it tells nothing of the session. The secret comes last: no
    /// digest can be prolonged into another's.
    pub(super) fn tire(session: &str, id: &str) -> Self {
        let Digest(octets) = Digest::of(format!("{id}\n{session}").as_bytes());
        Self(Base64UrlUnpadded::encode_string(&octets))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn empreinte(&self) -> String {
        empreinte(&self.0)
    }
}

impl fmt::Debug for Jeton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jeton(…)")
    }
}

/// What is kept of a token: no salt, since what it hides cannot be guessed.
pub(super) fn empreinte(jeton: &str) -> String {
    Digest::of(jeton.as_bytes()).to_string()
}

pub(super) fn alea<const N: usize>() -> Result<[u8; N], Erreur> {
    let mut octets = [0; N];
    getrandom::fill(&mut octets)
        .map_err(|e| Erreur::Indisponible(format!("le système ne donne pas de hasard : {e}")))?;
    Ok(octets)
}

/// A new identifier.
pub(super) fn id() -> String {
    uuid::Uuid::now_v7().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_256_bits_and_never_shows_them() {
        let jeton = Jeton::nouveau().unwrap();
        let octets = Base64UrlUnpadded::decode_vec(jeton.as_str()).unwrap();
        assert_eq!(octets.len(), 32);
        assert_ne!(jeton, Jeton::nouveau().unwrap());
        assert_eq!(format!("{jeton:?}"), "Jeton(…)");
        assert_eq!(jeton.empreinte().len(), 64);
    }

    #[test]
    fn a_token_asked_again_is_the_same_and_others_are_not() {
        let tire = |session: &str, id: &str| Jeton::tire(session, id);
        assert_eq!(tire("s", "1"), tire("s", "1"));
        for autre in [tire("s", "2"), tire("t", "1"), tire("1", "s")] {
            assert_ne!(autre, tire("s", "1"));
        }
        assert_eq!(tire("s", "1").as_str().len(), 43);
    }
}
