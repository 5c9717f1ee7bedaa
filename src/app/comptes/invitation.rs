//! Asking someone to come: a link of seven days, good once, that gives one right.
//!
//! Whoever holds the link makes an account, and never takes one: an address that already has one
//! must sign in with it to receive the right.

use super::administration::{donne, inscrit, ligne_de_droit};
use super::refus::{Refus, RefusConnexion};
use super::session::lit_instant;
use super::{
    Acte, Auteur, Comptes, Connecte, Droit, Jeton, Personne, Portee, courriel_valide, jeton,
    nom_valide,
};
use crate::metier::chaine::instant;
use crate::store::identites::invitations::{self, Invitation};
use crate::store::identites::{droits, personnes};
use crate::store::{Conn, Erreur};
use chrono::{DateTime, TimeDelta, Utc};

const VALIDITE: TimeDelta = TimeDelta::days(7);

/// An invitation that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationVue {
    pub id: String,
    pub courriel: String,
    pub droit: Droit,
    pub expire: DateTime<Utc>,
}

impl Comptes {
    /// Asks whoever has an address to come, with a right. Answers the token of the link to send
    /// them.
    ///
    /// # Errors
    /// The author does not administer this, or the right is not told well.
    pub async fn inviter(
        &self,
        par: Auteur<'_>,
        courriel: &str,
        droit: &Droit,
        maintenant: DateTime<Utc>,
    ) -> Result<Jeton, Refus> {
        let courriel = courriel_valide(courriel)?;
        let ligne = ligne_de_droit(par, "", droit, maintenant)?;
        let neuf = Jeton::nouveau()?;
        let empreinte = neuf.empreinte();
        let invitation = Invitation {
            id: jeton::id(),
            courriel,
            organisation: ligne.organisation.id,
            fonction: ligne.fonction,
            portee: ligne.portee,
            du: ligne.du,
            au: ligne.au,
            auteur: par.id().to_owned(),
            cree: instant(maintenant),
            expire: instant(maintenant + VALIDITE),
        };
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let organisation = &invitation.organisation;
                if personnes::organisation(conn, organisation).await?.is_none() {
                    return Ok(Err(Refus::Inconnu));
                }
                invitations::ecrit(conn, &empreinte, &invitation).await?;
                acte("inviter", &invitation, "", conn, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await??;
        Ok(neuf)
    }

    /// What a link invites to, as long as it is good.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn invitation(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<InvitationVue>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let empreinte = jeton::empreinte(jeton);
        let lue = invitations::lue(conn, &empreinte, &instant(maintenant)).await?;
        match lue {
            Some(lue) => vue(conn, lue).await,
            None => Ok(None),
        }
    }

    /// The invitations of an organisation that wait.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn invitations(
        &self,
        organisation: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<InvitationVue>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let lues = invitations::de(conn, organisation, &instant(maintenant)).await?;
        let mut vues = Vec::new();
        for lue in lues {
            vues.extend(vue(conn, lue).await?);
        }
        Ok(vues)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// None such waits, or the author does not administer its organisation.
    pub async fn annuler_invitation(
        &self,
        par: Auteur<'_>,
        id: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let lue = invitations::par_id(conn, id, &instant(maintenant)).await?;
        drop(lecteur);
        let mut lue = lue.ok_or(Refus::Inconnu)?;
        let portee = Portee::lit(&lue.portee).unwrap_or(Portee::Tout);
        if !par.administre(&lue.organisation, &portee) {
            return Err(Refus::Interdit);
        }
        par.id().clone_into(&mut lue.auteur);
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                invitations::annule(conn, &lue.id).await?;
                acte("annuler_invitation", &lue, "", conn, maintenant).await
            })
        });
        Ok(ecrit.await?)
    }

    /// Makes the account of someone invited, with its right.
    ///
    /// # Errors
    /// The link is no longer good, the address already has an account, or the name or password is
    /// not taken; the link is then still good.
    pub async fn accepter(
        &self,
        jeton: &str,
        nom: &str,
        mot_de_passe: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Personne, Refus> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let empreinte = jeton::empreinte(jeton);
        let lue = invitations::lue(conn, &empreinte, &instant(maintenant)).await?;
        let lue = lue.ok_or(Refus::Invitation)?;
        let deja = personnes::par_courriel(conn, &lue.courriel).await?;
        drop(lecteur);
        if deja.is_some() {
            return Err(Refus::DejaInscrit);
        }
        let neuve = Personne {
            id: jeton::id(),
            nom: nom_valide(nom)?,
            courriel: lue.courriel.clone(),
        };
        let ligne = self.ligne(&neuve, Some(mot_de_passe)).await?;
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !invitations::accepte(conn, &lue.id, &instant(maintenant)).await? {
                    return Ok(Err(Refus::Invitation));
                }
                inscrit(conn, &ligne, &ligne.id, &lue.organisation, maintenant).await?;
                recoit(conn, &lue, &ligne.id, maintenant).await?;
                Ok(Ok(()))
            })
        });
        match ecrit.await {
            Err(Erreur::Conflit) => Err(Refus::DejaInscrit),
            autre => autre?.map(|()| neuve),
        }
    }

    /// Gives the right of an invitation to the person it was sent to, who has an account and is
    /// signed in. The session takes a new token; the person's others close.
    ///
    /// # Errors
    /// The link is no longer good, or was sent to someone else.
    pub async fn rattacher(
        &self,
        session: &str,
        invitation: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte), Refus> {
        let ancienne = jeton::empreinte(session);
        let (_, personne) = self.complete(&ancienne, maintenant).await?;
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let empreinte = jeton::empreinte(invitation);
        let lue = invitations::lue(conn, &empreinte, &instant(maintenant)).await?;
        drop(lecteur);
        let lue = lue.filter(|i| i.courriel == personne.courriel);
        let lue = lue.ok_or(Refus::Invitation)?;
        let neuf = Jeton::nouveau()?;
        let nouvelle = neuf.empreinte();
        let soi = self.clone();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !invitations::accepte(conn, &lue.id, &instant(maintenant)).await? {
                    return Ok(Err(Refus::Invitation));
                }
                recoit(conn, &lue, &personne.id, maintenant).await?;
                let jetons = [&*ancienne, &nouvelle];
                let suite = soi.tourne(conn, jetons, true, maintenant).await?;
                Ok(suite.ok_or(Refus::Connexion(RefusConnexion::Session)))
            })
        });
        let connecte = ecrit.await??;
        Ok((neuf, connecte))
    }
}

/// The right of an invitation, for a person.
fn droit(lue: &Invitation, personne: &str, organisation: personnes::Organisation) -> droits::Droit {
    droits::Droit {
        id: jeton::id(),
        personne: personne.to_owned(),
        fonction: lue.fonction.clone(),
        portee: lue.portee.clone(),
        du: lue.du.clone(),
        au: lue.au.clone(),
        organisation,
    }
}

/// Gives the right of an invitation, in a transaction.
pub(super) async fn recoit(
    conn: &mut Conn<'_>,
    lue: &Invitation,
    personne: &str,
    maintenant: DateTime<Utc>,
) -> Result<(), Erreur> {
    let absente = || Erreur::Abime("une invitation sans son organisation".to_owned());
    let organisation = personnes::organisation(conn, &lue.organisation).await?;
    let ligne = droit(lue, personne, organisation.ok_or_else(absente)?);
    donne(conn, ligne, &lue.auteur, maintenant).await?;
    acte("accepter", lue, personne, conn, maintenant).await
}

/// What waits, as it is shown; `None` when its organisation is gone.
async fn vue(conn: &mut Conn<'_>, lue: Invitation) -> Result<Option<InvitationVue>, Erreur> {
    let organisation = personnes::organisation(conn, &lue.organisation).await?;
    let Some(organisation) = organisation else {
        return Ok(None);
    };
    Ok(Some(InvitationVue {
        droit: Droit::lu(droit(&lue, "", organisation))?,
        expire: lit_instant(&lue.expire)?,
        id: lue.id,
        courriel: lue.courriel,
    }))
}

/// The register names an invitation by its identifier: an address is a personal datum.
async fn acte(
    quoi: &'static str,
    lue: &Invitation,
    personne: &str,
    conn: &mut Conn<'_>,
    maintenant: DateTime<Utc>,
) -> Result<(), Erreur> {
    let (id, fonction, portee) = (&lue.id, &lue.fonction, &lue.portee);
    let auteur = if personne.is_empty() {
        &lue.auteur
    } else {
        personne
    };
    let ligne = Acte {
        quoi,
        personne,
        organisation: &lue.organisation,
        objet: &format!("{id} {fonction} {portee}"),
    };
    ligne.inscrit(conn, auteur, maintenant).await
}
