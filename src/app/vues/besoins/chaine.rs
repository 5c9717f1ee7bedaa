//! From a need to an objective: the services that answer it, the findings that cite it, the
//! objectives that answer these, and what they are given. A missing link is shown as missing.

use super::Lecteur;
use crate::app::contrat::RACINE;
use crate::app::formulaires::adresse_d_ecriture;
use crate::app::vues::francais::{compte, euros, typographie};
use crate::metier::besoins::partage::{CasePartagee, Partage};
use crate::metier::contrat::dossier::{Dossier, Sujet};
use crate::metier::contrat::perimetre::Element;
use crate::metier::serafin::{Genre, nomenclature};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChaineVue {
    pub code: &'static str,
    pub titre: &'static str,
    pub concernes: String,
    pub couverture: String,
    pub prestations: Vec<[String; 2]>,
    /// By code; none: the link is missing.
    pub constats: Vec<String>,
    /// Their key, their title.
    pub objectifs: Vec<[String; 2]>,
    pub moyens: Option<String>,
    pub complete: bool,
    /// Where the reader writes the missing link; none: not now, or not by them.
    pub constat: Option<String>,
    pub objectif: Option<String>,
}

/// The chains of the needs that few services answer, and of those that findings cite.
pub(super) fn chaine(lecteur: &Lecteur<'_>, profil: &Partage) -> Vec<ChaineVue> {
    // They bind the whole contract.
    if lecteur.lu.place.esms.is_some() {
        return Vec::new();
    }
    let Some(racine) = lecteur.lu.contrat.flux(RACINE) else {
        return Vec::new();
    };
    let postes = nomenclature().terminaux(Genre::Besoin);
    let chaines = postes.iter().enumerate().filter_map(|(rang, poste)| {
        let case = profil.besoins.get(rang)?.cases.last().copied()?;
        let constats = cites(&racine.dossier, poste.code);
        let peu = case
            .besoin
            .is_some_and(|n| n >= lecteur.regles.alerte_effectif)
            && case
                .taux
                .is_some_and(|t| t < u64::from(lecteur.regles.alerte_couverture));
        if !peu && constats.is_empty() {
            return None;
        }
        let objectifs = objectifs(&racine.dossier, &constats);
        let moyens = moyens(&racine.dossier, &objectifs);
        let complete = !constats.is_empty() && !objectifs.is_empty() && moyens.is_some();
        let [constat, objectif] = liens(lecteur, constats.is_empty(), objectifs.is_empty());
        Some(ChaineVue {
            code: poste.code,
            titre: poste.libelle,
            concernes: concernes(case),
            couverture: super::tableau::dite(case)[1].clone(),
            prestations: prestations(profil, rang),
            constats,
            objectifs,
            moyens,
            complete,
            constat,
            objectif,
        })
    });
    chaines.collect()
}

fn concernes(case: CasePartagee) -> String {
    match case.besoin {
        Some(n) => compte(n.into(), "concerné", "concernés"),
        None => "effectif masqué".to_owned(),
    }
}

/// The services of its main links, and who receive them.
fn prestations(profil: &Partage, rang: usize) -> Vec<[String; 2]> {
    let services = nomenclature().terminaux(Genre::Directe);
    let siens = services.iter().enumerate();
    let siens = siens.filter(|(bit, _)| nomenclature().couvre(rang, 1 << bit, false));
    siens
        .filter_map(|(bit, poste)| {
            let case = profil.prestations.get(bit)?.cases.last()?;
            let dit = match (case.beneficiaires, case.presque_tous) {
                (_, true) => "presque tous la reçoivent".to_owned(),
                (Some(n), _) => compte(n.into(), "bénéficiaire", "bénéficiaires"),
                (None, _) => "effectif masqué".to_owned(),
            };
            Some([format!("{} {}", poste.code, poste.libelle), dit])
        })
        .collect()
}

/// The findings that cite a need.
fn cites(dossier: &Dossier, code: &str) -> Vec<String> {
    let esms = dossier.collections().elements("esms");
    let registre = dossier.registre();
    let constats = esms.flat_map(|(cle, _)| registre.constats(cle));
    let siens = constats.filter(|(_, constat)| {
        let donnee = constat.donnee.as_ref();
        donnee.is_some_and(|donnee| donnee.indicateur == code)
    });
    let siens: BTreeSet<String> = siens.map(|(code, _)| code.clone()).collect();
    siens.into_iter().collect()
}

/// The objectives that answer findings.
fn objectifs(dossier: &Dossier, cites: &[String]) -> Vec<[String; 2]> {
    let elements = dossier.collections().elements("objectifs");
    let siens = elements.filter_map(|(cle, element)| match element {
        Element::Objectif {
            intitule, constats, ..
        } if cites.iter().any(|code| constats.contains(code)) => {
            Some([cle.clone(), intitule.clone()])
        }
        _ => None,
    });
    siens.collect()
}

/// What objectives are given, all years together.
fn moyens(dossier: &Dossier, objectifs: &[[String; 2]]) -> Option<String> {
    let annexes = dossier.registre().annexes();
    let sert = |cle: &str| objectifs.iter().any(|[objectif, _]| objectif == cle);
    let montants = annexes.filter(|(_, _, m)| m.objectif.as_deref().is_some_and(sert));
    let montants: Vec<i64> = montants.map(|(_, _, m)| m.montant).collect();
    let somme = montants.iter().copied().try_fold(0_i64, i64::checked_add)?;
    (!montants.is_empty()).then(|| typographie(&format!("{} sur le contrat", euros(somme))))
}

/// Where the reader writes what is missing.
fn liens(lecteur: &Lecteur<'_>, constat: bool, objectif: bool) -> [Option<String>; 2] {
    let lu = lecteur.lu;
    let ouvertures = lu
        .contrat
        .ouvertures(RACINE, &lu.place.partie, lecteur.maintenant);
    let lien = |manque: bool, sujet: Sujet| {
        let ouvert =
            manque && lu.place.role.is_some() && ouvertures.iter().any(|o| o.sujet == sujet);
        ouvert
            .then(|| adresse_d_ecriture(&lu.identite.id, RACINE, &sujet, None))
            .flatten()
    };
    [
        lien(constat, Sujet::Saisie("constat")),
        lien(!constat && objectif, Sujet::Entree("objectifs")),
    ]
}
