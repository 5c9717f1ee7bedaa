//! Every route, as data: what it serves, what one does with it, and on what. The router is built
//! from this list, and so is the list of what each person may do.

/// Those of programs.
mod programmes;

use super::api::operation::Operation;
pub use super::ressource::{Action, Ressource};
use super::{
    Etat, accueil, actes, administration, besoins, brouillons, budgets, compte, diagnostic,
    documents, echanges, ecrire, entite, eprd, federation, invitation, nouveau, oubli, pages,
    portefeuille, recherche, reperes, seance, service, statique, synthese, visas,
};
use crate::app::abords::Classe;
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

/// All of them.
pub fn routes() -> Vec<Route> {
    let mut routes = des_seances();
    routes.extend(des_retours());
    routes.extend(des_contrats());
    routes.extend(des_budgets());
    #[cfg(feature = "pdf")]
    routes.extend(des_papiers());
    routes.extend(des_ecrits());
    routes.extend(des_visas());
    routes.extend(des_echanges());
    routes.extend(du_compte());
    routes.extend(de_l_administration());
    routes.extend(de_partout());
    routes.extend(du_serveur());
    routes.extend(programmes::routes());
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
        ecrit("/connexion/depart", post(federation::depart)),
        lit("/connexion/retour", get(federation::retour)),
        lit("/mot-de-passe-oublie", get(oubli::oubli)),
        ecrit("/mot-de-passe-oublie", post(oubli::demande)),
        lit("/mot-de-passe", get(oubli::lien)),
        ecrit("/mot-de-passe", post(oubli::change)),
    ]
}

/// The budgets of a contract's years.
fn des_budgets() -> Vec<Route> {
    use Ressource::Budget;
    let lit = |chemin, service| lit(chemin, Action::Consulter, Budget, service);
    vec![
        lit("/contrats/{id}/eprd", get(eprd::eprd)),
        lit("/contrats/{id}/eprd/cadre.xlsx", get(eprd::xlsx)),
        lit("/contrats/{id}/eprd/cadre.ods", get(eprd::ods)),
        lit("/contrats/{id}/eprd/classeur", get(eprd::classeur)),
        lit("/contrats/{id}/eprd/alignement", get(budgets::alignement)),
        lit("/contrats/{id}/eprd/simuler", get(budgets::simuler)),
        ecrit(
            "/contrats/{id}/eprd",
            Action::Consulter,
            Budget,
            post(eprd::lu),
        ),
        ecrit(
            "/contrats/{id}/eprd/depots",
            Action::Agir,
            Budget,
            post(eprd::depose),
        ),
    ]
}

fn des_contrats() -> Vec<Route> {
    use Ressource::{
        Accueil, Acte, Besoins, Contrat, Contrats, Diagnostic, Etablissement, Journal, Parcours,
    };
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
        lit(
            "/contrats/{id}/diagnostic",
            Diagnostic,
            get(diagnostic::ensemble),
        ),
        lit(
            "/contrats/{id}/diagnostic/synthese",
            Diagnostic,
            get(synthese::page),
        ),
        lit(
            "/contrats/{id}/diagnostic/{finess}",
            Diagnostic,
            get(diagnostic::etablissement),
        ),
        lit(
            "/contrats/{id}/chiffres",
            Diagnostic,
            get(diagnostic::chiffres_a_prendre),
        ),
        ecrit(
            "/contrats/{id}/chiffres",
            Action::Agir,
            Diagnostic,
            post(diagnostic::chiffres_envoyes),
        ),
        lit("/contrats/{id}/besoins", Besoins, get(besoins::besoins)),
        ecrit(
            "/contrats/{id}/besoins",
            Action::Agir,
            Besoins,
            post(besoins::envoyes),
        ),
        lit("/contrats/{id}/journal", Journal, get(pages::journal)),
        lit("/contrats/{id}/graphe", Parcours, get(pages::graphe)),
        lit("/contrats/{id}/graphe.svg", Parcours, get(pages::image)),
        lit("/contrats/{id}/acte", Acte, get(actes::formulaire_d_acte)),
        ecrit("/contrats/{id}/acte", Action::Agir, Acte, post(actes::acte)),
    ]
}

#[cfg(feature = "pdf")]
fn des_papiers() -> Vec<Route> {
    let (chemin, pdf) = ("/contrats/{id}/diagnostic/synthese.pdf", get(synthese::pdf));
    vec![lit(chemin, Action::Consulter, Ressource::Diagnostic, pdf)]
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
            "/contrats/{id}/entite",
            Consulter,
            Ecrit,
            get(entite::entite),
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

/// What an organisation prepares before it leaves.
fn des_visas() -> Vec<Route> {
    use Action::{Agir, Consulter, Gerer};
    use Ressource::{Administration, Visas};
    use administration::circuit;
    let visa = "/contrats/{id}/visas/{visa}";
    let ici = "/administration/{organisation}/visas";
    let retrait = "/administration/{organisation}/visas/retirer";
    vec![
        lit(visa, Consulter, Visas, get(visas::visa)),
        ecrit(visa, Agir, Visas, post(visas::geste)),
        lit(ici, Consulter, Administration, get(circuit::circuit)),
        ecrit(ici, Gerer, Administration, post(circuit::ecrit)),
        ecrit(retrait, Gerer, Administration, post(circuit::retire)),
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

fn du_compte() -> Vec<Route> {
    use Ressource::{Agenda, Compte};
    use compte::{avis, cles, securite};
    let lit = |chemin, service| lit(chemin, Action::Consulter, Compte, service);
    let ecrit = |chemin, service| ecrit(chemin, Action::Gerer, Compte, service);
    let agenda = self::lit("/agenda.ics", Action::Consulter, Agenda, get(avis::agenda));
    vec![
        lit("/compte", get(compte::compte)),
        lit("/compte/securite", get(securite::securite)),
        ecrit("/compte/mot-de-passe", post(securite::mot_de_passe)),
        ecrit("/compte/second-facteur", post(securite::second_facteur)),
        ecrit(
            "/compte/second-facteur/retirer",
            post(securite::retire_second_facteur),
        ),
        ecrit("/compte/codes", post(securite::codes)),
        ecrit("/compte/sessions", post(securite::ferme)),
        lit("/compte/cles", get(cles::cles)),
        ecrit("/compte/cles", post(cles::cree)),
        ecrit("/compte/cles/revoquer", post(cles::revoque)),
        lit("/compte/avis", get(avis::avis)),
        ecrit("/compte/avis", post(avis::prefere)),
        ecrit("/compte/calendrier", post(avis::ouvre)),
        ecrit("/compte/calendrier/fermer", post(avis::ferme)),
        agenda,
    ]
}

fn de_l_administration() -> Vec<Route> {
    use administration::{ensembles, inviter, personnes};
    let acces = Ressource::Administration;
    let lit = |chemin, service| lit(chemin, Action::Consulter, acces, service);
    let ecrit = |chemin, service| ecrit(chemin, Action::Gerer, acces, service);
    vec![
        lit("/administration", get(administration::racine)),
        lit("/administration/{organisation}", get(personnes::gens)),
        lit(
            "/administration/{organisation}/inviter",
            get(inviter::inviter),
        ),
        ecrit(
            "/administration/{organisation}/inviter",
            post(inviter::invite),
        ),
        ecrit(
            "/administration/{organisation}/invitations/annuler",
            post(personnes::annule),
        ),
        lit(
            "/administration/{organisation}/personnes/{personne}",
            get(personnes::membre),
        ),
        ecrit(
            "/administration/{organisation}/personnes/{personne}/fonctions",
            post(personnes::donne),
        ),
        ecrit(
            "/administration/{organisation}/personnes/{personne}/fonctions/retirer",
            post(personnes::retire),
        ),
        ecrit(
            "/administration/{organisation}/personnes/{personne}/desactiver",
            post(personnes::desactive),
        ),
        ecrit(
            "/administration/{organisation}/personnes/{personne}/reactiver",
            post(personnes::reactive),
        ),
        lit(
            "/administration/{organisation}/ensembles",
            get(ensembles::ensembles),
        ),
        ecrit(
            "/administration/{organisation}/ensembles",
            post(ensembles::ecrit),
        ),
        ecrit(
            "/administration/{organisation}/ensembles/retirer",
            post(ensembles::retire),
        ),
        lit(
            "/administration/{organisation}/registre",
            get(administration::registre),
        ),
        lit(
            "/administration/{organisation}/fiche",
            get(administration::fiche),
        ),
    ]
}

/// What one finds from any page, and takes away.
fn de_partout() -> Vec<Route> {
    use Ressource::{Contrats, Export, Recherche, Repere};
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
        lit("/glossaire", Repere, get(reperes::glossaire)),
        lit("/aide", Repere, get(reperes::aide)),
        lit("/accessibilite", Repere, get(reperes::accessibilite)),
        lit("/mentions", Repere, get(reperes::mentions)),
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

impl Route {
    /// What its requests are counted with.
    pub fn classe(&self) -> Classe {
        match (self.ressource, &self.operation) {
            (ressource, _) if self.methode == "POST" && ressource.recoit_un_fichier() => {
                Classe::Depot
            }
            (Ressource::Tableau, _) => Classe::Export,
            _ if self.chemin.contains("/export/") || self.rend_un_fichier() => Classe::Export,
            (_, Some(_)) => Classe::Programme,
            _ => Classe::Page,
        }
    }

    /// Whether a document is made to answer.
    fn rend_un_fichier(&self) -> bool {
        let fin = self.chemin.rsplit_once('.').map(|(_, fin)| fin);
        fin.is_some_and(|fin| ["pdf", "xlsx", "ods"].contains(&fin))
    }

    /// With what the document of programs says of it.
    fn dit(self, operation: Operation) -> Self {
        Self {
            operation: Some(operation),
            ..self
        }
    }
}

fn donne(chemin: &'static str, ressource: Ressource, service: MethodRouter<Arc<Etat>>) -> Route {
    lit(chemin, Action::Consulter, ressource, service)
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
