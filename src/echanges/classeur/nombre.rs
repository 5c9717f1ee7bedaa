//! Exact numbers: a spreadsheet's number is taken back as the decimal text it shows, and worked on
//! as integers only.

use std::fmt;

/// Significant digits that a spreadsheet keeps.
const CHIFFRES: usize = 15;

/// `mantisse / 10^decimales`, written with the fewest decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nombre {
    mantisse: i64,
    decimales: u32,
}

impl Nombre {
    /// A number as a spreadsheet keeps it. None: too large or too small to be one of ours.
    pub fn du_tableur(valeur: f64) -> Option<Self> {
        if !valeur.is_finite() {
            return None;
        }
        let ecrit = format!("{valeur:.*e}", CHIFFRES - 1);
        let (mantisse, exposant) = ecrit.split_once('e')?;
        let mantisse: i64 = mantisse.replace('.', "").parse().ok()?;
        let exposant: i32 = exposant.parse().ok()?;
        Self::decale(mantisse, i32::try_from(CHIFFRES).ok()? - 1 - exposant)
    }

    /// A number as the French write it: « 1 234,5 »; a point is read as a comma.
    pub fn du_texte(texte: &str) -> Option<Self> {
        let serre: String = texte.chars().filter(|c| !c.is_whitespace()).collect();
        let (signe, chiffres) = match serre.strip_prefix('-') {
            Some(reste) => (-1, reste),
            None => (1, serre.as_str()),
        };
        let nombre = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let (entiers, decimales) = match chiffres.split_once([',', '.']) {
            Some((entiers, decimales)) if nombre(decimales) => (entiers, decimales),
            Some(_) => return None,
            None => (chiffres, ""),
        };
        if !nombre(entiers) {
            return None;
        }
        let mantisse: i64 = format!("{entiers}{decimales}").parse().ok()?;
        Self::decale(signe * mantisse, i32::try_from(decimales.len()).ok()?)
    }

    /// The number that a cell shown as a percentage holds: 0,45 reads 45.
    pub fn cent_fois(self) -> Option<Self> {
        Self::decale(self.mantisse, i32::try_from(self.decimales).ok()? - 2)
    }

    fn decale(mut mantisse: i64, mut decimales: i32) -> Option<Self> {
        while mantisse % 10 == 0 && decimales > 0 {
            (mantisse, decimales) = (mantisse / 10, decimales - 1);
        }
        if mantisse == 0 {
            decimales = 0;
        }
        while decimales < 0 {
            (mantisse, decimales) = (mantisse.checked_mul(10)?, decimales + 1);
        }
        let decimales = u32::try_from(decimales).ok()?;
        Some(Self {
            mantisse,
            decimales,
        })
    }

    /// Without decimals.
    pub fn entier(self) -> Option<i64> {
        (self.decimales == 0).then_some(self.mantisse)
    }

    /// In hundredths: cents of euros, basis points of percentages. None: more than two decimals.
    pub fn centiemes(self) -> Option<i64> {
        let dix = 10_i64.checked_pow(2_u32.checked_sub(self.decimales)?)?;
        self.mantisse.checked_mul(dix)
    }

    /// Between -1 and 1, zero left out: as a rate, 0,45 could be 45 % or 0,45 %.
    pub fn est_une_fraction(self) -> bool {
        let un = 10_i64.checked_pow(self.decimales).unwrap_or(i64::MAX);
        self.mantisse != 0 && self.mantisse.saturating_abs() <= un
    }
}

impl fmt::Display for Nombre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signe = if self.mantisse < 0 { "-" } else { "" };
        let chiffres = self.mantisse.unsigned_abs().to_string();
        let decimales = self.decimales as usize;
        if decimales == 0 {
            return write!(f, "{signe}{chiffres}");
        }
        let chiffres = format!("{chiffres:0>largeur$}", largeur = decimales + 1);
        let (entiers, reste) = chiffres.split_at(chiffres.len() - decimales);
        write!(f, "{signe}{entiers},{reste}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_as_it_is_shown() {
        for (valeur, montre) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.1 + 0.2, "0,3"),
            (1_234_567.89, "1234567,89"),
            (45.0, "45"),
            (-0.45, "-0,45"),
            (1e14, "100000000000000"),
            (12.345, "12,345"),
        ] {
            let lu = Nombre::du_tableur(valeur).unwrap();
            assert_eq!(lu.to_string(), montre);
        }
        for trop in [f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(Nombre::du_tableur(trop), None);
        }
    }

    #[test]
    fn the_french_way_is_read() {
        for (texte, centiemes) in [
            ("780 000,00", Some(78_000_000)),
            ("780\u{202f}000", Some(78_000_000)),
            ("12.5", Some(1_250)),
            ("-3", Some(-300)),
            ("12,345", None),
            ("952781268635821000", None),
        ] {
            let lu = Nombre::du_texte(texte).unwrap();
            assert_eq!(lu.centiemes(), centiemes, "{texte}");
        }
        for faux in ["", ",", "1,", ",5", "1.234,56", "--1", "1e3", "٣", "12a"] {
            assert_eq!(Nombre::du_texte(faux), None, "{faux}");
        }
    }

    #[test]
    fn a_percentage_cell_holds_a_fraction() {
        let lu = Nombre::du_tableur(0.455).and_then(Nombre::cent_fois);
        assert_eq!(lu.and_then(Nombre::centiemes), Some(4_550));
        assert!(Nombre::du_texte("0,45").unwrap().est_une_fraction());
        assert!(Nombre::du_texte("1").unwrap().est_une_fraction());
        assert!(!Nombre::du_texte("0").unwrap().est_une_fraction());
        assert!(!Nombre::du_texte("1,01").unwrap().est_une_fraction());
    }

    proptest! {
        /// What a spreadsheet keeps of an amount in cents is read back to the cent.
        #[test]
        fn every_amount_is_exact(centimes in -999_999_999_999_999_i64..999_999_999_999_999) {
            let signe = if centimes < 0 { "-" } else { "" };
            let (euros, reste) = (centimes.unsigned_abs() / 100, centimes.unsigned_abs() % 100);
            let ecrit = format!("{signe}{euros}.{reste:02}");
            let lu = Nombre::du_tableur(ecrit.parse().unwrap()).unwrap();
            prop_assert_eq!(lu.centiemes(), Some(centimes));
            prop_assert_eq!(Nombre::du_texte(&ecrit), Some(lu));
            prop_assert_eq!(Nombre::du_texte(&lu.to_string()), Some(lu));
        }

        #[test]
        fn any_number_gets_an_answer(valeur in any::<f64>(), texte in "\\PC{0,12}") {
            if let Some(lu) = Nombre::du_tableur(valeur) {
                prop_assert_eq!(Nombre::du_texte(&lu.to_string()), Some(lu));
            }
            let _ = Nombre::du_texte(&texte);
        }
    }
}
