//! Every route, as data: what it serves, what one does with it, and on what. The router is built
//! from this list, and so is the list of what each person may do.

use super::{Etat, pages, service, statique};
use crate::app::vues::Lecture;
use axum::routing::{MethodRouter, get};
use std::sync::Arc;

/// A route.
#[derive(Clone)]
pub struct Route<S> {
    /// `GET` answers `HEAD` too.
    pub methode: &'static str,
    pub chemin: &'static str,
    pub action: Action,
    pub ressource: Ressource,
    pub(crate) service: MethodRouter<S>,
}

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Consulter,
    /// By machines that watch this one.
    Surveiller,
}

/// What a route bears on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ressource {
    Contrats,
    Contrat,
    Journal,
    Parcours,
    /// The same for everyone.
    Statique,
    Serveur,
}

/// All of them.
pub fn routes<L: Lecture>() -> Vec<Route<Arc<Etat<L>>>> {
    use Action::{Consulter, Surveiller};
    use Ressource::{Contrat, Contrats, Journal, Parcours, Serveur, Statique};
    vec![
        lit("/", Consulter, Contrats, get(pages::accueil)),
        lit("/contrats", Consulter, Contrats, get(pages::contrats::<L>)),
        lit(
            "/contrats/{id}",
            Consulter,
            Contrat,
            get(pages::contrat::<L>),
        ),
        lit(
            "/contrats/{id}/journal",
            Consulter,
            Journal,
            get(pages::journal::<L>),
        ),
        lit(
            "/contrats/{id}/graphe",
            Consulter,
            Parcours,
            get(pages::graphe::<L>),
        ),
        lit(
            "/contrats/{id}/graphe.svg",
            Consulter,
            Parcours,
            get(pages::image::<L>),
        ),
        lit(
            "/statique/{fichier}",
            Consulter,
            Statique,
            get(statique::fichier),
        ),
        lit("/favicon.ico", Consulter, Statique, get(statique::icone)),
        lit("/sante", Surveiller, Serveur, get(service::sante)),
        lit("/pret", Surveiller, Serveur, get(service::pret::<L>)),
        lit(
            "/metrics",
            Surveiller,
            Serveur,
            get(service::metriques::<L>),
        ),
    ]
}

fn lit<S>(
    chemin: &'static str,
    action: Action,
    ressource: Ressource,
    service: MethodRouter<S>,
) -> Route<S> {
    Route {
        methode: "GET",
        chemin,
        action,
        ressource,
        service,
    }
}
