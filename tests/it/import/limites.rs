//! Files that are too large, damaged, or made to harm.

use super::classeurs::{Livre, V, livre, t};
use entente::app::importer::lire;
use entente::echanges::classeur::{Cellule, Classeur, LIGNES_MAX, OCTETS_MAX};
use proptest::prelude::*;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn archive(fichiers: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (nom, contenu) in fichiers {
        archive
            .start_file(*nom, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(contenu).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The files of a workbook, one of them changed.
fn change(octets: &[u8], nom: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut lus = ZipArchive::new(Cursor::new(octets)).unwrap();
    let mut fichiers = Vec::new();
    for rang in 0..lus.len() {
        let mut fichier = lus.by_index(rang).unwrap();
        let mut contenu = Vec::new();
        fichier.read_to_end(&mut contenu).unwrap();
        let lu = fichier.name().unwrap().into_owned();
        if lu == nom {
            contenu = change(&String::from_utf8(contenu).unwrap()).into_bytes();
        }
        fichiers.push((lu, contenu));
    }
    let fichiers: Vec<(&str, &[u8])> = fichiers
        .iter()
        .map(|(n, c)| (n.as_str(), c.as_slice()))
        .collect();
    archive(&fichiers)
}

fn refus(octets: &[u8]) -> String {
    Classeur::lire(octets).unwrap_err()
}

#[test]
fn what_is_not_a_workbook_is_refused() {
    for (octets, mots) in [
        (&b""[..], "n'est pas un classeur"),
        (b"%PDF-1.7", "n'est pas un classeur"),
        (b"PK\x03\x04 et puis rien", "ne se lit pas"),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "protégé par un mot de passe",
        ),
        (&archive(&[("a.txt", b"a")]), "trouvé une autre archive"),
        (
            &archive(&[("xl/workbook.xml", b"<workbook>")]),
            "ne se lit pas",
        ),
        (&archive(&[("content.xml", b"<a><b></a>")]), "ne se lit pas"),
    ] {
        let dit = refus(octets);
        assert!(dit.contains(mots), "{dit}");
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let gros = vec![b'P'; usize::try_from(OCTETS_MAX).unwrap() + 1];
    assert!(refus(&gros).contains("10485760 au plus"));
    // A bomb: small as sent, huge once unpacked.
    let zeros = vec![0; 101 << 20];
    let bombe = archive(&[("xl/workbook.xml", &zeros)]);
    assert!((bombe.len() as u64) < OCTETS_MAX);
    assert!(refus(&bombe).contains("déplié dépasse"));
    let noms: Vec<String> = (0..2_001).map(|n| format!("{n}")).collect();
    let noms: Vec<(&str, &[u8])> = noms.iter().map(|n| (n.as_str(), &b""[..])).collect();
    assert!(refus(&archive(&noms)).contains("2001 fichiers ; 2000 au plus"));
}

#[test]
fn a_cell_far_away_is_refused_without_room_being_made_for_it() {
    let octets = livre(1).tape("Contrats!A99", t("loin")).octets();
    let place = |nouvelle: &'static str| {
        change(&octets, "xl/worksheets/sheet1.xml", |xml| {
            xml.replace("r=\"A99\"", &format!("r=\"{nouvelle}\""))
        })
    };
    for loin in ["XFD1048576", "A20001", "IW2"] {
        let dit = refus(&place(loin));
        assert!(dit.contains("« Contrats » est trop grande"), "{dit}");
        assert!(
            dit.contains(&format!("la cellule {loin} est remplie")),
            "{dit}"
        );
    }
    assert!(Classeur::lire(&place("IV20000")).is_ok());
    // A place that is none.
    for faux in ["A0", "99", "ZZZZZZZZ1", "A99999999999", "é1"] {
        let dit = refus(&place(faux));
        assert!(
            dit.contains(&format!("« {faux} » n'est pas une place")),
            "{dit}"
        );
    }
    let retournee = change(&octets, "xl/worksheets/sheet1.xml", |xml| {
        xml.replace("ref=\"A1:", "ref=\"ZZ9999:")
    });
    assert!(refus(&retournee).contains("n'est pas une place"));
}

const ODS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

fn ods(tables: &str) -> Vec<u8> {
    let contenu = format!(
        "<?xml version=\"1.0\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body>\
         <office:spreadsheet>{tables}</office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let manifeste = b"<manifest:manifest xmlns:manifest=\"m\"/>";
    archive(&[
        ("mimetype", ODS),
        ("META-INF/manifest.xml", manifeste),
        ("content.xml", contenu.as_bytes()),
    ])
}

fn cellule_ods(valeur: &V) -> String {
    match valeur {
        V::T(texte) => format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
            texte.replace('&', "&amp;")
        ),
        V::N(n) | V::F(n, _) => format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{n}\"><text:p>{n}\
             </text:p></table:table-cell>"
        ),
        V::J(jour) => format!(
            "<table:table-cell office:value-type=\"date\" office:date-value=\"{jour}\"><text:p>\
             {jour}</text:p></table:table-cell>"
        ),
        _ => "<table:table-cell/>".to_owned(),
    }
}

/// The same workbook, as LibreOffice writes it.
fn en_ods(livre: &Livre) -> Vec<u8> {
    let tables = livre.0.iter().map(|(nom, lignes)| {
        let lignes = lignes.iter().map(|ligne| {
            let cellules: String = ligne.iter().map(cellule_ods).collect();
            format!("<table:table-row>{cellules}</table:table-row>")
        });
        let lignes: String = lignes.collect();
        let fin = "<table:table-row table:number-rows-repeated=\"1048000\">\
                   <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        format!("<table:table table:name=\"{nom}\">{lignes}{fin}</table:table>")
    });
    ods(&tables.collect::<String>())
}

#[test]
fn the_same_contracts_are_read_from_an_ods_file() {
    let livre = livre(2);
    let depuis_ods = lire(&en_ods(&livre)).unwrap();
    assert_eq!(depuis_ods.refuses, []);
    assert_eq!(depuis_ods, lire(&livre.octets()).unwrap());
}

#[test]
fn what_an_ods_file_repeats_is_counted_before_it_is_spread_out() {
    let plein = "office:value-type=\"string\"><text:p>a</text:p></table:table-cell>";
    let table = |lignes: &str| format!("<table:table table:name=\"T\">{lignes}</table:table>");
    let ligne = |attributs: &str, cellules: &str| {
        table(&format!(
            "<table:table-row {attributs}>{cellules}</table:table-row>"
        ))
    };
    let cellule = |attributs: &str| format!("<table:table-cell {attributs} {plein}");
    for tables in [
        ligne("table:number-rows-repeated=\"1000000\"", &cellule("")),
        ligne("", &cellule("table:number-columns-repeated=\"16384\"")),
        ligne(
            "",
            &format!(
                "<table:table-cell table:number-columns-repeated=\"300\"/>{}",
                cellule("")
            ),
        ),
        table(&format!(
            "<table:table-row table:number-rows-repeated=\"{LIGNES_MAX}\"><table:table-cell/>\
             </table:table-row><table:table-row>{}</table:table-row>",
            cellule("")
        )),
    ] {
        let dit = refus(&ods(&tables));
        assert!(dit.contains("Une feuille est trop grande"), "{dit}");
    }
    let faux = ligne("table:number-rows-repeated=\"beaucoup\"", &cellule(""));
    assert!(refus(&ods(&faux)).contains("ne se lit pas"));
    let juste = Classeur::lire(&ods(&ligne("", &cellule("")))).unwrap();
    let lue = juste.feuilles[0].lignes[&0][&0].clone();
    assert_eq!(lue, Cellule::Texte("a".to_owned()));
}

fn quelconque() -> impl Strategy<Value = V> {
    let jours = (-200_000_i64..200_000).prop_filter_map("a day of a spreadsheet", |n| {
        let jour = chrono::NaiveDate::default() + chrono::Duration::days(n);
        ("1900-01-01".."9999")
            .contains(&jour.to_string().as_str())
            .then_some(V::J(jour))
    });
    prop_oneof![
        Just(V::Vide),
        "\\PC{0,40}".prop_map(V::T),
        "[A-Z0-9 ;,/%€.-]{1,12}".prop_map(V::T),
        any::<f64>()
            .prop_filter("written", |n| n.is_finite())
            .prop_map(V::N),
        (-10.0..10_000.0).prop_map(V::N),
        (-1.0..2.0).prop_map(|n| V::F(n, "0.00%")),
        jours,
        any::<bool>().prop_map(V::Oui),
        Just(V::Formule("=NA()", "#N/A")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is typed below the titles: an answer, each refusal at a cell of a sheet, with a
    /// sentence; and a contract that is refused is not among those that enter.
    #[test]
    fn any_cell_gets_an_answer(
        frappes in prop::collection::vec((0..4_usize, 0..14_u8, 2..5_u32, quelconque()), 1..12),
    ) {
        let mut livre = livre(3);
        for (feuille, colonne, ligne, valeur) in frappes {
            let nom = livre.0[feuille].0.clone();
            let colonne = char::from(b'A' + colonne);
            livre = livre.tape(&format!("{nom}!{colonne}{ligne}"), valeur);
        }
        let lecture = lire(&livre.octets()).unwrap();
        for refuse in &lecture.refuses {
            prop_assert!(livre.0.iter().any(|(nom, _)| *nom == refuse.lieu.feuille));
            prop_assert!((2..=7).contains(&refuse.lieu.ligne), "{}", refuse.lieu);
            prop_assert!((1..=14).contains(&refuse.lieu.colonne), "{}", refuse.lieu);
            prop_assert!(refuse.motif.ends_with('.'), "{}", refuse.motif);
        }
        for contrat in &lecture.contrats {
            let sien = Some(&contrat.reference);
            prop_assert!(lecture.refuses.iter().all(|r| r.reference.as_ref() != sien));
            prop_assert!(!contrat.esms.is_empty() && contrat.effet <= contrat.terme);
        }
    }

    /// A damaged file: an answer, whatever it is.
    #[test]
    fn any_damage_gets_an_answer(
        coups in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        fin in any::<prop::sample::Index>(),
    ) {
        let mut octets = livre(1).octets();
        for (place, octet) in coups {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        let _ = lire(&octets);
        octets.truncate(fin.index(octets.len()));
        let _ = lire(&octets);
    }

    /// Damage inside its files, which the archive's own check would hide.
    #[test]
    fn any_damage_inside_gets_an_answer(
        fichier in prop::sample::select(vec![
            "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml",
            "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml",
            "content.xml", "META-INF/manifest.xml",
        ]),
        place in any::<prop::sample::Index>(),
        long in 0..20_usize,
        mis in "[ -~é]{0,6}",
    ) {
        let livre = livre(1);
        let est_ods = matches!(fichier, "content.xml" | "META-INF/manifest.xml");
        let octets = if est_ods { en_ods(&livre) } else { livre.octets() };
        let octets = change(&octets, fichier, |xml| {
            let mut lettres: Vec<char> = xml.chars().collect();
            let debut = place.index(lettres.len());
            let fin = lettres.len().min(debut + long);
            lettres.splice(debut..fin, mis.chars());
            lettres.into_iter().collect()
        });
        let _ = lire(&octets);
    }
}
