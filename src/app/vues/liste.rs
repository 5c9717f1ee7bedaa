//! The list of contracts.

use super::francais::{compte, court, distance, jour, majuscule};
use super::lu::Filtre;
use super::phases::PHASES;
use super::resume::ResumeContrat;
use super::voix::{Noms, Voix};
use chrono::NaiveDate;
use serde::Serialize;
use std::fmt::Write as _;

/// How many contracts a page lists.
pub const CONTRATS_PAR_PAGE: u64 = 50;

/// One page of rows, and what the whole list counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Portefeuille {
    /// The contracts that are waited for come first, by date; then the others, by title.
    pub contrats: Vec<ResumeContrat>,
    /// How many rows the filter keeps.
    pub trouves: u64,
    /// How many there are without a filter.
    pub total: u64,
    /// How many of these are late.
    pub retards: u64,
}

/// The page of a list held in memory: what a database answers to the same filter.
pub fn portefeuille(
    tous: &[ResumeContrat],
    filtre: &Filtre,
    aujourdhui: NaiveDate,
) -> Portefeuille {
    let texte = filtre.texte.trim().to_lowercase();
    let contient = |champ: &str| champ.to_lowercase().contains(&texte);
    let garde = |c: &&ResumeContrat| {
        let dit = contient(&c.titre) || contient(&c.gestionnaire) || contient(&c.id);
        dit && (filtre.phase.is_empty() || filtre.phase == c.phase)
    };
    let mut gardes: Vec<&ResumeContrat> = tous.iter().filter(garde).collect();
    gardes.sort_by_cached_key(|c| {
        let date = c.prochaine_echeance.unwrap_or(NaiveDate::MAX);
        (date, c.titre.clone(), c.id.clone())
    });
    let saut = (filtre.page.max(1) - 1).saturating_mul(CONTRATS_PAR_PAGE);
    let page = gardes
        .iter()
        .skip(usize::try_from(saut).unwrap_or(usize::MAX));
    let page = page.take(CONTRATS_PAR_PAGE.try_into().unwrap_or(usize::MAX));
    Portefeuille {
        contrats: page.map(|c| (*c).clone()).collect(),
        trouves: gardes.len() as u64,
        total: tous.len() as u64,
        retards: tous.iter().filter(|c| en_retard(c, aujourdhui)).count() as u64,
    }
}

fn en_retard(contrat: &ResumeContrat, aujourdhui: NaiveDate) -> bool {
    contrat
        .prochaine_echeance
        .is_some_and(|date| date < aujourdhui)
}

/// The page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListeVue {
    /// « 60 contrats, 3 en retard ».
    pub titre: String,
    pub lignes: Vec<LigneVue>,
    pub phases: Vec<PhaseVue>,
    pub texte: String,
    /// No contract at all: the page says how one comes.
    pub vide: bool,
    /// A filter is set.
    pub filtre: bool,
    /// « Contrats 1 à 50 sur 12 000 ».
    pub compte: String,
    pub pages: Vec<PageVue>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LigneVue {
    pub adresse: String,
    pub titre: String,
    /// « Les Rives Claires, 5 ESMS ».
    pub sous: String,
    pub phase: String,
    pub plume: Vec<Voix>,
    pub attendu: Option<String>,
    pub manque: Option<String>,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
    pub terme: Option<String>,
}

/// A choice of the filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhaseVue {
    pub titre: &'static str,
    pub choisie: bool,
}

/// A link to a page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageVue {
    pub numero: u64,
    pub adresse: String,
    pub courante: bool,
    /// Pages were left out before this one.
    pub apres_un_trou: bool,
}

/// The list of contracts.
pub fn contrats(lu: &Portefeuille, filtre: &Filtre, aujourdhui: NaiveDate) -> ListeVue {
    let total = compte(lu.total, "contrat", "contrats");
    let titre = match lu.retards {
        _ if lu.total == 0 => "Contrats".to_owned(),
        0 => total,
        n => format!("{total}, {n} en retard"),
    };
    let page = filtre.page.max(1);
    let premier = (page - 1).saturating_mul(CONTRATS_PAR_PAGE) + 1;
    let dernier = premier + (lu.contrats.len() as u64).saturating_sub(1);
    let phases = PHASES.iter().map(|p| PhaseVue {
        titre: p.titre,
        choisie: p.titre == filtre.phase,
    });
    let parametres = [
        ("q", filtre.texte.as_str()),
        ("phase", filtre.phase.as_str()),
    ];
    ListeVue {
        titre,
        lignes: lu.contrats.iter().map(|c| ligne(c, aujourdhui)).collect(),
        phases: phases.collect(),
        texte: filtre.texte.clone(),
        vide: lu.total == 0,
        filtre: !filtre.texte.is_empty() || !filtre.phase.is_empty(),
        compte: match lu.contrats.len() {
            0 => "Aucun contrat ne correspond.".to_owned(),
            _ => format!("Contrats {premier} à {dernier} sur {}", lu.trouves),
        },
        pages: pages(
            "/contrats",
            &parametres,
            page,
            lu.trouves.div_ceil(CONTRATS_PAR_PAGE),
        ),
    }
}

fn ligne(contrat: &ResumeContrat, aujourdhui: NaiveDate) -> LigneVue {
    let esms = format!("{} ESMS", contrat.esms);
    let sous = match contrat.gestionnaire.as_str() {
        "" => esms,
        nom => format!("{nom}, {esms}"),
    };
    let noms = Noms(&contrat.parties);
    LigneVue {
        adresse: super::adresse(&contrat.id),
        titre: court(&contrat.titre),
        sous: court(&sous),
        phase: contrat.phase.clone(),
        plume: noms.voix_de(contrat.plume.iter().map(String::as_str)),
        attendu: contrat.attendu.as_deref().map(|a| court(&majuscule(a))),
        manque: contrat.manque.clone(),
        date: contrat.prochaine_echeance.map(jour),
        distance: contrat.prochaine_echeance.map(|d| distance(d, aujourdhui)),
        retard: en_retard(contrat, aujourdhui),
        terme: contrat.terme.map(jour),
    }
}

/// Links to the first pages, to those around the current one, to the last.
pub(super) fn pages(
    chemin: &str,
    parametres: &[(&str, &str)],
    courante: u64,
    derniere: u64,
) -> Vec<PageVue> {
    if derniere < 2 {
        return Vec::new();
    }
    let proche = |n: &u64| *n <= 2 || n.abs_diff(courante) <= 1 || *n == derniere;
    // A page past the end has no neighbours: only those around it are walked.
    let autour = courante.saturating_sub(1)..=courante.saturating_add(1);
    let mut numeros: Vec<u64> = autour.chain([1, 2, derniere]).filter(proche).collect();
    numeros.retain(|n| (1..=derniere).contains(n));
    numeros.sort_unstable();
    numeros.dedup();
    let mut avant = 0;
    let mut pages = Vec::new();
    for numero in numeros {
        let mut adresse = format!("{chemin}?page={numero}");
        for (cle, valeur) in parametres.iter().filter(|(_, valeur)| !valeur.is_empty()) {
            adresse.extend(["&", cle, "=", &encode(valeur)]);
        }
        pages.push(PageVue {
            numero,
            adresse,
            courante: numero == courante,
            apres_un_trou: numero > avant + 1,
        });
        avant = numero;
    }
    pages
}

/// A text inside an address.
pub(in crate::app) fn encode(texte: &str) -> String {
    let mut ecrit = String::with_capacity(texte.len());
    for octet in texte.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            ecrit.push(char::from(octet));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(ecrit, "%{octet:02X}");
        }
    }
    ecrit
}
