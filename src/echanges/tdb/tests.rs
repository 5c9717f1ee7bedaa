use super::*;
use crate::echanges::faute::{DITES_MAX, Faute};
use crate::echanges::releves::simple;
use crate::metier::referentiels::indicateurs;
use proptest::prelude::*;

fn lu(texte: &str) -> Export {
    lire(texte.as_bytes()).unwrap()
}

/// Code and value, as they are shown.
fn montres(export: &Export) -> Vec<(&str, i32, &str, String)> {
    let releves = export.releves.iter();
    releves
        .map(|r| {
            (
                r.finess.as_str(),
                r.annee,
                r.indicateur.as_str(),
                r.valeur.to_string(),
            )
        })
        .collect()
}

fn dites(export: &Export) -> Vec<String> {
    export.fautes.dites.iter().map(Faute::to_string).collect()
}

#[test]
fn every_title_is_that_of_an_indicator() {
    for Colonne { titre, code, .. } in COLONNES {
        assert!(indicateurs::par_code(code).is_some(), "{code}");
        let pareils = COLONNES.iter().filter(|c| simple(c.titre) == simple(titre));
        assert_eq!(pareils.count(), 1, "{titre}");
        let memes = COLONNES.iter().filter(|c| c.code == code);
        assert_eq!(memes.count(), 1, "{code}");
    }
}

#[test]
fn fractions_become_rates_and_absent_numbers_stay_absent() {
    let export = lu(
        "Finess;Année;Taux d'ETP vacants au 31/12;Nombre de CDD de remplacement;\
        Taux de réalisation de l’activité Tout ESMS (Hors services CAMSP et CMPP);\
        Date d'entrée en vigueur du CPOM\n\
        990001018;2023;.1197;19.0;1.052;01/01/2020\n\
        990001018;2022;;;-.05;\n\
        2A0000014;2023;0;5;;\n",
    );
    assert_eq!(dites(&export), [""; 0]);
    assert_eq!(export.ignores, ["Date d'entrée en vigueur du CPOM"]);
    let texte = |texte: &str| texte.to_owned();
    assert_eq!(
        montres(&export),
        [
            ("2A0000014", 2023, "TDB-2.01", texte("0")),
            ("2A0000014", 2023, "TDB-2.12", texte("5")),
            ("990001018", 2022, "TDB-1.01", texte("-5")),
            ("990001018", 2023, "TDB-1.01", texte("105,2")),
            ("990001018", 2023, "TDB-2.01", texte("11,97")),
            ("990001018", 2023, "TDB-2.12", texte("19")),
        ]
    );
}

#[test]
fn titles_are_found_in_any_order_and_writing() {
    let export = lu(
        "\u{feff}TAUX DE RÉALISATION DE LACTIVITÉ CAMSP ET CMPP;année; FINESS\r\n\
        .5;2023;10008407\r\n\r\n",
    );
    assert_eq!(dites(&export), [""; 0]);
    // The zero that a spreadsheet took off is given back.
    let attendu = ("010008407", 2023, "TDB-1.02", "50".to_owned());
    assert_eq!(montres(&export), [attendu]);
}

#[test]
fn a_wrong_cell_is_told_by_its_line_and_column_and_its_line_left_out() {
    let export = lu(
        "Finess;Année;Taux d'ETP vacants au 31/12;Nombre de CDD de remplacement\n\
        990001019;2023;.1;1\n\
        990001018;23;.1;1\n\
        990001018;2023;95.3;deux\n\
        990001018;2024;.1;1\n",
    );
    let dites = dites(&export);
    for (dite, debut, fin) in [
        (0, "Ligne 2, colonne 1 : La clé", "Trouvé « 990001019 »."),
        (
            1,
            "Ligne 3, colonne 2 : attendu une année",
            "« 23 ». Corrigez la cellule.",
        ),
        (
            2,
            "Ligne 4, colonne 3 : attendu un taux en fraction",
            "« 95.3 ». Corrigez la colonne.",
        ),
        (
            3,
            "Ligne 4, colonne 4 : attendu un nombre",
            "« deux ». Corrigez la cellule ou videz-la.",
        ),
    ] {
        assert!(dites[dite].starts_with(debut), "{dites:?}");
        assert!(dites[dite].ends_with(fin), "{dites:?}");
    }
    assert_eq!((dites.len(), export.fautes.en_tout), (4, 4));
    assert!(export.releves.iter().all(|releve| releve.annee == 2024));
    assert_eq!(export.releves.len(), 2);
}

#[test]
fn a_number_written_in_full_reads_as_a_spreadsheet_reads_it() {
    let export = lu(
        "Finess;Année;Taux d'ETP vacants au 31/12;Nombre de CDD de remplacement\n\
        990001018;2023;0.071600138178413528;2206969.259999999800000000\n",
    );
    let valeurs: Vec<String> = montres(&export).into_iter().map(|lu| lu.3).collect();
    assert_eq!(valeurs, ["7,16001381784135", "2206969,26"]);
}

#[test]
fn a_line_that_is_cut_stops_all() {
    let titres = "Finess;Année;Nombre de CDD de remplacement;Date d'entrée en vigueur du CPOM\n";
    for (fin, colonne) in [("990001018;2023;1", 4), ("990001018;2023;1;;", 5)] {
        let export = lu(&format!("{titres}990001018;2022;1;\n{fin}"));
        let dites = dites(&export);
        assert!(export.fautes.informe, "{dites:?}");
        assert!(dites[0].starts_with(&format!("Ligne 3, colonne {colonne} : la ligne compte")));
    }
}

#[test]
fn the_same_line_twice_counts_once_and_another_is_refused() {
    let export = lu("Finess;Année;Nombre de CDD de remplacement\n\
        990001018;2023;5\n\
        990001018;2023;5.0\n\
        990001018;2023;6\n");
    assert_eq!(montres(&export).len(), 1);
    assert_eq!(
        dites(&export),
        [
            "Ligne 4 : l'établissement 990001018 a déjà d'autres chiffres pour 2023, \
          ligne 2. Gardez une seule des deux lignes."
        ]
    );
}

#[test]
fn a_file_without_its_titles_is_refused_whole() {
    for (texte, dit) in [
        (
            "Année;Nombre de CDD de remplacement\n2023;1\n",
            "la colonne « Finess » manque",
        ),
        (
            "Finess;Nombre de CDD de remplacement\n990001018;1\n",
            "la colonne « Année » manque",
        ),
        (
            "Finess;Année;Capacité\n990001018;2023;1\n",
            "aucun titre n'est celui d'un indicateur",
        ),
        (
            "Finess;Année;Finess;Nombre de CDD de remplacement\n990001018;2023;;1\n",
            "Ligne 1, colonne 3 : le titre « Finess » est écrit deux fois",
        ),
    ] {
        let export = lu(texte);
        let dites = dites(&export);
        assert!(dites.len() == 1 && dites[0].contains(dit), "{dites:?}");
        assert_eq!(export.releves, []);
    }
    assert!(lire(b"").unwrap_err().contains("vide"));
}

#[test]
fn a_workbook_is_refused_with_what_to_do() {
    let mut classeur = rust_xlsxwriter::Workbook::new();
    let feuille = classeur.add_worksheet();
    feuille.write_string(0, 0, "Finess").unwrap();
    let octets = classeur.save_to_buffer().unwrap();
    assert!(
        lire(&octets)
            .unwrap_err()
            .contains("attendu l'export en .csv")
    );
}

#[test]
fn a_thousand_faults_are_counted_and_not_all_told() {
    let mut texte = "Finess;Année;Nombre de CDD de remplacement\n".to_owned();
    for _ in 0..1_000 {
        texte.push_str("rien;2023;1\n");
    }
    let export = lu(&texte);
    assert_eq!(
        (export.fautes.dites.len(), export.fautes.en_tout),
        (DITES_MAX, 1_000)
    );
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(texte in "\\PC{0,80}") {
        let fautif = format!("Finess;Année;Taux d'ETP vacants au 31/12\n990001018;2023;{texte}\n");
        for texte in [texte, fautif] {
            let _ = lire(texte.as_bytes());
        }
    }

    /// What was written as a fraction comes back a hundred times larger, to the last digit.
    #[test]
    fn every_fraction_is_exact(dix_milliemes in 0_u32..20_000) {
        let (unite, reste) = (dix_milliemes / 10_000, dix_milliemes % 10_000);
        let ecrite = format!("{unite}.{reste:04}");
        let ecrite = ecrite.strip_prefix('0').unwrap_or(&ecrite);
        let export = lu(&format!(
            "Finess;Année;Taux d'ETP vacants au 31/12\n990001018;2023;{ecrite}\n"
        ));
        let centiemes = export.releves[0].valeur.nombre().unwrap().centiemes();
        prop_assert_eq!(centiemes, Some(i64::from(dix_milliemes)));
    }
}
