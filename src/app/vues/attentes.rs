//! What everyone is waited for: in each state where something must be done, its main act, by
//! whom, before when, and what stands in the way.

use super::francais::{jour, liste, minuscule, typographie};
use super::lu::ContratLu;
use super::voix::{Noms, ordonnees};
use crate::app::contrat::{Contrat, Flux};
use crate::app::demo::Mots;
use crate::metier::contrat::faits::CATALOGUE;
use crate::workflow::catalogue::Mover;
use crate::workflow::condition::UNKNOWN;
use crate::workflow::definition::model::{Act, Node, Role, Silence};
use crate::workflow::machine::agenda::{Agenda, Deadline, Todo};
use crate::workflow::machine::refusal::{Lift, Missing};
use crate::workflow::machine::{Machine, Spot};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// An open stream and its agenda.
pub(in crate::app) struct Suivi<'a> {
    pub nom: &'a str,
    pub flux: &'a Flux,
    pub agenda: Agenda,
}

/// The streams that have not ended, each with its agenda.
pub(in crate::app) fn suivis<'a>(
    contrat: &'a Contrat<'_>,
    maintenant: DateTime<Utc>,
) -> Vec<Suivi<'a>> {
    let ouverts = contrat.tous();
    let ouverts =
        ouverts.filter(|(_, f)| f.configuration.ended.is_none() && f.configuration.opened());
    let suivi = |(nom, flux): (&'a str, &'a Flux)| {
        let monde = contrat.monde(nom, maintenant)?;
        let machine = contrat.machine(nom)?;
        let agenda = machine.agenda(&flux.configuration, &monde, maintenant);
        Some(Suivi { nom, flux, agenda })
    };
    ouverts.filter_map(suivi).collect()
}

/// The same, of what the reader sees.
pub(in crate::app) fn suivis_vus(lu: &ContratLu, maintenant: DateTime<Utc>) -> Vec<Suivi<'_>> {
    let mut suivis = suivis(&lu.contrat, maintenant);
    let voit = |lieu: &Spot| lu.place.voit_lieu(&lu.contrat, lieu);
    for suivi in &mut suivis {
        suivi.agenda.dates.retain(|d| voit(&d.spot));
        for partie in &mut suivi.agenda.parties {
            partie.acts.retain(|a| voit(&a.spot));
            partie.waits.retain(|w| voit(&w.spot));
        }
    }
    suivis
}

/// Something that is waited for.
#[derive(Debug, Clone)]
pub(in crate::app) struct Attente {
    pub flux: String,
    pub spot: Spot,
    pub acte: String,
    pub titre: String,
    /// Whose answer is needed.
    pub parties: BTreeSet<String>,
    pub manque: Vec<Missing>,
    pub echeance: Option<Deadline>,
}

impl Attente {
    /// It can be done now.
    pub fn faisable(&self) -> bool {
        self.manque.is_empty()
    }

    /// Who holds the pen: who can act, or else who can lift what stands in the way.
    pub fn plume(&self) -> Vec<&str> {
        let leveurs = self.manque.iter().flat_map(|m| &m.lift);
        let leveurs = ordonnees(leveurs.filter_map(leveur));
        if leveurs.is_empty() {
            return ordonnees(self.parties.iter().map(String::as_str));
        }
        leveurs
    }

    pub fn date(&self) -> Option<NaiveDate> {
        self.echeance.as_ref().map(|e| e.echeance)
    }
}

/// Whether acts of this name move a fact.
fn mu_par(fait: &str, acte: &str) -> bool {
    let movers = CATALOGUE.fact(fait).map_or(&[][..], |f| f.moved_by);
    movers
        .iter()
        .any(|m| matches!(m, Mover::Act(noms) if noms.contains(&acte)))
}

/// All that it misses is what its own form brings: a document dated before a silence, for one.
pub(in crate::app) fn apporte(todo: &Todo) -> bool {
    let mut manque = todo.missing.iter();
    manque.all(|m| !m.unknown.is_empty() && m.unknown.iter().all(|f| mu_par(f, &todo.act)))
}

/// An act judged on what it brings itself is an exception: nobody waits for it.
fn exception(acte: &Act) -> bool {
    let mut conditions = acte.requires.iter().map(|r| &r.condition);
    conditions.any(|c| c.facts().iter().any(|f| mu_par(f, &acte.name)))
}

/// The party that can change a fact.
pub(in crate::app) fn leveur(lift: &Lift) -> Option<&str> {
    match lift {
        Lift::Party { party, .. } | Lift::Declaration { party, .. } => Some(party),
        Lift::Child { .. } | Lift::Import | Lift::Clock | Lift::Act => None,
    }
}

/// Everything that is waited for, the most urgent first.
pub(in crate::app) fn attentes(contrat: &Contrat<'_>, suivis: &[Suivi<'_>]) -> Vec<Attente> {
    let mut attentes: Vec<Attente> = suivis
        .iter()
        .flat_map(|suivi| du_flux(contrat, suivi))
        .collect();
    attentes.sort_by_cached_key(|a| {
        let date = a.date().unwrap_or(NaiveDate::MAX);
        (date, !a.faisable(), a.flux.clone(), a.spot.clone())
    });
    attentes
}

fn du_flux(contrat: &Contrat<'_>, suivi: &Suivi<'_>) -> Vec<Attente> {
    let Some(machine) = contrat.machine(suivi.nom) else {
        return Vec::new();
    };
    let mut par_lieu: BTreeMap<&Spot, BTreeMap<&str, (&Todo, BTreeSet<String>)>> = BTreeMap::new();
    for partie in &suivi.agenda.parties {
        for todo in &partie.acts {
            let actes = par_lieu.entry(&todo.spot).or_default();
            let (_, parties) = actes
                .entry(&todo.act)
                .or_insert_with(|| (todo, BTreeSet::new()));
            parties.insert(partie.party.clone());
        }
    }
    let mut attentes = Vec::new();
    for (spot, actes) in par_lieu {
        let configuration = &suivi.flux.configuration;
        let innermost = configuration.inside(spot).next().is_none();
        let Some(node) = machine.workflow().find(&spot.path()).filter(|_| innermost) else {
            continue;
        };
        let principal = principal(node, |acte| actes.contains_key(acte));
        if let Some((todo, parties)) = principal.and_then(|a| actes.get(a.name.as_str())) {
            attentes.push(Attente {
                flux: suivi.nom.to_owned(),
                spot: spot.clone(),
                acte: todo.act.clone(),
                titre: todo.title.clone(),
                parties: parties.clone(),
                manque: todo.missing.clone(),
                echeance: echeance(&suivi.agenda, spot),
            });
        }
    }
    attentes
}

/// The act a state waits for: the agreement it asks, else the first that leads somewhere. A state
/// that nothing hurries waits for no one.
fn principal(node: &Node, ouvert: impl Fn(&str) -> bool) -> Option<&Act> {
    let silence = |t: &crate::workflow::definition::model::Timer| {
        matches!(t.silence, Some(Silence::Approved | Silence::Rejected))
    };
    if node.due.is_none() && !node.after.iter().any(silence) {
        return None;
    }
    let ouverts = || {
        let ouverts = node.acts.iter().filter(|a| ouvert(&a.name));
        ouverts.filter(|a| !exception(a))
    };
    let accord = ouverts().find(|a| a.over.is_some());
    accord.or_else(|| ouverts().find(|a| a.to.is_some()))
}

/// The first date that falls on a state, or on what encloses it.
pub(in crate::app) fn echeance(agenda: &Agenda, spot: &Spot) -> Option<Deadline> {
    let ici = agenda.dates.iter().find(|d| d.spot == *spot);
    let autour = || {
        let dates = agenda.dates.iter();
        dates
            .filter(|d| d.spot.holds(spot))
            .max_by_key(|d| d.spot.as_str().len())
    };
    ici.or_else(autour).cloned()
}

/// « accorder (OS-1 …) », with the child it is about.
pub(super) fn acte_dit(mots: &Mots<'_>, attente: &Attente) -> String {
    let elements: Vec<String> = attente
        .spot
        .keys()
        .map(|cle| mots.element(&attente.flux, &cle))
        .collect();
    let mut dit = minuscule(&attente.titre);
    if !elements.is_empty() {
        dit = format!("{dit} ({})", elements.join(", "));
    }
    if let Some(nom) = mots.flux(&attente.flux) {
        dit = format!("{dit}, {nom}");
    }
    typographie(&dit)
}

/// What a date is: « Réponse à la proposition », with its items and the child it is about.
pub(in crate::app) fn date_dite(
    mots: &Mots<'_>,
    flux: &str,
    date: &Deadline,
    elements: &[String],
) -> String {
    let minuterie = mots.minuterie(flux, date);
    let mut dite = match (minuterie, lieu(mots.contrat.machine(flux), &date.spot)) {
        (Some(titre), _) => titre.to_owned(),
        // Its items already say what it is about.
        (None, (Some(dans), titre)) if elements.is_empty() => {
            format!("{dans} : {}", minuscule(&titre))
        }
        (None, (_, titre)) => titre,
    };
    if !elements.is_empty() {
        dite = format!("{dite} ({})", nommes(elements));
    }
    if let Some(nom) = mots.flux(flux) {
        dite = format!("{nom} : {}", minuscule(&dite));
    }
    typographie(&dite)
}

/// What happens once a date is over.
pub(in crate::app) fn effet(
    machine: Option<&Machine<'_>>,
    date: &Deadline,
    aujourdhui: NaiveDate,
) -> Option<String> {
    if date.frozen {
        return Some("Ce délai est suspendu.".to_owned());
    }
    if date.soft {
        let saisis = date.escalation.as_ref().map(|e| {
            let qui = match e.to {
                Role::Contribution => "les référents sont saisis",
                Role::Validation => "les personnes qui valident sont saisies",
                Role::Signature => "les signataires sont saisis",
            };
            let depuis = if e.on < aujourdhui { "depuis le" } else { "le" };
            format!(" ; {qui} {depuis} {}", jour(e.on))
        });
        let saisis = saisis.unwrap_or_default();
        return Some(typographie(&format!(
            "Passé cette date, rien ne bouge seul{saisis}."
        )));
    }
    let suite = date.leads_to.as_deref().filter(|to| *to != "end");
    let titre = suite.and_then(|to| {
        let workflow = machine?.workflow();
        let path = match date.spot.path().rsplit_once('/') {
            Some((parent, _)) => format!("{parent}/{to}"),
            None => to.to_owned(),
        };
        workflow.find(&path)?.title.clone()
    });
    let silence = match date.silence {
        Some(Silence::Approved) => "Le silence vaut approbation",
        Some(Silence::Rejected) => "Le silence vaut rejet",
        Some(Silence::None) | None => {
            let titre = titre?;
            return Some(typographie(&format!("Ensuite : « {titre} ».")));
        }
    };
    let titre = titre.map(|t| format!(" : « {t} »")).unwrap_or_default();
    Some(typographie(&format!("{silence}{titre}.")))
}

/// The sentence of a condition that does not hold; the facts it wants, while nobody gave them.
pub(in crate::app) fn condition_dite(missing: &Missing) -> String {
    if missing.unknown.is_empty() || !missing.sentence.contains(UNKNOWN) {
        return typographie(&missing.sentence);
    }
    let nomme = |fait: &String| {
        let titre = CATALOGUE.fact(fait).map_or(fait.as_str(), |f| f.title);
        format!("« {titre} »")
    };
    let faits: Vec<String> = missing.unknown.iter().map(nomme).collect();
    let verbe = if faits.len() > 1 {
        "ne sont pas encore renseignés"
    } else {
        "n’est pas encore renseigné"
    };
    typographie(&format!("{} {verbe}.", liste(&faits)))
}

/// « au gestionnaire, à l’ARS et au Département ».
pub(in crate::app) fn noms_listes(noms: Noms<'_>, parties: &[&str]) -> String {
    let parties: Vec<String> = parties.iter().map(|p| noms.a(p)).collect();
    liste(&parties)
}

/// A place as people name it: what it belongs to, when that says more, and its state.
pub(in crate::app) fn lieu(machine: Option<&Machine<'_>>, spot: &Spot) -> (Option<String>, String) {
    let trouve = machine.map(Machine::workflow);
    let Some((workflow, node)) = trouve.and_then(|w| Some((w, w.find(&spot.path())?))) else {
        return (None, spot.path());
    };
    let titre = node.title.as_deref().unwrap_or(&node.name);
    let bloc = workflow.block(node.block);
    let dans = match (&bloc.region, bloc.owner) {
        (Some(region), _) if *region != node.name => bloc.title.as_deref(),
        (_, Some(owner)) => workflow.node(owner).title.as_deref(),
        _ => None,
    };
    let dans = dans.filter(|dans| !titre.to_lowercase().starts_with(&dans.to_lowercase()));
    (dans.map(typographie), typographie(titre))
}

/// Items, the first by name, the others by number.
pub(super) fn nommes<T: AsRef<str>>(elements: &[T]) -> String {
    const NOMMES: usize = 3;
    let noms: Vec<&str> = elements.iter().take(NOMMES).map(AsRef::as_ref).collect();
    match elements.len().saturating_sub(NOMMES) {
        0 => noms.join(", "),
        1 => format!("{} et 1 autre", noms.join(", ")),
        n => format!("{} et {n} autres", noms.join(", ")),
    }
}
