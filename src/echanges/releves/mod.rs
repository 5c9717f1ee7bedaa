//! Figures of establishments, one line for each establishment and year, columns found by their
//! titles: what exports of the TDB ESMS, of the accounts and of the HAS have in common. An empty
//! cell stays empty: nothing is made of it.

/// One line.
mod ligne;
/// The line of titles.
mod titres;

use super::faute::Fautes;
use super::grille::Grille;
use crate::metier::contrat::diagnostic::Source;
use crate::metier::finess::Finess;
use crate::metier::repertoire::Chiffre;
use ligne::{Lue, lue};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
#[cfg(test)]
pub(super) use titres::simple;
use titres::{Colonnes, titres};

/// Lines of one file, titles apart: the national exports hold a fourth of it.
pub const LIGNES_MAX: u64 = 200_000;

/// Bytes of one cell.
const CELLULE_MAX: usize = 2_000;

/// Why a workbook of rates is refused.
pub(super) const CLASSEUR: &str = "Ce fichier est un classeur : attendu l'export en .csv, tel que \
     DIAMANT le donne. Reprenez-le sans l'ouvrir dans un tableur.";

/// How a kind of file is read.
#[derive(Debug)]
pub(super) struct Plan {
    /// The title of the column of numbers.
    pub(super) finess: &'static str,
    pub(super) annee: Annee,
    pub(super) colonnes: &'static [Colonne],
    /// Titles that are read as a family: what they begin by, what our codes begin by, and the ends
    /// that both share.
    pub(super) familles: &'static [Famille],
    /// What is said of titles that are missing: which export is expected.
    pub(super) attendu: &'static str,
    pub(super) ecriture: Ecriture,
    /// Of a line that fills in no column of an account.
    pub(super) source: Source,
}

/// What tells the year of a line.
#[derive(Debug)]
pub(super) enum Annee {
    /// A column of years.
    Colonne(&'static str),
    /// A column of days: the latest of a year is that year's.
    Jour(&'static str),
}

impl Annee {
    fn titre(&self) -> &'static str {
        match self {
            Self::Colonne(titre) | Self::Jour(titre) => titre,
        }
    }
}

/// How rates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ecriture {
    /// `.1197` for 11,97 %.
    Fraction,
    /// As they are read.
    Telle,
}

/// A column, and our code for what it holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colonne {
    pub(super) titre: &'static str,
    pub(super) code: &'static str,
    pub(super) forme: Forme,
    /// The account whose figure it is. None: that of the line.
    pub(super) compte: Option<Source>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forme {
    Nombre,
    /// One of these words.
    Mot(&'static [&'static str]),
    /// A count, over that of another column: a rate is made of both.
    Sur(&'static str),
}

impl Colonne {
    pub(super) const fn nombre(titre: &'static str, code: &'static str) -> Self {
        Self {
            titre,
            code,
            forme: Forme::Nombre,
            compte: None,
        }
    }

    /// The figure of an account.
    pub(super) const fn de(compte: Source, titre: &'static str, code: &'static str) -> Self {
        Self {
            titre,
            code,
            forme: Forme::Nombre,
            compte: Some(compte),
        }
    }
}

#[derive(Debug)]
pub(super) struct Famille {
    pub(super) titre: &'static str,
    pub(super) code: &'static str,
    pub(super) suites: fn() -> Vec<&'static str>,
}

/// What an export holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// By establishment and year; those of a line that is wrong are left out, all of them.
    pub releves: Vec<Chiffre>,
    /// Lines, titles apart.
    pub lus: u64,
    /// The titles that are not read.
    pub ignores: Vec<String>,
    pub fautes: Fautes,
    /// What is to be known, and refuses nothing.
    pub signalements: Vec<String>,
}

/// Reads an export.
///
/// # Errors
/// One French sentence: a file that is empty, too large or of another kind.
pub(super) fn lire(grille: &Grille<'_>, plan: &Plan) -> Result<Export, String> {
    let mut lecteur = Lecteur {
        plan,
        texte: matches!(grille, Grille::Texte { .. }),
        colonnes: None,
        export: Export::default(),
        lues: BTreeMap::new(),
        remplacees: 0,
    };
    match trop_longue(grille) {
        Some(numero) => {
            let motif = format!(
                "le fichier dépasse {LIGNES_MAX} lignes. Répartissez-le entre plusieurs fichiers, \
                 par année ou par département."
            );
            lecteur.export.fautes.arrete(numero, None, motif);
        }
        None => grille.lignes(|numero, champs| lecteur.ligne(numero, champs))?,
    }
    if lecteur.colonnes.is_none() && lecteur.export.fautes.aucune() {
        return Err("Ce fichier est vide : attendu une ligne de titres.".to_owned());
    }
    Ok(lecteur.fini())
}

/// The first line that is one too many. Workbooks are bounded where they are read.
fn trop_longue(grille: &Grille<'_>) -> Option<u64> {
    let Grille::Texte { texte, .. } = grille else {
        return None;
    };
    let permis = usize::try_from(LIGNES_MAX).unwrap_or(usize::MAX);
    let (fin, _) = texte.match_indices('\n').nth(permis)?;
    (fin + 1 < texte.len()).then_some(LIGNES_MAX + 2)
}

struct Lecteur<'p> {
    plan: &'p Plan,
    /// Each line of a text has as many fields as titles; a workbook does not write its last ones
    /// when they are empty.
    texte: bool,
    colonnes: Option<Colonnes>,
    export: Export,
    /// By establishment and year, each with its line.
    lues: BTreeMap<(Finess, i32), (u64, Lue)>,
    /// Lines whose year another line tells more of.
    remplacees: u64,
}

impl Lecteur<'_> {
    fn ligne(&mut self, numero: u64, champs: &[&str]) -> ControlFlow<()> {
        let Some(colonnes) = &self.colonnes else {
            match titres(self.plan, champs) {
                Ok((colonnes, ignores)) => {
                    self.colonnes = Some(colonnes);
                    self.export.ignores = ignores;
                    return ControlFlow::Continue(());
                }
                Err(fautes) => {
                    for (colonne, motif) in fautes {
                        self.export.fautes.arrete(numero, colonne, motif);
                    }
                    return ControlFlow::Break(());
                }
            }
        };
        self.export.lus += 1;
        let (combien, attendus) = (champs.len(), colonnes.largeur);
        if combien > attendus || (self.texte && combien < attendus) {
            let motif = format!(
                "la ligne compte {combien} champs, et les titres {attendus}. Le fichier est \
                 coupé, ou un séparateur ou un guillemet est de trop : reprenez l'export."
            );
            let colonne = combien.min(attendus);
            self.export.fautes.arrete(numero, Some(colonne), motif);
            return ControlFlow::Break(());
        }
        if let Some(rang) = champs.iter().position(|champ| champ.len() > CELLULE_MAX) {
            let motif = format!(
                "la cellule compte {} octets ; {CELLULE_MAX} au plus. Corrigez la cellule.",
                champs[rang].len()
            );
            self.export.fautes.note(numero, Some(rang), motif);
            return ControlFlow::Continue(());
        }
        match lue(self.plan, colonnes, champs) {
            Ok(lue) => self.pose(numero, lue),
            Err(fautes) => {
                for (colonne, motif) in fautes {
                    self.export.fautes.note(numero, Some(colonne), motif);
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pose(&mut self, numero: u64, lue: Lue) {
        let cle = (lue.finess.clone(), lue.annee);
        match self.lues.get(&cle) {
            None => {}
            // Exports give the same line several times.
            Some((_, connue)) if *connue == lue => return,
            Some((_, connue)) if connue.jour != lue.jour => {
                self.remplacees += 1;
                if connue.jour > lue.jour {
                    return;
                }
            }
            Some((premiere, _)) => {
                let motif = format!(
                    "l'établissement {} a déjà d'autres chiffres pour {}, ligne {premiere}. \
                     Gardez une seule des deux lignes.",
                    cle.0, cle.1
                );
                self.export.fautes.note(numero, None, motif);
                return;
            }
        }
        self.lues.insert(cle, (numero, lue));
    }

    fn fini(mut self) -> Export {
        if self.remplacees > 0 {
            self.export.signalements.push(format!(
                "Lignes dont une autre, plus récente, dit la même année : {}. Seule la plus \
                 récente est gardée.",
                self.remplacees
            ));
        }
        let lues = self.lues.into_values();
        self.export.releves = lues.flat_map(|(_, lue)| lue.chiffres()).collect();
        self.export
    }
}
