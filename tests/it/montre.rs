//! How long a test's own thread has worked: what others do on the machine does not count.

use std::time::Duration;

/// Processor time of this thread so far, to a hundredth of a second.
pub fn travaille() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let champs = stat.rsplit(')').next().unwrap_or_default();
    let champs: Vec<u64> = champs
        .split_whitespace()
        .map(|champ| champ.parse().unwrap_or_default())
        .collect();
    // User time, then system time, in hundredths.
    Duration::from_millis((champs[11] + champs[12]) * 10)
}

/// What it has worked since then.
pub fn depuis(debut: Duration) -> Duration {
    travaille().saturating_sub(debut)
}
