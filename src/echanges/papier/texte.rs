//! Text that fonts can draw and lines can hold. What cannot be drawn is written by its number
//! (`[U+1F600]`): nothing is lost, nothing is hidden, and no character turns the reading around.

use super::monde::DESSINES;
use std::fmt::Write as _;

/// Where a line may be cut without a sign.
const COUPURE: char = '\u{200b}';
/// A word longer than this may be cut every so many characters: no line holds it. Pieces are too
/// short to be cut again with a hyphen, which an address or a digest does not have.
const MOT_MAX: usize = 30;
const MORCEAU: usize = 3;

/// A text as the layout gets it.
pub fn lisible(texte: &str) -> String {
    let mut lu = String::with_capacity(texte.len());
    for (rang, ligne) in texte.lines().enumerate() {
        if rang > 0 {
            lu.push('\n');
        }
        for mot in ligne.split_inclusive(char::is_whitespace) {
            coupe(&mut lu, &ecrit(mot));
        }
    }
    lu
}

/// A word, with places to cut it when it is long.
fn coupe(lu: &mut String, mot: &str) {
    let long = mot.chars().count() > MOT_MAX;
    for (rang, c) in mot.chars().enumerate() {
        if long && rang > 0 && rang % MORCEAU == 0 {
            lu.push(COUPURE);
        }
        lu.push(c);
    }
}

/// A word, its signs drawn or told by their numbers.
fn ecrit(mot: &str) -> String {
    let mut lu = String::with_capacity(mot.len());
    for c in mot.chars() {
        match c {
            '\t' => lu.push(' '),
            _ if dessine(c) => lu.push(c),
            // Writing to a string cannot fail.
            _ => _ = write!(lu, "[U+{:04X}]", u32::from(c)),
        }
    }
    lu
}

/// Whether a font draws it, and it is not one of the signs that have no shape (controls, joiners,
/// variants), that turn the reading around, or that no PDF kept for long may hold (private use).
fn dessine(c: char) -> bool {
    let interdit = c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{e000}'..='\u{f8ff}');
    !interdit && DESSINES.contains(&u32::from(c))
}
