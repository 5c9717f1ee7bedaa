//! A provider of identities, asked by OpenID Connect: the code flow with PKCE (RFC 7636), and what
//! it says of who came back, checked before anyone believes it. It waits: run it where one may.

use super::appels::{Appels, Patience, Voisinage, chiffree};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient,
    CoreClientAuthMethod, CoreGenderClaim, CoreGrantType, CoreIdTokenClaims, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType, CoreTokenResponse,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthType, AuthenticationContextClass,
    AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    JsonWebKeySet, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadata, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse, UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One request, and all those of one sign-in: less than a page may take.
const APPEL: Duration = Duration::from_secs(5);
const ENSEMBLE: Duration = Duration::from_secs(10);
/// What a provider announces is asked again after so long.
const FRAICHEUR: TimeDelta = TimeDelta::hours(1);
/// Clocks differ by so much.
const ECART: TimeDelta = TimeDelta::minutes(2);
/// Where a provider sends people back, under the address of the site.
pub const RETOUR: &str = "/connexion/retour";

/// What is said of a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Annonce {
    pub emetteur: String,
    pub client: String,
    pub secret: Option<String>,
    /// As people know it.
    pub nom: String,
    pub portees: Vec<String>,
    /// The levels asked for (`acr_values`).
    pub acr: Vec<String>,
    /// The methods (`amr`) and levels (`acr`) that are a second factor.
    pub seconds: Vec<String>,
    /// The claim that holds the SIRET of the organisation.
    pub siret: String,
    /// Whether it gives only addresses that it has checked, though it does not say so.
    pub garanti: bool,
    /// How long ago, at most, it may have asked someone to prove who they are (`max_age`).
    pub age_max: Option<TimeDelta>,
    /// Whether keys of 2048 bits (112 bits of security, NIST SP 800-57) are believed: those of
    /// 3072 are, and elliptic ones.
    pub rsa_2048: bool,
}

/// A provider.
pub struct Fournisseur {
    emetteur: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    dit: Annonce,
    retour: RedirectUrl,
    appels: Appels,
    connu: Mutex<Option<(DateTime<Utc>, Metadonnees)>>,
}

/// Whom a provider says came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identite {
    pub sujet: String,
    pub nom: Option<String>,
    pub courriel: Option<String>,
    /// Whether the provider vouches that the address is theirs.
    pub verifie: bool,
    pub siret: Option<String>,
    /// Whether it asked for a second factor.
    pub fort: bool,
}

/// Where to send someone, and what will prove that they come back.
pub struct Demande {
    pub vers: String,
    pub verificateur: String,
}

/// Why a provider is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Echec {
    /// It does not answer, or not what is asked.
    Indisponible(String),
    /// What it says does not check.
    Douteux(String),
}

/// What a provider announces beside the usual.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Autres {
    /// RFC 9207: it names itself when it sends people back.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for Autres {}

/// What is said of a person beside the usual.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Dits {
    #[serde(flatten)]
    dits: BTreeMap<String, Value>,
}
impl AdditionalClaims for Dits {}

type Metadonnees = ProviderMetadata<
    Autres,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
type Infos = UserInfoClaims<Dits, CoreGenderClaim>;

impl fmt::Debug for Fournisseur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fournisseur({})", self.emetteur.as_str())
    }
}

impl Fournisseur {
    /// `site`: where people are sent back, without a final `/`.
    ///
    /// # Errors
    /// One French sentence: what is said of it is not used.
    pub fn nouveau(dit: Annonce, site: &str) -> Result<Self, String> {
        let faux = |quoi: &str, attendu: &str| {
            format!("oidc.{quoi} ne se lit pas : attendu {attendu}. Corrigez ce réglage.")
        };
        let emetteur = IssuerUrl::new(dit.emetteur.clone());
        let clair = dit.emetteur.parse().is_ok_and(|uri| chiffree(&uri));
        let emetteur = emetteur.ok().filter(|_| clair).ok_or_else(|| {
            faux(
                "emetteur",
                "l'adresse https du fournisseur, telle qu'il la publie",
            )
        })?;
        let retour = RedirectUrl::new(format!("{site}{RETOUR}"));
        Ok(Self {
            emetteur,
            client: ClientId::new(dit.client.clone()),
            secret: dit.secret.clone().map(ClientSecret::new),
            retour: retour.map_err(|_| faux("retour", "une adresse publique du site"))?,
            dit,
            appels: Appels::nouveaux(Voisinage::Tout),
            connu: Mutex::new(None),
        })
    }

    /// As people know it.
    pub fn nom(&self) -> &str {
        &self.dit.nom
    }

    pub fn emetteur(&self) -> &str {
        self.emetteur.as_str()
    }

    /// Where to send someone who wants to sign in. `etat` and `nonce` cannot be guessed.
    ///
    /// # Errors
    /// The provider does not say where.
    pub fn depart(
        &self,
        etat: &str,
        nonce: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Demande, Echec> {
        let client = self.client(&self.metadonnees(maintenant, false, Instant::now())?)?;
        let (defi, verificateur) = PkceCodeChallenge::new_random_sha256();
        let (etat, nonce) = (etat.to_owned(), nonce.to_owned());
        let mut demande = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(etat),
            move || Nonce::new(nonce),
        );
        for portee in self.dit.portees.iter().filter(|p| *p != "openid") {
            demande = demande.add_scope(Scope::new(portee.clone()));
        }
        for acr in &self.dit.acr {
            let acr = AuthenticationContextClass::new(acr.clone());
            demande = demande.add_auth_context_value(acr);
        }
        if let Some(age) = self.dit.age_max.and_then(|a| a.to_std().ok()) {
            demande = demande.set_max_age(age);
        }
        let (vers, _, _) = demande.set_pkce_challenge(defi).url();
        Ok(Demande {
            vers: vers.to_string(),
            verificateur: verificateur.into_secret(),
        })
    }

    /// Who came back with a code. `iss`: how the provider named itself then.
    ///
    /// # Errors
    /// The provider does not answer, or what it says does not check.
    pub fn identite(
        &self,
        code: &str,
        demande: [&str; 2],
        iss: Option<&str>,
        maintenant: DateTime<Utc>,
    ) -> Result<Identite, Echec> {
        let debut = Instant::now();
        let metadonnees = self.metadonnees(maintenant, false, debut)?;
        let annonces = metadonnees.additional_metadata();
        let muet = iss.is_none() && annonces.authorization_response_iss_parameter_supported;
        if muet || iss.is_some_and(|iss| iss != self.emetteur()) {
            return Err(douteux("un autre émetteur répond (RFC 9207)"));
        }
        let client = self.client(&metadonnees)?;
        let [verificateur, nonce] = demande;
        let jetons = self.echange(&client, code, verificateur, debut)?;
        let id = self.verifie(&client, &jetons, nonce, maintenant);
        // A key that is not known yet may be new.
        let (client, id) = match id {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let client = self.client(&self.metadonnees(maintenant, true, debut)?)?;
                let id = self.verifie(&client, &jetons, nonce, maintenant);
                (client, id)
            }
            lu => (client, lu),
        };
        let id = id.map_err(|e| douteux(&format!("jeton d'identité : {e}")))?;
        let infos = match metadonnees.userinfo_endpoint() {
            Some(_) => Some(self.infos(&client, &jetons, &id, debut)?),
            None => None,
        };
        Ok(self.dite(&id, infos.as_ref()))
    }

    /// What the provider announces; `neuf`: asked again.
    fn metadonnees(
        &self,
        maintenant: DateTime<Utc>,
        neuf: bool,
        debut: Instant,
    ) -> Result<Metadonnees, Echec> {
        let garde = || self.connu.lock().unwrap_or_else(PoisonError::into_inner);
        let fraiches = |(quand, _): &&(DateTime<Utc>, _)| (maintenant - *quand).abs() < FRAICHEUR;
        if let Some((_, connues)) = garde().as_ref().filter(|_| !neuf).filter(fraiches) {
            return Ok(connues.clone());
        }
        let lues = Metadonnees::discover(&self.emetteur, &|requete| self.appelle(requete, debut));
        let lues = lues.map_err(|e| match e {
            DiscoveryError::Request(e) => indisponible(&e.to_string()),
            DiscoveryError::Validation(_) => douteux("il annonce un autre émetteur"),
            autre => indisponible(&autre.to_string()),
        })?;
        let cles = lues.jwks().keys().iter();
        let bits_min = if self.dit.rsa_2048 { 2048 } else { 3072 };
        let sures = cles.filter(|cle| assez_longue(cle, bits_min)).cloned();
        let sures = lues.clone().set_jwks(JsonWebKeySet::new(sures.collect()));
        *garde() = Some((maintenant, sures.clone()));
        Ok(sures)
    }

    fn client(&self, metadonnees: &Metadonnees) -> Result<Client, Echec> {
        let adresses = [
            Some(metadonnees.authorization_endpoint().as_str()),
            metadonnees.token_endpoint().map(|a| a.as_str()),
            metadonnees.userinfo_endpoint().map(|a| a.as_str()),
        ];
        let claire = |a: &&str| !a.parse().is_ok_and(|uri| chiffree(&uri));
        if adresses.iter().flatten().any(claire) {
            return Err(douteux("une de ses adresses n'est pas chiffrée"));
        }
        let methodes = metadonnees.token_endpoint_auth_methods_supported();
        let connue = |m| annonce(methodes, m);
        let corps = !connue(&CoreClientAuthMethod::ClientSecretBasic)
            && connue(&CoreClientAuthMethod::ClientSecretPost);
        let client = CoreClient::from_provider_metadata(
            metadonnees.clone(),
            self.client.clone(),
            self.secret.clone(),
        );
        let client = client.set_redirect_uri(self.retour.clone());
        Ok(client.set_auth_type(if corps {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        }))
    }

    fn appelle(&self, requete: HttpRequest, debut: Instant) -> Result<HttpResponse, ureq::Error> {
        let reste = ENSEMBLE.saturating_sub(debut.elapsed()).min(APPEL);
        if reste.is_zero() {
            return Err(ureq::Error::Timeout(ureq::Timeout::Global));
        }
        self.appels.envoie(requete, Patience::document(reste))
    }

    fn echange(
        &self,
        client: &Client,
        code: &str,
        verificateur: &str,
        debut: Instant,
    ) -> Result<CoreTokenResponse, Echec> {
        let code = AuthorizationCode::new(code.to_owned());
        let demande = client.exchange_code(code);
        let demande = demande.map_err(|_| indisponible("il n'annonce pas où donner le code"))?;
        let demande = demande.set_pkce_verifier(PkceCodeVerifier::new(verificateur.to_owned()));
        let jetons = demande.request(&|requete| self.appelle(requete, debut));
        let jetons: CoreTokenResponse = jetons.map_err(|e| match e {
            RequestTokenError::ServerResponse(dit) => douteux(&format!(
                "le code est refusé ({})",
                propre(dit.error().as_ref())
            )),
            RequestTokenError::Request(e) => indisponible(&e.to_string()),
            // What could not be read may hold a token: it is not told.
            _ => indisponible("la réponse au code ne se lit pas"),
        })?;
        let acces = jetons.access_token().secret();
        if acces.chars().all(|c| c.is_ascii_graphic()) {
            Ok(jetons)
        } else {
            Err(douteux("le jeton d'accès n'en est pas un"))
        }
    }

    fn verifie(
        &self,
        client: &Client,
        jetons: &CoreTokenResponse,
        nonce: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
        let absent = || ClaimsVerificationError::Other("il n'y en a pas".to_owned());
        let jeton = jetons.id_token().ok_or_else(absent)?;
        let verifieur = client
            .id_token_verifier()
            .set_allowed_algs([
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            ])
            .set_time_fn(move || maintenant - ECART)
            .set_auth_time_verifier_fn(move |prouve| recent(prouve, self.dit.age_max, maintenant))
            .set_issue_time_verifier_fn(move |quand| {
                let a_venir = quand > maintenant + ECART;
                (!a_venir)
                    .then_some(())
                    .ok_or("daté de l'avenir".to_owned())
            });
        jeton
            .claims(&verifieur, &Nonce::new(nonce.to_owned()))
            .cloned()
    }

    fn infos(
        &self,
        client: &Client,
        jetons: &CoreTokenResponse,
        id: &CoreIdTokenClaims,
        debut: Instant,
    ) -> Result<Infos, Echec> {
        let acces = jetons.access_token().clone();
        let demande = client.user_info(acces, Some(id.subject().clone()));
        let demande = demande.map_err(|_| indisponible("il n'annonce pas où le demander"))?;
        let lues = demande.request(&|requete| self.appelle(requete, debut));
        lues.map_err(|e| match e {
            UserInfoError::Request(e) => indisponible(&e.to_string()),
            UserInfoError::ClaimsVerification(e) => douteux(&format!("identité : {e}")),
            // What was answered holds personal data: it is not told.
            UserInfoError::Response(code, ..) => indisponible(&format!("identité : {code}")),
            _ => indisponible("l'identité ne se lit pas"),
        })
    }

    /// What is kept of it all.
    fn dite(&self, id: &CoreIdTokenClaims, infos: Option<&Infos>) -> Identite {
        let courriel = infos.map_or(id.email(), Infos::email);
        let verifie = infos.map_or(id.email_verified(), Infos::email_verified);
        let autre = |cle: &str| {
            let dits = infos.map(|i| &i.additional_claims().dits);
            let texte = dits.and_then(|d| d.get(cle)).and_then(Value::as_str);
            texte.map(str::to_owned)
        };
        let nom = infos.and_then(|i| Some(i.name()?.get(None)?.to_string()));
        let prenom = infos.and_then(|i| Some(i.given_name()?.get(None)?.to_string()));
        let famille = infos.and_then(|i| Some(i.family_name()?.get(None)?.to_string()));
        // ProConnect says `usual_name` where the standard says `family_name`.
        let famille = famille.or_else(|| autre("usual_name"));
        let entier = prenom.zip(famille).map(|(p, f)| format!("{p} {f}"));
        let methodes = id.auth_method_refs().into_iter().flatten();
        let mut preuves = methodes.map(|m| m.as_str());
        let fort = |preuve: &str| self.dit.seconds.iter().any(|s| s == preuve);
        Identite {
            sujet: id.subject().to_string(),
            nom: nom.or(entier),
            courriel: courriel.map(|c| c.to_string()),
            verifie: self.dit.garanti || verifie == Some(true),
            siret: autre(&self.dit.siret),
            fort: preuves.any(fort) || id.auth_context_ref().is_some_and(|a| fort(a.as_str())),
        }
    }
}

/// Whether the one who came proved it recently enough, as the provider says.
fn recent(
    prouve: Option<DateTime<Utc>>,
    age_max: Option<TimeDelta>,
    maintenant: DateTime<Utc>,
) -> Result<(), String> {
    match (prouve, age_max) {
        (_, None) => Ok(()),
        (None, Some(_)) => Err("auth_time manque, que max_age demande".to_owned()),
        (Some(prouve), Some(age)) if maintenant - prouve <= age + ECART => Ok(()),
        _ => Err("la personne a prouvé son identité il y a trop longtemps".to_owned()),
    }
}

/// Whether a key is not too short to be believed. Those that are not RSA have one length.
fn assez_longue(cle: &CoreJsonWebKey, bits_min: usize) -> bool {
    let dite = serde_json::to_value(cle).unwrap_or_default();
    let Some(module) = dite["n"].as_str() else {
        return true;
    };
    let octets = Base64UrlUnpadded::decode_vec(module.trim_end_matches('=')).unwrap_or_default();
    let zeros = octets.iter().take_while(|o| **o == 0).count();
    let bits = (octets.len() - zeros) * 8;
    let premier = octets.get(zeros).map_or(0, |o| o.leading_zeros() as usize);
    let longue = bits - premier >= bits_min;
    if !longue {
        let bits = bits - premier;
        tracing::warn!(
            bits,
            bits_min,
            "une clé RSA du fournisseur d'identité est trop courte (oidc.rsa_2048)"
        );
    }
    longue
}

/// Whether a method of naming oneself is announced; by default, the basic one is (OpenID Connect
/// Discovery 1.0 § 3).
fn annonce(annoncees: Option<&Vec<CoreClientAuthMethod>>, methode: &CoreClientAuthMethod) -> bool {
    annoncees.map_or(*methode == CoreClientAuthMethod::ClientSecretBasic, |m| {
        m.contains(methode)
    })
}

fn indisponible(quoi: &str) -> Echec {
    Echec::Indisponible(propre(quoi))
}

fn douteux(quoi: &str) -> Echec {
    Echec::Douteux(propre(quoi))
}

/// What another server says, fit for a line of log.
fn propre(texte: &str) -> String {
    let vus = texte.chars().filter(|c| !c.is_control());
    vus.take(200).collect()
}
