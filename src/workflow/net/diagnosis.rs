//! What is wrong with an unsound net, told on the net as its author wrote it.

use super::reduction::Reduced;
use super::space::{End, Evidence, Marking, Order, Space, fire, within};
use super::structure::{self, Ends};
use super::{Limits, Net, tell};
use crate::workflow::problem::{Code, Problem};

/// Steps that a told path may hold; a longer one is not shown.
const LONGEST_PATH: usize = 20_000;

/// Explores the net itself: shortest paths, and every dead transition. `None` past the limits.
pub(super) fn shortest(net: &Net, ends: Ends, limits: Limits) -> Option<Vec<Problem>> {
    let mut open = net.clone();
    open.initial = [(ends.source, 1)].into();
    let teller = Teller { net, ends };
    let (space, end) = Space::explore(&open, limits, Order::Breadth, false);
    let mut problems = Vec::new();
    if let Some(node) = space.markings.iter().position(|m| improper(m, ends)) {
        problems.push(teller.improper(&space.path(node), &space.markings[node]));
    }
    match end {
        End::Limit(_) | End::Stuck { .. } => return None,
        End::Covers { node, ancestor } => {
            let steps = space.path(node);
            let from = space.path(ancestor).len();
            let (small, large) = (&space.markings[ancestor], &space.markings[node]);
            problems.push(teller.unbounded(&steps, from, small, large));
        }
        End::Whole => {
            let goal: Marking = [(ends.sink, 1)].into();
            let goal = space.markings.iter().position(|m| *m == goal);
            let leads = goal.map_or(vec![false; space.markings.len()], |g| space.leads_to(g));
            if let Some(node) = leads.iter().position(|leads| !leads) {
                problems.push(teller.no_end(&space.path(node), &space.markings[node]));
            }
            let fired = space.fired.iter().enumerate();
            problems.extend(fired.filter(|(_, f)| !**f).map(|(t, _)| teller.dead(t)));
        }
    }
    Some(problems)
}

/// Tokens beside the one in the sink.
fn improper(marking: &[(usize, u32)], ends: Ends) -> bool {
    marking.iter().any(|(p, _)| *p == ends.sink) && *marking != [(ends.sink, 1)]
}

/// Plays in the net what the reduced net has shown: true paths, not always the shortest.
pub(super) fn expanded(
    net: &Net,
    ends: Ends,
    reduced: &Reduced,
    evidence: &Evidence,
) -> Vec<Problem> {
    let teller = Teller { net, ends };
    let (steps, ancestor) = match evidence {
        Evidence::Dead(transitions) => {
            let originals = transitions.iter().map(|&t| reduced.stands_for[t]);
            return originals.map(|t| teller.dead(t)).collect();
        }
        Evidence::NoReturn(steps) => (steps, None),
        Evidence::Unbounded { steps, ancestor } => (steps, Some(*ancestor)),
    };
    let played = reduced.expand(steps, LONGEST_PATH);
    let told = played.and_then(|(played, before)| {
        let ancestor = ancestor.and_then(|a| before.get(a).copied());
        teller.replay(&played, ancestor)
    });
    vec![told.unwrap_or_else(|| {
        Problem::new(
            Code::Solidite,
            net.places[ends.source].at,
            format!(
                "Ce réseau ne peut pas toujours finir proprement dans « {} », mais le chemin qui \
                 le montre compte plus de {LONGEST_PATH} étapes. Découpez-le en \
                 réseaux plus petits.",
                net.places[ends.sink].name
            ),
        )
    })]
}

struct Teller<'a> {
    net: &'a Net,
    ends: Ends,
}

impl Teller<'_> {
    /// Fires original steps from `[source]` and tells the first defect met; the one transition
    /// past the last is the way back from the sink, where a clean path starts anew.
    fn replay(&self, played: &[usize], ancestor: Option<usize>) -> Option<Problem> {
        let mut marking = vec![(self.ends.source, 1)];
        let mut start = 0;
        let mut small = None;
        for (i, &t) in played.iter().enumerate() {
            if ancestor == Some(i) {
                small = Some((i, marking.clone()));
            }
            if t == self.net.transitions.len() {
                marking = vec![(self.ends.source, 1)];
                (start, small) = (i + 1, None);
                continue;
            }
            marking = fire(self.net, &marking, t)?;
            if improper(&marking, self.ends) {
                return Some(self.improper(&played[start..=i], &marking));
            }
        }
        let steps = &played[start..];
        Some(match small.filter(|(_, small)| within(small, &marking)) {
            Some((i, small)) => self.unbounded(steps, i - start, &small, &marking),
            None => self.no_end(steps, &marking),
        })
    }

    fn path(&self, steps: &[usize]) -> Vec<String> {
        let source = self.net.places[self.ends.source].id.clone();
        let fired = steps.iter().map(|&t| self.net.transitions[t].id.clone());
        std::iter::once(source).chain(fired).collect()
    }

    fn told(&self, steps: &[usize], marking: &[(usize, u32)]) -> (String, String) {
        let tokens = tell::marking(self.net, marking.iter().copied());
        (tell::after(self.net, steps), tokens)
    }

    fn problem(&self, steps: &[usize], marking: &[(usize, u32)], message: String) -> Problem {
        let other = marking.iter().find(|(p, _)| *p != self.ends.sink);
        let place = other.map_or(self.ends.sink, |(p, _)| *p);
        let at = self.net.places[place].at;
        Problem::new(Code::Solidite, at, message).with_path(self.path(steps))
    }

    fn no_end(&self, steps: &[usize], marking: &[(usize, u32)]) -> Problem {
        let (after, tokens) = self.told(steps, marking);
        let sink = &self.net.places[self.ends.sink].name;
        let message = format!(
            "{after}, il y a {tokens}, et aucune suite ne finit avec un seul jeton dans \
             « {sink} ». De là, prévoyez un chemin vers la fin, ou empêchez d’y arriver."
        );
        self.problem(steps, marking, message)
    }

    fn improper(&self, steps: &[usize], marking: &[(usize, u32)]) -> Problem {
        let (after, tokens) = self.told(steps, marking);
        let sink = &self.net.places[self.ends.sink].name;
        let message = format!(
            "{after}, la fin « {sink} » est atteinte alors que tout n’est pas fini : il y a \
             {tokens}. À la fin, un seul jeton est attendu ; attendez les autres avant d’y entrer."
        );
        self.problem(steps, marking, message)
    }

    /// `steps` lead from the start to `large`, the first `from` of them to `small`.
    fn unbounded(
        &self,
        steps: &[usize],
        from: usize,
        small: &[(usize, u32)],
        large: &[(usize, u32)],
    ) -> Problem {
        let more = large.iter().filter(|entry| !small.contains(entry));
        let grows: Vec<usize> = more.map(|(p, _)| *p).collect();
        let (before, again) = steps.split_at(from.min(steps.len()));
        let after = tell::after(self.net, before);
        let again = tell::list(again.iter().map(|&t| &self.net.transitions[t]));
        let places = tell::list(grows.iter().map(|&p| &self.net.places[p]));
        let message = format!(
            "{after}, répéter {again} ajoute chaque fois des jetons dans {places}, sans fin. \
             Faites reprendre ces jetons par la boucle, ou bornez-la."
        );
        let at = grows
            .first()
            .map(|&p| self.net.places[p].at)
            .unwrap_or_default();
        Problem::new(Code::Solidite, at, message).with_path(self.path(steps))
    }

    fn dead(&self, transition: usize) -> Problem {
        let node = &self.net.transitions[transition];
        let inputs = self.net.inputs[transition].iter().map(|(p, n)| (*p, *n));
        let message = format!(
            "La transition « {} » ne peut jamais avoir lieu : il lui faut {}, et cela n’arrive \
             jamais. Corrigez ses entrées, ou retirez-la.",
            node.name,
            tell::marking(self.net, inputs)
        );
        let chain = structure::chain(self.net, self.ends.source, transition);
        Problem::new(Code::Mort, node.at, message).with_path(chain)
    }
}
