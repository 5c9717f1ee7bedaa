//! Pages served from a real database, at a moment of the story.

use super::gens::{Gens, politique};
use crate::bases::{atelier, dossier, grappe, jouees};
use chrono::{DateTime, NaiveDate, Utc};
use entente::app::abords::Abords;
use entente::app::comptes::Comptes;
use entente::app::consult::{Consultation, Horloge};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::demo::{self, Enregistree, Histoire, Porte as _};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::saisie::Saisie;
use entente::metier::organisation::Organisation;
use entente::store::{Adresse, Base};
use entente::web::{Options, application};
use entente::workflow::definition::model::Role;
use serde_json::json;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tokio::runtime::Runtime;

/// Before the story begins.
const AVANT: &str = "2024-01-01T08:00:00Z";

/// The one that every base of the tests of pages lives in.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

/// A database, those who look at it, and the hour there.
#[derive(Clone)]
pub struct Salle {
    pub base: Base,
    pub entente: Entente,
    pub gens: Gens,
    pub horloge: Horloge,
    /// Where its file stands, when it is one.
    pub dossier: PathBuf,
}

/// What was played until the end of a day, and that hour.
pub fn histoire(jusqu_au: NaiveDate) -> Histoire {
    let mut histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    histoire.etapes.retain(|etape| etape.le <= jusqu_au);
    histoire
}

/// The folder of a database that is a file.
fn chez(adresse: &Adresse) -> PathBuf {
    match adresse {
        Adresse::Fichier(fichier) => fichier.parent().unwrap().to_owned(),
        Adresse::Postgres(_) => PathBuf::new(),
    }
}

impl Salle {
    /// Nobody's contract.
    pub fn vide(maintenant: &str) -> Self {
        let dossier = dossier("salle");
        Self::nouvelle(&Adresse::Fichier(dossier.join("entente.db")), maintenant)
    }

    fn nouvelle(adresse: &Adresse, maintenant: &str) -> Self {
        let maintenant: DateTime<Utc> = maintenant.parse().unwrap();
        runtime().block_on(async {
            let base = Base::ouvrir(adresse).await.unwrap();
            let entente = Entente::nouvelle(base.clone(), atelier());
            let gens = Gens::de(entente.comptes(politique()), maintenant).await;
            Self {
                base,
                entente,
                gens,
                horloge: Arc::new(move || maintenant),
                dossier: chez(adresse),
            }
        })
    }

    /// Nobody's contract, on either engine.
    pub fn neuve(postgres: bool, maintenant: &str) -> Self {
        if !postgres {
            return Self::vide(maintenant);
        }
        let url = runtime().block_on(grappe::nouvelle());
        Self::nouvelle(&url.parse().unwrap(), maintenant)
    }

    /// The story under an id, as it stands at the end of a day.
    pub fn au(id: &str, jusqu_au: &str) -> Self {
        Self::sur(false, id, jusqu_au)
    }

    /// The same, on either engine. Played once: a copy of what it left is another's to write in.
    pub fn sur(postgres: bool, id: &str, jusqu_au: &str) -> Self {
        let (adresse, dit) = jouees::base(postgres, &format!("{id}-{jusqu_au}"), |neuve| {
            let jour: NaiveDate = jusqu_au.parse().unwrap();
            let soir = jour.and_hms_opt(16, 0, 0).unwrap().and_utc();
            let salle = Self::nouvelle(neuve, AVANT).joue(id, &histoire(jour), soir);
            let dit = json!({ "gens": salle.gens.dits(), "maintenant": salle.maintenant() });
            runtime().block_on(salle.entente.fermer());
            dit
        });
        let maintenant: DateTime<Utc> = serde_json::from_value(dit["maintenant"].clone()).unwrap();
        runtime().block_on(async {
            let base = Base::ouvrir(&adresse).await.unwrap();
            let entente = Entente::nouvelle(base.clone(), atelier());
            let gens = Gens::relus(entente.comptes(politique()), &dit["gens"]);
            Self {
                base,
                entente,
                gens,
                horloge: Arc::new(move || maintenant),
                dossier: chez(&adresse),
            }
        })
    }

    /// A story under an id, then the time passes until an instant.
    pub fn joue(self, id: &str, histoire: &Histoire, jusqu_a: DateTime<Utc>) -> Self {
        let mut salle = self;
        let mut porte = Enregistree::new(&salle.entente, id, runtime().handle().clone());
        let partie = demo::jouer(&mut porte, atelier(), histoire);
        let partie = partie.unwrap_or_else(|e| panic!("{e}"));
        let maintenant = partie.instant.max(jusqu_a);
        porte.avancer(maintenant).unwrap();
        salle.horloge = Arc::new(move || maintenant);
        salle
    }

    pub fn maintenant(&self) -> DateTime<Utc> {
        (self.horloge)()
    }

    /// One more contract, just opened, of the agency of those who look.
    pub fn ouvre(&self, id: &str, agence: &str) {
        self.fait(
            id,
            Ordre::Ouvrir {
                workflow: "cpom-ph".to_owned(),
            },
        );
        self.nomme(id, "ars", (agence, "999000003"));
    }

    /// Says who holds a party, by its name and SIREN.
    pub fn nomme(&self, id: &str, partie: &str, (nom, siren): (&str, &str)) {
        let organisation = Organisation {
            nom: nom.to_owned(),
            siren: Some(siren.to_owned()),
            ej: None,
        };
        let saisie = Saisie::Organisation {
            partie: partie.to_owned(),
            organisation,
        };
        self.ecrit(id, Ecriture::Saisir(saisie));
    }

    /// Something that the agency writes in a contract.
    pub fn ecrit(&self, id: &str, ecriture: Ecriture) {
        let ecrite = Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Ecriture {
                acteur: acteur("ars", "p1", Role::Validation),
                id: uuid::Uuid::now_v7().to_string(),
                ecriture,
            },
        };
        self.fait(id, Ordre::Agir(ecrite));
    }

    fn fait(&self, id: &str, ordre: Ordre) {
        let fait = self.entente.executer(id, ordre, self.maintenant());
        runtime().block_on(fait).unwrap_or_else(|e| panic!("{e}"));
    }

    /// The database is gone.
    pub fn coupe(self) -> Self {
        runtime().block_on(self.entente.clone().fermer());
        self
    }

    pub fn comptes(&self) -> &Comptes {
        &self.gens.comptes
    }

    pub fn sert(&self, ruban: Option<&str>) -> axum::Router {
        let options = Options {
            ruban: ruban.map(str::to_owned),
            tls: false,
            demo: None,
            metriques: Arc::new(|| "entente_actes_total 3\n".to_owned()),
            abords: Abords::default(),
            editeur: entente::app::reglages::Editeur::default(),
        };
        let consultation = Consultation {
            entente: self.entente.clone(),
            horloge: Arc::clone(&self.horloge),
        };
        application(consultation, self.comptes().clone(), options).unwrap()
    }
}
