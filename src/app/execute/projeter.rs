//! What lists show of a contract: a function of its state and of the day it was last written.

use crate::app::contrat::{Contrat, RACINE};
use crate::regles::calendrier::civil_date;
use crate::store::projections::Projection;
use crate::workflow::machine::spot::Spot;
use chrono::{DateTime, Utc};

/// The rows of a contract.
pub fn projeter(contrat: &Contrat<'_>, instant: DateTime<Utc>) -> Projection {
    let mut projection = Projection {
        titre: titre(contrat),
        etat: etats(contrat, RACINE).join(", "),
        terme: String::new(),
        ..Projection::default()
    };
    for (nom, flux) in contrat.tous() {
        if flux.configuration.ended.is_some() {
            continue;
        }
        projection.ouvert = true;
        agenda(contrat, nom, instant, &mut projection);
    }
    let jour = civil_date(instant).to_string();
    let jours = projection.echeances.values().map(|[jour, _]| jour);
    projection.echeance = jours
        .filter(|j| **j >= jour)
        .min()
        .cloned()
        .unwrap_or_default();
    esms(contrat, &mut projection);
    projection
}

fn titre(contrat: &Contrat<'_>) -> String {
    let racine = contrat.flux(RACINE);
    let titre = racine.and_then(|flux| contrat.titre(&flux.dossier.workflow));
    titre.unwrap_or(RACINE).to_owned()
}

/// The active states of a stream, innermost only.
fn etats(contrat: &Contrat<'_>, flux: &str) -> Vec<String> {
    let Some(flux) = contrat.flux(flux) else {
        return Vec::new();
    };
    let dedans = |spot: &&Spot| flux.configuration.inside(spot).next().is_none();
    let visites = flux.configuration.visits.keys();
    let feuilles = visites.filter(|spot| !spot.is_root()).filter(dedans);
    feuilles.map(ToString::to_string).collect()
}

fn agenda(contrat: &Contrat<'_>, nom: &str, instant: DateTime<Utc>, projection: &mut Projection) {
    let Some(flux) = contrat.flux(nom) else {
        return;
    };
    let (Some(monde), Some(machine)) = (contrat.monde(nom, instant), contrat.machine(nom)) else {
        return;
    };
    let agenda = machine.agenda(&flux.configuration, &monde, instant);
    for partie in agenda.parties {
        let nom_de_partie = [partie.title.clone()];
        projection
            .parties
            .insert([partie.party.clone()], nom_de_partie);
        for acte in partie.acts {
            let manque = serde_json::to_string(&acte.missing).unwrap_or_default();
            let lieu = acte.spot.to_string();
            let cle = [nom.to_owned(), lieu, acte.act, partie.party.clone()];
            projection.taches.insert(cle, [acte.title, manque]);
        }
    }
    for date in agenda.dates {
        let cle = [nom.to_owned(), date.spot.to_string(), date.name];
        let effet = date.leads_to.unwrap_or_default();
        projection
            .echeances
            .insert(cle, [date.echeance.to_string(), effet]);
    }
}

fn esms(contrat: &Contrat<'_>, projection: &mut Projection) {
    let Some(racine) = contrat.flux(RACINE) else {
        return;
    };
    let actifs = etats(contrat, RACINE);
    for (finess, element) in racine.dossier.collections().elements("esms") {
        let branche = format!("[{finess}]");
        let siens: Vec<&str> = actifs
            .iter()
            .filter(|etat| etat.contains(&branche))
            .map(String::as_str)
            .collect();
        let phase = if siens.is_empty() {
            projection.etat.clone()
        } else {
            siens.join(", ")
        };
        let valeur = [element.nom().to_owned(), phase];
        projection.esms.insert([finess.clone()], valeur);
    }
}
