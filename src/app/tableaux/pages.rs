//! What pages give away: the tables of what someone sees there, and nothing more.

use super::formes::TABLEAUX;
use super::listes::contrats;
use super::{Refus, Regard, Tableau, tableau};
use crate::app::acces::Visiteur;
use crate::app::consult::Consultation;
use crate::app::vues::{Filtre, resume_vu};
use crate::echanges::tableaux::{Forme, LIGNES_MAX};
use crate::store::{Conn, portefeuille};
use std::collections::BTreeMap;

/// The one that shows of each contract what its row in the list does.
const LISTE: &str = "contrats";

/// The tables that someone may take of a list of contracts. Those who see some establishments only
/// get what the list shows them: the other tables tell of whole contracts.
pub fn de_la_liste(qui: &Visiteur) -> Vec<Forme> {
    let limite = qui.limite();
    let formes = TABLEAUX.iter().map(|plan| plan.forme);
    formes.filter(|f| !limite || f.nom == LISTE).collect()
}

/// The tables of one contract.
pub fn du_contrat() -> Vec<Forme> {
    let formes = TABLEAUX.iter().map(|plan| plan.forme);
    formes.filter(|f| f.nom != LISTE).collect()
}

/// Contracts that someone limited to some establishments may ask of at once: each has to be folded
/// to know whether it is seen whole.
const CONTRATS_MAX: usize = 1_000;

fn borne(vus: &[(String, String)]) -> Result<(), Refus> {
    if vus.len() > CONTRATS_MAX {
        return Err(Refus::Trop(format!(
            "Vous suivez plus de {CONTRATS_MAX} contrats, et un tableau n'en tient pas plus. \
             Demandez-le contrat par contrat."
        )));
    }
    Ok(())
}

impl Consultation {
    /// A table of the contracts that a filter keeps, of those that someone sees; of those seen
    /// whole but for the list itself, since the other tables tell of all establishments.
    ///
    /// # Errors
    /// A [`Refus`], told in French.
    pub async fn tableau(
        &self,
        qui: &Visiteur,
        filtre: &Filtre,
        nom: &str,
    ) -> Result<Tableau, Refus> {
        let choix = self.choix(qui, filtre);
        let limite = u64::try_from(LIGNES_MAX).unwrap_or(u64::MAX);
        let mut lecteur = self.entente.base.lire().await?;
        let conn = &mut lecteur.conn();
        let vus = portefeuille::contrats(conn, &choix, limite).await?;
        if nom == LISTE && qui.limite() {
            return self.liste_vue(conn, qui, &vus).await;
        }
        let vus = if qui.limite() {
            self.entiers(conn, qui, vus).await?
        } else {
            vus.into_iter().collect()
        };
        drop(lecteur);
        let regard = Regard::Parmi(vus);
        tableau(&self.entente, nom, &regard, None, self.maintenant()).await
    }

    /// The list, each contract as someone who sees some establishments only sees it.
    async fn liste_vue(
        &self,
        conn: &mut Conn<'_>,
        qui: &Visiteur,
        vus: &[(String, String)],
    ) -> Result<Tableau, Refus> {
        borne(vus)?;
        let mut resumes = Vec::new();
        for (id, _) in vus {
            if let Some(lu) = self.tenu(conn, qui, id).await? {
                resumes.push(resume_vu(&lu, self.maintenant()));
            }
        }
        let plan = TABLEAUX.iter().find(|plan| plan.forme.nom == LISTE);
        let plan = plan.ok_or_else(|| Refus::Inconnu(LISTE.to_owned()))?;
        let mut tableau = Tableau::nouveau(plan.forme);
        for ligne in contrats(&self.entente.machines, resumes) {
            tableau.ajoute(ligne).map_err(Refus::Trop)?;
        }
        Ok(tableau)
    }

    /// Those that someone sees whole, each with the party.
    async fn entiers(
        &self,
        conn: &mut Conn<'_>,
        qui: &Visiteur,
        vus: Vec<(String, String)>,
    ) -> Result<BTreeMap<String, String>, Refus> {
        borne(&vus)?;
        let mut entiers = BTreeMap::new();
        for (id, _) in vus {
            let lu = self.tenu(conn, qui, &id).await?;
            if let Some(lu) = lu.filter(|lu| lu.place.esms.is_none()) {
                entiers.insert(id, lu.place.partie);
            }
        }
        Ok(entiers)
    }

    /// A table of one contract, for someone who sees the whole of it.
    ///
    /// # Errors
    /// A [`Refus`], told in French.
    pub async fn tableau_du_contrat(
        &self,
        qui: &Visiteur,
        id: &str,
        nom: &str,
    ) -> Result<Tableau, Refus> {
        let mut lecteur = self.entente.base.lire().await?;
        let lu = self.tenu(&mut lecteur.conn(), qui, id).await?;
        drop(lecteur);
        let Some(lu) = lu.filter(|lu| lu.place.esms.is_none()) else {
            return Err(Refus::Absent(id.to_owned()));
        };
        let regard = Regard::Parmi(BTreeMap::from([(id.to_owned(), lu.place.partie)]));
        tableau(&self.entente, nom, &regard, Some(id), self.maintenant()).await
    }
}
