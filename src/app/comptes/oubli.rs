//! A forgotten password: a link by e-mail, good once and for half an hour.
//!
//! Whoever asks learns nothing: an address that has an account and one that has none get the same
//! answer, after the same work. The link changes the password and nothing else: the second factor
//! is asked as before, and someone who signs in elsewhere only is sent none.

use super::essais::Compteur;
use super::refus::{Refus, RefusConnexion};
use super::{Acte, Comptes, Jeton, Personne, courriel, jeton};
use crate::app::courriels::{Bureau, Destinataire, Personne as SansAnnuaire};
use crate::metier::chaine::instant;
use crate::store::courriels::{self, Courriel};
use crate::store::identites::{oublis, personnes, sessions};
use chrono::{DateTime, TimeDelta, Utc};
use std::net::IpAddr;
use std::sync::Arc;

/// How long a link is good.
pub(super) const VALIDITE: TimeDelta = TimeDelta::minutes(30);
/// Links asked in a quarter of an hour for one address, and from one place of the network.
const PAR_COMPTE: usize = 3;
const PAR_ADRESSE: usize = 20;
/// The page of a link, under the address of the site.
const PAGE: &str = "/mot-de-passe?jeton=";

/// What writes to people, in the name of the site.
pub(super) struct Plume {
    bureau: Bureau<SansAnnuaire>,
    site: String,
}

impl std::fmt::Debug for Plume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plume({})", self.site)
    }
}

impl Comptes {
    /// The same accounts, whose people may be written to. `site`: where links lead.
    ///
    /// # Errors
    /// A template that cannot be read.
    pub fn avec_courriels(self, site: &str) -> Result<Self, String> {
        let plume = Plume {
            bureau: Bureau::nouveau(SansAnnuaire, site)?,
            site: site.to_owned(),
        };
        Ok(Self {
            plume: Some(Arc::new(plume)),
            ..self
        })
    }

    /// Whether a forgotten password can be set anew by e-mail.
    pub fn ecrit_aux_gens(&self) -> bool {
        self.plume.is_some()
    }

    /// Sends a link to whoever has this address and a password here.
    ///
    /// # Errors
    /// Too many links were asked, or the database does not take it; nothing is said of the
    /// address.
    pub async fn oublier(
        &self,
        saisi: &str,
        adresse: IpAddr,
        maintenant: DateTime<Utc>,
    ) -> Result<(), RefusConnexion> {
        let Some(plume) = &self.plume else {
            return Ok(());
        };
        let saisi = courriel(saisi);
        let compteurs = [
            Compteur::compte(&saisi, PAR_COMPTE),
            Compteur::adresse(adresse, PAR_ADRESSE),
        ];
        let compteurs = compteurs.iter().map(|c| Compteur::demande("oubli", c));
        self.compte(compteurs.collect(), maintenant).await?;
        let mut lecteur = self.base.lire().await?;
        let trouvee = personnes::par_courriel(&mut lecteur.conn(), &saisi).await?;
        drop(lecteur);
        let connue = trouvee.filter(|p| p.desactivee.is_empty() && !p.mot_de_passe.is_empty());
        let neuf = Jeton::nouveau()?;
        let message = plume.ecrit(connue.as_ref(), &neuf, maintenant)?;
        let (empreinte, quand) = (neuf.empreinte(), instant(maintenant));
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                // The link of nobody is written too: it costs what another does, and opens nothing.
                oublis::ecrit(conn, &empreinte, &message.personne, &quand).await?;
                if !message.personne.is_empty() {
                    courriels::depose(conn, &message).await?;
                }
                Ok(())
            })
        });
        ecrit.await?;
        Ok(())
    }

    /// Whose password a link changes, as long as it is good.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn oublieux(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Personne>, RefusConnexion> {
        let lue = self
            .de_ce_lien(&jeton::empreinte(jeton), maintenant)
            .await?;
        Ok(lue.as_ref().map(Personne::lue))
    }

    async fn de_ce_lien(
        &self,
        empreinte: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<personnes::Personne>, RefusConnexion> {
        let depuis = instant(maintenant - VALIDITE);
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let Some(id) = oublis::lu(conn, empreinte, &depuis).await? else {
            return Ok(None);
        };
        let personne = personnes::par_id(conn, &id).await?;
        Ok(personne.filter(|p| p.desactivee.is_empty()))
    }

    /// Sets another password by a link, which it spends; the sessions of the person close, and
    /// their browsers are no longer known.
    ///
    /// # Errors
    /// The link is no longer good, or the password is not taken: the link is then still good.
    pub async fn reprendre(
        &self,
        jeton: &str,
        nouveau: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let empreinte = jeton::empreinte(jeton);
        let personne = self.de_ce_lien(&empreinte, maintenant).await?;
        let personne = personne.ok_or(Refus::Lien)?;
        self.politique
            .accepte(nouveau, &personne.nom, &personne.courriel)?;
        let hache = self.hache(nouveau).await?;
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !oublis::depense(conn, &empreinte).await? {
                    return Ok(Err(Refus::Lien));
                }
                let acte = Acte {
                    quoi: "mot_de_passe_oublie",
                    personne: &personne.id,
                    organisation: "",
                    objet: "",
                };
                personnes::pose_mot_de_passe(conn, &personne.id, &hache).await?;
                sessions::revoque_autres(conn, &personne.id, "").await?;
                sessions::meconnait(conn, &personne.id).await?;
                acte.inscrit(conn, &personne.id, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }
}

impl Plume {
    /// The message that bears a link; to nobody, when there is nobody.
    fn ecrit(
        &self,
        pour: Option<&personnes::Personne>,
        lien: &Jeton,
        maintenant: DateTime<Utc>,
    ) -> Result<Courriel, RefusConnexion> {
        let dite = |lu: fn(&personnes::Personne) -> &String| pour.map_or("", |p| lu(p)).to_owned();
        let pour = Destinataire {
            personne: dite(|p| &p.id),
            nom: dite(|p| &p.nom),
            courriel: dite(|p| &p.courriel),
        };
        let lien = format!("{}{PAGE}{}", self.site, lien.as_str());
        let message = self.bureau.oubli(&pour, &lien, VALIDITE.num_minutes());
        let message = message.map_err(crate::store::Erreur::Abime)?;
        Ok(message.pour(pour, jeton::id(), &instant(maintenant)))
    }
}
