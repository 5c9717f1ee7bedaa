//! A compte de résultat: the accounts of each groupe fonctionnel, then its total.

use super::compose::{Composition, Feuille, case, entetes_des_noms, largeur, libre};
use super::page::{Allure, Case, Plage};
use crate::echanges::eprd::comptes::{de_l_autre_cote, sens};
use crate::echanges::eprd::description::{Annee, Cible, Colonne, Poste, Tableau};
use crate::echanges::eprd::normal::en_toutes_lettres;
use crate::metier::budget::lignes::{Cle, Ligne};
use crate::metier::nombre::Nombre;
use crate::metier::referentiels::comptes::{self, Groupe, Sens, normalise};
use std::collections::{BTreeMap, BTreeSet};

const GROUPES: [(Groupe, &str); 3] = [
    (Groupe::Un, "_G1"),
    (Groupe::Deux, "_G2"),
    (Groupe::Trois, "_G3"),
];

pub fn ecrit<'a>(
    composition: &mut Composition<'a>,
    feuille: &mut Feuille,
    tableau: &'a Tableau,
    (haut, gauche): (u32, u32),
) {
    let exercice = composition.lignes.exercice;
    entetes_des_noms(feuille, tableau, (haut, gauche));
    let premiere = gauche + largeur(tableau);
    for (rang, colonne) in (premiere..).zip(&tableau.valeurs) {
        let dit = colonne.libelles.first().map_or("", String::as_str);
        let dit = en_toutes_lettres(dit, exercice);
        feuille.page.texte((haut, rang), &dit, Allure::Entete);
    }
    let mut table = Table {
        tableau,
        sens: sens(tableau),
        gauche,
        premiere,
        ligne: haut + 1,
        sommes: Vec::new(),
    };
    let mut par_groupe = table.comptes(composition, feuille);
    for (groupe, fin) in GROUPES {
        let siens = par_groupe.remove(&Some(groupe)).unwrap_or_default();
        let plage = table.bloc(composition, feuille, &siens);
        let total = tableau
            .lignes
            .iter()
            .find(|poste| code(poste).ends_with(fin));
        if let Some(poste) = total {
            let plages: Vec<Plage> = plage.into_iter().collect();
            let place = table.total(composition, feuille, poste, &plages);
            table.sommes.push((place.1, place.0, place.0));
        } else {
            table.sommes.extend(plage);
        }
    }
    let hors = par_groupe.remove(&None).unwrap_or_default();
    if !hors.is_empty() {
        let plage = table.bloc(composition, feuille, &hors);
        table.sommes.extend(plage);
    }
    let autres = tableau.lignes.iter();
    let autres = autres.filter(|p| !GROUPES.iter().any(|(_, fin)| code(p).ends_with(fin)));
    for poste in autres {
        let sommes = table.sommes.clone();
        table.total(composition, feuille, poste, &sommes);
    }
}

fn code(poste: &Poste) -> &str {
    match &poste.cible {
        Cible::Ligne { code, .. } => code,
        Cible::Role(_) => "",
    }
}

/// A table being written.
struct Table<'a> {
    tableau: &'a Tableau,
    sens: Sens,
    gauche: u32,
    /// The first column of values: that of totals.
    premiere: u32,
    ligne: u32,
    /// What the total of the table is made of.
    sommes: Vec<Plage>,
}

impl<'a> Table<'a> {
    /// The accounts of the frame and those of the lines, by group.
    fn comptes(
        &self,
        composition: &Composition<'_>,
        feuille: &Feuille,
    ) -> BTreeMap<Option<Groupe>, BTreeSet<String>> {
        let exercice = composition.lignes.exercice;
        let mut comptes: BTreeSet<String> = self.tableau.comptes.iter().cloned().collect();
        for colonne in &self.tableau.valeurs {
            if let (Some(bloc), Annee::Ecart(ecart)) = (colonne.bloc, colonne.annee) {
                let siens = composition.du_bloc(bloc, feuille.lieu, exercice + ecart);
                // What is not an account of this side could not be read again as one.
                let siens = siens.into_iter().filter(|compte| {
                    normalise(compte).as_deref() == Some(*compte)
                        && !de_l_autre_cote(self.tableau, compte, exercice)
                });
                comptes.extend(siens.map(str::to_owned));
            }
        }
        let mut par_groupe: BTreeMap<Option<Groupe>, BTreeSet<String>> = BTreeMap::new();
        for compte in comptes {
            let groupe = comptes::groupe(&compte, self.sens, exercice).map(|c| c.groupe);
            par_groupe.entry(groupe).or_default().insert(compte);
        }
        par_groupe
    }

    /// One line for each account; where the first column of values stands.
    fn bloc(
        &mut self,
        composition: &mut Composition<'_>,
        feuille: &mut Feuille,
        comptes: &BTreeSet<String>,
    ) -> Option<Plage> {
        let haut = self.ligne;
        for compte in comptes {
            let mut dit = None;
            for (rang, colonne) in (self.premiere..).zip(&self.tableau.valeurs) {
                let Some((cle, case)) = valeur(composition, feuille, colonne, compte) else {
                    continue;
                };
                let ligne = composition
                    .lignes
                    .trouve(cle.bloc, cle.lieu, cle.annee, &cle.code);
                dit = dit.or(ligne.map(|ligne| ligne.libelle.clone()));
                feuille.page.pose((self.ligne, rang), case, Allure::Saisie);
            }
            self.noms(composition, feuille, compte, dit);
            self.ligne += 1;
        }
        (self.ligne > haut).then(|| (self.premiere, haut, self.ligne - 1))
    }

    fn noms(
        &self,
        composition: &Composition<'_>,
        feuille: &mut Feuille,
        compte: &str,
        dit: Option<String>,
    ) {
        let exercice = composition.lignes.exercice;
        let connu = comptes::groupe(compte, self.sens, exercice).map(|c| c.libelle.to_owned());
        let dit = dit.or(connu).filter(|dit| libre(feuille, dit));
        for (rang, (role, _)) in (self.gauche..).zip(&self.tableau.colonnes) {
            let case = match (role.as_str(), &dit) {
                ("compte", _) => numero(compte),
                (_, Some(dit)) => Case::Texte(dit.clone()),
                _ => continue,
            };
            feuille.page.pose((self.ligne, rang), case, Allure::Libelle);
        }
    }

    /// A total: computed when the cells make what the line says, as it says otherwise.
    fn total(
        &mut self,
        composition: &mut Composition<'a>,
        feuille: &mut Feuille,
        poste: &'a Poste,
        plages: &[Plage],
    ) -> (u32, u32) {
        let dit = poste.dit();
        let dit = en_toutes_lettres(dit, composition.lignes.exercice);
        let libelles = self
            .tableau
            .colonnes
            .iter()
            .position(|(role, _)| role == "libelle");
        let rang = self.gauche + u32::try_from(libelles.unwrap_or_default()).unwrap_or_default();
        feuille.page.texte((self.ligne, rang), &dit, Allure::Entete);
        let place = (self.ligne, self.premiere);
        self.ligne += 1;
        let Cible::Ligne { bloc, code, .. } = &poste.cible else {
            return place;
        };
        composition.totaux.insert(code, place);
        let cle = Cle {
            bloc: *bloc,
            lieu: feuille.lieu,
            annee: composition.lignes.exercice,
            code: code.clone(),
        };
        let lue = |ligne: &Ligne| case(feuille, ligne, "EUR", &BTreeMap::new());
        let declare = composition.prend(&cle, lue);
        let case = calcul(feuille, declare, plages, &[]);
        feuille.page.pose(place, case, Allure::Saisie);
        place
    }
}

fn valeur(
    composition: &mut Composition<'_>,
    feuille: &Feuille,
    colonne: &Colonne,
    compte: &str,
) -> Option<(Cle, Case)> {
    let (Some(bloc), Annee::Ecart(ecart)) = (colonne.bloc, colonne.annee) else {
        return None;
    };
    let cle = Cle {
        bloc,
        lieu: feuille.lieu,
        annee: composition.lignes.exercice + ecart,
        code: compte.to_owned(),
    };
    let lue = |ligne: &Ligne| case(feuille, ligne, "EUR", &BTreeMap::new());
    let case = composition.prend(&cle, lue);
    Some((cle, case))
}

/// Accounts are numbers, but for those that a spreadsheet would change.
fn numero(compte: &str) -> Case {
    let nombre = Nombre::du_texte(compte).filter(|n| n.to_string() == compte);
    nombre.map_or_else(|| Case::Texte(compte.to_owned()), Case::Nombre)
}

/// A cell that says what others make, as long as it says the same as the line.
pub fn calcul(feuille: &Feuille, declare: Case, plus: &[Plage], moins: &[Plage]) -> Case {
    let remplies = |plages: &[Plage]| -> Vec<i64> {
        let cellules = plages.iter().flat_map(|(rang, haut, bas)| {
            (*haut..=*bas).filter_map(|l| feuille.page.cases.get(&(l, *rang)))
        });
        let montants = cellules.filter_map(|(case, _)| match case {
            Case::Montant(m)
            | Case::Calcul {
                montant: Some(m), ..
            } => Some(*m),
            _ => None,
        });
        montants.collect()
    };
    let (a, b) = (remplies(plus), remplies(moins));
    let somme =
        (!a.is_empty() || !b.is_empty()).then(|| a.iter().sum::<i64>() - b.iter().sum::<i64>());
    let montant = match declare {
        Case::Montant(m) => Some(m),
        _ => None,
    };
    // A total that says something else, or nothing beside filled cells, is kept as it is.
    if somme != montant || plus.is_empty() {
        return declare;
    }
    Case::Calcul {
        plus: plus.to_vec(),
        moins: moins.to_vec(),
        montant,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_keeps_its_zeros() {
        assert_eq!(numero("6411"), Case::Nombre(Nombre::from(6411)));
        assert_eq!(numero("0641"), Case::Texte("0641".to_owned()));
    }
}
