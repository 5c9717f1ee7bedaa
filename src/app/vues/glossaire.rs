//! The words of the trade, each with where it comes from.

use serde::Serialize;

/// A word, as the page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Terme {
    /// Its anchor.
    pub cle: &'static str,
    pub mot: &'static str,
    /// What an acronym stands for; empty: it is a word.
    pub long: &'static str,
    pub sens: &'static str,
    pub source: &'static str,
}

const fn terme(
    cle: &'static str,
    [mot, long]: [&'static str; 2],
    sens: &'static str,
    source: &'static str,
) -> Terme {
    Terme {
        cle,
        mot,
        long,
        sens,
        source,
    }
}

const ICI: &str = "vocabulaire d’Entente";

/// In the order of the alphabet.
pub const GLOSSAIRE: [Terme; 22] = [
    terme(
        "accord",
        ["Accord", ""],
        "Ce qu’une partie donne sur un texte exact, désigné par son empreinte. Si le texte \
         change, l’accord tombe et doit être redonné.",
        ICI,
    ),
    terme(
        "ars",
        ["ARS", "Agence régionale de santé"],
        "Autorité de l’État qui autorise, tarifie et contractualise avec les établissements \
         médico-sociaux financés par l’assurance maladie.",
        "CSP L. 1431-1",
    ),
    terme(
        "avenant",
        ["Avenant", ""],
        "Acte signé des parties qui modifie le contrat pendant qu’il court.",
        "CASF L. 313-11",
    ),
    terme(
        "casf",
        ["CASF", "Code de l’action sociale et des familles"],
        "Le code qui régit les établissements et services sociaux et médico-sociaux.",
        "CASF L. 312-1",
    ),
    terme(
        "cpom",
        ["CPOM", "Contrat pluriannuel d’objectifs et de moyens"],
        "Contrat de plusieurs années entre un gestionnaire, l’ARS et les départements \
         compétents : des objectifs, et les moyens qui vont avec.",
        "CASF L. 313-11, L. 313-12 et L. 313-12-2",
    ),
    terme(
        "departement",
        ["Département", ""],
        "Collectivité dont le conseil tarifie les établissements de sa compétence, seule ou avec \
         l’ARS.",
        "CASF L. 313-3",
    ),
    terme(
        "diagnostic",
        ["Diagnostic partagé", ""],
        "Les constats que les parties établissent ensemble avant de négocier. Un désaccord y est \
         gardé, jamais effacé.",
        ICI,
    ),
    terme(
        "empreinte",
        ["Empreinte", ""],
        "Suite de caractères calculée d’un texte : deux textes différents n’ont pas la même. Elle \
         dit sur quoi porte un accord.",
        "FIPS 180-4 (SHA-256)",
    ),
    terme(
        "eprd",
        ["EPRD", "État prévisionnel des recettes et des dépenses"],
        "Le budget annuel d’un gestionnaire sous CPOM, soumis à l’approbation des autorités.",
        "CASF R. 314-210 et suivants",
    ),
    terme(
        "errd",
        ["ERRD", "État réalisé des recettes et des dépenses"],
        "Le compte annuel qui répond à l’EPRD.",
        "CASF R. 314-232 et suivants",
    ),
    terme(
        "esms",
        ["ESMS", "Établissement ou service social ou médico-social"],
        "Ce qui entre dans le périmètre d’un contrat, désigné par son numéro FINESS.",
        "CASF L. 312-1",
    ),
    terme(
        "finess",
        [
            "FINESS",
            "Fichier national des établissements sanitaires et sociaux",
        ],
        "Numéro de neuf caractères : celui d’une entité juridique (EJ) ou d’un établissement (ET).",
        "arrêté relatif au répertoire FINESS (à confirmer)",
    ),
    terme(
        "gestionnaire",
        ["Gestionnaire", ""],
        "Personne morale, publique ou privée, qui gère des ESMS et signe le contrat.",
        "CASF L. 313-11",
    ),
    terme(
        "journal",
        ["Journal", ""],
        "La suite des faits d’un contrat. Rien n’y est effacé ; chaque ligne porte l’empreinte de \
         la précédente.",
        ICI,
    ),
    terme(
        "objectif",
        ["Objectif", ""],
        "Ce que les parties conviennent d’atteindre, avec un indicateur, un départ et des cibles \
         par exercice.",
        ICI,
    ),
    terme(
        "parcours",
        ["Parcours", ""],
        "Les étapes qu’un contrat peut suivre et qui peut faire quoi à chacune. Il est prouvé \
         avant de servir.",
        ICI,
    ),
    terme(
        "plume",
        ["Plume", ""],
        "Celui qui a la plume doit agir maintenant. Les autres attendent.",
        ICI,
    ),
    terme(
        "position",
        ["Position", ""],
        "Ce qu’une partie dit d’un constat ou d’un objectif : accord, accord avec réserve, \
         désaccord, ou rien encore.",
        ICI,
    ),
    terme(
        "ppi",
        ["PPI", "Plan pluriannuel d’investissement"],
        "Les investissements prévus et leur financement, soumis à approbation.",
        "CASF R. 314-20",
    ),
    terme(
        "silence",
        ["Silence", ""],
        "Quand une autorité ne répond pas dans le délai, la règle dit ce que cela vaut : accord, \
         refus, ou rien.",
        "CRPA L. 231-1 et L. 231-4",
    ),
    terme(
        "siren",
        [
            "SIREN",
            "Système d’identification du répertoire des entreprises",
        ],
        "Numéro de neuf chiffres d’une organisation. C’est par lui, ou par le FINESS EJ, qu’un \
         contrat connaît ses parties.",
        "code de commerce R. 123-221",
    ),
    terme(
        "terme",
        ["Terme", ""],
        "Le dernier jour du contrat. Son successeur se prépare 12, 9 puis 6 mois avant.",
        ICI,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::vues::francais::cherchable;

    #[test]
    fn words_are_in_order_and_each_has_its_anchor_and_its_source() {
        let mots: Vec<String> = GLOSSAIRE.iter().map(|t| cherchable(t.mot)).collect();
        assert!(mots.is_sorted(), "{mots:?}");
        let cles: std::collections::BTreeSet<&str> = GLOSSAIRE.iter().map(|t| t.cle).collect();
        assert_eq!(cles.len(), GLOSSAIRE.len());
        for terme in GLOSSAIRE {
            assert!(
                !terme.source.is_empty() && terme.sens.ends_with('.'),
                "{terme:?}"
            );
        }
    }
}
