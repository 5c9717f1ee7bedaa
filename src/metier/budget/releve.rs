//! What is kept of a budget that was read: what its checks said and where, and the figures that
//! other years are compared with. A notification that comes later changes nothing of it.

use super::controles::{Bilan, Constat, Resultat, Sujet, Verdict};
use super::dire;
use super::lecteur::Lecteur;
use super::lignes::{Bloc, Cle, Exact, Lieu, Lignes, Origine, Valeur};
use super::ratios::{self, Niveau, notifie_a};
use super::realise::{REALISE, colonne};
use crate::metier::referentiels::comptes::{Groupe, Sens, groupe};
use crate::metier::referentiels::ratios::Unite;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Of the form below.
pub const VERSION: u16 = 1;
/// Findings that a check tells, at most: more are counted.
const DITS: usize = 60;
/// Lines that a finding names, at most: more are counted.
const LIEUX: usize = 6;
/// What is absent or to be known, told at most: more are counted.
const PHRASES: usize = 60;
/// What quantities are counted in: they keep six decimals.
pub const MILLIONIEMES: i128 = 1_000_000;

/// A budget, or what was done of it, as it was read and checked on a day. Sentences as they are
/// before typography.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Releve {
    pub v: u16,
    /// `EPRD_COMPLET`, `ERRD_COMPLET`…
    pub cadre: String,
    pub exercice: i32,
    pub ej: String,
    /// As of which day it was checked.
    pub date: NaiveDate,
    /// How many figures were read.
    pub lignes: usize,
    pub signalements: Vec<String>,
    /// What the frame has and the file has not.
    pub absents: Vec<String>,
    pub absents_tus: usize,
    pub bilan: Bilan,
    pub verdicts: Vec<VerdictDit>,
    /// Of the whole deposit.
    pub ratios: Vec<RatioDit>,
    pub esms: Vec<Chiffres>,
}

/// What a check said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictDit {
    pub code: String,
    pub verdict: Verdict,
    /// Nothing was asked of this budget.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sans_objet: bool,
    /// Why it fails, or what it lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dits: Vec<Dit>,
}

/// A sentence, and the lines it rests on or the establishments it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dit {
    pub phrase: String,
    pub lieux: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioDit {
    pub code: String,
    /// With its unit, or why there is none.
    pub valeur: String,
    /// `vigilance`, `alerte`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub niveau: Option<String>,
}

/// The figures of an establishment; amounts in cents, `None` when not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chiffres {
    pub finess: String,
    pub nom: String,
    /// `ARS`, `CD`, `ARS+CD`.
    pub autorite: Option<String>,
    /// What the contract planned for the year, and what was notified, known on that day.
    pub contrat: Option<i64>,
    pub notifie: Option<i64>,
    /// Produits de la tarification: account 73.
    pub tarif: Option<i64>,
    pub charges: Option<i64>,
    pub produits: Option<i64>,
    /// Charges of the groupes fonctionnels I to III.
    pub groupes: Option<[i64; 3]>,
    /// In millionths.
    pub etp: Option<i64>,
    /// Planned in a budget, done in an ERRD; in millionths of its unit.
    pub activite: Option<i64>,
}

/// How a file was read.
#[derive(Debug, Clone, Copy)]
pub struct Lecture<'l> {
    pub cadre: &'l str,
    pub date: NaiveDate,
    pub signalements: &'l [String],
    pub absents: &'l [String],
}

/// Whether a frame tells what was done, rather than what is planned.
pub fn realise(cadre: &str) -> bool {
    cadre.starts_with("ERRD") || cadre.starts_with("ERCP")
}

impl Releve {
    /// Of a file put beside its contract, and checked.
    pub fn de(
        lecture: Lecture<'_>,
        lignes: &Lignes,
        resultats: &[Resultat],
        releves: &[ratios::Releve],
    ) -> Self {
        let absents = lecture.absents.iter().take(PHRASES).cloned();
        let d_ensemble = releves.iter().filter(|r| r.lieu == Lieu::Ensemble);
        Self {
            v: VERSION,
            cadre: lecture.cadre.to_owned(),
            exercice: lignes.exercice,
            ej: lignes.ej.clone(),
            date: lecture.date,
            lignes: lignes.combien(),
            signalements: lecture.signalements.iter().take(PHRASES).cloned().collect(),
            absents: absents.collect(),
            absents_tus: lecture.absents.len().saturating_sub(PHRASES),
            bilan: Bilan::de(resultats),
            verdicts: resultats.iter().map(|r| verdict(lignes, r)).collect(),
            ratios: d_ensemble.filter_map(ratio).collect(),
            esms: chiffres(lignes, lecture.cadre),
        }
    }
}

fn verdict(lignes: &Lignes, resultat: &Resultat) -> VerdictDit {
    let siens = resultat
        .constats
        .iter()
        .filter(|c| c.verdict == resultat.verdict);
    VerdictDit {
        code: resultat.fiche.code.to_owned(),
        verdict: resultat.verdict,
        sans_objet: resultat.constats.is_empty(),
        dits: match resultat.verdict {
            Verdict::Ok => Vec::new(),
            Verdict::Ne => vec![manques(lignes, siens)],
            Verdict::Ko => echecs(lignes, siens),
        },
    }
}

fn echecs<'c>(lignes: &Lignes, constats: impl Iterator<Item = &'c Constat> + Clone) -> Vec<Dit> {
    let dit = |constat: &Constat| Dit {
        phrase: constat.message.clone(),
        lieux: lieux(lignes, &constat.lus),
    };
    let mut dits: Vec<Dit> = constats.clone().take(DITS).map(dit).collect();
    let tus = constats.count().saturating_sub(DITS);
    if tus > 0 {
        dits.push(Dit {
            phrase: format!("Et d'autres : {tus}."),
            lieux: String::new(),
        });
    }
    dits
}

/// What is missing, once for all the establishments that lack it.
fn manques<'c>(lignes: &Lignes, constats: impl Iterator<Item = &'c Constat>) -> Dit {
    let mut qui: BTreeSet<&str> = BTreeSet::new();
    let mut quoi: BTreeSet<String> = BTreeSet::new();
    for constat in constats {
        if let Sujet::Esms(lieu) = constat.sujet
            && let Some(esms) = lignes.esms_de(lieu)
        {
            qui.insert(&esms.nom);
        }
        quoi.extend(constat.manque.iter().map(|cle| match cle.bloc {
            Bloc::Regle => format!("règle {}", cle.code),
            bloc => format!("{bloc} {}", cle.code),
        }));
    }
    let quoi: Vec<String> = quoi.into_iter().collect();
    let qui: Vec<&str> = qui.into_iter().collect();
    Dit {
        phrase: format!("Il manque : {}.", quoi.join(", ")),
        lieux: qui.join(", "),
    }
}

/// The places of the lines that a finding rests on.
fn lieux(lignes: &Lignes, cles: &[Cle]) -> String {
    let origine = |cle: &Cle| {
        let ligne = lignes.trouve(cle.bloc, cle.lieu, cle.annee, &cle.code)?;
        Some(match &ligne.origine {
            Origine::Cellule { feuille, cellule } => {
                format!("onglet « {feuille} », cellule {cellule}")
            }
            autre => autre.to_string(),
        })
    };
    let dites: BTreeSet<String> = cles.iter().filter_map(origine).collect();
    let trop = dites.len().saturating_sub(LIEUX);
    let mut dites: Vec<String> = dites.into_iter().take(LIEUX).collect();
    if trop > 0 {
        dites.push(format!("et {trop} de plus"));
    }
    dites.join(" ; ")
}

/// One that has a value, or says why not.
fn ratio(releve: &ratios::Releve) -> Option<RatioDit> {
    let valeur = match releve.valeur {
        ratios::Valeur::Dit(nombre) => {
            format!("{} {}", dire::decimal(nombre, 2), unite(releve.fiche.unite))
        }
        ratios::Valeur::SansObjet(pourquoi) | ratios::Valeur::NonDefini(pourquoi) => {
            format!("sans valeur : {pourquoi}")
        }
        ratios::Valeur::Absent(_) => return None,
    };
    let niveau = match releve.niveau {
        Niveau::Bon => None,
        Niveau::Vigilance => Some("vigilance"),
        Niveau::Alerte => Some("alerte"),
    };
    Some(RatioDit {
        code: releve.fiche.code.to_owned(),
        valeur: valeur.trim_end().to_owned(),
        niveau: niveau.map(str::to_owned),
    })
}

fn unite(unite: Unite) -> &'static str {
    match unite {
        Unite::Pourcent => "%",
        Unite::Euro => "€",
        Unite::Ratio => "",
        Unite::Annees => "ans",
        Unite::Jours => "jours",
        Unite::EuroParPlace => "€ par place",
        Unite::EuroParUnite => "€ par unité",
        Unite::EtpParPlace => "ETP par place",
        Unite::EuroParEtp => "€ par ETP",
    }
}

fn chiffres(lignes: &Lignes, cadre: &str) -> Vec<Chiffres> {
    let x = Lecteur::de(lignes);
    let fait = realise(cadre);
    let un = |lieu: Lieu| {
        let esms = lignes.esms_de(lieu)?;
        let [charges, produits] = REALISE.map(|blocs| {
            if fait {
                colonne(lignes, lieu, blocs)
            } else {
                blocs.0
            }
        });
        let etp = x.quantites(Bloc::Tper, lieu, lignes.exercice);
        let activite = if fait { "REALISE" } else { "PREVU" };
        let activite = x.nombre(Bloc::Activite, lieu, activite);
        Some(Chiffres {
            finess: esms.finess.clone(),
            nom: esms.nom.clone(),
            autorite: x
                .texte(Bloc::Ident, lieu, "AUTORITE")
                .map(|nom| nom.replace(' ', "")),
            contrat: x.montant(Bloc::Cpom, lieu, "BASE_N"),
            notifie: notifie_a(&x, lieu),
            tarif: x.comptes(produits, lieu, &["73"]),
            charges: x.comptes(charges, lieu, &[""]),
            produits: x.comptes(produits, lieu, &[""]),
            groupes: groupes(&x, charges, lieu),
            etp: etp.and_then(millioniemes),
            activite: activite.and_then(millioniemes),
        })
    };
    lignes.lieux().filter_map(un).collect()
}

/// Charges by groupe fonctionnel. `None`: there are none, or an account that no group takes.
fn groupes(x: &Lecteur<'_>, charges: Bloc, lieu: Lieu) -> Option<[i64; 3]> {
    x.comptes(charges, lieu, &[""])?;
    let exercice = x.lignes.exercice;
    let mut sommes = [0; 3];
    for (code, ligne) in x.lignes.du_bloc(charges, lieu, exercice) {
        let Valeur::Montant(centimes) = ligne.valeur else {
            continue;
        };
        let rang = match groupe(code, Sens::Charge, exercice)?.groupe {
            Groupe::Un => 0,
            Groupe::Deux => 1,
            Groupe::Trois => 2,
        };
        sommes[rang] += centimes;
    }
    Some(sommes)
}

fn millioniemes(nombre: Exact) -> Option<i64> {
    let entier = nombre * MILLIONIEMES;
    let entier = entier.is_integer().then(|| entier.to_integer())?;
    i64::try_from(entier).ok()
}
