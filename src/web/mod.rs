//! Pages over HTTP: reads the request, asks the contracts' keeper, shows a view. It decides
//! nothing and does not know how contracts are kept.

/// Where a request comes from, and how many.
pub mod abords;
/// What awaits whoever comes.
mod accueil;
/// Acts, done through forms.
mod actes;
/// Organisations, by whoever administers them.
mod administration;
/// The same, for programs.
pub mod api;
/// The needs of the people accompanied.
mod besoins;
/// Drafts.
mod brouillons;
/// Contract, EPRD and ERRD on one line; what a clause or a choice would do.
mod budgets;
/// One's own account.
mod compte;
/// The shared diagnostic.
mod diagnostic;
/// Forms of what is said.
mod dire;
/// Files handed over.
mod documents;
/// What is said around a contract.
mod echanges;
/// What is written outside acts.
mod ecrire;
/// The establishments of an entity, proposed to the perimeter.
mod entite;
/// What a form sends.
mod envoi;
/// The yearly budget.
mod eprd;
/// What goes wrong, shown as a page.
mod erreurs;
/// Signing in with one's organisation.
mod federation;
/// Templates, embedded.
mod gabarits;
/// The link of an invitation.
mod invitation;
/// Opening a contract.
mod nouveau;
/// A forgotten password.
mod oubli;
/// The pages.
mod pages;
/// Connections.
pub mod porte;
/// The list of contracts, and tables taken away.
mod portefeuille;
/// What a text finds.
mod recherche;
/// A form refused.
mod refuse;
/// What is the same for everyone.
mod reperes;
/// What a route does, and on what.
mod ressource;
/// Every route, as data.
pub mod routes;
/// Who is asking.
mod seance;
/// Liveness, readiness, metrics.
mod service;
/// Style sheet, script, icon.
mod statique;
/// The synthesis of a diagnostic, page and PDF.
mod synthese;
/// A form that brings a file.
mod televerse;
/// Acts prepared, and their visas.
mod visas;

use self::ressource::Ressource;
use crate::app::abords::{Abords, Classe, Frein};
use crate::app::comptes::Comptes;
use crate::app::consult::Consultation;
#[cfg(feature = "pdf")]
use crate::app::papiers::Papiers;
use crate::app::reglages::Editeur;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::{Extension, Router};
use gabarits::Gabarits;
pub use seance::DemoVue;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// Nothing from elsewhere, nothing inline.
pub const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'";

/// A page that takes longer is given up.
const DELAI: Duration = Duration::from_secs(15);
/// A whole table, or a document, may wait for its turn and be long.
const DELAI_EXPORT: Duration = Duration::from_mins(1);

/// How long a response may take.
fn delai(classe: Classe) -> Duration {
    match classe {
        Classe::Export => DELAI_EXPORT,
        Classe::Page | Classe::Programme | Classe::Depot => DELAI,
    }
}

/// Renders the metrics, in Prometheus' text format.
pub type Metriques = Arc<dyn Fn() -> String + Send + Sync>;

/// What changes from one server to another.
#[derive(Clone)]
pub struct Options {
    /// A sentence above every page: « Données fictives ».
    pub ruban: Option<String>,
    /// Pages are served over TLS, by what stands before this program.
    pub tls: bool,
    /// The people of a demonstration.
    pub demo: Option<DemoVue>,
    pub metriques: Metriques,
    pub abords: Abords,
    pub editeur: Editeur,
}

/// What handlers share.
pub struct Etat {
    consultation: Consultation,
    comptes: Comptes,
    gabarits: Gabarits,
    options: Options,
    frein: Frein,
    #[cfg(feature = "pdf")]
    papiers: Papiers,
}

/// The pages, ready to be served.
///
/// # Errors
/// A template that cannot be read: told with its name.
pub fn application(
    consultation: Consultation,
    comptes: Comptes,
    options: Options,
) -> Result<Router, String> {
    let etat = Arc::new(Etat {
        consultation,
        comptes,
        gabarits: Gabarits::lire()?,
        frein: Frein::nouveau(options.abords.limites),
        #[cfg(feature = "pdf")]
        papiers: Papiers::default(),
        options,
    });
    let mut router = Router::new();
    for route in routes::routes() {
        let classe = route.classe();
        let service = if route.ressource == Ressource::Repere {
            let garde = middleware::from_fn_with_state(Arc::clone(&etat), seance::reconnait);
            route.service.layer(garde)
        } else if route.ressource.ouverte() {
            route.service
        } else if route.operation.is_some() {
            let garde = middleware::from_fn_with_state(Arc::clone(&etat), api::cle::exige);
            route.service.layer(garde)
        } else {
            let garde = middleware::from_fn_with_state(Arc::clone(&etat), seance::exige);
            route.service.layer(garde)
        };
        let service = service.layer::<_, Infallible>(Extension(classe));
        let corps_max = route.ressource.corps_max();
        let occupe = StatusCode::SERVICE_UNAVAILABLE;
        let service = service
            .layer::<_, Infallible>(TimeoutLayer::with_status_code(occupe, delai(classe)))
            .layer::<_, Infallible>(DefaultBodyLimit::disable())
            .layer::<_, Infallible>(RequestBodyLimitLayer::new(corps_max));
        router = router.route(route.chemin, service);
    }
    let entete = |nom: HeaderName, valeur: &'static str| {
        SetResponseHeaderLayer::if_not_present(nom, HeaderValue::from_static(valeur))
    };
    // A browser that came once over TLS comes over nothing else, for two years (RFC 6797).
    let chiffree = etat.options.tls.then(|| {
        let nom = header::STRICT_TRANSPORT_SECURITY;
        entete(nom, "max-age=63072000; includeSubDomains")
    });
    // The last layer is the first to see a request, and the last to see its response.
    Ok(router
        .fallback(erreurs::introuvable)
        .method_not_allowed_fallback(erreurs::methode)
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(erreurs::panique))
        .layer(middleware::from_fn(erreurs::mesure))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&etat),
            erreurs::montre,
        ))
        .layer(entete(header::CONTENT_SECURITY_POLICY, CSP))
        .layer(entete(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(entete(header::REFERRER_POLICY, "same-origin"))
        .layer(entete(header::CACHE_CONTROL, "no-store"))
        .layer(option_layer(chiffree))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http())
        .with_state(etat))
}
