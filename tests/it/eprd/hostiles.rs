//! Workbooks that are broken, or made to harm: each refused soon with a sentence, or read without
//! what harms.

use super::EQUILIBRE;
use chrono::NaiveDate;
use entente::echanges::eprd::description::cadre;
use entente::echanges::eprd::{self, Lu};
use entente::metier::budget::lignes::{Bloc, Lieu, Valeur};
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Of a refusal, in a build for debugging.
const BORNE: Duration = Duration::from_secs(2);
const TITRES: &str = "exercice;finess_ej;finess_et;esms;bloc;code;libelle;annee;valeur;unite";

type Fichiers = Vec<(String, Vec<u8>)>;

fn archive(fichiers: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (nom, contenu) in fichiers {
        let options = SimpleFileOptions::default();
        archive.start_file(*nom, options).unwrap();
        archive.write_all(contenu).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn jour() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 5).unwrap()
}

/// The balanced example in a frame: xlsx, ods.
fn bons() -> [Vec<u8>; 2] {
    let lu = eprd::lire(EQUILIBRE.as_bytes()).unwrap();
    let cadre = cadre("eprd-complet-2026").unwrap();
    [
        eprd::xlsx(&lu.lignes, cadre, jour()).unwrap(),
        eprd::ods(&lu.lignes, cadre).unwrap(),
    ]
}

fn deplie(octets: &[u8]) -> Fichiers {
    let mut lus = ZipArchive::new(Cursor::new(octets)).unwrap();
    let fichiers = (0..lus.len()).map(|rang| {
        let mut fichier = lus.by_index(rang).unwrap();
        let mut contenu = Vec::new();
        fichier.read_to_end(&mut contenu).unwrap();
        (fichier.name().unwrap().into_owned(), contenu)
    });
    fichiers.collect()
}

/// A workbook, one of its files changed or added.
fn change(octets: &[u8], nom: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut fichiers = deplie(octets);
    match fichiers.iter_mut().find(|(lu, _)| lu == nom) {
        Some((_, contenu)) => {
            *contenu = change(std::str::from_utf8(contenu).unwrap()).into_bytes();
        }
        None => fichiers.push((nom.to_owned(), change("").into_bytes())),
    }
    let fichiers: Vec<(&str, &[u8])> = fichiers
        .iter()
        .map(|(nom, contenu)| (nom.as_str(), contenu.as_slice()))
        .collect();
    archive(&fichiers)
}

/// A file, and what is said of it.
type Hostile = (&'static str, Vec<u8>, &'static [&'static str]);

fn h(nom: &'static str, octets: impl Into<Vec<u8>>, dits: &'static [&'static str]) -> Hostile {
    (nom, octets.into(), dits)
}

/// No workbook at all, or a damaged one.
fn informes() -> Vec<Hostile> {
    let [xlsx, ods] = bons();
    let bombe = vec![b'0'; 101 << 20];
    let tableau = &["n'est pas un tableau", ".xlsx"];
    let illisible = &["ne se lit pas", "enregistrez-le"];
    vec![
        h("empty", "", &["est vide", "attendu"]),
        h("pdf", "%PDF-1.7\n", tableau),
        h("zeros", vec![0; 4_096], tableau),
        h("zip that is none", "PK\x03\x04 et puis rien", illisible),
        h(
            "another archive",
            archive(&[("a.txt", b"a")]),
            &["autre archive", ".xlsx"],
        ),
        h(
            "bomb",
            archive(&[("xl/workbook.xml", &bombe)]),
            &["déplié dépasse", "octets"],
        ),
        h(
            "too large",
            vec![b'P'; (10 << 20) + 1],
            &["titres ne sont pas ceux"],
        ),
        h(
            "encrypted",
            &b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..],
            &["mot de passe"],
        ),
        h("xlsx cut", &xlsx[..xlsx.len() / 2], illisible),
        h("ods cut", &ods[..ods.len() / 2], illisible),
        h(
            "web page",
            "<html><body>1</body></html>",
            &["titres ne sont pas ceux", "attendu"],
        ),
        h(
            "workbook without sheets",
            archive(&[("xl/workbook.xml", b"<workbook/>")]),
            illisible,
        ),
        h(
            "xml cut",
            archive(&[("content.xml", b"<a><b></a>")]),
            illisible,
        ),
    ]
}

/// A workbook that is one, with what spreads or reaches elsewhere.
fn deborde() -> Vec<Hostile> {
    let [xlsx, ods] = bons();
    let feuille = "xl/worksheets/sheet2.xml";
    let loin = |place: &str| {
        let cellule = format!("<row r=\"9999999\"><c r=\"{place}\"><v>1</v></c></row></sheetData>");
        change(&xlsx, feuille, |xml| xml.replace("</sheetData>", &cellule))
    };
    let entite = |xml: &str, ici: &str| {
        let entite = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
        let xml = xml.replacen("?>", &format!("?>{entite}"), 1);
        xml.replacen(ici, &format!("{ici}&e;"), 1)
    };
    let rires = |xml: &str| {
        let mut doctype = "<!DOCTYPE x [<!ENTITY a0 \"ha\">".to_owned();
        for rang in 1..12 {
            let avant = format!("&a{};", rang - 1).repeat(10);
            write!(doctype, "<!ENTITY a{rang} \"{avant}\">").unwrap();
        }
        xml.replacen("?>", &format!("?>{doctype}]>"), 1)
            .replacen("<text:p>", "<text:p>&a11;", 1)
    };
    let repete = |attribut: &'static str| {
        let fois = format!("table:{attribut}=\"1048576\"");
        change(&ods, "content.xml", move |xml| {
            let balise = if attribut.contains("rows") {
                "<table:table-row"
            } else {
                "<table:table-cell"
            };
            xml.replacen(balise, &format!("{balise} {fois}"), 1)
        })
    };
    let commun = "xl/sharedStrings.xml";
    let long = format!("<t>{}</t>", "a".repeat(3_000_000));
    let grande = &["est trop grande", "Répartissez"];
    let illisible = &["ne se lit pas"];
    vec![
        h("last cell of all", loin("XFD1048576"), grande),
        h("last line", loin("A1048576"), grande),
        h("last column", loin("XFD2"), grande),
        h("no place", loin("A0"), &["n'est pas une place"]),
        h(
            "entity in xlsx",
            change(&xlsx, commun, |xml| entite(xml, "<t>")),
            illisible,
        ),
        h(
            "entity in ods",
            change(&ods, "content.xml", |xml| entite(xml, "<text:p>")),
            illisible,
        ),
        h("laughs", change(&ods, "content.xml", rires), illisible),
        h("lines repeated", repete("number-rows-repeated"), grande),
        h(
            "columns repeated",
            repete("number-columns-repeated"),
            grande,
        ),
        h(
            "a text of three millions",
            change(&xlsx, commun, |xml| {
                xml.replacen("<t>", &format!("{long}<t>"), 1)
            }),
            &[],
        ),
    ]
}

/// Lines in the long form that are wrong, each told by its place.
const BON: &str = "2026;990001026;990002016;IME;CRP_CHARGE;641;Salaires;2026;1;EUR";

/// A file of one line under its titles.
fn une(ligne: &str) -> String {
    format!("{TITRES}\n{ligne}\n")
}

fn nombres_faux() -> Vec<Hostile> {
    let compte = |valeur: &str| {
        une(&format!(
            "2026;990001026;990002016;IME;CRP_CHARGE;641;Salaires;2026;{valeur};EUR"
        ))
    };
    let colonne = &["Ligne 2, colonne 9", "attendu un nombre"];
    vec![
        h("exponent", compte("1e308"), colonne),
        h("NaN", compte("NaN"), colonne),
        h("infinite", compte("inf"), colonne),
        h("text where a number goes", compte("beaucoup"), colonne),
        h("two commas", compte("1,2,3"), colonne),
        h(
            "too large a number",
            compte("99999999999999999999"),
            colonne,
        ),
        h(
            "out of bounds",
            compte("999999999999,99"),
            &["Ligne 2", "sort des bornes"],
        ),
    ]
}

fn lignes_fausses() -> Vec<Hostile> {
    let champs = format!("{TITRES}{}", ";".repeat(300));
    let million = format!("{TITRES}\n{}", format!("{BON}\n").repeat(1_000));
    vec![
        h(
            "no unit",
            une(&BON.replace(";EUR", ";")),
            &["colonne 10", "unité manque"],
        ),
        h(
            "unknown block",
            une(&BON.replace("CRP_CHARGE", "CRP")),
            &["colonne 5", "inconnu"],
        ),
        h(
            "account in letters",
            une(&BON.replace(";641;", ";64a;")),
            &["colonne 6", "compte"],
        ),
        h(
            "short number",
            une(&BON.replace("990002016", "99000")),
            &["colonne 3", "FINESS"],
        ),
        h(
            "year of five digits",
            une(&BON.replacen("2026", "20260", 1)),
            &["colonne 1", "année"],
        ),
        h(
            "two managing bodies",
            une(&format!("{BON}\n{}", BON.replace("990001026", "990001018"))),
            &["Ligne 3", "deux gestionnaires"],
        ),
        h(
            "two exercises",
            une(&format!("{BON}\n{}", BON.replacen("2026", "2025", 1))),
            &["Ligne 3", "deux exercices"],
        ),
        h(
            "the same line twice",
            format!("{TITRES}\n{BON}\n{BON}\n"),
            &["dit deux fois"],
        ),
        h("a thousand times", million, &["dit deux fois"]),
        h(
            "a day that is none",
            une("2026;990001026;;;DEPOT;DATE_DEPOT_EPRD;Dépôt;2026;31/02/2026;date"),
            &["colonne 9", "attendu une date"],
        ),
        h(
            "neither yes nor no",
            une("2026;990001026;;;DEPOT;PIECE_TPER;TPER;2026;peut-être;booleen"),
            &["colonne 9", "oui ou non"],
        ),
        h(
            "a code that is none",
            une("2026;990001026;;;DEPOT;=CMD();TPER;2026;oui;booleen"),
            &["colonne 6", "attendu un code"],
        ),
        h(
            "titles missing",
            BON,
            &["Ligne 1", "titres ne sont pas ceux"],
        ),
        h("three hundred fields", champs, &["champs"]),
    ]
}

#[test]
fn each_hostile_workbook_is_refused_soon_with_a_sentence() {
    let hostiles = [informes(), deborde(), nombres_faux(), lignes_fausses()].concat();
    assert!(hostiles.len() >= 40, "{}", hostiles.len());
    let mut fautes = Vec::new();
    for (nom, octets, mots) in hostiles {
        let debut = Instant::now();
        let lu = eprd::lire(&octets);
        let duree = debut.elapsed();
        let dit = match lu {
            Ok(Lu { lignes, .. }) if !mots.is_empty() => {
                fautes.push(format!("{nom} : lu, {} lignes", lignes.combien()));
                continue;
            }
            Ok(_) => String::new(),
            Err(refus) => refus.phrases().join("\n"),
        };
        if let Some(mot) = mots.iter().find(|mot| !dit.contains(**mot)) {
            fautes.push(format!("{nom} : « {mot} » attendu ; {dit:.300}"));
        }
        if duree > BORNE || dit.len() > 60_000 {
            fautes.push(format!("{nom} : {duree:?}, {} octets", dit.len()));
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[test]
fn what_would_reach_elsewhere_is_read_without_it() {
    let [xlsx, _] = bons();
    let attendu = eprd::lire(&xlsx).unwrap();
    // given macros, and links to other workbooks
    let macros = change(&xlsx, "xl/vbaProject.bin", |_| "Sub Auto_Open()".to_owned());
    let lien = "<externalLink><externalBook r:id=\"rId1\"/></externalLink>";
    let liens = change(&xlsx, "xl/externalLinks/externalLink1.xml", |_| {
        lien.to_owned()
    });
    for octets in [macros, liens] {
        // then the figures are the same, and nothing is run nor followed
        assert_eq!(eprd::lire(&octets).unwrap().lignes, attendu.lignes);
    }
}

#[test]
fn what_looks_like_a_formula_stays_a_text_and_zero_has_no_sign() {
    let ligne = |valeur: &str, libelle: &str| {
        let ligne = "2026;990001026;990002016;IME;CRP_CHARGE";
        let texte = format!("{TITRES}\n{ligne};641;{libelle};2026;{valeur};EUR\n");
        eprd::lire(texte.as_bytes()).unwrap()
    };
    // given a zero with a sign, and a label that a spreadsheet would compute
    let lu = ligne("-0", "=1+1");
    let de = |lu: &mut Lu| {
        let lieu = lu.lignes.esms("990002016", "");
        let ligne = lu.lignes.trouve(Bloc::Charge, lieu, 2026, "641");
        ligne.unwrap().clone()
    };
    let mut relu = lu.clone();
    assert_eq!(de(&mut relu).valeur, Valeur::Montant(0));
    assert_eq!(de(&mut relu).libelle, "=1+1");
    // when it is written, then read, then no cell of it is computed
    let cadre = cadre("eprd-complet-2026").unwrap();
    for octets in [
        eprd::xlsx(&lu.lignes, cadre, jour()).unwrap(),
        eprd::ods(&lu.lignes, cadre).unwrap(),
    ] {
        let ecrits = deplie(&octets);
        let calcule = ["<f>1+1", "of:=1+1", "formula=\"=1+1"];
        for (nom, contenu) in &ecrits {
            let texte = String::from_utf8_lossy(contenu);
            assert!(calcule.iter().all(|c| !texte.contains(c)), "{nom}");
        }
        let mut relu = eprd::lire(&octets).unwrap();
        assert_eq!(de(&mut relu).valeur, Valeur::Montant(0));
    }
    assert_eq!(lu.lignes.lieux().collect::<Vec<_>>(), [Lieu::Esms(0)]);
}
