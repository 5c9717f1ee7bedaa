//! Proof 6: legal effects and statutory delays name their article.
//!
//! Silence that approves or rejects is an effect of the law: its source is an article, or, when
//! the source says so itself, remains to be confirmed; then the rule that holds the delay is
//! flagged `confirmed: false`, and people are shown it. A delay is statutory when its rule quotes
//! an article: « usage » would then hide it.

use super::{Findings, Surroundings};
use crate::regles::paquet::{DatedValue, Silence as RuleSilence};
use crate::workflow::definition::model::{Delay, Moment, Node, Silence, Timer, Workflow};
use crate::workflow::problem::{Code, Place, Problem};

/// What a source that names no article begins with.
const USAGE: &str = "usage";
const TO_CONFIRM: &str = "à confirmer";

pub fn prove(workflow: &Workflow, surroundings: Surroundings<'_>, findings: &mut Findings) {
    for node in &workflow.nodes {
        let expired = node.acts.iter().filter_map(|a| a.expired.as_ref());
        for timer in node.after.iter().chain(expired) {
            effect(node, timer, surroundings, findings);
            delay(
                node,
                &timer.moment,
                timer.source.as_deref(),
                timer.place,
                surroundings,
                findings,
            );
        }
        if let Some(due) = &node.due {
            delay(
                node,
                &due.moment,
                due.source.as_deref(),
                due.place,
                surroundings,
                findings,
            );
        }
    }
}

/// Words that begin the name of a text, before its number.
const TEXTS: [&str; 8] = [
    "art",
    "article",
    "articles",
    "décret",
    "arrêté",
    "loi",
    "instruction",
    "ordonnance",
];

/// An article has a number, and says of which text: a code (« R.314-225 »), a decree, an act. A
/// usage, or a promise to look it up, is not one.
fn article(source: &str) -> bool {
    let lower = source.trim().to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let coded = words.iter().enumerate().any(|(i, word)| {
        let rest = word.strip_prefix(['l', 'r', 'd']);
        rest.is_some_and(|rest| match rest {
            "" => words.get(i + 1).is_some_and(|next| number(next)),
            rest => number(rest),
        })
    });
    let named = words.iter().any(|word| TEXTS.contains(word));
    !lower.contains(USAGE)
        && !lower.starts_with(TO_CONFIRM)
        && (coded || named && words.iter().any(|word| number(word)))
}

/// A silence that approves or rejects.
fn effect(node: &Node, timer: &Timer, surroundings: Surroundings<'_>, findings: &mut Findings) {
    let effect = match timer.silence {
        Some(Silence::Approved) => "approbation",
        Some(Silence::Rejected) => "rejet",
        Some(Silence::None) | None => return,
    };
    contradiction(node, timer, surroundings, findings);
    let source = timer.source.as_deref().unwrap_or("");
    if article(source) {
        return;
    }
    let flagged = source.to_lowercase().starts_with(TO_CONFIRM)
        && value(&timer.moment, surroundings).is_some_and(|v| !v.confirmed);
    if flagged {
        let message = format!(
            "L'effet du silence dans « {} » ({effect}) reste à confirmer : les utilisateurs le \
             verront ainsi.",
            node.path
        );
        return findings.notice(Code::Source, timer.place, message);
    }
    let found = match source {
        "" => "aucune source n'est donnée".to_owned(),
        other => format!("« {other} » n'en est pas un"),
    };
    let message = format!(
        "Dans « {} », le silence vaut {effect} : un article doit le dire, et {found}. Écrivez-le \
         (« source: CASF R.314-225 II »), ou retirez l'effet (« silence: none »).",
        node.path
    );
    findings.refuse(Problem::new(Code::Source, timer.place, message));
}

/// The rule states another effect than the file.
fn contradiction(
    node: &Node,
    timer: &Timer,
    surroundings: Surroundings<'_>,
    findings: &mut Findings,
) {
    let Moment::In {
        delay: Delay::Rule(id),
        ..
    } = &timer.moment
    else {
        return;
    };
    let stated = surroundings.pack.rules.get(id).and_then(|r| r.silence);
    let same = matches!(
        (stated, timer.silence),
        (None, _)
            | (Some(RuleSilence::Approved), Some(Silence::Approved))
            | (Some(RuleSilence::Rejected), Some(Silence::Rejected))
    );
    if !same {
        let message = format!(
            "Dans « {} », le silence n'a pas l'effet que dit la règle « {id} ». Accordez le \
             fichier et le paquet de règles.",
            node.path
        );
        findings.refuse(Problem::new(Code::Source, timer.place, message));
    }
}

/// A deadline says where it comes from.
fn delay(
    node: &Node,
    moment: &Moment,
    source: Option<&str>,
    place: Place,
    surroundings: Surroundings<'_>,
    findings: &mut Findings,
) {
    let source = source.unwrap_or("").trim();
    if source.is_empty() {
        let message = format!(
            "Une échéance de « {} » ne dit pas d'où elle vient. Ajoutez « source » : un article, \
             ou « usage ».",
            node.path
        );
        return findings.refuse(Problem::new(Code::Source, place, message));
    }
    let Some(value) = value(moment, surroundings) else {
        return;
    };
    if source.to_lowercase().starts_with(USAGE) && article(&value.source) {
        let message = format!(
            "Le délai de « {} » est fixé par « {} », mais le fichier dit « {source} ». Nommez \
             l'article.",
            node.path, value.source
        );
        findings.refuse(Problem::new(Code::Source, place, message));
    }
}

/// The value in force of the rule that holds a delay.
fn value<'a>(moment: &Moment, surroundings: Surroundings<'a>) -> Option<&'a DatedValue> {
    match moment {
        Moment::In {
            delay: Delay::Rule(id),
            ..
        } => surroundings.pack.value(id, surroundings.on),
        _ => None,
    }
}
