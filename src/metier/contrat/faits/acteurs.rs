//! Who contracts, who may be meant together, and what a `for_each` may run over.

use crate::workflow::catalogue::{Collection, PartyKind, PartySet, Who};

/// The parties every contract knows; a file that adds one writes its `kind`.
pub const PARTIES: &[(&str, PartyKind)] = &[
    ("gestionnaire", PartyKind::Operator),
    ("ars", PartyKind::Authority),
    ("departement", PartyKind::Authority),
];

const fn collection(
    name: &'static str,
    title: &'static str,
    singular: &'static str,
    parties: bool,
    set: Option<&'static str>,
) -> Collection {
    Collection {
        name,
        title,
        singular,
        parties,
        set,
        filled: None,
    }
}

pub const COLLECTIONS: &[Collection] = &[
    collection("esms", "ESMS du périmètre", "l'ESMS", false, None),
    collection("ehpad", "EHPAD du périmètre", "l'EHPAD", false, None),
    collection("objectifs", "Objectifs proposés", "l'objectif", false, None),
    collection(
        "modifications",
        "Modifications de l'avenant",
        "la modification",
        false,
        None,
    ),
    collection(
        "reconnaissances",
        "Reconnaissances contractuelles demandées",
        "la reconnaissance",
        false,
        None,
    ),
    collection(
        "parties",
        "Parties au contrat",
        "la partie",
        true,
        Some("parties"),
    ),
    collection(
        "autorites",
        "Autorités du contrat",
        "l'autorité",
        true,
        Some("authorities"),
    ),
    collection(
        "financeurs",
        "Financeurs",
        "le financeur",
        true,
        Some("financeurs"),
    ),
    Collection {
        filled: Some("perimetre.a_competence_departementale"),
        ..collection(
            "perimetre.departements",
            "Départements compétents",
            "le Département",
            true,
            None,
        )
    },
];

const OPERATOR: Who = Who::Kind(PartyKind::Operator);
const AUTHORITY: Who = Who::Kind(PartyKind::Authority);

const fn set(
    name: &'static str,
    over: Option<&'static str>,
    title: &'static str,
    always: &'static [Who],
    some: Option<Who>,
) -> PartySet {
    PartySet {
        name,
        title,
        over,
        always,
        some,
    }
}

pub const SETS: &[PartySet] = &[
    set(
        "parties",
        None,
        "toutes les parties",
        &[Who::Everyone],
        None,
    ),
    set(
        "authorities",
        None,
        "toutes les autorités",
        &[AUTHORITY],
        None,
    ),
    // The autorisation of the establishment says which: the State, the Département, or both.
    set(
        "authorities",
        Some("esms"),
        "les autorités de l'ESMS",
        &[],
        Some(AUTHORITY),
    ),
    set(
        "authorities",
        Some("ehpad"),
        "les autorités de l'EHPAD",
        &[],
        Some(AUTHORITY),
    ),
    set("financeurs", None, "les financeurs", &[], Some(AUTHORITY)),
    set(
        "concerned",
        Some("objectifs"),
        "le gestionnaire, les autorités des ESMS visés et les financeurs nommés",
        &[OPERATOR],
        Some(AUTHORITY),
    ),
    set(
        "concerned_authorities",
        Some("objectifs"),
        "les autorités des ESMS visés et les financeurs nommés",
        &[],
        Some(AUTHORITY),
    ),
    set(
        "concerned",
        Some("modifications"),
        "le gestionnaire et les autorités que la modification touche",
        &[OPERATOR],
        Some(AUTHORITY),
    ),
    set(
        "concerned",
        None,
        "le gestionnaire et les autorités que l'avenant touche",
        &[OPERATOR],
        Some(AUTHORITY),
    ),
    set(
        "others",
        None,
        "les parties autres que celle qui demande ou refuse",
        &[],
        Some(Who::Everyone),
    ),
    // CASF R.314-225 leaves the case of an ARS and a Département without a joint ESMS unsettled:
    // the perimeter and the rule pack decide, never a file.
    set(
        "approbateurs",
        None,
        "les autorités qui approuvent l'EPRD",
        &[],
        Some(AUTHORITY),
    ),
];
