use super::*;
use crate::montre::{depuis, travaille};
use crate::regles::calendrier::parse_date;
use chrono::Weekday;
use proptest::prelude::*;
use std::time::Duration;

const METROPOLE: Territoire = Territoire::Metropole;
const ALSACE: Territoire = Territoire::AlsaceMoselle;

fn d(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

fn delai(text: &str) -> Delai {
    text.parse().unwrap()
}

fn counted(text: &str, mode: Mode) -> Delai {
    delai(text).with_mode(mode).unwrap()
}

fn last(delai: Delai, start: &str) -> NaiveDate {
    delai.echeance(d(start), METROPOLE).unwrap().echeance
}

#[test]
fn the_start_day_is_not_counted() {
    assert_eq!(last(delai("P1D"), "2026-03-10"), d("2026-03-11"));
    assert_eq!(last(delai("P30D"), "2026-04-01"), d("2026-05-01"));
    assert_eq!(last(delai("P2W"), "2026-03-10"), d("2026-03-24"));
}

#[test]
fn months_lead_to_the_same_day_or_to_the_end_of_the_month() {
    assert_eq!(last(delai("P1M"), "2026-01-31"), d("2026-02-28"));
    assert_eq!(last(delai("P1M"), "2028-01-31"), d("2028-02-29"));
    assert_eq!(last(delai("P2M"), "2026-12-31"), d("2027-02-28"));
    assert_eq!(last(delai("P2M"), "2026-03-15"), d("2026-05-15"));
    assert_eq!(last(delai("P1Y"), "2028-02-29"), d("2029-02-28"));
    assert_eq!(last(delai("P5Y"), "2026-01-01"), d("2031-01-01"));
}

#[test]
fn franc_delays_end_a_day_later() {
    assert_eq!(
        last(counted("P5D", Mode::Francs), "2026-03-10"),
        d("2026-03-16")
    );
    assert_eq!(
        last(counted("P2M", Mode::Francs), "2026-03-10"),
        d("2026-05-11")
    );
}

#[test]
fn worked_days_skip_weekends_and_holidays() {
    // Thursday the 30th of April: Friday the 1st of May is a holiday, Friday the 8th another.
    assert_eq!(
        last(counted("P1D", Mode::Ouvres), "2026-04-30"),
        d("2026-05-04")
    );
    assert_eq!(
        last(counted("P1D", Mode::Ouvrables), "2026-04-30"),
        d("2026-05-02")
    );
    assert_eq!(
        last(counted("P5D", Mode::Ouvres), "2026-04-30"),
        d("2026-05-11")
    );
    assert_eq!(
        last(counted("P6D", Mode::Ouvrables), "2026-04-30"),
        d("2026-05-09")
    );
    // Good Friday counts in Paris, not in Strasbourg; Easter Monday in neither.
    let one = counted("P1D", Mode::Ouvres);
    let in_alsace = one.echeance(d("2026-04-02"), ALSACE).unwrap();
    assert_eq!(last(one, "2026-04-02"), d("2026-04-03"));
    assert_eq!(in_alsace.echeance, d("2026-04-07"));
    let names: Vec<&str> = in_alsace.jours_feries.iter().map(|f| f.titre).collect();
    assert_eq!(names, ["Vendredi saint", "lundi de Pâques"]);
}

#[test]
fn carry_over_is_always_computed_and_binds_only_when_asked() {
    // The 1st of May 2026 is a holiday, and a Friday.
    let plain = delai("P30D");
    let found = plain.echeance(d("2026-04-01"), METROPOLE).unwrap();
    assert_eq!(found.echeance, d("2026-05-01"));
    assert_eq!(found.reportee, d("2026-05-04"));
    let holidays: Vec<NaiveDate> = found.jours_feries.iter().map(|f| f.date).collect();
    assert_eq!(holidays, [d("2026-04-06"), d("2026-05-01")]);
    assert_eq!(plain.terme(d("2026-04-01"), METROPOLE), Ok(d("2026-05-01")));
    let carried = Delai {
        report: true,
        ..plain
    };
    assert_eq!(
        carried.terme(d("2026-04-01"), METROPOLE),
        Ok(d("2026-05-04"))
    );
}

#[test]
fn a_delay_is_counted_back_from_a_term() {
    let back = |delai: Delai, date| delai.avant(d(date), METROPOLE).unwrap();
    assert_eq!(back(delai("P6M"), "2026-08-31"), d("2026-02-28"));
    assert_eq!(back(delai("P1Y"), "2026-12-31"), d("2025-12-31"));
    assert_eq!(back(delai("P30D"), "2026-05-01"), d("2026-04-01"));
    assert_eq!(
        back(counted("P1D", Mode::Ouvres), "2026-05-04"),
        d("2026-04-30")
    );
    assert_eq!(
        back(counted("P1D", Mode::Francs), "2026-03-12"),
        d("2026-03-10")
    );
}

#[test]
fn what_is_not_a_delay_is_refused() {
    for text in [
        "", "P", "30D", "P30", "p30d", "PT24H", "P1M15D", "P-1D", "P+1D", "P 3D", "P1.5M", "PD",
        "30 jours", "P3é", "P٣D",
    ] {
        let refusal = text.parse::<Delai>();
        assert!(
            matches!(refusal, Err(DelaiRefusal::Unreadable(_))),
            "{text}"
        );
    }
    for text in ["P0D", "P00M"] {
        assert!(
            matches!(text.parse::<Delai>(), Err(DelaiRefusal::Zero(_))),
            "{text}"
        );
    }
    for text in [
        "P10001D",
        "P1429W",
        "P1201M",
        "P101Y",
        "P99999999999999999999D",
    ] {
        assert!(
            matches!(text.parse::<Delai>(), Err(DelaiRefusal::TooLong(_))),
            "{text}"
        );
    }
    assert_eq!(
        delai("P2M").with_mode(Mode::Ouvres),
        Err(DelaiRefusal::NotDays)
    );
    assert_eq!(
        delai("P2Y").with_mode(Mode::Ouvrables),
        Err(DelaiRefusal::NotDays)
    );
}

#[test]
fn the_end_of_the_calendar_is_a_refusal() {
    let out = Err(DelaiRefusal::OutOfCalendar);
    assert_eq!(delai("P1D").terme(d("9999-12-31"), METROPOLE), out);
    assert_eq!(delai("P100Y").terme(NaiveDate::MAX, METROPOLE), out);
    assert_eq!(
        counted("P1D", Mode::Ouvres).terme(NaiveDate::MAX, METROPOLE),
        out
    );
    assert_eq!(delai("P1D").avant(d("0001-01-01"), METROPOLE), out);
    assert!(delai("P1D").echeance(NaiveDate::MAX, METROPOLE).is_err());
    assert!(delai("P1D").etendue(NaiveDate::MAX, METROPOLE).is_err());
    let unread = Delai::jours(i64::MIN);
    assert!(matches!(
        unread.terme(d("2026-01-01"), METROPOLE),
        Err(DelaiRefusal::Zero(_))
    ));
}

#[test]
fn delays_are_told_in_french() {
    let told = |text, mode| counted(text, mode).to_string();
    assert_eq!(told("P30D", Mode::Calendaires), "30 jours calendaires");
    assert_eq!(told("P1D", Mode::Francs), "1 jour franc");
    assert_eq!(told("P3D", Mode::Ouvres), "3 jours ouvrés");
    assert_eq!(told("P3D", Mode::Ouvrables), "3 jours ouvrables");
    assert_eq!(told("P1M", Mode::Calendaires), "1 mois");
    assert_eq!(told("P2M", Mode::Francs), "2 mois francs");
    assert_eq!(told("P1Y", Mode::Calendaires), "1 an");
    let carried = Delai {
        report: true,
        ..delai("P5Y")
    };
    assert_eq!(carried.to_string(), "5 ans, reporté au premier jour ouvré");
}

#[test]
fn the_extent_of_a_delay_is_known() {
    let extent = |delai: Delai| {
        let e = delai.etendue(d("2026-01-01"), METROPOLE).unwrap();
        (e.courte, e.longue)
    };
    assert_eq!(extent(delai("P30D")), (30, 30));
    assert_eq!(extent(counted("P30D", Mode::Francs)), (31, 31));
    assert_eq!(extent(delai("P1M")), (28, 31));
    assert_eq!(extent(delai("P2M")), (59, 62));
    assert_eq!(extent(delai("P1Y")), (365, 366));
    // The shortest starts on a Sunday and ends on Friday; holidays make the longest.
    assert_eq!(extent(counted("P5D", Mode::Ouvres)), (5, 11));
}

#[test]
fn the_longest_extent_is_computed_quickly() {
    let longest = Delai {
        report: true,
        ..counted("P10000D", Mode::Ouvrables)
    };
    let start = travaille();
    longest.etendue(d("2026-01-01"), ALSACE).unwrap();
    assert!(depuis(start) < Duration::from_secs(1));
}

fn any_mode() -> impl Strategy<Value = Mode> {
    prop_oneof![
        Just(Mode::Calendaires),
        Just(Mode::Ouvres),
        Just(Mode::Ouvrables),
        Just(Mode::Francs)
    ]
}

fn any_delai() -> impl Strategy<Value = Delai> {
    let unit = prop_oneof![Just(Unit::Days), Just(Unit::Months), Just(Unit::Years)];
    (1_i64..=60, unit, any_mode(), any::<bool>()).prop_filter_map(
        "worked days count days",
        |(count, unit, mode, report)| {
            Delai {
                count,
                unit,
                mode,
                report,
            }
            .checked()
            .ok()
        },
    )
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..20_000).prop_map(|n| d("2000-01-01") + Days::new(n))
}

fn any_place() -> impl Strategy<Value = Territoire> {
    prop_oneof![Just(METROPOLE), Just(ALSACE)]
}

proptest! {
    #[test]
    fn a_delay_written_is_a_delay_read(delai in any_delai()) {
        let read: Delai = delai.iso().parse().unwrap();
        let back = Delai { report: delai.report, ..read.with_mode(delai.mode).unwrap() };
        prop_assert_eq!(back, delai);
    }

    #[test]
    fn a_later_start_never_ends_earlier(
        delai in any_delai(), start in any_day(), place in any_place()
    ) {
        let next = start + Days::new(1);
        let (first, second) = (delai.terme(start, place), delai.terme(next, place));
        prop_assert!(first.unwrap() <= second.unwrap());
    }

    #[test]
    fn a_longer_delay_never_ends_earlier(
        delai in any_delai(), start in any_day(), place in any_place()
    ) {
        let longer = Delai { count: delai.count + 1, ..delai };
        let (short, long) = (delai.terme(start, place), longer.terme(start, place));
        prop_assert!(short.unwrap() <= long.unwrap());
    }

    #[test]
    fn the_day_that_binds_comes_after_the_start_and_before_the_carry_over(
        delai in any_delai(), start in any_day(), place in any_place()
    ) {
        let found = delai.echeance(start, place).unwrap();
        let term = delai.terme(start, place).unwrap();
        prop_assert!(start < found.echeance && found.echeance <= found.reportee);
        prop_assert_eq!(term, if delai.report { found.reportee } else { found.echeance });
        prop_assert!(calendrier::ouvre(found.reportee, place));
        prop_assert!(found.jours_feries.iter().all(|f| start < f.date && f.date <= found.reportee));
    }

    #[test]
    fn worked_delays_count_worked_days_only(
        count in 1_i64..=60, start in any_day(), place in any_place()
    ) {
        for mode in [Mode::Ouvres, Mode::Ouvrables] {
            let delai = Delai::jours(count).with_mode(mode).unwrap();
            let end = delai.terme(start, place).unwrap();
            let counts = |day: NaiveDate| match mode {
                Mode::Ouvres => calendrier::ouvre(day, place),
                _ => calendrier::ouvrable(day, place),
            };
            prop_assert!(counts(end) && end.weekday() != Weekday::Sun);
            let seen = start.iter_days().skip(1).take_while(|day| *day <= end)
                .filter(|day| counts(*day)).count();
            prop_assert_eq!(i64::try_from(seen).unwrap(), count);
        }
    }

    #[test]
    fn a_franc_delay_is_a_calendar_one_plus_a_day(delai in any_delai(), start in any_day()) {
        let plain = Delai { mode: Mode::Calendaires, report: false, ..delai };
        let franc = Delai { mode: Mode::Francs, ..plain };
        let (a, b) = (plain.terme(start, METROPOLE), franc.terme(start, METROPOLE));
        prop_assert_eq!(a.unwrap() + Days::new(1), b.unwrap());
    }

    /// Months lose days at the end of a short one; days come back exactly, from a counted day.
    #[test]
    fn counting_back_then_forth_never_passes_a_worked_date(
        delai in any_delai(), date in any_day()
    ) {
        prop_assume!(calendrier::ouvre(date, METROPOLE));
        let delai = Delai { report: false, ..delai };
        let start = delai.avant(date, METROPOLE).unwrap();
        let term = delai.terme(start, METROPOLE).unwrap();
        prop_assert!(term <= date);
        prop_assert!(delai.unit != Unit::Days || term == date);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The quick way gives what trying each start day gives.
    #[test]
    fn the_extent_is_that_of_every_start_day(
        delai in any_delai(), from in any_day(), place in any_place()
    ) {
        let end = from + Months::new(12 * YEARS_OF_STARTS);
        let lengths: Vec<i64> = from.iter_days().take_while(|day| *day < end)
            .map(|start| (delai.terme(start, place).unwrap() - start).num_days())
            .collect();
        let extent = delai.etendue(from, place).unwrap();
        prop_assert_eq!(Some(&extent.courte), lengths.iter().min());
        prop_assert_eq!(Some(&extent.longue), lengths.iter().max());
    }
}
