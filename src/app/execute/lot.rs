//! The acts of one transaction: every head locked, then each act decided in turn, then all of it
//! written.

use super::ecrire::{Ecrit, Tenu};
use super::guichet::{Attendu, Issue};
use super::{Echec, Entente, Entree, Ordre};
use crate::app::contrat::Contrat;
use crate::store::faute::{Point, passe};
use crate::store::feuille::Feuille;
use crate::store::journal::{self, Cle, Repondue, Tete};
use crate::store::{Conn, Erreur, avis};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Entente {
    /// Decides and writes, inside a transaction. Answers the issue of each, in order, and where
    /// their contracts then stand.
    pub(super) async fn lot(
        &self,
        conn: &mut Conn<'_>,
        attendus: &[Arc<Attendu>],
    ) -> Result<(Vec<Issue>, Vec<(String, Arc<Entree>)>), Erreur> {
        let ids: BTreeSet<&str> = attendus.iter().map(|a| a.contrat.as_str()).collect();
        let mut tetes = journal::verrouille(conn, &ids).await?;
        passe(Point::ApresVerrou);
        let cles = attendus.iter().filter_map(|a| a.cle()).collect();
        let mut repondues = journal::demandes(conn, &cles).await?;
        let mut tenus = BTreeMap::new();
        for id in ids {
            let tete = tetes.remove(id);
            tenus.insert(id, self.tient(conn, id, tete).await?);
        }
        passe(Point::ApresChargement);
        let mut feuille = Feuille::default();
        let mut issues = Vec::with_capacity(attendus.len());
        for attendu in attendus {
            let Some(tenu) = tenus.get_mut(attendu.contrat.as_str()) else {
                return Err(Erreur::Conflit);
            };
            issues.push(self.un(attendu, tenu, &mut repondues, &mut feuille)?);
        }
        feuille.pose(conn).await?;
        let entrees = tenus.into_iter();
        let entrees = entrees.map(|(id, tenu)| (id.to_owned(), tenu.entree));
        Ok((issues, entrees.collect()))
    }

    async fn tient(
        &self,
        conn: &mut Conn<'_>,
        id: &str,
        tete: Option<Tete>,
    ) -> Result<Tenu, Erreur> {
        let entree = match &tete {
            Some(tete) => self.entree(conn, id, tete).await?,
            None => Arc::default(),
        };
        let possibles = if tete.is_some() && !entree.projetee {
            Some(avis::possibles(conn, id).await?.into_iter().collect())
        } else {
            None
        };
        Ok(Tenu {
            tete,
            entree,
            possibles,
        })
    }

    /// One act, decided on where its contract now stands.
    pub(super) fn un(
        &self,
        attendu: &Attendu,
        tenu: &mut Tenu,
        repondues: &mut BTreeMap<Cle, Repondue>,
        feuille: &mut Feuille,
    ) -> Result<Issue, Erreur> {
        let nait = matches!(
            attendu.ordre,
            Ordre::Ouvrir { .. } | Ordre::Creer { .. } | Ordre::Reprendre { .. }
        );
        if tenu.tete.is_none() && !nait {
            return Ok(Err(Echec::Inconnu(attendu.contrat.clone())));
        }
        let cle = attendu.cle();
        if let Some((cle, demandee)) = cle.as_ref().zip(attendu.demandee.as_ref())
            && let Some(repondue) = repondues.get(cle)
        {
            return Ok(demandee.encore(repondue, Arc::clone(&tenu.entree)));
        }
        let maintenant = recale(attendu.maintenant, tenu.tete.as_ref());
        let mut contrat = Contrat::reprendre(&self.machines, tenu.entree.etat.clone());
        let fait = match &attendu.ordre {
            Ordre::Ouvrir { workflow } => contrat.naitre(workflow, maintenant),
            Ordre::Creer {
                workflow,
                premieres,
            } => contrat.naitre_avec(workflow, premieres, maintenant),
            Ordre::Reprendre {
                reprise,
                acteur,
                id,
            } => contrat.naitre_repris(reprise, acteur, id, maintenant),
            Ordre::Agir(commande) => contrat.agir(commande, maintenant),
            Ordre::Avancer => contrat.avancer(maintenant),
        };
        let ecrit = Ecrit {
            id: &attendu.contrat,
            maintenant,
            feuille,
        };
        let recu = ecrit.acte(tenu, contrat)?;
        if fait.is_ok()
            && let Some((cle, demandee)) = cle.zip(attendu.demandee.as_ref())
        {
            let reponse = demandee.reponse(recu.premiere, recu.derniere);
            feuille.repond(&cle, &reponse);
            repondues.insert(cle, reponse);
        }
        Ok(fait.map(|()| recu).map_err(Echec::Refus))
    }
}

/// How far the clocks of two nodes may stand apart, the wait for a lock included.
const ECART: TimeDelta = TimeDelta::seconds(30);

/// A request that waited for the lock behind a later one, or comes from a node whose clock is a
/// little late, is of the moment of the last line: only a clock truly set back is refused.
fn recale(maintenant: DateTime<Utc>, tete: Option<&Tete>) -> DateTime<Utc> {
    let dernier = tete.and_then(|t| t.instant.parse::<DateTime<Utc>>().ok());
    match dernier {
        Some(dernier) if dernier > maintenant && dernier - maintenant <= ECART => dernier,
        _ => maintenant,
    }
}
