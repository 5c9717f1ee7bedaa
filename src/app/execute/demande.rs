//! A request is answered once.

use super::{Echec, Entree, Ordre, Recu};
use crate::app::contrat::Refus;
use crate::store::journal::{self, Repondue};
use crate::store::{Conn, Erreur};
use crate::workflow::machine::digest::Digest;
use std::sync::Arc;

/// A request of a person: who, its id, and the digest of what is asked.
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

    pub(super) async fn repondue(
        &self,
        conn: &mut Conn<'_>,
        contrat: &str,
    ) -> Result<Option<Repondue>, Erreur> {
        journal::demande(conn, contrat, &self.auteur, &self.id).await
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

    pub(super) async fn repond(
        &self,
        conn: &mut Conn<'_>,
        contrat: &str,
        premiere: u64,
        derniere: u64,
    ) -> Result<(), Erreur> {
        let reponse = Repondue {
            contenu: self.contenu.clone(),
            premiere,
            derniere,
        };
        journal::repond(conn, contrat, &self.auteur, &self.id, &reponse).await
    }
}
