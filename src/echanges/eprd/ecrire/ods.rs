//! A frame as OpenDocument.

use super::page::{Allure, Case, Page, Plage, formule};
use super::xlsx::fraction;
use crate::echanges::classeur::colonne;
use crate::echanges::tableaux::nombre::centiemes;
use crate::echanges::tableaux::ods::{
    ESPACES, Feuille, MANIFESTE, MEDIA, STYLES, element, ferme, ouvre, paragraphes,
};
use crate::echanges::tableaux::texte::{imprimable, neutralise};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// How formulas are written.
const FORMULES: (&str, &str) = ("xmlns:of", "urn:oasis:names:tc:opendocument:xmlns:of:1.2");

/// Cells to fill in, by what they hold.
const SAISIES: &str = include_str!("saisies.xml");

pub fn ecrit(pages: &[Page]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let nu = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file("mimetype", nu)?;
    archive.write_all(MEDIA.as_bytes())?;
    let serre = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file("META-INF/manifest.xml", serre)?;
    archive.write_all(MANIFESTE.as_bytes())?;
    archive.start_file("content.xml", serre)?;
    let mut xml = Writer::new(archive);
    contenu(&mut xml, pages)?;
    Ok(xml.into_inner().finish()?.into_inner())
}

fn contenu(xml: &mut Feuille, pages: &[Page]) -> std::io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut espaces = ESPACES.to_vec();
    espaces.push(FORMULES);
    ouvre(xml, "office:document-content", &espaces)?;
    ouvre(xml, "office:automatic-styles", &[])?;
    xml.get_mut().write_all(STYLES.as_bytes())?;
    xml.get_mut().write_all(SAISIES.as_bytes())?;
    ferme(xml, "office:automatic-styles")?;
    ouvre(xml, "office:body", &[])?;
    ouvre(xml, "office:spreadsheet", &[])?;
    for page in pages {
        feuille(xml, page)?;
    }
    ferme(xml, "office:spreadsheet")?;
    ferme(xml, "office:body")?;
    ferme(xml, "office:document-content")
}

fn feuille(xml: &mut Feuille, page: &Page) -> std::io::Result<()> {
    /// Characters of a column that is not wide.
    const ETROITE: usize = 20;
    ouvre(xml, "table:table", &[("table:name", page.nom.as_str())])?;
    let largeurs = page.largeurs();
    let derniere = largeurs.keys().next_back().copied().unwrap_or_default();
    for rang in 0..=derniere {
        let large = largeurs.get(&rang).is_some_and(|large| *large > ETROITE);
        let style = if large { "large" } else { "etroite" };
        let colonne = element("table:table-column", &[("table:style-name", style)]);
        xml.write_event(Event::Empty(colonne))?;
    }
    for ligne in 0..page.fin() {
        ouvre(xml, "table:table-row", &[])?;
        let mut suivante = 0;
        for ((_, rang), (case, allure)) in page.cases.range((ligne, 0)..=(ligne, u32::MAX)) {
            for _ in suivante..*rang {
                xml.write_event(Event::Empty(element("table:table-cell", &[])))?;
            }
            pose(xml, case, *allure)?;
            suivante = rang + 1;
        }
        if suivante == 0 {
            // A line has a cell at least.
            xml.write_event(Event::Empty(element("table:table-cell", &[])))?;
        }
        ferme(xml, "table:table-row")?;
    }
    ferme(xml, "table:table")
}

fn pose(xml: &mut Feuille, case: &Case, allure: Allure) -> std::io::Result<()> {
    let nu = match allure {
        Allure::Titre | Allure::Entete => "titre",
        Allure::Libelle => "nu",
        Allure::Saisie => "saisie",
    };
    let style = |genre: &'static str| match allure {
        Allure::Saisie => ("table:style-name", genre),
        _ => ("table:style-name", nu),
    };
    let genre = |nom: &'static str| ("office:value-type", nom);
    let valeur: (Vec<(&str, &str)>, String) = match case {
        Case::Vide => (vec![style("saisie")], String::new()),
        Case::Texte(texte) => {
            ouvre(xml, "table:table-cell", &[style("saisie"), genre("string")])?;
            paragraphes(xml, &neutralise(&imprimable(texte)))?;
            return ferme(xml, "table:table-cell");
        }
        Case::Nombre(nombre) => {
            let dit = nombre.to_string().replace(',', ".");
            (vec![style("saisie"), genre("float")], dit)
        }
        Case::Montant(centimes) => {
            let euros = [
                style("saisie-euros"),
                genre("currency"),
                ("office:currency", "EUR"),
            ];
            (euros.to_vec(), centiemes(*centimes, '.'))
        }
        Case::Pourcent(nombre) => (
            vec![style("saisie-pourcent"), genre("percentage")],
            fraction(&nombre.to_string()),
        ),
        Case::Jour(jour) => (vec![style("saisie-jour"), genre("date")], jour.to_string()),
        Case::Calcul {
            plus,
            moins,
            montant,
        } => {
            let texte = format!("of:={}", formule(plus, moins, plage, ";"));
            let mut attributs = vec![style("saisie-euros"), ("table:formula", texte.as_str())];
            let dit = montant.map(|centimes| centiemes(centimes, '.'));
            match &dit {
                Some(dit) => attributs.extend([genre("float"), ("office:value", dit.as_str())]),
                // Nothing is filled in yet: what the formula gives is an empty text.
                None => attributs.extend([genre("string"), ("office:string-value", "")]),
            }
            return xml.write_event(Event::Empty(element("table:table-cell", &attributs)));
        }
    };
    let (mut attributs, dit) = valeur;
    match case {
        Case::Vide => {}
        Case::Jour(_) => attributs.push(("office:date-value", dit.as_str())),
        _ => attributs.push(("office:value", dit.as_str())),
    }
    xml.write_event(Event::Empty(element("table:table-cell", &attributs)))
}

/// « [.C5:.C20] ».
fn plage((rang, haut, bas): &Plage) -> String {
    let lettres = colonne(rang + 1);
    format!("[.{lettres}{}:.{lettres}{}]", haut + 1, bas + 1)
}
