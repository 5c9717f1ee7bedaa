//! The shared diagnostic: of one establishment, theme by theme; and of the whole contract.

/// The figures of a theme.
mod chiffres;
/// Findings, and what each party thinks of them.
mod constats;
/// The whole contract: matrix, forces and weaknesses, divergences.
mod ensemble;
/// The same, as a document.
mod synthese;

pub use chiffres::{ChiffresVue, Comparaisons};
pub use constats::{ConstatVue, Parties};
pub use ensemble::{EnsembleVue, Etendue, ensemble};
pub use synthese::{Synthese, synthese};

use super::esms::{ActeIci, actes};
use super::francais::{court, typographie};
use super::lu::ContratLu;
use super::voix::{Noms, Voix};
use crate::app::contrat::RACINE;
use crate::app::formulaires::adresse_d_ecriture;
use crate::metier::contrat::dossier::{Dossier, Ouverture, Sujet};
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::trame::Theme;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// The page of an establishment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiagnosticVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    pub nom: String,
    pub finess: String,
    pub places: Option<String>,
    pub autorites: Vec<Voix>,
    /// « 1 établissement sur 5 ».
    pub rang: String,
    pub precedent: Option<String>,
    pub suivant: Option<String>,
    pub trame: String,
    /// What is waited for here.
    pub actes: Vec<ActeIci>,
    pub themes: Vec<OngletVue>,
    pub theme: ThemeVue,
}

/// A theme in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OngletVue {
    pub code: String,
    pub titre: String,
    pub lien: String,
    pub courant: bool,
    pub obligatoire: bool,
    pub renseigne: bool,
    pub constats: usize,
    /// Findings on which the reader's party says nothing yet.
    pub a_traiter: usize,
}

/// The theme that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThemeVue {
    pub code: String,
    pub titre: String,
    pub questions: Vec<String>,
    pub preuves: Vec<String>,
    /// What the managing body wrote of it.
    pub texte: Option<String>,
    pub chiffres: ChiffresVue,
    pub constats: Vec<ConstatVue>,
    /// Where the reader writes, when they may now.
    pub ecrire: Option<String>,
    pub constater: Option<String>,
    pub chiffrer: Option<String>,
}

/// Someone's eyes on a diagnostic, at an instant.
pub struct Regard<'a> {
    pub lu: &'a ContratLu,
    pub maintenant: DateTime<Utc>,
    pub comparaisons: &'a Comparaisons,
}

impl Regard<'_> {
    fn ouvertures(&self) -> Vec<Ouverture> {
        let lu = self.lu;
        if lu.place.role.is_none() {
            return Vec::new();
        }
        lu.contrat
            .ouvertures(RACINE, &lu.place.partie, self.maintenant)
    }

    /// The form of something, for an establishment, when the reader may write it now.
    fn lien(&self, ouvertures: &[Ouverture], sujet: &Sujet, finess: &str) -> Option<String> {
        let ouvert = |o: &&Ouverture| o.sujet == *sujet && o.elements.iter().any(|e| e == finess);
        ouvertures.iter().find(ouvert)?;
        adresse_d_ecriture(&self.lu.identite.id, RACINE, sujet, Some(finess))
    }
}

/// The page of an establishment. None: it is not in the contract, for that reader.
pub fn diagnostic(regard: &Regard<'_>, finess: &str, theme: &str) -> Option<DiagnosticVue> {
    let lu = regard.lu;
    if !lu.place.voit(finess) {
        return None;
    }
    let dossier = &lu.contrat.flux(RACINE)?.dossier;
    let element = dossier.collections().element(ESMS, finess)?;
    let trame = dossier.registre().trame()?;
    let ouvert = trame.theme(theme).or(trame.themes.first())?;
    let noms = Noms(&lu.identite.parties);
    let autorites = dossier.collections().autorites(ESMS, Some(finess));
    let siens = |(cle, _): &(&String, &Element)| lu.place.voit(cle);
    let esms = dossier.collections().elements(ESMS).filter(siens);
    let esms: Vec<&str> = esms.map(|(cle, _)| cle.as_str()).collect();
    let rang = esms.iter().position(|cle| *cle == finess)?;
    let adresse = super::adresse(&lu.identite.id);
    let page = |cle: &&str| format!("{adresse}/diagnostic/{cle}?theme={}", ouvert.code);
    let parties = Parties::de(lu, dossier, finess);
    let categorie = categorie(element);
    let onglet = |theme: &Theme| OngletVue {
        lien: format!("{adresse}/diagnostic/{finess}?theme={}", theme.code),
        titre: typographie(&theme.titre),
        courant: theme.code == ouvert.code,
        obligatoire: theme.obligatoire(categorie),
        renseigne: dossier
            .registre()
            .themes(finess)
            .any(|(code, _)| *code == theme.code),
        constats: parties.du_theme(&theme.code).count(),
        a_traiter: parties.a_traiter(&theme.code),
        code: theme.code.clone(),
    };
    Some(DiagnosticVue {
        contrat: court(&lu.identite.titre),
        nom: element.nom().to_owned(),
        finess: finess.to_owned(),
        places: places(element),
        autorites: noms.voix_de(autorites.iter().map(String::as_str)),
        rang: format!("{} sur {}", rang + 1, esms.len()),
        precedent: rang.checked_sub(1).and_then(|r| esms.get(r)).map(page),
        suivant: esms.get(rang + 1).map(page),
        trame: typographie(&trame.titre),
        actes: actes(lu, finess, regard.maintenant),
        themes: trame.themes.iter().map(onglet).collect(),
        theme: theme_vu(regard, dossier, (finess, ouvert), &parties),
        adresse,
    })
}

fn theme_vu(
    regard: &Regard<'_>,
    dossier: &Dossier,
    (finess, theme): (&str, &'static Theme),
    parties: &Parties<'_>,
) -> ThemeVue {
    let ouvertures = regard.ouvertures();
    let lien = |nom| regard.lien(&ouvertures, &Sujet::Saisie(nom), finess);
    let avec =
        |lien: Option<String>, cle: &str| lien.map(|lien| format!("{lien}&{cle}={}", theme.code));
    let mut textes = dossier.registre().themes(finess);
    let texte = textes.find(|(code, _)| **code == theme.code);
    let prend = ouvertures.iter().any(|o| {
        o.sujet == Sujet::Position("diagnostic") && o.elements.iter().any(|e| e == finess)
    });
    let constater = avec(lien("constat"), "contenu.theme");
    let mut chiffres = chiffres::chiffres(regard, dossier, (finess, theme));
    chiffres::offre(&mut chiffres, constater.as_deref());
    ThemeVue {
        code: theme.code.clone(),
        titre: typographie(&theme.titre),
        questions: theme.questions.iter().map(|q| typographie(q)).collect(),
        preuves: theme.preuves.iter().map(|p| typographie(p)).collect(),
        texte: texte.map(|(_, texte)| texte.clone()),
        chiffres,
        constats: parties.constats(dossier, &theme.code, prend),
        ecrire: avec(lien("theme"), "theme"),
        constater,
        chiffrer: lien("chiffres"),
    }
}

pub(super) fn categorie(element: &Element) -> Option<&str> {
    match element {
        Element::Esms { categorie, .. } => categorie.as_deref(),
        _ => None,
    }
}

fn places(element: &Element) -> Option<String> {
    match element {
        Element::Esms { capacite, .. } => {
            let places = u64::from((*capacite)?);
            Some(super::francais::compte(places, "place", "places"))
        }
        _ => None,
    }
}
