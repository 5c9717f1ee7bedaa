//! The language's grammar as data: what each construct may hold. The reader checks files against
//! this table, and the JSON Schema for editors is written from it, so the two cannot differ.

mod act;

pub use act::MODES;
use act::{ACT, BINDING, DUE, INPUT, INTERRUPTION, MIGRATION, MOVE, TIMER};

/// The shape of a value in a file.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Free text in French.
    Text,
    /// A sentence shown to users, with `{fact}` holes.
    Sentence,
    /// A name: lower-case ASCII letters, digits, `_`, `-`.
    Name,
    /// The name of a state of the same map, or `end`.
    Target,
    /// A whole number, zero or more.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An ISO 8601 duration: `P30D`, `P2M`, `P1Y`.
    Duration,
    /// A duration, or `rule(ID)`.
    Delay,
    /// A day of the year: `"01-31"`.
    DayOfYear,
    /// Who: `gestionnaire`, `any(…)`, `all(…)`.
    Party,
    /// A typed expression.
    Expression,
    /// What consents are bound to: `contrat`, `diagnostic(esms)`.
    Object,
    /// One word of a closed list.
    OneOf(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// One value, or a list of them.
    OneOrMany(&'static Shape),
    /// Free keys, each holding the same shape.
    Map(Keys, &'static Shape),
    /// A construct of this table.
    Construct(&'static Construct),
    /// `true`, or a construct.
    TrueOr(&'static Construct),
    /// A word of a closed list, or a rule: `rule(ID)`.
    WordOrRule,
}

/// What the free keys of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    Names,
    /// Party expressions, or paths of states.
    Free,
}

/// A construct: a map whose keys are known.
#[derive(Debug)]
pub struct Construct {
    /// Its name in a sentence, in French: « un état ».
    pub title: &'static str,
    /// Its id in the JSON Schema.
    pub id: &'static str,
    pub keys: &'static [Key],
}

/// One key of a construct.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// What it is for, shown by editors.
    pub doc: &'static str,
}

const fn must(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        shape,
        required: true,
        doc,
    }
}

const fn may(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        shape,
        required: false,
        doc,
    }
}

pub static WORKFLOW: Construct = Construct {
    title: "un fichier de workflow",
    id: "workflow",
    keys: &[
        must(
            "workflow",
            Shape::Name,
            "Nom du workflow, celui du fichier.",
        ),
        must(
            "version",
            Shape::Integer,
            "Version du graphe, à partir de 1.",
        ),
        must("title", Shape::Text, "Titre montré aux utilisateurs."),
        may(
            "legal",
            Shape::List(&Shape::Text),
            "Articles qui fondent le contrat.",
        ),
        must("rules", Shape::Name, "Paquet de règles datées."),
        may(
            "parent",
            Shape::OneOrMany(&Shape::Name),
            "Workflows qui peuvent le lancer.",
        ),
        may(
            "survives_parent",
            Shape::Boolean,
            "Continue quand le parent se termine.",
        ),
        must(
            "parties",
            Shape::Map(Keys::Names, &Shape::Construct(&PARTY)),
            "Qui contracte.",
        ),
        may("allow", ALLOW, "Droits d'écriture toujours ouverts."),
        may(
            "interruptions",
            Shape::Map(Keys::Names, &Shape::Construct(&INTERRUPTION)),
            "Suspensions et abandon.",
        ),
        may(
            "migrations",
            Shape::List(&Shape::Construct(&MIGRATION)),
            "Passage d'un contrat en cours depuis une version antérieure.",
        ),
        must("start", Shape::Name, "État de départ."),
        must(
            "states",
            Shape::Map(Keys::Names, &Shape::Construct(&STATE)),
            "Les états.",
        ),
    ],
};

pub static PARTY: Construct = Construct {
    title: "une partie",
    id: "party",
    keys: &[
        must("title", Shape::Text, "Nom de la partie."),
        may(
            "kind",
            Shape::OneOf(&["authority", "operator", "other"]),
            "Autorité, gestionnaire ou autre ; connu pour les parties du catalogue.",
        ),
        may(
            "when",
            Shape::Expression,
            "Présente seulement si la condition est vraie.",
        ),
        may(
            "each",
            Shape::Name,
            "Une partie par élément de cette collection (0 à n).",
        ),
    ],
};

const ALLOW: Shape = Shape::Map(Keys::Free, &Shape::List(&Shape::Name));
const ACTS: Shape = Shape::Map(Keys::Names, &Shape::Construct(&ACT));
const AFTER: Shape = Shape::OneOrMany(&Shape::Construct(&TIMER));
const AUTO: Shape = Shape::OneOrMany(&Shape::Construct(&MOVE));
pub(super) const INPUTS: Shape = Shape::Map(Keys::Names, &Shape::Construct(&INPUT));

/// A state. A region takes the same keys, and `when`.
pub static STATE: Construct = Construct {
    title: "un état",
    id: "state",
    keys: &[
        may("title", Shape::Text, "Titre montré aux utilisateurs."),
        may(
            "states",
            Shape::Map(Keys::Names, &Shape::Construct(&STATE)),
            "États contenus.",
        ),
        may("start", Shape::Name, "Premier des états contenus."),
        may(
            "parallel",
            Shape::Map(Keys::Names, &Shape::Construct(&REGION)),
            "Régions menées de front.",
        ),
        may(
            "for_each",
            Shape::Name,
            "Une branche par élément de cette collection.",
        ),
        may(
            "order",
            Shape::OneOf(&["parallel", "sequence"]),
            "Ensemble, ou l'une après l'autre.",
        ),
        may(
            "at_least",
            Shape::Integer,
            "Entrer avec moins d'éléments est refusé.",
        ),
        may(
            "done",
            Shape::Target,
            "Où l'on va quand tout ce qui est contenu est terminé.",
        ),
        may("acts", ACTS, "Ce que les parties peuvent faire ici."),
        may("after", AFTER, "Minuteries."),
        may("auto", AUTO, "Passages automatiques, essayés dans l'ordre."),
        may(
            "due",
            Shape::Construct(&DUE),
            "Échéance souple : rappels, puis escalade.",
        ),
        may(
            "allow",
            ALLOW,
            "Droits d'écriture ouverts tant que l'état est actif.",
        ),
        may(
            "final",
            Shape::Boolean,
            "L'état termine sa région, sa branche ou le contrat.",
        ),
        may("outcome", Shape::Name, "Issue d'un état final."),
        may(
            "entry",
            Shape::Boolean,
            "Un contrat signé ailleurs peut entrer ici.",
        ),
        may(
            "binding",
            Shape::TrueOr(&BINDING),
            "L'entrée dans cet état engage les parties.",
        ),
        may(
            "veto",
            Shape::OneOf(&["intended"]),
            "Une partie peut bloquer ici : c'est voulu.",
        ),
    ],
};

pub static REGION: Construct = Construct {
    title: "une région",
    id: "region",
    keys: &[
        may("title", Shape::Text, "Titre montré aux utilisateurs."),
        may(
            "when",
            Shape::Expression,
            "Sans objet, donc terminée, si la condition est fausse.",
        ),
        may(
            "states",
            Shape::Map(Keys::Names, &Shape::Construct(&STATE)),
            "États contenus.",
        ),
        may("start", Shape::Name, "Premier des états contenus."),
        may(
            "for_each",
            Shape::Name,
            "Une branche par élément de cette collection.",
        ),
        may(
            "order",
            Shape::OneOf(&["parallel", "sequence"]),
            "Ensemble, ou l'une après l'autre.",
        ),
        may(
            "at_least",
            Shape::Integer,
            "Entrer avec moins d'éléments est refusé.",
        ),
        may(
            "done",
            Shape::Target,
            "`end` quand toutes les branches sont terminées.",
        ),
        may("acts", ACTS, "Ce que les parties peuvent faire ici."),
        may("after", AFTER, "Minuteries."),
        may("auto", AUTO, "Passages automatiques, essayés dans l'ordre."),
        may(
            "due",
            Shape::Construct(&DUE),
            "Échéance souple : rappels, puis escalade.",
        ),
        may(
            "allow",
            ALLOW,
            "Droits d'écriture ouverts tant que la région est active.",
        ),
        may(
            "veto",
            Shape::OneOf(&["intended"]),
            "Une partie peut bloquer ici : c'est voulu.",
        ),
    ],
};
