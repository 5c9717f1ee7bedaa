//! What an act, a timer, a deadline, an interruption may hold.

use super::{Construct, INPUTS, Keys, Shape, may, must};

pub(super) static ACT: Construct = Construct {
    title: "un acte",
    id: "act",
    keys: &[
        may("title", Shape::Text, "Libellé du bouton."),
        must("by", Shape::Party, "Qui : une partie, any(…) ou all(…)."),
        may(
            "as",
            Shape::OneOf(&["contribution", "validation", "signature"]),
            "Rôle exigé de la personne ; contribution par défaut.",
        ),
        may(
            "over",
            Shape::Object,
            "Le texte exact auquel les accords sont liés.",
        ),
        may(
            "requires",
            Shape::List(&Shape::Construct(&REQUIREMENT)),
            "Conditions nommées.",
        ),
        may("inputs", INPUTS, "Ce que la personne saisit."),
        may(
            "effective",
            Shape::Name,
            "Saisie de date qui donne la date d'effet (acte papier).",
        ),
        may("to", Shape::Target, "État suivant ; sans lui on reste."),
        may(
            "produces",
            Shape::List(&Shape::Name),
            "Documents à produire.",
        ),
        may(
            "starts",
            Shape::Construct(&STARTS),
            "Workflow fils à lancer.",
        ),
        may("source", Shape::Text, "Article qui fonde l'acte."),
        may(
            "refused",
            Shape::Construct(&REFUSED),
            "Ce que vaut un refus.",
        ),
        may(
            "expired",
            Shape::Construct(&EXPIRED),
            "Ce que vaut l'absence d'accord à l'échéance.",
        ),
        may(
            "reopens",
            Shape::Name,
            "Saisie qui nomme les éléments à rouvrir.",
        ),
    ],
};

pub(super) static REQUIREMENT: Construct = Construct {
    title: "une condition d'acte",
    id: "requirement",
    keys: &[
        must("if", Shape::Expression, "Condition."),
        must(
            "else",
            Shape::Sentence,
            "Phrase montrée quand elle n'est pas remplie.",
        ),
        may(
            "waive",
            Shape::Party,
            "Qui peut en dispenser, avec un motif.",
        ),
    ],
};

pub(super) static INPUT: Construct = Construct {
    title: "une saisie",
    id: "input",
    keys: &[
        must("type", Shape::OneOf(INPUT_TYPES), "Type."),
        may("title", Shape::Text, "Libellé."),
        may(
            "of",
            Shape::WordOrRule,
            "Liste d'un choix : rule(ID) ; collection d'un élément.",
        ),
        may("required", Shape::Boolean, "Obligatoire."),
        may("many", Shape::Boolean, "Plusieurs valeurs."),
        may(
            "per",
            Shape::OneOf(&["party"]),
            "Chaque partie saisit la sienne.",
        ),
    ],
};

/// The types an input may have.
pub const INPUT_TYPES: &[&str] = &[
    "text", "integer", "cents", "percent", "date", "boolean", "choice", "document", "person",
    "item",
];

pub(super) static REFUSED: Construct = Construct {
    title: "un refus",
    id: "refused",
    keys: &[
        may(
            "policy",
            Shape::OneOf(&["first", "collect"]),
            "Au premier refus, ou tous ayant parlé.",
        ),
        must("to", Shape::Target, "État suivant."),
    ],
};

pub(super) static EXPIRED: Construct = Construct {
    title: "une expiration",
    id: "expired",
    keys: &[
        may("in", Shape::Delay, "Délai."),
        may(
            "from",
            Shape::Expression,
            "Date de départ ; l'entrée dans l'état par défaut.",
        ),
        may("at", Shape::Expression, "Date."),
        may(
            "counted",
            Shape::OneOf(MODES),
            "Manière de compter les jours.",
        ),
        must("to", Shape::Target, "État suivant."),
        may("source", Shape::Text, "Article, ou « usage »."),
    ],
};

/// The ways of counting days.
pub const MODES: &[&str] = &["calendaires", "ouvres", "ouvrables", "francs"];

pub(super) static TIMER: Construct = Construct {
    title: "une minuterie",
    id: "timer",
    keys: &[
        may("title", Shape::Text, "Libellé."),
        may("in", Shape::Delay, "Délai."),
        may(
            "from",
            Shape::Expression,
            "Date de départ ; l'entrée dans l'état par défaut.",
        ),
        may("at", Shape::Expression, "Date."),
        may("every", Shape::DayOfYear, "Chaque année, ce jour."),
        may(
            "counted",
            Shape::OneOf(MODES),
            "Manière de compter les jours.",
        ),
        may(
            "when",
            Shape::Expression,
            "Lue à l'échéance ; fausse, la minuterie est sans effet.",
        ),
        may(
            "silence",
            Shape::OneOf(&["approved", "rejected", "none"]),
            "Ce que vaut le silence.",
        ),
        may("to", Shape::Target, "État suivant."),
        may(
            "starts",
            Shape::Construct(&STARTS),
            "Workflow fils à lancer.",
        ),
        may("source", Shape::Text, "Article, ou « usage »."),
    ],
};

pub(super) static MOVE: Construct = Construct {
    title: "un passage automatique",
    id: "auto",
    keys: &[
        may(
            "when",
            Shape::Expression,
            "Condition ; seul le dernier peut s'en passer.",
        ),
        must("to", Shape::Target, "État suivant."),
    ],
};

pub(super) static DUE: Construct = Construct {
    title: "une échéance souple",
    id: "due",
    keys: &[
        may("in", Shape::Delay, "Délai."),
        may(
            "from",
            Shape::Expression,
            "Date de départ ; l'entrée dans l'état par défaut.",
        ),
        may("at", Shape::Expression, "Date."),
        may(
            "counted",
            Shape::OneOf(MODES),
            "Manière de compter les jours.",
        ),
        may(
            "remind",
            Shape::List(&Shape::Duration),
            "Rappels avant l'échéance.",
        ),
        may(
            "escalate",
            Shape::Construct(&ESCALATE),
            "Qui est prévenu ensuite.",
        ),
        may("source", Shape::Text, "Article, ou « usage »."),
    ],
};

pub(super) static ESCALATE: Construct = Construct {
    title: "une escalade",
    id: "escalate",
    keys: &[
        must("in", Shape::Delay, "Délai après l'échéance."),
        must(
            "to",
            Shape::OneOf(&["contribution", "validation", "signature"]),
            "Rôle prévenu.",
        ),
    ],
};

pub(super) static STARTS: Construct = Construct {
    title: "un lancement",
    id: "starts",
    keys: &[
        must("workflow", Shape::Name, "Workflow lancé."),
        must(
            "key",
            Shape::Expression,
            "Clé : next, un mot, ou un calcul sur year.",
        ),
        may(
            "root",
            Shape::Boolean,
            "Nouveau contrat, qui nomme l'ancien, et non un fils.",
        ),
    ],
};

pub(super) static BINDING: Construct = Construct {
    title: "un engagement",
    id: "binding",
    keys: &[
        may("over", Shape::Object, "Le texte qui engage."),
        may(
            "binds",
            Shape::List(&Shape::Name),
            "Parties engagées ; toutes par défaut.",
        ),
    ],
};

pub(super) static INTERRUPTION: Construct = Construct {
    title: "une interruption",
    id: "interruption",
    keys: &[
        may("title", Shape::Text, "Libellé."),
        must("by", Shape::Party, "Qui peut la décider."),
        may(
            "for",
            Shape::Delay,
            "Durée au plus, si toutes les parties ne la décident pas.",
        ),
        may(
            "when",
            Shape::Expression,
            "Ouverte seulement si la condition est vraie.",
        ),
        may(
            "from",
            Shape::List(&Shape::Name),
            "États de premier niveau où elle est ouverte.",
        ),
        may(
            "until",
            Shape::OneOf(&["binding"]),
            "Fermée dès qu'une partie est engagée.",
        ),
        may(
            "resume",
            Shape::Party,
            "Qui peut reprendre ; sans elle, c'est un abandon.",
        ),
        may("inputs", INPUTS, "Ce que la personne saisit."),
        may("source", Shape::Text, "Article qui la fonde."),
    ],
};

pub(super) static MIGRATION: Construct = Construct {
    title: "une migration",
    id: "migration",
    keys: &[
        must("from", Shape::Integer, "Version de départ."),
        may(
            "map",
            Shape::Map(Keys::Free, &Shape::Text),
            "Ancien état : nouvel état.",
        ),
    ],
};
