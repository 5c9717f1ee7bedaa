//! Who is asking: the session's cookie, the pages to sign in and out, and what keeps all other
//! pages from whoever has not.

use super::Etat;
use super::abords::{attends, note_le_refus};
use super::envoi::{self, un};
use super::erreurs::Faute;
use super::federation::{adresse, agent};
use super::pages::Parametres;
use crate::app::abords::Classe;
use crate::app::acces::Visiteur;
use crate::app::comptes::{
    Connecte, Enrolement, Etape, Identifiants, Jeton, Refus, RefusConnexion,
};
use crate::app::vues::francais::typographie;
use crate::regles::calendrier::civil_date;
use axum::extract::{ConnectInfo, Extension, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;

/// Someone who signed in, as handlers get it.
#[derive(Debug, Clone)]
pub struct Seance {
    pub visiteur: Visiteur,
    pub connecte: Connecte,
}

impl Seance {
    /// The organisations in whose name the person is there.
    pub fn organisation(&self) -> String {
        let mut noms: Vec<&str> = Vec::new();
        for titre in &self.visiteur.titres {
            if !noms.contains(&titre.organisation.as_str()) {
                noms.push(&titre.organisation);
            }
        }
        noms.join(", ")
    }
}

/// The cookie: only where pages are served over TLS may it bear the prefix that binds it there.
const COOKIE: &str = "entente";
const COOKIE_TLS: &str = "__Host-entente";
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const APPAREIL: &str = "entente-appareil";
const APPAREIL_TLS: &str = "__Host-entente-appareil";
/// How long a browser that signed in once is remembered: a year.
const APPAREIL_SECONDES: u32 = 365 * 24 * 3600;

impl Etat {
    pub(super) fn cookie(
        &self,
        nom: [&'static str; 2],
        valeur: &str,
        duree: Option<u32>,
    ) -> HeaderValue {
        let (nom, sur) = if self.options.tls {
            (nom[1], "; Secure")
        } else {
            (nom[0], "")
        };
        let duree = duree.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
        let texte = format!("{nom}={valeur}; Path=/; HttpOnly; SameSite=Lax{sur}{duree}");
        // A token holds letters, digits, hyphens only.
        HeaderValue::from_str(&texte).unwrap_or(HeaderValue::from_static(""))
    }

    pub(super) fn jeton<'h>(&self, entetes: &'h HeaderMap, nom: [&str; 2]) -> Option<&'h str> {
        let nom = nom[usize::from(self.options.tls)];
        let cookies = entetes.get_all(header::COOKIE).iter();
        let paires = cookies.filter_map(|c| c.to_str().ok());
        let mut paires = paires.flat_map(|c| c.split(';')).map(str::trim);
        paires.find_map(|p| p.strip_prefix(nom)?.strip_prefix('='))
    }

    /// Who was there, of a browser whose session is over; nobody when the database does not say.
    pub(super) async fn etait(&self, entetes: &HeaderMap) -> Option<String> {
        let jeton = self.jeton_de_session(entetes);
        let appareil = self.jeton(entetes, [APPAREIL, APPAREIL_TLS]);
        let etait = self
            .comptes
            .etait(jeton, appareil, self.consultation.maintenant());
        etait.await.unwrap_or_default()
    }

    pub(super) fn jeton_de_session<'h>(&self, entetes: &'h HeaderMap) -> Option<&'h str> {
        self.jeton(entetes, [COOKIE, COOKIE_TLS])
    }
}

/// Says who is there, when someone is: a page open to all is the same page otherwise.
pub async fn reconnait(
    State(etat): State<Arc<Etat>>,
    mut requete: Request,
    suite: Next,
) -> Response {
    let maintenant = etat.consultation.maintenant();
    if let Some(jeton) = etat.jeton_de_session(requete.headers())
        // The page does without, when the database does not answer.
        && let Ok(Some(connecte)) = etat.comptes.session(jeton, maintenant).await
        && connecte.etape == Etape::Complete
    {
        let visiteur = Visiteur::de(&connecte.habilite(), civil_date(maintenant));
        requete
            .extensions_mut()
            .insert(Seance { visiteur, connecte });
    }
    suite.run(requete).await
}

/// Lets through those who signed in; sends the others to sign in, and back afterwards.
pub async fn exige(State(etat): State<Arc<Etat>>, mut requete: Request, suite: Next) -> Response {
    let maintenant = etat.consultation.maintenant();
    let connecte = match etat.jeton_de_session(requete.headers()) {
        None => None,
        Some(jeton) => match etat.comptes.session(jeton, maintenant).await {
            Ok(connecte) => connecte,
            Err(erreur) => return Faute::Indisponible(erreur.to_string()).into_response(),
        },
    };
    match connecte {
        Some(connecte) if connecte.etape == Etape::Complete => {
            let visiteur = Visiteur::de(&connecte.habilite(), civil_date(maintenant));
            let personne = connecte.personne.id.clone();
            let classe = requete.extensions().get::<Classe>();
            if let Some(attente) = etat.freine(classe, &personne) {
                return attends(attente, StatusCode::TOO_MANY_REQUESTS);
            }
            let seance = Seance { visiteur, connecte };
            requete.extensions_mut().insert(seance);
            let reponse = suite.run(requete).await;
            note_le_refus(reponse.status(), &personne);
            reponse
        }
        Some(connecte) if connecte.etape == Etape::Enrolement => {
            Redirect::to("/enrolement").into_response()
        }
        Some(_) => Redirect::to("/second-facteur").into_response(),
        None => {
            let chemin = requete.uri().path_and_query().map_or("/", |c| c.as_str());
            let lu = requete.method().is_safe().then(|| chemin.to_owned());
            // What was typed is put aside, and offered again after sign-in.
            let retour = match lu {
                Some(chemin) => Some(chemin),
                None => etat.met_de_cote(requete).await,
            };
            let retour = retour.filter(|c| *c != "/").map(|c| {
                let code: String = form_urlencoded::byte_serialize(c.as_bytes()).collect();
                format!("?retour={code}")
            });
            Redirect::to(&format!("/connexion{}", retour.unwrap_or_default())).into_response()
        }
    }
}

#[derive(Serialize)]
struct ConnexionVue {
    retour: String,
    courriel: String,
    /// Why it was refused.
    erreur: Option<String>,
    /// The provider of identities, as people know it.
    fournisseur: Option<String>,
    /// Whether a forgotten password is set anew by e-mail.
    oubli: bool,
    /// Those of the demonstration: name, what it does, address; and their password.
    demo: Option<DemoVue>,
}

/// The people of a demonstration, and their password, shown to whoever comes.
#[derive(Debug, Clone, Serialize)]
pub struct DemoVue {
    pub mot_de_passe: String,
    /// Name, organisation and role, address.
    pub personnes: Vec<[String; 3]>,
}

/// Only a page of ours: `//ailleurs` is another site.
pub fn ici(retour: &str) -> &str {
    let suite = retour.strip_prefix('/').unwrap_or("/");
    if suite.starts_with(['/', '\\']) || retour.contains(['\n', '\r', '\\']) {
        "/"
    } else {
        retour
    }
}

impl Etat {
    fn page_de_connexion(
        &self,
        (retour, courriel): (&str, &str),
        erreur: Option<String>,
        code: StatusCode,
    ) -> Result<Response, Faute> {
        let vue = ConnexionVue {
            retour: ici(retour).to_owned(),
            courriel: courriel.to_owned(),
            fournisseur: self.comptes.fournisseur().map(str::to_owned),
            oubli: self.comptes.ecrit_aux_gens(),
            demo: self.options.demo.clone(),
            erreur,
        };
        let titre = match vue.erreur {
            Some(_) => "Erreur : se connecter",
            None => "Se connecter",
        };
        let page = self.page(None, "pages/connexion", (titre.to_owned(), None), vue)?;
        Ok(super::erreurs::tel_quel((code, page)))
    }
}

pub async fn connexion(
    State(etat): State<Arc<Etat>>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let retour = parametres.get("retour").map_or("/", String::as_str);
    etat.page_de_connexion((retour, ""), None, StatusCode::OK)
}

pub async fn connecte(
    State(etat): State<Arc<Etat>>,
    de: Option<Extension<ConnectInfo<SocketAddr>>>,
    requete: Request,
) -> Result<Response, Faute> {
    let adresse = adresse(de);
    let entetes = requete.headers().clone();
    let envoi = envoi::lit(requete).await?;
    let identifiants = Identifiants {
        courriel: un(&envoi, "courriel"),
        mot_de_passe: un(&envoi, "passe"),
        adresse,
        agent: agent(&entetes),
        appareil: etat.jeton(&entetes, [APPAREIL, APPAREIL_TLS]),
        ancienne: etat.jeton_de_session(&entetes),
    };
    let retour = ici(un(&envoi, "retour"));
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.connecter(&identifiants, maintenant).await {
        Ok((jeton, connecte)) => {
            let vers = match connecte.etape {
                Etape::Complete => retour,
                Etape::SecondFacteur => "/second-facteur",
                Etape::Enrolement => "/enrolement",
            };
            etat.entre(&entetes, &jeton, Redirect::to(vers)).await
        }
        Err(refus) => etat.refuse(&refus, (retour, identifiants.courriel)),
    }
}

impl Etat {
    /// Gives the session's cookie, and that of the browser once the sign-in is complete.
    pub(super) async fn entre(
        &self,
        entetes: &HeaderMap,
        jeton: &Jeton,
        reponse: impl IntoResponse,
    ) -> Result<Response, Faute> {
        let mut reponse = reponse.into_response();
        let cookie = self.cookie([COOKIE, COOKIE_TLS], jeton.as_str(), None);
        reponse.headers_mut().append(header::SET_COOKIE, cookie);
        let appareil = self.jeton(entetes, [APPAREIL, APPAREIL_TLS]);
        let maintenant = self.consultation.maintenant();
        let reconnu = self
            .comptes
            .reconnaitre(jeton.as_str(), appareil, maintenant);
        match reconnu.await {
            Ok(Some(neuf)) => {
                let noms = [APPAREIL, APPAREIL_TLS];
                let cookie = self.cookie(noms, neuf.as_str(), Some(APPAREIL_SECONDES));
                reponse.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(None) => {}
            Err(refus) => return Err(Faute::Indisponible(refus.to_string())),
        }
        Ok(reponse)
    }

    fn refuse(&self, refus: &RefusConnexion, saisie: (&str, &str)) -> Result<Response, Faute> {
        if let RefusConnexion::Base(erreur) = refus {
            return Err(Faute::Indisponible(erreur.to_string()));
        }
        let phrase = typographie(&refus.to_string());
        self.page_de_connexion(saisie, Some(phrase), StatusCode::UNPROCESSABLE_ENTITY)
    }
}

pub async fn deconnecte(
    State(etat): State<Arc<Etat>>,
    requete: Request,
) -> Result<Response, Faute> {
    if let Some(jeton) = etat.jeton_de_session(requete.headers()) {
        let clos = etat.comptes.deconnecter(jeton).await;
        clos.map_err(|e| Faute::Indisponible(e.to_string()))?;
    }
    let cookie = etat.cookie([COOKIE, COOKIE_TLS], "", Some(0));
    // What the browser keeps of the pages goes too; its cookies are ours to choose: the one that
    // knows it stays.
    let oublie = HeaderValue::from_static("\"cache\", \"storage\"");
    let entetes = [(header::SET_COOKIE, cookie), (CLEAR_SITE_DATA, oublie)];
    Ok((entetes, Redirect::to("/connexion")).into_response())
}

#[derive(Serialize)]
struct SecondVue {
    erreur: Option<String>,
}

impl Etat {
    fn page_du_second_facteur(&self, erreur: Option<String>) -> Result<Response, Faute> {
        let code = match erreur {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        let titre = ("Votre code".to_owned(), None);
        let page = self.page(None, "pages/second", titre, SecondVue { erreur })?;
        Ok(super::erreurs::tel_quel((code, page)))
    }
}

pub async fn second(State(etat): State<Arc<Etat>>) -> Result<Response, Faute> {
    etat.page_du_second_facteur(None)
}

pub async fn second_envoye(
    State(etat): State<Arc<Etat>>,
    requete: Request,
) -> Result<Response, Faute> {
    let entetes = requete.headers().clone();
    let Some(jeton) = etat.jeton_de_session(&entetes) else {
        return Ok(Redirect::to("/connexion").into_response());
    };
    let envoi = envoi::lit(requete).await?;
    let maintenant = etat.consultation.maintenant();
    let code = un(&envoi, "code");
    match etat.comptes.second_facteur(jeton, code, maintenant).await {
        Ok((jeton, _)) => etat.entre(&entetes, &jeton, Redirect::to("/")).await,
        Err(RefusConnexion::Session) => Ok(Redirect::to("/connexion").into_response()),
        Err(refus) => etat.page_du_second_facteur(Some(typographie(&refus.to_string()))),
    }
}

#[derive(Serialize)]
struct EnrolementVue {
    /// In groups of four, to be typed.
    secret: String,
    uri: String,
    erreur: Option<String>,
    /// The recovery codes, shown once.
    codes: Vec<String>,
}

impl Etat {
    async fn page_d_enrolement(
        &self,
        jeton: &str,
        erreur: Option<String>,
    ) -> Result<Response, Faute> {
        let choisi = self
            .comptes
            .enroler(jeton, self.consultation.maintenant())
            .await;
        match choisi {
            Ok(enrolement) => self.montre_enrolement(enrolement, erreur),
            Err(Refus::Connexion(RefusConnexion::Base(erreur))) => Err(Faute::base(erreur)),
            Err(_) => Ok(Redirect::to("/connexion").into_response()),
        }
    }

    /// The key of a telephone to confirm.
    pub(super) fn montre_enrolement(
        &self,
        enrolement: Enrolement,
        erreur: Option<String>,
    ) -> Result<Response, Faute> {
        let lettres: Vec<char> = enrolement.secret.chars().collect();
        let quatre = lettres.chunks(4).map(|c| c.iter().collect::<String>());
        let code = match erreur {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        let vue = EnrolementVue {
            secret: quatre.collect::<Vec<_>>().join(" "),
            uri: enrolement.uri,
            erreur,
            codes: Vec::new(),
        };
        let titre = ("Votre second facteur".to_owned(), None);
        let page = self.page(None, "pages/enrolement", titre, vue)?;
        Ok(super::erreurs::tel_quel((code, page)))
    }
}

impl Etat {
    /// Recovery codes, shown once.
    pub(super) fn montre_codes(&self, codes: Vec<String>) -> Result<Html<String>, Faute> {
        let vue = EnrolementVue {
            secret: String::new(),
            uri: String::new(),
            erreur: None,
            codes,
        };
        let titre = ("Vos codes de secours".to_owned(), None);
        self.page(None, "pages/enrolement", titre, vue)
    }
}

pub async fn enrolement(
    State(etat): State<Arc<Etat>>,
    requete: Request,
) -> Result<Response, Faute> {
    match etat.jeton_de_session(requete.headers()) {
        Some(jeton) => etat.page_d_enrolement(jeton, None).await,
        None => Ok(Redirect::to("/connexion").into_response()),
    }
}

pub async fn enrole(State(etat): State<Arc<Etat>>, requete: Request) -> Result<Response, Faute> {
    let entetes = requete.headers().clone();
    let Some(jeton) = etat.jeton_de_session(&entetes) else {
        return Ok(Redirect::to("/connexion").into_response());
    };
    let envoi = envoi::lit(requete).await?;
    let code = un(&envoi, "code");
    let maintenant = etat.consultation.maintenant();
    let fait = etat.comptes.confirmer_enrolement(jeton, code, maintenant);
    match fait.await {
        Ok((jeton, _, codes)) => {
            let page = etat.montre_codes(codes)?;
            etat.entre(&entetes, &jeton, page).await
        }
        Err(RefusConnexion::Session) => Ok(Redirect::to("/connexion").into_response()),
        Err(refus) => {
            let phrase = typographie(&refus.to_string());
            etat.page_d_enrolement(jeton, Some(phrase)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ici;

    #[test]
    fn only_a_page_of_ours_is_come_back_to() {
        let lus = [
            "/contrats?q=a",
            "//ailleurs.example",
            "https://ailleurs.example",
            "/\\a",
            "",
        ];
        assert_eq!(lus.map(ici), ["/contrats?q=a", "/", "/", "/", "/"]);
    }
}
