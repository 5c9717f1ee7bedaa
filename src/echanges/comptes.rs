//! Key figures of the accounts as agencies get them from DIAMANT: ERRD, and comptes administratifs
//! (CA_PH, CA_PA) of those that had none. One line for each establishment and year, rates as
//! fractions. Columns without a code of ours (amounts by group) are told as not read.

use super::grille::Grille;
use super::releves::{self, Annee, Colonne, Ecriture, Export, Plan};
use crate::metier::contrat::diagnostic::Source;

/// The titles that are read, and our codes for them. Those of several accounts may tell the same
/// figure: a line fills in one of them.
const COLONNES: [Colonne; 17] = [
    Colonne::de(Source::Errd, "MS Résultat net comptable ERRD", "TDB-3.12"),
    Colonne::de(Source::Ca, "MS Résultat net comptable CA PH", "TDB-3.12"),
    Colonne::de(Source::Ca, "MS Résultat net comptable CA PA", "TDB-3.12"),
    Colonne::de(Source::Errd, "Taux de CAF ERRD", "TDB-3.03"),
    Colonne::de(Source::Ca, "Taux de CAF CA PH", "TDB-3.03"),
    Colonne::de(Source::Errd, "Taux vétusté Construction ERRD", "TDB-3.04"),
    Colonne::de(Source::Ca, "Taux vétusté Construction CA", "TDB-3.04"),
    Colonne::nombre(
        "655 Quotes-parts de résultat sur opérations faites en commun",
        "TDB-3.13",
    ),
    Colonne::de(Source::Errd, "Nombre ETP total réalisé ERRD", "TDB-2.13"),
    Colonne::de(Source::Ca, "Nombre ETP total réalisé CA", "TDB-2.13"),
    Colonne::nombre(
        "Taux d'occupation des places autorisées en hébergement permanent",
        "TDB-1.12",
    ),
    Colonne::nombre(
        "Taux d'occupation des lits autorisés en hébergement temporaire",
        "TDB-1.13",
    ),
    Colonne::nombre(
        "Taux d'occupation des lits autorisés en accueil de jour",
        "TDB-1.14",
    ),
    Colonne::nombre("Taux d'occupation Internat Autres ESMS", "TDB-1.15"),
    Colonne::nombre("Taux d'occupation Semi-internat Autres ESMS", "TDB-1.16"),
    Colonne::nombre("Taux d'occupation Externat Autres ESMS", "TDB-1.17"),
    Colonne::nombre("Taux d'occupation Autre 1, 2 et 3 Autres ESMS", "TDB-1.19"),
];

/// How a file is read whose lines tell an account by their columns; those that tell none are of
/// `source`.
const fn plan(source: Source) -> Plan {
    Plan {
        finess: "Finess",
        annee: Annee::Colonne("Année"),
        colonnes: &COLONNES,
        familles: &[],
        attendu: "l'export des ERRD ou des comptes administratifs, tel que DIAMANT le donne",
        ecriture: Ecriture::Fraction,
        source,
    }
}

/// Reads an export. `source`: the account of lines that fill in no column of one.
///
/// # Errors
/// One French sentence: a file that is not a csv.
pub fn lire(octets: &[u8], source: Source) -> Result<Export, String> {
    let grille = Grille::lire(octets)?;
    if matches!(grille, Grille::Cellules(_)) {
        return Err(releves::CLASSEUR.to_owned());
    }
    releves::lire(&grille, &plan(source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::echanges::faute::Faute;
    use crate::metier::referentiels::indicateurs;

    fn lu(texte: &str) -> Export {
        lire(texte.as_bytes(), Source::Ca).unwrap()
    }

    fn montres(export: &Export) -> Vec<(&str, String)> {
        let releves = export.releves.iter();
        releves
            .map(|r| (r.indicateur.as_str(), r.valeur.to_string()))
            .collect()
    }

    #[test]
    fn every_title_is_that_of_an_indicator() {
        for Colonne { titre, code, .. } in COLONNES {
            assert!(indicateurs::par_code(code).is_some(), "{code}");
            let memes = COLONNES.iter().filter(|c| c.titre == titre);
            assert_eq!(memes.count(), 1, "{titre}");
        }
    }

    #[test]
    fn the_accounts_that_an_establishment_has_are_read() {
        let export = lu(
            "Finess EJ;Finess;Année;MS Résultat net comptable ERRD;MS Résultat net comptable CA PH;\
             Taux de CAF CA PH;Dépenses Groupe I CA\n\
             990000010;990001018;2023;-1234.56;;;\n\
             990000010;2A0000204;2023;;1000;.0425;250000\n",
        );
        assert!(export.fautes.aucune(), "{:?}", export.fautes);
        assert_eq!(export.ignores, ["Finess EJ", "Dépenses Groupe I CA"]);
        let texte = |texte: &str| texte.to_owned();
        let attendus = [
            ("TDB-3.12", texte("1000")),
            ("TDB-3.03", texte("4,25")),
            ("TDB-3.12", texte("-1234,56")),
        ];
        assert_eq!(montres(&export), attendus);
    }

    #[test]
    fn two_accounts_that_tell_a_figure_otherwise_are_refused() {
        let titres = "Finess;Année;MS Résultat net comptable CA PH;MS Résultat net comptable CA PA";
        let export = lu(&format!(
            "{titres}\n990001018;2023;5;5.0\n990001018;2024;5;6\n"
        ));
        assert_eq!(montres(&export), [("TDB-3.12", "5".to_owned())]);
        let dites: Vec<String> = export.fautes.dites.iter().map(Faute::to_string).collect();
        assert_eq!(
            dites,
            [
                "Ligne 3, colonne 4 : attendu la valeur de la colonne 3, qui dit le même chiffre ; \
              trouvé « 6 ». Videz l'une des deux."
            ]
        );
    }
}
