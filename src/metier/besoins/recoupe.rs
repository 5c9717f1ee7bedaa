//! Two views of a same year, read side by side: a new one is taken only if both together tell no
//! more of a hidden count than each alone.

use super::agregat::CONTRAT;
use super::masque::{Bornes, Compte, Montre};
use super::partage::Partage;

/// A cell as a view shows it, with the least count of that view.
type Vue = (Montre, Compte, u32);

impl Bornes {
    /// What two readings leave of a count; none: they contradict each other, so it has changed.
    fn et(self, autre: Self) -> Option<Self> {
        let bas = self.bas.max(autre.bas);
        let haut = self.haut.min(autre.haut);
        (bas <= haut).then_some(Self { bas, haut })
    }
}

impl Partage {
    /// Whether this view may stand after another of the same year.
    ///
    /// # Errors
    /// One French sentence: of which row both together tell too much, or why they cannot be judged.
    pub fn recoupe(&self, ancienne: &Self) -> Result<(), String> {
        let dits = |vue: &Self| -> Vec<String> {
            let dits = vue.ensembles.iter().map(|e| e.finess.clone());
            dits.filter(|finess| finess != CONTRAT).collect()
        };
        let (avant, apres) = (dits(ancienne), dits(self));
        if avant != apres {
            return Err(format!(
                "Les besoins de {} sont déjà déposés pour {} : une vue d'autres établissements en \
                 ferait deviner la différence. Déposez les mêmes, ou une autre année.",
                self.annee,
                avant.join(", ")
            ));
        }
        if ancienne.seuil != self.seuil {
            return Err(format!(
                "Les besoins de {} sont déjà déposés avec une autre échelle ou un autre seuil : \
                 les deux vues se recouperaient. Gardez la même lecture.",
                self.annee
            ));
        }
        for ((code, avant), (_, apres)) in ancienne.rangees().zip(self.rangees()) {
            let vue = |k: u32| move |(montre, compte)| (montre, compte, k);
            let avant: Vec<Vue> = avant.into_iter().map(vue(ancienne.k)).collect();
            let apres: Vec<Vue> = apres.into_iter().map(vue(self.k)).collect();
            if !tiennent(&avant, &apres) {
                return Err(format!(
                    "Lue à côté de celle déjà déposée pour {}, cette vue laisserait deviner un \
                     effectif caché (poste {code}). Refaites-la avec un effectif minimal plus \
                     grand (--k), ou gardez la première.",
                    self.annee
                ));
            }
        }
        Ok(())
    }
}

/// Whether a hidden count keeps as many values as its view owes it, from both.
fn tiennent(avant: &[Vue], apres: &[Vue]) -> bool {
    let bornes = |(montre, compte, k): Vue| montre.bornes(compte, k);
    // What has changed is not tied by the first view any more.
    let jointes = avant.iter().zip(apres).map(|(a, b)| {
        let (a, b) = (bornes(*a), bornes(*b));
        a.et(b).unwrap_or(b)
    });
    let mut jointes: Vec<Bornes> = jointes.collect();
    let Some(total) = jointes.pop() else {
        return true;
    };
    let bas: i64 = jointes.iter().map(|b| b.bas).sum();
    let haut: i64 = jointes.iter().map(|b| b.haut).sum();
    let dit = |vue: Option<&Vue>| vue.is_some_and(|v| !v.0.cache());
    let somme = if dit(avant.last()) || dit(apres.last()) {
        total
            .et(Bornes { bas, haut })
            .unwrap_or(Bornes { bas, haut })
    } else {
        Bornes { bas, haut }
    };
    let cellules = jointes.iter().zip(avant.iter().zip(apres));
    let mut cellules = cellules.map(|(borne, (avant, apres))| {
        let reste = Bornes {
            bas: borne.bas.max(somme.bas - (haut - borne.haut)),
            haut: borne.haut.min(somme.haut - (bas - borne.bas)),
        };
        (reste, *avant, *apres)
    });
    cellules.all(|(reste, avant, apres)| garde(reste, avant) && (su(avant) || garde(reste, apres)))
}

/// Whether a view told it already.
fn su(vue: Vue) -> bool {
    vue.0 == Montre::Exact
}

/// Whether what is left of a count is as much as a view owes.
fn garde(reste: Bornes, (montre, compte, k): Vue) -> bool {
    match montre {
        Montre::Exact => true,
        Montre::PresqueTous => reste.ecart() >= montre.bornes(compte, k).ecart(),
        Montre::Cache | Montre::Tout => reste.ecart() + 1 >= i64::from(k),
    }
}

#[cfg(test)]
mod tests {
    use super::super::masque::rangee;
    use super::*;
    use proptest::prelude::*;

    fn vue(comptes: &[(u32, u32)], k: u32) -> Vec<Vue> {
        let compte = |(nombre, parmi): &(u32, u32)| Compte {
            nombre: *nombre,
            parmi: *parmi,
        };
        let comptes: Vec<Compte> = comptes.iter().map(compte).collect();
        let masque = rangee(&comptes, k);
        let total = Compte {
            nombre: comptes.iter().map(|c| c.nombre).sum(),
            parmi: comptes.iter().map(|c| c.parmi).sum(),
        };
        let cellules = masque.cellules.iter().copied().zip(comptes);
        let dites = cellules.chain([(masque.total, total)]);
        dites.map(|(montre, compte)| (montre, compte, k)).collect()
    }

    proptest! {
        /// The same counts, hidden the same way, tell nothing more.
        #[test]
        fn a_view_stands_beside_itself(
            comptes in prop::collection::vec((0..40_u32, 0..40_u32), 1..7), k in 5..12_u32,
        ) {
            let comptes: Vec<(u32, u32)> = comptes.iter().map(|(n, p)| (*n.min(p), *p)).collect();
            let vue = vue(&comptes, k);
            prop_assert!(tiennent(&vue, &vue));
        }

        /// Whoever reads both holds at least as many values of what the first hid.
        #[test]
        fn what_one_view_hides_the_other_does_not_tell(
            comptes in prop::collection::vec((0..40_u32, 0..40_u32), 1..7),
        ) {
            let comptes: Vec<(u32, u32)> = comptes.iter().map(|(n, p)| (*n.min(p), *p)).collect();
            let (large, serree) = (vue(&comptes, 5), vue(&comptes, 11));
            let hors_du_total = serree.len() - 1;
            let revelee = serree.iter().zip(&large).take(hors_du_total).any(|(avant, apres)| {
                avant.0.cache() && apres.0 == Montre::Exact
            });
            if revelee {
                prop_assert!(!tiennent(&serree, &large));
            }
        }
    }

    #[test]
    fn a_difference_of_totals_gives_back_a_hidden_count() {
        // 7 is hidden, and 20 with it; a second view tells 20.
        let avant = vue(&[(7, 30), (20, 30), (25, 30)], 11);
        assert_eq!(avant[0].0, Montre::Cache);
        assert_eq!(avant[1].0, Montre::Cache);
        let mut apres = avant.clone();
        apres[1].0 = Montre::Exact;
        assert!(!tiennent(&avant, &apres));
        // What has changed for good ties nothing: 31 of 40 is not the 20 of 30.
        let autre = vue(&[(15, 40), (31, 40), (25, 40)], 11);
        assert!(autre.iter().all(|c| c.0 == Montre::Exact));
        assert!(tiennent(&autre, &autre));
    }
}
