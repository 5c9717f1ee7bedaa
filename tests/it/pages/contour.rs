//! Pages for the browser's check: what is said around a contract, empty, filled and refused; the
//! form of an act; a search; what is the same for everyone.

use super::echanges::{envoie, lien, lit};
use super::navigateur::sert;
use super::salle::Salle;
use crate::visas::{self, A_SIGNER, Ici, circuit, prepare};
use axum::http::StatusCode;
use entente::workflow::definition::model::Role;
use serde_json::Value;

const C: &str = "/contrats/contour";

/// Who says it, on which page, and the fields of the form.
type Dit = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Something of each kind is said on the story's contract; nothing on another one.
fn salle() -> Salle {
    let salle = Salle::au("contour", "2024-09-12");
    salle.ouvre("neuf", "ARS Val-Médian");
    let dits: [Dit; 4] = [
        (
            "karim",
            "echanges",
            &[
                ("sujet", "Frais de siège"),
                ("texte", "Pouvez-vous confirmer le taux ?"),
                ("avis", "gestionnaire"),
                ("avant", "30/09/2024"),
            ],
        ),
        (
            "karim",
            "reunions",
            &[
                ("objet", "Point d’étape"),
                ("le", "2024-09-20"),
                ("ou", "14 h, visioconférence"),
                ("ordre", "Objectifs\nAnnexes financières"),
            ],
        ),
        ("karim", "notes", &[("texte", "À revoir avec le siège.")]),
        (
            "sophie",
            "pieces",
            &[
                ("piece", "PPI 2025-2029"),
                ("de", "gestionnaire"),
                ("avant", "2024-10-01"),
            ],
        ),
    ];
    for (qui, page, champs) in dits {
        let faite = envoie(&salle, qui, &format!("{C}/{page}"), champs);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{page} {}", faite.texte);
    }
    salle
}

/// An act that may be done, its form open, which asks for something: by whom, and where.
fn acte(salle: &Salle) -> (&'static str, String) {
    let des_gens = ["claire", "karim", "sophie"].into_iter().flat_map(|qui| {
        let page = lit(salle, qui, C).texte;
        let liens = page.split("href=\"").skip(1);
        let liens = liens.filter_map(|reste| reste.split('"').next());
        let actes = liens.filter(|l| l.starts_with(&format!("{C}/acte?")));
        let actes: Vec<_> = actes
            .map(|l| (qui, l.replace("&#x3D;", "=").replace("&amp;", "&")))
            .collect();
        actes
    });
    let ouvert = |(qui, adresse): &(&str, String)| {
        let page = lit(salle, qui, adresse);
        page.texte.contains("data-formulaire=\"acte\"") && page.texte.contains(" required")
    };
    des_gens.into_iter().find(ouvert).expect("an act to do")
}

/// The pages: each with its form to send, its code, and the cookie of who looks.
pub fn pages() -> Vec<Value> {
    let salle = salle();
    let adresse = sert(&salle);
    let echanges = lit(&salle, "karim", &format!("{C}/echanges")).texte;
    let reunions = lit(&salle, "karim", &format!("{C}/reunions")).texte;
    let (fil, reunion) = (
        lien(&echanges, &format!("{C}/echanges/")),
        lien(&reunions, &format!("{C}/reunions/")),
    );
    let (qui, acte) = acte(&salle);
    // Not that of a draft, which comes first.
    let form = "main form.carte-corps[method=post]";
    let mut pages = Vec::new();
    let mut page = |qui: &str, nom: &str, chemin: &str, envoi: &str, code: u16| {
        pages.push(serde_json::json!({
            "nom": nom, "adresse": format!("http://{adresse}{chemin}"), "envoi": envoi,
            "code": code, "cookie": salle.gens.cookie(qui)
        }));
    };
    page(qui, "acte", &acte, "", 200);
    page(qui, "acte-erreur", &acte, "form[data-formulaire=acte]", 422);
    for nom in [
        "accords",
        "documents",
        "echanges",
        "reunions",
        "notes",
        "export",
    ] {
        page("karim", nom, &format!("{C}/{nom}"), "", 200);
        let vide = format!("/contrats/neuf/{nom}");
        page("karim", &format!("{nom}-vide"), &vide, "", 200);
    }
    for nom in ["documents", "echanges", "reunions", "notes"] {
        page(
            "karim",
            &format!("{nom}-erreur"),
            &format!("{C}/{nom}"),
            form,
            422,
        );
    }
    page("karim", "fil", &fil, "", 200);
    page("karim", "fil-erreur", &fil, form, 422);
    page("karim", "reunion", &reunion, "", 200);
    page("karim", "esms", &format!("{C}/esms/990002024"), "", 200);
    page("karim", "recherche", "/recherche?q=rives", "", 200);
    page("karim", "recherche-vide", "/recherche", "", 200);
    page("karim", "recherche-rien", "/recherche?q=zzz", "", 200);
    page(
        "karim",
        "liste-filtree",
        "/contrats?plume=moi&terme=12&retard=oui",
        "",
        200,
    );
    for nom in ["glossaire", "aide", "accessibilite", "mentions"] {
        page("personne", nom, &format!("/{nom}"), "", 200);
    }
    page("personne", "oubli", "/mot-de-passe-oublie", "", 200);
    pages.extend(des_visas());
    pages
}

/// An act prepared, as whoever gives the next visa finds it (at home, on the contract, on its
/// page), and as its author does; the circuit of its organisation.
fn des_visas() -> Vec<Value> {
    let ici = Ici::au(false, A_SIGNER).avec(&circuit(Role::Signature));
    let visa = prepare(&ici.signe("dir", "s1"));
    let adresse = sert(&ici.salle);
    let page = |qui: &str, nom: &str, chemin: &str, envoi: &str, code: u16| {
        serde_json::json!({
            "nom": nom, "adresse": format!("http://{adresse}{chemin}"), "envoi": envoi,
            "code": code, "cookie": ici.salle.gens.cookie(qui)
        })
    };
    vec![
        page("dg", "accueil-visa", "/", "", 200),
        page("dg", "contrat-visa", visas::C, "", 200),
        page("dg", "visa", &visa, "", 200),
        page(
            "adm",
            "circuit-rempli",
            "/administration/gestionnaire/visas",
            "",
            200,
        ),
        page("dir", "visa-auteur", &visa, "", 200),
    ]
}
