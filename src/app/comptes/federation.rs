//! Signing in at a provider of identities. It says who came; what they may do is said here, by
//! those who invite: an identity that nobody expects opens nothing.
//!
//! What someone brings back serves once, in the browser that left: a state and a nonce that cannot
//! be guessed, PKCE, and a cookie whose digest is kept (RFC 9700 § 4.5, 4.7).

use super::administration::inscrit;
use super::essais::Compteur;
use super::invitation::recoit;
use super::motdepasse::a_l_ecart;
use super::refus::{RefusConnexion, RefusFederation};
use super::session::FEDEREE;
use super::{Acte, Comptes, Connecte, Jeton, courriel_valide, jeton, nom_valide, propre};
use crate::app::federation::{Echec, Fournisseur, Identite};
use crate::metier::chaine::instant;
use crate::store::identites::federation::{self as departs, Depart};
use crate::store::identites::invitations::{self, Invitation};
use crate::store::identites::personnes::{self, Personne};
use crate::store::identites::sessions::Session;
use crate::store::{Conn, Erreur};
use chrono::{DateTime, TimeDelta, Utc};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How long someone may take at the provider.
pub(super) const ABSENCE: TimeDelta = TimeDelta::minutes(10);
/// People whom the provider is asked about at once.
const ENSEMBLE: usize = 8;

/// A provider, and how many may ask it at once.
#[derive(Debug)]
pub(super) struct Guichet {
    fournisseur: Arc<Fournisseur>,
    places: Arc<Semaphore>,
}

/// Where to send someone, and what their browser must bring back.
pub struct Partie {
    pub vers: String,
    pub navigateur: Jeton,
}

/// What a browser brings back. Not shown: it holds a code.
pub struct Retour<'a> {
    pub etat: &'a str,
    pub code: &'a str,
    /// How the provider names itself (RFC 9207).
    pub emetteur: Option<&'a str>,
    /// What the provider says when it did not do it.
    pub erreur: Option<&'a str>,
    pub navigateur: Option<&'a str>,
    pub adresse: IpAddr,
    pub agent: &'a str,
    /// The token of the session it had: it dies with this sign-in.
    pub ancienne: Option<&'a str>,
}

/// Whom an identity is.
enum Trouvee {
    /// Already known under this identity.
    Liee(Personne),
    /// Known by an address that the provider vouches for.
    Connue(Personne),
    Invitee(Vec<Invitation>),
}

impl Comptes {
    /// The same accounts, where people may also sign in at a provider.
    #[must_use]
    pub fn avec_fournisseur(self, fournisseur: Arc<Fournisseur>) -> Self {
        Self {
            guichet: Some(Arc::new(Guichet {
                fournisseur,
                places: Arc::new(Semaphore::new(ENSEMBLE)),
            })),
            ..self
        }
    }

    /// How people know the provider, if there is one.
    pub fn fournisseur(&self) -> Option<&str> {
        self.guichet.as_ref().map(|g| g.fournisseur.nom())
    }

    fn guichet(&self) -> Result<Arc<Guichet>, RefusFederation> {
        self.guichet.clone().ok_or(RefusFederation::Absent)
    }

    /// Sends someone to the provider; they come back to `retour`, a page of ours.
    ///
    /// # Errors
    /// There is no provider, it does not answer, or too many leave from this address.
    pub async fn partir(
        &self,
        retour: &str,
        adresse: IpAddr,
        maintenant: DateTime<Utc>,
    ) -> Result<Partie, RefusFederation> {
        let guichet = self.guichet()?;
        let place = Compteur::adresse(adresse, self.politique.essais_adresse);
        let compteur = Compteur::demande("depart", &place);
        self.compte(vec![compteur], maintenant).await?;
        let [etat, nonce, navigateur] = [Jeton::nouveau()?, Jeton::nouveau()?, Jeton::nouveau()?];
        let (e, n) = (etat.clone(), nonce.clone());
        let demande = guichet.demande(move |f| f.depart(e.as_str(), n.as_str(), maintenant));
        let demande = demande.await?;
        let depart = Depart {
            navigateur: navigateur.empreinte(),
            verificateur: demande.verificateur,
            nonce: nonce.as_str().to_owned(),
            retour: retour.to_owned(),
            cree: instant(maintenant),
        };
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(async move { departs::part(&mut conn, &etat.empreinte(), &depart).await })
        });
        note.await?;
        Ok(Partie {
            vers: demande.vers,
            navigateur,
        })
    }

    /// Opens a session for someone who comes back, and answers the page they wanted.
    ///
    /// # Errors
    /// They are not expected, the provider does not vouch for them, or nobody invited them.
    pub async fn revenir(
        &self,
        retour: &Retour<'_>,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte, String), RefusFederation> {
        let guichet = self.guichet()?;
        let depart = self.depart(retour, maintenant).await?;
        if let Some(quoi) = retour.erreur {
            let nom = guichet.fournisseur.nom().to_owned();
            tracing::warn!(quoi = propre(quoi), "le fournisseur d'identité refuse");
            return Err(RefusFederation::Refusee { nom });
        }
        let code = retour.code.to_owned();
        let emetteur = retour.emetteur.map(str::to_owned);
        let (verificateur, nonce) = (depart.verificateur, depart.nonce);
        let identite = guichet.demande(move |f| {
            let prouve = [&*verificateur, &nonce];
            f.identite(&code, prouve, emetteur.as_deref(), maintenant)
        });
        let identite = identite.await?;
        let trouvee = self.reconnue(&guichet, &identite, maintenant).await?;
        let personne = self.admet(&guichet, &identite, trouvee, maintenant).await?;
        let etape = if identite.fort {
            FEDEREE.to_owned()
        } else {
            self.premiere_etape(&personne).mot().to_owned()
        };
        let session = Session {
            id: jeton::id(),
            personne: personne.id.clone(),
            etape,
            cree: instant(maintenant),
            vue: instant(maintenant),
            agent: propre(retour.agent),
            adresse: retour.adresse.to_string(),
            appareil: String::new(),
            essais: 0,
            attente: String::new(),
        };
        let ancienne = retour.ancienne.map(jeton::empreinte);
        let ouverte = self.ouvre(session, personne, ancienne, maintenant).await;
        let (jeton, connecte) = ouverte.map_err(|refus| match refus {
            RefusConnexion::Identifiants => RefusFederation::Perdue,
            autre => autre.into(),
        })?;
        Ok((jeton, connecte, depart.retour))
    }

    /// What was kept of someone who left: it serves once.
    async fn depart(
        &self,
        retour: &Retour<'_>,
        maintenant: DateTime<Utc>,
    ) -> Result<Depart, RefusFederation> {
        let navigateur = retour.navigateur.map(jeton::empreinte);
        let navigateur = navigateur.ok_or(RefusFederation::Perdue)?;
        let (etat, depuis) = (jeton::empreinte(retour.etat), instant(maintenant - ABSENCE));
        let revenu = self.base.ecrire(move |mut conn| {
            Box::pin(async move { departs::revient(&mut conn, &etat, &navigateur, &depuis).await })
        });
        revenu.await?.ok_or(RefusFederation::Perdue)
    }

    /// Whom an identity is, among those who are expected here.
    async fn reconnue(
        &self,
        guichet: &Guichet,
        identite: &Identite,
        maintenant: DateTime<Utc>,
    ) -> Result<Trouvee, RefusFederation> {
        let emetteur = guichet.fournisseur.emetteur();
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        if let Some(id) = departs::personne(conn, emetteur, &identite.sujet).await? {
            let liee = personnes::par_id(conn, &id).await?;
            let active = liee.filter(|p| p.desactivee.is_empty());
            let inconnue = || guichet.inconnue(identite, "un compte ouvert");
            return active.map(Trouvee::Liee).ok_or_else(inconnue);
        }
        let attendue = "l'adresse électronique, vérifiée, d'un compte ou d'une invitation";
        let inconnue = || guichet.inconnue(identite, attendue);
        let courriel = identite.courriel.as_deref().filter(|_| identite.verifie);
        let courriel = courriel.and_then(|c| courriel_valide(c).ok());
        let courriel = courriel.ok_or_else(inconnue)?;
        if let Some(personne) = personnes::par_courriel(conn, &courriel).await? {
            let autre = departs::connait(conn, emetteur, &personne.id).await?;
            let libre = personne.desactivee.is_empty() && !autre;
            let quoi = "une adresse qu'aucune autre identité n'a prise";
            let prise = || guichet.inconnue(identite, quoi);
            return libre.then_some(Trouvee::Connue(personne)).ok_or_else(prise);
        }
        let invitee = invitations::pour(conn, &courriel, &instant(maintenant)).await?;
        if invitee.is_empty() {
            return Err(inconnue());
        }
        let siennes = de_son_organisation(conn, invitee, identite).await?;
        if siennes.is_empty() {
            let attendu = "le SIRET de l'organisation qui vous a invité";
            return Err(guichet.inconnue(identite, attendu));
        }
        Ok(Trouvee::Invitee(siennes))
    }

    /// Links an identity to whom it is; makes the account of someone invited.
    async fn admet(
        &self,
        guichet: &Guichet,
        identite: &Identite,
        trouvee: Trouvee,
        maintenant: DateTime<Utc>,
    ) -> Result<Personne, RefusFederation> {
        let (personne, invitee) = match trouvee {
            Trouvee::Liee(personne) => return Ok(personne),
            Trouvee::Connue(personne) => (personne, Vec::new()),
            Trouvee::Invitee(invitee) => (self.neuve(identite, &invitee).await?, invitee),
        };
        let emetteur = guichet.fournisseur.emetteur().to_owned();
        let (sujet, ligne) = (identite.sujet.clone(), personne.clone());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let quand = instant(maintenant);
                if let Some(premiere) = invitee.first() {
                    let organisation = &premiere.organisation;
                    inscrit(conn, &ligne, &ligne.id, organisation, maintenant).await?;
                }
                for invitation in &invitee {
                    if !invitations::accepte(conn, &invitation.id, &quand).await? {
                        return Err(Erreur::Conflit);
                    }
                    recoit(conn, invitation, &ligne.id, maintenant).await?;
                }
                departs::lie(conn, &emetteur, &sujet, &ligne.id, &quand).await?;
                let acte = Acte {
                    quoi: "identite_federee",
                    personne: &ligne.id,
                    organisation: "",
                    objet: &emetteur,
                };
                acte.inscrit(conn, &ligne.id, maintenant).await
            })
        });
        match ecrit.await {
            Ok(()) => Ok(personne),
            // Another return linked it meanwhile, or took the invitation.
            Err(Erreur::Conflit) => Err(RefusFederation::Perdue),
            Err(erreur) => Err(erreur.into()),
        }
    }

    /// Someone invited, as the provider names them; without a password.
    async fn neuve(
        &self,
        identite: &Identite,
        invitee: &[Invitation],
    ) -> Result<Personne, RefusFederation> {
        let courriel = invitee.first().map_or("", |i| &i.courriel);
        let locale = courriel.split('@').next().unwrap_or_default();
        let nom = identite.nom.as_deref().and_then(|n| nom_valide(n).ok());
        let neuve = super::Personne {
            id: jeton::id(),
            nom: nom.unwrap_or_else(|| locale.to_owned()),
            courriel: courriel.to_owned(),
        };
        let ligne = self.ligne(&neuve, None).await;
        ligne.map_err(|_| RefusFederation::Perdue)
    }
}

/// Of these invitations, those of the organisation that the provider names; all, when it names
/// none. A SIRET begins with the SIREN (article R. 123-221 du code de commerce).
async fn de_son_organisation(
    conn: &mut Conn<'_>,
    invitee: Vec<Invitation>,
    identite: &Identite,
) -> Result<Vec<Invitation>, Erreur> {
    let Some(siret) = &identite.siret else {
        return Ok(invitee);
    };
    let chiffres: String = siret.split_whitespace().collect();
    let siren = chiffres.get(..9).unwrap_or_default();
    let mut siennes = Vec::new();
    for invitation in invitee {
        let organisation = personnes::organisation(conn, &invitation.organisation).await?;
        if organisation.is_some_and(|o| !o.siren.is_empty() && o.siren == siren) {
            siennes.push(invitation);
        }
    }
    Ok(siennes)
}

impl Guichet {
    /// Asks the provider, away from the tasks that answer.
    async fn demande<T: Send + 'static>(
        self: &Arc<Self>,
        quoi: impl FnOnce(&Fournisseur) -> Result<T, Echec> + Send + 'static,
    ) -> Result<T, RefusFederation> {
        let soi = Arc::clone(self);
        let demandee = a_l_ecart(&self.places, move || quoi(&soi.fournisseur));
        let nom = || self.fournisseur.nom().to_owned();
        demandee.await?.map_err(|echec| match echec {
            Echec::Indisponible(quoi) => {
                tracing::error!(quoi, "le fournisseur d'identité ne répond pas");
                RefusFederation::Indisponible { nom: nom() }
            }
            Echec::Douteux(quoi) => {
                tracing::error!(quoi, "le fournisseur d'identité n'est pas cru");
                RefusFederation::Douteuse { nom: nom() }
            }
        })
    }

    fn inconnue(&self, identite: &Identite, attendu: &'static str) -> RefusFederation {
        tracing::warn!("une identité n'est pas attendue ici");
        let adresse = identite.courriel.as_deref().map(propre);
        let adresse = match (adresse, identite.verifie) {
            (None, _) => "aucune adresse".to_owned(),
            (Some(adresse), true) => format!("l'adresse « {adresse} »"),
            (Some(adresse), false) => format!("l'adresse « {adresse} », non vérifiée"),
        };
        let siret = identite.siret.as_deref().map(propre);
        let siret = siret.map_or(String::new(), |s| format!(", le SIRET « {s} »"));
        RefusFederation::Inconnue {
            nom: self.fournisseur.nom().to_owned(),
            attendu,
            trouve: format!("{adresse}{siret}"),
        }
    }
}
