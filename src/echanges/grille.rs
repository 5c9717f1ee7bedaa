//! A file of lines, whatever writes it: csv (semicolon, comma or tab; UTF-8, with or without a
//! mark, or Windows-1252; LF or CRLF), the first sheet of an xlsx or ods workbook.

use super::classeur::{Cellule, Classeur};
use std::borrow::Cow;
use std::ops::ControlFlow;

/// In bytes, of a csv file as sent; a workbook is measured by [`Classeur`].
pub const OCTETS_MAX: usize = 64 << 20;
/// Fields of one line.
pub const CHAMPS_MAX: usize = 256;

/// Lines, to be read as many times as needed.
#[derive(Debug)]
pub enum Grille<'o> {
    Texte { texte: Cow<'o, str>, separateur: u8 },
    Cellules(Vec<(u64, Vec<String>)>),
}

impl<'o> Grille<'o> {
    /// # Errors
    /// One French sentence: too large, not a text, not a workbook.
    pub fn lire(octets: &'o [u8]) -> Result<Self, String> {
        // What archives and old workbooks begin with.
        if octets.starts_with(b"PK") || octets.starts_with(b"\xD0\xCF\x11\xE0") {
            return Self::du_classeur(octets);
        }
        if octets.len() > OCTETS_MAX {
            return Err(format!(
                "Ce fichier compte {} octets ; {OCTETS_MAX} au plus. Répartissez ses lignes entre \
                 plusieurs fichiers.",
                octets.len()
            ));
        }
        if octets.starts_with(b"%PDF") || octets.contains(&0) {
            return Err(
                "Ce fichier n'est pas un tableau : attendu un fichier .csv, .xlsx ou .ods."
                    .to_owned(),
            );
        }
        let octets = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets);
        let texte = match std::str::from_utf8(octets) {
            Ok(texte) => Cow::Borrowed(texte),
            // Spreadsheets of the field write it; any byte is a letter of it.
            Err(_) => {
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(octets)
                    .0
            }
        };
        let separateur = separateur(&texte);
        Ok(Self::Texte { texte, separateur })
    }

    fn du_classeur(octets: &[u8]) -> Result<Self, String> {
        let classeur = Classeur::lire(octets)?;
        let remplies = classeur.feuilles.into_iter();
        let feuille = remplies
            .filter(|f| !f.lignes.is_empty())
            .take(2)
            .collect::<Vec<_>>();
        let feuille = match <[_; 1]>::try_from(feuille) {
            Ok([feuille]) => feuille,
            Err(autres) if autres.is_empty() => {
                return Err(
                    "Ce classeur est vide : aucune feuille n'a de cellule remplie.".to_owned(),
                );
            }
            Err(_) => {
                return Err(
                    "Ce classeur a plusieurs feuilles remplies : gardez celle des lignes, \
                            seule."
                        .to_owned(),
                );
            }
        };
        let lignes = feuille.lignes.into_iter().map(|(ligne, cellules)| {
            let largeur = cellules.keys().next_back().map_or(0, |c| *c as usize + 1);
            let mut champs = vec![String::new(); largeur];
            for (colonne, cellule) in cellules {
                champs[colonne as usize] = ecrite(&cellule);
            }
            (u64::from(ligne) + 1, champs)
        });
        Ok(Self::Cellules(lignes.collect()))
    }

    /// Gives each line that is not empty, with its number from 1, until told to stop.
    ///
    /// # Errors
    /// One French sentence: a line that does not read.
    pub fn lignes(
        &self,
        mut prend: impl FnMut(u64, &[&str]) -> ControlFlow<()>,
    ) -> Result<(), String> {
        match self {
            Self::Cellules(lignes) => {
                for (numero, champs) in lignes {
                    let champs: Vec<&str> = champs.iter().map(String::as_str).collect();
                    if prend(*numero, &champs).is_break() {
                        break;
                    }
                }
            }
            Self::Texte { texte, separateur } => {
                let mut lecteur = csv::ReaderBuilder::new()
                    .delimiter(*separateur)
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(texte.as_bytes());
                let mut ligne = csv::StringRecord::new();
                loop {
                    let lue = lecteur.read_record(&mut ligne);
                    if !lue.map_err(|_| "Ce fichier ne se lit pas comme un csv.".to_owned())? {
                        break;
                    }
                    let numero = ligne.position().map_or(0, csv::Position::line);
                    if ligne.len() > CHAMPS_MAX {
                        return Err(format!(
                            "La ligne {numero} compte {} champs ; {CHAMPS_MAX} au plus.",
                            ligne.len()
                        ));
                    }
                    let champs: Vec<&str> = ligne.iter().collect();
                    if champs.iter().all(|c| c.trim().is_empty()) {
                        continue;
                    }
                    if prend(numero, &champs).is_break() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

/// What the first line uses most.
fn separateur(texte: &str) -> u8 {
    let titres = texte.lines().next().unwrap_or_default();
    let compte = |s: u8| titres.bytes().filter(|b| *b == s).count();
    let choix = [b'\t', b',', b';'];
    choix.into_iter().max_by_key(|s| compte(*s)).unwrap_or(b';')
}

/// A cell as a csv file would hold it.
pub(super) fn ecrite(cellule: &Cellule) -> String {
    match cellule {
        Cellule::Texte(texte) | Cellule::Autre(texte) => texte.clone(),
        Cellule::Nombre(nombre) | Cellule::Pourcent(nombre) => nombre.to_string(),
        Cellule::Jour(jour) => jour.to_string(),
        Cellule::Booleen(oui) => if *oui { "oui" } else { "non" }.to_owned(),
        Cellule::Erreur(erreur) => erreur.clone(),
    }
}
