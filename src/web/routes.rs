//! Every route, as data: what it serves, what one does with it, and on what. The router is built
//! from this list, and so is the list of what each person may do.

use super::api::operation::Operation;
use super::{Etat, accueil, actes, api, invitation, pages, seance, service, statique};
use crate::app::donnees;
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
    /// What the document of programs says of it; none: it is a page.
    pub operation: Option<Operation>,
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
    Session,
    /// What awaits the person.
    Accueil,
    Tableau,
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
    routes.extend(du_serveur());
    routes.extend(des_programmes());
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

fn des_programmes() -> Vec<Route> {
    use Action::{Agir, Consulter};
    use Ressource::{Accueil, Acte, Contrat, Contrats, Journal, Statique, Tableau};
    use api::moi::Rien;
    use donnees::{ContratDonne, ContratListe, LigneDonnee, Moi, Page};
    let dit = |route: Route, operation: Operation| Route {
        operation: Some(operation),
        ..route
    };
    let lu = |chemin, ressource, service, operation: Operation| {
        dit(lit(chemin, Consulter, ressource, service), operation)
    };
    vec![
        lu(
            "/api/v1/openapi.json",
            Statique,
            get(api::openapi::document_servi),
            Operation::donne("document", "Ce document", api::openapi::schema).ouverte(),
        ),
        lu(
            "/api/v1/moi",
            Accueil,
            get(api::moi::moi),
            Operation::nouvelle::<Moi>("moi", "Pour qui la clé agit").parametres::<Rien>(),
        ),
        lu(
            "/api/v1/taches",
            Accueil,
            get(api::moi::taches),
            Operation::nouvelle::<api::moi::Taches>("taches", "Ce qui attend la personne"),
        ),
        lu(
            "/api/v1/contrats",
            Contrats,
            get(api::contrats::liste),
            Operation::nouvelle::<Page<ContratListe>>("contrats", "Les contrats, page à page")
                .parametres::<api::contrats::Choix>(),
        ),
        lu(
            "/api/v1/contrats/{id}",
            Contrat,
            get(api::contrats::contrat),
            Operation::nouvelle::<ContratDonne>("contrat", "Un contrat : où il en est"),
        ),
        lu(
            "/api/v1/contrats/{id}/journal",
            Journal,
            get(api::journal::journal),
            Operation::nouvelle::<Page<LigneDonnee>>("journal", "Son journal, dans l’ordre")
                .parametres::<api::journal::Choix>(),
        ),
        lu(
            "/api/v1/contrats/{id}/actes",
            Acte,
            get(api::actes::liste),
            Operation::nouvelle::<api::actes::Actes>("actes", "Les actes ouverts à chaque partie"),
        ),
        dit(
            ecrit(
                "/api/v1/contrats/{id}/actes",
                Agir,
                Acte,
                post(api::actes::fait),
            ),
            Operation::nouvelle::<api::actes::Fait>("agir", "Faire un acte, le refuser…")
                .corps::<api::actes::GesteEnvoye>(),
        ),
        lu(
            "/api/v1/contrats/{id}/tableaux/{nom}",
            Tableau,
            get(api::tableaux::d_un_contrat),
            Operation::donne(
                "tableauDUnContrat",
                "Un tableau d’un contrat",
                api::tableaux::schema,
            ),
        ),
        lu(
            "/api/v1/tableaux",
            Tableau,
            get(api::tableaux::liste),
            Operation::nouvelle::<api::tableaux::Tableaux>("tableaux", "Les tableaux qui existent"),
        ),
        lu(
            "/api/v1/tableaux/{nom}",
            Tableau,
            get(api::tableaux::tous),
            Operation::donne(
                "tableau",
                "Un tableau, tous contrats",
                api::tableaux::schema,
            ),
        ),
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
        operation: None,
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
