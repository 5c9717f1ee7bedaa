//! Contract, notification and budget of each establishment on one line, by financer, with their
//! sums. Amounts in cents until they are written.

use crate::metier::budget::dire;
use crate::metier::budget::releve::Chiffres;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableauVue {
    pub financeurs: Vec<FinanceurVue>,
    pub total: RangVue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FinanceurVue {
    /// « ARS », « CD », « ARS+CD ».
    pub nom: String,
    pub rangs: Vec<RangVue>,
    pub total: RangVue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RangVue {
    pub nom: String,
    /// Contract, notified, budget; empty: not known.
    pub contrat: String,
    pub notifie: String,
    pub eprd: String,
    /// Budget less notified.
    pub ecart: String,
    /// There is one.
    pub differe: bool,
}

/// What is known of an establishment, or of several: a sum of which a part is missing is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sommes {
    contrat: Option<i64>,
    notifie: Option<i64>,
    eprd: Option<i64>,
}

impl Sommes {
    const RIEN: Self = Self {
        contrat: Some(0),
        notifie: Some(0),
        eprd: Some(0),
    };

    fn lues(chiffres: &Chiffres) -> Self {
        Self {
            contrat: chiffres.contrat,
            notifie: chiffres.notifie,
            eprd: chiffres.tarif,
        }
    }

    fn plus(self, autre: Self) -> Self {
        let somme = |a: Option<i64>, b: Option<i64>| Some(a? + b?);
        Self {
            contrat: somme(self.contrat, autre.contrat),
            notifie: somme(self.notifie, autre.notifie),
            eprd: somme(self.eprd, autre.eprd),
        }
    }

    fn dit(self, nom: &str) -> RangVue {
        let euros = |centimes: Option<i64>| centimes.map_or_else(String::new, dire::euros);
        let ecart = self
            .eprd
            .zip(self.notifie)
            .map(|(eprd, notifie)| eprd - notifie);
        RangVue {
            nom: nom.to_owned(),
            contrat: euros(self.contrat),
            notifie: euros(self.notifie),
            eprd: euros(self.eprd),
            ecart: ecart.map_or_else(String::new, signe),
            differe: ecart.is_some_and(|ecart| ecart != 0),
        }
    }
}

/// « +8 200 », « −1 100 », « 0 ».
fn signe(centimes: i64) -> String {
    let plus = if centimes > 0 { "+" } else { "" };
    format!("{plus}{}", dire::euros(centimes))
}

pub(super) fn tableau(esms: &[Chiffres]) -> TableauVue {
    let mut par_financeur: BTreeMap<&str, Vec<(&str, Sommes)>> = BTreeMap::new();
    for chiffres in esms {
        let autorite = chiffres.autorite.as_deref().unwrap_or("Sans autorité dite");
        let siens = par_financeur.entry(autorite).or_default();
        siens.push((&chiffres.nom, Sommes::lues(chiffres)));
    }
    let mut total = Sommes::RIEN;
    let mut financeurs = Vec::new();
    for (nom, siens) in par_financeur {
        let somme = siens
            .iter()
            .fold(Sommes::RIEN, |somme, (_, s)| somme.plus(*s));
        total = total.plus(somme);
        financeurs.push(FinanceurVue {
            nom: nom.to_owned(),
            rangs: siens.iter().map(|(nom, sommes)| sommes.dit(nom)).collect(),
            total: somme.dit(&format!("Sous-total {nom}")),
        });
    }
    TableauVue {
        financeurs,
        total: total.dit("Total"),
    }
}
