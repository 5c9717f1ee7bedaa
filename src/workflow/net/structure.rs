//! Is it a workflow net? One source, one sink, everything between them.

use std::collections::BTreeSet;

use super::{Net, Node, refused, tell};
use crate::workflow::problem::{Code, Place, Problem};

/// The source and the sink place of a workflow net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    pub source: usize,
    pub sink: usize,
}

/// Finds source and sink, and checks the declared markings against them.
pub(super) fn ends(net: &Net) -> Result<Ends, Problem> {
    let every = 0..net.transitions.len();
    let taken: BTreeSet<usize> = every
        .clone()
        .flat_map(|t| net.inputs[t].keys().copied())
        .collect();
    let given: BTreeSet<usize> = every.flat_map(|t| net.outputs[t].keys().copied()).collect();
    let without = |used: &BTreeSet<usize>| -> Vec<usize> {
        (0..net.places.len())
            .filter(|p| !used.contains(p))
            .collect()
    };
    let source = only(
        net,
        &without(&given),
        "de départ",
        "où aucune transition ne met de jeton",
    )?;
    let sink = only(
        net,
        &without(&taken),
        "de fin",
        "d’où aucune transition ne prend de jeton",
    )?;
    if source == sink {
        return Err(refused(
            net.places[source].at,
            format!(
                "La place « {} » n’est reliée à rien : un réseau de workflow mène d’une place de \
                 départ à une autre, de fin. Ajoutez au moins une transition entre les deux.",
                net.places[source].name
            ),
        ));
    }
    let ends = Ends { source, sink };
    declared(net, &net.initial, source, "initial", "de départ")?;
    declared(net, &net.last, sink, "final", "de fin")?;
    Ok(ends)
}

fn only(net: &Net, found: &[usize], which: &str, meaning: &str) -> Result<usize, Problem> {
    if let [one] = found {
        return Ok(*one);
    }
    let at = found.get(1).map_or(Place::default(), |&p| net.places[p].at);
    let what = match found {
        [] => "aucune n’a été trouvée".to_owned(),
        many => {
            let nodes = many.iter().map(|&p| &net.places[p]);
            format!("{} ont été trouvées : {}", many.len(), tell::list(nodes))
        }
    };
    Err(refused(
        at,
        format!(
            "Un réseau de workflow a une seule place {which} ({meaning}) ; {what}. Reliez les \
             places en trop, ou ajoutez une place {which} commune."
        ),
    ))
}

fn declared(
    net: &Net,
    marking: &super::Arcs,
    place: usize,
    which: &str,
    end: &str,
) -> Result<(), Problem> {
    if marking.is_empty() || (marking.len() == 1 && marking.get(&place) == Some(&1)) {
        return Ok(());
    }
    let at = marking.keys().find(|p| **p != place).unwrap_or(&place);
    Err(refused(
        net.places[*at].at,
        format!(
            "Le marquage {which} attendu est un seul jeton, dans la place {end} « {} » ; le \
             fichier met {}. Corrigez ce marquage, ou retirez-le : il est alors sous-entendu.",
            net.places[place].name,
            tell::marking(net, marking.iter().map(|(p, n)| (*p, *n)))
        ),
    ))
}

/// One problem for the nodes that the source does not reach, one for those that do not lead to the
/// sink; empty when every node is on a path.
pub(super) fn stray(net: &Net, ends: Ends) -> Vec<Problem> {
    let forward = reach(net, ends.source, true);
    let backward = reach(net, ends.sink, false);
    let mut problems = Vec::new();
    let source = &net.places[ends.source].name;
    let sink = &net.places[ends.sink].name;
    let lost = missing(net, &forward);
    if let Some(first) = lost.first() {
        let message = format!(
            "Aucun chemin ne mène de la place de départ « {source} » à {} : cela n’aura jamais \
             lieu, ou sans fin. Reliez-les au départ, ou retirez-les.",
            tell::list(lost.iter().copied())
        );
        problems.push(stray_problem(Code::Mort, first, &lost, message));
    }
    let stuck = missing(net, &backward);
    if let Some(first) = stuck.first() {
        let message = format!(
            "Aucun chemin ne mène de {} à la place de fin « {sink} » : un jeton qui y entre \
             empêche de finir proprement. Reliez-les à la fin, ou retirez-les.",
            tell::list(stuck.iter().copied())
        );
        problems.push(stray_problem(Code::Solidite, first, &stuck, message));
    }
    problems
}

fn stray_problem(code: Code, first: &Node, nodes: &[&Node], message: String) -> Problem {
    let ids = nodes.iter().map(|n| n.id.clone()).collect();
    Problem::new(code, first.at, message).with_path(ids)
}

/// Places and transitions met from a place, along the arcs or against them.
struct Reach {
    places: Vec<bool>,
    transitions: Vec<bool>,
}

fn reach(net: &Net, from: usize, forward: bool) -> Reach {
    let (entering, leaving) = if forward {
        (&net.inputs, &net.outputs)
    } else {
        (&net.outputs, &net.inputs)
    };
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); net.places.len()];
    for (t, arcs) in entering.iter().enumerate() {
        for &p in arcs.keys() {
            next[p].push(t);
        }
    }
    let mut met = Reach {
        places: vec![false; net.places.len()],
        transitions: vec![false; net.transitions.len()],
    };
    met.places[from] = true;
    let mut todo = vec![from];
    while let Some(p) = todo.pop() {
        for &t in &next[p] {
            if std::mem::replace(&mut met.transitions[t], true) {
                continue;
            }
            for &q in leaving[t].keys() {
                if !std::mem::replace(&mut met.places[q], true) {
                    todo.push(q);
                }
            }
        }
    }
    met
}

fn missing<'a>(net: &'a Net, met: &Reach) -> Vec<&'a Node> {
    let lost = |nodes: &'a [Node], met: &[bool]| -> Vec<&'a Node> {
        let pairs = nodes.iter().zip(met);
        pairs.filter(|(_, met)| !**met).map(|(n, _)| n).collect()
    };
    let mut nodes = lost(&net.transitions, &met.transitions);
    nodes.extend(lost(&net.places, &met.places));
    nodes
}

/// The net with one more transition, the last, from the sink back to the marked source.
pub(super) fn close(net: &Net, ends: Ends) -> Net {
    let mut closed = net.clone();
    let back = closed.add_transition("", "");
    closed.take(ends.sink, back, 1);
    closed.give(back, ends.source, 1);
    closed.initial = [(ends.source, 1)].into();
    closed
}

/// The shortest chain of nodes from the source to a transition, whatever the other inputs need.
pub(super) fn chain(net: &Net, source: usize, transition: usize) -> Vec<String> {
    let mut takers: Vec<Vec<usize>> = vec![Vec::new(); net.places.len()];
    for (t, arcs) in net.inputs.iter().enumerate() {
        for &p in arcs.keys() {
            takers[p].push(t);
        }
    }
    let mut before: Vec<Option<usize>> = vec![None; net.transitions.len()];
    let mut filled_by: Vec<Option<usize>> = vec![None; net.places.len()];
    let mut todo = std::collections::VecDeque::from([source]);
    while let Some(p) = todo.pop_front() {
        for &t in &takers[p] {
            if before[t].is_some() {
                continue;
            }
            before[t] = Some(p);
            for &q in net.outputs[t].keys() {
                if q != source && filled_by[q].is_none() {
                    filled_by[q] = Some(t);
                    todo.push_back(q);
                }
            }
        }
    }
    let mut ids = Vec::new();
    let mut step = Some(transition);
    while let Some(t) = step {
        ids.push(net.transitions[t].id.clone());
        step = before[t].and_then(|p| {
            ids.push(net.places[p].id.clone());
            filled_by[p]
        });
    }
    ids.reverse();
    ids
}
