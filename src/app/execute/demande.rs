//! A request is answered once.

use super::{Echec, Entree, Ordre, Recu};
use crate::app::contrat::Refus;
use crate::store::journal::{Cle, Repondue};
use crate::workflow::machine::digest::Digest;
use std::sync::Arc;

/// A request of a person: who, its id, and the digest of what is asked.
#[derive(Debug)]
pub(super) struct Demandee {
    auteur: String,
    id: String,
    contenu: String,
}

impl Demandee {
    pub(super) fn de(ordre: &Ordre) -> Result<Option<Self>, Refus> {
        let (id, acteur, contenu) = match ordre {
            Ordre::Ouvrir { .. } | Ordre::Avancer => return Ok(None),
            Ordre::Reprendre {
                reprise,
                acteur,
                id,
            } => (id.as_str(), Some(acteur), serde_json::to_vec(reprise)),
            // The first of what is written stands for all of it.
            Ordre::Creer {
                workflow,
                premieres,
            } => {
                let Some(premiere) = premieres.first() else {
                    return Ok(None);
                };
                let contenu = serde_json::to_vec(&(workflow, premieres));
                (premiere.id()?, premiere.acteur(), contenu)
            }
            Ordre::Agir(commande) => {
                let contenu = serde_json::to_vec(commande);
                (commande.id()?, commande.acteur(), contenu)
            }
        };
        let contenu =
            contenu.map_err(|e| Refus::Journal(format!("Cette demande ne s'écrit pas ({e}).")))?;
        Ok(Some(Self {
            auteur: acteur.map_or(String::new(), |a| format!("{}/{}", a.party, a.person)),
            id: id.to_owned(),
            contenu: Digest::of(&contenu).to_string(),
        }))
    }

    /// The same answer again; or a refusal, when the id hides another request.
    pub(super) fn encore(&self, repondue: &Repondue, entree: Arc<Entree>) -> Result<Recu, Echec> {
        if repondue.contenu != self.contenu {
            return Err(Echec::AutreContenu(self.id.clone()));
        }
        Ok(Recu {
            lignes: Vec::new(),
            premiere: repondue.premiere,
            derniere: repondue.derniere,
            entree,
            deja: true,
        })
    }

    /// What names it among those of all contracts.
    pub(super) fn cle(&self, contrat: &str) -> Cle {
        [contrat.to_owned(), self.auteur.clone(), self.id.clone()]
    }

    /// What is kept of its answer.
    pub(super) fn reponse(&self, premiere: u64, derniere: u64) -> Repondue {
        Repondue {
            contenu: self.contenu.clone(),
            premiere,
            derniere,
        }
    }
}
