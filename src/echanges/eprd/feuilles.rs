//! The sheets of a workbook, one after the other: whose each is, in which unit, and what it misses.

use super::description::{Cible, Genre, Modele, Role};
use super::detection::{Choix, ecrit};
use super::extraction::Extraction;
use super::normal::{denude, echelle, echelle_inconnue, nombre, variantes};
use super::vue::{Vue, Zone};
use super::{Lu, Refus, long, tableau};
use crate::echanges::classeur::{Cellule, Classeur, Visibilite};
use crate::metier::budget::lignes::{Bloc, Cle, Lieu, Ligne, Lignes, Origine, Valeur};
use crate::metier::nombre::Nombre;
use std::collections::{BTreeMap, BTreeSet};

/// Lines looked at for the unit of amounts, in a sheet without headings.
const TETE: u32 = 10;

/// The sheet being read.
pub(super) struct Page<'a> {
    pub vue: Vue<'a>,
    pub exercice: i32,
    /// None: two units are said, no amount is read.
    pub zeros: Option<u32>,
    /// Every label of the sheet: none is a value.
    pub ancres: BTreeSet<String>,
}

impl Page<'_> {
    pub fn nom(&self) -> &str {
        &self.vue.feuille.nom
    }

    pub fn cellule(&self, ligne: u32, colonne: u32) -> String {
        format!("{}!{}", self.nom(), Vue::nom(ligne, colonne))
    }
}

/// Reads every sheet of a frame.
///
/// # Errors
/// A FINESS of the entité juridique that is none.
pub fn lire(classeur: &Classeur, choix: &Choix<'_>) -> Result<Lu, Refus> {
    let ej = long::numero(&choix.ej).map_err(Refus::Fichier)?;
    let mut extraction = Extraction::nouvelle(Lignes::nouvelles(choix.exercice, &ej));
    extraction.de_l_ensemble(classeur, choix);
    // Establishments are known by their CRP: other sheets come after.
    let (crp, autres): (Vec<_>, Vec<_>) = choix
        .feuilles
        .iter()
        .partition(|(_, modele)| modele.genre == Genre::Crp);
    for (feuille, modele) in crp.into_iter().chain(autres) {
        if !modele.tableaux.is_empty() {
            extraction.feuille(Page::de(Vue::de(feuille), modele, choix.exercice), modele);
        }
    }
    Ok(extraction.finie(choix.cadre))
}

impl<'a> Page<'a> {
    fn de(vue: Vue<'a>, modele: &Modele, exercice: i32) -> Self {
        let ancres = modele
            .libelles()
            .flat_map(|l| variantes(l, exercice))
            .collect();
        Self {
            vue,
            exercice,
            zeros: Some(0),
            ancres,
        }
    }

    /// The unit of amounts: said above the values, or by the headings that are read.
    fn mesure(&mut self, places: &[Result<tableau::Place, String>]) {
        let entetes = places.iter().flatten().flat_map(|place| &place.valeurs);
        let entetes: Vec<Zone> = entetes.map(|(_, _, zone)| *zone).collect();
        let bas = entetes.iter().map(|zone| zone.haut).min().unwrap_or(TETE);
        let tete = self.vue.feuille.lignes.range(..bas);
        let tete = tete.flat_map(|(_, cellules)| cellules.values());
        let inconnue = |cellule: &&Cellule| match cellule {
            Cellule::Texte(texte) => echelle_inconnue(texte),
            _ => false,
        };
        if tete.clone().any(|cellule| inconnue(&cellule)) {
            self.zeros = None;
            return;
        }
        let mut dites: BTreeSet<u32> = tete.filter_map(dite).collect();
        let des_entetes = entetes.iter().map(|zone| {
            let cellule = self.vue.cellule(zone.haut, zone.gauche);
            cellule.and_then(dite)
        });
        let des_entetes: BTreeSet<Option<u32>> = des_entetes.collect();
        // A heading that says nothing is of the unit said above, euros when nothing is.
        if dites.is_empty() && des_entetes.len() > 1 {
            dites.insert(0);
        }
        dites.extend(des_entetes.into_iter().flatten());
        let mut dites = dites.into_iter();
        self.zeros = match (dites.next(), dites.next()) {
            (None, _) => Some(0),
            (Some(zeros), None) => Some(zeros),
            _ => None,
        };
    }
}

/// The unit that a cell says, when it is no amount.
fn dite(cellule: &Cellule) -> Option<u32> {
    match cellule {
        Cellule::Texte(texte) if nombre(texte).is_none() => echelle(texte).map(|e| e.0),
        _ => None,
    }
}

impl Extraction {
    fn de_l_ensemble(&mut self, classeur: &Classeur, choix: &Choix<'_>) {
        if !choix.cadre.vaut(choix.exercice) {
            self.dit(format!(
                "L'exercice {} n'est pas de ceux du cadre lu ({}) : vérifiez les montants.",
                choix.exercice, choix.cadre.titre
            ));
        }
        for (visibilite, dits) in [
            (Visibilite::Masquee, "masqués"),
            (Visibilite::TresMasquee, "très masqués"),
        ] {
            let masquees = classeur.feuilles.iter();
            let masquees = masquees.filter(|f| f.details.visibilite == visibilite);
            let noms: Vec<String> = masquees.map(|f| format!("« {} »", f.nom)).collect();
            if !noms.is_empty() {
                self.dit(format!(
                    "Onglets {dits}, lus comme les autres : {}.",
                    noms.join(", ")
                ));
            }
        }
        if !choix.ignorees.is_empty() {
            let noms: Vec<String> = choix
                .ignorees
                .iter()
                .map(|nom| format!("« {nom} »"))
                .collect();
            self.dit(format!("Onglets que rien ne lit : {}.", noms.join(", ")));
        }
        for modele in choix.cadre.feuilles.iter().filter(|m| !m.facultatif) {
            if !choix.feuilles.iter().any(|(_, m)| m.genre == modele.genre) {
                let nom = modele.onglets.first().map_or("", String::as_str);
                self.absents.push(format!("onglet « {nom} »"));
            }
        }
    }

    fn feuille(&mut self, mut page: Page<'_>, modele: &Modele) {
        let places = tableau::situe(&page.vue, &modele.tableaux, page.exercice);
        page.mesure(&places);
        if page.zeros.is_none() {
            self.dit(format!(
                "« {} » dit deux unités de montants : aucun montant n'y est lu. Gardez-en une.",
                page.nom()
            ));
        }
        let lieu = if modele.par_esms() {
            match self.etablissement(&page, modele) {
                Some(lieu) => lieu,
                None => return,
            }
        } else {
            Lieu::Ensemble
        };
        for (tableau, place) in modele.tableaux.iter().zip(places) {
            match place {
                Ok(place) => {
                    for manque in &place.manques {
                        self.absent(&page, &format!("{manque} (tableau « {} »)", tableau.nom));
                    }
                    self.tableau(&page, lieu, tableau, &place);
                }
                Err(_) if tableau.facultatif => {}
                Err(motif) => self.absent(&page, &motif),
            }
        }
    }

    /// Whose tab it is: the FINESS read in it. None: told, and left out.
    fn etablissement(&mut self, page: &Page<'_>, modele: &Modele) -> Option<Lieu> {
        let postes = modele.tableaux.iter().flat_map(|t| &t.lignes);
        let mut lus: BTreeMap<&str, String> = BTreeMap::new();
        for poste in postes {
            let cle = match &poste.cible {
                Cible::Role(Role::FinessEt) => "finess",
                Cible::Role(Role::Esms) => "esms",
                Cible::Ligne {
                    bloc: Bloc::Ident,
                    code,
                    ..
                } if code == "NOM" => "nom",
                _ => continue,
            };
            if let Some((_, _, cellule)) = self.fiche(page, poste) {
                lus.insert(cle, denude(&ecrit(cellule)).to_owned());
            }
        }
        let finess = match lus.get("finess").map(|dit| long::numero(dit)) {
            Some(Ok(finess)) => finess,
            Some(Err(motif)) => {
                self.dit(format!("« {} » est laissé de côté : {motif}", page.nom()));
                return None;
            }
            None => {
                self.dit(format!(
                    "« {} » est laissé de côté : aucun FINESS d'établissement n'y est lu. Un \
                     budget sans établissement n'entre pas dans les contrôles.",
                    page.nom()
                ));
                return None;
            }
        };
        let lue = (modele.genre, finess.clone());
        if !self.lues.insert(lue) {
            self.second_onglet(page, modele, &finess);
            return None;
        }
        let nom = lus.get("esms").or_else(|| lus.get("nom"));
        Some(
            self.lignes
                .esms(&finess, nom.map_or(page.nom(), String::as_str)),
        )
    }

    fn second_onglet(&mut self, page: &Page<'_>, modele: &Modele, finess: &str) {
        self.dit(format!(
            "« {} » est un second onglet du FINESS {finess} : seul le premier est lu.",
            page.nom()
        ));
        if modele.genre != Genre::Crp {
            return;
        }
        let cle = Cle {
            bloc: Bloc::Ident,
            lieu: self.lignes.esms(finess, finess),
            annee: page.exercice,
            code: "CRP_NOMBRE".to_owned(),
        };
        let deja = self
            .lignes
            .retire(&cle)
            .map_or(1, |ligne| match ligne.valeur {
                Valeur::Quantite(n) => n.entier().and_then(|n| i32::try_from(n).ok()).unwrap_or(1),
                _ => 1,
            });
        let ligne = Ligne {
            libelle: "Comptes de résultat de ce FINESS".to_owned(),
            valeur: Valeur::Quantite(Nombre::from(deja.saturating_add(1))),
            unite: "nombre".to_owned(),
            origine: Origine::Cellule {
                feuille: page.nom().to_owned(),
                cellule: "A1".to_owned(),
            },
        };
        if let Err(motif) = self.lignes.pose(cle, ligne) {
            self.dit(motif);
        }
    }
}
