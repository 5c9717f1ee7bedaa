//! A contract's drawing, where it stands in it, and its twin in sentences.

use super::attentes::lieu;
use super::francais::{minuscule, typographie};
use super::liste::encode;
use super::lu::ContratLu;
use crate::app::contrat::Contrat;
use crate::app::demo::Mots;
use crate::metier::contrat::faits::CATALOGUE;
use crate::workflow::export::{Source, svg, twin};
use crate::workflow::machine::Spot;
use serde::Serialize;
use std::collections::BTreeSet;

/// What of the drawing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadre {
    Entier,
    /// Around the current states.
    Autour,
}

/// The twin of the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParcoursVue {
    /// The address of the drawing.
    pub image: String,
    /// What the child is called; none for the contract itself.
    pub dossier: Option<String>,
    /// The workflow's title.
    pub titre: String,
    pub version: u32,
    /// « Négociation, Proposée ».
    pub position: String,
    /// Where that is in the drawing, in hundredths of its width and height: « 62 31 ».
    pub ici: Option<String>,
    pub etats: Vec<EtatVue>,
}

/// A state, with what may happen in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EtatVue {
    pub titre: String,
    /// Where it stands: `0`, `1`…
    pub profondeur: usize,
    pub notes: String,
    pub ici: bool,
    /// How many rows it takes: at least one.
    pub rangs: usize,
    pub lignes: Vec<GesteVue>,
}

/// What may happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GesteVue {
    /// The first row of its state.
    pub premiere: bool,
    pub quoi: String,
    pub qui: Option<String>,
    pub vers: Option<String>,
    pub source: Option<String>,
}

/// The innermost active states that the reader sees.
pub(super) fn etats_vus(lu: &ContratLu, flux: &str) -> impl Iterator<Item = Spot> {
    let etats = crate::app::demo::etat(&lu.contrat, flux).into_iter();
    let etats = etats.map(|etat| Spot::new(&etat));
    etats.filter(|spot| lu.place.voit_lieu(&lu.contrat, spot))
}

/// Their static paths.
fn ici(lu: &ContratLu, flux: &str) -> BTreeSet<String> {
    etats_vus(lu, flux).map(|spot| spot.path()).collect()
}

fn source<'a>(contrat: &Contrat<'a>, flux: &str) -> Option<Source<'a>> {
    let machine = contrat.machine(flux)?;
    Some(Source {
        workflow: machine.workflow(),
        catalogue: &CATALOGUE,
        pack: Some(machine.pack()),
    })
}

/// Where a stream stands, in words: « Clauses : à choisir ; Moyens : proposée, discutée ».
pub(super) fn position(lu: &ContratLu, flux: &str) -> String {
    let mut lieux: Vec<(Option<String>, Vec<String>)> = Vec::new();
    for spot in etats_vus(lu, flux) {
        let (dans, titre) = lieu(lu.contrat.machine(flux), &spot);
        match lieux.iter_mut().find(|(connu, _)| *connu == dans) {
            Some((_, titres)) if titres.contains(&titre) => {}
            Some((_, titres)) => titres.push(titre),
            None => lieux.push((dans, vec![titre])),
        }
    }
    if lieux.is_empty() && lu.place.esms.is_some() {
        return "rien en cours pour ce que vous suivez".to_owned();
    }
    let dits = lieux.into_iter().map(|(dans, titres)| match dans {
        Some(dans) => format!("{dans} : {}", minuscule(&titres.join(", "))),
        None => titres.join(", "),
    });
    typographie(&dits.collect::<Vec<_>>().join(" ; "))
}

/// The SVG drawing of a stream. `None`: no such stream.
pub fn dessin(lu: &ContratLu, flux: &str, cadre: Cadre) -> Option<String> {
    let source = source(&lu.contrat, flux)?;
    let ici = ici(lu, flux);
    Some(match cadre {
        Cadre::Entier => svg::draw(source, &ici),
        Cadre::Autour => svg::around(source, &ici),
    })
}

/// The same in rows. `None`: no such stream.
pub fn parcours(lu: &ContratLu, flux: &str) -> Option<ParcoursVue> {
    let contrat = &lu.contrat;
    let mots = Mots { contrat };
    let source = source(contrat, flux)?;
    let ici = ici(lu, flux);
    let etats = twin::states(source).into_iter().map(|etat| {
        let gestes = etat.moves.into_iter().enumerate();
        let mut lignes: Vec<GesteVue> = gestes.map(|(rang, g)| geste(rang == 0, g)).collect();
        if lignes.is_empty() {
            lignes.push(GesteVue {
                premiere: true,
                quoi: "Rien de plus ici".to_owned(),
                qui: None,
                vers: None,
                source: None,
            });
        }
        EtatVue {
            ici: ici.contains(&etat.path),
            titre: typographie(&etat.title),
            profondeur: etat.depth.min(4),
            notes: typographie(&etat.notes.join(" ; ")),
            rangs: lignes.len(),
            lignes,
        }
    });
    let etats: Vec<EtatVue> = etats.collect();
    Some(ParcoursVue {
        image: format!(
            "{}/graphe.svg?flux={}",
            super::adresse(&lu.identite.id),
            encode(flux)
        ),
        dossier: mots.flux(flux),
        titre: typographie(&source.workflow.title),
        version: source.workflow.version,
        position: position(lu, flux),
        ici: svg::middle(source, &ici).map(|[x, y]| format!("{x} {y}")),
        etats,
    })
}

fn geste(premiere: bool, geste: twin::Move) -> GesteVue {
    GesteVue {
        premiere,
        quoi: typographie(&geste.what),
        qui: geste.who.as_deref().map(typographie),
        vers: geste.to.as_deref().map(typographie),
        source: geste.source,
    }
}
