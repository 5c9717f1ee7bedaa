//! What pages give away: the tables of what someone sees there, and nothing more.

use super::formes::TABLEAUX;
use super::{Refus, Regard, Tableau, tableau};
use crate::app::acces::Visiteur;
use crate::app::consult::Consultation;
use crate::app::vues::{Fenetre, Filtre};
use crate::echanges::tableaux::{Forme, LIGNES_MAX};
use crate::store::{Erreur, portefeuille};
use std::collections::BTreeMap;

/// The one that shows of each contract what its row in the list does.
const LISTE: &str = "contrats";

/// The tables that someone may take of a list of contracts. Those who see some establishments only
/// get what the list shows them: the other tables tell of whole contracts.
pub fn de_la_liste(qui: &Visiteur) -> Vec<Forme> {
    let limite = qui.titres.iter().any(|t| t.esms.is_some());
    let formes = TABLEAUX.iter().map(|plan| plan.forme);
    formes.filter(|f| !limite || f.nom == LISTE).collect()
}

/// The tables of one contract.
pub fn du_contrat() -> Vec<Forme> {
    let formes = TABLEAUX.iter().map(|plan| plan.forme);
    formes.filter(|f| f.nom != LISTE).collect()
}

impl Consultation {
    /// A table of the contracts that a filter keeps, of those that someone sees.
    ///
    /// # Errors
    /// A [`Refus`], told in French.
    pub async fn tableau(
        &self,
        qui: &Visiteur,
        filtre: &Filtre,
        nom: &str,
    ) -> Result<Tableau, Refus> {
        if !de_la_liste(qui).iter().any(|f| f.nom == nom) {
            return Err(Refus::Inconnu(nom.to_owned()));
        }
        let choix = self.choix(qui, filtre);
        let limite = u64::try_from(LIGNES_MAX).unwrap_or(u64::MAX);
        let mut lecteur = self.entente.base.lire().await?;
        let vus = portefeuille::contrats(&mut lecteur.conn(), &choix, limite).await?;
        drop(lecteur);
        let regard = Regard::Parmi(vus.into_iter().collect());
        tableau(&self.entente, nom, &regard, None, self.maintenant()).await
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
        let lu = self.contrat(qui, id, &Fenetre::default()).await;
        let lu = lu.map_err(|e| Refus::Base(Erreur::Indisponible(e.0)))?;
        let place = lu.map(|lu| lu.place).filter(|place| place.esms.is_none());
        let Some(place) = place.filter(|_| nom != LISTE) else {
            return Err(Refus::Absent(id.to_owned()));
        };
        let regard = Regard::Parmi(BTreeMap::from([(id.to_owned(), place.partie)]));
        tableau(&self.entente, nom, &regard, Some(id), self.maintenant()).await
    }
}
