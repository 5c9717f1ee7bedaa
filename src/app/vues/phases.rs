//! The phases that people speak of: several states of a workflow file make one.

use super::francais::jour;
use crate::workflow::machine::{Configuration, Event, Stamped};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A phase of a contract.
#[derive(Debug)]
pub struct Phase {
    pub titre: &'static str,
    /// The states of the root that belong to it.
    pub etats: &'static [&'static str],
    /// Entering it accomplishes it: « Signé », fait le jour même.
    accomplie: bool,
}

/// A phase whose states are worked in.
const fn travail(titre: &'static str, etats: &'static [&'static str]) -> Phase {
    Phase {
        titre,
        etats,
        accomplie: false,
    }
}

const fn fait(titre: &'static str, etats: &'static [&'static str]) -> Phase {
    Phase {
        titre,
        etats,
        accomplie: true,
    }
}

/// A contract signed elsewhere: a step for those that came so, and no other.
const REPRIS: &str = "Repris";

/// In order. A test holds every root state of the shipped contracts to be in one, or an end.
pub const PHASES: [Phase; 13] = [
    fait(REPRIS, &["repris"]),
    fait(
        "Programmé",
        &[
            "programme",
            "convention_tripartite",
            "cadre_ad_hoc",
            "eligible",
        ],
    ),
    fait("Lancé", &["lance", "refus_lancement"]),
    travail(
        "Diagnostic partagé",
        &[
            "auto_diagnostic",
            "diagnostic_partage",
            "diagnostic_a_covalider",
        ],
    ),
    travail("Négociation", &["negociation"]),
    travail(
        "Rédaction et signature",
        &[
            "formalisation",
            "a_valider",
            "a_signer",
            "refus_exprime",
            "refus_autorite",
            "refus_signature",
        ],
    ),
    fait("Signé", &["signe"]),
    travail(
        "Socle",
        &[
            "etape1_socle",
            "etape1_signature",
            "refus_socle",
            "mise_en_demeure",
        ],
    ),
    fait("Socle signé", &["socle_signe"]),
    travail("Négociation des annexes", &["etape2_negociation"]),
    travail("Finalisation", &["etape3_finalisation", "etape3_signature"]),
    travail("En vigueur", &["en_vigueur", "complet"]),
    travail("Fin de contrat", &["fin_de_contrat"]),
];

/// A phase entered, and when. A contract that goes back enters one again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Etape {
    pub phase: String,
    pub depuis: NaiveDate,
}

/// The phase of a root state, by position.
fn phase_de(etat: &str) -> Option<usize> {
    PHASES.iter().position(|p| p.etats.contains(&etat))
}

/// The phase that is open, by position; `None`: not opened, or ended.
pub fn courante(configuration: &Configuration) -> Option<usize> {
    let racines = configuration.visits.keys().filter(|s| !s.is_root());
    let mut racines = racines.filter_map(|s| s.as_str().split(['/', '[']).next());
    racines.find_map(phase_de)
}

/// Follows one event of the contract's own stream.
pub fn note(etapes: &mut Vec<Etape>, stamped: &Stamped) {
    let Event::Entered { spot, .. } = &stamped.event else {
        return;
    };
    let Some(phase) = phase_de(spot.as_str()) else {
        return;
    };
    let titre = PHASES[phase].titre;
    // Another state of the open phase does not enter it again.
    if etapes.last().is_none_or(|e| e.phase != titre) {
        etapes.push(Etape {
            phase: titre.to_owned(),
            depuis: stamped.effective,
        });
    }
}

/// A step of the page's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EtapeVue {
    pub titre: &'static str,
    pub fait: bool,
    pub courante: bool,
    /// « fait le… », « en cours », « prévu le… ».
    pub quand: String,
}

/// The dates by which phases are known to come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prevues {
    /// The last day of what is waited for now.
    pub echeance: Option<NaiveDate>,
    pub effet: Option<NaiveDate>,
    pub terme: Option<NaiveDate>,
}

/// The steps of a workflow whose root holds these states.
pub fn etapes(
    etats: &[&str],
    courante: Option<usize>,
    passees: &[Etape],
    prevues: Prevues,
) -> Vec<EtapeVue> {
    let connue = |phase: &Phase| phase.etats.iter().any(|etat| etats.contains(etat));
    let passee = |phase: &Phase| passees.iter().any(|e| e.phase == phase.titre);
    let has = |phase: &Phase| connue(phase) && (phase.titre != REPRIS || passee(phase));
    let presentes = PHASES.iter().enumerate().filter(|(_, p)| has(p));
    let etape = |(rang, phase): (usize, &Phase)| {
        let ici = courante == Some(rang);
        let avant = courante.is_none_or(|c| rang < c);
        let quand = if ici {
            en_cours(phase, passees, prevues)
        } else if avant {
            accomplie(phase, passees)
        } else {
            prevue(phase, prevues)
        };
        EtapeVue {
            titre: phase.titre,
            fait: avant && passees.iter().any(|e| e.phase == phase.titre),
            courante: ici,
            quand,
        }
    };
    presentes.map(etape).collect()
}

fn en_cours(phase: &Phase, passees: &[Etape], prevues: Prevues) -> String {
    let depuis = passees.iter().rfind(|e| e.phase == phase.titre);
    match (phase.accomplie, depuis, prevues.echeance) {
        (false, _, Some(echeance)) if prevues.effet.is_none() => {
            format!("en cours, avant le {}", jour(echeance))
        }
        (_, Some(etape), _) => format!("en cours depuis le {}", jour(etape.depuis)),
        _ => "en cours".to_owned(),
    }
}

fn accomplie(phase: &Phase, passees: &[Etape]) -> String {
    let Some(rang) = passees.iter().rposition(|e| e.phase == phase.titre) else {
        return "sans objet".to_owned();
    };
    // A phase of work is done the day the next one begins.
    let suivante = passees.get(rang + 1).filter(|_| !phase.accomplie);
    let fait = suivante.unwrap_or(&passees[rang]);
    format!("fait le {}", jour(fait.depuis))
}

fn prevue(phase: &Phase, prevues: Prevues) -> String {
    let date = match phase.titre {
        "En vigueur" => prevues.effet,
        _ => None,
    };
    match (date, prevues.terme) {
        (Some(date), _) => format!("prévu le {}", jour(date)),
        (None, Some(terme)) if phase.titre == "Fin de contrat" => {
            format!("terme le {}", jour(terme))
        }
        _ => "à venir".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fichiers::Library;

    #[test]
    fn every_root_state_of_a_contract_has_a_phase_or_is_an_end() {
        let library = Library::shipped();
        let contrats = library.names().filter(|nom| nom.starts_with("cpom"));
        let mut vus = 0;
        for nom in contrats {
            let workflow = library.load(library.text(nom).unwrap()).unwrap();
            for id in &workflow.root().nodes {
                let node = workflow.node(*id);
                let connu = phase_de(&node.name).is_some();
                assert!(connu || node.ending.is_some(), "{nom} {}", node.name);
                vus += usize::from(connu);
            }
        }
        assert!(vus > 40, "{vus}");
    }
}
