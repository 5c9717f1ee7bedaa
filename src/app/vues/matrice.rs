//! Where each establishment stands: diagnostic, objectives, means.

use super::francais::court;
use super::voix::{Noms, Voix};
use crate::app::contrat::{Contrat, Flux, RACINE};
use crate::metier::contrat::perimetre::Element;
use crate::workflow::machine::Spot;
use crate::workflow::machine::spot::{Key, Name};
use serde::Serialize;
use std::collections::BTreeSet;

/// A row: an establishment and where it stands in each matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EsmsVue {
    pub nom: String,
    /// FINESS.
    pub numero: String,
    pub autorites: Vec<Voix>,
    pub diagnostic: Case,
    pub objectifs: Case,
    pub moyens: Case,
}

/// A cell: a pill of two words at most, and a detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// `ok`, `att`, `vide`: what draws it, too.
    pub genre: &'static str,
    pub dit: String,
    pub detail: Option<String>,
}

impl Case {
    fn new(genre: &'static str, dit: &str, detail: Option<String>) -> Self {
        Self {
            genre,
            dit: dit.to_owned(),
            detail,
        }
    }
}

const VIDE: &str = "vide";

/// Every establishment, in order of entry.
pub(in crate::app) fn matrice(contrat: &Contrat<'_>, noms: Noms<'_>) -> Vec<EsmsVue> {
    let Some(racine) = contrat.flux(RACINE) else {
        return Vec::new();
    };
    let collections = racine.dossier.collections();
    let rejetes = rejetes(racine);
    let row = |cle: &String| {
        let element = collections.element("esms", cle)?;
        let autorites = collections.autorites("esms", Some(cle));
        Some(EsmsVue {
            nom: court(element.nom()),
            numero: cle.clone(),
            autorites: autorites.iter().map(|a| noms.voix(a)).collect(),
            diagnostic: diagnostic(contrat, racine, cle),
            objectifs: objectifs(racine, cle, &rejetes),
            moyens: moyens(contrat, racine, autorites, noms),
        })
    };
    collections.cles("esms").iter().filter_map(row).collect()
}

/// The title of the active state of an item's branch, under a composite.
fn etat_de(contrat: &Contrat<'_>, racine: &Flux, cle: &str, sous: &[&str]) -> Option<String> {
    let ici = |spot: &&Spot| {
        let dessous = sous.iter().any(|nom| spot.as_str().starts_with(nom));
        dessous && spot.keys().next().as_deref() == Some(cle)
    };
    let spot = racine.configuration.visits.keys().find(ici)?;
    let workflow = contrat.machine(RACINE)?.workflow();
    let node = workflow.find(&spot.path())?;
    Some(node.title.clone().unwrap_or_else(|| node.name.clone()))
}

fn diagnostic(contrat: &Contrat<'_>, racine: &Flux, cle: &str) -> Case {
    let contenu = racine.dossier.contenu("diagnostic", Some(cle));
    let divergences = contenu.map_or(0, |c| c.divergences().count());
    let detail = match divergences {
        0 => None,
        1 => Some("1 divergence gardée".to_owned()),
        n => Some(format!("{n} divergences gardées")),
    };
    if racine.dossier.suivi().clos.contains(cle) {
        return Case::new("ok", "Clos", detail);
    }
    match etat_de(
        contrat,
        racine,
        cle,
        &["auto_diagnostic", "diagnostic_partage"],
    ) {
        Some(titre) => Case::new("att", &titre, detail),
        None => Case::new(VIDE, "Pas commencé", detail),
    }
}

/// The objectives that were rejected: they no longer count.
fn rejetes(racine: &Flux) -> BTreeSet<String> {
    let configuration = &racine.configuration;
    let passees = configuration.past.values().flat_map(|b| b.iter());
    let ouvertes = configuration
        .visits
        .values()
        .flat_map(|v| v.branches.iter());
    let rejetee = |branche: &crate::workflow::machine::configuration::Branch| {
        branche.at.as_ref().map(Name::as_str) == Some("rejete")
    };
    let cles = passees.chain(ouvertes).filter(|(_, b)| rejetee(b));
    cles.filter_map(|(cle, _)| match cle {
        Key::Item(cle) => Some(cle.to_string()),
        Key::Inner | Key::Region(_) => None,
    })
    .collect()
}

fn objectifs(racine: &Flux, cle: &str, rejetes: &BTreeSet<String>) -> Case {
    let vise = |element: &Element| match element {
        Element::Objectif { esms, .. } => esms.contains(cle),
        _ => false,
    };
    let collections = racine.dossier.collections();
    let siens = collections.elements("objectifs");
    let siens = siens.filter(|(nom, element)| vise(element) && !rejetes.contains(*nom));
    let accords = &racine.dossier.suivi().accords;
    let (mut total, mut accordes) = (0_usize, 0_usize);
    for (nom, _) in siens {
        total += 1;
        accordes += usize::from(accords.contains_key(&("objectif".to_owned(), nom.clone())));
    }
    let detail = (total > 0).then(|| format!("{accordes} sur {total}"));
    match (total, accordes) {
        (0, _) => Case::new(VIDE, "Aucun", detail),
        (t, a) if t == a => Case::new("ok", "Accordés", detail),
        _ => Case::new("att", "En discussion", detail),
    }
}

fn moyens(contrat: &Contrat<'_>, racine: &Flux, autorites: &[String], noms: Noms<'_>) -> Case {
    let accords = &racine.dossier.suivi().accords;
    let accord = |a: &&String| accords.contains_key(&("moyens".to_owned(), (*a).clone()));
    let restants: Vec<&String> = autorites.iter().filter(|a| !accord(a)).collect();
    if restants.is_empty() && !autorites.is_empty() {
        return Case::new("ok", "Accordés", None);
    }
    let mut etats = restants.iter().filter_map(|autorite| {
        let etat = etat_de(contrat, racine, autorite, &["negociation/moyens"])?;
        Some((etat, noms.nom(autorite)))
    });
    match etats.next() {
        Some((etat, qui)) if restants.len() < autorites.len() => Case::new("att", &etat, Some(qui)),
        Some((etat, _)) => Case::new("att", &etat, None),
        None => Case::new(VIDE, "Pas commencés", None),
    }
}
