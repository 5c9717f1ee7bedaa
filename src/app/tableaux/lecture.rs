//! Reads tables, contract by contract, at one moment.

use super::contrat::Fiche;
use super::formes::{Plan, Source};
use super::{Refus, Regard, listes};
use crate::app::budgets::derniers;
use crate::app::consult::lue;
use crate::app::execute::Entente;
use crate::echanges::tableaux::{Cellule, LIGNES_MAX, Tableau};
use crate::store::journal;
use crate::store::listes::PAQUET;
use crate::store::{Conn, Erreur};
use chrono::{DateTime, Utc};

/// Contracts taken in hand for one table: each is read whole.
const EN_MAIN_MAX: usize = 1_000;

/// Reads with someone's eyes.
pub(super) struct Lecteur<'c> {
    entente: &'c Entente,
    conn: Conn<'c>,
    regard: &'c Regard,
    maintenant: DateTime<Utc>,
}

impl<'c> Lecteur<'c> {
    pub fn nouveau(
        entente: &'c Entente,
        conn: Conn<'c>,
        regard: &'c Regard,
        maintenant: DateTime<Utc>,
    ) -> Self {
        Self {
            entente,
            conn,
            regard,
            maintenant,
        }
    }

    /// A table whole. `contrat`: of this one only.
    ///
    /// # Errors
    /// A [`Refus`].
    pub async fn tableau(&mut self, plan: &Plan, contrat: Option<&str>) -> Result<Tableau, Refus> {
        let mut tableau = Tableau::nouveau(plan.forme);
        if let Some(id) = contrat {
            let connu = journal::tete(&mut self.conn, id).await?.is_some();
            if !connu || self.regard.de(id).is_none() {
                return Err(Refus::Absent(id.to_owned()));
            }
            self.verse(plan, &[id.to_owned()], &mut tableau).await?;
            return Ok(tableau);
        }
        let mut apres = String::new();
        let mut pris = 0;
        while let Some(ids) = self.suivants(&mut apres).await? {
            pris += ids.len();
            if plan.source.en_main() && pris > EN_MAIN_MAX {
                return Err(trop_de_contrats(plan));
            }
            self.verse(plan, &ids, &mut tableau).await?;
        }
        Ok(tableau)
    }

    /// The next contracts that may be seen, in order; none left.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn suivants(&mut self, apres: &mut String) -> Result<Option<Vec<String>>, Erreur> {
        let nombre = usize::try_from(PAQUET).unwrap_or(usize::MAX);
        let ids = match self.regard.parmi(apres, nombre) {
            Some(ids) => ids,
            None => journal::contrats(&mut self.conn, apres, PAQUET).await?,
        };
        let Some(dernier) = ids.last() else {
            return Ok(None);
        };
        apres.clone_from(dernier);
        Ok(Some(ids))
    }

    /// Adds the lines of those of these contracts that may be seen to a table.
    ///
    /// # Errors
    /// A [`Refus`].
    pub async fn verse(
        &mut self,
        plan: &Plan,
        ids: &[String],
        tableau: &mut Tableau,
    ) -> Result<(), Refus> {
        let vus = ids.iter().filter_map(|id| Some((id, self.regard.de(id)?)));
        if !plan.source.en_main() {
            let vus: Vec<String> = vus.map(|(id, _)| id.clone()).collect();
            let machines = &self.entente.machines;
            let lues = listes::lignes(&mut self.conn, machines, plan.source, &vus).await?;
            return ajoute(tableau, lues);
        }
        for (id, partie) in vus {
            if let Some(lues) = self.en_main(plan.source, id, partie).await? {
                ajoute(tableau, lues)?;
            }
        }
        Ok(())
    }

    /// The lines of one contract, taken in hand; no such contract.
    async fn en_main(
        &mut self,
        source: Source,
        id: &str,
        partie: &str,
    ) -> Result<Option<Vec<Vec<Cellule>>>, Refus> {
        let Some(tete) = journal::tete(&mut self.conn, id).await? else {
            return Ok(None);
        };
        let entree = self.entente.entree(&mut self.conn, id, &tete).await?;
        let contrat = self.entente.contrat(&entree);
        let fiche = Fiche::nouvelle(id, &contrat, self.maintenant);
        if source == Source::Alignement {
            let derniers = derniers(&mut self.conn, &contrat).await?;
            return Ok(Some(fiche.alignement(&derniers)));
        }
        if source != Source::Historique {
            return Ok(Some(fiche.lignes(source)));
        }
        let vues = journal::Regard {
            contrat: id,
            flux: "",
            partie,
            cercle: contrat.cercle(partie),
        };
        // One more than a table holds, so that a longer history is refused rather than cut.
        let nombre = u64::try_from(LIGNES_MAX + 1).unwrap_or(u64::MAX);
        let scellees = journal::dernieres(&mut self.conn, vues, nombre, 0).await?;
        if scellees.len() > LIGNES_MAX {
            return Err(Refus::Trop(format!(
                "Le journal du contrat « {id} » dépasse {LIGNES_MAX} lignes, et son historique ne \
                 tient pas dans un tableau. Lisez-le par « entente journal show {id} »."
            )));
        }
        let lues: Vec<_> = scellees.iter().map(lue).collect::<Result<_, _>>()?;
        Ok(Some(fiche.historique(&lues)))
    }
}

fn ajoute(tableau: &mut Tableau, lignes: Vec<Vec<Cellule>>) -> Result<(), Refus> {
    let mut lignes = lignes.into_iter();
    lignes.try_for_each(|ligne| tableau.ajoute(ligne).map_err(Refus::Trop))
}

fn trop_de_contrats(plan: &Plan) -> Refus {
    Refus::Trop(format!(
        "Le tableau « {} » se lit contrat par contrat, et il y en a plus de {EN_MAIN_MAX}. Donnez \
         un contrat, ou exportez toute la base par « entente export tout ».",
        plan.forme.titre
    ))
}
