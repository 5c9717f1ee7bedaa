//! Signing in with a password, and changing it.

use super::essais::{self, Compteur};
use super::motdepasse;
use super::refus::{Refus, RefusConnexion};
use super::{
    Acte, Comptes, Connecte, Etape, Jeton, MEMOIRE, SECURITE, SecondFacteur, courriel, jeton,
    propre,
};
use crate::metier::chaine::instant;
use crate::store::Erreur;
use crate::store::identites::personnes::{self, Personne};
use crate::store::identites::sessions::{self, Session};
use chrono::{DateTime, Utc};
use std::net::IpAddr;

/// What a browser gives to sign in. Not shown: it holds a password.
pub struct Identifiants<'a> {
    pub courriel: &'a str,
    pub mot_de_passe: &'a str,
    /// Of the browser, as the trusted front tells it.
    pub adresse: IpAddr,
    pub agent: &'a str,
    /// The token by which this browser is known ([`Comptes::reconnaitre`]).
    pub appareil: Option<&'a str>,
    /// The token of the session it had: it dies with this sign-in.
    pub ancienne: Option<&'a str>,
}

/// The beginning of an address's digest: enough to tell accounts apart in a log.
fn abrege(courriel: &str) -> String {
    jeton::empreinte(courriel).chars().take(16).collect()
}

impl Comptes {
    /// Opens a session, unless the password is wrong or too many were tried.
    ///
    /// # Errors
    /// The same refusal, after the same work, for an unknown address and a wrong password.
    pub async fn connecter(
        &self,
        demande: &Identifiants<'_>,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte), RefusConnexion> {
        let courriel = courriel(demande.courriel);
        let appareil = demande.appareil.map(jeton::empreinte);
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let personne = personnes::par_courriel(conn, &courriel).await?;
        let mut appareil_connu = None;
        if let Some(appareil) = appareil {
            let id = personne.as_ref().map_or("", |p| &p.id);
            let depuis = instant(maintenant - MEMOIRE);
            let connu = sessions::connu(conn, &appareil, id, &depuis).await?;
            appareil_connu = Some(appareil).filter(|_| connu);
        }
        drop(lecteur);
        let (compte, adresse) = (self.politique.essais_compte, self.politique.essais_adresse);
        let compteurs = match &appareil_connu {
            Some(appareil) => vec![Compteur::appareil(appareil, compte)],
            None => vec![
                Compteur::compte(&courriel, compte),
                Compteur::adresse(demande.adresse, adresse),
            ],
        };
        self.compte(compteurs, maintenant).await?;
        let connue = personne.filter(|p| p.desactivee.is_empty() && !p.mot_de_passe.is_empty());
        let hache = connue.as_ref().map(|p| p.mot_de_passe.clone());
        let juste = self.juste(demande.mot_de_passe, hache).await?;
        let Some(personne) = connue.filter(|_| juste) else {
            tracing::warn!(
                target: SECURITE,
                evenement = "connexion_refusee",
                compte = abrege(&courriel),
                adresse = %demande.adresse,
                "connexion refusée : adresse ou mot de passe"
            );
            return Err(RefusConnexion::Identifiants);
        };
        let personne = self.rafraichit(personne, demande.mot_de_passe).await?;
        let session = Session {
            id: jeton::id(),
            personne: personne.id.clone(),
            etape: self.premiere_etape(&personne).mot().to_owned(),
            cree: instant(maintenant),
            vue: instant(maintenant),
            agent: propre(demande.agent),
            adresse: demande.adresse.to_string(),
            appareil: appareil_connu.unwrap_or_default(),
            essais: 0,
            attente: String::new(),
        };
        let ancienne = demande.ancienne.map(jeton::empreinte);
        self.ouvre(session, personne, ancienne, maintenant).await
    }

    /// Hashes a password that was just given anew, when what is kept of it was made with less
    /// than is asked today.
    async fn rafraichit(
        &self,
        personne: Personne,
        mot_de_passe: &str,
    ) -> Result<Personne, RefusConnexion> {
        if !motdepasse::faible(&personne.mot_de_passe) {
            return Ok(personne);
        }
        let neuf = self.hache(mot_de_passe).await?;
        let (id, ancien) = (personne.id.clone(), personne.mot_de_passe.clone());
        let pose = neuf.clone();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let tient = personnes::tient(conn, &id, &ancien).await?;
                if tient {
                    personnes::pose_mot_de_passe(conn, &id, &pose).await?;
                }
                Ok(tient)
            })
        });
        // Changed meanwhile: the session will not open.
        let mot_de_passe = if ecrit.await? {
            neuf
        } else {
            personne.mot_de_passe
        };
        Ok(Personne {
            mot_de_passe,
            ..personne
        })
    }

    /// What is left to a person whose password is right.
    pub(super) fn premiere_etape(&self, personne: &Personne) -> Etape {
        if !personne.totp.is_empty() {
            return Etape::SecondFacteur;
        }
        match self.politique.second_facteur {
            SecondFacteur::Exige => Etape::Enrolement,
            SecondFacteur::Propose => Etape::Complete,
        }
    }

    pub(super) async fn ouvre(
        &self,
        session: Session,
        personne: Personne,
        ancienne: Option<String>,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte), RefusConnexion> {
        let jeton = Jeton::nouveau()?;
        let empreinte = jeton.empreinte();
        let adresse = session.adresse.clone();
        let soi = self.clone();
        let ouverte = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                // The password may have changed while it was checked: its change closes sessions,
                // and must not miss this one.
                if !personnes::tient(conn, &personne.id, &personne.mot_de_passe).await? {
                    return Ok(None);
                }
                if let Some(ancienne) = ancienne {
                    sessions::ferme(conn, &ancienne).await?;
                }
                sessions::ouvre(conn, &empreinte, &session).await?;
                if session.etape == Etape::Complete.mot() {
                    personnes::entre(conn, &personne.id, &session.cree).await?;
                }
                soi.connecte(conn, &session, &personne, maintenant)
                    .await
                    .map(Some)
            })
        });
        let connecte = ouverte.await?.ok_or(RefusConnexion::Identifiants)?;
        tracing::info!(
            target: SECURITE,
            evenement = "connexion",
            personne = connecte.personne.id,
            session = connecte.session,
            etape = connecte.etape.mot(),
            adresse,
            "connexion"
        );
        Ok((jeton, connecte))
    }

    /// Notes one evaluation, or refuses it.
    pub(super) async fn compte(
        &self,
        compteurs: Vec<Compteur>,
        maintenant: DateTime<Utc>,
    ) -> Result<(), RefusConnexion> {
        let refuses: Vec<String> = compteurs.iter().map(Compteur::abrege).collect();
        let mut lecteur = self.base.lire().await?;
        let mut jusqu_a = essais::pleins(&mut lecteur.conn(), &compteurs, maintenant).await?;
        drop(lecteur);
        if jusqu_a.is_none() {
            let pris = self.base.ecrire(move |mut conn| {
                Box::pin(async move { essais::prend(&mut conn, compteurs, maintenant).await })
            });
            jusqu_a = pris.await?;
        }
        match jusqu_a {
            None => Ok(()),
            Some(jusqu_a) => {
                let compteurs: Vec<&str> = refuses.iter().map(String::as_str).collect();
                tracing::warn!(
                    target: SECURITE,
                    evenement = "trop_d_essais",
                    compteurs = compteurs.join(" "),
                    "connexion refusée : trop d'essais"
                );
                Err(RefusConnexion::Trop { jusqu_a })
            }
        }
    }

    /// Replaces a password by another. The session takes a new token; the person's others close.
    ///
    /// # Errors
    /// The present password is wrong, or the new one is not taken.
    pub async fn changer_mot_de_passe(
        &self,
        jeton: &str,
        ancien: &str,
        nouveau: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte), Refus> {
        let empreinte = jeton::empreinte(jeton);
        let (_, personne) = self.complete(&empreinte, maintenant).await?;
        self.politique
            .accepte(nouveau, &personne.nom, &personne.courriel)?;
        let max = self.politique.essais_compte;
        let compteur = Compteur::compte(&personne.courriel, max);
        self.compte(vec![compteur], maintenant).await?;
        let garde = Some(personne.mot_de_passe.clone()).filter(|h| !h.is_empty());
        if !self.juste(ancien, garde).await? {
            return Err(RefusConnexion::Identifiants.into());
        }
        let hache = self.hache(nouveau).await?;
        let neuf = Jeton::nouveau()?;
        let nouvelle = neuf.empreinte();
        let soi = self.clone();
        let change = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !personnes::tient(conn, &personne.id, &personne.mot_de_passe).await? {
                    return Ok(None);
                }
                let acte = Acte {
                    quoi: "mot_de_passe",
                    personne: &personne.id,
                    organisation: "",
                    objet: "",
                };
                personnes::pose_mot_de_passe(conn, &personne.id, &hache).await?;
                acte.inscrit(conn, &personne.id, maintenant).await?;
                soi.tourne(conn, [&empreinte, &nouvelle], true, maintenant)
                    .await
            })
        });
        let connecte: Result<Option<Connecte>, Erreur> = change.await;
        let connecte = connecte?.ok_or(RefusConnexion::Session)?;
        Ok((neuf, connecte))
    }
}
