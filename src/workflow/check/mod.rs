//! The seven proofs. A file that fails one is refused, with the shortest path that shows why.
//!
//! **Abstraction.** Conditions are free (they may hold or not), except constants, literal
//! complements and what a [`combination`] fixes. What stays possible for ever is done in the end.
//! Interruptions are no way out.
//!
//! The proofs need no clock: dates come from the rule pack and from `on`, the day asked about.

mod attain;
/// Combinations: who is there, which regions are open.
pub mod combination;
/// Proof 2: nobody is bound without having agreed.
mod consent;
/// Proof 5: deadlines agree; how long the road is.
mod deadlines;
/// Proof 3, where exits lead: nobody goes round for ever.
mod endless;
/// Proof 7: what remains to exist once every name is looked up.
mod exists;
/// From a workflow to a workflow net.
pub mod lower;
/// Blocks walked one by one.
mod reach;
/// What remains when only some moves can be made.
mod rest;
/// Proof 1: an end can always be reached, nothing is dead.
mod sound;
/// Proof 6: legal effects and statutory delays name their article.
mod sources;
/// Proof 3: nobody is stuck.
mod stuck;
mod tell;
/// Proof 4: who can block, and who is told.
mod veto;
/// A workflow in one combination.
mod view;
/// Party expressions in one combination.
mod who;

use self::combination::{COMBINATIONS_MAX, Combination, combinations};
use self::reach::{Space, emptiness};
use self::view::View;
use super::catalogue::Catalogue;
use super::definition::model::{Presence, Workflow};
use super::problem::{Code, Place, Problem};
use crate::regles::paquet::Paquet;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The answer; names are part of the command line's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Sound,
    Refused,
    /// A bound was met before an answer: the file is refused as well.
    Undecided,
}

/// What the proofs need beyond the file.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub catalogue: &'a Catalogue,
    /// The pack the file names.
    pub pack: &'a Paquet,
    /// Each known workflow, with the parents it declares.
    pub parents: &'a BTreeMap<String, Vec<String>>,
    /// The day on which every rule used must have a value.
    pub on: NaiveDate,
}

/// A state in which a party can stop everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Veto {
    pub party: String,
    /// Static path of the state.
    pub state: String,
    /// The combinations in which it can; « toutes » when it can in each.
    pub combination: String,
    /// The file says that it is meant.
    pub intended: bool,
}

/// How long it takes, in calendar days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Days {
    pub critical_path_days: i64,
    pub shortest_days: i64,
}

/// What the proofs say of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub verdict: Verdict,
    pub problems: Vec<Problem>,
    pub vetoes: Vec<Veto>,
    /// From the start to the first binding state, else to the end, when everyone takes all their
    /// time; loops are taken zero times.
    pub critical_path_days: i64,
    /// The same when everyone acts at once: only the waits nobody can shorten.
    pub shortest_days: i64,
    /// For each party, the days of these paths during which it is waited for.
    pub by_party: BTreeMap<String, Days>,
    /// How many combinations were proven.
    pub combinations: usize,
    /// What deserves to be read, and refuses nothing.
    pub notices: Vec<Problem>,
    /// What the proofs do not say.
    pub not_proven: Vec<&'static str>,
}

impl Report {
    /// The report of a file that could not be read: there is nothing to prove.
    pub fn refused(problems: Vec<Problem>) -> Self {
        Self {
            verdict: Verdict::Refused,
            problems,
            vetoes: Vec::new(),
            critical_path_days: 0,
            shortest_days: 0,
            by_party: BTreeMap::new(),
            combinations: 0,
            notices: Vec::new(),
            not_proven: NOT_PROVEN.to_vec(),
        }
    }
}

/// What a proof found.
#[derive(Debug, Default)]
struct Findings {
    problems: Vec<Problem>,
    notices: Vec<Problem>,
    /// A bound was met.
    undecided: bool,
}

impl Findings {
    /// One problem for one code and place: the first combination that shows it is enough.
    fn refuse(&mut self, problem: Problem) {
        let known = |p: &Problem| p.code == problem.code && p.place == problem.place;
        if !self.problems.iter().any(known) {
            self.problems.push(problem);
        }
    }

    fn notice(&mut self, code: Code, place: Place, message: String) {
        let notice = Problem::new(code, place, message);
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    fn undecided(&mut self, place: Place, message: String) {
        self.undecided = true;
        self.refuse(Problem::new(Code::Limite, place, message));
    }
}

/// One combination, ready for the proofs.
struct Case<'v, 'a> {
    view: &'v View<'a>,
    /// No collection empty; then every way some may be.
    spaces: Vec<Space<'v, 'a>>,
}

impl<'v, 'a> Case<'v, 'a> {
    /// A space in which the state is reached.
    fn reaching(&self, id: super::definition::model::NodeId) -> Option<&Space<'v, 'a>> {
        self.spaces.iter().find(|space| space.reaches(id))
    }

    fn combination(&self) -> &'a Combination {
        self.view.combination()
    }

    /// « (combinaison : …) », when the file has more than one.
    fn told(&self) -> String {
        let catalogue = self.view.casting.catalogue;
        let combination = self.combination();
        let literals = combination.literals.iter().map(|literal| {
            let text = literal.to_string();
            let (name, value) = match text.strip_prefix('!') {
                Some(name) => (name, "faux"),
                None => (text.as_str(), "vrai"),
            };
            match catalogue.fact(name) {
                Some(fact) => format!("« {} » {value}", fact.title),
                None => text,
            }
        });
        let parties = self.view.workflow.parties.iter();
        let several = parties.filter(|p| matches!(p.presence, Presence::Each(_)));
        let counts = several.map(|party| {
            let present = combination.present.iter();
            match present.filter(|p| p.declared == party.id).count() {
                0 => format!("sans {}", party.title),
                1 => format!("un {}", party.title),
                _ => format!("plusieurs {}", party.title),
            }
        });
        let told: Vec<String> = literals.chain(counts).collect();
        if told.is_empty() {
            String::new()
        } else {
            format!(" (cas : {})", told.join(", "))
        }
    }
}

/// States looked at, over all combinations and ways collections may be empty, past which nothing
/// is decided: some seconds of work.
const STATES_MAX: usize = 200_000;

/// What the report says of the limits of the proofs.
const NOT_PROVEN: [&str; 7] = [
    "La valeur des conditions n'est pas connue : les preuves les prennent vraies ou fausses.",
    "Un fait encore inconnu n'est ni vrai ni faux : qu'il soit déclaré à temps n'est pas prouvé, \
     ni qu'une date écrite dans un état précédent l'ait bien été.",
    "Qu'on finisse n'est pas prouvé, seulement qu'on le peut toujours : des parties d'accord pour \
     tourner en rond le peuvent, et un fait qu'on peut changer est supposé l'être au besoin.",
    "Qu'une collection ait assez d'éléments (« at_least ») n'est pas prouvé, sauf quand elle ne \
     peut en avoir aucun.",
    "Les coalitions ne sont pas jugées : les vetos sont ceux d'une partie seule.",
    "La vérité des faits déclarés par les parties n'est pas jugée.",
    "Le droit n'est pas jugé : les sources sont citées, pas vérifiées.",
];

/// Proves a workflow, or says why it cannot be.
pub fn check(workflow: &Workflow, surroundings: Surroundings<'_>) -> Report {
    let mut findings = Findings::default();
    exists::prove(workflow, surroundings, &mut findings);
    sources::prove(workflow, surroundings, &mut findings);
    let road = deadlines::prove(workflow, surroundings, &mut findings);
    let Some(combinations) = combinations(workflow, surroundings.catalogue) else {
        let message = format!(
            "Les conditions des parties et des régions font plus de {COMBINATIONS_MAX} cas. \
             Réduisez le nombre de conditions, ou découpez le fichier."
        );
        findings.undecided(Place { line: 1, column: 1 }, message);
        return report(findings, Vec::new(), road, 0);
    };
    let views: Vec<View<'_>> = combinations
        .iter()
        .map(|c| View::new(workflow, surroundings.catalogue, c))
        .collect();
    let mut cases = Vec::new();
    let mut states = 0;
    for view in &views {
        let Some(sets) = emptiness(view, COMBINATIONS_MAX) else {
            let message = format!(
                "Les collections parcourues font plus de {COMBINATIONS_MAX} cas, vides ou non. \
                 Découpez le fichier."
            );
            findings.undecided(Place { line: 1, column: 1 }, message);
            return report(findings, Vec::new(), road, combinations.len());
        };
        states += sets.len() * workflow.nodes.len();
        if states > STATES_MAX {
            let message = format!(
                "Les cas, les collections vides ou non et les états font ensemble plus de \
                 {STATES_MAX} situations ; la preuve s'arrête là. Découpez le fichier."
            );
            findings.undecided(Place { line: 1, column: 1 }, message);
            return report(findings, Vec::new(), road, combinations.len());
        }
        let full = Space::new(view, BTreeSet::new());
        let others = sets.into_iter().filter(|s| !s.is_empty());
        let others: Vec<Space<'_, '_>> = others.map(|s| full.with_empty(s)).collect();
        let mut spaces = vec![full];
        spaces.extend(others);
        cases.push(Case { view, spaces });
    }
    sound::prove(workflow, &cases, &mut findings);
    consent::prove(workflow, &cases, &mut findings);
    stuck::prove(workflow, &cases, &mut findings);
    let vetoes = veto::prove(workflow, &cases, &mut findings);
    report(findings, vetoes, road, combinations.len())
}

fn report(
    mut findings: Findings,
    vetoes: Vec<Veto>,
    road: deadlines::Road,
    combinations: usize,
) -> Report {
    findings.problems.sort_by_key(|p| p.place);
    findings.notices.sort_by_key(|p| p.place);
    let decided = findings.problems.iter().any(|p| p.code != Code::Limite);
    Report {
        verdict: match (findings.problems.is_empty(), findings.undecided) {
            (true, _) => Verdict::Sound,
            (false, true) if !decided => Verdict::Undecided,
            (false, _) => Verdict::Refused,
        },
        problems: findings.problems,
        vetoes,
        critical_path_days: road.days.critical_path_days,
        shortest_days: road.days.shortest_days,
        by_party: road.by_party,
        combinations,
        notices: findings.notices,
        not_proven: NOT_PROVEN.to_vec(),
    }
}
