//! The map of a workflow file: which moves lead from a state to another, and what one may still do
//! from there.

use entente::workflow::definition::model::{BlockId, Body, Moment, Node, NodeId, Target, Workflow};
use std::collections::BTreeSet;

/// What moves a block from one of its states to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coup {
    Acte(String),
    Refus(String),
    /// A deadline, by name.
    Echeance(String),
    /// It moves by itself.
    Seul,
    /// Once all that is inside has ended.
    Fini,
}

impl Coup {
    pub fn cout(&self) -> u32 {
        match self {
            Self::Acte(_) | Self::Seul => 1,
            Self::Refus(_) => 2,
            Self::Fini => 4,
            Self::Echeance(_) => 8,
        }
    }
}

/// Automatic moves on what a child makes of the contract: nobody sets out to use them.
const ENFANTS: [&str; 2] = [
    "contrat.prorogation_appliquee",
    "contrat.successeur_en_vigueur",
];

/// The moves out of a state, within its block.
pub fn coups(node: &Node) -> Vec<(Coup, Target)> {
    let mut coups = Vec::new();
    for act in &node.acts {
        let nom = act.name.clone();
        coups.extend(act.to.map(|to| (Coup::Acte(nom.clone()), to)));
        coups.extend(act.refused.as_ref().map(|r| (Coup::Refus(nom), r.to)));
    }
    for timer in &node.after {
        if !matches!(timer.moment, Moment::Every { .. }) {
            coups.extend(timer.to.map(|to| (Coup::Echeance(timer.name.clone()), to)));
        }
    }
    for auto in &node.auto {
        let enfant = |f: &&str| ENFANTS.contains(f);
        if !auto
            .when
            .as_ref()
            .is_some_and(|w| w.facts().iter().any(enfant))
        {
            coups.push((Coup::Seul, auto.to));
        }
    }
    coups.extend(node.body.done().map(|to| (Coup::Fini, to)));
    coups
}

/// The cheapest way from a state to a place of its block, one move at least: its cost and first
/// move.
pub fn chemin(
    workflow: &Workflow,
    depuis: NodeId,
    arrive: impl Fn(Target) -> bool,
    permis: impl Fn(&Coup) -> bool,
) -> Option<(u32, Coup)> {
    let mut faits: BTreeSet<NodeId> = BTreeSet::new();
    let mut file = vec![(0, depuis, None::<Coup>)];
    loop {
        let rang = (0..file.len()).min_by_key(|i| file[*i].0)?;
        let (cout, ici, premier) = file.swap_remove(rang);
        if premier.is_some() && !faits.insert(ici) {
            continue;
        }
        let mut trouve: Option<(u32, Coup)> = None;
        for (coup, to) in coups(workflow.node(ici)) {
            if !permis(&coup) {
                continue;
            }
            // What is inside comes before what goes around it.
            let entier = workflow.node(ici).body.inner().is_empty();
            let detour = if matches!(coup, Coup::Acte(_)) && !entier {
                6
            } else {
                0
            };
            let total = cout + coup.cout() + detour;
            let debut = premier.clone().unwrap_or_else(|| coup.clone());
            if arrive(to) {
                if trouve.as_ref().is_none_or(|(c, _)| total < *c) {
                    trouve = Some((total, debut));
                }
            } else if let Target::Node(id) = to {
                file.push((total, id, Some(debut)));
            }
        }
        // Good enough: what remains in the queue starts no lower than this state did.
        if trouve.is_some() {
            return trouve;
        }
    }
}

/// The name of an act, for counting.
pub fn nom(workflow: &Workflow, node: &Node, acte: &str) -> String {
    format!("{} {} {acte}", workflow.name, node.path)
}

/// Every act that may still come once a state is entered, those of what it starts included.
pub fn atteints<'a>(
    workflow: &'a Workflow,
    depuis: NodeId,
    connus: &dyn Fn(&str) -> Option<&'a Workflow>,
) -> BTreeSet<String> {
    let mut noms = BTreeSet::new();
    let mut lances = BTreeSet::new();
    parcourt(workflow, depuis, &mut noms, &mut lances);
    let mut vus = BTreeSet::new();
    while let Some(lance) = lances.pop_first() {
        if vus.insert(lance.clone())
            && let Some(enfant) = connus(&lance)
        {
            parcourt(enfant, enfant.root().start, &mut noms, &mut lances);
        }
    }
    noms
}

fn parcourt(
    workflow: &Workflow,
    depuis: NodeId,
    noms: &mut BTreeSet<String>,
    lances: &mut BTreeSet<String>,
) {
    let mut vus = BTreeSet::new();
    let mut file = vec![depuis];
    while let Some(id) = file.pop() {
        if !vus.insert(id) {
            continue;
        }
        let node = workflow.node(id);
        noms.extend(node.acts.iter().map(|a| nom(workflow, node, &a.name)));
        let actes = node.acts.iter().filter_map(|a| a.starts.as_ref());
        let timers = node.after.iter().filter_map(|t| t.starts.as_ref());
        let enfants = actes.chain(timers).filter(|s| !s.root);
        lances.extend(enfants.map(|s| s.workflow.clone()));
        for (_, to) in coups(node) {
            if let Target::Node(id) = to {
                file.push(id);
            }
        }
        let dedans = node.body.inner().iter();
        file.extend(dedans.map(|b: &BlockId| workflow.block(*b).start));
    }
}

/// The states that hold a state, outermost first, and itself.
pub fn chaine(workflow: &Workflow, node: &Node) -> Vec<NodeId> {
    let mut chaine: Vec<NodeId> = workflow.ancestors(node.id).map(|n| n.id).collect();
    chaine.reverse();
    chaine.push(node.id);
    chaine
}

/// The collection whose items a state has a branch for.
pub fn collection(node: &Node) -> Option<&str> {
    match &node.body {
        Body::Each { over, .. } => Some(over),
        _ => None,
    }
}
