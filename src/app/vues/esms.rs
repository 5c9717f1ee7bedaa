//! One establishment of a contract: what it is, where it stands, what was found, aimed at and
//! given there, who does what for it now.

use super::attentes::{attentes, suivis_vus};
use super::contrat::{PorteVue, portes_de};
use super::francais::{compte, court, distance, euros, jour, majuscule, typographie};
use super::lu::ContratLu;
use super::matrice::{EsmsVue, matrice};
use super::voix::{Noms, Voix};
use crate::app::contrat::RACINE;
use crate::metier::contrat::dossier::Dossier;
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::contrat::saisie::{Genre, Nature};
use crate::metier::evenement::Avis;
use crate::regles::calendrier::civil_date;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EtablissementVue {
    pub adresse: String,
    pub contrat: String,
    pub nom: String,
    pub finess: String,
    /// What FINESS says of it: a name, a value.
    pub fiche: Vec<[String; 2]>,
    pub avance: EsmsVue,
    pub actes: Vec<ActeIci>,
    pub bloque: Vec<PorteVue>,
    pub constats: Vec<ConstatVue>,
    pub objectifs: Vec<[String; 2]>,
    pub moyens: Vec<MoyenVue>,
}

/// Something that is waited for here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActeIci {
    pub titre: String,
    pub qui: Vec<Voix>,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
    /// Its form, when it is the reader's to do.
    pub lien: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConstatVue {
    pub code: String,
    pub theme: String,
    pub genre: &'static str,
    pub texte: String,
    pub preuve: String,
    pub positions: Vec<PositionVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PositionVue {
    pub voix: Voix,
    pub avis: &'static str,
    pub texte: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoyenVue {
    pub ligne: String,
    pub exercice: i32,
    pub nature: &'static str,
    pub montant: String,
    pub financeur: Voix,
    pub objectif: String,
}

/// One establishment. None: it is not in the contract, for that reader.
pub fn etablissement(
    lu: &ContratLu,
    finess: &str,
    maintenant: DateTime<Utc>,
) -> Option<EtablissementVue> {
    if !lu.place.voit(finess) {
        return None;
    }
    let racine = lu.contrat.flux(RACINE)?;
    let element = racine.dossier.collections().element(ESMS, finess)?;
    let noms = Noms(&lu.identite.parties);
    let lignes = matrice(&lu.contrat, noms);
    Some(EtablissementVue {
        adresse: super::adresse(&lu.identite.id),
        contrat: court(&lu.identite.titre),
        nom: element.nom().to_owned(),
        finess: finess.to_owned(),
        fiche: fiche(element),
        avance: lignes.into_iter().find(|l| l.numero == finess)?,
        actes: actes(lu, finess, maintenant),
        bloque: portes_de(lu, finess, maintenant).collect(),
        constats: constats(&racine.dossier, finess, noms),
        objectifs: objectifs(&racine.dossier, finess),
        moyens: moyens(&racine.dossier, finess, noms),
    })
}

fn fiche(element: &Element) -> Vec<[String; 2]> {
    let Element::Esms {
        categorie,
        capacite,
        ej,
        ..
    } = element
    else {
        return Vec::new();
    };
    let places = capacite.map(|n| compte(u64::from(n), "place", "places"));
    let dites = [
        ("Catégorie FINESS", categorie.clone()),
        ("Capacité autorisée", places),
        ("Entité juridique", ej.clone()),
    ];
    let connues = dites
        .into_iter()
        .filter_map(|(n, v)| Some([n.to_owned(), v?]));
    connues.collect()
}

pub(super) fn actes(lu: &ContratLu, finess: &str, maintenant: DateTime<Utc>) -> Vec<ActeIci> {
    let aujourdhui = civil_date(maintenant);
    let noms = Noms(&lu.identite.parties);
    let suivis = suivis_vus(lu, maintenant);
    let ici = attentes(&lu.contrat, &suivis)
        .into_iter()
        .filter(|a| a.spot.keys().any(|cle| cle == finess));
    let acte = |a: super::Attente| {
        let mien = a.faisable() && a.parties.contains(&lu.place.partie);
        let date: Option<NaiveDate> = a.date();
        ActeIci {
            titre: majuscule(&typographie(&a.titre)),
            qui: noms.voix_de(a.plume()),
            date: date.map(jour),
            distance: date.map(|d| distance(d, aujourdhui)),
            retard: date.is_some_and(|d| d < aujourdhui),
            lien: mien.then(|| super::adresse_d_acte(&lu.identite.id, &a.flux, &a.spot, &a.acte)),
        }
    };
    ici.map(acte).collect()
}

fn constats(dossier: &Dossier, finess: &str, noms: Noms<'_>) -> Vec<ConstatVue> {
    let contenu = dossier.contenu("diagnostic", Some(finess));
    let positions = |code: &str| {
        let prises = contenu.and_then(|c| c.positions.get(code));
        let position =
            |(partie, p): (&String, &crate::metier::contrat::dossier::Position)| PositionVue {
                voix: noms.voix(partie),
                avis: match p.avis {
                    Avis::Accord => "accord",
                    Avis::AccordAvecReserve => "accord avec réserve",
                    Avis::Desaccord => "désaccord",
                },
                texte: p.texte.clone(),
            };
        prises.into_iter().flatten().map(position).collect()
    };
    let constats = dossier.registre().constats(finess);
    let vue = |(code, constat): (&String, &crate::metier::contrat::saisie::Constat)| ConstatVue {
        code: code.clone(),
        theme: constat.theme.clone(),
        genre: match constat.genre {
            Genre::Force => "Force",
            Genre::Faiblesse => "Faiblesse",
            Genre::Opportunite => "Opportunité",
            Genre::Menace => "Menace",
        },
        texte: constat.texte.clone(),
        preuve: constat.preuve.clone(),
        positions: positions(code),
    };
    constats.map(vue).collect()
}

fn objectifs(dossier: &Dossier, finess: &str) -> Vec<[String; 2]> {
    let elements = dossier.collections().elements("objectifs");
    let vises = elements.filter_map(|(cle, element)| match element {
        Element::Objectif { intitule, esms, .. } if esms.contains(finess) => {
            Some([cle.clone(), intitule.clone()])
        }
        _ => None,
    });
    vises.collect()
}

fn moyens(dossier: &Dossier, finess: &str, noms: Noms<'_>) -> Vec<MoyenVue> {
    let annexes = dossier.registre().annexes();
    let siens = annexes.filter(|(_, _, m)| m.esms.as_deref() == Some(finess));
    siens
        .map(|(financeur, ligne, moyen)| MoyenVue {
            ligne: ligne.clone(),
            exercice: moyen.exercice,
            nature: match moyen.nature {
                Nature::Reconductible => "Reconductible",
                Nature::NonReconductible => "Non reconductible",
                Nature::Investissement => "Investissement",
                Nature::Reserves => "Réserves",
            },
            montant: euros(moyen.montant),
            financeur: noms.voix(financeur),
            objectif: moyen.objectif.clone().unwrap_or_default(),
        })
        .collect()
}
