//! Where things stand once the story is played: states, agenda, head of the journal.

use super::jeu::Partie;
use super::mots::Mots;
use crate::app::contrat::{Contrat, RACINE};
use crate::metier::evenement::Ligne;
use crate::workflow::machine::agenda::Agenda;
use crate::workflow::machine::spot::Spot;
use chrono::{DateTime, Utc};
use std::fmt::Write as _;

/// A line as the journal keeps it.
pub fn ligne_ecrite(ligne: &Ligne) -> Result<String, String> {
    serde_json::to_string(ligne).map_err(|e| format!("Une ligne ne peut pas être écrite ({e})."))
}

/// The state of the contract: the active states, innermost only.
pub fn etat(contrat: &Contrat<'_>, flux: &str) -> Vec<String> {
    let Some(flux) = contrat.flux(flux) else {
        return Vec::new();
    };
    let visits = flux.configuration.visits.keys();
    let feuilles =
        visits.filter(|spot| !spot.is_root() && flux.configuration.inside(spot).next().is_none());
    feuilles.map(ToString::to_string).collect()
}

/// Who may do what, and which dates come, stream by stream.
pub fn agenda(partie: &Partie, contrat: &Contrat<'_>) -> String {
    let mut texte = String::new();
    let mots = Mots { contrat };
    for (nom, flux) in contrat.tous() {
        if flux.configuration.ended.is_some() {
            continue;
        }
        let Some(agenda) = agenda_de(contrat, nom, partie.instant) else {
            continue;
        };
        let titre = contrat.titre(&flux.dossier.workflow).unwrap_or(nom);
        let titre = format!("{titre} {}", flux.dossier.cle);
        let lieux = etat(contrat, nom);
        let lieux: Vec<String> = lieux
            .iter()
            .map(|l| mots.lieu(nom, &Spot::new(l)))
            .collect();
        let _ = writeln!(texte, "\n{} : {}", titre.trim_end(), lieux.join(", "));
        for partie in &agenda.parties {
            let actes = partie.acts.iter().filter(|a| a.missing.is_empty());
            let actes: Vec<&str> = actes.map(|a| a.title.as_str()).collect();
            if !actes.is_empty() {
                let qui = mots.partie(&partie.party);
                let _ = writeln!(texte, "├─ {qui} peut : {}", actes.join(" ; "));
            }
        }
        for date in agenda.dates.iter().take(DATES) {
            let _ = writeln!(texte, "└─ {}", mots.date(nom, date));
        }
    }
    texte
}

/// Dates told of each stream.
const DATES: usize = 3;

/// The agenda of one stream of the demonstration.
pub fn agenda_de(contrat: &Contrat<'_>, flux: &str, instant: DateTime<Utc>) -> Option<Agenda> {
    let configuration = &contrat.flux(flux)?.configuration;
    let monde = contrat.monde(flux, instant)?;
    Some(
        contrat
            .machine(flux)?
            .agenda(configuration, &monde, instant),
    )
}

/// The state of the contract in one word, for programs: `en_vigueur`.
pub fn etat_du_contrat(contrat: &Contrat<'_>) -> String {
    etat(contrat, RACINE).join(", ")
}
