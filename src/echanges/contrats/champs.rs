//! The sheets and their columns: what the reader looks for and what the empty workbook shows.

use crate::metier::contrat::perimetre::Tarification;
use crate::metier::contrat::saisie::Nature;

/// What a column holds, for whoever fills it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    Texte,
    Date,
    Montant,
    Entier,
    Modele,
    Tarification,
    Nature,
    /// One column per year: « Cible 2027 ».
    Cible,
}

/// A column.
#[derive(Debug)]
pub struct Champ {
    /// As the empty workbook writes it.
    pub titre: &'static str,
    /// Other ways to write it, without accents nor capitals.
    pub aussi: &'static [&'static str],
    /// The column must be there; its cells may still be empty where that is said.
    pub requis: bool,
    pub genre: Genre,
    /// What to write in it.
    pub aide: &'static str,
}

/// What the lines of a sheet are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sujet {
    Contrats,
    Esms,
    Objectifs,
    Moyens,
}

/// A sheet.
#[derive(Debug)]
pub struct Plan {
    pub sujet: Sujet,
    pub nom: &'static str,
    /// The sheet must be there.
    pub requise: bool,
    pub champs: &'static [Champ],
}

const fn champ(
    titre: &'static str,
    genre: Genre,
    requis: bool,
    aussi: &'static [&'static str],
    aide: &'static str,
) -> Champ {
    Champ {
        titre,
        aussi,
        requis,
        genre,
        aide,
    }
}

const REFERENCE: Champ = champ(
    "Référence",
    Genre::Texte,
    true,
    &["ref", "contrat", "reference du contrat"],
    "La même sur toutes les feuilles : lettres sans accent, chiffres, « - », « _ » et « . ».",
);

const CONTRATS: Plan = Plan {
    sujet: Sujet::Contrats,
    nom: "Contrats",
    requise: true,
    champs: &[
        REFERENCE,
        champ(
            "Modèle",
            Genre::Modele,
            true,
            &["workflow", "circuit", "modele de circuit"],
            "Le circuit du contrat, à choisir dans la liste.",
        ),
        champ(
            "Gestionnaire",
            Genre::Texte,
            true,
            &["organisme gestionnaire", "nom du gestionnaire"],
            "Le nom de l'organisme gestionnaire.",
        ),
        champ(
            "FINESS EJ",
            Genre::Texte,
            true,
            &["ej", "finess juridique", "n finess ej", "entite juridique"],
            "Le numéro FINESS de l'entité juridique : 9 caractères.",
        ),
        champ(
            "Départements",
            Genre::Texte,
            true,
            &["departement"],
            "Les codes des Départements signataires : 99, ou 98 ; 99. Vide si l'ARS signe seule.",
        ),
        champ(
            "Signé le",
            Genre::Date,
            true,
            &["date de signature", "signature"],
            "Le jour de la signature : 16/12/2024.",
        ),
        champ(
            "Date d'effet",
            Genre::Date,
            true,
            &["effet", "prise d effet"],
            "Le premier jour du contrat.",
        ),
        champ(
            "Terme",
            Genre::Date,
            true,
            &["date de fin", "fin", "echeance"],
            "Le dernier jour du contrat.",
        ),
        champ(
            "Empreinte SHA-256",
            Genre::Texte,
            true,
            &["empreinte", "sha 256", "sha256"],
            "Celle du document signé (PDF) : 64 chiffres hexadécimaux (sha256sum, certutil).",
        ),
    ],
};

const ESMS: Plan = Plan {
    sujet: Sujet::Esms,
    nom: "ESMS",
    requise: true,
    champs: &[
        REFERENCE,
        champ(
            "FINESS ET",
            Genre::Texte,
            true,
            &["et", "finess geographique", "n finess et", "finess"],
            "Le numéro FINESS de l'établissement : 9 caractères, en texte pour garder les zéros.",
        ),
        champ(
            "Nom",
            Genre::Texte,
            true,
            &["esms", "raison sociale"],
            "Le nom de l'ESMS.",
        ),
        champ(
            "Catégorie",
            Genre::Texte,
            true,
            &["code categorie", "categorie finess"],
            "Le code de catégorie FINESS : 3 chiffres. Vide si vous l'ignorez.",
        ),
        champ(
            "Capacité",
            Genre::Entier,
            true,
            &["places", "capacite autorisee"],
            "Le nombre de places autorisées. Vide si vous l'ignorez.",
        ),
        champ(
            "Autorité",
            Genre::Texte,
            true,
            &["autorites", "competence"],
            "« ARS », « Département 99 » ou « Conjointe 99 ».",
        ),
        champ(
            "Tarification",
            Genre::Tarification,
            true,
            &["mode de tarification"],
            "À choisir dans la liste. Vide si vous l'ignorez.",
        ),
        champ(
            "FINESS EJ",
            Genre::Texte,
            false,
            &["ej", "finess juridique", "n finess ej"],
            "S'il diffère de celui du contrat.",
        ),
    ],
};

const OBJECTIFS: Plan = Plan {
    sujet: Sujet::Objectifs,
    nom: "Objectifs",
    requise: false,
    champs: &[
        REFERENCE,
        champ(
            "Code",
            Genre::Texte,
            true,
            &["objectif", "code de l objectif", "n"],
            "Le code de l'objectif dans le contrat : OS-1.",
        ),
        champ(
            "Intitulé",
            Genre::Texte,
            true,
            &["libelle"],
            "L'intitulé de l'objectif.",
        ),
        champ(
            "ESMS",
            Genre::Texte,
            true,
            &["etablissements", "finess et"],
            "Les numéros FINESS ET visés, séparés par « ; », ou « tous ».",
        ),
        champ(
            "Financeurs",
            Genre::Texte,
            true,
            &["financeur"],
            "« ARS », « Département 99 », séparés par « ; ». Vide s'il n'est pas financé.",
        ),
        champ(
            "Indicateur",
            Genre::Texte,
            true,
            &["definition", "definition de l indicateur"],
            "Ce qui est mesuré. Vide, avec la suite, si l'objectif n'a pas d'indicateur.",
        ),
        champ(
            "Unité",
            Genre::Texte,
            true,
            &["unite de mesure"],
            "« % des sorties », « € », « places »… Elle dit comment lire le départ et les cibles.",
        ),
        champ(
            "Départ",
            Genre::Texte,
            true,
            &["valeur de depart", "base"],
            "La valeur de départ : 45 %, 12, 1 500,00.",
        ),
        champ(
            "Cible",
            Genre::Cible,
            false,
            &["objectif", "valeur cible"],
            "Une colonne par année : « Cible 2027 ».",
        ),
    ],
};

const MOYENS: Plan = Plan {
    sujet: Sujet::Moyens,
    nom: "Moyens",
    requise: false,
    champs: &[
        REFERENCE,
        champ(
            "Financeur",
            Genre::Texte,
            true,
            &["autorite"],
            "« ARS » ou « Département 99 ».",
        ),
        champ(
            "Ligne",
            Genre::Texte,
            true,
            &["code", "n de ligne"],
            "Ce qui désigne la ligne dans l'annexe financière : 1, 2, A1.",
        ),
        champ(
            "ESMS",
            Genre::Texte,
            true,
            &["finess et"],
            "Le numéro FINESS ET ; vide si la ligne est commune à plusieurs ESMS.",
        ),
        champ(
            "Exercice",
            Genre::Entier,
            true,
            &["annee"],
            "L'année : 2025.",
        ),
        champ(
            "Nature",
            Genre::Nature,
            true,
            &[],
            "À choisir dans la liste.",
        ),
        champ(
            "Montant",
            Genre::Montant,
            true,
            &["montant en euros", "euros"],
            "En euros et centimes : 780 000,00.",
        ),
        champ(
            "Objectif",
            Genre::Texte,
            false,
            &["code objectif"],
            "Le code de l'objectif servi ; vide s'il est général.",
        ),
    ],
};

/// In the order of the workbook.
pub const PLANS: [&Plan; 4] = [&CONTRATS, &ESMS, &OBJECTIFS, &MOYENS];

pub const TARIFICATIONS: [(&str, Tarification); 6] = [
    ("Dotation globale", Tarification::DotationGlobale),
    ("Prix de journée", Tarification::PrixDeJournee),
    (
        "Prix de journée globalisé",
        Tarification::PrixDeJourneeGlobalise,
    ),
    ("Forfaits", Tarification::Forfaits),
    ("Tarif horaire", Tarification::TarifHoraire),
    ("SERAFIN-PH", Tarification::SerafinPh),
];

pub const NATURES: [(&str, Nature); 4] = [
    ("Reconductible", Nature::Reconductible),
    ("Non reconductible", Nature::NonReconductible),
    ("Investissement", Nature::Investissement),
    ("Réserves", Nature::Reserves),
];

/// A word as it is compared: without accents, capitals nor punctuation.
pub fn simple(texte: &str) -> String {
    let mut simple = String::with_capacity(texte.len());
    for c in texte.chars().flat_map(char::to_lowercase) {
        match sans_accent(c) {
            Some(lettres) => simple.push_str(lettres),
            None if c.is_ascii_alphanumeric() => simple.push(c),
            None if simple.ends_with(' ') || simple.is_empty() => {}
            None => simple.push(' '),
        }
    }
    simple.truncate(simple.trim_end().len());
    simple
}

fn sans_accent(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'â' | 'ä' | 'á' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'î' | 'ï' | 'í' => "i",
        'ô' | 'ö' | 'ó' => "o",
        'ù' | 'û' | 'ü' | 'ú' => "u",
        'ç' => "c",
        'œ' => "oe",
        // Letters followed by their accent, as some systems write them.
        '\u{300}' | '\u{301}' | '\u{302}' | '\u{308}' | '\u{327}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn words_are_compared_without_accents_nor_capitals() {
        for texte in ["Date d'effet", " DATE  D’EFFET ", "date d’éffet"] {
            assert_eq!(simple(texte), "date d effet", "{texte}");
        }
        assert_eq!(simple("Re\u{301}fe\u{301}rence"), "reference");
        assert_eq!(simple("N° FINESS ET"), "n finess et");
    }

    #[test]
    fn no_two_columns_of_a_sheet_read_alike() {
        for plan in PLANS {
            let mut vus = BTreeSet::new();
            for champ in plan.champs.iter().filter(|c| c.genre != Genre::Cible) {
                let noms = std::iter::once(simple(champ.titre));
                for nom in noms.chain(champ.aussi.iter().map(|n| (*n).to_owned())) {
                    assert_eq!(simple(&nom), nom, "{}", plan.nom);
                    assert!(vus.insert(nom), "{} : {}", plan.nom, champ.titre);
                }
            }
        }
    }
}
