//! What the lines of a contract say together.

use super::lignes::Objectif;
use super::{ContratLu, ObjectifLu, Refuse};
use crate::echanges::classeur::Lieu;
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Gives a contract its objectives, and tells what does not hold together.
pub fn juge(contrat: &mut ContratLu, objectifs: Vec<Objectif>, refuses: &mut Vec<Refuse>) {
    let mut examen = Examen {
        reference: contrat.reference.clone(),
        annees: contrat.effet.year()..=contrat.terme.year(),
        autorites: BTreeMap::new(),
        refuses,
    };
    examen.perimetre(contrat);
    if contrat.esms.is_empty() {
        return;
    }
    let mut codes = BTreeSet::new();
    for lu in objectifs {
        if !codes.insert(lu.code.clone()) {
            let motif = format!(
                "L'objectif « {} » est là deux fois. Gardez-en une ligne.",
                lu.code
            );
            examen.refuse(lu.lieux.code.clone(), motif);
        }
        contrat.objectifs.push(examen.objectif(lu));
    }
    examen.moyens(contrat, &codes);
}

struct Examen<'r> {
    reference: String,
    annees: RangeInclusive<i32>,
    /// Those of each establishment.
    autorites: BTreeMap<String, Vec<String>>,
    refuses: &'r mut Vec<Refuse>,
}

impl Examen<'_> {
    fn refuse(&mut self, lieu: Lieu, motif: String) {
        self.refuses.push(Refuse {
            lieu,
            reference: Some(self.reference.clone()),
            motif,
        });
    }

    fn perimetre(&mut self, contrat: &ContratLu) {
        let mut departements = BTreeSet::new();
        for esms in &contrat.esms {
            let autorites = esms.competence.autorites();
            departements.extend(esms.competence.departement().map(str::to_owned));
            if self.autorites.insert(esms.cle.clone(), autorites).is_some() {
                let motif = format!(
                    "L'ESMS {} est là deux fois dans ce contrat. Gardez-en une ligne.",
                    esms.cle
                );
                self.refuse(esms.lieu.clone(), motif);
            }
        }
        if contrat.esms.is_empty() {
            let motif = "Ce contrat n'a aucun ESMS lisible dans la feuille « ESMS ». Ajoutez au \
                         moins une ligne de même référence.";
            self.refuse(contrat.lieux.reference.clone(), motif.to_owned());
        } else if departements != contrat.departements {
            let dits = |codes: &BTreeSet<String>| match codes.len() {
                0 => "aucun".to_owned(),
                _ => codes.iter().cloned().collect::<Vec<_>>().join(", "),
            };
            let motif = format!(
                "Les Départements annoncés ({}) ne sont pas ceux des ESMS ({}). Corrigez cette \
                 cellule, ou l'autorité des ESMS.",
                dits(&contrat.departements),
                dits(&departements)
            );
            self.refuse(contrat.lieux.departements.clone(), motif);
        }
    }

    fn objectif(&mut self, lu: Objectif) -> ObjectifLu {
        let tous = || self.autorites.keys().cloned().collect();
        let esms: BTreeSet<String> = lu.esms.map_or_else(tous, |e| e.into_iter().collect());
        for cle in &esms {
            self.esms(cle, &lu.lieux.esms);
        }
        for financeur in &lu.financeurs {
            self.financeur(financeur, &lu.lieux.financeurs);
        }
        for (annee, lieu) in &lu.lieux.cibles {
            self.annee(*annee, lieu);
        }
        ObjectifLu {
            code: lu.code,
            intitule: lu.intitule,
            esms,
            financeurs: lu.financeurs.into_iter().collect(),
            indicateur: lu.indicateur,
            lieu: lu.lieux.code,
        }
    }

    fn esms(&mut self, cle: &str, lieu: &Lieu) {
        if !self.autorites.contains_key(cle) {
            let motif = format!(
                "L'ESMS {cle} n'est pas dans ce contrat. Corrigez le numéro, ou ajoutez l'ESMS."
            );
            self.refuse(lieu.clone(), motif);
        }
    }

    fn financeur(&mut self, financeur: &str, lieu: &Lieu) {
        let mut autorites = self.autorites.values().flatten();
        if !autorites.any(|a| a == financeur) {
            let motif = format!(
                "« {financeur} » n'est l'autorité d'aucun ESMS de ce contrat. Corrigez le \
                 financeur, ou l'autorité des ESMS."
            );
            self.refuse(lieu.clone(), motif);
        }
    }

    fn annee(&mut self, annee: i32, lieu: &Lieu) {
        if !self.annees.contains(&annee) {
            let motif = format!(
                "L'année {annee} est hors du contrat, qui va de {} à {}. Corrigez-la.",
                self.annees.start(),
                self.annees.end()
            );
            self.refuse(lieu.clone(), motif);
        }
    }

    fn moyens(&mut self, contrat: &ContratLu, codes: &BTreeSet<String>) {
        let mut lignes = BTreeSet::new();
        for lu in &contrat.moyens {
            if !lignes.insert((&lu.financeur, &lu.ligne)) {
                let motif = format!(
                    "La ligne « {} » de ce financeur est là deux fois. Donnez à chacune la sienne.",
                    lu.ligne
                );
                self.refuse(lu.lieux.ligne.clone(), motif);
            }
            self.financeur(&lu.financeur, &lu.lieux.financeur);
            if let Some(esms) = &lu.moyen.esms {
                self.esms(esms, &lu.lieux.esms);
                let siennes = self.autorites.get(esms);
                if siennes.is_some_and(|a| !a.contains(&lu.financeur)) {
                    let motif = format!(
                        "L'ESMS {esms} ne relève pas de « {} ». Corrigez le financeur ou l'ESMS.",
                        lu.financeur
                    );
                    self.refuse(lu.lieux.esms.clone(), motif);
                }
            }
            self.annee(lu.moyen.exercice, &lu.lieux.exercice);
            if let Some(objectif) = lu.moyen.objectif.as_ref().filter(|o| !codes.contains(*o)) {
                let motif = format!(
                    "L'objectif « {objectif} » n'est pas dans ce contrat. Corrigez le code, ou \
                     ajoutez l'objectif."
                );
                self.refuse(lu.lieux.objectif.clone(), motif);
            }
        }
    }
}
