//! Files that are broken, or made to harm: each refused soon, with its place and what to do, and
//! nothing written.

use super::{EXTRAIT, consultation, ime, numero};
use crate::bases::lite;
use entente::app::repertoire::{Genre, Prise, lire_de};
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TITRES: &str = "Finess;Année;Taux d'ETP vacants au 31/12;Nombre de CDD de remplacement\n";
const BORNE: Duration = Duration::from_secs(2);

fn archive(nom: &str, octets: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file(nom, SimpleFileOptions::default())
        .unwrap();
    archive.write_all(octets).unwrap();
    archive.finish().unwrap().into_inner()
}

fn tdb(lignes: &str) -> Vec<u8> {
    format!("{TITRES}{lignes}").into_bytes()
}

/// A file, and what is said of it: where, and what to do.
type Hostile = (&'static str, Genre, Vec<u8>, [&'static str; 2]);

/// A file, and what is said of it.
fn h(
    nom: &'static str,
    genre: Genre,
    octets: impl Into<Vec<u8>>,
    dits: [&'static str; 2],
) -> Hostile {
    (nom, genre, octets.into(), dits)
}

/// No extract at all, or another file under its name.
fn autres_qu_extraits() -> Vec<Hostile> {
    let f = Genre::Finess;
    let classeur = archive("xl/workbook.xml", b"<workbook/>");
    let bombe = archive("extrait.csv", &vec![b'0'; 64 << 20]);
    let compresse = b"\x1F\x8B\x08\0".to_vec();
    let texte = ["n'est pas un texte", "décompressée"];
    let premiere = ["Ligne 1, colonne 1", "point-virgule"];
    vec![
        h("empty", f, "", ["aucune ligne", "attendu une extraction"]),
        h("workbook named csv", f, classeur, texte),
        h("bomb", f, bombe, texte),
        h("compressed", f, compresse, texte),
        h("pdf", f, "%PDF-1.7\n", texte),
        h("commas", f, EXTRAIT.replace(';', ","), premiere),
        h("tabs", f, EXTRAIT.replace(';', "\t"), premiere),
        h("web page", f, "<!DOCTYPE html>\n", premiere),
    ]
}

/// Extracts whose lines are not of the layout.
fn extraits_informes() -> Vec<Hostile> {
    let f = Genre::Finess;
    let bonne = ime("2A0000204", "2A");
    let coupe = EXTRAIT.split_at(EXTRAIT.find(";57;").unwrap()).0;
    let nul = EXTRAIT.replace("IME", "I\0E");
    let longue = format!("{bonne}structureet;{}\n", "A".repeat(10 << 20));
    let million = "geolocalisation;\n".repeat(1_000_000);
    let longues = bonne.replace(";DGS;", ";DGS;;;");
    vec![
        h(
            "cut",
            f,
            coupe,
            ["Ligne 2, colonne", "téléchargez-le de nouveau"],
        ),
        h("NUL", f, nul, ["Ligne 2 :", "Reprenez l'extraction"]),
        h(
            "10 MB line",
            f,
            longue,
            ["Ligne 2 : la ligne dépasse", "Reprenez"],
        ),
        h(
            "million lines",
            f,
            million,
            ["Ligne 400001", "Répartissez-le"],
        ),
        h(
            "too many fields",
            f,
            longues,
            ["Ligne 1, colonne 34", "téléchargez-le"],
        ),
    ]
}

/// Extracts of the layout, one field wrong.
fn extraits_faux() -> Vec<Hostile> {
    let f = Genre::Finess;
    let change = |avant: &str, apres: &str| EXTRAIT.replace(avant, apres);
    let bonne = ime("2A0000204", "2A");
    let cite = bonne
        .replace(";IME;", ";\"IME;")
        .replace(";183;", ";\"183;");
    let deux = format!("{bonne}{}", bonne.replace("IME", "X"));
    let places = ["Ligne 9, colonne 10 : capinstot", "corrigez-le"];
    let longue = change("ESAT DES RIVES", &"A".repeat(600));
    vec![
        h(
            "wrong key",
            f,
            change("2B0000020", "2B0000021"),
            ["Ligne 3, colonne 2", "vérifiez"],
        ),
        h(
            "small letters",
            f,
            change("2A0000204", "2a0000205"),
            ["Ligne 2, colonne 2", "vérifiez"],
        ),
        h(
            "letter astray",
            f,
            change("2B0000020", "2C0000020"),
            ["« C »", "attendu un chiffre"],
        ),
        h(
            "impossible day",
            f,
            change("1979-02-13", "1979-02-31"),
            ["dateouv", "corrigez-la"],
        ),
        h("text for places", f, change(";A;20;", ";A;vingt;"), places),
        h(
            "too many places",
            f,
            change(";A;20;", ";A;99999999999;"),
            places,
        ),
        h(
            "quote astray",
            f,
            cite,
            ["Ligne 1, colonne 19", "corrigez-le"],
        ),
        h(
            "two of a number",
            f,
            deux,
            ["Ligne 2, colonne 2", "Gardez une seule"],
        ),
        h(
            "long name",
            f,
            longue,
            ["Ligne 5, colonne 4", "raccourcissez"],
        ),
    ]
}

/// Exports whose titles or lines are not of the expected shape.
fn exports_informes() -> Vec<Hostile> {
    let t = Genre::Tdb;
    let bombe = archive("xl/workbook.xml", &vec![b'0'; 101 << 20]);
    let million = tdb(&"990001018;2024;.1;1\n".repeat(1_000_000));
    let champs = tdb(&format!("990001018;{}\n", ";".repeat(300)));
    let doubles = TITRES.replace("Nombre de CDD de remplacement", "Finess");
    let sans_annee = TITRES.replace("Année", "Exercice");
    let coupe = tdb("990001018;2024;.1;1\n990001018;20");
    let cite = tdb("990001018;\"2024;.1;1\n");
    vec![
        h("empty", t, "", ["vide", "attendu une ligne de titres"]),
        h(
            "titles twice",
            t,
            doubles,
            ["Ligne 1, colonne 4", "gardez une colonne"],
        ),
        h(
            "no year title",
            t,
            sans_annee,
            ["« Année » manque", "attendus"],
        ),
        h("no title", t, "a;b\n1;2\n", ["Ligne 1", "Vérifiez"]),
        h("bomb", t, bombe, ["déplié dépasse", "octets"]),
        h(
            "NUL",
            t,
            tdb("990001018;2024;\0;1\n"),
            ["n'est pas un tableau", "attendu"],
        ),
        h("cut", t, coupe, ["Ligne 3, colonne 3", "reprenez"]),
        h(
            "too many fields",
            t,
            champs,
            ["La ligne 2 compte", "256 au plus"],
        ),
        h(
            "commas",
            t,
            tdb("990001018,2024,.1,1\n"),
            ["Ligne 2, colonne 2", "séparateur"],
        ),
        h("quote astray", t, cite, ["Ligne 2, colonne 3", "guillemet"]),
        h(
            "million lines",
            t,
            million,
            ["Ligne 200002", "Répartissez-le"],
        ),
    ]
}

/// Exports of the expected shape, one cell wrong.
fn exports_faux() -> Vec<Hostile> {
    let t = Genre::Tdb;
    let longue = format!("990001018;2024;{};1\n", "9".repeat(10 << 20));
    let long = "990001018;2024;.1;99999999999999999999\n";
    let deux = "990001018;2024;.1;1\n990001018;2024;.1;2\n";
    let has = "finess_geo;eval_date_fin;indice_qualite\n990001018;2024-02-30;B\n";
    let comptes = "Finess;Année;Taux de CAF ERRD\n990001018;2024;4.5e99\n";
    let cellule = |colonne| [colonne, "Corrigez la c"];
    let (deuxieme, troisieme) = ("Ligne 2, colonne 2", "Ligne 2, colonne 3");
    vec![
        h("10 MB cell", t, tdb(&longue), cellule(troisieme)),
        h(
            "text",
            t,
            tdb("990001018;2024;.1;un\n"),
            cellule("Ligne 2, colonne 4"),
        ),
        h("long number", t, tdb(long), cellule("Ligne 2, colonne 4")),
        h(
            "a rate of 95",
            t,
            tdb("990001018;2024;95.3;1\n"),
            cellule(troisieme),
        ),
        h(
            "impossible year",
            t,
            tdb("990001018;20240;.1;1\n"),
            cellule(deuxieme),
        ),
        h(
            "wrong key",
            t,
            tdb("990001019;2024;.1;1\n"),
            ["Ligne 2, colonne 1", "vérifiez"],
        ),
        h("NaN", t, tdb("990001018;2024;NaN;1\n"), cellule(troisieme)),
        h("two lines", t, tdb(deux), ["Ligne 3", "Gardez une seule"]),
        h("impossible day", Genre::Has, has, cellule(deuxieme)),
        h("exponent", Genre::Comptes, comptes, cellule(troisieme)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_hostile_file_gets_its_answer_and_nothing_is_written() {
    let (entente, _) = lite().await;
    let hostiles = [
        autres_qu_extraits(),
        extraits_informes(),
        extraits_faux(),
        exports_informes(),
        exports_faux(),
    ];
    let hostiles = hostiles.concat();
    assert!(hostiles.len() >= 40, "{}", hostiles.len());
    for (nom, genre, octets, mots) in hostiles {
        let debut = Instant::now();
        let dit = match lire_de(genre, octets.as_slice()) {
            Err(phrase) => phrase,
            Ok(lecture) => {
                let maintenant = super::MAINTENANT.parse().unwrap();
                let prise = Prise::default();
                let bilan = entente
                    .importer_repertoire(lecture, prise, maintenant)
                    .await;
                let bilan = bilan.unwrap();
                assert!(!bilan.ecrit && bilan.refuses_en_tout > 0, "{nom}");
                let refuses = bilan.refuses.iter().map(|refus| {
                    let colonne = refus.colonne.map(|c| format!(", colonne {c}"));
                    let colonne = colonne.unwrap_or_default();
                    format!("Ligne {}{colonne} : {}\n", refus.ligne, refus.motif)
                });
                refuses.collect()
            }
        };
        assert!(debut.elapsed() < BORNE, "{nom} : {:?}", debut.elapsed());
        assert!(dit.len() < 10_000, "{nom} : {} octets", dit.len());
        for mot in mots {
            assert!(dit.contains(mot), "{nom} : {dit}");
        }
    }
    let consultation = consultation(&entente);
    assert_eq!(consultation.imports_du_repertoire().await.unwrap(), []);
    for numero in ["2A0000204", "2B0000020", "990001018"].map(numero) {
        assert_eq!(consultation.etablissement(&numero).await.unwrap(), None);
        assert_eq!(consultation.chiffres(&[numero]).await.unwrap(), []);
    }
    entente.fermer().await;
}
