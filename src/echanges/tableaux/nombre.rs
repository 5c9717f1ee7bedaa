//! Numbers as decimal text. Spreadsheets count in binary: past fifteen digits they would change a
//! number without a word, so it is given to them as a text.

/// Up to here, a spreadsheet gives back what it was given.
const EXACT: u64 = 1_000_000_000_000_000;

/// Whether a spreadsheet holds all the digits of a number, or of a number of hundredths.
pub(super) fn exact(nombre: i64) -> bool {
    nombre.unsigned_abs() < EXACT
}

/// Hundredths as a decimal number: `-12,05` for -1 205. `virgule`: the decimal sign.
pub(in crate::echanges) fn centiemes(nombre: i64, virgule: char) -> String {
    decimales(nombre, 2, virgule)
}

/// Hundredths of a per cent as a fraction: `0.4550` for 4 550.
pub(super) fn fraction(nombre: i64) -> String {
    decimales(nombre, 4, '.')
}

fn decimales(nombre: i64, decimales: usize, virgule: char) -> String {
    let signe = if nombre < 0 { "-" } else { "" };
    let chiffres = format!("{:0>1$}", nombre.unsigned_abs(), decimales + 1);
    let (entiere, reste) = chiffres.split_at(chiffres.len() - decimales);
    format!("{signe}{entiere}{virgule}{reste}")
}

/// The number of a decimal text, as a spreadsheet keeps it: the nearest it has.
pub(in crate::echanges) fn du_tableur(decimal: &str) -> f64 {
    decimal.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hundredths_are_written_with_their_sign_and_zeros() {
        for (nombre, ecrit) in [(0, "0,00"), (7, "0,07"), (-5, "-0,05"), (-1_205, "-12,05")] {
            assert_eq!(centiemes(nombre, ','), ecrit);
        }
        assert_eq!(centiemes(i64::MIN, ','), "-92233720368547758,08");
        assert_eq!(fraction(4_550), "0.4550");
        assert_eq!(fraction(-1), "-0.0001");
    }

    proptest! {
        #[test]
        fn what_is_exact_comes_back_from_a_spreadsheet(
            nombre in any::<i64>().prop_map(|n| n % EXACT.cast_signed()),
        ) {
            prop_assert!(exact(nombre));
            let rendu = format!("{:.2}", du_tableur(&centiemes(nombre, '.')));
            prop_assert_eq!(rendu, centiemes(nombre, '.'));
        }
    }
}
