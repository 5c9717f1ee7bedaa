//! A frame as Office Open XML.

use super::page::{Allure, Case, Page, Plage, formule};
use crate::echanges::classeur::colonne;
use crate::echanges::tableaux::nombre::{centiemes, du_tableur};
use crate::echanges::tableaux::texte::{imprimable, neutralise};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError,
};

pub fn ecrit(pages: &[Page], jour: NaiveDate) -> Result<Vec<u8>, XlsxError> {
    let mut classeur = Workbook::new();
    let cree = ExcelDateTime::parse_from_str(&jour.to_string())?;
    classeur.set_properties(&DocProperties::new().set_creation_datetime(&cree));
    for page in pages {
        let feuille = classeur.add_worksheet();
        feuille.set_name(&page.nom)?;
        // What no one has filled yet makes nothing, not zero.
        feuille.set_formula_result_default("");
        for (rang, largeur) in page.largeurs() {
            feuille.set_column_width(rang16(rang), u32::try_from(largeur).unwrap_or(u32::MAX))?;
        }
        for ((ligne, rang), (case, allure)) in &page.cases {
            pose(feuille, (*ligne, rang16(*rang)), case, *allure)?;
        }
    }
    classeur.save_to_buffer()
}

fn rang16(rang: u32) -> u16 {
    u16::try_from(rang).unwrap_or(u16::MAX)
}

fn format(allure: Allure) -> Format {
    match allure {
        Allure::Titre => Format::new().set_bold().set_font_size(14),
        Allure::Entete => Format::new()
            .set_bold()
            .set_text_wrap()
            .set_background_color(Color::RGB(0x00E8_EEF4)),
        Allure::Libelle => Format::new(),
        Allure::Saisie => Format::new().set_background_color(Color::RGB(0x00FF_F9E5)),
    }
}

fn pose(
    feuille: &mut Worksheet,
    (ligne, rang): (u32, u16),
    case: &Case,
    allure: Allure,
) -> Result<(), XlsxError> {
    const EUROS: &str = "#,##0.00\\ \"€\"";
    let format = format(allure);
    match case {
        Case::Vide => feuille.write_blank(ligne, rang, &format)?,
        Case::Texte(texte) => {
            let dit = imprimable(texte);
            feuille.write_string_with_format(ligne, rang, neutralise(&dit), &format)?
        }
        Case::Nombre(nombre) => {
            let lu = du_tableur(&nombre.to_string().replace(',', "."));
            feuille.write_number_with_format(ligne, rang, lu, &format)?
        }
        Case::Montant(centimes) => {
            let lu = du_tableur(&centiemes(*centimes, '.'));
            feuille.write_number_with_format(ligne, rang, lu, &format.set_num_format(EUROS))?
        }
        Case::Pourcent(nombre) => {
            let lu = du_tableur(&fraction(&nombre.to_string()));
            let format = format.set_num_format("0.00####\\ %");
            feuille.write_number_with_format(ligne, rang, lu, &format)?
        }
        Case::Jour(jour) => {
            let (mois, du_mois) = (jour.month(), jour.day());
            let date = ExcelDateTime::from_ymd(
                u16::try_from(jour.year()).unwrap_or_default(),
                u8::try_from(mois).unwrap_or_default(),
                u8::try_from(du_mois).unwrap_or_default(),
            )?;
            let format = format.set_num_format("dd/mm/yyyy");
            feuille.write_datetime_with_format(ligne, rang, &date, &format)?
        }
        Case::Calcul {
            plus,
            moins,
            montant,
        } => {
            let texte = formule(plus, moins, plage, ",");
            let resultat = montant.map(|centimes| centiemes(centimes, '.'));
            let calcul = Formula::new(texte).set_result(resultat.unwrap_or_default());
            let format = format.set_num_format(EUROS);
            feuille.write_formula_with_format(ligne, rang, calcul, &format)?
        }
    };
    Ok(())
}

/// « C5:C20 ».
fn plage((rang, haut, bas): &Plage) -> String {
    let lettres = colonne(rang + 1);
    format!("{lettres}{}:{lettres}{}", haut + 1, bas + 1)
}

/// A hundredth of a decimal text, as one: « 0.0375 » for « 3,75 ».
pub(super) fn fraction(dit: &str) -> String {
    let (signe, chiffres) = dit
        .strip_prefix('-')
        .map_or(("", dit), |reste| ("-", reste));
    let (entiers, decimales) = chiffres.split_once(',').unwrap_or((chiffres, ""));
    let entiers = format!("{entiers:0>3}");
    let (hauts, bas) = entiers.split_at(entiers.len() - 2);
    format!("{signe}{hauts}.{bas}{decimales}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_kept_as_a_fraction() {
        for (dit, lu) in [
            ("3,75", "0.0375"),
            ("-0,5", "-0.005"),
            ("120", "1.20"),
            ("0", "0.00"),
        ] {
            assert_eq!(fraction(dit), lu);
        }
        let calcul = formule(&[(2, 4, 19)], &[(0, 0, 0)], plage, ",");
        assert_eq!(
            calcul,
            "IF(COUNT(C5:C20,A1:A1)=0,\"\",SUM(C5:C20)-SUM(A1:A1))"
        );
    }
}
