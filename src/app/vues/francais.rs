//! Dates, numbers and sentences as French writes them. The only place where pages format.

use crate::echanges::contrats::champs::simple;
use crate::regles::calendrier::civil_date;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Europe::Paris;

/// Between thousands, and before « % », « € », « ; », « ! », « ? ».
const FINE: char = '\u{202f}';
/// Before « : » and inside guillemets.
const INSECABLE: char = '\u{a0}';

/// `20/09/2024`.
pub fn jour(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// `2024-09-20`, for machines.
pub fn iso(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// `20` and `sept.`, for a calendar sheet.
pub fn feuillet(date: NaiveDate) -> (String, String) {
    let mois = [
        "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ];
    (
        format!("{:02}", date.day()),
        mois[date.month0() as usize].to_owned(),
    )
}

/// `11/09/2024 à 16 h 40`, at the clocks of France.
pub fn instant(instant: DateTime<Utc>) -> String {
    let ici = instant.with_timezone(&Paris);
    format!(
        "{} à {}{INSECABLE}h{INSECABLE}{:02}",
        jour(civil_date(instant)),
        ici.hour(),
        ici.minute()
    )
}

/// How far a date is: « dans 8 jours », « demain », « aujourd’hui », « 6 jours de retard ».
pub fn distance(date: NaiveDate, aujourdhui: NaiveDate) -> String {
    let jours = (date - aujourdhui).num_days();
    match jours {
        0 => "aujourd’hui".to_owned(),
        1 => "demain".to_owned(),
        -1 => "1 jour de retard".to_owned(),
        _ => {
            let duree = duree(jours.unsigned_abs());
            if jours > 0 {
                format!("dans {duree}")
            } else {
                format!("{duree} de retard")
            }
        }
    }
}

/// Days up to two months, then months, then years: nobody counts 412 days.
fn duree(jours: u64) -> String {
    match jours {
        0..=60 => compte(jours, "jour", "jours"),
        61..=729 => format!("{}{INSECABLE}mois", jours / 30),
        _ => compte(jours / 365, "an", "ans"),
    }
}

/// `1 234 567`.
pub fn entier(nombre: i64) -> String {
    let chiffres = nombre.unsigned_abs().to_string();
    let mut ecrit = String::new();
    if nombre < 0 {
        ecrit.push('\u{2212}');
    }
    for (rang, chiffre) in chiffres.chars().enumerate() {
        if rang > 0 && (chiffres.len() - rang).is_multiple_of(3) {
            ecrit.push(FINE);
        }
        ecrit.push(chiffre);
    }
    ecrit
}

/// Cents: `1 234 567,89 €`.
pub fn euros(cents: i64) -> String {
    format!("{}{FINE}€", centiemes(cents))
}

/// Hundredths of a per cent: `72 %`, `2,50 %`.
pub fn pour_cent(centieme: i64) -> String {
    if centieme % 100 == 0 {
        format!("{}{FINE}%", entier(centieme / 100))
    } else {
        format!("{}{FINE}%", centiemes(centieme))
    }
}

fn centiemes(nombre: i64) -> String {
    let signe = if nombre < 0 { "\u{2212}" } else { "" };
    let unites = i64::try_from(nombre.unsigned_abs() / 100).unwrap_or(i64::MAX);
    format!(
        "{signe}{},{:02}",
        entier(unites),
        nombre.unsigned_abs() % 100
    )
}

/// `1 contrat`, `12 000 contrats`; none is singular: `0 contrat`.
pub fn compte(nombre: u64, un: &str, plusieurs: &str) -> String {
    let quoi = if nombre < 2 { un } else { plusieurs };
    let nombre = entier(i64::try_from(nombre).unwrap_or(i64::MAX));
    format!("{nombre}{INSECABLE}{quoi}")
}

/// « A », « A et B », « A, B et C ».
pub fn liste<T: AsRef<str>>(noms: &[T]) -> String {
    match noms {
        [] => String::new(),
        [seul] => seul.as_ref().to_owned(),
        [debut @ .., dernier] => {
            let debut: Vec<&str> = debut.iter().map(AsRef::as_ref).collect();
            format!("{} et {}", debut.join(", "), dernier.as_ref())
        }
    }
}

/// The first letter in upper case.
pub fn majuscule(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres.next().map_or_else(String::new, |premiere| {
        premiere.to_uppercase().chain(lettres).collect()
    })
}

/// The first letter in lower case, unless the word is an acronym.
pub fn minuscule(texte: &str) -> String {
    let mut lettres = texte.chars();
    let Some(premiere) = lettres.next() else {
        return String::new();
    };
    let suite = lettres.as_str();
    if suite.starts_with(char::is_uppercase) {
        return texte.to_owned();
    }
    premiere.to_lowercase().chain(suite.chars()).collect()
}

/// A name cut where no page could show it whole.
pub fn court(nom: &str) -> String {
    const LETTRES: usize = 160;
    match nom.char_indices().nth(LETTRES) {
        Some((fin, _)) => format!("{}…", &nom[..fin]),
        None => nom.to_owned(),
    }
}

/// A text as searches compare it: without capitals, accents nor punctuation; as it is when that
/// leaves nothing, so that it is found nowhere.
pub fn cherchable(texte: &str) -> String {
    match simple(texte) {
        vide if vide.is_empty() => texte.trim().to_owned(),
        simple => simple,
    }
}

/// The spaces and the apostrophe that French prints, in a sentence of ours.
pub fn typographie(texte: &str) -> String {
    let mut ecrit = String::with_capacity(texte.len() + 8);
    let mut lettres = texte.chars().peekable();
    while let Some(lettre) = lettres.next() {
        match (lettre, lettres.peek()) {
            ('\'', _) => ecrit.push('’'),
            (' ', Some(':' | '»')) => ecrit.push(INSECABLE),
            (' ', Some(';' | '!' | '?' | '%' | '€')) => ecrit.push(FINE),
            ('«', Some(' ')) => {
                lettres.next();
                ecrit.push('«');
                ecrit.push(INSECABLE);
            }
            _ => ecrit.push(lettre),
        }
    }
    ecrit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regles::calendrier::parse_date;
    use proptest::prelude::*;

    fn d(texte: &str) -> NaiveDate {
        parse_date(texte).unwrap()
    }

    #[test]
    fn what_is_searched_has_no_accents_nor_capitals() {
        let dits = [
            ("  Départements ", "departements"),
            ("L’Œuvre", "l oeuvre"),
            ("ÉCOLE À\u{a0}PART", "ecole a part"),
            (" % ", "%"),
            ("", ""),
        ];
        for (dit, cherche) in dits {
            assert_eq!(cherchable(dit), cherche);
        }
    }

    #[test]
    fn amounts_are_written_as_french_people_do() {
        for (cents, ecrit) in [
            (0, "0,00\u{202f}€"),
            (7, "0,07\u{202f}€"),
            (123_456_789, "1\u{202f}234\u{202f}567,89\u{202f}€"),
            (-820_000, "\u{2212}8\u{202f}200,00\u{202f}€"),
        ] {
            assert_eq!(euros(cents), ecrit);
        }
        assert_eq!(pour_cent(7200), "72\u{202f}%");
        assert_eq!(pour_cent(-250), "\u{2212}2,50\u{202f}%");
        assert!(euros(i64::MIN).starts_with("\u{2212}92\u{202f}233"));
    }

    #[test]
    fn dates_are_said_with_their_distance() {
        let aujourdhui = d("2024-09-12");
        for (date, dit) in [
            ("2024-09-20", "dans 8\u{a0}jours"),
            ("2024-09-13", "demain"),
            ("2024-09-12", "aujourd’hui"),
            ("2024-09-11", "1 jour de retard"),
            ("2024-09-06", "6\u{a0}jours de retard"),
            ("2025-01-01", "dans 3\u{a0}mois"),
            ("2029-12-31", "dans 5\u{a0}ans"),
        ] {
            assert_eq!(distance(d(date), aujourdhui), dit, "{date}");
        }
        assert_eq!(jour(d("2029-12-31")), "31/12/2029");
        let feuillets = ["2024-01-01", "2024-02-01", "2024-07-14", "2024-09-20"];
        let feuillets = feuillets.map(|date| feuillet(d(date)).1);
        assert_eq!(feuillets, ["janv.", "févr.", "juil.", "sept."]);
    }

    #[test]
    fn hours_are_those_of_france() {
        let utc: DateTime<Utc> = "2024-09-11T14:05:00Z".parse().unwrap();
        assert_eq!(instant(utc), "11/09/2024 à 16\u{a0}h\u{a0}05");
        let veille: DateTime<Utc> = "2024-12-31T23:30:00Z".parse().unwrap();
        assert_eq!(instant(veille), "01/01/2025 à 0\u{a0}h\u{a0}30");
    }

    #[test]
    fn sentences_take_their_spaces() {
        assert_eq!(
            typographie("L'accord : « oui » ; 72 % ?"),
            "L’accord\u{a0}: «\u{a0}oui\u{a0}»\u{202f}; 72\u{202f}%\u{202f}?"
        );
        assert_eq!(minuscule("Soumettre"), "soumettre");
        assert_eq!(minuscule("EPRD déposé"), "EPRD déposé");
        assert_eq!(majuscule("échéance"), "Échéance");
        assert_eq!(liste(&["A", "B", "C"]), "A, B et C");
        assert_eq!(court(&"é".repeat(160)), "é".repeat(160));
        assert_eq!(court(&"é".repeat(161)), format!("{}…", "é".repeat(160)));
        assert_eq!(compte(0, "contrat", "contrats"), "0\u{a0}contrat");
        assert_eq!(
            compte(12_000, "contrat", "contrats"),
            "12\u{202f}000\u{a0}contrats"
        );
    }

    proptest! {
        #[test]
        fn a_number_keeps_its_digits(nombre: i64) {
            let ecrit = entier(nombre).replace('\u{2212}', "-").replace(FINE, "");
            prop_assert_eq!(ecrit.parse::<i64>().ok(), Some(nombre));
        }

        #[test]
        fn typography_changes_spaces_and_apostrophes_only(texte in ".{0,40}") {
            let nu = |t: &str| t.replace(['’', '\''], "'").replace([FINE, INSECABLE, ' '], " ");
            prop_assert_eq!(nu(&typographie(&texte)), nu(&texte));
        }
    }
}
