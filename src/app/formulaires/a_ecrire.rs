//! What a party may write now, under headings, stream by stream: each leads to its form.

use super::ecriture::titre;
use super::genres::{GENRES, GROUPES};
use crate::app::contrat::RACINE;
use crate::app::demo::Mots;
use crate::app::vues::francais::{majuscule, typographie};
use crate::app::vues::{self, ContratLu, Noms, Voix, encode};
use crate::metier::contrat::dossier::{Ouverture, Sujet};
use crate::metier::contrat::faits::CATALOGUE;
use crate::workflow::machine::agenda::PartyAgenda;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// The page that lists what may be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AEcrireVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    pub qui: Voix,
    pub lieux: Vec<LieuVue>,
}

/// What may be written in the contract, or in one of its procedures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LieuVue {
    pub titre: String,
    /// Unique in the page.
    pub id: String,
    pub groupes: Vec<GroupeVue>,
}

/// Under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupeVue {
    pub titre: String,
    pub entrees: Vec<EntreeVue>,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EntreeVue {
    pub titre: String,
    pub adresse: String,
}

/// The address of the form of something that may be written, in a stream; `element`: chosen
/// beforehand.
pub(in crate::app) fn adresse_d_ecriture(
    contrat: &str,
    flux: &str,
    sujet: &Sujet,
    element: Option<&str>,
) -> Option<String> {
    let genre = GENRES.iter().find(|g| g.ecrit(sujet))?;
    let (Sujet::Fait(nom)
    | Sujet::Texte(nom)
    | Sujet::Position(nom)
    | Sujet::Entree(nom)
    | Sujet::Sortie(nom)
    | Sujet::Saisie(nom)) = sujet;
    let fixe = genre.fixe().map(|cle| format!("&{cle}={}", encode(nom)));
    let element = element.map(|e| format!("&pour={}", encode(e)));
    Some(format!(
        "{}/ecrire/{}?flux={}{}{}",
        vues::adresse(contrat),
        genre.nom,
        encode(flux),
        fixe.unwrap_or_default(),
        element.unwrap_or_default()
    ))
}

/// What the reader may write now.
pub fn a_ecrire(lu: &ContratLu, maintenant: DateTime<Utc>) -> AEcrireVue {
    let mots = Mots {
        contrat: &lu.contrat,
    };
    let mut lieux = Vec::new();
    for (flux, _) in lu.contrat.tous() {
        let groupes = groupes(lu, flux, maintenant);
        if !groupes.is_empty() {
            let titre = mots.flux(flux).map(|l| majuscule(&typographie(&l)));
            lieux.push(LieuVue {
                titre: titre.unwrap_or_else(|| "Dans le contrat".to_owned()),
                id: format!("l-{}", lieux.len()),
                groupes,
            });
        }
    }
    AEcrireVue {
        adresse: vues::adresse(&lu.identite.id),
        contrat: lu.identite.titre.clone(),
        qui: Noms(&lu.identite.parties).voix(&lu.place.partie),
        lieux,
    }
}

fn groupes(lu: &ContratLu, flux: &str, maintenant: DateTime<Utc>) -> Vec<GroupeVue> {
    let ouvertures = lu.contrat.ouvertures(flux, &lu.place.partie, maintenant);
    let mut groupes: Vec<GroupeVue> = Vec::new();
    for nom in GROUPES {
        let mut entrees: Vec<EntreeVue> = Vec::new();
        for genre in GENRES
            .iter()
            .filter(|g| g.groupe == nom && lu.place.ecrit(g.role))
        {
            let siennes = ouvertures.iter().filter(|o| genre.ecrit(&o.sujet));
            let siennes = siennes.filter(|o| permise(lu, o));
            entrees.extend(siennes.filter_map(|o| {
                let adresse = adresse_d_ecriture(&lu.identite.id, flux, &o.sujet, None)?;
                let titre = titre(genre, &o.sujet);
                Some(EntreeVue { titre, adresse })
            }));
            if genre.nom == "entree-esms" && !entrees.is_empty() && flux == RACINE {
                entrees.push(EntreeVue {
                    titre: "Partir des établissements d’une entité juridique".to_owned(),
                    adresse: format!("{}/entite", vues::adresse(&lu.identite.id)),
                });
            }
        }
        if !entrees.is_empty() {
            let titre = nom.to_owned();
            groupes.push(GroupeVue { titre, entrees });
        }
    }
    let interruptions = interruptions(lu, flux, maintenant);
    if !interruptions.is_empty() {
        groupes.push(GroupeVue {
            titre: "Arrêter, reprendre".to_owned(),
            entrees: interruptions,
        });
    }
    groupes
}

/// Someone who answers for some establishments only writes of these.
pub(super) fn permise(lu: &ContratLu, ouverture: &Ouverture) -> bool {
    let vus = |elements: &[String]| elements.iter().any(|cle| lu.place.voit(cle));
    lu.place.esms.is_none() || (d_un_esms(&ouverture.sujet) && vus(&ouverture.elements))
}

/// Whether it is about one establishment alone.
pub(super) fn d_un_esms(sujet: &Sujet) -> bool {
    let de = match sujet {
        Sujet::Fait(nom) => CATALOGUE.fact(nom).and_then(|f| f.of),
        Sujet::Texte(nom) | Sujet::Position(nom) => CATALOGUE.object(nom).and_then(|o| o.of),
        Sujet::Saisie("theme" | "constat" | "chiffres" | "notification") => Some("esms"),
        Sujet::Saisie(_) | Sujet::Entree(_) | Sujet::Sortie(_) => None,
    };
    de == Some("esms")
}

fn interruptions(lu: &ContratLu, flux: &str, maintenant: DateTime<Utc>) -> Vec<EntreeVue> {
    let trouve = || {
        let machine = lu.contrat.machine(flux)?;
        let configuration = &lu.contrat.flux(flux)?.configuration;
        let monde = lu.contrat.monde(flux, maintenant)?;
        let agenda = machine.agenda(configuration, &monde, maintenant);
        let mut parties = agenda.parties.into_iter();
        let sienne: PartyAgenda = parties.find(|p| p.party == lu.place.partie)?;
        let ouverte = configuration.interruption.is_some() && configuration.ended.is_none();
        Some((machine.workflow(), sienne, ouverte))
    };
    let Some((workflow, sienne, suspendu)) = trouve() else {
        return Vec::new();
    };
    if lu.place.esms.is_some() || lu.place.role.is_none() {
        return Vec::new();
    }
    let base = format!("{}/ecrire", vues::adresse(&lu.identite.id));
    let flux = encode(flux);
    let mut entrees: Vec<EntreeVue> = sienne
        .interruptions
        .iter()
        .map(|nom| {
            let connue = workflow.interruptions.iter().find(|i| i.name == *nom);
            let titre = connue.and_then(|i| i.title.as_deref()).unwrap_or(nom);
            let titre = if suspendu {
                format!("Prolonger : {titre}")
            } else {
                titre.to_owned()
            };
            EntreeVue {
                titre: typographie(&titre),
                adresse: format!("{base}/interrompre?flux={flux}&nom={}", encode(nom)),
            }
        })
        .collect();
    if suspendu {
        entrees.insert(
            0,
            EntreeVue {
                titre: "Reprendre".to_owned(),
                adresse: format!("{base}/reprendre?flux={flux}"),
            },
        );
    }
    entrees
}
