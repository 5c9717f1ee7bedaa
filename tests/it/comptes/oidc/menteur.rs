//! A provider that signs what it is told, and lies as it is told.

use super::{CLIENT, SECRET};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use chrono::Utc;
use hmac::{Hmac, KeyInit as _, Mac as _};
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How an identity token is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    Sienne,
    /// By another key, under the same name.
    DUneAutre,
    /// By the client's secret, which others may know.
    DuSecret,
    Aucune,
    /// One bit is another.
    Retouchee,
}

/// What it says.
#[derive(Clone)]
pub struct Jeu {
    pub decouverte: Value,
    pub entete: Value,
    pub id: Value,
    pub infos: Value,
    pub acces: String,
    pub signature: Signature,
    /// In place of what a path answers: code, headers, body.
    pub autres: BTreeMap<&'static str, (u16, &'static str, String)>,
    pub lenteur: Duration,
}

pub struct Menteur {
    pub emetteur: String,
    pub jeu: Arc<Mutex<Jeu>>,
}

struct Cles {
    sienne: CoreRsaPrivateSigningKey,
    autre: CoreRsaPrivateSigningKey,
}

fn cle(bits: &str) -> CoreRsaPrivateSigningKey {
    let sortie = Command::new("openssl")
        .args(["genrsa", "-traditional", bits])
        .output()
        .expect("openssl est absent : apt-get install openssl");
    let pem = String::from_utf8(sortie.stdout).unwrap();
    let nom = JsonWebKeyId::new("cle-1".to_owned());
    CoreRsaPrivateSigningKey::from_pem(&pem, Some(nom)).unwrap()
}

impl Jeu {
    /// The truth about someone.
    pub fn vrai(emetteur: &str, courriel: &str) -> Self {
        let maintenant = Utc::now().timestamp();
        let adresse = |page: &str| format!("{emetteur}{page}");
        Self {
            decouverte: json!({
                "issuer": emetteur,
                "authorization_endpoint": adresse("/entrer"),
                "token_endpoint": adresse("/jetons"),
                "userinfo_endpoint": adresse("/qui"),
                "jwks_uri": adresse("/cles"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }),
            entete: json!({"alg": "RS256", "kid": "cle-1"}),
            id: json!({
                "iss": emetteur, "sub": "karim-1", "aud": CLIENT, "iat": maintenant,
                "exp": maintenant + 300, "auth_time": maintenant - 60,
            }),
            infos: json!({"sub": "karim-1", "email": courriel, "email_verified": true}),
            acces: "un-jeton-d-acces".to_owned(),
            signature: Signature::Sienne,
            autres: BTreeMap::new(),
            lenteur: Duration::ZERO,
        }
    }

    fn jeton(&self, cles: &Cles) -> String {
        let code = |v: &Value| Base64UrlUnpadded::encode_string(v.to_string().as_bytes());
        let dit = format!("{}.{}", code(&self.entete), code(&self.id));
        let rs256 = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
        let mut signature = match self.signature {
            Signature::Aucune => Vec::new(),
            Signature::DUneAutre => cles.autre.sign(&rs256, dit.as_bytes()).unwrap(),
            Signature::DuSecret => {
                let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
                mac.update(dit.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            Signature::Sienne | Signature::Retouchee => {
                cles.sienne.sign(&rs256, dit.as_bytes()).unwrap()
            }
        };
        if self.signature == Signature::Retouchee {
            signature[7] ^= 1;
        }
        format!("{dit}.{}", Base64UrlUnpadded::encode_string(&signature))
    }

    fn repond(&self, chemin: &str, cles: &Cles) -> (u16, &'static str, String) {
        if let Some(autre) = self.autres.get(chemin) {
            return autre.clone();
        }
        let corps = match chemin {
            "/.well-known/openid-configuration" => self.decouverte.clone(),
            "/cles" => json!({"keys": [cles.sienne.as_verification_key()]}),
            "/jetons" => json!({
                "access_token": self.acces, "token_type": "Bearer", "expires_in": 60,
                "id_token": self.jeton(cles),
            }),
            "/qui" => self.infos.clone(),
            _ => return (404, "", String::new()),
        };
        (200, "content-type: application/json\r\n", corps.to_string())
    }
}

impl Menteur {
    pub fn lance(courriel: &str) -> Self {
        Self::aux_cles_de(courriel, "3072")
    }

    /// Whose keys have so many bits.
    pub fn aux_cles_de(courriel: &str, bits: &str) -> Self {
        let porte = TcpListener::bind("127.0.0.1:0").unwrap();
        let emetteur = format!("http://{}", porte.local_addr().unwrap());
        let jeu = Arc::new(Mutex::new(Jeu::vrai(&emetteur, courriel)));
        let cles = Cles {
            sienne: cle(bits),
            autre: cle(bits),
        };
        let dit = Arc::clone(&jeu);
        std::thread::spawn(move || {
            for visite in porte.incoming() {
                // Whoever asked may have gone.
                let _ = sert(visite.unwrap(), &dit, &cles);
            }
        });
        Self { emetteur, jeu }
    }
}

fn sert(mut visite: TcpStream, jeu: &Mutex<Jeu>, cles: &Cles) -> std::io::Result<()> {
    let mut lu = Vec::new();
    let mut morceau = [0; 4096];
    // All that is sent is read: a connection closed on what is unread is reset.
    let tete = loop {
        let n = visite.read(&mut morceau)?;
        lu.extend_from_slice(&morceau[..n]);
        let texte = String::from_utf8_lossy(&lu).into_owned();
        let bas = texte.to_lowercase();
        if let Some((tete, corps)) = bas.split_once("\r\n\r\n") {
            let longueur = tete.split_once("content-length: ").map_or("0", |(_, s)| s);
            let longueur = longueur.lines().next().unwrap_or_default().trim();
            if corps.len() >= longueur.parse().unwrap_or(0) {
                break texte;
            }
        }
        if n == 0 {
            return Ok(());
        }
    };
    let chemin = tete.split(' ').nth(1).unwrap_or_default();
    let jeu = jeu.lock().unwrap().clone();
    if chemin != "/.well-known/openid-configuration" {
        std::thread::sleep(jeu.lenteur);
    }
    let (code, entetes, corps) = jeu.repond(chemin, cles);
    let longueur = corps.len();
    let entetes = format!("{entetes}content-length: {longueur}\r\nconnection: close\r\n");
    write!(visite, "HTTP/1.1 {code} x\r\n{entetes}\r\n{corps}")
}
