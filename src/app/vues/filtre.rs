//! Which contracts of the list, and how many by each choice.

use super::liste::{Portefeuille, encode};
use super::phases::PHASES;
use crate::store::portefeuille::Facette;
use chrono::{Months, NaiveDate};
use serde::Serialize;
use std::collections::BTreeMap;

/// Which contracts, in which order, and which page of them. Each filter that is empty keeps all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filtre {
    /// A part of the title, of the operator's name or of the id, in any case.
    pub texte: String,
    /// A phase's title.
    pub phase: String,
    /// Who holds the pen: [`MOI`], or the kind of a party.
    pub plume: String,
    pub retard: bool,
    /// Months before the end: one of [`MOIS`]; 0: all.
    pub mois: u32,
    /// A workflow's name.
    pub workflow: String,
    /// `titre`, `terme`; else the most pressing first.
    pub tri: String,
    /// From 1.
    pub page: u64,
}

/// Who looks.
pub const MOI: &str = "moi";

/// Months before the end of a contract when its successor is prepared.
pub const MOIS: [u32; 3] = [6, 9, 12];

/// Characters of a text that is searched.
const TEXTE_MAX: usize = 200;

const PLUMES: [(&str, &str); 4] = [
    (MOI, "Vous"),
    ("gestionnaire", "Le gestionnaire"),
    ("ars", "L’ARS"),
    ("departement", "Le Département"),
];

const TRIS: [(&str, &str); 3] = [
    ("", "Les plus pressés"),
    ("terme", "Le terme"),
    ("titre", "Le nom"),
];

/// The last day of a number of months from a day, `AAAA-MM-JJ`.
pub fn terme(mois: u32, jour: NaiveDate) -> String {
    let fin = jour.checked_add_months(Months::new(mois));
    fin.unwrap_or(NaiveDate::MAX).to_string()
}

/// What the page offers to filter by. A choice says how many it would keep, the others staying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FiltresVue {
    pub texte: String,
    pub phases: Vec<ChoixVue>,
    pub plumes: Vec<ChoixVue>,
    pub termes: Vec<ChoixVue>,
    pub workflows: Vec<ChoixVue>,
    pub tris: Vec<ChoixVue>,
    pub retard: bool,
    /// « En retard (3) ».
    pub retards: String,
    /// One is set.
    pub actif: bool,
}

/// A choice of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoixVue {
    pub valeur: String,
    pub titre: String,
    pub choisi: bool,
}

impl ChoixVue {
    fn compte(valeur: &str, titre: &str, nombre: u64, choisie: &str) -> Self {
        Self {
            valeur: valeur.to_owned(),
            titre: format!("{titre} ({nombre})"),
            choisi: valeur == choisie,
        }
    }
}

impl Filtre {
    /// From the parameters of an address: what none of the filters knows is left aside.
    pub fn lu(parametres: &BTreeMap<String, String>) -> Self {
        let texte = |cle: &str| {
            let texte = parametres.get(cle).map_or("", String::as_str);
            texte.trim().chars().take(TEXTE_MAX).collect::<String>()
        };
        let parmi = |cle: &str, connus: &[(&str, &str)]| {
            let dit = texte(cle);
            let connu = connus.iter().any(|(valeur, _)| *valeur == dit);
            if connu { dit } else { String::new() }
        };
        let mois = texte("terme").parse().unwrap_or(0);
        Self {
            texte: texte("q"),
            phase: texte("phase"),
            plume: parmi("plume", &PLUMES),
            retard: texte("retard") == "oui",
            mois: if MOIS.contains(&mois) { mois } else { 0 },
            workflow: texte("workflow"),
            tri: parmi("tri", &TRIS),
            page: 1,
        }
    }

    /// The parameters that make its address, in order; empty ones are left out of it.
    pub fn parametres(&self) -> [(&'static str, String); 7] {
        let mois = match self.mois {
            0 => String::new(),
            mois => mois.to_string(),
        };
        [
            ("q", self.texte.clone()),
            ("phase", self.phase.clone()),
            ("plume", self.plume.clone()),
            ("retard", if self.retard { "oui" } else { "" }.to_owned()),
            ("terme", mois),
            ("workflow", self.workflow.clone()),
            ("tri", self.tri.clone()),
        ]
    }

    /// As an address writes it: `q=rives&retard=oui`; nothing when nothing is chosen.
    pub fn requete(&self) -> String {
        let parametres = self.parametres();
        let dits = parametres.iter().filter(|(_, valeur)| !valeur.is_empty());
        let dits: Vec<String> = dits
            .map(|(cle, valeur)| format!("{cle}={}", encode(valeur)))
            .collect();
        dits.join("&")
    }

    /// Whether contracts are kept, whatever their text.
    fn garde(&self, facette: &Facette) -> bool {
        (self.phase.is_empty() || self.phase == facette.phase)
            && (self.workflow.is_empty() || self.workflow == facette.workflow)
            && tenue(&self.plume, facette)
            && (!self.retard || facette.retard)
            && echoit(self.mois, facette)
    }

    /// How many contracts it keeps.
    pub fn trouves(&self, portefeuille: &Portefeuille) -> u64 {
        let gardees = portefeuille.facettes.iter().filter(|f| self.garde(f));
        gardees.map(|f| f.trouves).sum()
    }

    /// What the page offers.
    pub fn offre(&self, portefeuille: &Portefeuille) -> FiltresVue {
        let compte = |autre: Self| autre.trouves(portefeuille);
        let avec = |change: &dyn Fn(&mut Self)| {
            let mut autre = self.clone();
            change(&mut autre);
            compte(autre)
        };
        let phase = |p: &super::phases::Phase| {
            let nombre = avec(&|f| p.titre.clone_into(&mut f.phase));
            ChoixVue::compte(p.titre, p.titre, nombre, &self.phase)
        };
        let plume = |(valeur, titre): &(&str, &str)| {
            let nombre = avec(&|f| (*valeur).clone_into(&mut f.plume));
            ChoixVue::compte(valeur, titre, nombre, &self.plume)
        };
        let terme = |mois: &u32| {
            let nombre = avec(&|f| f.mois = *mois);
            let titre = format!("Dans moins de {mois} mois");
            ChoixVue::compte(&mois.to_string(), &titre, nombre, &self.mois.to_string())
        };
        let workflow = |(nom, titre): (&String, &String)| {
            let nombre = avec(&|f| f.workflow.clone_from(nom));
            ChoixVue::compte(nom, titre, nombre, &self.workflow)
        };
        let tri = |(valeur, titre): &(&str, &str)| ChoixVue {
            valeur: (*valeur).to_owned(),
            titre: (*titre).to_owned(),
            choisi: *valeur == self.tri,
        };
        let sans_tri = Self {
            tri: String::new(),
            ..self.clone()
        };
        FiltresVue {
            texte: self.texte.clone(),
            phases: PHASES.iter().map(phase).collect(),
            plumes: PLUMES.iter().map(plume).collect(),
            termes: MOIS.iter().map(terme).collect(),
            workflows: portefeuille.titres.iter().map(workflow).collect(),
            tris: TRIS.iter().map(tri).collect(),
            retard: self.retard,
            retards: format!("En retard ({})", avec(&|f| f.retard = true)),
            actif: !sans_tri.requete().is_empty(),
        }
    }
}

fn tenue(plume: &str, facette: &Facette) -> bool {
    match plume {
        "" => true,
        MOI => facette.moi,
        plume => facette.plume.contains(&format!(",{plume}")),
    }
}

fn echoit(mois: u32, facette: &Facette) -> bool {
    let rang = MOIS.iter().position(|m| *m == mois);
    rang.is_none_or(|rang| facette.terme.is_some_and(|terme| terme <= rang))
}
