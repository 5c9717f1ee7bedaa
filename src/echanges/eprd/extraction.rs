//! What is being read of a workbook: lines kept, what is told, what is missing.

use super::description::{Cadre, Cible, Genre, Poste, Unite};
use super::feuilles::Page;
use super::vue::{Case, Vue, Zone};
use super::{Lu, long, valeur};
use crate::echanges::classeur::Cellule;
use crate::metier::budget::lignes::{Cle, Lieu, Ligne, Lignes, Origine, TEXTE_MAX, Valeur};
use std::collections::{BTreeMap, BTreeSet};

/// Sentences of one kind; past that, they are counted.
const DITS_MAX: usize = 200;

/// What is being read of a workbook.
pub(super) struct Extraction {
    pub lignes: Lignes,
    dits: Vec<String>,
    tus: usize,
    pub absents: Vec<String>,
    pub arrondis: usize,
    /// Said twice: neither is kept.
    doubles: BTreeSet<Cle>,
    /// Tabs of establishments that are read.
    pub lues: BTreeSet<(Genre, String)>,
}

impl Extraction {
    pub(super) fn nouvelle(lignes: Lignes) -> Self {
        Self {
            lignes,
            dits: Vec::new(),
            tus: 0,
            absents: Vec::new(),
            arrondis: 0,
            doubles: BTreeSet::new(),
            lues: BTreeSet::new(),
        }
    }

    /// The one cell of a place; what prevents it is told, and the line that it would have been is
    /// known as unreadable.
    pub(super) fn case<'a>(
        &mut self,
        page: &Page<'a>,
        zone: &Zone,
        cle: Option<&Cle>,
    ) -> Option<(u32, u32, &'a Cellule)> {
        let case = page.vue.case(zone);
        if matches!(case, Case::SansResultat(..) | Case::Plusieurs(..))
            && let Some(cle) = cle
        {
            self.lignes.illisible(cle.clone());
        }
        match case {
            Case::Vide => None,
            Case::Une(ligne, colonne, cellule) => Some((ligne, colonne, cellule)),
            Case::SansResultat(ligne, colonne) => {
                self.sans_resultat(page, ligne, colonne);
                None
            }
            Case::Plusieurs(ligne, colonne) => {
                let place = page.cellule(ligne, colonne);
                self.dit(format!(
                    "{place} : deux valeurs pour une, aucune n'est lue."
                ));
                None
            }
        }
    }

    pub(super) fn sans_resultat(&mut self, page: &Page<'_>, ligne: u32, colonne: u32) {
        self.dit(format!(
            "{} : formule sans résultat enregistré, valeur laissée absente. Ouvrez le classeur \
             dans un tableur et enregistrez-le.",
            page.cellule(ligne, colonne)
        ));
    }

    /// Reads a cell as a line of the description; its key, when it is kept.
    pub(super) fn lit(
        &mut self,
        page: &Page<'_>,
        (lieu, annee): (Lieu, i32),
        poste: &Poste,
        (ligne, colonne, cellule): (u32, u32, &Cellule),
        unite_lue: Option<&str>,
    ) -> Option<Cle> {
        let Cible::Ligne { unite, mots, .. } = &poste.cible else {
            return None;
        };
        let cle = poste.cle(lieu, annee)?;
        let unite = match unite {
            Unite::Dite(unite) => unite.as_str(),
            Unite::Lue => unite_lue.unwrap_or("unite"),
        };
        let Some(valeur) = self.valeur(page, (ligne, colonne, cellule), unite, mots) else {
            self.lignes.illisible(cle);
            return None;
        };
        self.pose(
            page,
            cle.clone(),
            (valeur, poste.dit(), unite),
            (ligne, colonne),
        )
        .then_some(cle)
    }

    /// The value of a cell; what prevents it is told.
    pub(super) fn valeur(
        &mut self,
        page: &Page<'_>,
        (ligne, colonne, cellule): (u32, u32, &Cellule),
        unite: &str,
        mots: &BTreeMap<String, Vec<String>>,
    ) -> Option<Valeur> {
        let zeros = match (unite, page.zeros) {
            ("EUR", None) => return None,
            (_, zeros) => zeros.unwrap_or_default(),
        };
        match valeur::lit(cellule, unite, zeros, mots) {
            Ok((valeur, arrondi)) => {
                self.arrondis += usize::from(arrondi);
                Some(valeur)
            }
            Err(motif) => {
                let place = page.cellule(ligne, colonne);
                self.dit(format!("{place} : {motif}. Valeur laissée absente."));
                None
            }
        }
    }

    /// Adds a line. Said twice: neither is kept, for which is right is not known here.
    pub(super) fn pose(
        &mut self,
        page: &Page<'_>,
        cle: Cle,
        (valeur, libelle, unite): (Valeur, &str, &str),
        (ligne, colonne): (u32, u32),
    ) -> bool {
        let cellule = Vue::nom(ligne, colonne);
        let ligne = Ligne {
            libelle: libelle.chars().take(TEXTE_MAX).collect(),
            valeur,
            unite: unite.chars().take(TEXTE_MAX).collect(),
            origine: Origine::Cellule {
                feuille: page.nom().to_owned(),
                cellule,
            },
        };
        if self.doubles.contains(&cle) {
            self.dit(format!(
                "{} {} : dit encore en {}.",
                cle.bloc, cle.code, ligne.origine
            ));
            return false;
        }
        let Some(motif) = self.lignes.ajoute(cle.clone(), ligne).err() else {
            return true;
        };
        self.dit(motif);
        if self
            .lignes
            .trouve(cle.bloc, cle.lieu, cle.annee, &cle.code)
            .is_some()
        {
            self.lignes.retire(&cle);
            self.lignes.illisible(cle.clone());
            self.doubles.insert(cle);
        }
        false
    }

    pub(super) fn dit(&mut self, phrase: String) {
        if self.dits.len() < DITS_MAX {
            self.dits.push(phrase);
        } else {
            self.tus += 1;
        }
    }

    pub(super) fn absent(&mut self, page: &Page<'_>, quoi: &str) {
        if self.absents.len() < DITS_MAX {
            self.absents.push(format!("{} : {quoi}", page.nom()));
        }
    }

    pub(super) fn manquent(&mut self, page: &Page<'_>, libelles: &[String]) {
        if !libelles.is_empty() {
            let dits: Vec<String> = libelles.iter().map(|l| format!("« {l} »")).collect();
            self.absent(
                page,
                &format!("libellés introuvables : {}", dits.join(", ")),
            );
        }
    }

    pub(super) fn finie(mut self, cadre: &Cadre) -> Lu {
        if self.arrondis > 0 {
            let arrondis = self.arrondis;
            self.dits.push(format!(
                "Montants arrondis au centime : {arrondis}. Le classeur en écrit davantage, comme \
                 les tableurs le font."
            ));
        }
        if self.tus > 0 {
            self.dits
                .push(format!("Et {} autres signalements.", self.tus));
        }
        let dit = long::cadre(&self.lignes);
        Lu {
            lignes: self.lignes,
            cadre: dit.unwrap_or_else(|| cadre.cadre.clone()),
            signalements: self.dits,
            absents: self.absents,
        }
    }
}
