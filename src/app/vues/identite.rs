//! What a contract is called, and its parties.

use super::lecture::Identite;
use crate::app::contrat::{Contrat, RACINE};
use crate::workflow::machine::Machine;
use std::collections::BTreeMap;

/// As the contract itself tells it.
pub fn identite(id: &str, contrat: &Contrat<'_>) -> Identite {
    let racine = contrat.flux(RACINE);
    let workflow = contrat.machine(RACINE).map(Machine::workflow);
    let titre = workflow.map_or(id, |w| w.title.as_str());
    let mut parties = BTreeMap::new();
    for partie in racine.iter().flat_map(|f| &f.configuration.parties) {
        let declaree = partie.split_once(':').map_or(partie.as_str(), |(id, _)| id);
        let connue = workflow.and_then(|w| w.parties.iter().find(|p| p.id == declaree));
        let nommee = racine.and_then(|f| f.dossier.registre().organisation(partie));
        let nom = nommee.map(|organisation| organisation.nom.as_str());
        let titre = || connue.map_or(partie.as_str(), |p| p.title.as_str());
        let nom = nom.unwrap_or_else(titre);
        parties.insert(partie.clone(), nom.to_owned());
    }
    Identite {
        id: id.to_owned(),
        titre: titre.to_owned(),
        parties,
    }
}
