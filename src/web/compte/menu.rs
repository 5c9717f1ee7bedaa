//! The menu beside the pages of an account, and of the organisations that one administers.

use crate::web::seance::Seance;
use serde::Serialize;

/// Entries under a title.
#[derive(Serialize)]
pub struct Groupe {
    titre: String,
    entrees: Vec<Entree>,
}

#[derive(Serialize)]
struct Entree {
    adresse: String,
    titre: &'static str,
    icone: &'static str,
    ici: bool,
}

const COMPTE: [(&str, &str, &str); 4] = [
    ("/compte", "Vue d’ensemble", "icones/personne"),
    ("/compte/securite", "Connexion et sécurité", "icones/verrou"),
    ("/compte/cles", "Clés de programmes", "icones/cle"),
    ("/compte/avis", "Avis et calendrier", "icones/cloche"),
];

const ADMINISTRATION: [(&str, &str, &str); 5] = [
    ("", "Personnes", "icones/gens"),
    (
        "/ensembles",
        "Pôles, délégations, services",
        "icones/ensemble",
    ),
    ("/visas", "Circuit de visas", "icones/fait"),
    ("/registre", "Registre des accès", "icones/journal"),
    ("/fiche", "Fiche de l’organisation", "icones/contrat"),
];

/// `chemin`: the entry that is open.
pub(super) fn groupes(seance: &Seance, chemin: &str) -> Vec<Groupe> {
    let entree = |(adresse, titre, icone): (String, &'static str, &'static str)| Entree {
        ici: adresse == chemin,
        adresse,
        titre,
        icone,
    };
    let siennes = COMPTE.map(|(a, titre, icone)| entree((a.to_owned(), titre, icone)));
    let mut groupes = vec![Groupe {
        titre: "Mon compte".to_owned(),
        entrees: siennes.into(),
    }];
    for (id, nom) in seance.connecte.administrees() {
        let pages = ADMINISTRATION.map(|(suite, titre, icone)| {
            let adresse = format!("/administration/{id}{suite}");
            entree((adresse, titre, icone))
        });
        groupes.push(Groupe {
            titre: format!("Administration : {nom}"),
            entrees: pages.into(),
        });
    }
    groupes
}
