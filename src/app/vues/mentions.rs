//! The register of processing: what is kept of people, why, and for how long.

use serde::Serialize;

/// A kind of personal data, as Article 30 of the GDPR asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Traitement {
    pub donnee: &'static str,
    pub finalite: &'static str,
    pub base: &'static str,
    /// What the program does, no more: where nothing is erased by itself, it says so.
    pub duree: &'static str,
}

const MISSION: &str = "mission d’intérêt public (RGPD 6.1 e)";
const SECURITE: &str = "sécurité du traitement (RGPD 32)";

/// All of them.
pub const REGISTRE: [Traitement; 7] = [
    Traitement {
        donnee: "Comptes : nom, adresse de messagerie, organisation, fonctions et leurs dates",
        finalite: "Savoir qui agit au nom de quelle partie",
        base: MISSION,
        duree: "Tant que le compte existe. Un compte désactivé est gardé, car le journal le \
                nomme ; rien ne l’efface automatiquement.",
    },
    Traitement {
        donnee: "Secrets : mot de passe et codes de secours (empreintes seulement), second facteur",
        finalite: "Vérifier qui entre",
        base: SECURITE,
        duree: "Jusqu’à leur remplacement.",
    },
    Traitement {
        donnee: "Sessions et navigateurs connus",
        finalite: "Rester connecté, repérer une entrée inhabituelle",
        base: SECURITE,
        duree: "Effacés d’eux-mêmes quand ils expirent, ou à la déconnexion.",
    },
    Traitement {
        donnee: "Registre des accès : qui a reçu, changé ou perdu un droit, et quand",
        finalite: "Rendre compte des accès",
        base: SECURITE,
        duree: "Sans effacement automatique.",
    },
    Traitement {
        donnee: "Journal des contrats : acte, partie, identifiant de la personne, date",
        finalite: "Prouver qui a convenu de quoi",
        base: MISSION,
        duree: "Tant que le contrat est tenu ici : une ligne ne s’efface pas sans rompre la \
                preuve.",
    },
    Traitement {
        donnee: "Messages, notes privées et pièces déposées",
        finalite: "Négocier et suivre le contrat",
        base: MISSION,
        duree: "Tant que le contrat est tenu ici. Le texte d’un message peut être effacé, le \
                journal garde qu’il a été écrit.",
    },
    Traitement {
        donnee: "Messages envoyés par courriel",
        finalite: "Prévenir de ce qui est attendu",
        base: MISSION,
        duree: "Sans effacement automatique.",
    },
];
