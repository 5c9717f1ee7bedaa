//! Every page in a real browser, light and dark, wide and narrow: nothing axe finds, no console
//! error, no sideways scrolling. The pictures stay in `target/captures/pages`.

use super::gens::droit;
use super::salle::{Salle, runtime};
use crate::navigateur::{faults, folder};
use entente::app::comptes::{Auteur, Ensemble, Fonction, Genre, NouvelleCle, Portee};
use std::net::SocketAddr;
use std::sync::Arc;

const RUBAN: &str = "Données fictives : association, autorités et personnes inventées.";

/// Serves pages on a free port, until the tests end.
pub fn sert(salle: &Salle) -> SocketAddr {
    let application = salle.sert(Some(RUBAN));
    runtime().block_on(async {
        let ecoute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let adresse = ecoute.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(ecoute, application).await.unwrap() });
        adresse
    })
}

/// What is served, with the pages to look at there: a name, a path, the code it answers.
type Servi = (Salle, Vec<(&'static str, &'static str, u16)>);

/// Pages of an account, and of an organisation: a name, a path, the form that is sent as it is, the
/// code it answers.
const DES_ACCES: [(&str, &str, &str, u16); 17] = [
    ("compte", "/compte", "", 200),
    ("securite", "/compte/securite", "", 200),
    (
        "securite-erreur",
        "/compte/securite",
        "[action$=mot-de-passe]",
        422,
    ),
    (
        "second-facteur-neuf",
        "/compte/securite",
        "[action$=second-facteur]",
        200,
    ),
    ("inviter", "/administration/gestionnaire/inviter", "", 200),
    ("cles", "/compte/cles", "", 200),
    (
        "cles-erreur",
        "/compte/cles",
        "main form[action$=cles]",
        422,
    ),
    ("avis", "/compte/avis", "", 200),
    ("calendrier", "/compte/avis", "[action$=calendrier]", 200),
    ("personnes", "/administration/gestionnaire", "", 200),
    (
        "inviter-erreur",
        "/administration/gestionnaire/inviter",
        "main form",
        422,
    ),
    (
        "membre",
        "/administration/gestionnaire/personnes/claire",
        "",
        200,
    ),
    (
        "ensembles",
        "/administration/gestionnaire/ensembles",
        "",
        200,
    ),
    (
        "ensembles-erreur",
        "/administration/gestionnaire/ensembles",
        "section[aria-labelledby=t-neuf] form",
        422,
    ),
    ("circuit", "/administration/gestionnaire/visas", "", 200),
    ("registre", "/administration/gestionnaire/registre", "", 200),
    ("fiche", "/administration/gestionnaire/fiche", "", 200),
];

/// An organisation with people, an invitation, a named scope; `ada` administers it, with a key.
fn des_acces() -> Salle {
    let mut salle = Salle::vide("2026-11-20T09:00:00Z");
    let maintenant = salle.maintenant();
    let comptes = salle.comptes().clone();
    runtime().block_on(async {
        let droits = [Fonction::Administration, Fonction::Validation];
        let droits = droits.map(|f| droit("gestionnaire", f, Portee::Tout));
        salle.gens.inscrit("ada", &droits, maintenant).await;
        let par = Auteur::Programme;
        let ensemble = Ensemble {
            organisation: "gestionnaire".to_owned(),
            genre: Genre::Pole,
            nom: "Enfance".to_owned(),
            membres: ["990002024".to_owned(), "990002057".to_owned()].into(),
        };
        let ecrit = comptes.ecrire_ensemble(par, &ensemble, maintenant);
        ecrit.await.unwrap();
        let pole = droit("gestionnaire", Fonction::Lecture, ensemble.portee());
        let invite = comptes.inviter(par, "nina@exemple.example", &pole, maintenant);
        invite.await.unwrap();
        let cookie = salle.gens.cookie("ada");
        let cle = NouvelleCle {
            id: "k1",
            organisation: "gestionnaire",
            nom: "Tableau de bord",
            fonction: Fonction::Lecture,
            au: "2027-01-31".parse().unwrap(),
        };
        let session = cookie.strip_prefix("entente=").unwrap();
        comptes.creer_cle(session, &cle, maintenant).await.unwrap();
    });
    salle
}

fn de_l_histoire() -> Vec<Servi> {
    let diagnostic = Salle::au("diagnostic", "2024-03-15");
    // The operator holds the pen: others wait.
    let attente = Salle::au("attente", "2024-03-11");
    let negociation = Salle::au("negociation", "2024-09-12");
    let vigueur = Salle::au("en-vigueur", "2026-10-15");
    let eprd = "/contrats/en-vigueur/graphe?flux=cpom/eprd-annuel-2026";
    let fait = "/contrats/negociation/ecrire/fait?flux=cpom&fait=contrat.annee_effet";
    let suspendre = "/contrats/negociation/ecrire/interrompre?flux=cpom&nom=suspendre";
    let journal = "/contrats/en-vigueur/journal?flux=cpom/eprd-annuel-2026";
    vec![
        (
            diagnostic,
            vec![("contrat-diagnostic", "/contrats/diagnostic", 200)],
        ),
        (
            attente,
            vec![
                ("accueil-attente", "/", 200),
                ("relance", "/contrats/attente/echanges?relance=oui", 200),
            ],
        ),
        (
            negociation,
            vec![
                ("contrat-negociation", "/contrats/negociation", 200),
                ("graphe", "/contrats/negociation/graphe", 200),
                ("ecrire", "/contrats/negociation/ecrire", 200),
                (
                    "ecrire-moyen",
                    "/contrats/negociation/ecrire/moyen?flux=cpom",
                    200,
                ),
                (
                    "ecrire-ferme",
                    "/contrats/negociation/ecrire/theme?flux=cpom",
                    200,
                ),
                ("ecrire-fait", fait, 200),
                ("suspendre", suspendre, 200),
                ("nouveau", "/contrats/nouveau", 200),
                ("accueil", "/", 200),
                ("connexion", "/connexion", 200),
                ("second-facteur", "/second-facteur", 200),
                ("invitation-passee", "/invitation?jeton=x", 410),
                ("introuvable", "/contrats/inconnu", 404),
            ],
        ),
        (
            vigueur,
            vec![
                ("contrat-en-vigueur", "/contrats/en-vigueur", 200),
                (
                    "journal",
                    "/contrats/en-vigueur/journal?flux=cpom&page=2",
                    200,
                ),
                ("journal-eprd", journal, 200),
                ("graphe-eprd", eprd, 200),
            ],
        ),
    ]
}

/// A budget handed over, and what is read beside it.
fn du_budget() -> Servi {
    let salle = Salle::au("rives-claires", super::depots::JOUR);
    let classeur = super::eprd::classeur();
    let faite = super::depots::depose(&salle, "claire", &[], &classeur);
    assert!(faite.code.is_redirection(), "{}", faite.texte);
    let essai =
        "/contrats/rives-claires/eprd/simuler?cible=96&realise=95&notifie=567000&retenue=oui";
    let faux = "/contrats/rives-claires/eprd/simuler?cible=beaucoup&resultat=x";
    let vues = vec![
        ("budget", "/contrats/rives-claires/eprd", 200),
        (
            "alignement",
            "/contrats/rives-claires/eprd/alignement?exercice=2026",
            200,
        ),
        ("simuler", essai, 200),
        ("simuler-erreur", faux, 422),
    ];
    (salle, vues)
}

fn autres() -> Vec<Servi> {
    let vide = || Salle::vide("2026-11-20T09:00:00Z");
    let plusieurs = Salle::au("negociation", "2024-07-01");
    for rang in 0..58 {
        let agence = format!("ARS Val-Médian, délégation n° {rang}");
        plusieurs.ouvre(&format!("autre-{rang}"), &agence);
    }
    let affolee = Salle {
        horloge: Arc::new(|| panic!("the test asks for a panic")),
        ..vide()
    };
    vec![
        (
            vide(),
            vec![("liste-vide", "/contrats", 200), ("accueil-vide", "/", 200)],
        ),
        (
            plusieurs,
            vec![
                ("liste", "/contrats", 200),
                ("liste-rien", "/contrats?q=zzz", 200),
            ],
        ),
        (
            super::vues::hostile(),
            vec![
                ("hostile", "/contrats/hostile", 200),
                ("liste-hostile", "/contrats", 200),
            ],
        ),
        (vide().coupe(), vec![("panne", "/contrats", 503)]),
        (affolee, vec![("erreur", "/contrats", 500)]),
    ]
}

#[test]
fn every_page_is_clean_in_a_real_browser() {
    let dossier = folder("pages");
    let mut pages = Vec::new();
    for (salle, vues) in de_l_histoire()
        .into_iter()
        .chain(autres())
        .chain([du_budget()])
    {
        let (adresse, cookie) = (sert(&salle), salle.gens.cookie("karim"));
        for (nom, chemin, code) in vues {
            let adresse = format!("http://{adresse}{chemin}");
            let page = serde_json::json!({
                "nom": nom, "adresse": adresse, "code": code, "cookie": cookie
            });
            pages.push(page);
        }
    }
    let salle = des_acces();
    let adresse = sert(&salle);
    let vide = ("cles-vides", "/compte/cles", "", 200);
    let pleines = DES_ACCES.map(|page| ("ada", page));
    for (qui, (nom, chemin, envoi, code)) in pleines.into_iter().chain([("karim", vide)]) {
        pages.push(serde_json::json!({
            "nom": nom, "adresse": format!("http://{adresse}{chemin}"), "envoi": envoi,
            "code": code, "cookie": salle.gens.cookie(qui)
        }));
    }
    pages.extend(super::contour::pages());
    std::fs::write(
        dossier.join("pages.json"),
        serde_json::json!(pages).to_string(),
    )
    .unwrap();
    assert_eq!(faults("pages.mjs", &dossier), "");
}

#[test]
fn the_page_of_a_contract_prints_clean() {
    let dossier = folder("impression");
    let salle = Salle::au("negociation", "2024-09-12");
    let page = serde_json::json!({
        "adresse": format!("http://{}/contrats/negociation", sert(&salle)),
        "cookie": salle.gens.cookie("karim"),
    });
    std::fs::write(dossier.join("page.json"), page.to_string()).unwrap();
    assert_eq!(faults("impression.mjs", &dossier), "");
}
