//! The routes of programs, each with what their document says of it.

use super::{Route, donne, ecrit};
use crate::app::donnees;
use crate::web::api;
use crate::web::api::operation::Operation;
use crate::web::ressource::{Action, Ressource};
use axum::routing::{get, post};

pub(super) fn routes() -> Vec<Route> {
    let mut routes = des_listes();
    routes.extend(d_un_contrat());
    routes
}

/// What programs read of who they act for, and of the lists.
fn des_listes() -> Vec<Route> {
    use Ressource::{Accueil, Contrats, Statique, Tableau};
    use api::{contrats, moi, openapi, tableaux};
    use donnees::{ContratListe, Moi, Page};
    let moi_dit = Operation::nouvelle::<Moi>("moi", "Pour qui la clé agit");
    let taches_dites = Operation::nouvelle::<moi::Taches>("taches", "Ce qui attend la personne");
    let contrats_dits = Operation::nouvelle::<Page<ContratListe>>("contrats", "Les contrats");
    let tableaux_dits = Operation::nouvelle::<tableaux::Tableaux>("tableaux", "Les tableaux");
    vec![
        donne(
            "/api/v1/openapi.json",
            Statique,
            get(openapi::document_servi),
        )
        .dit(Operation::donne("document", "Ce document", openapi::schema).ouverte()),
        donne("/api/v1/moi", Accueil, get(moi::moi)).dit(moi_dit),
        donne("/api/v1/taches", Accueil, get(moi::taches)).dit(taches_dites),
        donne("/api/v1/contrats", Contrats, get(contrats::liste))
            .dit(contrats_dits.parametres::<contrats::Choix>()),
        donne("/api/v1/tableaux", Tableau, get(tableaux::liste)).dit(tableaux_dits),
        donne("/api/v1/tableaux/{nom}", Tableau, get(tableaux::tous)).dit(Operation::donne(
            "tableau",
            "Un tableau, tous contrats",
            tableaux::schema,
        )),
    ]
}

/// What programs read of a contract, and do.
fn d_un_contrat() -> Vec<Route> {
    use Ressource::{Acte, Contrat, Journal, Tableau};
    use api::{actes, contrats, journal, tableaux};
    use donnees::{ContratDonne, LigneDonnee, Page};
    let contrat_dit = Operation::nouvelle::<ContratDonne>("contrat", "Un contrat, où il en est");
    let journal_dit = Operation::nouvelle::<Page<LigneDonnee>>("journal", "Son journal");
    let actes_dits = Operation::nouvelle::<actes::Actes>("actes", "Les actes ouverts");
    let fait_dit = Operation::nouvelle::<actes::Fait>("agir", "Faire un acte, ou y répondre");
    let agir = ecrit(
        "/api/v1/contrats/{id}/actes",
        Action::Agir,
        Acte,
        post(actes::fait),
    );
    vec![
        donne("/api/v1/contrats/{id}", Contrat, get(contrats::contrat)).dit(contrat_dit),
        donne(
            "/api/v1/contrats/{id}/journal",
            Journal,
            get(journal::journal),
        )
        .dit(journal_dit.parametres::<journal::Choix>()),
        donne("/api/v1/contrats/{id}/actes", Acte, get(actes::liste)).dit(actes_dits),
        agir.dit(fait_dit.corps::<actes::GesteEnvoye>()),
        donne(
            "/api/v1/contrats/{id}/tableaux/{nom}",
            Tableau,
            get(tableaux::d_un_contrat),
        )
        .dit(Operation::donne(
            "tableauDUnContrat",
            "Un tableau d’un contrat",
            tableaux::schema,
        )),
    ]
}
