//! The budgets handed over for an exercise, and what was notified since.

use super::{Lecteur, cadre_dit, jour, typographie};
use crate::app::budgets::flux;
use crate::metier::budget::dire;
use crate::metier::budget::lecteur;
use crate::metier::budget::ratios::notifie_a;
use crate::metier::budget::releve::{Chiffres, realise};
use crate::metier::contrat::dossier::{BudgetDepose, Sujet};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A budget handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DepotVue {
    /// From 1, in the order they came.
    pub numero: usize,
    pub cadre: String,
    pub fichier: String,
    pub par: String,
    pub le: String,
    /// « 42 OK, 0 en échec, 10 non évaluables ».
    pub bilan: String,
    /// Those that block.
    pub bloquants: usize,
    /// To look at it, and to take the workbook back.
    pub lien: String,
    pub classeur: String,
    pub courant: bool,
}

/// Notified since a budget was handed over: an amending decision is to be thought of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EcartVue {
    pub nom: String,
    /// Notified then, and now; empty: nothing was.
    pub alors: String,
    pub maintenant: String,
    pub ecart: String,
}

impl Lecteur<'_> {
    /// Those of an exercise, oldest first.
    pub fn deposes(&self, exercice: i32) -> &[BudgetDepose] {
        self.procedure(exercice)
            .map_or(&[], |p| p.registre().budgets())
    }

    /// The one that is shown: that asked for, by its number; the last one otherwise.
    pub fn choisi(&self, exercice: i32, numero: Option<usize>) -> Option<(usize, &BudgetDepose)> {
        let deposes = self.deposes(exercice);
        let numero = numero.unwrap_or(deposes.len());
        let depose = deposes.get(numero.checked_sub(1)?)?;
        Some((numero, depose))
    }

    pub(super) fn depots(&self, exercice: i32, choisi: Option<usize>) -> Vec<DepotVue> {
        let adresse = super::super::adresse(&self.lu.identite.id);
        let deposes = self.deposes(exercice).iter().enumerate();
        let vue = |(rang, depose): (usize, &BudgetDepose)| {
            let numero = rang + 1;
            let quel = format!("exercice={exercice}&depot={numero}");
            let bilan = depose.budget.bilan;
            DepotVue {
                numero,
                cadre: cadre_dit(&depose.budget.cadre),
                fichier: depose.budget.classeur.nom.clone(),
                par: self.partie(&depose.par),
                le: jour(depose.le),
                bilan: if realise(&depose.budget.cadre) {
                    "lu, sans contrôle".to_owned()
                } else {
                    format!(
                        "{} conformes, {} en échec, {} non évaluables",
                        bilan.ok, bilan.ko, bilan.ne
                    )
                },
                bloquants: bilan.bloquants,
                lien: format!("{adresse}/eprd?{quel}"),
                classeur: format!("{adresse}/eprd/classeur?{quel}"),
                courant: Some(numero) == choisi,
            }
        };
        deposes.map(vue).collect()
    }

    fn partie(&self, partie: &str) -> String {
        let nom = self.lu.identite.parties.get(partie);
        nom.map_or_else(|| partie.to_owned(), Clone::clone)
    }

    /// Whether the reader may hand over a budget now.
    pub fn depose(&self, exercice: i32, maintenant: DateTime<Utc>) -> bool {
        let place = &self.lu.place;
        let flux = flux(exercice);
        let ouvertures = self.lu.contrat.ouvertures(&flux, &place.partie, maintenant);
        place.role.is_some()
            && ouvertures
                .iter()
                .any(|o| o.sujet == Sujet::Saisie("budget"))
    }

    /// What was notified otherwise since these figures were read.
    pub fn notifie_depuis(&self, exercice: i32, alors: &[Chiffres]) -> Vec<EcartVue> {
        let Ok(lignes) = self.contrat(exercice) else {
            return Vec::new();
        };
        let x = lecteur::Lecteur::de(&lignes);
        let mut ecarts = Vec::new();
        for lieu in lignes.lieux() {
            let (Some(esms), maintenant) = (lignes.esms_de(lieu), notifie_a(&x, lieu)) else {
                continue;
            };
            let connu = alors.iter().find(|c| c.finess == esms.finess);
            let avant = connu.and_then(|c| c.notifie);
            let Some(montant) = maintenant.filter(|_| maintenant != avant) else {
                continue;
            };
            let ecart = montant - avant.unwrap_or(0);
            let plus = if ecart > 0 { "+" } else { "" };
            ecarts.push(EcartVue {
                nom: esms.nom.clone(),
                alors: avant.map_or_else(String::new, dire::euros),
                maintenant: dire::euros(montant),
                ecart: typographie(&format!("{plus}{}", dire::euros(ecart))),
            });
        }
        ecarts
    }
}
