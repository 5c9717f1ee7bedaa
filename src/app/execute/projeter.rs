//! What lists show of a contract: a function of its lines and of the moment of the last one.

use crate::app::contrat::{Contrat, RACINE};
use crate::app::vues::{self, ResumeContrat, Suivi, resume_suivi, suivis};
use crate::store::projections::{Projection, SANS_DATE};
use chrono::{DateTime, Utc};

/// The rows of a contract. `avant`: its row in the list, when it was taken in hand.
pub fn projeter(
    id: &str,
    contrat: &Contrat<'_>,
    avant: Option<&ResumeContrat>,
    instant: DateTime<Utc>,
) -> (Projection, ResumeContrat) {
    let identite = vues::identite(id, contrat, instant);
    let suivis = suivis(contrat, instant);
    let resume = resume_suivi(contrat, avant, &identite, &suivis, instant);
    let date = resume.prochaine_echeance.map(|d| d.to_string());
    let mut projection = Projection {
        titre: resume.titre.clone(),
        phase: resume.phase.clone(),
        echeance: date.unwrap_or_else(|| SANS_DATE.to_owned()),
        recherche: format!("{}\n{}\n{id}", resume.titre, resume.gestionnaire).to_lowercase(),
        // Nothing in it fails to be written in JSON: strings, dates, numbers.
        resume: serde_json::to_string(&resume).unwrap_or_default(),
        ..Projection::default()
    };
    for (partie, nom) in &resume.parties {
        let nom = [nom.clone()];
        projection.parties.insert([partie.clone()], nom);
    }
    projection.ouvert = contrat
        .tous()
        .any(|(_, flux)| flux.configuration.ended.is_none());
    for suivi in suivis {
        agenda(suivi, &mut projection);
    }
    esms(contrat, &resume, &mut projection);
    (projection, resume)
}

fn agenda(suivi: Suivi<'_>, projection: &mut Projection) {
    let nom = suivi.nom;
    for partie in suivi.agenda.parties {
        for acte in partie.acts {
            let manque = serde_json::to_string(&acte.missing).unwrap_or_default();
            let lieu = acte.spot.to_string();
            let cle = [nom.to_owned(), lieu, acte.act, partie.party.clone()];
            projection.taches.insert(cle, [acte.title, manque]);
        }
    }
    for date in suivi.agenda.dates {
        let cle = [nom.to_owned(), date.spot.to_string(), date.name];
        let effet = date.leads_to.unwrap_or_default();
        let valeur = [date.echeance.to_string(), effet];
        projection.echeances.insert(cle, valeur);
    }
}

fn esms(contrat: &Contrat<'_>, resume: &ResumeContrat, projection: &mut Projection) {
    let Some(racine) = contrat.flux(RACINE) else {
        return;
    };
    for (finess, element) in racine.dossier.collections().elements("esms") {
        let branche = format!("[{finess}]");
        let siens = resume.etat.iter().filter(|etat| etat.contains(&branche));
        let siens: Vec<&str> = siens.map(String::as_str).collect();
        let phase = if siens.is_empty() {
            resume.phase.clone()
        } else {
            siens.join(", ")
        };
        let valeur = [element.nom().to_owned(), phase];
        projection.esms.insert([finess.clone()], valeur);
    }
}
