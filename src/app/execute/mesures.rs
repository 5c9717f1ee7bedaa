//! What is counted of each act, for whoever watches the server.

use super::{Echec, Recu};
use metrics::{counter, histogram};
use std::time::Duration;

/// Counts one act: what became of it, and how long it took.
pub(super) fn acte(issue: &Result<Recu, Echec>, duree: Duration) {
    histogram!("entente_acte_secondes").record(duree.as_secs_f64());
    let resultat = match issue {
        Ok(recu) if recu.deja => "repete",
        Ok(_) => "fait",
        Err(Echec::Base(_)) => "indisponible",
        Err(_) => "refuse",
    };
    counter!("entente_actes_total", "resultat" => resultat).increment(1);
    if let Err(echec) = issue {
        counter!("entente_refus_total", "code" => echec.code()).increment(1);
    }
}
