//! The list of contracts.

use super::filtre::{Filtre, FiltresVue};
use super::francais::{compte, court, distance, jour, majuscule};
use super::resume::ResumeContrat;
use super::voix::{Noms, Voix};
use crate::echanges::tableaux::Forme;
use crate::store::portefeuille::Facette;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many contracts a page lists.
pub const CONTRATS_PAR_PAGE: u64 = 50;

/// One page of rows, and what the whole list counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Portefeuille {
    /// In the order that was asked.
    pub contrats: Vec<ResumeContrat>,
    /// All that someone sees, by what it is filtered by.
    pub facettes: Vec<Facette>,
    /// The titles of the workflows, by name.
    pub titres: BTreeMap<String, String>,
}

impl Portefeuille {
    /// How many there are without a filter.
    pub fn total(&self) -> u64 {
        self.facettes.iter().map(|f| f.nombre).sum()
    }

    /// How many are late, without a filter.
    pub fn retards(&self) -> u64 {
        self.nombre(|f| f.retard)
    }

    fn nombre(&self, garde: impl Fn(&Facette) -> bool) -> u64 {
        let gardees = self.facettes.iter().filter(|f| garde(f));
        gardees.map(|f| f.nombre).sum()
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
    /// « 60 contrats, 3 en retard », « 2 contrats sur 60 ».
    pub titre: String,
    /// Whose turn it is.
    pub plume: PlumeVue,
    pub lignes: Vec<LigneVue>,
    pub filtres: FiltresVue,
    /// No contract at all: the page says how one comes.
    pub vide: bool,
    /// « Contrats 1 à 50 sur 12 000 ».
    pub compte: String,
    pub pages: Vec<PageVue>,
    /// What is shown, as files.
    pub exports: Vec<ExportVue>,
}

/// How many contracts await who looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlumeVue {
    pub a_vous: bool,
    /// « À vous : 3 contrats, dont 2 en retard ».
    pub titre: String,
}

/// A table, and the ways to take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportVue {
    pub titre: &'static str,
    pub liens: Vec<LienVue>,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LienVue {
    pub titre: String,
    pub adresse: String,
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
    /// How far it is.
    pub reste: Option<String>,
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

/// The list of contracts. `tableaux`: the names of those that may be taken away.
pub fn contrats(
    lu: &Portefeuille,
    filtre: &Filtre,
    tableaux: &[Forme],
    aujourdhui: NaiveDate,
) -> ListeVue {
    let total = lu.total();
    let page = filtre.page.max(1);
    let premier = (page - 1).saturating_mul(CONTRATS_PAR_PAGE) + 1;
    let dernier = premier + (lu.contrats.len() as u64).saturating_sub(1);
    let trouves = filtre.trouves(lu);
    let parametres = filtre.parametres();
    let parametres = parametres.each_ref().map(|(cle, v)| (*cle, v.as_str()));
    let requete = filtre.requete();
    let filtres = filtre.offre(lu);
    ListeVue {
        titre: titre(lu, filtres.actif.then_some(trouves)),
        plume: plume(lu),
        lignes: lu.contrats.iter().map(|c| ligne(c, aujourdhui)).collect(),
        filtres,
        vide: total == 0,
        compte: match lu.contrats.len() {
            0 => "Aucun contrat ne correspond.".to_owned(),
            _ => format!("Contrats {premier} à {dernier} sur {trouves}"),
        },
        pages: pages(
            "/contrats",
            &parametres,
            page,
            trouves.div_ceil(CONTRATS_PAR_PAGE),
        ),
        exports: exports("/contrats/export", tableaux, &requete),
    }
}

/// « 60 contrats, 3 en retard »; « 2 contrats sur 60 » when a filter keeps some.
fn titre(lu: &Portefeuille, gardes: Option<u64>) -> String {
    let total = lu.total();
    let dit = compte(total, "contrat", "contrats");
    match (gardes, lu.retards()) {
        _ if total == 0 => "Contrats".to_owned(),
        (Some(gardes), _) => format!("{} sur {total}", compte(gardes, "contrat", "contrats")),
        (None, 0) => dit,
        (None, n) => format!("{dit}, {n} en retard"),
    }
}

fn plume(lu: &Portefeuille) -> PlumeVue {
    let miens = lu.nombre(|f| f.moi);
    let retards = match lu.nombre(|f| f.moi && f.retard) {
        0 => String::new(),
        n => format!(", dont {n} en retard"),
    };
    PlumeVue {
        a_vous: miens > 0,
        titre: match miens {
            0 => "Aucun contrat n’attend un acte de vous".to_owned(),
            n => format!(
                "À vous\u{a0}: {}{retards}",
                compte(n, "contrat", "contrats")
            ),
        },
    }
}

/// The files that tables make, and their addresses. `requete`: what chooses their lines.
pub fn exports(chemin: &str, tableaux: &[Forme], requete: &str) -> Vec<ExportVue> {
    const FORMATS: [(&str, &str, &str); 5] = [
        ("Excel", "xlsx", ""),
        ("LibreOffice", "ods", ""),
        ("CSV pour tableur", "csv", "bom=oui"),
        ("CSV", "csv", ""),
        ("JSON", "json", ""),
    ];
    let export = |forme: &Forme| {
        let lien = |(titre, extension, en_plus): &(&str, &str, &str)| {
            let dits = [requete, en_plus].into_iter().filter(|r| !r.is_empty());
            let dits: Vec<&str> = dits.collect();
            let adresse = format!("{chemin}/{}.{extension}", forme.nom);
            LienVue {
                titre: (*titre).to_owned(),
                adresse: if dits.is_empty() {
                    adresse
                } else {
                    format!("{adresse}?{}", dits.join("&"))
                },
            }
        };
        ExportVue {
            titre: forme.titre,
            liens: FORMATS.iter().map(lien).collect(),
        }
    };
    tableaux.iter().map(export).collect()
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
        reste: contrat
            .terme
            .filter(|_| !contrat.fini)
            .map(|d| distance(d, aujourdhui)),
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
