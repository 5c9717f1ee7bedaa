//! What was said around a contract: threads, meetings, pieces, private notes.

use super::francais::{compte, court, distance, instant, jour, liste, typographie};
use super::voix::{Noms, Voix};
use super::{ContratLu, LigneLue, contrat};
use crate::app::contrat::RACINE;
use crate::app::dits::DitsLus;
use crate::app::formulaires::{TexteReunion, sujet};
use crate::metier::contrat::echange::{Cercle, Echange, Echanges};
use crate::metier::contrat::perimetre::ESMS;
use crate::metier::evenement::Evenement;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DitVue {
    pub voix: Voix,
    pub iso: String,
    pub quand: String,
    /// None: it was erased; the journal keeps that it was said.
    pub texte: Option<String>,
    pub ordre: u64,
}

/// A day that something is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuVue {
    pub qui: Voix,
    pub date: String,
    pub distance: String,
    pub retard: bool,
    /// It is the reader's party that owes it.
    pub a_vous: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EchangesVue {
    pub adresse: String,
    pub contrat: String,
    pub fils: Vec<FilResume>,
    pub compte: String,
}

/// A thread in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilResume {
    pub adresse: String,
    pub sujet: String,
    pub voix: Voix,
    pub messages: String,
    pub dernier: String,
    pub autorites: bool,
    pub esms: Option<String>,
    pub dus: Vec<DuVue>,
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilVue {
    pub adresse: String,
    pub contrat: String,
    /// Where an answer is sent: the same page.
    pub envoi: String,
    pub sujet: String,
    pub autorites: bool,
    pub esms: Option<String>,
    pub dus: Vec<DuVue>,
    pub messages: Vec<DitVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReunionsVue {
    pub adresse: String,
    pub contrat: String,
    pub a_venir: Vec<ReunionResume>,
    pub passees: Vec<ReunionResume>,
    /// Decisions that are still to be done, of all meetings.
    pub decisions: Vec<DecisionVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReunionResume {
    pub adresse: String,
    pub objet: String,
    pub ou: String,
    pub date: String,
    pub distance: String,
    pub voix: Voix,
    pub rendue: bool,
}

/// A meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReunionVue {
    pub adresse: String,
    pub contrat: String,
    pub envoi: String,
    pub objet: String,
    pub ou: String,
    pub date: String,
    pub distance: String,
    pub voix: Voix,
    pub ordre: Vec<String>,
    /// The last one.
    pub compte_rendu: Option<DitVue>,
    pub decisions: Vec<DecisionVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionVue {
    pub id: String,
    /// Of the meeting's page, where it is said done.
    pub adresse: String,
    pub texte: Option<String>,
    pub du: DuVue,
    pub tenue: Option<DitVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotesVue {
    pub adresse: String,
    pub contrat: String,
    pub qui: Voix,
    pub notes: Vec<DitVue>,
}

/// What every view here reads from.
pub(super) struct Lu<'d> {
    pub dits: &'d DitsLus,
    pub noms: Noms<'d>,
    pub adresse: String,
    jour: NaiveDate,
}

impl<'d> Lu<'d> {
    pub fn de(dits: &'d DitsLus, jour: NaiveDate) -> Self {
        Self {
            dits,
            noms: Noms(&dits.lu.identite.parties),
            adresse: super::adresse(&dits.lu.identite.id),
            jour,
        }
    }

    pub fn contrat(&self) -> String {
        court(&self.dits.lu.identite.titre)
    }

    pub fn echanges(&self) -> Option<&'d Echanges> {
        let racine = self.dits.lu.contrat.flux(RACINE)?;
        Some(racine.dossier.echanges())
    }

    /// What is said, line by line.
    pub fn lignes(&self) -> impl Iterator<Item = (&'d LigneLue, &'d Echange, &'d str)> {
        self.dits
            .lignes
            .iter()
            .filter_map(|ligne| match &ligne.evenement {
                Evenement::Echange { echange, trace, .. } => {
                    Some((ligne, echange, trace.id.as_str()))
                }
                _ => None,
            })
    }

    pub fn dit(&self, ligne: &LigneLue) -> DitVue {
        let quand = ligne.evenement.enregistre();
        let partie = ligne.evenement.trace().map_or("", |t| t.par.party.as_str());
        DitVue {
            voix: self.noms.voix(partie),
            iso: quand.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            quand: instant(quand),
            texte: self.dits.texte(ligne).map(str::to_owned),
            ordre: ligne.ordre,
        }
    }

    pub fn du(&self, partie: &str, avant: NaiveDate) -> DuVue {
        DuVue {
            qui: self.noms.voix(partie),
            date: jour(avant),
            distance: distance(avant, self.jour),
            retard: avant < self.jour,
            a_vous: partie == self.dits.lu.place.partie,
        }
    }

    fn nom_d_esms(&self, finess: &str) -> String {
        let racine = self.dits.lu.contrat.flux(RACINE);
        let element = racine.and_then(|r| r.dossier.collections().element(ESMS, finess));
        element.map_or_else(|| finess.to_owned(), |e| e.nom().to_owned())
    }

    /// Whether the reader, limited to some establishments, sees a thread.
    fn voit(&self, esms: Option<&str>) -> bool {
        match esms {
            Some(finess) => self.dits.lu.place.voit(finess),
            None => self.dits.lu.place.esms.is_none(),
        }
    }
}

/// The threads, the last written first.
pub fn echanges(dits: &DitsLus, jour: NaiveDate) -> EchangesVue {
    let lu = Lu::de(dits, jour);
    let mut fils: Vec<(u64, FilResume)> = Vec::new();
    let connus = lu.echanges().map(Echanges::fils);
    for (ouverte, _, id) in lu.lignes().filter(|(_, e, _)| ouvre(e)) {
        let Some(fil) = connus.and_then(|f| f.get(id)) else {
            continue;
        };
        if !lu.voit(fil.esms.as_deref()) {
            continue;
        }
        let siens: Vec<&LigneLue> = du_fil(&lu, id).collect();
        let dernier = siens.last().copied().unwrap_or(ouverte);
        let texte = dits.texte(ouverte).map(|t| sujet(t).0.to_owned());
        fils.push((
            dernier.ordre,
            FilResume {
                adresse: format!("{}/echanges/{id}", lu.adresse),
                sujet: texte.unwrap_or_else(|| "Message effacé".to_owned()),
                voix: lu.noms.voix(&fil.par),
                messages: compte(siens.len() as u64, "message", "messages"),
                dernier: instant(dernier.evenement.enregistre()),
                autorites: fil.cercle == Cercle::Autorites,
                esms: fil.esms.as_deref().map(|f| lu.nom_d_esms(f)),
                dus: fil
                    .attend
                    .iter()
                    .map(|(p, avant)| lu.du(p, *avant))
                    .collect(),
            },
        ));
    }
    fils.sort_by_key(|(ordre, _)| std::cmp::Reverse(*ordre));
    EchangesVue {
        contrat: lu.contrat(),
        compte: compte(fils.len() as u64, "échange", "échanges"),
        fils: fils.into_iter().map(|(_, fil)| fil).collect(),
        adresse: lu.adresse,
    }
}

fn ouvre(echange: &Echange) -> bool {
    matches!(echange, Echange::Message { fil: None, .. })
}

/// The messages of a thread, oldest first.
fn du_fil<'d>(lu: &Lu<'d>, voulu: &str) -> impl Iterator<Item = &'d LigneLue> {
    lu.lignes()
        .filter_map(move |(ligne, echange, id)| match echange {
            Echange::Message { fil: Some(fil), .. } if fil == voulu => Some(ligne),
            Echange::Message { fil: None, .. } if id == voulu => Some(ligne),
            _ => None,
        })
}

/// One thread. None: there is none of this id, for that reader.
pub fn fil(dits: &DitsLus, id: &str, jour: NaiveDate) -> Option<FilVue> {
    let lu = Lu::de(dits, jour);
    let connu = lu.echanges()?.fils().get(id)?;
    if !lu.voit(connu.esms.as_deref()) {
        return None;
    }
    let mut messages: Vec<DitVue> = du_fil(&lu, id).map(|ligne| lu.dit(ligne)).collect();
    let premier = messages.first_mut()?;
    let entier = premier.texte.clone();
    let (titre, suite) = entier.as_deref().map(sujet).unzip();
    premier.texte = suite.map(str::to_owned);
    Some(FilVue {
        contrat: lu.contrat(),
        envoi: format!("{}/echanges/{id}", lu.adresse),
        sujet: titre.unwrap_or("Message effacé").to_owned(),
        autorites: connu.cercle == Cercle::Autorites,
        esms: connu.esms.as_deref().map(|f| lu.nom_d_esms(f)),
        dus: connu
            .attend
            .iter()
            .map(|(p, avant)| lu.du(p, *avant))
            .collect(),
        messages,
        adresse: lu.adresse,
    })
}

/// The meetings, and what was decided there and is not done.
pub fn reunions(dits: &DitsLus, aujourdhui: NaiveDate) -> ReunionsVue {
    let lu = Lu::de(dits, aujourdhui);
    let mut toutes: Vec<(NaiveDate, ReunionResume)> = Vec::new();
    for (ligne, echange, id) in lu.lignes() {
        let Echange::Reunion { le } = echange else {
            continue;
        };
        let dit = lu.dit(ligne);
        let texte = TexteReunion::lu(dit.texte.as_deref().unwrap_or("Réunion (texte effacé)"));
        let rendue = lu.echanges().and_then(|e| e.reunions().get(id));
        toutes.push((
            *le,
            ReunionResume {
                adresse: format!("{}/reunions/{id}", lu.adresse),
                objet: texte.objet,
                ou: texte.ou,
                date: jour(*le),
                distance: distance(*le, aujourdhui),
                voix: dit.voix,
                rendue: rendue.is_some_and(|r| r.rendue),
            },
        ));
    }
    toutes.sort_by_key(|(le, _)| *le);
    let (a_venir, mut passees): (Vec<_>, Vec<_>) =
        toutes.into_iter().partition(|(le, _)| *le >= aujourdhui);
    passees.reverse();
    let decisions = decisions(&lu, |_| true)
        .into_iter()
        .filter(|d| d.tenue.is_none());
    ReunionsVue {
        contrat: lu.contrat(),
        a_venir: a_venir.into_iter().map(|(_, r)| r).collect(),
        passees: passees.into_iter().map(|(_, r)| r).collect(),
        decisions: decisions.collect(),
        adresse: lu.adresse,
    }
}

fn decisions(lu: &Lu<'_>, de: impl Fn(Option<&str>) -> bool) -> Vec<DecisionVue> {
    let tenue = |id: &str| {
        let mut lignes = lu.lignes();
        let dite = |e: &Echange| matches!(e, Echange::Tenue { decision } if decision == id);
        lignes
            .find(|(_, e, _)| dite(e))
            .map(|(ligne, ..)| lu.dit(ligne))
    };
    let vue = |(ligne, echange, id): (&LigneLue, &Echange, &str)| match echange {
        Echange::Decision {
            reunion,
            qui,
            avant,
        } if de(reunion.as_deref()) => {
            let page = reunion
                .as_deref()
                .map(|r| format!("{}/reunions/{r}", lu.adresse));
            Some(DecisionVue {
                id: id.to_owned(),
                adresse: page.unwrap_or_else(|| format!("{}/reunions", lu.adresse)),
                texte: lu.dits.texte(ligne).map(str::to_owned),
                du: lu.du(qui, *avant),
                tenue: tenue(id),
            })
        }
        _ => None,
    };
    lu.lignes().filter_map(vue).collect()
}

/// One meeting. None: there is none of this id, for that reader.
pub fn reunion(dits: &DitsLus, voulue: &str, aujourdhui: NaiveDate) -> Option<ReunionVue> {
    let lu = Lu::de(dits, aujourdhui);
    let (ligne, le) = lu.lignes().find_map(|(ligne, echange, id)| match echange {
        Echange::Reunion { le } if id == voulue => Some((ligne, *le)),
        _ => None,
    })?;
    let dit = lu.dit(ligne);
    let texte = TexteReunion::lu(dit.texte.as_deref().unwrap_or("Réunion (texte effacé)"));
    let rendus = lu
        .lignes()
        .filter(|(_, e, _)| matches!(e, Echange::CompteRendu { reunion } if reunion == voulue));
    let points = texte.ordre.lines().map(str::trim).filter(|l| !l.is_empty());
    Some(ReunionVue {
        contrat: lu.contrat(),
        envoi: format!("{}/reunions/{voulue}", lu.adresse),
        ordre: points.map(str::to_owned).collect(),
        objet: texte.objet,
        ou: texte.ou,
        date: jour(le),
        distance: distance(le, aujourdhui),
        voix: dit.voix,
        compte_rendu: rendus.last().map(|(ligne, ..)| lu.dit(ligne)),
        decisions: decisions(&lu, |reunion| reunion == Some(voulue)),
        adresse: lu.adresse,
    })
}

/// The points that a meeting may begin from: what blocks, and who can lift it.
pub fn ordre_du_jour(lu: &ContratLu, maintenant: DateTime<Utc>) -> String {
    let vue = contrat(lu, maintenant);
    let point = |porte: &super::PorteVue| {
        let qui: Vec<&str> = porte.qui.iter().map(|v| v.nom.as_str()).collect();
        match qui.as_slice() {
            [] => porte.condition.clone(),
            qui => format!("{} ({})", porte.condition, qui.join(", ")),
        }
    };
    let points: Vec<String> = vue.bloque.portes.iter().map(point).collect();
    points.join("\n")
}

/// A message that asks the others for what is waited for first: its subject, its text. `None`:
/// nothing is, or it is the reader's turn.
pub fn relance(lu: &ContratLu, maintenant: DateTime<Utc>) -> Option<[String; 2]> {
    let plume = contrat(lu, maintenant).plume;
    let acte = plume.acte.filter(|_| !plume.a_vous)?;
    let qui: Vec<&str> = plume.voix.iter().map(|v| v.nom.as_str()).collect();
    let quand = plume.date.zip(plume.distance);
    let quand = quand.map_or_else(String::new, |(d, reste)| format!(", pour le {d} ({reste})"));
    let texte = format!(
        "Bonjour,\n\nL'acte « {acte} » est attendu{quand}. Plume : {}. Pouvez-vous nous dire quand \
         il sera fait, ou ce qui vous manque pour le faire ?",
        liste(&qui)
    );
    Some([court(&format!("Relance : {acte}")), typographie(&texte)])
}

/// The private notes of the reader's party, the newest first.
pub fn notes(dits: &DitsLus, aujourdhui: NaiveDate) -> NotesVue {
    let lu = Lu::de(dits, aujourdhui);
    NotesVue {
        contrat: lu.contrat(),
        qui: lu.noms.voix(&dits.lu.place.partie),
        notes: dits
            .lignes
            .iter()
            .rev()
            .map(|ligne| lu.dit(ligne))
            .collect(),
        adresse: lu.adresse,
    }
}
