//! A shared view, read back: whatever wrote it, it is taken only if it tells nothing that ours
//! would hide.

use super::agregat::CONTRAT;
use super::cohorte::ESMS_MAX;
use super::ligne::{NOM_MAX, categorie, nom};
use super::masque::{Compte, Montre, PRESQUE, tient};
use super::partage::{CasePartagee, K_MAX, LignePartagee, Partage, PrestationPartagee};
use crate::metier::finess::Finess;
use crate::metier::serafin::{Genre, nomenclature};
use std::ops::RangeInclusive;

/// Levels from which a need may be one: none of them is « no need ».
const SEUILS: RangeInclusive<u8> = 1..=4;
/// What the number of people followed is called.
const ACCOMPAGNEMENTS: &str = "Accompagnements";
/// What to do about a view that is not as ours are.
const REFAIRE: &str = "Refaites la vue par « entente besoins agreger --partage ».";

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
        self.lecture_juste(k_min)?;
        self.ensembles_justes()?;
        self.noms_justes()?;
        self.codes(&self.besoins, Genre::Besoin)?;
        self.codes(&self.prestations, Genre::Directe)?;
        let suivis = self.accompagnements();
        for (ensemble, suivis) in self.ensembles.iter().zip(&suivis) {
            self.assez(ACCOMPAGNEMENTS, &ensemble.finess, *suivis)?;
        }
        total_juste(ACCOMPAGNEMENTS, suivis.iter().copied().map(elargi), true)?;
        for ligne in &self.besoins {
            self.besoin_juste(ligne, &suivis)?;
        }
        for ligne in &self.prestations {
            self.prestation_juste(ligne, &suivis)?;
        }
        Ok(())
    }

    /// How many are accompanied, the contract's last.
    fn accompagnements(&self) -> Vec<Option<u32>> {
        self.ensembles.iter().map(|e| e.accompagnements).collect()
    }

    /// The least count and the level that it was made with.
    fn lecture_juste(&self, k_min: u32) -> Result<(), String> {
        let (k, k_min) = (self.k, k_min.max(1));
        if k < k_min {
            return Err(format!(
                "Cette vue montre des effectifs à partir de {k} ; {k_min} au moins est attendu. \
                 Refaites-la avec --k {k_min}."
            ));
        }
        if k > K_MAX {
            return Err(format!(
                "Cette vue montre des effectifs à partir de {k} ; {K_MAX} au plus est attendu. \
                 Refaites-la avec un --k plus petit."
            ));
        }
        match self.seuil {
            Some(seuil) if !SEUILS.contains(&seuil) => Err(format!(
                "Cette vue compte un besoin à partir du niveau {seuil} ; attendu de {} à {}, ou \
                 rien si les besoins sont seulement identifiés. {REFAIRE}",
                SEUILS.start(),
                SEUILS.end()
            )),
            _ => Ok(()),
        }
    }

    /// What establishments are called fits a line; the contract has no name of its own.
    fn noms_justes(&self) -> Result<(), String> {
        for ensemble in &self.ensembles {
            let ou = ou(&ensemble.finess);
            if !nom(&ensemble.nom) {
                return Err(format!(
                    "Nom, {ou} : attendu {NOM_MAX} caractères au plus, sans caractère de \
                     contrôle ; trouvé {} caractères. Corrigez le nom dans la cohorte, puis \
                     refaites la vue.",
                    ensemble.nom.chars().count()
                ));
            }
            if !(ensemble.categorie.is_empty() || categorie(&ensemble.categorie)) {
                return Err(format!(
                    "Catégorie, {ou} : attendu les trois chiffres d'une catégorie FINESS, ou \
                     rien ; trouvé {} caractères. {REFAIRE}",
                    ensemble.categorie.chars().count()
                ));
            }
        }
        Ok(())
    }

    /// A count of people is not small.
    fn assez(&self, quoi: &str, finess: &str, dit: Option<u32>) -> Result<(), String> {
        let k = self.k;
        match dit {
            Some(trouve) if (1..k).contains(&trouve) => Err(format!(
                "{quoi}, {} : attendu 0, {k} ou plus, ou masqué ; trouvé {trouve}. {REFAIRE}",
                ou(finess)
            )),
            _ => Ok(()),
        }
    }

    /// A need, where each is assessed among those who are accompanied.
    fn besoin_juste(
        &self,
        ligne: &LignePartagee<CasePartagee>,
        suivis: &[Option<u32>],
    ) -> Result<(), String> {
        let code = &ligne.code;
        let quoi = format!("Évalués du besoin {code}");
        let parmi: Vec<Option<u32>> = ligne.cases.iter().map(|c| c.evalues).collect();
        let places = self.ensembles.iter().zip(&parmi).zip(suivis);
        for ((ensemble, evalues), suivis) in places {
            self.assez(&quoi, &ensemble.finess, *evalues)?;
            // Fewer than k are accompanied where it is not told; of the contract, nobody knows.
            let tus = (ensemble.finess != CONTRAT).then_some(self.k - 1);
            let trop = suivis.or(tus).zip(*evalues).filter(|(tous, n)| n > tous);
            if let Some((tous, trouve)) = trop {
                return Err(format!(
                    "{quoi}, {} : attendu {tous} au plus, d'après ses accompagnements ; trouvé \
                     {trouve}. {REFAIRE}",
                    ou(&ensemble.finess)
                ));
            }
        }
        total_juste(&quoi, parmi.iter().copied().map(elargi), true)?;
        for case in &ligne.cases {
            self.case_juste(code, case)?;
        }
        self.rangee_juste(code, &ligne.cases, &parmi)
    }

    /// A service, of those who are accompanied.
    fn prestation_juste(
        &self,
        ligne: &LignePartagee<PrestationPartagee>,
        suivis: &[Option<u32>],
    ) -> Result<(), String> {
        let dit_trop = |c: &PrestationPartagee| {
            let sans = c.beneficiaires == Some(0) && c.actes != Some(0);
            c.actes.is_some() != c.beneficiaires.is_some() || sans
        };
        if ligne.cases.iter().any(dit_trop) {
            return Err(illisible(&ligne.code));
        }
        self.rangee_juste(&ligne.code, &ligne.cases, suivis)?;
        let dit = format!("Actes de la prestation {}", ligne.code);
        total_juste(&dit, ligne.cases.iter().map(|c| c.actes), false)
    }

    /// Establishments in order, each once, then the contract.
    fn ensembles_justes(&self) -> Result<(), String> {
        let noms: Vec<&str> = self.ensembles.iter().map(|e| e.finess.as_str()).collect();
        let Some((contrat, esms)) = noms.split_last() else {
            return Err("Cette vue n'a aucun établissement.".to_owned());
        };
        if esms.len() > ESMS_MAX {
            return Err(format!(
                "Cette vue a {} établissements ; attendu {ESMS_MAX} au plus. Refaites-la de ceux \
                 du contrat.",
                esms.len()
            ));
        }
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
            Some(besoin) => {
                case.evalues.is_none_or(|parmi| besoin <= parmi)
                    && (besoin > 0 || case.taux.is_none())
            }
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
        if !tient(cellules, *total, self.k) {
            return Err(format!(
                "Le poste {code} laisse deviner un effectif caché. {REFAIRE}"
            ));
        }
        // What is told of an establishment is told among whom; the contract's may be told alone.
        let mut esms = cases.iter().zip(parmi).take(cellules.len());
        if esms.any(|(case, parmi)| case.nombre().is_some() && parmi.is_none()) {
            return Err(format!(
                "Le poste {code} dit un effectif d'un établissement sans dire parmi combien : \
                 attendu les deux, ou aucun. {REFAIRE}"
            ));
        }
        let dits = cases.iter().map(|case| elargi(case.nombre()));
        total_juste(&format!("Effectif du poste {code}"), dits, false)
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
        let effectifs = self.accompagnements();
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

/// Where a figure stands, in words.
fn ou(finess: &str) -> String {
    match finess {
        CONTRAT => "contrat".to_owned(),
        finess => format!("établissement {finess}"),
    }
}

fn elargi(dit: Option<u32>) -> Option<u64> {
    dit.map(u64::from)
}

/// A total, which comes last, is the sum of what is told of each establishment, and is told when
/// each is. `seulement_alors`: it is not told otherwise, or it would give back the one that is not.
fn total_juste(
    quoi: &str,
    mut dits: impl DoubleEndedIterator<Item = Option<u64>>,
    seulement_alors: bool,
) -> Result<(), String> {
    let trouve = dits.next_back().flatten().map(u128::from);
    let (mut somme, mut entiere) = (0_u128, true);
    for dit in dits {
        somme += u128::from(dit.unwrap_or_default());
        entiere &= dit.is_some();
    }
    let attendu = match trouve {
        None if !entiere => return Ok(()),
        Some(_) if !entiere && seulement_alors => "masqué".to_owned(),
        Some(trouve) if !entiere && trouve >= somme => return Ok(()),
        Some(_) if !entiere => format!("{somme} au moins"),
        trouve if trouve == Some(somme) => return Ok(()),
        _ => somme.to_string(),
    };
    let trouve = trouve.map_or_else(|| "masqué".to_owned(), |trouve| trouve.to_string());
    Err(format!(
        "{quoi}, contrat : attendu {attendu}, d'après ses établissements ; trouvé {trouve}. \
         {REFAIRE}"
    ))
}

fn illisible(code: &str) -> String {
    format!("Le poste {code} de cette vue dit trop, ou se contredit. {REFAIRE}")
}
