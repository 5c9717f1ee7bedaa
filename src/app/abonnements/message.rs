//! A message, and its signature: the body, its identifier and its time, under the secret that the
//! organisation was given (Standard Webhooks 1.0, symmetric signature).

use super::SECRET;
use crate::metier::chaine::{Scellee, instant};
use crate::workflow::machine::digest::Digest;
use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha2::Sha256;
use ureq::http::Request;

/// What happened: a line of a journal was written.
const GENRE: &str = "journal.ligne";

#[derive(Serialize)]
struct Corps<'l> {
    #[serde(rename = "type")]
    genre: &'static str,
    /// When the line was recorded.
    timestamp: String,
    data: Ligne<'l>,
}

/// Which line: no text of it.
#[derive(Serialize)]
struct Ligne<'l> {
    contrat: &'l str,
    ordre: u64,
    flux: &'l str,
    rang: u64,
    genre: &'l str,
    empreinte: String,
}

/// The request that tells a line to a subscription; the same body and identifier each time it is
/// sent.
///
/// # Errors
/// What cannot be written, in French.
pub(super) fn requete(
    (abonnement, adresse, secret): (&str, &str, &str),
    ligne: &Scellee,
    maintenant: DateTime<Utc>,
) -> Result<Request<Vec<u8>>, String> {
    let corps = Corps {
        genre: GENRE,
        timestamp: instant(ligne.enregistre),
        data: Ligne {
            contrat: &ligne.contrat,
            ordre: ligne.ordre,
            flux: &ligne.flux,
            rang: ligne.rang,
            genre: &ligne.genre,
            empreinte: ligne.empreinte.to_string(),
        },
    };
    let corps = serde_json::to_string(&corps).map_err(|e| e.to_string())?;
    let quoi = format!("{abonnement} {} {}", ligne.contrat, ligne.ordre);
    let id = format!("msg_{}", Digest::of(quoi.as_bytes()));
    let quand = maintenant.timestamp().to_string();
    let signature = signature(secret, &id, &quand, &corps)?;
    Request::post(adresse)
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", quand)
        .header("webhook-signature", signature)
        .body(corps.into_bytes())
        .map_err(|_| "l'adresse ne se lit pas".to_owned())
}

fn signature(secret: &str, id: &str, quand: &str, corps: &str) -> Result<String, String> {
    let illisible = || "le secret ne se lit pas".to_owned();
    let cle = secret.strip_prefix(SECRET).ok_or_else(illisible)?;
    let cle = Base64::decode_vec(cle).map_err(|_| illisible())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&cle).map_err(|_| illisible())?;
    mac.update(format!("{id}.{quand}.{corps}").as_bytes());
    let mac = mac.finalize().into_bytes();
    Ok(format!("v1,{}", Base64::encode_string(&mac)))
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// The vector published with the Standard Webhooks libraries.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let dite = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        );
        let attendue = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(dite.as_deref(), Ok(attendue));
        assert!(signature("autre", "a", "b", "c").is_err());
    }
}
