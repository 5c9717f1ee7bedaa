//! Public holidays, working days, and the civil date of an instant in France.
//!
//! Holidays: Code du travail L.3133-1; in Alsace-Moselle L.3134-13 adds Good Friday and the 26th of
//! December. Today's list is applied to any year: no delay of a contract looks back before it.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use chrono_tz::Europe::Paris;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where holidays are counted.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Territoire {
    #[default]
    Metropole,
    /// Bas-Rhin, Haut-Rhin and Moselle. Good Friday is a holiday only where a commune has a
    /// Protestant church; it is counted everywhere here.
    AlsaceMoselle,
}

/// A public holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ferie {
    pub date: NaiveDate,
    /// Its name in French.
    pub titre: &'static str,
}

/// A text that is not a date.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DateRefusal {
    #[error("« {0} » n'est pas une date lisible : attendu AAAA-MM-JJ, par exemple 2026-06-30.")]
    Unreadable(String),
    #[error("Le jour {0} n'existe pas : vérifiez le mois et le jour.")]
    Absent(String),
}

/// Reads `AAAA-MM-JJ`, and nothing else: years 0001 to 9999.
pub fn parse_date(text: &str) -> Result<NaiveDate, DateRefusal> {
    let unreadable = || DateRefusal::Unreadable(text.chars().take(40).collect());
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if !shaped || text.starts_with("0000") {
        return Err(unreadable());
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| DateRefusal::Absent(text.into()))
}

/// Easter Sunday of a year (Gregorian calendar, Oudin's formula).
/// `None` only where the calendar itself ends.
pub fn paques(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let century = year.div_euclid(100);
    let epact =
        (century - century.div_euclid(4) - (8 * century + 13).div_euclid(25) + 19 * golden + 15)
            .rem_euclid(30);
    let moon = epact - (epact / 28) * (1 - (29 / (epact + 1)) * ((21 - golden) / 11));
    let weekday =
        (year + year.div_euclid(4) + moon + 2 - century + century.div_euclid(4)).rem_euclid(7);
    let offset = moon - weekday;
    let month = 3 + (offset + 40) / 44;
    let day = offset + 28 - 31 * (month / 4);
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// The name of the holiday that falls on `date`, if one does.
pub fn ferie(date: NaiveDate, territoire: Territoire) -> Option<&'static str> {
    let local = territoire == Territoire::AlsaceMoselle;
    let fixed = match (date.month(), date.day()) {
        (1, 1) => Some("jour de l'An"),
        (5, 1) => Some("fête du Travail"),
        (5, 8) => Some("victoire de 1945"),
        (7, 14) => Some("fête nationale"),
        (8, 15) => Some("Assomption"),
        (11, 1) => Some("Toussaint"),
        (11, 11) => Some("armistice de 1918"),
        (12, 25) => Some("Noël"),
        (12, 26) if local => Some("lendemain de Noël"),
        _ => None,
    };
    // Easter falls between the 22nd of March and the 25th of April: its holidays end mid-June.
    if fixed.is_some() || !(3..=6).contains(&date.month()) {
        return fixed;
    }
    match (date - paques(date.year())?).num_days() {
        -2 if local => Some("Vendredi saint"),
        1 => Some("lundi de Pâques"),
        39 => Some("Ascension"),
        50 => Some("lundi de Pentecôte"),
        _ => None,
    }
}

/// The holidays from `first` to `last`, both included, in order.
pub fn feries(first: NaiveDate, last: NaiveDate, territoire: Territoire) -> Vec<Ferie> {
    first
        .iter_days()
        .take_while(|date| *date <= last)
        .filter_map(|date| ferie(date, territoire).map(|titre| Ferie { date, titre }))
        .collect()
}

/// Monday to Friday, not a holiday.
pub fn ouvre(date: NaiveDate, territoire: Territoire) -> bool {
    date.weekday() != Weekday::Sat && ouvrable(date, territoire)
}

/// Monday to Saturday, not a holiday.
pub fn ouvrable(date: NaiveDate, territoire: Territoire) -> bool {
    date.weekday() != Weekday::Sun && ferie(date, territoire).is_none()
}

/// `date` when it is worked (Monday to Friday, not a holiday), else the next day that is. A delay
/// that ends on a Saturday, a Sunday or a holiday runs to that day (Code de procédure civile 642).
/// `None` where the calendar ends.
pub fn prochain_ouvre(date: NaiveDate, territoire: Territoire) -> Option<NaiveDate> {
    let mut day = date;
    while !ouvre(day, territoire) {
        day = day.checked_add_days(Days::new(1))?;
    }
    Some(day)
}

/// The date that calendars show in France (Europe/Paris) at this instant.
pub fn civil_date(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&Paris).date_naive()
}

/// Whether the day of `echeance`, which is wholly available, is over in France.
pub fn ended(echeance: NaiveDate, now: DateTime<Utc>) -> bool {
    civil_date(now) > echeance
}

/// The months' names, January first.
pub const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// A date as people write it: « vendredi 1er mai 2026 ».
pub fn en_lettres(date: NaiveDate) -> String {
    let weekday = match date.weekday() {
        Weekday::Mon => "lundi",
        Weekday::Tue => "mardi",
        Weekday::Wed => "mercredi",
        Weekday::Thu => "jeudi",
        Weekday::Fri => "vendredi",
        Weekday::Sat => "samedi",
        Weekday::Sun => "dimanche",
    };
    let first = if date.day() == 1 { "er" } else { "" };
    let month = MONTHS[date.month0() as usize];
    format!("{weekday} {}{first} {month} {}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn d(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    #[test]
    fn easter_falls_where_almanacs_say() {
        for known in [
            "1583-04-10",
            "1818-03-22",
            "1900-04-15",
            "1943-04-25",
            "1961-04-02",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2016-03-27",
            "2023-04-09",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2029-04-01",
            "2030-04-21",
            "2038-04-25",
            "2049-04-18",
            "2285-03-22",
        ] {
            assert_eq!(paques(d(known).year()), Some(d(known)));
        }
    }

    #[test]
    fn a_year_has_eleven_holidays_and_thirteen_in_alsace_moselle() {
        let year = |territoire| -> Vec<String> {
            feries(d("2026-01-01"), d("2026-12-31"), territoire)
                .iter()
                .map(|f| f.date.to_string())
                .collect()
        };
        let metropole = year(Territoire::Metropole);
        assert_eq!(
            metropole,
            [
                "2026-01-01",
                "2026-04-06",
                "2026-05-01",
                "2026-05-08",
                "2026-05-14",
                "2026-05-25",
                "2026-07-14",
                "2026-08-15",
                "2026-11-01",
                "2026-11-11",
                "2026-12-25",
            ]
        );
        let local: Vec<String> = year(Territoire::AlsaceMoselle)
            .into_iter()
            .filter(|date| !metropole.contains(date))
            .collect();
        assert_eq!(local, ["2026-04-03", "2026-12-26"]);
    }

    #[test]
    fn a_holiday_has_its_name() {
        let name = |date| ferie(d(date), Territoire::Metropole);
        assert_eq!(name("2027-05-08"), Some("victoire de 1945"));
        assert_eq!(name("2027-07-14"), Some("fête nationale"));
        assert_eq!(name("2027-05-06"), Some("Ascension"));
        assert_eq!(name("2027-03-26"), None);
        assert_eq!(
            ferie(d("2027-03-26"), Territoire::AlsaceMoselle),
            Some("Vendredi saint")
        );
        // 2008: Ascension fell on the 1st of May.
        assert_eq!(name("2008-05-01"), Some("fête du Travail"));
    }

    #[test]
    fn saturdays_are_ouvrables_and_not_ouvres() {
        let (friday, saturday, sunday) = (d("2026-06-05"), d("2026-06-06"), d("2026-06-07"));
        let both = |date| {
            let t = Territoire::Metropole;
            (ouvre(date, t), ouvrable(date, t))
        };
        assert_eq!(both(friday), (true, true));
        assert_eq!(both(saturday), (false, true));
        assert_eq!(both(sunday), (false, false));
        assert_eq!(both(d("2026-07-14")), (false, false));
    }

    #[test]
    fn the_day_ends_at_midnight_in_paris() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let echeance = d("2026-06-30");
        // Summer: Paris is two hours ahead of UTC; winter: one.
        assert!(!ended(echeance, at("2026-06-30T21:59:59Z")));
        assert!(ended(echeance, at("2026-06-30T22:00:00Z")));
        assert_eq!(civil_date(at("2026-12-31T22:59:59Z")), d("2026-12-31"));
        assert_eq!(civil_date(at("2026-12-31T23:00:00Z")), d("2027-01-01"));
    }

    #[test]
    fn dates_are_read_in_one_form_only() {
        for text in [
            "2026-6-30",
            "30/06/2026",
            "+2026-06-30",
            " 2026-06-3",
            "2026-06-30 ",
            "é",
        ] {
            assert!(
                matches!(parse_date(text), Err(DateRefusal::Unreadable(_))),
                "{text}"
            );
        }
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31"] {
            assert!(
                matches!(parse_date(text), Err(DateRefusal::Absent(_))),
                "{text}"
            );
        }
        assert_eq!(parse_date("2028-02-29").unwrap().day(), 29);
    }

    #[test]
    fn dates_are_told_in_letters() {
        assert_eq!(en_lettres(d("2026-05-01")), "vendredi 1er mai 2026");
        assert_eq!(en_lettres(d("2026-08-31")), "lundi 31 août 2026");
    }

    proptest! {
        #[test]
        fn easter_is_a_sunday_of_spring(year in 1_i32..=9999) {
            let easter = paques(year).unwrap();
            prop_assert_eq!(easter.weekday(), Weekday::Sun);
            let day = (easter.month(), easter.day());
            prop_assert!(((3, 22)..=(4, 25)).contains(&day));
        }

        #[test]
        fn the_next_worked_day_is_near_and_worked(year in 1_i32..=9998, day in 1_u32..=365) {
            let date = NaiveDate::from_yo_opt(year, day).unwrap();
            for territoire in [Territoire::Metropole, Territoire::AlsaceMoselle] {
                let next = prochain_ouvre(date, territoire).unwrap();
                prop_assert!(ouvre(next, territoire));
                prop_assert!((0..=5).contains(&(next - date).num_days()));
            }
        }
    }
}
