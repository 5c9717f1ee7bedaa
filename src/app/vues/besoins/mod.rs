//! The needs of the people accompanied: what was handed over, year by year, or what someone of the
//! managing body looks at without leaving anything.

/// From a need to an objective.
mod chaine;
/// The table, and its twin in sentences.
mod tableau;

pub use chaine::ChaineVue;
pub use tableau::TableauVue;

use super::francais::{court, typographie};
use super::lu::ContratLu;
use crate::app::besoins::Regles;
use crate::app::contrat::RACINE;
use crate::metier::besoins::agregat::Agregat;
use crate::metier::besoins::partage::Partage;
use crate::metier::contrat::dossier::Sujet;
use crate::metier::serafin::{Genre, nomenclature};
use chrono::{DateTime, Utc};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BesoinsVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    /// The years handed over; more than one are links.
    pub annees: Vec<AnneeVue>,
    pub plusieurs: bool,
    /// What is shown; none: nothing yet.
    pub tableau: Option<TableauVue>,
    pub chaine: Vec<ChaineVue>,
    pub evolution: Option<EvolutionVue>,
    /// The reader may hand over, or look.
    pub depot: Option<DepotVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnneeVue {
    pub annee: u16,
    pub lien: String,
    pub courante: bool,
}

/// Between years: how many have each need, and how many of these are answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvolutionVue {
    pub annees: Vec<u16>,
    pub lignes: Vec<EvolutionLigne>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvolutionLigne {
    pub code: &'static str,
    pub libelle: &'static str,
    /// Of each year: how many, covered.
    pub cases: Vec<[String; 2]>,
}

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DepotVue {
    /// Made before sending.
    pub id: String,
    /// The least count shown, and the least that may be chosen.
    pub k: u32,
    pub k_min: u32,
    /// As it was chosen, when the form comes back.
    pub variante: String,
    pub echelle: String,
    /// What was said of a file that was read: nothing of what it holds.
    pub signalements: Vec<String>,
    /// The file was looked at: nothing of it is kept.
    pub regarde: bool,
}

/// Someone's eyes on the needs of a contract.
pub struct Lecteur<'a> {
    pub lu: &'a ContratLu,
    pub regles: &'a Regles,
    pub maintenant: DateTime<Utc>,
}

impl Lecteur<'_> {
    /// The page. `annee`: that asked for; the last one otherwise.
    pub fn page(&self, annee: Option<u16>) -> BesoinsVue {
        let profils = self.profils();
        let montre = annee.and_then(|annee| profils.iter().find(|p| p.annee == annee));
        let montre = montre.or(profils.last());
        let adresse = super::adresse(&self.lu.identite.id);
        let lien = |annee| format!("{adresse}/besoins?annee={annee}");
        let annees = profils.iter().map(|profil| AnneeVue {
            annee: profil.annee,
            lien: lien(profil.annee),
            courante: Some(profil.annee) == montre.map(|m| m.annee),
        });
        BesoinsVue {
            contrat: court(&self.lu.identite.titre),
            annees: annees.collect(),
            plusieurs: profils.len() > 1,
            // Of establishments that the profile does not hold, there is nothing to show.
            tableau: montre
                .map(|profil| tableau::partage(self, profil))
                .filter(|tableau| !tableau.colonnes.is_empty()),
            chaine: montre.map_or_else(Vec::new, |profil| chaine::chaine(self, profil)),
            evolution: self.evolution(&profils),
            depot: self.depose().then(|| DepotVue {
                k: self.regles.k,
                k_min: self.regles.k_min,
                ..DepotVue::default()
            }),
            adresse,
        }
    }

    /// The page of a cohort that is only looked at.
    pub fn regarde(&self, agregat: &Agregat, k: u32) -> BesoinsVue {
        BesoinsVue {
            tableau: Some(tableau::agregat(self, agregat, k)),
            chaine: Vec::new(),
            evolution: None,
            ..self.page(None)
        }
    }

    /// What was handed over, by year.
    fn profils(&self) -> Vec<Partage> {
        let contrat = &self.lu.contrat;
        let Some(racine) = contrat.flux(RACINE) else {
            return Vec::new();
        };
        let profils = racine.dossier.registre().profils();
        let textes = profils.filter_map(|profil| contrat.texte(profil.empreinte));
        textes.filter_map(|t| Partage::lire(t, 0).ok()).collect()
    }

    /// Whether the reader may hand over the needs now: someone who sees the whole contract.
    pub fn depose(&self) -> bool {
        let place = &self.lu.place;
        let ouvertures = self
            .lu
            .contrat
            .ouvertures(RACINE, &place.partie, self.maintenant);
        place.esms.is_none()
            && place.role.is_some()
            && ouvertures
                .iter()
                .any(|o| o.sujet == Sujet::Saisie("profil"))
    }

    /// Of the whole contract only: another perimeter would tie two years together.
    fn evolution(&self, profils: &[Partage]) -> Option<EvolutionVue> {
        if profils.len() < 2 || self.lu.place.esms.is_some() {
            return None;
        }
        let ligne = |(rang, poste): (usize, &&'static crate::metier::serafin::Poste)| {
            let case = |profil: &Partage| {
                let ligne = profil.besoins.get(rang)?;
                ligne.cases.last().copied()
            };
            let cases = profils
                .iter()
                .map(|p| tableau::dite(case(p).unwrap_or_default()));
            EvolutionLigne {
                code: poste.code,
                libelle: poste.libelle,
                cases: cases.collect(),
            }
        };
        let postes = nomenclature().terminaux(Genre::Besoin);
        Some(EvolutionVue {
            annees: profils.iter().map(|p| p.annee).collect(),
            lignes: postes.iter().enumerate().map(ligne).collect(),
        })
    }
}

/// What the sums rest on, always said.
fn lecture(seuil: Option<u8>) -> String {
    let seuil = match seuil {
        Some(seuil) => format!("Besoin compté à partir du niveau {seuil} sur 4."),
        None => "Besoin identifié, oui ou non : moyenne et distribution sans objet.".to_owned(),
    };
    typographie(&format!(
        "{seuil} Échelle et seuil choisis par les parties, ce n'est pas une évaluation \
         nationale."
    ))
}
