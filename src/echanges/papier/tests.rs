use super::*;
use crate::metier::papier::Bloc;
use crate::workflow::machine::digest::Digest;
use proptest::prelude::*;
use texte::lisible;

#[test]
fn what_is_drawn_stays_and_the_rest_is_numbered() {
    for (texte, lu) in [
        ("Été – 1 234,50 € « œuvre » à 12\u{202f}%", None),
        ("#let $x$ @y \\ </script>", None),
        ("a\tb\r\nc", Some("a b\nc")),
        ("\u{0}\u{7f}", Some("[U+0000][U+007F]")),
        ("\u{202e}x", Some("[U+202E]x")),
        ("🎉", Some("[U+1F389]")),
    ] {
        assert_eq!(lisible(texte), lu.unwrap_or(texte));
    }
}

#[test]
fn a_word_that_no_line_holds_may_be_cut() {
    let mot = "a".repeat(31);
    assert_eq!(lisible(&mot[..30]), mot[..30]);
    let lu = lisible(&mot);
    assert_eq!(lu.replace('\u{200b}', ""), mot);
    let morceaux = lu.split('\u{200b}').map(str::len);
    assert!(morceaux.clone().all(|longueur| longueur <= 3));
    assert_eq!(morceaux.count(), 11);
    // what is told by its number is longer than it was
    assert!(lisible(&"\u{e000}".repeat(8)).contains('\u{200b}'));
}

proptest! {
    #[test]
    fn no_text_hides_a_character(texte in ".{0,60}") {
        let lu = lisible(&texte);
        for c in lu.chars().filter(|c| !"\n\u{200b}".contains(*c)) {
            prop_assert!(!c.is_control(), "{:?}", lu);
        }
        let gardes = texte.chars().filter(char::is_ascii_alphanumeric);
        let lus = lu.chars().collect::<String>();
        for c in gardes {
            prop_assert!(lus.contains(c));
        }
    }
}

/// What the layout warns about would be an unknown font, or page numbers that do not settle.
#[test]
fn the_layout_has_nothing_to_warn_about() {
    let papier = Papier {
        titre: "Essai".to_owned(),
        sous_titre: String::new(),
        date: chrono::NaiveDate::default(),
        empreinte: Digest::of(b"essai"),
        blocs: vec![Bloc::Paragraphe {
            texte: "Un paragraphe sans titre au-dessus.".to_owned(),
        }],
    };
    let compose = compose(&papier).unwrap();
    assert!(compose.warnings.is_empty(), "{:?}", compose.warnings);
    assert_eq!(compose.output.unwrap().pages().len(), 1);
    let octets = pdf(&papier).unwrap();
    assert!(octets.starts_with(b"%PDF-1.7"));
}
