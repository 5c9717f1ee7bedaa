//! OpenDocument: typed cells, so that a text is never read as a formula nor a number as a text.

use super::nombre::{centiemes, exact, fraction};
use super::texte::imprimable;
use super::xlsx::titre;
use super::{Cellule, Colonne, Genre, Tableau, a_paris, feuilles, mesure, tient};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(in crate::echanges) const MEDIA: &str = "application/vnd.oasis.opendocument.spreadsheet";

pub(in crate::echanges) const MANIFESTE: &str = include_str!("ods/manifest.xml");

/// The names that the file uses.
pub(in crate::echanges) const ESPACES: [(&str, &str); 7] = [
    (
        "xmlns:office",
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    ),
    (
        "xmlns:style",
        "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    ),
    (
        "xmlns:text",
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    ),
    (
        "xmlns:table",
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    ),
    (
        "xmlns:fo",
        "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    ),
    (
        "xmlns:number",
        "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    ),
    ("office:version", "1.3"),
];

/// How cells are shown: titles, days, instants, euros, per cent.
pub(in crate::echanges) const STYLES: &str = include_str!("ods/styles.xml");

/// A workbook, one sheet for each table.
///
/// # Errors
/// One French sentence: too large, or a text that no cell holds.
pub fn ods(tableaux: &[Tableau]) -> Result<Vec<u8>, String> {
    mesure(tableaux)?;
    for tableau in tableaux {
        for (rang, ligne) in tableau.lignes().iter().enumerate() {
            for cellule in ligne {
                if let Cellule::Texte(texte) = cellule {
                    tient(tableau, rang, texte)?;
                }
            }
        }
    }
    ecrit(tableaux).map_err(|e| format!("Le classeur ne s'écrit pas ({e}). Exportez en csv."))
}

pub(in crate::echanges) type Feuille = Writer<ZipWriter<Cursor<Vec<u8>>>>;

fn ecrit(tableaux: &[Tableau]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let nu = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    // First and bare: this is how the format is known.
    archive.start_file("mimetype", nu)?;
    archive.write_all(MEDIA.as_bytes())?;
    let serre = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file("META-INF/manifest.xml", serre)?;
    archive.write_all(MANIFESTE.as_bytes())?;
    archive.start_file("content.xml", serre)?;
    let mut xml = Writer::new(archive);
    contenu(&mut xml, tableaux)?;
    Ok(xml.into_inner().finish()?.into_inner())
}

fn contenu(xml: &mut Feuille, tableaux: &[Tableau]) -> std::io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    ouvre(xml, "office:document-content", &ESPACES)?;
    ouvre(xml, "office:automatic-styles", &[])?;
    xml.get_mut().write_all(STYLES.as_bytes())?;
    ferme(xml, "office:automatic-styles")?;
    ouvre(xml, "office:body", &[])?;
    ouvre(xml, "office:spreadsheet", &[])?;
    let noms = feuilles::noms(tableaux);
    for (tableau, nom) in tableaux.iter().zip(&noms) {
        feuille(xml, tableau, nom)?;
    }
    filtres(xml, tableaux, &noms)?;
    ferme(xml, "office:spreadsheet")?;
    ferme(xml, "office:body")?;
    ferme(xml, "office:document-content")
}

fn feuille(xml: &mut Feuille, tableau: &Tableau, nom: &str) -> std::io::Result<()> {
    ouvre(xml, "table:table", &[("table:name", nom)])?;
    for colonne in tableau.forme.colonnes {
        let style = match colonne.genre {
            Genre::Texte => "large",
            _ => "etroite",
        };
        let colonne = element("table:table-column", &[("table:style-name", style)]);
        xml.write_event(Event::Empty(colonne))?;
    }
    // Repeated on every printed page.
    ouvre(xml, "table:table-header-rows", &[])?;
    ouvre(xml, "table:table-row", &[])?;
    for colonne in tableau.forme.colonnes {
        entete(xml, colonne)?;
    }
    ferme(xml, "table:table-row")?;
    ferme(xml, "table:table-header-rows")?;
    for ligne in tableau.lignes() {
        ouvre(xml, "table:table-row", &[])?;
        for dite in ligne {
            cellule(xml, dite)?;
        }
        ferme(xml, "table:table-row")?;
    }
    ferme(xml, "table:table")
}

fn entete(xml: &mut Feuille, colonne: &Colonne) -> std::io::Result<()> {
    let attributs = [
        ("table:style-name", "titre"),
        ("office:value-type", "string"),
    ];
    ouvre(xml, "table:table-cell", &attributs)?;
    paragraphes(xml, &titre(colonne))?;
    ferme(xml, "table:table-cell")
}

fn cellule(xml: &mut Feuille, cellule: &Cellule) -> std::io::Result<()> {
    let style = |nom| ("table:style-name", nom);
    let genre = |nom| ("office:value-type", nom);
    let valeur = match cellule {
        Cellule::Vide => None,
        Cellule::Texte(texte) => return chaine(xml, texte),
        Cellule::Entier(n) | Cellule::Centimes(n) | Cellule::CentiemesDePourCent(n)
            if !exact(*n) =>
        {
            return chaine(xml, &decimal(cellule, *n).replace('.', ","));
        }
        Cellule::Entier(n) => Some((vec![genre("float")], "office:value", n.to_string())),
        Cellule::Centimes(n) => {
            let attributs = vec![
                style("euros"),
                genre("currency"),
                ("office:currency", "EUR"),
            ];
            Some((attributs, "office:value", centiemes(*n, '.')))
        }
        Cellule::CentiemesDePourCent(n) => {
            let attributs = vec![style("pourcent"), genre("percentage")];
            Some((attributs, "office:value", fraction(*n)))
        }
        Cellule::Date(date) => {
            let attributs = vec![style("jour"), genre("date")];
            Some((attributs, "office:date-value", date.to_string()))
        }
        Cellule::Instant(instant) => {
            let ici = a_paris(*instant).format("%Y-%m-%dT%H:%M:%S").to_string();
            let attributs = vec![style("instant"), genre("date")];
            Some((attributs, "office:date-value", ici))
        }
        Cellule::Booleen(oui) => {
            let attributs = vec![genre("boolean")];
            Some((attributs, "office:boolean-value", oui.to_string()))
        }
    };
    let mut dite = BytesStart::new("table:table-cell");
    if let Some((attributs, nom, valeur)) = &valeur {
        dite.extend_attributes(attributs.iter().copied());
        dite.push_attribute((*nom, valeur.as_str()));
    }
    xml.write_event(Event::Empty(dite))
}

/// A number that a spreadsheet would change.
fn decimal(cellule: &Cellule, nombre: i64) -> String {
    match cellule {
        Cellule::Centimes(_) => centiemes(nombre, '.'),
        Cellule::CentiemesDePourCent(_) => fraction(nombre),
        _ => nombre.to_string(),
    }
}

fn chaine(xml: &mut Feuille, texte: &str) -> std::io::Result<()> {
    let attributs = [("office:value-type", "string")];
    ouvre(xml, "table:table-cell", &attributs)?;
    paragraphes(xml, &imprimable(texte))?;
    ferme(xml, "table:table-cell")
}

/// A paragraph for each line. Blanks that the format would melt into one are said one by one.
pub(in crate::echanges) fn paragraphes(xml: &mut Feuille, texte: &str) -> std::io::Result<()> {
    for ligne in texte.split('\n') {
        ouvre(xml, "text:p", &[])?;
        let mut mot = String::new();
        // A paragraph begins as after a blank.
        let mut blanc = true;
        for lettre in ligne.chars() {
            let dit = match lettre {
                '\t' => Some("text:tab"),
                ' ' if blanc => Some("text:s"),
                _ => None,
            };
            blanc = lettre == ' ';
            match dit {
                Some(nom) => {
                    ecrit_mot(xml, &mut mot)?;
                    xml.write_event(Event::Empty(BytesStart::new(nom)))?;
                }
                None => mot.push(lettre),
            }
        }
        if mot.ends_with(' ') {
            mot.pop();
            ecrit_mot(xml, &mut mot)?;
            xml.write_event(Event::Empty(BytesStart::new("text:s")))?;
        }
        ecrit_mot(xml, &mut mot)?;
        ferme(xml, "text:p")?;
    }
    Ok(())
}

fn ecrit_mot(xml: &mut Feuille, mot: &mut String) -> std::io::Result<()> {
    if !mot.is_empty() {
        xml.write_event(Event::Text(BytesText::new(mot)))?;
        mot.clear();
    }
    Ok(())
}

/// The buttons that filter each sheet.
fn filtres(xml: &mut Feuille, tableaux: &[Tableau], noms: &[String]) -> std::io::Result<()> {
    ouvre(xml, "table:database-ranges", &[])?;
    for (rang, (tableau, nom)) in tableaux.iter().zip(noms).enumerate() {
        let colonnes = u32::try_from(tableau.forme.colonnes.len()).unwrap_or(u32::MAX);
        let feuille = format!("'{}'", nom.replace('\'', "''"));
        let fin = crate::echanges::classeur::colonne(colonnes);
        let lignes = tableau.lignes().len() + 1;
        let plage = element(
            "table:database-range",
            &[
                ("table:name", format!("filtre{rang}").as_str()),
                (
                    "table:target-range-address",
                    format!("{feuille}.A1:{feuille}.{fin}{lignes}").as_str(),
                ),
                ("table:display-filter-buttons", "true"),
            ],
        );
        xml.write_event(Event::Empty(plage))?;
    }
    ferme(xml, "table:database-ranges")
}

pub(in crate::echanges) fn element<'a>(nom: &'a str, attributs: &[(&str, &str)]) -> BytesStart<'a> {
    let mut debut = BytesStart::new(nom);
    debut.extend_attributes(attributs.iter().copied());
    debut
}

pub(in crate::echanges) fn ouvre(
    xml: &mut Feuille,
    nom: &str,
    attributs: &[(&str, &str)],
) -> std::io::Result<()> {
    xml.write_event(Event::Start(element(nom, attributs)))
}

pub(in crate::echanges) fn ferme(xml: &mut Feuille, nom: &str) -> std::io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(nom)))
}
