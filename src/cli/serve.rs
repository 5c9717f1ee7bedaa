//! `entente serve`: answers over HTTP, lets the clock pass, does the jobs, until told to stop.

use super::base::runtime;
use super::{Answer, Outcome};
use crate::app::annuaire::Membres;
use crate::app::appels::Appels;
use crate::app::comptes::Comptes;
use crate::app::consult::Consultation;
use crate::app::courriels::{Bureau, Facteur};
use crate::app::execute::Entente;
use crate::app::horodatage::Autorite;
use crate::app::ouvrir::ouvrir_avec;
use crate::app::reglages::{Dits, Reglages};
use crate::web::abords::{self, DemandeAmont};
use crate::web::porte::{Patience, sert};
use crate::web::{DemoVue, Options, application};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use chrono::{DurationRound, TimeDelta, Utc};
use metrics::gauge;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::{Level, Span};
use tracing_subscriber::EnvFilter;

#[derive(clap::Args)]
pub struct Command {
    /// Base de données : sqlite:CHEMIN ou postgres://… (par défaut sqlite:data/entente.db)
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Adresse d'écoute, sur cette machine (par défaut 127.0.0.1:8080)
    #[arg(long, value_name = "ADRESSE")]
    listen: Option<String>,
    /// Dossier de workflows, qui passent avant ceux du programme
    #[arg(long, value_name = "DOSSIER")]
    workflows: Option<PathBuf>,
    /// Fichier de configuration (TOML)
    #[arg(long, env = "ENTENTE_CONFIG", value_name = "FICHIER")]
    config: Option<PathBuf>,
}

impl Command {
    pub fn run(self) -> Outcome {
        let ligne = Dits {
            database: self.database,
            listen: self.listen,
            workflows: self.workflows,
            ..Dits::default()
        };
        let lues = std::env::vars_os();
        let lues = lues.filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)));
        let mut dits = ligne.ou(Dits::environnement(lues)?);
        if let Some(fichier) = &self.config {
            dits = dits.ou(Dits::fichier(fichier)?);
        }
        let reglages = dits.reglages()?;
        runtime()?.block_on(async {
            let base = &reglages.database;
            let entente = ouvrir_avec(base, reglages.workflows.as_deref()).await?;
            let entente = entente.avec_coffre(reglages.coffre.clone());
            {
                let comptes = entente.comptes(reglages.politique);
                servir(entente, comptes, &reglages, None).await
            }
        })?;
        Ok(Answer {
            output: String::new(),
            good: true,
        })
    }
}

/// How long what is under way may take once told to stop.
const FIN: Duration = Duration::from_secs(10);
/// How often jobs and notices are looked for.
const TRAVAUX: Duration = Duration::from_secs(5);
/// The bounds of the durations counted, in seconds.
const DUREES: [f64; 10] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5,
];
const GROUPES: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// What a demonstration shows on every page, and to whoever signs in.
pub struct Demonstration {
    pub ruban: &'static str,
    pub gens: DemoVue,
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// One French sentence: the address is taken, or the server cannot start.
pub async fn servir(
    entente: Entente,
    comptes: Comptes,
    reglages: &Reglages,
    demo: Option<Demonstration>,
) -> Result<(), String> {
    // What a demonstration invites to stays on the screen.
    journalise(if demo.is_some() { "warn" } else { "info" });
    let mesures = mesures()?;
    let comptes = reglages.joints(comptes.sur(&reglages.adresse_publique))?;
    prepare(&entente, reglages).await?;
    let fin = Fin::ecoutee()?;
    let adresse = reglages.listen;
    let porte = TcpListener::bind(adresse).await.map_err(|e| {
        format!(
            "L'adresse « {adresse} » ne peut pas être écoutée ({e}). Arrêtez ce qui l'occupe, ou \
             donnez-en une autre par --listen."
        )
    })?;
    let adresse = porte.local_addr().map_err(|e| e.to_string())?;
    let (arret, arrete) = watch::channel(false);
    let mut taches = JoinSet::new();
    taches.spawn(horloge(entente.clone(), mesures.clone(), arrete.clone()));
    taches.spawn(menage(comptes.clone(), arrete.clone()));
    let poste = Poste::de(reglages, &entente, &comptes)?;
    taches.spawn(travaux(entente.clone(), poste, arrete.clone()));
    let appels = Appels::nouveaux(reglages.voisinage).vers(Arc::clone(&reglages.hotes));
    taches.spawn(annonces(entente.clone(), appels, arrete.clone()));
    let options = Options {
        ruban: demo.as_ref().map(|d| d.ruban.to_owned()),
        tls: reglages.adresse_publique.starts_with("https://"),
        demo: demo.map(|d| d.gens),
        metriques: Arc::new(move || mesures.render()),
        abords: reglages.abords.clone(),
        editeur: reglages.editeur.clone(),
    };
    let consultation = Consultation {
        entente: entente.clone(),
        horloge: Arc::new(Utc::now),
    };
    let routeur = surveille(application(consultation, comptes, options)?);
    let routeur = abords::pose(routeur, &reglages.abords);
    tracing::info!(%adresse, "Entente écoute");
    if reglages.courrier.is_none() {
        tracing::warn!("aucun serveur de courriel : les messages restent en attente");
    }
    taches.spawn(sert(porte, routeur, Patience::default(), arrete));
    fin.attend().await;
    tracing::info!("Entente s'arrête");
    // Nobody waits any more: nothing to tell.
    let _ = arret.send(true);
    let finies = async { while taches.join_next().await.is_some() {} };
    if tokio::time::timeout(FIN, finies).await.is_err() {
        tracing::warn!("ce qui était en cours n'a pas fini à temps");
    }
    entente.fermer().await;
    Ok(())
}

/// Seals what is to be sealed, and says what the settings leave open.
async fn prepare(entente: &Entente, reglages: &Reglages) -> Result<(), String> {
    let chiffres = entente.chiffrer_secrets().await?;
    if chiffres > 0 {
        tracing::info!(chiffres, "des secrets de la base viennent d'être chiffrés");
    }
    if reglages.coffre.vide() {
        tracing::warn!("aucune clé (secrets.cle_fichier) : les seconds facteurs sont en clair");
    }
    let publique = reglages.adresse_publique.starts_with("https://");
    if publique && reglages.abords.intermediaires.is_empty() {
        tracing::warn!(
            "aucun intermédiaire de confiance (serveur.intermediaires) : toutes les demandes \
             semblent venir de la même adresse"
        );
    }
    Ok(())
}

/// The signals that ask it to stop: heard from before it serves, since a program that does not
/// listen to them yet dies of them.
struct Fin {
    terme: Signal,
    interrompu: Signal,
}

impl Fin {
    fn ecoutee() -> Result<Self, String> {
        let attend =
            |genre| signal(genre).map_err(|e| format!("Le serveur ne peut pas démarrer ({e})."));
        Ok(Self {
            terme: attend(SignalKind::terminate())?,
            interrompu: attend(SignalKind::interrupt())?,
        })
    }

    async fn attend(mut self) {
        tokio::select! {
            _ = self.terme.recv() => {}
            _ = self.interrompu.recv() => {}
        }
    }
}

/// Logs in JSON on the standard error; `ENTENTE_LOG` says how much. `usuel`: when it does not.
fn journalise(usuel: &str) {
    let filtre = EnvFilter::try_from_env("ENTENTE_LOG").unwrap_or_else(|_| EnvFilter::new(usuel));
    let journal = tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr);
    // Already set when the program is its own test.
    let _ = journal.with_env_filter(filtre).try_init();
}

fn mesures() -> Result<PrometheusHandle, String> {
    let nomme = |nom: &str| metrics_exporter_prometheus::Matcher::Full(nom.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(nomme("entente_acte_secondes"), &DUREES)
        .and_then(|b| b.set_buckets_for_metric(nomme("entente_actes_par_commit"), &GROUPES))
        .map_err(|e| format!("Les mesures ne peuvent pas démarrer ({e})."))?
        .build_recorder();
    let poignee = recorder.handle();
    // Already set when the program is its own test.
    let _ = metrics::set_global_recorder(recorder);
    Ok(poignee)
}

/// What is counted now and then.
async fn compte(entente: &Entente) {
    let (liens, libres) = entente.liens();
    gauge!("entente_liens").set(f64::from(liens));
    gauge!("entente_liens_libres").set(f64::from(libres));
    if let Ok((attendent, abandonnes)) = entente.travaux_en_attente().await {
        gauge!("entente_travaux_en_attente").set(attendent as f64);
        gauge!("entente_travaux_abandonnes").set(abandonnes as f64);
    }
    if let Ok((attendent, abandonnes)) = entente.courriels_en_attente().await {
        gauge!("entente_courriels_en_attente").set(attendent as f64);
        gauge!("entente_courriels_abandonnes").set(abandonnes as f64);
    }
    if let Ok((servis, suspendus)) = entente.abonnements_en_attente().await {
        gauge!("entente_abonnements").set(servis as f64);
        gauge!("entente_abonnements_suspendus").set(suspendus as f64);
    }
}

/// Each request has an id, told to whoever asked and in the log; of its address, the path only.
fn surveille(routeur: Router) -> Router {
    let nom = abords::DEMANDE;
    let trace = TraceLayer::new_for_http()
        .make_span_with(|requete: &Request| -> Span {
            let id = requete.headers().get(abords::DEMANDE);
            let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
            let (methode, chemin) = (requete.method(), requete.uri().path());
            let de = requete.extensions().get::<ConnectInfo<SocketAddr>>();
            let de = de.map(|de| de.0.ip().to_string());
            let amont = requete.extensions().get::<DemandeAmont>();
            let amont = amont.map(|amont| amont.0.as_str());
            tracing::info_span!("requete", id, %methode, chemin, de, amont)
        })
        .on_response(DefaultOnResponse::new().level(Level::INFO));
    routeur
        .layer(PropagateRequestIdLayer::new(nom.clone()))
        .layer(trace)
        .layer(SetRequestIdLayer::new(nom, MakeRequestUuid))
}

/// Runs something at each turn, until told to stop; what is under way is finished.
async fn tour<F: Future<Output = ()>>(
    mut arrete: watch::Receiver<bool>,
    attente: impl Fn() -> Duration,
    mut faire: impl FnMut() -> F,
) {
    loop {
        faire().await;
        tokio::select! {
            _ = arrete.wait_for(|fini| *fini) => return,
            () = tokio::time::sleep(attente()) => {}
        }
    }
}

/// Until the next minute: so the first look of a day is taken at midnight.
fn minute() -> Duration {
    let maintenant = Utc::now();
    let suivante = maintenant
        .duration_trunc(TimeDelta::minutes(1))
        .unwrap_or(maintenant)
        + TimeDelta::minutes(1);
    let attente = (suivante - maintenant).to_std();
    attente.unwrap_or_default().max(Duration::from_secs(1))
}

async fn horloge(entente: Entente, mesures: PrometheusHandle, arrete: watch::Receiver<bool>) {
    tour(arrete, minute, async || {
        mesures.run_upkeep();
        let debut = Utc::now();
        let journee = entente.journee(debut).await;
        let ronde = entente.ronde(debut).await;
        if let Err(erreur) = &journee {
            tracing::error!(%erreur, "la journée n'est pas commandée");
        }
        match ronde {
            Ok(0) => {}
            Ok(vus) => tracing::info!(vus, "l'horloge est passée"),
            Err(erreur) => tracing::error!(%erreur, "l'horloge n'a pas fini sa ronde"),
        }
        let retard = (Utc::now() - debut).num_milliseconds();
        gauge!("entente_horloge_retard_secondes").set(retard as f64 / 1_000.0);
    })
    .await;
}

/// How often sessions, counters and invitations that are over are forgotten.
const MENAGE: Duration = Duration::from_hours(6);

async fn menage(comptes: Comptes, arrete: watch::Receiver<bool>) {
    tour(
        arrete,
        || MENAGE,
        async || {
            if let Err(erreur) = comptes.purger(Utc::now()).await {
                tracing::error!(%erreur, "ce qui est fini n'est pas oublié");
            }
        },
    )
    .await;
}

/// What jobs and messages go through.
struct Poste {
    autorite: Option<Autorite>,
    bureau: Bureau<Membres>,
    facteur: Option<Facteur>,
}

impl Poste {
    fn de(reglages: &Reglages, entente: &Entente, comptes: &Comptes) -> Result<Self, String> {
        let adresse = &reglages.adresse_publique;
        let facteur = reglages.courrier.as_ref();
        let facteur = facteur.map(|courrier| Facteur::nouveau(courrier, adresse));
        let membres = Membres {
            entente: entente.clone(),
            comptes: comptes.clone(),
            horloge: Arc::new(Utc::now),
        };
        Ok(Self {
            autorite: reglages.autorite.clone(),
            bureau: Bureau::nouveau(membres, adresse)?,
            facteur,
        })
    }
}

async fn travaux(entente: Entente, poste: Poste, arrete: watch::Receiver<bool>) {
    tour(
        arrete,
        || TRAVAUX,
        async || {
            let faits = entente.travailler(Utc::now(), poste.autorite.as_ref());
            if let Err(erreur) = faits.await {
                tracing::error!(%erreur, "les travaux sont interrompus");
            }
            compte(&entente).await;
            if let Err(erreur) = entente.avertir(Utc::now(), &poste.bureau).await {
                tracing::error!(%erreur, "les avis ne sont pas dits");
            }
            if let Err(erreur) = entente.resumer(Utc::now(), &poste.bureau).await {
                tracing::error!(%erreur, "les messages de la semaine ne sont pas écrits");
            }
            let Some(facteur) = &poste.facteur else {
                return;
            };
            if let Err(erreur) = entente.poster(Utc::now, facteur).await {
                tracing::error!(%erreur, "les messages ne partent pas");
            }
        },
    )
    .await;
}

/// Tells organisations' programs what happened: apart, since another's server may be slow.
async fn annonces(entente: Entente, appels: Appels, arrete: watch::Receiver<bool>) {
    tour(
        arrete,
        || TRAVAUX,
        async || {
            if let Err(erreur) = entente.annoncer(Utc::now, &appels).await {
                tracing::error!(%erreur, "les abonnements ne sont pas servis");
            }
        },
    )
    .await;
}
