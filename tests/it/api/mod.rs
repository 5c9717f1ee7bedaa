//! The interface of programs: the same acts and reads as the screens, by keys.

mod actes;
mod document;
mod lectures;
mod schemathesis;
mod serveur;

use crate::bases::{atelier, dossier, grappe};
use crate::pages::gens::{Gens, politique};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::{DateTime, Utc};
use entente::app::abords::Abords;
use entente::app::consult::Consultation;
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::demo::{self, Enregistree, Histoire};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::store::{Adresse, Base};
use entente::web::{Options, application};
use entente::workflow::definition::model::Role;
use serde_json::Value;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tower::ServiceExt;

pub const CONTRAT: &str = "rives-claires";
pub const ICI: &str = "/api/v1/contrats/rives-claires";

/// The story, up to a day, on one database, with someone of each party.
pub struct Salle {
    pub runtime: Runtime,
    pub entente: Entente,
    pub gens: Gens,
    pub routeur: Router,
    maintenant: DateTime<Utc>,
}

/// What was answered.
pub struct Reponse {
    pub code: StatusCode,
    pub entetes: HeaderMap,
    pub texte: String,
}

impl Reponse {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.texte).unwrap_or_else(|e| panic!("{e} : {}", self.texte))
    }

    pub fn entete(&self, nom: &str) -> &str {
        self.entetes.get(nom).map_or("", |v| v.to_str().unwrap())
    }
}

fn histoire(jusqu_au: &str) -> Histoire {
    let mut histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    let jour = jusqu_au.parse().unwrap();
    histoire.etapes.retain(|etape| etape.le <= jour);
    histoire
}

impl Salle {
    fn ouvre(adresse: &Adresse, jusqu_au: &str) -> Self {
        let maintenant: DateTime<Utc> = format!("{jusqu_au}T16:00:00Z").parse().unwrap();
        let runtime = Runtime::new().unwrap();
        let entente = runtime.block_on(async {
            let base = Base::ouvrir(adresse).await.unwrap();
            Entente::nouvelle(base, atelier())
        });
        let mut porte = Enregistree::new(&entente, CONTRAT, runtime.handle().clone());
        demo::jouer(&mut porte, atelier(), &histoire(jusqu_au)).unwrap();
        let comptes = entente.comptes(politique());
        let gens = runtime.block_on(Gens::de(comptes.clone(), maintenant));
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
            horloge: Arc::new(move || maintenant),
        };
        let routeur = application(consultation, comptes, options).unwrap();
        Self {
            runtime,
            entente,
            gens,
            routeur,
            maintenant,
        }
    }

    /// Something that the agency writes.
    pub fn ecrit(&self, ecriture: Ecriture) {
        let ecrite = Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Ecriture {
                acteur: acteur("ars", "karim", Role::Validation),
                id: uuid::Uuid::now_v7().to_string(),
                ecriture,
            },
        };
        let fait = self
            .entente
            .executer(CONTRAT, Ordre::Agir(ecrite), self.maintenant);
        self.runtime
            .block_on(fait)
            .unwrap_or_else(|e| panic!("{e}"));
    }

    pub fn lite(jusqu_au: &str) -> Self {
        let fichier = dossier("api").join("entente.db");
        Self::ouvre(&Adresse::Fichier(fichier), jusqu_au)
    }

    /// The same story on both databases.
    pub fn partout(jusqu_au: &str) -> [Self; 2] {
        let url = Runtime::new().unwrap().block_on(grappe::nouvelle());
        let pg = Self::ouvre(&url.parse().unwrap(), jusqu_au);
        [Self::lite(jusqu_au), pg]
    }

    pub fn demande(&self, requete: Request<Body>) -> Reponse {
        self.runtime.block_on(async {
            let reponse = self.routeur.clone().oneshot(requete).await.unwrap();
            let (tete, corps) = reponse.into_parts();
            let octets = to_bytes(corps, usize::MAX).await.unwrap();
            Reponse {
                code: tete.status,
                entetes: tete.headers,
                texte: String::from_utf8_lossy(&octets).into_owned(),
            }
        })
    }

    pub fn lit(&self, qui: &str, chemin: &str) -> Reponse {
        let requete = Request::get(chemin).header(header::AUTHORIZATION, self.gens.porteur(qui));
        self.demande(requete.body(Body::empty()).unwrap())
    }

    /// Does an act, by a key of idempotence.
    pub fn agit(&self, qui: &str, cle: &str, corps: &Value) -> Reponse {
        let requete = Request::post(format!("{ICI}/actes"))
            .header(header::AUTHORIZATION, self.gens.porteur(qui))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", cle);
        self.demande(requete.body(Body::from(corps.to_string())).unwrap())
    }

    /// How many lines the contract holds.
    pub fn lignes(&self) -> usize {
        let lues = self.runtime.block_on(self.entente.journal(CONTRAT));
        lues.unwrap().unwrap().len()
    }
}
