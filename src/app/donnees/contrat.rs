//! A contract as a program reads it: where it stands, what is waited for and of whom, what
//! blocks, which dates fall, where each establishment stands.

use super::FonctionDonnee;
use crate::app::contrat::{Contrat, RACINE};
use crate::app::demo::{Mots, etat};
use crate::app::vues::francais::{majuscule, typographie};
use crate::app::vues::{
    Attente, CaseVue, ContratLu, EsmsVue, Noms, Suivi, attentes, comment, condition_dite,
    date_dite, effet, lieu, matrice, suivis,
};
use crate::regles::calendrier::civil_date;
use crate::workflow::definition::model::Silence;
use crate::workflow::machine::agenda::Deadline;
use crate::workflow::machine::refusal::{Lift, Missing};
use crate::workflow::machine::{Machine, Spot};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Un contrat, tel que la personne le voit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Contrat")]
pub struct ContratDonne {
    pub id: String,
    pub titre: String,
    pub place: PlaceDonnee,
    /// Noms des parties, par identifiant : `gestionnaire`, `ars`, `departement:99`.
    pub parties: BTreeMap<String, String>,
    pub phase: String,
    /// Les phases où le contrat est entré, dans l'ordre.
    pub phases: Vec<PhaseDonnee>,
    pub terme: Option<NaiveDate>,
    pub fini: bool,
    /// Le contrat lui-même, puis les procédures qu'il a ouvertes.
    pub flux: Vec<FluxDonne>,
    /// Ce qui est attendu, le plus pressé d'abord : le premier dit qui a la plume.
    pub attentes: Vec<AttenteDonnee>,
    pub echeances: Vec<EcheanceDonnee>,
    pub esms: Vec<EsmsDonne>,
}

/// Ce que la personne est pour ce contrat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Place")]
pub struct PlaceDonnee {
    pub partie: String,
    pub fonction: FonctionDonnee,
    /// Numéros FINESS des seuls établissements vus ; nul : tous.
    pub esms: Option<Vec<String>>,
}

/// Une phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Phase")]
pub struct PhaseDonnee {
    pub titre: String,
    pub depuis: NaiveDate,
}

/// Un flux : une procédure qui court, ou qui a couru.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Flux")]
pub struct FluxDonne {
    pub flux: String,
    pub titre: String,
    pub workflow: String,
    pub version: u32,
    /// Là où l'on est, en lieux du graphe.
    pub lieux: Vec<LieuDonne>,
    pub ouvert_le: Option<NaiveDate>,
    pub fini_le: Option<NaiveDate>,
    pub issue: Option<String>,
}

/// Un lieu du graphe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Lieu")]
pub struct LieuDonne {
    /// `negociation/moyens[ars]/proposee`.
    pub lieu: String,
    pub titre: String,
}

/// Un acte attendu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Attente")]
pub struct AttenteDonnee {
    pub flux: String,
    pub lieu: String,
    pub acte: String,
    pub titre: String,
    /// Les parties dont la réponse est attendue.
    pub de: Vec<String>,
    /// Qui a la plume : qui peut agir, sinon qui peut lever ce qui bloque.
    pub plume: Vec<String>,
    /// Rien ne manque : l'acte peut être fait.
    pub faisable: bool,
    pub manques: Vec<Manque>,
    /// Dernier jour, quand il y en a un.
    pub echeance: Option<NaiveDate>,
}

/// Une condition qui n'est pas remplie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Manque {
    /// Son rang parmi les conditions de l'acte, à donner pour en dispenser.
    pub condition: u64,
    pub dit: String,
    /// Les faits qui ne sont pas encore connus.
    pub faits: Vec<String>,
    pub leviers: Vec<Levier>,
    /// Les parties qui peuvent en dispenser.
    pub dispense: Vec<String>,
}

/// Qui, ou quoi, peut lever une condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Levier {
    pub par: Moyen,
    /// La partie, quand c'en est une.
    pub partie: Option<String>,
    /// Le droit qu'elle exerce, le fait qu'elle déclare, ou la procédure attendue.
    pub objet: Option<String>,
    pub dit: String,
}

/// Ce qui lève une condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moyen {
    /// Une partie écrit.
    Droit,
    /// Une partie déclare un fait, pièce à l'appui.
    Declaration,
    /// Une procédure finit.
    Procedure,
    Import,
    Temps,
    Acte,
}

/// Une date qui tombe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Echeance")]
pub struct EcheanceDonnee {
    pub flux: String,
    pub lieu: String,
    pub nom: String,
    pub dit: String,
    /// Le dernier jour, entier.
    pub jour: NaiveDate,
    /// Passé ce jour, rien ne bouge seul : on avertit.
    pub souple: bool,
    /// Ce que vaut le silence.
    pub silence: Option<SilenceDonne>,
    pub ensuite: Option<String>,
    /// La règle datée dont vient le délai, et son article.
    pub regle: Option<String>,
    pub source: Option<String>,
    /// La valeur de la règle reste à confirmer.
    pub a_confirmer: bool,
    /// Une suspension l'arrête.
    pub suspendue: bool,
}

/// Ce que vaut le silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Silence")]
pub enum SilenceDonne {
    Approbation,
    Rejet,
    Rien,
}

/// Un établissement, et où il en est.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Esms")]
pub struct EsmsDonne {
    pub finess: String,
    pub nom: String,
    pub diagnostic: CaseDonnee,
    pub objectifs: CaseDonnee,
    pub moyens: CaseDonnee,
}

/// Où en est un établissement, dans une matière.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Avancement")]
pub struct CaseDonnee {
    pub etat: EtatDonne,
    pub dit: String,
    pub detail: Option<String>,
}

/// Fait, en cours ou pas commencé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EtatDAvancement")]
pub enum EtatDonne {
    Fait,
    EnCours,
    Vide,
}

/// A contract that was read.
pub fn contrat(lu: &ContratLu, maintenant: DateTime<Utc>) -> ContratDonne {
    let suivis = suivis(&lu.contrat, maintenant);
    let donneur = Donneur {
        lu,
        mots: Mots {
            contrat: &lu.contrat,
        },
        jour: civil_date(maintenant),
    };
    let etapes = lu.resume.etapes.iter().map(|etape| PhaseDonnee {
        titre: etape.phase.clone(),
        depuis: etape.depuis,
    });
    let mut esms = matrice(&lu.contrat, Noms(&lu.identite.parties));
    esms.retain(|e| lu.place.voit(&e.numero));
    let attendus = attentes(&lu.contrat, &suivis);
    let place = &lu.place;
    ContratDonne {
        id: lu.identite.id.clone(),
        titre: lu.identite.titre.clone(),
        place: PlaceDonnee {
            partie: place.partie.clone(),
            fonction: FonctionDonnee::de(place.role),
            esms: place.esms.as_ref().map(|vus| vus.iter().cloned().collect()),
        },
        parties: lu.identite.parties.clone(),
        phase: lu.resume.phase.clone(),
        phases: etapes.collect(),
        terme: lu.resume.terme,
        fini: lu.resume.fini,
        flux: donneur.flux(),
        attentes: attendus
            .iter()
            .filter(|a| donneur.voit(&a.spot))
            .map(|a| donneur.attente(a))
            .collect(),
        echeances: donneur.echeances(&suivis),
        esms: esms.into_iter().map(esms_donne).collect(),
    }
}

struct Donneur<'a> {
    lu: &'a ContratLu,
    mots: Mots<'a>,
    jour: NaiveDate,
}

impl Donneur<'_> {
    fn voit(&self, lieu: &Spot) -> bool {
        self.lu.place.voit_lieu(&self.lu.contrat, lieu)
    }

    fn flux(&self) -> Vec<FluxDonne> {
        let contrat = &self.lu.contrat;
        let mut donnes = Vec::new();
        for (nom, flux) in contrat.tous() {
            let Some(machine) = contrat.machine(nom) else {
                continue;
            };
            let workflow = machine.workflow();
            let lieux = etat(contrat, nom).into_iter().map(|lieu| Spot::new(&lieu));
            let lieux = lieux.filter(|spot| self.voit(spot)).map(|spot| LieuDonne {
                titre: titre_du_lieu(machine, &spot),
                lieu: spot.to_string(),
            });
            let configuration = &flux.configuration;
            let pinned = configuration.pinned.as_ref();
            let ended = configuration.ended.as_ref();
            donnes.push(FluxDonne {
                flux: nom.to_owned(),
                titre: typographie(&self.mots.flux(nom).unwrap_or(workflow.title.clone())),
                workflow: workflow.name.clone(),
                version: pinned.map_or(workflow.version, |p| p.version),
                lieux: lieux.collect(),
                ouvert_le: configuration.pinned_on,
                fini_le: ended.map(|e| e.date),
                issue: ended.and_then(|e| e.outcome.clone()),
            });
        }
        donnes.sort_by_key(|f| f.flux != RACINE);
        donnes
    }

    fn attente(&self, attente: &Attente) -> AttenteDonnee {
        let contrat = &self.lu.contrat;
        AttenteDonnee {
            flux: attente.flux.clone(),
            lieu: attente.spot.to_string(),
            acte: attente.acte.clone(),
            titre: majuscule(&typographie(&attente.titre)),
            de: attente.parties.iter().cloned().collect(),
            plume: attente.plume().into_iter().map(str::to_owned).collect(),
            faisable: attente.faisable(),
            manques: manques(contrat, &attente.manque),
            echeance: attente.date(),
        }
    }

    fn echeances(&self, suivis: &[Suivi<'_>]) -> Vec<EcheanceDonnee> {
        let mut donnees = Vec::new();
        for suivi in suivis {
            let dates = suivi.agenda.dates.iter();
            let vues = dates.filter(|d| self.voit(&d.spot));
            donnees.extend(vues.map(|date| self.echeance(suivi.nom, date)));
        }
        donnees.sort_by_key(|e| e.jour);
        donnees
    }

    fn echeance(&self, flux: &str, date: &Deadline) -> EcheanceDonnee {
        let machine = self.lu.contrat.machine(flux);
        let regle = date.rule.as_deref().zip(machine);
        let valeur = regle.and_then(|(regle, m)| m.pack().value(regle, self.jour));
        let cles = date.spot.keys();
        let elements: Vec<String> = cles.map(|cle| self.mots.element(flux, &cle)).collect();
        EcheanceDonnee {
            flux: flux.to_owned(),
            lieu: date.spot.to_string(),
            nom: date.name.clone(),
            dit: date_dite(&self.mots, flux, date, &elements),
            jour: date.echeance,
            souple: date.soft,
            silence: date.silence.map(|silence| match silence {
                Silence::Approved => SilenceDonne::Approbation,
                Silence::Rejected => SilenceDonne::Rejet,
                Silence::None => SilenceDonne::Rien,
            }),
            ensuite: effet(machine, date, self.jour),
            regle: date.rule.clone(),
            source: date.source.as_deref().map(typographie),
            a_confirmer: valeur.is_some_and(|v| !v.confirmed),
            suspendue: date.frozen,
        }
    }
}

fn titre_du_lieu(machine: &Machine<'_>, spot: &Spot) -> String {
    match lieu(Some(machine), spot) {
        (Some(dans), titre) => format!("{dans} : {titre}"),
        (None, titre) => titre,
    }
}

/// Conditions that do not hold, and who can lift them.
pub fn manques(contrat: &Contrat<'_>, missing: &[Missing]) -> Vec<Manque> {
    missing.iter().map(|m| manque(contrat, m)).collect()
}

fn manque(contrat: &Contrat<'_>, missing: &Missing) -> Manque {
    Manque {
        condition: missing.requirement as u64,
        dit: condition_dite(missing),
        faits: missing.unknown.clone(),
        leviers: missing.lift.iter().map(|l| levier(contrat, l)).collect(),
        dispense: missing.waive.clone(),
    }
}

fn levier(contrat: &Contrat<'_>, lift: &Lift) -> Levier {
    let (par, partie, objet) = match lift {
        Lift::Party { party, capability } => (Moyen::Droit, Some(party), Some(capability)),
        Lift::Declaration { party, fact } => (Moyen::Declaration, Some(party), Some(fact)),
        Lift::Child { workflow } => (Moyen::Procedure, None, Some(workflow)),
        Lift::Import => (Moyen::Import, None, None),
        Lift::Clock => (Moyen::Temps, None, None),
        Lift::Act => (Moyen::Acte, None, None),
    };
    Levier {
        par,
        partie: partie.cloned(),
        objet: objet.cloned(),
        dit: typographie(&comment(contrat, lift, false)),
    }
}

fn esms_donne(vue: EsmsVue) -> EsmsDonne {
    EsmsDonne {
        finess: vue.numero,
        nom: vue.nom,
        diagnostic: case(vue.diagnostic),
        objectifs: case(vue.objectifs),
        moyens: case(vue.moyens),
    }
}

fn case(vue: CaseVue) -> CaseDonnee {
    CaseDonnee {
        etat: match vue.genre {
            "ok" => EtatDonne::Fait,
            "att" => EtatDonne::EnCours,
            _ => EtatDonne::Vide,
        },
        dit: vue.dit,
        detail: vue.detail,
    }
}
