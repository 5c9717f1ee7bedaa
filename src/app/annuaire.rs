//! Those who have accounts, as contracts see them: who may see one, and is told of it.

use super::acces::{Place, Visiteur};
use super::comptes::{Comptes, Habilite};
use super::consult::Horloge;
use super::contrat::RACINE;
use super::courriels::{Annuaire, Destinataire};
use super::execute::Entente;
use crate::regles::calendrier::civil_date;
use crate::store::Erreur;
use chrono::{DateTime, Utc};

/// The people of accounts: each is told of the contracts it may see that day.
#[derive(Clone)]
pub struct Membres {
    pub entente: Entente,
    pub comptes: Comptes,
    pub horloge: Horloge,
}

impl Annuaire for Membres {
    async fn destinataires(
        &self,
        contrat: &str,
        partie: &str,
    ) -> Result<Vec<(Destinataire, Place)>, Erreur> {
        let Some(entree) = self.entente.lire(contrat).await? else {
            return Ok(Vec::new());
        };
        let numeros = self
            .entente
            .contrat(&entree)
            .flux(RACINE)
            .and_then(|racine| {
                let organisation = racine.dossier.registre().organisation(partie)?;
                Some([organisation.siren.clone(), organisation.ej.clone()])
            });
        let Some(numeros) = numeros else {
            return Ok(Vec::new());
        };
        let maintenant = (self.horloge)();
        let jour = civil_date(maintenant);
        let numeros = numeros.map(Option::unwrap_or_default);
        let gens = self.comptes.habilites(&numeros, maintenant).await?;
        let tenu = self.entente.contrat(&entree);
        let dit = |habilite: Habilite| {
            let place = Visiteur::de(&habilite, jour).place(&tenu)?;
            let destinataire = Destinataire {
                personne: habilite.personne.id,
                nom: habilite.personne.nom,
                courriel: habilite.personne.courriel,
            };
            (place.partie == partie).then_some((destinataire, place))
        };
        Ok(gens.into_iter().filter_map(dit).collect())
    }
}

impl Comptes {
    /// What someone may see, signed in or not; none for whoever works here no longer.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn visiteur(
        &self,
        personne: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Visiteur>, Erreur> {
        let habilite = self.habilite(personne, maintenant).await?;
        Ok(habilite.map(|h| Visiteur::de(&h, civil_date(maintenant))))
    }
}
