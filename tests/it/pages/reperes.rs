//! Pages that are the same for everyone: under one's own header when one is signed in; and who
//! publishes them.

use super::echanges::lit;
use super::salle::{Salle, runtime};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use entente::app::abords::Abords;
use entente::app::consult::Consultation;
use entente::app::reglages::{Dits, Editeur};
use entente::web::{Options, application};
use std::sync::Arc;
use tower::ServiceExt;

const PAGES: [&str; 4] = ["/aide", "/glossaire", "/accessibilite", "/mentions"];

#[test]
fn whoever_is_signed_in_keeps_the_header_on_pages_open_to_all() {
    let salle = Salle::au("rives-claires", "2024-03-20");
    for page in PAGES {
        let sien = lit(&salle, "karim", page);
        assert_eq!(sien.code, StatusCode::OK, "{page}");
        let entete = [
            "action=\"/deconnexion\"",
            "href=\"/compte\"",
            "<b>karim</b>",
        ];
        for dit in entete {
            assert!(sien.texte.contains(dit), "{page} {dit}");
        }
        // A session that opens nothing makes the page that of anyone.
        let autre = lit(&salle, "personne", page);
        assert_eq!(autre.code, StatusCode::OK, "{page}");
        for dit in entete {
            assert!(!autre.texte.contains(dit), "{page} {dit}");
        }
    }
    // Nor does a database that does not answer take them away.
    let coupee = salle.coupe();
    for page in PAGES {
        assert_eq!(lit(&coupee, "karim", page).code, StatusCode::OK, "{page}");
    }
}

fn mentions(salle: &Salle, editeur: Editeur) -> String {
    let options = Options {
        ruban: None,
        tls: false,
        demo: None,
        metriques: Arc::new(String::new),
        abords: Abords::default(),
        editeur,
    };
    let consultation = Consultation {
        entente: salle.entente.clone(),
        horloge: Arc::clone(&salle.horloge),
    };
    let routeur = application(consultation, salle.comptes().clone(), options).unwrap();
    runtime().block_on(async {
        let requete = Request::get("/mentions").body(Body::empty()).unwrap();
        let reponse = routeur.oneshot(requete).await.unwrap();
        assert_eq!(reponse.status(), StatusCode::OK);
        let octets = to_bytes(reponse.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(octets.to_vec()).unwrap()
    })
}

#[test]
fn the_notices_say_who_publishes_or_which_setting_says_it() {
    let salle = Salle::vide("2024-03-20T08:00:00Z");
    let reglages = [
        (
            "mentions.editeur",
            "ENTENTE_MENTIONS_EDITEUR",
            "ARS Val-Médian, 1 rue du Val",
        ),
        (
            "mentions.directeur",
            "ENTENTE_MENTIONS_DIRECTEUR",
            "Le directeur général",
        ),
        (
            "mentions.hebergeur",
            "ENTENTE_MENTIONS_HEBERGEUR",
            "Hébergement du Val, 01 00 00 00 00",
        ),
        (
            "mentions.contact",
            "ENTENTE_MENTIONS_CONTACT",
            "entente@val-median.example",
        ),
    ];
    // Unset, or blank: the page names each setting.
    let vide = Dits::toml("[mentions]\nediteur = \"  \"")
        .unwrap()
        .reglages()
        .unwrap();
    let page = mentions(&salle, vide.editeur);
    assert_eq!(page.matches("Non renseigné.").count(), reglages.len());
    for (cle, variable, _) in reglages {
        let dit = |mot: &str| page.contains(&format!("<code>{mot}</code>"));
        assert!(dit(cle) && dit(variable), "{cle}");
    }
    // Said by the environment, or by a file: the page says it.
    let variables = reglages.map(|(_, nom, dit)| (nom.to_owned(), dit.to_owned()));
    let fichier: Vec<String> = reglages
        .iter()
        .map(|(cle, _, dit)| format!("{cle} = \"{dit}\""))
        .collect();
    for dits in [
        Dits::environnement(variables).unwrap(),
        Dits::toml(&fichier.join("\n")).unwrap(),
    ] {
        let page = mentions(&salle, dits.reglages().unwrap().editeur);
        assert!(!page.contains("Non renseigné"));
        for (cle, _, dit) in reglages {
            assert!(page.contains(&format!("<bdi>{dit}</bdi>")), "{cle}");
        }
    }
}
