//! What was read of the budgets handed over in a contract, year by year, beside what it plans and
//! what was notified.

use super::consult::{Consultation, Indisponible};
use super::contrat::{Contrat, RACINE};
use super::eprd::PROCEDURE;
use crate::metier::budget::releve::Releve;
use crate::metier::contrat::alignement::{Rang, annees, de_l_annee};
use crate::metier::contrat::dossier::Dossier;
use crate::store::{Conn, Erreur, dits};
use std::collections::BTreeMap;

/// The last budget of each year (`false`), and the last account of what was done (`true`). One that
/// this database does not keep is not there.
pub type Derniers = BTreeMap<(i32, bool), Releve>;

/// The stream of a year's procedure.
pub fn flux(exercice: i32) -> String {
    format!("{RACINE}/{PROCEDURE}-{exercice}")
}

/// The years whose procedure is open, or was.
pub fn exercices(contrat: &Contrat<'_>) -> Vec<i32> {
    let annees = contrat.tous().filter_map(|(nom, _)| {
        let enfant = nom.strip_prefix(RACINE)?.strip_prefix('/')?;
        let annee = enfant.strip_prefix(PROCEDURE)?.strip_prefix('-')?;
        annee.parse().ok()
    });
    let mut annees: Vec<i32> = annees.collect();
    annees.sort_unstable();
    annees
}

/// The procedure of a year.
pub fn procedure<'c>(contrat: &'c Contrat<'_>, exercice: i32) -> Option<&'c Dossier> {
    Some(&contrat.flux(&flux(exercice))?.dossier)
}

/// What was read of a budget, as it was kept.
///
/// # Errors
/// It is not what this program writes.
pub fn releve(octets: &[u8]) -> Result<Releve, Erreur> {
    serde_json::from_slice(octets)
        .map_err(|e| Erreur::Abime(format!("un relevé de budget ne se lit pas ({e})")))
}

/// The last ones of each year.
///
/// # Errors
/// The database does not answer, or what it holds cannot be read.
pub async fn derniers(conn: &mut Conn<'_>, contrat: &Contrat<'_>) -> Result<Derniers, Erreur> {
    let mut derniers = Derniers::new();
    for exercice in exercices(contrat) {
        for realise in [false, true] {
            let depose = procedure(contrat, exercice).and_then(|p| p.registre().budget(realise));
            let Some(depose) = depose else { continue };
            let nom = depose.budget.releve.to_string();
            if let Some(octets) = dits::fichier(conn, &nom).await? {
                derniers.insert((exercice, realise), releve(&octets)?);
            }
        }
    }
    Ok(derniers)
}

/// Contract, notifications, budgets and accounts, by year.
///
/// # Errors
/// One French sentence: the contract does not know its managing body yet.
pub fn alignement(
    contrat: &Contrat<'_>,
    derniers: &Derniers,
) -> Result<BTreeMap<i32, Vec<Rang>>, String> {
    let racine = contrat.flux(RACINE);
    let racine = &racine.ok_or("Ce contrat n'a pas commencé.")?.dossier;
    let rangs = |annee: i32| {
        let dits = (derniers.get(&(annee, false)), derniers.get(&(annee, true)));
        let rangs = de_l_annee(racine, procedure(contrat, annee), annee, dits)?;
        Ok((annee, rangs))
    };
    let annees = annees(racine, exercices(contrat)).into_iter();
    annees.map(rangs).collect()
}

impl Consultation {
    /// [`derniers`].
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn budgets(&self, contrat: &Contrat<'_>) -> Result<Derniers, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        Ok(derniers(&mut lecteur.conn(), contrat).await?)
    }
}
