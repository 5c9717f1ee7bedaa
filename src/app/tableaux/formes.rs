//! The tables, as data.

use crate::echanges::tableaux::{Colonne, Forme, Genre};

/// A table, and what it is read from.
#[derive(Debug)]
pub struct Plan {
    pub forme: Forme,
    /// One line is one…
    pub ligne: &'static str,
    pub(super) source: Source,
}

/// What a table is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Contrats,
    Parties,
    Esms,
    Taches,
    Echeances,
    Perimetre,
    Objectifs,
    Cibles,
    Moyens,
    Alignement,
    Documents,
    Historique,
}

impl Source {
    /// Contracts whose lines are held together.
    pub fn par_lot(self) -> usize {
        if self.en_main() { 1 } else { 100 }
    }

    /// Whether each contract must be taken in hand: its lists are not enough.
    pub fn en_main(self) -> bool {
        match self {
            Self::Contrats | Self::Parties | Self::Esms | Self::Taches | Self::Echeances => false,
            Self::Perimetre
            | Self::Objectifs
            | Self::Cibles
            | Self::Moyens
            | Self::Alignement
            | Self::Documents
            | Self::Historique => true,
        }
    }
}

const fn texte(cle: &'static str, titre: &'static str) -> Colonne {
    colonne(cle, titre, Genre::Texte)
}

const fn colonne(cle: &'static str, titre: &'static str, genre: Genre) -> Colonne {
    Colonne { cle, titre, genre }
}

const CONTRAT: Colonne = texte("contrat", "Contrat");
const INTITULE: Colonne = texte("intitule_du_contrat", "Intitulé du contrat");
const FLUX: Colonne = texte("flux", "Procédure");

/// Every table.
pub const TABLEAUX: &[Plan] = &[
    Plan {
        ligne: "contrat",
        source: Source::Contrats,
        forme: Forme {
            nom: "contrats",
            titre: "Contrats",
            colonnes: &[
                CONTRAT,
                INTITULE,
                texte("gestionnaire", "Gestionnaire"),
                colonne("esms", "ESMS", Genre::Entier),
                texte("phase", "Phase"),
                texte("attendu", "Acte attendu"),
                texte("plume", "Attendu de"),
                texte("manque", "Ce qui manque"),
                colonne("echeance", "Prochaine échéance", Genre::Date),
                colonne("terme", "Terme", Genre::Date),
                colonne("fini", "Terminé", Genre::Booleen),
            ],
        },
    },
    Plan {
        ligne: "partie d'un contrat",
        source: Source::Parties,
        forme: Forme {
            nom: "parties",
            titre: "Parties",
            colonnes: &[
                CONTRAT,
                INTITULE,
                texte("partie", "Partie"),
                texte("nom", "Nom"),
            ],
        },
    },
    Plan {
        ligne: "ESMS d'un contrat, où il en est",
        source: Source::Esms,
        forme: Forme {
            nom: "esms",
            titre: "ESMS",
            colonnes: &[
                CONTRAT,
                INTITULE,
                texte("finess", "FINESS ET"),
                texte("nom", "Nom"),
                texte("phase", "Où il en est"),
            ],
        },
    },
    Plan {
        ligne: "acte qu'une partie peut faire, ou pourrait",
        source: Source::Taches,
        forme: Forme {
            nom: "taches",
            titre: "Tâches",
            colonnes: &[
                CONTRAT,
                INTITULE,
                FLUX,
                texte("lieu", "Étape"),
                texte("element", "Concerne"),
                texte("acte", "Acte"),
                texte("partie", "Partie"),
                texte("nom", "Nom de la partie"),
                colonne("faisable", "Faisable", Genre::Booleen),
                texte("manque", "Ce qui manque"),
            ],
        },
    },
    Plan {
        ligne: "date qui tombe",
        source: Source::Echeances,
        forme: Forme {
            nom: "echeances",
            titre: "Échéances",
            colonnes: &[
                CONTRAT,
                INTITULE,
                colonne("jour", "Dernier jour", Genre::Date),
                FLUX,
                texte("lieu", "Étape"),
                texte("element", "Concerne"),
                texte("nom", "Échéance"),
                texte("ensuite", "Ensuite"),
            ],
        },
    },
    Plan {
        ligne: "ESMS entré dans un contrat, ou qui en est sorti",
        source: Source::Perimetre,
        forme: Forme {
            nom: "perimetre",
            titre: "Périmètre",
            colonnes: &[
                CONTRAT,
                INTITULE,
                FLUX,
                texte("finess", "FINESS ET"),
                texte("nom", "Nom"),
                texte("categorie", "Catégorie"),
                colonne("capacite", "Capacité", Genre::Entier),
                texte("tarification", "Tarification"),
                texte("ej", "FINESS EJ"),
                texte("autorites", "Autorités"),
                colonne("entree", "Entré le", Genre::Date),
                colonne("sortie", "Sorti le", Genre::Date),
            ],
        },
    },
    Plan {
        ligne: "objectif d'un contrat",
        source: Source::Objectifs,
        forme: Forme {
            nom: "objectifs",
            titre: "Objectifs",
            colonnes: &[
                CONTRAT,
                INTITULE,
                FLUX,
                texte("code", "Code"),
                texte("intitule", "Intitulé"),
                texte("esms", "ESMS"),
                texte("financeurs", "Financeurs"),
                texte("constats", "Constats"),
                texte("indicateur", "Indicateur"),
                texte("unite", "Unité"),
                texte("nature", "Nature du départ"),
                colonne("depart", "Départ", Genre::Valeur),
            ],
        },
    },
    Plan {
        ligne: "cible annuelle d'un objectif",
        source: Source::Cibles,
        forme: Forme {
            nom: "cibles",
            titre: "Cibles",
            colonnes: &[
                CONTRAT,
                INTITULE,
                FLUX,
                texte("code", "Code de l'objectif"),
                colonne("exercice", "Exercice", Genre::Entier),
                texte("nature", "Nature de la cible"),
                colonne("cible", "Cible", Genre::Valeur),
            ],
        },
    },
    Plan {
        ligne: "montant d'une annexe financière",
        source: Source::Moyens,
        forme: Forme {
            nom: "moyens",
            titre: "Moyens",
            colonnes: &[
                CONTRAT,
                INTITULE,
                FLUX,
                texte("financeur", "Financeur"),
                texte("ligne", "Ligne"),
                texte("esms", "FINESS ET"),
                colonne("exercice", "Exercice", Genre::Entier),
                texte("nature", "Nature"),
                colonne("montant", "Montant", Genre::Centimes),
                texte("objectif", "Objectif"),
            ],
        },
    },
    Plan {
        ligne: "ESMS et exercice",
        source: Source::Alignement,
        forme: Forme {
            nom: "alignement",
            titre: "Contrat, EPRD et ERRD",
            colonnes: &[
                CONTRAT,
                INTITULE,
                colonne("exercice", "Exercice", Genre::Entier),
                texte("esms", "FINESS"),
                texte("nom", "Établissement"),
                texte("financeur", "Financeur"),
                texte("categorie", "Catégorie"),
                texte("departement", "Département"),
                colonne("contrat_prevu", "Prévu au contrat", Genre::Centimes),
                colonne("notifie", "Notifié", Genre::Centimes),
                colonne("eprd", "EPRD", Genre::Centimes),
                colonne("errd", "ERRD", Genre::Centimes),
            ],
        },
    },
    Plan {
        ligne: "pièce déposée (dernière version), ou à joindre à un acte ouvert",
        source: Source::Documents,
        forme: Forme {
            nom: "documents",
            titre: "Documents",
            colonnes: &[
                CONTRAT,
                INTITULE,
                FLUX,
                texte("piece", "Pièce"),
                texte("etat", "État"),
                texte("partie", "Par, ou de"),
                colonne("jour", "Déposée le", Genre::Date),
                colonne("version", "Version", Genre::Entier),
                texte("fichier", "Nom du fichier"),
                texte("media", "Format"),
                colonne("taille", "Taille en octets", Genre::Entier),
                texte("empreinte", "Empreinte SHA-256"),
            ],
        },
    },
    Plan {
        ligne: "fait du journal, et ce qui a suivi",
        source: Source::Historique,
        forme: Forme {
            nom: "historique",
            titre: "Historique",
            colonnes: &[
                CONTRAT,
                INTITULE,
                colonne("ordre", "Ligne du journal", Genre::Entier),
                colonne("enregistre", "Enregistré le", Genre::Instant),
                colonne("effet", "Effet au", Genre::Date),
                FLUX,
                texte("partie", "Par"),
                texte("fait", "Ce qui s'est passé"),
                texte("suites", "Ce qui a suivi"),
                texte("empreinte", "Empreinte de la chaîne"),
            ],
        },
    },
];
