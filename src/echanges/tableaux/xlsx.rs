//! Office Open XML. A text is a typed string whatever it begins with; rows go to a nameless
//! temporary file as they come, so that memory does not grow with them.

use super::nombre::{centiemes, du_tableur, exact, fraction};
use super::texte::imprimable;
use super::{Cellule, Genre, Tableau, a_paris, feuilles, mesure, tient};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError,
};

/// Characters of the widest column.
const LARGEUR_MAX: usize = 60;
const LARGEUR_MIN: usize = 10;

/// A workbook, one sheet for each table. `jour`: written as the day of its making.
///
/// # Errors
/// One French sentence: too large, or a text that no cell holds.
pub fn xlsx(tableaux: &[Tableau], jour: NaiveDate) -> Result<Vec<u8>, String> {
    mesure(tableaux)?;
    let ecrit = ecrit(tableaux, jour);
    ecrit.map_err(|faute| match faute {
        Faute::Refus(phrase) => phrase,
        Faute::Xlsx(e) => format!(
            "Le classeur ne s'écrit pas ({e}). Vérifiez la place libre, ou exportez en csv."
        ),
    })
}

enum Faute {
    Refus(String),
    Xlsx(XlsxError),
}

impl From<XlsxError> for Faute {
    fn from(erreur: XlsxError) -> Self {
        Self::Xlsx(erreur)
    }
}

struct Formats {
    entete: Format,
    texte: Format,
    entier: Format,
    euros: Format,
    pour_cent: Format,
    jour: Format,
    instant: Format,
}

impl Formats {
    fn nouveaux() -> Self {
        let nombre = |format| Format::new().set_num_format(format);
        Self {
            entete: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_background_color(Color::RGB(0x00E8_EEF4)),
            // As text: it stays one when someone edits the cell.
            texte: nombre("@"),
            entier: nombre("0"),
            euros: nombre("#,##0.00\\ \"€\""),
            pour_cent: nombre("0.00\\ %"),
            jour: nombre("dd/mm/yyyy"),
            instant: nombre("dd/mm/yyyy\\ hh:mm:ss"),
        }
    }
}

fn ecrit(tableaux: &[Tableau], jour: NaiveDate) -> Result<Vec<u8>, Faute> {
    let mut classeur = Workbook::new();
    let cree = ExcelDateTime::parse_from_str(&jour.to_string())?;
    classeur.set_properties(&DocProperties::new().set_creation_datetime(&cree));
    let formats = Formats::nouveaux();
    for (tableau, nom) in tableaux.iter().zip(feuilles::noms(tableaux)) {
        let feuille = classeur.add_worksheet_with_constant_memory()?;
        feuille.set_name(nom)?;
        remplit(feuille, tableau, &formats)?;
    }
    Ok(classeur.save_to_buffer()?)
}

fn remplit(feuille: &mut Worksheet, tableau: &Tableau, formats: &Formats) -> Result<(), Faute> {
    feuille.set_freeze_panes(1, 0)?;
    for (colonne, largeur) in (0..).zip(largeurs(tableau)) {
        feuille.set_column_width(colonne, u32::try_from(largeur).unwrap_or(u32::MAX))?;
    }
    let derniere = u32::try_from(tableau.lignes().len()).unwrap_or(u32::MAX);
    let colonnes = u16::try_from(tableau.forme.colonnes.len()).unwrap_or(u16::MAX);
    if let Some(dernier) = colonnes.checked_sub(1) {
        feuille.autofilter(0, 0, derniere, dernier)?;
    }
    for (colonne, dite) in (0..).zip(tableau.forme.colonnes) {
        let titre = titre(dite);
        feuille.write_string_with_format(0, colonne, titre, &formats.entete)?;
    }
    for (rang, ligne) in tableau.lignes().iter().enumerate() {
        let numero = u32::try_from(rang + 1).unwrap_or(u32::MAX);
        for (colonne, cellule) in (0..).zip(ligne) {
            if let Cellule::Texte(texte) = cellule {
                tient(tableau, rang, texte).map_err(Faute::Refus)?;
            }
            pose(feuille, (numero, colonne), cellule, formats)?;
        }
    }
    Ok(())
}

/// A column's title, in a workbook.
pub(super) fn titre(colonne: &super::Colonne) -> String {
    match colonne.genre {
        Genre::Instant => format!("{} (heure de Paris)", colonne.titre),
        _ => colonne.titre.to_owned(),
    }
}

fn pose(
    feuille: &mut Worksheet,
    (ligne, colonne): (u32, u16),
    cellule: &Cellule,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (nombre, format) = match cellule {
        Cellule::Vide => return Ok(()),
        Cellule::Booleen(oui) => {
            feuille.write_boolean(ligne, colonne, *oui)?;
            return Ok(());
        }
        Cellule::Date(date) => match date_du_tableur(date.and_hms_opt(0, 0, 0)) {
            Some(date) => {
                feuille.write_datetime_with_format(ligne, colonne, &date, &formats.jour)?;
                return Ok(());
            }
            None => (Err(date.to_string()), &formats.texte),
        },
        Cellule::Instant(instant) => {
            let ici = a_paris(*instant);
            match date_du_tableur(Some(ici)) {
                Some(ici) => {
                    feuille.write_datetime_with_format(ligne, colonne, &ici, &formats.instant)?;
                    return Ok(());
                }
                None => (Err(ici.to_string()), &formats.texte),
            }
        }
        Cellule::Texte(texte) => (Err(imprimable(texte).into_owned()), &formats.texte),
        Cellule::Entier(n) => (decimal(*n, &n.to_string()), &formats.entier),
        Cellule::Centimes(n) => (decimal(*n, &centiemes(*n, '.')), &formats.euros),
        Cellule::CentiemesDePourCent(n) => (decimal(*n, &fraction(*n)), &formats.pour_cent),
    };
    match nombre {
        Ok(nombre) => feuille.write_number_with_format(ligne, colonne, nombre, format)?,
        Err(texte) => feuille.write_string_with_format(ligne, colonne, texte, &formats.texte)?,
    };
    Ok(())
}

/// The number; or its text, when a spreadsheet would change it.
fn decimal(nombre: i64, ecrit: &str) -> Result<f64, String> {
    if exact(nombre) {
        Ok(du_tableur(ecrit))
    } else {
        Err(ecrit.replace('.', ","))
    }
}

/// Excel knows the years 1900 to 9999.
fn date_du_tableur(instant: Option<NaiveDateTime>) -> Option<ExcelDateTime> {
    let instant = instant?;
    let (mois, jour) = (instant.month(), instant.day());
    let date = ExcelDateTime::from_ymd(
        u16::try_from(instant.year()).ok()?,
        u8::try_from(mois).ok()?,
        u8::try_from(jour).ok()?,
    );
    let heure = u16::try_from(instant.hour()).ok()?;
    let minute = u8::try_from(instant.minute()).ok()?;
    date.ok()?.and_hms(heure, minute, instant.second()).ok()
}

/// The width of each column, in characters.
fn largeurs(tableau: &Tableau) -> Vec<usize> {
    let colonnes = tableau.forme.colonnes.iter().enumerate();
    let largeur = |(rang, colonne): (usize, &super::Colonne)| {
        let cellules = tableau.lignes().iter().filter_map(|l| l.get(rang));
        let cellules = cellules.map(|cellule| match cellule {
            Cellule::Texte(texte) => texte.chars().take(LARGEUR_MAX).count(),
            Cellule::Entier(_)
            | Cellule::CentiemesDePourCent(_)
            | Cellule::Booleen(_)
            | Cellule::Date(_) => 12,
            Cellule::Centimes(_) => 18,
            Cellule::Instant(_) => 20,
            Cellule::Vide => 0,
        });
        let titre = colonne.titre.chars().count() + 4;
        let plus_large = cellules.max().unwrap_or_default().max(titre);
        plus_large.clamp(LARGEUR_MIN, LARGEUR_MAX)
    };
    colonnes.map(largeur).collect()
}
