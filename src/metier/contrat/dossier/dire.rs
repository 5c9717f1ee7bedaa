//! Who may say what around the contract.

use super::Dossier;
use super::ecrire::{Autour, sel_juste};
use super::refus::{CodeRefus, Refus, non_vide};
use crate::metier::contrat::echange::{Cercle, Echange};
use crate::workflow::catalogue::PartyKind;
use chrono::NaiveDate;

const DROIT: &str = "échange";

impl Dossier {
    /// Whether a party may say this, and under which right.
    pub(super) fn dicible(
        &self,
        autour: &Autour<'_>,
        echange: &Echange,
        (cercle, texte, sel): (Cercle, &str, &str),
    ) -> Result<String, Refus> {
        if !self.cle.is_empty() {
            let phrase = "Cela se dit dans le contrat, non dans une de ses procédures.";
            return Err(Refus::new(CodeRefus::Droit, phrase));
        }
        non_vide(texte, "Le texte")?;
        sel_juste(sel)?;
        let cercle = self.cercle_de(autour, echange, cercle)?;
        match echange {
            Echange::Message { fil, esms, avis } => {
                if fil.is_none()
                    && let Some(esms) = esms
                {
                    self.element(autour, Some("esms"), Some(esms))?;
                }
                for partie in avis.iter().flat_map(|a| &a.de) {
                    self.autre(autour, partie, cercle)?;
                }
                avis.as_ref().map_or(Ok(()), |a| a_venir(a.avant, autour))?;
            }
            Echange::Piece { piece, de, avant } => {
                non_vide(piece, "Le nom de la pièce")?;
                self.autre(autour, de, Cercle::Parties)?;
                a_venir(*avant, autour)?;
            }
            Echange::Decision { qui, avant, .. } => {
                if qui != autour.partie {
                    self.autre(autour, qui, cercle)?;
                }
                a_venir(*avant, autour)?;
            }
            Echange::Reunion { le } => a_venir(*le, autour)?,
            Echange::CompteRendu { .. } => {}
            Echange::Tenue { decision } => self.tenable(autour, decision)?,
        }
        Ok(DROIT.to_owned())
    }

    /// Who reads it: those who read what it answers to, or those it is meant for.
    fn cercle_de(
        &self,
        autour: &Autour<'_>,
        echange: &Echange,
        voulu: Cercle,
    ) -> Result<Cercle, Refus> {
        let autorite = self.kind(autour.partie) == PartyKind::Authority;
        // What authorities keep to themselves is, for the others, not there.
        let lisible = |c: &Cercle| *c == Cercle::Parties || autorite;
        match self.echanges.cercle(echange) {
            Some(connu) => connu.filter(lisible).ok_or_else(|| {
                let phrase = "Ce à quoi vous répondez n'existe pas dans ce contrat.";
                Refus::new(CodeRefus::Element, phrase)
            }),
            None if lisible(&voulu) => Ok(voulu),
            None => Err(Refus::new(
                CodeRefus::Reserve,
                "Seules les autorités du contrat écrivent entre elles.",
            )),
        }
    }

    /// Another party, that reads this circle.
    fn autre(&self, autour: &Autour<'_>, partie: &str, cercle: Cercle) -> Result<(), Refus> {
        let refus = |phrase: String| Err(Refus::new(CodeRefus::Element, phrase));
        if !autour.parties.iter().any(|p| p == partie) {
            return refus(format!("« {partie} » n'est pas partie ici."));
        }
        if partie == autour.partie {
            return refus("On ne se demande rien à soi-même : choisissez une autre partie.".into());
        }
        if cercle == Cercle::Autorites && self.kind(partie) != PartyKind::Authority {
            return refus(format!(
                "« {partie} » ne lit pas ce qui s'écrit entre autorités."
            ));
        }
        Ok(())
    }

    fn tenable(&self, autour: &Autour<'_>, decision: &str) -> Result<(), Refus> {
        let prise = self.echanges.decisions().get(decision);
        match prise {
            Some(prise) if prise.tenue => Err(Refus::new(
                CodeRefus::Deja,
                "Cette décision est déjà dite tenue.",
            )),
            Some(prise) if prise.qui == autour.partie => Ok(()),
            _ => Err(Refus::new(
                CodeRefus::Reserve,
                "Seul qui devait le faire dit que c'est fait.",
            )),
        }
    }
}

/// A day that is not past.
fn a_venir(date: NaiveDate, autour: &Autour<'_>) -> Result<(), Refus> {
    if date >= autour.jour {
        return Ok(());
    }
    Err(Refus::new(
        CodeRefus::Date,
        format!(
            "Le {} est passé : donnez un jour à venir, ou ce jour même.",
            date.format("%d/%m/%Y")
        ),
    ))
}
