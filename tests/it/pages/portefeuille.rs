//! The list of contracts, its filters, its tables; and what a search finds.

use super::echanges::{Lue, lit};
use super::gens::droit;
use super::salle::{Salle, runtime};
use axum::http::StatusCode;
use entente::app::comptes::{Fonction, Portee};
use std::collections::BTreeSet;

const ESMS: &str = "990002024";

/// The story's contract and another one, of the same agency; someone who sees one establishment,
/// and someone whose establishment is elsewhere.
fn salle(postgres: bool) -> Salle {
    let mut salle = Salle::sur(postgres, "rives-claires", "2024-09-12");
    salle.ouvre("autre", "Agence d’ailleurs");
    let maintenant = salle.maintenant();
    for (qui, finess) in [("paule", ESMS), ("loin", "990009995")] {
        let portee = Portee::Esms(BTreeSet::from([finess.to_owned()]));
        let droits = [droit("gestionnaire", Fonction::Lecture, portee)];
        runtime().block_on(salle.gens.inscrit(qui, &droits, maintenant));
    }
    salle
}

fn partout(eprouve: impl Fn(&Salle)) {
    for postgres in [false, true] {
        eprouve(&salle(postgres));
    }
}

/// How many contracts a filter keeps, by the rows shown; and what the page says of it.
fn lignes(salle: &Salle, qui: &str, filtre: &str) -> usize {
    let page = lit(salle, qui, &format!("/contrats?{filtre}")).texte;
    page.matches("<th scope=\"row\"").count()
}

/// The number that a choice says it would keep.
fn compte(page: &str, valeur: &str) -> usize {
    let (_, suite) = page
        .split_once(&format!("<option value=\"{valeur}\""))
        .unwrap_or_else(|| panic!("{valeur}"));
    let titre = suite.split("</option>").next().unwrap();
    let nombre = titre.rsplit_once('(').unwrap().1.trim_end_matches(')');
    nombre.parse().unwrap()
}

#[test]
fn each_choice_keeps_as_many_contracts_as_it_says() {
    partout(|salle| {
        let page = lit(salle, "karim", "/contrats").texte;
        let choix = [
            ("phase", "Négociation"),
            ("phase", "Programmé"),
            ("phase", "Signé"),
            ("plume", "moi"),
            ("plume", "gestionnaire"),
            ("plume", "departement"),
            ("terme", "6"),
            ("terme", "12"),
            ("workflow", "cpom-ph"),
        ];
        for (cle, valeur) in choix {
            let code: String = form_urlencoded::byte_serialize(valeur.as_bytes()).collect();
            let vus = lignes(salle, "karim", &format!("{cle}={code}"));
            assert_eq!(vus, compte(&page, valeur), "{cle} {valeur}");
        }
        assert_eq!(lignes(salle, "karim", ""), 2);
        assert_eq!(lignes(salle, "karim", "phase=N%C3%A9gociation"), 1);
        // accents and capitals do not matter; what is not a choice is left aside
        assert_eq!(lignes(salle, "karim", "q=RIVES+cla%C3%AFres"), 1);
        assert_eq!(lignes(salle, "karim", "q=%25"), 0);
        assert_eq!(lignes(salle, "karim", "plume=%25&tri=x&terme=7"), 2);
        for tri in ["titre", "terme"] {
            assert_eq!(lignes(salle, "karim", &format!("tri={tri}")), 2);
        }
        // each address keeps its choice
        let filtree = lit(salle, "karim", "/contrats?plume=moi&terme=12").texte;
        assert!(filtree.contains("<option value=\"moi\" selected>"));
        assert!(filtree.contains("<option value=\"12\" selected>"));
    });
}

fn tableau(salle: &Salle, qui: &str, chemin: &str) -> Lue {
    lit(salle, qui, chemin)
}

#[test]
fn tables_hold_what_their_reader_sees_and_nothing_more() {
    partout(|salle| {
        let json = |qui: &str, chemin: &str| {
            let lue = tableau(salle, qui, chemin);
            assert_eq!(lue.code, StatusCode::OK, "{qui} {chemin}");
            serde_json::from_str::<serde_json::Value>(&lue.texte).unwrap()
        };
        let nombre = |lue: &serde_json::Value| lue["lignes"].as_array().unwrap().len();
        let contrats = "/contrats/export/contrats.json";
        assert_eq!(nombre(&json("karim", contrats)), 2);
        assert_eq!(nombre(&json("claire", contrats)), 1);
        assert_eq!(nombre(&json("karim", &format!("{contrats}?q=rives"))), 1);
        assert_eq!(nombre(&json("lea", contrats)), 0);
        // someone limited to an establishment gets the list, and nothing of what tells of all
        assert_eq!(nombre(&json("paule", contrats)), 1);
        assert_eq!(nombre(&json("loin", contrats)), 0);
        let contrat = "/contrats/rives-claires/export";
        for chemin in [
            "/contrats/export/esms.json",
            "/contrats/export/historique.json",
        ] {
            assert_eq!(nombre(&json("paule", chemin)), 0, "{chemin}");
        }
        for qui in ["paule", "loin", "lea"] {
            for chemin in [contrat.to_owned(), format!("{contrat}/esms.json")] {
                assert_eq!(tableau(salle, qui, &chemin).code, StatusCode::NOT_FOUND);
            }
        }
        for inconnu in ["rien.json", "esms", "esms.exe"] {
            let lue = tableau(salle, "karim", &format!("{contrat}/{inconnu}"));
            assert_eq!(lue.code, StatusCode::NOT_FOUND, "{inconnu}");
        }
        assert!(nombre(&json("claire", &format!("{contrat}/esms.json"))) > 1);
        // every format begins as such files do
        let debuts: [(&str, &[u8]); 5] = [
            ("esms.xlsx", b"PK"),
            ("esms.ods", b"PK"),
            ("esms.csv", b"CONTRAT"),
            ("esms.csv?bom=oui", b"\xef\xbb\xbf"),
            ("esms.json", b"{"),
        ];
        for (fichier, debut) in debuts {
            let octets = tableau(salle, "karim", &format!("{contrat}/{fichier}")).octets;
            let ici = String::from_utf8_lossy(&octets[..20.min(octets.len())]).into_owned();
            assert!(
                octets.to_ascii_uppercase().starts_with(debut),
                "{fichier} : {ici}"
            );
        }
    });
}

#[test]
fn a_search_finds_what_its_reader_sees_and_nothing_more() {
    partout(|salle| {
        let cherche = |qui: &str, texte: &str| {
            let code: String = form_urlencoded::byte_serialize(texte.as_bytes()).collect();
            lit(salle, qui, &format!("/recherche?q={code}")).texte
        };
        let esms = format!("/contrats/rives-claires/esms/{ESMS}");
        assert!(cherche("karim", ESMS).contains(&esms));
        assert!(cherche("claire", "RIVES").contains("href=\"/contrats/rives-claires\""));
        assert!(cherche("sophie", "departement de la").contains("Département de la Haute-Vesle"));
        assert!(cherche("paule", ESMS).contains(&esms));
        // establishments that are not hers, and contracts of others, are not there, nor counted
        for (qui, texte) in [
            ("paule", "990002032"),
            ("loin", ESMS),
            ("loin", "rives"),
            ("lea", "rives"),
            ("claire", "ailleurs"),
        ] {
            let page = cherche(qui, texte);
            assert!(page.contains("Rien ne correspond"), "{qui} {texte} {page}");
        }
        let vide = cherche("karim", "");
        assert!(!vide.contains("Rien ne correspond") && vide.contains("name=\"q\""));
    });
}

#[test]
fn the_first_page_says_how_many_acts_it_does_not_show() {
    partout(|salle| {
        let avant = lit(salle, "karim", "/").texte;
        assert!(!avant.contains("que cette page ne montre pas"), "{avant}");
        for rang in 0..70 {
            salle.ouvre(&format!("autre-{rang}"), "ARS Val-Médian");
        }
        let lue = tableau(salle, "karim", "/contrats/export/taches.json").octets;
        let lue = String::from_utf8(lue).unwrap();
        let lue: serde_json::Value = serde_json::from_str(&lue).unwrap();
        let lignes = lue["lignes"].as_array().unwrap();
        let sienne = |l: &&serde_json::Value| l["partie"] == "ars" && l["faisable"] == true;
        let toutes = lignes.iter().filter(sienne).count();
        assert!(toutes > 60, "{toutes} {}", lignes[0]);
        let page = lit(salle, "karim", "/").texte;
        let dit = format!("Il y a {}\u{a0}autres actes", toutes - 60);
        assert!(page.contains(&dit), "{dit} : {page}");
        assert!(page.contains("href=\"/contrats?plume=moi\""));
    });
}
