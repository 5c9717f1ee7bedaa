//! The register of processing: what is kept of people, why, and for how long.

use super::francais::typographie;
use crate::app::conservation::Duree;
use serde::Serialize;

/// A kind of personal data, as Article 30 of the GDPR asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Traitement {
    pub donnee: &'static str,
    pub finalite: &'static str,
    pub base: &'static str,
    /// What the program does, no more.
    pub duree: String,
}

const MISSION: &str = "mission d’intérêt public (RGPD 6.1 e)";
const SECURITE: &str = "sécurité du traitement (RGPD 32)";

/// How long something is kept.
enum Garde {
    /// As a rule of the pack of durations says, by its name.
    Regle(&'static str),
    /// As the program does by itself.
    Dite(&'static str),
}
use Garde::{Dite, Regle};

const REGISTRE: [(&str, &str, &str, Garde); 10] = [
    (
        "Comptes : nom, adresse de messagerie, organisation, fonctions et leurs dates",
        "Savoir qui agit au nom de quelle partie",
        MISSION,
        Regle("CONSERVATION_COMPTES"),
    ),
    (
        "Secrets : mot de passe et codes de secours (empreintes seulement), second facteur",
        "Vérifier qui entre",
        SECURITE,
        Dite("Jusqu’à leur remplacement, ou l’effacement du compte."),
    ),
    (
        "Sessions et navigateurs connus",
        "Rester connecté, repérer une entrée inhabituelle",
        SECURITE,
        Dite("Effacés d’eux-mêmes quand ils expirent, ou à la déconnexion."),
    ),
    (
        "Registre des accès : qui a reçu, changé ou perdu un droit, et quand",
        "Rendre compte des accès",
        SECURITE,
        Dite(
            "Tant que cette instance est tenue : il prouve les accès, et ne nomme que des \
             identifiants.",
        ),
    ),
    (
        "Journal des contrats : acte, partie, identifiant de la personne, date",
        "Prouver qui a convenu de quoi",
        MISSION,
        Dite("Tant que le contrat est tenu ici : une ligne ne s’efface pas sans rompre la preuve."),
    ),
    (
        "Messages, avis et comptes rendus",
        "Négocier et suivre le contrat",
        MISSION,
        Regle("CONSERVATION_ECHANGES"),
    ),
    (
        "Notes privées",
        "Préparer la position d’une partie",
        MISSION,
        Regle("CONSERVATION_NOTES"),
    ),
    (
        "Actes préparés et visas : ce qui a été saisi, qui l’a préparé, visé ou renvoyé, et quand",
        "Faire voir un acte dans son organisation avant qu’il n’en sorte",
        MISSION,
        Regle("CONSERVATION_NOTES"),
    ),
    (
        "Pièces déposées",
        "Instruire et prouver le contrat",
        MISSION,
        Regle("CONSERVATION_PIECES"),
    ),
    (
        "Courriels",
        "Prévenir de ce qui est attendu",
        MISSION,
        Regle("CONSERVATION_COURRIELS"),
    ),
];

/// All of them. `durees`: those in force.
pub fn registre(durees: &[Duree]) -> Vec<Traitement> {
    let duree = |garde: Garde| match garde {
        Dite(phrase) => phrase.to_owned(),
        Regle(nom) => durees.iter().find(|d| d.regle == nom).map_or_else(
            // A rule that is not there erases nothing.
            || "Sans effacement.".to_owned(),
            dite,
        ),
    };
    let traitement = |(donnee, finalite, base, garde)| Traitement {
        donnee,
        finalite,
        base,
        duree: duree(garde),
    };
    REGISTRE.into_iter().map(traitement).collect()
}

/// « Compte désactivé, après sa désactivation : 3 ans (usage, à confirmer). »
fn dite(duree: &Duree) -> String {
    let confirmee = if duree.confirmee {
        ""
    } else {
        ", à confirmer"
    };
    let Duree {
        titre,
        dite,
        source,
        ..
    } = duree;
    typographie(&format!(
        "{titre} : {dite} ({source}{confirmee}), puis effacement."
    ))
}
