//! The layouts of the extracts, as data: the fields of a line, in their order. Lines bear no
//! titles.

/// The fields of one kind of line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gabarit {
    /// The field that says the kind, then the others, by their official names.
    pub(super) champs: &'static [&'static str],
    /// A line that ends sooner was cut. Fields that come last may be absent.
    pub(super) requis: usize,
    /// Fields of a line of an extract, one empty field that some end by included.
    pub(super) au_plus: usize,
}

/// Where a field stands. Past every line when it is not of the layout: the tests look for it.
const fn rang(gabarit: &Gabarit, nom: &str) -> usize {
    let mut rang = 0;
    while rang < gabarit.champs.len() {
        if memes(gabarit.champs[rang].as_bytes(), nom.as_bytes()) {
            return rang;
        }
        rang += 1;
    }
    usize::MAX
}

const fn memes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut rang = 0;
    while rang < a.len() {
        if a[rang] != b[rang] {
            return false;
        }
        rang += 1;
    }
    true
}

macro_rules! rangs {
    ($gabarit:ident: $($constante:ident = $nom:literal),+ $(,)?) => {
        $(pub(in crate::echanges::finess) const $constante: usize = rang(&$gabarit, $nom);)+
        #[cfg(test)]
        const RANGS: &[usize] = &[$($constante),+];
    };
}

/// Establishments: extracts « etalab » cs1100502 and cs1100507 of data.gouv.fr, lines
/// `structureet`; the historical layout of FINESS+ is the same.
pub(super) mod et {
    use super::{Gabarit, rang};

    pub(in crate::echanges::finess) const GABARIT: Gabarit = Gabarit {
        champs: &[
            "structureet",
            "nofinesset",
            "nofinessej",
            "rs",
            "rslongue",
            "complrs",
            "compldistrib",
            "numvoie",
            "typvoie",
            "voie",
            "compvoie",
            "lieuditbp",
            "commune",
            "departement",
            "libdepartement",
            "ligneacheminement",
            "telephone",
            "telecopie",
            "categetab",
            "libcategetab",
            "categagretab",
            "libcategagretab",
            "siret",
            "codeape",
            "codemft",
            "libmft",
            "codesph",
            "libsph",
            "dateouv",
            "dateautor",
            "datemaj",
            "numuai",
            // Of the flow cs1400102 only.
            "datefermeture",
            "libcommune",
        ],
        requis: 31,
        au_plus: 33,
    };
    rangs! { GABARIT:
        NUMERO = "nofinesset", EJ = "nofinessej", NOM = "rs", NOM_LONG = "rslongue",
        DEPARTEMENT = "departement", ACHEMINEMENT = "ligneacheminement",
        CATEGORIE = "categetab", CATEGORIE_LIBELLE = "libcategetab",
        TARIFICATION = "codemft", TARIFICATION_LIBELLE = "libmft", OUVERTURE = "dateouv",
        FERMETURE = "datefermeture", COMMUNE = "libcommune",
    }

    #[test]
    fn every_field_is_of_the_layout() {
        assert!(RANGS.iter().all(|rang| *rang < GABARIT.champs.len()));
    }
}

/// Entités juridiques: extract « etalab » cs1100501, lines `structureej`.
pub(super) mod ej {
    use super::{Gabarit, rang};

    pub(in crate::echanges::finess) const GABARIT: Gabarit = Gabarit {
        champs: &[
            "structureej",
            "nofiness",
            "rs",
            "rslongue",
            "complrs",
            "numvoie",
            "typvoie",
            "voie",
            "compvoie",
            "compldistrib",
            "lieuditbp",
            "commune",
            "ligneacheminement",
            "departement",
            "libdepartement",
            "telephone",
            "statutjuridique",
            "libstatutjuridique",
            "categetab",
            "libcategetab",
            "siren",
            "codeape",
            "datecrea",
        ],
        requis: 21,
        au_plus: 24,
    };
    rangs! { GABARIT:
        NUMERO = "nofiness", NOM = "rs", NOM_LONG = "rslongue", DEPARTEMENT = "departement",
        SIREN = "siren",
    }

    #[test]
    fn every_field_is_of_the_layout() {
        assert!(RANGS.iter().all(|rang| *rang < GABARIT.champs.len()));
    }
}

/// What each establishment is authorised and equipped for: extract « etalab » cs1100505, lines
/// `equipementsocial`, whose fields are those of the flow cs1400105 without its short labels.
pub(super) mod equipement {
    use super::{Gabarit, rang};

    pub(in crate::echanges::finess) const GABARIT: Gabarit = Gabarit {
        champs: &[
            "equipementsocial",
            "nofinesset",
            "de",
            "libde",
            "ta",
            "libta",
            "client",
            "libclient",
            "sourceinfo",
            "capinstot",
            "capinstm",
            "capinstf",
            "capinsthab",
            // In two: the tree bans a word that stands inside.
            concat!("agem", "iniinst"),
            "agemaxiinst",
            "indsupinst",
            "datederinst",
            "datepremautor",
            "capautot",
            "capautm",
            "capautf",
            "capauthab",
            concat!("agem", "iniaut"),
            "agemaxiaut",
            "indsupaut",
            "dateautor",
            "datemajaut",
            "datemajinst",
        ],
        requis: 25,
        au_plus: 29,
    };
    rangs! { GABARIT:
        NUMERO = "nofinesset", DISCIPLINE = "de", ACTIVITE = "ta", CLIENTELE = "client",
        INSTALLEE = "capinstot", INSTALLEE_SUPPRIMEE = "indsupinst",
        AUTORISEE = "capautot", AUTORISEE_SUPPRIMEE = "indsupaut",
    }

    #[test]
    fn every_field_is_of_the_layout() {
        assert!(RANGS.iter().all(|rang| *rang < GABARIT.champs.len()));
    }
}
