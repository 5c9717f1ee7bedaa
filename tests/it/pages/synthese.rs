//! The synthesis of a diagnostic: a page and a PDF that say the same, each to who may read it.

use super::echanges::lit;
use super::gens::droit;
use super::salle::{Salle, runtime};
use crate::papier::{Dossier, lu, nu, outil, vu};
use axum::http::StatusCode;
use entente::app::comptes::{Fonction, Portee};
use std::collections::BTreeSet;

const PAGE: &str = "/contrats/rives-claires/diagnostic/synthese";
const JOUR: &str = "2024-05-10";
const SESSAD: &str = "990002024";
/// The two accounts of the finding that divides the parties.
const VOIX: [&str; 2] = ["21 jeunes en attente", "12 jeunes en attente"];

#[test]
fn the_page_and_the_file_say_the_same_and_keep_both_voices() {
    for postgres in [false, true] {
        // given a diagnostic that the parties have agreed on, but for one finding
        let salle = Salle::sur(postgres, "rives-claires", JOUR);
        let mut octets = BTreeSet::new();
        let tous = ["karim", "sophie"];
        for qui in &tous[..if postgres { 1 } else { 2 }] {
            // when each asks for it
            let page = lit(&salle, qui, PAGE);
            assert_eq!(page.code, StatusCode::OK, "{}", page.texte);
            let fichier = lit(&salle, qui, &format!("{PAGE}.pdf"));
            assert_eq!(fichier.code, StatusCode::OK, "{}", fichier.texte);
            let dossier = Dossier::nouveau(&format!("synthese-{qui}-{postgres}"));
            // asked again, it is the same file
            octets.insert(fichier.octets.clone());
            let fichier = dossier.ecrit(&fichier.octets);
            let lu = nu(&vu(&fichier));
            // then both tell both accounts, all findings, where figures come from
            for dit in VOIX
                .into_iter()
                .chain(["D3-02", "TDB ESMS 135", "CPOM 2019-2023"])
            {
                assert!(lu.contains(&nu(dit)), "{dit}\n{lu}");
            }
            for dit in VOIX.into_iter().chain(["D3-02", "CPOM 2019-2023"]) {
                assert!(page.texte.contains(dit), "{dit}");
            }
            let siennes = page.texte.split("synthese?esms=").skip(1);
            let siennes = siennes.map(|suite| &suite[..9]);
            let constats = siennes.map(|esms| {
                let page = lit(&salle, qui, &format!("{PAGE}?esms={esms}"));
                page.texte.matches("<h4>").count()
            });
            assert_eq!(constats.sum::<usize>(), 62);
            assert_eq!(lu.matches("Positionssur").count(), 62 + 1);
            // and the digest at the foot is that of the page
            let empreinte = page.texte.split("class=\"empreinte\">").nth(1).unwrap();
            let empreinte = empreinte.split('<').next().unwrap();
            let pied = outil("pdftotext", &["-nopgbrk"], &fichier);
            assert!(nu(&pied).contains(empreinte), "{empreinte}");
        }
        assert_eq!(octets.len(), 1);
    }
}

#[test]
fn one_establishment_has_its_own_and_who_answers_for_it_reads_no_other() {
    let mut salle = Salle::au("rives-claires", JOUR);
    let portee = Portee::Esms(BTreeSet::from([SESSAD.to_owned()]));
    let droits = [droit("gestionnaire", Fonction::Validation, portee)];
    let maintenant = salle.maintenant();
    let inscrit = salle.gens.inscrit("paule", &droits, maintenant);
    runtime().block_on(inscrit);
    let dossier = Dossier::nouveau("synthese-un");
    // given someone who answers for the SESSAD
    for chemin in [PAGE.to_owned(), format!("{PAGE}?esms={SESSAD}")] {
        let page = lit(&salle, "paule", &chemin);
        assert_eq!(page.code, StatusCode::OK);
        let fichier = chemin.replace("synthese", "synthese.pdf");
        let fichier = dossier.ecrit(&lit(&salle, "paule", &fichier).octets);
        for texte in [nu(&page.texte), nu(&lu(&fichier))] {
            assert!(texte.contains(&nu(VOIX[0])), "{texte}");
            for ailleurs in ["SAVS", "Foyer", "ESAT Les", "CPOM 2019-2023"] {
                assert!(!texte.contains(&nu(ailleurs)), "{ailleurs}\n{texte}");
            }
        }
    }
    // the others are not there, nor one that is nowhere
    for esms in ["990002032", "990009999", "x"] {
        for forme in ["", ".pdf"] {
            let refusee = lit(&salle, "paule", &format!("{PAGE}{forme}?esms={esms}"));
            assert_eq!(refusee.code, StatusCode::NOT_FOUND, "{esms}{forme}");
        }
    }
    // who is not of the contract reads neither
    for forme in ["", ".pdf"] {
        let refusee = lit(&salle, "lea", &format!("{PAGE}{forme}"));
        assert_eq!(refusee.code, StatusCode::NOT_FOUND, "{forme}");
    }
    // and the agency reads that of one, without the whole
    let page = lit(&salle, "karim", &format!("{PAGE}?esms=990002032")).texte;
    assert!(page.contains("synthese.pdf?esms&#x3D;990002032"), "{page}");
    assert!(!page.contains(VOIX[0]), "{page}");
}
