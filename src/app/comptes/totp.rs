//! Codes of a second factor that change with time (RFC 6238, over RFC 4226): SHA-1, six digits,
//! thirty seconds. SHA-1 because it is the one algorithm all telephones know; HMAC does not rest on
//! its resistance to collisions.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

const PERIODE: i64 = 30;
const CHIFFRES: usize = 6;
/// Steps accepted before and after: a clock that drifts, a person who types.
const ECART: i64 = 1;

/// The code of a step: the last digits of a number.
fn code(secret: &[u8], pas: i64, chiffres: usize) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&pas.to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let debut = usize::from(mac.last()? & 0x0f);
    let quatre: [u8; 4] = mac.get(debut..debut + 4)?.try_into().ok()?;
    let nombre = u32::from_be_bytes(quatre) & 0x7fff_ffff;
    let rond = format!("{nombre:010}");
    Some(rond.get(rond.len() - chiffres..)?.to_owned())
}

/// The step of an instant.
fn pas(instant: DateTime<Utc>) -> i64 {
    instant.timestamp().div_euclid(PERIODE)
}

/// The step a code belongs to, of those accepted now. Five tries a session and the few steps
/// accepted make the time of the comparison tell nothing.
pub(super) fn reconnait(secret: &[u8], saisi: &str, maintenant: DateTime<Utc>) -> Option<i64> {
    let ici = pas(maintenant);
    (ici - ECART..=ici + ECART).find(|p| code(secret, *p, CHIFFRES).as_deref() == Some(saisi))
}

/// Base 32 (RFC 4648), without padding: what people copy by hand.
pub(super) fn base32(octets: &[u8]) -> String {
    const LETTRES: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut texte = String::with_capacity(octets.len().div_ceil(5) * 8);
    let (mut tampon, mut bits) = (0_u16, 0);
    for octet in octets {
        tampon = (tampon << 8) | u16::from(*octet);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            texte.push(char::from(LETTRES[usize::from((tampon >> bits) & 31)]));
        }
        tampon &= (1 << bits) - 1;
    }
    if bits > 0 {
        texte.push(char::from(
            LETTRES[usize::from((tampon << (5 - bits)) & 31)],
        ));
    }
    texte
}

/// What a telephone reads in a picture: the key, and whose it is.
pub(super) fn uri(secret: &[u8], courriel: &str) -> String {
    let libre = |o: u8| o.is_ascii_alphanumeric() || b"-._~".contains(&o);
    let ecrit = |octet: u8| {
        if libre(octet) {
            char::from(octet).to_string()
        } else {
            format!("%{octet:02X}")
        }
    };
    let compte: String = courriel.bytes().map(ecrit).collect();
    let secret = base32(secret);
    format!("otpauth://totp/Entente:{compte}?secret={secret}&issuer=Entente")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_rfc_6238_come_out() {
        let vecteurs = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (secondes, attendu) in vecteurs {
            let instant = DateTime::from_timestamp(secondes, 0).unwrap();
            assert_eq!(code(SECRET, pas(instant), 8).as_deref(), Some(attendu));
            assert_eq!(code(SECRET, pas(instant), 6).as_deref(), attendu.get(2..));
        }
    }

    #[test]
    fn base_32_writes_the_vectors_of_rfc_4648() {
        let vecteurs = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (clair, attendu) in vecteurs {
            assert_eq!(base32(clair.as_bytes()), attendu);
        }
    }

    #[test]
    fn the_address_is_escaped_in_what_a_telephone_reads() {
        let uri = uri(SECRET, "é+a@b.fr");
        let attendu = "otpauth://totp/Entente:%C3%A9%2Ba%40b.fr?\
                       secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Entente";
        assert_eq!(uri, attendu);
    }

    proptest! {
        #[test]
        fn a_code_is_good_at_its_step_and_its_neighbours(
            secondes in 0..4_000_000_000_i64,
            secret in proptest::array::uniform20(0_u8..),
        ) {
            // given a code
            let instant = DateTime::from_timestamp(secondes, 0).unwrap();
            let code = code(&secret, pas(instant), CHIFFRES).unwrap();
            prop_assert_eq!(code.len(), CHIFFRES);
            // when it is shown one step before or after, then it names a step accepted there
            for ecart in [-PERIODE, 0, PERIODE] {
                let quand = instant + TimeDelta::seconds(ecart);
                let reconnu = reconnait(&secret, &code, quand).unwrap();
                prop_assert!((reconnu - pas(quand)).abs() <= ECART);
            }
            // and two steps later, only if chance made the same code again
            let tard = instant + TimeDelta::seconds(2 * PERIODE);
            if let Some(reconnu) = reconnait(&secret, &code, tard) {
                prop_assert_ne!(reconnu, pas(instant));
            }
        }
    }
}
