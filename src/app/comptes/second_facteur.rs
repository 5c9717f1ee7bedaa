//! The second factor: a code of a telephone, or a recovery code.

use super::droit::illisible;
use super::essais::{self, Compteur};
use super::refus::{Refus, RefusConnexion};
use super::session::lit_instant;
use super::{Acte, Comptes, Connecte, Etape, Jeton, SECURITE, SecondFacteur, jeton, totp};
use crate::app::coffre::du_telephone;
use crate::store::identites::personnes::{self, Personne};
use crate::store::identites::sessions::{self, Session};
use crate::store::{Conn, Erreur};
use base64ct::{Base64UrlUnpadded, Encoding};
use chrono::{DateTime, TimeDelta, Utc};

/// Codes a session may try: after the last one it is closed.
const ESSAIS: i64 = 5;
/// Recovery codes given at once.
const CODES: usize = 10;
/// 120 bits: too many to guess, so that a plain digest keeps them (OWASP ASVS 5, 6.5.2).
const OCTETS: usize = 15;
/// How long after signing in one may change what one signs in with.
const FRAIS: TimeDelta = TimeDelta::minutes(15);

/// What a person signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moyens {
    pub mot_de_passe: bool,
    /// The recovery codes left; none: no second factor.
    pub codes: Option<i64>,
}

/// A second factor to confirm. Not shown: it holds the key.
pub struct Enrolement {
    /// In base 32, to be typed.
    pub secret: String,
    /// `otpauth://…`, to be read by a telephone.
    pub uri: String,
}

impl Comptes {
    /// Ends a sign-in with a code of the telephone or a recovery code. The session takes a new
    /// token; after five wrong codes it is closed.
    ///
    /// # Errors
    /// The code is wrong or was used; the session is over; too many were tried on this account.
    pub async fn second_facteur(
        &self,
        jeton: &str,
        code: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte), RefusConnexion> {
        let empreinte = jeton::empreinte(jeton);
        let saisi = serre(code);
        let neuf = Jeton::nouveau()?;
        let nouvelle = neuf.empreinte();
        let soi = self.clone();
        let juge = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let essai = soi.essai(conn, &empreinte, Etape::SecondFacteur, maintenant);
                let (session, personne) = match essai.await? {
                    Ok(trouves) => trouves,
                    Err(refus) => return Ok(Err(refus)),
                };
                let cle = soi.cle_de(&personne.id, &personne.totp)?;
                let juste = reconnu(conn, (&personne, &cle), &saisi, maintenant);
                if !juste.await? {
                    return rate(conn, &empreinte, &session).await.map(Err);
                }
                let jetons = [&*empreinte, &nouvelle];
                let suite = soi.tourne(conn, jetons, false, maintenant).await?;
                Ok(suite.ok_or(RefusConnexion::Session))
            })
        });
        let connecte = juge.await??;
        Ok((neuf, connecte))
    }

    /// The key of a person's telephone, from what is kept of it.
    fn cle_de(&self, personne: &str, garde: &str) -> Result<Vec<u8>, Erreur> {
        octets(&self.coffre.ouvre(&du_telephone(personne), garde)?)
    }

    /// Counts one code tried by a session that stands at a step.
    async fn essai(
        &self,
        conn: &mut Conn<'_>,
        empreinte: &str,
        etape: Etape,
        maintenant: DateTime<Utc>,
    ) -> Result<Result<(Session, Personne), RefusConnexion>, Erreur> {
        let Some(session) = sessions::essaie(conn, empreinte).await? else {
            return Ok(Err(RefusConnexion::Session));
        };
        let ouverte = self.de_qui(conn, session, maintenant).await?;
        let Some((session, personne)) = ouverte else {
            return Ok(Err(RefusConnexion::Session));
        };
        let attend = match etape {
            Etape::SecondFacteur => self.etape(&session, &personne)? == etape,
            // A code that confirms a key: the key is what waits.
            _ => !session.attente.is_empty(),
        };
        if !attend {
            return Ok(Err(RefusConnexion::Session));
        }
        let max = self.politique.essais_compte;
        let compteur = Compteur::codes(&personne.id, &session.appareil, max);
        Ok(
            match essais::prend(conn, vec![compteur], maintenant).await? {
                Some(jusqu_a) => Err(RefusConnexion::Trop { jusqu_a }),
                None => Ok((session, personne)),
            },
        )
    }

    /// Makes the key of a new second factor, to be confirmed by a code.
    ///
    /// # Errors
    /// The session is over, waits for a code, or was not opened just now.
    pub async fn enroler(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Enrolement, Refus> {
        let empreinte = jeton::empreinte(jeton);
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let trouvee = self.vivante(conn, &empreinte, maintenant);
        let (session, personne) = trouvee.await?.ok_or(RefusConnexion::Session)?;
        drop(lecteur);
        match self.etape(&session, &personne)? {
            Etape::SecondFacteur => return Err(RefusConnexion::Session.into()),
            Etape::Complete => fraiche(&session, maintenant)?,
            Etape::Enrolement => {}
        }
        let cle = jeton::alea::<20>()?;
        let gardee = Base64UrlUnpadded::encode_string(&cle);
        let gardee = self.coffre.scelle(&du_telephone(&personne.id), &gardee)?;
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(async move { sessions::attend(&mut conn, &empreinte, &gardee).await })
        });
        note.await?;
        Ok(Enrolement {
            secret: totp::base32(&cle),
            uri: totp::uri(&cle, &personne.courriel),
        })
    }

    /// Takes the second factor whose telephone shows the right code. The session is complete and
    /// takes a new token; the person's others close. Answers the recovery codes, shown once.
    ///
    /// # Errors
    /// The code is wrong; no key waits; the session is over.
    pub async fn confirmer_enrolement(
        &self,
        jeton: &str,
        code: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte, Vec<String>), RefusConnexion> {
        let empreinte = jeton::empreinte(jeton);
        let saisi = serre(code);
        let neuf = Jeton::nouveau()?;
        let nouvelle = neuf.empreinte();
        let (codes, empreintes) = codes_secours()?;
        let soi = self.clone();
        let juge = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let essai = soi.essai(conn, &empreinte, Etape::Enrolement, maintenant);
                let (session, personne) = match essai.await? {
                    Ok(trouves) => trouves,
                    Err(refus) => return Ok(Err(refus)),
                };
                let cle = soi.cle_de(&personne.id, &session.attente)?;
                let Some(pas) = totp::reconnait(&cle, &saisi, maintenant) else {
                    return rate(conn, &empreinte, &session).await.map(Err);
                };
                let (id, attente) = (&personne.id, &session.attente);
                personnes::pose_second_facteur(conn, id, attente, pas).await?;
                personnes::pose_codes(conn, id, &empreintes).await?;
                let acte = Acte {
                    quoi: "second_facteur",
                    personne: id,
                    organisation: "",
                    objet: "",
                };
                acte.inscrit(conn, id, maintenant).await?;
                let jetons = [&*empreinte, &nouvelle];
                let suite = soi.tourne(conn, jetons, true, maintenant).await?;
                Ok(suite.ok_or(RefusConnexion::Session))
            })
        });
        let connecte = juge.await??;
        Ok((neuf, connecte, codes))
    }

    /// Whether someone signed in just now: what changes who may come in asks for it.
    ///
    /// # Errors
    /// The session is over or was not opened just now.
    pub async fn vient_d_entrer(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let empreinte = jeton::empreinte(jeton);
        let (session, _) = self.complete(&empreinte, maintenant).await?;
        fraiche(&session, maintenant)
    }

    /// Ten new recovery codes, in place of those left.
    ///
    /// # Errors
    /// The session is over or was not opened just now.
    pub async fn nouveaux_codes(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<String>, Refus> {
        let empreinte = jeton::empreinte(jeton);
        let (session, personne) = self.complete(&empreinte, maintenant).await?;
        fraiche(&session, maintenant)?;
        let (codes, empreintes) = codes_secours()?;
        let pose = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                personnes::pose_codes(conn, &personne.id, &empreintes).await?;
                let acte = Acte {
                    quoi: "codes_secours",
                    personne: &personne.id,
                    organisation: "",
                    objet: "",
                };
                acte.inscrit(conn, &personne.id, maintenant).await
            })
        });
        pose.await?;
        Ok(codes)
    }

    /// Takes the second factor of a person away, where it is not demanded. The session takes a new
    /// token; the person's others close.
    ///
    /// # Errors
    /// It is demanded, or there is none; the session is over or was not opened just now.
    pub async fn retirer_second_facteur(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, Connecte), Refus> {
        let empreinte = jeton::empreinte(jeton);
        let (session, personne) = self.complete(&empreinte, maintenant).await?;
        if personne.totp.is_empty() {
            return Err(Refus::SansSecondFacteur);
        }
        if self.politique.second_facteur == SecondFacteur::Exige {
            return Err(Refus::Exige);
        }
        fraiche(&session, maintenant)?;
        let neuf = Jeton::nouveau()?;
        let nouvelle = neuf.empreinte();
        let soi = self.clone();
        let retire = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                personnes::pose_second_facteur(conn, &personne.id, "", personne.pas).await?;
                personnes::pose_codes(conn, &personne.id, &[]).await?;
                let acte = Acte {
                    quoi: "sans_second_facteur",
                    personne: &personne.id,
                    organisation: "",
                    objet: "",
                };
                acte.inscrit(conn, &personne.id, maintenant).await?;
                let jetons = [&*empreinte, &nouvelle];
                soi.tourne(conn, jetons, true, maintenant).await
            })
        });
        let connecte = retire.await?.ok_or(RefusConnexion::Session)?;
        Ok((neuf, connecte))
    }

    /// What a person signs in with.
    ///
    /// # Errors
    /// There is no such person, or the database does not answer.
    pub async fn moyens(&self, personne: &str) -> Result<Moyens, Refus> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let lue = personnes::par_id(conn, personne).await?;
        let lue = lue.ok_or(Refus::Inconnu)?;
        let restants = personnes::codes_restants(conn, personne).await?;
        Ok(Moyens {
            mot_de_passe: !lue.mot_de_passe.is_empty(),
            codes: (!lue.totp.is_empty()).then_some(restants),
        })
    }
}

/// What one signs in with is changed only by someone who just did.
fn fraiche(session: &Session, maintenant: DateTime<Utc>) -> Result<(), Refus> {
    let age = maintenant - lit_instant(&session.cree)?;
    if age < FRAIS {
        Ok(())
    } else {
        Err(Refus::Ancienne)
    }
}

/// After a wrong code: how many are left, or the end of the session.
async fn rate(
    conn: &mut Conn<'_>,
    empreinte: &str,
    session: &Session,
) -> Result<RefusConnexion, Erreur> {
    tracing::warn!(
        target: SECURITE,
        evenement = "code_refuse",
        personne = session.personne,
        session = session.id,
        adresse = session.adresse,
        "second facteur refusé"
    );
    let restants = ESSAIS - session.essais;
    if restants > 0 {
        return Ok(RefusConnexion::Code { restants });
    }
    sessions::ferme(conn, empreinte).await?;
    Ok(RefusConnexion::Session)
}

/// Whether a code is good, and spends it.
async fn reconnu(
    conn: &mut Conn<'_>,
    (personne, cle): (&Personne, &[u8]),
    saisi: &str,
    maintenant: DateTime<Utc>,
) -> Result<bool, Erreur> {
    let chiffres = saisi.len() == 6 && saisi.bytes().all(|c| c.is_ascii_digit());
    if !chiffres {
        let empreinte = jeton::empreinte(&lettres(saisi));
        return personnes::depense(conn, &personne.id, &empreinte).await;
    }
    match totp::reconnait(cle, saisi, maintenant) {
        // Of two who show the same code at once, the database lets one.
        Some(pas) => personnes::avance(conn, &personne.id, pas).await,
        None => Ok(false),
    }
}

fn octets(gardee: &str) -> Result<Vec<u8>, Erreur> {
    Base64UrlUnpadded::decode_vec(gardee).map_err(|_| illisible("clé de second facteur"))
}

/// A code without what people put between its parts.
fn serre(code: &str) -> String {
    let signes = code.chars().filter(char::is_ascii_alphanumeric);
    signes.take(64).collect::<String>().to_uppercase()
}

/// A recovery code with the digits that base 32 does not have read as the letters they look like.
fn lettres(code: &str) -> String {
    code.replace('0', "O").replace('8', "B")
}

/// Recovery codes, and what is kept of them.
fn codes_secours() -> Result<(Vec<String>, Vec<String>), Erreur> {
    let (mut codes, mut empreintes) = (Vec::new(), Vec::new());
    for _ in 0..CODES {
        let serre = totp::base32(&jeton::alea::<OCTETS>()?);
        empreintes.push(jeton::empreinte(&serre));
        let lettres: Vec<char> = serre.chars().collect();
        let groupes = lettres.chunks(4).map(|g| g.iter().collect::<String>());
        codes.push(groupes.collect::<Vec<_>>().join("-"));
    }
    Ok((codes, empreintes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let (codes, empreintes) = codes_secours().unwrap();
        assert_eq!((codes.len(), empreintes.len()), (CODES, CODES));
        for (code, empreinte) in codes.iter().zip(&empreintes) {
            assert_eq!(code.len(), 29, "{code}");
            let tape = code.to_lowercase().replace('-', " ").replace('o', "0");
            assert_eq!(&jeton::empreinte(&lettres(&serre(&tape))), empreinte);
        }
    }
}
