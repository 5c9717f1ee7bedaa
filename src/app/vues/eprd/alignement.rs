//! Contract, notifications, EPRD and ERRD on one line, by establishment, for a year; and their sums
//! over the years of the contract.

use super::super::francais::typographie;
use super::{ExerciceVue, Lecteur};
use crate::app::budgets::{Derniers, alignement};
use crate::metier::budget::dire;
use crate::metier::contrat::alignement::{Montants, Rang, Somme, Sommes};
use crate::metier::referentiels::categories::par_code;
use serde::Serialize;
use std::collections::BTreeMap;

/// By what lines are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Par {
    #[default]
    Financeur,
    Categorie,
    Departement,
}

impl Par {
    const TOUS: [Self; 3] = [Self::Financeur, Self::Categorie, Self::Departement];

    pub fn lu(mot: &str) -> Self {
        let tous = Self::TOUS.into_iter();
        tous.into_iter()
            .find(|par| par.mot() == mot)
            .unwrap_or_default()
    }

    fn mot(self) -> &'static str {
        match self {
            Self::Financeur => "financeur",
            Self::Categorie => "categorie",
            Self::Departement => "departement",
        }
    }

    fn dit(self) -> &'static str {
        match self {
            Self::Financeur => "Par financeur",
            Self::Categorie => "Par catégorie",
            Self::Departement => "Par département",
        }
    }

    fn titre(self) -> &'static str {
        match self {
            Self::Financeur => "Financeur",
            Self::Categorie => "Catégorie",
            Self::Departement => "Département",
        }
    }

    fn de(self, rang: &Rang) -> &str {
        match self {
            Self::Financeur => &rang.autorite,
            Self::Categorie => &rang.categorie,
            Self::Departement => &rang.departement,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlignementVue {
    pub adresse: String,
    pub contrat: String,
    pub annees: Vec<ExerciceVue>,
    /// None: the contract plans nothing yet, or cannot say it.
    pub annee: Option<i32>,
    /// Why there is nothing.
    pub vide: String,
    pub par: Vec<ChoixVue>,
    pub groupes: Vec<GroupeVue>,
    pub total: RangVue,
    pub trajectoire: Vec<RangVue>,
    pub trace: TraceVue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoixVue {
    /// « Par financeur ».
    pub titre: &'static str,
    pub choisi: bool,
    pub lien: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupeVue {
    pub titre: String,
    pub rangs: Vec<RangVue>,
    pub total: RangVue,
}

/// Contract, notified, EPRD, EPRD less notified, ERRD, ERRD less EPRD.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RangVue {
    pub nom: String,
    pub cases: [CaseVue; 6],
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CaseVue {
    /// Empty: not said.
    pub dit: String,
    /// A sum of which parts are not said.
    pub tus: usize,
    /// A difference that is not zero.
    pub ecart: bool,
}

/// Bars of the years; places in an image of 520 × 250.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TraceVue {
    /// What it shows, in words.
    pub dit: String,
    pub barres: Vec<BarreVue>,
    pub annees: Vec<(String, i32)>,
    pub reperes: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BarreVue {
    pub classe: &'static str,
    pub x: String,
    pub y: String,
    pub largeur: String,
    pub hauteur: String,
}

fn euros(centimes: Option<i64>) -> CaseVue {
    CaseVue {
        dit: centimes.map_or_else(String::new, dire::euros),
        ..CaseVue::default()
    }
}

fn ecart(de: Option<i64>, a: Option<i64>) -> CaseVue {
    let Some(ecart) = de.zip(a).map(|(de, a)| de - a) else {
        return CaseVue::default();
    };
    let plus = if ecart > 0 { "+" } else { "" };
    CaseVue {
        dit: format!("{plus}{}", dire::euros(ecart)),
        ecart: ecart != 0,
        tus: 0,
    }
}

fn rang(nom: &str, m: Montants) -> RangVue {
    RangVue {
        nom: nom.to_owned(),
        cases: [
            euros(m.contrat),
            euros(m.notifie),
            euros(m.eprd),
            ecart(m.eprd, m.notifie),
            euros(m.errd),
            ecart(m.errd, m.eprd),
        ],
    }
}

/// A difference of sums is told when they are of the same lines.
fn total(nom: &str, sommes: Sommes) -> RangVue {
    let somme = |somme: Somme| CaseVue {
        tus: somme.total.map_or(0, |_| somme.tus),
        ..euros(somme.total)
    };
    let difference = |de: Somme, a: Somme| {
        if de.tus + a.tus > 0 {
            return CaseVue::default();
        }
        ecart(de.total, a.total)
    };
    RangVue {
        nom: nom.to_owned(),
        cases: [
            somme(sommes.contrat),
            somme(sommes.notifie),
            somme(sommes.eprd),
            difference(sommes.eprd, sommes.notifie),
            somme(sommes.errd),
            difference(sommes.errd, sommes.eprd),
        ],
    }
}

impl Lecteur<'_> {
    /// The page. `annee`: that asked for; otherwise the last one whose procedure is open.
    pub fn alignement(
        &self,
        derniers: &Derniers,
        (annee, par): (Option<i32>, Par),
    ) -> AlignementVue {
        let lu = alignement(&self.lu.contrat, derniers);
        let vide = match &lu {
            Ok(_) => "Le contrat ne prévoit encore aucun moyen, et aucun exercice n'est ouvert.",
            Err(phrase) => phrase,
        };
        let vide = typographie(vide);
        let tout = lu.unwrap_or_default();
        let ouverte = self.exercices().last().copied();
        let choisie = annee.filter(|annee| tout.contains_key(annee));
        let choisie = choisie.or(ouverte).or(tout.keys().next().copied());
        let adresse = super::super::adresse(&self.lu.identite.id);
        let lien = |annee: i32, par: Par| {
            format!(
                "{adresse}/eprd/alignement?exercice={annee}&par={}",
                par.mot()
            )
        };
        let annees = tout.keys().map(|annee| ExerciceVue {
            annee: *annee,
            lien: lien(*annee, par),
            courant: Some(*annee) == choisie,
        });
        let choix = Par::TOUS.map(|autre| ChoixVue {
            titre: autre.dit(),
            choisi: autre == par,
            lien: lien(choisie.unwrap_or_default(), autre),
        });
        let rangs = choisie.and_then(|annee| tout.get(&annee));
        let rangs = rangs.map_or(&[][..], Vec::as_slice);
        let sommes: Vec<(i32, Sommes)> = tout.iter().map(|(a, r)| (*a, Sommes::de(r))).collect();
        AlignementVue {
            vide,
            contrat: super::court(&self.lu.identite.titre),
            annees: annees.collect(),
            annee: choisie,
            par: choix.into(),
            groupes: groupes(rangs, par),
            total: total("Total du contrat", Sommes::de(rangs)),
            trajectoire: sommes
                .iter()
                .map(|(a, s)| total(&a.to_string(), *s))
                .collect(),
            trace: trace(&sommes),
            adresse,
        }
    }
}

fn groupes(rangs: &[Rang], par: Par) -> Vec<GroupeVue> {
    let mut groupes: BTreeMap<&str, Vec<&Rang>> = BTreeMap::new();
    for rang in rangs {
        groupes.entry(par.de(rang)).or_default().push(rang);
    }
    let vue = |(nom, siens): (&str, Vec<&Rang>)| {
        let titre = match nom {
            "" => format!("{} : non dit", par.titre()),
            code if par == Par::Categorie => {
                let libelle = par_code(code).map(|c| format!(", {}", c.libelle));
                format!("Catégorie {code}{}", libelle.unwrap_or_default())
            }
            nom => format!("{} {nom}", par.titre()),
        };
        GroupeVue {
            titre: typographie(&titre),
            total: total("Sous-total", Sommes::de(siens.iter().copied())),
            rangs: siens.iter().map(|r| rang(&r.nom, r.montants)).collect(),
        }
    };
    groupes.into_iter().map(vue).collect()
}

const LARGEUR: i64 = 464;
const HAUTEUR: i64 = 190;
const GAUCHE: i64 = 52;
const BAS: i64 = 220;
const CLASSES: [&str; 3] = ["g-contrat", "g-eprd", "g-errd"];

/// Places in tenths, as an image writes them.
fn dixiemes(place: i64) -> String {
    format!("{}.{}", place / 10, place % 10)
}

/// Bars from zero, contract, EPRD, ERRD; nothing when there is nothing to show.
fn trace(sommes: &[(i32, Sommes)]) -> TraceVue {
    let valeurs = |s: &Sommes| [s.contrat.total, s.eprd.total, s.errd.total];
    let toutes = sommes.iter().flat_map(|(_, s)| valeurs(s));
    let max = toutes.flatten().max().unwrap_or(0);
    let Some(nombre) = i64::try_from(sommes.len())
        .ok()
        .filter(|n| *n > 0 && max > 0)
    else {
        return TraceVue::default();
    };
    let pas = LARGEUR * 10 / nombre;
    let barre = pas / 4;
    let (mut barres, mut annees, mut dits) = (Vec::new(), Vec::new(), Vec::new());
    for (rang, (annee, s)) in (0..).zip(sommes) {
        let debut = GAUCHE * 10 + rang * pas;
        annees.push((dixiemes(debut + barre * 2), *annee));
        let noms = ["contrat", "EPRD", "ERRD"].into_iter().zip(CLASSES);
        for ((place, (nom, classe)), valeur) in (0..).zip(noms).zip(valeurs(s)) {
            let Some(valeur) = valeur.filter(|v| *v > 0) else {
                continue;
            };
            let haut = i128::from(valeur) * i128::from(HAUTEUR * 10) / i128::from(max);
            let haut = i64::try_from(haut).unwrap_or_default();
            barres.push(BarreVue {
                classe,
                x: dixiemes(debut + barre / 2 + place * barre),
                y: dixiemes(BAS * 10 - haut),
                largeur: dixiemes(barre * 9 / 10),
                hauteur: dixiemes(haut),
            });
            dits.push(format!("{nom} {annee} : {} €", dire::euros(valeur)));
        }
    }
    let repere = |part: i64| {
        let y = BAS * 10 - HAUTEUR * 10 * part / 2;
        let milliers = max / 100 / 1000 * part / 2;
        (dixiemes(y), dire::euros(milliers * 100))
    };
    TraceVue {
        dit: typographie(&format!("{}.", dits.join(", "))),
        barres,
        annees,
        reperes: vec![repere(1), repere(2)],
    }
}
