//! The first page of someone: what to do now, what the others owe, the contracts.

use super::francais::{compte, court, distance, jour, majuscule, minuscule, typographie};
use super::liste::{Portefeuille, encode};
use super::resume::ResumeContrat;
use super::visas::VisasVue;
use super::voix::{Noms, Voix};
use crate::app::acces::Visiteur;
use crate::metier::contrat::echange::Genre;
use crate::workflow::definition::model::Role;
use crate::workflow::machine::Spot;
use chrono::NaiveDate;
use serde::Serialize;

/// An act that someone may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TacheLue {
    pub contrat: String,
    /// The contract's title.
    pub de: String,
    pub flux: String,
    pub lieu: Spot,
    pub acte: String,
    pub titre: String,
    /// Others wait for it.
    pub attendu: bool,
    pub jour: Option<NaiveDate>,
}

/// Those that are shown, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taches {
    pub vues: Vec<TacheLue>,
    pub en_tout: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccueilVue {
    /// « 3 actes vous attendent ».
    pub titre: String,
    pub jour: String,
    /// What the person's organisations prepare.
    pub visas: VisasVue,
    /// Those that others wait for.
    pub presses: Vec<TacheVue>,
    /// « 12 autres actes » that are not shown.
    pub encore: Option<String>,
    /// Those that nobody waits for.
    pub libres: Vec<TacheVue>,
    pub autres: Vec<AttenduVue>,
    pub contrats: Vec<CarteVue>,
    /// « 12 contrats ».
    pub compte: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TacheVue {
    pub adresse: String,
    pub titre: String,
    pub de: String,
    /// The item it is about.
    pub element: String,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
}

/// What is waited for from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttenduVue {
    pub adresse: String,
    pub titre: String,
    pub de: String,
    pub qui: Vec<Voix>,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
    /// The form of a message that asks for it, when the person may write.
    pub relance: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarteVue {
    pub adresse: String,
    pub titre: String,
    pub sous: String,
    pub a_vous: bool,
    pub terme: Option<String>,
}

/// Acts and contracts shown before a link to the list.
pub const TACHES: u64 = 60;
const CARTES: usize = 6;

/// The first page of someone.
pub fn accueil(
    qui: &Visiteur,
    portefeuille: &Portefeuille,
    (taches, visas): (&Taches, VisasVue),
    aujourdhui: NaiveDate,
) -> AccueilVue {
    let (presses, libres): (Vec<_>, Vec<_>) = taches.vues.iter().partition(|t| t.attendu);
    let encore = taches.en_tout.saturating_sub(taches.vues.len() as u64);
    let tache = |t: &&TacheLue| tache(t, aujourdhui);
    let contrats = &portefeuille.contrats;
    let levees = contrats.iter().filter(|c| a_vous(qui, c));
    let levees = levees.filter_map(|c| a_lever(c, aujourdhui));
    let presses: Vec<TacheVue> = presses.iter().map(tache).chain(levees).collect();
    let titre = match (presses.len() + visas.a_viser.len()) as u64 {
        0 => "Rien n’est attendu de vous".to_owned(),
        1 => "Un acte vous attend".to_owned(),
        // The pressing come first: what is not shown is more of them.
        n if encore > 0 && libres.is_empty() => format!("Plus de {n} actes vous attendent"),
        n => format!("{n} actes vous attendent"),
    };
    let chez_les_autres = |c: &&ResumeContrat| !c.fini && c.attendu.is_some() && !a_vous(qui, c);
    AccueilVue {
        titre,
        visas,
        jour: majuscule(&jour(aujourdhui)),
        presses,
        encore: (encore > 0).then(|| compte(encore, "autre acte", "autres actes")),
        libres: libres.iter().map(tache).collect(),
        autres: contrats
            .iter()
            .filter(chez_les_autres)
            .map(|c| attendu(qui, c, aujourdhui))
            .collect(),
        contrats: contrats
            .iter()
            .take(CARTES)
            .map(|c| carte(qui, c))
            .collect(),
        compte: compte(portefeuille.total(), "contrat", "contrats"),
    }
}

/// Whether one of the person's organisations holds the pen.
fn a_vous(qui: &Visiteur, contrat: &ResumeContrat) -> bool {
    let siennes = qui.titres.iter().map(|t| t.organisation.as_str());
    let siennes: Vec<&str> = siennes.collect();
    let mut noms = contrat.plume.iter().filter_map(|p| contrat.parties.get(p));
    noms.any(|nom| siennes.contains(&nom.as_str()))
}

/// The condition that keeps the act waited for first from being done: its page says how to lift it.
fn a_lever(contrat: &ResumeContrat, aujourdhui: NaiveDate) -> Option<TacheVue> {
    let manque = contrat.manque.as_deref()?;
    let date = contrat.prochaine_echeance;
    Some(TacheVue {
        adresse: format!("{}#t-bloque", super::adresse(&contrat.id)),
        titre: typographie(&format!("Lever ce qui bloque : {}", minuscule(manque))),
        de: court(&contrat.titre),
        element: String::new(),
        date: date.map(jour),
        distance: date.map(|d| distance(d, aujourdhui)),
        retard: date.is_some_and(|d| d < aujourdhui),
    })
}

pub(super) fn tache(tache: &TacheLue, aujourdhui: NaiveDate) -> TacheVue {
    let piece = Genre::lu(&tache.acte).filter(|(genre, _)| *genre == Genre::Piece);
    let piece = piece.map(|(_, piece)| piece.to_owned());
    let cles: Vec<String> = tache.lieu.keys().chain(piece).collect();
    TacheVue {
        adresse: adresse(tache),
        titre: majuscule(&typographie(&tache.titre)),
        de: court(&tache.de),
        element: cles.join(", "),
        date: tache.jour.map(jour),
        distance: tache.jour.map(|j| distance(j, aujourdhui)),
        retard: tache.jour.is_some_and(|j| j < aujourdhui),
    }
}

/// Where it is done: the form of an act, or the page where an opinion, a piece or a decision is.
fn adresse(tache: &TacheLue) -> String {
    let page = super::adresse(&tache.contrat);
    match Genre::lu(&tache.acte) {
        Some((Genre::Avis, fil)) => format!("{page}/echanges/{}", encode(fil)),
        Some((Genre::Piece, _)) => format!("{page}/documents"),
        Some((Genre::Decision, _)) => format!("{page}/reunions"),
        None => super::adresse_d_acte(&tache.contrat, &tache.flux, &tache.lieu, &tache.acte),
    }
}

fn attendu(qui: &Visiteur, contrat: &ResumeContrat, aujourdhui: NaiveDate) -> AttenduVue {
    let noms = Noms(&contrat.parties);
    let date = contrat.prochaine_echeance;
    let adresse = super::adresse(&contrat.id);
    let ecrit = qui
        .titres
        .iter()
        .any(|t| t.role >= Some(Role::Contribution));
    AttenduVue {
        relance: ecrit.then(|| format!("{adresse}/echanges?relance=oui")),
        adresse,
        titre: majuscule(contrat.attendu.as_deref().unwrap_or_default()),
        de: court(&contrat.titre),
        qui: noms.voix_de(contrat.plume.iter().map(String::as_str)),
        date: date.map(jour),
        distance: date.map(|d| distance(d, aujourdhui)),
        retard: date.is_some_and(|d| d < aujourdhui),
    }
}

fn carte(qui: &Visiteur, contrat: &ResumeContrat) -> CarteVue {
    let esms = compte(contrat.esms, "ESMS", "ESMS");
    CarteVue {
        adresse: super::adresse(&contrat.id),
        titre: court(&contrat.titre),
        sous: format!("{esms}. {}.", contrat.phase),
        a_vous: a_vous(qui, contrat),
        terme: contrat.terme.map(jour),
    }
}
