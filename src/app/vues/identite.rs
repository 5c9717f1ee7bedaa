//! What a contract is called, and its parties.

use super::lu::Identite;
use crate::app::contrat::{Contrat, RACINE};
use crate::metier::contrat::perimetre::GESTIONNAIRE;
use crate::regles::value::Value;
use crate::workflow::machine::{Machine, World as _};
use chrono::{DateTime, Datelike as _, Utc};
use std::collections::BTreeMap;

/// As the contract itself tells it.
pub fn identite(id: &str, contrat: &Contrat<'_>, maintenant: DateTime<Utc>) -> Identite {
    let racine = contrat.flux(RACINE);
    let workflow = contrat.machine(RACINE).map(Machine::workflow);
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
    let nom = racine.and_then(|f| f.dossier.registre().organisation(GESTIONNAIRE));
    let nom = nom.map_or_else(|| id.to_owned(), |organisation| organisation.nom.clone());
    Identite {
        id: id.to_owned(),
        titre: format!("{}, {nom}", annees(contrat, maintenant)),
        parties,
    }
}

/// « CPOM 2025-2029 » once its dates are written; until then, the year it was programmed for.
fn annees(contrat: &Contrat<'_>, maintenant: DateTime<Utc>) -> String {
    let fait = |nom: &str| contrat.monde(RACINE, maintenant)?.fact(nom, None);
    let annee = |nom: &str| match fait(nom)? {
        Value::Date(date) => Some(i64::from(date.year())),
        Value::Integer(annee) => Some(annee),
        _ => None,
    };
    let debut = annee("contrat.date_effet").or_else(|| annee("contrat.annee_effet"));
    match (
        debut.zip(annee("contrat.terme")),
        annee("contrat.annee_programmee"),
    ) {
        (Some((debut, fin)), _) => format!("CPOM {debut}-{fin}"),
        (None, Some(annee)) => format!("CPOM programmé en {annee}"),
        (None, None) => "CPOM".to_owned(),
    }
}
