//! Dated parameters and the calendar. Pure: no clock, no file.

/// Public holidays and working days, by territory.
pub mod calendrier;
/// Durations as the law writes them, and the échéance they lead to.
pub mod delai;
/// Rule packs: every delay, threshold and silence effect, dated and sourced.
pub mod paquet;
/// What is wrong in a file: where, why, and what to do.
pub mod problem;
/// The typed values that rules and facts hold.
pub mod value;
/// YAML text to a tree whose every node knows its place; refuses what nobody should write.
pub mod yaml;
