//! The circuit of visas of an organisation, as whoever administers it writes it: each rank with a
//! title, and the addresses of those who hold it.

use super::administration::adresse;
use super::compte::ChoixVue;
use crate::app::comptes::{Circuit, Membre, Organisation, RANGS_MAX, Rang, Refus};
use crate::workflow::definition::model::Role;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CircuitEcritVue {
    pub adresse: String,
    pub organisation: String,
    /// « Directeur d’ESMS → DG → Président »; none: no circuit.
    pub actuel: Option<String>,
    pub des: Vec<ChoixVue>,
    pub rangs: Vec<RangVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RangVue {
    /// From 1.
    pub numero: usize,
    pub titre: String,
    /// One address a line.
    pub gens: String,
}

/// What is typed of a circuit.
#[derive(Debug, Clone, Default)]
pub struct CircuitSaisi {
    pub des: String,
    /// A title, and addresses.
    pub rangs: Vec<[String; 2]>,
}

const ROLES: [(Role, &str, &str); 3] = [
    (Role::Signature, "signature", "Les actes de signature"),
    (
        Role::Validation,
        "validation",
        "Les actes de validation et de signature",
    ),
    (
        Role::Contribution,
        "contribution",
        "Tous les actes et toutes les saisies",
    ),
];

impl CircuitSaisi {
    /// As it stands: addresses of those who are still there.
    pub fn de(circuit: &Circuit, membres: &[Membre]) -> Self {
        let des = ROLES.iter().find(|(role, ..)| *role == circuit.des);
        let courriel = |id: &String| {
            let membre = membres.iter().find(|m| m.personne.id == *id);
            membre.map(|m| m.personne.courriel.clone())
        };
        let rang = |rang: &Rang| {
            let gens: Vec<String> = rang.personnes.iter().filter_map(courriel).collect();
            [rang.titre.clone(), gens.join("\n")]
        };
        Self {
            des: des.map_or("", |(_, mot, _)| mot).to_owned(),
            rangs: circuit.rangs.iter().map(rang).collect(),
        }
    }

    /// The circuit that is told; ranks left blank are none.
    ///
    /// # Errors
    /// The field, and why: an address that is nobody's there.
    pub fn lu(&self, organisation: &str, membres: &[Membre]) -> Result<Circuit, (String, Refus)> {
        let des = ROLES.iter().find(|(_, mot, _)| *mot == self.des);
        let des = des.map_or(Role::Signature, |(role, ..)| *role);
        let mut rangs = Vec::new();
        for (n, [titre, gens]) in self.rangs.iter().enumerate() {
            let adresses = gens.split([',', ';', '\n']).map(str::trim);
            let adresses: Vec<&str> = adresses.filter(|a| !a.is_empty()).collect();
            if titre.trim().is_empty() && adresses.is_empty() {
                continue;
            }
            let mut personnes = BTreeSet::new();
            for saisie in adresses {
                let courriel = saisie.to_lowercase();
                let membre = membres.iter().find(|m| m.personne.courriel == courriel);
                let membre = membre.filter(|m| !m.desactive);
                let inconnue = || (format!("gens{}", n + 1), Refus::Membre(saisie.to_owned()));
                personnes.insert(membre.ok_or_else(inconnue)?.personne.id.clone());
            }
            if titre.trim().is_empty() || personnes.is_empty() {
                let vide = if personnes.is_empty() {
                    "gens"
                } else {
                    "titre"
                };
                return Err((format!("{vide}{}", n + 1), Refus::Rang(n + 1)));
            }
            rangs.push(Rang {
                titre: titre.trim().to_owned(),
                personnes,
            });
        }
        Ok(Circuit {
            organisation: organisation.to_owned(),
            des,
            rangs,
        })
    }
}

pub fn circuit_ecrit(
    organisation: &Organisation,
    circuit: Option<&Circuit>,
    saisi: &CircuitSaisi,
) -> CircuitEcritVue {
    let rang = |n: usize| {
        let [titre, gens] = saisi.rangs.get(n).cloned().unwrap_or_default();
        RangVue {
            numero: n + 1,
            titre,
            gens,
        }
    };
    let choix =
        |(_, mot, titre): &(Role, &'static str, &str)| ChoixVue::nouveau(mot, titre, &saisi.des);
    CircuitEcritVue {
        adresse: adresse(&organisation.id),
        organisation: organisation.nom.clone(),
        actuel: circuit.map(Circuit::dit),
        des: ROLES.iter().map(choix).collect(),
        rangs: (0..RANGS_MAX).map(rang).collect(),
    }
}
