//! A shared view, read back: whatever wrote it, it is taken only if it tells nothing that ours
//! would hide.

use super::agregat::CONTRAT;
use super::masque::{Compte, Montre, PRESQUE, tient};
use super::partage::{CasePartagee, LignePartagee, Partage, PrestationPartagee};
use crate::metier::finess::Finess;
use crate::metier::serafin::{Genre, nomenclature};

/// What a cell of either kind tells: its count, whether it is of almost all, among how many.
trait Dite {
    fn nombre(&self) -> Option<u32>;
    fn presque_tous(&self) -> bool;
}

impl Dite for CasePartagee {
    fn nombre(&self) -> Option<u32> {
        self.besoin
    }

    fn presque_tous(&self) -> bool {
        self.presque_tous
    }
}

impl Dite for PrestationPartagee {
    fn nombre(&self) -> Option<u32> {
        self.beneficiaires
    }

    fn presque_tous(&self) -> bool {
        self.presque_tous
    }
}

impl Partage {
    /// Reads a view that someone hands over. `k_min`: the least count that may be told.
    ///
    /// # Errors
    /// One French sentence: not a shared view, or it tells too much.
    pub fn lire(texte: &str, k_min: u32) -> Result<Self, String> {
        let lu: Self = serde_json::from_str(texte).map_err(|_| {
            "Ce n'est pas une vue partagée : attendu le fichier qu'écrit « entente besoins agreger \
             --partage »."
                .to_owned()
        })?;
        lu.verifie(k_min)?;
        Ok(lu)
    }

    /// Whether it tells nothing that ours would hide. `k_min`: the least count that may be told.
    ///
    /// # Errors
    /// One French sentence: it tells too much, or contradicts itself.
    pub fn verifie(&self, k_min: u32) -> Result<(), String> {
        if self.k < k_min {
            return Err(format!(
                "Cette vue montre des effectifs à partir de {} ; {k_min} au moins est attendu. \
                 Refaites-la avec --k {k_min}.",
                self.k
            ));
        }
        self.ensembles_justes()?;
        self.codes(&self.besoins, Genre::Besoin)?;
        self.codes(&self.prestations, Genre::Directe)?;
        for ligne in &self.besoins {
            for case in &ligne.cases {
                self.case_juste(&ligne.code, case)?;
            }
            let parmi: Vec<Option<u32>> = ligne.cases.iter().map(|c| c.evalues).collect();
            self.rangee_juste(&ligne.code, &ligne.cases, &parmi)?;
        }
        let parmi: Vec<Option<u32>> = self.ensembles.iter().map(|e| e.accompagnements).collect();
        for ligne in &self.prestations {
            let dit_trop = |c: &PrestationPartagee| c.actes.is_some() != c.beneficiaires.is_some();
            if ligne.cases.iter().any(dit_trop) {
                return Err(illisible(&ligne.code));
            }
            self.rangee_juste(&ligne.code, &ligne.cases, &parmi)?;
        }
        Ok(())
    }

    /// Establishments in order, each once, then the contract.
    fn ensembles_justes(&self) -> Result<(), String> {
        let noms: Vec<&str> = self.ensembles.iter().map(|e| e.finess.as_str()).collect();
        let Some((contrat, esms)) = noms.split_last() else {
            return Err("Cette vue n'a aucun établissement.".to_owned());
        };
        let finess = esms.iter().all(|numero| Finess::parse(numero).is_ok());
        let tries = esms.windows(2).all(|deux| deux[0] < deux[1]);
        if *contrat != CONTRAT || esms.is_empty() || !finess || !tries {
            return Err(
                "Les établissements de cette vue ne se lisent pas : attendu leurs numéros FINESS, \
                 dans l'ordre, puis CPOM."
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// All the posts of a kind, in order, each with a cell for each establishment.
    fn codes<C>(&self, lignes: &[LignePartagee<C>], genre: Genre) -> Result<(), String> {
        let attendus = nomenclature().terminaux(genre);
        let justes = attendus.len() == lignes.len()
            && attendus
                .iter()
                .zip(lignes)
                .all(|(poste, l)| poste.code == l.code)
            && lignes.iter().all(|l| l.cases.len() == self.ensembles.len());
        if justes {
            return Ok(());
        }
        Err("Les postes de cette vue ne sont pas ceux de la nomenclature, dans l'ordre.".to_owned())
    }

    /// What follows from a count is told with it alone.
    fn case_juste(&self, code: &str, case: &CasePartagee) -> Result<(), String> {
        let suites = case
            .moyenne
            .is_none_or(|m| m <= 400 && self.seuil.is_some())
            && case.taux.is_none_or(|t| t <= 100 && t % 5 == 0);
        let avec = match case.besoin {
            Some(besoin) => case.evalues.is_none_or(|parmi| besoin <= parmi),
            None => case.moyenne.is_none() && case.taux.is_none(),
        };
        // A mean is told of k people at least.
        let assez = case.moyenne.is_none() || case.evalues >= Some(self.k);
        if suites && avec && assez {
            Ok(())
        } else {
            Err(illisible(code))
        }
    }

    /// Nothing small is told, and nothing gives back what is not.
    fn rangee_juste(
        &self,
        code: &str,
        cases: &[impl Dite],
        parmi: &[Option<u32>],
    ) -> Result<(), String> {
        let lues = self.lues(cases, parmi).ok_or_else(|| illisible(code))?;
        let Some((total, cellules)) = lues.split_last() else {
            return Err(illisible(code));
        };
        let somme: u32 = cellules.iter().map(|(_, compte)| compte.nombre).sum();
        let tous = cellules.iter().all(|(montre, _)| *montre == Montre::Exact);
        if tous && total.0 == Montre::Exact && total.1.nombre != somme {
            return Err(illisible(code));
        }
        if tient(cellules, *total, self.k) {
            return Ok(());
        }
        Err(format!(
            "Le poste {code} laisse deviner un effectif caché. Refaites la vue par « entente \
             besoins agreger --partage »."
        ))
    }

    /// What the cells of a row show; none: one tells too much, or contradicts itself.
    fn lues(&self, cases: &[impl Dite], parmi: &[Option<u32>]) -> Option<Vec<(Montre, Compte)>> {
        let cases = cases.iter().zip(parmi);
        cases
            .map(|(case, parmi)| self.montre(case, *parmi))
            .collect()
    }

    /// What each row shows, needs then services, by code; the total of a row last.
    pub(super) fn rangees(&self) -> impl Iterator<Item = (&str, Vec<(Montre, Compte)>)> {
        let effectifs = self.ensembles.iter().map(|e| e.accompagnements);
        let effectifs: Vec<Option<u32>> = effectifs.collect();
        let besoins = self.besoins.iter().filter_map(|ligne| {
            let parmi: Vec<Option<u32>> = ligne.cases.iter().map(|c| c.evalues).collect();
            Some((ligne.code.as_str(), self.lues(&ligne.cases, &parmi)?))
        });
        let prestations = self.prestations.iter().filter_map(move |ligne| {
            Some((ligne.code.as_str(), self.lues(&ligne.cases, &effectifs)?))
        });
        besoins.chain(prestations)
    }

    /// Whether a count may be told among so many; how many are in a total may not be told.
    fn dite(&self, nombre: u32, parmi: Option<u32>) -> bool {
        let petit = (1..self.k).contains(&nombre);
        match parmi {
            None => !petit,
            Some(0) => nombre == 0,
            Some(parmi) => {
                let presque = nombre > 0 && parmi.saturating_sub(nombre) <= PRESQUE;
                !petit && parmi >= self.k && nombre <= parmi && !presque
            }
        }
    }

    /// What a cell shows, with the count that it tells; none: it tells too much, or contradicts
    /// itself.
    fn montre(&self, case: &impl Dite, parmi: Option<u32>) -> Option<(Montre, Compte)> {
        let nombre = case.nombre();
        let assez = parmi.is_some_and(|parmi| parmi >= self.k);
        let montre = match (nombre, case.presque_tous()) {
            (Some(nombre), false) => self.dite(nombre, parmi).then_some(Montre::Exact)?,
            (None, true) if assez => Montre::PresqueTous,
            (None, false) if assez => Montre::Cache,
            (None, false) if parmi.is_none() => Montre::Tout,
            _ => return None,
        };
        let nombre = nombre.unwrap_or_default();
        let parmi = parmi.unwrap_or_default();
        Some((montre, Compte { nombre, parmi }))
    }
}

fn illisible(code: &str) -> String {
    format!(
        "Le poste {code} de cette vue dit trop, ou se contredit. Refaites-la par « entente besoins \
         agreger --partage »."
    )
}
