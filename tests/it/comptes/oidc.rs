//! Signing in at a provider of identities: a certified one, and one that lies.

mod mensonges;
mod menteur;
mod vrai;

use super::{Ici, minutes, partout, souple};
use crate::bases::atelier;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::abords::Abords;
use entente::app::comptes::{Comptes, Politique};
use entente::app::consult::Consultation;
use entente::app::execute::Entente;
use entente::app::federation::{Annonce, Fournisseur};
use entente::web::{Options, application};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt as _;

pub const SITE: &str = "https://entente.exemple.fr";
pub const CLIENT: &str = "entente";
pub const SECRET: &str = "un secret d'essai: a garder";

/// What is said of a provider by default.
pub fn annonce(emetteur: &str) -> Annonce {
    Annonce {
        emetteur: emetteur.to_owned(),
        client: CLIENT.to_owned(),
        secret: Some(SECRET.to_owned()),
        nom: "ProConnect".to_owned(),
        portees: ["openid", "email", "profile", "siret"]
            .map(str::to_owned)
            .to_vec(),
        acr: Vec::new(),
        seconds: vec!["mfa".to_owned(), "eidas2".to_owned()],
        siret: "siret".to_owned(),
        garanti: false,
        age_max: Some(TimeDelta::hours(12)),
        rsa_2048: false,
    }
}

/// The site over accounts, with a provider; its clock is ahead by so much.
pub fn site(ici: &Ici, annonce: Annonce, avance: i64) -> Router {
    let fournisseur = Fournisseur::nouveau(annonce, SITE).unwrap();
    let comptes = ici.comptes.clone().avec_fournisseur(Arc::new(fournisseur));
    sert(ici, comptes, move || Utc::now() + minutes(avance))
}

pub fn sert(
    ici: &Ici,
    comptes: Comptes,
    horloge: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
) -> Router {
    let consultation = Consultation {
        entente: Entente::nouvelle(ici.base.clone(), atelier()),
        horloge: Arc::new(horloge),
    };
    let options = Options {
        ruban: None,
        tls: true,
        demo: None,
        metriques: Arc::new(String::new),
        abords: Abords::default(),
        editeur: entente::app::reglages::Editeur::default(),
    };
    application(consultation, comptes, options).unwrap()
}

/// A browser: it keeps cookies, and follows nothing.
#[derive(Clone)]
pub struct Navigateur {
    pub routeur: Router,
    pub biscuits: BTreeMap<String, String>,
}

pub struct Page {
    pub code: StatusCode,
    pub vers: String,
    /// Where a page of ours leads by itself.
    pub depart: String,
    pub corps: String,
    pub poses: Vec<String>,
}

impl Navigateur {
    pub fn neuf(routeur: &Router) -> Self {
        Self {
            routeur: routeur.clone(),
            biscuits: BTreeMap::new(),
        }
    }

    pub async fn lit(&mut self, chemin: &str) -> Page {
        self.demande("GET", chemin, String::new()).await
    }

    pub async fn envoie(&mut self, chemin: &str, champs: &[(&str, &str)]) -> Page {
        let mut corps = form_urlencoded::Serializer::new(String::new());
        self.demande("POST", chemin, corps.extend_pairs(champs).finish())
            .await
    }

    async fn demande(&mut self, methode: &str, chemin: &str, corps: String) -> Page {
        let chemin = chemin.strip_prefix(SITE).unwrap_or(chemin);
        let biscuits: Vec<String> = self
            .biscuits
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let requete = Request::builder()
            .method(methode)
            .uri(chemin)
            .header(header::COOKIE, biscuits.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(corps))
            .unwrap();
        let reponse = self.routeur.clone().oneshot(requete).await.unwrap();
        let (tete, corps) = reponse.into_parts();
        let poses = tete.headers.get_all(header::SET_COOKIE).iter();
        let poses: Vec<String> = poses.map(|v| v.to_str().unwrap().to_owned()).collect();
        for pose in &poses {
            let (nom, suite) = pose.split_once('=').unwrap();
            let valeur = suite.split(';').next().unwrap();
            self.biscuits.insert(nom.to_owned(), valeur.to_owned());
        }
        let vers = tete.headers.get(header::LOCATION);
        let depart = tete.headers.get(header::REFRESH);
        let depart = depart.and_then(|d| d.to_str().unwrap().strip_prefix("0; url="));
        let depart = depart.unwrap_or_default().to_owned();
        let octets = to_bytes(corps, usize::MAX).await.unwrap();
        Page {
            code: tete.status,
            vers: vers.map_or(String::new(), |v| v.to_str().unwrap().to_owned()),
            depart,
            corps: String::from_utf8_lossy(&octets).into_owned(),
            poses,
        }
    }

    /// Leaves for the provider; answers where.
    pub async fn part(&mut self) -> String {
        let page = self.demande_a_partir().await;
        assert_eq!(page.code, StatusCode::OK, "{}", page.corps);
        page.depart
    }

    /// Asks to leave for the provider.
    pub async fn demande_a_partir(&mut self) -> Page {
        let champs = [("retour", "/contrats")];
        self.envoie("/connexion/depart", &champs).await
    }

    /// What the browser holds a session of; empty: none.
    pub fn session(&self) -> &str {
        let session = self.biscuits.get("__Host-entente");
        session.map_or("", String::as_str)
    }
}

/// A parameter of an address.
pub fn parametre(adresse: &str, nom: &str) -> Option<String> {
    let (_, suite) = adresse.split_once('?')?;
    let mut paires = form_urlencoded::parse(suite.as_bytes());
    paires.find_map(|(n, v)| (n == nom).then(|| v.into_owned()))
}

/// What sign-ins write: identities, sessions, people, acts of the register.
pub async fn ecrits(ici: &Ici) -> [Vec<String>; 4] {
    [
        ici.textes("select personne from identites_federees order by personne")
            .await,
        ici.textes("select id from sessions order by id").await,
        ici.textes("select id from personnes order by id").await,
        ici.textes("select acte from registre_acces order by id")
            .await,
    ]
}
