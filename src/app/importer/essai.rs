//! Tried first in memory, to the last writing: a contract enters whole, or not at all, and what
//! would be refused once the parties have confirmed is told before they do.

use super::Import;
use super::ecart::{Ecart, Etape, Stade, ecart};
use crate::app::contrat::{Commande, Contrat, Demande, Machines, RACINE, REPRIS, Refus, acteur};
use crate::app::execute::Ordre;
use crate::echanges::contrats::{ContratLu, Refuse};
use crate::metier::contrat::perimetre::GESTIONNAIRE;
use crate::workflow::definition::model::Role;
use crate::workflow::machine::Command;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// # Errors
/// The first writing that would be refused.
pub fn essaie(
    machines: &Arc<Machines<'static>>,
    lu: &ContratLu,
    import: &Import,
    contrat: Option<&Contrat<'_>>,
    prevu: &Ecart,
    maintenant: DateTime<Utc>,
) -> Result<(), Vec<Refuse>> {
    let deja = contrat.filter(|_| prevu.stade != Stade::Perimetre);
    let etat = deja.map(|c| c.etat().clone()).unwrap_or_default();
    let mut essai = Essai {
        contrat: Contrat::reprendre(machines, etat),
        lu,
        maintenant,
    };
    if prevu.stade != Stade::Perimetre {
        return essai.joue(&prevu.etapes);
    }
    essai.joue(&ecart(lu, import, None)?.etapes)?;
    essai.confirme()?;
    let suite = ecart(lu, import, Some(&essai.contrat))?;
    essai.joue(&suite.etapes)
}

struct Essai<'l> {
    contrat: Contrat<'static>,
    lu: &'l ContratLu,
    maintenant: DateTime<Utc>,
}

impl Essai<'_> {
    fn joue(&mut self, etapes: &[Etape]) -> Result<(), Vec<Refuse>> {
        for etape in etapes {
            let fait = match &etape.ordre {
                Ordre::Reprendre {
                    reprise,
                    acteur,
                    id,
                } => {
                    let contrat = &mut self.contrat;
                    contrat.naitre_repris(reprise, acteur, id, self.maintenant)
                }
                Ordre::Agir(commande) => self.contrat.agir(commande, self.maintenant),
                Ordre::Ouvrir { .. } | Ordre::Creer { .. } | Ordre::Avancer => Ok(()),
            };
            fait.map_err(|refus| vec![self.lu.refuse(etape.lieu.clone(), refus.to_string())])?;
        }
        Ok(())
    }

    /// As each party will, on the same document.
    fn confirme(&mut self) -> Result<(), Vec<Refuse>> {
        let lieu = &self.lu.lieux.reference;
        let refuse = |refus: Refus| vec![self.lu.refuse(lieu.clone(), refus.to_string())];
        self.une(GESTIONNAIRE).map_err(refuse)?;
        let flux = self.contrat.flux(RACINE);
        let parties = flux.map(|f| f.configuration.parties.clone());
        for partie in parties.unwrap_or_default() {
            if partie != GESTIONNAIRE {
                self.une(&partie).map_err(refuse)?;
            }
        }
        Ok(())
    }

    fn une(&mut self, partie: &str) -> Result<(), Refus> {
        let confirme = Command::OpenAt {
            actor: acteur(partie, "essai", Role::Signature),
            state: REPRIS.to_owned(),
            document: self.lu.document,
            effective: self.lu.signe_le,
            id: format!("essai-{partie}"),
        };
        let commande = Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Acte(confirme),
        };
        self.contrat.agir(&commande, self.maintenant)
    }
}
