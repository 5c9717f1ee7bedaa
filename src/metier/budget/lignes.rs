//! The long table: one line for each figure, whatever file or act it comes from.

use crate::metier::nombre::Nombre;
use chrono::NaiveDate;
use num_rational::Ratio;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// An exact number, of a unit said beside it. Never a float.
pub type Exact = Ratio<i128>;

/// In cents, of one line: ten thousand million euros. With [`LIGNES_MAX`], no sum of lines goes
/// past an `i64`.
pub const MONTANT_MAX: i64 = 1_000_000_000_000;
/// Of a quantity or a rate, whatever its unit.
pub const QUANTITE_MAX: i32 = 1_000_000_000;
/// Decimals kept of a quantity or a rate.
pub const DECIMALES_MAX: u32 = 6;
/// Lines of one table.
pub const LIGNES_MAX: usize = 400_000;
/// Establishments of one table: the largest managing bodies have a few hundred.
pub const ESMS_MAX: usize = 2_000;
/// Years that a line may be of.
pub const ANNEES: RangeInclusive<i32> = 1990..=2100;
/// Characters of a code, of a text.
pub const TEXTE_MAX: usize = 200;

macro_rules! blocs {
    ($($(#[$doc:meta])* $nom:ident = $mot:literal,)+) => {
        /// What a line is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bloc { $($(#[$doc])* $nom,)+ }

        impl Bloc {
            pub const TOUS: &[Self] = &[$(Self::$nom,)+];

            /// As files write it.
            pub fn mot(self) -> &'static str {
                match self { $(Self::$nom => $mot,)+ }
            }
        }
    };
}

blocs! {
    /// Who: frame, name, kind of compte de résultat, authority, regime, capacity.
    Ident = "IDENT",
    /// Dates and documents of the deposit.
    Depot = "DEPOT",
    /// What the contract says.
    Cpom = "CPOM",
    /// What the authorities notified.
    Notif = "NOTIF",
    /// Crédits non reconductibles, and what they pay.
    Cnr = "CNR",
    /// Charges of a compte de résultat, by account.
    Charge = "CRP_CHARGE",
    /// Produits of a compte de résultat, by account.
    Produit = "CRP_PRODUIT",
    /// Totals as the workbook writes them.
    Total = "TOTAL_DECLARE",
    /// Staff, in ETP, by category.
    Tper = "TPER",
    /// Activity.
    Activite = "ACTIVITE",
    /// Bilan financier.
    Bilan = "BILAN",
    /// Capacité d'autofinancement, as written.
    Caf = "CAF",
    /// Tableau de financement.
    Tfp = "TFP",
    /// Plan global de financement pluriannuel.
    Pgfp = "PGFP",
    /// Charges of the état réalisé of a year.
    RealiseCharge = "REALISE_CHARGE",
    /// Produits of the état réalisé of a year.
    RealiseProduit = "REALISE_PRODUIT",
    /// Funded objectives, and how many lines carry each.
    Objectif = "OBJECTIF",
    /// New loans and their approval.
    Emprunt = "EMPRUNT",
    /// What the authorisation says.
    Autorisation = "AUTORISATION",
    /// Local references.
    Reference = "REFERENCE",
    /// What the analysis of needs asks for.
    Besoins = "BESOINS",
    /// A value that the rules fix: named when it is missing.
    Regle = "REGLE",
}

impl FromStr for Bloc {
    type Err = String;

    fn from_str(mot: &str) -> Result<Self, String> {
        let connu = Self::TOUS.iter().find(|bloc| bloc.mot() == mot);
        connu.copied().ok_or_else(|| {
            format!(
                "Bloc « {mot} » inconnu : attendu IDENT, CRP_CHARGE, PGFP… Corrigez la colonne \
                 bloc."
            )
        })
    }
}

impl fmt::Display for Bloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mot())
    }
}

/// Whose line it is: the managing body's as a whole, or an establishment's, by its rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lieu {
    Ensemble,
    Esms(usize),
}

/// What a line holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valeur {
    /// In cents.
    Montant(i64),
    /// In the unit of its code: ETP, days, places, acts.
    Quantite(Nombre),
    /// In percent: 3,75.
    Taux(Nombre),
    Annee(i32),
    Jour(NaiveDate),
    Oui(bool),
    Texte(String),
}

/// Where a line was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origine {
    /// A cell of a workbook: « CRP IME », « C12 ».
    Cellule { feuille: String, cellule: String },
    /// A line of a csv file, from 1.
    Ligne(u64),
    /// The contract, in its words: « annexe financière, version 2 ».
    Contrat(String),
    /// A notification received: its financer and its day.
    Notification(String),
    /// What someone declared.
    Declaration(String),
}

impl fmt::Display for Origine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cellule { feuille, cellule } => write!(f, "{feuille}!{cellule}"),
            Self::Ligne(numero) => write!(f, "ligne {numero}"),
            Self::Contrat(dit) | Self::Notification(dit) | Self::Declaration(dit) => {
                f.write_str(dit)
            }
        }
    }
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ligne {
    pub libelle: String,
    pub valeur: Valeur,
    /// As the source writes it: `EUR`, `ETP`, `journees`.
    pub unite: String,
    pub origine: Origine,
}

/// What names a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cle {
    pub bloc: Bloc,
    pub lieu: Lieu,
    pub annee: i32,
    pub code: String,
}

/// An establishment of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Esms {
    /// FINESS of the establishment, as read: a check judges it.
    pub finess: String,
    /// How sentences name it.
    pub nom: String,
}

/// The lines of one exercise, of one managing body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lignes {
    pub exercice: i32,
    /// FINESS of the entité juridique, as read.
    pub ej: String,
    esms: Vec<Esms>,
    /// The rank of each, by its number.
    rangs: BTreeMap<String, usize>,
    /// Said somewhere and not read: what a sum would need is missing there.
    illisibles: BTreeSet<Cle>,
    cases: BTreeMap<(Bloc, Lieu, i32), BTreeMap<String, Ligne>>,
    combien: usize,
}

impl Lignes {
    pub fn nouvelles(exercice: i32, ej: &str) -> Self {
        Self {
            exercice,
            ej: ej.to_owned(),
            esms: Vec::new(),
            rangs: BTreeMap::new(),
            illisibles: BTreeSet::new(),
            cases: BTreeMap::new(),
            combien: 0,
        }
    }

    /// An establishment, made known if it was not.
    pub fn esms(&mut self, finess: &str, nom: &str) -> Lieu {
        if let Some(rang) = self.rangs.get(finess) {
            return Lieu::Esms(*rang);
        }
        let rang = self.esms.len();
        self.rangs.insert(finess.to_owned(), rang);
        self.esms.push(Esms {
            finess: finess.to_owned(),
            nom: nom.to_owned(),
        });
        Lieu::Esms(rang)
    }

    /// Says that a figure is there and could not be read.
    pub fn illisible(&mut self, cle: Cle) {
        if self.illisibles.len() < LIGNES_MAX {
            self.illisibles.insert(cle);
        }
    }

    /// The figures of a block that are there and were not read.
    pub fn illisibles(&self, (bloc, lieu, annee): (Bloc, Lieu, i32)) -> impl Iterator<Item = &str> {
        let debut = Cle {
            bloc,
            lieu,
            annee,
            code: String::new(),
        };
        let suite = self.illisibles.range(debut..);
        let ici = suite.take_while(move |c| (c.bloc, c.lieu, c.annee) == (bloc, lieu, annee));
        ici.map(|cle| cle.code.as_str())
    }

    /// Gives an establishment a better name.
    pub fn nomme(&mut self, lieu: Lieu, nom: &str) {
        if let Lieu::Esms(rang) = lieu
            && let Some(esms) = self.esms.get_mut(rang)
        {
            nom.clone_into(&mut esms.nom);
        }
    }

    /// Adds a line.
    ///
    /// # Errors
    /// One French sentence: out of bounds, or already there (told with both places).
    pub fn ajoute(&mut self, cle: Cle, ligne: Ligne) -> Result<(), String> {
        self.juge(&cle, &ligne)?;
        let Cle {
            bloc,
            lieu,
            annee,
            code,
        } = cle;
        let cases = self.cases.entry((bloc, lieu, annee)).or_default();
        if let Some(autre) = cases.get(&code) {
            return Err(format!(
                "{bloc} {code} de {annee} est dit deux fois : {} et {}. Gardez la bonne ligne.",
                autre.origine, ligne.origine
            ));
        }
        cases.insert(code, ligne);
        self.combien += 1;
        Ok(())
    }

    /// Replaces a line, or adds it: what is known better.
    ///
    /// # Errors
    /// One French sentence: out of bounds.
    pub fn pose(&mut self, cle: Cle, ligne: Ligne) -> Result<(), String> {
        self.juge(&cle, &ligne)?;
        let cases = self.cases.entry((cle.bloc, cle.lieu, cle.annee));
        if cases.or_default().insert(cle.code, ligne).is_none() {
            self.combien += 1;
        }
        Ok(())
    }

    /// Takes a line out.
    pub fn retire(&mut self, cle: &Cle) -> Option<Ligne> {
        let cases = self.cases.get_mut(&(cle.bloc, cle.lieu, cle.annee))?;
        let retiree = cases.remove(&cle.code)?;
        self.combien -= 1;
        Some(retiree)
    }

    fn juge(&self, cle: &Cle, ligne: &Ligne) -> Result<(), String> {
        if self.combien >= LIGNES_MAX {
            return Err(format!(
                "Ce document compte plus de {LIGNES_MAX} lignes : répartissez-le."
            ));
        }
        if self.esms.len() > ESMS_MAX {
            return Err(format!(
                "Ce document nomme plus de {ESMS_MAX} établissements : répartissez-le."
            ));
        }
        if !ANNEES.contains(&cle.annee) {
            return Err(format!(
                "{} : l'année {} n'est pas de celles d'un budget. Corrigez-la.",
                ligne.origine, cle.annee
            ));
        }
        if cle.code.len() > TEXTE_MAX {
            return Err(format!(
                "{} : un code compte {TEXTE_MAX} caractères au plus.",
                ligne.origine
            ));
        }
        let borne = Nombre::from(QUANTITE_MAX);
        let tient = match &ligne.valeur {
            Valeur::Montant(centimes) => centimes.abs() <= MONTANT_MAX,
            Valeur::Quantite(n) | Valeur::Taux(n) => {
                let oppose = Nombre::from(-QUANTITE_MAX);
                *n <= borne && *n >= oppose && n.arrondi(DECIMALES_MAX) == *n
            }
            Valeur::Annee(annee) => (1900..=2200).contains(annee),
            Valeur::Texte(texte) => texte.chars().count() <= TEXTE_MAX,
            Valeur::Jour(_) | Valeur::Oui(_) => true,
        };
        if tient {
            return Ok(());
        }
        Err(format!(
            "{} : la valeur de {} {} sort des bornes admises. Corrigez-la.",
            ligne.origine, cle.bloc, cle.code
        ))
    }

    pub fn trouve(&self, bloc: Bloc, lieu: Lieu, annee: i32, code: &str) -> Option<&Ligne> {
        self.cases.get(&(bloc, lieu, annee))?.get(code)
    }

    /// The lines of a block, an establishment and a year, by code.
    pub fn du_bloc(
        &self,
        bloc: Bloc,
        lieu: Lieu,
        annee: i32,
    ) -> impl Iterator<Item = (&str, &Ligne)> {
        let cases = self.cases.get(&(bloc, lieu, annee)).into_iter().flatten();
        cases.map(|(code, ligne)| (code.as_str(), ligne))
    }

    /// Those whose code begins so.
    pub fn commencant<'a>(
        &'a self,
        (bloc, lieu, annee): (Bloc, Lieu, i32),
        debut: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Ligne)> {
        let cases = self.cases.get(&(bloc, lieu, annee)).into_iter();
        let suite = cases.flat_map(move |cases| cases.range(debut.to_owned()..));
        let suite = suite.map(|(code, ligne)| (code.as_str(), ligne));
        suite.take_while(move |(code, _)| code.starts_with(debut))
    }

    /// Years of a block, whatever the establishment.
    pub fn annees(&self, bloc: Bloc) -> BTreeSet<i32> {
        let cases = self.cases.iter().filter(|(_, lignes)| !lignes.is_empty());
        let cles = cases.map(|(cle, _)| cle);
        cles.filter(|(b, ..)| *b == bloc)
            .map(|(.., a)| *a)
            .collect()
    }

    /// Whether an establishment has a line in a block.
    pub fn tient(&self, bloc: Bloc, lieu: Lieu) -> bool {
        let debut = (bloc, lieu, i32::MIN);
        let fin = (bloc, lieu, i32::MAX);
        self.cases
            .range(debut..=fin)
            .any(|(_, lignes)| !lignes.is_empty())
    }

    /// The establishments, in the order they came.
    pub fn lieux(&self) -> impl Iterator<Item = Lieu> + use<> {
        (0..self.esms.len()).map(Lieu::Esms)
    }

    /// Those that have a compte de résultat here.
    pub fn comptes(&self) -> impl Iterator<Item = Lieu> + '_ {
        self.lieux().filter(|lieu| self.a_un_compte(*lieu))
    }

    pub fn a_un_compte(&self, lieu: Lieu) -> bool {
        self.tient(Bloc::Charge, lieu) || self.tient(Bloc::Produit, lieu)
    }

    pub fn esms_de(&self, lieu: Lieu) -> Option<&Esms> {
        match lieu {
            Lieu::Esms(rang) => self.esms.get(rang),
            Lieu::Ensemble => None,
        }
    }

    /// Every line with its key.
    pub fn toutes(&self) -> impl Iterator<Item = (Cle, &Ligne)> {
        self.cases.iter().flat_map(|((bloc, lieu, annee), lignes)| {
            lignes.iter().map(|(code, ligne)| {
                let cle = Cle {
                    bloc: *bloc,
                    lieu: *lieu,
                    annee: *annee,
                    code: code.clone(),
                };
                (cle, ligne)
            })
        })
    }

    pub fn combien(&self) -> usize {
        self.combien
    }
}
