//! Reads a contract: from the cache, or folded from its lines.

use super::{Entente, Entree};
use crate::app::consult::resume_lu;
use crate::app::contrat::Contrat;
use crate::app::vues::ResumeContrat;
use crate::metier::chaine::Scellee;
use crate::store::journal::{self, Tete};
use crate::store::{Conn, Erreur, projections};
use std::sync::Arc;

/// Lines read at once from a long journal.
const PAGE: u64 = 2_000;

impl Entente {
    /// The state of a contract at a head: from the cache, or folded from the lines that follow
    /// what it holds.
    pub(in crate::app) async fn entree(
        &self,
        conn: &mut Conn<'_>,
        id: &str,
        tete: &Tete,
    ) -> Result<Arc<Entree>, Erreur> {
        let connue = self.cache.prend(id);
        if let Some(entree) = &connue
            && entree.tete.meme_ligne(tete)
        {
            return Ok(Arc::clone(entree));
        }
        let plus_tot = match connue {
            Some(entree) if journal::tenue(conn, id, &entree.tete).await? => entree,
            _ => Arc::default(),
        };
        let mut contrat = self.contrat(&plus_tot);
        let mut tetes = plus_tot.tetes.clone();
        let mut lue = Tete {
            instant: tete.instant.clone(),
            vu: tete.vu.clone(),
            ..plus_tot.tete.clone()
        };
        while lue.ordre < tete.ordre {
            let page = journal::lignes(conn, id, lue.ordre, PAGE).await?;
            let Some(derniere) = page.last() else {
                let manque = format!("la ligne {} du contrat « {id} » manque", lue.ordre + 1);
                return Err(Erreur::Abime(manque));
            };
            lue.ordre = derniere.ordre;
            lue.empreinte = derniere.empreinte.to_string();
            for scellee in &page {
                // From the lines themselves: the table of heads may have moved on meanwhile.
                let tete = (scellee.rang, scellee.empreinte);
                tetes.insert(scellee.flux.clone(), tete);
                let ligne = scellee.ligne().map_err(|quoi| {
                    Erreur::Abime(format!(
                        "ligne {} du contrat « {id} » : {quoi}",
                        scellee.ordre
                    ))
                })?;
                let plie = contrat.plie(&ligne);
                plie.map_err(|refus| Erreur::Abime(refus.to_string()))?;
            }
        }
        for texte in journal::textes(conn, id).await? {
            contrat.rend_texte(&texte);
        }
        let (etat, _) = contrat.rendre();
        let resume = match projections::resume(conn, id).await? {
            Some(texte) => resume_lu(&texte)?,
            None => ResumeContrat::default(),
        };
        let entree = Arc::new(Entree {
            etat,
            tete: lue,
            tetes,
            resume,
            projection: projections::Projection::default(),
            projetee: false,
        });
        self.cache.pose(id, Arc::clone(&entree));
        Ok(entree)
    }

    /// A contract in hand.
    pub fn contrat(&self, entree: &Entree) -> Contrat<'static> {
        Contrat::reprendre(&self.machines, entree.etat.clone())
    }

    /// A contract where it stands; none of this id.
    ///
    /// # Errors
    /// The database does not answer, or what it holds does not read.
    pub async fn lire(&self, id: &str) -> Result<Option<Arc<Entree>>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        match journal::tete(conn, id).await? {
            Some(tete) => Ok(Some(self.entree(conn, id, &tete).await?)),
            None => Ok(None),
        }
    }

    /// Whether there is no contract at all.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn vide(&self) -> Result<bool, Erreur> {
        let mut lecteur = self.base.lire().await?;
        Ok(journal::contrats(&mut lecteur.conn(), "", 1)
            .await?
            .is_empty())
    }

    /// The lines of a contract, in order.
    ///
    /// # Errors
    /// The database does not answer, or a line is not one.
    pub async fn journal(&self, id: &str) -> Result<Option<Vec<Scellee>>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        if journal::tete(conn, id).await?.is_none() {
            return Ok(None);
        }
        let mut lignes = Vec::new();
        loop {
            let apres = lignes.last().map_or(0, |l: &Scellee| l.ordre);
            let page = journal::lignes(conn, id, apres, PAGE).await?;
            if page.is_empty() {
                return Ok(Some(lignes));
            }
            lignes.extend(page);
        }
    }
}
