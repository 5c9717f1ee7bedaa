//! Frames, as versioned data: which tabs, which labels, which columns. A new year is a new file.

mod lecture;

use crate::metier::budget::lignes::{Bloc, Cle, Lieu};
use crate::regles::problem::Problem;
use crate::regles::yaml;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A frame of some years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadre {
    /// Its name, that of its file: `eprd-complet-2026`.
    pub nom: String,
    /// `EPRD_COMPLET`, `ERRD_COMPLET`…
    pub cadre: String,
    pub titre: String,
    /// After what it was written.
    pub source: String,
    /// First and last exercises; none: not bounded.
    pub debut: i32,
    pub fin: Option<i32>,
    /// Words that the page de garde holds, one at least.
    pub marques: Vec<String>,
    pub feuilles: Vec<Modele>,
}

/// What a tab is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Genre {
    LisezMoi,
    Garde,
    Crp,
    Tper,
    Activite,
    Caf,
    Tfp,
    Bilan,
    Pgfp,
    Notifications,
    Engagements,
    Trajectoire,
    Complements,
}

impl Genre {
    const NOMS: [(&str, Self); 13] = [
        ("lisez_moi", Self::LisezMoi),
        ("garde", Self::Garde),
        ("crp", Self::Crp),
        ("tper", Self::Tper),
        ("activite", Self::Activite),
        ("caf", Self::Caf),
        ("tfp", Self::Tfp),
        ("bilan", Self::Bilan),
        ("pgfp", Self::Pgfp),
        ("notifications", Self::Notifications),
        ("engagements", Self::Engagements),
        ("trajectoire", Self::Trajectoire),
        ("complements", Self::Complements),
    ];
}

/// A kind of tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modele {
    pub genre: Genre,
    /// How its name begins; the first is the one written.
    pub onglets: Vec<String>,
    /// Not part of every workbook: not told when it is absent.
    pub facultatif: bool,
    pub tableaux: Vec<Tableau>,
}

impl Modele {
    /// Whether there is one tab for each establishment.
    pub fn par_esms(&self) -> bool {
        let mut postes = self.tableaux.iter().flat_map(|t| &t.lignes);
        postes.any(|poste| poste.cible == Cible::Role(Role::FinessEt))
    }

    /// Every label of this kind of tab.
    pub fn libelles(&self) -> impl Iterator<Item = &str> {
        let tableaux = self.tableaux.iter();
        let libelles = tableaux.flat_map(|tableau| {
            let postes = tableau.lignes.iter().map(|p| &p.libelles);
            let valeurs = tableau.valeurs.iter().map(|v| &v.libelles);
            let noms = tableau.colonnes.iter().map(|(_, libelles)| libelles);
            postes
                .chain(valeurs)
                .chain(noms)
                .chain([&tableau.titre])
                .flatten()
        });
        libelles.map(String::as_str)
    }
}

/// How a table is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forme {
    /// Labels anywhere, each value on the right of its label.
    Fiche,
    /// One line for each label.
    Lignes,
    /// One line for each account, and totals by their labels.
    Comptes,
    /// One line for each establishment, by its FINESS.
    Liste,
    /// One line for each figure, its code said.
    Longue,
}

/// A table of a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tableau {
    /// How sentences name it.
    pub nom: String,
    /// What stands above it, when the tab has several.
    pub titre: Vec<String>,
    pub forme: Forme,
    pub facultatif: bool,
    /// Written on the right of the table before, not below.
    pub a_droite: bool,
    /// Headings of the columns that name things: `compte`, `libelle`, `finess`…
    pub colonnes: Vec<(String, Vec<String>)>,
    /// Columns of values, in the order they are written.
    pub valeurs: Vec<Colonne>,
    pub lignes: Vec<Poste>,
    /// Accounts that the frame has lines for.
    pub comptes: Vec<String>,
}

impl Tableau {
    /// The headings of a column that names things.
    pub fn titres_de(&self, role: &str) -> Option<&[String]> {
        let trouve = self.colonnes.iter().find(|(nom, _)| nom == role);
        trouve.map(|(_, titres)| titres.as_slice())
    }
}

/// Which year a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annee {
    /// So many years from the exercise.
    Ecart(i32),
    /// The one that heads the column.
    Lue,
}

/// A column of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colonne {
    pub libelles: Vec<String>,
    pub annee: Annee,
    /// For accounts only.
    pub bloc: Option<Bloc>,
    pub facultatif: bool,
}

/// What is read beside a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poste {
    pub libelles: Vec<String>,
    pub cible: Cible,
    pub facultatif: bool,
}

impl Poste {
    /// How sentences name it, and how it is written.
    pub fn dit(&self) -> &str {
        self.libelles.first().map_or("", String::as_str)
    }

    /// The line that it is, of an establishment and a year. None: it names the document.
    pub fn cle(&self, lieu: Lieu, annee: i32) -> Option<Cle> {
        match &self.cible {
            Cible::Role(_) => None,
            Cible::Ligne {
                bloc,
                code,
                annee: ecart,
                ..
            } => Some(Cle {
                bloc: *bloc,
                lieu,
                annee: annee + ecart,
                code: code.clone(),
            }),
        }
    }
}

/// Where what is read goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cible {
    Role(Role),
    Ligne {
        bloc: Bloc,
        code: String,
        unite: Unite,
        /// Years from the exercise.
        annee: i32,
        /// The words of a closed list, and how the frame writes each.
        mots: BTreeMap<String, Vec<String>>,
    },
}

/// What names the document or its tab, and is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Exercice,
    FinessEj,
    FinessEt,
    /// The short name of an establishment.
    Esms,
}

impl Role {
    const NOMS: [(&str, Self); 4] = [
        ("exercice", Self::Exercice),
        ("finess_ej", Self::FinessEj),
        ("finess_et", Self::FinessEt),
        ("esms", Self::Esms),
    ];
}

/// How a value is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unite {
    /// `EUR`, `date`, `ETP`…
    Dite(String),
    /// A quantity, its unit in the column of units.
    Lue,
}

impl Cadre {
    /// Reads a description.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the file.
    pub fn lire(texte: &[u8]) -> Result<Self, Vec<Problem>> {
        let racine = yaml::parse(texte).map_err(|faute| vec![faute])?;
        lecture::cadre(&racine)
    }

    pub fn vaut(&self, exercice: i32) -> bool {
        self.debut <= exercice && self.fin.is_none_or(|fin| exercice <= fin)
    }

    pub fn modele(&self, genre: Genre) -> Option<&Modele> {
        self.feuilles.iter().find(|modele| modele.genre == genre)
    }
}

/// Files shipped, by name: the latest of a frame first.
const TEXTES: [(&str, &str); 3] = [
    (
        "eprd-complet-2026",
        include_str!("../../../../referentiels/cadres/eprd-complet-2026.yaml"),
    ),
    (
        "eprd-complet-2020",
        include_str!("../../../../referentiels/cadres/eprd-complet-2020.yaml"),
    ),
    (
        "errd-complet-2026",
        include_str!("../../../../referentiels/cadres/errd-complet-2026.yaml"),
    ),
];

/// The frames shipped.
pub static CADRES: LazyLock<Vec<Cadre>> = LazyLock::new(|| {
    let lus = TEXTES
        .iter()
        .map(|(_, texte)| Cadre::lire(texte.as_bytes()));
    // The tests read each of them.
    lus.filter_map(Result::ok).collect()
});

/// A frame shipped, by the name of its file.
pub fn cadre(nom: &str) -> Option<&'static Cadre> {
    CADRES.iter().find(|cadre| cadre.nom == nom)
}

/// The frame to write for an exercise.
pub fn pour(cadre: &str, exercice: i32) -> Option<&'static Cadre> {
    CADRES.iter().find(|c| c.cadre == cadre && c.vaut(exercice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_frame_shipped_is_well_formed() {
        for (nom, texte) in TEXTES {
            let lu = Cadre::lire(texte.as_bytes()).unwrap_or_else(|f| panic!("{nom} : {f:?}"));
            assert_eq!(lu.nom, nom);
            assert!(lu.modele(Genre::Garde).is_some(), "{nom}");
            assert!(lu.modele(Genre::Crp).is_some_and(Modele::par_esms), "{nom}");
        }
        assert_eq!(CADRES.len(), TEXTES.len());
    }

    #[test]
    fn a_frame_is_chosen_by_its_year() {
        let nom = |annee| pour("EPRD_COMPLET", annee).map(|c| c.nom.as_str());
        assert_eq!(nom(2026), Some("eprd-complet-2026"));
        assert_eq!(nom(2023), Some("eprd-complet-2020"));
        assert_eq!(nom(2016), None);
        assert_eq!(pour("DM", 2026), None);
    }

    #[test]
    fn what_is_wrong_in_a_description_is_told_by_its_line() {
        let texte = TEXTES[0].1;
        for (juste, faux, dit) in [
            ("genre: garde", "genre: gardes", "garde"),
            ("forme: fiche", "forme: fichee", "fiche"),
            ("bloc: IDENT", "bloc: IDEN", "IDEN"),
            ("unite: texte, ", "", "unite"),
            ("debut: 2024", "debut: deux", "année"),
            (
                "onglets: [\"Page de garde\", \"Garde\"]",
                "onglets: []",
                "onglets",
            ),
            ("role: exercice", "role: annee", "exercice"),
            ("annee: lue", "annee: vue", "annee"),
            ("compte: [", "comte: [", "comte"),
        ] {
            let gate = texte.replacen(juste, faux, 1);
            assert_ne!(gate, texte, "{juste}");
            let fautes = Cadre::lire(gate.as_bytes()).unwrap_err();
            assert!(
                fautes.iter().any(|f| f.message.contains(dit)),
                "{faux} : {fautes:?}"
            );
            assert!(fautes.iter().all(|f| f.place.line > 0), "{fautes:?}");
        }
    }
}
