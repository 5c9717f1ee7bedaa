//! Exact numbers: a spreadsheet's number is taken back as the decimal text it shows, and worked on
//! as integers only.

use std::cmp::Ordering;
use std::fmt;

/// Significant digits that a spreadsheet keeps.
const CHIFFRES: usize = 15;

/// `mantisse / 10^decimales`, written with the fewest decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

    /// None: the sum does not hold in the digits of a number.
    pub fn plus(self, autre: Self) -> Option<Self> {
        let (a, b, decimales) = self.aligne(autre)?;
        Self::compose(a.checked_add(b)?, decimales)
    }

    /// None: the difference does not hold in the digits of a number.
    pub fn moins(self, autre: Self) -> Option<Self> {
        let (a, b, decimales) = self.aligne(autre)?;
        Self::compose(a.checked_sub(b)?, decimales)
    }

    /// The point that is so many quarters (0 to 4) of the way to another number, exactly. None: it
    /// does not hold in the digits of a number.
    pub fn vers(self, autre: Self, quarts: u8) -> Option<Self> {
        let (a, b, decimales) = self.aligne(autre)?;
        let chemin = b.checked_sub(a)?.checked_mul(i128::from(quarts) * 25)?;
        Self::compose(a.checked_mul(100)?.checked_add(chemin)?, decimales + 2)
    }

    /// This number for each `fois` of another: for each 100, a percentage. Rounded to the nearest
    /// hundredth, halves away from zero. None: divided by zero, or out of bounds.
    pub fn rapport(self, autre: Self, fois: u32) -> Option<Self> {
        let (a, b, _) = self.aligne(autre)?;
        let haut = a.checked_mul(i128::from(fois) * 200)?;
        let moitie = if (haut < 0) == (b < 0) { b } else { -b };
        let centiemes = haut.checked_add(moitie)?.checked_div(b.checked_mul(2)?)?;
        Self::compose(centiemes, 2)
    }

    /// With so many decimals at most: the nearest, halves away from zero.
    #[must_use]
    pub fn arrondi(self, decimales: u32) -> Self {
        let Some(trop @ 1..) = self.decimales.checked_sub(decimales) else {
            return self;
        };
        let arrondi = 10_i128.checked_pow(trop).and_then(|dix| {
            let mantisse = i128::from(self.mantisse);
            let moitie = if mantisse < 0 { -dix / 2 } else { dix / 2 };
            Self::compose((mantisse + moitie) / dix, decimales)
        });
        // Past what an integer holds, nothing is left of it.
        arrondi.unwrap_or(Self::from(0))
    }

    /// Both as whole numbers of the smaller of their units, and its decimals.
    fn aligne(self, autre: Self) -> Option<(i128, i128, u32)> {
        let decimales = self.decimales.max(autre.decimales);
        let agrandi = |nombre: Self| {
            if nombre.mantisse == 0 {
                return Some(0);
            }
            let dix = 10_i128.checked_pow(decimales - nombre.decimales)?;
            i128::from(nombre.mantisse).checked_mul(dix)
        };
        Some((agrandi(self)?, agrandi(autre)?, decimales))
    }

    fn compose(mut mantisse: i128, mut decimales: u32) -> Option<Self> {
        while mantisse % 10 == 0 && decimales > 0 {
            (mantisse, decimales) = (mantisse / 10, decimales - 1);
        }
        Some(Self {
            mantisse: i64::try_from(mantisse).ok()?,
            decimales,
        })
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

    /// `mantisse / 10^decimales`.
    pub fn decompose(self) -> (i64, u32) {
        (self.mantisse, self.decimales)
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

impl From<i32> for Nombre {
    fn from(entier: i32) -> Self {
        Self {
            mantisse: i64::from(entier),
            decimales: 0,
        }
    }
}

impl Ord for Nombre {
    fn cmp(&self, autre: &Self) -> Ordering {
        match self.aligne(*autre) {
            Some((a, b, _)) => a.cmp(&b),
            // Of two numbers too far apart to be aligned, the one with fewer decimals is the larger
            // in size: its sign decides.
            None if self.decimales < autre.decimales => self.mantisse.cmp(&0),
            None => 0.cmp(&autre.mantisse),
        }
    }
}

impl PartialOrd for Nombre {
    fn partial_cmp(&self, autre: &Self) -> Option<Ordering> {
        Some(self.cmp(autre))
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

    fn n(texte: &str) -> Nombre {
        Nombre::du_texte(texte).unwrap()
    }

    #[test]
    fn numbers_are_compared_whatever_their_decimals() {
        let croissants = ["-12", "-0,5", "-0,49", "0", "0,001", "1", "1,01", "10"];
        for deux in croissants.windows(2) {
            assert!(n(deux[0]) < n(deux[1]), "{deux:?}");
        }
        let minuscule = Nombre::du_tableur(1e-300).unwrap();
        let grand = n("9000000000000000000");
        assert!(n("0") < minuscule && minuscule < n("0,1") && minuscule < grand);
        assert!(n("-1") < minuscule && minuscule > n("-9000000000000000000"));
        assert_eq!(minuscule.plus(grand), None);
    }

    #[test]
    fn sums_and_points_between_are_exact() {
        assert_eq!(n("0,1").plus(n("0,2")), Some(n("0,3")));
        assert_eq!(n("1,5").moins(n("2,75")), Some(n("-1,25")));
        assert_eq!(n("1").vers(n("2"), 0), Some(n("1")));
        assert_eq!(n("1").vers(n("2"), 3), Some(n("1,75")));
        assert_eq!(n("2").vers(n("-0,1"), 1), Some(n("1,475")));
        assert_eq!(n("9223372036854775807").plus(n("1")), None);
    }

    #[test]
    fn a_ratio_is_rounded_to_the_nearest_hundredth() {
        for (haut, bas, fois, rapport) in [
            ("1", "3", 100, "33,33"),
            ("2", "3", 100, "66,67"),
            ("1", "800", 100, "0,13"),
            ("-1", "800", 100, "-0,13"),
            ("1", "-800", 100, "-0,13"),
            ("-1", "-800", 100, "0,13"),
            ("7,5", "2,5", 1, "3"),
        ] {
            assert_eq!(
                n(haut).rapport(n(bas), fois),
                Some(n(rapport)),
                "{haut}/{bas}"
            );
        }
        assert_eq!(n("1").rapport(n("0"), 100), None);
    }

    #[test]
    fn a_number_is_rounded_to_some_decimals() {
        for (exact, decimales, arrondi) in [
            ("11,9658119658", 4, "11,9658"),
            ("11,96585", 4, "11,9659"),
            ("-0,00005", 4, "-0,0001"),
            ("-0,00004", 4, "0"),
            ("99,99996", 4, "100"),
            ("12,5", 4, "12,5"),
            ("12,5", 0, "13"),
            ("9223372036854775807", 0, "9223372036854775807"),
        ] {
            assert_eq!(n(exact).arrondi(decimales), n(arrondi), "{exact}");
        }
        let minuscule = Nombre::du_tableur(1e-300).unwrap();
        assert_eq!(minuscule.arrondi(4), n("0"));
    }

    proptest! {
        /// What is rounded is within half of the last decimal that is kept.
        #[test]
        fn what_is_rounded_is_near(ecrit in "-?[0-9]{1,8},[0-9]{1,9}", decimales in 0..6_u32) {
            let exact = n(&ecrit);
            let arrondi = exact.arrondi(decimales);
            prop_assert_eq!(arrondi.arrondi(decimales), arrondi);
            let moitie = n(&format!("0,{}5", "0".repeat(decimales as usize)));
            let ecart = exact.moins(arrondi).unwrap();
            prop_assert!(ecart <= moitie && n("0").moins(ecart).unwrap() <= moitie);
        }

        /// The nearest hundredth is within half of one.
        #[test]
        fn a_ratio_is_near(haut in -1_000_000..1_000_000, bas in 1..1_000_000) {
            let rapport = Nombre::from(haut).rapport(Nombre::from(bas), 100).unwrap();
            let centiemes = rapport.centiemes().unwrap();
            let ecart = centiemes * i64::from(bas) - i64::from(haut) * 10_000;
            prop_assert!(ecart.abs() * 2 <= i64::from(bas));
        }

        #[test]
        fn order_agrees_with_difference(
            a in "-?[0-9]{1,6},[0-9]{1,6}", b in "-?[0-9]{1,6},[0-9]{1,6}",
        ) {
            let (a, b) = (n(&a), n(&b));
            let ecart = a.moins(b).unwrap();
            prop_assert_eq!(a.cmp(&b), ecart.cmp(&Nombre::from(0)));
            prop_assert_eq!(ecart.plus(b), Some(a));
        }

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
