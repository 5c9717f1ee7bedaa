//! What leaves the managing body: sums of a cohort, each figure judged by [`super::masque`]. Only
//! the contract's total is told beside the establishments: another total would be a difference.

use super::agregat::{Agregat, CONTRAT, Case, Ensemble, Prestation, quotient};
use super::cohorte::Echelle;
use super::masque::{Compte, Montre, Rangee, rangee};
use crate::metier::serafin::{Genre, nomenclature};
use serde::{Deserialize, Serialize};

/// The largest least count that a view may choose.
pub const K_MAX: u32 = 1_000;
/// Rates are rounded to so many points: how many are not covered may be few too.
const POINTS: u64 = 5;

/// The shared view of a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partage {
    pub annee: u16,
    /// The least count that is told.
    pub k: u32,
    /// The level from which a need is one; none: needs are only identified.
    pub seuil: Option<u8>,
    /// The establishments, then the contract (`CPOM`): cells are in this order.
    pub ensembles: Vec<EnsemblePartage>,
    pub besoins: Vec<LignePartagee<CasePartagee>>,
    pub prestations: Vec<LignePartagee<PrestationPartagee>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnsemblePartage {
    pub finess: String,
    pub nom: String,
    pub categorie: String,
    /// None: fewer than k, or what would give that back.
    pub accompagnements: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LignePartagee<C> {
    pub code: String,
    pub cases: Vec<C>,
}

/// A need in an establishment, or in the contract. What is none is not told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasePartagee {
    pub evalues: Option<u32>,
    pub besoin: Option<u32>,
    /// All of those who were assessed have the need, but four at most.
    pub presque_tous: bool,
    /// In hundredths of a level.
    pub moyenne: Option<u64>,
    /// In percent, to the nearest five.
    pub taux: Option<u64>,
}

/// A service in an establishment, or in the contract. What is none is not told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrestationPartagee {
    pub beneficiaires: Option<u32>,
    pub presque_tous: bool,
    /// A year, in hundredths.
    pub actes: Option<u64>,
}

impl Partage {
    /// As it is handed over.
    pub fn texte(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Rangee {
    /// What each cell shows, the total last.
    fn montres(&self) -> impl Iterator<Item = Montre> {
        self.cellules.iter().copied().chain([self.total])
    }
}

impl CasePartagee {
    fn de(case: &Case, montre: Montre, k: u32, evalues: bool) -> Self {
        let exact = montre == Montre::Exact;
        let taux = quotient(
            u64::from(case.couverts) * 100 / POINTS,
            case.besoin.into(),
            0,
        );
        let moyenne = case.moyenne();
        let moyenne = moyenne.filter(|_| exact && evalues && case.evalues >= k);
        Self {
            evalues: evalues.then_some(case.evalues),
            besoin: exact.then_some(case.besoin),
            presque_tous: montre == Montre::PresqueTous,
            moyenne,
            taux: taux.filter(|_| exact).map(|t| t * POINTS),
        }
    }
}

impl PrestationPartagee {
    fn de(prestation: &Prestation, montre: Montre) -> Self {
        let exact = montre == Montre::Exact;
        Self {
            beneficiaires: exact.then_some(prestation.beneficiaires),
            presque_tous: montre == Montre::PresqueTous,
            actes: exact.then_some(prestation.actes),
        }
    }
}

impl Agregat {
    /// What those who are not the managing body may read. `k`: the least count told.
    pub fn partage(&self, k: u32) -> Partage {
        let masques = self.masque(k);
        let postes = nomenclature()
            .terminaux(Genre::Besoin)
            .into_iter()
            .enumerate();
        let besoins = postes.map(|(rang, poste)| LignePartagee {
            code: poste.code.to_owned(),
            cases: self.besoin_partage(rang, &masques[rang], k),
        });
        let postes = nomenclature()
            .terminaux(Genre::Directe)
            .into_iter()
            .enumerate();
        let prestations = postes.map(|(rang, poste)| LignePartagee {
            code: poste.code.to_owned(),
            cases: self.prestation_partagee(rang, k),
        });
        Partage {
            annee: self.annee,
            k,
            seuil: (self.lecture.echelle == Echelle::Niveaux).then_some(self.lecture.seuil),
            ensembles: self.ensembles_partages(k),
            besoins: besoins.collect(),
            prestations: prestations.collect(),
        }
    }

    fn ensembles_partages(&self, k: u32) -> Vec<EnsemblePartage> {
        let petit = |e: &Ensemble| e.accompagnements < k;
        // The contract's would give back that of the one that is not told.
        let petits = self.esms.iter().any(petit);
        let dit = |ensemble: &Ensemble| EnsemblePartage {
            finess: ensemble.finess.clone(),
            nom: ensemble.nom.clone(),
            categorie: ensemble.categorie.clone(),
            accompagnements: Some(ensemble.accompagnements)
                .filter(|_| !(petit(ensemble) || petits && ensemble.finess == CONTRAT)),
        };
        self.ensembles().map(dit).collect()
    }

    fn besoin_partage(&self, rang: usize, masque: &Rangee, k: u32) -> Vec<CasePartagee> {
        let tous = !masque.cellules.contains(&Montre::Tout);
        let ensembles = self.ensembles().zip(masque.montres());
        let case = |(ensemble, montre): (&Ensemble, Montre)| {
            let evalues = montre != Montre::Tout && (tous || ensemble.finess != CONTRAT);
            CasePartagee::de(&ensemble.cases[rang], montre, k, evalues)
        };
        ensembles.map(case).collect()
    }

    fn prestation_partagee(&self, rang: usize, k: u32) -> Vec<PrestationPartagee> {
        let compte = |e: &Ensemble| Compte {
            nombre: e.prestations[rang].beneficiaires,
            parmi: e.accompagnements,
        };
        let comptes: Vec<Compte> = self.esms.iter().map(compte).collect();
        let masque = rangee(&comptes, k);
        let ensembles = self.ensembles().zip(masque.montres());
        ensembles
            .map(|(e, montre)| PrestationPartagee::de(&e.prestations[rang], montre))
            .collect()
    }
}
