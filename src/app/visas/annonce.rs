//! Tells those of the rank that is waited for, by e-mail, when they chose to be told at once. Once
//! for each rank of what is prepared: asked again, it is the same message.

use super::attendu;
use super::garde::{EtatPrepare, Prepare};
use crate::app::acces::Visiteur;
use crate::app::comptes::{Circuit, Comptes, Habilite};
use crate::app::consult::{Consultation, Indisponible};
use crate::app::courriels::{Destinataire, Mode, Rubrique, viser::Attendu};
use crate::app::vues::adresse;
use crate::metier::chaine::instant;
use crate::regles::calendrier::civil_date;
use crate::store::{Erreur, courriels};
use crate::workflow::machine::digest::Digest;

impl Consultation {
    /// Writes to those whose visa is awaited, and who see what is prepared.
    ///
    /// # Errors
    /// The database does not answer, or a message cannot be written.
    pub async fn annoncer(&self, comptes: &Comptes, id: &str) -> Result<(), Indisponible> {
        if !comptes.ecrit_aux_gens() {
            return Ok(());
        }
        let Some((prepare, Some(circuit))) = self.prepare_connu(id).await? else {
            return Ok(());
        };
        let rang = circuit.rangs.get(attendu(&circuit, &prepare.visas));
        if prepare.etat != EtatPrepare::EnCours {
            return Ok(());
        }
        for personne in rang.iter().flat_map(|r| &r.personnes) {
            let habilite = comptes.habilite(personne, self.maintenant()).await?;
            if let Some(habilite) = habilite {
                self.ecrit_a(comptes.site(), &habilite, (&prepare, &circuit))
                    .await?;
            }
        }
        Ok(())
    }

    async fn ecrit_a(
        &self,
        site: &str,
        habilite: &Habilite,
        (prepare, circuit): (&Prepare, &Circuit),
    ) -> Result<(), Indisponible> {
        let maintenant = self.maintenant();
        let personne = &habilite.personne;
        let preferences = self.entente.preferences(&personne.id).await?;
        if preferences.get(&Rubrique::AVous) != Some(&Mode::Immediat) {
            return Ok(());
        }
        let qui = Visiteur::de(habilite, civil_date(maintenant));
        let mut lecteur = self.entente.base.lire().await?;
        let lu = self
            .tenu(&mut lecteur.conn(), &qui, &prepare.contrat)
            .await?;
        drop(lecteur);
        let vu = lu.filter(|lu| prepare.visible(&lu.place, &personne.id));
        let (Some(lu), rang) = (vu, circuit.rangs.get(attendu(circuit, &prepare.visas))) else {
            return Ok(());
        };
        let avis = Attendu {
            nom: &personne.nom,
            rang: rang.map_or("", |r| r.titre.as_str()),
            titre: &prepare.contenu.lisible.titre,
            contrat: &lu.identite.titre,
            page: &format!("{}/visas/{}", adresse(&prepare.contrat), prepare.id),
        };
        let message = avis.ecrit(site).map_err(Erreur::Abime)?;
        let pour = Destinataire {
            personne: personne.id.clone(),
            nom: personne.nom.clone(),
            courriel: personne.courriel.clone(),
        };
        let cle = format!(
            "visa {} {} {}",
            prepare.id,
            prepare.visas.len(),
            personne.id
        );
        let cle = Digest::of(cle.as_bytes()).to_string();
        let courriel = message.pour(pour, cle, &instant(maintenant));
        let depose = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move { courriels::depose(&mut conn, &courriel).await })
        });
        depose.await?;
        Ok(())
    }
}
