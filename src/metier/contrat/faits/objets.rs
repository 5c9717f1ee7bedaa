//! What consents are bound to, and who changes it by writing.

use crate::workflow::catalogue::{Capability, Named, Object};

const fn object(
    name: &'static str,
    title: &'static str,
    contains: &'static [&'static str],
) -> Object {
    Object {
        name,
        title,
        of: None,
        contains,
    }
}

/// One object per item of a collection; the bare name is the list of their digests.
const fn each(name: &'static str, title: &'static str, of: &'static str) -> Object {
    Object {
        name,
        title,
        of: Some(of),
        contains: &[],
    }
}

pub const OBJECTS: &[Object] = &[
    object(
        "contrat",
        "le contrat et ses annexes",
        &[
            "socle",
            "synthese",
            "objectifs",
            "moyens",
            "investissement",
            "activite",
            "clauses",
            "reconnaissance",
            "pds",
            "annexe_usld",
        ],
    ),
    object("socle", "le socle et l'annexe financière", &[]),
    object("annexe_usld", "l'annexe des soins de longue durée", &[]),
    object("pds", "l'annexe de permanence des soins", &[]),
    object(
        "synthese",
        "la synthèse du diagnostic partagé",
        &["diagnostic"],
    ),
    each("diagnostic", "le diagnostic de l'ESMS", "esms"),
    object("objectifs", "la liste des objectifs", &["objectif"]),
    each("objectif", "la fiche objectif", "objectifs"),
    each("moyens", "l'annexe financière du financeur", "financeurs"),
    object(
        "investissement",
        "les plans pluriannuels d'investissement et de financement",
        &[],
    ),
    object("activite", "les cibles d'activité", &[]),
    object("clauses", "les clauses du contrat", &[]),
    each(
        "reconnaissance",
        "la reconnaissance contractuelle",
        "reconnaissances",
    ),
    object("convention", "la convention tripartite", &[]),
    object("bilan", "le bilan du contrat", &[]),
    object("avenant", "l'avenant", &["modification"]),
    each("modification", "la modification proposée", "modifications"),
    object("revue", "la revue et ses conclusions", &[]),
    object("eprd", "l'EPRD de l'exercice", &[]),
    object("errd", "l'ERRD et l'affectation des résultats", &[]),
    object("dm", "la décision modificative", &[]),
];

const fn capability(
    name: &'static str,
    title: &'static str,
    changes: &'static [&'static str],
) -> Capability {
    Capability {
        name,
        title,
        changes,
    }
}

pub const CAPABILITIES: &[Capability] = &[
    capability(
        "diagnostic.write",
        "renseigner le diagnostic",
        &["diagnostic"],
    ),
    capability(
        "diagnostic.position",
        "prendre position sur les constats",
        &["diagnostic"],
    ),
    // Answers are messages: they stand outside the text agreed on.
    capability("diagnostic.answer", "répondre aux questions", &[]),
    capability(
        "diagnostic.consolider",
        "rédiger la synthèse",
        &["synthese"],
    ),
    capability(
        "indicateurs.write",
        "renseigner les indicateurs du diagnostic",
        &["diagnostic"],
    ),
    capability(
        "besoins.write",
        "déposer le profil de besoins agrégé",
        &["diagnostic"],
    ),
    capability("objectifs.proposer", "proposer un objectif", &["objectifs"]),
    capability("objectifs.write", "écrire la fiche objectif", &["objectif"]),
    capability("moyens.write", "écrire les moyens", &["moyens"]),
    capability(
        "investissement.write",
        "écrire les plans pluriannuels",
        &["investissement"],
    ),
    capability(
        "activite.write",
        "écrire les cibles d'activité",
        &["activite"],
    ),
    capability("clauses.write", "choisir les clauses", &["clauses"]),
    capability("contrat.write", "rédiger le contrat", &["contrat"]),
    capability("contrat.comment", "commenter le contrat", &[]),
    capability(
        "contrat.reprendre",
        "saisir le contrat signé ailleurs",
        &["contrat", "objectifs", "objectif", "moyens"],
    ),
    capability("socle.write", "rédiger le socle", &["socle"]),
    capability(
        "usld.write",
        "rédiger l'annexe des soins de longue durée",
        &["annexe_usld"],
    ),
    capability("annexes.write", "rédiger les annexes", &["contrat"]),
    capability("pds.write", "écrire les lignes de permanence", &["pds"]),
    capability(
        "reconnaissances.demander",
        "demander une reconnaissance",
        &["reconnaissance"],
    ),
    capability(
        "avenant.proposer",
        "proposer des modifications et une date d'effet",
        &["avenant"],
    ),
    capability(
        "modifications.write",
        "écrire la modification",
        &["modification"],
    ),
    capability("revue.write", "renseigner la revue", &["revue"]),
    capability("revue.noter", "noter les objectifs", &["revue"]),
    capability("revue.conclure", "écrire les conclusions", &["revue"]),
    capability("eprd.write", "préparer l'EPRD", &["eprd"]),
    capability("errd.write", "préparer l'ERRD", &["errd"]),
    capability("dm.write", "préparer la décision modificative", &["dm"]),
    capability("bilan.write", "écrire le bilan du contrat", &["bilan"]),
    capability(
        "convention.write",
        "écrire l'avenant à la convention tripartite",
        &["convention"],
    ),
];

const fn named(name: &'static str, title: &'static str) -> Named {
    Named { name, title }
}

pub const DOCUMENTS: &[Named] = &[
    named("contrat", "Contrat et annexes"),
    named("socle", "Socle et annexe financière"),
    named("synthese_diagnostic", "Synthèse du diagnostic partagé"),
    named("avenant", "Avenant"),
    named("revue", "Rapport de revue"),
];
