//! Every route, as data: what it serves, what one does with it, and on what. The router is built
//! from this list, and so is the list of what each person may do.

use super::{Etat, accueil, actes, brouillons, ecrire, invitation, nouveau, pages};
use super::{seance, service, statique};
use axum::routing::{MethodRouter, get, post};
use std::sync::Arc;

/// A route.
#[derive(Clone)]
pub struct Route {
    /// `GET` answers `HEAD` too.
    pub methode: &'static str,
    pub chemin: &'static str,
    pub action: Action,
    pub ressource: Ressource,
    pub(crate) service: MethodRouter<Arc<Etat>>,
}

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Consulter,
    /// Writes in a contract, in the name of a party.
    Agir,
    /// Signs in, and out.
    Identifier,
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
    Acte,
    /// What is written outside acts, drafts included.
    Ecrit,
    Session,
    /// What awaits the person.
    Accueil,
    /// The same for everyone.
    Statique,
    Serveur,
}

impl Ressource {
    /// Whether anyone may ask for it, signed in or not.
    pub fn ouverte(self) -> bool {
        matches!(self, Self::Session | Self::Statique | Self::Serveur)
    }
}

/// All of them.
pub fn routes() -> Vec<Route> {
    let mut routes = des_seances();
    routes.extend(des_contrats());
    routes.extend(des_ecrits());
    routes.extend(du_serveur());
    routes
}

fn des_seances() -> Vec<Route> {
    use Action::Identifier;
    use Ressource::Session;
    let lit = |chemin, service| lit(chemin, Identifier, Session, service);
    let ecrit = |chemin, service| ecrit(chemin, Identifier, Session, service);
    vec![
        lit("/connexion", get(seance::connexion)),
        ecrit("/connexion", post(seance::connecte)),
        ecrit("/deconnexion", post(seance::deconnecte)),
        lit("/second-facteur", get(seance::second)),
        ecrit("/second-facteur", post(seance::second_envoye)),
        lit("/enrolement", get(seance::enrolement)),
        ecrit("/enrolement", post(seance::enrole)),
        lit("/invitation", get(invitation::invitation)),
        ecrit("/invitation", post(invitation::accepte)),
    ]
}

fn des_contrats() -> Vec<Route> {
    use Ressource::{Accueil, Acte, Contrat, Contrats, Journal, Parcours};
    let lit = |chemin, ressource, service| lit(chemin, Action::Consulter, ressource, service);
    vec![
        lit("/", Accueil, get(accueil::accueil)),
        lit("/contrats", Contrats, get(pages::contrats)),
        lit("/contrats/{id}", Contrat, get(pages::contrat)),
        lit("/contrats/{id}/journal", Journal, get(pages::journal)),
        lit("/contrats/{id}/graphe", Parcours, get(pages::graphe)),
        lit("/contrats/{id}/graphe.svg", Parcours, get(pages::image)),
        lit("/contrats/{id}/acte", Acte, get(actes::formulaire_d_acte)),
        ecrit("/contrats/{id}/acte", Action::Agir, Acte, post(actes::acte)),
    ]
}

fn des_ecrits() -> Vec<Route> {
    use Action::{Agir, Consulter};
    use Ressource::{Contrats, Ecrit};
    vec![
        lit(
            "/contrats/nouveau",
            Consulter,
            Contrats,
            get(nouveau::nouveau),
        ),
        ecrit("/contrats/nouveau", Agir, Contrats, post(nouveau::ouvert)),
        ecrit(
            "/contrats/nouveau/brouillon",
            Agir,
            Contrats,
            post(brouillons::brouillon_de_nouveau),
        ),
        lit(
            "/contrats/{id}/ecrire",
            Consulter,
            Ecrit,
            get(ecrire::liste),
        ),
        lit(
            "/contrats/{id}/ecrire/{genre}",
            Consulter,
            Ecrit,
            get(ecrire::formulaire),
        ),
        ecrit(
            "/contrats/{id}/ecrire/{genre}",
            Agir,
            Ecrit,
            post(ecrire::ecrit),
        ),
        ecrit(
            "/contrats/{id}/brouillon",
            Agir,
            Ecrit,
            post(brouillons::brouillon),
        ),
    ]
}

fn du_serveur() -> Vec<Route> {
    use Action::{Consulter, Surveiller};
    use Ressource::{Serveur, Statique};
    vec![
        lit(
            "/statique/{fichier}",
            Consulter,
            Statique,
            get(statique::fichier),
        ),
        lit("/favicon.ico", Consulter, Statique, get(statique::icone)),
        lit("/sante", Surveiller, Serveur, get(service::sante)),
        lit("/pret", Surveiller, Serveur, get(service::pret)),
        lit("/metrics", Surveiller, Serveur, get(service::metriques)),
    ]
}

fn lit(
    chemin: &'static str,
    action: Action,
    ressource: Ressource,
    service: MethodRouter<Arc<Etat>>,
) -> Route {
    Route {
        methode: "GET",
        chemin,
        action,
        ressource,
        service,
    }
}

fn ecrit(
    chemin: &'static str,
    action: Action,
    ressource: Ressource,
    service: MethodRouter<Arc<Etat>>,
) -> Route {
    Route {
        methode: "POST",
        ..lit(chemin, action, ressource, service)
    }
}
