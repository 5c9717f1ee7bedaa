//! A sheet as a table: its columns found by their titles, its lines read cell by cell.

use super::champs::{Genre, Plan, simple};
use super::valeurs::{ANNEES, Faux, Lu};
use super::{Refuse, Signalement};
use crate::echanges::classeur::{Cellule, Classeur, Feuille, Lieu};
use std::collections::BTreeMap;

/// A sheet whose columns are known.
pub struct Tableau<'c> {
    pub plan: &'static Plan,
    feuille: &'c Feuille,
    /// The line of the titles, from 0.
    titres: u32,
    /// By title, the column from 0.
    colonnes: BTreeMap<&'static str, u32>,
    /// The columns of targets, by year.
    pub cibles: BTreeMap<i32, u32>,
}

impl<'c> Tableau<'c> {
    /// None: a sheet that may be absent is.
    ///
    /// # Errors
    /// One French sentence: the sheet or one of its columns is missing, or is there twice.
    pub fn trouve(
        classeur: &'c Classeur,
        plan: &'static Plan,
        signalements: &mut Vec<Signalement>,
    ) -> Result<Option<Self>, String> {
        let nommees = classeur.feuilles.iter();
        let mut nommees = nommees.filter(|f| simple(&f.nom) == simple(plan.nom));
        let (feuille, autre) = (nommees.next(), nommees.next());
        if autre.is_some() {
            return Err(format!(
                "Deux feuilles s'appellent « {} » : gardez-en une.",
                plan.nom
            ));
        }
        let Some(feuille) = feuille else {
            if plan.requise {
                let noms = classeur.feuilles.iter().map(|f| format!("« {} »", f.nom));
                return Err(format!(
                    "La feuille « {} » est attendue ; trouvé : {}. Partez du classeur vide \
                     (`entente import modele`).",
                    plan.nom,
                    noms.collect::<Vec<_>>().join(", ")
                ));
            }
            return Ok(None);
        };
        let (titres, cellules) = match feuille.lignes.first_key_value() {
            Some((ligne, cellules)) => (*ligne, cellules.clone()),
            None => (0, BTreeMap::new()),
        };
        let mut tableau = Self {
            plan,
            feuille,
            titres,
            colonnes: BTreeMap::new(),
            cibles: BTreeMap::new(),
        };
        for (colonne, cellule) in &cellules {
            tableau.nomme(*colonne, cellule, signalements)?;
        }
        tableau.complet()?;
        Ok(Some(tableau))
    }

    fn nomme(
        &mut self,
        colonne: u32,
        cellule: &Cellule,
        signalements: &mut Vec<Signalement>,
    ) -> Result<(), String> {
        let lieu = Lieu::de(&self.feuille.nom, self.titres, colonne);
        let titre = match cellule {
            Cellule::Texte(texte) => simple(texte),
            Cellule::Nombre(nombre) => nombre.to_string(),
            _ => String::new(),
        };
        let champs = self.plan.champs.iter().filter(|c| c.genre != Genre::Cible);
        let mut champs = champs.filter(|c| simple(c.titre) == titre || c.aussi.contains(&&*titre));
        let deja = if let Some(champ) = champs.next() {
            self.colonnes.insert(champ.titre, colonne)
        } else if let Some(annee) = self.annee(&titre) {
            self.cibles.insert(annee, colonne)
        } else {
            signalements.push(Signalement {
                phrase: format!("La colonne {cellule} n'est pas connue : elle n'est pas lue."),
                lieu,
            });
            return Ok(());
        };
        match deja {
            None => Ok(()),
            Some(_) => Err(format!(
                "{lieu} : la colonne {cellule} est là deux fois. Gardez-en une."
            )),
        }
    }

    /// The year of a column of targets: « Cible 2027 », « 2027 ».
    fn annee(&self, titre: &str) -> Option<i32> {
        let mut champs = self.plan.champs.iter();
        champs.find(|c| c.genre == Genre::Cible)?;
        let annee = titre.rsplit(' ').next()?;
        let mot = titre.strip_suffix(annee)?.trim_end();
        let annee = annee.parse().ok().filter(|a| ANNEES.contains(a))?;
        matches!(mot, "" | "cible" | "valeur cible" | "objectif").then_some(annee)
    }

    fn complet(&self) -> Result<(), String> {
        let requis = self.plan.champs.iter().filter(|c| c.requis);
        let absents = requis.filter(|c| !self.colonnes.contains_key(c.titre));
        let absents: Vec<String> = absents.map(|c| format!("« {} »", c.titre)).collect();
        if absents.is_empty() {
            return Ok(());
        }
        Err(format!(
            "La feuille « {} » attend en première ligne les titres de ses colonnes ; il manque {}. \
             Ajoutez-les, même vides, ou partez du classeur vide (`entente import modele`).",
            self.feuille.nom,
            absents.join(", ")
        ))
    }

    /// The lines below the titles that hold something in a known column.
    pub fn lignes(&self) -> impl Iterator<Item = Ligne<'_>> {
        let sous = self.feuille.lignes.range(self.titres.saturating_add(1)..);
        let lignes = sous.map(|(n, cellules)| Ligne {
            tableau: self,
            n: *n,
            cellules,
            refuses: Vec::new(),
            signalements: Vec::new(),
        });
        lignes.filter(|l| {
            let connues = self.colonnes.values().chain(self.cibles.values());
            connues.into_iter().any(|c| l.cellules.contains_key(c))
        })
    }
}

/// A line being read, and what is wrong in it.
pub struct Ligne<'t> {
    tableau: &'t Tableau<'t>,
    n: u32,
    cellules: &'t BTreeMap<u32, Cellule>,
    pub refuses: Vec<Refuse>,
    pub signalements: Vec<Signalement>,
}

impl Ligne<'_> {
    /// Where a column stands in this line.
    pub fn lieu(&self, titre: &str) -> Lieu {
        let colonne = self
            .tableau
            .colonnes
            .get(titre)
            .copied()
            .unwrap_or_default();
        self.en(colonne)
    }

    fn en(&self, colonne: u32) -> Lieu {
        Lieu::de(&self.tableau.feuille.nom, self.n, colonne)
    }

    fn cellule(&self, titre: &str) -> Option<&Cellule> {
        let colonne = self.tableau.colonnes.get(titre)?;
        self.cellules.get(colonne)
    }

    pub fn refuse(&mut self, lieu: Lieu, motif: String) {
        self.refuses.push(Refuse {
            lieu,
            reference: None,
            motif,
        });
    }

    pub fn signale(&mut self, titre: &str, phrase: String) {
        let lieu = self.lieu(titre);
        self.signalements.push(Signalement { lieu, phrase });
    }

    fn juge<T>(&mut self, lieu: Lieu, cellule: &Cellule, lu: Lu<T>) -> Option<T> {
        let motif = match lu {
            Ok(valeur) => return Some(valeur),
            Err(Faux::Phrase(phrase)) => phrase,
            Err(Faux::Attendu(quoi)) => {
                format!("Attendu : {quoi} ; trouvé {cellule}. Corrigez cette cellule.")
            }
        };
        self.refuse(lieu, motif);
        None
    }

    /// A cell that may be empty. None: empty, or refused.
    pub fn lit<T>(&mut self, titre: &str, lire: impl FnOnce(&Cellule) -> Lu<T>) -> Option<T> {
        let cellule = self.cellule(titre)?.clone();
        self.juge(self.lieu(titre), &cellule, lire(&cellule))
    }

    /// A cell that must hold something. None: refused.
    pub fn exige<T>(&mut self, titre: &str, lire: impl FnOnce(&Cellule) -> Lu<T>) -> Option<T> {
        if self.cellule(titre).is_none() {
            let motif = format!("La cellule « {titre} » est vide : remplissez-la.");
            self.refuse(self.lieu(titre), motif);
        }
        self.lit(titre, lire)
    }

    pub fn vide(&self, titre: &str) -> bool {
        self.cellule(titre).is_none()
    }

    /// The targets, by year, with their places.
    pub fn cibles<T>(&mut self, lire: impl Fn(&Cellule) -> Lu<T>) -> BTreeMap<i32, (T, Lieu)> {
        let mut cibles = BTreeMap::new();
        for (annee, colonne) in &self.tableau.cibles {
            let Some(cellule) = self.cellules.get(colonne) else {
                continue;
            };
            let lieu = self.en(*colonne);
            if let Some(lue) = self.juge(lieu.clone(), cellule, lire(cellule)) {
                cibles.insert(*annee, (lue, lieu));
            }
        }
        cibles
    }
}
