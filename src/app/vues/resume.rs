//! A contract in one row: what the list shows, kept beside the journal so that a list reads no
//! contract.

use super::attentes::{Attente, acte_dit, attentes, condition_dite, suivis, suivis_vus};
use super::lu::{ContratLu, Identite};
use super::parcours::etats_vus;
use super::phases::{Etape, PHASES, courante, note};
use crate::app::contrat::{Contrat, RACINE};
use crate::app::demo::{Mots, etat};
use crate::metier::contrat::perimetre::GESTIONNAIRE;
use crate::metier::evenement::Evenement;
use crate::regles::value::Value;
use crate::workflow::machine::world::World;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A row of the list of contracts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeContrat {
    pub id: String,
    pub titre: String,
    /// The operator's name.
    pub gestionnaire: String,
    /// The active states of the contract itself: `negociation/moyens[ars]/proposee`.
    pub etat: Vec<String>,
    /// Its phase's title; that of its end when it has ended.
    pub phase: String,
    /// The phases entered, in order.
    pub etapes: Vec<Etape>,
    /// The act that is waited for first.
    pub attendu: Option<String>,
    /// Why it cannot be done yet.
    pub manque: Option<String>,
    /// Its last day.
    pub prochaine_echeance: Option<NaiveDate>,
    /// The parties that hold the pen for it.
    pub plume: Vec<String>,
    /// The parties' names, as [`Identite`] gives them.
    pub parties: BTreeMap<String, String>,
    pub terme: Option<NaiveDate>,
    pub esms: u64,
    pub fini: bool,
}

/// The row of a contract in hand. `avant`: the row it had when it was taken in hand; its lines
/// since then are told by the contract itself.
pub fn resume(
    contrat: &Contrat<'_>,
    avant: Option<&ResumeContrat>,
    identite: &Identite,
    maintenant: DateTime<Utc>,
) -> ResumeContrat {
    resume_suivi(
        contrat,
        avant,
        identite,
        &attentes(contrat, &suivis(contrat, maintenant)),
        maintenant,
    )
}

/// The same, with what is waited for already at hand: it costs more than the rest.
pub(in crate::app) fn resume_suivi(
    contrat: &Contrat<'_>,
    avant: Option<&ResumeContrat>,
    identite: &Identite,
    attentes: &[Attente],
    maintenant: DateTime<Utc>,
) -> ResumeContrat {
    let mut etapes = avant.map(|a| a.etapes.clone()).unwrap_or_default();
    for ligne in contrat.journal().iter().filter(|l| l.flux == RACINE) {
        if let Evenement::Machine(stamped) = &ligne.evenement {
            note(&mut etapes, stamped);
        }
    }
    let mots = Mots { contrat };
    let premiere = attentes.first();
    let manque = premiere.and_then(|a| a.manque.first());
    let racine = contrat.flux(RACINE);
    let gestionnaire = identite.parties.get(GESTIONNAIRE);
    ResumeContrat {
        id: identite.id.clone(),
        titre: identite.titre.clone(),
        gestionnaire: gestionnaire.cloned().unwrap_or_default(),
        etat: etat(contrat, RACINE),
        phase: phase(contrat),
        etapes,
        attendu: premiere.map(|a| acte_dit(&mots, a)),
        manque: manque.map(condition_dite),
        prochaine_echeance: premiere.and_then(Attente::date),
        plume: premiere
            .map(|a| a.plume().into_iter().map(str::to_owned).collect())
            .unwrap_or_default(),
        parties: identite.parties.clone(),
        terme: date(contrat, "contrat.terme", maintenant),
        esms: racine.map_or(0, |f| f.dossier.collections().cles("esms").len() as u64),
        fini: racine.is_some_and(|f| f.configuration.ended.is_some()),
    }
}

/// The row of a contract, as its reader sees it: what is waited for first, of what is seen.
pub(in crate::app) fn resume_vu(lu: &ContratLu, maintenant: DateTime<Utc>) -> ResumeContrat {
    let Some(vus) = &lu.place.esms else {
        return lu.resume.clone();
    };
    let siens = attentes(&lu.contrat, &suivis_vus(lu, maintenant));
    let vue = resume_suivi(&lu.contrat, None, &lu.identite, &siens, maintenant);
    let racine = lu.contrat.flux(RACINE);
    let presents = racine.map(|r| r.dossier.collections().cles("esms"));
    let presents = presents.into_iter().flatten().filter(|f| vus.contains(*f));
    ResumeContrat {
        esms: presents.count() as u64,
        etat: etats_vus(lu, RACINE).map(|s| s.to_string()).collect(),
        etapes: lu.resume.etapes.clone(),
        ..vue
    }
}

/// A date the contract's facts give, stated or computed.
pub(super) fn date(
    contrat: &Contrat<'_>,
    fait: &str,
    maintenant: DateTime<Utc>,
) -> Option<NaiveDate> {
    match contrat.monde(RACINE, maintenant)?.fact(fait, None)? {
        Value::Date(date) => Some(date),
        _ => None,
    }
}

/// The phase's title, or how it ended.
pub(super) fn phase(contrat: &Contrat<'_>) -> String {
    let Some(racine) = contrat.flux(RACINE) else {
        return String::new();
    };
    if let Some(phase) = courante(&racine.configuration) {
        return PHASES[phase].titre.to_owned();
    }
    let machine = contrat.machine(RACINE);
    let finie = etat(contrat, RACINE).into_iter().next();
    let node = machine
        .zip(finie)
        .and_then(|(m, etat)| m.workflow().find(&etat));
    node.and_then(|n| n.title.clone())
        .unwrap_or_else(|| "Terminé".to_owned())
}
