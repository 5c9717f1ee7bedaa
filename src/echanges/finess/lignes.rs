//! The lines of an extract, one at a time, whatever its length: what a line may cost is bounded.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

/// Bytes of one line: the longest of the extracts are a hundred times shorter.
const OCTETS_MAX: usize = 64 << 10;
/// How archives and old workbooks, pdf and compressed files begin.
const AUTRES: [&[u8]; 4] = [b"PK", b"\xD0\xCF\x11\xE0", b"%PDF", b"\x1F\x8B"];

/// Why reading stops.
#[derive(Debug)]
pub(super) enum Arret {
    /// It does not read, or is no text.
    Illisible(String),
    /// This line, and what is wrong with it.
    Ligne(u64, String),
}

/// The lines of a file.
#[derive(Debug)]
pub(super) struct Lignes<R> {
    lecteur: BufReader<R>,
    numero: u64,
    tampon: Vec<u8>,
}

impl<R: Read> Lignes<R> {
    pub(super) fn de(fichier: R) -> Self {
        Self {
            lecteur: BufReader::with_capacity(1 << 16, fichier),
            numero: 0,
            tampon: Vec::new(),
        }
    }

    /// The next line, with its number from 1. Windows-1252 is read where the line is not UTF-8.
    pub(super) fn suivante(&mut self) -> Result<Option<(u64, Cow<'_, str>)>, Arret> {
        self.tampon.clear();
        self.numero += 1;
        let permis = u64::try_from(OCTETS_MAX).unwrap_or(u64::MAX) + 1;
        let mut morceau = self.lecteur.by_ref().take(permis);
        let lus = morceau.read_until(b'\n', &mut self.tampon);
        lus.map_err(|e| Arret::Illisible(format!("Le fichier ne se lit pas ({e}).")))?;
        if self.tampon.is_empty() {
            return Ok(None);
        }
        if self.numero == 1 {
            self.commence()?;
        }
        if self.tampon.len() > OCTETS_MAX {
            return Err(self.refus(format!(
                "la ligne dépasse {OCTETS_MAX} octets. Reprenez l'extraction telle qu'elle est \
                 publiée, une ligne par établissement."
            )));
        }
        let fin = self.tampon.trim_ascii_end().len();
        self.tampon.truncate(fin);
        if self.tampon.iter().any(|b| *b < b' ' && *b != b'\t') {
            return Err(self.refus(
                "la ligne contient des caractères qui ne sont pas du texte. Reprenez l'extraction \
                 en .csv, sans la compresser ni la convertir."
                    .to_owned(),
            ));
        }
        let octets = &self.tampon[..];
        let texte = match std::str::from_utf8(octets) {
            Ok(texte) => Cow::Borrowed(texte),
            Err(_) => {
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(octets)
                    .0
            }
        };
        Ok(Some((self.numero, texte)))
    }

    fn commence(&mut self) -> Result<(), Arret> {
        if AUTRES.iter().any(|debut| self.tampon.starts_with(debut)) {
            return Err(Arret::Illisible(
                "Ce fichier n'est pas un texte : attendu l'extraction FINESS en .csv, décompressée."
                    .to_owned(),
            ));
        }
        if self.tampon.starts_with(b"\xEF\xBB\xBF") {
            self.tampon.drain(..3);
        }
        Ok(())
    }

    fn refus(&self, motif: String) -> Arret {
        Arret::Ligne(self.numero, motif)
    }
}

/// The fields of a line, parted by `;`. One that begins by a quote ends by another, doubled inside;
/// one that does not end so is taken as it is written: names hold quotes of their own.
pub(super) fn champs(ligne: &str) -> Vec<Cow<'_, str>> {
    let mut champs = Vec::with_capacity(32);
    let mut reste = ligne;
    loop {
        let (champ, suite) = cite(reste).unwrap_or_else(|| nu(reste));
        champs.push(champ);
        match suite {
            Some(suite) => reste = suite,
            None => return champs,
        }
    }
}

type Champ<'l> = (Cow<'l, str>, Option<&'l str>);

fn nu(reste: &str) -> Champ<'_> {
    match reste.split_once(';') {
        Some((champ, suite)) => (Cow::Borrowed(champ.trim()), Some(suite)),
        None => (Cow::Borrowed(reste.trim()), None),
    }
}

fn cite(reste: &str) -> Option<Champ<'_>> {
    let dedans = reste.strip_prefix('"')?;
    let mut depuis = 0;
    loop {
        let fin = depuis + dedans.get(depuis..)?.find('"')?;
        let suite = dedans.get(fin + 1..)?;
        if suite.starts_with('"') {
            depuis = fin + 2;
            continue;
        }
        let suite = match suite {
            "" => None,
            suite => Some(suite.strip_prefix(';')?),
        };
        let champ = dedans.get(..fin)?.trim();
        let champ = if champ.contains("\"\"") {
            Cow::Owned(champ.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(champ)
        };
        return Some((champ, suite));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn toutes(octets: &[u8]) -> Result<Vec<String>, Arret> {
        let mut lignes = Lignes::de(octets);
        let mut lues = Vec::new();
        while let Some((_, texte)) = lignes.suivante()? {
            lues.push(texte.into_owned());
        }
        Ok(lues)
    }

    #[test]
    fn a_line_is_read_in_any_encoding() {
        let octets = b"\xEF\xBB\xBFun;\xC3\xA9t\xC3\xA9\r\ndeux;\xE9t\xE9\n\ntrois";
        let lues = toutes(octets).unwrap();
        assert_eq!(lues, ["un;été", "deux;été", "", "trois"]);
    }

    #[test]
    fn what_is_not_a_text_stops_at_its_line() {
        let ligne = |octets: &[u8]| match toutes(octets) {
            Err(Arret::Ligne(ligne, motif)) => (ligne, motif),
            autre => panic!("{autre:?}"),
        };
        let (numero, motif) = ligne(b"un\ndeux\0\n");
        assert!(numero == 2 && motif.contains("ne sont pas du texte"));
        let longue = [b"un\n".to_vec(), vec![b'a'; 10 << 20]].concat();
        let (numero, motif) = ligne(&longue);
        assert!(numero == 2 && motif.contains("dépasse 65536 octets"));
        for debut in AUTRES {
            assert!(matches!(toutes(debut), Err(Arret::Illisible(_))));
        }
    }

    #[test]
    fn quotes_part_fields_only_where_they_surround_one() {
        for (ligne, lus) in [
            ("a;;b", vec!["a", "", "b"]),
            ("", vec![""]),
            ("\"a;b\";c", vec!["a;b", "c"]),
            ("\"LIEU \"\"LE MAS\"\"\";x", vec!["LIEU \"LE MAS\"", "x"]),
            ("LIEU \"LE MAS\";x", vec!["LIEU \"LE MAS\"", "x"]),
            ("\"LE MAS\" EHPAD;x", vec!["\"LE MAS\" EHPAD", "x"]),
            ("\"sans fin;x", vec!["\"sans fin", "x"]),
            ("\"\";x", vec!["", "x"]),
        ] {
            assert_eq!(champs(ligne), lus, "{ligne}");
        }
    }

    proptest! {
        #[test]
        fn fields_come_back_as_they_were_written(
            ecrits in prop::collection::vec("[a-zé\"; ]{0,6}", 1..6),
        ) {
            let cites = ecrits.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\"")));
            let ligne = cites.collect::<Vec<_>>().join(";");
            let lus = champs(&ligne);
            let attendus: Vec<&str> = ecrits.iter().map(|c| c.trim()).collect();
            prop_assert_eq!(lus, attendus);
        }

        #[test]
        fn any_bytes_get_an_answer(octets in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(lues) = toutes(&octets) {
                for ligne in lues {
                    prop_assert!(!champs(&ligne).is_empty());
                }
            }
        }
    }
}
