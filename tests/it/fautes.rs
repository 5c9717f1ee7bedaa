//! Faults survived, and bad input refused. `ENTENTE_FAUTES=1000` says how many of each: kills,
//! sequences, restarts, damages.

mod degats;
mod disque;
mod doubles;
mod noeuds;
mod points;
mod porte;
mod programme;
mod redemarrages;
mod reecrite;
mod releve;
mod scenario;
mod serveurs;
mod tuer;

/// How many times: by hand, or in the tests.
fn fois(en_test: usize) -> usize {
    let dites = std::env::var("ENTENTE_FAUTES");
    dites.ok().and_then(|n| n.parse().ok()).unwrap_or(en_test)
}
