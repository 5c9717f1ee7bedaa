//! What national registers publish of establishments: who they are, and their figures by year; and
//! how what is read differs from what is known.

use super::contrat::diagnostic::Source;
use super::finess::Finess;
use super::nombre::Nombre;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fmt;

/// An établissement (ET).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etablissement {
    pub finess: Finess,
    /// The entité juridique that runs it.
    pub ej: Finess,
    pub nom: String,
    /// FINESS category: 183. It may be none of our list.
    pub categorie: String,
    pub categorie_libelle: String,
    /// Code of the Département where it stands, which its number may not begin by: 2A, 971.
    pub departement: String,
    pub commune: String,
    /// Mode de fixation des tarifs, by its code.
    pub tarification: String,
    pub tarification_libelle: String,
    pub ouvert_le: Option<NaiveDate>,
    pub ferme_le: Option<NaiveDate>,
}

/// An entité juridique (EJ).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entite {
    pub finess: Finess,
    pub nom: String,
    /// Empty: not known.
    pub siren: String,
    pub departement: String,
}

/// The places of an establishment, all its equipments together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacite {
    pub finess: Finess,
    pub autorisee: u32,
    pub installee: u32,
}

/// What a figure says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valeur {
    /// In the unit of its indicator.
    Nombre(Nombre),
    /// A class: A, B, C, D.
    Mot(String),
}

impl Valeur {
    /// As [`fmt::Display`] wrote it.
    pub fn lue(texte: &str) -> Self {
        Nombre::du_texte(texte).map_or_else(|| Self::Mot(texte.to_owned()), Self::Nombre)
    }

    pub fn nombre(&self) -> Option<Nombre> {
        match self {
            Self::Nombre(nombre) => Some(*nombre),
            Self::Mot(_) => None,
        }
    }
}

impl fmt::Display for Valeur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nombre(nombre) => nombre.fmt(f),
            Self::Mot(mot) => f.write_str(mot),
        }
    }
}

/// A figure of an establishment, for one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chiffre {
    pub finess: Finess,
    /// Our code: `TDB-2.01`, `Q-HAS-2`.
    pub indicateur: String,
    pub annee: i32,
    pub valeur: Valeur,
    /// Numerator and denominator, where they were given.
    pub termes: Option<(Nombre, Nombre)>,
    /// What published it: of two accounts, the one that the line fills in.
    pub source: Source,
}

/// One row of a register: what tells it from the others, and what it says.
pub trait Fiche: PartialEq {
    type Cle: Ord;

    fn cle(&self) -> Self::Cle;

    /// Its name for people.
    fn nom(&self) -> String;

    /// What it says, in words, its key apart.
    fn champs(&self) -> Vec<(&'static str, String)>;
}

fn jour(jour: Option<NaiveDate>) -> String {
    jour.map_or_else(String::new, |jour| jour.to_string())
}

impl Fiche for Etablissement {
    type Cle = Finess;

    fn cle(&self) -> Finess {
        self.finess.clone()
    }

    fn nom(&self) -> String {
        format!("établissement {}", self.finess)
    }

    fn champs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("entité juridique", self.ej.to_string()),
            ("nom", self.nom.clone()),
            ("catégorie", self.categorie.clone()),
            ("libellé de catégorie", self.categorie_libelle.clone()),
            ("département", self.departement.clone()),
            ("commune", self.commune.clone()),
            ("tarification", self.tarification.clone()),
            ("libellé de tarification", self.tarification_libelle.clone()),
            ("ouverture", jour(self.ouvert_le)),
            ("fermeture", jour(self.ferme_le)),
        ]
    }
}

impl Fiche for Entite {
    type Cle = Finess;

    fn cle(&self) -> Finess {
        self.finess.clone()
    }

    fn nom(&self) -> String {
        format!("entité juridique {}", self.finess)
    }

    fn champs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("nom", self.nom.clone()),
            ("SIREN", self.siren.clone()),
            ("département", self.departement.clone()),
        ]
    }
}

impl Fiche for Capacite {
    type Cle = Finess;

    fn cle(&self) -> Finess {
        self.finess.clone()
    }

    fn nom(&self) -> String {
        format!("places de l'établissement {}", self.finess)
    }

    fn champs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("places autorisées", self.autorisee.to_string()),
            ("places installées", self.installee.to_string()),
        ]
    }
}

impl Fiche for Chiffre {
    type Cle = (Finess, String, i32);

    fn cle(&self) -> Self::Cle {
        (self.finess.clone(), self.indicateur.clone(), self.annee)
    }

    fn nom(&self) -> String {
        format!("{} de {} en {}", self.indicateur, self.finess, self.annee)
    }

    fn champs(&self) -> Vec<(&'static str, String)> {
        let termes = self.termes.map(|(haut, bas)| format!("{haut} sur {bas}"));
        vec![
            ("valeur", self.valeur.to_string()),
            ("termes", termes.unwrap_or_default()),
            ("source", self.source.titre().to_owned()),
        ]
    }
}

/// How rows that were read differ from those that are known. What is known and was not read stays:
/// a file that holds fewer rows takes none away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<F> {
    pub ajoutes: Vec<F>,
    /// As known, then as read.
    pub modifies: Vec<(F, F)>,
    pub inchanges: usize,
}

// By hand: what is compared need not have a default.
impl<F> Default for Difference<F> {
    fn default() -> Self {
        Self {
            ajoutes: Vec::new(),
            modifies: Vec::new(),
            inchanges: 0,
        }
    }
}

/// Compares rows, one by key, with those that are known by the same keys.
pub fn difference<F: Fiche>(mut connues: BTreeMap<F::Cle, F>, lues: Vec<F>) -> Difference<F> {
    let mut difference = Difference::default();
    for lue in lues {
        match connues.remove(&lue.cle()) {
            None => difference.ajoutes.push(lue),
            Some(connue) if connue == lue => difference.inchanges += 1,
            Some(connue) => difference.modifies.push((connue, lue)),
        }
    }
    difference
}

impl<F> Difference<F> {
    /// Adds what another part of the same rows gives.
    pub fn ajoute(&mut self, autre: Self) {
        self.ajoutes.extend(autre.ajoutes);
        self.modifies.extend(autre.modifies);
        self.inchanges += autre.inchanges;
    }
}

/// What a row says otherwise than before: which field, the old value, the new one.
pub fn changements<F: Fiche>(avant: &F, apres: &F) -> Vec<(&'static str, String, String)> {
    let champs = avant.champs().into_iter().zip(apres.champs());
    let changes = champs.filter(|((_, avant), (_, apres))| avant != apres);
    changes
        .map(|((nom, avant), (_, apres))| (nom, avant, apres))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chiffre(rang: u32, valeur: i32) -> Chiffre {
        let numero = format!("99000{rang:03}");
        let finess = (0..10).find_map(|cle| Finess::parse(&format!("{numero}{cle}")).ok());
        Chiffre {
            finess: finess.unwrap(),
            indicateur: "TDB-2.12".to_owned(),
            annee: 2025,
            valeur: Valeur::Nombre(Nombre::from(valeur)),
            termes: None,
            source: Source::Tdb,
        }
    }

    fn connus(chiffres: &[Chiffre]) -> BTreeMap<(Finess, String, i32), Chiffre> {
        chiffres.iter().map(|c| (c.cle(), c.clone())).collect()
    }

    #[test]
    fn a_row_is_new_changed_or_the_same() {
        let avant = [chiffre(1, 5), chiffre(2, 6), chiffre(3, 7)];
        let lus = vec![chiffre(1, 5), chiffre(2, 8), chiffre(4, 9)];
        let ecart = difference(connus(&avant), lus);
        assert_eq!(ecart.ajoutes, [chiffre(4, 9)]);
        assert_eq!(ecart.modifies, [(chiffre(2, 6), chiffre(2, 8))]);
        assert_eq!(ecart.inchanges, 1);
        let (avant, apres) = &ecart.modifies[0];
        let dits = changements(avant, apres);
        assert_eq!(dits, [("valeur", "6".to_owned(), "8".to_owned())]);
    }

    #[test]
    fn a_figure_is_a_number_or_a_class() {
        for texte in ["-0,05", "12", "A", "NC"] {
            assert_eq!(Valeur::lue(texte).to_string(), texte);
        }
        assert_eq!(Valeur::lue("A").nombre(), None);
        assert_eq!(Valeur::lue("12").nombre(), Some(Nombre::from(12)));
    }

    proptest! {
        /// Once taken in, the same rows change nothing; each row falls in one place only.
        #[test]
        fn what_was_taken_in_is_known(
            avant in prop::collection::btree_map(0_u32..40, -3..3, 0..30),
            lus in prop::collection::btree_map(0_u32..40, -3..3, 0..30),
        ) {
            let avant: Vec<Chiffre> = avant.into_iter().map(|(r, v)| chiffre(r, v)).collect();
            let lus: Vec<Chiffre> = lus.into_iter().map(|(r, v)| chiffre(r, v)).collect();
            let ecart = difference(connus(&avant), lus.clone());
            let comptes = ecart.ajoutes.len() + ecart.modifies.len() + ecart.inchanges;
            prop_assert_eq!(comptes, lus.len());
            let mut apres = connus(&avant);
            apres.extend(connus(&ecart.ajoutes));
            apres.extend(ecart.modifies.iter().map(|(_, c)| (c.cle(), c.clone())));
            let encore = difference(apres, lus.clone());
            prop_assert_eq!(encore.inchanges, lus.len());
        }
    }
}
