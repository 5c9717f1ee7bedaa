//! Text that no file is broken by, and that no spreadsheet takes for a formula.

use std::borrow::Cow;

/// Characters that spreadsheets take for the beginning of a formula, half and full width.
const FORMULES: [char; 12] = [
    '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫',
];
/// Says that a cell of a csv file is a text, as in a spreadsheet.
pub(super) const APOSTROPHE: char = '\'';

/// A text as people can be shown it: line ends as one character, control characters as the
/// pictures that Unicode has for them. XML has no way to hold the others.
pub(in crate::echanges) fn imprimable(texte: &str) -> Cow<'_, str> {
    let tel = |c: char| matches!(c, '\t' | '\n') || !(c.is_control() || hors_xml(c));
    if texte.chars().all(tel) {
        return Cow::Borrowed(texte);
    }
    let mut ecrit = String::with_capacity(texte.len());
    let mut lettres = texte.chars().peekable();
    while let Some(lettre) = lettres.next() {
        match lettre {
            '\r' if lettres.peek() == Some(&'\n') => {}
            '\r' => ecrit.push('\n'),
            c if tel(c) => ecrit.push(c),
            '\u{7f}' => ecrit.push('\u{2421}'),
            c => ecrit.push(image(c)),
        }
    }
    Cow::Owned(ecrit)
}

/// The picture of a control character.
fn image(c: char) -> char {
    let premieres = Some(u32::from(c)).filter(|code| *code < 0x20);
    let image = premieres.and_then(|code| char::from_u32(0x2400 + code));
    image.unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn hors_xml(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// The same text, behind an apostrophe when a spreadsheet could take it for a formula: the sign
/// may stand behind blanks, which some drop. One that begins with an apostrophe gets one more, so
/// that taking one away always gives the text back.
pub(in crate::echanges) fn neutralise(texte: &str) -> Cow<'_, str> {
    let vide = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}');
    let premiere = texte.chars().next();
    let premier_signe = texte.trim_start_matches(vide).chars().next();
    let dangereux = premiere.is_some_and(|c| matches!(c, '\t' | '\r' | '\n' | APOSTROPHE))
        || premier_signe.is_some_and(|c| FORMULES.contains(&c));
    if dangereux {
        Cow::Owned(format!("{APOSTROPHE}{texte}"))
    } else {
        Cow::Borrowed(texte)
    }
}
