//! OpenDocument writes a repeated cell once, with how many times: what a sheet would take once
//! spread out is measured first.

use super::{COLONNES_MAX, LIGNES_MAX, archive, illisible};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// # Errors
/// One French sentence: a sheet has more lines or columns than what is read.
pub fn mesure(octets: &[u8]) -> Result<(), String> {
    let contenu = archive::texte(octets, "content.xml")?;
    let mut lecteur = Reader::from_str(&contenu);
    let mut etendue = Etendue::default();
    loop {
        match lecteur.read_event().map_err(illisible)? {
            Event::Start(balise) => etendue.ouvre(&balise)?,
            Event::Empty(balise) => {
                etendue.ouvre(&balise)?;
                etendue.ferme(balise.local_name().as_ref());
            }
            Event::End(balise) => etendue.ferme(balise.local_name().as_ref()),
            Event::Eof => return Ok(()),
            _ => {}
        }
        etendue.juge()?;
    }
}

/// How far the cells of a sheet that hold something go.
#[derive(Default)]
struct Etendue {
    /// Lines above, and those that the line being read stands for.
    dessus: u64,
    repetee: u64,
    /// Columns on the left of the next cell.
    gauche: u64,
    /// The line being read holds something.
    pleine: bool,
    lignes: u64,
    colonnes: u64,
    /// Sheets open: a sheet inside another is part of it.
    ouvertes: u64,
}

impl Etendue {
    fn ouvre(&mut self, balise: &BytesStart<'_>) -> Result<(), String> {
        match balise.local_name().as_ref() {
            "table" => {
                if self.ouvertes == 0 {
                    *self = Self::default();
                }
                self.ouvertes += 1;
            }
            "table-row" => {
                self.repetee = fois(balise, "number-rows-repeated")?;
                (self.gauche, self.pleine) = (0, false);
            }
            "table-cell" | "covered-table-cell" => {
                let fois = fois(balise, "number-columns-repeated")?;
                self.gauche = self.gauche.saturating_add(fois);
                let dite = attribut(balise, "value-type")?.is_some();
                if dite || attribut(balise, "formula")?.is_some() {
                    self.pleine = true;
                    self.colonnes = self.colonnes.max(self.gauche);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn ferme(&mut self, balise: &str) {
        if balise == "table" {
            self.ouvertes = self.ouvertes.saturating_sub(1);
        }
        if balise == "table-row" {
            self.dessus = self.dessus.saturating_add(self.repetee);
            if self.pleine {
                self.lignes = self.dessus;
            }
        }
    }

    fn juge(&self) -> Result<(), String> {
        if self.lignes <= u64::from(LIGNES_MAX) && self.colonnes <= u64::from(COLONNES_MAX) {
            return Ok(());
        }
        Err(format!(
            "Une feuille est trop grande : {LIGNES_MAX} lignes et {COLONNES_MAX} colonnes au plus. \
             Répartissez ses lignes entre plusieurs classeurs."
        ))
    }
}

pub(super) fn attribut(balise: &BytesStart<'_>, nom: &str) -> Result<Option<String>, String> {
    for lu in balise.attributes() {
        let lu = lu.map_err(illisible)?;
        if lu.key.local_name().as_ref() == nom {
            return Ok(Some(lu.value.into_owned()));
        }
    }
    Ok(None)
}

pub(super) fn fois(balise: &BytesStart<'_>, nom: &str) -> Result<u64, String> {
    match attribut(balise, nom)? {
        Some(texte) => texte.parse().map_err(illisible),
        None => Ok(1),
    }
}
