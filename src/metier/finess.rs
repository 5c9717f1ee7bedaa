//! FINESS numbers: nine characters, the last one a key (Luhn).
//!
//! Corsican numbers start with 2A or 2B; for the key, A reads 1 and B reads 2. Spaces anywhere
//! (also non-breaking ones) and lower-case letters are tolerated on input, because numbers are
//! often written in groups; the number itself holds neither.

use std::fmt;
use thiserror::Error;

const LENGTH: usize = 9;

/// A FINESS number, of an entité juridique or of an établissement, whose form and key are right.
/// Whether it is attributed is not known here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finess(String);

/// Why a text is not a FINESS number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FinessRefusal {
    #[error(
        "Un numéro FINESS compte 9 caractères ; trouvé {found}. Complétez ou corrigez la saisie."
    )]
    Length { found: usize },
    #[error(
        "Le caractère « {found} », en position {position}, n'est pas admis : attendu un chiffre \
         (seules lettres possibles : 2A ou 2B au début, pour la Corse)."
    )]
    Character {
        found: char,
        /// Counted from 1, spaces left out.
        position: usize,
    },
    #[error(
        "La clé (dernier chiffre) devrait être {expected} ; trouvé {found}. Un chiffre est faux \
         ou deux sont inversés : vérifiez la saisie."
    )]
    Key { expected: u32, found: u32 },
}

impl Finess {
    /// Reads a number; see the module for what is tolerated.
    pub fn parse(text: &str) -> Result<Self, FinessRefusal> {
        let number: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let found = number.chars().count();
        if found != LENGTH {
            return Err(FinessRefusal::Length { found });
        }
        let digits = digits(&number)?;
        let (expected, found) = (key(&digits[..LENGTH - 1]), digits[LENGTH - 1]);
        if found != expected {
            return Err(FinessRefusal::Key { expected, found });
        }
        Ok(Self(number))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Finess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digits that the key is computed on.
fn digits(number: &str) -> Result<Vec<u32>, FinessRefusal> {
    let corsican = number.starts_with('2');
    number
        .chars()
        .enumerate()
        .map(|(rank, c)| match (rank, c) {
            (1, 'A') if corsican => Ok(1),
            (1, 'B') if corsican => Ok(2),
            _ => c.to_digit(10).ok_or(FinessRefusal::Character {
                found: c,
                position: rank + 1,
            }),
        })
        .collect()
}

/// The Luhn key of digits: every second one from the right, the last included, counts double.
fn key(digits: &[u32]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(rank, digit)| match (rank % 2, digit * 2) {
            (0, double) if double > 9 => double - 9,
            (0, double) => double,
            _ => *digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

/// How the FINESS numbers of a département begin: by its code; overseas by another of its own.
/// None: they share no beginning. Source: the répertoire FINESS itself, as it is published.
pub fn debut(departement: &str) -> Option<&str> {
    match departement {
        "971" => Some("9701"),
        "972" => Some("9702"),
        "973" => Some("9703"),
        "974" => Some("9704"),
        "976" => Some("9805"),
        code => Some(code).filter(|code| code.len() == 2),
    }
}

/// Whether a number is of a département.
pub fn du_departement(numero: &str, departement: &str) -> bool {
    debut(departement).is_some_and(|debut| numero.starts_with(debut))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A number whose key was worked out by hand: 9+9+0+0+0+2+0+2 = 22, so 8.
    const STORY: &str = "990001018";

    #[test]
    fn a_number_is_of_the_departement_it_begins_by() {
        assert!(du_departement("990001018", "99"));
        assert!(du_departement("2A0001018", "2A"));
        assert!(du_departement("970408589", "974"));
        for (numero, code) in [("990001018", "9"), ("990001018", ""), ("970408589", "971")] {
            assert!(!du_departement(numero, code), "{numero} {code}");
        }
    }

    #[test]
    fn a_number_with_its_key_is_read() {
        assert_eq!(Finess::parse(STORY).unwrap().as_str(), STORY);
        assert_eq!(Finess::parse(STORY).unwrap().to_string(), STORY);
    }

    #[test]
    fn corsican_letters_read_one_and_two() {
        for number in ["2A0000014", "2B0000020"] {
            assert_eq!(Finess::parse(number).unwrap().as_str(), number);
        }
        assert_eq!(
            Finess::parse("2B0000014"),
            Err(FinessRefusal::Key {
                expected: 2,
                found: 4
            })
        );
    }

    #[test]
    fn spaces_and_lower_case_are_tolerated() {
        for text in [" 99 000 101 8 ", "99\u{a0}000\u{202f}1018", "990001018\n"] {
            assert_eq!(Finess::parse(text).unwrap().as_str(), STORY);
        }
        assert_eq!(Finess::parse("2a 0000014").unwrap().as_str(), "2A0000014");
    }

    #[test]
    fn a_wrong_form_is_told() {
        let length = |found| Err(FinessRefusal::Length { found });
        let character = |found, position| Err(FinessRefusal::Character { found, position });
        for (text, refusal) in [
            ("", length(0)),
            ("99000101", length(8)),
            ("9900010188", length(10)),
            ("9900é1018", character('é', 5)),
            ("9A0001018", character('A', 2)),
            ("2C0000014", character('C', 2)),
            ("29000A014", character('A', 6)),
            ("A90001018", character('A', 1)),
            ("99000101٨", character('٨', 9)),
            ("-90001018", character('-', 1)),
        ] {
            assert_eq!(Finess::parse(text), refusal, "{text}");
        }
    }

    #[test]
    fn the_expected_key_is_shown() {
        let refusal = Finess::parse("990001019").unwrap_err();
        assert_eq!(
            refusal,
            FinessRefusal::Key {
                expected: 8,
                found: 9
            }
        );
        assert!(refusal.to_string().contains("devrait être 8"), "{refusal}");
    }

    /// The eight first characters of a number.
    fn any_root() -> impl Strategy<Value = String> {
        prop_oneof!["[0-9]{8}", "2[AB][0-9]{6}"]
    }

    proptest! {
        #[test]
        fn exactly_one_key_is_right(root in any_root()) {
            let right = (0..10).filter(|key| Finess::parse(&format!("{root}{key}")).is_ok());
            prop_assert_eq!(right.count(), 1);
        }

        #[test]
        fn one_wrong_digit_is_always_seen(root in any_root(), rank in 2_usize..8, by in 1_u32..10) {
            let number = (0..10).map(|key| format!("{root}{key}"))
                .find(|number| Finess::parse(number).is_ok()).unwrap();
            let changed: String = number.chars().enumerate().map(|(i, c)| match c.to_digit(10) {
                Some(digit) if i == rank => char::from_digit((digit + by) % 10, 10).unwrap(),
                _ => c,
            }).collect();
            let refusal = Finess::parse(&changed);
            let by_key = matches!(refusal, Err(FinessRefusal::Key { .. }));
            prop_assert!(by_key);
        }

        #[test]
        fn any_text_gets_an_answer(text in "\\PC{0,20}") {
            if let Ok(finess) = Finess::parse(&text) {
                prop_assert_eq!(Finess::parse(finess.as_str()), Ok(finess.clone()));
            }
        }
    }
}
