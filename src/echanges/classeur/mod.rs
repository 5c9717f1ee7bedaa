//! A workbook, read into cells: xlsx or ods.

/// An archive, measured before it is read.
mod archive;
/// What a cell holds.
mod cellule;
/// What sheets are beside their cells.
mod details;
/// OpenDocument, measured before it is spread out.
mod ods;
/// The places of an xlsx file, looked at before it is read.
mod xlsx;

pub use crate::metier::nombre::Nombre;
pub use cellule::{Cellule, Lieu, colonne};
pub use details::{Details, Fusion, Visibilite};

use calamine::{Data, DataRef, Ods, Reader, SheetType, Xlsx};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Cursor;

/// In bytes, as sent.
pub const OCTETS_MAX: u64 = 10 << 20;
/// Lines of one sheet.
pub const LIGNES_MAX: u32 = 20_000;
/// Columns of one sheet.
pub const COLONNES_MAX: u32 = 256;
/// Characters of one cell.
pub const CARACTERES_MAX: usize = 2_000;

/// A sheet: its cells that hold something, by line then column, counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feuille {
    pub nom: String,
    pub lignes: BTreeMap<u32, BTreeMap<u32, Cellule>>,
    /// Empty unless asked for.
    pub details: Details,
}

/// A workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classeur {
    pub feuilles: Vec<Feuille>,
}

impl Classeur {
    /// Reads a file: what is seen of it, formulas by their last result.
    ///
    /// # Errors
    /// One French sentence: not a workbook, or larger than what is read.
    pub fn lire(octets: &[u8]) -> Result<Self, String> {
        if octets.len() as u64 > OCTETS_MAX {
            return Err(format!(
                "Ce fichier compte {} octets ; {OCTETS_MAX} au plus. Répartissez ses lignes \
                 entre plusieurs classeurs.",
                octets.len()
            ));
        }
        archive::mesure(octets)?;
        if archive::tient(octets, "xl/workbook.xml") {
            xlsx::mesure(octets)?;
            return sans_chute(octets, lit_xlsx);
        }
        if archive::tient(octets, "content.xml") {
            ods::mesure(octets)?;
            return sans_chute(octets, lit_ods);
        }
        Err(
            "Ce fichier n'est pas un classeur : attendu un fichier .xlsx ou .ods, trouvé une autre \
             archive. Enregistrez-le en .xlsx."
                .to_owned(),
        )
    }

    /// The same, with what its sheets are beside their cells. Macros are not even looked at.
    ///
    /// # Errors
    /// As [`Self::lire`].
    pub fn lire_en_detail(octets: &[u8]) -> Result<Self, String> {
        let mut classeur = Self::lire(octets)?;
        let lus = if archive::tient(octets, "xl/workbook.xml") {
            std::panic::catch_unwind(|| details::xlsx(octets))
        } else {
            std::panic::catch_unwind(|| details::ods(octets))
        };
        let lus = lus.unwrap_or_else(|_| Err(illisible("il est abîmé")))?;
        for (feuille, details) in classeur.feuilles.iter_mut().zip(lus) {
            details.sur(feuille);
        }
        Ok(classeur)
    }
}

fn illisible(quoi: impl Display) -> String {
    format!(
        "Ce classeur ne se lit pas ({quoi}). Ouvrez-le dans un tableur et enregistrez-le de \
         nouveau en .xlsx."
    )
}

/// The readers are another's: should one fall on a file made to harm, the program does not.
fn sans_chute(
    octets: &[u8],
    lire: fn(&[u8]) -> Result<Classeur, String>,
) -> Result<Classeur, String> {
    let lu = std::panic::catch_unwind(|| lire(octets));
    lu.unwrap_or_else(|_| Err(illisible("il est abîmé")))
}

fn lit_xlsx(octets: &[u8]) -> Result<Classeur, String> {
    let mut lecteur: Xlsx<_> = Xlsx::new(Cursor::new(octets)).map_err(illisible)?;
    let feuilles = lecteur.sheets_metadata().iter();
    let feuilles = feuilles.filter(|f| f.typ == SheetType::WorkSheet);
    let noms: Vec<String> = feuilles.map(|f| f.name.clone()).collect();
    let mut classeur = Classeur::default();
    for nom in noms {
        let mut feuille = Feuille {
            nom,
            ..Feuille::default()
        };
        let mut cellules = lecteur
            .worksheet_cells_reader(&feuille.nom)
            .map_err(illisible)?;
        let pourcents: Vec<bool> = cellules.styles().iter().map(pourcent).collect();
        while let Some((cellule, style)) = cellules.next_cell_with_style_id().map_err(illisible)? {
            let (ligne, colonne) = cellule.get_position();
            let pourcent = pourcents.get(style).copied().unwrap_or_default();
            let lue = match cellule.get_value() {
                DataRef::SharedString(texte) => Cellule::texte(texte),
                autre => Cellule::lue(&Data::from(autre.clone()), pourcent),
            };
            feuille.pose(ligne, colonne, lue)?;
        }
        classeur.feuilles.push(feuille);
    }
    Ok(classeur)
}

/// Whether a style shows a fraction as a percentage: 0,45 then reads 45 %.
fn pourcent(style: &calamine::Style) -> bool {
    let format = style.number_format.as_ref();
    format.is_some_and(|f| f.format_code.contains('%') || matches!(f.format_id, Some(9 | 10)))
}

fn lit_ods(octets: &[u8]) -> Result<Classeur, String> {
    let mut lecteur: Ods<_> = Ods::new(Cursor::new(octets)).map_err(illisible)?;
    let mut classeur = Classeur::default();
    for nom in lecteur.sheet_names() {
        let plage = lecteur.worksheet_range(&nom).map_err(illisible)?;
        let mut feuille = Feuille {
            nom,
            ..Feuille::default()
        };
        let (haut, gauche) = plage.start().unwrap_or_default();
        for (ligne, colonne, valeur) in plage.used_cells() {
            let ligne = haut.saturating_add(u32::try_from(ligne).unwrap_or(u32::MAX));
            let colonne = gauche.saturating_add(u32::try_from(colonne).unwrap_or(u32::MAX));
            feuille.pose(ligne, colonne, Cellule::lue(valeur, false))?;
        }
        classeur.feuilles.push(feuille);
    }
    Ok(classeur)
}

impl Feuille {
    fn pose(&mut self, ligne: u32, colonne: u32, lue: Option<Cellule>) -> Result<(), String> {
        let Some(lue) = lue else {
            return Ok(());
        };
        if ligne >= LIGNES_MAX || colonne >= COLONNES_MAX {
            return Err(format!(
                "La feuille « {} » est trop grande : {LIGNES_MAX} lignes et {COLONNES_MAX} \
                 colonnes au plus, et la cellule {} est remplie. Répartissez ses lignes entre \
                 plusieurs classeurs, ou effacez cette cellule.",
                self.nom,
                Lieu::de(&self.nom, ligne, colonne).cellule()
            ));
        }
        self.lignes.entry(ligne).or_default().insert(colonne, lue);
        Ok(())
    }
}
