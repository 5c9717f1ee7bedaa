//! What the tables of a sheet say, by how they are laid out.

use super::description::{Cible, Forme, Poste, Tableau};
use super::detection::ecrit;
use super::extraction::Extraction;
use super::feuilles::Page;
use super::normal::{denude, variantes};
use super::vue::{Case, Vue, Zone, serre};
use super::{comptes, long, tableau};
use crate::echanges::classeur::Cellule;
use crate::echanges::grille::ecrite;
use crate::metier::budget::lignes::{Bloc, Cle, Lieu};

impl Extraction {
    pub(super) fn tableau(
        &mut self,
        page: &Page<'_>,
        lieu: Lieu,
        tableau: &Tableau,
        place: &tableau::Place,
    ) {
        match tableau.forme {
            Forme::Fiche => self.fiches(page, lieu, tableau),
            Forme::Lignes => {
                let colonnes: Vec<_> = place.valeurs.iter().map(|(_, a, z)| (*a, *z)).collect();
                self.postes(page, lieu, tableau, place, &colonnes);
            }
            Forme::Comptes => comptes::lit(self, page, lieu, tableau, place),
            Forme::Liste => self.liste(page, tableau, place),
            Forme::Longue => self.longue(page, place),
        }
    }

    fn fiches(&mut self, page: &Page<'_>, lieu: Lieu, tableau: &Tableau) {
        let mut manques = Vec::new();
        for poste in &tableau.lignes {
            let formes = formes(&poste.libelles, page.exercice);
            match page.vue.ou(&formes, &Vue::tout()).len() {
                0 if !poste.facultatif => manques.push(poste.dit().to_owned()),
                2.. => self.dit(format!(
                    "« {} » : le libellé « {} » s'y trouve plusieurs fois, rien n'est lu.",
                    page.nom(),
                    poste.dit()
                )),
                _ => {}
            }
            if matches!(poste.cible, Cible::Role(_)) {
                continue;
            }
            if let Some((ligne, colonne, cellule)) = self.fiche(page, poste) {
                let lieu_et_annee = (lieu, page.exercice);
                self.lit(page, lieu_et_annee, poste, (ligne, colonne, cellule), None);
            }
        }
        self.manquent(page, &manques);
    }

    /// What stands on the right of a label, unless it is another label.
    pub(super) fn fiche<'a>(
        &mut self,
        page: &Page<'a>,
        poste: &Poste,
    ) -> Option<(u32, u32, &'a Cellule)> {
        let zones = page
            .vue
            .ou(&formes(&poste.libelles, page.exercice), &Vue::tout());
        let [zone] = zones.as_slice() else {
            return None;
        };
        match page.vue.a_droite(zone) {
            Case::Une(ligne, colonne, cellule) => {
                let ancre = serre(cellule).is_some_and(|serre| page.ancres.contains(&serre));
                (!ancre).then_some((ligne, colonne, cellule))
            }
            Case::SansResultat(ligne, colonne) => {
                self.sans_resultat(page, ligne, colonne);
                None
            }
            _ => None,
        }
    }

    /// Lines found by their labels.
    pub(super) fn postes(
        &mut self,
        page: &Page<'_>,
        lieu: Lieu,
        tableau: &Tableau,
        place: &tableau::Place,
        colonnes: &[(i32, Zone)],
    ) -> Vec<Cle> {
        let mut manques = Vec::new();
        let mut poses = Vec::new();
        for poste in &tableau.lignes {
            let mut zones = page
                .vue
                .ou(&formes(&poste.libelles, page.exercice), &place.dans);
            zones.retain(|z| {
                !place
                    .valeurs
                    .iter()
                    .any(|(_, _, v)| v.gauche <= z.gauche && z.gauche <= v.droite)
            });
            match zones.as_slice() {
                [] if poste.facultatif => {}
                [] => manques.push(poste.dit().to_owned()),
                [zone] => {
                    for (annee, colonne) in colonnes {
                        let zone = Zone {
                            haut: zone.haut,
                            bas: zone.bas,
                            ..*colonne
                        };
                        let cle = poste.cle(lieu, *annee);
                        if let Some(case) = self.case(page, &zone, cle.as_ref()) {
                            let cle = self.lit(page, (lieu, *annee), poste, case, None);
                            poses.extend(cle);
                        }
                    }
                }
                _ => self.dit(format!(
                    "« {} » : la ligne « {} » s'y trouve plusieurs fois (tableau « {} »), \
                     rien n'est lu.",
                    page.nom(),
                    poste.dit(),
                    tableau.nom
                )),
            }
        }
        self.manquent(page, &manques);
        poses
    }

    /// One line for each establishment.
    fn liste(&mut self, page: &Page<'_>, tableau: &Tableau, place: &tableau::Place) {
        let Some(finess) = place.noms.get("finess") else {
            return;
        };
        for ligne in lignes_de(page, &place.dans) {
            let zone = |colonne: &Zone| Zone {
                haut: ligne,
                bas: ligne,
                ..*colonne
            };
            let Case::Une(_, _, cellule) = page.vue.case(&zone(finess)) else {
                continue;
            };
            let lu = match long::numero(denude(&ecrit(cellule))) {
                Ok(lu) => lu,
                Err(motif) => {
                    let place = page.cellule(ligne, finess.gauche);
                    self.dit(format!("{place} : ligne laissée de côté. {motif}"));
                    continue;
                }
            };
            let dit = |role: &str| match place.noms.get(role).map(|c| page.vue.case(&zone(c))) {
                Some(Case::Une(_, _, Cellule::Texte(texte))) => Some(denude(texte).to_owned()),
                _ => None,
            };
            let nom = dit("esms").unwrap_or_else(|| lu.clone());
            let lieu = self.lignes.esms(&lu, &nom);
            let unite = dit("unite");
            for (rang, annee, colonne) in &place.valeurs {
                if let Some(poste) = tableau.lignes.get(*rang)
                    && let Some(case) =
                        self.case(page, &zone(colonne), poste.cle(lieu, *annee).as_ref())
                {
                    self.lit(page, (lieu, *annee), poste, case, unite.as_deref());
                }
            }
        }
    }

    /// One line for each figure, in the words of the long form.
    fn longue(&mut self, page: &Page<'_>, place: &tableau::Place) {
        for ligne in lignes_de(page, &place.dans) {
            let case = |role: &str| {
                let colonne = place.noms.get(role)?;
                match page.vue.case(&Zone {
                    haut: ligne,
                    bas: ligne,
                    ..*colonne
                }) {
                    Case::Une(l, c, cellule) => Some((l, c, cellule)),
                    _ => None,
                }
            };
            let dit = |role: &str| {
                let cellule = case(role).map(|(.., cellule)| ecrite(cellule));
                cellule.map_or_else(String::new, |dit| denude(&dit).to_owned())
            };
            let Some((l, c, _)) = case("valeur") else {
                continue;
            };
            let muet = place.noms.get("finess").map(|colonne| {
                page.vue.case(&Zone {
                    haut: ligne,
                    bas: ligne,
                    ..*colonne
                })
            });
            if matches!(muet, Some(Case::SansResultat(..) | Case::Plusieurs(..))) {
                self.dit(format!(
                    "{} : le numéro de l'établissement ne se lit pas, ligne laissée de côté.",
                    page.cellule(l, c)
                ));
                continue;
            }
            let lieu = match dit("finess").as_str() {
                "" => Ok(Lieu::Ensemble),
                numero => long::numero(numero).map(|n| self.lignes.esms(&n, &n)),
            };
            let lue = lieu.and_then(|lieu| {
                let bloc: Bloc = dit("bloc").parse()?;
                let annee = dit("annee")
                    .parse()
                    .map_err(|_| "attendu une année".to_owned())?;
                let cle = Cle {
                    bloc,
                    lieu,
                    annee,
                    code: long::code_de(bloc, &dit("code"))?,
                };
                let (valeur, arrondi) = long::lit(&dit("valeur"), &dit("unite"))?;
                Ok((cle, valeur, arrondi))
            });
            match lue {
                Ok((cle, valeur, arrondi)) => {
                    self.arrondis += usize::from(arrondi);
                    let libelle = dit("libelle");
                    self.pose(page, cle, (valeur, &libelle, &dit("unite")), (l, c));
                }
                Err(motif) => self.dit(format!("{} : {motif}", page.cellule(l, c))),
            }
        }
    }
}

/// The lines of a part of a sheet that hold something.
pub(super) fn lignes_de(page: &Page<'_>, dans: &Zone) -> Vec<u32> {
    if dans.haut > dans.bas {
        return Vec::new();
    }
    let lignes = page.vue.feuille.lignes.range(dans.haut..=dans.bas);
    lignes.map(|(ligne, _)| *ligne).collect()
}

fn formes(libelles: &[String], exercice: i32) -> Vec<String> {
    let formes = libelles.iter();
    formes
        .flat_map(|libelle| variantes(libelle, exercice))
        .collect()
}
