//! Which figures leave the managing body: small numbers are hidden, and whatever would give them
//! back. A row is a need: a count per establishment, and their total, which is the only sum shown;
//! rows share nothing, so that a row is judged alone, and exactly.

use super::agregat::{Agregat, Case};

/// Others than the establishment's are too few to be told (R5): at most so many have not the need.
pub(super) const PRESQUE: u32 = 4;

/// What is shown of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Montre {
    /// The count, with what follows from it.
    Exact,
    /// « presque tous »: neither the count, nor its share, nor its mean.
    PresqueTous,
    /// Nothing but how many were assessed.
    Cache,
    /// Nothing, not even how many were assessed.
    Tout,
}

/// A count, and how many it is counted among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compte {
    pub nombre: u32,
    pub parmi: u32,
}

/// What a row shows: its cells, then its total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rangee {
    pub cellules: Vec<Montre>,
    pub total: Montre,
}

/// What someone who reads a row may hold of a count: between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bornes {
    pub bas: i64,
    pub haut: i64,
}

impl Bornes {
    pub fn ecart(self) -> i64 {
        self.haut - self.bas
    }
}

impl Montre {
    /// Whether it counts as hidden.
    pub fn cache(self) -> bool {
        matches!(self, Self::Cache | Self::Tout)
    }

    /// What it tells of a count.
    pub(super) fn bornes(self, compte: Compte, k: u32) -> Bornes {
        let (nombre, parmi) = (i64::from(compte.nombre), i64::from(compte.parmi));
        let (bas, haut) = match self {
            Self::Exact => (nombre, nombre),
            Self::PresqueTous => ((parmi - i64::from(PRESQUE)).max(0), parmi),
            // A zero is always shown: what is hidden is one at least.
            Self::Cache => (1, parmi),
            // Only fewer than k are hidden so.
            Self::Tout => (0, i64::from(k) - 1),
        };
        Bornes { bas, haut }
    }
}

/// What is shown of a cell taken alone.
fn seule(compte: Compte, k: u32) -> Montre {
    match compte {
        Compte { nombre: 0, parmi } if parmi == 0 || parmi >= k => Montre::Exact,
        Compte { parmi, .. } if parmi < k => Montre::Tout,
        Compte { nombre, .. } if (1..k).contains(&nombre) => Montre::Cache,
        Compte { nombre, parmi } if parmi - nombre <= PRESQUE => Montre::PresqueTous,
        _ => Montre::Exact,
    }
}

/// A row, and what each cell of it shows alone.
struct Jugee<'r> {
    comptes: &'r [Compte],
    k: u32,
}

/// Whether nothing that a row shows narrows what it hides: a hidden count keeps k values at least,
/// and an « almost all » keeps all of its own. Of what is hidden, the count is not read.
pub(super) fn tient(cellules: &[(Montre, Compte)], total: (Montre, Compte), k: u32) -> bool {
    let bornes = cellules
        .iter()
        .map(|(montre, compte)| montre.bornes(*compte, k));
    let bornes: Vec<Bornes> = bornes.collect();
    let bas: i64 = bornes.iter().map(|b| b.bas).sum();
    let haut: i64 = bornes.iter().map(|b| b.haut).sum();
    let somme = match total.0 {
        Montre::Exact | Montre::PresqueTous => total.0.bornes(total.1, k),
        Montre::Cache | Montre::Tout => Bornes { bas, haut },
    };
    cellules.iter().zip(&bornes).all(|((montre, _), b)| {
        let reste = Bornes {
            bas: b.bas.max(somme.bas - (haut - b.haut)),
            haut: b.haut.min(somme.haut - (bas - b.bas)),
        };
        match montre {
            Montre::Exact => true,
            Montre::PresqueTous => reste == *b,
            Montre::Cache | Montre::Tout => reste.ecart() + 1 >= i64::from(k),
        }
    })
}

impl Jugee<'_> {
    fn tient(&self, cellules: &[Montre], total: Montre) -> bool {
        let cellules = cellules.iter().copied().zip(self.comptes.iter().copied());
        tient(&cellules.collect::<Vec<_>>(), (total, self.total()), self.k)
    }

    fn total(&self) -> Compte {
        Compte {
            nombre: self.comptes.iter().map(|c| c.nombre).sum(),
            parmi: self.comptes.iter().map(|c| c.parmi).sum(),
        }
    }

    /// The least that has to be hidden besides: no cell, one, two, the smallest first; then the
    /// total, which tells most.
    fn complete(&self, seules: &[Montre]) -> Option<Vec<Montre>> {
        let total = seule(self.total(), self.k);
        if self.tient(seules, total) {
            return Some(seules.to_vec());
        }
        let mut choix: Vec<usize> = (0..seules.len())
            .filter(|i| !seules[*i].cache() && self.comptes[*i].nombre >= self.k)
            .collect();
        choix.sort_by_key(|i| (self.comptes[*i].nombre, *i));
        let essai = |en_plus: &[usize]| {
            let mut cellules = seules.to_vec();
            for i in en_plus {
                cellules[*i] = Montre::Cache;
            }
            self.tient(&cellules, total).then_some(cellules)
        };
        let un = || choix.iter().find_map(|i| essai(&[*i]));
        let deux = || {
            let paires = choix.iter().enumerate();
            let mut paires =
                paires.flat_map(|(rang, j)| choix[..rang].iter().map(move |i| [*i, *j]));
            paires.find_map(|paire| essai(&paire))
        };
        un().or_else(deux)
    }
}

/// What a row shows of counts to those who are not the managing body. `k`: 5 at least.
pub fn rangee(comptes: &[Compte], k: u32) -> Rangee {
    let jugee = Jugee { comptes, k };
    let seules: Vec<Montre> = comptes.iter().map(|c| seule(*c, k)).collect();
    let total = seule(jugee.total(), k);
    // « Almost all » of a number that is not told would say nothing.
    let dite = total == Montre::Exact || !seules.contains(&Montre::Tout);
    if !total.cache()
        && dite
        && let Some(cellules) = jugee.complete(&seules)
    {
        return Rangee { cellules, total };
    }
    // Nothing then ties a hidden cell to the others.
    Rangee {
        cellules: seules,
        total: Montre::Cache,
    }
}

impl From<&Case> for Compte {
    fn from(case: &Case) -> Self {
        Self {
            nombre: case.besoin,
            parmi: case.evalues,
        }
    }
}

impl Agregat {
    /// What each need shows, by rank.
    pub fn masque(&self, k: u32) -> Vec<Rangee> {
        let rangs = 0..self.contrat.cases.len();
        let rangee = |rang: usize| {
            let comptes: Vec<Compte> = self
                .esms
                .iter()
                .map(|e| Compte::from(&e.cases[rang]))
                .collect();
            rangee(&comptes, k)
        };
        rangs.map(rangee).collect()
    }
}
