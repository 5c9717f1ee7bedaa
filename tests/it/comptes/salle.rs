//! Pages over accounts: a browser that keeps its cookies, on each database.

use super::{BON, Ici, matin};
use crate::bases::atelier;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::{DateTime, Utc};
use entente::app::abords::Abords;
use entente::app::consult::Consultation;
use entente::app::execute::Entente;
use entente::web::{Options, application};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

pub const SITE: &str = "https://entente.exemple.fr";

/// Pages, with a clock that the test moves.
pub struct Salle {
    pub entente: Entente,
    pub horloge: Arc<Mutex<DateTime<Utc>>>,
    routeur: Router,
}

/// A browser.
pub struct Navigateur<'s> {
    salle: &'s Salle,
    cookies: BTreeMap<String, String>,
}

pub struct Page {
    pub code: StatusCode,
    pub vers: String,
    pub entetes: HeaderMap,
    pub texte: String,
}

impl Salle {
    pub fn de(ici: &Ici, envoie: bool) -> Self {
        let entente = Entente::nouvelle(ici.base.clone(), atelier());
        let horloge = Arc::new(Mutex::new(matin()));
        let lue = Arc::clone(&horloge);
        let options = Options {
            ruban: None,
            tls: false,
            demo: None,
            metriques: Arc::new(String::new),
            abords: Abords::default(),
            editeur: entente::app::reglages::Editeur::default(),
        };
        let consultation = Consultation {
            entente: entente.clone(),
            horloge: Arc::new(move || *lue.lock().unwrap()),
        };
        let mut comptes = ici.comptes.clone().sur(SITE);
        if envoie {
            comptes = comptes.avec_courriels(SITE).unwrap();
        }
        Self {
            routeur: application(consultation, comptes, options).unwrap(),
            entente,
            horloge,
        }
    }

    pub fn passe(&self, duree: chrono::TimeDelta) -> DateTime<Utc> {
        let mut ici = self.horloge.lock().unwrap();
        *ici += duree;
        *ici
    }

    pub fn ouvre(&self) -> Navigateur<'_> {
        Navigateur {
            salle: self,
            cookies: BTreeMap::new(),
        }
    }

    /// A browser where someone has just signed in.
    pub async fn entre(&self, courriel: &str) -> Navigateur<'_> {
        let mut navigateur = self.ouvre();
        let page = navigateur.connecte(courriel, BON).await;
        assert_eq!((page.code, &*page.vers), (StatusCode::SEE_OTHER, "/"));
        navigateur
    }
}

impl Navigateur<'_> {
    pub async fn connecte(&mut self, courriel: &str, passe: &str) -> Page {
        let envoi = [("courriel", courriel), ("passe", passe), ("retour", "/")];
        self.envoie("/connexion", &envoi).await
    }

    pub async fn lit(&mut self, chemin: &str) -> Page {
        self.demande(Request::get(chemin), String::new()).await
    }

    pub async fn envoie(&mut self, chemin: &str, champs: &[(&str, &str)]) -> Page {
        let mut corps = form_urlencoded::Serializer::new(String::new());
        let corps = corps.extend_pairs(champs).finish();
        let genre = "application/x-www-form-urlencoded";
        let requete = Request::post(chemin).header(header::CONTENT_TYPE, genre);
        self.demande(requete, corps).await
    }

    /// The same browser as it was: what it holds may be out of date since.
    pub fn copie(&self) -> Self {
        Self {
            salle: self.salle,
            cookies: self.cookies.clone(),
        }
    }

    async fn demande(&mut self, requete: axum::http::request::Builder, corps: String) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let requete = requete.header(header::COOKIE, cookies.join("; "));
        let requete = requete.body(Body::from(corps)).unwrap();
        let reponse = self.salle.routeur.clone().oneshot(requete).await.unwrap();
        let (tete, corps) = reponse.into_parts();
        for cookie in tete.headers.get_all(header::SET_COOKIE) {
            let paire = cookie.to_str().unwrap().split(';').next().unwrap();
            let (nom, valeur) = paire.split_once('=').unwrap();
            self.cookies.insert(nom.to_owned(), valeur.to_owned());
        }
        let octets = to_bytes(corps, usize::MAX).await.unwrap();
        let vers = tete.headers.get(header::LOCATION);
        Page {
            code: tete.status,
            vers: vers.map_or("", |v| v.to_str().unwrap()).to_owned(),
            entetes: tete.headers,
            texte: String::from_utf8(octets.to_vec()).unwrap(),
        }
    }
}

impl Page {
    /// The value of the first hidden field of a name.
    pub fn cache(&self, nom: &str) -> String {
        let debut = format!("type=\"hidden\" name=\"{nom}\" value=\"");
        let (_, suite) = self.texte.split_once(&debut).expect(nom);
        suite.split('"').next().unwrap().to_owned()
    }

    /// What is shown once.
    pub fn secret(&self) -> String {
        let (_, suite) = self.texte.split_once("<code class=\"secret\">").unwrap();
        suite.split('<').next().unwrap().replace("&#x3D;", "=")
    }

    /// Whether it was refused, on the page itself, with the summary first.
    pub fn refuse(&self, phrase: &str) {
        assert_eq!(
            self.code,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            self.texte
        );
        assert!(self.texte.contains("data-arrivee"));
        assert!(self.texte.contains("<title>Erreur : "));
        assert!(self.texte.contains(phrase), "{phrase} : {}", self.texte);
    }

    /// Whether it sends back to a page that says it is done.
    pub fn faite(&self, vers: &str) {
        assert_eq!(self.code, StatusCode::SEE_OTHER, "{}", self.texte);
        assert_eq!(self.vers, vers);
    }
}
