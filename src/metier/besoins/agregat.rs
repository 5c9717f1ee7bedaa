//! Sums per establishment and per need, and for the contract: what the managing body reads.

use super::cohorte::{Accompagnement, Cohorte, Echelle, Esms, NON_EVALUE};
use crate::metier::serafin::{BESOINS, Genre, PRESTATIONS, nomenclature};
use std::collections::HashSet;

/// What stands for the contract, where a FINESS number stands.
pub const CONTRAT: &str = "CPOM";

/// How a cohort is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lecture {
    pub echelle: Echelle,
    /// The level from which a need is one.
    pub seuil: u8,
    /// A need is covered by any link, not only a main one.
    pub large: bool,
}

/// A need in an establishment, or in the contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Case {
    pub evalues: u32,
    /// With the need.
    pub besoin: u32,
    /// Of levels; nothing when needs are only identified.
    pub somme: Option<u32>,
    /// How many of each level, 0 to 4.
    pub niveaux: [u32; 5],
    pub couverts: u32,
}

/// A service in an establishment, or in the contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prestation {
    /// Who receive it.
    pub beneficiaires: u32,
    /// For whom it was planned and not done.
    pub non_realisees: u32,
    /// Of those who receive it, from others only.
    pub externes: u32,
    /// In hundredths.
    pub actes: u64,
}

/// An establishment, or the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ensemble {
    pub finess: String,
    pub nom: String,
    pub categorie: String,
    pub accompagnements: u32,
    /// Each counted once.
    pub personnes: u32,
    /// Accompaniments with a need assessed at least.
    pub evalues: u32,
    /// With all of them assessed.
    pub complets: u32,
    pub cases: [Case; BESOINS],
    pub prestations: [Prestation; PRESTATIONS],
}

/// A cohort, summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agregat {
    pub annee: u16,
    pub lecture: Lecture,
    /// By FINESS number.
    pub esms: Vec<Ensemble>,
    pub contrat: Ensemble,
}

/// A ratio with a number of decimals, rounded to the nearest: `quotient(73, 29, 2)` is 252.
pub fn quotient(haut: u64, bas: u64, decimales: u32) -> Option<u64> {
    let haut = haut.checked_mul(10_u64.checked_pow(decimales)?)?;
    haut.checked_add(bas / 2)?.checked_div(bas)
}

impl Case {
    /// In hundredths of a level.
    pub fn moyenne(&self) -> Option<u64> {
        quotient(self.somme?.into(), self.evalues.into(), 2)
    }

    /// In tenths of a percent; none: nobody has the need.
    pub fn taux(&self) -> Option<u64> {
        quotient(u64::from(self.couverts) * 100, self.besoin.into(), 1)
    }
}

impl Ensemble {
    fn vide(finess: &str, nom: &str, categorie: &str, niveaux: bool) -> Self {
        let case = Case {
            somme: niveaux.then_some(0),
            ..Case::default()
        };
        Self {
            finess: finess.to_owned(),
            nom: nom.to_owned(),
            categorie: categorie.to_owned(),
            accompagnements: 0,
            personnes: 0,
            evalues: 0,
            complets: 0,
            cases: [case; BESOINS],
            prestations: [Prestation::default(); PRESTATIONS],
        }
    }

    fn compte(&mut self, lu: &Accompagnement, lecture: Lecture) {
        self.accompagnements += 1;
        let evalues = lu.niveaux.iter().filter(|n| **n != NON_EVALUE).count();
        self.evalues += u32::from(evalues > 0);
        self.complets += u32::from(evalues == BESOINS);
        for (besoin, (case, niveau)) in self.cases.iter_mut().zip(lu.niveaux).enumerate() {
            if niveau == NON_EVALUE {
                continue;
            }
            case.evalues += 1;
            if let Some(somme) = &mut case.somme {
                *somme += u32::from(niveau);
                case.niveaux[usize::from(niveau.min(4))] += 1;
            }
            if niveau >= lecture.seuil {
                case.besoin += 1;
                let couvert = nomenclature().couvre(besoin, lu.realisees, lecture.large);
                case.couverts += u32::from(couvert);
            }
        }
        for (rang, prestation) in self.prestations.iter_mut().enumerate() {
            let a = |bits: u32| bits >> rang & 1;
            prestation.beneficiaires += a(lu.realisees);
            prestation.non_realisees += a(lu.prevues);
            prestation.externes += a(lu.externes & !lu.internes);
        }
    }

    /// The levels of the needs of a domain, as `1.1`: their sum, and how many were assessed.
    pub fn domaine(&self, code: &str) -> Option<(u64, u64)> {
        let postes = nomenclature().terminaux(Genre::Besoin);
        let dedans = |c: &str| c.strip_prefix(code).is_some_and(|r| r.starts_with('.'));
        let siennes = postes
            .iter()
            .zip(&self.cases)
            .filter(|(p, _)| dedans(p.code));
        let mut somme = (0, 0);
        for (_, case) in siennes {
            somme.0 += u64::from(case.somme?);
            somme.1 += u64::from(case.evalues);
        }
        Some(somme)
    }

    /// Of all needs: how many, how many covered.
    pub fn besoins(&self) -> (u32, u32) {
        let somme = |(n, c): (u32, u32), case: &Case| (n + case.besoin, c + case.couverts);
        self.cases.iter().fold((0, 0), somme)
    }
}

impl Agregat {
    /// Sums a cohort.
    pub fn de(cohorte: &Cohorte, lecture: Lecture) -> Self {
        let niveaux = lecture.echelle == Echelle::Niveaux;
        let seuil = if niveaux { lecture.seuil } else { 1 };
        let lecture = Lecture { seuil, ..lecture };
        let neuf = |e: &Esms| Ensemble::vide(&e.finess, &e.nom, &e.categorie, niveaux);
        let mut esms: Vec<Ensemble> = cohorte.esms.iter().map(neuf).collect();
        let mut contrat = Ensemble::vide(CONTRAT, "", "", niveaux);
        let mut vues = HashSet::new();
        for lu in &cohorte.accompagnements {
            esms[lu.esms].compte(lu, lecture);
            contrat.compte(lu, lecture);
            // A person is once in an establishment, and once in the contract.
            esms[lu.esms].personnes += 1;
            contrat.personnes += u32::from(vues.insert(lu.personne));
        }
        for ((rang, prestation), actes) in &cohorte.actes {
            esms[*rang].prestations[*prestation].actes += actes;
            contrat.prestations[*prestation].actes += actes;
        }
        esms.sort_by(|a, b| a.finess.cmp(&b.finess));
        Self {
            annee: cohorte.annee,
            lecture,
            esms,
            contrat,
        }
    }

    /// The establishments, then the contract.
    pub fn ensembles(&self) -> impl Iterator<Item = &Ensemble> {
        self.esms.iter().chain([&self.contrat])
    }
}
