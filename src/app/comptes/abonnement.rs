//! Where an organisation has the lines of its contracts sent: declared by those who administer it,
//! with a secret shown once.

use super::refus::Refus;
use super::{Acte, Auteur, Comptes, Portee, jeton};
use crate::app::abonnements::SECRET;
use crate::app::appels::{Voisinage, chiffree, dans_la_liste, publique};
use crate::app::coffre::de_l_abonnement;
use crate::metier::chaine::instant;
use crate::store::abonnements::{self as lignes, Numeros};
use crate::store::identites::personnes;
use crate::store::{Conn, Erreur};
use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, Utc};
use std::net::IpAddr;

/// Of one organisation: each is sent everything.
const MAX: usize = 10;

/// A subscription, as its organisation sees it: its secret was shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbonnementVue {
    pub id: String,
    pub adresse: String,
    pub cree: String,
    /// Tries that failed in a row, and the last cause.
    pub essais: i64,
    pub erreur: String,
    /// Since when nothing is tried any more; empty: it is.
    pub suspendu: String,
}

impl Comptes {
    /// Has the lines to come of an organisation's contracts sent to an address. Answers the
    /// secret that signs them, to be shown once.
    ///
    /// # Errors
    /// The author does not administer the organisation, the address is not one that is called, or
    /// there are too many.
    pub async fn abonner(
        &self,
        par: Auteur<'_>,
        organisation: &str,
        adresse: &str,
        voisinage: Voisinage,
        maintenant: DateTime<Utc>,
    ) -> Result<(AbonnementVue, String), Refus> {
        if !par.administre(organisation, &Portee::Tout) {
            return Err(Refus::Interdit);
        }
        let adresse = adresse_valide(adresse, voisinage)?;
        let uri: ureq::http::Uri = adresse.parse().map_err(|_| Refus::AdresseAbonnement)?;
        if !dans_la_liste(&uri, &self.hotes) {
            return Err(Refus::HoteAbonnement);
        }
        let (id, secret) = (jeton::id(), secret()?);
        let abonnement = lignes::Abonnement {
            secret: self.coffre.scelle(&de_l_abonnement(&id), &secret)?,
            id,
            organisation: organisation.to_owned(),
            adresse,
            cree: instant(maintenant),
            du: String::new(),
            bail: String::new(),
            essais: 0,
            suspendu: String::new(),
            erreur: String::new(),
        };
        let vue = vue(&abonnement);
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let organisation = &abonnement.organisation;
                let Some(connue) = personnes::organisation(conn, organisation).await? else {
                    return Ok(Err(Refus::Inconnu));
                };
                if lignes::de(conn, organisation).await?.len() >= MAX {
                    return Ok(Err(Refus::Abonnements));
                }
                let numeros = Numeros {
                    siren: connue.siren,
                    ej: connue.ej,
                };
                lignes::cree(conn, &abonnement, &numeros).await?;
                let acte = ("abonner", &*abonnement.id);
                inscrit(conn, &auteur, organisation, acte, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await??;
        Ok((vue, secret))
    }

    /// The subscriptions of an organisation, the oldest first.
    ///
    /// # Errors
    /// The author does not administer it, or the database does not answer.
    pub async fn abonnements(
        &self,
        par: Auteur<'_>,
        organisation: &str,
    ) -> Result<Vec<AbonnementVue>, Refus> {
        if !par.administre(organisation, &Portee::Tout) {
            return Err(Refus::Interdit);
        }
        let mut lecteur = self.base.lire().await?;
        let lus = lignes::de(&mut lecteur.conn(), organisation).await?;
        Ok(lus.iter().map(vue).collect())
    }

    /// Signs by another secret what a subscription is sent from now on. Answers it, to be shown
    /// once.
    ///
    /// # Errors
    /// There is none such, or the author does not administer its organisation.
    pub async fn renouveler_abonnement(
        &self,
        par: Auteur<'_>,
        id: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<String, Refus> {
        let organisation = self.administre_abonnement(par, id).await?;
        let secret = secret()?;
        let neuf = self.coffre.scelle(&de_l_abonnement(id), &secret)?;
        let (auteur, id) = (par.id().to_owned(), id.to_owned());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let Some(lu) = lignes::par_id(conn, &id).await? else {
                    return Ok(Err(Refus::Inconnu));
                };
                lignes::remplace_secret(conn, &id, [&lu.secret, &neuf]).await?;
                let acte = ("renouveler_abonnement", &*id);
                inscrit(conn, &auteur, &organisation, acte, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await??;
        Ok(secret)
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// There is none such, or the author does not administer its organisation.
    pub async fn desabonner(
        &self,
        par: Auteur<'_>,
        id: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let organisation = self.administre_abonnement(par, id).await?;
        let (auteur, id) = (par.id().to_owned(), id.to_owned());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !lignes::retire(conn, &id).await? {
                    return Ok(Err(Refus::Inconnu));
                }
                let acte = ("desabonner", &*id);
                inscrit(conn, &auteur, &organisation, acte, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }

    /// Tries again a subscription that was suspended, from the line it stopped at.
    ///
    /// # Errors
    /// There is none such, or the author does not administer its organisation.
    pub async fn reprendre_abonnement(
        &self,
        par: Auteur<'_>,
        id: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let organisation = self.administre_abonnement(par, id).await?;
        let (auteur, id) = (par.id().to_owned(), id.to_owned());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !lignes::reprend(conn, &id, &instant(maintenant)).await? {
                    return Ok(Err(Refus::Inconnu));
                }
                let acte = ("reprendre_abonnement", &*id);
                inscrit(conn, &auteur, &organisation, acte, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }

    /// The organisation of a subscription that the author administers.
    async fn administre_abonnement(&self, par: Auteur<'_>, id: &str) -> Result<String, Refus> {
        let mut lecteur = self.base.lire().await?;
        let lu = lignes::par_id(&mut lecteur.conn(), id).await?;
        let lu = lu.ok_or(Refus::Inconnu)?;
        if par.administre(&lu.organisation, &Portee::Tout) {
            Ok(lu.organisation)
        } else {
            Err(Refus::Interdit)
        }
    }
}

/// A new secret, as Standard Webhooks writes it.
fn secret() -> Result<String, Erreur> {
    let alea = jeton::alea::<32>()?;
    Ok(format!("{SECRET}{}", Base64::encode_string(&alea)))
}

/// The register names a subscription by its identifier: an address may hold a secret.
async fn inscrit(
    conn: &mut Conn<'_>,
    auteur: &str,
    organisation: &str,
    (quoi, id): (&'static str, &str),
    maintenant: DateTime<Utc>,
) -> Result<(), Erreur> {
    let acte = Acte {
        quoi,
        personne: "",
        organisation,
        objet: id,
    };
    acte.inscrit(conn, auteur, maintenant).await
}

fn vue(ligne: &lignes::Abonnement) -> AbonnementVue {
    AbonnementVue {
        id: ligne.id.clone(),
        adresse: ligne.adresse.clone(),
        cree: ligne.cree.clone(),
        essais: ligne.essais,
        erreur: ligne.erreur.clone(),
        suspendu: ligne.suspendu.clone(),
    }
}

/// An address that may be called: over TLS, or this machine when the private network is. A name is
/// looked up, and judged, each time it is called.
fn adresse_valide(saisie: &str, voisinage: Voisinage) -> Result<String, Refus> {
    let saisie = saisie.trim();
    let uri: ureq::http::Uri = saisie.parse().map_err(|_| Refus::AdresseAbonnement)?;
    let hote = uri.host().unwrap_or_default();
    let numero = hote.trim_start_matches('[').trim_end_matches(']').parse();
    let public = uri.scheme_str() == Some("https")
        && hote != "localhost"
        && numero.map_or(true, |ip: IpAddr| publique(ip));
    let juste = chiffree(&uri)
        && (voisinage == Voisinage::Tout || public)
        && !uri.authority().is_none_or(|a| a.as_str().contains('@'))
        && saisie.len() <= 500;
    juste
        .then(|| saisie.to_owned())
        .ok_or(Refus::AdresseAbonnement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_and_over_tls_unless_the_private_network_is_called() {
        let prise = |a: &str, v| adresse_valide(a, v).is_ok();
        for bonne in [
            "https://programme.example/entente",
            "https://programme.example:8443/?a=b",
            "https://1.1.1.1/",
        ] {
            assert!(prise(bonne, Voisinage::Public), "{bonne}");
        }
        for proche in [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://[fd00::1]:1/",
            "http://127.0.0.1:8000/",
        ] {
            assert!(!prise(proche, Voisinage::Public), "{proche}");
            assert!(prise(proche, Voisinage::Tout), "{proche}");
        }
        for mauvaise in [
            "",
            "programme.example",
            "http://programme.example/",
            "ftp://programme.example/",
            "https://",
            "https://nom:secret@programme.example/",
            "https://a b.example/",
            &format!("https://programme.example/{}", "a".repeat(500)),
        ] {
            assert!(!prise(mauvaise, Voisinage::Tout), "{mauvaise}");
        }
    }
}
