//! The pages of one's own account: who one is here, what one signs in with, where one is signed
//! in, the keys of one's programs, what one is told.

use super::francais::{compte, instant, iso, jour, liste, majuscule};
use crate::app::comptes::{
    CleVue, Connecte, Droit, DroitVue, Fonction, Moyens, Portee, SecondFacteur, SessionVue,
};
use crate::app::courriels::{Mode, Preferences, Rubrique};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// A scope, in words.
pub fn portee_dite(portee: &Portee) -> String {
    match portee {
        Portee::Tout => "toute l’organisation".to_owned(),
        Portee::Esms(finess) => {
            let numeros: Vec<&String> = finess.iter().collect();
            format!("ESMS {}", liste(&numeros))
        }
        Portee::Pole(nom) => format!("pôle «\u{a0}{nom}\u{a0}»"),
        Portee::Delegation(nom) => format!("délégation «\u{a0}{nom}\u{a0}»"),
        Portee::Service(nom) => format!("service «\u{a0}{nom}\u{a0}»"),
    }
}

/// From when to when a right holds, in words.
pub fn dates_dites(droit: &Droit) -> String {
    periode_dite(droit.du, droit.au)
}

pub(super) fn periode_dite(du: Option<NaiveDate>, au: Option<NaiveDate>) -> String {
    match (du, au) {
        (None, None) => "sans limite de date".to_owned(),
        (Some(du), None) => format!("depuis le {}", jour(du)),
        (None, Some(au)) => format!("jusqu’au {}", jour(au)),
        (Some(du), Some(au)) => format!("du {} au {}", jour(du), jour(au)),
    }
}

/// Whether a right holds on a day, in words, with the shape of its badge.
pub fn etat_dit(droit: &Droit, aujourdhui: NaiveDate) -> (&'static str, &'static str) {
    if droit.au.is_some_and(|au| au < aujourdhui) {
        ("finie", "vide")
    } else if droit.du.is_some_and(|du| aujourdhui < du) {
        ("à venir", "att")
    } else {
        ("en vigueur", "ok")
    }
}

/// A function held in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FonctionVue {
    pub id: String,
    pub organisation: String,
    pub fonction: String,
    pub portee: String,
    pub dates: String,
    pub etat: &'static str,
    pub genre: &'static str,
}

pub fn fonction(vue: &DroitVue, aujourdhui: NaiveDate) -> FonctionVue {
    let droit = &vue.droit;
    let (etat, genre) = etat_dit(droit, aujourdhui);
    FonctionVue {
        id: vue.id.clone(),
        organisation: droit.organisation.nom.clone(),
        fonction: majuscule(droit.fonction.mot()),
        portee: portee_dite(&droit.portee),
        dates: dates_dites(droit),
        etat,
        genre,
    }
}

/// Who one is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompteVue {
    pub nom: String,
    pub courriel: String,
    pub fonctions: Vec<FonctionVue>,
}

pub fn compte_vue(qui: &Connecte, droits: &[DroitVue], aujourdhui: NaiveDate) -> CompteVue {
    CompteVue {
        nom: qui.personne.nom.clone(),
        courriel: qui.personne.courriel.clone(),
        fonctions: droits.iter().map(|d| fonction(d, aujourdhui)).collect(),
    }
}

/// What one signs in with, and where one is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecuriteVue {
    pub mot_de_passe: bool,
    pub longueur: usize,
    /// « 9 codes de secours »; none: there is no second factor.
    pub codes: Option<String>,
    /// Few enough to make others: how many are left.
    pub peu: Option<u64>,
    pub retirable: bool,
    pub sessions: Vec<SeanceVue>,
    pub autres: bool,
}

/// A browser signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeanceVue {
    pub id: String,
    pub navigateur: String,
    pub adresse: String,
    pub depuis: String,
    pub vue: String,
    pub ici: bool,
}

pub fn securite(
    moyens: Moyens,
    (longueur, regle): (usize, SecondFacteur),
    sessions: &[SessionVue],
    ici: &str,
) -> SecuriteVue {
    let seance = |s: &SessionVue| SeanceVue {
        id: s.id.clone(),
        navigateur: navigateur(&s.agent),
        adresse: s.adresse.clone(),
        depuis: instant(s.cree),
        vue: instant(s.vue),
        ici: s.id == ici,
    };
    let restants = moyens.codes.unwrap_or(0).unsigned_abs();
    SecuriteVue {
        mot_de_passe: moyens.mot_de_passe,
        longueur,
        codes: moyens
            .codes
            .map(|_| compte(restants, "code de secours", "codes de secours")),
        peu: Some(restants).filter(|n| *n < 4),
        retirable: moyens.codes.is_some() && regle == SecondFacteur::Propose,
        sessions: sessions.iter().map(seance).collect(),
        autres: sessions.iter().any(|s| s.id != ici),
    }
}

/// What a browser calls itself, in short: « Firefox, Windows ».
fn navigateur(agent: &str) -> String {
    // The first that is named: those that pretend to be others are named before them.
    const NAVIGATEURS: [(&str, &str); 5] = [
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMES: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let nomme = |table: &[(&str, &'static str)]| {
        let trouve = table.iter().find(|(signe, _)| agent.contains(signe));
        trouve.map(|(_, nom)| *nom)
    };
    match (nomme(&NAVIGATEURS), nomme(&SYSTEMES)) {
        (Some(nom), Some(systeme)) => format!("{nom}, {systeme}"),
        (Some(nom), None) => nom.to_owned(),
        _ if agent.is_empty() => "Navigateur inconnu".to_owned(),
        _ => agent.chars().take(60).collect(),
    }
}

/// The keys of one's programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClesVue {
    pub cles: Vec<UneCleVue>,
    pub organisations: Vec<ChoixVue>,
    pub fonctions: Vec<ChoixVue>,
    pub nom: String,
    pub au: String,
    /// Made before sending.
    pub id: String,
    /// The earliest last day.
    pub aujourdhui: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UneCleVue {
    pub id: String,
    pub nom: String,
    pub organisation: String,
    pub fonction: String,
    pub au: String,
    pub finie: bool,
    pub cree: String,
    pub vue: Option<String>,
}

/// One of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoixVue {
    pub valeur: String,
    pub titre: String,
    pub pris: bool,
}

impl ChoixVue {
    pub fn nouveau(valeur: &str, titre: &str, pris: &str) -> Self {
        Self {
            valeur: valeur.to_owned(),
            titre: titre.to_owned(),
            pris: valeur == pris,
        }
    }
}

/// What was typed in the form of a key, or is proposed.
#[derive(Debug, Clone, Default)]
pub struct CleSaisie<'a> {
    pub id: String,
    pub nom: &'a str,
    pub organisation: &'a str,
    pub fonction: &'a str,
    pub au: &'a str,
}

pub fn cles(
    qui: &Connecte,
    cles: &[CleVue],
    saisie: &CleSaisie<'_>,
    aujourdhui: NaiveDate,
) -> ClesVue {
    let mut organisations: Vec<ChoixVue> = Vec::new();
    let mut haute = Fonction::Lecture;
    for droit in &qui.droits {
        haute = haute.max(droit.fonction);
        let (id, nom) = (&droit.organisation.id, &droit.organisation.nom);
        if !organisations.iter().any(|o| o.valeur == *id) {
            organisations.push(ChoixVue::nouveau(id, nom, saisie.organisation));
        }
    }
    let fonctions = Fonction::TOUTES.into_iter().filter(|f| *f <= haute);
    let fonction = |f: Fonction| ChoixVue::nouveau(f.mot(), &majuscule(f.mot()), saisie.fonction);
    let une = |cle: &CleVue| {
        let connue = organisations.iter().find(|o| o.valeur == cle.organisation);
        UneCleVue {
            id: cle.id.clone(),
            nom: cle.nom.clone(),
            organisation: connue.map_or_else(|| cle.organisation.clone(), |o| o.titre.clone()),
            fonction: majuscule(cle.fonction.mot()),
            au: jour(cle.au),
            finie: cle.au < aujourdhui,
            cree: instant(cle.cree),
            vue: cle.vue.map(instant),
        }
    };
    ClesVue {
        cles: cles.iter().map(une).collect(),
        fonctions: fonctions.map(fonction).collect(),
        organisations,
        nom: saisie.nom.to_owned(),
        au: saisie.au.to_owned(),
        id: saisie.id.clone(),
        aujourdhui: iso(aujourdhui),
    }
}

/// What one is told, and one's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AvisVue {
    pub courriel: String,
    pub rubriques: Vec<RubriqueVue>,
    /// Since when it is open.
    pub calendrier: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RubriqueVue {
    pub nom: &'static str,
    pub titre: &'static str,
    pub aide: &'static str,
    pub modes: Vec<ChoixVue>,
}

pub fn avis(courriel: &str, choix: &Preferences, calendrier: Option<DateTime<Utc>>) -> AvisVue {
    let rubrique = |rubrique: Rubrique| {
        let pris = choix.get(&rubrique).copied();
        let pris = pris.unwrap_or(rubrique.par_defaut()).code();
        let mode = |m: Mode| ChoixVue::nouveau(m.code(), m.titre(), pris);
        RubriqueVue {
            nom: rubrique.code(),
            titre: rubrique.titre(),
            aide: aide(rubrique),
            modes: Mode::TOUS.into_iter().map(mode).collect(),
        }
    };
    AvisVue {
        courriel: courriel.to_owned(),
        rubriques: Rubrique::TOUTES.into_iter().map(rubrique).collect(),
        calendrier: calendrier.map(instant),
    }
}

fn aide(rubrique: Rubrique) -> &'static str {
    match rubrique {
        Rubrique::AVous => "Un acte que votre organisation peut faire maintenant.",
        Rubrique::EcheanceProche => "Une date arrive, avec ce qui s’ensuivra.",
        Rubrique::EcheancePassee => "Une date est passée sans que rien soit fait.",
        Rubrique::Demandes => "Une autre partie vous demande quelque chose.",
        Rubrique::Autres => "Un accord, un refus, un acte d’une autre partie.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::comptes::{Nature, Organisation};

    fn droit(du: Option<&str>, au: Option<&str>) -> Droit {
        let jour = |j: Option<&str>| j.map(|j| j.parse().unwrap());
        Droit {
            organisation: Organisation {
                id: "o".to_owned(),
                nature: Nature::Ars,
                nom: "ARS Val-Médian".to_owned(),
                siren: None,
                ej: None,
                territoire: None,
            },
            fonction: Fonction::Lecture,
            portee: Portee::Tout,
            du: jour(du),
            au: jour(au),
        }
    }

    #[test]
    fn a_right_says_whether_it_holds_on_its_first_and_last_days() {
        let dit = |du, au, jour: &str| etat_dit(&droit(du, au), jour.parse().unwrap()).0;
        let (du, au) = (Some("2026-03-10"), Some("2026-03-12"));
        let dits = ["2026-03-09", "2026-03-10", "2026-03-12", "2026-03-13"];
        let dits = dits.map(|jour| dit(du, au, jour));
        assert_eq!(dits, ["à venir", "en vigueur", "en vigueur", "finie"]);
        assert_eq!(dit(None, None, "2026-03-09"), "en vigueur");
        assert_eq!(dates_dites(&droit(du, au)), "du 10/03/2026 au 12/03/2026");
        assert_eq!(dates_dites(&droit(None, au)), "jusqu’au 12/03/2026");
        assert_eq!(dates_dites(&droit(du, None)), "depuis le 10/03/2026");
    }

    #[test]
    fn a_browser_is_said_in_short() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130 Safari/537.36 Edg/1";
        let telephone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1";
        let dits = [edge, telephone, "curl/8", ""].map(navigateur);
        let attendus = [
            "Edge, Windows",
            "Safari, iPhone",
            "curl/8",
            "Navigateur inconnu",
        ];
        assert_eq!(dits, attendus);
    }
}
