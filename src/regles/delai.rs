//! Durations as the law writes them.

use serde::{Deserialize, Serialize};

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

/// A duration: `P30D`, `P2M`, `P1Y`, with its way of counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Delai {
    pub count: i64,
    pub unit: Unit,
    pub mode: Mode,
    /// Carried over to the next working day when the last one is not.
    pub report: bool,
}
