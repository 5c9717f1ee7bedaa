//! Workbooks laid out like the official frames: what is written is read again to the same figures,
//! and what is not where it should be is told, never guessed.

mod atelier;

use atelier::{Atelier, nombre, retouche, texte};
use chrono::NaiveDate;
use entente::echanges::classeur::{Cellule, Feuille, Nombre};
use entente::echanges::eprd::description::{Cadre, cadre};
use entente::echanges::eprd::{self, Lu, Refus};
use entente::metier::budget::controles::{Bilan, controler};
use entente::metier::budget::lignes::{Bloc, Cle, Lieu, Ligne, Lignes, Origine, Valeur};
use entente::metier::budget::parametres::Parametres;
use entente::regles::paquet::Paquet;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

const EQUILIBRE: &[u8] = include_bytes!("equilibre.csv");
const REJETE: &[u8] = include_bytes!("rejete.csv");

fn jour() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 5).unwrap()
}

fn lu(octets: &[u8]) -> Lu {
    eprd::lire(octets).unwrap_or_else(|refus| panic!("{:?}", refus.phrases()))
}

fn millesime(nom: &str) -> &'static Cadre {
    cadre(nom).unwrap()
}

fn ecrits(lignes: &Lignes, cadre: &Cadre) -> [Vec<u8>; 2] {
    [
        eprd::xlsx(lignes, cadre, jour()).unwrap(),
        eprd::ods(lignes, cadre).unwrap(),
    ]
}

type Nues = BTreeMap<(String, Bloc, i32, String), (Valeur, String)>;

/// Lines without where they were read.
fn nues(lignes: &Lignes) -> (i32, String, Vec<(String, String)>, Nues) {
    let finess = |lieu| {
        lignes
            .esms_de(lieu)
            .map_or(String::new(), |e| e.finess.clone())
    };
    let toutes = lignes.toutes().map(|(cle, ligne)| {
        let nom = (finess(cle.lieu), cle.bloc, cle.annee, cle.code);
        (nom, (ligne.valeur.clone(), ligne.unite.clone()))
    });
    let esms = lignes.lieux().filter_map(|lieu| lignes.esms_de(lieu));
    let esms = esms.map(|e| (e.finess.clone(), e.nom.clone())).collect();
    (lignes.exercice, lignes.ej.clone(), esms, toutes.collect())
}

fn bilan(lignes: &Lignes) -> (usize, usize, usize) {
    let paquet = |texte: &[u8]| Paquet::parse(texte).unwrap();
    let paquets = [
        paquet(include_bytes!(
            "../../../workflows/regles/cpom-ph-2026.yaml"
        )),
        paquet(include_bytes!("../../../workflows/regles/eprd-2026.yaml")),
    ];
    let parametres = Parametres::de(&[&paquets[0], &paquets[1]], jour());
    let resultats = controler(lignes, &parametres);
    let bilan = Bilan::de(&resultats);
    (bilan.ok, bilan.ko, bilan.ne)
}

#[test]
fn a_frame_written_is_read_again_to_the_same_lines_and_the_same_verdicts() {
    for (octets, verdicts) in [(EQUILIBRE, (42, 0, 10)), (REJETE, (15, 27, 10))] {
        // Given an example in the long form.
        let attendu = lu(octets);
        for cadre in [
            "eprd-complet-2026",
            "eprd-complet-2020",
            "errd-complet-2026",
        ]
        .map(millesime)
        {
            for ecrit in ecrits(&attendu.lignes, cadre) {
                // When it is written in a frame, and read again.
                let relu = lu(&ecrit);

                // Then nothing has changed, and nothing is missing.
                assert_eq!(nues(&relu.lignes), nues(&attendu.lignes), "{}", cadre.nom);
                assert_eq!(relu.cadre, cadre.cadre);
                assert_eq!(relu.absents, Vec::<String>::new(), "{}", cadre.nom);
                assert_eq!(bilan(&relu.lignes), verdicts, "{}", cadre.nom);
            }
        }
    }
}

fn dits(lu: &Lu) -> String {
    lu.signalements.join("\n")
}

/// The lines of the balanced example.
fn attendues() -> Nues {
    nues(&lu(EQUILIBRE).lignes).3
}

/// What two sets of lines do not share, by code.
fn ecarts(lues: &Nues, attendues: &Nues) -> (Vec<String>, Vec<String>) {
    let de = |a: &Nues, b: &Nues| {
        let seules = a.iter().filter(|(cle, valeur)| b.get(*cle) != Some(valeur));
        seules
            .map(|((finess, bloc, _, code), _)| format!("{finess} {bloc} {code}"))
            .collect()
    };
    (de(attendues, lues), de(lues, attendues))
}

const TOUS: [&str; 3] = [
    "eprd-complet-2026",
    "eprd-complet-2020",
    "errd-complet-2026",
];
const MILLESIMES: [&str; 2] = ["eprd-complet-2026", "eprd-complet-2020"];
const IME: &str = "CRPP IME";

#[test]
fn every_line_has_its_own_cell_in_a_frame_of_its_kind() {
    for nom in MILLESIMES {
        // Given the balanced example in a frame; then nothing is left to the last sheet.
        let mut atelier = Atelier::de(nom);
        assert_eq!(atelier.feuille("Compléments").lignes.len(), 3, "{nom}");
    }
}

#[test]
fn rows_and_columns_may_be_added_everywhere() {
    for nom in MILLESIMES {
        // Given a frame where each row and column has moved.
        let mut atelier = Atelier::de(nom);
        for feuille in &mut atelier.classeur.feuilles {
            let lignes = std::mem::take(&mut feuille.lignes).into_iter();
            feuille.lignes = lignes
                .map(|(l, cellules)| {
                    let cellules = cellules
                        .into_iter()
                        .map(|(c, cellule)| (2 * c + 3, cellule));
                    (3 * l + 5, cellules.collect())
                })
                .collect();
        }

        // When it is read; then figures are the same.
        let relu = lu(&atelier.ecrit());
        assert_eq!(
            ecarts(&nues(&relu.lignes).3, &attendues()),
            (vec![], vec![]),
            "{nom}"
        );
        assert_eq!(relu.absents, Vec::<String>::new());
    }
}

#[test]
fn numbers_stored_as_text_are_read_the_french_way() {
    // Given amounts written as texts, with spaces that do not break and the sign of the euro.
    let mut atelier = Atelier::de("eprd-complet-2026");
    atelier.partout(|_, cellule| match cellule {
        Cellule::Nombre(n) if n.entier().is_some_and(|n| n > 9_999 && n % 10 == 0) => Some(texte(
            &format!("{},00\u{a0}€", par_trois(n.entier().unwrap())),
        )),
        Cellule::Nombre(n) if n.entier().is_some_and(|n| n < 0) => {
            Some(texte(&format!("({})", -n.entier().unwrap())))
        }
        Cellule::Nombre(n) => Some(texte(&n.to_string())),
        Cellule::Pourcent(n) => Some(texte(&format!("{n}\u{202f}%"))),
        Cellule::Jour(jour) => Some(texte(&jour.format("%d/%m/%Y").to_string())),
        _ => None,
    });
    // When it is read; then figures are the same.
    let relu = lu(&atelier.ecrit());
    assert_eq!(
        ecarts(&nues(&relu.lignes).3, &attendues()),
        (vec![], vec![])
    );
}

fn par_trois(n: i64) -> String {
    let chiffres = n.to_string();
    let groupes: Vec<&str> = chiffres
        .as_bytes()
        .rchunks(3)
        .map(|c| str::from_utf8(c).unwrap())
        .collect();
    groupes
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
        .join("\u{202f}")
}

#[test]
fn amounts_in_thousands_are_brought_back_to_euros() {
    // Given a PGFP in thousands of euros, said at its head.
    let mut atelier = Atelier::de("eprd-complet-2026");
    atelier.partout(|nom, cellule| match cellule {
        Cellule::Texte(dit) if nom == "PGFP" && dit == "Montants en euros" => Some(texte("En k€")),
        Cellule::Nombre(n)
            if nom == "PGFP" && n.entier().is_none_or(|n| !(2026..2032).contains(&n)) =>
        {
            Some(nombre(&format!("{}", n.entier().unwrap() / 1000)))
        }
        _ => None,
    });
    // When it is read; then figures are the same, and those of other sheets too.
    let relu = lu(&atelier.ecrit());
    assert_eq!(
        ecarts(&nues(&relu.lignes).3, &attendues()),
        (vec![], vec![])
    );

    // And two units in one sheet: no amount of it is read, and it is told.
    let place = atelier.ou("PGFP", "En k€");
    atelier.pose("PGFP", (place.0, place.1 + 1), texte("(en euros)"));
    let relu = lu(&atelier.ecrit());
    assert!(!relu.lignes.tient(Bloc::Pgfp, Lieu::Ensemble));
    assert!(
        dits(&relu).contains("« PGFP » dit deux unités"),
        "{}",
        dits(&relu)
    );
}

#[test]
fn a_heading_that_says_another_unit_than_the_sheet_stops_its_amounts() {
    let mut atelier = Atelier::de("eprd-complet-2026");
    atelier.change(
        "Bilan financier",
        "Au 31/12/2025",
        0,
        texte("Au 31/12/2025 (k€)"),
    );
    let relu = lu(&atelier.ecrit());
    assert!(!relu.lignes.tient(Bloc::Bilan, Lieu::Ensemble));
    assert!(dits(&relu).contains("« Bilan financier » dit deux unités"));
    // Alone, it is believed; beside a heading that says nothing, it is not.
    let (ligne, colonne) = atelier.ou("Bilan financier", "Montants en euros");
    atelier.pose("Bilan financier", (ligne, colonne), texte("Bilan"));
    let muette = lu(&atelier.ecrit());
    assert!(!muette.lignes.tient(Bloc::Bilan, Lieu::Ensemble));
    atelier.change("Bilan financier", "Au 31/12/2024", 0, texte("Clos"));
    let seule = lu(&atelier.ecrit()).lignes;
    let fonds = seule
        .trouve(Bloc::Bilan, Lieu::Ensemble, 2025, "FP_102")
        .unwrap();
    assert_eq!(fonds.valeur, Valeur::Montant(60_000_000_000));
}

#[test]
fn hidden_sheets_and_sheets_that_nothing_reads_are_told() {
    let mut atelier = Atelier::de("eprd-complet-2026");
    atelier.masquees.push("CRPA SESSAD".to_owned());
    atelier.classeur.feuilles.push(Feuille {
        nom: "Brouillon".to_owned(),
        ..Feuille::default()
    });
    let relu = lu(&atelier.ecrit());
    assert_eq!(
        ecarts(&nues(&relu.lignes).3, &attendues()),
        (vec![], vec![])
    );
    assert!(dits(&relu).contains("Onglets masqués, lus comme les autres : « CRPA SESSAD »"));
    assert!(dits(&relu).contains("Onglets que rien ne lit : « Brouillon »"));
}

#[test]
fn a_formula_without_result_is_told_and_never_zero() {
    let lignes = lu(EQUILIBRE).lignes;
    let frame = millesime("eprd-complet-2026");
    let xlsx = eprd::xlsx(&lignes, frame, jour()).unwrap();
    // Given formulas never computed, in both formats: as a program would leave them.
    let xlsx = retouche(&xlsx, |nom, contenu| {
        if nom.starts_with("xl/worksheets/") {
            return contenu.replace("</f><v>420000.00</v>", "</f>");
        }
        contenu
    });
    let ods = retouche(&eprd::ods(&lignes, frame).unwrap(), |_, contenu| {
        contenu.replace(
            " office:value-type=\"float\" office:value=\"420000.00\"",
            "",
        )
    });
    for octets in [xlsx, ods] {
        // When it is read.
        let relu = lu(&octets);
        // Then that line alone is not there, and its place is told.
        let (perdues, fausses) = ecarts(&nues(&relu.lignes).3, &attendues());
        assert_eq!(perdues, ["990002016 TOTAL_DECLARE CH_G1"]);
        assert_eq!(fausses, Vec::<String>::new());
        assert!(dits(&relu).contains("CRPP IME!C"), "{}", dits(&relu));
        assert!(dits(&relu).contains("formule sans résultat enregistré"));
    }
}

#[test]
fn a_formula_in_error_is_told_and_never_zero() {
    let mut atelier = Atelier::de("eprd-complet-2026");
    let (ligne, colonne) = atelier.ou(IME, "Rémunérations du personnel non médical");
    atelier
        .formules
        .push((IME.to_owned(), ligne, colonne + 1, "#REF!"));
    let (ligne, colonne) = atelier.ou("CAF", "Capacité d'autofinancement prévisionnelle");
    atelier
        .formules
        .push(("CAF".to_owned(), ligne, colonne + 1, "#N/A"));
    let relu = lu(&atelier.ecrit());
    let (perdues, fausses) = ecarts(&nues(&relu.lignes).3, &attendues());
    assert_eq!(perdues, [" CAF CAF_DECLAREE", "990002016 CRP_CHARGE 641"]);
    assert_eq!(fausses, Vec::<String>::new());
    assert!(dits(&relu).contains("#REF!") && dits(&relu).contains("#N/A"));
}

#[test]
fn two_tabs_of_one_establishment_are_told_and_the_first_is_kept() {
    // Given a second tab of the IME, with other figures.
    let mut atelier = Atelier::de("eprd-complet-2026");
    let mut copie = atelier.feuille(IME).clone();
    copie.nom = "CRPA copie".to_owned();
    atelier.classeur.feuilles.push(copie);
    atelier.change("CRPA copie", "Nom court", 1, texte("Copie"));
    atelier.change("CRPA copie", "Capacité autorisée", 1, nombre("99"));
    // And a budget without establishment.
    let mut sans = atelier.feuille(IME).clone();
    sans.nom = "CRPA sans FINESS".to_owned();
    atelier.classeur.feuilles.push(sans);
    let (ligne, _) = atelier.ou("CRPA sans FINESS", "FINESS ET");
    atelier.feuille("CRPA sans FINESS").lignes.remove(&ligne);

    // When it is read; then only the count of comptes is new.
    let relu = lu(&atelier.ecrit());
    let (perdues, nouvelles) = ecarts(&nues(&relu.lignes).3, &attendues());
    assert_eq!(perdues, Vec::<String>::new());
    assert_eq!(nouvelles, ["990002016 IDENT CRP_NOMBRE"]);
    let ime = relu.lignes.lieux().next().unwrap();
    let nombre = relu
        .lignes
        .trouve(Bloc::Ident, ime, 2026, "CRP_NOMBRE")
        .unwrap();
    assert_eq!(nombre.valeur, Valeur::Quantite(Nombre::from(2)));
    assert!(dits(&relu).contains("« CRPA copie » est un second onglet du FINESS 990002016"));
    assert!(dits(&relu).contains("« CRPA sans FINESS » est laissé de côté"));
}

#[test]
fn a_tab_is_known_by_the_finess_read_in_it() {
    // Given tabs whose names lie, and a number that lost its first zero.
    let mut atelier = Atelier::de("eprd-complet-2026");
    atelier.feuille(IME).nom = "CRPP SAVS".to_owned();
    atelier.partout(|_, cellule| match cellule {
        Cellule::Texte(dit) if dit == "990002016" => Some(nombre("10009132")),
        _ => None,
    });
    let relu = lu(&atelier.ecrit());
    let esms = relu.lignes.esms_de(Lieu::Esms(0)).unwrap();
    assert_eq!(
        (esms.finess.as_str(), esms.nom.as_str()),
        ("010009132", "IME")
    );
    let achats = relu
        .lignes
        .trouve(Bloc::Charge, Lieu::Esms(0), 2026, "60")
        .unwrap();
    assert_eq!(achats.valeur, Valeur::Montant(25_000_000));
    assert!(achats.origine.to_string().starts_with("CRPP SAVS!C"));
}

#[test]
fn labels_that_moved_away_are_listed_and_nothing_is_guessed() {
    // Given a frame where labels, headings, an account and a sheet bear other names.
    let mut atelier = Atelier::de("eprd-complet-2026");
    let remplace = |atelier: &mut Atelier, nom: &str, dit: &str, autre: &str| {
        let place = atelier.ou(nom, dit);
        atelier.pose(nom, place, texte(autre));
    };
    remplace(
        &mut atelier,
        "PGFP",
        "Trésorerie au 31/12",
        "Disponibilités",
    );
    remplace(&mut atelier, "TPER", "ETP Direction", "Encadrants");
    remplace(
        &mut atelier,
        "Page de garde",
        "Date de dépôt de l'EPRD",
        "Reçu le",
    );
    remplace(&mut atelier, "Bilan financier", "Au 31/12/2025", "Clôture");
    remplace(&mut atelier, IME, "Produits", "Recettes");
    atelier.change(IME, "Locations", 0, texte("Autres"));
    let (ligne, _) = atelier.ou(IME, "Autres");
    atelier.pose(IME, (ligne, 0), texte("Loyers"));
    atelier.feuille("CAF").nom = "Autofinancement".to_owned();

    // When it is read.
    let relu = lu(&atelier.ecrit());

    // Then no figure is wrong, and each absence is listed.
    let (perdues, fausses) = ecarts(&nues(&relu.lignes).3, &attendues());
    assert_eq!(fausses, Vec::<String>::new());
    assert!(perdues.iter().any(|p| p.ends_with("PGFP TRESORERIE_FIN")));
    assert!(perdues.iter().any(|p| p == "990002016 CRP_PRODUIT 731"));
    let absents = relu.absents.join("\n");
    for dit in [
        "onglet « CAF »",
        "PGFP : libellés introuvables : « Trésorerie au 31/12 »",
        "TPER : colonne « ETP Direction » introuvable",
        "« Date de dépôt de l'EPRD »",
        "Bilan financier : tableau « Bilan financier » introuvable",
        "CRPP IME : tableau « Produits » introuvable",
        "CRPP IME : comptes introuvables (Charges) : 613",
    ] {
        assert!(absents.contains(dit), "{dit}\n{absents}");
    }
}

#[test]
fn an_unknown_layout_is_refused_with_what_was_found_and_expected() {
    let mut atelier = Atelier::de("eprd-complet-2026");
    atelier.feuille("Page de garde").nom = "Accueil".to_owned();
    let refus = eprd::lire(&atelier.ecrit()).unwrap_err();
    let Refus::Fichier(phrase) = refus else {
        panic!("{refus:?}")
    };
    for dit in [
        "« Accueil »",
        "« CRPP IME »",
        "aucun cadre connu",
        "« Page de garde »",
    ] {
        assert!(phrase.contains(dit), "{dit} : {phrase}");
    }
    // A page de garde without year is told too.
    let mut atelier = Atelier::de("eprd-complet-2026");
    atelier.change("Page de garde", "Exercice", 1, texte("à préciser"));
    let refus = eprd::lire(&atelier.ecrit())
        .unwrap_err()
        .phrases()
        .join(" ");
    assert!(
        refus.contains("l'exercice attendu est une année"),
        "{refus}"
    );
}

#[test]
fn merged_cells_answer_for_their_labels_and_their_values() {
    // Given headings merged over two lines and over two columns, values in the second.
    let mut atelier = Atelier::de("eprd-complet-2026");
    let feuille = atelier.feuille("PGFP");
    let lignes = std::mem::take(&mut feuille.lignes).into_iter();
    feuille.lignes = lignes
        .map(|(l, cellules)| {
            let cellules = cellules.into_iter().map(|(c, cellule)| {
                // Below the headings, which keep the first of two columns.
                let decale = u32::from(l > 4 && c > 0);
                (if c > 0 { 2 * c + decale } else { c }, cellule)
            });
            (if l > 4 { l + 1 } else { l }, cellules.collect())
        })
        .collect();
    for colonne in 1..=6 {
        atelier
            .fusions
            .push(("PGFP".to_owned(), [4, 2 * colonne, 5, 2 * colonne + 1]));
    }
    atelier.fusions.push(("PGFP".to_owned(), [4, 0, 5, 1]));
    let relu = lu(&atelier.ecrit());
    assert_eq!(
        ecarts(&nues(&relu.lignes).3, &attendues()),
        (vec![], vec![]),
        "{}",
        dits(&relu)
    );

    // And two values below one heading: neither is chosen.
    let (ligne, _) = atelier.ou("PGFP", "Trésorerie au 31/12");
    atelier.pose("PGFP", (ligne, 2), nombre("1"));
    let relu = lu(&atelier.ecrit());
    let (perdues, fausses) = ecarts(&nues(&relu.lignes).3, &attendues());
    assert_eq!(perdues, [" PGFP TRESORERIE_FIN"]);
    assert_eq!(fausses, Vec::<String>::new());
    assert!(dits(&relu).contains("deux valeurs pour une"));
}

#[test]
fn charges_below_zero_are_turned_round_together_and_told() {
    let mut atelier = Atelier::de("eprd-complet-2026");
    let produits = atelier.ou(IME, "Produits").0;
    let charges = atelier.ou(IME, "Charges").0;
    for (ligne, cellules) in &mut atelier.feuille(IME).lignes {
        if let Some(Cellule::Nombre(n)) = cellules.get(&2)
            && (charges..produits).contains(ligne)
        {
            let oppose = Nombre::from(0).moins(*n).unwrap();
            cellules.insert(2, Cellule::Nombre(oppose));
        }
    }
    let relu = lu(&atelier.ecrit());
    assert_eq!(
        ecarts(&nues(&relu.lignes).3, &attendues()),
        (vec![], vec![])
    );
    assert!(dits(&relu).contains("« CRPP IME » : toutes les charges y sont négatives"));
}

#[test]
fn what_is_said_twice_or_badly_is_not_read_and_told() {
    let mut atelier = Atelier::de("eprd-complet-2026");
    // Given an account twice, a label twice, a text for an amount, noise of floats.
    let (ligne, _) = atelier.ou(IME, "Locations");
    atelier.pose(IME, (ligne, 0), nombre("641"));
    let (ligne, _) = atelier.ou("PGFP", "Emprunts nouveaux");
    atelier.pose("PGFP", (ligne, 0), texte("Total des charges"));
    atelier.change(IME, "Transports", 1, texte("environ 70 000"));
    atelier.change(
        IME,
        "Honoraires et intermédiaires",
        1,
        nombre("20000,00000000079"),
    );
    let relu = lu(&atelier.ecrit());
    let (perdues, fausses) = ecarts(&nues(&relu.lignes).3, &attendues());
    let (du_plan, des_comptes): (Vec<&str>, Vec<&str>) = perdues
        .iter()
        .map(String::as_str)
        .partition(|perdue| perdue.starts_with(" PGFP"));
    assert_eq!(
        du_plan,
        [" PGFP CHARGES", " PGFP EMPRUNTS_NOUVEAUX"].repeat(6)
    );
    let attendus = ["613", "624", "641"].map(|c| format!("990002016 CRP_CHARGE {c}"));
    assert_eq!(des_comptes, attendus);
    assert_eq!(fausses, Vec::<String>::new());
    let dits = dits(&relu);
    for dit in [
        "CRP_CHARGE 641 de 2026 est dit deux fois",
        "« Total des charges » s'y trouve plusieurs fois",
        "« environ 70 000 »",
        "Montants arrondis au centime : 1",
    ] {
        assert!(dits.contains(dit), "{dit}\n{dits}");
    }
}

#[test]
fn a_workbook_with_macros_is_read_without_them() {
    // Given the file of a workbook that carries macros.
    let ecrit = Atelier::de("eprd-complet-2020").ecrit();
    let xlsm = retouche(&ecrit, |_, contenu| {
        contenu.replace(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
    });
    let mut archive = zip::ZipWriter::new_append(Cursor::new(xlsm)).unwrap();
    archive
        .start_file("xl/vbaProject.bin", SimpleFileOptions::default())
        .unwrap();
    archive.write_all(b"Sub Auto_Open()").unwrap();
    let xlsm = archive.finish().unwrap().into_inner();
    let relu = lu(&xlsm);
    assert_eq!(
        ecarts(&nues(&relu.lignes).3, &attendues()),
        (vec![], vec![])
    );
}

#[test]
fn an_empty_frame_is_to_be_filled_and_says_nothing() {
    for nom in MILLESIMES {
        // Given a gestionnaire and its establishments, without a figure.
        let mut lignes = Lignes::nouvelles(2026, "990001026");
        lignes.esms(
            "990002016",
            "IME : le « grand » établissement de la vallée d'en haut",
        );
        lignes.esms("990002024", "=HYPERLINK(\"http://exemple.test\")");
        lignes.esms("990002032", "history");
        for ecrit in ecrits(&lignes, millesime(nom)) {
            let relu = lu(&ecrit);
            assert_eq!(nues(&relu.lignes), nues(&lignes), "{nom}");
            assert_eq!(relu.absents, Vec::<String>::new());
        }
    }
}

#[test]
fn totals_are_formulas_with_their_last_result() {
    let ecrit = eprd::xlsx(&lu(REJETE).lignes, millesime("eprd-complet-2026"), jour()).unwrap();
    let formules = std::cell::RefCell::new(String::new());
    retouche(&ecrit, |nom, contenu| {
        if nom == "xl/worksheets/sheet5.xml" {
            formules.borrow_mut().push_str(&contenu);
        }
        contenu
    });
    let feuille = formules.into_inner();
    // Given the ESAT, whose first total says otherwise than its accounts: it is kept as it is.
    assert!(feuille.contains("<v>190000</v>"), "{feuille}");
    assert!(!feuille.contains("</f><v>190000.00</v>"));
    // Then the others are computed, with what they make.
    assert!(feuille.contains("</f><v>785000.00</v>") || feuille.contains("</f><v>760000.00</v>"));
}

fn valeurs() -> impl Strategy<Value = (Valeur, String)> {
    let quantite = (-999_999_i64..999_999, 0..6_u32)
        .prop_map(|(m, d)| Nombre::du_texte(&format!("{},{:0>1$}", m, d as usize + 1)).unwrap());
    prop_oneof![
        (0_i64..900_000_000_000).prop_map(|c| (Valeur::Montant(c), "EUR".to_owned())),
        (quantite.clone(), prop_oneof!["ETP", "journees", "place"])
            .prop_map(|(n, u)| (Valeur::Quantite(n), u)),
        quantite.prop_map(|n| (Valeur::Taux(n), "pourcent".to_owned())),
        (0_u16..20_000).prop_map(|j| {
            let jour = NaiveDate::from_num_days_from_ce_opt(730_000 + i32::from(j)).unwrap();
            (Valeur::Jour(jour), "date".to_owned())
        }),
        any::<bool>().prop_map(|o| (Valeur::Oui(o), "booleen".to_owned())),
        (1990..2100_i32).prop_map(|a| (Valeur::Annee(a), "annee".to_owned())),
        "['=+@-]?[A-Za-zéœ€][a-z ’é]{0,8}[a-z€]"
            .prop_map(|t| (Valeur::Texte(t), "texte".to_owned())),
    ]
}

fn cles() -> impl Strategy<Value = (Bloc, Option<usize>, i32, String)> {
    let attendues = lu(EQUILIBRE).lignes;
    let connues: Vec<_> = attendues
        .toutes()
        .map(|(cle, _)| (cle.bloc, cle.code))
        .collect();
    let connue = prop::sample::select(connues);
    let compte = (
        prop::sample::select(vec![Bloc::Charge, Bloc::Produit, Bloc::RealiseCharge]),
        "[0-9]{1,6}",
    );
    let autre = (prop::sample::select(Bloc::TOUS.to_vec()), "[0-9]{2,4}");
    let cle = prop_oneof![4 => connue, 2 => compte, 1 => autre];
    (cle, prop::option::of(0..3_usize), 2024..2032_i32)
        .prop_map(|((bloc, code), esms, annee)| (bloc, esms, annee, code))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever lines say, a frame keeps them all.
    #[test]
    fn any_lines_come_back_from_any_frame(
        posees in prop::collection::vec((cles(), valeurs()), 0..60),
        nom in prop::sample::select(TOUS.to_vec()),
    ) {
        let mut lignes = Lignes::nouvelles(2026, "990001026");
        let lieux = [("990002016", "IME"), ("990002024", "SESSAD"), ("2A0002032", "ESAT")];
        let lieux = lieux.map(|(finess, nom)| lignes.esms(finess, nom));
        for ((bloc, esms, annee, code), (valeur, unite)) in posees {
            let lieu = esms.map_or(Lieu::Ensemble, |rang| lieux[rang]);
            let origine = Origine::Declaration("essai".to_owned());
            let ligne = Ligne { libelle: "Libellé".to_owned(), valeur, unite, origine };
            lignes.pose(Cle { bloc, lieu, annee, code }, ligne).unwrap();
        }
        for ecrit in ecrits(&lignes, millesime(nom)) {
            let relu = lu(&ecrit);
            prop_assert_eq!(nues(&relu.lignes), nues(&lignes), "{} {:?}", nom, relu.signalements);
        }
    }
}
