//! The places that an xlsx file gives to its cells, looked at before it is read: the reader takes
//! them for right.

use super::archive;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Where its sheets usually stand.
const FEUILLES: &str = "xl/worksheets/";

/// # Errors
/// One French sentence: a cell, a line or the extent of a sheet stands at a place that is none.
pub fn mesure(octets: &[u8]) -> Result<(), String> {
    for nom in archive::noms(octets)? {
        if nom.starts_with(FEUILLES) && nom.ends_with(".xml") {
            let feuille = archive::texte(octets, &nom)?;
            let fausse = fausse(&feuille).map_err(super::illisible)?;
            if let Some(place) = fausse {
                return Err(super::illisible(format!("« {place} » n'est pas une place")));
            }
        }
    }
    Ok(())
}

/// The first place that is none.
fn fausse(feuille: &str) -> Result<Option<String>, quick_xml::Error> {
    let mut lecteur = Reader::from_str(feuille);
    lecteur.config_mut().check_end_names = false;
    loop {
        match lecteur.read_event()? {
            Event::Start(balise) | Event::Empty(balise) => {
                if let Some(place) = en_cause(&balise)? {
                    return Ok(Some(place));
                }
            }
            Event::Eof => return Ok(None),
            _ => {}
        }
    }
}

fn en_cause(balise: &BytesStart<'_>) -> Result<Option<String>, quick_xml::Error> {
    let (attribut, juste): (_, fn(&str) -> bool) = match balise.local_name().as_ref() {
        "c" => ("r", |place| cellule(place).is_some()),
        "row" => ("r", |place| rang(place).is_some()),
        "dimension" => ("ref", etendue),
        _ => return Ok(None),
    };
    for lu in balise.attributes() {
        let lu = lu?;
        if lu.key.local_name().as_ref() == attribut && !juste(&lu.value) {
            return Ok(Some(lu.value.into_owned()));
        }
    }
    Ok(None)
}

/// Digits of the last line of a sheet.
const CHIFFRES: usize = 7;
/// Letters of its last column.
const LETTRES: usize = 3;

fn rang(place: &str) -> Option<u32> {
    let chiffres = place.bytes().all(|b| b.is_ascii_digit());
    let rang = (chiffres && place.len() <= CHIFFRES).then(|| place.parse().ok())?;
    rang.filter(|rang| *rang > 0)
}

/// The line and the column, as they are ordered.
fn cellule(place: &str) -> Option<(u32, (usize, String))> {
    let lettres = place.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (colonne, ligne) = place.split_at(lettres);
    let rang = rang(ligne).filter(|_| (1..=LETTRES).contains(&lettres))?;
    Some((rang, (lettres, colonne.to_ascii_uppercase())))
}

fn etendue(place: &str) -> bool {
    let (debut, fin) = place.split_once(':').unwrap_or((place, place));
    match (cellule(debut), cellule(fin)) {
        (Some((haut, gauche)), Some((bas, droite))) => haut <= bas && gauche <= droite,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_line_and_a_column() {
        for (place, juste) in [
            ("A1", true),
            ("xfd1048576", true),
            ("A0", false),
            ("1", false),
            ("A", false),
            ("AAAA1", false),
            ("A10000000", false),
            ("&#65;1", false),
        ] {
            assert_eq!(cellule(place).is_some(), juste, "{place}");
        }
        for (place, juste) in [
            ("A1:B2", true),
            ("Z1:AA1", true),
            ("B2", true),
            ("B2:A3", false),
            ("A3:B2", false),
            ("A1:B2:C3", false),
        ] {
            assert_eq!(etendue(place), juste, "{place}");
        }
    }
}
