//! Of the needs of people, no page, table, document or program's answer tells more than the page of
//! needs: its cells are those of the shared view, which is judged from outside.

use super::besoins::{JOUR, PAGE, televerse};
use super::crawl::{liens, pages};
use super::echanges::{demande, lit};
use super::gens::droit;
use super::salle::{Salle, runtime};
use crate::papier::{Dossier, vu};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use calamine::{Reader as _, open_workbook_auto_from_rs};
use entente::app::comptes::{Fonction, Portee};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Cursor;

/// An establishment, how many are assessed there, how many have the need: numbers that nothing else
/// of the contract holds.
const ESMS: [(&str, u32, u32); 5] = [
    ("990002024", 1373, 1009),
    ("990002032", 1489, 1013),
    ("990002040", 1597, 1019),
    ("990002057", 1613, 1021),
    ("990002065", 1709, 1031),
];
/// The contract's own.
const TOTAUX: [u32; 2] = [
    1373 + 1489 + 1597 + 1613 + 1709,
    1009 + 1013 + 1019 + 1021 + 1031,
];

fn cohorte() -> String {
    let mut csv = "finess_et;esms;annee;personne;nature;code;niveau\n".to_owned();
    for (rang, (finess, evalues, besoin)) in ESMS.iter().enumerate() {
        for personne in 0..*evalues {
            let niveau = if personne < *besoin { 3 } else { 0 };
            let ligne = format!("{finess};Un ESMS;2023;P{rang}-{personne};besoin;1.1.1;{niveau}");
            writeln!(csv, "{ligne}").unwrap();
        }
    }
    csv
}

/// The numbers of a text, as one reads them: not those within a date, an identifier, a digest.
fn nombres(texte: &str) -> BTreeSet<u32> {
    let lettres: Vec<char> = texte.chars().collect();
    let chiffre = |rang: usize| lettres.get(rang).is_some_and(char::is_ascii_digit);
    let texte = lettres.iter().enumerate().filter_map(|(rang, lettre)| {
        // « 1 373 » is one number, and « 1373 personnes » another word.
        let espace = "\u{a0}\u{202f}".contains(*lettre);
        let dedans = rang > 0 && chiffre(rang - 1) && chiffre(rang + 1);
        match (espace, dedans) {
            (true, true) => None,
            (true, false) => Some(' '),
            (false, _) => Some(*lettre),
        }
    });
    let texte: String = texte.collect();
    let mots = texte.split(|c: char| !(c.is_alphanumeric() || "-.".contains(c)));
    mots.filter_map(|mot| mot.trim_matches('.').parse().ok())
        .collect()
}

/// What is printed in a document.
fn papier(octets: &[u8]) -> String {
    vu(&Dossier::nouveau("fuites").ecrit(octets))
}

/// The cells of a workbook, a line each.
fn classeur(octets: Vec<u8>) -> String {
    let mut lu = open_workbook_auto_from_rs(Cursor::new(octets)).unwrap();
    let feuilles = lu.worksheets();
    let cases = feuilles.iter().flat_map(|(_, feuille)| feuille.cells());
    let dites: Vec<String> = cases.map(|(_, _, case)| case.to_string()).collect();
    dites.join("\n")
}

/// All that someone comes to: pages by their links, the tables and documents that they offer, what
/// programs are answered.
fn tout(salle: &Salle, qui: &str) -> BTreeMap<String, String> {
    let mut adresses: BTreeSet<String> = pages(salle, qui).into_keys().collect();
    let mut tout = BTreeMap::new();
    for adresse in adresses.clone() {
        let page = lit(salle, qui, &adresse).texte;
        let offerts = liens(&page).into_iter();
        adresses.extend(offerts.filter(|l| l.contains("/export/") || l.contains(".pdf")));
        tout.insert(adresse, page);
    }
    adresses.retain(|a| !tout.contains_key(a));
    for adresse in adresses {
        let lue = lit(salle, qui, &adresse);
        assert_eq!(lue.code, StatusCode::OK, "{qui} {adresse}");
        let chemin = adresse.split('?').next().unwrap();
        let texte = match chemin.rsplit_once('.') {
            Some((_, "pdf")) => papier(&lue.octets),
            Some((_, "xlsx" | "ods")) => classeur(lue.octets),
            _ => lue.texte,
        };
        assert!(!texte.is_empty(), "{qui} {adresse}");
        tout.insert(adresse, texte);
    }
    for suite in ["", "/journal", "/actes"] {
        let adresse = format!("/api/v1/contrats/rives-claires{suite}");
        let requete = Request::get(&adresse).header(header::AUTHORIZATION, salle.gens.porteur(qui));
        let lue = demande(salle, qui, requete, Body::empty());
        // The journal is of who sees the whole contract.
        let permise = lue.code == StatusCode::OK || (suite, qui) == ("/journal", "paule");
        assert!(permise, "{qui} {adresse} {}", lue.code);
        tout.insert(adresse, lue.texte);
    }
    tout
}

#[test]
fn needs_are_told_by_their_page_alone() {
    let mut salle = Salle::au("rives-claires", JOUR);
    let siens = BTreeSet::from([ESMS[0].0.to_owned()]);
    let droits = [droit(
        "gestionnaire",
        Fonction::Validation,
        Portee::Esms(siens),
    )];
    let maintenant = salle.maintenant();
    runtime().block_on(salle.gens.inscrit("paule", &droits, maintenant));
    // given needs of five establishments, counted by numbers that are nowhere else
    let champs = [("geste", "deposer")];
    let faite = televerse(&salle, "claire", (PAGE, &champs), cohorte().as_bytes());
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    let secrets: BTreeSet<u32> = ESMS
        .iter()
        .flat_map(|(_, evalues, besoin)| [*evalues, *besoin])
        .chain(TOTAUX)
        .collect();
    for qui in ["claire", "karim", "sophie", "paule"] {
        let lus = tout(&salle, qui);
        // when someone reads all that there is to read
        assert!(lus.len() > 30, "{qui}: {}", lus.len());
        for genre in [".csv", ".xlsx", ".ods", ".pdf", "/api/", "/diagnostic"] {
            assert!(lus.keys().any(|a| a.contains(genre)), "{qui} {genre}");
        }
        let mut dits = BTreeSet::new();
        for (adresse, texte) in &lus {
            let la: BTreeSet<u32> = nombres(texte).intersection(&secrets).copied().collect();
            // then only the page of needs tells how many, and each what they may see
            if adresse.split('?').next().unwrap().ends_with("/besoins") {
                dits.extend(la);
            } else {
                assert_eq!(la, BTreeSet::new(), "{qui} {adresse}");
            }
        }
        let vus = if qui == "paule" {
            BTreeSet::from([ESMS[0].1, ESMS[0].2])
        } else {
            secrets.clone()
        };
        assert_eq!(dits, vus, "{qui}");
    }
}
