//! Durations as the law writes them, and the échéance they lead to.
//!
//! The day that starts a delay is not counted; the échéance is the last day on which one may act,
//! and it is wholly available. Months and years lead to the same day of the month, or to the last
//! one of a shorter month (Code de procédure civile 641 and 642).

#[cfg(test)]
mod tests;

use super::calendrier::{self, Ferie, Territoire};
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The longest delay in days: nothing in a contract of six years comes near.
pub const MAX_DAYS: i64 = 10_000;
/// The longest delay in months.
pub const MAX_MONTHS: i64 = 1_200;
/// The longest delay in years.
pub const MAX_YEARS: i64 = 100;
/// The years of start days that `etendue` looks at.
const YEARS_OF_STARTS: u32 = 6;

/// The unit a duration counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Days,
    Months,
    Years,
}

/// How days are counted.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every day counts.
    #[default]
    Calendaires,
    /// Monday to Friday, public holidays excluded.
    Ouvres,
    /// Monday to Saturday, public holidays excluded.
    Ouvrables,
    /// Neither the first day nor the last counts.
    Francs,
}

impl Mode {
    /// The names that files and the command line use.
    pub const NAMES: &[(&'static str, Mode)] = &[
        ("calendaires", Mode::Calendaires),
        ("ouvres", Mode::Ouvres),
        ("ouvrables", Mode::Ouvrables),
        ("francs", Mode::Francs),
    ];
}

/// A duration: `P30D`, `P2M`, `P1Y`, with its way of counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Delai {
    pub count: i64,
    pub unit: Unit,
    pub mode: Mode,
    /// Carried over to the next working day when the last one is not.
    pub report: bool,
}

/// Why a delay cannot be read or counted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DelaiRefusal {
    #[error(
        "Délai « {0} » illisible : attendu P suivi d'un nombre et de D (jours), W (semaines), \
         M (mois) ou Y (années), par exemple P30D ou P2M."
    )]
    Unreadable(String),
    #[error("Un délai compte au moins 1 jour, mois ou an : trouvé {0}.")]
    Zero(String),
    #[error(
        "Délai {0} trop long : au plus {MAX_DAYS} jours, {MAX_MONTHS} mois ou {MAX_YEARS} ans."
    )]
    TooLong(String),
    #[error(
        "Les jours ouvrés et ouvrables ne comptent que des jours : écrivez le délai en jours \
         (P30D) ou choisissez les jours calendaires."
    )]
    NotDays,
    #[error(
        "La date calculée sort du calendrier (années 1 à 9999) : rapprochez la date de départ."
    )]
    OutOfCalendar,
}

/// Where a delay leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echeance {
    /// The last day, as the mode counts it.
    pub echeance: NaiveDate,
    /// The same, or the next working day (Monday to Friday) when it is not one.
    pub reportee: NaiveDate,
    /// Holidays after the start day, up to `reportee`.
    pub jours_feries: Vec<Ferie>,
}

/// The length of a delay in days, over many start days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Etendue {
    pub courte: i64,
    pub longue: i64,
}

impl Delai {
    /// Calendar days, not carried over.
    pub fn jours(count: i64) -> Self {
        Self {
            count,
            unit: Unit::Days,
            mode: Mode::Calendaires,
            report: false,
        }
    }

    /// The same duration counted otherwise. Working days cannot count months.
    pub fn with_mode(self, mode: Mode) -> Result<Self, DelaiRefusal> {
        Self { mode, ..self }.checked()
    }

    /// The duration as written in files: `P30D`. The mode and the carry-over stand beside it.
    pub fn iso(self) -> String {
        let unit = match self.unit {
            Unit::Days => 'D',
            Unit::Months => 'M',
            Unit::Years => 'Y',
        };
        format!("P{}{unit}", self.count)
    }

    /// Where the delay leads when it starts on `start`.
    pub fn echeance(
        self,
        start: NaiveDate,
        territoire: Territoire,
    ) -> Result<Echeance, DelaiRefusal> {
        let echeance = self.last_day(start, territoire)?;
        let reportee = worked(echeance, territoire)?;
        let after = in_calendar(start.checked_add_days(Days::new(1)))?;
        Ok(Echeance {
            echeance,
            reportee,
            jours_feries: calendrier::feries(after, reportee, territoire),
        })
    }

    /// The day that binds: the last one, carried over when this delay says so.
    pub fn terme(
        self,
        start: NaiveDate,
        territoire: Territoire,
    ) -> Result<NaiveDate, DelaiRefusal> {
        let last = self.last_day(start, territoire)?;
        if self.report {
            worked(last, territoire)
        } else {
            Ok(last)
        }
    }

    /// The delay counted back: « six mois avant le terme ». `date` itself is not counted, and
    /// nothing is carried over.
    pub fn avant(self, date: NaiveDate, territoire: Territoire) -> Result<NaiveDate, DelaiRefusal> {
        let delai = self.checked()?;
        let count = delai.magnitude();
        let back = match (delai.unit, delai.mode) {
            (Unit::Days, Mode::Ouvres) => nth(date, count, Step::Back, |day| {
                calendrier::ouvre(day, territoire)
            }),
            (Unit::Days, Mode::Ouvrables) => nth(date, count, Step::Back, |day| {
                calendrier::ouvrable(day, territoire)
            }),
            (Unit::Days, _) => date.checked_sub_days(Days::new(count.into())),
            (Unit::Months, _) => date.checked_sub_months(Months::new(count)),
            (Unit::Years, _) => date.checked_sub_months(Months::new(count * 12)),
        };
        match delai.mode {
            Mode::Francs => in_calendar(back.and_then(|day| day.checked_sub_days(Days::new(1)))),
            Mode::Calendaires | Mode::Ouvres | Mode::Ouvrables => in_calendar(back),
        }
    }

    /// The shortest and the longest this delay lasts, in days, over every start day of the six
    /// years that begin on `from`.
    pub fn etendue(self, from: NaiveDate, territoire: Territoire) -> Result<Etendue, DelaiRefusal> {
        let delai = self.checked()?;
        let end = in_calendar(from.checked_add_months(Months::new(12 * YEARS_OF_STARTS)))?;
        let starts = from.iter_days().take_while(|day| *day < end);
        let lasts: Vec<i64> = match delai.mode {
            Mode::Calendaires | Mode::Francs => starts
                .map(|start| Ok((delai.terme(start, territoire)? - start).num_days()))
                .collect::<Result<_, DelaiRefusal>>()?,
            Mode::Ouvres | Mode::Ouvrables => delai.worked_lengths(from, end, territoire)?,
        };
        let shortest = lasts.iter().copied().min();
        let longest = lasts.iter().copied().max();
        match (shortest, longest) {
            (Some(courte), Some(longue)) => Ok(Etendue { courte, longue }),
            _ => Err(DelaiRefusal::OutOfCalendar),
        }
    }

    /// The lengths of a delay in worked days from each start of [`from`, `end`). The worked days
    /// are listed once: counting each start anew would take a thousand times longer.
    fn worked_lengths(
        self,
        from: NaiveDate,
        end: NaiveDate,
        territoire: Territoire,
    ) -> Result<Vec<i64>, DelaiRefusal> {
        let last = self.last_day(end, territoire)?;
        let counted = |day: &NaiveDate| match self.mode {
            Mode::Ouvres => calendrier::ouvre(*day, territoire),
            _ => calendrier::ouvrable(*day, territoire),
        };
        let days: Vec<NaiveDate> = from
            .iter_days()
            .take_while(|day| *day <= last)
            .filter(counted)
            .collect();
        let mut lengths = Vec::new();
        let mut next = 0;
        for start in from.iter_days().take_while(|day| *day < end) {
            while days.get(next).is_some_and(|day| *day <= start) {
                next += 1;
            }
            let rank = next + self.magnitude() as usize - 1;
            let day = in_calendar(days.get(rank).copied())?;
            let day = if self.report {
                worked(day, territoire)?
            } else {
                day
            };
            lengths.push((day - start).num_days());
        }
        Ok(lengths)
    }

    /// The last day, before any carry-over.
    fn last_day(self, start: NaiveDate, territoire: Territoire) -> Result<NaiveDate, DelaiRefusal> {
        let delai = self.checked()?;
        let count = delai.magnitude();
        let last = match (delai.unit, delai.mode) {
            (Unit::Days, Mode::Ouvres) => nth(start, count, Step::Forward, |day| {
                calendrier::ouvre(day, territoire)
            }),
            (Unit::Days, Mode::Ouvrables) => nth(start, count, Step::Forward, |day| {
                calendrier::ouvrable(day, territoire)
            }),
            (Unit::Days, _) => start.checked_add_days(Days::new(count.into())),
            (Unit::Months, _) => start.checked_add_months(Months::new(count)),
            (Unit::Years, _) => start.checked_add_months(Months::new(count * 12)),
        };
        match delai.mode {
            Mode::Francs => in_calendar(last.and_then(|day| day.checked_add_days(Days::new(1)))),
            Mode::Calendaires | Mode::Ouvres | Mode::Ouvrables => in_calendar(last),
        }
    }

    /// The count, once `checked` has bounded it.
    fn magnitude(self) -> u32 {
        u32::try_from(self.count).unwrap_or_default()
    }

    fn checked(self) -> Result<Self, DelaiRefusal> {
        let limit = match self.unit {
            Unit::Days => MAX_DAYS,
            Unit::Months => MAX_MONTHS,
            Unit::Years => MAX_YEARS,
        };
        if self.count < 1 {
            return Err(DelaiRefusal::Zero(self.iso()));
        }
        if self.count > limit {
            return Err(DelaiRefusal::TooLong(self.iso()));
        }
        let worked = matches!(self.mode, Mode::Ouvres | Mode::Ouvrables);
        if worked && self.unit != Unit::Days {
            return Err(DelaiRefusal::NotDays);
        }
        Ok(self)
    }
}

impl FromStr for Delai {
    type Err = DelaiRefusal;

    /// Reads `P30D`, `P2W` (two times seven days), `P2M` or `P1Y`, in calendar days.
    fn from_str(text: &str) -> Result<Self, DelaiRefusal> {
        let shown = || text.chars().take(40).collect::<String>();
        let unreadable = || DelaiRefusal::Unreadable(shown());
        let body = text.strip_prefix('P').ok_or_else(unreadable)?;
        let (unit, times) = match body.chars().next_back() {
            Some('D') => (Unit::Days, 1),
            Some('W') => (Unit::Days, 7),
            Some('M') => (Unit::Months, 1),
            Some('Y') => (Unit::Years, 1),
            _ => return Err(unreadable()),
        };
        let digits = &body[..body.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(unreadable());
        }
        let count = digits
            .parse::<i64>()
            .ok()
            .and_then(|count| count.checked_mul(times))
            .ok_or_else(|| DelaiRefusal::TooLong(shown()))?;
        Self {
            unit,
            ..Self::jours(count)
        }
        .checked()
    }
}

impl fmt::Display for Delai {
    /// « 30 jours calendaires », « 2 mois », « 1 jour franc ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count > 1 { "s" } else { "" };
        let unit = match self.unit {
            Unit::Days => format!("jour{plural}"),
            Unit::Months => "mois".into(),
            Unit::Years => format!("an{plural}"),
        };
        write!(f, "{} {unit}", self.count)?;
        match (self.mode, self.unit) {
            (Mode::Calendaires, Unit::Days) => write!(f, " calendaire{plural}")?,
            (Mode::Calendaires, _) => {}
            (Mode::Ouvres, _) => write!(f, " ouvré{plural}")?,
            (Mode::Ouvrables, _) => write!(f, " ouvrable{plural}")?,
            (Mode::Francs, _) => write!(f, " franc{plural}")?,
        }
        if self.report {
            f.write_str(", reporté au premier jour ouvré")?;
        }
        Ok(())
    }
}

/// Which way days are counted.
#[derive(Clone, Copy)]
enum Step {
    Forward,
    Back,
}

/// The `count`-th day after (or before) `start` that is counted.
fn nth(
    start: NaiveDate,
    count: u32,
    step: Step,
    counted: impl Fn(NaiveDate) -> bool,
) -> Option<NaiveDate> {
    let mut day = start;
    let mut left = count;
    while left > 0 {
        day = match step {
            Step::Forward => day.checked_add_days(Days::new(1))?,
            Step::Back => day.checked_sub_days(Days::new(1))?,
        };
        if counted(day) {
            left -= 1;
        }
    }
    Some(day)
}

fn worked(day: NaiveDate, territoire: Territoire) -> Result<NaiveDate, DelaiRefusal> {
    in_calendar(calendrier::prochain_ouvre(day, territoire))
}

/// A date that files and people can write: four digits of year.
fn in_calendar(date: Option<NaiveDate>) -> Result<NaiveDate, DelaiRefusal> {
    date.filter(|day| (1..=9999).contains(&day.year()))
        .ok_or(DelaiRefusal::OutOfCalendar)
}
