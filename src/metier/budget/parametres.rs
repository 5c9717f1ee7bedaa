//! What the rules fix, in force on the day of the deposit: dates, tolerances, bounds. None of it is
//! a constant: it comes from a rule pack, with its source, confirmed or not.

use super::lignes::Exact;
use crate::regles::calendrier::Territoire;
use crate::regles::paquet::Paquet;
use crate::regles::value::{Day, Value};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The values that checks and ratios use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parametres<'p> {
    paquets: Vec<&'p Paquet>,
    le: NaiveDate,
    /// Codes of checks whose failure the authority accepted, with its reason.
    pub justifies: BTreeSet<String>,
}

impl<'p> Parametres<'p> {
    /// The values of some packs in force on a day; what one says counts before what the next says.
    pub fn de(paquets: &[&'p Paquet], le: NaiveDate) -> Self {
        Self {
            paquets: paquets.to_vec(),
            le,
            justifies: BTreeSet::new(),
        }
    }

    fn valeur(&self, regle: &str) -> Option<&'p Value> {
        let dites = self
            .paquets
            .iter()
            .find_map(|paquet| paquet.value(regle, self.le));
        dites.map(|dated| &dated.value)
    }

    /// A rate, in percent.
    pub fn taux(&self, regle: &str) -> Option<Exact> {
        match self.valeur(regle)? {
            Value::Percent(points) => Some(Exact::new(i128::from(*points), 100)),
            _ => None,
        }
    }

    /// A whole number.
    pub fn entier(&self, regle: &str) -> Option<i32> {
        match self.valeur(regle)? {
            Value::Integer(n) => i32::try_from(*n).ok(),
            _ => None,
        }
    }

    /// An amount, in cents.
    pub fn centimes(&self, regle: &str) -> Option<i64> {
        match self.valeur(regle)? {
            Value::Cents(centimes) => Some(*centimes),
            _ => None,
        }
    }

    /// The day of a year that a rule names.
    pub fn jour(&self, regle: &str, annee: i32) -> Option<NaiveDate> {
        match self.valeur(regle)? {
            Value::Day(Day { month, day }) => NaiveDate::from_ymd_opt(annee, *month, *day),
            _ => None,
        }
    }

    /// A day, and a delay of calendar days after it.
    pub fn apres(&self, regle: &str, depuis: NaiveDate) -> Option<NaiveDate> {
        match self.valeur(regle)? {
            // Calendar days: no holiday is counted, so any territory gives the same.
            Value::Duration(delai) => delai.terme(depuis, Territoire::default()).ok(),
            _ => None,
        }
    }

    /// Words of a list.
    pub fn mots(&self, regle: &str) -> Vec<&'p str> {
        let Some(Value::List(mots)) = self.valeur(regle) else {
            return Vec::new();
        };
        let mots = mots.iter().filter_map(|mot| match mot {
            Value::Text(mot) => Some(mot.as_str()),
            _ => None,
        });
        mots.collect()
    }
}
