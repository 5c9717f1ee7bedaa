//! Sentences about nets, in French.

use super::space::Bound;
use super::{Limits, Net, Node};
use crate::workflow::problem::{Code, Place, Problem};

/// Names shown in one sentence before the rest is counted.
const SHOWN: usize = 8;

/// « a », « b » et « c »; past some, how many others.
pub(super) fn list<'a>(nodes: impl ExactSizeIterator<Item = &'a Node>) -> String {
    let total = nodes.len();
    let mut names: Vec<String> = nodes
        .take(SHOWN)
        .map(|n| format!("« {} »", n.name))
        .collect();
    match total - names.len() {
        0 => {}
        1 => names.push("un autre nœud".to_owned()),
        more => names.push(format!("{more} autres nœuds")),
    }
    and(&names)
}

fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

/// Where the tokens are: « un jeton dans « p » et 2 dans « q » ».
pub(super) fn marking(net: &Net, marking: impl Iterator<Item = (usize, u32)>) -> String {
    let all: Vec<(usize, u32)> = marking.collect();
    let mut words: Vec<String> = Vec::new();
    for (i, (place, tokens)) in all.iter().take(SHOWN).enumerate() {
        let count = match (tokens, i) {
            (1, 0) => "un jeton".to_owned(),
            (1, _) => "un".to_owned(),
            (n, 0) => format!("{n} jetons"),
            (n, _) => n.to_string(),
        };
        words.push(format!("{count} dans « {} »", net.places[*place].name));
    }
    match all.len().saturating_sub(SHOWN) {
        0 if all.is_empty() => "aucun jeton".to_owned(),
        0 => and(&words),
        1 => and(&[words, vec!["d’autres dans une autre place".to_owned()]].concat()),
        n => and(&[words, vec![format!("d’autres dans {n} autres places")]].concat()),
    }
}

/// How one gets there: « Dès le départ » or « Après « a », puis « b » ».
pub(super) fn after(net: &Net, steps: &[usize]) -> String {
    if steps.is_empty() {
        return "Dès le départ".to_owned();
    }
    let name = |t: &usize| format!("« {} »", net.transitions[*t].name);
    let (head, tail) = match steps.len() {
        n if n <= SHOWN => (steps, &steps[n..]),
        n => (&steps[..SHOWN - 3], &steps[n - 2..]),
    };
    let mut names: Vec<String> = head.iter().map(name).collect();
    let hidden = steps.len() - head.len() - tail.len();
    if hidden > 0 {
        names.push(format!("{hidden} autres étapes"));
    }
    names.extend(tail.iter().map(name));
    format!("Après {}", names.join(", puis "))
}

pub(super) fn undecided(bound: Bound, limits: Limits) -> Problem {
    let hit = match bound {
        Bound::Markings => format!("plus de {} marquages sont possibles", limits.markings),
        Bound::Bytes => format!("l’exploration demande plus de {} Mio", limits.bytes >> 20),
        Bound::Work => "l’exploration demande trop de temps".to_owned(),
        Bound::Tokens => "une place reçoit plus de jetons qu’on ne peut en compter".to_owned(),
    };
    Problem::new(
        Code::Limite,
        Place::default(),
        format!(
            "Le réseau, une fois réduit, reste trop grand pour être exploré en entier : {hit}. \
             Rien n’est prouvé, ni dans un sens ni dans l’autre. Découpez-le en \
             réseaux plus petits."
        ),
    )
}
