//! The empty workbook that a user fills in.

use super::champs::{Champ, Genre, NATURES, PLANS, Plan, TARIFICATIONS};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format,
    Workbook, Worksheet, XlsxError,
};

/// Lines prepared below the titles.
const LIGNES: u32 = 2_000;
/// Columns of targets prepared.
const ANNEES: i32 = 5;

/// The workbook, as the bytes of an .xlsx file: the same for the same day. `modeles`: the workflows
/// to choose from.
///
/// # Errors
/// One French sentence: it could not be written.
pub fn modele(modeles: &[String], jour: NaiveDate) -> Result<Vec<u8>, String> {
    ecrit(modeles, jour).map_err(|e| format!("Le classeur vide ne s'écrit pas ({e})."))
}

fn ecrit(modeles: &[String], jour: NaiveDate) -> Result<Vec<u8>, XlsxError> {
    let mut classeur = Workbook::new();
    let cree = ExcelDateTime::parse_from_str(&jour.to_string())?;
    classeur.set_properties(&DocProperties::new().set_creation_datetime(&cree));
    notice(classeur.add_worksheet())?;
    for plan in PLANS {
        feuille(classeur.add_worksheet(), plan, modeles, jour.year())?;
    }
    classeur.save_to_buffer()
}

const NOTICE: [&str; 9] = [
    "Reprise de contrats signés ailleurs",
    "Remplissez les feuilles « Contrats » et « ESMS » ; « Objectifs » et « Moyens » au besoin. \
     La référence relie les lignes d'un même contrat.",
    "Puis : entente import contrats FICHIER.xlsx. D'abord avec --dry-run : rien n'est écrit, \
     chaque cellule refusée est dite.",
    "Une ligne refusée refuse son contrat entier ; les autres entrent. Corrigez le classeur et \
     recommencez : ce qui est entré n'est pas entré deux fois.",
    "Premier passage : le contrat et ses ESMS. Chaque partie confirme ensuite le même document \
     signé, désigné par son empreinte.",
    "Deuxième passage, avec le même classeur : objectifs, moyens et dates des contrats que toutes \
     les parties ont confirmés.",
    "Colonnes dans l'ordre que vous voulez ; un titre inconnu est signalé et sa colonne n'est pas \
     lue.",
    "Montants en euros et centimes, pourcentages avec leur signe, dates au jour près.",
    "Cette feuille n'est pas lue.",
];

fn notice(feuille: &mut Worksheet) -> Result<(), XlsxError> {
    feuille.set_name("Notice")?.set_column_width(0, 34)?;
    feuille.set_column_width(1, 90)?;
    let (titre, plie) = (Format::new().set_bold(), Format::new().set_text_wrap());
    let mut ligne = 0;
    for (rang, phrase) in NOTICE.iter().enumerate() {
        let format = if rang == 0 { &titre } else { &plie };
        feuille.write_string_with_format(ligne, u16::from(rang > 0), *phrase, format)?;
        ligne += 1;
    }
    for plan in PLANS {
        ligne += 1;
        feuille.write_string_with_format(ligne, 0, plan.nom, &titre)?;
        for champ in plan.champs {
            ligne += 1;
            feuille.write_string(ligne, 0, champ.titre)?;
            feuille.write_string_with_format(ligne, 1, champ.aide, &plie)?;
        }
    }
    Ok(())
}

fn feuille(
    feuille: &mut Worksheet,
    plan: &Plan,
    modeles: &[String],
    annee: i32,
) -> Result<(), XlsxError> {
    let entete = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_background_color(Color::RGB(0x00E8_EEF4));
    feuille.set_name(plan.nom)?.set_freeze_panes(1, 1)?;
    let mut colonne = 0;
    for champ in plan.champs {
        let fois = if champ.genre == Genre::Cible {
            ANNEES
        } else {
            1
        };
        for rang in 0..fois {
            let titre = match champ.genre {
                Genre::Cible => format!("{} {}", champ.titre, annee + rang),
                _ => champ.titre.to_owned(),
            };
            feuille.write_string_with_format(0, colonne, titre, &entete)?;
            prepare(feuille, colonne, champ, modeles)?;
            colonne += 1;
        }
    }
    Ok(())
}

/// The width, the format and the list of a column.
fn prepare(
    feuille: &mut Worksheet,
    colonne: u16,
    champ: &Champ,
    modeles: &[String],
) -> Result<(), XlsxError> {
    let (largeur, format) = match champ.genre {
        Genre::Date => (14, "dd/mm/yyyy"),
        Genre::Montant => (18, "#,##0.00"),
        Genre::Entier => (12, "0"),
        // As text: neither zeros nor signs are lost.
        _ => (24, "@"),
    };
    let format = Format::new().set_num_format(format);
    feuille.set_column_width(colonne, largeur)?;
    feuille.set_column_format(colonne, &format)?;
    let liste: Vec<&str> = match champ.genre {
        Genre::Modele => modeles.iter().map(String::as_str).collect(),
        Genre::Tarification => TARIFICATIONS.iter().map(|(nom, _)| *nom).collect(),
        Genre::Nature => NATURES.iter().map(|(nom, _)| *nom).collect(),
        _ => Vec::new(),
    };
    let aide = DataValidation::new().set_input_message(champ.aide)?;
    let aide = if liste.is_empty() {
        aide.allow_any_value()
    } else {
        let aide = aide.allow_list_strings(&liste)?;
        aide.set_error_style(DataValidationErrorStyle::Stop)
    };
    feuille.add_data_validation(1, colonne, LIGNES, colonne, &aide)?;
    Ok(())
}
