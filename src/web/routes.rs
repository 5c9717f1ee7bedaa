//! Every route, as data: what it serves, what one does with it, and on what. The router is built
//! from this list, and so is the list of what each person may do.

use super::{
    Etat, accueil, actes, documents, echanges, federation, invitation, oubli, pages, portefeuille,
    recherche, reperes, seance, service, statique,
};
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
    /// One establishment of a contract.
    Etablissement,
    Journal,
    Parcours,
    Acte,
    /// What is said around a contract.
    Echanges,
    /// The files of a contract.
    Documents,
    /// Private notes of a party.
    Notes,
    /// The tables of a contract.
    Export,
    /// What a text finds, everywhere.
    Recherche,
    Session,
    /// What awaits the person.
    Accueil,
    /// The same for everyone.
    Statique,
    Serveur,
}

impl Ressource {
    /// The most bytes that a request of it may hold.
    pub fn corps_max(self) -> usize {
        match self {
            Self::Documents => documents::DEPOT_MAX,
            _ => CORPS_MAX,
        }
    }

    /// Whether anyone may ask for it, signed in or not.
    pub fn ouverte(self) -> bool {
        matches!(self, Self::Session | Self::Statique | Self::Serveur)
    }
}

/// Forms are short; a file is not.
const CORPS_MAX: usize = 64 * 1024;

/// All of them.
pub fn routes() -> Vec<Route> {
    let mut routes = des_seances();
    routes.extend(des_retours());
    routes.extend(des_contrats());
    routes.extend(des_echanges());
    routes.extend(de_partout());
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

/// Signing in with one's organisation, and a forgotten password.
fn des_retours() -> Vec<Route> {
    use Action::Identifier;
    use Ressource::Session;
    let lit = |chemin, service| lit(chemin, Identifier, Session, service);
    let ecrit = |chemin, service| ecrit(chemin, Identifier, Session, service);
    vec![
        lit("/connexion/depart", get(federation::depart)),
        lit("/connexion/retour", get(federation::retour)),
        lit("/mot-de-passe-oublie", get(oubli::oubli)),
        ecrit("/mot-de-passe-oublie", post(oubli::demande)),
        lit("/mot-de-passe", get(oubli::lien)),
        ecrit("/mot-de-passe", post(oubli::change)),
    ]
}

fn des_contrats() -> Vec<Route> {
    use Ressource::{Accueil, Acte, Contrat, Contrats, Etablissement, Journal, Parcours};
    let lit = |chemin, ressource, service| lit(chemin, Action::Consulter, ressource, service);
    vec![
        lit("/", Accueil, get(accueil::accueil)),
        lit("/contrats", Contrats, get(portefeuille::contrats)),
        lit("/contrats/{id}", Contrat, get(pages::contrat)),
        lit("/contrats/{id}/accords", Contrat, get(pages::accords)),
        lit(
            "/contrats/{id}/esms/{finess}",
            Etablissement,
            get(pages::etablissement),
        ),
        lit("/contrats/{id}/journal", Journal, get(pages::journal)),
        lit("/contrats/{id}/graphe", Parcours, get(pages::graphe)),
        lit("/contrats/{id}/graphe.svg", Parcours, get(pages::image)),
        lit("/contrats/{id}/acte", Acte, get(actes::formulaire_d_acte)),
        ecrit("/contrats/{id}/acte", Action::Agir, Acte, post(actes::acte)),
    ]
}

fn des_echanges() -> Vec<Route> {
    use Action::{Agir, Consulter};
    use Ressource::{Documents, Echanges, Notes};
    let lit = |chemin, ressource, service| lit(chemin, Consulter, ressource, service);
    let ecrit = |chemin, ressource, service| ecrit(chemin, Agir, ressource, service);
    let (fils, fil) = ("/contrats/{id}/echanges", "/contrats/{id}/echanges/{fil}");
    let (reunions, reunion) = (
        "/contrats/{id}/reunions",
        "/contrats/{id}/reunions/{reunion}",
    );
    let (pieces, piece) = (
        "/contrats/{id}/documents",
        "/contrats/{id}/documents/{ordre}",
    );
    vec![
        lit(fils, Echanges, get(echanges::echanges)),
        ecrit(fils, Echanges, post(echanges::ouvre)),
        lit(fil, Echanges, get(echanges::fil)),
        ecrit(fil, Echanges, post(echanges::repond)),
        lit(reunions, Echanges, get(echanges::reunions)),
        ecrit(reunions, Echanges, post(echanges::convoque)),
        lit(reunion, Echanges, get(echanges::reunion)),
        ecrit(reunion, Echanges, post(echanges::rend_compte)),
        lit(pieces, Documents, get(documents::documents)),
        ecrit(pieces, Documents, post(documents::depose)),
        lit(piece, Documents, get(documents::version)),
        ecrit("/contrats/{id}/pieces", Echanges, post(documents::demande)),
        lit("/contrats/{id}/notes", Notes, get(echanges::notes)),
        ecrit("/contrats/{id}/notes", Notes, post(echanges::note)),
    ]
}

/// What one finds from any page, and takes away.
fn de_partout() -> Vec<Route> {
    use Ressource::{Contrats, Export, Recherche, Statique};
    let lit = |chemin, ressource, service| lit(chemin, Action::Consulter, ressource, service);
    vec![
        lit(
            "/contrats/export/{tableau}",
            Contrats,
            get(portefeuille::tableau),
        ),
        lit("/recherche", Recherche, get(recherche::recherche)),
        lit("/contrats/{id}/export", Export, get(portefeuille::exports)),
        lit(
            "/contrats/{id}/export/{tableau}",
            Export,
            get(portefeuille::tableau_du_contrat),
        ),
        lit("/glossaire", Statique, get(reperes::glossaire)),
        lit("/aide", Statique, get(reperes::aide)),
        lit("/accessibilite", Statique, get(reperes::accessibilite)),
        lit("/mentions", Statique, get(reperes::mentions)),
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
