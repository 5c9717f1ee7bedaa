//! An archive, measured before it is read: what it says of its own sizes is not believed.

use super::illisible;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// Bytes of all its files, unpacked.
const DEPLIE_MAX: u64 = 100 << 20;
/// Files that it holds.
const FICHIERS_MAX: usize = 2_000;
/// How an old or a protected workbook begins.
const ANCIEN: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];

fn ouvre(octets: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, String> {
    // What the library says of it is in English and helps nobody.
    ZipArchive::new(Cursor::new(octets)).map_err(|_| illisible("il est incomplet ou abîmé"))
}

/// Unpacks it once, without keeping anything.
///
/// # Errors
/// One French sentence: not an archive, damaged, or too large once unpacked.
pub fn mesure(octets: &[u8]) -> Result<(), String> {
    if octets.starts_with(ANCIEN) {
        return Err(
            "Ce classeur est protégé par un mot de passe, ou d'un ancien format (.xls). \
             Enregistrez-le sans mot de passe, en .xlsx."
                .to_owned(),
        );
    }
    if !octets.starts_with(b"PK") {
        return Err(
            "Ce fichier n'est pas un classeur : attendu un fichier .xlsx ou .ods. Vérifiez le nom \
             du fichier, ou enregistrez-le en .xlsx."
                .to_owned(),
        );
    }
    let mut archive = ouvre(octets)?;
    if archive.len() > FICHIERS_MAX {
        return Err(format!(
            "Ce classeur contient {} fichiers ; {FICHIERS_MAX} au plus. Enregistrez-le de nouveau \
             depuis un tableur.",
            archive.len()
        ));
    }
    let mut reste = DEPLIE_MAX;
    for rang in 0..archive.len() {
        let fichier = archive.by_index(rang).map_err(illisible)?;
        let lus = std::io::copy(&mut fichier.take(reste + 1), &mut std::io::sink());
        let lus = lus.map_err(illisible)?;
        reste = reste.checked_sub(lus).ok_or_else(|| {
            format!(
                "Ce classeur déplié dépasse {DEPLIE_MAX} octets. Ôtez-en les images et les \
                 feuilles inutiles, ou répartissez les contrats."
            )
        })?;
    }
    Ok(())
}

/// Whether it holds a file of this name.
pub fn tient(octets: &[u8], nom: &str) -> bool {
    ouvre(octets).is_ok_and(|archive| archive.index_for_name(nom).is_some())
}

/// The names of its files.
pub fn noms(octets: &[u8]) -> Result<Vec<String>, String> {
    let archive = ouvre(octets)?;
    let noms = archive.file_names();
    noms.map(|nom| Ok(nom.map_err(illisible)?.into_owned()))
        .collect()
}

/// A file of it, as text.
pub fn texte(octets: &[u8], nom: &str) -> Result<String, String> {
    let mut archive = ouvre(octets)?;
    let mut texte = String::new();
    let mut fichier = archive.by_name(nom).map_err(illisible)?;
    fichier.read_to_string(&mut texte).map_err(illisible)?;
    Ok(texte)
}
