//! An export of the TDB ESMS as agencies get it from DIAMANT: one line for each establishment and
//! year, columns found by their titles, rates as fractions with a point and sometimes no zero
//! before it (`.1197`). An empty cell stays empty: nothing is made of it.

use super::classeur::Nombre;
use super::grille::Grille;
use crate::metier::finess::Finess;
use crate::metier::referentiels::indicateurs::{self, Indicateur, Unite};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::{ControlFlow, Range, RangeInclusive};

/// The titles that are read, and our codes for them.
const COLONNES: [(&str, &str); 16] = [
    (
        "Taux de réalisation de l'activité Tout ESMS (Hors services CAMSP et CMPP)",
        "TDB-1.01",
    ),
    (
        "Taux de réalisation de l'activité CAMSP et CMPP",
        "TDB-1.02",
    ),
    ("Durée moyenne de séjour/d'accompagnement", "TDB-1.04"),
    (
        "File active des personnes accompagnées sur la période",
        "TDB-1.10",
    ),
    (
        "Nombre moyen de journées d'absence des personnes accompagnées sur la période",
        "TDB-1.11",
    ),
    (EXEMPLE, "TDB-2.01"),
    (
        "Taux de prestations externes sur les prestations directes",
        "TDB-2.02",
    ),
    ("Taux d'absentéisme (hors formation)", "TDB-2.04"),
    (
        "Taux de rotation du personnel sur effectifs réels",
        "TDB-2.05",
    ),
    (
        "Taux d'absentéisme pour maladie ordinaire/courte durée",
        "TDB-2.06",
    ),
    ("Taux d'absentéisme pour maladie moyenne durée", "TDB-2.07"),
    ("Taux d'absentéisme pour maladie longue durée", "TDB-2.08"),
    ("Taux d'absentéisme pour maternité/paternité", "TDB-2.09"),
    (
        "Taux d'absentéisme pour accident du travail / maladie professionnelle",
        "TDB-2.10",
    ),
    (
        "Taux d'absentéisme pour congés spéciaux dont sans solde",
        "TDB-2.11",
    ),
    ("Nombre de CDD de remplacement", "TDB-2.12"),
];
const EXEMPLE: &str = "Taux d'ETP vacants au 31/12";
const FINESS: &str = "Finess";
const ANNEE: &str = "Année";
/// Characters of a FINESS number.
const LONGUEUR_FINESS: usize = 9;
const ANNEES: RangeInclusive<i32> = 2010..=2100;
/// A rate above this many times the whole was not written as a fraction.
const FRACTION_MAX: i32 = 10;
/// Faults told one by one; the others are counted.
const FAUTES_MAX: usize = 200;
/// Characters of a cell that are said again.
const REDITS: usize = 40;

/// A figure of an establishment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Releve {
    pub finess: Finess,
    pub annee: i32,
    /// Our code: `TDB-2.01`.
    pub indicateur: &'static str,
    /// In the unit of the indicator: 11,97 for a rate of 0.1197.
    pub valeur: Nombre,
}

/// What is wrong in an export: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faute {
    /// From 1, the titles included.
    pub ligne: u64,
    /// From 1; none: the whole line.
    pub colonne: Option<usize>,
    pub motif: String,
}

impl fmt::Display for Faute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ligne {}", self.ligne)?;
        if let Some(colonne) = self.colonne {
            write!(f, ", colonne {colonne}")?;
        }
        write!(f, " : {}", self.motif)
    }
}

/// What an export holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// In the order of the file; those of a line that is wrong are left out, all of them.
    pub releves: Vec<Releve>,
    /// The titles that are not read.
    pub ignores: Vec<String>,
    /// The first ones.
    pub fautes: Vec<Faute>,
    /// How many there are.
    pub fautes_en_tout: usize,
}

/// Reads an export.
///
/// # Errors
/// One French sentence: a file that is not a csv.
pub fn lire(octets: &[u8]) -> Result<Export, String> {
    let grille = Grille::lire(octets)?;
    // A workbook may show a fraction as a percentage: 0.05 and 5 would read the same.
    if matches!(grille, Grille::Cellules(_)) {
        return Err(
            "Ce fichier est un classeur : attendu l'export en .csv, tel que DIAMANT le donne. \
             Reprenez-le sans l'ouvrir dans un tableur."
                .to_owned(),
        );
    }
    let mut lecteur = Lecteur::default();
    grille.lignes(|numero, champs| lecteur.ligne(numero, champs))?;
    if lecteur.colonnes.is_none() && lecteur.export.fautes.is_empty() {
        return Err("Ce fichier est vide : attendu une ligne de titres.".to_owned());
    }
    Ok(lecteur.export)
}

/// Where the columns stand, from 0.
#[derive(Debug)]
struct Colonnes {
    finess: usize,
    annee: usize,
    indicateurs: Vec<(usize, &'static Indicateur)>,
}

#[derive(Debug, Default)]
struct Lecteur {
    colonnes: Option<Colonnes>,
    export: Export,
    /// By establishment and year: the line, and where its figures stand among all.
    lues: BTreeMap<(Finess, i32), (u64, Range<usize>)>,
}

impl Lecteur {
    fn ligne(&mut self, numero: u64, champs: &[&str]) -> ControlFlow<()> {
        let Some(colonnes) = &self.colonnes else {
            match titres(champs) {
                Ok((colonnes, ignores)) => {
                    self.colonnes = Some(colonnes);
                    self.export.ignores = ignores;
                    return ControlFlow::Continue(());
                }
                Err(fautes) => {
                    for (colonne, motif) in fautes {
                        self.faute(numero, colonne, motif);
                    }
                    return ControlFlow::Break(());
                }
            }
        };
        match releves(colonnes, champs) {
            Ok((cle, releves)) => match self.lues.get(&cle) {
                None => {
                    let debut = self.export.releves.len();
                    self.export.releves.extend(releves);
                    let places = debut..self.export.releves.len();
                    self.lues.insert(cle, (numero, places));
                }
                // Exports give the same line several times.
                Some((_, places)) if self.export.releves[places.clone()] == releves => {}
                Some((premiere, _)) => {
                    let motif = format!(
                        "l'établissement {} a déjà d'autres chiffres pour {}, ligne {premiere}. \
                         Gardez une seule des deux lignes.",
                        cle.0, cle.1
                    );
                    self.faute(numero, None, motif);
                }
            },
            Err(fautes) => {
                for (colonne, motif) in fautes {
                    self.faute(numero, Some(colonne), motif);
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// `colonne`: from 0.
    fn faute(&mut self, ligne: u64, colonne: Option<usize>, motif: String) {
        self.export.fautes_en_tout += 1;
        if self.export.fautes.len() < FAUTES_MAX {
            self.export.fautes.push(Faute {
                ligne,
                colonne: colonne.map(|c| c + 1),
                motif,
            });
        }
    }
}

/// A title as it is compared: exports write « de l'activité » in several ways.
fn simple(titre: &str) -> String {
    let minuscules = titre.to_lowercase();
    minuscules.chars().filter(|c| c.is_alphanumeric()).collect()
}

type Titres = (Colonnes, Vec<String>);

fn titres(champs: &[&str]) -> Result<Titres, Vec<(Option<usize>, String)>> {
    let simples: Vec<String> = champs.iter().map(|titre| simple(titre)).collect();
    let mut fautes = Vec::new();
    let mut place = |titre: &str| {
        let cherche = simple(titre);
        let mut places = (0..simples.len()).filter(|rang| simples[*rang] == cherche);
        let premiere = places.next();
        if let Some(autre) = places.next() {
            let motif = format!("le titre « {titre} » est écrit deux fois : gardez une colonne.");
            fautes.push((Some(autre), motif));
        }
        premiere
    };
    let (finess, annee) = (place(FINESS), place(ANNEE));
    let indicateurs: Vec<(usize, &Indicateur)> = COLONNES
        .iter()
        .filter_map(|(titre, code)| place(titre).zip(indicateurs::par_code(code)))
        .collect();
    for (lu, titre) in [(finess, FINESS), (annee, ANNEE)] {
        if lu.is_none() {
            let motif = format!(
                "la colonne « {titre} » manque. Les titres attendus sont ceux de l'export de \
                 DIAMANT, sur la première ligne."
            );
            fautes.push((None, motif));
        }
    }
    if indicateurs.is_empty() {
        let motif = format!(
            "aucun titre n'est celui d'un indicateur, comme « {EXEMPLE} ». Vérifiez qu'il s'agit \
             de l'export du tableau de bord de la performance."
        );
        fautes.push((None, motif));
    }
    let (Some(finess), Some(annee), true) = (finess, annee, fautes.is_empty()) else {
        return Err(fautes);
    };
    let connu = |rang: usize| {
        rang == finess || rang == annee || indicateurs.iter().any(|(place, _)| *place == rang)
    };
    let ignores = (0..champs.len()).filter(|rang| !connu(*rang) && !simples[*rang].is_empty());
    let ignores = ignores.map(|rang| champs[rang].trim().to_owned()).collect();
    let colonnes = Colonnes {
        finess,
        annee,
        indicateurs,
    };
    Ok((colonnes, ignores))
}

type Lus = ((Finess, i32), Vec<Releve>);

/// The figures of a line, or its faults by column, from 0.
fn releves(colonnes: &Colonnes, champs: &[&str]) -> Result<Lus, Vec<(usize, String)>> {
    let champ = |rang: usize| champs.get(rang).map_or("", |champ| champ.trim());
    let mut fautes = Vec::new();
    let mut note = |rang: usize, motif: String| fautes.push((rang, motif));
    let finess = finess(champ(colonnes.finess)).map_err(|motif| note(colonnes.finess, motif));
    let annee = annee(champ(colonnes.annee)).map_err(|motif| note(colonnes.annee, motif));
    let mut valeurs = Vec::new();
    for (rang, indicateur) in &colonnes.indicateurs {
        match valeur(champ(*rang), indicateur.unite) {
            Ok(Some(valeur)) => valeurs.push((indicateur.code, valeur)),
            Ok(None) => {}
            Err(motif) => note(*rang, motif),
        }
    }
    let (Ok(finess), Ok(annee), true) = (finess, annee, fautes.is_empty()) else {
        return Err(fautes);
    };
    let releves = valeurs.into_iter().map(|(indicateur, valeur)| Releve {
        finess: finess.clone(),
        annee,
        indicateur,
        valeur,
    });
    let releves = releves.collect();
    Ok(((finess, annee), releves))
}

fn trouve(texte: &str) -> String {
    if texte.is_empty() {
        return "rien".to_owned();
    }
    let debut: String = texte.chars().take(REDITS).collect();
    let suite = if debut == texte { "" } else { "…" };
    format!("« {debut}{suite} »")
}

/// A spreadsheet takes the first zero off numbers of the first nine départements: it is given back.
fn finess(texte: &str) -> Result<Finess, String> {
    let chiffres = texte.len() == LONGUEUR_FINESS - 1 && texte.bytes().all(|b| b.is_ascii_digit());
    let lu = if chiffres {
        Finess::parse(&format!("0{texte}"))
    } else {
        Finess::parse(texte)
    };
    lu.map_err(|refus| format!("{refus} Trouvé {}.", trouve(texte)))
}

fn annee(texte: &str) -> Result<i32, String> {
    let lue = texte.parse().ok().filter(|annee| ANNEES.contains(annee));
    lue.ok_or_else(|| {
        format!(
            "attendu une année, comme 2024 ; trouvé {}. Corrigez la cellule.",
            trouve(texte)
        )
    })
}

/// A cell, in the unit of its indicator. None: empty.
fn valeur(texte: &str, unite: Unite) -> Result<Option<Nombre>, String> {
    if texte.is_empty() {
        return Ok(None);
    }
    let (signe, chiffres) = match texte.strip_prefix('-') {
        Some(reste) => ("-", reste),
        None => ("", texte),
    };
    let zero = if chiffres.starts_with(['.', ',']) {
        "0"
    } else {
        ""
    };
    let nombre = Nombre::du_texte(&format!("{signe}{zero}{chiffres}")).ok_or_else(|| {
        format!(
            "attendu un nombre, comme 0.1197 ; trouvé {}. Corrigez la cellule ou videz-la.",
            trouve(texte)
        )
    })?;
    if unite != Unite::Pourcent {
        return Ok(Some(nombre));
    }
    let borne = Nombre::from(-FRACTION_MAX)..=Nombre::from(FRACTION_MAX);
    let fraction = borne
        .contains(&nombre)
        .then(|| nombre.cent_fois())
        .flatten();
    fraction.map(Some).ok_or_else(|| {
        format!(
            "attendu un taux en fraction (0.953 pour 95,3 %) ; trouvé {}. Corrigez la colonne.",
            trouve(texte)
        )
    })
}

#[cfg(test)]
mod tests;
