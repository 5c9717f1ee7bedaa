//! A large contract, as a story.

use std::fmt::Write as _;

/// Its establishments.
pub const ESMS: usize = 60;
const THEMES: [&str; 9] = ["D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10"];

/// A FINESS number: its last digit is the key of the others.
pub fn finess(rang: usize) -> String {
    let debut = format!("9900{:04}", 3_000 + rang);
    let somme: u32 = debut
        .chars()
        .rev()
        .enumerate()
        .map(|(place, c)| {
            let chiffre = c.to_digit(10).unwrap() * if place % 2 == 0 { 2 } else { 1 };
            chiffre / 10 + chiffre % 10
        })
        .sum();
    format!("{debut}{}", (10 - somme % 10) % 10)
}

/// The diagnosis of many establishments, each written so many times.
pub fn grand(tours: usize) -> String {
    let mut recit = String::from(
        r#"titre: CPOM de soixante établissements
workflow: cpom-ph
alias: { cd: "departement:99" }
personnes:
  claire: { nom: Claire Moreau, partie: gestionnaire, role: validation }
  karim: { nom: Karim Belhadj, partie: ars, role: validation }
  sophie: { nom: Sophie Lambert, partie: "@cd", role: validation }
etapes:
  - { le: 2022-07-21, par: karim, saisit: { quoi: organisation, partie: ars, organisation:
      { nom: ARS Val-Médian, siren: "999000003" } } }
  - { par: karim, saisit: { quoi: organisation, partie: gestionnaire, organisation:
      { nom: Les Rives Claires, ej: "990001018" } } }
"#,
    );
    for rang in 0..ESMS {
        let (numero, autorite) = (
            finess(rang),
            if rang % 2 == 0 {
                "ars: oui"
            } else {
                r#"departement: "99""#
            },
        );
        writeln!(
            recit,
            "  - {{ par: karim, pour: \"{numero}\", entre: {{ esms: Établissement {rang}, \
             categorie: \"182\", places: 45, tarif: dotation_globale, ej: \"990001018\", \
             {autorite} }} }}"
        )
        .unwrap();
    }
    recit.push_str(
        r#"  - { par: sophie, saisit: { quoi: organisation, partie: "@cd", organisation:
      { nom: Département de la Haute-Vesle, siren: "999000011" } } }
  - { par: karim, fait: contrat.annee_programmee, vaut: 2024, preuve: Arrêté conjoint }
  - { le: 2024-01-10, par: karim, saisit: { quoi: referent, personne: karim } }
  - { par: claire, saisit: { quoi: referent, personne: claire } }
  - { par: sophie, saisit: { quoi: referent, personne: sophie } }
  - { par: karim, acte: lancer, ou: programme, avec: { lettre: Lettre, calendrier: Calendrier } }
  - { par: claire, acte: accepter_calendrier, ou: lance, avec: { mandat: Délibération } }
"#,
    );
    let tous: Vec<String> = (0..ESMS)
        .map(|rang| format!("\"{}\"", finess(rang)))
        .collect();
    let tous = tous.join(", ");
    for tour in 0..tours {
        let theme = THEMES[tour % THEMES.len()];
        writeln!(
            recit,
            "  - {{ par: claire, pour: [{tous}], saisit: {{ quoi: theme, esms: \"{{}}\", \
             theme: {theme}, texte: \"Ce qui se voit, version {tour}.\" }} }}"
        )
        .unwrap();
    }
    recit
}
