//! Figures as the French write them. Rounded only here: thresholds are compared before.

use super::lignes::Exact;
use chrono::NaiveDate;

/// Between groups of three digits, and before a unit: nothing breaks there.
const FINE: char = '\u{202f}';
const INSECABLE: char = '\u{a0}';

/// « 1 234 567 »: by three, from the right.
fn groupes(chiffres: &str) -> String {
    let mut dit = String::new();
    for (rang, chiffre) in chiffres.chars().enumerate() {
        if rang > 0 && (chiffres.len() - rang).is_multiple_of(3) {
            dit.push(FINE);
        }
        dit.push(chiffre);
    }
    dit
}

/// « −1 234,56 »; whole euros are written without cents.
pub fn euros(centimes: i64) -> String {
    let signe = if centimes < 0 { "−" } else { "" };
    let (entiers, reste) = (centimes.unsigned_abs() / 100, centimes.unsigned_abs() % 100);
    let entiers = groupes(&entiers.to_string());
    if reste == 0 {
        return format!("{signe}{entiers}");
    }
    format!("{signe}{entiers},{reste:02}")
}

/// Rounded to so many decimals, halves away from zero; « 95,00 ».
pub fn decimal(nombre: Exact, decimales: u32) -> String {
    let dix = 10_i128.pow(decimales);
    let arrondi = (nombre * Exact::from(dix)).round().to_integer();
    let signe = if arrondi < 0 { "−" } else { "" };
    let (entiers, reste) = (arrondi.abs() / dix, arrondi.abs() % dix);
    let entiers = groupes(&entiers.to_string());
    if decimales == 0 {
        return format!("{signe}{entiers}");
    }
    format!(
        "{signe}{entiers},{reste:0largeur$}",
        largeur = decimales as usize
    )
}

/// With two decimals, or as many as it takes not to say that it has none.
pub fn quantite(nombre: Exact) -> String {
    if nombre.is_integer() {
        return decimal(nombre, 0);
    }
    let un = decimal(nombre, 1);
    if nombre * Exact::from(10) == (nombre * Exact::from(10)).round() {
        return un;
    }
    decimal(nombre, 2)
}

pub fn jour(jour: NaiveDate) -> String {
    jour.format("%d/%m/%Y").to_string()
}

/// A sentence whose `{names}` are replaced by what was found; amounts and percentages keep to their
/// unit, signs to their word.
pub fn message(gabarit: &str, valeurs: &[(&'static str, String)]) -> String {
    let mut dit = String::new();
    let mut reste = gabarit;
    while let Some((avant, suite)) = reste.split_once('{') {
        dit.push_str(avant);
        let Some((nom, apres)) = suite.split_once('}') else {
            reste = suite;
            break;
        };
        let valeur = valeurs.iter().find(|(connu, _)| *connu == nom);
        dit.push_str(valeur.map_or("…", |(_, valeur)| valeur.as_str()));
        reste = apres;
    }
    dit.push_str(reste);
    for unite in ["€", "%"] {
        dit = dit.replace(&format!(" {unite}"), &format!("{INSECABLE}{unite}"));
    }
    dit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_the_french_do() {
        for (centimes, dit) in [
            (0, "0"),
            (4_000_000, "40 000"),
            (-123_456_789, "−1 234 567,89"),
            (5, "0,05"),
            (99_999, "999,99"),
            (100_000, "1 000"),
        ] {
            assert_eq!(euros(centimes).replace(FINE, " "), dit);
        }
        for (haut, bas, dit) in [
            (1, 3, "0,33"),
            (-2, 3, "−0,67"),
            (1, 200, "0,01"),
            (95, 1, "95,00"),
        ] {
            assert_eq!(decimal(Exact::new(haut, bas), 2), dit);
        }
        for (haut, bas, dit) in [(60, 1, "60"), (29, 2, "14,5"), (4, 3, "1,33")] {
            assert_eq!(quantite(Exact::new(haut, bas)), dit);
        }
    }

    #[test]
    fn a_sentence_is_filled_in() {
        let valeurs = [("esms", "IME".to_owned()), ("ecart", "40".to_owned())];
        let dit = message("{esms} : écart {ecart} € ({autre}).", &valeurs);
        assert_eq!(dit, "IME : écart 40\u{a0}€ (…).");
        assert_eq!(message("{esms", &valeurs), "esms");
    }
}
