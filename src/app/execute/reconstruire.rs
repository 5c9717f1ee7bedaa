//! Writes again, from the lines, all that is computed from them.

use super::{Echec, Entente, projeter};
use crate::app::contrat::Contrat;
use crate::metier::chaine::{Scellee, Tetes, instant};
use crate::metier::evenement::Ligne;
use crate::regles::calendrier::civil_date;
use crate::store::feuille::Feuille;
use crate::store::journal::{self, Tete};
use crate::store::{Conn, Erreur};

/// Contracts looked for, and lines read, at once.
const PAGE: u64 = 500;

impl Entente {
    /// Rebuilds the heads and the rows of lists of every contract, each in its own transaction,
    /// while acts go on. Answers how many contracts. The last look of the clock stays when its row
    /// is there; else it is the day of the last line.
    ///
    /// # Errors
    /// The database does not answer, or a line does not read.
    pub async fn reconstruire(&self) -> Result<u64, Echec> {
        let mut faits = 0;
        let mut dernier = String::new();
        loop {
            let mut lecteur = self.base.lire().await?;
            let contrats = journal::inscrits(&mut lecteur.conn(), &dernier, PAGE).await?;
            drop(lecteur);
            let Some(suivant) = contrats.last() else {
                return Ok(faits);
            };
            dernier.clone_from(suivant);
            for id in contrats {
                let soi = self.clone();
                let acte = self.base.ecrire(move |mut conn| {
                    Box::pin(async move { soi.reconstruit(&mut conn, &id).await })
                });
                acte.await?;
                faits += 1;
            }
        }
    }

    /// The same in one transaction, which nobody else is in.
    ///
    /// # Errors
    /// As [`Self::reconstruire`].
    pub(in crate::app) async fn refaire(&self, conn: &mut Conn<'_>) -> Result<(), Erreur> {
        let mut dernier = String::new();
        loop {
            let contrats = journal::inscrits(conn, &dernier, PAGE).await?;
            let Some(suivant) = contrats.last() else {
                return Ok(());
            };
            dernier.clone_from(suivant);
            for id in contrats {
                self.reconstruit(conn, &id).await?;
            }
        }
    }

    async fn reconstruit(&self, conn: &mut Conn<'_>, id: &str) -> Result<(), Erreur> {
        let gardee = journal::verrouille(conn, &[id].into()).await?.remove(id);
        let lignes = toutes(conn, id).await?;
        let Some(derniere) = lignes.last() else {
            return Ok(());
        };
        let vu = gardee.as_ref().map(|gardee| gardee.vu.clone());
        let tete = Tete {
            ordre: derniere.ordre,
            empreinte: derniere.empreinte.to_string(),
            instant: instant(derniere.enregistre),
            vu: vu.unwrap_or_else(|| civil_date(derniere.enregistre).to_string()),
        };
        let contrat = self.relu(conn, id, &lignes).await?;
        let (projection, _) = projeter(id, &contrat, None, derniere.enregistre);
        let mut feuille = Feuille::default();
        feuille.listes(id, None, &projection);
        feuille.oublie_flux(id);
        let tetes = lignes
            .iter()
            .map(|l| (l.flux.clone(), (l.rang, l.empreinte)));
        for (nom, atteinte) in tetes.collect::<Tetes>() {
            let workflow = contrat.flux(&nom).map_or("", |f| &f.dossier.workflow);
            feuille.flux(id, &nom, workflow, atteinte);
        }
        feuille.contrat(id, &tete, &projection);
        feuille.pose(conn).await?;
        // What was kept of it was read with its former row.
        self.cache.oublie(id);
        Ok(())
    }

    async fn relu(
        &self,
        conn: &mut Conn<'_>,
        id: &str,
        scellees: &[Scellee],
    ) -> Result<Contrat<'static>, Erreur> {
        let illisible = |quoi: String| Erreur::Abime(format!("le contrat « {id} » : {quoi}"));
        let lignes: Result<Vec<Ligne>, String> = scellees.iter().map(Scellee::ligne).collect();
        let contrat = Contrat::replier(&self.machines, &lignes.map_err(illisible)?);
        let mut contrat = contrat.map_err(|refus| illisible(refus.to_string()))?;
        for texte in journal::textes(conn, id).await? {
            contrat.rend_texte(&texte);
        }
        Ok(contrat)
    }
}

/// Every line of a contract.
async fn toutes(conn: &mut Conn<'_>, id: &str) -> Result<Vec<Scellee>, Erreur> {
    let mut lignes: Vec<Scellee> = Vec::new();
    loop {
        let apres = lignes.last().map_or(0, |l| l.ordre);
        let page = journal::lignes(conn, id, apres, PAGE).await?;
        if page.is_empty() {
            return Ok(lignes);
        }
        lignes.extend(page);
    }
}
