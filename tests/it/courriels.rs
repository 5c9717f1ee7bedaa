//! Notices by e-mail, before a real SMTP server, and deadlines before a reader of calendars.

mod agenda;
mod balisage;
mod envois;
mod membres;
mod messages;
mod preferences;
pub mod puits;

use crate::bases::{atelier, lite};
use chrono::{DateTime, NaiveDate, Utc};
use entente::app::acces::Place;
use entente::app::courriels::{Annuaire, Bureau, Destinataire, Mode, Rubrique};
use entente::app::demo::{self, Enregistree};
use entente::app::execute::Entente;
use entente::store::Erreur;
use entente::workflow::definition::model::Role;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;

pub const SITE: &str = "https://entente.exemple.fr";
pub const CONTRAT: &str = "rives-claires";

/// Nobody is told.
pub fn personne() -> Bureau<Table> {
    Table::default().bureau()
}

/// A row: of any contract, which party, who.
type Ligne = (String, Destinataire);

/// A directory over a small table.
#[derive(Clone, Default)]
pub struct Table(Arc<Mutex<Vec<Ligne>>>);

impl Annuaire for Table {
    async fn destinataires(
        &self,
        _: &str,
        partie: &str,
    ) -> Result<Vec<(Destinataire, Place)>, Erreur> {
        let lignes = self.0.lock().unwrap();
        let siens = lignes.iter().filter(|(p, _)| p == partie);
        let place = Place {
            partie: partie.to_owned(),
            role: Some(Role::Signature),
            ..Place::default()
        };
        Ok(siens.map(|(_, d)| (d.clone(), place.clone())).collect())
    }
}

impl Table {
    pub fn entre(&self, partie: &str, nom: &str, courriel: &str) {
        let destinataire = Destinataire {
            personne: courriel.split('@').next().unwrap().to_owned(),
            nom: nom.to_owned(),
            courriel: courriel.to_owned(),
        };
        self.0
            .lock()
            .unwrap()
            .push((partie.to_owned(), destinataire));
    }

    pub fn sort(&self, personne: &str) {
        self.0
            .lock()
            .unwrap()
            .retain(|(_, d)| d.personne != personne);
    }

    /// The people of the story.
    pub fn histoire() -> Self {
        let table = Self::default();
        table.entre(
            "gestionnaire",
            "Claire Moreau",
            "claire@rives-claires.exemple",
        );
        table.entre("ars", "Karim Belhadj", "karim@ars-val-median.exemple");
        table.entre(
            "departement:99",
            "Sophie Lambert",
            "sophie@haute-vesle.exemple",
        );
        table
    }

    pub fn bureau(&self) -> Bureau<Self> {
        Bureau::nouveau(self.clone(), SITE).unwrap()
    }
}

/// The story as it stands in the evening of a day, on a new SQLite file.
pub struct Scene {
    pub runtime: Runtime,
    pub entente: Entente,
    pub fichier: PathBuf,
    pub soir: DateTime<Utc>,
}

pub fn scene(jusqu_au: &str) -> Scene {
    let runtime = Runtime::new().unwrap();
    let (entente, fichier) = runtime.block_on(lite());
    let jour: NaiveDate = jusqu_au.parse().unwrap();
    joue(&runtime, &entente, jour);
    Scene {
        runtime,
        entente,
        fichier,
        soir: jour.and_hms_opt(17, 0, 0).unwrap().and_utc(),
    }
}

pub fn joue(runtime: &Runtime, entente: &Entente, jusqu_au: NaiveDate) {
    joue_sous(runtime, entente, CONTRAT, jusqu_au);
}

/// The same, under another id.
pub fn joue_sous(runtime: &Runtime, entente: &Entente, id: &str, jusqu_au: NaiveDate) {
    let mut histoire = demo::lire(demo::RIVES_CLAIRES).unwrap();
    histoire.etapes.retain(|etape| etape.le <= jusqu_au);
    let mut porte = Enregistree::new(entente, id, runtime.handle().clone());
    demo::jouer(&mut porte, atelier(), &histoire).unwrap();
}

/// A message of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ecrit {
    pub id: String,
    pub personne: String,
    pub adresse: String,
    pub sujet: String,
    pub texte: String,
    pub html: String,
    pub du: String,
    pub essais: i64,
    pub envoye: String,
    pub refuse: String,
    pub erreur: String,
}

const ECRITS: &str = "select id, personne, adresse, sujet, texte, html, du, essais, envoye, \
                      refuse, erreur from courriels order by cree, personne, sujet";

impl Scene {
    pub fn ecrits(&self) -> Vec<Ecrit> {
        self.runtime.block_on(async {
            let url = format!("sqlite://{}", self.fichier.display());
            let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
                .await
                .unwrap();
            sqlx::query_as(ECRITS).fetch_all(&mut conn).await.unwrap()
        })
    }

    /// Runs one statement of the test's own on the database.
    pub fn sql(&self, sql: &'static str) {
        self.runtime.block_on(async {
            let url = format!("sqlite://{}", self.fichier.display());
            let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
                .await
                .unwrap();
            sqlx::query(sql).execute(&mut conn).await.unwrap();
        });
    }

    pub fn prefere(&self, personne: &str, rubriques: &[Rubrique], mode: Mode) {
        let choix = rubriques.iter().map(|r| (*r, mode)).collect();
        let note = self.entente.prefere(personne, &choix);
        self.runtime.block_on(note).unwrap();
    }

    pub fn avertit(&self, table: &Table, quand: DateTime<Utc>) -> usize {
        let bureau = table.bureau();
        let dits = self.entente.avertir(quand, &bureau);
        let dits = self.runtime.block_on(dits).unwrap();
        let resumes = self.entente.resumer(quand, &bureau);
        self.runtime.block_on(resumes).unwrap();
        dits
    }
}
