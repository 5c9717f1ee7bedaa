//! A figure beside those of similar establishments: same FINESS category, same year, the nearest
//! territory that has enough of them. It says where a figure stands between quartiles; it never
//! ranks anyone.

use super::nombre::Nombre;
use super::referentiels::indicateurs::{Indicateur, Sens, Unite};
use super::referentiels::regions;
use std::collections::BTreeMap;
use std::fmt;

/// How quartiles are computed here, for people. Those that are imported may be made another way.
pub const METHODE: &str = "Quartiles par interpolation linéaire, type 7 de Hyndman et Fan (1996)";

/// Where similar establishments are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Maille {
    /// By code: 99, 2A, 971.
    Departement(String),
    /// By code of the region.
    Region(String),
    Nation,
}

impl Maille {
    /// From the nearest to the widest, around a Département.
    pub fn autour(departement: &str) -> Vec<Self> {
        let region = regions::du_departement(departement);
        let region = region.map(|region| Self::Region(region.code.to_owned()));
        let ici = Self::Departement(departement.to_owned());
        [Some(ici), region, Some(Self::Nation)]
            .into_iter()
            .flatten()
            .collect()
    }
}

impl fmt::Display for Maille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Departement(code) => write!(f, "le département {code}"),
            Self::Region(code) => {
                let libelle = regions::par_code(code).map_or(code.as_str(), |r| r.libelle);
                write!(f, "la région {libelle}")
            }
            Self::Nation => f.write_str("le pays"),
        }
    }
}

/// What similar establishments show, computed from their figures or published by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub annee: i32,
    /// Code of the indicator: `TDB-2.01`.
    pub indicateur: String,
    /// FINESS category, by its code.
    pub categorie: String,
    pub territoire: Maille,
    /// How many establishments have a figure.
    pub structures: u32,
    pub q1: Nombre,
    pub mediane: Nombre,
    pub q3: Nombre,
}

/// What a figure is compared on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Semblables<'a> {
    pub annee: i32,
    pub indicateur: &'a str,
    pub categorie: &'a str,
}

impl Reference {
    /// From the figures of similar establishments, one each, in any order. None: there are none,
    /// or their quartiles do not hold in the digits of a number.
    pub fn calcule(
        semblables: &Semblables<'_>,
        territoire: Maille,
        valeurs: &[Nombre],
    ) -> Option<Self> {
        let [q1, mediane, q3] = quartiles(valeurs)?;
        Some(Self {
            annee: semblables.annee,
            indicateur: semblables.indicateur.to_owned(),
            categorie: semblables.categorie.to_owned(),
            territoire,
            structures: u32::try_from(valeurs.len()).ok()?,
            q1,
            mediane,
            q3,
        })
    }

    fn est(&self, semblables: &Semblables<'_>, territoire: &Maille) -> bool {
        self.annee == semblables.annee
            && self.indicateur == semblables.indicateur
            && self.categorie == semblables.categorie
            && self.territoire == *territoire
    }
}

/// The first quartile, the median and the third quartile, exactly, whatever the order. Method:
/// linear interpolation of the order statistics, type 7 of R. J. Hyndman and Y. Fan, "Sample
/// Quantiles in Statistical Packages", The American Statistician 50(4), 1996: the p-quantile of n
/// sorted values is at rank 1 + (n − 1)p. Spreadsheets have it as QUARTILE.INCLURE. Chosen on 23
/// November 2026, no published method of the ATIH being found for its own restitutions. None: no
/// value, or a quartile that does not hold in the digits of a number.
pub fn quartiles(valeurs: &[Nombre]) -> Option<[Nombre; 3]> {
    let mut tries = valeurs.to_vec();
    tries.sort_unstable();
    Some([
        quartile(&tries, 1)?,
        quartile(&tries, 2)?,
        quartile(&tries, 3)?,
    ])
}

/// The value that is so many quarters (0 to 4) of the way through sorted values.
fn quartile(tries: &[Nombre], quarts: u8) -> Option<Nombre> {
    let rang = tries.len().checked_sub(1)? * usize::from(quarts);
    let bas = *tries.get(rang / 4)?;
    match u8::try_from(rang % 4).ok()? {
        0 => Some(bas),
        reste => bas.vers(*tries.get(rang / 4 + 1)?, reste),
    }
}

/// Why a nearer territory is not compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ecart {
    /// No reference is loaded for it.
    Absente,
    /// It has too few similar establishments: they are not even counted aloud.
    TropPeu,
}

/// What a figure may be shown beside, and what was left out on the way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repere<'a> {
    pub reference: Option<&'a Reference>,
    pub ecartes: Vec<(Maille, Ecart)>,
    /// Structures below which nothing is shown.
    seuil: u32,
}

/// The reference of the nearest territory that has enough similar establishments. `mailles`: from
/// the nearest to the widest. `seuil`: structures below which nothing is shown.
pub fn repere<'a>(
    references: &'a [Reference],
    semblables: &Semblables<'_>,
    mailles: &[Maille],
    seuil: u32,
) -> Repere<'a> {
    let mut repere = Repere {
        reference: None,
        ecartes: Vec::new(),
        seuil,
    };
    for maille in mailles {
        let ici = references.iter().find(|r| r.est(semblables, maille));
        let ecart = match ici {
            Some(reference) if reference.structures >= seuil => {
                repere.reference = ici;
                break;
            }
            Some(_) => Ecart::TropPeu,
            None => Ecart::Absente,
        };
        repere.ecartes.push((maille.clone(), ecart));
    }
    repere
}

impl Repere<'_> {
    /// What is said of a wider territory, or of none. None: the nearest one is shown.
    pub fn repli(&self) -> Option<String> {
        if self.ecartes.is_empty() {
            return None;
        }
        let ecartes = self.ecartes.iter().map(|(maille, ecart)| match ecart {
            Ecart::Absente => format!("aucun repère chargé pour {maille}"),
            Ecart::TropPeu => {
                format!(
                    "moins de {} structures semblables dans {maille}",
                    self.seuil
                )
            }
        });
        let raisons = ecartes.collect::<Vec<_>>().join(", ");
        Some(match self.reference {
            Some(reference) => format!("Repère pour {} : {raisons}.", reference.territoire),
            None => format!("Aucun repère affiché : {raisons}."),
        })
    }
}

/// Where a figure stands. One that equals a quartile is not beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    SousQ1,
    EntreQ1EtMediane,
    EntreMedianeEtQ3,
    AuDessusDeQ3,
}

impl Position {
    fn de(valeur: Nombre, reference: &Reference) -> Self {
        if valeur < reference.q1 {
            Self::SousQ1
        } else if valeur <= reference.mediane {
            Self::EntreQ1EtMediane
        } else if valeur <= reference.q3 {
            Self::EntreMedianeEtQ3
        } else {
            Self::AuDessusDeQ3
        }
    }

    /// For people.
    pub fn dite(self) -> &'static str {
        match self {
            Self::SousQ1 => "sous le premier quartile",
            Self::EntreQ1EtMediane => "entre le premier quartile et la médiane",
            Self::EntreMedianeEtQ3 => "entre la médiane et le troisième quartile",
            Self::AuDessusDeQ3 => "au-dessus du troisième quartile",
        }
    }
}

/// What a colour may say of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Couleur {
    Favorable,
    Defavorable,
    /// Between the quartiles, where half of the establishments are; and without a good way.
    Aucune,
}

/// A figure beside a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    pub position: Position,
    pub couleur: Couleur,
    /// Points between the figure and 100 %, for what has a target: -5 when it is short of five.
    pub ecart_cible: Option<Nombre>,
}

/// Where a figure, in the unit of its indicator, stands.
pub fn situe(indicateur: &Indicateur, valeur: Nombre, reference: &Reference) -> Situation {
    let position = Position::de(valeur, reference);
    let couleur = match (indicateur.sens, position) {
        (Sens::Haut, Position::AuDessusDeQ3) | (Sens::Bas, Position::SousQ1) => Couleur::Favorable,
        (Sens::Haut, Position::SousQ1) | (Sens::Bas, Position::AuDessusDeQ3) => {
            Couleur::Defavorable
        }
        _ => Couleur::Aucune,
    };
    Situation {
        position,
        couleur,
        ecart_cible: ecart_cible(indicateur, valeur),
    }
}

/// Points between a figure and 100 %, for what has a target.
pub fn ecart_cible(indicateur: &Indicateur, valeur: Nombre) -> Option<Nombre> {
    let cible = indicateur.sens == Sens::Cible;
    cible.then(|| valeur.moins(Nombre::from(100))).flatten()
}

/// Which way figures go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouvement {
    /// Never down, and up at least once.
    Hausse,
    Baisse,
    Stable,
    /// Up and down.
    Variable,
}

/// How far the last figure is from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evolution {
    /// Of a rate.
    Points(Nombre),
    /// Of an amount.
    Pourcent(Nombre),
    /// Of anything else, in its unit.
    Unites(Nombre),
}

/// What several years of figures say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tendance {
    /// First and last years that have a figure.
    pub annees: (i32, i32),
    pub mouvement: Mouvement,
    /// None: an amount that started at zero.
    pub evolution: Option<Evolution>,
}

/// What figures by year say. None: fewer years than `annees_min`, two at the least, or nothing that
/// is counted.
pub fn tendance(unite: Unite, annees: &BTreeMap<i32, Nombre>, annees_min: u32) -> Option<Tendance> {
    let (debut, premiere) = annees.first_key_value()?;
    let (fin, derniere) = annees.last_key_value()?;
    if annees.len() < annees_min.max(2) as usize || !unite.chiffree() {
        return None;
    }
    let valeurs: Vec<Nombre> = annees.values().copied().collect();
    let monte = valeurs.windows(2).any(|deux| deux[0] < deux[1]);
    let descend = valeurs.windows(2).any(|deux| deux[0] > deux[1]);
    let mouvement = match (monte, descend) {
        (false, false) => Mouvement::Stable,
        (true, false) => Mouvement::Hausse,
        (false, true) => Mouvement::Baisse,
        (true, true) => Mouvement::Variable,
    };
    Some(Tendance {
        annees: (*debut, *fin),
        mouvement,
        evolution: evolution(unite, *premiere, *derniere),
    })
}

fn evolution(unite: Unite, premiere: Nombre, derniere: Nombre) -> Option<Evolution> {
    let ecart = derniere.moins(premiere)?;
    match unite {
        Unite::Pourcent => Some(Evolution::Points(ecart)),
        Unite::Euros => {
            let taille = premiere.max(Nombre::from(0).moins(premiere)?);
            ecart.rapport(taille, 100).map(Evolution::Pourcent)
        }
        _ => Some(Evolution::Unites(ecart)),
    }
}

/// The figure of one establishment: its value, and what it was computed from when that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chiffre {
    /// In the unit of its indicator.
    pub valeur: Nombre,
    /// Numerator and denominator.
    pub termes: Option<(Nombre, Nombre)>,
}

/// How the figure of a contract was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consolidation {
    /// From the sums of numerators and of denominators.
    Termes,
    /// Numbers that add up.
    Somme,
    /// The median of the establishments, when their terms are not all known.
    Mediane,
}

/// The figure of a contract, from those of its establishments: from its terms; failing them, the
/// median; never an average of rates. None: no figure, or nothing that is counted.
pub fn consolide(indicateur: &Indicateur, chiffres: &[Chiffre]) -> Option<(Nombre, Consolidation)> {
    if !indicateur.unite.chiffree() || chiffres.is_empty() {
        return None;
    }
    if indicateur.denominateur.is_none() && indicateur.unite.additive() {
        let total = somme(chiffres.iter().map(|chiffre| chiffre.valeur))?;
        return Some((total, Consolidation::Somme));
    }
    let termes: Option<Vec<_>> = chiffres.iter().map(|chiffre| chiffre.termes).collect();
    let rapport = termes.and_then(|termes| {
        let numerateur = somme(termes.iter().map(|(haut, _)| *haut))?;
        let denominateur = somme(termes.iter().map(|(_, bas)| *bas))?;
        indicateur.rapport(numerateur, denominateur)
    });
    if let Some(rapport) = rapport {
        return Some((rapport, Consolidation::Termes));
    }
    let valeurs: Vec<Nombre> = chiffres.iter().map(|chiffre| chiffre.valeur).collect();
    let [_, mediane, _] = quartiles(&valeurs)?;
    Some((mediane, Consolidation::Mediane))
}

fn somme(mut nombres: impl Iterator<Item = Nombre>) -> Option<Nombre> {
    nombres.try_fold(Nombre::from(0), Nombre::plus)
}

#[cfg(test)]
mod tests;
