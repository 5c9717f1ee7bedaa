//! What sheets are beside their cells: hidden, merged, computed and never computed. Read apart:
//! few need it, and it costs another look at the file.

use super::ods::{attribut, fois};
use super::{COLONNES_MAX, Cellule, Feuille, LIGNES_MAX, archive, illisible};
use calamine::{DataRef, Ods, Reader as _, SheetType, SheetVisible, Xlsx};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// Merged ranges of one sheet.
const FUSIONS_MAX: usize = 20_000;

/// Whether people see a sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Visibilite {
    #[default]
    Visible,
    Masquee,
    /// Only a macro shows it again.
    TresMasquee,
}

/// Cells shown as one: its value stands in the first. From 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fusion {
    pub haut: u32,
    pub gauche: u32,
    pub bas: u32,
    pub droite: u32,
}

/// What a sheet is beside its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    pub visibilite: Visibilite,
    pub fusions: Vec<Fusion>,
    /// Formulas without their last result: line and column, from 0.
    pub sans_resultat: BTreeSet<(u32, u32)>,
    /// What the reader of OpenDocument does not tell of a cell.
    precises: BTreeMap<(u32, u32), Precision>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Pourcent,
    Erreur,
}

impl Details {
    /// Gives a sheet its details.
    pub(super) fn sur(mut self, feuille: &mut Feuille) {
        for ((ligne, colonne), precision) in std::mem::take(&mut self.precises) {
            let cellules = feuille.lignes.get_mut(&ligne);
            if let Some(cellule) = cellules.and_then(|c| c.get_mut(&colonne)) {
                match (precision, &*cellule) {
                    (Precision::Pourcent, Cellule::Nombre(n)) => {
                        if let Some(n) = n.cent_fois() {
                            *cellule = Cellule::Pourcent(n);
                        }
                    }
                    (Precision::Erreur, Cellule::Texte(texte)) => {
                        *cellule = Cellule::Erreur(texte.clone());
                    }
                    _ => {}
                }
            }
        }
        feuille.details = self;
    }

    fn fusionne(&mut self, fusion: Fusion) -> Result<(), String> {
        if self.fusions.len() == FUSIONS_MAX {
            return Err(format!(
                "Une feuille a plus de {FUSIONS_MAX} plages de cellules fusionnées : défaites-les."
            ));
        }
        let droite = fusion.haut <= fusion.bas && fusion.gauche <= fusion.droite;
        if droite && fusion.bas < LIGNES_MAX && fusion.droite < COLONNES_MAX {
            self.fusions.push(fusion);
        }
        Ok(())
    }
}

fn visibilite(vue: SheetVisible) -> Visibilite {
    match vue {
        SheetVisible::Visible => Visibilite::Visible,
        SheetVisible::Hidden => Visibilite::Masquee,
        SheetVisible::VeryHidden => Visibilite::TresMasquee,
    }
}

/// In the order of [`super::Classeur::feuilles`].
pub(super) fn xlsx(octets: &[u8]) -> Result<Vec<Details>, String> {
    let mut lecteur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).map_err(illisible)?;
    let feuilles: Vec<_> = lecteur.sheets_metadata().to_vec();
    let feuilles = feuilles
        .into_iter()
        .filter(|f| f.typ == SheetType::WorkSheet);
    feuilles
        .map(|feuille| {
            let mut details = Details {
                visibilite: visibilite(feuille.visible),
                ..Details::default()
            };
            let fusions = lecteur.merge_cells_by_sheet_name(&feuille.name);
            for fusion in fusions.map_err(illisible)? {
                details.fusionne(Fusion {
                    haut: fusion.start.0,
                    gauche: fusion.start.1,
                    bas: fusion.end.0,
                    droite: fusion.end.1,
                })?;
            }
            let cellules = lecteur.worksheet_cells_reader(&feuille.name);
            let mut cellules = cellules.map_err(illisible)?;
            while let Some(lue) = cellules
                .next_cell_with_formula_metadata()
                .map_err(illisible)?
            {
                let (ligne, colonne) = lue.pos;
                let dedans = ligne < LIGNES_MAX && colonne < COLONNES_MAX;
                if dedans && lue.formula.is_some() && matches!(lue.value, DataRef::Empty) {
                    details.sans_resultat.insert(lue.pos);
                }
            }
            Ok(details)
        })
        .collect()
}

/// In the order of [`super::Classeur::feuilles`].
pub(super) fn ods(octets: &[u8]) -> Result<Vec<Details>, String> {
    let lecteur: Ods<_> = Ods::new(Cursor::new(octets)).map_err(illisible)?;
    let vues = lecteur
        .sheets_metadata()
        .iter()
        .map(|f| visibilite(f.visible));
    let contenu = archive::texte(octets, "content.xml")?;
    let mut tables = Tables::default();
    let mut xml = Reader::from_str(&contenu);
    loop {
        match xml.read_event().map_err(illisible)? {
            Event::Start(balise) => tables.ouvre(&balise)?,
            Event::Empty(balise) => {
                tables.ouvre(&balise)?;
                tables.ferme(balise.local_name().as_ref());
            }
            Event::End(balise) => tables.ferme(balise.local_name().as_ref()),
            Event::Eof => break,
            _ => {}
        }
    }
    let lues = vues.zip(tables.lues).map(|(visibilite, details)| Details {
        visibilite,
        ..details
    });
    Ok(lues.collect())
}

/// The tables of an OpenDocument sheet, walked cell by cell.
#[derive(Default)]
struct Tables {
    lues: Vec<Details>,
    ouvertes: u32,
    ligne: u64,
    repetee: u64,
    colonne: u64,
}

impl Tables {
    fn ouvre(&mut self, balise: &BytesStart<'_>) -> Result<(), String> {
        match balise.local_name().as_ref() {
            "table" => {
                if self.ouvertes == 0 {
                    self.lues.push(Details::default());
                    self.ligne = 0;
                }
                self.ouvertes += 1;
            }
            "table-row" => {
                self.repetee = fois(balise, "number-rows-repeated")?;
                self.colonne = 0;
            }
            "table-cell" | "covered-table-cell" => {
                let repetee = fois(balise, "number-columns-repeated")?;
                self.cellule(balise, repetee)?;
                self.colonne = self.colonne.saturating_add(repetee);
            }
            _ => {}
        }
        Ok(())
    }

    fn ferme(&mut self, balise: &str) {
        match balise {
            "table" => self.ouvertes = self.ouvertes.saturating_sub(1),
            "table-row" => self.ligne = self.ligne.saturating_add(self.repetee),
            _ => {}
        }
    }

    fn cellule(&mut self, balise: &BytesStart<'_>, repetee: u64) -> Result<(), String> {
        let Some(details) = self.lues.last_mut() else {
            return Ok(());
        };
        let genre = attribut(balise, "value-type")?;
        let vide = genre.is_none() && attribut(balise, "formula")?.is_some();
        let precision = match genre.as_deref() {
            Some("percentage") => Some(Precision::Pourcent),
            Some("error") => Some(Precision::Erreur),
            _ if en_erreur(balise)? => Some(Precision::Erreur),
            _ => None,
        };
        if vide || precision.is_some() {
            // What is repeated past the bounds holds nothing that is read.
            let fin = |debut: u64, fois: u64, max: u32| {
                u32::try_from(debut.saturating_add(fois))
                    .unwrap_or(u32::MAX)
                    .min(max)
            };
            let debut = |place: u64| u32::try_from(place).unwrap_or(u32::MAX);
            for ligne in debut(self.ligne)..fin(self.ligne, self.repetee, LIGNES_MAX) {
                for colonne in debut(self.colonne)..fin(self.colonne, repetee, COLONNES_MAX) {
                    match precision {
                        Some(precision) => {
                            details.precises.insert((ligne, colonne), precision);
                        }
                        None => {
                            details.sans_resultat.insert((ligne, colonne));
                        }
                    }
                }
            }
        }
        let hauteur = fois(balise, "number-rows-spanned")?;
        let largeur = fois(balise, "number-columns-spanned")?;
        if hauteur > 1 || largeur > 1 {
            let place = |debut: u64, long: u64| {
                u32::try_from(debut.saturating_add(long.max(1)) - 1).unwrap_or(u32::MAX)
            };
            details.fusionne(Fusion {
                haut: place(self.ligne, 1),
                gauche: place(self.colonne, 1),
                bas: place(self.ligne, hauteur),
                droite: place(self.colonne, largeur),
            })?;
        }
        Ok(())
    }
}

/// As LibreOffice says it, beside the type of a text.
fn en_erreur(balise: &BytesStart<'_>) -> Result<bool, String> {
    for lu in balise.attributes() {
        let lu = lu.map_err(illisible)?;
        if lu.key.as_ref() == "calcext:value-type" && lu.value.as_ref() == "error" {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::super::Classeur;
    use super::*;
    use rust_xlsxwriter::{Format, Workbook};
    use std::io::Write as _;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn ods_de(contenu: &str) -> Vec<u8> {
        // Blanks between cells would be taken for cells.
        let lignes: Vec<&str> = contenu.lines().map(str::trim).collect();
        let contenu = lignes.join(" ").replace("> <", "><");
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (nom, texte) in [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", "<manifest/>"),
            ("content.xml", contenu.as_str()),
        ] {
            archive
                .start_file(nom, SimpleFileOptions::default())
                .unwrap();
            archive.write_all(texte.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn an_opendocument_sheet_tells_what_its_cells_do_not() {
        // Given a hidden sheet: merged, computed and not, in percent, in error.
        let octets = ods_de(
            r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:style="s"
              xmlns:text="x" xmlns:calcext="c"><office:automatic-styles>
              <style:style style:name="cachee"><style:table-properties table:display="false"/>
              </style:style></office:automatic-styles><office:body><office:spreadsheet>
              <table:table table:name="Une" table:style-name="cachee"><table:table-row>
              <table:table-cell office:value-type="string" table:number-columns-spanned="2"
                table:number-rows-spanned="3"><text:p>Titre</text:p></table:table-cell>
              <table:covered-table-cell/>
              <table:table-cell table:formula="of:=1+1" table:number-columns-repeated="2"/>
              </table:table-row><table:table-row table:number-rows-repeated="2">
              <table:table-cell office:value-type="percentage" office:value="0.455"/>
              <table:table-cell office:value-type="string" office:string-value=""
                calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>
              </table:table-row></table:table></office:spreadsheet></office:body>
              </office:document-content>"#,
        );
        // When it is read in detail.
        let classeur = Classeur::lire_en_detail(&octets).unwrap();

        // Then all of it is known.
        let feuille = &classeur.feuilles[0];
        let details = &feuille.details;
        assert_eq!(details.visibilite, Visibilite::Masquee);
        let titre = Fusion {
            haut: 0,
            gauche: 0,
            bas: 2,
            droite: 1,
        };
        assert_eq!(details.fusions, [titre]);
        assert_eq!(details.sans_resultat, BTreeSet::from([(0, 2), (0, 3)]));
        let part = super::super::Nombre::du_texte("45,5").unwrap();
        for ligne in [1, 2] {
            assert_eq!(feuille.lignes[&ligne][&0], Cellule::Pourcent(part));
            assert_eq!(
                feuille.lignes[&ligne][&1],
                Cellule::Erreur("#REF!".to_owned())
            );
        }
        // And who does not ask for it reads as before.
        let nu = Classeur::lire(&octets).unwrap();
        assert_eq!(nu.feuilles[0].details, Details::default());
    }

    #[test]
    fn an_xlsx_sheet_tells_its_merged_cells_and_whether_it_is_seen() {
        let mut classeur = Workbook::new();
        classeur.add_worksheet().set_name("Vue").unwrap();
        let feuille = classeur.add_worksheet().set_very_hidden(true);
        feuille
            .merge_range(1, 1, 2, 3, "Titre", &Format::new())
            .unwrap();
        feuille.write_formula(5, 0, "1+1").unwrap();
        let octets = classeur.save_to_buffer().unwrap();
        let lu = Classeur::lire_en_detail(&octets).unwrap();
        assert_eq!(lu.feuilles[0].details, Details::default());
        let details = &lu.feuilles[1].details;
        assert_eq!(details.visibilite, Visibilite::TresMasquee);
        assert_eq!(details.fusions.len(), 1);
        // A formula with a result is a value like another.
        assert!(details.sans_resultat.is_empty());
    }
}
