//! Labels and numbers as people write them in workbooks, brought to one form.

use crate::metier::nombre::Nombre;

/// In what amounts of a sheet are written: so many zeros after euros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echelle(pub u32);

/// How units are said at the end of a label, once it is in its one form.
const UNITES: [(&str, Echelle); 12] = [
    ("en milliers d euros", Echelle(3)),
    ("en milliers d €", Echelle(3)),
    ("milliers d euros", Echelle(3)),
    ("en millions d euros", Echelle(6)),
    ("en k€", Echelle(3)),
    ("en keur", Echelle(3)),
    ("en m€", Echelle(6)),
    ("k€", Echelle(3)),
    ("en euros", Echelle(0)),
    ("en €", Echelle(0)),
    ("m€", Echelle(6)),
    ("€", Echelle(0)),
];

/// Lower case, no accents, nothing but letters, digits and the signs that change a meaning,
/// single spaces.
fn serre(texte: &str) -> String {
    let mut ecrit = String::with_capacity(texte.len());
    for lettre in texte.chars().flat_map(char::to_lowercase) {
        match sans_accent(lettre) {
            c if c.is_alphanumeric() || matches!(c, '+' | '/' | '€') => ecrit.push(c),
            'œ' => ecrit.push_str("oe"),
            '-' => ecrit.push('-'),
            _ => ecrit.push(' '),
        }
    }
    let mut serre = String::with_capacity(ecrit.len());
    for mot in ecrit.split_whitespace() {
        let signe = |c: char| matches!(c, '+' | '-' | '/');
        // « N - 1 » is « N-1 ».
        if !serre.is_empty() && !serre.ends_with(signe) && !mot.starts_with(signe) {
            serre.push(' ');
        }
        serre.push_str(mot);
    }
    serre
}

fn sans_accent(c: char) -> char {
    match c {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ÿ' => 'y',
        'ç' => 'c',
        'ñ' => 'n',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        autre => autre,
    }
}

/// A label in its one form, what it says of units left out.
pub fn etiquette(texte: &str) -> String {
    let mut serre = serre(texte);
    for (unite, _) in UNITES {
        if let Some(debut) = serre.strip_suffix(unite)
            && debut.ends_with(' ')
        {
            serre.truncate(debut.trim_end().len());
            break;
        }
    }
    serre
}

/// Words of a unit of amounts, in a text that says none that is known.
pub fn echelle_inconnue(texte: &str) -> bool {
    const MOTS: [&str; 7] = [
        "milliers", "millier", "millions", "million", "keur", "k€", "m€",
    ];
    let serre = serre(texte);
    let court = serre.split(' ').count() <= 8;
    court && echelle(texte).is_none_or(|e| e.0 == 0) && serre.split(' ').any(|m| MOTS.contains(&m))
}

/// What a text says of the unit of amounts.
pub fn echelle(texte: &str) -> Option<Echelle> {
    let serre = serre(texte);
    let dite = UNITES.iter().find(|(unite, _)| {
        // Whole words: « entre 10 k€ et 20 k€ » in a sentence is one too, and is not a unit.
        serre == *unite
            || serre
                .strip_suffix(unite)
                .is_some_and(|debut| debut.ends_with(' '))
    });
    dite.map(|(_, echelle)| *echelle)
}

/// Whether a tab bears a name that begins so: the next character ends the word.
pub fn commence(nom: &str, debut: &str) -> bool {
    let suite = nom.strip_prefix(debut);
    suite.is_some_and(|suite| !suite.starts_with(char::is_alphabetic))
}

/// Without the apostrophe that keeps a text from being taken for a formula.
pub fn denude(texte: &str) -> &str {
    let suite = texte.strip_prefix('\'');
    let protege = |suite: &&str| {
        let suite = suite.trim_start();
        suite.starts_with([
            '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '\'',
        ])
    };
    suite.filter(protege).unwrap_or(texte)
}

/// A number written as a text, and whether it is a percentage: « 1 234,56 € », « (12,00) »,
/// « 12- », « 3,75 % ».
pub fn nombre(texte: &str) -> Option<(Nombre, bool)> {
    let mut serre: String = texte.chars().filter(|c| !c.is_whitespace()).collect();
    serre = serre.replace('\u{2212}', "-").to_lowercase();
    let mut nu = serre.strip_prefix('\'').unwrap_or(&serre);
    let pourcent = nu.ends_with('%');
    nu = nu.strip_suffix('%').unwrap_or(nu);
    let mut negatif = false;
    if let Some(dedans) = nu.strip_prefix('(').and_then(|n| n.split_once(')')) {
        (nu, negatif) = (dedans.0, true);
        if !matches!(dedans.1, "" | "€" | "eur" | "euros") {
            return None;
        }
    }
    for unite in ["euros", "eur", "€"] {
        nu = nu.strip_suffix(unite).unwrap_or(nu);
    }
    if let Some(devant) = nu.strip_suffix('-') {
        if negatif {
            return None;
        }
        (nu, negatif) = (devant, true);
    }
    nu = nu.strip_prefix('+').unwrap_or(nu);
    if negatif && nu.starts_with('-') {
        return None;
    }
    let lu = Nombre::du_texte(nu)?;
    let lu = if negatif {
        Nombre::from(0).moins(lu)?
    } else {
        lu
    };
    Some((lu, pourcent))
}

/// A label of a frame as a workbook of an exercise may write it: the year, or « N » as it is.
pub fn variantes(libelle: &str, exercice: i32) -> Vec<String> {
    if !libelle.contains("{N") {
        return vec![etiquette(libelle)];
    }
    let mot = libelle
        .replace("{N}", "N")
        .replace("{N-1}", "N-1")
        .replace("{N-2}", "N-2");
    vec![
        etiquette(&en_toutes_lettres(libelle, exercice)),
        etiquette(&mot),
    ]
}

/// A label with its years.
pub fn en_toutes_lettres(libelle: &str, exercice: i32) -> String {
    let annees = [
        ("{N}", exercice),
        ("{N-1}", exercice - 1),
        ("{N-2}", exercice - 2),
    ];
    let mut dit = libelle.to_owned();
    for (place, annee) in annees {
        dit = dit.replace(place, &annee.to_string());
    }
    dit
}

/// The year that a heading says: « 2027 », « N+1 ».
pub fn annee(serre: &str, exercice: i32) -> Option<i32> {
    let bornee = |annee: &i32| (1990..=2100).contains(annee);
    if let Some(ecart) = serre.strip_prefix('n') {
        let ecart: i32 = if ecart.is_empty() {
            0
        } else {
            ecart.parse().ok()?
        };
        return exercice.checked_add(ecart).filter(bornee);
    }
    let chiffres = serre.len() == 4 && serre.bytes().all(|b| b.is_ascii_digit());
    chiffres
        .then(|| serre.parse().ok())
        .flatten()
        .filter(bornee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_are_compared_whatever_their_dress() {
        for (ecrit, serre) in [
            ("  Total\u{a0}GROUPE  I : ", "total groupe i"),
            ("Réalisé N - 1", "realise n-1"),
            ("Réalisé N–1", "realise n-1"),
            ("Capacité d’autofinancement*", "capacite d autofinancement"),
            ("Prévisions N (en k€)", "previsions n"),
            ("Prévisions N en milliers d'euros", "previsions n"),
            ("Montant (€)", "montant"),
            ("CRP_SOUMIS", "crp soumis"),
            ("k€", "k€"),
            ("", ""),
        ] {
            assert_eq!(etiquette(ecrit), serre, "{ecrit}");
        }
    }

    #[test]
    fn units_are_read_at_the_end_of_a_label() {
        for (ecrit, zeros) in [
            ("En k€", Some(3)),
            ("Montants en milliers d’euros", Some(3)),
            ("PGFP (en K€)", Some(3)),
            ("(en millions d'euros)", Some(6)),
            ("Budget en euros", Some(0)),
            ("Budget", None),
            ("seuil de 10 k€ par achat", None),
        ] {
            assert_eq!(echelle(ecrit).map(|e| e.0), zeros, "{ecrit}");
        }
    }

    #[test]
    fn numbers_are_read_as_the_french_write_them() {
        for (ecrit, lu) in [
            ("1 234,56 €", Some(("1234,56", false))),
            ("1\u{a0}234\u{202f}567", Some(("1234567", false))),
            ("(1 234,50)", Some(("-1234,5", false))),
            ("(12) €", Some(("-12", false))),
            ("12,5-", Some(("-12,5", false))),
            ("\u{2212}3", Some(("-3", false))),
            ("3,75 %", Some(("3,75", true))),
            ("'42", Some(("42", false))),
            ("12 EUR", Some(("12", false))),
            ("12 k€", None),
            ("1.234,56", None),
            ("(12", None),
            ("(-12)", None),
            ("--1", None),
            ("#REF!", None),
            ("-", None),
            ("néant", None),
        ] {
            let trouve = nombre(ecrit).map(|(n, p)| (n.to_string(), p));
            assert_eq!(trouve, lu.map(|(n, p)| (n.to_owned(), p)), "{ecrit}");
        }
    }

    #[test]
    fn a_year_is_said_or_counted_from_the_exercise() {
        for (dit, annee_lue) in [
            ("2027", Some(2027)),
            ("n", Some(2026)),
            ("n+5", Some(2031)),
            ("n-1", Some(2025)),
            ("27", None),
            ("nord", None),
            ("n+9999", None),
            ("1789", None),
        ] {
            assert_eq!(annee(dit, 2026), annee_lue, "{dit}");
        }
        assert_eq!(variantes("Réel {N-1}", 2026), ["reel 2025", "reel n-1"]);
        assert!(commence("crpp ime", "crpp") && commence("crpp2", "crpp"));
        assert!(!commence("cafeteria", "caf") && !commence("crp", "crpp"));
    }

    #[test]
    fn an_apostrophe_that_guards_is_taken_off() {
        for (ecrit, nu) in [("'=1+1", "=1+1"), ("''a", "'a"), ("'a", "'a"), ("a", "a")] {
            assert_eq!(denude(ecrit), nu);
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_one_form(texte in "\\PC{0,30}") {
            let serre = etiquette(&texte);
            prop_assert!(!serre.contains("  ") && serre.trim() == serre);
            let _ = (nombre(&texte), echelle(&texte), denude(&texte), annee(&serre, 2026));
        }
    }
}
