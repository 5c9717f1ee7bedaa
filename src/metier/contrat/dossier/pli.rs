//! What is entered, folded as part of what people agree on: whatever changes an object voids the
//! agreements given on it.

use super::{Application, DIAGNOSTIC_WRITE, Dossier, empreinte};
use crate::metier::budget::releve;
use crate::metier::contrat::perimetre::ESMS;
use crate::metier::contrat::saisie::Saisie;
use crate::metier::evenement::Evenement;
use std::sync::Arc;

impl Dossier {
    pub(super) fn fold_avenant(&mut self, evenement: &Evenement) {
        let Evenement::AvenantApplique {
            avenant,
            numero,
            lecture_consolidee,
            terme,
            cibles,
            effet,
            ..
        } = evenement
        else {
            return;
        };
        Arc::make_mut(&mut self.avenants).push(Application {
            avenant: avenant.clone(),
            numero: *numero,
            lecture_consolidee: *lecture_consolidee,
            terme: *terme,
            effet: *effet,
        });
        Arc::make_mut(&mut self.suivi).prorogations += i64::from(terme.is_some());
        for cible in cibles {
            self.registre.revise(cible);
        }
    }

    /// What is entered is part of what people agree on.
    pub(super) fn fold_saisie(&mut self, saisie: &Saisie, droit: &str, partie: &str) {
        let dit = Some(empreinte(saisie));
        match saisie {
            Saisie::Indicateur { objectif, .. } => {
                self.donnee("objectif", Some(objectif), "indicateur".to_owned(), dit);
            }
            Saisie::Moyen {
                financeur, ligne, ..
            } => self.donnee("moyens", Some(financeur), format!("ligne {ligne}"), dit),
            Saisie::MoyenRetire { financeur, ligne } => {
                self.donnee("moyens", Some(financeur), format!("ligne {ligne}"), None);
            }
            Saisie::TotalAnnexe { financeur, .. } => {
                self.donnee("moyens", Some(financeur), "total".to_owned(), dit);
            }
            Saisie::Theme { esms, theme, .. } => {
                self.donnee("diagnostic", Some(esms), format!("thème {theme}"), dit);
            }
            Saisie::Constat { esms, constat, .. } => {
                self.donnee("diagnostic", Some(esms), format!("constat {constat}"), dit);
                // Positions were taken on what it said before.
                self.ecrit("diagnostic", Some(esms), |contenu| {
                    contenu.positions.remove(constat);
                });
            }
            Saisie::Chiffres { esms, releve } => {
                for (code, valeur) in &releve.chiffres {
                    let nom = format!("chiffre {code} {}", releve.annee);
                    let dit = empreinte(&(releve.source, valeur.to_string()));
                    self.donnee("diagnostic", Some(esms), nom, Some(dit));
                }
            }
            Saisie::Profil(profil) => {
                for esms in &profil.esms {
                    let nom = format!("besoins {}", profil.annee);
                    self.donnee("diagnostic", Some(esms), nom, dit);
                }
            }
            Saisie::Trame { .. } => {
                for esms in self.collections.cles(ESMS).to_vec() {
                    self.donnee("diagnostic", Some(&esms), "trame".to_owned(), dit);
                }
            }
            Saisie::Convention { cle, .. } => {
                self.donnee("synthese", None, format!("convention {cle}"), dit);
            }
            Saisie::Budget(budget) => {
                let objet = objet_du_budget(&budget.cadre);
                self.donnee(objet, None, "budget".to_owned(), dit);
            }
            Saisie::Note { objectif, .. } => {
                self.donnee("revue", None, format!("note {objectif} {partie}"), dit);
            }
            Saisie::Organisation { .. }
            | Saisie::Referent { .. }
            | Saisie::Pouvoir { .. }
            | Saisie::Deliberation(_)
            | Saisie::Document { .. }
            | Saisie::Notification { .. } => {}
        }
        if let (Saisie::Theme { esms, .. } | Saisie::Constat { esms, .. }, DIAGNOSTIC_WRITE) =
            (saisie, droit)
        {
            Arc::make_mut(&mut self.suivi).soumis.remove(esms);
        }
    }
}

/// What a budget is part of, by its frame.
pub(super) fn objet_du_budget(cadre: &str) -> &'static str {
    if releve::realise(cadre) {
        "errd"
    } else {
        "eprd"
    }
}
