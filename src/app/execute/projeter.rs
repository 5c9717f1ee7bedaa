//! What lists show of a contract: a function of its lines and of the moment of the last one.

use crate::app::contrat::{Contrat, RACINE};
use crate::app::vues::francais::cherchable;
use crate::app::vues::{self, Attente, ResumeContrat, Suivi, attentes, resume_suivi, suivis};
use crate::metier::organisation::Organisation;
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
    let attentes = attentes(contrat, &suivis);
    let resume = resume_suivi(contrat, avant, &identite, &attentes, instant);
    let date = resume.prochaine_echeance.map(|d| d.to_string());
    let terme = resume.terme.filter(|_| !resume.fini);
    let mut projection = Projection {
        titre: resume.titre.clone(),
        phase: resume.phase.clone(),
        echeance: date.unwrap_or_else(|| SANS_DATE.to_owned()),
        plume: format!(",{},", resume.plume.join(",")),
        terme: terme.map_or(SANS_DATE.to_owned(), |d| d.to_string()),
        recherche: cherchable(&format!("{}\n{}\n{id}", resume.titre, resume.gestionnaire)),
        // Nothing in it fails to be written in JSON: strings, dates, numbers.
        resume: serde_json::to_string(&resume).unwrap_or_default(),
        ..Projection::default()
    };
    let racine = contrat.flux(RACINE);
    for (partie, nom) in &resume.parties {
        let organisation = racine.and_then(|r| r.dossier.registre().organisation(partie));
        let numero = |lu: fn(&Organisation) -> &Option<String>| {
            organisation.and_then(|o| lu(o).clone()).unwrap_or_default()
        };
        let [siren, ej] = [numero(|o| &o.siren), numero(|o| &o.ej)];
        let recherche = cherchable(&format!("{nom}\n{siren}\n{ej}"));
        let dite = [nom.clone(), siren, ej, recherche];
        projection.parties.insert([partie.clone()], dite);
    }
    projection.ouvert = contrat
        .tous()
        .any(|(_, flux)| flux.configuration.ended.is_none());
    for suivi in suivis {
        agenda(suivi, &attentes, &mut projection);
    }
    echanges(contrat, &mut projection);
    esms(contrat, &resume, &mut projection);
    (projection, resume)
}

fn agenda(suivi: Suivi<'_>, attentes: &[Attente], projection: &mut Projection) {
    let nom = suivi.nom;
    for partie in suivi.agenda.parties {
        for acte in partie.acts {
            let manque = serde_json::to_string(&acte.missing).unwrap_or_default();
            let lieu = acte.spot.to_string();
            let attendue = attentes
                .iter()
                .find(|a| a.flux == nom && a.spot == acte.spot && a.acte == acte.act);
            let attendu = attendue.map(|a| match a.date() {
                Some(jour) => jour.to_string(),
                None => SANS_DATE.to_owned(),
            });
            let cle = [nom.to_owned(), lieu, acte.act, partie.party.clone()];
            let dite = [acte.title, manque, attendu.unwrap_or_default()];
            projection.taches.insert(cle, dite);
        }
    }
    for date in suivi.agenda.dates {
        let cle = [nom.to_owned(), date.spot.to_string(), date.name];
        let effet = date.leads_to.unwrap_or_default();
        let valeur = [date.echeance.to_string(), effet];
        projection.echeances.insert(cle, valeur);
    }
}

/// What parties owe one another, beside the workflow: an opinion, a piece, something decided.
fn echanges(contrat: &Contrat<'_>, projection: &mut Projection) {
    let racine = contrat.flux(RACINE);
    let racine = racine.filter(|r| r.configuration.ended.is_none());
    let attendus = racine.map(|r| r.dossier.echanges().attendus());
    for attendu in attendus.into_iter().flatten() {
        let lieu = attendu.esms.map(|finess| format!("esms[{finess}]"));
        let cle = [
            RACINE.to_owned(),
            lieu.unwrap_or_default(),
            attendu.acte(),
            attendu.partie.to_owned(),
        ];
        let titre = attendu.genre.titre().to_owned();
        let dite = [titre, "[]".to_owned(), attendu.avant.to_string()];
        projection.taches.insert(cle, dite);
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
        let recherche = cherchable(&format!("{}\n{finess}", element.nom()));
        let valeur = [element.nom().to_owned(), phase, recherche];
        projection.esms.insert([finess.clone()], valeur);
    }
}
