//! The kinds of writings of a shared diagnostic, as data.

use super::genre::{Genre, question};
use super::genres::{ESMS, GROUPES, saisie};
use super::question::{Sorte, Source};
use super::reponses::{GENRES_DE_CONSTAT, GRAVITES, NATURES_DE_CONVENTION, SOURCES};

pub(super) const THEME: Genre = saisie(
    "theme",
    (
        GROUPES[2],
        "Renseigner un thème du diagnostic",
        "Votre texte remplace celui de ce thème ; le précédent reste au journal.",
    ),
    "theme",
    &[
        question("esms", "ESMS", ESMS),
        question("theme", "Thème", Sorte::Un(Source::Themes)),
        question("texte", "Texte", Sorte::Long),
    ],
);

pub(super) const TRAME: Genre = saisie(
    "trame",
    (
        GROUPES[2],
        "Choisir la trame du diagnostic",
        "Elle dit les thèmes, leurs questions et leurs chiffres. Elle ne change plus dès qu'un \
         thème ou un constat est écrit.",
    ),
    "trame",
    &[question("trame", "Trame", Sorte::Un(Source::Trames))],
);

pub(super) const CONSTAT: Genre = saisie(
    "constat",
    (
        GROUPES[2],
        "Écrire un constat",
        "Les positions prises sur une version précédente de ce constat tombent.",
    ),
    "constat",
    &[
        question("esms", "ESMS", ESMS),
        question("constat", "Code", Sorte::Suggere(Source::Constats))
            .aide_par("Par exemple D3-02."),
        question("contenu.theme", "Thème", Sorte::Un(Source::Themes)),
        question("contenu.genre", "Nature", GENRES_DE_CONSTAT),
        question("contenu.texte", "Texte", Sorte::Long),
        question("contenu.preuve", "Preuve", Sorte::Court)
            .aide_par("La pièce ou la source qui le montre."),
        question("contenu.gravite", "Gravité", GRAVITES).libre(),
        question(
            "contenu.donnee.indicateur",
            "Chiffre sur lequel il repose",
            Sorte::Suggere(Source::Indicateurs),
        )
        .libre()
        .aide_par("Le code de l'indicateur, par exemple TDB-2.01."),
        question("contenu.donnee.annee", "Année de ce chiffre", Sorte::Annee)
            .avec("contenu.donnee.indicateur", &[]),
    ],
);

pub(super) const CHIFFRES: Genre = saisie(
    "chiffres",
    (
        GROUPES[2],
        "Apporter des chiffres",
        "Chaque chiffre garde sa source, son année et la date d'aujourd'hui ; corrigé, il garde \
         aussi l'ancienne valeur. Importer un fichier évite de les retaper.",
    ),
    "chiffres",
    &[
        question("esms", "ESMS", ESMS),
        question("releve.source", "Source", SOURCES),
        question("releve.annee", "Année", Sorte::Annee),
        question("releve.piece", "Pièce ou fichier", Sorte::Court)
            .aide_par("Ce qui porte ces chiffres, et sa date."),
        question("releve.chiffres", "Chiffres", Sorte::Chiffres),
    ],
);

pub(super) const CONVENTION: Genre = saisie(
    "convention",
    (
        GROUPES[2],
        "Inscrire un contrat ou une convention en vigueur",
        "Ce qui lie déjà le gestionnaire : CPOM antérieur et son bilan, plan de retour à \
         l'équilibre, aide sociale, conventions. Qui l'inscrit seul le corrige, jusqu'à la \
         signature.",
    ),
    "convention",
    &[
        question("cle", "Numéro", Sorte::Court).aide_par("Par exemple CV-1."),
        question("convention.nature", "Nature", NATURES_DE_CONVENTION),
        question("convention.intitule", "Intitulé", Sorte::Court),
        question("convention.terme", "Terme", Sorte::Date).libre(),
        question(
            "convention.engagements",
            "Engagements encore ouverts",
            Sorte::Long,
        )
        .libre(),
        question("convention.bilan", "Bilan", Sorte::Long).libre(),
        question("convention.piece", "Pièce", Sorte::Court),
    ],
);
