//! What is written is read again by others: calamine for workbooks, a small reader for csv.

use super::*;
use calamine::{Data, Ods, Range, Reader, Xlsx};
use proptest::prelude::*;
use std::io::Cursor;

const fn colonne(cle: &'static str, titre: &'static str, genre: Genre) -> Colonne {
    Colonne { cle, titre, genre }
}

const TOUT: Forme = Forme {
    nom: "essai",
    titre: "Essai : de tout",
    colonnes: &[
        colonne("texte", "Texte", Genre::Texte),
        colonne("entier", "Entier", Genre::Entier),
        colonne("montant", "Montant", Genre::Centimes),
        colonne("part", "Part", Genre::CentiemesDePourCent),
        colonne("jour", "Jour", Genre::Date),
        colonne("instant", "Instant", Genre::Instant),
        colonne("oui", "Oui", Genre::Booleen),
        colonne("valeur", "Valeur", Genre::Valeur),
    ],
};

const DEUX: Forme = Forme {
    nom: "deux",
    titre: "Deux textes",
    colonnes: &[
        colonne("un", "=Un", Genre::Texte),
        colonne("deux", "Deux", Genre::Texte),
    ],
};

/// What an attacker may begin a text with.
const DANGEREUX: [&str; 20] = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "\"=1\"",
    "'=1",
    "  =1",
    "\u{feff}=1",
    "\u{a0}=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://x\";\"y\")",
    "\";=1+1;\"",
    "﹦1",
    "\u{1}=1",
];

fn jour() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 9, 11).unwrap()
}

fn de_tout() -> Tableau {
    let mut tableau = Tableau::nouveau(TOUT);
    let instant = "2024-12-31T23:30:05.123456Z".parse().unwrap();
    let pleine = vec![
        Cellule::texte("Les Rives Claires ; « dites »"),
        Cellule::Entier(-12),
        Cellule::Centimes(-123_456_789),
        Cellule::CentiemesDePourCent(4_550),
        Cellule::Date(jour()),
        Cellule::Instant(instant),
        Cellule::Booleen(true),
        Cellule::Centimes(i64::MAX),
    ];
    tableau.ajoute(pleine).unwrap();
    tableau.ajoute(vec![Cellule::Vide; 8]).unwrap();
    let bords = vec![
        Cellule::texte("deux\nlignes\tet  des blancs "),
        Cellule::Entier(i64::MIN),
        Cellule::Centimes(5),
        Cellule::CentiemesDePourCent(-1),
        Cellule::Date(NaiveDate::from_ymd_opt(2029, 2, 28).unwrap()),
        Cellule::Instant(DateTime::UNIX_EPOCH),
        Cellule::Booleen(false),
        Cellule::texte("à confirmer"),
    ];
    tableau.ajoute(bords).unwrap();
    tableau
}

fn deux(textes: &[&str]) -> Tableau {
    let mut tableau = Tableau::nouveau(DEUX);
    for texte in textes {
        let ligne = vec![Cellule::texte(*texte), Cellule::texte(*texte)];
        tableau.ajoute(ligne).unwrap();
    }
    tableau
}

fn du_xlsx(octets: &[u8], feuille: &str) -> Range<Data> {
    let mut lu: Xlsx<_> = Xlsx::new(Cursor::new(octets)).unwrap();
    assert!(lu.worksheet_formula(feuille).unwrap().is_empty());
    lu.worksheet_range(feuille).unwrap()
}

fn du_ods(octets: &[u8], feuille: &str) -> Range<Data> {
    let mut lu: Ods<_> = Ods::new(Cursor::new(octets)).unwrap();
    let formules = lu.worksheet_formula(feuille).unwrap();
    assert!(formules.cells().all(|(_, _, f)| f.is_empty()));
    lu.worksheet_range(feuille).unwrap()
}

/// A csv file, read by the rules of RFC 4180 alone.
fn du_csv(texte: &str) -> Vec<Vec<String>> {
    let mut lignes = Vec::new();
    let mut ligne = Vec::new();
    let mut champ = String::new();
    let mut entre = false;
    let mut lettres = texte.chars().peekable();
    while let Some(lettre) = lettres.next() {
        match lettre {
            '"' if entre && lettres.peek() == Some(&'"') => {
                lettres.next();
                champ.push('"');
            }
            '"' => entre = !entre,
            ';' if !entre => ligne.push(std::mem::take(&mut champ)),
            '\r' if !entre => {
                assert_eq!(lettres.next(), Some('\n'), "a line ends by CR LF");
                ligne.push(std::mem::take(&mut champ));
                lignes.push(std::mem::take(&mut ligne));
            }
            autre => champ.push(autre),
        }
    }
    assert!(!entre && champ.is_empty() && ligne.is_empty(), "cut short");
    lignes
}

/// A text as it is shown: told again here, apart from what writes it.
fn montre(texte: &str) -> String {
    let texte = texte.replace("\r\n", "\n").replace('\r', "\n");
    let image = |c: char| match c {
        '\t' | '\n' => c,
        '\u{0}'..='\u{1f}' => char::from_u32(u32::from(c) + 0x2400).unwrap(),
        '\u{7f}' => '␡',
        '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    };
    texte.chars().map(image).collect()
}

#[test]
fn a_dangerous_text_stays_a_text_in_every_column_of_a_workbook() {
    let tableaux = [deux(&DANGEREUX)];
    let plages = [
        du_xlsx(&xlsx(&tableaux, jour()).unwrap(), "Deux textes"),
        du_ods(&ods(&tableaux).unwrap(), "Deux textes"),
    ];
    for plage in plages {
        assert_eq!(plage.get((0, 0)), Some(&Data::String("=Un".to_owned())));
        for (rang, texte) in DANGEREUX.iter().enumerate() {
            for colonne in 0..2 {
                let lue = plage.get((rang + 1, colonne));
                assert_eq!(lue, Some(&Data::String(montre(texte))), "{texte:?}");
            }
        }
    }
}

#[test]
fn a_dangerous_text_is_neutralised_in_every_column_of_a_csv() {
    let lu = du_csv(&csv(&deux(&DANGEREUX), false));
    assert_eq!(lu[0], ["'=Un", "Deux"]);
    // Between quotes, or behind a control character that is shown: neither begins a formula.
    let inertes = ["\"=1\"", "\";=1+1;\"", "\u{1}=1"];
    for (ligne, texte) in lu[1..].iter().zip(DANGEREUX) {
        for champ in ligne {
            if inertes.contains(&texte) {
                assert_eq!(*champ, montre(texte));
            } else {
                assert_eq!(*champ, format!("'{}", montre(texte)), "{texte:?}");
            }
        }
    }
}

#[test]
fn values_keep_their_type_in_a_workbook() {
    let tableaux = [de_tout()];
    let lus = [
        du_xlsx(&xlsx(&tableaux, jour()).unwrap(), "Essai   de tout"),
        du_ods(&ods(&tableaux).unwrap(), "Essai   de tout"),
    ];
    for plage in lus {
        let lue = |ligne: u32, colonne: u32| plage.get_value((ligne, colonne)).unwrap();
        let texte = |t: &str| Data::String(t.to_owned());
        assert_eq!(*lue(0, 5), texte("Instant (heure de Paris)"));
        assert_eq!(*lue(1, 0), texte("Les Rives Claires ; « dites »"));
        assert_eq!(*lue(1, 1), Data::Float(-12.0));
        assert_eq!(*lue(1, 2), Data::Float(-1_234_567.89));
        assert_eq!(*lue(1, 3), Data::Float(0.455));
        let dates = [(1, 4, "2024-09-11 00:00:00"), (1, 5, "2025-01-01 00:30:05")];
        for (ligne, colonne, attendue) in dates {
            assert_eq!(date_lue(lue(ligne, colonne)), attendue);
        }
        assert_eq!(*lue(1, 6), Data::Bool(true));
        // Past fifteen digits a spreadsheet would change it.
        assert_eq!(*lue(1, 7), texte("92233720368547758,07"));
        let vides = (0..8).filter_map(|colonne| plage.get_value((2, colonne)));
        assert!(vides.into_iter().all(|v| *v == Data::Empty));
        assert_eq!(*lue(3, 0), texte("deux\nlignes\tet  des blancs "));
        assert_eq!(*lue(3, 1), texte("-9223372036854775808"));
        assert_eq!(*lue(3, 2), Data::Float(0.05));
        assert_eq!(*lue(3, 6), Data::Bool(false));
    }
}

fn date_lue(lue: &Data) -> String {
    match lue {
        Data::DateTime(date) => {
            let (annee, mois, jour, h, m, s, _) = date.to_ymd_hms_milli();
            format!("{annee:04}-{mois:02}-{jour:02} {h:02}:{m:02}:{s:02}")
        }
        Data::DateTimeIso(texte) if texte.contains('T') => texte.replace('T', " "),
        Data::DateTimeIso(texte) => format!("{texte} 00:00:00"),
        autre => panic!("{autre:?} is not a date"),
    }
}

#[test]
fn one_of_each_is_as_approved() {
    insta::assert_snapshot!("csv", csv(&de_tout(), false).replace("\r\n", "␍␊\n"));
    insta::assert_snapshot!("json", json(&de_tout()));
    for (nom, octets, fichier) in [
        (
            "xlsx",
            xlsx(&[de_tout()], jour()).unwrap(),
            "xl/worksheets/sheet1.xml",
        ),
        ("ods", ods(&[de_tout()]).unwrap(), "content.xml"),
    ] {
        let mut archive = zip::ZipArchive::new(Cursor::new(&octets)).unwrap();
        let texte = std::io::read_to_string(archive.by_name(fichier).unwrap()).unwrap();
        insta::assert_snapshot!(nom, texte.replace("><", ">\n<"));
    }
}

#[test]
fn a_json_file_reads_as_json_with_units() {
    let lu: serde_json::Value = serde_json::from_str(&json(&de_tout())).unwrap();
    assert_eq!(lu["colonnes"][2]["unite"], "centimes d'euro");
    assert_eq!(lu["lignes"][0]["montant"], -123_456_789);
    assert_eq!(lu["lignes"][0]["valeur"], i64::MAX);
    assert_eq!(lu["lignes"][0]["instant"], "2024-12-31T23:30:05.123456Z");
    assert_eq!(lu["lignes"][1]["jour"], serde_json::Value::Null);
    let vide = json(&Tableau::nouveau(TOUT));
    let vide: serde_json::Value = serde_json::from_str(&vide).unwrap();
    assert_eq!(vide["lignes"], serde_json::json!([]));
}

#[test]
fn the_mimetype_comes_first_and_bare() {
    // ODF 1.3, part 2, 3.3: at byte 38, so that the format is known without unpacking.
    let octets = ods(&[de_tout()]).unwrap();
    assert_eq!(&octets[30..38], b"mimetype");
    let media = b"application/vnd.oasis.opendocument.spreadsheet";
    assert_eq!(&octets[38..38 + media.len()], media);
}

#[test]
fn the_same_tables_make_the_same_bytes() {
    let tableaux = [de_tout(), deux(&DANGEREUX)];
    let fois = || (xlsx(&tableaux, jour()).unwrap(), ods(&tableaux).unwrap());
    assert!(fois() == fois());
}

#[test]
fn what_is_too_large_is_refused_with_a_sentence() {
    // given a full table
    let mut tableau = Tableau::nouveau(DEUX);
    for _ in 0..LIGNES_MAX {
        tableau.ajoute(vec![Cellule::Vide, Cellule::Vide]).unwrap();
    }
    // when a line more comes, then
    let phrase = tableau.ajoute(vec![Cellule::Vide, Cellule::Vide]);
    assert!(phrase.unwrap_err().contains("dépasse 100000 lignes"));
    // and too many bytes, in one table or in several
    let lourd = || Cellule::texte("é".repeat(OCTETS_MAX / 4));
    let mut lourds = [Tableau::nouveau(DEUX), Tableau::nouveau(DEUX)];
    lourds[0].ajoute(vec![lourd(), lourd()]).unwrap();
    let phrase = lourds[0].ajoute(vec![Cellule::texte("x"), Cellule::Vide]);
    assert!(phrase.unwrap_err().contains("octets de texte"));
    lourds[1].ajoute(vec![lourd(), Cellule::Vide]).unwrap();
    for phrase in [xlsx(&lourds, jour()), ods(&lourds)] {
        assert!(phrase.unwrap_err().contains("octets de texte"));
    }
    // and a text that no cell holds; csv and json hold it
    let long = "x".repeat(CARACTERES_MAX + 1);
    let long = [deux(&[&long])];
    for phrase in [xlsx(&long, jour()), ods(&long)] {
        assert!(phrase.unwrap_err().contains("Ligne 1 du tableau"));
    }
    assert!(csv(&long[0], true).starts_with(csv::BOM));
    assert!(json(&long[0]).len() > 2 * CARACTERES_MAX);
    // and a line that is not of the table
    let phrase = lourds[1].ajoute(vec![Cellule::Vide]).unwrap_err();
    assert!(phrase.contains("2 colonnes"), "{phrase}");
}

/// Any text, control characters included, and often what formats have a use for.
fn tout_texte() -> impl Strategy<Value = String> {
    let propres = vec![
        '=', '+', '-', '@', '\'', '"', ';', ',', ' ', '\t', '\r', '\n', '\0', '\u{b}', '\u{7f}',
        '\u{85}', '\u{fffe}', '\u{ffff}', '\u{feff}', '<', '&', '>', ']', '_', 'x', '0', 'A', '＝',
    ];
    let lettre = prop_oneof![any::<char>(), prop::sample::select(propres)];
    let libre = prop::collection::vec(lettre, 0..16).prop_map(String::from_iter);
    prop_oneof![4 => libre, 1 => "_x00[0-9A-F]{2}_[ =]{0,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_comes_back_from_a_workbook(textes in prop::collection::vec(tout_texte(), 1..6)) {
        let textes: Vec<&str> = textes.iter().map(String::as_str).collect();
        let tableaux = [deux(&textes)];
        let plages = [
            du_xlsx(&xlsx(&tableaux, jour()).unwrap(), "Deux textes"),
            du_ods(&ods(&tableaux).unwrap(), "Deux textes"),
        ];
        for plage in plages {
            for (rang, texte) in (1..).zip(&textes) {
                let lu = plage.get_value((rang, 1)).cloned().unwrap_or_default();
                let lu = match lu {
                    Data::Empty => String::new(),
                    Data::String(lu) => lu,
                    autre => panic!("{autre:?}"),
                };
                prop_assert_eq!(lu, montre(texte));
            }
        }
    }

    #[test]
    fn any_text_comes_back_from_a_csv_and_never_as_a_formula(
        textes in prop::collection::vec(tout_texte(), 1..6),
        bom: bool,
    ) {
        let textes: Vec<&str> = textes.iter().map(String::as_str).collect();
        let ecrit = csv(&deux(&textes), bom);
        prop_assert_eq!(ecrit.starts_with(csv::BOM), bom);
        let lu = du_csv(ecrit.trim_start_matches(csv::BOM));
        prop_assert_eq!(lu.len(), textes.len() + 1);
        for (ligne, texte) in lu[1..].iter().zip(&textes) {
            for champ in ligne {
                prop_assert!(!champ.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＠']));
                prop_assert_eq!(champ.strip_prefix('\'').unwrap_or(champ), montre(texte));
            }
        }
    }

    #[test]
    fn any_text_comes_back_from_json_as_it_was(texte in tout_texte()) {
        let lu: serde_json::Value = serde_json::from_str(&json(&deux(&[&texte]))).unwrap();
        prop_assert_eq!(lu["lignes"][0]["deux"].as_str(), Some(texte.as_str()));
    }
}
