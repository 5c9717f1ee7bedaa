//! The figures of a theme over three years, each with its source and its date, beside the quartiles
//! of similar establishments. A mark to look at, never a rank.

use super::Regard;
use crate::app::vues::francais::{entier, jour, typographie};
use crate::metier::comparaison::{Couleur, METHODE, situe};
use crate::metier::contrat::diagnostic::{Chiffre, reste_ouvert};
use crate::metier::contrat::dossier::{Chiffres, Dossier};
use crate::metier::contrat::saisie::Constat;
use crate::metier::nombre::Nombre;
use crate::metier::referentiels::indicateurs::{Indicateur, Unite};
use crate::metier::trame::Theme;
use form_urlencoded::Serializer;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Years shown.
const ANNEES: usize = 3;

/// What similar establishments show, by year: those of the establishment's category.
pub type Comparaisons = BTreeMap<i32, crate::app::repertoire::Comparaison>;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChiffresVue {
    pub annees: Vec<i32>,
    pub lignes: Vec<LigneVue>,
    /// Those of the theme that nobody brought.
    pub sans: Vec<String>,
    /// How quartiles are made.
    pub methode: &'static str,
    /// What is said of a wider territory, or of none.
    pub replis: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LigneVue {
    pub code: &'static str,
    pub libelle: String,
    pub unite: &'static str,
    /// One for each year; empty: none.
    pub valeurs: Vec<String>,
    pub repere: Option<RepereVue>,
    pub source: &'static str,
    pub piece: String,
    pub le: String,
    /// What stood before it was corrected.
    pub ancienne: Option<String>,
    /// Something binding is still open, and no finding says it.
    pub a_dire: bool,
    /// The form of a finding, filled in; none: the reader may not now.
    pub constater: Option<String>,
}

/// Beside the quartiles of similar establishments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepereVue {
    pub q1: String,
    pub mediane: String,
    pub q3: String,
    pub structures: u32,
    pub territoire: String,
    pub position: &'static str,
    /// A point to look at.
    pub signale: bool,
    /// Where the figure stands on a line from 0 to 100, and the quartiles.
    pub points: [i64; 4],
}

pub(super) fn chiffres(
    regard: &Regard<'_>,
    dossier: &Dossier,
    (finess, theme): (&str, &'static Theme),
) -> ChiffresVue {
    let vides = Chiffres::new();
    let connus = dossier.registre().chiffres(finess).unwrap_or(&vides);
    let du_theme = |code: &str| theme.indicateurs.iter().any(|i| i.code == code);
    let annees: BTreeSet<i32> = connus
        .keys()
        .filter(|(code, _)| du_theme(code))
        .map(|(_, annee)| *annee)
        .collect();
    let mut annees: Vec<i32> = annees.into_iter().rev().take(ANNEES).collect();
    annees.reverse();
    let mut vue = ChiffresVue {
        methode: METHODE,
        ..ChiffresVue::default()
    };
    let mut replis = BTreeSet::new();
    for indicateur in &theme.indicateurs {
        let dits: Vec<Option<&Chiffre>> = annees
            .iter()
            .map(|annee| connus.get(&(indicateur.code.to_owned(), *annee)))
            .collect();
        let mut derniers = annees.iter().zip(&dits).rev();
        let dernier = derniers.find_map(|(annee, c)| Some((*annee, (*c)?)));
        let Some((annee, chiffre)) = dernier else {
            vue.sans.push(typographie(indicateur.libelle));
            continue;
        };
        vue.lignes.push(LigneVue {
            code: indicateur.code,
            libelle: typographie(indicateur.libelle),
            unite: indicateur.unite.mot(),
            valeurs: dits
                .iter()
                .map(|c| c.map_or_else(String::new, |c| valeur(c.valeur, indicateur.unite)))
                .collect(),
            repere: repere(regard, indicateur, (annee, chiffre.valeur), &mut replis),
            source: chiffre.source.titre(),
            piece: chiffre.piece.clone(),
            le: jour(chiffre.le),
            a_dire: a_dire(dossier, finess, (indicateur, annee), chiffre.valeur),
            constater: None,
            ancienne: chiffre.ancienne.map(|(ancienne, le)| {
                let ancienne = valeur(ancienne, indicateur.unite);
                typographie(&format!("avant, {ancienne}, pris le {}", jour(le)))
            }),
        });
    }
    vue.annees = annees;
    vue.replis = replis.into_iter().collect();
    vue
}

/// Whether a figure of something binding awaits its finding.
fn a_dire(
    dossier: &Dossier,
    finess: &str,
    (indicateur, annee): (&Indicateur, i32),
    valeur: Nombre,
) -> bool {
    let lue = |constat: &Constat| {
        let donnee = constat.donnee.as_ref();
        donnee.is_some_and(|d| d.indicateur == indicateur.code && d.annee == annee)
    };
    let mut constats = dossier.registre().constats(finess);
    reste_ouvert(indicateur.code, valeur) && !constats.any(|(_, constat)| lue(constat))
}

/// Opens the form of a finding on each figure that awaits one.
pub(super) fn offre(vue: &mut ChiffresVue, constater: Option<&str>) {
    for ligne in vue.lignes.iter_mut().filter(|ligne| ligne.a_dire) {
        let mut annees = vue.annees.iter().zip(&ligne.valeurs);
        let annee = annees.rfind(|(_, dite)| !dite.is_empty());
        ligne.constater = constater.zip(annee).map(|(lien, (annee, dite))| {
            let texte = format!("{} : {dite} en {annee}.", ligne.libelle);
            let mut reponses = Serializer::new(String::new());
            reponses.append_pair("contenu.genre", "faiblesse");
            reponses.append_pair("contenu.texte", &texte);
            reponses.append_pair("contenu.preuve", &ligne.piece);
            reponses.append_pair("contenu.donnee.indicateur", ligne.code);
            reponses.append_pair("contenu.donnee.annee", &annee.to_string());
            format!("{lien}&{}", reponses.finish())
        });
    }
}

/// « 11,97 % », « 1 234 € », « 12 ».
pub(super) fn valeur(nombre: Nombre, unite: Unite) -> String {
    let ecrit = nombre.to_string();
    let (moins, ecrit) = match ecrit.strip_prefix('-') {
        Some(ecrit) => ("\u{2212}", ecrit),
        None => ("", ecrit.as_str()),
    };
    let (entiers, decimales) = ecrit.split_once(',').unwrap_or((ecrit, ""));
    let entiers = entiers.parse().map_or_else(|_| entiers.to_owned(), entier);
    let virgule = if decimales.is_empty() { "" } else { "," };
    let signe = match unite {
        Unite::Pourcent => " %",
        Unite::Euros => " €",
        _ => "",
    };
    typographie(&format!("{moins}{entiers}{virgule}{decimales}{signe}"))
}

fn repere(
    regard: &Regard<'_>,
    indicateur: &Indicateur,
    (annee, lue): (i32, Nombre),
    replis: &mut BTreeSet<String>,
) -> Option<RepereVue> {
    let comparaison = regard.comparaisons.get(&annee)?;
    let repere = comparaison.repere(indicateur.code);
    replis.extend(repere.repli().map(|r| typographie(&r)));
    let reference = repere.reference?;
    let situation = situe(indicateur, lue, reference);
    let unite = indicateur.unite;
    Some(RepereVue {
        q1: valeur(reference.q1, unite),
        mediane: valeur(reference.mediane, unite),
        q3: valeur(reference.q3, unite),
        structures: reference.structures,
        territoire: reference.territoire.to_string(),
        position: situation.position.dite(),
        signale: situation.couleur == Couleur::Defavorable,
        points: points([lue, reference.q1, reference.mediane, reference.q3]),
    })
}

/// The figure and the quartiles on one line: the smallest at 5, the largest at 95.
fn points(nombres: [Nombre; 4]) -> [i64; 4] {
    let (bas, haut) = (nombres.iter().min(), nombres.iter().max());
    let (Some(bas), Some(haut)) = (bas, haut) else {
        return [50; 4];
    };
    let etendue = haut.moins(*bas);
    nombres.map(|nombre| {
        let part = nombre.moins(*bas).zip(etendue);
        let part = part.and_then(|(n, etendue)| n.rapport(etendue, 90));
        let centiemes = part.and_then(Nombre::centiemes);
        centiemes.map_or(50, |c| 5 + c / 100)
    })
}
