//! Contract, notifications, budget and what was done of it, side by side, by establishment and
//! year: products of the tarification, in cents.

use super::budget::du_contrat;
use super::dossier::Dossier;
use super::perimetre::{ESMS, Element};
use super::saisie::Nature;
use crate::metier::budget::lecteur::Lecteur;
use crate::metier::budget::lignes::{Bloc, Lieu, Valeur};
use crate::metier::budget::ratios::notifie_a;
use crate::metier::budget::releve::{Chiffres, Releve};
use std::collections::BTreeSet;
use std::ops::AddAssign;

/// What is known of an establishment for a year; `None`: not said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Montants {
    /// Planned by the contract: reconductible lines of its annexes.
    pub contrat: Option<i64>,
    pub notifie: Option<i64>,
    pub eprd: Option<i64>,
    pub errd: Option<i64>,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rang {
    /// `None`: lines of the annexes that are common to several establishments.
    pub finess: Option<String>,
    pub nom: String,
    /// `ARS`, `CD`, `ARS+CD`; empty: not said.
    pub autorite: String,
    /// FINESS category; empty: not said.
    pub categorie: String,
    /// Of the département that is competent; empty: none is.
    pub departement: String,
    pub montants: Montants,
}

/// A sum, and how many of its parts are not said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Somme {
    /// `None`: no part is said.
    pub total: Option<i64>,
    pub tus: usize,
}

impl AddAssign<Option<i64>> for Somme {
    fn add_assign(&mut self, part: Option<i64>) {
        match part {
            Some(part) => self.total = Some(self.total.unwrap_or(0) + part),
            None => self.tus += 1,
        }
    }
}

/// The sums of several lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sommes {
    pub contrat: Somme,
    pub notifie: Somme,
    pub eprd: Somme,
    pub errd: Somme,
}

impl Sommes {
    pub fn de<'r>(rangs: impl IntoIterator<Item = &'r Rang>) -> Self {
        let mut sommes = Self::default();
        for Rang {
            montants, finess, ..
        } in rangs
        {
            sommes.contrat += montants.contrat;
            // What is common to several is planned, never notified or spent as such.
            if finess.is_some() {
                sommes.notifie += montants.notifie;
                sommes.eprd += montants.eprd;
                sommes.errd += montants.errd;
            }
        }
        sommes
    }
}

/// The years that the contract plans, and those whose procedure is open.
pub fn annees(racine: &Dossier, exercices: impl IntoIterator<Item = i32>) -> BTreeSet<i32> {
    let annexes = racine.registre().annexes();
    let prevues = annexes.filter(|(_, _, moyen)| moyen.nature == Nature::Reconductible);
    let mut annees: BTreeSet<i32> = prevues.map(|(_, _, moyen)| moyen.exercice).collect();
    annees.extend(exercices);
    annees
}

/// The lines of a year, in the order of the perimeter. `prevu`, `fait`: the last budget handed
/// over, and the last account of what was done.
///
/// # Errors
/// One French sentence: the contract does not know its managing body yet.
pub fn de_l_annee(
    racine: &Dossier,
    procedure: Option<&Dossier>,
    annee: i32,
    (prevu, fait): (Option<&Releve>, Option<&Releve>),
) -> Result<Vec<Rang>, String> {
    let lignes = du_contrat(racine, procedure, annee)?;
    let x = Lecteur::de(&lignes);
    let tarif = |releve: Option<&Releve>, finess: &str| de(releve?, finess)?.tarif;
    let mut rangs = Vec::new();
    for lieu in lignes.lieux() {
        let Some(esms) = lignes.esms_de(lieu) else {
            continue;
        };
        rangs.push(Rang {
            montants: Montants {
                contrat: x.montant(Bloc::Cpom, lieu, "BASE_N"),
                notifie: notifie_a(&x, lieu),
                eprd: tarif(prevu, &esms.finess),
                errd: tarif(fait, &esms.finess),
            },
            ..rang(
                racine,
                &esms.finess,
                &esms.nom,
                x.texte(Bloc::Ident, lieu, "AUTORITE"),
            )
        });
    }
    let dits = [prevu, fait].into_iter().flatten().flat_map(|r| &r.esms);
    for chiffres in dits {
        let connu = |rang: &Rang| rang.finess.as_deref() == Some(&chiffres.finess);
        if chiffres.tarif.is_none() || rangs.iter().any(connu) {
            continue;
        }
        rangs.push(Rang {
            montants: Montants {
                eprd: tarif(prevu, &chiffres.finess),
                errd: tarif(fait, &chiffres.finess),
                ..Montants::default()
            },
            ..rang(racine, &chiffres.finess, &chiffres.nom, None)
        });
    }
    rangs.extend(commun(&x, annee, &rangs));
    Ok(rangs)
}

fn de<'r>(releve: &'r Releve, finess: &str) -> Option<&'r Chiffres> {
    releve.esms.iter().find(|c| c.finess == finess)
}

fn rang(racine: &Dossier, finess: &str, nom: &str, autorite: Option<&str>) -> Rang {
    let (categorie, departement) = match racine.collections().element(ESMS, finess) {
        Some(Element::Esms {
            categorie,
            competence,
            ..
        }) => (categorie.clone(), competence.departement()),
        _ => (None, None),
    };
    Rang {
        finess: Some(finess.to_owned()),
        nom: nom.to_owned(),
        autorite: autorite.unwrap_or_default().to_owned(),
        categorie: categorie.unwrap_or_default(),
        departement: departement.unwrap_or_default().to_owned(),
        montants: Montants::default(),
    }
}

/// What the annexes plan for the year without saying for which establishment.
fn commun(x: &Lecteur<'_>, annee: i32, rangs: &[Rang]) -> Option<Rang> {
    let prevu = x
        .lignes
        .trouve(Bloc::Cpom, Lieu::Ensemble, annee, "TRAJECTOIRE_DOTATION")?;
    let Valeur::Montant(prevu) = prevu.valeur else {
        return None;
    };
    let dits: i64 = rangs.iter().filter_map(|r| r.montants.contrat).sum();
    (prevu != dits).then(|| Rang {
        finess: None,
        nom: "Commun à plusieurs ESMS".to_owned(),
        autorite: String::new(),
        categorie: String::new(),
        departement: String::new(),
        montants: Montants {
            contrat: Some(prevu - dits),
            ..Montants::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rang(finess: bool, contrat: Option<i64>, eprd: Option<i64>) -> Rang {
        Rang {
            finess: finess.then(|| "990002024".to_owned()),
            nom: String::new(),
            autorite: "ARS".to_owned(),
            categorie: String::new(),
            departement: String::new(),
            montants: Montants {
                contrat,
                eprd,
                ..Montants::default()
            },
        }
    }

    proptest! {
        /// To the cent, and a part that is not said is counted, never taken for zero.
        #[test]
        fn a_sum_is_that_of_its_parts(
            parts in prop::collection::vec(
                (any::<bool>(), prop::option::of(-10_i64.pow(12)..10_i64.pow(12))), 0..80),
        ) {
            let rangs: Vec<Rang> = parts.iter().map(|(f, m)| rang(*f, *m, *m)).collect();
            let sommes = Sommes::de(&rangs);
            let dits: Vec<i64> = parts.iter().filter_map(|(_, m)| *m).collect();
            let total = (!dits.is_empty()).then(|| dits.iter().sum::<i64>());
            prop_assert_eq!(sommes.contrat, Somme { total, tus: parts.len() - dits.len() });
            // what is common to several is planned only
            let siens: Vec<Option<i64>> = parts.iter().filter(|p| p.0).map(|p| p.1).collect();
            let tus = siens.iter().filter(|m| m.is_none()).count();
            prop_assert_eq!(sommes.eprd.tus, tus);
            prop_assert_eq!(sommes.eprd.total.unwrap_or(0), siens.iter().flatten().sum::<i64>());
        }
    }
}
