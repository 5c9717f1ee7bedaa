//! A time-stamp (RFC 3161) over a digest: asked of an authority, and judged before it is kept.

use super::appels::chiffree;
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, Utc};
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{Int, ObjectIdentifier, OctetString};
use der::oid::db::rfc5912::{ID_SHA_256, ID_SHA_384, ID_SHA_512};
use der::{Any, Decode, Encode, Tag};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, UnixTime};
use sha2::{Sha256, Sha384, Sha512};
use std::path::Path;
use std::time::Duration;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion, TstInfo};

/// Where time-stamps come from, and whom they are believed from.
#[derive(Debug, Clone)]
pub struct Autorite {
    pub url: String,
    /// The certificates at the top of the chains that are believed.
    ancres: Vec<CertificateDer<'static>>,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horodatage {
    pub instant: DateTime<Utc>,
    /// What was asked with it, so that an old answer does not serve again.
    pub nonce: Option<Vec<u8>>,
}

const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// id-kp-timeStamping, 1.3.6.1.5.5.7.3.8.
const USAGE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
/// How long an authority may take, and how much it may answer.
const PATIENCE: Duration = Duration::from_secs(20);
const REPONSE: u64 = 1 << 20;

impl Autorite {
    /// `certificats`: a PEM file of those that are believed.
    ///
    /// # Errors
    /// One French sentence: a file that does not read, or holds no certificate.
    pub fn nouvelle(url: &str, certificats: &Path) -> Result<Self, String> {
        let chiffre = url.parse().is_ok_and(|uri| chiffree(&uri));
        if !chiffre {
            return Err(format!(
                "tsa_url vaut « {} » : attendu une adresse https, ou de cette machine.",
                url.escape_default()
            ));
        }
        let nom = certificats.display();
        let lus = CertificateDer::pem_file_iter(certificats)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| {
                format!("Le fichier de certificats « {nom} » ne se lit pas ({e}). Donnez un PEM.")
            })?;
        if lus.is_empty() {
            return Err(format!(
                "Le fichier « {nom} » ne contient aucun certificat. Donnez ceux de l'autorité \
                 d'horodatage, en PEM."
            ));
        }
        Ok(Self {
            url: url.to_owned(),
            ancres: lus,
        })
    }

    /// Asks for a token over a digest, and judges it. It waits: run it where one may.
    ///
    /// # Errors
    /// What went wrong, in French.
    pub fn horodate(&self, empreinte: Digest, alea: [u8; 8]) -> Result<Vec<u8>, String> {
        let nonce = nonce(alea);
        let demande = demande(empreinte, &nonce).map_err(|e| format!("demande : {e}"))?;
        let reponse = self.envoie(&demande)?;
        let jeton = jeton(&reponse)?;
        let dit = self.juge(&jeton, empreinte)?;
        if dit.nonce.as_deref() != Some(&nonce) {
            return Err("l'autorité a répondu à une autre demande".to_owned());
        }
        Ok(jeton)
    }

    fn envoie(&self, demande: &[u8]) -> Result<Vec<u8>, String> {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        let envoi = agent
            .post(&self.url)
            .header("content-type", "application/timestamp-query")
            .send(demande);
        let mut reponse = envoi.map_err(|e| format!("l'autorité ne répond pas ({e})"))?;
        let corps = reponse.body_mut().with_config().limit(REPONSE);
        let corps = corps.read_to_vec();
        corps.map_err(|e| format!("la réponse de l'autorité ne se lit pas ({e})"))
    }

    /// Judges a token: it is over this digest, and signed by someone who is believed.
    ///
    /// # Errors
    /// Why it is not, in French.
    pub fn juge(&self, jeton: &[u8], empreinte: Digest) -> Result<Horodatage, String> {
        let (signe, contenu) = lu(jeton).map_err(|e| format!("le jeton ne se lit pas ({e})"))?;
        let dit = TstInfo::from_der(&contenu);
        let dit = dit.map_err(|e| format!("le jeton ne se lit pas ({e})"))?;
        let sceau = &dit.message_imprint;
        if sceau.hash_algorithm.oid != ID_SHA_256 || sceau.hashed_message.as_bytes() != empreinte.0
        {
            return Err("le jeton est celui d'un autre contenu".to_owned());
        }
        let instant = dit.gen_time.to_unix_duration();
        self.signature(&signe, &contenu, instant)?;
        let secondes = i64::try_from(instant.as_secs()).unwrap_or(i64::MAX);
        let instant = DateTime::from_timestamp(secondes, 0);
        Ok(Horodatage {
            instant: instant.ok_or("la date du jeton n'en est pas une")?,
            nonce: dit.nonce.map(|n| n.as_bytes().to_vec()),
        })
    }

    /// The one signature, by a certificate made for time-stamps, under one that is believed.
    fn signature(
        &self,
        signe: &SignedData,
        contenu: &[u8],
        instant: Duration,
    ) -> Result<(), String> {
        let [signataire] = signe.signer_infos.0.as_slice() else {
            return Err("le jeton n'a pas une signature, et une seule".to_owned());
        };
        let signes = attributs(signataire, contenu)?;
        let (feuille, autres) = certificats(signe, signataire)?;
        let feuille = EndEntityCert::try_from(&feuille)
            .map_err(|e| format!("le certificat de l'autorité ne se lit pas ({e})"))?;
        let octets = signataire.signature.as_bytes();
        let tient = |alg: &&_| feuille.verify_signature(*alg, &signes, octets).is_ok();
        if !ALL_VERIFICATION_ALGS.iter().any(tient) {
            return Err("la signature du jeton ne tient pas".to_owned());
        }
        let ancres: Result<Vec<_>, _> = self.ancres.iter().map(anchor_from_trusted_cert).collect();
        let ancres = ancres.map_err(|e| format!("un certificat configuré ne sert pas ({e})"))?;
        let usage = KeyUsage::required(USAGE);
        let temps = UnixTime::since_unix_epoch(instant);
        let chaine = feuille.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &ancres,
            &autres,
            temps,
            usage,
            None,
            None,
        );
        let chaine = chaine.map(|_| ());
        chaine.map_err(|e| format!("l'autorité n'est pas de celles qui sont crues ({e})"))
    }
}

/// The signer's certificate, and the others that the token brings.
fn certificats(
    signe: &SignedData,
    signataire: &SignerInfo,
) -> Result<(CertificateDer<'static>, Vec<CertificateDer<'static>>), String> {
    let mut feuille = None;
    let mut autres = Vec::new();
    let apportes = signe.certificates.iter().flat_map(|c| c.0.iter());
    for apporte in apportes {
        let CertificateChoices::Certificate(certificat) = apporte else {
            continue;
        };
        let octets = certificat.to_der().map_err(|e| e.to_string())?;
        let octets = CertificateDer::from(octets);
        let SignerIdentifier::IssuerAndSerialNumber(nom) = &signataire.sid else {
            return Err("le jeton ne dit pas qui le signe".to_owned());
        };
        let corps = &certificat.tbs_certificate;
        if corps.issuer == nom.issuer && corps.serial_number == nom.serial_number {
            feuille = Some(octets);
        } else {
            autres.push(octets);
        }
    }
    let feuille = feuille.ok_or("le jeton n'apporte pas le certificat qui le signe")?;
    Ok((feuille, autres))
}

/// A positive integer that DER writes as it stands.
fn nonce(mut alea: [u8; 8]) -> Vec<u8> {
    alea[0] = (alea[0] & 0x3f) | 0x40;
    alea.to_vec()
}

fn demande(empreinte: Digest, nonce: &[u8]) -> der::Result<Vec<u8>> {
    TimeStampReq {
        version: TspVersion::V1,
        message_imprint: MessageImprint {
            hash_algorithm: cms::cert::x509::spki::AlgorithmIdentifier {
                oid: ID_SHA_256,
                parameters: Some(Any::new(Tag::Null, [])?),
            },
            hashed_message: OctetString::new(empreinte.0.to_vec())?,
        },
        req_policy: None,
        nonce: Some(Int::new(nonce)?),
        cert_req: true,
        extensions: None,
    }
    .to_der()
}

/// The token of an answer.
fn jeton(reponse: &[u8]) -> Result<Vec<u8>, String> {
    let lue = TimeStampResp::from_der(reponse)
        .map_err(|e| format!("la réponse de l'autorité ne se lit pas ({e})"))?;
    let statut = lue.status.status as u8;
    match lue.time_stamp_token {
        // Accepted, or granted with modifications.
        Some(jeton) if statut <= 1 => jeton.to_der().map_err(|e| e.to_string()),
        _ => Err(format!("l'autorité a refusé (statut {statut})")),
    }
}

/// The signed data of a token, and the bytes it is over.
fn lu(jeton: &[u8]) -> der::Result<(SignedData, Vec<u8>)> {
    let enveloppe = ContentInfo::from_der(jeton)?;
    let autre = |tag: Tag| tag.value_error();
    if enveloppe.content_type != SIGNED_DATA {
        return Err(autre(Tag::ObjectIdentifier));
    }
    let signe: SignedData = enveloppe.content.decode_as()?;
    let dedans = &signe.encap_content_info;
    if dedans.econtent_type != TST_INFO {
        return Err(autre(Tag::ObjectIdentifier));
    }
    let contenu = dedans.econtent.as_ref();
    let contenu = contenu.ok_or_else(|| autre(Tag::OctetString))?;
    let octets: OctetString = contenu.decode_as()?;
    let octets = octets.into_bytes();
    Ok((signe, octets))
}

/// The bytes that are signed; the digest among them must be that of the content.
fn attributs(signataire: &SignerInfo, contenu: &[u8]) -> Result<Vec<u8>, String> {
    let signes = signataire.signed_attrs.as_ref();
    let signes = signes.ok_or("le jeton n'a pas d'attributs signés")?;
    let calculee = match signataire.digest_alg.oid {
        ID_SHA_256 => hache::<Sha256>(contenu),
        ID_SHA_384 => hache::<Sha384>(contenu),
        ID_SHA_512 => hache::<Sha512>(contenu),
        autre => {
            return Err(format!(
                "l'empreinte du jeton est d'un genre inconnu ({autre})"
            ));
        }
    };
    let mut dites = signes.iter().filter(|a| a.oid == MESSAGE_DIGEST);
    let dite = dites.next().and_then(|a| a.values.get(0));
    let dite = dite.and_then(|v| v.decode_as::<OctetString>().ok());
    if dite.is_none_or(|d| d.as_bytes() != calculee) {
        return Err("le contenu du jeton n'est pas celui qui a été signé".to_owned());
    }
    signes.to_der().map_err(|e| e.to_string())
}

fn hache<H: sha2::Digest>(octets: &[u8]) -> Vec<u8> {
    H::digest(octets).to_vec()
}
