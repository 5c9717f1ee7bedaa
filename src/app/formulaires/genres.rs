//! The kinds of writings, as data: what each asks, of whom, and where it is offered.

use super::genre::{Base, Genre, question};
use super::genres_du_diagnostic as diagnostic;
use super::question::{Question, Sorte, Source};
use super::reponses::{ATTEINTES, AUTORITES, AVIS, NATURES, ROLES, TARIFICATIONS};
use crate::workflow::definition::model::Role;

/// The kind of this name.
pub(super) fn genre(nom: &str) -> Option<&'static Genre> {
    GENRES.iter().find(|genre| genre.nom == nom)
}

pub(super) const GROUPES: [&str; 8] = [
    "Votre organisation",
    "Le périmètre",
    "Le diagnostic",
    "Les objectifs",
    "Les moyens",
    "Les textes",
    "Le suivi",
    "Les faits à déclarer",
];

pub(super) const ESMS: Sorte = Sorte::Un(Source::Collection("esms"));
const OBJECTIF: Sorte = Sorte::Un(Source::Collection("objectifs"));
const FINANCEUR: Sorte = Sorte::Un(Source::Collection("financeurs"));
const EFFET: Question = question("effet", "Date d'effet", Sorte::Date)
    .libre()
    .aide_par("Aujourd'hui si vous ne dites rien ; jamais dans l'avenir.");

pub(super) const fn saisie(
    nom: &'static str,
    (groupe, titre, aide): (&'static str, &'static str, &'static str),
    quoi: &'static str,
    questions: &'static [Question],
) -> Genre {
    Genre {
        nom,
        groupe,
        titre,
        aide,
        role: Role::Contribution,
        base: Base::Saisie(quoi),
        questions,
    }
}

/// Every kind. Private notes and files have pages of their own.
pub(super) const GENRES: &[Genre] = &[
    Genre {
        nom: "fait",
        groupe: GROUPES[7],
        titre: "Déclarer",
        aide: "Ce fait est déclaré, non calculé : il repose sur la pièce que vous citez, et porte \
               votre nom au journal.",
        role: Role::Contribution,
        base: Base::Fait,
        questions: &[
            question("element", "Pour", Sorte::Un(Source::DuSujet)),
            question("valeur", "Valeur", Sorte::Valeur),
            question("preuve", "Preuve", Sorte::Court)
                .aide_par("La pièce sur laquelle vous vous fondez, et sa date."),
        ],
    },
    Genre {
        nom: "texte",
        groupe: GROUPES[5],
        titre: "Écrire",
        aide: "Votre texte devient la version actuelle ; les précédentes restent au journal. Les \
               accords donnés sur l'ancienne version tombent.",
        role: Role::Contribution,
        base: Base::Texte,
        questions: &[
            question("element", "De", Sorte::Un(Source::DuSujet)),
            question("texte", "Texte", Sorte::Long),
        ],
    },
    Genre {
        nom: "position",
        groupe: GROUPES[2],
        titre: "Prendre position sur un constat",
        aide: "Votre position s'ajoute à celles des autres parties. Un désaccord reste écrit, à \
               côté du leur.",
        role: Role::Contribution,
        base: Base::Position,
        questions: &[
            question("element", "ESMS", Sorte::Un(Source::DuSujet)),
            question("constat", "Constat", Sorte::Suggere(Source::Constats))
                .aide_par("Son code, par exemple D3-02."),
            question("avis", "Votre position", AVIS),
            question("texte", "Votre raison", Sorte::Long)
                .libre()
                .aide_par("Demandée pour une réserve ou un désaccord."),
        ],
    },
    Genre {
        nom: "entree-esms",
        groupe: GROUPES[1],
        titre: "Faire entrer un ESMS au périmètre",
        aide: "Ses autorités deviennent parties du contrat. Après la signature, le périmètre \
               change par avenant.",
        role: Role::Contribution,
        base: Base::Entree("esms", "esms"),
        questions: ESMS_ENTRANT,
    },
    Genre {
        nom: "entree-objectif",
        groupe: GROUPES[3],
        titre: "Proposer un objectif",
        aide: "Il s'ouvre à la négociation des parties qu'il concerne.",
        role: Role::Contribution,
        base: Base::Entree("objectif", "objectifs"),
        questions: &[
            question("cle", "Numéro", Sorte::Court).aide_par("Par exemple OS-1."),
            question("element.intitule", "Intitulé", Sorte::Court),
            question(
                "element.esms",
                "ESMS visés",
                Sorte::Plusieurs(Source::Collection("esms")),
            ),
            question(
                "element.financeurs",
                "Autorités qui financent",
                Sorte::Plusieurs(Source::Collection("autorites")),
            )
            .libre(),
            question(
                "element.constats",
                "Constats auxquels il répond",
                Sorte::Plusieurs(Source::Constats),
            )
            .libre(),
        ],
    },
    Genre {
        nom: "entree-modification",
        groupe: GROUPES[5],
        titre: "Proposer une modification",
        aide: "Elle fait partie de cet avenant, et s'ouvre à la négociation des parties qu'elle \
               touche.",
        role: Role::Contribution,
        base: Base::Entree("modification", "modifications"),
        questions: &[
            question("cle", "Numéro", Sorte::Court).aide_par("Par exemple M-1."),
            question("element.intitule", "Intitulé", Sorte::Court),
            question("element.article", "Article réécrit ou ajouté", Sorte::Court)
                .aide_par("Par exemple « Article 4 »."),
            question(
                "element.autorites",
                "Autorités touchées",
                Sorte::Plusieurs(Source::Collection("autorites")),
            ),
            question(
                "element.cible.objectif",
                "Objectif dont la cible change",
                Sorte::Un(Source::Mesures),
            )
            .libre(),
            question(
                "element.cible.exercice",
                "Année de cette cible",
                Sorte::Annee,
            )
            .avec("element.cible.objectif", &[]),
            question("element.cible.valeur", "Nouvelle cible", Sorte::Mesure)
                .avec("element.cible.objectif", &[]),
        ],
    },
    Genre {
        nom: "entree-reconnaissance",
        groupe: GROUPES[5],
        titre: "Demander une reconnaissance contractuelle",
        aide: "L'ARS l'instruit ; elle s'inscrit au contrat si elle est accordée.",
        role: Role::Contribution,
        base: Base::Entree("reconnaissance", "reconnaissances"),
        questions: &[
            question("cle", "Numéro", Sorte::Court).aide_par("Par exemple R-1."),
            question("element.intitule", "Intitulé", Sorte::Court),
        ],
    },
    Genre {
        nom: "sortie",
        groupe: GROUPES[1],
        titre: "Retirer un élément",
        aide: "Il quitte la liste ; ce qui a été écrit de lui reste au journal.",
        role: Role::Contribution,
        base: Base::Sortie,
        questions: &[
            question("cle", "Lequel", Sorte::Un(Source::LaCollection)),
            question("motif", "Motif", Sorte::Court),
            EFFET,
        ],
    },
    saisie(
        "organisation",
        (
            GROUPES[0],
            "Dire quelle organisation tient une partie",
            "Les personnes de cette organisation voient alors ce contrat. Une partie déjà nommée \
             dit elle-même qui elle est.",
        ),
        "organisation",
        &[
            question("partie", "Partie", Sorte::Un(Source::Collection("parties"))),
            question("organisation.nom", "Nom de l'organisation", Sorte::Court),
            question("organisation.siren", "SIREN", Sorte::Siren).libre(),
            question(
                "organisation.ej",
                "FINESS de l'entité juridique",
                Sorte::Finess,
            )
            .libre(),
        ],
    ),
    saisie(
        "referent",
        (
            GROUPES[0],
            "Désigner votre référent",
            "La personne qui répond de ce contrat pour votre organisation.",
        ),
        "referent",
        &[question(
            "personne",
            "Identifiant de la personne",
            Sorte::Court,
        )],
    ),
    Genre {
        role: Role::Validation,
        ..saisie(
            "pouvoir",
            (
                GROUPES[0],
                "Enregistrer une habilitation",
                "L'acte par lequel une personne agit pour votre organisation. Sans date de fin, \
                 elle vaut jusqu'à nouvel ordre.",
            ),
            "pouvoir",
            &[
                question("personne", "Identifiant de la personne", Sorte::Court),
                question("pouvoir.role", "Fonction", ROLES),
                question("pouvoir.du", "Du", Sorte::Date),
                question("pouvoir.au", "Au", Sorte::Date).libre(),
                question("pouvoir.acte", "Acte qui habilite", Sorte::Court)
                    .aide_par("Par exemple « Arrêté du 12/01/2026 »."),
            ],
        )
    },
    saisie(
        "deliberation",
        (
            GROUPES[0],
            "Enregistrer une délibération",
            "Ce qu'un organe de votre organisation a décidé, et la pièce qui le dit.",
        ),
        "deliberation",
        &[
            question("organe", "Organe", Sorte::Court)
                .aide_par("Conseil d'administration, commission permanente…"),
            question("date", "Date de la délibération", Sorte::Date),
            question("objet", "Objet", Sorte::Court),
            question("acte", "Pièce", Sorte::Court),
        ],
    ),
    diagnostic::TRAME,
    diagnostic::THEME,
    diagnostic::CONSTAT,
    diagnostic::CHIFFRES,
    diagnostic::CONVENTION,
    saisie(
        "indicateur",
        (
            GROUPES[3],
            "Dire comment un objectif se mesure",
            "L'indicateur, d'où l'on part, où l'on va. Les accords donnés sur la fiche tombent.",
        ),
        "indicateur",
        &[
            question("objectif", "Objectif", OBJECTIF),
            question("indicateur.definition", "Définition", Sorte::Court),
            question("indicateur.unite", "Unité, en mots", Sorte::Court),
            question("indicateur.depart", "Valeur de départ", Sorte::Mesure),
            question("indicateur.cibles", "Cibles", Sorte::Cibles),
        ],
    ),
    saisie(
        "moyen",
        (
            GROUPES[4],
            "Inscrire une ligne de moyens",
            "Une ligne de même numéro est remplacée. Les accords donnés sur l'annexe tombent.",
        ),
        "moyen",
        &[
            question("financeur", "Annexe de", FINANCEUR),
            question("ligne", "Numéro de ligne", Sorte::Court),
            question("moyen.exercice", "Exercice", Sorte::Annee),
            question("moyen.nature", "Nature", NATURES),
            question("moyen.montant", "Montant", Sorte::Montant),
            question("moyen.esms", "ESMS", ESMS)
                .libre()
                .aide_par("Sans ESMS, la ligne est commune à plusieurs."),
            question("moyen.objectif", "Objectif servi", OBJECTIF).libre(),
        ],
    ),
    saisie(
        "moyen-retire",
        (
            GROUPES[4],
            "Retirer une ligne de moyens",
            "Les accords donnés sur l'annexe tombent.",
        ),
        "moyen_retire",
        &[
            question("financeur", "Annexe de", FINANCEUR),
            question("ligne", "Numéro de ligne", Sorte::Suggere(Source::Lignes)),
        ],
    ),
    saisie(
        "total-annexe",
        (
            GROUPES[4],
            "Arrêter le total d'une annexe",
            "Il doit être égal à la somme de ses lignes.",
        ),
        "total_annexe",
        &[
            question("financeur", "Annexe de", FINANCEUR),
            question("total", "Total", Sorte::Montant),
        ],
    ),
    saisie(
        "notification",
        (
            GROUPES[6],
            "Dire les produits notifiés",
            "Le montant que votre autorité a notifié pour cet ESMS et cet exercice.",
        ),
        "notification",
        &[
            question("esms", "ESMS", ESMS),
            question("notification.montant", "Montant notifié", Sorte::Montant),
            question("notification.date", "Date de la notification", Sorte::Date),
        ],
    ),
    saisie(
        "note",
        (
            GROUPES[6],
            "Noter un objectif",
            "C'est la voix de votre organisation ; celles des autres restent à côté.",
        ),
        "note",
        &[
            question("objectif", "Objectif", OBJECTIF),
            question("note.atteinte", "Où en est-il", ATTEINTES),
            question("note.realise", "Valeur réalisée", Sorte::Mesure).libre(),
            question("note.motif", "Motif", Sorte::Long).libre(),
        ],
    ),
];

/// An establishment: as the perimeter asks it, and the first of a contract that opens.
pub(super) const ESMS_ENTRANT: &[Question] = &[
    question("cle", "FINESS de l'établissement", Sorte::Finess),
    question("element.nom", "Nom", Sorte::Court),
    question(
        "element.competence.autorite",
        "Autorité compétente",
        AUTORITES,
    ),
    question(
        "element.competence.departement",
        "Numéro du Département",
        Sorte::Court,
    )
    .aide_par("Par exemple 99 ; quand un Département est compétent.")
    .avec("element.competence.autorite", &["departement", "conjointe"]),
    question("element.categorie", "Catégorie FINESS", Sorte::Categorie).libre(),
    question("element.capacite", "Places autorisées", Sorte::Nombre).libre(),
    question("element.tarification", "Tarification", TARIFICATIONS).libre(),
    question("element.ej", "FINESS de l'entité juridique", Sorte::Finess).libre(),
    EFFET,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_has_its_own_name_and_a_known_heading() {
        let noms: BTreeSet<&str> = GENRES.iter().map(|g| g.nom).collect();
        assert_eq!(noms.len(), GENRES.len());
        assert!(GENRES.iter().all(|g| GROUPES.contains(&g.groupe)));
        for genre in GENRES {
            let questions = genre.questions.iter();
            let distinctes: BTreeSet<&str> = questions.map(|q| q.nom).collect();
            assert_eq!(distinctes.len(), genre.questions.len(), "{}", genre.nom);
        }
    }
}
