//! Acts decided ahead, on the states in hand: one journey then locks their heads, sees that they
//! have not moved, and writes. Whatever stands in the way is left to the lock.

use super::ecrire::Tenu;
use super::guichet::{Attendu, Issue};
use super::{Entente, Entree};
use crate::store::feuille::Feuille;
use crate::store::{Erreur, Plume};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Entente {
    /// Decides, then writes if all of it is done and nothing moved. None: nothing was written, all
    /// is to be decided under the lock: only there is a refusal sure, and a request known to have
    /// been answered.
    pub(super) async fn avance(
        &self,
        attendus: &[Arc<Attendu>],
        plume: &mut Plume,
    ) -> Result<Option<Vec<Issue>>, Erreur> {
        if let Plume::Lite(_) = plume {
            return Ok(None);
        }
        let Some(mut tenus) = self.tenus_en_cache(attendus) else {
            return Ok(None);
        };
        let lues: Vec<Arc<Entree>> = tenus.values().map(|t| Arc::clone(&t.entree)).collect();
        let mut feuille = Feuille::default();
        let mut repondues = BTreeMap::new();
        let mut issues = Vec::with_capacity(attendus.len());
        for attendu in attendus {
            let Some(tenu) = tenus.get_mut(attendu.contrat.as_str()) else {
                return Ok(None);
            };
            match self.un(attendu, tenu, &mut repondues, &mut feuille)? {
                Ok(recu) => issues.push(Ok(recu)),
                Err(_) => return Ok(None),
            }
        }
        let tetes = tenus.keys().copied().zip(lues.iter().map(|e| &e.tete));
        match plume.pose_si(&feuille, &tetes.collect()).await {
            Ok(false) => return Ok(None),
            Err(erreur) if erreur.vient_d_un_acte() => return Ok(None),
            Ok(true) => {}
            Err(erreur) => return Err(erreur),
        }
        for (id, tenu) in tenus {
            self.cache.pose(id, tenu.entree);
        }
        Ok(Some(issues))
    }

    /// The contracts of these acts, when the state of each is in the cache with its lists.
    fn tenus_en_cache<'a>(&self, attendus: &'a [Arc<Attendu>]) -> Option<BTreeMap<&'a str, Tenu>> {
        let mut tenus = BTreeMap::new();
        for attendu in attendus {
            let id = attendu.contrat.as_str();
            if tenus.contains_key(id) {
                continue;
            }
            let entree = self.cache.prend(id).filter(|e| e.projetee)?;
            let tenu = Tenu {
                tete: Some(entree.tete.clone()),
                entree,
                possibles: None,
            };
            tenus.insert(id, tenu);
        }
        Some(tenus)
    }
}
