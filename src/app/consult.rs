//! Reads for pages: the list from its rows, a contract from its state and its newest lines.

use super::execute::{Entente, Entree};
use super::vues::{
    CONTRATS_PAR_PAGE, ContratLu, Fenetre, Filtre, Indisponible, Lecture, LigneLue, Portefeuille,
    ResumeContrat, identite,
};
use crate::metier::chaine::Scellee;
use crate::regles::calendrier::civil_date;
use crate::store::Erreur;
use crate::store::journal::{self, Regard};
use crate::store::projections::{self, Choix};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What pages read.
#[derive(Debug, Clone)]
pub struct Consultation {
    pub entente: Entente,
    /// The clock of this program.
    pub horloge: fn() -> DateTime<Utc>,
}

impl Lecture for Consultation {
    async fn contrats(&self, filtre: &Filtre) -> Result<Portefeuille, Indisponible> {
        Ok(self.portefeuille(filtre).await?)
    }

    async fn contrat(
        &self,
        id: &str,
        fenetre: &Fenetre,
    ) -> Result<Option<ContratLu>, Indisponible> {
        Ok(self.lu(id, fenetre).await?)
    }

    async fn pret(&self) -> Result<(), Indisponible> {
        self.entente.vide().await?;
        Ok(())
    }

    fn maintenant(&self) -> DateTime<Utc> {
        (self.horloge)()
    }
}

impl Consultation {
    async fn portefeuille(&self, filtre: &Filtre) -> Result<Portefeuille, Erreur> {
        let choix = Choix {
            texte: filtre.texte.trim().to_lowercase(),
            phase: filtre.phase.clone(),
        };
        let saut = (filtre.page.max(1) - 1).saturating_mul(CONTRATS_PAR_PAGE);
        let jour = civil_date(self.maintenant()).to_string();
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let lus = projections::resumes(conn, &choix, CONTRATS_PAR_PAGE, saut).await?;
        let comptes = projections::comptes(conn, &choix, &jour).await?;
        Ok(Portefeuille {
            contrats: lus
                .iter()
                .map(|lu| resume_lu(lu))
                .collect::<Result<_, _>>()?,
            trouves: comptes.trouves,
            total: comptes.total,
            retards: comptes.retards,
        })
    }

    async fn lu(&self, id: &str, fenetre: &Fenetre) -> Result<Option<ContratLu>, Erreur> {
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let Some(tete) = journal::tete(conn, id).await? else {
            return Ok(None);
        };
        let entree: Arc<Entree> = self.entente.entree(conn, id, &tete).await?;
        let contrat = self.entente.contrat(&entree);
        let Fenetre { nombre, apres, .. } = *fenetre;
        // No account yet: whoever reads is none of the parties.
        let regard = Regard {
            contrat: id,
            flux: fenetre.flux.as_deref().unwrap_or_default(),
            partie: "",
        };
        let lignes = journal::dernieres(conn, regard, nombre, apres).await?;
        let total = journal::visibles(conn, regard).await?;
        Ok(Some(ContratLu {
            identite: identite(id, &contrat, self.maintenant()),
            resume: entree.resume.clone(),
            lignes: lignes.iter().map(lue).collect::<Result<_, _>>()?,
            total,
            contrat,
        }))
    }
}

pub(super) fn resume_lu(texte: &str) -> Result<ResumeContrat, Erreur> {
    serde_json::from_str(texte)
        .map_err(|e| Erreur::Abime(format!("une ligne de la liste ne se lit pas ({e})")))
}

fn lue(scellee: &Scellee) -> Result<LigneLue, Erreur> {
    let ligne = scellee.ligne().map_err(Erreur::Abime)?;
    Ok(LigneLue {
        ordre: scellee.ordre,
        flux: ligne.flux,
        rang: ligne.rang,
        empreinte: scellee.empreinte.to_string(),
        evenement: ligne.evenement,
    })
}

impl From<Erreur> for Indisponible {
    fn from(erreur: Erreur) -> Self {
        Self(erreur.to_string())
    }
}
